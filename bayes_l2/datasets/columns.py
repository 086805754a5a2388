"""Cells of a column as numbers, truth values, text or dates, or as missing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.datasets.files import numerals
from bayes_l2.datasets.files.grid import Grid
from bayes_l2.datasets.files.options import Missing, option
from bayes_l2.texts import shown

if TYPE_CHECKING:
    import pandas as pd

type BoolArray = npt.NDArray[np.bool]
type Kind = Literal["numbers", "text", "dates", "lists"]

TRUTH = {"True": 1.0, "TRUE": 1.0, "true": 1.0}
TRUTH |= {"False": 0.0, "FALSE": 0.0, "false": 0.0}
DATE = re.compile(
    r"(?:[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./]"
    r"(?:[0-9]{4}|[0-9]{2}))(?:[T ][0-9]{1,2}:[0-9]{2}\S*)?"
)


@dataclass(frozen=True, eq=False)
class Column:
    """The cells of a column, read as of one kind.

    Attributes
    ----------
    name : str
        The name of the column.
    kind : str
        What the cells hold; truth values are numbers.
    cells : list
        The cells: text without spaces around it, or what the file's format says.
    missing : numpy.ndarray of bool
        Whether a cell is missing.
    rows : numpy.ndarray of int
        The place of each cell among the rows of the file.
    decimal : str
        The decimal mark of numbers in text.
    """

    name: str
    kind: Kind
    cells: list[Any]
    missing: BoolArray
    rows: npt.NDArray[np.int_]
    decimal: str

    def at(self, rows: npt.NDArray[np.int_]) -> "Column":
        """Return some of the cells, by their places in the column."""
        return replace(
            self,
            cells=[self.cells[row] for row in rows],
            missing=self.missing[rows],
            rows=self.rows[rows],
        )

    def numbers(self, grid: Grid, *, may_drop: bool = True) -> FloatArray:
        """Return the cells as finite numbers, NaN where one is missing.

        Raises
        ------
        ValueError
            If a cell is no number.
        """
        kept = [
            cell
            for cell, missing in zip(self.cells, self.missing, strict=True)
            if not missing
        ]
        values = np.full(len(self.cells), np.nan)
        values[~self.missing] = _floats(kept, self.decimal)
        wrong = np.flatnonzero(~self.missing & ~np.isfinite(values))
        if wrong.size:
            row = int(wrong[0])
            seen = self.cells[row]
            seen = str(seen) if not isinstance(seen, Real) else seen
            raise ValueError(
                f"{grid.at(self.rows[row], self.name)}: a finite number is needed, got "
                f"{shown(seen)}; {_way_out(seen, self, may_drop=may_drop)}"
            )
        return values

    def texts(self) -> list[str | None]:
        """Return the cells as text, None where one is missing."""
        return [
            None if missing else as_text(cell)
            for cell, missing in zip(self.cells, self.missing, strict=True)
        ]


def _way_out(seen: Any, column: Column, *, may_drop: bool) -> str:
    other = "," if column.decimal == "." else "."
    if (
        isinstance(seen, str)
        and numerals.number(seen, column.decimal) is None
        and (numerals.number(seen, other) is not None)
    ):
        return f"is it {option('decimal', other)}?"
    missing = f"mend it, or read it as missing by {option('na', str(seen))}"
    if not may_drop:
        return missing
    return f"{missing}, or leave the column out by {option('drop', [column.name])}"


def column(grid: Grid, name: str, missing: Missing) -> Column:
    """Return a column with its kind: what most of its cells hold."""
    series = grid.columns[name]
    cells, gaps = _cells(series, missing)
    present = [cell for cell, gap in zip(cells, gaps, strict=True) if not gap]
    kind = _kind_of_type(series) or _kind(present, grid.decimal)
    return Column(name, kind, cells, gaps, np.arange(len(cells)), grid.decimal)


def _cells(series: "pd.Series", missing: Missing) -> tuple[list[Any], BoolArray]:
    """Return the cells of a column, and whether each is missing."""
    import pandas as pd

    cells = [
        cell.strip() if isinstance(cell, str) else cell for cell in series.tolist()
    ]
    gaps = np.array(pd.isna(pd.Series(cells, dtype=object)), dtype=bool)
    # the text of a typed format says what it means, but in what is given
    spellings = missing.texts if series.dtype == object else missing.given
    for row, cell in enumerate(cells):
        if isinstance(cell, str):
            if cell in spellings:
                gaps[row] = True
            elif missing.numbers and not gaps[row]:
                value = numerals.number(cell, ".")
                gaps[row] = value in missing.numbers
        elif missing.numbers and isinstance(cell, Real) and cell in missing.numbers:
            gaps[row] = True
    return cells, gaps


def _kind_of_type(series: "pd.Series") -> Kind | None:
    """Return the kind that the type of a column says, or None."""
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        return "text"
    if isinstance(series.dtype, pd.StringDtype):
        return "text"
    if series.dtype.kind in "mM" or isinstance(series.dtype, pd.PeriodDtype):
        return "dates"
    return None


def _kind(cells: list[Any], decimal: str) -> Kind:
    """Return the kind of most cells; truth values are numbers where all are some."""
    if any(
        isinstance(cell, list | tuple | dict | bytes | np.ndarray) for cell in cells
    ):
        return "lists"
    values = _floats(cells, decimal)
    n_numbers = int(np.sum(~np.isnan(values)))
    if 2 * n_numbers >= len(cells):
        return "numbers"
    dates = [
        hasattr(cell, "isoformat") or (isinstance(cell, str) and DATE.fullmatch(cell))
        for cell in cells
    ]
    return "dates" if all(dates) else "text"


def _floats(cells: list[Any], decimal: str) -> FloatArray:
    """Return each cell as a number, or NaN."""
    if all(type(cell) is str for cell in cells):
        if _are_truth_values(cells):
            return np.array([TRUTH.get(cell, float(cell == "1")) for cell in cells])
        return np.array(numerals.numbers(cells, decimal), dtype=float)
    return np.array([_float(cell, decimal) for cell in cells], dtype=float)


def _float(cell: Any, decimal: str) -> float | None:
    if isinstance(cell, str):
        return numerals.number(cell, decimal)
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None


def as_text(cell: Any) -> str:
    """Return a cell as text: a whole number without a point, a day without a time."""
    if hasattr(cell, "isoformat"):
        return cell.isoformat().removesuffix("T00:00:00")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def truth_values(columns: Iterable[Column]) -> list[str]:
    """Return the names of the columns whose cells are all True or False."""
    return [
        each.name
        for each in columns
        if not each.missing.all()
        and _are_truth_values(
            [
                cell
                for cell, gap in zip(each.cells, each.missing, strict=True)
                if not gap
            ]
        )
    ]


def _are_truth_values(cells: list[Any]) -> bool:
    """Return whether cells are true or false, or 0 or 1 beside such ones."""
    known = {*TRUTH, True, False}
    return all(cell in known or cell in ("0", "1") for cell in cells) and any(
        isinstance(cell, bool) or cell in TRUTH for cell in cells
    )
