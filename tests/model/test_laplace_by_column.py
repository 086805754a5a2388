"""A Laplace scale for each column: statement, search, fits and refusals.

The oracles are the conditions of optimality of each loss (Karush, Kuhn and Tucker), a
linear programme, coordinate descent, and quadrature.
"""

from dataclasses import replace
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytensor.compile.mode import Mode
from scipy import integrate, optimize, stats

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    choose_penalty,
    compare,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_mcmc,
    fit_penalised,
    likelihoods,
    load,
    partitions,
    penalty_in,
    prior_predictive,
    priors,
    pymc_program,
)
from bayes_l2.model.description import assumptions
from tests.fits.search.test_fast_density import largest_errors

RNG = np.random.default_rng(11)
N, NAMES = 50, ("age", "bmi", "dose", "sex")
X = pd.DataFrame(
    RNG.standard_normal((N, 4)) * [1.0, 2.0, 0.5, 1.0] + [5.0, 0.0, -2.0, 0.0],
    columns=list(NAMES),
)
LINE = (X - X.mean()).to_numpy() @ [0.6, -0.3, 0.0, 0.5]
WEIGHTS = RNG.uniform(0.5, 2.0, N)
NOISE_SD, NOISE_SCALE = 1.3, 0.9
LIKELIHOODS: dict[str, Any] = {
    "normal": likelihoods.Normal(NOISE_SD),
    "laplace": likelihoods.Laplace(NOISE_SCALE),
    "bernoulli": likelihoods.Bernoulli(),
    "categorical": likelihoods.Categorical(),
    "poisson": likelihoods.Poisson(),
}
Y: dict[str, Any] = {
    "normal": LINE + NOISE_SD * RNG.standard_normal(N),
    "laplace": LINE + RNG.laplace(size=N),
    "bernoulli": np.where(LINE + RNG.logistic(size=N) > 0, "yes", "no"),
    "categorical": np.array(["a", "b", "c"])[
        np.argmax(np.outer(LINE, [1, 0, -1]) + RNG.gumbel(size=(N, 3)), axis=1)
    ],
    "poisson": RNG.poisson(np.exp(LINE)),
}
SCALES = {
    "unlike": (0.2, 0.05, 0.3, 1.0),
    "flat": (0.1, inf, 0.05, 0.3),
    "two flat": (inf, 0.05, 0.2, inf),
    "far apart": (1e-4, 0.05, 1e4, inf),
}
SMOOTH = ("normal", "bernoulli", "categorical", "poisson")
over_scales = pytest.mark.parametrize("scales", SCALES.values(), ids=list(SCALES))


def model_of(likelihood: str, scale: Any, **options: Any) -> LinearModel:
    return LinearModel(
        options.pop("X", X),
        options.pop("y", Y[likelihood]),
        likelihood=LIKELIHOODS[likelihood],
        prior=priors.Laplace(scale),
        **options,
    )


def slopes_of_loss(likelihood: str, eta: np.ndarray) -> np.ndarray:
    """Return the derivatives of each row's loss by its predictors, shape (n, K)."""
    y = Y[likelihood]
    if likelihood == "normal":
        return (eta - y[:, np.newaxis]) / NOISE_SD**2
    if likelihood == "bernoulli":
        return 1 / (1 + np.exp(-eta)) - (y == "yes")[:, np.newaxis]
    if likelihood == "poisson":
        return np.exp(eta) - y[:, np.newaxis]
    odds = np.exp(eta)
    return odds / odds.sum(axis=1, keepdims=True) - (
        y[:, np.newaxis] == ["a", "b", "c"]
    )


@over_scales
@pytest.mark.parametrize("likelihood", SMOOTH)
@pytest.mark.parametrize(("weights", "intercept"), [(None, True), (WEIGHTS, False)])
def test_the_map_meets_the_conditions_of_optimality(
    likelihood: str, scales: Any, weights: Any, intercept: bool
) -> None:
    """The slope of the loss is that of the penalty, or between its bounds at 0."""
    model = model_of(likelihood, scales, weights=weights, intercept=intercept)
    found = fit_map(model)
    assert found.converged
    coef = np.atleast_2d(found.coef)
    eta = np.atleast_1d(found.intercept) + X.to_numpy() @ coef.T
    row_weights = np.ones((N, 1)) if weights is None else weights[:, np.newaxis]
    by_row = row_weights * slopes_of_loss(likelihood, eta)
    if intercept:
        np.testing.assert_allclose(by_row.sum(axis=0), 0, atol=1e-8 * N)
    # in units of the slope of the penalty, or of 1
    slopes = by_row.T @ X.to_numpy()
    bounds = np.broadcast_to(1 / np.array(scales), coef.shape)
    unit = np.maximum(bounds, 1.0)
    moved = coef != 0
    left = (slopes + np.sign(coef) * bounds) / unit
    np.testing.assert_allclose(left[moved], 0, atol=1e-7)
    assert np.all(np.abs(slopes[~moved]) <= bounds[~moved] * (1 + 1e-9))
    assert moved[:, np.isinf(scales)].all()
    if likelihood == "categorical":
        flat_sums = coef[:, np.isinf(scales)].sum(axis=0)
        np.testing.assert_allclose(flat_sums, 0, atol=1e-12)


