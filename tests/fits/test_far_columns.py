"""Columns far from zero, and separable classes, by Newton's method in 50 digits."""

from typing import Any

import numpy as np
import pytest
from mpmath import mp
from scipy import special

from bayes_l2 import (
    LinearModel,
    fit_laplace,
    fit_map,
    fit_penalised,
    likelihoods,
    priors,
)
from bayes_l2.fits.point_estimate import PointEstimate

LIKELIHOODS = {
    "normal": likelihoods.Normal(0.5),
    "laplace": likelihoods.Laplace(0.5),
    "bernoulli": likelihoods.Bernoulli(),
    "categorical": likelihoods.Categorical(),
    "poisson": likelihoods.Poisson(),
}
# the size of a prior for columns of size one, and the size of the columns
PRIORS = {
    "flat": lambda size: priors.Flat(),
    "normal": lambda size: priors.Normal(2 / size),
    "laplace": lambda size: priors.Laplace(2 / size),
    "elastic net": lambda size: priors.ElasticNet(2 / size, 2 / size),
}
# spread of the column and its distance from zero: 1.6e9 is a time in seconds
FAR = [(1e-3, 1e5), (1e-3, 1.6e9), (1e6, 1.6e9), (1.0, 1e12)]


def response(kind: str, z: Any, rng: np.random.Generator) -> Any:
    eta = 0.3 + z
    if kind == "bernoulli":
        return np.where(rng.uniform(size=len(z)) < special.expit(eta), 1, -1)
    if kind == "categorical":
        lines = np.column_stack([eta, -eta, 0 * eta])
        return np.argmax(lines + rng.gumbel(size=lines.shape), axis=1)
    if kind == "poisson":
        return rng.poisson(np.exp(eta))
    return eta + 0.5 * rng.standard_normal(len(z))


def far(
    kind: str, prior: str, spread: float, distance: float, *, weighted: bool
) -> tuple[LinearModel, LinearModel]:
    """Return a model of one far column, and that of the same rows about its middle.

    The difference of two doubles so near is exact.
    """
    rng = np.random.default_rng(7)
    x = distance + spread * rng.standard_normal(24)
    near = (x - distance) / spread
    y = response(kind, near, rng)
    weights = rng.uniform(0.2, 3, 24) if weighted else None

    def model(column: Any, size: float) -> LinearModel:
        return LinearModel(
            column[:, None],
            y,
            likelihood=LIKELIHOODS[kind],
            prior=PRIORS[prior](size),
            weights=weights,
        )

    return model(x, spread), model(near, 1.0)


def by_newton(model: LinearModel, start: Any) -> Any:
    """Return intercepts and slopes by Newton's method in 50 digits, shape (K, 1 + p).

    The likelihoods are those of two classes, several classes, and counts.
    """
    mp.dps = 50
    features, response = model.rows("the oracle")
    lines, width = model.layout.lines, model.n_features + 1
    X = [[mp.mpf(1), *map(mp.mpf, map(float, row))] for row in features]
    weights = np.ones(len(X)) if model.weights is None else model.weights
    ridge = 0 if model.prior.is_flat else 1 / mp.mpf(float(model.prior.sd)) ** 2
    theta = mp.matrix([float(value) for value in np.ravel(start)])
    for _ in range(60):
        g, H = mp.matrix(len(theta), 1), mp.matrix(len(theta), len(theta))
        for row, y, weight in zip(X, response, weights, strict=True):
            eta = [
                mp.fsum(theta[k * width + j] * row[j] for j in range(width))
                for k in range(lines)
            ]
            if lines > 1:
                powers = [mp.exp(each) for each in eta]
                mean = [each / mp.fsum(powers) for each in powers]
                slope = [m - (k == int(y)) for k, m in enumerate(mean)]
                bend = [[m * ((k == q) - n) for q, n in enumerate(mean)]
                        for k, m in enumerate(mean)]  # fmt: skip
            elif isinstance(model.likelihood, likelihoods.Poisson):
                slope, bend = [mp.exp(eta[0]) - int(y)], [[mp.exp(eta[0])]]
            else:
                other = 1 / (1 + mp.exp(int(y) * eta[0]))
                slope, bend = [-int(y) * other], [[other * (1 - other)]]
            for k in range(lines):
                for j in range(width):
                    g[k * width + j] += float(weight) * slope[k] * row[j]
                    for q in range(lines):
                        for i in range(width):
                            H[k * width + j, q * width + i] += (
                                float(weight) * bend[k][q] * row[j] * row[i]
                            )
        for k in range(lines):
            for j in range(1, width):
                g[k * width + j] += ridge * theta[k * width + j]
                H[k * width + j, k * width + j] += ridge
        # intercepts of classes are held to sum to zero, and flat coefficients too
        free = range(width if not ridge else 1) if lines > 1 else ()
        for j in free:
            total = mp.fsum(theta[k * width + j] for k in range(lines))
            for k in range(lines):
                g[k * width + j] += total
                for q in range(lines):
                    H[k * width + j, q * width + j] += 1
        step = mp.lu_solve(H, g)
        theta = theta - step
        if mp.norm(step) < mp.mpf(10) ** -20 * (1 + mp.norm(theta)):
            return np.array([float(v) for v in theta]).reshape(lines, width)
    raise AssertionError("the oracle did not converge")


