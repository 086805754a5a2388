"""The interior-point method against linear programmes, sign patterns and formulas."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from scipy.optimize import brentq

from bayes_l2 import LinearModel, fit_map, fit_penalised, likelihoods, priors
from bayes_l2.course.demonstrations.absolute_deviations import least_absolute_deviations
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.fits.search.interior_point import Smooth, minimise
from bayes_l2.model.observations import AbsoluteTerms


def quadratic(matrix: Any, vector: Any) -> Smooth:
    """Return the function v'Qv / 2 - q'v."""
    return Smooth(
        lambda v: (0.5 * v @ matrix @ v - vector @ v, matrix @ v - vector),
        lambda v: matrix,
    )


def test_soft_thresholding() -> None:
    """The minimiser of (v - q)² / 2 + k abs(v) is q moved towards 0 by k."""
    q, k = np.array([3.0, -0.4, 0.5, -7.0]), np.array([1.0, 0.5, 0.5, 2.0])
    found = minimise(
        quadratic(np.eye(4), q), AbsoluteTerms(np.eye(4), np.zeros(4), k), 100
    )
    np.testing.assert_allclose(
        found, np.sign(q) * np.maximum(np.abs(q) - k, 0), atol=1e-7
    )
    assert found[1] == 0.0


@given(st.integers(0, 10**6))
def test_the_lasso_by_sign_patterns(seed: int) -> None:
    """Of all 27 patterns of three signs one has a solution with these signs.

    The slopes of its zeros are within their bounds.
    """
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((8, 3)), rng.standard_normal(8) * 2
    k = float(rng.uniform(0.2, 4))
    gram, cross = X.T @ X, X.T @ y
    fits = []
    for signs in product((-1.0, 0.0, 1.0), repeat=3):
        pattern = np.array(signs)
        on = pattern != 0
        b = np.zeros(3)
        b[on] = np.linalg.solve(gram[np.ix_(on, on)], cross[on] - k * pattern[on])
        slopes = np.abs(cross - gram @ b)[~on]
        if (b[on] * pattern[on] >= 0).all() and (slopes <= k).all():
            fits.append(b)
    terms = AbsoluteTerms(np.eye(3), np.zeros(3), np.full(3, k))
    found = minimise(quadratic(gram, cross), terms, 100)
    np.testing.assert_allclose(found, fits[0], atol=1e-8)


@given(st.integers(0, 10**6), st.integers(3, 40), st.integers(1, 3), st.booleans())
def test_least_absolute_deviations_as_a_linear_programme(
    seed: int, n: int, p: int, tied: bool
) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((n, p)), rng.standard_normal(n)
    if tied:
        X, y = np.round(X, 1) + 0.01 * rng.standard_normal((n, p)), np.round(y)
    model = LinearModel(
        X, y, likelihood=likelihoods.Laplace(0.7), prior=priors.Flat(), intercept=False
    )
    found, programme = fit_map(model), least_absolute_deviations(X, y)
    assert np.abs(y - X @ found.coef).sum() == pytest.approx(
        programme.objective, rel=1e-8, abs=1e-8
    )
    assert found.converged


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize(
    "likelihood", [likelihoods.Laplace(0.5), likelihoods.Normal(0.5)]
)
def test_units_and_origins_do_not_matter(likelihood: Any, unit: float) -> None:
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((30, 4)), rng.standard_normal(30)
    plain = fit_map(LinearModel(X, y, likelihood=likelihood, prior=priors.Laplace(0.1)))
    moved = LinearModel(
        unit * (X + 50),
        y + 1e4,
        likelihood=likelihood,
        prior=priors.Laplace(0.1 / unit),
    )
    other = fit_map(moved)
    assert plain.converged
    assert other.converged
    np.testing.assert_allclose(unit * other.coef, plain.coef, atol=1e-8)
    np.testing.assert_array_equal(other.coef == 0, plain.coef == 0)


def test_more_columns_than_rows() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20, 60))
    y = X[:, :2] @ [3.0, -2.0] + 0.1 * rng.standard_normal(20)
    found = fit_map(
        LinearModel(X, y, likelihood=likelihoods.Normal(0.5), prior=priors.Laplace(0.2))
    )
    assert found.converged
    assert set(np.flatnonzero(found.coef)) >= {0, 1}
    assert (found.coef == 0).sum() > 35


def test_the_certificate_belongs_to_the_point() -> None:
    """A point beside the mode has a subgradient in posterior sds: not converged."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((50, 3)), rng.standard_normal(50)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(1.0), prior=priors.Laplace(0.1)
    )
    best = fit_map(model)
    parameters = model.join(best.intercept, best.coef)
    assert PointEstimate.at(model, parameters, route="again").converged
    for place in range(4):
        sd = np.sqrt(
            np.linalg.inv(model.log_posterior.information(parameters))[place, place]
        )
        moved = PointEstimate.at(
            model, parameters + 1e-3 * sd * np.eye(4)[place], route="moved"
        )
        assert not moved.converged
        assert moved.objective > best.objective
        assert 1e-4 < moved.gradient_norm < 3


