"""The tables of a report at each width: digits, order of what goes, and outcomes."""

import os
import re
import shutil
import sys
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.comparison import report
from bayes_l2.comparison.check import Check

MODEL = LinearModel(
    np.eye(3),
    np.arange(3.0),
    likelihood=likelihoods.Normal(1.3),
    prior=priors.Normal(2.0),
)
TABLE: Any = pd.DataFrame(
    {
        "penalised": [1.23456, -20.5],
        "map": [1.23456, -20.5],
        "exact": [1.2, -20.5],
        "exact_sd": [0.0345, 12.3],
        "mcmc": [1.2, -21.0],
        "mcmc_mcse": [0.001, 0.1],
        "mcmc_sd": [0.03, 12.0],
        "r_hat": [1.0012, 1.01],
        "ess_bulk": [1234.4, 999.0],
    },
    index=["a", "x0"],
)
CHECKS = [
    Check("they agree", 0.5, 1.0, "sd", True, "at x0"),
    Check("R-hat is small", 1.02, 1.01, "", False, "at a", fault="R-hat 1.02"),
    Check("left out", reason="not asked for"),
    Check("no MAP", reason="there is none"),
]


def reported(**parts: Any) -> Any:
    given: dict[str, Any] = {"table": TABLE, "checks": CHECKS, "model": MODEL}
    quantiles = {"2.5%": 0.5, "50%": 1.0, "97.5%": 2.0}
    given |= {"scales": {"noise_sd": quantiles}, "penalised_name": "penalised fit"}
    given |= {"mcmc": None, "reference": None, "agreement": "they agree"}
    return SimpleNamespace(**(given | parts))


def text(comparison: Any, width: int) -> str:
    with (console := Console(width=width)).capture() as captured:
        console.print(report.Results(comparison))
    return "\n".join(line.rstrip() for line in captured.get().split("\n"))


WIDE = """
           penalised               exact    exact      MCMC    MCMC     MCMC         bulk
parameter        fit       MAP      mean       sd      mean  ± MCSE       sd  R-hat   ESS
─────────────────────────────────────────────────────────────────────────────────────────
a             1.2346    1.2346    1.2000   0.0345    1.2000  0.0010   0.0300  1.001  1234
x0          -20.5     -20.5     -20.5     12.3     -21.0     0.1     12.0     1.010   999

noise sd σ: exact median 1, 95 % from 0.5 to 2

check  claim           measured  allowed  note
───────────────────────────────────────────────────────
pass   they agree      0.50  sd   ≤ 1     at x0
FAIL   R-hat is small  1.020      ≤ 1.01  at a
n/a    no MAP                             there is none

1 FAILED: R-hat 1.02.
"""  # noqa: E501 the lines of a wide terminal
NARROW = """
              exact    exact      MCMC
parameter      mean       sd      mean
──────────────────────────────────────
a            1.2000   0.0345    1.2000
x0         -20.5     12.3     -21.0

noise sd σ: exact median 1, 95 % from
0.5 to 2

check  claim                  measured
──────────────────────────────────────
pass   they agree             0.50  sd
FAIL   R-hat is small: at a   1.020
n/a    no MAP: there is none

Left out at 40 columns: penalised fit,
MAP, MCMC ± MCSE, MCMC sd, R-hat, bulk
ESS, allowed, notes of checks that
passed. .table and .checks_table have
all.
1 FAILED: R-hat 1.02.
"""


@pytest.mark.parametrize(("width", "shown"), [(89, WIDE), (40, NARROW)])
def test_a_report_has_the_columns_that_there_is_room_for(
    width: int, shown: str
) -> None:
    assert text(reported(), width) == shown


def test_columns_go_from_the_last_diagnostic_to_the_draws() -> None:
    """The exact posterior stays; without it the first column does."""
    order = ["bulk ESS", "R-hat", "MCMC ± MCSE", "penalised fit", "MAP", "MCMC sd"]
    order += ["MCMC mean"]
    ranks = {each.name: each.rank for each in report.results_grid(reported()).columns}
    assert sorted(order, key=ranks.__getitem__, reverse=True) == order
    kept = {"parameter", "exact mean", "exact sd"}
    assert {name for name, rank in ranks.items() if not rank} == kept
    alone = TABLE[["penalised", "map", "mcmc_sd"]]
    grid = report.results_grid(reported(table=alone))
    assert [column.rank == 0 for column in grid.columns] == [True, True, False, False]
    assert all(column.are_numbers for column in grid.columns[1:])
    for reference in ("exact", "laplace_sd"):
        table = alone.assign(**{reference: 1.0})
        assert report.results_grid(reported(table=table)).columns[1].rank > 0


def test_the_first_sd_there_is_decides_the_digits() -> None:
    table = TABLE[["mcmc", "mcmc_sd"]].assign(laplace_sd=[1234.0, 0.5])
    found = report.cells(table[["mcmc", "laplace_sd", "mcmc_sd"]])
    assert found["mcmc"] == ["1", "-21.000"]
    assert report.cells(TABLE[["mcmc", "mcmc_sd"]])["mcmc"] == ["1.2000", "-21.0"]
    assert report.cells(TABLE[["map"]])["map"] == ["1.235", "-20.5"]