@over_scales
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_absolute_deviations_are_the_linear_programme(
    scales: Any, weights: Any
) -> None:
    """Each absolute value is p + q with p - q its argument, and p, q >= 0."""
    found = fit_map(model_of("laplace", scales, weights=weights))
    row_weights = np.ones(N) if weights is None else weights
    kappa = 1 / np.array(scales)
    costs = np.concatenate([[0.0], kappa, kappa, *2 * [row_weights / NOISE_SCALE]])
    columns = X.to_numpy()
    rows = np.hstack([np.ones((N, 1)), columns, -columns, np.eye(N), -np.eye(N)])
    bounds = [(None, None)] + [(0, None)] * (len(costs) - 1)
    best = optimize.linprog(costs, A_eq=rows, b_eq=Y["laplace"], bounds=bounds)
    residuals = Y["laplace"] - found.intercept - columns @ found.coef
    loss = row_weights @ np.abs(residuals) / NOISE_SCALE
    ours = loss + kappa @ np.abs(found.coef)
    assert ours == pytest.approx(best.fun, rel=1e-8)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_scales_of_columns_are_units_of_columns(likelihood: str) -> None:
    """Columns times their scales under one scale of 1 are the same model."""
    scales = np.array([0.2, 0.05, 0.4, 1.0])
    ours = fit_map(model_of(likelihood, scales))
    other = fit_map(model_of(likelihood, 1.0, X=X * scales))
    np.testing.assert_allclose(ours.coef, scales * other.coef, atol=1e-7)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_scales_sixteen_decades_apart(likelihood: str) -> None:
    """One holds its coefficient at 0, and the other does not hold its own at all."""
    found = fit_map(model_of(likelihood, [1e-8, 0.05, 1e8, 1.0]))
    assert found.converged
    assert np.abs(np.atleast_2d(found.coef)[:, 0]).max() < 1e-15
    without = fit_map(
        model_of(likelihood, [0.05, inf, 1.0], X=X[["bmi", "dose", "sex"]])
    )
    assert found.objective - without.objective == pytest.approx(
        (np.log(2e-8) + np.log(2e8)) * np.atleast_2d(found.coef).shape[0], abs=1e-4
    )


@pytest.mark.parametrize("equal", [[0.4] * 4, dict.fromkeys(NAMES, 0.4)])
def test_equal_scales_are_one_scale(equal: Any) -> None:
    model = model_of("normal", equal)
    assert model.prior == priors.Laplace(0.4)
    assert assumptions(model) == assumptions(model_of("normal", 0.4))
    converted = penalty_in(model, "Lasso").value
    assert converted == penalty_in(model_of("normal", 0.4), "Lasso").value


def test_a_dict_is_put_in_the_order_of_the_columns() -> None:
    scales = SCALES["flat"]
    by_name = dict(reversed(list(zip(NAMES, scales, strict=True))))
    model = model_of("normal", by_name)
    assert model.prior == model_of("normal", list(scales)).prior
    assert priors.Laplace(np.array(scales)).scale == scales
    renamed: Any = replace(model, prior=priors.Laplace(by_name | {"age": 2.0})).prior
    assert renamed.scale == (2.0, *scales[1:])
    hash(model.prior)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_densities_and_derivatives(likelihood: str) -> None:
    """The prior's density is SciPy's, a flat column has the density 1."""
    scales = SCALES["two flat"]
    model = model_of(likelihood, scales)
    point = np.random.default_rng(1).standard_normal(len(model.parameter_names))
    coef = model.split(point).coef
    expected = stats.laplace.logpdf(coef[:, 1:3], 0, scales[1:3]).sum()
    assert model.log_prior(point) == pytest.approx(expected, rel=1e-12)
    step = 1e-6
    differences: Any = [
        (model.log_posterior(point + step * e) - model.log_posterior(point - step * e))
        / (2 * step)
        for e in np.eye(len(point))
    ]
    gradient = model.gradient(point)
    size = max(1.0, np.abs(gradient).max())
    np.testing.assert_allclose(gradient, differences, atol=1e-6 * size)
    value, slope = largest_errors(model, 1.0)
    assert max(value, slope) < 1e-11


