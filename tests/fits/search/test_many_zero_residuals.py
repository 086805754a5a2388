"""Absolute loss where thousands of residuals are 0, against linear programmes."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import QuantileRegressor

from bayes_l2 import LinearModel, fit_map, likelihoods, priors
from bayes_l2.fits.search.interior_point import minimise
from bayes_l2.model.observations import AbsoluteTerms
from tests.fits.search.test_interior_point import quadratic

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


@pytest.mark.parametrize("unit", [1e-8, 1.0, 300.0, 1e8])
@pytest.mark.parametrize("pull", [-2.5, -1.4, 1.4, 2.5])
def test_slopes_are_within_their_bounds_where_they_can_be(
    pull: float, unit: float
) -> None:
    """The minimum of v² / 2 - c v + |v| + |v| / 2 is at c ± 1.5, or at 0.

    The shortest slopes at 0 are (0.8, 0.4) c: the first is out of bounds at c = 1.4,
    and others are not.
    """
    smooth = quadratic(unit * np.eye(1), np.array([unit * pull]))
    terms = AbsoluteTerms(np.array([[1.0], [0.5]]), np.zeros(2), np.full(2, unit))
    found = minimise(smooth, terms, 100)
    expected = np.sign(pull) * max(abs(pull) - 1.5, 0.0)
    assert found[0] == pytest.approx(expected, rel=1e-14, abs=0.0)
