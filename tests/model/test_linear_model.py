"""The model: its density against row-by-row textbook formulas, its derivatives against differences, its names."""

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

from bayes_l2 import LinearModel, SufficientStatistics, likelihoods, priors
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
        RNG.standard_normal((20, 2)),
        RNG.standard_normal(20),
        likelihood=likelihoods.Normal(0.5),
        prior=priors.Flat(),
    ),
}
UNKNOWN = {
    "noise": ({"sd": priors.HalfNormal(2.0)}, {"sd": 1.5}),
    "prior sd": ({"sd": 0.7}, {"sd": priors.HalfCauchy(1.5)}),
    "both": (
        {"sd": priors.HalfStudentT(3.0, 2.0)},
        {"sd": priors.Exponential(2.0), "mean": 0.5},
    ),
    "both, relative": (
        {"sd": priors.InverseGamma(2.0, 3.0)},
        {"sd": priors.FlatScale(), "relative_to_noise": True},
    ),
    "noise, relative covariance": (
        {"sd": priors.FlatLogScale()},
        {"cov": HALF @ HALF.T + np.eye(4), "relative_to_noise": True},
    ),
    "noise, flat prior": ({"sd": priors.HalfCauchy(1.0)}, None),
}
MODELS |= {
    f"unknown {name}": LinearModel(
        RNG.standard_normal((20, 4)),
        RNG.standard_normal(20),
        likelihood=likelihoods.Normal(**likelihood),
        prior=priors.Flat() if prior is None else priors.Normal(**prior),
    )
    for name, (likelihood, prior) in UNKNOWN.items()
}
SCALE_DENSITIES: dict[type, Any] = {
    priors.HalfNormal: lambda p: lambda s: stats.halfnorm.logpdf(s, scale=p.sd),
    priors.HalfCauchy: lambda p: lambda s: stats.halfcauchy.logpdf(s, scale=p.scale),
    priors.HalfStudentT: lambda p: (
        lambda s: np.log(2) + stats.t.logpdf(s, p.df, scale=p.scale)
    ),
    priors.Exponential: lambda p: lambda s: stats.expon.logpdf(s, scale=p.mean),
    priors.InverseGamma: lambda p: (
        lambda s: stats.invgamma.logpdf(s**2, p.shape, scale=p.scale) + np.log(2 * s)
    ),
    priors.FlatScale: lambda p: lambda s: 0.0,
    priors.FlatLogScale: lambda p: lambda s: -np.log(s),
}


def points(model: LinearModel, n: int = 5) -> np.ndarray:
    """Random parameter vectors, on the scale of the data."""
    rng = np.random.default_rng(1)
    around = np.zeros(len(model.parameter_names))
    if model.intercept:
        around[0] = model.rows("the test")[1].mean()
    found = around + rng.standard_normal((n, len(around)))
    first_scale = len(around) - len(model.unknown_scales)
    found[:, first_scale:] = np.exp(0.5 * found[:, first_scale:])
    return found


def parts_of(
    model: LinearModel, point: np.ndarray
) -> tuple[float, np.ndarray, dict[str, float]]:
    """Intercept, coefficients and scales of a parameter vector, known scales among them."""
    values = dict(zip(model.parameter_names, point, strict=True))
    sds = {"noise_sd": model.likelihood.sd, "prior_sd": model.prior.sd}
    scales = {name: values.get(name, sd) for name, sd in sds.items()}
    return (
        values.get("intercept", 0.0),
        np.array([values[name] for name in model.feature_names]),
        scales,
    )