@pytest.mark.parametrize("scales", [SCALES["unlike"], SCALES["two flat"]])
@pytest.mark.parametrize("likelihood", ["normal", "categorical"])
@pytest.mark.usefixtures("interpreted")
def test_the_program_has_the_same_density(likelihood: str, scales: Any) -> None:
    model = model_of(likelihood, scales, intercept=False)
    mode = Mode(linker="py", optimizer="fast_compile").excluding("BlasOpt")
    log_density = pymc_program(model).compile_logp(mode=mode, jacobian=False)
    rng = np.random.default_rng(2)
    for _ in range(3):
        point = rng.standard_normal(len(model.parameter_names))
        coef = point
        if likelihood == "categorical" and inf not in scales:
            coef = point.reshape(3, 4)
        of_classes = likelihood == "categorical"
        name = "coef_free__" if of_classes and inf in scales else "coef"
        ours = model.log_posterior(point)
        assert float(log_density({name: coef})) == pytest.approx(ours, rel=1e-6)


def test_draws_are_those_of_quadrature() -> None:
    """Columns that are orthogonal have independent coefficients.

    A quantity has about 1 false alarm in 10^7: five Monte-Carlo standard errors.
    """
    columns = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]] * 5)
    y = columns @ [0.3, 0.7] + np.random.default_rng(4).standard_normal(20)
    model = LinearModel(
        columns,
        y,
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Laplace([0.1, inf]),
        intercept=False,
    )
    draws = fit_mcmc(model, draws=1000, tune=500, chains=2, seed=1)
    coef = draws["posterior"]["coef"].to_numpy().reshape(-1, 2)
    center = columns.T @ y / 20

    def density(b: float) -> float:
        return np.exp(-10 * (b - center[0]) ** 2 - abs(b) / 0.1)

    def moment(power: int) -> float:
        parts = [(-2.0, 0.0), (0.0, 2.0)]
        return sum(
            integrate.quad(lambda b: b**power * density(b), *part)[0] for part in parts
        )

    mean = moment(1) / moment(0)
    sd = np.sqrt(moment(2) / moment(0) - mean**2)
    for values, expected, spread in (
        (coef[:, 0], mean, sd),
        (coef[:, 1], center[1], 20**-0.5),
    ):
        error = spread / np.sqrt(500)  # of no more than four draws for one
        assert abs(values.mean() - expected) < 5 * error
        assert values.std() == pytest.approx(spread, rel=0.15)


def test_a_flat_column_that_separates_is_improper() -> None:
    separating = X.assign(age=np.where(Y["bernoulli"] == "yes", 1.0, -1.0))
    scales = dict.fromkeys(NAMES, 0.5) | {"age": inf}
    model = model_of("bernoulli", scales, X=separating)
    for fit in (fit_map, fit_mcmc):
        with pytest.raises(ValueError, match="plane"):
            fit(model)
    # beside a flat column it may separate: its own prior holds it
    penalised = model_of("bernoulli", scales | {"age": 0.5, "sex": inf}, X=separating)
    assert fit_map(penalised).converged


@pytest.mark.parametrize("likelihood", ["normal", "bernoulli", "categorical"])
def test_flat_columns_must_be_independent(likelihood: str) -> None:
    twice = X.assign(bmi=2 * X["age"] + 3)
    both = [inf, inf, 1.0, 1.0]
    with pytest.raises(ValueError, match=r"improper|do not determine"):
        fit_map(model_of(likelihood, both, X=twice))
    found = fit_map(model_of(likelihood, [inf, 1.0, 1.0, 1.0], X=twice))
    assert found.converged
    # the flat copy takes all, at no cost
    np.testing.assert_array_equal(np.atleast_2d(found.coef)[:, 1], 0)


@pytest.mark.parametrize("likelihood", ["bernoulli", "categorical", "poisson"])
def test_partitions_have_the_map_of_the_rows(likelihood: str, tmp_path: Path) -> None:
    y = Y[likelihood]
    codes = np.unique(y, return_inverse=True)[1] if y.dtype.kind == "U" else y
    X.assign(y=codes).to_parquet(tmp_path / "rows.parquet", row_group_size=20)
    terms: dict[str, Any] = {
        "likelihood": LIKELIHOODS[likelihood],
        "prior": priors.Laplace(dict(zip(NAMES, SCALES["flat"], strict=True))),
    }
    parts = partitions.ParquetPartitions(tmp_path / "rows.parquet", "y")
    ours = fit_map(LinearModel.from_partitions(parts, **terms))
    whole = fit_map(LinearModel(X, codes, **terms))
    assert ours.converged
    np.testing.assert_allclose(ours.coef, whole.coef, atol=1e-9)


