"""The model: its density against row-by-row textbook formulas, its derivatives against differences, its names."""

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

from bayes_l2 import LinearModel, SufficientStatistics, likelihoods, priors
from bayes_l2.scale_priors import known
from tests.oracles import random_problem

RNG = np.random.default_rng(0)
HALF = RNG.standard_normal((4, 4))
MODELS = {
    "plain": random_problem(1, 20, 4),
    "weights": random_problem(2, 20, 4, weighted=True),
    "no intercept": random_problem(3, 20, 4, intercept=False),
    "y far from zero": random_problem(4, 20, 4, offset=1e6),
    "more columns than rows": random_problem(5, 5, 12),
    "general prior": LinearModel(
        RNG.standard_normal((20, 4)),
        RNG.standard_normal(20),
        likelihood=likelihoods.Normal(0.5),
        prior=priors.Normal(mean=[1.0, 2.0, 3.0, 4.0], cov=HALF @ HALF.T + np.eye(4)),
    ),
    "prior mean": LinearModel(
        RNG.standard_normal((20, 2)),
        RNG.standard_normal(20),
        likelihood=likelihoods.Normal(0.5),
        prior=priors.Normal(2.0, mean=-1.0),
    ),
    "flat prior": LinearModel(
        RNG.standard_normal((20, 2)), RNG.standard_normal(20), likelihood=likelihoods.Normal(0.5), prior=priors.Flat()
    ),
}


def points(model: LinearModel, n: int = 5) -> np.ndarray:
    """Random parameter vectors, on the scale of the data."""
    rng = np.random.default_rng(1)
    around = np.zeros(len(model.parameter_names))
    if model.intercept:
        around[0] = model.rows("the test")[1].mean()
    return around + rng.standard_normal((n, len(around)))


@pytest.mark.parametrize("name", MODELS)
def test_log_likelihood_is_the_sum_over_rows(name: str) -> None:
    model = MODELS[name]
    X, y = model.rows("the test")
    sd = known(model.likelihood.sd) / np.sqrt(np.ones(len(y)) if model.weights is None else model.weights)
    for point in points(model):
        intercept, coef = (point[0], point[1:]) if model.intercept else (0.0, point)
        row_by_row = stats.norm.logpdf(y, intercept + X @ coef, sd).sum()
        assert model.log_likelihood(point) == pytest.approx(row_by_row, rel=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_log_prior_is_the_textbook_density(name: str) -> None:
    model = MODELS[name]
    prior = model.prior
    for point in points(model):
        coef = point[-model.n_features :]
        if isinstance(prior, priors.Flat):
            expected = 0.0
        else:
            mean = np.broadcast_to(prior.mean, len(coef))
            cov = prior.cov if prior.sd is None else known(prior.sd) ** 2 * np.eye(len(coef))
            expected = stats.multivariate_normal(mean, cov).logpdf(coef)
        assert model.log_prior(point) == pytest.approx(expected, rel=1e-12)
        assert model.log_posterior(point) == model.log_likelihood(point) + model.log_prior(point)


@pytest.mark.parametrize("name", MODELS)
def test_derivatives_are_those_of_finite_differences(name: str) -> None:
    model = MODELS[name]
    size = len(model.parameter_names)
    steps = 1e-3 * np.eye(size)  # the density is quadratic: central differences are exact but for rounding
    for point in points(model, 3):
        slope = [(model.log_posterior(point + h) - model.log_posterior(point - h)) / 2e-3 for h in steps]
        np.testing.assert_allclose(model.gradient(point), slope, rtol=1e-6, atol=1e-5)
        curvature = [(model.gradient(point + h) - model.gradient(point - h)) / 2e-3 for h in steps]
        np.testing.assert_allclose(model.hessian(point), curvature, rtol=1e-6, atol=1e-5)


def test_model_from_statistics_has_the_same_density() -> None:
    model = MODELS["weights"]
    again = LinearModel.from_statistics(model.statistics, likelihood=model.likelihood, prior=model.prior)
    for point in points(model):
        assert again.log_posterior(point) == model.log_posterior(point)
    with pytest.raises(ValueError, match="fit_ridge needs the rows of X and y"):
        again.rows("fit_ridge")
    assert "20 rows, 4 features" in repr(again)


def test_rows_of_weight_zero_are_left_out() -> None:
    X, y = RNG.standard_normal((6, 2)), RNG.standard_normal(6)
    options: dict[str, Any] = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    with_zeros = LinearModel(X, y, weights=[1, 0, 2, 0, 1, 1], **options)
    without = LinearModel(X[[0, 2, 4, 5]], y[[0, 2, 4, 5]], weights=[1, 2, 1, 1], **options)
    assert with_zeros.statistics.n_rows == 4
    assert with_zeros.log_posterior(np.ones(3)) == without.log_posterior(np.ones(3))


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_names_come_from_a_data_frame(frame: Any) -> None:
    X = frame({"age": [1.0, 2.0, 4.0], "bmi": [3, 1, 2]})
    model = LinearModel(X, [1.0, 2.0, 3.0], likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0))
    assert model.feature_names == ("age", "bmi")
    assert model.parameter_names == ("intercept", "age", "bmi")
    np.testing.assert_array_equal(model.X, [[1, 3], [2, 1], [4, 2]])


def test_names_of_an_array_count_from_zero_or_are_given() -> None:
    options: dict[str, Any] = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    assert LinearModel(np.eye(3), np.ones(3), **options).feature_names == ("x0", "x1", "x2")
    named = LinearModel(np.eye(2), np.ones(2), feature_names=["a", "b"], intercept=False, **options)
    assert named.parameter_names == ("a", "b")


def test_model_is_frozen() -> None:
    model: Any = MODELS["plain"]
    with pytest.raises(FrozenInstanceError):
        model.intercept = False


def test_penalty_is_refused_where_the_prior_is_none() -> None:
    assert MODELS["flat prior"].penalty == 0.0
    for name in ("general prior", "prior mean"):
        with pytest.raises(ValueError, match=r"penalty needs the prior priors.Normal\(sd\) with mean 0"):
            _ = MODELS[name].penalty


def test_penalty_is_refused_beyond_double_precision() -> None:
    X, y = np.eye(3), np.ones(3)
    for noise_sd, prior_sd in ((1e100, 1e-100), (1e-100, 1e100)):
        model = LinearModel(X, y, likelihood=likelihoods.Normal(noise_sd), prior=priors.Normal(prior_sd))
        with pytest.raises(ValueError, match="penalty is beyond double precision: noise sd 1e"):
            _ = model.penalty


def test_parameters_of_the_wrong_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"parameters must have shape \(5,\): intercept, x0, .* got shape \(4,\)"):
        MODELS["plain"].log_posterior(np.zeros(4))


def test_statistics_are_computed_once_and_belong_to_the_rows() -> None:
    model = MODELS["plain"]
    assert model.statistics is model.statistics
    assert isinstance(model.statistics, SufficientStatistics)
    assert model.statistics.n_rows == 20
