"""Figures of conjugacy in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.distributions.multivariate import MultivariateNormal
from bayes_l2.posteriors.posterior import ExactPosterior
from bayes_l2.texts import joined, listed
from bayes_l2.texts import number_in_words as number


def prior_likelihood_posterior(
    prior: MultivariateNormal,
    likelihood: MultivariateNormal,
    posterior: MultivariateNormal,
) -> str:
    """Return the means, the sds and the areas of three ellipses in words."""
    named = {"prior": prior, "likelihood": likelihood, "posterior": posterior}
    means = (
        f"{name} ({number(each.mean[0])}, {number(each.mean[1])})"
        for name, each in named.items()
    )
    areas = [1 / np.prod(np.diag(each.root)) for each in named.values()]
    shares = [f"{areas[2] / area:.3g}" for area in areas[:2]]
    return (
        "Ellipses that hold 50 % and 95 % of prior, likelihood and posterior, over "
        f"the coefficients of {joined(posterior.names)}. Centres: {joined(means)}. "
        f"The area of the posterior's ellipse is {shares[0]} times the prior's and "
        f"{shares[1]} times the likelihood's."
    )


def sequence(
    posteriors: Sequence[ExactPosterior], labels: Sequence[str], name: str
) -> str:
    """Return the mean and the sd of each density in words."""
    marginals = [posterior.marginal(name) for posterior in posteriors]
    found = [
        f"{label}: {number(each.mean())} and {number(each.std())}"
        for label, each in zip(labels, marginals, strict=True)
    ]
    if len(found) > 6:
        found = [*found[:2], *found[-2:]]
    return (
        f"{len(marginals)} densities of the coefficient of {name}, from light to dark "
        f"as rows come in. Mean and sd after {'; '.join(found)}. The last sd is "
        f"{marginals[-1].std() / marginals[0].std():.2g} times the first."
    )


def shrinkage_path(
    penalties: Sequence[float], ridge: FloatArray, means: FloatArray, names: Any
) -> str:
    """Return the ends of a path, and how far its two routes are apart, in words."""
    first, last = int(np.argmin(penalties)), int(np.argmax(penalties))
    largest = int(np.argmax(np.abs(means[first])))
    apart = np.abs(ridge - means).max()
    return (
        f"{len(names)} coefficients over penalties from {number(penalties[first])} to "
        f"{number(penalties[last])} on a logarithmic axis: a line for the posterior "
        f"mean, circles for ridge. They differ by at most {apart:.1g}. The coefficient "
        f"of {listed([names[largest]])} starts furthest from 0 and goes from "
        f"{number(means[first, largest])} to {number(means[last, largest])}; at the "
        f"end the largest is {number(np.abs(means[last]).max())} from 0."
    )


def prediction_band(
    points: tuple[Any, Any],
    grid: FloatArray,
    mean: FloatArray,
    line_width: FloatArray,
    observation_width: FloatArray,
    x_name: str,
    y_name: str,
) -> str:
    """Return the line, the half widths of its bands and the points inside in words."""
    x, y = (np.ravel(np.asarray(values, dtype=float)) for values in points)
    middle, away = (np.interp(x, grid, each) for each in (mean, observation_width))
    inside = np.sum(np.abs(y - middle) <= away)
    widths = (
        f"{number(width.min())} to {number(width.max())}"
        for width in (line_width, observation_width)
    )
    return (
        f"{len(x)} points of {y_name} over {x_name}, with the posterior mean from "
        f"{number(mean[0])} at {number(grid[0])} to {number(mean[-1])} at "
        f"{number(grid[-1])}. Half widths of its 95 % bands, expected value and new "
        f"observation: {joined(widths)}. {inside} of {len(x)} points lie in the wider "
        "band."
    )
