"""The numbers of a posterior that the routes are held against."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.exact import ExactPosterior
from bayes_l2.model.layout import Layout
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import quantile_name, record_text

if TYPE_CHECKING:
    import pandas as pd

PROBABILITIES = (0.025, 0.5, 0.975)
FEW_EPS = 16 * np.finfo(float).eps  # the relative rounding of a sum of few terms
TILE_ROWS = 4096


class Moments(NamedTuple):
    """Mean, sd and kurtosis of each row of a comparison's table."""

    mean: FloatArray
    sd: FloatArray
    kurtosis: FloatArray

    __repr__ = record_text


def exact_moments(exact: ExactPosterior, scales: Sequence[str]) -> Moments:
    """Return the moments of intercept and coefficients, then of logs of scales."""
    location = exact.location
    logs = [exact.log_scale_moments(name) for name in scales]
    return Moments(
        np.append(location.mean, [each.mean for each in logs]),
        np.append(location.sd, [each.sd for each in logs]),
        np.append(location.kurtosis, [each.kurtosis for each in logs]),
    )


def log_density(exact: ExactPosterior, parameters: FloatArray) -> float:
    """Return the normalised log density of all parameters of the model."""
    return float(exact.logpdf(parameters))


def log_likelihoods_at(
    model: LinearModel, points: FloatArray
) -> tuple[FloatArray, float]:
    """Return the log likelihood of Gaussian rows at points, and its rounding at most.

    It is summed over the rows, or comes from the statistics where the rows are gone.
    Columns and response are centred first, and the line through their means is rounded
    once: a row rounds by some eps of its log density, and by its slope times some eps
    of centred terms. The parameters are taken as exact.
    """
    if model.X is None or model.y is None:
        values = np.array([model.log_likelihood(point) for point in points])
        return values, FEW_EPS * float(np.abs(values).max() + model.n_rows)
    parts = [model.split(point) for point in points]
    coefs = np.array([each.coef[0] for each in parts])
    noise_sds = np.array([[each.noise_sd] for each in parts])
    center, origin = model.X.mean(axis=0), float(model.y.mean())
    lines = np.array(
        [
            [math.sumprod([1.0, -1.0, *b], [each.intercept[0], origin, *center])]
            for each, b in zip(parts, coefs.tolist(), strict=True)
        ]
    )
    values, rounding = [], np.zeros(len(points))
    for first in range(0, len(model.y), TILE_ROWS):
        tile = slice(first, first + TILE_ROWS)
        X, y = model.X[tile] - center, model.y[tile] - origin
        weights = np.ones_like(y) if model.weights is None else model.weights[tile]
        eta = lines + coefs @ X.T
        densities = model.likelihood.log_density(y, eta, noise_sds, weights)
        values.append(densities.sum(axis=1))
        terms = np.abs(coefs).max(axis=0) @ np.abs(X).T
        terms += np.abs(y) + np.abs(lines).max()
        rounding += np.abs(densities).sum(axis=1)
        rounding += (np.abs(y - eta) * weights / noise_sds**2) @ terms
    totals = np.array([math.fsum(each) for each in np.transpose(values)])
    return totals, FEW_EPS * float(rounding.max())


def coef_interval(posterior: Any, layout: Layout, probability: float) -> FloatArray:
    """Return the ends of the interval of each coefficient, shape (d, 2)."""
    coefs = slice(layout.n_intercepts, len(layout.names))
    return posterior.interval(probability)[coefs]


def summary_of_posterior(posterior: Any, names: Sequence[str]) -> "pd.DataFrame":
    """Return mean, sd and quantiles of some parameters of a posterior, by name."""
    marginals = [posterior.marginal(name) for name in names]
    moments = [(each.mean(), each.std()) for each in marginals]
    quantiles = [each.ppf(PROBABILITIES) for each in marginals]
    return _summary(np.column_stack([moments, quantiles]), names)


def summary_of_draws(
    draws: Sequence[FloatArray], names: Sequence[str]
) -> "pd.DataFrame":
    """Return mean, sd and quantiles of draws of parameters, by name."""
    moments = [(each.mean(), each.std(ddof=1)) for each in draws]
    quantiles = [np.quantile(each, PROBABILITIES) for each in draws]
    return _summary(np.column_stack([moments, quantiles]), names)


def _summary(numbers: FloatArray, names: Sequence[str]) -> "pd.DataFrame":
    import pandas as pd

    columns = ["mean", "sd", *map(quantile_name, PROBABILITIES)]
    return pd.DataFrame(numbers, pd.Index(names, name="parameter"), columns)
