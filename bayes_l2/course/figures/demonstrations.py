"""Figures of demonstrations: losses, descents, networks."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.course.demonstrations.gradient_descent import Descent
from bayes_l2.course.figures.panel import panel
from bayes_l2.course.figures.words import demonstrations as words
from bayes_l2.drawing import COLOURS, describe, new_figure
from bayes_l2.model.likelihoods import Loss

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "descents",
    "errors_over_decay",
    "functions",
    "losses",
    "norms",
    "ways_between",
]
__dir__ = __all__.copy

ROUNDING = 1e-11  # below this the descents show nothing but rounding
# the rest of Okabe and Ito's palette, for curves that are neither prior nor posterior
STYLES = (("#0072B2", "-"), ("#D55E00", "--"), ("#009E73", "-."), ("#CC79A7", ":"))


def losses(
    named: Mapping[str, Loss], *, low: float = -3.0, high: float = 3.0
) -> "Figure":
    """Draw losses, and their slopes below them, with a gap where there is no slope.

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
    values, jumps = {}, []
    for (name, loss), (colour, style) in zip(named.items(), STYLES, strict=False):
        values[name] = loss.loss(grid)
        above.plot(grid, values[name], style, color=colour, label=name, linewidth=1.8)
        slopes = loss.gradient(grid)
        gaps = np.flatnonzero(np.abs(np.diff(slopes)) > 0.5) + 1
        jumps += [name] * (len(gaps) > 0)
        x, y = (np.insert(each, gaps, np.nan) for each in (grid, slopes))
        below.plot(x, y, style, color=colour)
    above.set_ylabel("loss")
    below.set_ylabel("slope of the loss")
    below.set_xlabel("residual y - η, or margin y η for classes")
    above.legend(fontsize=9)
    return describe(figure, words.losses(values, (low, high), jumps))


def descents(named: Mapping[str, Descent], best: Mapping[str, float]) -> "Figure":
    """Draw the excess of each descent over its least value, on a logarithmic axis."""
    figure, axes = panel(
        7.0, 3.6, x="step of gradient descent", y="mean loss above its least value"
    )
    excesses = {}
    for (name, descent), (colour, style) in zip(named.items(), STYLES, strict=False):
        above = np.maximum(descent.objective - best[name], ROUNDING)
        excesses[name] = above
        steps = np.arange(len(above))
        axes.semilogy(steps, above, style, color=colour, label=name, linewidth=1.6)
    axes.axhline(ROUNDING, color="0.6", linewidth=0.8, zorder=0)
    floor = f"floor of rounding: {ROUNDING:.0e}"
    place: dict[str, Any] = {"xytext": (-4, 4), "textcoords": "offset points"}
    end = max(map(len, excesses.values())) - 1
    axes.annotate(floor, (end, ROUNDING), fontsize=9, ha="right", **place)
    axes.legend(fontsize=9)
    return describe(figure, words.descents(excesses, ROUNDING))


def norms(prior_sds: Sequence[float], named: Mapping[str, Sequence[float]]) -> "Figure":
    """Draw the length of MAP coefficients against the prior sd, on logarithmic sds."""
    figure, axes = panel(
        7.0,
        3.6,
        x="prior sd τ (log odds per unit of the column)",
        y="length of the MAP coefficients,\nroot of the sum of squares",
    )
    for (name, norm), (colour, style) in zip(named.items(), STYLES, strict=False):
        axes.semilogx(prior_sds, norm, style, color=colour, label=name, linewidth=1.8)
    axes.legend(fontsize=9)
    return describe(figure, words.norms(prior_sds, named))


def functions(grid: Any, named: Mapping[str, Any], *, label: str) -> "Figure":
    """Draw functions drawn from priors, one panel for each prior.

    Parameters
    ----------
    grid : array_like of shape (m,)
        The inputs.
    named : mapping of str to array_like of shape (functions, m)
        The values of the functions, by the title of the panel.
    label : str
        Label of the horizontal axis, with units.

    Returns
    -------
    matplotlib.figure.Figure
        The panels share their vertical axis.
    """
    figure = new_figure(7.4, 2.9)
    panels = figure.subplots(1, len(named), sharey=True, squeeze=False)[0]
    style = {"color": COLOURS["prior"], "linewidth": 1, "alpha": 0.8}
    grid, drawn = np.asarray(grid), {title: np.asarray(named[title]) for title in named}
    for axes, (title, values) in zip(panels, drawn.items(), strict=True):
        axes.plot(grid, values.T, **style)
        axes.set_title(title, fontsize=10)
    panels[0].set_ylabel("output, in noise sds")
    figure.supxlabel(label, fontsize=10)
    return describe(figure, words.functions(grid, drawn, label))


def ways_between(shares: Any, straight: Any, giving_way: Any) -> "Figure":
    """Draw the fall of the log posterior on two ways between modes, on a log axis.

    Parameters
    ----------
    shares : array_like of shape (m,)
        Shares of the way from the first mode to the second.
    straight, giving_way : array_like of shape (m,)
        The negative log posterior above its mode, on the straight line, and where all
        other weights are optimised.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = panel(
        6.6,
        3.6,
        x="share of the way from one mode (0) to its twin (1)",
        y="− log posterior\nabove its mode (nats)",
    )
    for heights, colour, style, label in (
        (straight, "posterior", "-", "on the straight line"),
        (giving_way, "map", "--", "other weights optimised at each point"),
    ):
        axes.semilogy(
            shares, heights, style, color=COLOURS[colour], linewidth=2, label=label
        )
    axes.set_ylim(bottom=0.01)  # nats; lower values are as good as 0
    axes.legend(fontsize=9)
    return describe(figure, words.ways_between(shares, straight, giving_way))


def errors_over_decay(alphas: Any, seen: Any, new: Any, linear: float) -> "Figure":
    """Draw the mean squared error of a network against the weight decay.

    Parameters
    ----------
    alphas, seen, new : array_like of shape (m,)
        Weight decays, and the mean squared errors on training rows and on new rows, in
        noise variances.
    linear : float
        The mean squared error of a linear fit on new rows.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = panel(
        6.8,
        3.6,
        x="weight decay α, the precision of the prior "
        "(wide prior left, narrow prior right)",
        y="mean squared error\n(in noise variances)",
    )
    axes.semilogx(alphas, new, "o-", color=COLOURS["posterior"], label="new rows")
    axes.semilogx(alphas, seen, "s--", color=COLOURS["likelihood"], label="rows seen")
    label = "new rows, ridge without a network"
    axes.axhline(linear, color=COLOURS["ridge"], linestyle=":", label=label)
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=9)
    return describe(figure, words.errors_over_decay(alphas, seen, new, linear))
