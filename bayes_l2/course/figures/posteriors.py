"""Figures of the course that show a posterior: what samplers do with it, what is chosen by it, and its summaries."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from bayes_l2.course.demonstrations.samplers import Path
from bayes_l2.course.figures.conjugacy import ellipse
from bayes_l2.drawing import COLOURS, new_figure
from bayes_l2.posteriors.multivariate import MultivariateNormal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINES = (
    (COLOURS["posterior"], "-"),
    ("#56B4E9", "--"),
)  # the latter for what approximates a posterior


def trajectories(posterior: MultivariateNormal, paths: Sequence[Path]) -> "Figure":
    """Draw paths of Hamiltonian dynamics over two coefficients, up to where they turn, and beyond in dots.

    Parameters
    ----------
    posterior : MultivariateNormal
        Over the two coefficients; its ellipses hold 50 % and 95 %.
    paths : sequence of Path
        From the same start, of a model of these two parameters.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(6.4, 4.8)
    axis = figure.subplots()
    for probability, style in ((0.5, "-"), (0.95, "--")):
        label = f"posterior, {probability:.0%}"
        axis.plot(
            *ellipse(posterior, probability),
            style,
            color=COLOURS["posterior"],
            label=label,
        )
    for number, path in enumerate(paths):
        end = len(path.positions) if path.turn is None else path.turn + 1
        labels = (
            ("a path, a dot for each step", "beyond", "where it turns back")
            if number == 0
            else (None,) * 3
        )
        pink = COLOURS["mcmc"]
        axis.plot(
            *path.positions[:end].T,
            "-",
            marker=".",
            color=pink,
            linewidth=1.3,
            markersize=5,
            label=labels[0],
        )
        if path.turn is not None:
            axis.plot(
                *path.positions[end - 1 : end + 7].T,
                ":",
                color=pink,
                linewidth=1,
                label=labels[1],
            )
            axis.plot(
                *path.positions[path.turn],
                "o",
                color=pink,
                markeredgecolor="black",
                markersize=9,
                label=labels[2],
            )
    axis.plot(
        *paths[0].positions[0], "s", color=COLOURS["map"], markersize=7, label="start"
    )
    axis.set_aspect("equal")
    axis.set_xlabel(f"coefficient of {posterior.names[0]}")
    axis.set_ylabel(f"coefficient of {posterior.names[1]}")
    axis.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def traces(named: Mapping[str, Any], *, mean: float, sd: float, name: str) -> "Figure":
    """Draw what chains of several samplers visit, draw by draw, one panel each, over the exact 95 % interval.

    Parameters
    ----------
    named : mapping of str to array_like of shape (chains, draws)
        Draws of one parameter, by a title.
    mean, sd : float
        Of the exact posterior, a Gaussian.
    name : str
        The parameter.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib import colormaps

    figure = new_figure(7.2, 1.9 * len(named))
    axes = figure.subplots(len(named), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axis, (title, chains) in zip(axes, named.items(), strict=True):
        axis.axhspan(
            mean - 1.96 * sd,
            mean + 1.96 * sd,
            color=COLOURS["posterior"],
            alpha=0.15,
            linewidth=0,
        )
        axis.axhline(mean, color=COLOURS["posterior"], linewidth=1)
        shades = colormaps["RdPu"](np.linspace(0.45, 0.95, len(chains)))
        for chain, shade in zip(np.asarray(chains), shades, strict=True):
            axis.plot(chain, color=shade, linewidth=0.7)
        axis.set_title(title, fontsize=9, loc="left")
    figure.supylabel(
        f"coefficient of {name} (units of y per sd of the column)", fontsize=9
    )
    axes[-1].set_xlabel("draw; line and band: exact mean and 95 % interval")
    return figure


def errors_in_mcse(errors: Any) -> "Figure":
    """Draw a histogram of errors in Monte-Carlo standard errors, and the standard normal they should follow.

    Parameters
    ----------
    errors : array_like
        Of any shape; those beyond 4 are counted in the outermost bars.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(6.0, 3.4)
    axis = figure.subplots()
    grid = np.linspace(-4, 4, 201)
    axis.hist(
        np.clip(np.ravel(errors), -4, 4),
        bins=16,
        range=(-4, 4),
        density=True,
        color=COLOURS["mcmc"],
        alpha=0.7,
    )
    axis.plot(grid, stats.norm.pdf(grid), color=COLOURS["map"], label="standard normal")
    axis.set_xlabel("(mean of the draws - exact mean) / MCSE")
    axis.set_ylabel("density")
    axis.legend(fontsize=9)
    return figure