def test_the_gap_bounds_the_rest_of_the_objective() -> None:
    """Near a kink of absolute loss the shortest subgradient is 0, but not the gap."""
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((31, 2)), rng.standard_normal(31)
    model = LinearModel(
        X, y, likelihood=likelihoods.Laplace(1.0), prior=priors.Flat(), intercept=False
    )
    best = fit_map(model)
    near = PointEstimate.at(model, best.coef + 1e-9, route="near")
    assert 0 <= near.objective - best.objective <= near.duality_gap + 1e-12
    assert near.gradient_norm < 1e-9


def test_a_large_objective_hides_no_error() -> None:
    """With terms of 1e12 the path ends by absolute errors, not by relative ones."""
    alone = LinearModel(
        [[1.0]],
        [2e6],
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Laplace(1e-6),
        intercept=False,
    )
    assert fit_map(alone).coef[0] == pytest.approx(1e6, rel=1e-12)
    rng = np.random.default_rng(1)
    X = rng.standard_normal((50, 3))
    y = X @ [1e6, -1e6, 0.0] + rng.standard_normal(50)
    for scale in (1.0, 0.1):
        model = LinearModel(
            X, y, likelihood=likelihoods.Normal(1.0), prior=priors.Laplace(scale)
        )
        assert fit_map(model).converged
        assert fit_map(model).objective <= fit_penalised(model).objective + 1e-6


