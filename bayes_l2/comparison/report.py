"""A model and a comparison for a reader: words and tables, in terminal and notebook."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bayes_l2.comparison.check import Check
from bayes_l2.comparison.text import numbers
from bayes_l2.comparison.text.grid import Column, Grid
from bayes_l2.comparison.text.verdict import Judged, shown_checks, verdict
from bayes_l2.comparison.text.wording import PYTHON, Wording
from bayes_l2.model.description import assumption_lines
from bayes_l2.model.layout import NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import (
        Console,
        ConsoleOptions,
        RenderableType,
        RenderResult,
    )

HEADINGS = {
    "map": "MAP",
    "exact": "exact\nmean",
    "exact_sd": "exact\nsd",
    "laplace_sd": "Laplace\nsd",
    "mcmc": "MCMC\nmean",
    "mcmc_mcse": "MCMC\n± MCSE",
    "mcmc_sd": "MCMC\nsd",
    "r_hat": "R-hat",
    "ess_bulk": "bulk\nESS",
}
# the first is the last that is left out; the exact posterior and its like stay
KEPT_LONGEST = ("mcmc", "mcmc_sd", "map", "penalised", "mcmc_mcse", "r_hat", "ess_bulk")
REFERENCES = ("exact", "exact_sd", "laplace_sd")
SCALES = {NOISE_SD: "noise sd σ", PRIOR_SD: "prior sd τ", PENALTY: "penalty α"}
FORMATS = {"r_hat": ".3f", "ess_bulk": ".0f"}
VERDICTS = {True: "pass", False: "FAIL", None: "n/a"}
STYLES = {True: "green", False: "bold red", None: "dim"}
MOST_ROWS = 60  # of a table that is shown whole, as in pandas
ROWS_AT_END = 10  # of a longer table, at its start and at its end
NARROWEST_CLAIM, NARROWEST_NOTE = 24, 22  # places, where lines are broken


class Reported(Judged, Protocol):
    """The parts of a comparison that a report shows."""

    @property
    def penalised_name(self) -> str:
        """The penalised fit by its usual name."""
        ...

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a parameter."""
        ...

    @cached_property
    def scales(self) -> dict[str, dict[str, float]]:
        """Quantiles of each unknown scale."""
        ...


@dataclass(frozen=True)
class Results:
    """Table, checks and verdict of a comparison, as wide as the console.

    Attributes
    ----------
    comparison : Comparison
        What is shown.
    wording : Wording
        Whether advice is in the words of Python or of the command line.
    """

    comparison: Reported
    wording: Wording = PYTHON

    def __rich_console__(
        self, console: "Console", options: "ConsoleOptions"
    ) -> "RenderResult":
        """Yield the tables with the columns that there is room for."""
        from rich.text import Text

        comparison, width = self.comparison, options.max_width
        whole = results_grid(comparison), checks_grid(comparison)
        results, checks = (grid.within(width) for grid in whole)
        if len(checks.columns) < len(whole[1].columns):
            checks = checks_grid(comparison, has_notes=False).within(width)
        lines = [Text(line) for line in scale_lines(comparison)]
        tables = [results.as_rich()] if len(results.columns) > 1 else []
        for block in (tables, lines, [checks.as_rich()]):
            yield from ["", *block] if block else []
        yield ""
        pairs = zip(whole, (results, checks), strict=True)
        rows_left_out = left_out_rows(comparison, self.wording)
        for line in (rows_left_out, self._left_out(pairs, width)):
            if line:
                yield Text(line, style="dim")
        style = "bold red" if has_failed(comparison) else "bold"
        yield Text(verdict(comparison, self.wording), style=style)

    def _left_out(self, pairs: Iterable[tuple[Grid, Grid]], width: int) -> str:
        """Return the columns without room, and where they are."""
        names: list[str] = []
        for whole, shown in pairs:
            kept = [column.name for column in shown.columns]
            names += [each.name for each in whole.columns if each.name not in kept]
            if shown.columns[0].texts != whole.columns[0].texts:
                names.append("the middle of long names")
        if not names:
            return ""
        listed = ", ".join(names)
        return f"Left out at {width} columns: {listed}. {self.wording.left_out}."


def model_block(model: LinearModel) -> "RenderableType":
    """Return the assumptions for a terminal, a line each."""
    return _assumptions(model)


def as_rich(comparison: Reported, wording: Wording = PYTHON) -> "RenderableType":
    """Return the comparison for a terminal: assumptions, table, checks, verdict."""
    from rich.console import Group

    return Group(model_block(comparison.model), Results(comparison, wording))


def as_text(comparison: Reported) -> str:
    """Return the comparison as plain text, as wide as the terminal."""
    from rich.console import Console

    width = shutil.get_terminal_size().columns
    console = Console(
        file=StringIO(), width=width, color_system=None, force_jupyter=False
    )
    with console.capture() as captured:
        console.print(as_rich(comparison))
    return "\n".join(line.rstrip() for line in captured.get().rstrip().split("\n"))


