r"""Figures of conjugacy: prior, likelihood, updates, shrinkage and predictions.

.. math:: p(b \mid y) \propto p(y \mid b) \, p(b)
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from bayes_l2.course.figures.panel import (
    coefficient_plane,
    draw_ellipses,
    legend_outside,
    panel,
)
from bayes_l2.course.figures.words import conjugacy as words
from bayes_l2.drawing import COLOURS, density, describe, line_colours, name_at_left
from bayes_l2.posteriors.distributions.multivariate import MultivariateNormal
from bayes_l2.posteriors.posterior import ExactPosterior

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "prediction_band",
    "prior_likelihood_posterior",
    "sequence",
    "shrinkage_path",
]
__dir__ = __all__.copy

CIRCLES = {"marker": "o", "linestyle": "", "markerfacecolor": "none", "markersize": 5}


def prior_likelihood_posterior(
    prior: MultivariateNormal,
    likelihood: MultivariateNormal,
    posterior: MultivariateNormal,
) -> "Figure":
    """Draw prior, likelihood and posterior of two coefficients.

    Parameters
    ----------
    prior, likelihood, posterior : MultivariateNormal
        Each over the same two names; the likelihood is the posterior under a flat
        prior.

    Returns
    -------
    matplotlib.figure.Figure
        Ellipses that hold 50 % and 95 %, and the three modes.
    """
    figure, axes = coefficient_plane(5.6, 4.8, prior)
    for label, mode, gaussian in (
        ("prior", "prior mean", prior),
        ("likelihood", "least squares", likelihood),
        ("posterior", "posterior mean = MAP = ridge", posterior),
    ):
        draw_ellipses(axes, gaussian, colour=COLOURS[label], label=label)
        axes.plot(*gaussian.mean, "o", color=COLOURS[label], label=mode)
    legend_outside(axes)
    return describe(
        figure, words.prior_likelihood_posterior(prior, likelihood, posterior)
    )


def sequence(
    posteriors: Sequence[ExactPosterior], labels: Sequence[str], name: str
) -> "Figure":
    """Draw the marginal density of one coefficient as rows come in.

    Parameters
    ----------
    posteriors : sequence of exact posteriors
        Posteriors in order, each conditioned on more rows.
    labels : sequence of str
        The rows that each posterior has seen.
    name : str
        The coefficient.

    Returns
    -------
    matplotlib.figure.Figure
        One density for each posterior, from light to dark.
    """
    units = f"coefficient of {name} (units of y per unit of the column)"
    figure, axes = panel(6.5, 3.4, x=units, y="density")
    shades = np.linspace(0.3, 1, len(posteriors)).tolist()
    colour = COLOURS["posterior"]
    for posterior, label, shade in zip(posteriors, labels, shades, strict=True):
        density(posterior.marginal(name), axes, colour, alpha=shade, label=label)
    axes.legend(fontsize=9)
    return describe(figure, words.sequence(posteriors, labels, name))


def shrinkage_path(
    penalties: Sequence[float],
    ridge: Any,
    posterior_means: Any,
    names: Sequence[str],
    marked: float | None = None,
) -> "Figure":
    """Draw coefficients against the penalty.

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
        For each coefficient a line for the posterior mean, and circles for ridge.
    """
    figure, axes = panel(
        7.0,
        4.6,
        x="penalty α = σ²/τ² (wide prior left, narrow prior right)",
        y="coefficient (units of y per unit of the column)",
    )
    ridge, means = np.asarray(ridge), np.asarray(posterior_means)
    for j, colour in enumerate(line_colours(len(names))):
        axes.plot(penalties, means[:, j], "-", color=colour, linewidth=1.4)
        axes.plot(penalties, ridge[:, j], color=colour, **CIRCLES)
    ends, gap = means[int(np.argmin(penalties))], np.ptp(means) / 22
    name_at_left(axes, names, min(penalties), ends, gap)
    if marked is not None:
        axes.axvline(marked, color="0.5", linestyle=":", label=f"α = {marked:.3g}")
    axes.plot([], [], "-", color="0.3", label="posterior mean")
    axes.plot([], [], color="0.3", label="ridge", **CIRCLES)
    axes.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    axes.set_xscale("log")
    axes.set_xlim(min(penalties) * 0.25, max(penalties) * 1.4)
    # where coefficients are small; matplotlib's search for a place warns if it is slow
    axes.legend(fontsize=9, loc="upper right")
    return describe(figure, words.shrinkage_path(penalties, ridge, means, names))


def prediction_band(
    x: Any,
    y: Any,
    grid: Any,
    mean: Any,
    line_sd: Any,
    observation_sd: Any,
    x_name: str,
    y_name: str,
) -> "Figure":
    """Draw data, the posterior mean line, and 95 % bands.

    One band is for the line, the other for a new observation.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        The data.
    grid, mean, line_sd, observation_sd : array_like of shape (m,)
        Places of the predictions, their means, and their sds without and with
        observation noise.
    x_name, y_name : str
        Axis labels, with units.

    Returns
    -------
    matplotlib.figure.Figure
        One panel.
    """
    figure, axes = panel(6.5, 3.8, x=x_name, y=y_name)
    colour, mean = COLOURS["posterior"], np.asarray(mean)
    wide, narrow = (
        stats.norm.isf(0.025) * np.asarray(sd) for sd in (observation_sd, line_sd)
    )
    axes.plot(x, y, ".", color="0.55", markersize=4, label="data")
    for width, alpha, label in (
        (wide, 0.15, "a new observation, 95 %"),
        (narrow, 0.4, "its expected value, 95 %"),
    ):
        style = {"color": colour, "alpha": alpha, "linewidth": 0, "label": label}
        axes.fill_between(grid, mean - width, mean + width, **style)
    axes.plot(grid, mean, color=colour, label="posterior mean")
    axes.legend(fontsize=9)
    text = words.prediction_band((x, y), grid, mean, narrow, wide, x_name, y_name)
    return describe(figure, text)
