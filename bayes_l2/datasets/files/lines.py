"""The lines of a text, cut into fields by the separator that fits."""

import csv
import io
import itertools
import re
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from bayes_l2.datasets.files import numerals
from bayes_l2.datasets.files.options import SEPARATORS, option
from bayes_l2.texts import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

FOUND = ",;\t|"  # separators that are found
SAMPLE = 200  # rows that a separator is found by


class Line(NamedTuple):
    """The cells of a row, and the number of its first line."""

    number: int
    cells: list[str]


class Broken(ValueError):
    """A row that cannot be cut into fields: the number of its first line, and why."""


def separator(text: str) -> str:
    """Return the separator that gives most lines as many fields as the first."""
    scores = {sep: _score(text, sep) for sep in FOUND}
    return max(FOUND, key=lambda sep: scores[sep])


def _score(text: str, sep: str) -> tuple[float, float, int]:
    """Return how many lines are as long as the first, are numbers, and the length."""
    rows: list[list[str]] = []
    with suppress(Broken):  # the rows before it count
        rows.extend(line.cells for line in itertools.islice(_lines(text, sep), SAMPLE))
    if not rows:
        return -1.0, 0.0, 0
    if len(rows[0]) < 2:  # a title stands before the header
        length, count = Counter(map(len, rows)).most_common(1)[0]
        return (count / len(rows) - 1 if length > 1 else -1.0), 0.0, length
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
    if sep == " ":  # runs of spaces are one, and those at the ends are none
        text = re.sub(r"^ +| +$", "", text, flags=re.MULTILINE)
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


def rows(
    text: str, sep: str, file: str, skipped: int
) -> tuple[Line, list[Line], list[str]]:
    """Return the header and the rows, all of one length, and notes."""
    try:
        first, *others = (
            Line(number + skipped, cells) for number, cells in _lines(text, sep)
        )
    except Broken as error:
        number, reason = error.args
        if sep != " " and _are_cut_by_spaces(text):
            reason += f"; or say that spaces separate, by {option('sep', 'space')}"
        raise ValueError(f"{file}, line {number + skipped}: {reason}") from None
    filled = [line for line in others if any(line.cells)]
    notes = []
    if len(filled) < len(others):
        count = len(others) - len(filled)
        were = "row of empty fields was" if count == 1 else "rows of empty fields were"
        notes.append(f"{count} {were} left out")
    header = first.cells
    if filled and all(len(line.cells) == len(header) + 1 for line in filled):
        if not any(line.cells[-1] for line in filled):
            header = [*header, ""]
        elif _are_row_names([line.cells[0] for line in filled]):  # as R writes them
            header = ["", *header]
    first = Line(first.number, header)
    _require_one_length(file, first, filled, sep)
    return first, filled, notes


def _are_cut_by_spaces(text: str) -> bool:
    """Return whether spaces cut all lines into as many fields, as R writes them."""
    with suppress(Broken):
        header, *others = [len(line.cells) for line in _lines(text, " ")]
        return header > 1 and set(others) in ({header}, {header + 1})
    return False


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
    length, count = Counter(len(row.cells) for row in rows).most_common(1)[0]
    names = "".join(header.cells)
    another = next((mark for mark in FOUND if mark != sep and mark in names), None)
    or_else = ""
    if another is not None:
        or_else = f", or name another separator: {option('sep', SEPARATORS[another])}"
    each = count == len(rows)
    if sep == "," and each and found == 2 * wanted and another is None:
        raise ValueError(
            f"{file}, line {ragged[0].number}: {wanted} columns in the header, {found} "
            "here; are these decimal commas? Then write points, or semicolons between "
            "the fields"
        )
    if length != wanted and count > 1 and (each or 2 * count > len(rows) > wanted == 1):
        begin = next(row.number for row in rows if len(row.cells) == length)
        way_out = "name each column here, or delete what stands before the header"
        seen = ""
        if wanted == 1:
            seen = f", {shown(header.cells[0])}"
            way_out = f"if line {begin} is the header, delete what stands before it"
        raise ValueError(
            f"{file}, line {header.number}: {_fields(wanted)}{seen}, where "
            f"{'each other line has' if each else 'most lines have'} {length}; "
            f"{way_out}{or_else}"
        )
    lines = "line" if len(ragged) == 2 else "lines"
    more = f" and {len(ragged) - 1} more {lines}" if len(ragged) > 1 else ""
    word = SEPARATORS.get(sep, sep)
    way_out = "complete the line or delete it"
    if found > wanted:
        way_out = f"put a field that holds a {word} in quotes"
        if not any(ragged[0].cells[wanted:]):
            way_out = f"delete the {word} at its end"
    columns = "column" if wanted == 1 else "columns"
    raise ValueError(
        f"{file}, line {ragged[0].number}{more}: {wanted} {columns} in the header, "
        f"{found} here; {way_out}{or_else}"
    )


def _fields(count: int) -> str:
    return f"{count} field{'s' * (count > 1)}"
