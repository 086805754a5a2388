"""Numbers as they are typed."""

import math


def number(text: str) -> float:
    """Return the number that a text states in decimal digits.

    Raises
    ------
    ValueError
        If the text is no number, or one that a float would round to 0 or to infinity.
    """
    # Python alone reads 1_000 and digits of other scripts as numbers
    if "_" in text or not text.isascii():
        raise ValueError(f"no number: {text!r}")
    value = float(text)
    digits = text.strip().lower().partition("e")[0].strip("+-0.")
    if digits[:1].isdigit() and (value == 0 or math.isinf(value)):
        raise ValueError(f"too large or too small: {text!r}")
    return value
