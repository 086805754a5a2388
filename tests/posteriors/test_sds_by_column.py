"""Exact posteriors of a prior with an sd for each column, infinite for flat ones.

The oracles are the normal equations in 50 digits, and textbook sums over a grid of both
scales, in which flat columns are integrated out by generalised least squares.
"""

from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    MixturePosterior,
    NormalInverseGammaPosterior,
    fit_exact,
    likelihoods,
    priors,
    ridge_covariances,
)
from tests.oracles import LogDensity, half_normal, in_sds, inverse_gamma

mp: Any = mpmath.mp
INF = np.inf


def model(
    X: np.ndarray, y: np.ndarray, noise: Any, sd: Any, **options: Any
) -> LinearModel:
    """Return a model with a prior sd for each column."""
    rest = {name: options.pop(name) for name in ("weights",) if name in options}
    return LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(noise),
        prior=priors.Normal(sd, **options),
        **rest,
    )


def textbook(
    X: np.ndarray, y: np.ndarray, noise_sd: float, sds: np.ndarray, mean: Any = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and covariance of (intercept, coefficients) from 50 digits."""
    with mp.workdps(50):
        n, p = X.shape
        Z = mp.matrix(np.column_stack([np.ones(n), X]).tolist())
        variance = mp.mpf(noise_sd) ** 2
        prior = [mp.mpf(0), *(mp.mpf(float(sd)) ** -2 for sd in sds)]
        center = [mp.mpf(0), *(mp.mpf(float(m)) for m in np.broadcast_to(mean, p))]
        pull = mp.matrix([a * b for a, b in zip(prior, center, strict=True)])
        cov = (Z.T * Z / variance + mp.diag(prior)) ** -1
        found = cov * (Z.T * mp.matrix(y.tolist()) / variance + pull)
        means, covs = np.array(found.tolist()), np.array(cov.tolist())
    return means[:, 0].astype(float), covs.astype(float)


def hard_cases() -> dict[str, tuple[np.ndarray, np.ndarray, float, np.ndarray]]:
    rng = np.random.default_rng(1)
    near = rng.standard_normal((30, 4))
    near[:, 1] = near[:, 0] + 1e-6 * rng.standard_normal(30)
    near[:, 3] = near[:, 2] + 1e-7 * rng.standard_normal(30)
    line, noise = near @ [1.0, 1.0, 2.0, 1.0], rng.standard_normal(30)
    sizes, places = 10.0 ** np.array([-6, 6, 0, 3, -3]), np.array([0, 1e7, 5, 0, 1])
    unlike = rng.standard_normal((30, 5)) * sizes + places
    wide = rng.standard_normal((8, 14))
    sds = np.where(np.arange(14) % 5 == 0, INF, 10.0 ** (np.arange(14) % 7 - 3))
    repeated = wide.copy()
    repeated[:, 3] = repeated[:, 0]
    y = 10 * rng.standard_normal(8)
    some = np.array([INF, 1.0, 1.0, INF])
    return {
        "columns of unlike size": (
            unlike,
            unlike @ (1 / sizes) + noise,
            1.0,
            np.array([1e6, INF, 0.5, INF, 2e3]),
        ),
        "flat and penalised columns alike": (near, line + noise, 1.0, some),
        "near interpolation": (near, line + 1e-7 * noise, 1e-7, some),
        "more columns than rows, y far": (wide, y + 1e6, 0.5, sds),
        "a flat column again, more columns": (repeated, y, 1e-3, sds),
        "flat columns that leave a row": (
            wide[:6, :5],
            y[:6],
            0.5,
            np.append([INF] * 4, 1),
        ),
    }


HARD = hard_cases()
# the eigenbasis has no refinement: it keeps eight digits of sds at near interpolation
QUADRATURE_SDS = {
    "near interpolation": 1e-6,
    "more columns than rows, y far": 1e-9,
    "a flat column again, more columns": 1e-6,
}


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("mean", [0.0, 1.5])
def test_known_scales_have_all_digits(name: str, mean: float) -> None:
    X, y, noise_sd, sds = HARD[name]
    expected, cov = textbook(X, y, noise_sd, sds, mean)
    sd = np.sqrt(np.diag(cov))
    stated = model(X, y, noise_sd, sds, mean=mean)
    closed = fit_exact(stated)
    assert isinstance(closed, GaussianPosterior)
    assert in_sds(closed.mean, expected, sd) < 1e-13
    np.testing.assert_allclose(closed.sd, sd, rtol=1e-13)
    np.testing.assert_allclose(closed.cov, cov, atol=1e-12 * np.outer(sd, sd).max())
    basis, bar = MixturePosterior(stated), QUADRATURE_SDS.get(name, 1e-12)
    assert in_sds(basis.mean, expected, sd) < bar
    np.testing.assert_allclose(basis.sd, sd, rtol=max(1e-10, 1e-3 * bar))
    if name == "near interpolation":
        return
    assert basis.log_evidence == pytest.approx(closed.log_evidence, abs=1e-7)
    point = expected + 0.3 * sd
    assert basis.logpdf(point) == pytest.approx(closed.logpdf(point), abs=1e-6)
    pair = ["x0", "x1"]
    by_pair = (each.marginal(pair).logpdf(point[1:3]) for each in (basis, closed))
    assert next(by_pair) == pytest.approx(next(by_pair), abs=1e-6)


RNG = np.random.default_rng(2)
X, Y = RNG.standard_normal((14, 4)), RNG.standard_normal(14)
X[:, 2] += X[:, 0]
Y += X[:, 0] - X[:, 1]
SDS = np.array([INF, 0.7, 2.0, INF])
WEIGHTS = RNG.uniform(0.5, 2.0, 14)
FEW = X[:5].copy(), Y[:5]
FEW_SDS = np.array([0.4, 0.7, 2.0, INF])


def test_a_flat_column_is_projected_out() -> None:
    """The others are those of what least squares leaves (Frisch and Waugh, 1933)."""
    flat = np.column_stack([np.ones(14), X[:, [0, 3]]])
    left = np.column_stack([X[:, [1, 2]], Y])
    left -= flat @ np.linalg.lstsq(flat, left)[0]
    alone = LinearModel(
        left[:, :2],
        left[:, 2],
        likelihood=likelihoods.Normal(0.8),
        prior=priors.Normal([0.7, 2.0]),
        intercept=False,
    )
    ours, theirs = fit_exact(model(X, Y, 0.8, SDS)), fit_exact(alone)
    np.testing.assert_allclose(ours.mean[2:4], theirs.mean, rtol=1e-12)
    np.testing.assert_allclose(ours.cov[2:4, 2:4], theirs.cov, rtol=1e-12)


@pytest.mark.parametrize("noise", [0.8, priors.HalfNormal(1.0)], ids=["known", "no"])
def test_infinity_is_the_limit_of_large_sds(noise: Any) -> None:
    limit, wide = (
        fit_exact(model(X, Y, noise, np.where(SDS < INF, SDS, large)))
        for large in (INF, 1e7)
    )
    # the quadrature is asked for 1e-8 sds
    np.testing.assert_allclose(wide.mean, limit.mean, rtol=1e-7)
    np.testing.assert_allclose(wide.sd, limit.sd, rtol=1e-7)
    # the evidence of a flat column is that of the density 1
    density = 2 * np.log(1e7 * np.sqrt(2 * np.pi))
    assert wide.log_evidence + density == pytest.approx(limit.log_evidence, abs=1e-6)


SCALES: dict[str, tuple[Any, dict[str, Any]]] = {
    "known": (0.8, {}),
    "noise": (priors.HalfNormal(1.0), {}),
    "conjugate": (priors.InverseGamma(2.0, 1.0), {"relative_to_noise": True}),
    "factor": (0.8, {"factor": priors.HalfNormal(1.0)}),
    "both": (priors.HalfNormal(1.0), {"factor": priors.HalfNormal(1.0)}),
}


@pytest.mark.parametrize("name", SCALES)
def test_scaled_columns_with_one_sd_are_the_same_model(name: str) -> None:
    noise, options = SCALES[name]
    sds = np.array([1.0, 0.7, 2.0, 30.0])
    ours = fit_exact(model(X, Y, noise, sds, **options))
    options = dict(options)
    one = options.pop("factor", 1.0)
    scaled = fit_exact(model(X * sds, Y, noise, one, **options))
    units = np.concatenate([[1.0], sds, np.ones(len(ours.names) - 5)])
    np.testing.assert_allclose(ours.mean, scaled.mean * units, rtol=1e-10)
    np.testing.assert_allclose(ours.sd, scaled.sd * units, rtol=1e-10)
    assert ours.log_evidence == pytest.approx(scaled.log_evidence, abs=1e-10)


STEP = 0.1


def on_a_grid(
    case: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    noise: LogDensity,
    factor: LogDensity | None,
    *,
    relative: bool,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return mean, covariance and log evidence by sums over log sigma and log tau."""
    X, y, weights, sds = case
    n, proper = len(y), sds < INF
    Z = np.column_stack([np.ones(n), X])
    flat = Z[:, np.append(True, ~proper)]
    t = np.arange(-3.0, 4.0, STEP)
    s = np.zeros(1) if factor is None else np.arange(-16.0, 2.5, STEP)
    t, s = (each.ravel() for each in np.meshgrid(t, s, indexing="ij"))
    noise_sd, tau = np.exp(t), np.exp(s)
    logs = noise(noise_sd) + t + np.log(STEP)
    if factor is not None:
        logs += factor(tau) + s + np.log(STEP)
    if relative:
        tau = tau * noise_sd
    # y given the scales, and flat parameters by generalised least squares
    inside = (X[:, proper] * sds[proper] ** 2) @ X[:, proper].T
    V = np.multiply.outer(noise_sd**2, np.diag(1 / weights))
    V += np.multiply.outer(tau**2, inside)
    inverse = np.linalg.inv(V)
    information = flat.T @ inverse @ flat
    best = np.linalg.solve(information, flat.T @ inverse @ y[:, np.newaxis])[..., 0]
    residual = y - best @ flat.T
    logs -= 0.5 * np.linalg.slogdet(V)[1] + 0.5 * np.linalg.slogdet(information)[1]
    logs -= 0.5 * np.einsum("ni,nij,nj->n", residual, inverse, residual)
    logs -= 0.5 * (n - flat.shape[1]) * np.log(2 * np.pi)
    weight = np.exp(logs - logs.max())
    log_evidence = float(np.log(weight.sum()) + logs.max())
    weight /= weight.sum()
    # the parameters given the scales, by the normal equations
    precision = np.multiply.outer(noise_sd**-2, (Z.T * weights) @ Z)
    places = np.arange(1, Z.shape[1])
    precision[:, places, places] += np.multiply.outer(tau**-2, sds**-2)
    covs = np.linalg.inv(precision)
    right = np.multiply.outer(noise_sd**-2, Z.T @ (weights * y))
    means = np.linalg.solve(precision, right[..., np.newaxis])[..., 0]
    mean = weight @ means
    deviations = means - mean
    cov = np.tensordot(weight, covs, 1) + (deviations.T * weight) @ deviations
    return mean, cov, log_evidence


HALF = priors.HalfNormal(1.0), half_normal(1.0)
INVERSE = priors.InverseGamma(2.0, 1.0), inverse_gamma(2.0, 1.0)
GRIDS: dict[str, tuple[tuple[Any, LogDensity], Any, bool]] = {
    "noise": (INVERSE, None, False),
    "noise, relative": (HALF, None, True),
    "conjugate": (INVERSE, None, True),
    "both": (INVERSE, HALF, False),
    "both, relative": (HALF, HALF, True),
}


@pytest.mark.parametrize("few", [False, True], ids=["14 rows", "5 rows"])
@pytest.mark.parametrize("name", GRIDS)
def test_unknown_scales_are_integrated_out(name: str, few: bool) -> None:
    noise, factor, relative = GRIDS[name]
    case = (*FEW, np.ones(5), FEW_SDS) if few else (X, Y, WEIGHTS, SDS)
    mean, cov, log_evidence = on_a_grid(
        case, noise[1], factor and factor[1], relative=relative
    )
    stated = model(
        case[0],
        case[1],
        noise[0],
        case[3],
        weights=case[2],
        factor=factor and factor[0],
        relative_to_noise=relative,
    )
    found, sd = fit_exact(stated), np.sqrt(np.diag(cov))
    conjugate = isinstance(found, NormalInverseGammaPosterior)
    assert conjugate == (name == "conjugate")
    assert in_sds(found.mean[:5], mean, sd) < 1e-6
    np.testing.assert_allclose(found.sd[:5], sd, rtol=1e-6)
    np.testing.assert_allclose(
        found.cov[:5, :5] / np.outer(sd, sd), cov / np.outer(sd, sd), atol=2e-6
    )
    assert found.log_evidence == pytest.approx(log_evidence, abs=1e-6)


def test_draws_have_the_moments_of_the_posterior() -> None:
    """More columns than rows, so that the prior alone informs some directions."""
    stated = model(*FEW, priors.HalfNormal(1.0), FEW_SDS, factor=priors.HalfNormal(1.0))
    found, n = fit_exact(stated), 10_000
    assert isinstance(found, MixturePosterior)
    draws = found.location.sample(5, n)
    errors = (draws.mean(axis=0) - found.mean[:5]) / (found.sd[:5] / np.sqrt(n))
    assert np.abs(errors).max() < 6
    units = np.outer(found.sd[:5], found.sd[:5])
    assert np.abs((np.cov(draws.T) - found.cov[:5, :5]) / units).max() < 0.2


def test_new_rows_are_predicted() -> None:
    new = RNG.standard_normal((3, 4))
    stated = model(*FEW, 0.8, FEW_SDS)
    _, cov = textbook(*FEW, 0.8, FEW_SDS)
    rows = np.column_stack([np.ones(3), new])
    expected = np.sqrt(np.einsum("ij,jk,ik->i", rows, cov, rows) + 0.64)
    for found in (fit_exact(stated), MixturePosterior(stated)):
        np.testing.assert_allclose(found.predict(new, return_sd=True)[1], expected)


@pytest.mark.parametrize("name", ["known", "conjugate"])
def test_two_batches_are_one(name: str) -> None:
    noise, options = SCALES[name]
    whole = fit_exact(model(X, Y, noise, SDS, **options))
    first = fit_exact(model(X[:8], Y[:8], noise, SDS, **options))
    both = first.condition(X[8:], Y[8:])
    assert in_sds(both.mean, whole.mean, whole.sd) < 1e-11
    np.testing.assert_allclose(both.sd, whole.sd, rtol=1e-11)
    assert both.log_evidence == pytest.approx(whole.log_evidence, abs=1e-10)


def test_before_rows_flat_columns_have_no_sd() -> None:
    before = GaussianPosterior.before_data(model(X, Y, 0.8, SDS, mean=1.0))
    np.testing.assert_allclose(before.sd, [INF, INF, 0.7, 2.0, INF])
    assert before.marginal("x1").std() == pytest.approx(0.7)
    np.testing.assert_allclose(before.marginal(["x2", "x1"]).sd, [2.0, 0.7])
    with pytest.raises(ValueError, match="improper, flat in x0, x3"):
        before.marginal(["x0", "x1"])
    with pytest.raises(ValueError, match="improper, flat in"):
        before.marginal("x3")


@pytest.mark.parametrize("few", [False, True], ids=["14 rows", "5 rows"])
def test_both_ridge_covariances(few: bool) -> None:
    case, sds = (FEW, FEW_SDS) if few else ((X, Y), SDS)
    _, cov = textbook(*case, 0.8, sds)
    Z = np.column_stack([np.ones(len(case[0])), case[0]])
    found = ridge_covariances(model(*case, 0.8, sds))
    sampling = cov @ (Z.T @ Z / 0.64) @ cov
    np.testing.assert_allclose(found.posterior, cov[1:, 1:], atol=1e-12)
    np.testing.assert_allclose(found.sampling, sampling[1:, 1:], atol=1e-12)


def test_a_changed_model_keeps_its_sds() -> None:
    stated = model(X, Y, 0.8, dict(zip(["x0", "x1", "x2", "x3"], SDS, strict=True)))
    changed = replace(stated, likelihood=likelihoods.Normal(0.4))
    expected = fit_exact(model(X, Y, 0.4, SDS)).mean
    np.testing.assert_array_equal(fit_exact(changed).mean, expected)