def test_a_weak_penalty_on_separable_classes() -> None:
    """At the mode the slope of the loss is 1 / scale; the point comes from bisection.

    By symmetry the intercept is 0.
    """
    x = np.linspace(-1, 1, 60)
    labels = np.where(x > 0, 1, -1)
    for scale in (1e4, 1e6, 1e7):
        expected = brentq(
            lambda b, s=scale: (
                np.sum(np.abs(x) * special.expit(-b * np.abs(x))) - 1 / s
            ),
            0,
            1e4,
        )
        prior = priors.Laplace(scale)
        found = fit_map(
            LinearModel(
                x[:, None], labels, likelihood=likelihoods.Bernoulli(), prior=prior
            )
        )
        assert found.converged
        assert found.coef[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("level", [7.0, 14.0])
def test_large_counts_under_a_wide_prior(level: float) -> None:
    """At the mode the slope of the loss is 1 / scale; the point comes from bisection.

    The search starts at rates of 1, from which a whole step of Newton's method leads
    to rates of the exponential of the counts.
    """
    rng = np.random.default_rng(3)
    x = rng.uniform(0.5, 2.0, 60)
    y = rng.poisson(np.exp(level * x / 2))
    for scale in (0.1, 1e3):
        expected = brentq(
            lambda b, s=scale: x @ (y - np.exp(b * x)) - 1 / s, 0, 20, xtol=1e-14
        )
        prior, likelihood = priors.Laplace(scale), likelihoods.Poisson()
        model = LinearModel(
            x[:, None], y, likelihood=likelihood, prior=prior, intercept=False
        )
        found = fit_map(model)
        assert found.converged
        assert found.coef[0] == pytest.approx(expected)


def test_a_very_small_coefficient_is_not_zero() -> None:
    """Its slope at 0 is just beyond the bound.

    The path takes it for a kink, and the polishing gives the kink up.
    """
    for little in (1e-4, 1e-6):
        q = np.array([1 + little, 5.0, 1 - little])
        for curvature in (1.0, 100.0):
            smooth = quadratic(curvature * np.eye(3), q)
            found = minimise(
                smooth, AbsoluteTerms(np.eye(3), np.zeros(3), np.ones(3)), 100
            )
            np.testing.assert_allclose(
                curvature * found, [little, 4.0, 0.0], atol=1e-12
            )
            assert found[2] == 0.0


def test_one_outlier_makes_no_kinks_of_the_other_rows() -> None:
    rng = np.random.default_rng(1)
    for n in (101, 1001):
        y = rng.standard_normal(n)
        y[0] = 1e6
        model = LinearModel(
            rng.standard_normal((n, 1)),
            y,
            likelihood=likelihoods.Laplace(1.0),
            prior=priors.Flat(),
        )
        for found in (fit_map(model), fit_penalised(model)):
            assert found.converged
            assert found.duality_gap < 1e-8


@pytest.mark.parametrize("scale", [1e-6, 1e-5, 1e-4, 1e-3])
def test_posterior_sds_far_from_a_kink_are_those_of_the_smooth_part(
    scale: float,
) -> None:
    """A point ten posterior sds from the mode, for priors of several widths.

    The curvature of the prior is at its kink only, and the kink is far away.
    """
    model = LinearModel(
        [[1.0]],
        [2 / scale],
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Laplace(scale),
        intercept=False,
    )
    moved = PointEstimate.at(model, np.array([1 / scale + 10]), route="moved")
    assert moved.gradient_norm == pytest.approx(10, rel=1e-6)
    assert not moved.converged


def test_unequal_weights_of_absolute_loss() -> None:
    model = LinearModel(
        np.ones((3, 1)),
        [0, 1, 0.25],
        weights=[1e7, 1e7, 1],
        likelihood=likelihoods.Laplace(1.0),
        prior=priors.Flat(),
        intercept=False,
    )
    assert fit_map(model).coef[0] == pytest.approx(0.25, abs=1e-12)
    assert not PointEstimate.at(model, np.array([0.9]), route="moved").converged


def test_information_is_that_of_the_densities() -> None:
    rng = np.random.default_rng(0)
    X, weights = rng.standard_normal((9, 2)), rng.uniform(0.5, 2, 9)
    model = LinearModel(
        X,
        rng.standard_normal(9),
        likelihood=likelihoods.Laplace(0.5),
        prior=priors.Laplace(0.2),
        weights=weights,
    )
    rows = np.column_stack([np.ones(9), X])
    expected = rows.T @ np.diag((weights / 0.5) ** 2) @ rows + np.diag([0, 25.0, 25.0])
    np.testing.assert_allclose(
        model.log_posterior.information(np.zeros(3)), expected, rtol=1e-12
    )


def test_a_gap_that_rounding_leaves_open_is_no_convergence() -> None:
    """At y = 1e12 rounding hides which residuals are 0, and the gap shows it.

    A residual of 0 may have any slope.
    """
    y = 1e12 + np.array([0.0, 0.005, 0.01])
    model = LinearModel(
        np.ones((3, 1)),
        y,
        likelihood=likelihoods.Laplace(1.0),
        prior=priors.Flat(),
        intercept=False,
    )
    found = PointEstimate.at(model, np.array([1e12 + 0.003]), route="between")
    assert found.gradient_norm < 1e-9
    assert found.duality_gap > 1e-3
    assert not found.converged