@pytest.mark.parametrize("name", MODELS)
def test_log_likelihood_is_the_sum_over_rows(name: str) -> None:
    model = MODELS[name]
    X, y = model.rows("the test")
    root_weights = np.sqrt(np.ones(len(y)) if model.weights is None else model.weights)
    for point in points(model):
        intercept, coef, scales = parts_of(model, point)
        sd = scales["noise_sd"] / root_weights
        row_by_row = stats.norm.logpdf(y, intercept + X @ coef, sd).sum()
        assert model.log_likelihood(point) == pytest.approx(row_by_row, rel=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_log_prior_is_the_textbook_density(name: str) -> None:
    model = MODELS[name]
    prior = model.prior
    for point in points(model):
        _, coef, scales = parts_of(model, point)
        if isinstance(prior, priors.Flat):
            expected = 0.0
        else:
            assert isinstance(prior, priors.Normal)
            mean = np.broadcast_to(prior.mean, len(coef))
            cov = (
                prior.cov
                if prior.sd is None
                else scales["prior_sd"] ** 2 * np.eye(len(coef))
            )
            unit = scales["noise_sd"] if prior.relative_to_noise else 1.0
            expected = stats.multivariate_normal(mean, cov * unit**2).logpdf(coef)
        for name, scale_prior in model.unknown_scales.items():
            expected += SCALE_DENSITIES[type(scale_prior)](scale_prior)(scales[name])
        assert model.log_prior(point) == pytest.approx(expected, rel=1e-12)
        assert model.log_posterior(point) == model.log_likelihood(
            point
        ) + model.log_prior(point)


@pytest.mark.parametrize("name", MODELS)
def test_derivatives_are_those_of_finite_differences(name: str) -> None:
    model = MODELS[name]
    size = len(model.parameter_names)
    # with known scales the density is quadratic: central differences are exact but for rounding
    step = 1e-5 if model.unknown_scales else 1e-3
    for point in points(model, 3):
        steps = step * np.eye(size)
        slope = [
            (model.log_posterior(point + h) - model.log_posterior(point - h))
            / (2 * step)
            for h in steps
        ]
        np.testing.assert_allclose(model.gradient(point), slope, rtol=1e-6, atol=1e-5)
        curvature = [
            (model.gradient(point + h) - model.gradient(point - h)) / (2 * step)
            for h in steps
        ]
        np.testing.assert_allclose(
            model.hessian(point), curvature, rtol=1e-6, atol=1e-5
        )


def test_model_from_statistics_has_the_same_density() -> None:
    model = MODELS["weights"]
    again = LinearModel.from_statistics(
        model.statistics, likelihood=model.likelihood, prior=model.prior
    )
    for point in points(model):
        assert again.log_posterior(point) == model.log_posterior(point)
    with pytest.raises(ValueError, match="fit_ridge needs the rows of X and y"):
        again.rows("fit_ridge")
    assert "20 rows, 4 features" in repr(again)


def test_rows_of_weight_zero_are_left_out() -> None:
    X, y = RNG.standard_normal((6, 2)), RNG.standard_normal(6)
    options: dict[str, Any] = {
        "likelihood": likelihoods.Normal(1.0),
        "prior": priors.Normal(1.0),
    }
    with_zeros = LinearModel(X, y, weights=[1, 0, 2, 0, 1, 1], **options)
    without = LinearModel(
        X[[0, 2, 4, 5]], y[[0, 2, 4, 5]], weights=[1, 2, 1, 1], **options
    )
    assert with_zeros.statistics.n_rows == 4
    assert with_zeros.log_posterior(np.ones(3)) == without.log_posterior(np.ones(3))


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_names_come_from_a_data_frame(frame: Any) -> None:
    X = frame({"age": [1.0, 2.0, 4.0], "bmi": [3, 1, 2]})
    model = LinearModel(
        X, [1.0, 2.0, 3.0], likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0)
    )
    assert model.feature_names == ("age", "bmi")
    assert model.parameter_names == ("intercept", "age", "bmi")
    np.testing.assert_array_equal(model.X, [[1, 3], [2, 1], [4, 2]])


def test_names_of_an_array_count_from_zero_or_are_given() -> None:
    options: dict[str, Any] = {
        "likelihood": likelihoods.Normal(1.0),
        "prior": priors.Normal(1.0),
    }
    assert LinearModel(np.eye(3), np.ones(3), **options).feature_names == (
        "x0",
        "x1",
        "x2",
    )
    named = LinearModel(
        np.eye(2), np.ones(2), feature_names=["a", "b"], intercept=False, **options
    )
    assert named.parameter_names == ("a", "b")


def test_model_is_frozen() -> None:
    model: Any = MODELS["plain"]
    with pytest.raises(FrozenInstanceError):
        model.intercept = False


def test_penalty_is_refused_where_the_prior_is_none() -> None:
    assert MODELS["flat prior"].penalty == 0.0
    for name in ("general prior", "prior mean"):
        with pytest.raises(
            ValueError, match=r"penalty needs the prior priors.Normal\(sd\) with mean 0"
        ):
            _ = MODELS[name].penalty


def test_penalty_is_refused_beyond_double_precision() -> None:
    X, y = np.eye(3), np.ones(3)
    for noise_sd, prior_sd in ((1e100, 1e-100), (1e-100, 1e100)):
        model = LinearModel(
            X, y, likelihood=likelihoods.Normal(noise_sd), prior=priors.Normal(prior_sd)
        )
        with pytest.raises(
            ValueError, match="penalty is beyond double precision: noise sd 1e"
        ):
            _ = model.penalty


def test_parameters_of_the_wrong_length_are_refused() -> None:
    with pytest.raises(
        ValueError,
        match=r"parameters must have shape \(5,\): intercept, x0, .* got shape \(4,\)",
    ):
        MODELS["plain"].log_posterior(np.zeros(4))


def test_statistics_are_computed_once_and_belong_to_the_rows() -> None:
    model = MODELS["plain"]
    assert model.statistics is model.statistics
    assert isinstance(model.statistics, SufficientStatistics)
    assert model.statistics.n_rows == 20
