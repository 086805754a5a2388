"""Texts of the conventions: blocks and tables for a terminal, Markdown, and JSON."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bayes_l2.conventions.convention import Columns, Convention, Evidence, Intercept

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

LEGEND = (
    "Squared error is ||y - a - Xb||². n is the number of rows; where weights are "
    "averaged, replace n by Σw. x_sd and y_sd are standard deviations with divisor n, "
    "and noise_sd is the noise sd σ. s b are coefficients in other units of the "
    "columns. The sd or scale of the prior is that of a coefficient of a column as "
    "given, in y per unit of the column."
)
HEADING = (
    "# The same penalty in every library's units",
    "",
    "`uv run bayes-l2 conventions --markdown` writes this page from the records in "
    "`bayes_l2/conventions/`, and a test compares the two. `uv run --project proofs "
    "bayes-l2 conventions --verify` installs every library and fits it at a converted "
    "setting. It prints the number of digits that agree with the exact coefficients.",
    "",
    LEGEND,
    "",
    "| name | setting | minimises | prior | intercept | columns penalised "
    "| row weights | verified |",
    "|---|---|---|---|---|---|---|---|",
)
NO_OBJECTIVE = "no objective of this form"


def details(record: Convention) -> list[tuple[str, str]]:
    """Return a record as pairs of a heading and a line."""
    lines = [
        ("name", record.name),
        ("setting", record.setting),
        ("minimises", NO_OBJECTIVE if record.no_map else record.objective),
        ("prior", "" if record.no_map else _prior(record)),
        ("intercept", record.intercept.value),
        ("columns penalised", record.columns.value),
        ("row weights", record.weights),
        *(("assuming", each) for each in record.assumes),
        ("no Gaussian MAP", record.no_map),
        ("verified", _verified(record)),
        ("limit of digits", record.limit),
        ("source", record.source),
    ]
    return [(heading, line) for heading, line in lines if line]


def plain(record: Convention) -> dict[str, object]:
    """Return a record as texts, lists and numbers, for JSON."""
    proved = not record.no_map and record.verified is not Evidence.DOCUMENTATION
    return {
        "name": record.name,
        "setting": record.setting,
        "parameter": record.parameter,
        "library": record.library,
        "objective": record.objective,
        "objective_latex": record.objective_latex,
        "norm": record.norm.name,
        "prior": record.prior,
        "intercept": record.intercept.value,
        "columns": record.columns.value,
        "weights": record.weights,
        "per_column": record.per_column,
        "assumes": list(record.assumes),
        "no_map": record.no_map,
        "verified": record.verified.value,
        "digits": record.digits if proved else None,
        "limit": record.limit,
        "source": record.source,
    }


def caveats(record: Convention) -> list[str]:
    """Return the differences between a record and ridge regression, in a few words."""
    found = {
        "no Gaussian MAP": bool(record.no_map),
        "penalises the intercept": record.intercept is Intercept.PENALISED,
        "standardises columns": record.columns is not Columns.AS_GIVEN,
    }
    return [words for words, holds in found.items() if holds]


def empty_table(*headings: str, right: Sequence[str] = (), gap: int = 0) -> "Table":
    """Return a terminal table without rows.

    Parameters
    ----------
    *headings : str
        Headings of the columns.
    right : sequence of str
        Headings of the columns that are aligned to the right.
    gap : int
        Empty lines after each row.
    """
    from rich import box
    from rich.table import Table

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, gap, 0))
    for heading in headings:
        justify = "right" if heading in right else "left"
        grid.add_column(heading, justify=justify, overflow="fold")
    return grid


def table(records: Iterable[Convention]) -> "RenderableType":
    """Return records for a terminal: the name of each, and a few lines below it."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    parts: list[RenderableType] = []
    for record in records:
        prior = "" if record.no_map else f"{_prior(record)}; "
        lines = (
            (record.setting, ""),
            ("" if record.no_map else record.objective, ""),
            (f"{prior}verified {_verified(record)}", "dim"),
            (", ".join(caveats(record)), "yellow"),
        )
        below = [Text(line, style=style) for line, style in lines if line]
        parts += [
            Text(record.name, style="bold"),
            Padding(Group(*below), (0, 0, 1, 2), expand=False),
        ]
    return Group(*parts)


def block(lines: Sequence[tuple[str, str]]) -> "RenderableType":
    """Return pairs of a heading and a line for a terminal.

    A heading that repeats is shown once.
    """
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    before = None
    for heading, line in lines:
        style = "yellow" if heading in ("warning", "no Gaussian MAP") else ""
        shown = "" if heading == before else heading
        grid.add_row(Text(shown, style="bold"), Text(line, style=style))
        before = heading
    return grid


def markdown(records: Iterable[Convention]) -> str:
    """Return records as a Markdown document with their objectives and priors."""
    rows, notes = [], []
    for record in records:
        mark = ""
        if record.assumes or record.no_map:
            remarks = list(record.assumes)
            if record.no_map:
                remarks.append(f"no Gaussian MAP: {record.no_map}")
            number = len(notes) + 1
            notes.append(f"{number}. `{record.name}`: {'; '.join(remarks)}.")
            mark = f" [{number}](#notes)"
        cells = (
            f"`{record.name}`{mark}",
            f"`{record.setting}`",
            NO_OBJECTIVE if record.no_map else f"${record.objective_latex}$",
            "none" if record.no_map else f"`{record.prior}`",
            record.intercept.value,
            record.columns.value,
            record.weights,
            _verified(record),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join([*HEADING, *rows, "", "## Notes", "", *notes, ""])


def _prior(record: Convention) -> str:
    return f"{record.norm.value}, {record.prior}"


def _verified(record: Convention) -> str:
    """Return the evidence for a record, and the digits that its proof reaches."""
    evidence = record.verified.value
    if record.no_map:
        return f"{evidence}, differs from the MAP"
    if record.verified is Evidence.DOCUMENTATION:
        return evidence
    return f"{evidence}, {record.digits:g} digits"
