"""What the point routes report of themselves: objective, gradient norm, convergence."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Literal

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from bayes_l2 import GaussianPosterior, LinearModel, PointEstimate, fit_exact, fit_map, fit_ridge, likelihoods, priors
from tests.oracles import correct_digits, nist, parameters


def test_ridge_is_scikit_learns(diabetes: LinearModel) -> None:
    ours, theirs = fit_ridge(diabetes), Ridge(alpha=7.29).fit(diabetes.X, diabetes.y)
    np.testing.assert_allclose(ours.coef, theirs.coef_, rtol=1e-11)
    assert ours.intercept == pytest.approx(theirs.intercept_, rel=1e-13)
    assert ours.route == "scikit-learn Ridge"
    assert ours.noise_sd == 54.0


def test_flat_prior_is_linear_regression(diabetes: LinearModel) -> None:
    flat = LinearModel(diabetes.X, diabetes.y, likelihood=likelihoods.Normal(54.0), prior=priors.Flat())
    theirs = LinearRegression().fit(diabetes.X, diabetes.y)
    np.testing.assert_allclose(fit_ridge(flat).coef, theirs.coef_, rtol=1e-10)


@pytest.mark.parametrize("route", [fit_ridge, fit_map])
def test_the_certificate_of_a_mode(diabetes: LinearModel, route: Callable[[LinearModel], PointEstimate]) -> None:
    estimate = route(diabetes)
    best = -diabetes.log_posterior(fit_exact(diabetes).joint.mean)
    assert estimate.converged
    assert estimate.gradient_norm < 1e-10
    assert estimate.objective == pytest.approx(best, abs=1e-9)


def test_gradient_norm_is_the_distance_to_the_mode_in_sds(diabetes: LinearModel) -> None:
    joint = GaussianPosterior.of(diabetes).joint
    away = joint.mean + 3 * joint.inverse_root[:, 4]  # three sds along one axis of the ellipsoid
    estimate = PointEstimate.at(diabetes, away, route="a guess")
    assert estimate.gradient_norm == pytest.approx(3, rel=1e-10)
    assert not estimate.converged
    assert estimate.objective - fit_map(diabetes).objective == pytest.approx(4.5, rel=1e-9)


@pytest.mark.parametrize("engine", ["scipy", "pymc"])
def test_a_search_that_stops_short_says_so(diabetes: LinearModel, engine: Literal["scipy", "pymc"]) -> None:
    with nullcontext() if engine == "scipy" else pytest.warns(UserWarning, match="The optimizer did not converge"):
        estimate = fit_map(diabetes, engine=engine, max_iterations=1)
    assert not estimate.converged
    assert estimate.gradient_norm > 1


def test_no_unique_mode_is_no_convergence() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):  # collinear up to rounding, which may leave a tiny curvature of either sign
        X = rng.integers(-9, 10, (12, 4)).astype(float)
        X[:, 3] = X[:, 0] - 2 * X[:, 1]
        model = LinearModel(X, X[:, 2], likelihood=likelihoods.Normal(1.0), prior=priors.Flat())
        estimate = fit_map(model)
        assert estimate.gradient_norm == np.inf
        assert not estimate.converged


def test_map_finds_longley_where_unscaled_optimisers_fail() -> None:
    data = nist("Longley")
    model = LinearModel(data["X"], data["y"], likelihood=likelihoods.Normal(300.0), prior=priors.Flat())
    assert correct_digits(parameters(model, fit_map(model)), data["beta"]) >= 10
    assert correct_digits(parameters(model, fit_ridge(model)), data["beta"]) >= 10


def test_ridge_refuses_a_prior_that_is_no_penalty() -> None:
    model = LinearModel(
        np.eye(3), np.ones(3), likelihood=likelihoods.Normal(1.0), prior=priors.Normal(cov=np.diag([1.0, 2.0, 3.0]))
    )
    with pytest.raises(ValueError, match="penalty needs the prior"):
        fit_ridge(model)
