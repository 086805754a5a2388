"""A Normal prior with an sd for each column: what it says, and what it refuses."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import (
    LinearModel,
    fit_exact,
    fit_laplace,
    fit_map,
    likelihoods,
    penalty_in,
    prior_predictive,
    priors,
)
from bayes_l2.model.description import assumptions

INF = np.inf
RNG = np.random.default_rng(3)
X = pd.DataFrame(RNG.standard_normal((30, 3)), columns=["age", "bmi", "sex"])
Y = RNG.standard_normal(30)
HALF = priors.HalfCauchy(1.0)


def model(
    prior: priors.Prior, noise: Any = 1.0, X: Any = X, y: Any = Y, **options: Any
) -> LinearModel:
    return LinearModel(
        X, y, likelihood=likelihoods.Normal(noise), prior=prior, **options
    )


def sds_of(stated: LinearModel) -> Any:
    assert isinstance(stated.prior, priors.Normal)
    return stated.prior.sds


def test_sds_by_name_are_put_in_the_order_of_the_columns() -> None:
    by_name = model(priors.Normal({"sex": 3.0, "age": 0.5, "bmi": INF}))
    np.testing.assert_array_equal(sds_of(by_name), [0.5, INF, 3.0])
    by_place = model(priors.Normal([0.5, INF, 3.0]))
    np.testing.assert_array_equal(fit_exact(by_name).mean, fit_exact(by_place).mean)
    series = pd.Series([0.5, INF, 3.0]).to_numpy()
    np.testing.assert_array_equal(priors.Normal(series).sds, [0.5, INF, 3.0])


def test_equal_sds_are_the_prior_with_one_sd() -> None:
    one = model(priors.Normal(2.0, mean=0.5))
    for sd in ([2.0, 2.0, 2.0], {"age": 2.0, "sex": 2.0, "bmi": 2.0}):
        equal = model(priors.Normal(sd, mean=0.5))
        assert sds_of(equal) is None
        assert repr(equal.prior) == repr(one.prior)
        np.testing.assert_array_equal(fit_exact(equal).mean, fit_exact(one).mean)
    assert model(priors.Normal([1.0, 1.0, 1.0], factor=HALF)).prior.sd == HALF
    assert model(priors.Normal([1.0, 1.0, 1.0], factor=2.0)).penalty == 0.25


def test_a_known_factor_multiplies_the_sds() -> None:
    prior = priors.Normal([0.5, INF, 3.0], factor=2.0)
    np.testing.assert_array_equal(prior.sds, [1.0, INF, 6.0])
    assert prior.spread.is_known
    assert prior.spread.value == 1.0


NUMBERS = "must be positive and finite"
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "zero": ({"sd": [1.0, 0.0]}, "prior sd of column 1 .*positive and finite, got 0.0"),
    "negative": ({"sd": {"age": -1.0}}, "prior sd of 'age' .*, got -1.0"),
    "nan": ({"sd": [1.0, np.nan]}, "column 1 .*positive and finite, got nan"),
    "minus infinity": ({"sd": [1.0, -INF]}, "positive and finite, got -inf"),
    "text": ({"sd": [1.0, "2"]}, "must be one positive number, got '2'"),
    "a table": ({"sd": np.ones((2, 2))}, "must be one positive number"),
    "none": ({"sd": []}, "must have a number for each column, got none"),
    "all infinite": ({"sd": [INF, INF]}, r"finite for at least one.*priors.Flat\(\)"),
    "one infinite": ({"sd": INF}, NUMBERS),
    "sd and cov": ({"sd": [1.0, 2.0], "cov": np.eye(2)}, "either sd or cov, got both"),
    "mean of another size": (
        {"sd": [1.0, 2.0], "mean": [1.0, 2.0, 3.0]},
        "prior mean and sd must have one size, got 3 and 2",
    ),
    "factor without sd": ({"factor": HALF}, "either sd or cov, got neither"),
    "factor beside cov": (
        {"cov": np.eye(2), "factor": HALF},
        "factor multiplies a prior sd for each column, .* got it beside cov",
    ),
    "factor beside one sd": (
        {"sd": 2.0, "factor": HALF},
        "factor multiplies a prior sd for each column, .* got it beside 2.0",
    ),
    "factor beside an unknown sd": (
        {"sd": HALF, "factor": 2.0},
        "got it beside priors.HalfCauchy",
    ),
    "factor is text": (
        {"sd": [1.0, 2.0], "factor": "x"},
        "factor must be one positive number, got 'x', or a prior on it",
    ),
    "factor is negative": (
        {"sd": [1.0, 2.0], "factor": -1.0},
        "factor must be positive and finite, got -1.0",
    ),
    "a product beyond numbers": (
        {"sd": [1.0, 1e-149], "factor": 1e-10},
        "factor times prior sd must be between",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_arguments_have_one_clear_message(name: str) -> None:
    arguments, message = REFUSED[name]
    with pytest.raises(ValueError, match=message) as caught:
        priors.Normal(**arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("sd", "message"),
    [
        ([1.0, 2.0], "the prior must be for the 3 columns of X, got one for 2"),
        ({"age": 1.0, "bmi": 2.0}, "missing: sex; unknown: none"),
        (
            {"age": 1.0, "bmi": 2.0, "sex": 1.0, "x": 2.0},
            "prior sd must name every column of X once; missing: none; unknown: x",
        ),
    ],
)
def test_sds_that_do_not_fit_the_columns_are_refused(sd: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        model(priors.Normal(sd))


def test_the_prior_says_what_it_is() -> None:
    known = priors.Normal({"age": 0.5, "bmi": INF, "sex": 2.0})
    assert repr(known) == "priors.Normal(sd={'age': 0.5, 'bmi': inf, 'sex': 2})"
    factor = priors.Normal([0.5, INF], factor=HALF, relative_to_noise=True)
    assert repr(factor) == (
        "priors.Normal(sd=[0.5, inf], factor=priors.HalfCauchy(scale=1), "
        "relative_to_noise=True)"
    )
    facts = assumptions(model(known))
    assert facts["prior"] == (
        "b_j ~ Normal(0, s_j²), each s_j of its own: 0.5 to 2; flat for bmi"
    )
    assert facts["objective"] == "||y - a - Xb||² / σ² + Σ b_j² / s_j²"
    assert facts["penalty"] is None
    assert facts["prior_sd"] is None
    unknown = assumptions(model(priors.Normal([0.5, 1.0, INF], factor=HALF)))
    assert unknown["prior"] == (
        "b_j ~ Normal(0, τ² s_j²), each s_j of its own: 0.5 to 1; flat for sex"
    )
    assert unknown["objective"] == "||y - a - Xb||² / σ² + Σ b_j² / (τ² s_j²)"
    assert unknown["prior_sd"] == "priors.HalfCauchy(scale=1)"


def test_there_is_no_single_penalty() -> None:
    known = model(priors.Normal([0.5, INF, 2.0]))
    with pytest.raises(ValueError, match="which is no multiple of"):
        _ = known.penalty
    with pytest.raises(ValueError, match="which is no multiple of"):
        penalty_in(known, "Ridge")
    factor = model(priors.Normal([0.5, INF, 2.0], factor=HALF), HALF)
    assert not factor.has_random_penalty
    assert factor.parameter_names[-2:] == ("noise_sd", "prior_sd")


def test_the_prior_predictive_names_the_flat_columns() -> None:
    flat = model(priors.Normal([0.5, INF, 2.0]), intercept=False)
    with pytest.raises(ValueError, match=r"coef of bmi has a flat one"):
        prior_predictive(flat)


# a proper model of n rows, and the same with a row less, which is improper
TABLE = RNG.standard_normal((9, 4))
ROWS = {
    # n' = n - 1 - 2 > 1 under FlatScale
    "noise": (priors.FlatScale(), {}, 5, "improper at large noise_sd"),
    # r = min(2, n - 1 - 2) > 1 under FlatScale of the factor
    "factor": (1.0, {"factor": priors.FlatScale()}, 5, "improper at large prior_sd"),
}


@pytest.mark.parametrize("name", ROWS)
def test_flat_columns_take_rows_as_the_intercept_does(name: str) -> None:
    noise, options, n, message = ROWS[name]
    prior = priors.Normal([INF, 1.0, INF, 2.0], **options)
    fit_exact(model(prior, noise, TABLE[:n], Y[:n]))
    with pytest.raises(ValueError, match=message):
        fit_exact(model(prior, noise, TABLE[: n - 1], Y[: n - 1]))


def test_a_perfect_fit_by_flat_columns_and_the_prior_mean_is_improper() -> None:
    y = 3.0 * TABLE[:, 0] - TABLE[:, 2] + 2.0 * TABLE[:, 1] + 1.0
    for mean, fits in ((2.0, True), (1.0, False)):
        prior = priors.Normal(
            [INF, 1.0, INF, 2.0], mean=[5, mean, 0, 0], relative_to_noise=True
        )
        stated = model(prior, priors.HalfNormal(1.0), TABLE, y)
        assert stated.propriety.prior_mean_fits == fits
        if fits:
            with pytest.raises(ValueError, match="the prior mean or the columns fit y"):
                fit_exact(stated)
        else:
            fit_exact(stated)


UNDETERMINED = {
    "collinear flat columns": (np.column_stack([X["age"], X["bmi"], 2 * X["age"]])),
    "a constant flat column": (np.column_stack([X["age"], X["bmi"], np.ones(30)])),
}


@pytest.mark.parametrize("name", UNDETERMINED)
@pytest.mark.parametrize("noise", [1.0, priors.HalfNormal(1.0)], ids=["known", "un"])
def test_flat_columns_have_to_be_determined(name: str, noise: Any) -> None:
    columns, prior = UNDETERMINED[name], priors.Normal([INF, 2.0, INF])
    stated = model(prior, noise, columns)
    for route in (fit_exact, fit_map, fit_laplace)[: 3 if noise == 1.0 else 2]:
        with pytest.raises(ValueError, match="do not determine the coefficient"):
            route(stated)
    # a proper prior on one of the two is enough
    fit_exact(model(priors.Normal([INF, 1.0, 2.0]), noise, columns))


def test_flat_columns_that_part_the_classes_are_improper() -> None:
    y = np.where(X["bmi"] + 0.5 * X["sex"] > 0, "yes", "no")
    for separating, proper in (([1.0, INF, INF], [INF, 1.0, INF]),):
        bernoulli = likelihoods.Bernoulli()
        stated = LinearModel(
            X, y, likelihood=bernoulli, prior=priors.Normal(separating)
        )
        for route in (fit_map, fit_laplace):
            with pytest.raises(ValueError, match="the likelihood grows without end"):
                route(stated)
        assert (
            fit_laplace(
                LinearModel(X, y, likelihood=bernoulli, prior=priors.Normal(proper))
            ).log_evidence
            < 0
        )


def test_statistics_are_enough() -> None:
    prior = priors.Normal({"age": 0.5, "bmi": INF, "sex": 2.0})
    rows = model(prior, priors.HalfNormal(1.0))
    alone = LinearModel.from_statistics(
        rows.statistics, likelihood=rows.likelihood, prior=prior
    )
    np.testing.assert_allclose(fit_exact(alone).mean, fit_exact(rows).mean, rtol=1e-10)