@pytest.mark.parametrize("n_rows", [60, 61])
def test_a_table_of_more_than_sixty_rows_shows_ten_at_each_end(n_rows: int) -> None:
    names = [f"x{j}" for j in range(n_rows)]
    table = pd.DataFrame({"map": np.arange(float(n_rows))}, index=names)
    comparison = reported(table=table, scales={})
    (shown, values) = (each.texts for each in report.results_grid(comparison).columns)
    said = "Left out: 41 of 61 parameters, in the middle. .table has all."
    page = report.as_html(comparison)
    if n_rows == 60:
        assert list(shown) == names
        assert "Left out" not in text(comparison, 80) + page
        assert "<p>" not in page
        return
    assert list(shown) == [*names[:10], "… 41 more", *names[-10:]]
    assert list(values)[8:13] == ["8", "9", "", "51", "52"]
    assert said in text(comparison, 80)
    assert f"<p>{said}</p>" in page


def test_no_table_and_no_scale_leave_no_empty_lines() -> None:
    comparison = reported(table=TABLE[[]], scales={}, checks=CHECKS[:1])
    assert "-20.5" in text(reported(table=TABLE[["map"]]), 80)
    assert text(comparison, 80) == (
        "\ncheck  claim       measured  allowed  note\n"
        "───────────────────────────────────────────\n"
        "pass   they agree   0.50 sd      ≤ 1  at x0\n\n"
        "1 of 1 checks passed: they agree. Look next at .table and .plot().\n"
    )


def test_long_names_without_their_middle_are_told() -> None:
    table = TABLE[["exact"]].set_axis(["x" * 60, "y"])
    shown = text(reported(table=table, scales={}, checks=CHECKS[:1]), 60)
    assert "Left out at 60 columns: the middle of long names." in shown
    short = text(reported(table=TABLE[["exact"]], checks=CHECKS[:1]), 60)
    assert "Left out" not in short


def test_notes_go_where_a_claim_would_be_broken_and_claims_break_without_them() -> None:
    """With notes the table of checks needs 55 places, of which the claims have 14."""
    notes = "notes of checks that passed"
    assert notes not in text(reported(), 55)
    assert notes in text(reported(), 54)
    columns = report.checks_grid(reported()).columns
    ranks = [column.rank for column in columns]
    assert ranks[:2] == [0, 0]
    assert 0 < ranks[2] < ranks[3] < ranks[4]
    failed = replace(CHECKS[1], reason="words " * 12)
    shown = text(reported(checks=[failed]), 41).split("\n")
    assert max(map(len, shown)) <= 41
    assert "check  claim                     measured" in shown
    assert sum(line.count("words") for line in shown) == 12


def test_a_failure_is_red_and_what_is_left_out_is_dim() -> None:
    def styles(comparison: Any) -> list[tuple[str, str]]:
        console = Console(width=60, force_terminal=True, color_system="standard")
        with console.capture() as captured:
            console.print(report.Results(comparison))
        return re.findall(r"\x1b\[([\d;]+)m(\d \w|Left|pass|FAIL)", captured.get())

    # ECMA-48: bold 1, faint 2, red 31, green 32
    failed = [("32", "pass"), ("1;31", "FAIL"), ("2", "Left"), ("1;31", "1 F")]
    assert styles(reported()) == failed
    passed = [("32", "pass"), ("2", "Left"), ("1", "1 o")]
    assert styles(reported(checks=CHECKS[:1])) == passed
    red = "<p style='font-weight:bold;color:red'>1 FAILED"
    assert red in report.as_html(reported())
    assert "<p style='font-weight:bold'>1 of 1" in report.as_html(
        reported(checks=CHECKS[:1])
    )
    heads = re.findall(r"\x1b\[(\d+)m(\w+)", styled_assumptions())
    assert heads[:2] == [("1", "data"), ("1", "likelihood")]


def styled_assumptions() -> str:
    console = Console(width=60, force_terminal=True, color_system="standard")
    with console.capture() as captured:
        console.print(report.model_block(MODEL))
    return captured.get()


@pytest.mark.parametrize("width", [80, 60])
def test_the_text_is_as_wide_as_the_terminal_and_has_no_colours(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = report.as_text(reported())
    assert shown.startswith("data                  3 rows, 3 features\n")
    assert f"\nLeft out at {width} columns: " in shown
    assert "\x1b" not in shown
    assert shown.endswith("\n1 FAILED: R-hat 1.02.")


def test_the_text_is_that_of_python_wherever_its_output_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A notebook shows no other output, and a file in ASCII changes no character."""
    monkeypatch.delenv("COLUMNS", raising=False)
    size = os.terminal_size((60, 24))
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: size)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    outputs = list[object]()
    notebook: Any = SimpleNamespace(display=outputs.append)
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setitem(sys.modules, "IPython.display", notebook)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", TextIOWrapper(BytesIO(), encoding="ascii"))
        shown = report.as_text(reported())
    assert "\n─────" in shown
    assert "\nLeft out at 60 columns: " in shown
    assert outputs == []


def test_checks_as_a_table_by_their_claims() -> None:
    found = report.checks_table(CHECKS[:2])
    assert (found.index.name, list(found.index)) == (
        "claim",
        ["they agree", "R-hat is small"],
    )
    assert list(found["passed"]) == [True, False]
