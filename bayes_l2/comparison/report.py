"""A model and a comparison for a reader: words and tables, in terminal and notebook."""

from collections.abc import Sequence
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Protocol

from bayes_l2.comparison.check import Check
from bayes_l2.comparison.grid import Grid
from bayes_l2.model.description import assumption_lines
from bayes_l2.model.layout import NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

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
SCALES = {NOISE_SD: "noise sd σ", PRIOR_SD: "prior sd τ", PENALTY: "penalty α"}
FORMATS = {"r_hat": ".3f", "ess_bulk": ".0f"}
CHECK_HEADINGS = ("check", "claim", "measured", "allowed", "note")
VERDICTS = {True: "pass", False: "FAIL", None: "n/a"}
STYLES = {True: "green", False: "bold red", None: "dim"}


class _Reported(Protocol):
    """The parts of a comparison that a report shows."""

    @property
    def model(self) -> LinearModel: ...
    @property
    def penalised_name(self) -> str: ...
    @cached_property
    def table(self) -> "pd.DataFrame": ...
    @cached_property
    def scales(self) -> dict[str, dict[str, float]]: ...
    @cached_property
    def checks(self) -> list[Check]: ...


def model_block(model: LinearModel) -> "RenderableType":
    """Return the assumptions for a terminal, a line each."""
    return _assumptions(model).as_rich()


def result_block(comparison: _Reported) -> "RenderableType":
    """Return the table, the checks and the verdict for a terminal."""
    from rich.console import Group
    from rich.text import Text

    return Group(
        _results(comparison).as_rich(),
        *map(Text, scale_lines(comparison)),
        _checks(comparison).as_rich(),
        Text(verdict(comparison), style="bold"),
    )


def as_rich(comparison: _Reported) -> "RenderableType":
    """Return the comparison for a terminal: assumptions, table, checks."""
    from rich.console import Group

    return Group(model_block(comparison.model), "", result_block(comparison))


def as_html(comparison: _Reported) -> str:
    """Return the comparison for a notebook: the same, as HTML tables."""
    return "".join(
        [
            _assumptions(comparison.model).as_html(),
            _results(comparison).as_html(),
            *(f"<p>{escape(line)}</p>" for line in scale_lines(comparison)),
            _checks(comparison).as_html(),
            f"<p><b>{escape(verdict(comparison))}</b></p>",
        ]
    )


def _assumptions(model: LinearModel) -> Grid:
    lines = assumption_lines(model)
    return Grid(lines, styles=["bold"] * len(lines))


def _results(comparison: _Reported) -> Grid:
    headings = HEADINGS | {"penalised": comparison.penalised_name.replace(" ", "\n")}
    columns = [headings[name] for name in comparison.table.columns]
    rows = [(name, *texts) for name, texts in cells(comparison.table)]
    return Grid(rows, ("parameter", *columns), right=columns)


def _checks(comparison: _Reported) -> Grid:
    checks = shown_checks(comparison)
    return Grid(
        [check_cells(check) for check in checks],
        CHECK_HEADINGS,
        right=("measured", "allowed"),
        styles=[STYLES[check.passed] for check in checks],
    )


def scale_lines(comparison: _Reported) -> list[str]:
    """Return the exact posterior of each unknown scale and of the penalty, as text."""
    return [
        f"{SCALES[name]}: exact median {each['median']:.4g}, "
        f"95 % from {each['low']:.4g} to {each['high']:.4g}"
        for name, each in comparison.scales.items()
    ]


def cells(table: "pd.DataFrame") -> list[tuple[str, list[str]]]:
    """Return the table's rows as text, with as many digits as the sds justify."""
    sd_columns = [
        name for name in ("exact_sd", "laplace_sd", "mcmc_sd") if name in table
    ]
    rows = []
    for name, row in table.to_dict(orient="index").items():
        decimals = decimals_for(row[sd_columns[0]] if sd_columns else 0.0)
        texts = [
            f"{value + 0.0:{FORMATS.get(str(key), decimals)}}"
            for key, value in row.items()
        ]
        rows.append((str(name), ["" if text == "nan" else text for text in texts]))
    return rows


def decimals_for(sd: float) -> str:
    """Return the number format that shows three significant digits of an sd."""
    if not 1e-4 < sd < 1e5:
        return ".4g"
    exponent = int(f"{sd:e}".split("e")[1])
    return f".{max(0, 2 - exponent)}f"


def shown_checks(comparison: _Reported) -> Sequence[Check]:
    """Return the checks of the routes that were asked for."""
    return [check for check in comparison.checks if check.was_asked]


def check_cells(check: Check) -> tuple[str, ...]:
    """Return a check as text, in the order of ``CHECK_HEADINGS``."""
    first = VERDICTS[check.passed], check.claim
    if check.statistic is None or check.tolerance is None:
        return *first, "", "", check.reason
    if check.at_least:
        measured, allowed = f"{check.statistic:.0f}", f"≥ {check.tolerance:g}"
    else:
        digits = "#.4g" if check.statistic >= 1 else ".2g"
        measured = f"{check.statistic:{digits}} {check.unit}".rstrip()
        allowed = f"≤ {check.tolerance:.3g}"
    return *first, measured, allowed, check.reason


def verdict(comparison: _Reported) -> str:
    """Return the outcome in one line."""
    found = [check.passed for check in shown_checks(comparison)]
    passed, failed, neither = map(found.count, (True, False, None))
    if not passed + failed:
        return "No check applies: nothing was compared."
    rest = f", {neither} not applicable" if neither else ""
    return f"{passed} of {passed + failed} checks passed{rest}."
