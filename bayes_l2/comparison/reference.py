"""The numbers of a posterior that the routes are held against."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.exact import ExactPosterior
from bayes_l2.model.layout import Layout
from bayes_l2.texts import quantile_name, record_text

if TYPE_CHECKING:
    import pandas as pd

PROBABILITIES = (0.025, 0.5, 0.975)


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
