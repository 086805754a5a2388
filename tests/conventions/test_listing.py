"""Records and conversions as text for a terminal, and as Markdown and JSON."""

from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from bayes_l2.conventions import listing
from bayes_l2.conventions.catalogue import CONVENTIONS
from bayes_l2.conventions.convention import Evidence

CONSOLE = Console(width=60, color_system=None)


def lines(renderable: Any) -> list[str]:
    """Return the lines of a terminal that is 60 columns wide."""
    with CONSOLE.capture() as captured:
        CONSOLE.print(renderable)
    return captured.get().split("\n")


def styles(renderable: Any) -> dict[str, str]:
    """Return the style of each piece of text."""
    pieces = CONSOLE.render(renderable)
    return {piece.text.strip(): str(piece.style or "") for piece in pieces}


def test_a_record_is_its_name_and_a_few_lines_below_it() -> None:
    shown = listing.table([CONVENTIONS[name] for name in ("torch-adamw", "spark")])
    assert [line.rstrip() for line in lines(shown)] == [
        "torch-adamw",
        "  torch.optim.AdamW(weight_decay) on MSELoss()",
        "  verified by fit, differs from the MAP",
        "  no Gaussian MAP, penalises the intercept",
        "",
        "spark",
        "  pyspark.ml.regression.LinearRegression(regParam)",
        "  1 / (2 n) · ||y - a - Xb||² + regParam / (2 y_sd) · ||x_sd",
        "  b||²",
        "  Gaussian prior, sd = noise_sd sqrt(y_sd) / (x_sd",
        "  sqrt(regParam n)); verified by fit, 8 digits",
        "  standardises columns",
        "",
        "",
    ]
    assert len(lines(shown)[2]) < 60  # no wider than its longest line
    found = styles(shown)
    assert found["spark"] == found["torch-adamw"] == "bold"
    assert found["verified by fit, differs from the MAP"] == "dim"
    assert found["standardises columns"] == "yellow"
    assert found["torch.optim.AdamW(weight_decay) on MSELoss()"] == ""


def test_a_record_without_caveats_has_no_line_for_them() -> None:
    assert lines(listing.table([CONVENTIONS["ridge"]]))[3:] == [
        "  Gaussian prior, sd = noise_sd / sqrt(alpha); verified by  ",
        "  fit, 12 digits                                            ",
        " " * 60,
        "",
    ]
    assert listing.caveats(CONVENTIONS["ridge"]) == []


def test_a_heading_that_repeats_is_shown_once() -> None:
    long = "word " * 12
    pairs = [("from", "1"), ("warning", long), ("warning", "2")]
    shown = listing.block([*pairs, ("no Gaussian MAP", "x" * 50)])
    assert [line.rstrip() for line in lines(shown)] == [
        "from             1",
        "warning          word word word word word word word word",
        "                 word word word word",
        "                 2",
        "no Gaussian MAP  " + "x" * 43,
        "                 " + "x" * 7,
        "",
    ]
    with (narrow := Console(width=24, color_system=None)).capture() as captured:
        narrow.print(shown)
    assert "no Gaussian MAP  xxxxxxx" in captured.get()  # a heading is not broken
    found = styles(shown)
    assert found["from"] == found["warning"] == "bold"
    assert found["1"] == ""
    assert found["2"] == found["x" * 7] == "yellow"


def test_a_table_has_its_numbers_at_the_right() -> None:
    shown = listing.empty_table("claim", "found", "allowed", right=("found",), gap=1)
    shown.add_row("a" * 50, "7", "8")
    assert [line.rstrip() for line in lines(shown)][1:] == [
        " claim                                       found  allowed",
        "",
        " " + "─" * 58,
        " " + "a" * 42 + "      7  8",
        " " + "a" * 8,
        "",
        "",
    ]
    close = listing.empty_table("claim")
    close.add_row("a")
    close.add_row("b")
    assert [line.rstrip() for line in lines(close)][3:5] == [" a", " b"]


def test_the_page_numbers_the_notes_of_its_records() -> None:
    names = ("ridge", "spark", "torch-adamw")
    text = listing.markdown([CONVENTIONS[name] for name in names])
    rows = [line.split(" | ") for line in text.split("\n") if line.startswith("| `")]
    assert [row[0] for row in rows] == [
        "| `ridge`",
        "| `spark` [1](#notes)",
        "| `torch-adamw` [2](#notes)",
    ]
    assert rows[0][2:4] == [
        r"$\lVert y - a - Xb \rVert^2 + \alpha \lVert b \rVert^2$",
        "`sd = noise_sd / sqrt(alpha)`",
    ]
    assert rows[2][2:4] == ["no objective of this form", "none"]
    notes = text.split("## Notes\n\n")[1].split("\n")
    assert notes[0] == f"1. `spark`: {'; '.join(CONVENTIONS['spark'].assumes)}."
    assert notes[1].endswith(f"no Gaussian MAP: {CONVENTIONS['torch-adamw'].no_map}.")


@pytest.mark.parametrize(
    ("name", "words", "digits"),
    [
        ("ridge", "by fit, 12 digits", 12.0),
        ("lm-ridge", "by stored output, 11 digits", 11.0),
        ("matlab-ridge", "by documentation", None),
        ("torch-adamw", "by fit, differs from the MAP", None),
    ],
)
def test_the_evidence_has_the_digits_of_its_proof(
    name: str, words: str, digits: float | None
) -> None:
    record = CONVENTIONS[name]
    assert dict(listing.details(record))["verified"] == words
    assert listing.plain(record)["digits"] == digits


def test_no_map_needs_no_digits_whatever_the_evidence() -> None:
    record = replace(CONVENTIONS["torch-adamw"], verified=Evidence.DOCUMENTATION)
    assert listing.plain(record)["digits"] is None
