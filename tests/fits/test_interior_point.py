"""The interior-point method, against linear programmes, sign patterns by hand and closed forms."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_l2 import LinearModel, fit_map, likelihoods, priors
from bayes_l2.fits.interior_point import Smooth, minimise
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.observations import AbsoluteTerms
from bayes_l2.teaching.absolute_deviations import least_absolute_deviations


def quadratic(matrix: Any, vector: Any) -> Smooth:
    """Return v'Qv / 2 - q'v."""
    return Smooth(lambda v: (0.5 * v @ matrix @ v - vector @ v, matrix @ v - vector), lambda v: matrix)


def test_soft_thresholding() -> None:
    """The minimiser of (v - q)² / 2 + k abs(v) is q moved towards 0 by k."""
    q, k = np.array([3.0, -0.4, 0.5, -7.0]), np.array([1.0, 0.5, 0.5, 2.0])
    found = minimise(quadratic(np.eye(4), q), AbsoluteTerms(np.eye(4), np.zeros(4), k), 100)
    np.testing.assert_allclose(found, np.sign(q) * np.maximum(np.abs(q) - k, 0), atol=1e-7)
    assert found[1] == 0.0


@given(st.integers(0, 10**6))
def test_the_lasso_by_sign_patterns(seed: int) -> None:
    """All 27 patterns of three signs: the one whose own solution has those signs, and slopes within bounds."""
    rng = np.random.default_rng(seed)
    X, y, k = rng.standard_normal((8, 3)), rng.standard_normal(8) * 2, float(rng.uniform(0.2, 4))
    gram, cross = X.T @ X, X.T @ y
    fits = []
    for signs in product((-1.0, 0.0, 1.0), repeat=3):
        pattern = np.array(signs)
        on = pattern != 0
        b = np.zeros(3)
        b[on] = np.linalg.solve(gram[np.ix_(on, on)], cross[on] - k * pattern[on])
        if (b[on] * pattern[on] >= 0).all() and (np.abs(cross - gram @ b)[~on] <= k).all():
            fits.append(b)
    found = minimise(quadratic(gram, cross), AbsoluteTerms(np.eye(3), np.zeros(3), np.full(3, k)), 100)
    np.testing.assert_allclose(found, fits[0], atol=1e-8)


@given(st.integers(0, 10**6), st.integers(3, 40), st.integers(1, 3), st.booleans())
def test_least_absolute_deviations_as_a_linear_programme(seed: int, n: int, p: int, tied: bool) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((n, p)), rng.standard_normal(n)
    if tied:
        X, y = np.round(X, 1) + 0.01 * rng.standard_normal((n, p)), np.round(y)
    model = LinearModel(X, y, likelihood=likelihoods.Laplace(0.7), prior=priors.Flat(), intercept=False)
    found, programme = fit_map(model), least_absolute_deviations(X, y)
    assert np.abs(y - X @ found.coef).sum() == pytest.approx(programme.objective, rel=1e-8, abs=1e-8)
    assert found.converged


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("likelihood", [likelihoods.Laplace(0.5), likelihoods.Normal(0.5)])
def test_units_and_origins_do_not_matter(likelihood: Any, unit: float) -> None:
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((30, 4)), rng.standard_normal(30)
    plain = fit_map(LinearModel(X, y, likelihood=likelihood, prior=priors.Laplace(0.1)))
    moved = LinearModel(unit * (X + 50), y + 1e4, likelihood=likelihood, prior=priors.Laplace(0.1 / unit))
    other = fit_map(moved)
    assert plain.converged
    assert other.converged
    np.testing.assert_allclose(unit * other.coef, plain.coef, atol=1e-8)
    np.testing.assert_array_equal(other.coef == 0, plain.coef == 0)


def test_more_columns_than_rows() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20, 60))
    y = X[:, :2] @ [3.0, -2.0] + 0.1 * rng.standard_normal(20)
    found = fit_map(LinearModel(X, y, likelihood=likelihoods.Normal(0.5), prior=priors.Laplace(0.2)))
    assert found.converged
    assert set(np.flatnonzero(found.coef)) >= {0, 1}
    assert (found.coef == 0).sum() > 35


def test_the_certificate_is_of_the_point_not_of_the_method() -> None:
    """A point that is off has a subgradient that says how far, in posterior sds, and does not count as converged."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((50, 3)), rng.standard_normal(50)
    model = LinearModel(X, y, likelihood=likelihoods.Normal(1.0), prior=priors.Laplace(0.1))
    best = fit_map(model)
    parameters = model.join(best.intercept, best.coef)
    assert PointEstimate.at(model, parameters, route="again").converged
    for place in range(4):
        sd = np.sqrt(np.linalg.inv(model.information(parameters))[place, place])
        moved = PointEstimate.at(model, parameters + 1e-3 * sd * np.eye(4)[place], route="moved")
        assert not moved.converged
        assert moved.objective > best.objective
        assert 1e-4 < moved.gradient_norm < 3


def test_the_gap_bounds_what_is_left() -> None:
    """Near a kink of absolute loss the shortest subgradient is 0 and the gap counts the distance."""
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((31, 2)), rng.standard_normal(31)
    model = LinearModel(X, y, likelihood=likelihoods.Laplace(1.0), prior=priors.Flat(), intercept=False)
    best = fit_map(model)
    near = PointEstimate.at(model, best.coef + 1e-9, route="near")
    assert 0 <= near.objective - best.objective <= near.duality_gap + 1e-12
    assert near.gradient_norm < 1e-9
