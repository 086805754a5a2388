"""The figure of a path of penalties: every criterion on one axis, and the coefficients below."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.drawing import COLOURS, name_at_left, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bayes_l2.selection.path import PenaltyPath

MAX_NAMES = 20  # more would not be read


def penalty_path_figure(path: "PenaltyPath", marked: float | None = None) -> "Figure":
    """Draw all criteria over one axis of penalties, each from 0 at its best to 1 at its worst, and the coefficients.

    Parameters
    ----------
    path : PenaltyPath
        The path.
    marked : float, optional
        A penalty to mark in both panels.

    Returns
    -------
    matplotlib.figure.Figure
        Criteria above, with a dot at the best penalty of each and the effective degrees of freedom on top;
        coefficients below.
    """
    from matplotlib import colormaps

    figure = new_figure(7.2, 6.4)
    axes: Any = figure.subplots(2, 1, sharex=True, height_ratios=[1.15, 1])
    top, bottom = axes
    names = {
        "evidence": "− log evidence",
        "loo": "leave-one-out error",
        "gcv": "GCV",
        "cv": "K-fold error",
    }
    styles = {
        "evidence": ("posterior", "-"),
        "loo": ("ridge", "-"),
        "gcv": ("likelihood", "--"),
        "cv": ("mcmc", ":"),
    }
    for place, (by, loss) in enumerate(path.losses.items()):
        best, rise = int(np.argmin(loss)), loss - loss.min()
        colour, line = styles[by]
        scaled = rise / (rise.max() or 1.0)
        label = f"{names[by]}: α = {path.penalties[best]:.3g}"
        top.plot(
            path.penalties,
            np.sqrt(scaled),
            line,
            color=COLOURS[colour],
            linewidth=1.8,
            label=label,
        )
        # two may stand at one place: the later the smaller
        top.plot(
            path.penalties[best],
            0,
            "o",
            color=COLOURS[colour],
            markersize=12 - 2.5 * place,
            clip_on=False,
            zorder=3,
        )
    top.set_xscale("log")
    top.set_ylim(0, 1)
    top.set_ylabel("loss above its best (root, scaled)")
    top.legend(fontsize=8, loc="upper left")
    ticks = path.penalties[
        np.linspace(0, len(path.penalties) - 1, min(7, len(path.penalties))).astype(int)
    ]
    above = top.secondary_xaxis("top")
    above.set_xticks(
        ticks,
        [
            f"{value:.1f}"
            for value in np.interp(ticks, path.penalties, path.degrees_of_freedom)
        ],
    )
    above.set_xlabel("effective number of coefficients", fontsize=9)
    above.minorticks_off()
    colours = colormaps["cividis"](np.linspace(0, 0.9, path.coef.shape[1]))
    for values, colour in zip(path.coef.T, colours, strict=True):
        bottom.plot(path.penalties, values, color=colour, linewidth=1.2)
    if len(colours) <= MAX_NAMES:
        name_at_left(
            bottom,
            path.model.feature_names,
            path.penalties[0],
            path.coef[0],
            np.ptp(path.coef) / 18,
            colours,
        )
        decades = max(1.0, np.log10(path.penalties[-1] / path.penalties[0]))
        bottom.set_xlim(
            path.penalties[0] / 10 ** (0.1 * decades),
            path.penalties[-1] * 10 ** (0.03 * decades),
        )
    bottom.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    bottom.set_xlabel("penalty α")
    bottom.set_ylabel("coefficients")
    if marked is not None:
        for axis in (top, bottom):
            axis.axvline(marked, color="0.4", linestyle=":", linewidth=1)
    return figure
