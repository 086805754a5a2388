"""The exact posterior: certified figures, predictions against the textbook, the intercept."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors
from tests.oracles import correct_digits, nist, rational_posterior

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
        data["X"], data["y"], likelihood=likelihoods.Normal(1.0), prior=priors.Flat(), intercept=data["intercept"]
    )
    joint = fit_exact(model).joint
    assert correct_digits(joint.mean, data["beta"]) >= CERTIFIED_DIGITS[name]
    if data["se"].any():
        # certified standard errors are ours, for a noise sd of 1, times the residual sd
        degrees = len(data["y"]) - len(joint.mean)
        if data["intercept"]:
            residual_sd = model.statistics.factor[-1, -1] / np.sqrt(degrees)
        else:
            residual_sd = np.linalg.norm(data["y"] - data["X"] @ data["beta"]) / np.sqrt(degrees)
        assert correct_digits(joint.sd * residual_sd, data["se"]) >= min(CERTIFIED_DIGITS[name], 12)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("intercept", [False, True])
def test_sds_of_the_intercept_and_coefficients(weighted: bool, intercept: bool) -> None:
    rng = np.random.default_rng(2)
    X, y = 3 + rng.standard_normal((15, 3)), rng.standard_normal(15)
    weights = rng.uniform(0.5, 2, 15) if weighted else None
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(0.5), prior=priors.Normal(2.0), intercept=intercept, weights=weights
    )
    posterior = fit_exact(model)
    mean, sd = rational_posterior(X, y, 0.5, 2.0, intercept=intercept, weights=weights)
    np.testing.assert_allclose(posterior.joint.mean, mean, rtol=1e-11)
    np.testing.assert_allclose(posterior.joint.sd, sd, rtol=1e-12)
    np.testing.assert_allclose(posterior.sd, sd[-3:], rtol=1e-12)
    assert posterior.intercept == pytest.approx(mean[0] if intercept else 0.0, rel=1e-11)
    assert posterior.joint.names == (("intercept",) if intercept else ()) + ("x0", "x1", "x2")


@pytest.mark.parametrize("intercept", [False, True])
def test_predictions_are_those_of_the_joint_posterior(intercept: bool) -> None:
    rng = np.random.default_rng(3)
    X, y, new = 3 + rng.standard_normal((15, 3)), rng.standard_normal(15), 3 + rng.standard_normal((4, 3))
    posterior = fit_exact(
        LinearModel(X, y, likelihood=likelihoods.Normal(0.5), prior=priors.Normal(2.0), intercept=intercept)
    )
    design = np.column_stack([np.ones(4), new]) if intercept else new
    mean, line_sd = posterior.predict(new, return_sd=True, observation_noise=False)
    np.testing.assert_allclose(mean, design @ posterior.joint.mean, rtol=1e-12)
    variance = np.diag(design @ posterior.joint.cov @ design.T)
    np.testing.assert_allclose(line_sd**2, variance, rtol=1e-10)
    np.testing.assert_array_equal(posterior.predict(new), mean)
    _, sd = posterior.predict(new, return_sd=True)
    np.testing.assert_allclose(sd**2, variance + 0.25, rtol=1e-12)


def test_predictive_variance_counts_the_intercept() -> None:
    """With no information in X the line is known to sigma / sqrt(n), which BayesianRidge leaves out."""
    posterior = fit_exact(
        LinearModel([[-1.0], [1.0]] * 8, np.arange(16), likelihood=likelihoods.Normal(2.0), prior=priors.Normal(1e-8))
    )
    _, sd = posterior.predict([[0.0]], return_sd=True, observation_noise=False)
    assert sd[0] == pytest.approx(2 / np.sqrt(16), rel=1e-12)


def test_a_y_far_from_zero_moves_the_intercept_alone() -> None:
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((30, 3)), np.round(rng.standard_normal(30) * 1024) / 1024
    options: dict[str, Any] = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    near, far = fit_exact(LinearModel(X, y, **options)), fit_exact(LinearModel(X, y + 2.0**27, **options))
    np.testing.assert_allclose(far.mean, near.mean, rtol=1e-7)
    assert far.intercept - 2.0**27 == pytest.approx(near.intercept, abs=1e-7)
    assert far.log_evidence == pytest.approx(near.log_evidence, abs=1e-6)


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_columns_of_extreme_scale(scale: float) -> None:
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((30, 2)), rng.standard_normal(30)
    options: dict[str, Any] = {"likelihood": likelihoods.Normal(1.0)}
    usual = fit_exact(LinearModel(X, y, prior=priors.Normal(1.0), **options))
    scaled = fit_exact(LinearModel(scale * X, y, prior=priors.Normal(1 / scale), **options))
    np.testing.assert_allclose(scaled.mean * scale, usual.mean, rtol=1e-12)
    np.testing.assert_allclose(scaled.sd * scale, usual.sd, rtol=1e-12)


def test_the_sd_of_a_tiny_column_is_a_number() -> None:
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((30, 2)), rng.standard_normal(30)
    options: dict[str, Any] = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Flat()}
    usual, scaled = fit_exact(LinearModel(X, y, **options)), fit_exact(LinearModel(X * [1, 1e-170], y, **options))
    np.testing.assert_allclose(scaled.sd * [1, 1e-170], usual.sd, rtol=1e-12)


def test_data_frames_may_come_with_their_columns_in_another_order() -> None:
    rng = np.random.default_rng(6)
    frame, y = pd.DataFrame(rng.standard_normal((10, 3)), columns=list("abc")), rng.standard_normal(10)
    model = LinearModel(frame, y, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0))
    posterior = fit_exact(model)
    more, more_y = pd.DataFrame(rng.standard_normal((5, 3)), columns=list("abc")), rng.standard_normal(5)
    ours, theirs = posterior.condition(more[["c", "a", "b"]], more_y), posterior.condition(more, more_y)
    np.testing.assert_array_equal(ours.mean, theirs.mean)
    assert ours.names == ("a", "b", "c")
