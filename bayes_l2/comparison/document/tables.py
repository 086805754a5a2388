"""The tables of a report: results, scales and checks."""

from typing import TYPE_CHECKING, Protocol

import numpy as np

from bayes_l2 import texts
from bayes_l2.comparison.check import Check, Claim
from bayes_l2.comparison.document.blocks import Cell, Noted, Table, Tone, Value
from bayes_l2.comparison.report import (
    HEADINGS,
    SCALES,
    VERDICTS,
    Reported,
    cells,
)
from bayes_l2.comparison.text.names import shortened
from bayes_l2.comparison.text.verdict import Judged, shown_checks
from bayes_l2.comparison.text.wording import Wording
from bayes_l2.texts import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ROWS = 200  # of a table that is shown whole
ROWS_AT_END = 100  # of a longer one, at its start and at its end
LONGEST_NAME = 60  # characters
TONES: dict[bool | None, Tone] = {True: "pass", False: "fail", None: "quiet"}


class Claimed(Judged, Protocol):
    """A comparison with its claims."""

    @property
    def claims(self) -> "Sequence[Claim]":
        """The claims of theory."""
        ...


def value_of(text: str, number: float | None) -> Value:
    """Return a number with all of its digits, where it is finite."""
    is_finite = number is not None and np.isfinite(number)
    return Value(text, number if is_finite else None)


def results_table(comparison: Reported, wording: Wording) -> tuple[Table, str]:
    """Return the estimates by parameter, and a sentence on rows that are left out."""
    table = comparison.table
    places = np.arange(len(table))
    left_out = ""
    if len(table) > MOST_ROWS:
        places = np.r_[:ROWS_AT_END, len(table) - ROWS_AT_END : len(table)]
        left_out = (
            f"Left out: {len(table) - len(places)} of {len(table)} parameters, in the "
            f"middle. {wording.left_out_rows}."
        )
    shown = table.iloc[places]
    columns = cells(shown)
    names = shortened([printable(str(name)) for name in shown.index], LONGEST_NAME)
    headings = HEADINGS | {"penalised": comparison.penalised_name}
    rows: list[list[Cell]] = [[name] for name in names]
    for column, values in columns.items():
        numbers = shown[column]
        for row, text, number in zip(rows, values, numbers, strict=True):
            row.append(value_of(text, float(number)))
    titles = ("parameter", *(headings[name].replace("\n", " ") for name in columns))
    unit = comparison.model.likelihood.unit
    caption = f"Estimates: a coefficient is in {unit} per unit of its column"
    return Table(caption, titles, rows), left_out


def scales_table(comparison: Reported) -> Table:
    """Return quantiles of each unknown scale and of the penalty."""
    found = comparison.scales
    levels = list(next(iter(found.values())))
    rows = [
        (
            SCALES[name],
            *(value_of(f"{each[level]:.4g}", each[level]) for level in levels),
        )
        for name, each in found.items()
    ]
    caption = "Exact quantiles of the unknown scales"
    return Table(caption, ("scale", *levels), rows)


def checks_table(comparison: Claimed) -> Table:
    """Return each check with its claim, its meaning, its measurement and its bound."""
    meanings = {claim.text: claim.meaning for claim in comparison.claims}
    checks = shown_checks(comparison)
    rows = [_row(check, meanings[check.claim]) for check in checks]
    headings = (
        "check",
        "claim, and the meaning of a pass",
        "measured",
        "allowed",
        "note",
    )
    tones: list[Tone] = [TONES[check.passed] for check in checks]
    return Table("Checks of the routes", headings, rows, tones)


def _row(check: Check, meaning: str) -> list[Cell]:
    return [
        VERDICTS[check.passed],
        Noted(check.claim, meaning),
        value_of(check.measured, check.statistic),
        value_of(check.allowed, check.tolerance),
        texts.shortened(check.reason, 2 * texts.WIDTH),
    ]
