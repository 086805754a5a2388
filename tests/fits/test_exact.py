"""The exact posterior against certified figures and textbook formulas."""

import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    MixturePosterior,
    fit_exact,
    likelihoods,
    priors,
)
from tests.oracles import correct_digits, dense_log_evidence, nist, rational_posterior

CERTIFIED_DIGITS = {
    "Norris": 12,
    "Pontius": 12,
    "NoInt1": 14,
    "NoInt2": 14,
    "Filip": 7,
    "Longley": 12,
    "Wampler1": 9,
    "Wampler2": 12,
    "Wampler3": 9,
    "Wampler4": 8,
    "Wampler5": 6,
}


@pytest.mark.parametrize("name", CERTIFIED_DIGITS)
def test_least_squares_by_a_flat_prior_has_nists_digits(name: str) -> None:
    data = nist(name)
    model = LinearModel(
        data["X"],
        data["y"],
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Flat(),
        intercept=data["intercept"],
    )
    location = fit_exact(model).location
    assert correct_digits(location.mean, data["beta"]) >= CERTIFIED_DIGITS[name]
    if data["se"].any():
        # certified standard errors are ours, for a noise sd of 1, times the residual sd
        degrees = len(data["y"]) - len(location.mean)
        if data["intercept"]:
            residual_sd = model.statistics.factor[-1, -1] / np.sqrt(degrees)
        else:
            residual_sd = np.linalg.norm(
                data["y"] - data["X"] @ data["beta"]
            ) / np.sqrt(degrees)
        assert correct_digits(location.sd * residual_sd, data["se"]) >= min(
            CERTIFIED_DIGITS[name], 12
        )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("intercept", [False, True])
def test_sds_of_the_intercept_and_coefficients(weighted: bool, intercept: bool) -> None:
    rng = np.random.default_rng(2)
    X, y = 3 + rng.standard_normal((15, 3)), rng.standard_normal(15)
    weights = rng.uniform(0.5, 2, 15) if weighted else None
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(0.5),
        prior=priors.Normal(2.0),
        intercept=intercept,
        weights=weights,
    )
    posterior = fit_exact(model)
    mean, sd = rational_posterior(X, y, 0.5, 2.0, intercept=intercept, weights=weights)
    np.testing.assert_allclose(posterior.location.mean, mean, rtol=1e-11)
    np.testing.assert_allclose(posterior.location.sd, sd, rtol=1e-12)
    np.testing.assert_allclose(posterior.sd[-3:], sd[-3:], rtol=1e-12)
    assert posterior.intercept == pytest.approx(
        mean[0] if intercept else 0.0, rel=1e-11
    )
    assert posterior.location.names == (("intercept",) if intercept else ()) + (
        "x0",
        "x1",
        "x2",
    )


@pytest.mark.parametrize("intercept", [False, True])
def test_predictions_are_those_of_the_posterior(intercept: bool) -> None:
    rng = np.random.default_rng(3)
    X, y, new = (
        3 + rng.standard_normal((15, 3)),
        rng.standard_normal(15),
        3 + rng.standard_normal((4, 3)),
    )
    posterior = fit_exact(
        LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(0.5),
            prior=priors.Normal(2.0),
            intercept=intercept,
        )
    )
    design = np.column_stack([np.ones(4), new]) if intercept else new
    mean, line_sd = posterior.predict(new, return_sd=True, observation_noise=False)
    np.testing.assert_allclose(mean, design @ posterior.location.mean, rtol=1e-12)
    variance = np.diag(design @ posterior.location.cov @ design.T)
    np.testing.assert_allclose(line_sd**2, variance, rtol=1e-10)
    np.testing.assert_array_equal(posterior.predict(new), mean)
    _, sd = posterior.predict(new, return_sd=True)
    np.testing.assert_allclose(sd**2, variance + 0.25, rtol=1e-12)


def test_predictive_variance_counts_the_intercept() -> None:
    """Without information in X the sd of the line is sigma / sqrt(n).

    BayesianRidge leaves it out.
    """
    posterior = fit_exact(
        LinearModel(
            [[-1.0], [1.0]] * 8,
            np.arange(16),
            likelihood=likelihoods.Normal(2.0),
            prior=priors.Normal(1e-8),
        )
    )
    _, sd = posterior.predict([[0.0]], return_sd=True, observation_noise=False)
    assert sd[0] == pytest.approx(2 / np.sqrt(16), rel=1e-12)


