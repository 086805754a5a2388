"""The MAP estimate under a Gaussian prior is the L2 solution, by every route.

Differences are in posterior standard deviations.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from bayes_l2 import LinearModel, fit_exact, fit_map, fit_ridge, likelihoods, priors
from tests.oracles import (
    in_sds,
    parameters,
    random_problem,
    rational_posterior,
    ridge_by_augmented_rows,
)

TOLERANCE = 1e-8
NUMERICAL_TOLERANCE = 1e-5
AWKWARD = {
    "more columns than rows": random_problem(1, 6, 15),
    "one feature": random_problem(2, 20, 1),
    "one row": random_problem(3, 1, 3),
    "weights": random_problem(4, 30, 4, weighted=True),
    "y far from zero": random_problem(5, 30, 4, offset=1e8),
    "X far from zero": random_problem(6, 30, 4, column_mean=1e5),
    "no intercept": random_problem(7, 30, 4, intercept=False),
    "no intercept, weights, far from zero": random_problem(
        8, 30, 4, intercept=False, weighted=True, column_mean=50.0
    ),
}


def all_routes(model: LinearModel, *, pymc: bool = False) -> dict[str, np.ndarray]:
    """Return the estimate of every route; in theory all are the same point."""
    X, y = model.rows("the test")
    exact = fit_exact(model)
    routes = {
        "ridge by scikit-learn": parameters(model, fit_ridge(model)),
        "ridge by augmented rows": ridge_by_augmented_rows(
            X, y, model.penalty, intercept=model.intercept, weights=model.weights
        ),
        "exact mean": parameters(model, exact),
        "scipy MAP": parameters(model, fit_map(model)),
    }
    if pymc:
        routes["PyMC MAP"] = parameters(model, fit_map(model, engine="pymc"))
    return routes


def truth(model: LinearModel) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and sd of the posterior in rational arithmetic."""
    prior_sd = model.prior.sd if isinstance(model.prior, priors.Normal) else None
    return rational_posterior(
        model.X,
        model.y,
        model.likelihood.noise.value,
        prior_sd,
        intercept=model.intercept,
        weights=model.weights,
    )


def test_all_routes_agree_on_diabetes(diabetes: LinearModel) -> None:
    mean, sd = truth(diabetes)
    for route, estimate in all_routes(diabetes, pymc=True).items():
        assert in_sds(estimate, mean, sd) < TOLERANCE, route


@pytest.mark.parametrize("case", AWKWARD)
def test_all_routes_agree_on_awkward_problems(case: str) -> None:
    model = AWKWARD[case]
    mean, sd = truth(model)
    for route, estimate in all_routes(model, pymc=True).items():
        assert in_sds(estimate, mean, sd) < TOLERANCE, route


@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 12),
    p=st.integers(1, 5),
    intercept=st.booleans(),
    weighted=st.booleans(),
    offset=st.sampled_from([0.0, 1e8]),
    column_sd=st.sampled_from([1e-3, 1.0, 1e3]),
    prior_sd=st.floats(0.01, 100),
    noise_sd=st.floats(0.1, 10),
)
def test_all_routes_agree_on_random_problems(
    seed: int, n: int, p: int, **options: float
) -> None:
    model = random_problem(seed, n, p, **options)
    mean, sd = truth(model)
    for route, estimate in all_routes(model).items():
        # an optimiser uses gradients, which lose digits for nearly collinear columns
        tolerance = NUMERICAL_TOLERANCE if "MAP" in route else TOLERANCE
        scale = 1.0
        if not model.intercept:
            # an offset of 1e8 is then a residual of 1e8 sds, which costs digits
            largest = np.abs(model.rows("the test")[1]).max()
            scale += largest / model.likelihood.noise.value
        assert in_sds(estimate, mean, sd) < tolerance * scale, route
    assert in_sds(fit_exact(model).sd, sd, sd) < TOLERANCE


