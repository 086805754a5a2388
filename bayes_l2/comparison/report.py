"""What a person reads of a model and of a comparison: its assumptions in words, tables for terminal and notebook."""

from html import escape
from typing import TYPE_CHECKING

from bayes_l2.model.description import assumption_lines
from bayes_l2.model.layout import NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

    from bayes_l2.comparison.base import Comparison
    from bayes_l2.comparison.check import Check

HEADINGS = {
    "ridge": "ridge",
    "penalised": "penalised\nfit",
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
CHECK_HEADINGS = ("check", "claim", "measured", "allowed", "note")
VERDICTS = {True: "pass", False: "FAIL", None: "n/a"}


def model_block(model: LinearModel) -> "RenderableType":
    """Return the assumptions for a terminal, a line each."""
    from rich.table import Table
    from rich.text import Text

    block = Table.grid(padding=(0, 2))
    for heading, line in assumption_lines(model):
        block.add_row(Text(heading, style="bold"), Text(line))
    return block


def result_block(comparison: "Comparison") -> "RenderableType":
    """Return the table, the checks and the verdict for a terminal."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("parameter", overflow="fold")
    for column in comparison.table.columns:
        table.add_column(HEADINGS[column], justify="right", overflow="fold")
    for name, row in cells(comparison.table):
        table.add_row(Text(name), *row)

    checks = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in CHECK_HEADINGS:
        checks.add_column(
            heading,
            justify="right" if heading in ("measured", "allowed") else "left",
            overflow="fold",
        )
    styles = {True: "green", False: "bold red", None: "dim"}
    for check in shown_checks(comparison):
        first, *others = check_cells(check)
        checks.add_row(Text(first, style=styles[check.passed]), *map(Text, others))
    scales = [Text(line) for line in scale_lines(comparison)]
    return Group(table, *scales, checks, Text(verdict(comparison), style="bold"))


def scale_lines(comparison: "Comparison") -> list[str]:
    """Return the exact posterior of each unknown scale and of the penalty, a line each."""
    symbols = {NOISE_SD: "noise sd σ", PRIOR_SD: "prior sd τ", PENALTY: "penalty α"}
    return [
        f"{symbols[name]}: exact median {each['median']:.4g}, 95 % from {each['low']:.4g} to {each['high']:.4g}"
        for name, each in comparison.scales.items()
    ]


def as_rich(comparison: "Comparison") -> "RenderableType":
    """Return the comparison for a terminal: assumptions, table, checks."""
    from rich.console import Group

    return Group(model_block(comparison.model), "", result_block(comparison))


def as_html(comparison: "Comparison") -> str:
    """Return the comparison for a notebook: the same, as HTML tables."""
    lines = "".join(
        f"<tr><th style='text-align:left'>{escape(heading)}</th><td style='text-align:left'>{escape(line)}</td></tr>"
        for heading, line in assumption_lines(comparison.model)
    )
    head = "".join(
        f"<th>{escape(HEADINGS[column])}</th>" for column in comparison.table.columns
    )
    body = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for name, row in cells(comparison.table)
    )
    check_head = "".join(
        f"<th style='text-align:left'>{heading}</th>" for heading in CHECK_HEADINGS
    )
    checks = "".join(
        f"<tr>{''.join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in check_cells(check))}</tr>"
        for check in shown_checks(comparison)
    )
    return (
        f"<table>{lines}</table>"
        f"<table><thead><tr><th>parameter</th>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{''.join(f'<p>{escape(line)}</p>' for line in scale_lines(comparison))}"
        f"<table><thead><tr>{check_head}</tr></thead>"
        f"<tbody>{checks}</tbody></table><p><b>{escape(verdict(comparison))}</b></p>"
    )


def cells(table: "pd.DataFrame") -> list[tuple[str, list[str]]]:
    """Return the table's rows as text, each number with the digits that mean something."""
    rows = []
    for name, row in table.to_dict(orient="index").items():
        decimals = decimals_for(
            next(
                (row[sd] for sd in ("exact_sd", "laplace_sd", "mcmc_sd") if sd in row),
                0.0,
            )
        )
        formats = {"r_hat": ".3f", "ess_bulk": ".0f"}
        texts = [
            f"{value + 0.0:{formats.get(str(key), decimals)}}"
            for key, value in row.items()
        ]
        rows.append((str(name), ["" if text == "nan" else text for text in texts]))
    return rows


def decimals_for(sd: float) -> str:
    """Return the number format that shows three significant digits of a standard deviation."""
    if not 1e-4 < sd < 1e5:
        return ".4g"
    exponent = int(f"{sd:e}".split("e")[1])
    return f".{max(0, 2 - exponent)}f"


def shown_checks(comparison: "Comparison") -> list["Check"]:
    """Return the checks but those of routes that were left out, of which there is nothing to say."""
    return [check for check in comparison.checks if check.was_asked]


def check_cells(check: "Check") -> tuple[str, ...]:
    """Return a check as text, in the order of ``CHECK_HEADINGS``."""
    if check.statistic is None or check.tolerance is None:
        return VERDICTS[check.passed], check.claim, "", "", check.reason
    if check.at_least:
        return (
            VERDICTS[check.passed],
            check.claim,
            f"{check.statistic:.0f}",
            f"≥ {check.tolerance:g}",
            check.reason,
        )
    unit = f" {check.unit}" if check.unit else ""
    measured = f"{check.statistic:{'#.4g' if check.statistic >= 1 else '.2g'}}{unit}"
    return (
        VERDICTS[check.passed],
        check.claim,
        measured,
        f"≤ {check.tolerance:.3g}",
        check.reason,
    )


def verdict(comparison: "Comparison") -> str:
    """Return the outcome in one line."""
    counts = {
        verdict: sum(check.passed is verdict for check in shown_checks(comparison))
        for verdict in VERDICTS
    }
    parts = [f"{counts[True]} of {counts[True] + counts[False]} checks passed"]
    if counts[None]:
        parts.append(f"{counts[None]} not applicable")
    return ", ".join(parts) + "."
