"""Figures. One colour for one thing throughout, from a palette that colour-blind readers can tell apart."""

from collections.abc import Sequence
from itertools import pairwise
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from bayes_l2.conventions.catalogue import RECORDS
from bayes_l2.conventions.convention import Loss, Norm
from bayes_l2.conventions.conversion import convert, quantities_of
from bayes_l2.distributions import MultivariateNormal
from bayes_l2.validation import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bayes_l2.penalty_paths import PenaltyPath

MAX_NAMES = 20  # more would not be read
# Okabe and Ito (2008)
COLOURS = {
    "prior": "#009E73",
    "likelihood": "#E69F00",
    "posterior": "#0072B2",
    "ridge": "#D55E00",
    "map": "#000000",
    "mcmc": "#CC79A7",
}


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure, in inches: notebooks show it once, and no window keeps it open."""
    from matplotlib import pyplot as plt

    figure = plt.figure(figsize=(width, height), layout="constrained")
    plt.close(figure)
    return figure


def prior_likelihood_posterior(
    prior: MultivariateNormal, likelihood: MultivariateNormal, posterior: MultivariateNormal
) -> "Figure":
    """Draw a prior, a likelihood and the posterior they make, over two coefficients.

    Parameters
    ----------
    prior, likelihood, posterior : MultivariateNormal
        Each over the same two names; the likelihood is the posterior under a flat prior.

    Returns
    -------
    matplotlib.figure.Figure
        Ellipses that hold 50 % and 95 %, and the three modes.
    """
    figure = new_figure(5.6, 4.8)
    axis = figure.subplots()
    for label, mode, gaussian in (
        ("prior", "prior mean", prior),
        ("likelihood", "least squares", likelihood),
        ("posterior", "posterior mean = MAP = ridge", posterior),
    ):
        for probability, style in ((0.5, "-"), (0.95, "--")):
            axis.plot(*ellipse(gaussian, probability), style, color=COLOURS[label], label=f"{label}, {probability:.0%}")
        axis.plot(*gaussian.mean, "o", color=COLOURS[label], label=mode)
    axis.set_aspect("equal")
    axis.set_xlabel(f"coefficient of {prior.names[0]}")
    axis.set_ylabel(f"coefficient of {prior.names[1]}")
    axis.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def ellipse(gaussian: MultivariateNormal, probability: float) -> FloatArray:
    """Return points on the ellipse that holds a probability of two quantities, shape (2, 201)."""
    angles = np.linspace(0, 2 * np.pi, 201)
    radius = np.sqrt(stats.chi2.ppf(probability, 2))
    return gaussian.mean[:, np.newaxis] + radius * gaussian.inverse_root @ np.vstack([np.cos(angles), np.sin(angles)])


def sequence(posteriors: Sequence[MultivariateNormal], labels: Sequence[str], name: str) -> "Figure":
    """Draw the marginal density of one coefficient as rows come in, from light to dark.

    Parameters
    ----------
    posteriors : sequence of MultivariateNormal
        One after another, each conditioned on more rows.
    labels : sequence of str
        What each has seen.
    name : str
        The coefficient.

    Returns
    -------
    matplotlib.figure.Figure
        One density a posterior.
    """
    figure = new_figure(6.5, 3.4)
    axis = figure.subplots()
    for posterior, label, shade in zip(posteriors, labels, np.linspace(0.3, 1, len(posteriors)), strict=True):
        density(posterior.marginal(name), axis, COLOURS["posterior"], alpha=float(shade), label=label)
    axis.set_xlabel(f"coefficient of {name} (units of y per unit of the column)")
    axis.set_ylabel("density")
    axis.legend(fontsize=8)
    return figure


def shrinkage_path(
    penalties: Sequence[float], ridge: Any, posterior_means: Any, names: Sequence[str], marked: float | None = None
) -> "Figure":
    """Draw coefficients against the penalty: lines for posterior means, circles for ridge.

    Parameters
    ----------
    penalties : sequence of float
        The ridge penalties alpha, in the units of a squared column.
    ridge, posterior_means : array_like of shape (penalties, coefficients)
        Coefficients by either route.
    names : sequence of str
        Names of the coefficients.
    marked : float, optional
        A penalty to mark.

    Returns
    -------
    matplotlib.figure.Figure
        A line and a row of circles a coefficient.
    """
    from matplotlib import colormaps

    figure = new_figure(7.0, 4.6)
    axis = figure.subplots()
    ridge, means = np.asarray(ridge), np.asarray(posterior_means)
    colours = colormaps["cividis"](np.linspace(0, 0.9, len(names)))
    for j, colour in enumerate(colours):
        axis.plot(penalties, means[:, j], "-", color=colour, linewidth=1.4)
        axis.plot(penalties, ridge[:, j], "o", color=colour, markerfacecolor="none", markersize=5)
    _name_at_left(axis, names, min(penalties), means[int(np.argmin(penalties))], np.ptp(means) / 28, colours)
    if marked is not None:
        axis.axvline(marked, color="0.5", linestyle=":", label=f"α = {marked:.3g}")
    axis.plot([], [], "-", color="0.3", label="posterior mean")
    axis.plot([], [], "o", color="0.3", markerfacecolor="none", markersize=5, label="ridge")
    axis.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    axis.set_xscale("log")
    axis.set_xlim(min(penalties) * 0.35, max(penalties) * 1.4)
    axis.set_xlabel("penalty α = σ²/τ² (vague prior left, firm prior right)")
    axis.set_ylabel("coefficient (units of y per unit of the column)")
    axis.legend(fontsize=8)
    return figure


def _name_at_left(axis: "Axes", names: Sequence[str], x: float, heights: Any, gap: float, colours: Any) -> None:
    """Write names beside the left ends of lines, moved apart by what a line of text needs."""
    places = np.array(heights, dtype=float)
    for below, above in pairwise(np.argsort(places)):
        places[above] = max(places[above], places[below] + gap)
    for name, place, colour in zip(names, places, colours, strict=True):
        axis.annotate(name, (x * 0.8, place), ha="right", va="center", fontsize=9, color=colour, annotation_clip=False)


def prediction_band(
    x: Any, y: Any, grid: Any, mean: Any, line_sd: Any, observation_sd: Any, x_name: str, y_name: str
) -> "Figure":
    """Draw data, the posterior mean line, and 95 % bands for the line and for a new observation.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        The data.
    grid, mean, line_sd, observation_sd : array_like of shape (m,)
        Where the predictions stand, their mean, and their sds without and with observation noise.
    x_name, y_name : str
        Axis labels, with units.

    Returns
    -------
    matplotlib.figure.Figure
        One panel.
    """
    figure = new_figure(6.5, 3.8)
    axis = figure.subplots()
    width = stats.norm.isf(0.025)
    colour = COLOURS["posterior"]
    mean, line_sd, observation_sd = (np.asarray(values) for values in (mean, line_sd, observation_sd))
    axis.plot(x, y, ".", color="0.55", markersize=4, label="data")
    for sd, alpha, label in (
        (observation_sd, 0.15, "a new observation, 95 %"),
        (line_sd, 0.4, "its expected value, 95 %"),
    ):
        axis.fill_between(
            grid, mean - width * sd, mean + width * sd, color=colour, alpha=alpha, linewidth=0, label=label
        )
    axis.plot(grid, mean, color=colour, label="posterior mean")
    axis.set_xlabel(x_name)
    axis.set_ylabel(y_name)
    axis.legend(fontsize=8)
    return figure


def density(marginal: Any, axis: "Axes", colour: str, **style: Any) -> None:
    """Draw a density with the verbs of a frozen scipy.stats distribution, between its quantiles of 3e-5."""
    low, high = marginal.ppf(np.array([3e-5, 1 - 3e-5]))
    grid = np.linspace(low, high, 161)
    axis.plot(grid, marginal.pdf(grid), color=colour, linewidth=1.8, **style)


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
    names = {"evidence": "− log evidence", "loo": "leave-one-out error", "gcv": "GCV", "cv": "K-fold error"}
    styles = {"evidence": ("posterior", "-"), "loo": ("ridge", "-"), "gcv": ("likelihood", "--"), "cv": ("mcmc", ":")}
    for place, (by, loss) in enumerate(path.losses.items()):
        best, rise = int(np.argmin(loss)), loss - loss.min()
        colour, line = styles[by]
        scaled = rise / (rise.max() or 1.0)
        label = f"{names[by]}: α = {path.penalties[best]:.3g}"
        top.plot(path.penalties, np.sqrt(scaled), line, color=COLOURS[colour], linewidth=1.8, label=label)
        # two may stand at one place: the later the smaller
        top.plot(
            path.penalties[best], 0, "o", color=COLOURS[colour], markersize=12 - 2.5 * place, clip_on=False, zorder=3
        )
    top.set_xscale("log")
    top.set_ylim(0, 1)
    top.set_ylabel("loss above its best (root, scaled)")
    top.legend(fontsize=8, loc="upper left")
    ticks = path.penalties[np.linspace(0, len(path.penalties) - 1, min(7, len(path.penalties))).astype(int)]
    above = top.secondary_xaxis("top")
    above.set_xticks(ticks, [f"{value:.1f}" for value in np.interp(ticks, path.penalties, path.degrees_of_freedom)])
    above.set_xlabel("effective number of coefficients", fontsize=9)
    above.minorticks_off()
    colours = colormaps["cividis"](np.linspace(0, 0.9, path.coef.shape[1]))
    for values, colour in zip(path.coef.T, colours, strict=True):
        bottom.plot(path.penalties, values, color=colour, linewidth=1.2)
    if len(colours) <= MAX_NAMES:
        _name_at_left(
            bottom, path.model.feature_names, path.penalties[0], path.coef[0], np.ptp(path.coef) / 18, colours
        )
        decades = max(1.0, np.log10(path.penalties[-1] / path.penalties[0]))
        bottom.set_xlim(path.penalties[0] / 10 ** (0.1 * decades), path.penalties[-1] * 10 ** (0.03 * decades))
    bottom.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    bottom.set_xlabel("penalty α")
    bottom.set_ylabel("coefficients")
    if marked is not None:
        for axis in (top, bottom):
            axis.axvline(marked, color="0.4", linestyle=":", linewidth=1)
    return figure


def priors_of_one_number(value: float, *, noise_sd: float, **quantities: Any) -> "Figure":
    r"""Draw the prior sd of a coefficient that one number amounts to as the setting of each library.

    Parameters
    ----------
    value : float
        The number, typed everywhere.
    noise_sd : float
        Noise standard deviation, in the units of y.
    **quantities
        The others that ``convert`` takes: n, batch_size, y_sd. Columns are taken as standardised, and rows as
        unweighted.

    Returns
    -------
    matplotlib.figure.Figure
        A point for each prior, named after all conventions of squared error and of priors that have it.
    """
    known = {"noise_sd": noise_sd, "x_sd": 1.0, **quantities}
    groups: dict[float, list[str]] = {}
    for record in RECORDS:
        if record.summed is Loss.LOGISTIC or record.norm is Norm.L1 or record.no_map:
            continue
        given = {name: known[name] for name in quantities_of(record.name, "prior-sd") if name in known}
        sd = float(convert(value, record.name, "prior-sd", **given))
        groups.setdefault(float(f"{sd:.9g}"), []).append(record.name)
    sds = sorted(groups)
    labels = [fill(", ".join(groups[sd]), 62, break_on_hyphens=False) for sd in sds]
    heights = np.array([label.count("\n") + 1.6 for label in labels])
    places = np.cumsum(heights) - heights / 2
    figure = new_figure(9, 0.19 * heights.sum() + 1.1)
    axis = figure.subplots()
    axis.hlines(places, sds[0] / 2, sds, color="0.85", linewidth=1.5)
    axis.plot(sds, places, "o", color=COLOURS["prior"], markersize=8)
    for sd, place in zip(sds, places, strict=True):
        axis.annotate(f"{sd:.3g}", (sd, place), (9, 0), textcoords="offset points", va="center")
    axis.set_yticks(places, labels, fontsize=8.5)
    axis.set_ylim(0, heights.sum())
    axis.set_xscale("log")
    axis.set_xlim(sds[0] / 2, 3 * sds[-1])
    axis.set_xlabel("prior sd of a coefficient, in y per sd of its column")
    axis.set_title(f"The priors that the setting {value:g} stands for")
    axis.spines[["top", "right"]].set_visible(False)
    return figure
