"""Tables in text: the separator, the lines and their cells."""

import csv
import io
import itertools
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from bayes_l2.datasets.files import numerals
from bayes_l2.datasets.files.encodings import text_of
from bayes_l2.datasets.files.grid import Grid, body
from bayes_l2.datasets.files.options import SEPARATORS, Reading, option
from bayes_l2.texts import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

FOUND = ",;\t|"  # separators that are found
SAMPLE = 200  # rows that a separator is found by
DIRECTIVE = re.compile(r"sep=([^\r\n])\r?\n", re.IGNORECASE)  # Excel's first line


class Line(NamedTuple):
    """The cells of a row, and the number of its first line."""

    number: int
    cells: list[str]


class Broken(ValueError):
    """A row that cannot be cut into fields: the number of its first line, and why."""


def grid(data: bytes, file: str, reading: Reading, expected: str | None) -> Grid:
    """Return the table of a text file.

    Parameters
    ----------
    data : bytes
        The content of the file.
    file : str
        Its name in messages.
    reading : Reading
        What is said of it.
    expected : str or None
        The decimal mark where the numbers do not say.

    Raises
    ------
    ValueError
        If the file is no text, empty or ragged, or its header lacks names.
    """
    import pandas as pd

    text, encoding = text_of(data, file, reading.encoding)
    if not text.strip():
        raise ValueError(f"{file} is empty; it must have a header line and rows")
    directive = DIRECTIVE.match(text)
    skipped = 0
    sep = reading.sep
    if directive:
        text, skipped = text[directive.end() :], 1
        sep = sep or directive.group(1)
    sep = sep or _separator(text)
    header, rows, notes = _rows(text, sep, file, skipped)
    cells, left_out = body(
        file, header, [row.cells for row in rows], [row.number for row in rows]
    )
    marks = numerals.marks(
        list(cells.values()), reading.decimal, expected=expected, sep=sep
    )
    return Grid(
        file,
        {name: pd.Series(column, dtype=object) for name, column in cells.items()},
        [row.number for row in rows],
        decimal=marks.decimal,
        notes=(*_said(sep, marks, encoding), *notes, *left_out),
        warnings=tuple(_doubts(header, marks)),
    )


def _separator(text: str) -> str:
    """Return the separator that gives most lines as many fields as the first."""
    scores = {sep: _score(text, sep) for sep in FOUND}
    return max(FOUND, key=lambda sep: scores[sep])


def _score(text: str, sep: str) -> tuple[float, float, int]:
    """Return how many lines are as long as the first, are numbers, and the length."""
    rows: list[list[str]] = []
    with suppress(Broken):  # the rows before it count
        rows.extend(line.cells for line in itertools.islice(_lines(text, sep), SAMPLE))
    if not rows or len(rows[0]) < 2:
        return 0.0, 0.0, 0
    header, *others = rows
    lengths = [len(row) for row in others]
    alike = sum(length in (len(header), len(header) + 1) for length in lengths)
    cells = [cell for row in others for cell in row if cell]
    numbers = sum(map(numerals.is_number, cells))
    return (
        alike / len(others) if others else 1.0,
        numbers / len(cells) if cells else 0.0,
        len(header),
    )


def _lines(text: str, sep: str) -> "Iterator[Line]":
    """Yield the lines that are not blank; a field in quotes may go over several.

    Raises
    ------
    Broken
        If a quote is not closed or closes too early, or a field is very long.
    """
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=sep, skipinitialspace=True, strict=True
    )
    before = 0
    try:
        for cells in reader:
            stripped = list(map(str.strip, cells))
            if len(cells) > 1 or any(stripped):
                yield Line(before + 1, stripped)
            before = reader.line_num
    except csv.Error as error:
        raise Broken(before + 1, _reason(error)) from None


