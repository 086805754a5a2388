"""The page on rows beyond memory: its tables are those that its scripts make."""

import re
from typing import Any

import numpy as np
import pytest

from tests.scripts import ROOT, script

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def table(module: Any) -> dict[str, list[str]]:
    """Return the cells of a script's table on the page, by first cell."""
    text = PAGE.split(module.START)[1].split(module.END)[0]
    rows = re.findall(r"^\| (.*) \|$", text, flags=re.MULTILINE)
    return {row[0]: row[1:] for row in (line.split(" | ") for line in rows)}


def test_the_digits_of_the_page_are_those_of_a_small_run() -> None:
    digits = script("digits")
    head, *shown = table(digits).items()
    scores = digits.measured(20_000)
    assert digits.table_of(scores).startswith(f"| {' | '.join([head[0], *head[1]])} |")
    assert [name for name, _ in shown] == list(digits.WAYS)
    for name, cells in shown:
        for cell, found in zip(cells, scores.get(name, []), strict=name in scores):
            if cell == "refused":
                assert name == "`fit_exact` of a model from these statistics"
            else:
                # the worst of four slopes of other rows: luck is two digits either way
                assert abs(min(found, 15) - float(cell)) < 3.5, (name, cell, found)


def test_statistics_keep_ten_digits_where_plain_sums_have_few() -> None:
    digits = script("digits")
    shown = table(digits)
    ours = shown["R of `SufficientStatistics.from_batches`"]
    plain = shown["`sum(a * b)` in SQL, by DuckDB"]
    assert min(map(float, ours)) >= 10
    assert float(plain[2]) < 5
    scores = digits.measured(20_000)
    assert scores["R of `SufficientStatistics.from_batches`"][2] >= 12


def test_the_truth_of_the_digits_is_least_squares() -> None:
    digits = script("digits")
    rows = digits.rows_of(500)
    wide = np.column_stack([np.ones(500), rows[:, :-1]])
    expected = np.linalg.lstsq(wide, rows[:, -1])[0][1:]
    np.testing.assert_allclose(digits.true_slopes(rows), expected, rtol=1e-12)


def test_a_plan_is_arithmetic_on_rates() -> None:
    module = script("plan")
    rates = module.Rates(
        columns=999,
        batch_rows=4000,
        row=3.6e-4,
        row_by_syrk=1e-4,
        merge=0.36,
        file_bytes=8_000_000,
        memory_bytes=10**8,
        row_of_newton=7.2e-4,
        passes=5,
        hierarchical=1.0,
    )
    entries = list(module.plan(rates, 1e9, 50))
    planned = dict(entries)
    assert planned["data in float64"] == "8 TB"
    assert planned["statistics: core-hours"] == "100"
    assert planned["statistics: hours on these cores"] == "2"
    assert planned["what the storage has to deliver meanwhile"] == "1.1 GB/s"
    assert planned["what travels if each core first merges its own"] == "400 MB"
    assert planned["merging all partitions: core-hours"] == "0.1"
    assert planned["Bernoulli `fit_laplace`, 5 passes: core-hours"] == "1,000"
    shown = list(table(module))
    assert [words for words, _ in module.rates_table(rates)] == shown[1:12]
    without_passes = [re.sub(r"\d+ passes", "# passes", each) for each in shown[13:]]
    assert without_passes == [
        re.sub(r"\d+ passes", "# passes", words) for words, _ in entries
    ]


@pytest.mark.parametrize(
    ("number", "expected"), [(999, "999 bytes"), (8e14, "800 TB"), (2e18, "2000 PB")]
)
def test_bytes_have_two_digits(number: float, expected: str) -> None:
    assert script("plan").byte_text(number) == expected
