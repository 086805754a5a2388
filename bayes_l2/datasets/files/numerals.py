"""Numbers as people write them: decimal points and commas, thousands separators."""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import NamedTuple

import numpy as np

from bayes_l2.arrays import FloatArray

THOUSANDS = " \u00a0\u2009\u202f'’"  # besides a point or a comma
MINUS = "\u2212"
SAMPLE = 500  # rows that show a decimal mark in most files
TWO_POINTS = re.compile(r"\.[^\n]*\.")
OTHER_MARKS = re.compile(f"[,{THOUSANDS}{MINUS}]")


class Marks(NamedTuple):
    """The decimal mark of a file, and how it was found."""

    decimal: str
    grouped: str | None  # a number with a thousands separator
    open: str | None  # a number that the other decimal mark reads as another one


@cache
def _patterns(decimal: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of plain numbers, and of those with thousands separators."""
    mark, other = re.escape(decimal), "," if decimal == "." else "."
    plain = (
        rf"[+-]?(?:(?:[0-9]+{mark}?[0-9]*|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?"
        r"|[iI]nf(?:inity)?)"
    )
    grouped = (
        rf"[+-]?[1-9][0-9]{{0,2}}([{re.escape(other + THOUSANDS)}])[0-9]{{3}}"
        rf"(?:\1[0-9]{{3}})*(?:{mark}[0-9]*)?"
    )
    return re.compile(plain), re.compile(grouped)


def number(text: str, decimal: str) -> float | None:
    """Return the number that a text states, or None.

    Python alone reads 1_000, NaN is no number, and infinity is for others to refuse.
    """
    text = text.replace(MINUS, "-")
    plain, grouped = _patterns(decimal)
    if not plain.fullmatch(text):
        match = grouped.fullmatch(text)
        if match is None:
            return None
        text = text.replace(match.group(1), "")
    return float(text.replace(",", "."))


def numbers(texts: Sequence[str], decimal: str) -> FloatArray:
    """Return the number that each text states, NaN where it states none."""
    text = "\n".join(texts)
    # float reads these as we do but for 1_000, NaN, infinity and other scripts
    if text.isascii() and not any(mark in text for mark in "_nN"):
        plain = texts
        if decimal == ",":
            plain = text.replace(",", ".").split("\n") if "." not in text else ()
        with suppress(ValueError):  # such as 1-2
            if len(plain) == len(texts):
                return np.array(list(map(float, plain)))
    found = [number(text, decimal) for text in texts]
    return np.array(found, dtype=float)


def marks(
    columns: Sequence[Sequence[str]],
    decimal: str | None,
    *,
    expected: str | None,
    sep: str,
) -> Marks:
    """Return the decimal mark that most cells of a file agree with.

    Parameters
    ----------
    columns : sequence of sequences of str
        The cells, in columns.
    decimal : str or None
        The decimal mark, if it is given.
    expected : str or None
        The decimal mark where the cells do not say, if it is known.
    sep : str
        The separator: after semicolons a decimal comma is likely.
    """
    found = _evidence([column[:SAMPLE] for column in columns])
    if found.points == found.commas:  # the other rows decide
        unmarked = sep != ";" and expected in (None, ".")
        if unmarked and not any(map(_has_marks, columns)):
            return Marks(decimal or ".", None, None)
        found = _evidence(columns)
    read, points, commas = found
    open_cell = None
    if decimal is None and points != commas:
        decimal = "." if points > commas else ","
    elif decimal is None:
        differing = [
            cell
            for cell, point, comma in read
            if point is not None and comma is not None and point != comma
        ]
        with_comma = any("," in cell for cell in differing)
        decimal = expected or ("," if with_comma and sep == ";" else ".")
        if expected is None and (with_comma or sep == ";"):
            open_cell = next(iter(differing), None)
    plain, grouped = _patterns(decimal)
    cells = (cell.replace(MINUS, "-") for cell, *_ in read)
    with_thousands = (
        cell for cell in cells if not plain.fullmatch(cell) and grouped.fullmatch(cell)
    )
    return Marks(decimal, next(with_thousands, None), open_cell)


class _Evidence(NamedTuple):
    """Cells with what they state by a point and by a comma, and how many do."""

    read: list[tuple[str, float | None, float | None]]
    points: int
    commas: int


def _evidence(columns: Sequence[Sequence[str]]) -> _Evidence:
    cells = [cell for column in columns for cell in column if not cell.isdigit()]
    read = [(cell, number(cell, "."), number(cell, ",")) for cell in cells]
    points = sum(point is not None for _, point, _ in read)
    commas = sum(comma is not None for _, _, comma in read)
    return _Evidence(read, points, commas)


def _has_marks(cells: Sequence[str]) -> bool:
    """Return whether cells may hold other numbers than those with a point."""
    text = "\n".join(cells)
    return bool(OTHER_MARKS.search(text) or TWO_POINTS.search(text))


def is_number(text: str) -> bool:
    """Return whether a text is a number, with a decimal point or a comma."""
    return number(text, ".") is not None or number(text, ",") is not None


def looks_like_data(header: Sequence[str]) -> bool:
    """Return whether at least half of the names of columns are numbers."""
    return bool(header) and 2 * sum(map(is_number, header)) >= len(header)