def choices(marginal: Any, named: Mapping[str, Any]) -> "Figure":
    """Draw the posterior density of the log penalty, and below it the penalties that criteria choose.

    Parameters
    ----------
    marginal : LogScaleMarginal
        Of the penalty.
    named : mapping of str to float or array_like
        What each criterion chose, by its name; several where it was asked several times.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(7.2, 4.2)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1.3, 1])
    chosen = np.concatenate([np.atleast_1d(values) for values in named.values()])
    ends = marginal.ppf(np.array([1e-4, 1 - 1e-4]))
    grid = np.geomspace(
        min(ends[0], chosen.min() / 2), max(ends[1], chosen.max() * 2), 301
    )
    above.plot(
        grid, marginal.pdf(grid) * grid, color=COLOURS["posterior"], linewidth=1.8
    )
    low, high = marginal.ppf(np.array([0.025, 0.975]))
    inside = np.linspace(np.log(low), np.log(high), 101)
    above.fill_between(
        np.exp(inside),
        marginal.pdf(np.exp(inside)) * np.exp(inside),
        color=COLOURS["posterior"],
        alpha=0.2,
    )
    above.set_ylabel("posterior density\nof log α (95 % filled)", fontsize=9)
    above.set_ylim(bottom=0)
    for place, values in enumerate(map(np.atleast_1d, named.values())):
        style = "o" if len(values) == 1 else "|"
        below.plot(
            values,
            np.full(len(values), -place),
            style,
            color=COLOURS["ridge"],
            markersize=8 if style == "o" else 14,
        )
    below.set_yticks(-np.arange(len(named)), list(named), fontsize=9)
    below.set_ylim(-len(named) + 0.4, 0.6)
    below.grid(axis="y", color="0.9")
    below.set_xscale("log")
    below.set_xlabel("penalty α")
    return figure


def prediction_gains(gains: Any, *, better: str, worse: str) -> "Figure":
    """Draw how much better one model has predicted than another, row by row, each from the rows before it.

    Parameters
    ----------
    gains : array_like of shape (orders, n)
        Differences of the log predictive densities of rows, in several orders of the rows.
    better, worse : str
        Names of the models.

    Returns
    -------
    matplotlib.figure.Figure
        Sums over the rows so far: thin for each order, thick for their mean.
    """
    figure = new_figure(7.0, 3.8)
    axis = figure.subplots()
    sums = np.cumsum(np.asarray(gains), axis=1)
    seen = np.arange(1, sums.shape[1] + 1)
    axis.plot(seen, sums.T, color=COLOURS["posterior"], linewidth=0.5, alpha=0.4)
    axis.plot(
        seen,
        sums.mean(axis=0),
        color=COLOURS["posterior"],
        linewidth=2.4,
        label="mean over orders of the rows",
    )
    axis.axhline(0, color="0.6", linewidth=0.8)
    axis.set_xlabel("rows seen")
    axis.set_ylabel(f"log predictive density so far:\n{better} above {worse} (nats)")
    axis.legend(fontsize=9)
    return figure


def tails(named: Mapping[str, Any], *, name: str) -> "Figure":
    """Draw densities of one parameter twice: as they are, and on a logarithmic axis, which shows the tails.

    Parameters
    ----------
    named : mapping of str to distribution
        A posterior, and what approximates it, with ``pdf`` and ``ppf`` as frozen ``scipy.stats`` distributions have.
    name : str
        The parameter.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(7.4, 3.4)
    axes = figure.subplots(1, 2)
    ends = np.array([marginal.ppf([1e-3, 1 - 1e-3]) for marginal in named.values()])
    grid = np.linspace(ends[:, 0].min(), ends[:, 1].max(), 301)
    for (label, marginal), (colour, style) in zip(named.items(), LINES, strict=True):
        for axis in axes:
            axis.plot(
                grid,
                marginal.pdf(grid),
                style,
                color=colour,
                label=label,
                linewidth=1.8,
            )
    axes[0].set_ylabel("density")
    axes[1].set_yscale("log")
    axes[1].set_ylim(
        bottom=float(max(marginal.pdf(grid).max() for marginal in named.values()))
        * 1e-4
    )
    axes[1].legend(fontsize=8, loc="lower center")
    figure.supxlabel(
        f"coefficient of {name} (units of y per sd of the column)", fontsize=10
    )
    return figure


def summaries(
    marginal: Any, named: Mapping[str, float], *, modes: Mapping[str, float], label: str
) -> "Figure":
    """Draw a posterior density, what it has for its middle, and where joint densities have their modes.

    Parameters
    ----------
    marginal : distribution
        With ``pdf`` and ``ppf``.
    named : mapping of str to float
        Mean, median and the like, at most three, drawn in the colour of the posterior.
    modes : mapping of str to float
        At most three, drawn in that of the MAP.
    label : str
        Of the horizontal axis, with units.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(7.2, 3.8)
    axis = figure.subplots()
    shown = np.array(
        [*marginal.ppf(np.array([1e-4, 0.995])), *modes.values(), *named.values()]
    )
    low, high = shown.min() - 0.03 * np.ptp(shown), shown.max() + 0.03 * np.ptp(shown)
    grid = np.linspace(low, high, 301)
    heights = marginal.pdf(grid)
    axis.plot(grid, heights, color=COLOURS["posterior"], linewidth=1.8)
    axis.fill_between(grid, heights, color=COLOURS["posterior"], alpha=0.12)
    for colour, values in (("map", modes), ("posterior", named)):
        for (text, value), style in zip(
            values.items(), ("--", "-.", ":")[: len(values)], strict=True
        ):
            axis.axvline(
                value,
                color=COLOURS[colour],
                linestyle=style,
                linewidth=1.6,
                label=f"{text}: {value:.1f}",
            )
    axis.set_ylim(0, 1.05 * heights.max())
    axis.set_xlabel(label)
    axis.set_ylabel("posterior density")
    axis.legend(fontsize=9)
    return figure
