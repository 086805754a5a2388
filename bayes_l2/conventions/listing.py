"""Conventions and conversions for people to read: in a terminal, and as Markdown."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bayes_l2.conventions.convention import Columns, Convention, Evidence, Intercept

if TYPE_CHECKING:
    from rich.console import RenderableType

LEGEND = (
    "Squared error is ||y - a - Xb||², n the number of rows (Σw where weights are averaged), x_sd and y_sd standard "
    "deviations with divisor n, noise_sd the noise sd σ; s b are coefficients in other units of the columns. "
    "The prior's sd or scale is that of a coefficient of a column as given, in y per unit of the column."
)


NOT_OF_THIS_FORM = "nothing of this form"


def details(record: Convention) -> list[tuple[str, str]]:
    """Return a record as pairs of a heading and a line."""
    return [
        ("name", record.name),
        ("setting", record.setting),
        ("minimises", NOT_OF_THIS_FORM if record.no_map else record.objective),
        *(
            []
            if record.no_map
            else [("which is the prior", f"{record.norm.value}, {record.prior}")]
        ),
        ("intercept", record.intercept.value),
        ("columns penalised", record.columns.value),
        ("row weights", record.weights),
        *(("assuming", each) for each in record.assumes),
        *([("no Gaussian MAP", record.no_map)] if record.no_map else []),
        ("verified", _verified(record)),
        *([("why no more", record.limit)] if record.limit else []),
        ("source", record.source),
    ]


def plain(record: Convention) -> dict[str, object]:
    """Return a record as texts, lists and numbers, for JSON."""
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
        "digits": None
        if record.no_map or record.verified is Evidence.DOCUMENTATION
        else record.digits,
        "limit": record.limit,
        "source": record.source,
    }


def caveats(record: Convention) -> list[str]:
    """Return in a few words what sets a record apart from ridge regression."""
    said = []
    if record.no_map:
        said.append("no Gaussian MAP")
    if record.intercept is Intercept.PENALISED:
        said.append("penalises the intercept")
    if record.columns is not Columns.AS_GIVEN:
        said.append("standardises columns")
    return said


def table(records: Iterable[Convention]) -> "RenderableType":
    """Return records as a table for a terminal."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 1, 0))
    grid.add_column("name", overflow="fold")
    grid.add_column("setting, what it minimises, which prior that is", overflow="fold")
    for record in records:
        what = Text(record.setting, style="bold")
        for line, style in _in_short(record):
            what.append(f"\n{line}", style=f"not bold {style}")
        grid.add_row(record.name, what)
    return grid


def _in_short(record: Convention) -> list[tuple[str, str]]:
    """Return what the table says of a record below its setting: lines, and how they are coloured."""
    prior = "" if record.no_map else f"{record.norm.value}, {record.prior}; "
    lines = [] if record.no_map else [(record.objective, "")]
    lines.append((f"{prior}verified {_verified(record)}", "dim"))
    return lines + ([(", ".join(caveats(record)), "yellow")] if caveats(record) else [])


def block(lines: Sequence[tuple[str, str]]) -> "RenderableType":
    """Return pairs of a heading and a line for a terminal; a heading that repeats is shown once."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    before = None
    for heading, line in lines:
        style = "yellow" if heading in ("warning", "no Gaussian MAP") else ""
        grid.add_row(
            Text("" if heading == before else heading, style="bold"),
            Text(line, style=style),
        )
        before = heading
    return grid


def markdown(records: Iterable[Convention]) -> str:
    """Return records as a Markdown document: what each minimises and the prior that it is."""
    lines = [
        "# The same penalty in every library's units",
        "",
        "Written by `uv run bayes-l2 conventions --markdown`; a test keeps it equal to the records in "
        "`bayes_l2/conventions/`. `uv run --isolated --group conventions bayes-l2 conventions --verify` fits every "
        "library at a converted setting, and prints to how many digits it agrees with the exact coefficients.",
        "",
        LEGEND,
        "",
        "| name | setting | minimises | prior | intercept | columns penalised | row weights | verified |",
        "|---|---|---|---|---|---|---|---|",
    ]
    notes = []
    for record in records:
        mark = ""
        if record.assumes or record.no_map:
            notes.append(record)
            mark = f" [{len(notes)}](#notes)"
        cells = (
            f"`{record.name}`{mark}",
            f"`{record.setting}`",
            NOT_OF_THIS_FORM if record.no_map else f"${record.objective_latex}$",
            "none" if record.no_map else f"`{record.prior}`",
            record.intercept.value,
            record.columns.value,
            record.weights,
            _verified(record),
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Notes", ""]
    for number, record in enumerate(notes, start=1):
        said = [
            *record.assumes,
            *([f"no Gaussian MAP: {record.no_map}"] if record.no_map else []),
        ]
        lines.append(f"{number}. `{record.name}`: {'; '.join(said)}.")
    return "\n".join(lines) + "\n"


def _verified(record: Convention) -> str:
    """Return what shows that a record is right, and by how many digits."""
    if record.no_map:
        return f"{record.verified.value}, to differ"
    return record.verified.value + (
        ""
        if record.verified is Evidence.DOCUMENTATION
        else f", {record.digits:g} digits"
    )
