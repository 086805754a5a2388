"""The number that a student wrote: decimal comma, percent sign, spaces, exponent.

Nothing is evaluated. A spelling that has two meanings is refused.
"""

import math
import re
from typing import Literal

from bayes_l2.texts import shown

Decimal = Literal["point", "comma"]
BLANK = frozenset(("", "-", "\u2013", "\u2014"))  # Moodle writes - where no answer is
MOST_CHARACTERS = 60
MOST_DIGITS = 300
SPACES = "\u00a0\u2007\u2009\u202f"  # no-break, figure, thin, narrow
NUMERAL = re.compile(
    r"(?P<sign>[+-]?) ?(?P<digits>[0-9., ]*[0-9.,])"
    r"(?P<exponent>(?:[eE][+-]?[0-9]{1,4})?) ?(?P<percent>%?)"
)
EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
SPELLINGS = (  # by the mark between groups of three digits
    (None, re.compile(r"(?=.*[0-9])[0-9]*([.,][0-9]*)?")),
    (" ", re.compile(r"[1-9][0-9]{0,2}( [0-9]{3})+([.,][0-9]*)?")),
    (",", re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")),
    (".", re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]*)?")),
)
FRACTION = re.compile(r"[+-]?[0-9., ]+[/:][0-9., ]+")


def is_blank(text: str) -> bool:
    """Return whether a cell holds no answer: nothing, or a dash alone."""
    return text.strip() in BLANK


def whole(digits: str) -> int | float:
    """Return a whole number; infinity if it is too long to be an answer or a seed."""
    return int(digits) if len(digits) <= MOST_DIGITS else float("inf")


def number_in(text: str, *, decimal: Decimal | None = None) -> float:
    """Return the number that a text states.

    A percent sign divides by 100: "12 %" is 0.12. The decimal mark is a point or a
    comma. Groups of three digits may stand apart by spaces, or by the mark that is not
    the decimal mark. A comma before three digits, as in "1,234", has two meanings: it
    is refused unless ``decimal`` says which mark is the decimal one.

    Parameters
    ----------
    text : str
        The text, at most 60 characters.
    decimal : "point" or "comma", optional
        The decimal mark where both meanings are possible.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the text is no number, is a calculation, has two meanings, or is too large
        or too small for a float.
    """
    plain = " ".join(text.translate(dict.fromkeys(map(ord, SPACES), " ")).split())
    plain = plain.replace("\u2212", "-").removeprefix("'")  # of spreadsheets
    if len(plain) > MOST_CHARACTERS:
        raise ValueError(f"no number, but {len(plain)} characters: {shown(text)}")
    if FRACTION.fullmatch(plain):
        raise ValueError(
            f"{shown(text)} is a fraction: write a decimal number, such as 0.333"
        )
    found = NUMERAL.fullmatch(plain)
    if found is None:
        raise ValueError(f"no number: {shown(text)}; write digits, such as 0.123")
    exponent = found["exponent"]
    digits = _digits(found["digits"], decimal, text, exponent)
    value = float(f"{found['sign']}{digits}{exponent}")
    if math.isinf(value) or (value == 0 and digits.strip("0.")):
        raise ValueError(f"too large or too small: {shown(text)}")
    return value / 100 if found["percent"] else value


def _digits(digits: str, decimal: Decimal | None, text: str, exponent: str) -> str:
    """Return digits without groups, with a point for the decimal mark."""
    if EITHER.fullmatch(digits):
        return _either(digits, decimal, text, exponent)
    for groups, spelling in SPELLINGS:
        if spelling.fullmatch(digits):
            joined = digits if groups is None else digits.replace(groups, "")
            return joined.replace(",", ".")
    raise ValueError(f"no number: {shown(text)}; write digits, such as 0.123")


def _either(digits: str, decimal: Decimal | None, text: str, exponent: str) -> str:
    """Return digits such as 1,234, where a mark may be the decimal one or not."""
    mark = digits.strip("0123456789")
    joined, parted = digits.replace(mark, ""), digits.replace(mark, ".")
    if (mark, decimal) == (",", "point"):
        return joined
    if (mark, decimal) in ((".", None), (".", "point"), (",", "comma")):
        return parted
    other = digits.replace(mark, "," if decimal == "comma" else ".")
    raise ValueError(
        f"{shown(text)} could be {joined}{exponent} or {parted}{exponent}: write "
        f"{joined}{exponent} or {other}{exponent}"
    )
