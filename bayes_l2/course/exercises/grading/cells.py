"""The rows of a CSV file as learning systems export it."""

import csv
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from bayes_l2.datasets.files.encodings import text_of
from bayes_l2.datasets.files.lines import separator
from bayes_l2.files import content
from bayes_l2.texts import end_of

MOST_BYTES = 2**26
OPEN_QUOTE = (
    "a quote is not closed, or text follows it; write a quote inside a cell twice"
)


@dataclass(frozen=True)
class Row:
    """The cells of a row.

    Attributes
    ----------
    number : int
        The number of its first line.
    cells : list of str
        Texts without spaces at the ends.
    problem : str or None
        Why the line cannot be cut into cells.
    """

    number: int
    cells: list[str]
    problem: str | None = None

    def cell(self, place: int) -> str:
        """Return the cell in a column; a cell that is not there is empty."""
        return self.cells[place] if place < len(self.cells) else ""

    def without(self, place: int) -> "Row":
        """Return the row with an empty cell in a column."""
        cells = ["" if i == place else cell for i, cell in enumerate(self.cells)]
        return Row(self.number, cells)


def text_in(path: Path, encoding: str | None = None) -> str:
    """Return the text of a file, in the encoding that is given or found."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"{end_of(path)} has more than 64 MiB: is it the answers?")
        data = content(path)
    except OSError as error:
        raise ValueError(f"cannot read {end_of(path)}: {error.strerror}") from None
    if data.startswith(b"PK\x03\x04"):
        raise ValueError(
            f"{end_of(path)} is a spreadsheet or another archive: save it as CSV"
        )
    text, words = text_of(data, end_of(path), encoding)
    if words is not None and words.startswith("Latin-1"):  # a guess
        warnings.warn(f"{end_of(path)} is read as {words}", stacklevel=2)
    return text


def rows_of(path: Path, encoding: str | None = None) -> tuple[Row, list[Row]]:
    """Return the header and the other rows of a CSV file."""
    return cut(text_in(path, encoding), end_of(path))


def cut(text: str, file: str) -> tuple[Row, list[Row]]:
    """Return the header and the other rows of a CSV text. Empty rows are left out.

    A quote that is not closed would swallow the lines below it. Then each line is cut
    alone, and those that cannot be cut have a ``problem``.
    """
    first, end, rest = text.partition("\n")
    stated = first.strip().lower()
    sep, skipped = None, 0
    if stated.startswith("sep=") and len(first.strip()) == 5:  # a line for Excel
        sep, text, skipped = first.strip()[4], rest, 1
    elif stated == "sep=" and end:  # the mark is a tab
        sep, text, skipped = "\t", rest, 1
    sep = sep or separator(text)
    try:
        rows = _together(text, sep, skipped)
    except csv.Error:
        rows = _line_by_line(text, sep, skipped)
    rows = [row for row in rows if row.problem or any(row.cells)]
    if not rows:
        raise ValueError(f"{file} is empty")
    header, *others = rows
    if header.problem or (len(header.cells) == 1 and '"' in header.cells[0]):
        raise ValueError(f"{file}, line {header.number}: {OPEN_QUOTE}")
    if not others:
        raise ValueError(f"{file} has a line of names and no line of answers")
    return header, others


def _together(text: str, sep: str, skipped: int) -> list[Row]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=sep, skipinitialspace=True, strict=True
    )
    rows, before = [], skipped
    for cells in reader:
        rows.append(Row(before + 1, [cell.strip() for cell in cells]))
        before = reader.line_num + skipped
    return rows


def _line_by_line(text: str, sep: str, skipped: int) -> list[Row]:
    rows = []
    for number, line in enumerate(text.splitlines(), skipped + 1):
        try:
            rows += [Row(number, row.cells) for row in _together(line, sep, 0)]
        except csv.Error:
            cells = [cell.strip(' "') for cell in line.split(sep)]
            rows.append(Row(number, cells, OPEN_QUOTE))
    return rows
