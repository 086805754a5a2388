"""Point estimates: their values, objective, gradient norm and convergence."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from sklearn.linear_model import LinearRegression, Ridge

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    PointEstimate,
    fit_exact,
    fit_map,
    fit_ridge,
    likelihoods,
    priors,
)
from tests.model.test_linear_model import SCALE_DENSITIES, points
from tests.oracles import correct_digits, nist, parameters, random_problem


def test_ridge_is_that_of_scikit_learn(diabetes: LinearModel) -> None:
    ours, theirs = fit_ridge(diabetes), Ridge(alpha=7.29).fit(diabetes.X, diabetes.y)
    np.testing.assert_allclose(ours.coef, theirs.coef_, rtol=1e-11)
    assert ours.intercept == pytest.approx(theirs.intercept_, rel=1e-13)
    assert ours.route == "scikit-learn Ridge"
    assert ours.noise_sd == 54.0
    assert ours.prior_sd == 20.0


def test_flat_prior_is_linear_regression(diabetes: LinearModel) -> None:
    flat = LinearModel(
        diabetes.X, diabetes.y, likelihood=likelihoods.Normal(54.0), prior=priors.Flat()
    )
    theirs = LinearRegression().fit(diabetes.X, diabetes.y)
    np.testing.assert_allclose(fit_ridge(flat).coef, theirs.coef_, rtol=1e-10)


@pytest.mark.parametrize("route", [fit_ridge, fit_map])
def test_the_certificate_of_a_mode(
    diabetes: LinearModel, route: Callable[[LinearModel], PointEstimate]
) -> None:
    estimate = route(diabetes)
    best = -diabetes.log_posterior(fit_exact(diabetes).mean)
    assert estimate.converged
    assert estimate.gradient_norm < 1e-10
    assert estimate.objective == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("intercept", [True, False])
def test_a_summary_lists_values_and_the_gradient_norm(intercept: bool) -> None:
    model = replace(random_problem(1, 30, 2), intercept=intercept)
    estimate = PointEstimate.at(model, points(model, 1)[0], route="a guess")
    summary = estimate.summary()
    names = ["intercept", "x0", "x1"] if intercept else ["x0", "x1"]
    assert list(summary.index) == names
    assert summary.index.name == "parameter"
    assert list(summary.columns) == ["value", "gradient_norm"]
    values = [estimate.intercept, *estimate.coef] if intercept else estimate.coef
    np.testing.assert_array_equal(summary["value"], values)
    point = summary["value"].to_numpy()
    gradient, hessian = model.gradient(point), -model.hessian(point)
    norm = np.sqrt(gradient @ np.linalg.solve(hessian, gradient))
    np.testing.assert_allclose(summary["gradient_norm"], norm, rtol=1e-9)


def test_a_summary_lists_unknown_scales_and_every_class() -> None:
    hierarchical = fit_map(unknown(priors.HalfNormal(2.0), INVERSE_GAMMA))
    scales = hierarchical.summary()["value"].iloc[-2:]
    expected = {"noise_sd": hierarchical.noise_sd, "prior_sd": hierarchical.prior_sd}
    assert scales.to_dict() == expected
    labels = np.repeat(["a", "b", "c"], 4)
    classes = LinearModel(
        TWELVE, labels, likelihood=likelihoods.Categorical(), prior=priors.Normal(1.0)
    )
    found = fit_map(classes)
    summary = found.summary()
    assert list(summary.index) == list(classes.parameter_names)
    # the last intercept is minus the sum of the others, and is no parameter
    np.testing.assert_allclose(summary["value"].iloc[:2], found.intercept[:2])
    for k, label in enumerate("abc"):
        of_class = [f"{name}[{label}]" for name in ("x0", "x1", "x2")]
        np.testing.assert_array_equal(summary["value"][of_class], found.coef[k])
    np.testing.assert_array_equal(summary["gradient_norm"], found.gradient_norm)


def test_gradient_norm_is_the_distance_to_the_mode_in_sds(
    diabetes: LinearModel,
) -> None:
    joint = GaussianPosterior.of(diabetes).location
    # three sds along one axis of the ellipsoid
    away = joint.mean + 3 * joint.inverse_root[:, 4]
    estimate = PointEstimate.at(diabetes, away, route="a guess")
    assert estimate.gradient_norm == pytest.approx(3, rel=1e-10)
    assert not estimate.converged
    assert estimate.objective - fit_map(diabetes).objective == pytest.approx(
        4.5, rel=1e-9
    )


@pytest.mark.parametrize("engine", ["scipy", "pymc"])
def test_a_search_that_stops_short_says_so(
    diabetes: LinearModel, engine: Literal["scipy", "pymc"]
) -> None:
    warned = pytest.warns(UserWarning, match="The optimizer did not converge")
    with nullcontext() if engine == "scipy" else warned:
        estimate = fit_map(diabetes, engine=engine, max_iterations=1)
    assert not estimate.converged
    assert estimate.gradient_norm > 1


def test_no_unique_mode_is_no_convergence() -> None:
    rng = np.random.default_rng(0)
    # columns collinear up to rounding, which can leave a tiny curvature of either sign
    for _ in range(50):
        X = rng.integers(-9, 10, (12, 4)).astype(float)
        X[:, 3] = X[:, 0] - 2 * X[:, 1]
        model = LinearModel(
            X, X[:, 2], likelihood=likelihoods.Normal(1.0), prior=priors.Flat()
        )
        with pytest.raises(ValueError, match="do not determine the coefficient"):
            fit_map(model)
        estimate = PointEstimate.at(model, np.zeros(5), route="a guess")
        assert estimate.gradient_norm == np.inf
        assert not estimate.converged


def test_the_map_of_longley_has_ten_digits() -> None:
    data = nist("Longley")
    model = LinearModel(
        data["X"], data["y"], likelihood=likelihoods.Normal(300.0), prior=priors.Flat()
    )
    assert correct_digits(parameters(model, fit_map(model)), data["beta"]) >= 10
    assert correct_digits(parameters(model, fit_ridge(model)), data["beta"]) >= 10


def test_ridge_refuses_a_prior_that_is_no_penalty() -> None:
    model = LinearModel(
        np.eye(3),
        np.ones(3),
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal(cov=np.diag([1.0, 2.0, 3.0])),
    )
    with pytest.raises(ValueError, match="penalty needs the prior"):
        fit_ridge(model)


TWELVE = np.random.default_rng(12).standard_normal((12, 3))
RESPONSE = TWELVE @ [1.0, -2.0, 0.5] + np.random.default_rng(13).standard_normal(12)
INVERSE_GAMMA = priors.InverseGamma(2.0, 2.0)


def unknown(noise: Any, prior: Any, rows: int = 12, **options: Any) -> LinearModel:
    return LinearModel(
        TWELVE[:rows],
        RESPONSE[:rows],
        likelihood=likelihoods.Normal(noise),
        prior=priors.Normal(prior, **options),
    )


def textbook_mode(
    model: LinearModel, log_density: Callable[[float, np.ndarray, float, float], float]
) -> np.ndarray:
    """Return (intercept, coef, noise_sd, prior_sd) at the mode, without derivatives."""

    def loss(v: np.ndarray) -> float:
        return -log_density(v[0], v[1:4], np.exp(v[4]), np.exp(v[5]))

    v = np.zeros(6)
    for _ in range(6):  # a simplex can stall, and a new one goes on from there
        v = minimize(
            loss,
            v,
            method="Nelder-Mead",
            options={"xatol": 1e-10, "fatol": 1e-14, "maxfev": 20_000},
        ).x
    return np.append(v[:4], np.exp(v[4:]))


@pytest.mark.parametrize(
    ("density", "power"), [("sd", 0), ("log_sd", 1), ("variance", -1)]
)
def test_modes_of_a_joint_density(density: Any, power: int) -> None:
    model = unknown(priors.HalfNormal(2.0), INVERSE_GAMMA)

    def log_density(
        intercept: float, coef: np.ndarray, noise_sd: float, prior_sd: float
    ) -> float:
        residuals = RESPONSE - intercept - TWELVE @ coef
        return (
            -0.5 * residuals @ residuals / noise_sd**2
            - 12 * np.log(noise_sd * np.sqrt(2 * np.pi))
            - 0.5 * coef @ coef / prior_sd**2
            - 3 * np.log(prior_sd * np.sqrt(2 * np.pi))
            + 0.5 * np.log(2 / (np.pi * 4))  # half-normal of sd 2
            - noise_sd**2 / 8
            + np.log(2 * 2.0**2)  # inverse-gamma(2, 2) on the variance, Γ(2) = 1
            - 5 * np.log(prior_sd)
            - 2 / prior_sd**2
            + power * np.log(noise_sd * prior_sd)
        )

    found = fit_map(model, density=density)
    expected = textbook_mode(model, log_density)
    ours = np.concatenate(
        [[found.intercept], found.coef, [found.noise_sd, found.prior_sd]]
    )
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-5)
    assert found.converged
    at_ours = log_density(found.intercept, found.coef, found.noise_sd, found.prior_sd)
    assert (
        at_ours
        >= log_density(expected[0], expected[1:4], expected[4], expected[5]) - 1e-12
    )
    assert found.objective == pytest.approx(-at_ours, rel=1e-12)


def test_the_modes_differ_and_none_is_the_mean() -> None:
    """A mode depends on the unit of the scale: its penalty is largest by log_sd."""
    model = unknown(priors.HalfNormal(2.0), 1.0)
    penalties = [
        fit_map(model, density=density).noise_sd ** 2
        for density in ("variance", "sd", "log_sd")
    ]
    assert penalties[0] < 0.95 * penalties[1]
    assert penalties[1] < 0.95 * penalties[2]
    for density in ("variance", "sd", "log_sd"):
        found = fit_map(model, density=density)
        np.testing.assert_allclose(
            found.coef,
            Ridge(alpha=found.noise_sd**2).fit(TWELVE, RESPONSE).coef_,
            rtol=1e-8,
        )
        exact = fit_exact(model)
        sd = exact.location.sd[1:]
        assert np.max(np.abs(found.coef - exact.coef) / sd) > 0.01


def test_the_mode_under_a_relative_prior_is_ridge_in_every_density() -> None:
    model = unknown(priors.HalfCauchy(1.0), 0.8, relative_to_noise=True)
    ridge = Ridge(alpha=0.8**-2).fit(TWELVE, RESPONSE)
    for density in ("sd", "log_sd", "variance", "marginal"):
        np.testing.assert_allclose(
            fit_map(model, density=density).coef, ridge.coef_, rtol=1e-8
        )
    np.testing.assert_allclose(fit_ridge(model).coef, ridge.coef_, rtol=1e-12)
    np.testing.assert_allclose(fit_exact(model).coef, ridge.coef_, rtol=1e-12)
    assert np.isnan(fit_ridge(model).noise_sd)
    assert fit_ridge(model).converged


@pytest.mark.parametrize(
    ("noise", "prior"),
    [
        (priors.HalfNormal(2.0), 1.0),
        (1.0, INVERSE_GAMMA),
        (priors.Exponential(2.0), INVERSE_GAMMA),
        (priors.FlatLogScale(), 1.0),
    ],
)
def test_marginal_mode_has_no_slope_in_the_integrated_density(
    noise: Any, prior: Any
) -> None:
    """Its ridge penalty is E[1/τ²] / E[1/σ²].

    SciPy integrates both, over a density written out by hand.
    """
    model = unknown(noise, prior)
    found = fit_map(model, density="marginal")

    def precision(scale: Any, count: int, squares: Any) -> float:
        if isinstance(scale, float):
            return scale**-2

        def density(t: float, power: int) -> float:
            s = np.exp(t)
            log_prior = float(SCALE_DENSITIES[type(scale)](scale)(s))
            return np.exp(
                (1 - count - power) * t - squares / (2 * s * s) + log_prior + 8.0
            )

        upper, lower = (
            quad(density, -4, 6, args=(power,), epsabs=0, epsrel=1e-11, limit=200)[0]
            for power in (2, 0)
        )
        return upper / lower

    residuals = RESPONSE - found.intercept - TWELVE @ found.coef
    alpha = precision(prior, 3, found.coef @ found.coef) / precision(
        noise, 12, residuals @ residuals
    )
    np.testing.assert_allclose(
        found.coef, Ridge(alpha=alpha).fit(TWELVE, RESPONSE).coef_, rtol=1e-7
    )
    assert found.converged


def test_pymc_finds_the_mode_of_the_sds() -> None:
    for model in (
        unknown(priors.HalfNormal(2.0), INVERSE_GAMMA),
        unknown(priors.FlatLogScale(), 1.0),
    ):
        ours, theirs = fit_map(model), fit_map(model, engine="pymc")
        np.testing.assert_allclose(theirs.coef, ours.coef, rtol=1e-5)
        assert theirs.noise_sd == pytest.approx(ours.noise_sd, rel=1e-5)
        assert theirs.converged


@pytest.mark.parametrize(
    ("noise", "prior", "rows", "density", "message"),
    [
        (
            1.0,
            priors.HalfCauchy(1.0),
            12,
            "sd",
            r"grows as prior_sd\^-3 for prior_sd towards 0",
        ),
        (
            1.0,
            priors.HalfCauchy(1.0),
            12,
            "log_sd",
            r"grows as prior_sd\^-2 for prior_sd towards 0",
        ),
        (
            1.0,
            priors.HalfCauchy(1.0),
            12,
            "marginal",
            "it is infinite, even with prior_sd integrated out",
        ),
        (
            priors.HalfNormal(1.0),
            1.0,
            3,
            "sd",
            r"the coefficients fit y exactly it grows as noise_sd\^-3",
        ),
        (
            priors.HalfNormal(1.0),
            1.0,
            3,
            "marginal",
            "the coefficients fit y exactly it is infinite",
        ),
    ],
)
def test_unbounded_densities_are_refused(
    noise: Any, prior: Any, rows: int, density: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fit_map(unknown(noise, prior, rows), density=density)


def test_a_scale_that_a_route_does_not_need_is_open(diabetes: LinearModel) -> None:
    """Ridge is the mean for every noise sd, where the prior is relative to it."""
    noise = likelihoods.Normal(priors.HalfNormal(50))
    prior = priors.Normal(0.4, relative_to_noise=True)
    ridge = fit_ridge(replace(diabetes, likelihood=noise, prior=prior))
    assert np.isnan(ridge.summary().value["noise_sd"])
    assert "noise_sd: nan" in repr(ridge)
