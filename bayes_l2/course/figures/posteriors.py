"""Figures of a posterior: paths and draws of samplers, chosen penalties, summaries."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from bayes_l2.course.demonstrations.samplers import Path
from bayes_l2.course.figures.panel import (
    coefficient_plane,
    draw_ellipses,
    legend_outside,
    panel,
)
from bayes_l2.course.figures.words import posteriors as words
from bayes_l2.drawing import COLOURS, describe, line_colours, new_figure
from bayes_l2.posteriors.distributions.multivariate import MultivariateNormal
from bayes_l2.texts import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "choices",
    "errors_in_mcse",
    "prediction_gains",
    "summaries",
    "tails",
    "traces",
    "trajectories",
]
__dir__ = __all__.copy

# of a posterior, and of an approximation to it
LINES = ((COLOURS["posterior"], "-"), (COLOURS["ridge"], "--"))


def trajectories(posterior: MultivariateNormal, paths: Sequence[Path]) -> "Figure":
    """Draw paths of Hamiltonian dynamics over two coefficients.

    Parameters
    ----------
    posterior : MultivariateNormal
        The posterior of the two coefficients; its ellipses hold 50 % and 95 %.
    paths : sequence of Path
        Paths from the same start, of a model with these two parameters.

    Returns
    -------
    matplotlib.figure.Figure
        Each path is a line up to the step where it turns back, and dotted beyond.
    """
    figure, axes = coefficient_plane(6.4, 4.8, posterior)
    draw_ellipses(axes, posterior, colour=COLOURS["posterior"], label="posterior")
    after, back = "the path after it turns back", "where a path turns back"
    # the first colour is that of the start
    for number, (path, colour) in enumerate(
        zip(paths, line_colours(len(paths) + 2)[2:], strict=True), start=1
    ):
        turn = len(path.positions) - 1 if path.turn is None else path.turn
        x, y = path.positions[: turn + 1].T
        named = f"push {number}: {turn} steps, a dot each"
        axes.plot(x, y, ".-", color=colour, linewidth=1.3, markersize=5, label=named)
        if path.turn is not None:
            x, y = path.positions[turn : turn + 8].T
            axes.plot(x, y, ":", color=colour, linewidth=1.2, label=after)
            style = {"color": colour, "markeredgecolor": "black", "markersize": 9}
            axes.plot(x[0], y[0], "o", **style, label=back)
        after = back = None  # the first path names them in the legend
    x, y = paths[0].positions[0]
    axes.plot(x, y, "s", color=COLOURS["map"], markersize=7, label="start")
    legend_outside(axes)
    return describe(figure, words.trajectories(posterior, paths))


def traces(named: Mapping[str, Any], *, mean: float, sd: float, name: str) -> "Figure":
    """Draw the draws of several samplers in order, over the exact 95 % interval.

    Parameters
    ----------
    named : mapping of str to array_like of shape (chains, draws)
        Draws of one parameter, by the title of the panel.
    mean, sd : float
        Mean and sd of the exact posterior, a Gaussian.
    name : str
        The parameter.

    Returns
    -------
    matplotlib.figure.Figure
        One panel for each sampler.
    """
    from matplotlib import colormaps

    figure = new_figure(7.2, 1.9 * len(named))
    panels = figure.subplots(len(named), 1, sharex=True, sharey=True, squeeze=False)
    blue, width = COLOURS["posterior"], 1.96 * sd
    low, high = mean - width, mean + width
    drawn = {title: np.asarray(chains) for title, chains in named.items()}
    for axes, (title, chains) in zip(panels[:, 0], drawn.items(), strict=True):
        axes.axhspan(low, high, color=blue, alpha=0.15, linewidth=0)
        axes.axhline(mean, color=blue, linewidth=1)
        shades = colormaps["RdPu"](np.linspace(0.45, 0.95, len(chains)))
        for chain, shade in zip(chains, shades, strict=True):
            axes.plot(chain, color=shade, linewidth=0.7)
        axes.set_title(title, fontsize=9, loc="left")
    figure.supylabel(_standardised_units(name), fontsize=9)
    panels[-1, 0].set_xlabel("draw; line and band: exact mean and 95 % interval")
    return describe(figure, words.traces(drawn, low, high, mean=mean, name=name))


def errors_in_mcse(errors: Any) -> "Figure":
    """Draw a histogram of errors in Monte-Carlo standard errors.

    Parameters
    ----------
    errors : array_like
        Of any shape; errors beyond 4 are counted in the outermost bars.

    Returns
    -------
    matplotlib.figure.Figure
        With the standard normal density that the errors should follow.
    """
    mean = "(mean of the draws - exact mean) / MCSE"
    figure, axes = panel(6.0, 3.4, x=mean, y="density")
    errors = np.ravel(errors)
    clipped = np.clip(errors, -4, 4)
    style = {"color": COLOURS["mcmc"], "alpha": 0.7}
    axes.hist(clipped, bins=16, range=(-4, 4), density=True, **style)
    grid = np.linspace(-4, 4, 201)
    axes.plot(grid, stats.norm.pdf(grid), color=COLOURS["map"], label="standard normal")
    axes.legend(fontsize=9)
    return describe(figure, words.errors_in_mcse(errors))


def choices(marginal: Any, named: Mapping[str, Any]) -> "Figure":
    """Draw the posterior density of the log penalty above the chosen penalties.

    Parameters
    ----------
    marginal : distribution
        The posterior of the penalty, with ``pdf`` and ``ppf``.
    named : mapping of str to float or array_like
        The choices of each criterion, by its name: one, or several from repetitions.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(7.2, 4.2)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1.3, 1])
    blue = COLOURS["posterior"]
    of_criteria = {name: np.atleast_1d(values) for name, values in named.items()}
    chosen = np.concatenate([*of_criteria.values()])
    least, low, high, most = marginal.ppf(np.array([1e-4, 0.025, 0.975, 1 - 1e-4]))
    least, most = min(least, chosen.min() / 2), max(most, chosen.max() * 2)
    grid = np.geomspace(least, most, 301)
    above.plot(grid, marginal.pdf(grid) * grid, color=blue, linewidth=1.8)
    inside = np.geomspace(low, high, 101)
    above.fill_between(inside, marginal.pdf(inside) * inside, color=blue, alpha=0.2)
    above.set_ylabel("posterior density\nof log α (95 % filled)", fontsize=9)
    above.set_ylim(bottom=0)
    for place, values in enumerate(of_criteria.values()):
        style, size = ("o", 8) if len(values) == 1 else ("|", 14)
        heights = np.full(len(values), -place)
        below.plot(values, heights, style, color=COLOURS["ridge"], markersize=size)
    below.set_yticks(-np.arange(len(named)), list(map(printable, named)), fontsize=9)
    below.set_ylim(-len(named) + 0.4, 0.6)
    below.grid(axis="y", color="0.9")
    below.set_xscale("log")
    below.set_xlabel("penalty α")
    return describe(figure, words.choices(of_criteria, low, high))


