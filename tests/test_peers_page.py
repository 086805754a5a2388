"""Tests of the page that holds the package against its peers."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


def first_table(section: str) -> list[list[str]]:
    """Return the cells of the table between the marks of a section."""
    text = PAGE.read_text(encoding="utf-8")
    part = text.split(f"<!-- {section} -->")[1].split(f"<!-- end {section} -->")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(
    "section", ["exact", "path", "hierarchical", "logistic", "streaming"]
)
def test_our_own_row_has_ten_correct_digits(section: str) -> None:
    header, rule, ours, *peers = first_table(section)
    assert len(peers) >= 2
    assert {len(row) for row in (header, rule, ours, *peers)} == {len(header)}
    assert ours[0].startswith("bayes_l2")
    digits = [
        float(cell)
        for name, cell in zip(header, ours, strict=True)
        if name.startswith("digits")
    ]
    assert len(digits) >= 2
    assert min(digits) >= 10


def test_our_draws_are_within_four_errors_of_the_truth() -> None:
    header, _, ours, *_ = first_table("nuts")
    assert float(ours[header.index("largest error, MCSE")]) < 4
