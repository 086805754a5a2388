"""Figures of a prior, a likelihood and the posterior they make, and of its shrinkage and predictions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from bayes_l2.arrays import FloatArray
from bayes_l2.drawing import COLOURS, density, name_at_left, new_figure
from bayes_l2.posteriors.multivariate import MultivariateNormal

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def prior_likelihood_posterior(
    prior: MultivariateNormal,
    likelihood: MultivariateNormal,
    posterior: MultivariateNormal,
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
            axis.plot(
                *ellipse(gaussian, probability),
                style,
                color=COLOURS[label],
                label=f"{label}, {probability:.0%}",
            )
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
    return gaussian.mean[:, np.newaxis] + radius * gaussian.inverse_root @ np.vstack(
        [np.cos(angles), np.sin(angles)]
    )


def sequence(
    posteriors: Sequence[MultivariateNormal], labels: Sequence[str], name: str
) -> "Figure":
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
    for posterior, label, shade in zip(
        posteriors, labels, np.linspace(0.3, 1, len(posteriors)), strict=True
    ):
        density(
            posterior.marginal(name),
            axis,
            COLOURS["posterior"],
            alpha=float(shade),
            label=label,
        )
    axis.set_xlabel(f"coefficient of {name} (units of y per unit of the column)")
    axis.set_ylabel("density")
    axis.legend(fontsize=8)
    return figure


def shrinkage_path(
    penalties: Sequence[float],
    ridge: Any,
    posterior_means: Any,
    names: Sequence[str],
    marked: float | None = None,
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
        axis.plot(
            penalties,
            ridge[:, j],
            "o",
            color=colour,
            markerfacecolor="none",
            markersize=5,
        )
    name_at_left(
        axis,
        names,
        min(penalties),
        means[int(np.argmin(penalties))],
        np.ptp(means) / 28,
        colours,
    )
    if marked is not None:
        axis.axvline(marked, color="0.5", linestyle=":", label=f"α = {marked:.3g}")
    axis.plot([], [], "-", color="0.3", label="posterior mean")
    axis.plot(
        [], [], "o", color="0.3", markerfacecolor="none", markersize=5, label="ridge"
    )
    axis.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    axis.set_xscale("log")
    axis.set_xlim(min(penalties) * 0.35, max(penalties) * 1.4)
    axis.set_xlabel("penalty α = σ²/τ² (vague prior left, firm prior right)")
    axis.set_ylabel("coefficient (units of y per unit of the column)")
    axis.legend(fontsize=8)
    return figure


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
    mean, line_sd, observation_sd = (
        np.asarray(values) for values in (mean, line_sd, observation_sd)
    )
    axis.plot(x, y, ".", color="0.55", markersize=4, label="data")
    for sd, alpha, label in (
        (observation_sd, 0.15, "a new observation, 95 %"),
        (line_sd, 0.4, "its expected value, 95 %"),
    ):
        axis.fill_between(
            grid,
            mean - width * sd,
            mean + width * sd,
            color=colour,
            alpha=alpha,
            linewidth=0,
            label=label,
        )
    axis.plot(grid, mean, color=colour, label="posterior mean")
    axis.set_xlabel(x_name)
    axis.set_ylabel(y_name)
    axis.legend(fontsize=8)
    return figure