def prediction_gains(gains: Any, *, better: str, worse: str) -> "Figure":
    """Draw the predictive gain of one model over another, summed row by row.

    Each row is predicted from the rows before it.

    Parameters
    ----------
    gains : array_like of shape (orders, n)
        Differences of the log predictive densities of rows, in several orders of the
        rows.
    better, worse : str
        Names of the models.

    Returns
    -------
    matplotlib.figure.Figure
        Sums over the rows so far: a thin line for each order, a thick line for their
        mean.
    """
    height = f"log predictive density so far:\n{better} above {worse} (nats)"
    figure, axes = panel(7.0, 3.8, x="rows seen", y=height)
    sums = np.cumsum(np.asarray(gains), axis=1)
    seen = np.arange(1, sums.shape[1] + 1)
    blue, label = COLOURS["posterior"], "mean over orders of the rows"
    axes.plot(seen, sums.T, color=blue, linewidth=0.5, alpha=0.4)
    axes.plot(seen, sums.mean(axis=0), color=blue, linewidth=2.4, label=label)
    axes.axhline(0, color="0.6", linewidth=0.8)
    axes.legend(fontsize=9)
    return describe(figure, words.prediction_gains(sums, better, worse))


def tails(named: Mapping[str, Any], *, name: str) -> "Figure":
    """Draw densities of one parameter on a linear and on a logarithmic axis.

    The logarithmic axis shows the tails.

    Parameters
    ----------
    named : mapping of str to distribution
        A posterior and an approximation to it, by name, with the methods ``pdf`` and
        ``ppf`` of frozen ``scipy.stats`` distributions.
    name : str
        The parameter.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(7.4, 3.4)
    linear, logarithmic = figure.subplots(1, 2)
    ends = np.array([marginal.ppf([1e-3, 1 - 1e-3]) for marginal in named.values()])
    grid = np.linspace(ends[:, 0].min(), ends[:, 1].max(), 301)
    highest = 0.0
    for (label, marginal), (colour, style) in zip(named.items(), LINES, strict=True):
        heights = marginal.pdf(grid)
        highest = max(highest, float(heights.max()))
        for axes in (linear, logarithmic):
            axes.plot(grid, heights, style, color=colour, label=label, linewidth=1.8)
    linear.set_ylabel("density")
    logarithmic.set_yscale("log")
    logarithmic.set_ylim(bottom=highest * 1e-4)
    logarithmic.legend(fontsize=9, loc="lower center")
    figure.supxlabel(_standardised_units(name), fontsize=10)
    return describe(figure, words.tails(named, name))


def summaries(
    marginal: Any, named: Mapping[str, float], *, modes: Mapping[str, float], label: str
) -> "Figure":
    """Draw a posterior density, its summaries, and the modes of joint densities.

    Parameters
    ----------
    marginal : distribution
        The posterior, with ``pdf`` and ``ppf``.
    named : mapping of str to float
        Mean, median and the like, at most three, drawn in the colour of the posterior.
    modes : mapping of str to float
        Modes, at most three, drawn in the colour of the MAP.
    label : str
        Label of the horizontal axis, with units.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = panel(7.2, 3.8, x=label, y="posterior density")
    ends = marginal.ppf(np.array([1e-4, 0.995]))
    shown = np.array([*ends, *modes.values(), *named.values()])
    margin = 0.03 * np.ptp(shown)
    grid = np.linspace(shown.min() - margin, shown.max() + margin, 301)
    heights = marginal.pdf(grid)
    axes.plot(grid, heights, color=COLOURS["posterior"], linewidth=1.8)
    axes.fill_between(grid, heights, color=COLOURS["posterior"], alpha=0.12)
    for colour, values in (("map", modes), ("posterior", named)):
        styles = ("--", "-.", ":")[: len(values)]
        for (text, value), style in zip(values.items(), styles, strict=True):
            line: Any = {"color": COLOURS[colour], "linestyle": style, "linewidth": 1.6}
            axes.axvline(value, label=f"{text}: {value:.1f}", **line)
    axes.set_ylim(0, 1.05 * heights.max())
    axes.legend(fontsize=9)
    peak = float(grid[np.argmax(heights)])
    return describe(figure, words.summaries(peak, named, modes, label))


def _standardised_units(name: str) -> str:
    return f"coefficient of {name} (units of y per sd of the column)"