def test_statistics_of_a_stream_are_enough() -> None:
    statistics = SufficientStatistics.from_rows(X, Y["normal"])
    model = LinearModel.from_statistics(
        statistics,
        likelihood=LIKELIHOODS["normal"],
        prior=priors.Laplace([1, inf, 1, 2]),
    )
    expected = fit_map(model_of("normal", [1, inf, 1, 2]))
    np.testing.assert_allclose(fit_map(model).coef, expected.coef, atol=1e-10)


def test_a_comparison_is_stored_with_its_scales(tmp_path: Path) -> None:
    comparison = compare(
        model_of("normal", SCALES["flat"]), routes=["penalised", "map"]
    )
    assert comparison.passed
    path = tmp_path / "comparison.nc"
    comparison.save(path)
    again = load(path)
    assert again.model.prior == comparison.model.prior
    assert again.to_dict() == comparison.to_dict()


def test_the_report_says_which_columns_are_flat() -> None:
    facts = assumptions(model_of("normal", SCALES["flat"]))
    assert facts["prior"] == (
        "b_j ~ Laplace(0, s_j), each s_j of its own: 0.05 to 0.3; flat for bmi"
    )
    assert facts["objective"].endswith("/ 2σ² + Σ|b_j| / s_j")
    text = repr(model_of("normal", SCALES["flat"]).prior)
    assert (
        text
        == "priors.Laplace(scale={'age': 0.1, 'bmi': inf, 'dose': 0.05, 'sex': 0.3})"
    )
    assert repr(priors.Laplace([0.5, inf])) == "priors.Laplace(scale=[0.5, inf])"
    assert len(repr(priors.Laplace(range(1, 10_000)))) < 250


@pytest.mark.slow
def test_draws_of_the_prior() -> None:
    """The mean absolute value is s; its error is s over the root of the draws."""
    scales = np.array(SCALES["unlike"])
    model = model_of("normal", scales, intercept=False)
    drawn = prior_predictive(model, draws=2000, seed=3)["prior"]["coef"].to_numpy()
    sizes = np.abs(drawn).reshape(-1, 4).mean(axis=0)
    np.testing.assert_allclose(sizes / scales, 1.0, atol=6 / np.sqrt(2000))


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda m: penalty_in(m, "Lasso"), "penalty_in needs one prior scale"),
        (choose_penalty, "Normal"),
        (fit_exact, "no exact posterior"),
        (fit_laplace, "kinks"),
        (lambda m: prior_predictive(replace(m, intercept=False)), "coef of bmi"),
        (
            lambda m: fit_penalised(replace(m, likelihood=LIKELIHOODS["laplace"])),
            "penalises every column",
        ),
    ],
)
def test_what_knows_no_flat_column_says_so(use: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        use(model_of("normal", SCALES["flat"]))
    assert "\n" not in str(caught.value)


BAD: dict[str, tuple[Any, str]] = {
    "zero": (
        [1.0, 0.0],
        r"prior scale of column 1 \(counting from 0\) must be positive",
    ),
    "negative": ({"age": -1.0}, "prior scale of 'age' must be positive"),
    "nan": ([1.0, nan], "positive and finite, got nan"),
    "minus infinity": ([1.0, -inf], "positive and finite, got -inf"),
    "too small": ([1.0, 1e-200], "between 1e-150 and 1e"),
    "a text": ([1.0, "a"], "must be one positive number, got 'a'"),
    "a flag": ([1.0, True], "must be one positive number, got True"),
    "nested": ([[1.0, 2.0]], "must be one positive number"),
    "a matrix": (np.ones((2, 2)), "must be one positive number"),
    "nothing": ([], "a number for each column, got none"),
    "no name": ({}, "a number for each column, got none"),
    "all flat": ([inf, inf], r"use priors.Flat\(\)"),
    "flat by name": ({"age": inf}, r"use priors.Flat\(\)"),
    "a series": (pd.Series([1.0, 2.0]), r"to_list\(\) or its to_dict\(\)"),
    "twice": ({1: 1.0, "1": 2.0}, "name each column once"),
    "a set": ({1.0, 2.0}, "must be one positive number"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_scales_are_refused_in_one_line(name: str) -> None:
    value, words = BAD[name]
    with pytest.raises(ValueError, match=words) as caught:
        priors.Laplace(value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        ([1.0, 2.0], "for the 4 columns of X, got one for 2"),
        ({"age": 1.0, "bmi": 2.0, "sex": 1.0}, "missing: dose; unknown: none"),
        (dict.fromkeys((*NAMES, "Age"), 1.0), "missing: none; unknown: Age"),
        ({"x0": 1.0}, "missing: age, bmi, dose, sex; unknown: x0"),
    ],
)
def test_scales_of_other_columns_are_refused(scale: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model_of("normal", scale)
