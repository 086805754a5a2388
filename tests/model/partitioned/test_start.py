"""Where a search starts, against scikit-learn and the law of normal columns."""

from typing import Any

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import PoissonRegressor

from bayes_l2 import priors
from bayes_l2.model.partitioned.start import FARTHEST, LARGEST_LOG_RATE
from tests.model.partitioned.arrays import ArrayPartitions, model_of
from tests.model.partitioned.data import LIKELIHOODS, columns, response

X = columns(2000, 3) * [1.0, 10.0, 0.1] + [0.0, 50.0, -3.0]


def start(kind: str, X: Any, y: Any, weights: Any = None) -> tuple[Any, Any]:
    """Return intercepts at 0 and coefficients of the start under a flat prior."""
    source = ArrayPartitions(X, y, weights, cuts=[1, 700, 701])
    model = model_of(source, likelihood=LIKELIHOODS[kind], prior=priors.Flat())
    lines = 3 if kind == "classes" else 1
    intercept, coef = model.log_posterior.observations.start(model.prior, lines)
    return intercept - coef @ np.average(X, axis=0, weights=weights), coef


def test_two_classes_start_from_the_linear_discriminant() -> None:
    y = response("two classes", X)
    intercept, coef = start("two classes", X, y)
    known = LinearDiscriminantAnalysis(solver="lsqr").fit(X, y)
    np.testing.assert_allclose(coef, known.coef_, rtol=1e-9)
    np.testing.assert_allclose(intercept, known.intercept_, rtol=1e-9)


def test_classes_start_from_the_linear_discriminant() -> None:
    y = response("classes", X)
    intercept, coef = start("classes", X, y)
    known = LinearDiscriminantAnalysis(solver="lsqr").fit(X, y)
    wanted = known.coef_ - known.coef_.mean(axis=0)
    np.testing.assert_allclose(coef - coef.mean(axis=0), wanted, rtol=1e-8)
    wanted = known.intercept_ - known.intercept_.mean()
    np.testing.assert_allclose(intercept - intercept.mean(), wanted, rtol=1e-7)


def test_weights_count_as_repeated_rows() -> None:
    weights = np.arange(2000) % 4
    for kind in LIKELIHOODS:
        y = response(kind, X)
        found = start(kind, X, y, weights.astype(float))
        repeated = start(kind, np.repeat(X, weights, axis=0), np.repeat(y, weights))
        for ours, theirs in zip(found, repeated, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-8)


@pytest.mark.parametrize("level", [0.0, 6.0])
def test_counts_start_near_the_mode(level: float) -> None:
    y = response("counts", X, level=level)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    mode = PoissonRegressor(alpha=0.0, tol=1e-8, max_iter=300).fit(Z, y)
    intercept, coef = start("counts", Z, y)
    np.testing.assert_allclose(coef[0], mode.coef_, atol=0.05)
    np.testing.assert_allclose(intercept[0], mode.intercept_, atol=0.05)


def test_separable_classes_start_at_moderate_odds() -> None:
    y = np.where(X[:, 0] > 0, "yes", "no")
    mark = np.where(y == "yes", 1.0, 0.0)[:, np.newaxis]
    _, coef = start("two classes", mark, y)
    assert 0 < coef[0, 0] <= FARTHEST * (1 + 1e-12)


def test_a_count_beyond_all_others_starts_at_rates_that_are_numbers() -> None:
    y = response("counts", X)
    Z = X.copy()
    Z[0], y[0] = 1e6, 1e9
    intercept, coef = start("counts", Z, y)
    assert np.isfinite(np.exp(intercept + Z @ coef[0])).all()


def test_the_rates_of_all_rows_are_numbers_at_the_start_of_counts() -> None:
    rng = np.random.default_rng(2)
    x, apart = rng.standard_normal((2, 2000))
    near = np.column_stack([x, x + 1e-3 * apart])
    y = rng.poisson(np.exp(apart)).astype(float)  # coefficients of -1000 and 1000
    intercept, coef = start("counts", near, y)
    level = intercept + coef @ near.mean(axis=0)
    farthest = np.abs(near - near.mean(axis=0)).max(axis=0)
    bound = np.abs(level) + np.abs(coef) @ farthest
    np.testing.assert_allclose(bound, LARGEST_LOG_RATE, rtol=1e-12)
