"""Tables in text: how they are written, and what may be misread."""

import re
from typing import TYPE_CHECKING

from bayes_l2.datasets.files import lines, numerals
from bayes_l2.datasets.files.encodings import text_of
from bayes_l2.datasets.files.grid import Grid, body
from bayes_l2.datasets.files.options import SEPARATORS, Reading
from bayes_l2.datasets.files.options import decimal as decimal_option
from bayes_l2.texts import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

INVISIBLE = re.compile("[\u200b\u2060\ufeff]")  # spaces of no width, from web pages
DIRECTIVE = re.compile(r"sep=([^\r\n])\r?\n", re.IGNORECASE)  # Excel's first line


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
    text = text.removesuffix("\x1a")  # the end of a file of DOS
    if not text.isascii():
        text = INVISIBLE.sub("", text)
    if not text.strip():
        raise ValueError(f"{file} is empty; it must have a header line and rows")
    directive = DIRECTIVE.match(text)
    skipped = 0
    sep = reading.sep
    if directive:
        text, skipped = text[directive.end() :], 1
        sep = sep or directive.group(1)
    sep = sep or lines.separator(text)
    header, rows, notes = lines.rows(text, sep, file, skipped)
    cells, left_out = body(
        file, header.cells, [row.cells for row in rows], f"line {header.number}"
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
        warnings=tuple(_doubts(header.cells, marks)),
    )


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
            f"{numerals.number(marks.open, other):.15g}, say {decimal_option(other)}"
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