def as_html(comparison: Reported) -> str:
    """Return the comparison for a notebook: the same, as HTML tables."""
    colour = ";color:red" if has_failed(comparison) else ""
    rows_left_out = left_out_rows(comparison, PYTHON)
    lines = [rows_left_out] * bool(rows_left_out) + scale_lines(comparison)
    return "".join(
        [
            _assumptions(comparison.model).as_html(),
            results_grid(comparison).as_html(),
            *(f"<p>{escape(line)}</p>" for line in lines),
            checks_grid(comparison).as_html(),
            f"<p style='font-weight:bold{colour}'>{escape(verdict(comparison))}</p>",
        ]
    )


def has_failed(comparison: Judged) -> bool:
    """Return whether a check has failed."""
    return any(check.passed is False for check in shown_checks(comparison))


def _assumptions(model: LinearModel) -> Grid:
    headings, lines = zip(*assumption_lines(model), strict=True)
    columns = [Column("", texts, narrowest=12) for texts in (headings, lines)]
    return Grid(columns, styles=["bold"] * len(lines))


def left_out_rows(comparison: Reported, wording: Wording) -> str:
    """Return how many parameters a long table lacks, and where they are."""
    n_all, n_left_out = len(comparison.table), _n_left_out(comparison.table)
    if not n_left_out:
        return ""
    return (
        f"Left out: {n_left_out} of {n_all} parameters, in the middle. "
        f"{wording.left_out_rows}."
    )


def _n_left_out(table: "pd.DataFrame") -> int:
    return len(table) - 2 * ROWS_AT_END if len(table) > MOST_ROWS else 0


def results_grid(comparison: Reported) -> Grid:
    """Return the table of estimates, with as many digits as the sds justify.

    A long one has a row of "…" for its middle.
    """
    table = comparison.table
    n_left_out = _n_left_out(table)
    if n_left_out:
        table = table.iloc[np.r_[:ROWS_AT_END, -ROWS_AT_END:0]]
    headings = HEADINGS | {"penalised": comparison.penalised_name.replace(" ", "\n")}
    ranks = {name: rank for rank, name in enumerate(KEPT_LONGEST, start=1)}
    if not any(name in table for name in REFERENCES):
        ranks |= dict.fromkeys(table.columns[:1], 0)
    texts = {"parameter": list(map(str, table.index)), **cells(table)}
    if n_left_out:
        texts["parameter"].insert(ROWS_AT_END, f"… {n_left_out} more")
        for name in table.columns:
            texts[str(name)].insert(ROWS_AT_END, "")
    names = Column("parameter", texts["parameter"])
    columns = [
        Column(headings[name], texts[name], True, ranks.get(name, 0))
        for name in map(str, table.columns)
    ]
    return Grid([names, *columns])


def cells(table: "pd.DataFrame") -> dict[str, list[str]]:
    """Return the columns of the table as text, in the digits that the sds justify."""
    sd_columns = [
        name for name in ("exact_sd", "laplace_sd", "mcmc_sd") if name in table
    ]
    sds = table[sd_columns[0]] if sd_columns else [0.0] * len(table)
    decimals = [numbers.decimals_for(float(sd)) for sd in sds]
    return {
        str(name): [
            numbers.as_text(value, FORMATS.get(str(name), own))
            for value, own in zip(table[name], decimals, strict=True)
        ]
        for name in table.columns
    }


def checks_grid(comparison: Judged, *, has_notes: bool = True) -> Grid:
    """Return the table of checks.

    Without notes the reasons of checks that did not pass stand below their claims.
    """
    checks = shown_checks(comparison)
    claims = [
        check.claim if has_notes else _claim_and_reason(check) for check in checks
    ]
    columns = [
        Column("check", [VERDICTS[check.passed] for check in checks]),
        Column("claim", claims, narrowest=0 if has_notes else NARROWEST_CLAIM),
        Column("measured", [check.measured for check in checks], True, rank=1),
        Column("allowed", [check.allowed for check in checks], True, rank=2),
    ]
    if has_notes:
        notes = [check.reason for check in checks]
        called = "notes of checks that passed"  # the others stand below their claims
        columns.append(Column("note", notes, False, 3, NARROWEST_NOTE, called))
    return Grid(columns, [STYLES[check.passed] for check in checks])


def _claim_and_reason(check: Check) -> str:
    if check.passed or not check.reason:
        return check.claim
    return f"{check.claim}: {check.reason}"


def checks_table(checks: Sequence[Check]) -> "pd.DataFrame":
    """Return checks as a table, a row each, by the names of their attributes."""
    import pandas as pd

    names = ("passed", "statistic", "tolerance", "at_least", "unit", "reason")
    columns = {name: [getattr(check, name) for check in checks] for name in names}
    claims = pd.Index([check.claim for check in checks], name="claim")
    table = pd.DataFrame(columns, index=claims)
    kinds = {"passed": "boolean", "statistic": float, "tolerance": float}
    return table.astype(kinds)


def scale_lines(comparison: Reported) -> list[str]:
    """Return the exact posterior of each unknown scale and of the penalty, as text."""
    return [
        f"{SCALES[name]}: exact median {each['50%']:.4g}, "
        f"95 % from {each['2.5%']:.4g} to {each['97.5%']:.4g}"
        for name, each in comparison.scales.items()
    ]
