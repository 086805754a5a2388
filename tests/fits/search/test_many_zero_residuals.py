"""Absolute loss where thousands of residuals are 0, against linear programmes."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import QuantileRegressor

from bayes_l2 import LinearModel, fit_map, likelihoods, priors
from bayes_l2.fits.search.interior_point import _slopes

TRUE = np.array([1.0, -2.0, 3.0])


def absolute_loss(X: Any, y: Any, prior: Any, **options: Any) -> LinearModel:
    return LinearModel(
        X, y, likelihood=likelihoods.Laplace(1.0), prior=prior, **options
    )


@pytest.mark.parametrize("prior", [priors.Flat(), priors.Normal(3), priors.Laplace(1)])
@pytest.mark.parametrize("share", [0.6, 1.0])
def test_ten_thousand_rows(prior: Any, share: float) -> None:
    """A matrix of all residuals at 0 would take gigabytes, and minutes to solve.

    More than half of the rows fit exactly, and these hold the coefficients.
    """
    rng = np.random.default_rng(0)
    X = rng.standard_normal((10_000, 3))
    y = X @ TRUE + 5
    y[int(share * 10_000) :] += 10
    found = fit_map(absolute_loss(X, y, prior))
    assert found.converged
    np.testing.assert_allclose(found.coef, TRUE, atol=1e-10)
    assert found.intercept == pytest.approx(5, abs=1e-10)


@pytest.mark.parametrize("intercept", [True, False])
def test_a_line_through_every_row(intercept: bool) -> None:
    x = np.arange(1.0, 10_001)
    model = absolute_loss(x[:, None], 16.8 * x, priors.Flat(), intercept=intercept)
    found = fit_map(model)
    assert found.converged
    assert found.coef[0] == pytest.approx(16.8, rel=1e-13)


@pytest.mark.parametrize("kind", ["ties", "weights", "prior", "rounded"])
def test_the_objective_is_that_of_a_linear_programme(kind: str) -> None:
    rng = np.random.default_rng(4)
    X = rng.integers(0, 3, (1500, 3)).astype(float)
    y = X @ TRUE
    y[:600] += rng.standard_normal(600)
    weights, scale = None, np.inf
    if kind == "ties":
        y = rng.integers(0, 4, 1500).astype(float)
    if kind == "weights":
        weights = 10.0 ** rng.uniform(-3, 3, 1500)
    if kind == "prior":
        scale = 1e-3
    if kind == "rounded":
        y = np.round(1.1 * y)
    prior = priors.Laplace(scale) if np.isfinite(scale) else priors.Flat()
    found = fit_map(absolute_loss(X, y, prior, weights=weights))
    total = 1500 if weights is None else weights.sum()
    programme = QuantileRegressor(alpha=1 / (2 * scale * total), solver="highs")
    programme.fit(X, y, sample_weight=weights)

    def objective(intercept: float, coef: Any) -> float:
        residuals = np.abs(y - intercept - X @ coef)
        loss = residuals.sum() if weights is None else weights @ residuals
        return float(loss + np.abs(coef).sum() / scale)

    assert found.converged
    best = objective(programme.intercept_, programme.coef_)
    assert objective(found.intercept, found.coef) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("unit", [1.0, 300.0, 1e8])
def test_slopes_are_within_their_bounds_where_they_can_be(unit: float) -> None:
    """The shortest solution of s1 + s2 / 2 = c is (0.8, 0.4) c, in any unit."""
    kinks = unit * np.array([[1.0], [0.5]])
    np.testing.assert_allclose(_slopes(kinks, np.array([-unit])), [0.8, 0.4])
    within = _slopes(kinks, np.array([-1.4 * unit]))  # the shortest is (1.12, 0.56)
    assert np.abs(within).max() <= 1
    assert within @ kinks[:, 0] == pytest.approx(1.4 * unit)
    beyond = _slopes(kinks, np.array([-2.5 * unit]))
    np.testing.assert_allclose(beyond, [2.0, 1.0])
