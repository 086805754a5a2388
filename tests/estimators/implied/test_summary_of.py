"""The table of a fitted estimator: its coefficients, posterior sds and intervals."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn import linear_model as sk

from bayes_l2 import summary_of

RNG = np.random.default_rng(2)
X = pd.DataFrame(RNG.standard_normal((40, 2)), columns=["dose", "age"])
Y = 1.0 + X["dose"] + RNG.standard_normal(40)
COLUMNS = ["coef", "sd", "2.5%", "97.5%"]


def test_ridge_has_the_sds_of_the_textbook() -> None:
    """The covariance is σ² (Z'Z + α D)⁻¹, Z with a column of ones, D without it."""
    estimator = sk.Ridge(3.0).fit(X, Y)
    table = summary_of(estimator, X, Y, noise_sd=1.2)
    Z = np.column_stack([np.ones(40), X])
    precision = (Z.T @ Z + 3.0 * np.diag([0, 1, 1])) / 1.2**2
    sds = np.sqrt(np.diag(np.linalg.inv(precision)))
    assert list(table.columns) == COLUMNS
    assert list(table.index) == ["intercept", "dose", "age"]
    assert table.index.name == "parameter"
    own = [estimator.intercept_, *estimator.coef_]
    np.testing.assert_allclose(table["coef"], own, rtol=0)
    np.testing.assert_allclose(table["sd"], sds, rtol=1e-12)
    for name, q in (("2.5%", 0.025), ("97.5%", 0.975)):
        np.testing.assert_allclose(table[name], own + norm.ppf(q) * sds, rtol=1e-9)


def test_classes_have_the_sds_of_the_curvature() -> None:
    estimator = sk.LogisticRegression(C=2.0, tol=1e-9).fit(X, Y > 1)
    table = summary_of(estimator, X, Y > 1)
    Z = np.column_stack([np.ones(40), X])
    p = estimator.predict_proba(X)[:, 1]
    precision = Z.T @ (Z * (p * (1 - p))[:, np.newaxis]) + np.diag([0, 0.5, 0.5])
    sds = np.sqrt(np.diag(np.linalg.inv(precision)))
    np.testing.assert_allclose(table["sd"], sds, rtol=1e-6)
    half = (table["97.5%"] - table["2.5%"]) / 2
    np.testing.assert_allclose(half, norm.ppf(0.975) * sds, rtol=1e-6)


def test_each_class_has_its_coefficients() -> None:
    labels = np.digitize(Y, [0.5, 1.5])
    estimator = sk.LogisticRegression(tol=1e-9).fit(X, labels)
    table = summary_of(estimator, X, labels)
    for k in range(3):
        assert table.loc[f"dose[{k}]", "coef"] == estimator.coef_[k, 0]


@pytest.mark.slow
def test_a_lasso_has_the_spread_of_draws() -> None:
    """One column: sds and interval against a sum over a fine grid, in 4000 draws."""
    x, y = X[["dose"]], Y
    estimator = sk.Lasso(0.2, fit_intercept=False).fit(x, y)
    table = summary_of(estimator, x, y, noise_sd=1.0, seed=1)
    grid = np.linspace(-3, 3, 60_001)
    residuals = y.to_numpy()[:, np.newaxis] - x.to_numpy() * grid
    log_density = -0.5 * np.sum(residuals**2, axis=0) - 0.2 * 40 * np.abs(grid)
    density = np.exp(log_density - log_density.max())
    density /= density.sum()
    mean = grid @ density
    sd = np.sqrt(density @ (grid - mean) ** 2)
    cdf = np.cumsum(density)
    assert table.loc["dose", "coef"] == estimator.coef_[0]
    assert table.loc["dose", "sd"] == pytest.approx(sd, rel=0.1)
    ends = grid[np.searchsorted(cdf, [0.025, 0.975])]
    np.testing.assert_allclose(table.loc["dose", COLUMNS[2:]], ends, atol=0.25 * sd)
