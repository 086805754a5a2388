"""A column of a file whose cells are read as numbers, text, dates or lists."""

import re
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.datasets import cells
from bayes_l2.datasets.cells import BoolArray, Kind
from bayes_l2.datasets.files import numerals
from bayes_l2.datasets.files.grid import Grid
from bayes_l2.datasets.files.options import Missing, decimal, option, together
from bayes_l2.texts import shown

UNIT = re.compile(
    r"[-+]?[0-9][0-9., ]*(?:[%€$£¥°]|[ ][A-Za-zµ]{1,3}\Z)"
    r"|[-+]?(?:[€$£¥]|EUR|USD|GBP|CHF|JPY) ?[0-9]"
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
    values : numpy.ndarray of float
        The number that each cell states; NaN where it is missing or states none.
    are_truth_values : bool
        Whether true and false are what the cells hold.
    rows : numpy.ndarray of int
        The place of each cell among the rows of the file.
    decimal : str
        The decimal mark of numbers in text.
    """

    name: str
    kind: Kind
    cells: list[Any]
    missing: BoolArray
    values: FloatArray
    are_truth_values: bool
    rows: npt.NDArray[np.int_]
    decimal: str

    @classmethod
    def of(cls, grid: Grid, name: str, missing: Missing) -> "Column":
        """Return a column of a file."""
        found = cells.read(grid.columns[name], grid.decimal, missing)
        rows = np.arange(len(found.missing))
        return cls(name, *found, rows, grid.decimal)

    def at(self, rows: npt.NDArray[np.int_]) -> "Column":
        """Return some of the cells, by their places in the column."""
        return replace(
            self,
            cells=[self.cells[row] for row in rows],
            missing=self.missing[rows],
            values=self.values[rows],
            rows=self.rows[rows],
        )

    def numbers(self, grid: Grid, *, may_drop: bool = True) -> FloatArray:
        """Return the cells as finite numbers, NaN where one is missing.

        Raises
        ------
        ValueError
            If a cell is no number.
        """
        wrong = np.flatnonzero(~self.missing & ~np.isfinite(self.values))
        if wrong.size:
            row = int(wrong[0])
            seen = self.cells[row]
            seen = seen if isinstance(seen, Real) else str(seen)
            raise ValueError(
                f"{grid.at(self.rows[row], self.name)}: a finite number is needed, got "
                f"{shown(seen)}; {self._way_out(seen, grid.unit, may_drop=may_drop)}"
            )
        return self.values

    def _way_out(self, seen: Any, unit: str, *, may_drop: bool) -> str:
        if isinstance(seen, str) and self.has_other_mark(seen):
            other = "," if self.decimal == "." else "."
            return (
                f"write it as {seen.replace(other, self.decimal)}, or say "
                f"{decimal(other)} if all have this mark"
            )
        ways = [number_hint(str(seen)) or "correct it"]
        spelling = str(seen)
        if spelling.lower() == "none":  # alone it would say that NA is a name
            spelling = f"NA,{spelling}"
        if "," not in str(seen):  # which would be several spellings
            leave = together({"na": spelling, "drop_missing": True})
            ways.append(f"leave its {unit} out by {leave}")
        if may_drop:
            ways.append(f"leave the column out by {option('drop', [self.name])}")
        return ", or ".join(ways)

    def has_other_mark(self, text: str) -> bool:
        """Return whether a text is a number by the other decimal mark alone."""
        other = "," if self.decimal == "." else "."
        return (
            numerals.number(text, self.decimal) is None
            and numerals.number(text, other) is not None
        )

    def texts(self) -> list[str]:
        """Return the cells as text, where none is missing."""
        return [as_text(cell) for cell in self.cells]


def number_hint(text: str) -> str:
    """Return how to write a number that a text states in another way, or nothing."""
    if UNIT.match(text):
        return "write numbers without their unit"
    if any(each.isdecimal() and not each.isascii() for each in text):
        return "write digits as 0 to 9"
    return ""


def as_text(cell: Any) -> str:
    """Return a cell as text: a whole number without a point, a day without a time."""
    if hasattr(cell, "isoformat"):
        return cell.isoformat().removesuffix("T00:00:00")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
