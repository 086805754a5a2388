"""Bad input gives one error, with the argument, the value and the allowed values."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_array

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    SufficientStatistics,
    compare,
    fit_exact,
    fit_map,
    fit_mcmc,
    fit_ridge,
    likelihoods,
    priors,
)
from tests.bad_input.three_rows import X, Y, build


def changed(value: float) -> np.ndarray:
    array = X.copy()
    array[1, 0] = value
    return array


wrong: dict[str, Any] = {
    "nutpie": "nutpie",
    "stan": "stan",
    "a fraction": 10.5,
    "a number": [7],
}
BAD_MODELS = {
    "NaN": ({"X": changed(np.nan)}, r"X must be finite, got nan in row 1, column 0"),
    "infinity": (
        {"X": changed(-np.inf)},
        r"X must be finite, got -inf in row 1, column 0",
    ),
    "NaN in a data frame": (
        {"X": pd.DataFrame(changed(np.nan), columns=["age", "bmi"])},
        r"X must be finite, got nan in row 1, column 'age'",
    ),
    "text in X": (
        {"X": [["a", 1], ["b", 2], ["c", 3]]},
        r"X must hold numbers, got the text 'a' in row 0, column 0",
    ),
    "text in a data frame": (
        {"X": pd.DataFrame({"age": [1, 2, 3], "sex": ["m", "f", "m"]})},
        r"X must hold numbers, got the text 'm' in row 0, column 'sex'",
    ),
    "text in polars": (
        {"X": pl.DataFrame({"age": [1, 2, 3], "sex": ["m", "f", "m"]})},
        r"X must hold numbers, got the text 'm' in row 0, column 'sex'",
    ),
    "missing in a data frame": (
        {"X": pd.DataFrame({"age": [1, 2, None], "one": [1, 1, 1]})},
        r"X must be finite, got nan in row 2, column 'age'",
    ),
    "complex": (
        {"X": X + 1j},
        r"X must hold real numbers, got values of type complex128",
    ),
    "sparse": ({"X": csr_array(X)}, r"X must be dense, got a sparse csr_array"),
    "ragged": (
        {"X": [[1, 2], [3]], "y": [1, 2]},
        r"X must hold numbers in rows of one length, got rows of several",
    ),
    "ragged y": (
        {"y": [[1, 2], [3], [4]]},
        r"y must hold numbers in rows of one length",
    ),
    "masked": ({"X": np.ma.masked_less(X, 2)}, r"X must not be a masked array"),
    "dates": (
        {"X": pd.DataFrame({"t": pd.to_datetime(["2026-01-01"] * 3)})},
        r"X must hold real numbers, got values of",
    ),
    "objects": (
        {"X": [[{}, 1], [{}, 2], [{}, 3]]},
        r"X must hold numbers: float\(\) argument",
    ),
    "intercept": ({"intercept": "no"}, r"intercept must be True or False, got 'no'"),
    "one text for names": (
        {"feature_names": "ab"},
        r"feature_names must be a list of names in order, got 'ab'",
    ),
    "no names": (
        {"feature_names": []},
        r"one name for each of the 2 columns of X, got 0",
    ),
    "another Normal": (
        {"likelihood": priors.Normal(1.0)},
        r"got priors.Normal\(sd=1\)",
    ),
    "X of one dimension": (
        {"X": [1.0, 2.0, 3.0]},
        r"X must have two dimensions.*got 1",
    ),
    "no rows": (
        {"X": np.zeros((0, 2)), "y": []},
        r"X must have at least one row and one column, got shape \(0, 2\)",
    ),
    "no columns": (
        {"X": np.zeros((3, 0))},
        r"X must have at least one row and one column, got shape \(3, 0\)",
    ),
    "lengths": ({"y": [1.0, 2.0]}, r"y must have 3 entries, got 2"),
    "y of two dimensions": (
        {"y": np.column_stack([Y, Y])},
        r"y must have one dimension, got 2 with shape \(3, 2\)",
    ),
    "text in y": (
        {"y": ["a", "b", "c"]},
        r"y must hold numbers, got the text 'a' in row 0",
    ),
    "NaN in y": ({"y": [1.0, np.nan, 2.0]}, r"y must be finite, got nan in row 1"),
    "negative weight": (
        {"weights": [1, -1, 1]},
        r"weights must not be negative, got -1.0 in row 1",
    ),
    "zero weights": ({"weights": [0, 0, 0]}, r"weights must not all be zero"),
    "weights' length": ({"weights": [1, 1]}, r"weights must have 3 entries, got 2"),
    "NaN weight": (
        {"weights": [1, np.nan, 1]},
        r"weights must be finite, got nan in row 1",
    ),
    "column twice": (
        {"X": pd.DataFrame(X, columns=["age", "age"])},
        r"column names must be unique, got 'age' more than once",
    ),
    "a column called intercept": (
        {"X": pd.DataFrame(X, columns=["age", "intercept"])},
        r"the column name 'intercept' is taken by the model",
    ),
    "number of names": (
        {"feature_names": ["a"]},
        r"one name for each of the 2 columns of X, got 1",
    ),
    "likelihood": (
        {"likelihood": 1.0},
        r"likelihood must be likelihoods.Normal\(sd\), .* or Categorical\(\), got 1.0",
    ),
    "prior": (
        {"prior": 7.29},
        r"prior must be priors.Normal\(...\), .* or Flat\(\), got 7.29",
    ),
    "prior's size": (
        {"prior": priors.Normal(cov=np.eye(3))},
        r"the prior must be for the 2 columns of X, got one for 3",
    ),
    "prior mean's size": (
        {"prior": priors.Normal(1.0, mean=[0, 0, 0])},
        r"for the 2 columns of X, got one for 3",
    ),
}


@pytest.mark.parametrize("case", BAD_MODELS)
def test_a_bad_model_is_refused(case: str) -> None:
    changes, message = BAD_MODELS[case]
    with pytest.raises(ValueError, match=message) as error:
        build(**changes)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("sd", [0.0, -1.0, np.inf, np.nan])
def test_a_scale_is_positive_and_finite(sd: float) -> None:
    with pytest.raises(
        ValueError, match=f"noise sd must be positive and finite, got {sd}"
    ):
        likelihoods.Normal(sd)
    with pytest.raises(
        ValueError, match=f"prior sd must be positive and finite, got {sd}"
    ):
        priors.Normal(sd)


@pytest.mark.parametrize("sd", ["1", True, [1.0, 2.0], None])
def test_a_scale_is_one_number(sd: Any) -> None:
    with pytest.raises(ValueError, match="noise sd must be one positive number, got"):
        likelihoods.Normal(sd)


BAD_PRIORS = {
    "neither": ({}, "needs either sd or cov, got neither"),
    "both": ({"sd": 1.0, "cov": np.eye(2)}, "needs either sd or cov, got both"),
    "not square": (
        {"cov": np.ones((2, 3))},
        r"prior cov must be a square matrix, got shape \(2, 3\)",
    ),
    "not symmetric": (
        {"cov": [[1.0, 0.5], [0.1, 1.0]]},
        "prior cov must be symmetric, got entries that differ by 0.4",
    ),
    "not positive definite": (
        {"cov": [[1.0, 2.0], [2.0, 1.0]]},
        "prior cov must be positive definite, got a smallest eigenvalue of -1",
    ),
    "NaN": (
        {"cov": [[1.0, np.nan], [np.nan, 1.0]]},
        "prior cov must be finite, got nan in row 0, column 1",
    ),
    "mean and cov": (
        {"mean": [0.0, 0.0, 0.0], "cov": np.eye(2)},
        "prior mean and cov must have one size, got 3 and 2",
    ),
    "mean": (
        {"sd": 1.0, "mean": [np.inf, 0.0]},
        "prior mean must be finite, got inf in row 0",
    ),
    "relative to what": (
        {"sd": 1.0, "relative_to_noise": "yes"},
        "relative_to_noise must be True or False, got 'yes'",
    ),
    "a prior on coefficients for a scale": (
        {"sd": priors.Flat()},
        r"prior sd must be one positive number, got priors.Flat\(\), "
        r"or a prior on it such as priors.HalfNormal\(50\)",
    ),
    "a class for a scale": (
        {"sd": priors.HalfNormal},
        "prior sd must be one positive number, got <class",
    ),
    "matrix mean": (
        {"sd": 1.0, "mean": np.eye(2)},
        "prior mean must have one dimension, got 2",
    ),
}


@pytest.mark.parametrize("case", BAD_PRIORS)
def test_a_bad_prior_is_refused(case: str) -> None:
    arguments, message = BAD_PRIORS[case]
    with pytest.raises(ValueError, match=message):
        priors.Normal(**arguments)


def test_an_improper_posterior_is_refused_with_the_column_named() -> None:
    duplicate = pd.DataFrame({"a": [1.0, 2.0, 4.0, 3.0], "b": [1.0, 2.0, 4.0, 3.0]})
    constant = pd.DataFrame({"a": [1.0, 2.0, 4.0, 3.0], "c": [0.1, 0.1, 0.1, 0.1]})
    few = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 5.0]})
    for frame, column in ((duplicate, "b"), (constant, "c"), (few, "b")):
        with pytest.raises(
            ValueError, match=f"do not determine the coefficient of column '{column}'"
        ):
            fit_exact(build(X=frame, y=np.arange(len(frame)), prior=priors.Flat()))


@pytest.mark.parametrize("n", [100, 1000, 100_000])
def test_the_dummy_variable_trap_is_refused(n: int) -> None:
    """All levels of a factor beside an intercept, for more and more rows.

    The rounding of the QR grows with the rows, so the bound on it has to grow too.
    """
    for seed in range(5):
        rng = np.random.default_rng(seed)
        levels = np.eye(5)[rng.integers(0, 5, n)]
        model = build(
            X=levels,
            y=levels @ np.arange(5) + rng.standard_normal(n),
            prior=priors.Flat(),
        )
        with pytest.raises(ValueError, match="do not determine the coefficient"):
            fit_exact(model)
        with pytest.raises(
            ValueError, match="the rows do not determine the coefficient of column"
        ):
            fit_mcmc(model, draws=10, tune=10)


def test_numbers_too_large_to_be_squared_are_refused_by_column() -> None:
    with pytest.raises(
        ValueError,
        match=r"column 'x1' of X must stay within ±1e\+151, got a size of \d",
    ):
        fit_exact(build(X=X * [1, 1e160]))
    with pytest.raises(
        ValueError, match=r"y must stay within ±1e\+151, got a size of \d"
    ):
        fit_exact(build(y=Y * 1e170))


def test_a_prior_keeps_its_own_numbers() -> None:
    mean, cov = np.zeros(2), np.eye(2)
    prior = priors.Normal(mean=mean, cov=cov)
    before = fit_exact(build(prior=prior)).coef
    mean[:], cov[:] = 50, 7
    np.testing.assert_array_equal(fit_exact(build(prior=prior)).coef, before)


def test_new_rows_must_have_the_columns_of_the_fit() -> None:
    posterior = GaussianPosterior.of(build(X=pd.DataFrame(X, columns=["age", "bmi"])))
    unknown = pd.DataFrame({"age": [1.0], "height": [2.0]})
    message = (
        "X must have the columns age, bmi, each once; missing: bmi; "
        "unknown or repeated: height"
    )
    with pytest.raises(ValueError, match=message):
        posterior.predict(unknown)
    with pytest.raises(ValueError, match=message):
        posterior.condition(unknown, [1.0])
    with pytest.raises(ValueError, match=r"X must have 2 columns \(age, bmi\), got 3"):
        posterior.predict(np.zeros((1, 3)))
    with pytest.raises(ValueError, match=r"X must have 2 columns \(age, bmi\), got 3"):
        posterior.condition(np.zeros((1, 3)), [1.0])
    with pytest.raises(
        ValueError, match="missing: none; unknown or repeated: bmi, bmi"
    ):
        posterior.predict(pd.DataFrame(np.zeros((1, 3)), columns=["age", "bmi", "bmi"]))
    with pytest.raises(
        ValueError,
        match="statistics must be of the columns age, bmi in this order, got bmi, age",
    ):
        posterior.condition_on_statistics(
            SufficientStatistics.from_rows(pd.DataFrame(X, columns=["bmi", "age"]), Y)
        )
    swapped = pd.DataFrame(X[:, ::-1], columns=["bmi", "age"])
    np.testing.assert_array_equal(posterior.predict(swapped), posterior.predict(X))


def test_distributions_refuse_unknown_names_and_bad_probabilities() -> None:
    posterior = GaussianPosterior.of(build(X=pd.DataFrame(X, columns=["age", "bmi"])))
    with pytest.raises(
        ValueError, match="names must be among intercept, age, bmi; got height"
    ):
        posterior.marginal("height")
    with pytest.raises(
        ValueError, match="names must be among intercept, age, bmi; got none"
    ):
        posterior.marginal([])
    with pytest.raises(
        ValueError, match="names must be among intercept, age, bmi; got 7"
    ):
        posterior.marginal(wrong["a number"])
    with pytest.raises(ValueError, match="probability must be between 0 and 1, got 95"):
        posterior.interval(95)
    with pytest.raises(
        ValueError,
        match=r"points must have 3 entries on the last axis, got shape \(2,\)",
    ):
        posterior.logpdf(np.zeros(2))


def test_bad_batches_are_refused_by_number() -> None:
    with pytest.raises(
        ValueError, match="batches must hold at least one batch, got none"
    ):
        SufficientStatistics.from_batches([])
    with pytest.raises(ValueError, match="batch 1: y must have 3 entries, got 2"):
        SufficientStatistics.from_batches([(X, Y), (X, Y[:2])])
    with pytest.raises(
        ValueError,
        match="batch 1: statistics must be of the columns x0, x1 in this order, got x0",
    ):
        SufficientStatistics.from_batches([(X, Y), (X[:, :1], Y)])


def test_routes_refuse_arguments_they_do_not_know() -> None:
    model = build()
    with pytest.raises(
        ValueError, match="engine must be one of scipy, pymc; got 'nutpie'"
    ):
        fit_map(model, engine=wrong["nutpie"])
    with pytest.raises(
        ValueError, match="max_iterations must be a whole number of at least 1, got 0"
    ):
        fit_map(model, max_iterations=0)
    with pytest.raises(
        ValueError, match="engine must be one of nutpie, pymc; got 'stan'"
    ):
        fit_mcmc(model, engine=wrong["stan"])
    with pytest.raises(
        ValueError, match=r"draws must be a whole number of at least 1, got 10.5"
    ):
        fit_mcmc(model, draws=wrong["a fraction"])
    with pytest.raises(
        ValueError, match="seed must be a whole number of at least 0, got -1"
    ):
        fit_mcmc(model, seed=-1)
    with pytest.raises(
        ValueError,
        match="routes must be one of penalised, map, exact, mcmc; got 'lasso'",
    ):
        compare(model, routes=["ridge", "lasso"])
    with pytest.raises(
        ValueError,
        match="routes must be a list with some of penalised, map, exact, mcmc; got "
        "'ridge'",
    ):
        compare(model, routes="ridge")
    with pytest.raises(
        ValueError, match="engine must be one of nutpie, pymc; got 'stan'"
    ):
        compare(model, engine=wrong["stan"])


def test_modes_refuse_unknown_densities() -> None:
    model = build(likelihood=likelihoods.Normal(priors.HalfNormal(1.0)))
    with pytest.raises(
        ValueError,
        match="density must be one of sd, log_sd, variance, marginal; got 'stan'",
    ):
        fit_map(model, density=wrong["stan"])
    with pytest.raises(
        ValueError,
        match="density must be 'sd' for the engine pymc where a scale is unknown, "
        "got 'marginal'",
    ):
        fit_map(model, engine="pymc", density="marginal")
    both = build(
        likelihood=likelihoods.Normal(priors.HalfNormal(1.0)),
        prior=priors.Normal(priors.InverseGamma(1, 1), relative_to_noise=True),
    )
    with pytest.raises(
        ValueError,
        match="density 'marginal' needs a known prior sd where it is relative",
    ):
        fit_map(both, density="marginal")


def test_a_random_penalty_is_no_number() -> None:
    for likelihood, prior, names in (
        (likelihoods.Normal(priors.HalfNormal(1.0)), priors.Normal(1.0), "noise_sd"),
        (likelihoods.Normal(1.0), priors.Normal(priors.HalfNormal(1.0)), "prior_sd"),
        (
            likelihoods.Normal(priors.HalfNormal(1.0)),
            priors.Normal(priors.HalfNormal(1.0)),
            "noise_sd and prior_sd",
        ),
    ):
        model = build(likelihood=likelihood, prior=prior)
        with pytest.raises(
            ValueError,
            match=f"the penalty is random: it depends on {names}; choose_penalty",
        ):
            _ = model.penalty
        with pytest.raises(ValueError, match="the penalty is random"):
            fit_ridge(model)
    relative = build(
        likelihood=likelihoods.Normal(priors.FlatScale()),
        prior=priors.Normal(0.5, relative_to_noise=True),
    )
    assert relative.penalty == 4.0


def test_unknown_scales_have_reserved_names_and_are_positive() -> None:
    likelihood = likelihoods.Normal(priors.HalfNormal(1.0))
    with pytest.raises(
        ValueError, match="the column name 'noise_sd' is taken by the model"
    ):
        build(X=pd.DataFrame(X, columns=["noise_sd", "b"]), likelihood=likelihood)
    assert build(X=pd.DataFrame(X, columns=["noise_sd", "b"])).feature_names == (
        "noise_sd",
        "b",
    )
    with pytest.raises(
        ValueError, match=r"the parameter noise_sd must be positive, got -1\.0"
    ):
        build(likelihood=likelihood).log_posterior(np.array([0.0, 0.0, 0.0, -1.0]))
    posterior = fit_exact(build(likelihood=likelihood))
    with pytest.raises(
        ValueError, match="names must be among intercept, x0, x1; got prior_sd"
    ):
        posterior.marginal("prior_sd")
    with pytest.raises(ValueError, match="probability must be between 0 and 1, got 95"):
        posterior.interval(95)
    with pytest.raises(
        ValueError, match="draws must be a whole number of at least 1, got 0"
    ):
        posterior.to_datatree(draws=0)


def test_a_quadrature_that_misses_its_tolerance_states_its_error() -> None:
    rng = np.random.default_rng(1)
    features = rng.standard_normal((500, 10))
    response = 1e6 * rng.standard_normal(500)
    # the prior contradicts the data: log densities of -1e12 have large rounding errors
    model = LinearModel(
        features,
        response,
        likelihood=likelihoods.Normal(priors.HalfNormal(1e-3)),
        prior=priors.Normal(priors.HalfNormal(1e-6)),
    )
    with pytest.raises(
        ArithmeticError,
        match=r"reached an error of \d.*, not the 1e-08 asked for; scale the columns",
    ):
        fit_exact(model)


def test_a_function_that_needs_rows_names_itself() -> None:
    model = build()
    gone = LinearModel.from_statistics(
        model.statistics, likelihood=model.likelihood, prior=model.prior
    )
    with pytest.raises(ValueError, match=r"^log_likelihood needs the rows"):
        fit_mcmc(gone, log_likelihood=True)
    with pytest.raises(ValueError, match=r"engine='pymc' needs .* engine='scipy'"):
        fit_map(gone, engine="pymc")
    assert fit_map(gone).coef == pytest.approx(fit_exact(gone).coef, rel=1e-12)


def test_an_improper_distribution_has_no_sd_and_no_draws() -> None:
    before = GaussianPosterior.before_data(build())
    with pytest.raises(
        ValueError, match="improper, flat in intercept: it has no covariance"
    ):
        _ = before.location.sd
    with pytest.raises(
        ValueError,
        match="predictions have no sd before any rows: the intercept's prior is flat",
    ):
        before.predict(X, return_sd=True)
    flat = GaussianPosterior.before_data(build(prior=priors.Flat(), intercept=False))
    with pytest.raises(ValueError, match="improper, flat in x0, x1"):
        flat.sample(1)
    assert repr(flat) == "GaussianPosterior(x0: 0 ± inf, x1: 0 ± inf)"


def test_a_posterior_before_data_is_the_prior() -> None:
    prior = GaussianPosterior.before_data(build(prior=priors.Normal(3.0, mean=1.0)))
    np.testing.assert_allclose(prior.sd, [np.inf, 3.0, 3.0])
    np.testing.assert_allclose(prior.marginal(["x0", "x1"]).sd, 3.0)
    np.testing.assert_allclose(prior.coef, 1.0)
