"""Numbers as people write them: decimal points and commas, thousands separators."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

THOUSANDS = " \u00a0\u2009\u202f'’"  # besides a point or a comma
MINUS = "\u2212"
PLAIN = frozenset("0123456789.+-eE")
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


def numbers(texts: Sequence[str], decimal: str) -> list[float | None]:
    """Return the number that each text states, or None."""
    if decimal == "." and PLAIN.issuperset("".join(texts)):
        try:
            return list(map(float, texts))
        except ValueError:  # such as 1-2
            pass
    return [number(text, decimal) for text in texts]


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
    plain = sep != ";" and not any(map(_has_marks, columns))
    if plain and expected in (None, "."):
        return Marks(decimal or ".", None, None)
    cells = [cell for column in columns for cell in column if not cell.isdigit()]
    read = [(cell, number(cell, "."), number(cell, ",")) for cell in cells]
    points = sum(point is not None for _, point, _ in read)
    commas = sum(comma is not None for _, _, comma in read)
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
    found = (cell.replace(MINUS, "-") for cell in cells)
    with_thousands = (
        cell for cell in found if not plain.fullmatch(cell) and grouped.fullmatch(cell)
    )
    return Marks(decimal, next(with_thousands, None), open_cell)


def _has_marks(column: Sequence[str]) -> bool:
    """Return whether a column may hold other numbers than those with a point."""
    text = "\n".join(column)
    return bool(OTHER_MARKS.search(text) or TWO_POINTS.search(text))


def is_number(text: str) -> bool:
    """Return whether a text is a number, with a decimal point or a comma."""
    return number(text, ".") is not None or number(text, ",") is not None


def looks_like_data(header: Sequence[str]) -> bool:
    """Return whether at least half of the names of columns are numbers."""
    return bool(header) and 2 * sum(map(is_number, header)) >= len(header)
