"""A table as it stands in a file: named columns of cells, and the place of each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bayes_l2 import validation
from bayes_l2.datasets.files.numerals import looks_like_data
from bayes_l2.texts import listed, shown

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of a file.

    Attributes
    ----------
    file : str
        The name of the file, as messages have it.
    columns : dict of str to pandas.Series
        The cells of each column: text, or what the format of the file says.
    places : sequence of int
        The number of each row in the file.
    unit : str
        What these numbers count: "line" or "row".
    decimal : str
        The decimal mark of numbers in text.
    notes, warnings : tuple of str
        What was found while reading.
    """

    file: str
    columns: "dict[str, pd.Series]"
    places: Sequence[int]
    unit: str = "line"
    decimal: str = "."
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def place(self, row: int) -> str:
        """Return the place of a row in the file."""
        counted = " (counting from 0)" if isinstance(self.places, range) else ""
        return f"{self.unit} {self.places[row]}{counted}"

    def at(self, row: int, name: str) -> str:
        """Return the file, the row and the column of a cell."""
        return f"{self.file}, {self.place(row)}, column {shown(name)}"


def body(
    file: str,
    header: list[str],
    rows: list[list[Any]],
    first: str,
) -> tuple[dict[str, list[Any]], list[str]]:
    """Return the named columns of rows of cells, and notes on columns left out.

    Rows and header must have one length. ``first`` is the place of the header.
    """
    if not rows:
        raise ValueError(
            f"{file} has a header line but no rows; put a line for each case below it"
            if not looks_like_data(header)
            else f"{file} has one line, which looks like data: {listed(header)}; a "
            "header line with the names of columns is needed first"
        )
    cells = dict(enumerate(map(list, zip(*rows, strict=True))))
    notes = []
    for j, name in enumerate(header):
        if name:
            continue
        column = [cell for cell in cells[j] if cell not in ("", None)]
        if not column:
            notes.append(f"column {j + 1} has no name and no content: left out")
        elif j == 0 and _names_rows(column, len(rows)):
            notes.append("column 1 has no name and names the rows: left out")
        else:
            filled = [each for each in header if each]
            if len(filled) == 1 < len(header) - 1:  # as spreadsheets write a title
                raise ValueError(
                    f"{file}, {first}: {shown(filled[0])} alone, above "
                    f"{len(header)} columns; delete what stands before the header"
                )
            remark, way_out = _data_instead(header) or ("", "give it one there")
            raise ValueError(
                f"{file}, {first}: column {j + 1} has no name{remark}; {way_out}"
            )
        del cells[j]
    repeated = validation.repeated(header[j] for j in cells)
    if repeated:
        remark, way_out = _data_instead(header) or ("", "rename all but one")
        raise ValueError(
            f"{file}, {first}: column names must be unique, got "
            f"{listed(map(repr, repeated))} more than once{remark}; {way_out}"
        )
    return {header[j]: column for j, column in cells.items()}, notes


def _names_rows(column: list[Any], n_rows: int) -> bool:
    """Return whether a column holds another text or whole number in each row."""
    if len(column) < n_rows or len(set(column)) < n_rows:
        return False
    numbers = [str(cell) for cell in column if looks_like_data([str(cell)])]
    return all(cell.isdigit() for cell in numbers)


def _data_instead(header: list[str]) -> tuple[str, str] | None:
    """Return a remark on a first line that looks like data, and the way out."""
    if not looks_like_data(header):
        return None
    return (
        ", and these look like data, not like names",
        "put a line with the names of columns before it",
    )