@pytest.mark.parametrize(
    "weighted", [pytest.param(False, marks=pytest.mark.slow), True]
)
@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("kind", LIKELIHOODS)
def test_the_distance_from_zero_does_not_matter(
    kind: str, prior: str, weighted: bool
) -> None:
    """Slopes agree with those of centred columns, and all routes say so."""
    for spread, distance in FAR:
        model, near = far(kind, prior, spread, distance, weighted=weighted)
        expected = fit_map(near).coef
        routes: list[Any] = [fit_map]
        if (kind, prior) not in NO_ESTIMATOR:
            routes.append(fit_penalised)
        if model.is_smooth:
            routes.append(fit_laplace)
        for route in routes:
            found = route(model)
            assert getattr(found, "converged", True), (route, spread, distance)
            # absolute loss and L1 meet the tolerances of their solvers
            atol = 1e-9 if model.is_smooth else 1e-5
            np.testing.assert_allclose(spread * found.coef, expected, atol=atol)


NO_ESTIMATOR = [
    ("laplace", "normal"),
    ("laplace", "elastic net"),
    ("poisson", "laplace"),
    ("poisson", "elastic net"),
]


@pytest.mark.parametrize("prior", ["flat", "normal"])
@pytest.mark.parametrize("kind", ["bernoulli", "categorical", "poisson"])
def test_centred_columns_against_fifty_digits(kind: str, prior: str) -> None:
    _, near = far(kind, prior, 1e6, 1.6e9, weighted=True)
    found = fit_map(near)
    lines = near.layout.lines
    start = np.column_stack([np.ravel(found.intercept), found.coef.reshape(lines, -1)])
    expected = by_newton(near, start)
    for route in (fit_map, fit_penalised, fit_laplace):
        coef = np.reshape(route(near).coef, (lines, -1))
        np.testing.assert_allclose(coef, expected[:, 1:], atol=1e-10)


@pytest.mark.parametrize("C", [1.0, 1e4, 1e8, 1e12])
@pytest.mark.parametrize("kind", ["bernoulli", "categorical"])
def test_separable_classes_under_a_wide_prior(kind: str, C: float) -> None:
    """The mode is where the slope of the loss, 1e-12 or so, meets that of the prior."""
    rng = np.random.default_rng(2)
    x = np.sort(rng.standard_normal(15))
    y = np.digitize(x, [-0.2] if kind == "bernoulli" else [-0.5, 0.4])
    model = LinearModel(
        x[:, None], y, likelihood=LIKELIHOODS[kind], prior=priors.Normal(np.sqrt(C))
    )
    found = fit_map(model)
    assert found.converged
    lines = model.layout.lines
    start = np.column_stack([np.ravel(found.intercept), found.coef.reshape(lines, -1)])
    expected = by_newton(model, start)
    # the prior alone, with a curvature of 1 / C, holds the sum over several classes
    rtol = 1e-10 if lines == 1 else 1e-5
    np.testing.assert_allclose(start, expected, rtol=rtol, atol=rtol)
    coef = np.reshape(fit_laplace(model).coef, (lines, -1))
    np.testing.assert_allclose(coef, expected[:, 1:], rtol=rtol)
    penalised = fit_penalised(model)
    if penalised.converged:
        coef = np.reshape(penalised.coef, (lines, -1))
        np.testing.assert_allclose(coef, expected[:, 1:], rtol=2e-5)


def test_far_out_a_short_step_is_no_convergence() -> None:
    """At 54 the curvature is 1e-12: Newton's step is short in posterior sds.

    It moves the predictors by about 1. The mode is at the root of the slope.
    """
    x = np.array([-1.0, -0.5, 0.5, 1.0])
    model = LinearModel(
        x[:, None],
        [-1, -1, 1, 1],
        likelihood=likelihoods.Bernoulli(),
        prior=priors.Normal(1e6),
        intercept=False,
    )
    best = fit_map(model).coef[0]
    slope = np.sum(np.abs(x) * special.expit(-best * np.abs(x)))
    assert slope == pytest.approx(best / 1e12, rel=1e-9)
    for share in (0.99, 0.9, 0.8, 1.1):
        beside = PointEstimate.at(model, np.array([share * best]), route="beside")
        assert not beside.converged


@pytest.mark.parametrize("scale", [1.0, 1e4, 1e8, 1e12])
def test_separable_classes_under_a_wide_sparse_prior(scale: float) -> None:
    """At the mode the slope of the loss is that of the prior, 1 / scale."""
    x = np.array([-3.0, -1.0, -0.5, 0.5, 1.0, 3.0])
    model = LinearModel(
        x[:, None],
        np.sign(x),
        likelihood=likelihoods.Bernoulli(),
        prior=priors.Laplace(scale),
        intercept=False,
    )
    found = fit_map(model)
    assert found.converged
    slope = np.sum(np.abs(x) * special.expit(-found.coef[0] * np.abs(x)))
    assert slope == pytest.approx(1 / scale, rel=1e-6)
    for share in (0.0, 0.1, 0.9, 1.1):  # even though the kinked term is small
        beside = PointEstimate.at(model, share * found.coef, route="beside")
        assert not beside.converged
    if scale <= 1e4:  # else saga takes seconds, and does not arrive
        penalised = fit_penalised(model)
        if penalised.converged:
            assert penalised.coef[0] == pytest.approx(found.coef[0], rel=1e-4)


@pytest.mark.parametrize("kind", LIKELIHOODS)
def test_without_an_intercept_a_search_that_stops_says_so(kind: str) -> None:
    """Two columns are then equal to 12 digits; nothing is centred away."""
    rng = np.random.default_rng(3)
    near = rng.standard_normal((30, 2))
    y = response(kind, near[:, 0], rng)
    model = LinearModel(
        1e12 + near,
        y,
        likelihood=LIKELIHOODS[kind],
        prior=priors.Normal(1.0),
        intercept=False,
    )
    routes = [fit_map] + [fit_penalised] * ((kind, "normal") not in NO_ESTIMATOR)
    for route in routes:
        found = route(model)
        assert np.all(found.coef != 0)
        if found.converged:
            assert found.gradient_norm <= 1e-5
