"""Conventions and conversions for people to read: in a terminal, and as Markdown."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bayes_l2.conventions.convention import Columns, Convention, Evidence, Intercept

if TYPE_CHECKING:
    from rich.console import RenderableType

    from bayes_l2.conventions.conversion import Conversion
    from bayes_l2.proofs.verify import Verdict

LEGEND = (
    "Squared error is ||y - a - Xb||², n the number of rows (Σw where weights are averaged), x_sd and y_sd standard "
    "deviations with divisor n, noise_sd the noise sd σ; s b are coefficients in other units of the columns. "
    "The prior sd is that of a coefficient of a column as given."
)


def details(record: Convention) -> list[tuple[str, str]]:
    """Return a record as pairs of a heading and a line."""
    return [
        ("name", record.name),
        ("setting", record.setting),
        ("minimises", record.objective),
        ("so the prior sd is", record.prior_sd),
        ("intercept", record.intercept.value),
        ("columns penalised", record.columns.value),
        ("row weights", record.weights),
        *(("assuming", each) for each in record.assumes),
        *([("no Gaussian MAP", record.no_map)] if record.no_map else []),
        ("verified", f"{record.verified.value}{_digits(record)}"),
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
        "prior_sd": record.prior_sd,
        "intercept": record.intercept.value,
        "columns": record.columns.value,
        "weights": record.weights,
        "per_column": record.per_column,
        "assumes": list(record.assumes),
        "no_map": record.no_map,
        "verified": record.verified.value,
        "digits": None if record.verified is Evidence.DOCUMENTATION else record.digits,
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

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_lines=False)
    for heading, width in (
        ("name", 24),
        ("setting, and what it minimises", None),
        ("prior sd", 24),
        ("verified by", 13),
    ):
        grid.add_column(heading, overflow="fold", width=width)
    for record in records:
        what = Text(record.setting, style="bold")
        what.append(f"\n{record.objective}", style="not bold")
        if caveats(record):
            what.append(f"\n{', '.join(caveats(record))}", style="yellow not bold")
        grid.add_row(record.name, what, Text(record.prior_sd), record.verified.value.removeprefix("by "))
    return grid


def block(lines: Sequence[tuple[str, str]]) -> "RenderableType":
    """Return pairs of a heading and a line for a terminal; a heading that repeats is shown once."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    before = None
    for heading, line in lines:
        style = "yellow" if heading in ("warning", "no Gaussian MAP") else ""
        grid.add_row(Text("" if heading == before else heading, style="bold"), Text(line, style=style))
        before = heading
    return grid


def verdicts(found: Iterable["Verdict"]) -> "RenderableType":
    """Return what became of proofs as a table for a terminal."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("proof", "convention", "digits", "asked", "seconds", "note"):
        right = heading in ("digits", "asked", "seconds")
        grid.add_column(heading, justify="right" if right else "left", overflow="fold")
    words = {True: ("pass", "green"), False: ("FAIL", "bold red"), None: ("n/a", "dim")}
    for each in found:
        word, style = words[each.passed]
        asked = "" if each.passed is None else "< 1" if each.convention.no_map else f"≥ {each.convention.digits:g}"
        digits = "" if each.digits is None else f"{each.digits:.1f}"
        seconds = "" if each.passed is None else f"{each.seconds:.1f}"
        grid.add_row(Text(word, style=style), each.convention.name, digits, asked, seconds, Text(each.note))
    return grid


def markdown(records: Iterable[Convention]) -> str:
    """Return records as a Markdown document: what each minimises and the prior that it is."""
    lines = [
        "# The same penalty in every library's units",
        "",
        "Written by `uv run bayes-l2 conventions --markdown`; a test keeps it equal to the records in "
        "`bayes_l2/conventions/`. `uv run --group conventions bayes-l2 conventions --verify` fits every library at a "
        "converted setting, and prints to how many digits it agrees with the exact coefficients.",
        "",
        LEGEND,
        "",
        "| name | setting | minimises | prior sd | intercept | columns penalised | row weights | verified |",
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
            f"${record.objective_latex}$".replace("|", r"\|"),
            f"`{record.prior_sd}`",
            record.intercept.value,
            record.columns.value,
            record.weights,
            f"{record.verified.value}{_digits(record)}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Notes", ""]
    for number, record in enumerate(notes, start=1):
        said = [*record.assumes, *([f"no Gaussian MAP: {record.no_map}"] if record.no_map else [])]
        lines.append(f"{number}. `{record.name}`: {'; '.join(said)}.")
    return "\n".join(lines) + "\n"


def conversion_block(conversion: "Conversion") -> "RenderableType":
    """Return a conversion for a terminal."""
    return block(conversion.lines())


def _digits(record: Convention) -> str:
    return "" if record.verified is Evidence.DOCUMENTATION else f", {record.digits:g} digits"