def _rows(
    text: str, sep: str, file: str, skipped: int
) -> tuple[list[str], list[Line], list[str]]:
    """Return the header and the rows, all of one length, and notes."""
    try:
        first, *others = (
            Line(number + skipped, cells) for number, cells in _lines(text, sep)
        )
    except Broken as error:
        number, reason = error.args
        raise ValueError(f"{file}, line {number + skipped}: {reason}") from None
    rows = [line for line in others if any(line.cells)]
    notes = []
    if len(rows) < len(others):
        notes.append(f"{len(others) - len(rows)} rows of empty fields were left out")
    header = first.cells
    if rows and all(len(row.cells) == len(header) + 1 for row in rows):
        if not any(row.cells[-1] for row in rows):
            header = [*header, ""]
        elif _are_row_names([row.cells[0] for row in rows]):  # as R writes them
            header = ["", *header]
    _require_one_length(file, Line(first.number, header), rows, sep)
    return header, rows, notes


def _are_row_names(cells: list[str]) -> bool:
    """Return whether cells are names that all differ, or count from 1."""
    counted = [str(row) for row in range(1, len(cells) + 1)]
    differ = len(set(cells)) == len(cells) > 1
    return differ and (cells == counted or not any(map(numerals.is_number, cells)))


def _reason(error: csv.Error) -> str:
    words = str(error)
    if "limit" in words:
        return (
            f"a field of more than {csv.field_size_limit()} characters; close a quote "
            "that is open, or shorten it"
        )
    if "unexpected end" in words:
        return "a quote is not closed; put one at the end of the field"
    return (
        "a quote ends a field, and more of the field follows; write a quote inside a "
        "field twice"
    )


def _require_one_length(file: str, header: Line, rows: list[Line], sep: str) -> None:
    wanted = len(header.cells)
    ragged = [row for row in rows if len(row.cells) != wanted]
    if not ragged:
        return
    found = len(ragged[0].cells)
    if len(rows) > 1 and all(len(row.cells) == found for row in rows):
        raise ValueError(
            f"{file}, line {header.number}: {_fields(wanted)}, where each other line "
            f"has {found}; the header must be the first line: delete what stands "
            "before it"
        )
    more = f" and {len(ragged) - 1} more lines" if len(ragged) > 1 else ""
    raise ValueError(
        f"{file}, line {ragged[0].number}{more}: {wanted} columns in the header, "
        f"{found} here; put a field that holds a {SEPARATORS.get(sep, sep)} in quotes, "
        f"or name another separator, such as {option('sep', 'semicolon')}"
    )


def _fields(count: int) -> str:
    return f"{count} field{'s' * (count > 1)}"


def _said(sep: str, marks: numerals.Marks, encoding: str | None) -> list[str]:
    """Return a line on how the text was read, unless it was as usual."""
    words = [] if encoding is None else [encoding]
    if sep != "," or marks.decimal != "." or marks.grouped:
        words.append(f"{SEPARATORS.get(sep, repr(sep))}-separated")
    if marks.decimal != "." or marks.grouped:
        words.append("decimal comma" if marks.decimal == "," else "decimal point")
    if marks.grouped:
        words.append(f"thousands separated as in {marks.grouped}")
    return [f"read as {', '.join(words)}"] if words else []


def _doubts(header: list[str], marks: numerals.Marks) -> "Iterator[str]":
    if marks.open is not None:
        value = numerals.number(marks.open, marks.decimal)
        other = "," if marks.decimal == "." else "."
        yield (
            f"{marks.open} was read as {value:.15g}; if it is "
            f"{numerals.number(marks.open, other):.15g}, say {option('decimal', other)}"
        )
    names = [name for name in header if name]
    if numerals.looks_like_data(names) and not _may_be_names(names):
        yield (
            f"the first line looks like data, not like names: {listed(names)}; if it "
            "is, put a line with the names of columns before it"
        )


def _may_be_names(names: list[str]) -> bool:
    """Return whether the numbers in a header are years, or count the columns."""
    numbers = [name for name in names if numerals.is_number(name)]
    if not all(map(str.isdigit, numbers)):
        return False
    first = int(numbers[0])
    counted = [int(each) for each in numbers] == list(
        range(first, first + len(numbers))
    )
    return counted or len(numbers) < len(names)
