"""What ``print`` shows of a comparison fits the terminal, and its tables have names."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

from bayes_l2 import (
    Comparison,
    LinearModel,
    compare,
    datasets,
    fit_exact,
    fit_laplace,
    likelihoods,
    priors,
)
from bayes_l2.comparison.report import Results, results_grid, shown_checks
from bayes_l2.comparison.text.verdict import verdict
from bayes_l2.comparison.text.wording import COMMAND_LINE

RNG = np.random.default_rng(0)
LONG = "Mean annual household income before taxes (thousands of 2019 dollars)"
WIDE = "日本の長い列の名前でありとても長いのです日本の長い列の名前"
Scales = likelihoods.Normal(priors.HalfNormal(2.0)), priors.Normal(priors.HalfNormal(2))


def problem(
    names: list[str], likelihood: Any, prior: Any, sizes: Any = 1.0
) -> LinearModel:
    X = RNG.standard_normal((200, len(names))) * sizes
    y = X[:, 0] + RNG.standard_normal(200)
    if isinstance(likelihood, likelihoods.Bernoulli):
        y = y > 0
    frame = pd.DataFrame(X, columns=pd.Index(names))
    return LinearModel(frame, y, likelihood=likelihood, prior=prior)


def classes() -> LinearModel:
    X, y = datasets.iris()
    prior = priors.Normal(1.0)
    return LinearModel(X, y, likelihood=likelihoods.Categorical(), prior=prior)


KNOWN = likelihoods.Normal(1.0), priors.Normal(1.0)
MODELS = {
    "few columns": lambda: problem(["x", "y", "z"], *KNOWN),
    "a hundred columns": lambda: problem([f"x{j}" for j in range(100)], *KNOWN),
    "long names": lambda: problem(
        [LONG, WIDE, "x"], likelihoods.Normal(1.0), priors.Normal(1e6), [1, 1e3, 1e-4]
    ),
    "huge numbers": lambda: problem(
        ["x", "y"], likelihoods.Normal(1.0), priors.Normal(1e18), 1e-18
    ),
    "unknown scales": lambda: problem(["x", "y", "z"], *Scales),
    "kinks": lambda: problem(["x", "y"], likelihoods.Laplace(1.0), priors.Laplace(1.0)),
    "classes": classes,
}


def compared(name: str) -> Iterator[Comparison]:
    """Yield a comparison that agrees, and one whose draws are not of the model."""
    model = MODELS[name]()
    draws = {"intercept": RNG.standard_normal((4, 150))}
    draws["coef"] = RNG.standard_normal((4, 150, model.n_features))
    draws |= {scale: np.exp(draws["intercept"]) for scale in model.unknown_scales}
    if model.classes:
        laplace = fit_laplace(model)
        points = laplace.sample(0, 600).reshape(4, 150, -1)
        intercept, coef = model.layout.split(points)
        draws = {"intercept": intercept, "coef": coef}
    good = None
    if name not in ("kinks", "classes"):
        good = fit_exact(model).to_datatree(draws=400, seed=1)
    yield compare(model, routes=["penalised", "map"], mcmc=good)
    yield compare(model, routes=["penalised", "map"], mcmc=draws)


@pytest.fixture(scope="module")
def comparisons() -> dict[str, list[Comparison]]:
    return {name: list(compared(name)) for name in MODELS}


def printed(comparison: Comparison, width: int) -> str:
    with (console := Console(width=width, highlight=False)).capture() as captured:
        console.print(Results(comparison, COMMAND_LINE))
    return captured.get()


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", MODELS)
def test_no_name_and_no_number_wraps(
    comparisons: dict[str, list[Comparison]], name: str, width: int
) -> None:
    for comparison in comparisons[name]:
        text = printed(comparison, width)
        lines = text.split("\n")
        assert max(map(cell_len, lines)) <= width
        grid = results_grid(comparison).within(width)
        for cells in zip(*(column.cells for column in grid.columns), strict=True):
            row = " ".join(" ".join(cells).split())
            assert [" ".join(line.split()) for line in lines].count(row) == 1
        words = text.split()
        whole = " ".join(words)
        left_out = whole.partition("Left out")[2]
        for check in shown_checks(comparison):
            assert set(check.measured.split()) <= set(words)
            assert set(check.allowed.split()) <= set(words) or "allowed" in left_out
        # what has no room is named
        shown = {column.name for column in grid.columns}
        for column in results_grid(comparison).columns:
            assert column.name in shown or column.name in left_out
        # the verdict is the last line
        assert whole.endswith(" ".join(verdict(comparison, COMMAND_LINE).split()))


@pytest.mark.parametrize("width", [60, 80])
def test_reasons_stand_below_their_claims(
    comparisons: dict[str, list[Comparison]], width: int
) -> None:
    comparison = comparisons["unknown scales"][1]
    without_gaps = "".join(printed(comparison, width).split())
    for check in shown_checks(comparison):
        if not check.passed and check.statistic is None:
            assert f"{check.claim}: {check.reason}".replace(" ", "") in without_gaps


@pytest.mark.parametrize("width", [60, 80, 120])
def test_str_is_as_wide_as_the_terminal(
    comparisons: dict[str, list[Comparison]],
    width: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    comparison = comparisons["few columns"][0]
    print(comparison)
    text = capsys.readouterr().out.rstrip("\n")
    assert text == str(comparison)
    lines = text.split("\n")
    assert width - 20 < max(map(cell_len, lines)) <= width
    assert all(line == line.rstrip() for line in lines)
    assert "\x1b" not in text
    assert lines[0].startswith("data ")
    assert " ".join(text.split()).endswith(verdict(comparison))
    assert "\n" not in repr(comparison)
    assert len(repr(comparison)) < 80


def test_failures_are_red(comparisons: dict[str, list[Comparison]]) -> None:
    good, bad = comparisons["few columns"]
    console = Console(width=80, force_terminal=True, color_system="standard")
    shown = []
    for comparison in (good, bad):
        with console.capture() as captured:
            console.print(comparison)
        shown.append(captured.get())
    assert "\x1b[1;31m" not in shown[0]
    assert re.search(r"\x1b\[1;31mFAIL *\x1b\[0m", shown[1])
    assert re.search(r"\x1b\[1;31m\d FAILED: ", shown[1])
    assert "color:red" not in good._repr_html_()
    assert bad._repr_html_().count("color:red") == 1 + sum(
        check.passed is False for check in bad.checks
    )


def test_checks_table(comparisons: dict[str, list[Comparison]]) -> None:
    for comparison in (each for pair in comparisons.values() for each in pair):
        table = comparison.checks_table
        asked = [check for check in comparison.checks if check.was_asked]
        assert list(table.index) == [check.claim for check in asked]
        assert table.index.name == "claim"
        assert table["passed"].dtype == "boolean"
        assert table["statistic"].dtype == table["tolerance"].dtype == float
        for check, row in zip(asked, table.to_dict(orient="records"), strict=True):
            assert check.passed == (None if pd.isna(row["passed"]) else row["passed"])
            assert (row["unit"], row["reason"]) == (check.unit, check.reason)
            expected = np.nan if check.statistic is None else check.statistic
            np.testing.assert_equal(row["statistic"], expected)
    bad = comparisons["few columns"][1]
    assert list(bad.checks_table.query("passed == False").index) == [
        check.claim for check in bad.checks if check.passed is False
    ]


PERCENT = ["mean", "sd", "2.5%", "50%", "97.5%"]


def test_summary_is_that_of_the_posterior_by_name(
    comparisons: dict[str, list[Comparison]],
) -> None:
    found = comparisons["few columns"][0]
    exact: Any = found.exact
    assert list(found.summary().columns) == PERCENT
    assert list(found.summary().index) == ["intercept", "x", "y", "z"]
    pd.testing.assert_frame_equal(found.summary(), exact.summary(), rtol=1e-12)
    # 1600 independent draws: 6 Monte-Carlo standard errors
    drawn, exact = found.summary(route="mcmc"), found.summary(route="exact")
    errors = exact["sd"] / np.sqrt(1600)
    assert (np.abs(drawn["mean"] - exact["mean"]) < 6 * errors).all()
    assert (np.abs(drawn["sd"] / exact["sd"] - 1) < 6 / np.sqrt(2 * 1600)).all()
    # an end of the interval has 2.7 times the error of a mean
    for end in ("2.5%", "97.5%"):
        assert (np.abs(drawn[end] - exact[end]) < 6 * 2.7 * errors).all()


def test_summary_has_scales_in_their_own_units(
    comparisons: dict[str, list[Comparison]],
) -> None:
    found = comparisons["unknown scales"][0]
    for route in ("exact", "mcmc"):
        summary = found.summary(route=route)
        names = ["intercept", "x", "y", "z", "noise_sd", "prior_sd", "penalty"]
        assert list(summary.index) == names
        for name, scale in found.scales.items():
            middle = summary.loc[name, "50%"]
            if route == "exact":
                assert middle == pytest.approx(scale["50%"], rel=1e-9)
            assert scale["2.5%"] < middle < scale["97.5%"]


def test_summary_of_an_approximation(
    comparisons: dict[str, list[Comparison]],
) -> None:
    found, drawn = comparisons["classes"]
    laplace: Any = found.laplace
    pd.testing.assert_frame_equal(found.summary(), laplace.summary(), rtol=1e-12)
    # draws come before an approximation
    pd.testing.assert_frame_equal(drawn.summary(), drawn.summary(route="mcmc"))
    assert list(drawn.summary().index) == list(drawn.table.index)


def test_summary_of_a_posterior_that_is_not_there(
    comparisons: dict[str, list[Comparison]],
) -> None:
    points = comparisons["kinks"][0]
    with pytest.raises(ValueError, match="no posterior to summarise; ask compare for"):
        points.summary()
    with pytest.raises(ValueError, match="route must be one of exact, mcmc; got"):
        comparisons["few columns"][0].summary(route="laplace")