def test_a_y_far_from_zero_moves_the_intercept_alone() -> None:
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((30, 3)), np.round(rng.standard_normal(30) * 1024) / 1024
    options: dict[str, Any] = {
        "likelihood": likelihoods.Normal(1.0),
        "prior": priors.Normal(1.0),
    }
    near, far = (
        fit_exact(LinearModel(X, y, **options)),
        fit_exact(LinearModel(X, y + 2.0**27, **options)),
    )
    np.testing.assert_allclose(far.coef, near.coef, rtol=1e-7)
    assert far.intercept - 2.0**27 == pytest.approx(near.intercept, abs=1e-7)
    assert far.log_evidence == pytest.approx(near.log_evidence, abs=1e-6)


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_columns_of_extreme_scale(scale: float) -> None:
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((30, 2)), rng.standard_normal(30)
    options: dict[str, Any] = {"likelihood": likelihoods.Normal(1.0)}
    usual = fit_exact(LinearModel(X, y, prior=priors.Normal(1.0), **options))
    scaled = fit_exact(
        LinearModel(scale * X, y, prior=priors.Normal(1 / scale), **options)
    )
    np.testing.assert_allclose(scaled.coef * scale, usual.coef, rtol=1e-12)
    np.testing.assert_allclose(scaled.sd[1:] * scale, usual.sd[1:], rtol=1e-12)


def test_the_sd_of_a_tiny_column_is_a_number() -> None:
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((30, 2)), rng.standard_normal(30)
    options: dict[str, Any] = {
        "likelihood": likelihoods.Normal(1.0),
        "prior": priors.Flat(),
    }
    usual, scaled = (
        fit_exact(LinearModel(X, y, **options)),
        fit_exact(LinearModel(X * [1, 1e-170], y, **options)),
    )
    np.testing.assert_allclose(scaled.sd[1:] * [1, 1e-170], usual.sd[1:], rtol=1e-12)


def test_data_frames_may_come_with_their_columns_in_another_order() -> None:
    rng = np.random.default_rng(6)
    frame, y = (
        pd.DataFrame(rng.standard_normal((10, 3)), columns=list("abc")),
        rng.standard_normal(10),
    )
    model = LinearModel(
        frame, y, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0)
    )
    posterior = fit_exact(model)
    more, more_y = (
        pd.DataFrame(rng.standard_normal((5, 3)), columns=list("abc")),
        rng.standard_normal(5),
    )
    ours, theirs = (
        posterior.condition(more[["c", "a", "b"]], more_y),
        posterior.condition(more, more_y),
    )
    np.testing.assert_array_equal(ours.mean, theirs.mean)
    assert ours.names == ("intercept", "a", "b", "c")


def wide(n: int = 60, p: int = 1200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    X = 3 + rng.standard_normal((n, p))
    return X, X[:, :5].sum(axis=1) + rng.standard_normal(n)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("near_copies", [False, True])
def test_wide_data_have_the_dual_solution(intercept: bool, near_copies: bool) -> None:
    """The textbook inverts an n x n matrix, which near copies make ill-conditioned."""
    X, y = wide()
    if near_copies:
        X[1] = X[0] + 1e-7 * X[1]
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(0.5),
        prior=priors.Normal(0.3, mean=0.2),
        intercept=intercept,
    )
    posterior = fit_exact(model)
    assert isinstance(posterior, MixturePosterior)
    center = X.mean(axis=0) if intercept else np.zeros(1200)
    rows, target = (
        X - center,
        y - y.mean() * intercept - (X - center) @ np.full(1200, 0.2),
    )
    gain = np.linalg.solve(rows @ rows.T + (0.5 / 0.3) ** 2 * np.eye(60), rows).T
    np.testing.assert_allclose(
        posterior.coef, 0.2 + gain @ target, rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(
        posterior.sd[-1200:] ** 2,
        0.09 * (1 - np.sum(gain * rows.T, axis=1)),
        rtol=1e-10,
    )
    assert posterior.log_evidence == pytest.approx(
        dense_log_evidence(
            X, y - X @ np.full(1200, 0.2), 0.5, 0.3, intercept=intercept
        ),
        rel=1e-11,
    )
    mean, sd = posterior.predict(X[:2] + 1, return_sd=True)
    new = X[:2] + 1 - center
    np.testing.assert_allclose(
        mean, y.mean() * intercept + new @ posterior.coef, rtol=1e-9
    )
    variance = 0.09 * (
        np.sum(new**2, axis=1) - np.sum((new @ gain) * (new @ rows.T), axis=1)
    )
    np.testing.assert_allclose(
        sd**2, variance + 0.25 + intercept * 0.25 / 60, rtol=1e-9
    )


def test_wide_posterior_is_the_dense_one() -> None:
    X, y = wide(20, 1001)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(0.5), prior=priors.Normal(0.3)
    )
    ours, dense = fit_exact(model), GaussianPosterior.of(model)
    np.testing.assert_allclose(ours.coef, dense.coef, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.sd[1:], dense.sd[1:], rtol=1e-11)
    np.testing.assert_allclose(ours.sd, dense.sd, rtol=1e-10)
    np.testing.assert_allclose(ours.cov[1:, 1:], dense.cov[1:, 1:], atol=1e-13)
    assert ours.log_evidence == pytest.approx(dense.log_evidence, rel=1e-12)
    point = dense.mean + 0.3 * np.random.default_rng(1).standard_normal(1002) * dense.sd
    assert ours.logpdf(point) == pytest.approx(dense.logpdf(point), rel=1e-10)
    more = wide(3, 1001)
    np.testing.assert_allclose(
        ours.condition(*more).coef, dense.condition(*more).coef, rtol=1e-8, atol=1e-11
    )
    draws = ours.sample(1, 4000)[:, 1:]
    z = np.sqrt(4000) * (draws.mean(axis=0) - ours.coef) / ours.sd[1:]
    assert np.max(np.abs(z)) < 7.5  # 1001 of them: 6e-11
    ratio = draws.var(axis=0, ddof=1) / ours.sd[1:] ** 2 - 1
    # 8.5 instead of 7.5, for a little skew
    assert np.max(np.abs(ratio)) < 8.5 * np.sqrt(2 / 4000)