def test_exact_mode_is_the_exact_mean(diabetes: LinearModel) -> None:
    """The mode is that of a density written here, found from its values alone."""
    X, y = diabetes.rows("the test")
    exact = fit_exact(diabetes)

    def negative_log_density(u: np.ndarray) -> float:
        intercept, *coef = exact.mean + exact.sd * u
        return 0.5 * (
            np.sum((y - intercept - X @ coef) ** 2) / 54.0**2
            + np.sum(np.square(coef)) / 20.0**2
        )

    start = np.random.default_rng(1).standard_normal(11)
    found = minimize(
        negative_log_density,
        start,
        method="Powell",
        options={"xtol": 1e-9, "ftol": 1e-15},
    )
    # values alone give each axis of a maximum to sqrt(eps * |log density|), 1e-6 sds
    assert np.abs(found.x).max() < 1e-4


def test_penalty_is_noise_variance_over_prior_variance(diabetes: LinearModel) -> None:
    assert diabetes.penalty == pytest.approx(54.0**2 / 20.0**2, rel=1e-15)
    assert diabetes.penalty == pytest.approx(7.29, rel=1e-14)


def test_only_the_ratio_of_the_scales_moves_the_mode(diabetes: LinearModel) -> None:
    scaled = LinearModel(
        diabetes.X,
        diabetes.y,
        likelihood=likelihoods.Normal(sd=5.4),
        prior=priors.Normal(sd=2.0),
    )
    ours, theirs = fit_exact(diabetes), fit_exact(scaled)
    assert in_sds(theirs.coef, ours.coef, theirs.sd[1:]) < 1e-12
    np.testing.assert_allclose(theirs.sd[1:], ours.sd[1:] / 10, rtol=1e-12)


def test_flat_prior_is_least_squares(diabetes: LinearModel) -> None:
    model = LinearModel(
        diabetes.X,
        diabetes.y,
        likelihood=likelihoods.Normal(sd=54.0),
        prior=priors.Flat(),
    )
    mean, sd = truth(model)
    for route, estimate in all_routes(model, pymc=True).items():
        assert in_sds(estimate, mean, sd) < TOLERANCE, route


def test_weak_prior_tends_to_least_squares(diabetes: LinearModel) -> None:
    def at(sd: float) -> LinearModel:
        return LinearModel(
            diabetes.X,
            diabetes.y,
            likelihood=likelihoods.Normal(sd=54.0),
            prior=priors.Normal(sd),
        )

    X, y = diabetes.rows("the test")
    design = np.column_stack([np.ones(442), X])
    least_squares = np.linalg.lstsq(design, y, rcond=None)[0]
    sd = fit_exact(at(1e6)).sd
    # the difference is alpha (X'X)^-1 b: a hundredth for a prior ten times as wide
    far, near = (
        np.abs(parameters(at(s), fit_exact(at(s))) - least_squares).max()
        for s in (1e3, 1e4)
    )
    assert far / near == pytest.approx(100, rel=1e-2)
    for route, estimate in all_routes(at(1e8)).items():
        assert in_sds(estimate, least_squares, sd) < TOLERANCE, route


def test_strong_prior_tends_to_zero_along_the_gradient(diabetes: LinearModel) -> None:
    model = LinearModel(
        diabetes.X,
        diabetes.y,
        likelihood=likelihoods.Normal(sd=54.0),
        prior=priors.Normal(1e-6),
    )
    X, y = diabetes.rows("the test")
    # as tau tends to 0, b tends to (tau² / sigma²) X'(y - mean y): one gradient step
    step = (1e-6 / 54) ** 2 * X.T @ (y - y.mean())
    for route, estimate in all_routes(model, pymc=True).items():
        np.testing.assert_allclose(estimate[1:], step, rtol=1e-8, err_msg=route)
        assert estimate[0] == pytest.approx(y.mean(), rel=1e-12), route
