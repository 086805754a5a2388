"""What a person reads."""

import numpy as np
import pytest
import xarray as xr
from rich.console import Console

from bayes_l2 import (
    ExactComparison,
    LinearModel,
    compare,
    fit_exact,
    fit_map,
    fit_ridge,
    likelihoods,
    priors,
)
from bayes_l2.model.description import assumptions


def text(model: LinearModel, routes: list[str]) -> str:
    with (console := Console(width=100)).capture() as capture:
        console.print(compare(model, routes=routes))
    return capture.get()


def test_terminal_report_reads_in_order(diabetes: LinearModel) -> None:
    shown = text(diabetes, ["penalised", "map"])
    order = [
        "442 rows",
        "y ~ Normal(a + Xb, 54²)",
        "b ~ Normal(0, 20²)",
        "7.29",
        "parameter",
        "bmi",
        "check",
        "pass",
    ]
    places = [shown.index(words) for words in order]
    assert places == sorted(places)
    # those of the route left out are not shown
    assert "\n5 of 5 checks passed: " in shown
    assert "MCMC" not in shown
    assert "not asked for" not in compare(diabetes, routes=["penalised"])._repr_html_()


def test_every_digit_survives_a_narrow_terminal(
    diabetes: LinearModel, nutpie_draws: xr.DataTree
) -> None:
    comparison = ExactComparison(
        diabetes,
        fit_exact(diabetes),
        penalised=fit_ridge(diabetes),
        map=fit_map(diabetes),
        mcmc=nutpie_draws,
    )
    for width in (80, 50):
        with (console := Console(width=width)).capture() as capture:
            console.print(comparison)
        assert "…" not in capture.get()
        if width == 80:  # the usual one: a row of the table is a line
            (bmi,) = [
                line.split()
                for line in capture.get().splitlines()
                if line.startswith("bmi ")
            ]
            assert (bmi[:5], len(bmi)) == (
                ["bmi", "24.69", "24.69", "24.69", "3.10"],
                10,
            )


def test_terminal_report_shows_names_as_they_are(diabetes: LinearModel) -> None:
    names = ["[bold]", "[/]", "a<b>", *(f"x{j}" for j in range(7))]
    model = LinearModel(
        diabetes.X,
        diabetes.y,
        likelihood=diabetes.likelihood,
        prior=diabetes.prior,
        feature_names=names,
    )
    assert "[bold]" in text(model, ["exact"])
    assert "a&lt;b&gt;" in compare(model, routes=["exact"])._repr_html_()


@pytest.mark.parametrize(
    ("prior", "intercept", "expected"),
    [
        (
            priors.Flat(),
            True,
            {"prior": "b: flat", "objective": "||y - a - Xb||²", "penalty": 0.0},
        ),
        (
            priors.Normal(2.0),
            False,
            {
                "objective": "||y - Xb||² + α ||b||²",
                "penalty": 0.25,
                "intercept": "none",
            },
        ),
        (
            priors.Normal(2.0, mean=1.0),
            True,
            {
                "prior": "b ~ Normal(1, 2²), each coefficient by itself",
                "objective": "||y - a - Xb||² / σ² + ||b - m0||² / τ²",
            },
        ),
        (
            priors.Normal(2.0, mean=[1.0, 2.0]),
            True,
            {"prior": "b ~ Normal(m0, 2²), each coefficient by itself"},
        ),
        (
            priors.Normal(cov=np.eye(2)),
            True,
            {
                "prior": "b ~ Normal(m0, S0) with a full covariance, 2 × 2",
                "penalty": None,
            },
        ),
    ],
)
def test_assumptions(
    prior: priors.Prior, intercept: bool, expected: dict[str, object]
) -> None:
    X, y = np.array([[1.0, 2.0], [2.0, 1.0], [0.0, 1.0]]), np.ones(3)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(1.0), prior=prior, intercept=intercept
    )
    facts = assumptions(model)
    assert {key: facts[key] for key in expected} == expected


def test_weights_stand_in_the_objective() -> None:
    weights = [1.0, 2.0, 3.0]
    model = LinearModel(
        np.eye(3),
        np.ones(3),
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal(1.0),
        weights=weights,
    )
    assert assumptions(model)["objective"] == "Σ weight (y - a - Xb)² + α ||b||²"
    assert assumptions(model)["likelihood"] == "y ~ Normal(a + Xb, 1² / weight)"


@pytest.mark.parametrize(("n_features", "n_rows"), [(59, 60), (60, 21), (900, 21)])
def test_a_long_table_lacks_its_middle_and_says_so(
    n_features: int, n_rows: int
) -> None:
    X = np.random.default_rng(0).normal(size=(20, n_features))
    noise, prior = likelihoods.Normal(1.0), priors.Normal(1.0)
    model = LinearModel(X, X[:, 0], likelihood=noise, prior=prior)
    comparison = compare(model, routes=["exact"])
    shown = text(model, ["exact"])
    names = [line.split()[0] for line in shown.splitlines() if line.strip()]
    table = names[names.index("parameter") + 2 : names.index("check")]
    assert len(table) == n_rows
    assert (table[0], table[-1]) == ("intercept", f"x{n_features - 1}")
    left_out = f"Left out: {n_features - 19} of {n_features + 1} parameters"
    for report in (shown, comparison._repr_html_()):
        assert (left_out in report) == (n_rows == 21)
        assert (f"… {n_features - 19} more" in report) == (n_rows == 21)
    assert len(comparison.table) == n_features + 1