def test_wide_data_need_no_square_matrix() -> None:
    X, y = wide(50, 4000)
    tracemalloc.start()
    posterior = fit_exact(
        LinearModel(X, y, likelihood=likelihoods.Normal(0.5), prior=priors.Normal(0.3))
    )
    posterior.predict(X[:3], return_sd=True)
    assert posterior.sd.shape == (4001,)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # bytes; the rows themselves take an eightieth of the square
    assert peak < 4000**2 * 8 / 6


@pytest.mark.parametrize("unit", [1e-140, 1e-5, 1e5, 1e140])
def test_unknown_scales_do_not_depend_on_units(unit: float) -> None:
    """Of the columns, and of y: everything scales with them."""
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((30, 3)), rng.standard_normal(30)

    def fit(by_column: float, by_response: float) -> Any:
        noise, prior = (
            priors.HalfNormal(2 * by_response),
            priors.HalfCauchy(by_response / by_column),
        )
        return fit_exact(
            LinearModel(
                by_column * X,
                by_response * y,
                likelihood=likelihoods.Normal(noise),
                prior=priors.Normal(prior),
            )
        )

    usual = fit(1.0, 1.0)
    columns, response = fit(unit, 1.0), fit(1.0, unit)
    np.testing.assert_allclose(columns.coef * unit, usual.coef, rtol=1e-8)
    np.testing.assert_allclose(columns.sd[1:4] * unit, usual.sd[1:4], rtol=1e-8)
    np.testing.assert_allclose(response.coef / unit, usual.coef, rtol=1e-8)
    np.testing.assert_allclose(response.sd[1:4] / unit, usual.sd[1:4], rtol=1e-8)
    assert columns.log_evidence == pytest.approx(usual.log_evidence, abs=1e-8)
    assert response.marginal("noise_sd").median() / unit == pytest.approx(
        usual.marginal("noise_sd").median(), rel=1e-6
    )


def test_a_y_far_from_zero_costs_no_digits_of_unknown_scales() -> None:
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((30, 3)), np.round(rng.standard_normal(30) * 1024) / 1024
    options: dict[str, Any] = {
        "likelihood": likelihoods.Normal(priors.HalfNormal(1.0)),
        "prior": priors.Normal(priors.HalfCauchy(1.0)),
    }
    near, far = (
        fit_exact(LinearModel(X, y, **options)),
        fit_exact(LinearModel(X, y + 1e8, **options)),
    )
    np.testing.assert_allclose(far.coef, near.coef, rtol=1e-7)
    np.testing.assert_allclose(far.sd[1:4], near.sd[1:4], rtol=1e-7)
    assert far.log_evidence == pytest.approx(near.log_evidence, abs=1e-6)
