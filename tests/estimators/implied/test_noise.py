"""The noise sd of an implied model, against the evidence and formulas of textbooks."""

from typing import Any

import numpy as np
import pytest
from scipy.linalg import null_space
from scipy.optimize import minimize_scalar
from scipy.stats import multivariate_normal
from sklearn import linear_model

from bayes_l2 import model_of

sk: Any = linear_model  # its stubs know no lists of settings
RNG = np.random.default_rng(3)
X = RNG.standard_normal((25, 3)) + np.array([0.0, 2.0, 0.0])
Y = 1.0 + X @ [1.0, 0.0, -0.5] + 0.7 * RNG.standard_normal(25)
WEIGHTS = RNG.uniform(0.5, 2.0, 25)


def noise_of(estimator: Any, weights: Any = None, **options: Any) -> float:
    given = {} if weights is None else {"sample_weight": weights}
    model = model_of(estimator.fit(X, Y, **given), X, Y, **given, **options)
    return model.likelihood.sd


def of_highest_evidence(alpha: float, weights: Any, *, intercept: bool) -> float:
    """Maximise the density of contrasts of y that the intercept does not enter."""
    ones = np.ones((1, len(Y)))
    contrasts = null_space(ones).T if intercept else np.eye(len(Y))
    noise = np.diag(1 / weights)
    unit = contrasts @ (noise + X @ X.T / alpha) @ contrasts.T

    def loss(log_sd: float) -> float:
        cov = np.exp(2 * log_sd) * unit
        return -multivariate_normal(cov=cov).logpdf(contrasts @ Y)

    found: Any = minimize_scalar(
        loss, bounds=(-4, 4), method="bounded", options={"xatol": 1e-9}
    )
    return float(np.exp(found.x))


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
def test_ridge_has_the_noise_of_the_highest_evidence(
    intercept: bool, weighted: bool
) -> None:
    weights = WEIGHTS if weighted else None
    found = noise_of(sk.Ridge(3.0, fit_intercept=intercept), weights)
    unit = np.ones(25) if weights is None else weights
    wanted = of_highest_evidence(3.0, unit, intercept=intercept)
    assert found == pytest.approx(wanted, rel=1e-6)


def test_least_squares_has_the_unbiased_noise() -> None:
    estimator = sk.LinearRegression().fit(X, Y)
    residuals = Y - estimator.predict(X)
    wanted = np.sqrt(residuals @ residuals / (25 - 3 - 1))
    assert noise_of(sk.LinearRegression()) == pytest.approx(wanted, rel=1e-12)


def test_sparse_fits_count_their_degrees_of_freedom() -> None:
    lasso = sk.Lasso(0.3).fit(X, Y)
    residuals = Y - lasso.predict(X)
    n_used = np.count_nonzero(lasso.coef_)
    assert 0 < n_used < 3
    wanted = np.sqrt(residuals @ residuals / (25 - 1 - n_used))
    assert noise_of(sk.Lasso(0.3)) == pytest.approx(wanted, rel=1e-12)

    net = sk.ElasticNet(0.3, l1_ratio=0.5).fit(X, Y, sample_weight=WEIGHTS)
    W, used = np.diag(WEIGHTS), net.coef_ != 0
    A = (X - np.average(X, axis=0, weights=WEIGHTS))[:, used]
    l2 = 0.3 * 0.5 * WEIGHTS.sum()
    hat = A @ np.linalg.inv(A.T @ W @ A + l2 * np.eye(used.sum())) @ A.T @ W
    residuals = Y - net.predict(X)
    wanted = np.sqrt(residuals @ W @ residuals / (25 - 1 - np.trace(hat)))
    found = noise_of(sk.ElasticNet(0.3, l1_ratio=0.5), WEIGHTS)
    assert found == pytest.approx(wanted, rel=1e-10)


def test_a_median_has_the_noise_of_absolute_deviations() -> None:
    estimator = sk.QuantileRegressor(alpha=0.0).fit(X, Y)
    wanted = np.abs(Y - estimator.predict(X)).sum() / (25 - 4 / 2)
    model: Any = model_of(estimator, X, Y)
    assert model.likelihood.scale == pytest.approx(wanted, rel=1e-12)


@pytest.mark.slow
def test_the_scale_of_a_median_has_no_bias() -> None:
    """On average over fits of 40 rows and 4 parameters it is the truth, 1.

    The mean of 400 has an sd of 0.008; without the correction it is 0.95.
    """
    rng = np.random.default_rng(5)
    found = []
    for _ in range(400):
        rows = rng.standard_normal((40, 3))
        y = rng.laplace(size=40)
        estimator = sk.QuantileRegressor(alpha=0.0).fit(rows, y)
        likelihood: Any = model_of(estimator, rows, y).likelihood
        found.append(likelihood.scale)
    assert np.mean(found) == pytest.approx(1.0, abs=0.04)


def test_the_noise_that_was_given_is_taken() -> None:
    for estimator in (sk.Ridge(1.0), sk.LinearRegression(), sk.Lasso(0.1)):
        assert noise_of(estimator, noise_sd=2.5) == 2.5


def test_rows_that_do_not_determine_the_noise_are_refused() -> None:
    few, y = X[:3], Y[:3]
    for estimator in (sk.LinearRegression(), sk.QuantileRegressor(alpha=0.0)):
        with pytest.raises(ValueError, match="noise_sd must be given for this"):
            model_of(estimator.fit(few, y), few, y)
    exact = X @ [1.0, 2.0, 3.0]
    flat = np.full(25, 2.0)
    with pytest.raises(ValueError, match="fits y exactly"):
        model_of(sk.Ridge(1.0).fit(X, flat), X, flat)
    assert model_of(sk.Ridge(1.0).fit(X, exact), X, exact).likelihood.sd > 0
