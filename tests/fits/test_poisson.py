"""Counts through every route: the statements that other likelihoods have no use for."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import (
    LinearModel,
    compare,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_penalised,
    likelihoods,
    penalty_in,
    priors,
)
from bayes_l2.cli.main import main
from bayes_l2.model.description import assumptions

POISSON = likelihoods.Poisson()


def counts(seed: int, n: int = 60, p: int = 3, **options: Any) -> LinearModel:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p))
    y = rng.poisson(np.exp(0.5 + X @ np.linspace(0.6, -0.4, p)))
    stated = {"likelihood": POISSON, "prior": priors.Normal(1.0)} | options
    return LinearModel(X, y, **stated)


@pytest.mark.parametrize("seed", range(40))
def test_flat_coefficients_of_rare_counts_are_judged_as_their_ridge_limit_is(
    seed: int,
) -> None:
    """Without a maximum the penalised coefficients grow as the penalty goes to 0."""
    rng = np.random.default_rng(seed)
    X = np.zeros((7, 2))
    while np.linalg.matrix_rank(np.column_stack([np.ones(7), X])) < 3:
        X = rng.integers(-1, 2, (7, 2)).astype(float)
    y = rng.poisson(0.5, 7)
    y[0] = 1
    flat = LinearModel(X, y, likelihood=POISSON, prior=priors.Flat())
    wide = [
        fit_map(LinearModel(X, y, likelihood=POISSON, prior=priors.Normal(sd)))
        for sd in (1e2, 1e4)
    ]
    grown = np.linalg.norm(wide[1].coef) > 1.01 * np.linalg.norm(wide[0].coef) + 0.01
    assert bool(flat.propriety.undetermined) == grown
    if not grown:
        np.testing.assert_allclose(fit_map(flat).coef, wide[1].coef, atol=1e-5)


def test_a_direction_that_lowers_zero_counts_alone_is_refused_by_every_route() -> None:
    x = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 2.0])[:, np.newaxis]
    y = np.array([1.0, 3.0, 2.0, 0.0, 0.0, 0.0])
    model = LinearModel(x, y, likelihood=POISSON, prior=priors.Flat())
    for route in (fit_map, fit_laplace, fit_penalised):
        with pytest.raises(ValueError, match="lowers only the rates of zero counts"):
            route(model)
    y[3] = 1.0
    found = fit_map(LinearModel(x, y, likelihood=POISSON, prior=priors.Flat()))
    assert found.converged


def test_the_average_over_the_laplace_approximation_is_that_of_its_draws() -> None:
    """Means of 200 000 log-normal draws, within 5 standard errors: 3e-6 for 5 rows."""
    laplace = fit_laplace(counts(1, n=12))
    X = np.random.default_rng(9).standard_normal((5, 3))
    draws = laplace.sample(np.random.default_rng(2), 200_000)
    rates = np.exp(draws[:, :1] + draws[:, 1:] @ X.T)
    errors = rates.std(axis=0) / np.sqrt(len(rates))
    assert np.all(np.abs(laplace.predict(X) - rates.mean(axis=0)) < 5 * errors)
    # it is not the rate at the mode
    assert np.all(laplace.predict(X) > np.exp(laplace.intercept + X @ laplace.coef))


def test_large_counts_converge() -> None:
    model = counts(3)
    assert model.y is not None
    large = LinearModel(
        model.X, 1e6 * model.y, likelihood=POISSON, prior=priors.Normal(1.0)
    )
    found, reference = fit_map(large), fit_penalised(large)
    assert found.converged
    np.testing.assert_allclose(found.coef, reference.coef, rtol=1e-8)


def test_there_is_no_exact_posterior_and_no_other_library_is_guessed() -> None:
    model = counts(1)
    with pytest.raises(ValueError, match="the Poisson likelihood is not conjugate"):
        fit_exact(model)
    with pytest.raises(ValueError, match=r"penalty_in does not know .*Poisson\(\)"):
        penalty_in(model, "logistic-regression")
    facts = assumptions(model)
    assert facts["likelihood"] == "y ~ Poisson(exp(a + Xb))"
    assert facts["objective"] == "Σ (exp(a + Xb) - y (a + Xb)) + ½ α ||b||²"


def test_a_comparison_of_counts_passes() -> None:
    comparison = compare(counts(4), seed=1, progress=False)
    assert comparison.passed
    assert comparison.mcmc is not None
    assert len([check for check in comparison.checks if check.passed]) == 9


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([1, 2, -1, 0], "whole numbers of at least 0.* got -1.0 in row 2"),
        ([1, 2, 0.5, 0], "whole numbers of at least 0.* got 0.5 in row 2"),
        ([0, 0, 0, 0], "y must have a positive count .* zeros in all rows"),
        ([1, 2, np.nan, 0], "y must be finite, got nan in row 2"),
        (["a", "b", "c", "d"], "y must hold numbers, got the text 'a'"),
    ],
)
def test_what_is_no_count_is_refused(y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LinearModel(np.eye(4), y, likelihood=POISSON, prior=priors.Normal(1.0))


def test_a_zero_weight_leaves_out_the_only_positive_count() -> None:
    with pytest.raises(ValueError, match="y must have a positive count"):
        LinearModel(
            np.eye(3),
            [0, 2, 0],
            likelihood=POISSON,
            prior=priors.Normal(1.0),
            weights=[1, 0, 1],
        )


def test_draws_of_the_likelihood_are_poisson() -> None:
    """A chi-squared test at a false-alarm rate of 1e-7."""
    eta = np.full(100_000, np.log(2.5))
    drawn = POISSON.sample(np.random.default_rng(5), eta)
    values = np.arange(9)
    expected = stats.poisson.pmf(values, 2.5)
    expected = np.append(expected, 1 - expected.sum()) * len(eta)
    seen = np.array([*(np.sum(drawn == k) for k in values), np.sum(drawn > 8)])
    statistic = np.sum((seen - expected) ** 2 / expected)
    assert stats.chi2.sf(statistic, len(values)) > 1e-7


def test_the_command_line_compares_a_csv_of_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = counts(6, n=40, p=2)
    assert model.X is not None
    assert model.y is not None
    rows = np.column_stack([model.X, model.y])
    lines = ["a,b,visits", *(",".join(map(str, row)) for row in rows)]
    (tmp_path / "counts.csv").write_text("\n".join(lines) + "\n")
    arguments = ["--target", "visits", "--likelihood", "poisson", "--prior-sd", "1"]
    command = ["compare", str(tmp_path / "counts.csv"), *arguments, "--json"]
    with pytest.raises(SystemExit) as stop:
        main([*command, "--routes", "penalised,map"])
    assert stop.value.code == 0
    found = json.loads(capsys.readouterr().out)
    expected = fit_map(model)
    assert found["parameters"]["a"]["map"] == pytest.approx(expected.coef[0], abs=1e-9)
    assert found["model"]["likelihood"] == "y ~ Poisson(exp(a + Xb))"
