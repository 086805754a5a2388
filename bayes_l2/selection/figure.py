"""The figure of a path of penalties: criteria above, coefficients below."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.drawing import COLOURS, describe, line_colours, name_at_left, new_figure
from bayes_l2.texts import joined, shortened
from bayes_l2.texts import number_in_words as number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_NAMES = 20  # more would not be read


class Line(NamedTuple):
    """The line of a criterion."""

    label: str
    colour: str
    dashes: str


LINES = {
    "evidence": Line("− log evidence", COLOURS["posterior"], "-"),
    "loo": Line("leave-one-out error", COLOURS["ridge"], "-"),
    "gcv": Line("GCV", COLOURS["map"], "--"),
    "cv": Line("K-fold error", COLOURS["mcmc"], ":"),
}


def penalty_path_figure(
    penalties: FloatArray,
    losses: Mapping[str, FloatArray],
    degrees_of_freedom: FloatArray,
    coef: FloatArray,
    names: Sequence[str],
) -> "Figure":
    """Draw criteria and coefficients over one axis of penalties.

    Parameters
    ----------
    penalties : ndarray of shape (m,)
        The penalties, rising.
    losses : mapping of str to ndarray of shape (m,)
        Criteria by name. Each is drawn as the square root of its distance from
        its best, which is 0, so that its worst is 1.
    degrees_of_freedom : ndarray of shape (m,)
        Effective number of coefficients.
    coef : ndarray of shape (m, p)
        The ridge solutions.
    names : sequence of str
        Names of the coefficients.

    Returns
    -------
    matplotlib.figure.Figure
        Criteria above, with a dot at the best penalty of each and the effective degrees
        of freedom on top; coefficients below.
    """
    figure = new_figure(7.2, 6.4)
    axes: Any = figure.subplots(2, 1, sharex=True, height_ratios=[1.15, 1])
    top, bottom = axes
    for place, (by, loss) in enumerate(losses.items()):
        # two dots may be at one place: the later is the smaller
        _criterion(top, LINES[by], penalties, loss, size=12 - 2.5 * place)
    top.set_xscale("log")
    top.set_ylim(-0.04, 1)
    top.set_ylabel("criterion: 0 best, 1 worst\n(square-root scale)")
    top.legend(fontsize=9, loc="upper left")
    places = np.linspace(0, len(penalties) - 1, min(7, len(penalties))).astype(int)
    above = top.secondary_xaxis("top")
    labels = [f"{value:.1f}" for value in degrees_of_freedom[places]]
    above.set_xticks(penalties[places], labels)
    above.set_xlabel("effective number of coefficients", fontsize=9)
    above.minorticks_off()
    _coefficients(bottom, penalties, coef, names)
    for by, loss in losses.items():
        best = float(penalties[np.argmin(loss)])
        for axis in (top, bottom):
            axis.axvline(best, color=LINES[by].colour, linewidth=0.6, zorder=0)
    text = _in_words(penalties, losses, degrees_of_freedom, coef, names)
    return describe(figure, text)


def _in_words(
    penalties: FloatArray,
    losses: Mapping[str, FloatArray],
    degrees_of_freedom: FloatArray,
    coef: FloatArray,
    names: Sequence[str],
) -> str:
    """Return the best penalty by each criterion and the ends of the path in words."""
    bests = [
        f"{LINES[by].label.removeprefix('− ')} {number(penalties[np.argmin(loss)])}"
        for by, loss in losses.items()
    ]
    largest = int(np.argmax(np.abs(coef[0])))
    ends = [f"{value:.1f}" for value in degrees_of_freedom[[0, -1]]]
    return (
        f"Over penalties from {number(penalties[0])} to {number(penalties[-1])} on a "
        f"logarithmic axis: above, {len(losses)} criteria, below, the coefficients. "
        f"The best penalty is, by {joined(bests)}. The effective number of "
        f"coefficients falls from {ends[0]} to {ends[1]} of {coef.shape[1]}. The "
        f"coefficient of {shortened(names[largest], 40)} starts furthest from 0 and "
        f"goes from {number(coef[0, largest])} to {number(coef[-1, largest])}."
    )


def _criterion(
    axis: "Axes", line: Line, penalties: FloatArray, loss: FloatArray, size: float
) -> None:
    """Draw one criterion, and a dot at its best penalty."""
    best, rise = penalties[np.argmin(loss)], loss - loss.min()
    height = np.sqrt(rise / (rise.max() or 1.0))
    style: dict[str, Any] = {"color": line.colour, "linewidth": 1.8}
    style["label"] = f"{line.label}: α = {best:.3g}"
    axis.plot(penalties, height, line.dashes, **style)
    dot: dict[str, Any] = {"color": line.colour, "markersize": size}
    axis.plot(best, 0, "o", clip_on=False, zorder=3, **dot)


def _coefficients(
    axis: "Axes", penalties: FloatArray, coef: FloatArray, names: Sequence[str]
) -> None:
    """Draw the path of each coefficient, with its name if there are few."""
    colours = line_colours(coef.shape[1])
    for values, colour in zip(coef.T, colours, strict=True):
        axis.plot(penalties, values, color=colour, linewidth=1.4)
    if len(colours) <= MAX_NAMES:
        gap = np.ptp(coef) / 15
        name_at_left(axis, names, penalties[0], coef[0], gap)
        decades = max(1.0, np.log10(penalties[-1] / penalties[0]))
        ends = penalties[[0, -1]] * 10 ** (np.array([-0.1, 0.03]) * decades)
        axis.set_xlim(*ends)
    axis.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    axis.set_xlabel("penalty α")
    axis.set_ylabel("coefficients")
