"""Predictive intervals hold a new y as often as they say.

Data sets are drawn from the prior, so that the coverage of a right predictive is the
nominal one. A data set counts with the probability that its intervals hold a new y,
which the truth gives: no new y is drawn. A mean of N of these has a standard error, and
six of them are allowed: a false alarm of 2e-9 for a normal mean, and room for skewness.
``benchmarks/predictive_coverage.py`` does the same at length.
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import ndtr
from sklearn.linear_model import BayesianRidge

from bayes_l2 import L2Regressor, priors

Array = np.ndarray
# X, y, new rows -> the ends of their intervals, perhaps of several kinds
Interval = Callable[[Array, Array, Array], Array]
UNIT = priors.HalfNormal(1.0)


def coverages(
    interval: Interval, n: int, p: int, *, data_sets: int, known: bool, new: int = 8
) -> Array:
    """Return the probability that intervals hold a new y, for each data set."""
    found = []
    for number in range(data_sets):
        rng = np.random.default_rng([17, number])
        noise_sd, prior_sd = (1.0, 1.0) if known else np.abs(rng.standard_normal(2))
        coef = prior_sd * rng.standard_normal(p)
        X, rows = rng.standard_normal((n, p)), rng.standard_normal((new, p))
        y = 3 + X @ coef + noise_sd * rng.standard_normal(n)
        ends = interval(X, y, rows) - (3 + rows @ coef)[:, np.newaxis]
        found.append(np.diff(ndtr(ends / noise_sd))[..., 0].mean(axis=-1))
    return np.array(found)


def distance(found: Array, nominal: float) -> float:
    """Return how many standard errors a mean is from the nominal coverage."""
    return float((found.mean() - nominal) / (found.std(ddof=1) / len(found) ** 0.5))


def test_intervals_for_known_scales_cover_what_they_say() -> None:
    def with_and_without_intercept(X: Array, y: Array, rows: Array) -> Array:
        """Leave the variance of the intercept out of the second kind."""
        model = L2Regressor(noise_sd=1.0, prior_sd=1.0).fit(X, y)
        ends = model.predict_interval(rows, coverage=0.9)
        _, sd = model.predict(rows, return_std=True)
        center = ends.mean(axis=1, keepdims=True)
        shorter = np.sqrt(1 - 1 / len(y) / sd**2)[:, np.newaxis]
        return np.array([ends, center + shorter * (ends - center)])

    ours, worse = coverages(
        with_and_without_intercept, 2, 1, data_sets=300, known=True
    ).T
    assert abs(distance(ours, 0.9)) < 6
    # so a variance that is too small by σ²/n, as in BayesianRidge, is noticed
    assert distance(worse, 0.9) < -6


def of_unknown_scales(X: Array, y: Array, rows: Array) -> Array:
    model = L2Regressor(noise_sd=UNIT, prior_sd=UNIT).fit(X, y)
    return model.predict_interval(rows, coverage=0.9)


def of_bayesian_ridge(X: Array, y: Array, rows: Array) -> Array:
    model = BayesianRidge().fit(X, y)
    mean, sd = model.predict(rows, return_std=True)
    sd = np.sqrt(sd**2 + 1 / model.alpha_ / len(y))
    return np.column_stack([mean - 1.6449 * sd, mean + 1.6449 * sd])


def test_intervals_for_unknown_scales_cover_what_they_say() -> None:
    found = coverages(of_unknown_scales, 10, 10, data_sets=50, known=False)
    assert abs(distance(found, 0.9)) < 6
    # the most probable scales in place of all: 62 %, and noticed
    worse = coverages(of_bayesian_ridge, 10, 10, data_sets=50, known=False)
    assert distance(worse, 0.9) < -6


@pytest.mark.slow
@pytest.mark.parametrize(("n", "p"), [(5, 2), (5, 50), (20, 10), (50, 50)])
def test_many_intervals_for_unknown_scales_cover_what_they_say(n: int, p: int) -> None:
    found = coverages(of_unknown_scales, n, p, data_sets=200, known=False)
    assert abs(distance(found, 0.9)) < 6
    assert found.std(ddof=1) / np.sqrt(200) < 0.014
