"""The model: its density against textbook formulas, its derivatives by differences.

Also its names, its constructors and changed copies of it.
"""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

from bayes_l2 import LinearModel, SufficientStatistics, likelihoods, priors
from tests.oracles import (
    LogDensity,
    exponential,
    flat,
    flat_in_the_logarithm,
    half_cauchy,
    half_normal,
    half_t,
    inverse_gamma,
    random_problem,
)

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
    "sds of columns": LinearModel(
        RNG.standard_normal((20, 3)),
        RNG.standard_normal(20),
        likelihood=likelihoods.Normal(0.5),
        prior=priors.Normal([0.5, np.inf, 2.0], mean=[1.0, 2.0, 3.0]),
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
    "noise, relative sds of columns": (
        {"sd": priors.HalfNormal(2.0)},
        {"sd": [0.5, np.inf, 2.0, 1.0], "relative_to_noise": True},
    ),
    "both, with a factor": (
        {"sd": priors.HalfNormal(2.0)},
        {"sd": [np.inf, 0.5, 2.0, np.inf], "factor": priors.HalfCauchy(1.0)},
    ),
    "both, with a relative factor": (
        {"sd": priors.HalfNormal(2.0)},
        {
            "sd": [np.inf, 0.5, 2.0, 1.0],
            "factor": priors.HalfCauchy(1.0),
            "relative_to_noise": True,
        },
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
SCALE_DENSITIES: dict[type, Callable[[Any], LogDensity]] = {
    priors.HalfNormal: lambda p: half_normal(p.sd),
    priors.HalfCauchy: lambda p: half_cauchy(p.scale),
    priors.HalfStudentT: lambda p: half_t(p.df, p.scale),
    priors.Exponential: lambda p: exponential(p.mean),
    priors.InverseGamma: lambda p: inverse_gamma(p.shape, p.scale),
    priors.FlatScale: lambda _: flat,
    priors.FlatLogScale: lambda _: flat_in_the_logarithm,
}


def points(model: LinearModel, n: int = 5) -> np.ndarray:
    """Return random parameter vectors, on the scale of the data."""
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
    """Return the intercept, the coefficients and all scales, known or not."""
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
            sds = np.ones(len(coef)) if prior.sds is None else prior.sds
            kept = sds < np.inf
            cov = prior.cov if prior.cov is not None else np.diag(sds[kept] ** 2)
            unit = scales["noise_sd"] if prior.relative_to_noise else 1.0
            unit *= 1.0 if prior.sd is None else scales["prior_sd"]
            normal = stats.multivariate_normal(mean[kept], cov * unit**2)
            expected = normal.logpdf(coef[kept])
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
    # central differences of a quadratic density, which has known scales, are exact
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
    with pytest.raises(ValueError, match=r"this needs the rows of .*: use that$"):
        again.require_rows("this", "use that")
    assert "20 rows, 4 features" in repr(again)


def test_of_is_the_constructor() -> None:
    rng = np.random.default_rng(8)
    X, y, weights = rng.standard_normal((9, 2)), rng.standard_normal(9), np.ones(9)
    options: dict[str, Any] = {
        "likelihood": likelihoods.Normal(1.3),
        "prior": priors.Normal(0.7),
        "intercept": False,
        "weights": weights,
        "feature_names": ["u", "v"],
    }
    model, other = LinearModel(X, y, **options), LinearModel.of(X, y, **options)
    for name in ("X", "y", "weights"):
        np.testing.assert_array_equal(getattr(other, name), getattr(model, name))
    assert other.parameter_names == model.parameter_names == ("u", "v")
    assert other.likelihood is options["likelihood"]
    assert other.prior is options["prior"]
    assert other.log_posterior(np.ones(2)) == model.log_posterior(np.ones(2))


@pytest.mark.parametrize("reduced_before", [True, False])
def test_a_changed_model_shares_rows_and_statistics(
    monkeypatch: pytest.MonkeyPatch, reduced_before: bool
) -> None:
    """However often the model is changed, its rows are reduced once."""
    reduce, reductions = SufficientStatistics.reduce, []

    def counted(*args: Any) -> SufficientStatistics:
        reductions.append(args)
        return reduce(*args)

    monkeypatch.setattr(SufficientStatistics, "reduce", counted)
    model = random_problem(6, 20, 3)
    if reduced_before:
        assert model.statistics.n_rows == 20
    wider = replace(model, prior=priors.Normal(30.0))
    without = replace(wider, intercept=False, likelihood=likelihoods.Normal(2.0))
    assert without.data is wider.data is model.data
    assert without.statistics is wider.statistics is model.statistics
    assert len(reductions) == 1


def test_a_changed_model_has_its_own_density() -> None:
    model = random_problem(6, 20, 3)
    point = np.array([0.2, 1.0, -0.5, 0.3])
    before = model.log_prior(point), model.propriety
    wider = replace(model, prior=priors.Normal(30.0))
    expected = stats.norm.logpdf(point[1:], 0, 30.0).sum()
    assert wider.log_prior(point) == pytest.approx(expected, rel=1e-12)
    assert wider.log_likelihood(point) == model.log_likelihood(point)
    assert wider.propriety is not model.propriety
    assert (model.log_prior(point), model.propriety) == before
    assert replace(model, intercept=False).parameter_names == ("x0", "x1", "x2")
    absolute = replace(model, likelihood=likelihoods.Laplace(1.5))
    residuals = model.rows("the test")[1] - point[0] - model.X @ point[1:]
    expected = stats.laplace.logpdf(residuals, 0, 1.5).sum()
    assert absolute.log_likelihood(point) == pytest.approx(expected, rel=1e-12)


def test_a_likelihood_of_another_kind_of_y_is_refused() -> None:
    X, prior = RNG.standard_normal((6, 2)), priors.Normal(1.0)
    kinds = {
        "numbers": (np.arange(6.0), likelihoods.Normal(1.0)),
        "two classes": (list("ababab"), likelihoods.Bernoulli()),
        "classes": (list("abcabc"), likelihoods.Categorical()),
    }
    models = {
        kind: LinearModel(X, y, likelihood=likelihood, prior=prior)
        for kind, (y, likelihood) in kinds.items()
    }
    for kind, model in models.items():
        for other in models.values():
            if other is model:
                continue
            with pytest.raises(
                ValueError,
                match=f"must be of the kind of these rows, whose y holds {kind}; got",
            ):
                replace(model, likelihood=other.likelihood)
    gone = LinearModel.from_statistics(
        models["numbers"].statistics, likelihood=likelihoods.Normal(1.0), prior=prior
    )
    with pytest.raises(ValueError, match=r"must be likelihoods.Normal\(sd\) without"):
        replace(gone, likelihood=likelihoods.Laplace(1.0))


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
    names = [field.name for field in fields(model)]
    assert names == ["data", "likelihood", "prior", "intercept", "origin"]
    for name in (*names, "X", "penalty", "a_new_name"):
        with pytest.raises(FrozenInstanceError):
            setattr(model, name, None)
    with pytest.raises(FrozenInstanceError):
        del model.prior


def test_penalty_is_refused_if_the_prior_is_no_ridge_penalty() -> None:
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


def test_rows_and_data_are_not_taken_together() -> None:
    model = random_problem(1, 8, 2)
    terms: Any = {"likelihood": model.likelihood, "prior": model.prior}
    assert LinearModel(data=model.data, **terms).data is model.data
    refused: list[Any] = [{"X": model.X}, {"y": model.y}, {"weights": np.ones(8)}]
    for more in refused:
        with pytest.raises(ValueError, match="data takes the place of X, y, weights"):
            LinearModel(data=model.data, **more, **terms)
