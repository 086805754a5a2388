"""Figures of the course that show a demonstration and no model."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.course.demonstrations.counterexamples import Disagreement
from bayes_l2.course.demonstrations.gradient_descent import Descent
from bayes_l2.drawing import COLOURS, new_figure
from bayes_l2.model.likelihoods import Loss

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# the rest of Okabe and Ito's palette, for what is neither prior nor posterior
ROUNDING = 1e-11  # below this the descents show nothing but rounding
STYLES = (("#0072B2", "-"), ("#D55E00", "--"), ("#009E73", "-."), ("#CC79A7", ":"))


def losses(
    named: Mapping[str, Loss], *, low: float = -3.0, high: float = 3.0
) -> "Figure":
    """Draw losses, and below them their slopes, which show where there is none.

    Parameters
    ----------
    named : mapping of str to Loss
        Losses of one number, a residual or a margin, by name.
    low, high : float
        The range of that number.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(7.0, 5.4)
    above, below = figure.subplots(2, 1, sharex=True)
    grid = np.linspace(low, high, 1201)
    for (name, loss), (colour, style) in zip(named.items(), STYLES, strict=False):
        slopes = loss.gradient(grid)
        jumps = np.flatnonzero(np.abs(np.diff(slopes)) > 0.5)
        above.plot(
            grid, loss.loss(grid), style, color=colour, label=name, linewidth=1.8
        )
        below.plot(
            np.insert(grid, jumps + 1, np.nan),
            np.insert(slopes, jumps + 1, np.nan),
            style,
            color=colour,
        )
    above.set_ylabel("loss")
    below.set_ylabel("slope of the loss")
    below.set_xlabel("residual y - η, or margin y η for classes")
    above.legend(fontsize=9)
    return figure


def descents(named: Mapping[str, Descent], best: Mapping[str, float]) -> "Figure":
    """Draw how far above its least value each descent is, step by step, on a logarithmic axis."""
    figure = new_figure(7.0, 3.6)
    axis = figure.subplots()
    for (name, descent), (colour, style) in zip(named.items(), STYLES, strict=False):
        above = np.maximum(descent.objective - best[name], ROUNDING)
        axis.semilogy(
            np.arange(len(above)), above, style, color=colour, label=name, linewidth=1.6
        )
    axis.set_xlabel("step")
    axis.set_ylabel("mean loss above its least value")
    axis.legend(fontsize=9)
    return figure


def norms(prior_sds: Sequence[float], named: Mapping[str, Sequence[float]]) -> "Figure":
    """Draw the length of MAP coefficients over the prior sd, on logarithmic sds."""
    figure = new_figure(7.0, 3.6)
    axis = figure.subplots()
    for (name, lengths), (colour, style) in zip(named.items(), STYLES, strict=False):
        axis.semilogx(
            prior_sds, lengths, style, color=colour, label=name, linewidth=1.8
        )
    axis.set_xlabel("prior sd τ (log odds per unit of the column)")
    axis.set_ylabel("length of the MAP coefficients, ||b||")
    axis.legend(fontsize=9)
    return figure


def disagreements(cases: Mapping[str, Disagreement]) -> "Figure":
    """Draw what was measured over what theory predicts, a point a case, with the line on which they are equal."""
    figure = new_figure(7.2, 4.6)
    axis = figure.subplots()
    predicted = np.abs([case.predicted for case in cases.values()])
    measured = np.abs([case.measured for case in cases.values()])
    span = np.array([predicted.min() / 3, predicted.max() * 3])
    axis.loglog(span, span, color="0.6", linewidth=1, label="as theory says")
    axis.loglog(predicted, measured, "o", color=COLOURS["posterior"], markersize=7)
    for place, (name, x, y) in enumerate(
        sorted(zip(cases, predicted, measured, strict=True), key=lambda each: each[1])
    ):
        side: dict[str, Any] = (
            {"ha": "left", "xytext": (9, -9)}
            if place % 2
            else {"ha": "right", "xytext": (-9, 5)}
        )
        axis.annotate(name, (x, y), textcoords="offset points", fontsize=9, **side)
    axis.set_xlabel("disagreement that theory predicts (in the unit of each case)")
    axis.set_ylabel("disagreement measured")
    axis.legend(fontsize=9, loc="upper left")
    return figure


def functions(grid: Any, named: Mapping[str, Any], *, label: str) -> "Figure":
    """Draw functions from priors, one panel a prior, on one axis of values.

    Parameters
    ----------
    grid : array_like of shape (m,)
        Where the functions are known.
    named : mapping of str to array_like of shape (functions, m)
        Their values, by a title.
    label : str
        Of the horizontal axis, with units.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(7.4, 2.9)
    axes = figure.subplots(1, len(named), sharey=True, squeeze=False)[0]
    for axis, (title, values) in zip(axes, named.items(), strict=True):
        axis.plot(
            np.asarray(grid),
            np.asarray(values).T,
            color=COLOURS["prior"],
            linewidth=1,
            alpha=0.8,
        )
        axis.set_title(title, fontsize=10)
    axes[0].set_ylabel("output, in noise sds")
    figure.supxlabel(label, fontsize=10)
    return figure


def ways_between(shares: Any, straight: Any, giving_way: Any) -> "Figure":
    """Draw how far the log posterior falls on two ways from one mode to another, on a logarithmic axis.

    Parameters
    ----------
    shares : array_like of shape (m,)
        How much of the way has been gone.
    straight, giving_way : array_like of shape (m,)
        The negative log posterior above its mode, on the straight line and where all other weights give way.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(6.6, 3.6)
    axis = figure.subplots()
    axis.semilogy(
        shares,
        straight,
        color=COLOURS["posterior"],
        linewidth=2,
        label="on the straight line",
    )
    axis.semilogy(
        shares,
        giving_way,
        "--",
        color=COLOURS["map"],
        linewidth=1.8,
        label="the other weights give way",
    )
    axis.set_ylim(bottom=0.01)  # nats; less is as good as 0
    axis.set_xlabel("share of the way from one mode (0) to its twin (1)")
    axis.set_ylabel("− log posterior\nabove its mode (nats)")
    axis.legend(fontsize=9)
    return figure


def errors_over_decay(alphas: Any, seen: Any, new: Any, linear: float) -> "Figure":
    """Draw mean squared errors on rows seen and on new ones over the weight decay, and a linear fit's on new ones.

    Parameters
    ----------
    alphas, seen, new : array_like of shape (m,)
        Weight decays, and mean squared errors in noise variances.
    linear : float
        That of a linear fit.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(6.8, 3.6)
    axis = figure.subplots()
    axis.semilogx(alphas, new, "o-", color=COLOURS["posterior"], label="new rows")
    axis.semilogx(alphas, seen, "s--", color=COLOURS["likelihood"], label="rows seen")
    axis.axhline(
        linear,
        color=COLOURS["ridge"],
        linestyle=":",
        label="new rows, ridge without a network",
    )
    axis.set_xlabel(
        "weight decay α, the precision of the prior (vague prior left, firm prior right)"
    )
    axis.set_ylabel("mean squared error\n(in noise variances)")
    axis.set_ylim(bottom=0)
    axis.legend(fontsize=8)
    return figure
