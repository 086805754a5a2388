"""Numbers of a column, one above the other by their decimal points."""

import re
from collections.abc import Sequence
from typing import NamedTuple

NUMBER = re.compile(
    r"(?P<bound>[≤≥] )?(?P<whole>-?(?:\d+|nan|inf))(?P<rest>\S*)(?: (?P<unit>.*))?"
)
LETTER = 1.5  # widths of a digit


class Number(NamedTuple):
    """The parts of a number as text, such as "≤ 1e-05" or "2.139 MCSE".

    Attributes
    ----------
    bound : str
        A sign of inequality, or empty.
    whole : str
        What stands before the decimal point, with the sign of minus.
    rest : str
        The decimal point, the decimals and the power of ten.
    unit : str
        The unit, or empty.
    """

    bound: str = ""
    whole: str = ""
    rest: str = ""
    unit: str = ""

    @classmethod
    def of(cls, text: str) -> "Number":
        """Return the parts of a text; a text that is no number is a unit."""
        found = NUMBER.fullmatch(text)
        if found is None:
            return cls(unit=text)
        return cls(*(part or "" for part in found.groups()))


def widths(numbers: Sequence[Number]) -> Number:
    """Return the longest of each part."""
    columns = zip(*numbers, strict=True)
    return Number(*(max(column, key=len) for column in columns))


def aligned(texts: Sequence[str]) -> list[str]:
    """Return numbers padded to one width, with one column for their decimal points.

    Parameters
    ----------
    texts : sequence of str
        Numbers with a bound before and a unit after them, or empty.

    Returns
    -------
    list of str
        Texts of equal length.
    """
    if not texts:
        return []
    numbers = [Number.of(text) for text in texts]
    longest = widths(numbers)
    space = " " if longest.unit else ""
    return [
        f"{each.bound:{len(longest.bound)}}{each.whole:>{len(longest.whole)}}"
        f"{each.rest:{len(longest.rest)}}{space}{each.unit:{len(longest.unit)}}"
        for each in numbers
    ]


def aligned_html(texts: Sequence[str]) -> list[str]:
    """Return the same as HTML, where a digit has the width of one "ch".

    A number stays in one piece where it is copied.
    """
    if not texts:
        return []
    numbers = [Number.of(text) for text in texts]
    longest = widths(numbers)
    return [_cell(each, longest) if any(each) else "" for each in numbers]


def _cell(number: Number, longest: Number) -> str:
    sides = ("left", "right", "left", "left")
    bound, whole, rest, unit = map(len, longest)
    room = (bound + 1, whole, rest, LETTER * unit)
    spans = [
        f"<span style='display:inline-block;min-width:{width:g}ch;"
        f"text-align:{side}'>{part}</span>"
        for part, width, side in zip(number, room, sides, strict=True)
    ]
    shown = [span for span, widest in zip(spans, longest, strict=True) if widest]
    if longest.unit:
        shown.insert(-1, " ")  # for those who copy it
    return "".join(shown)


def as_text(value: float, number_format: str) -> str:
    """Return a number in a format, without a minus before zero; empty for NaN."""
    text = f"{value:z{number_format}}"
    return "" if text == "nan" else text


def decimals_for(sd: float) -> str:
    """Return the number format that shows three significant digits of an sd."""
    if not 1e-4 < sd < 1e5:
        return ".4g"
    exponent = int(f"{sd:e}".split("e")[1])
    return f".{max(0, 2 - exponent)}f"
