"""Data as short JSON, without loss of a digit; ``src/packed.js`` is the way back."""

import csv
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np

BASE = 36


def packed_numbers(text: str) -> list[dict[str, Any]]:
    """Return the columns of a CSV of decimal numbers.

    A number is (low + d) / scale, with d of ``width`` digits in base 36.
    """
    head, *rows = csv.reader(text.splitlines())
    columns = zip(*rows, strict=True)
    return [
        {"name": name, **_digits([Decimal(each) for each in column])}
        for name, column in zip(head, columns, strict=True)
    ]


def _digits(values: list[Decimal]) -> dict[str, Any]:
    places = max(_places(value) for value in values)
    whole = [int(value.scaleb(places)) for value in values]
    low = min(whole)
    width = len(np.base_repr(max(whole) - low, BASE))
    digits = [np.base_repr(each - low, BASE).lower().zfill(width) for each in whole]
    return {
        "low": low,
        "scale": 10**places,
        "width": width,
        "digits": "".join(digits),
    }


def _places(value: Decimal) -> int:
    """Return how many digits stand behind the point."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -int(exponent))


def packed_records(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return records of the same fields: for each field its values, once each.

    ``places`` says where the value of each record stands; it is left out where all
    values differ.
    """
    records = list(records)
    return {name: _once([each[name] for each in records]) for name in records[0]}


def _once(values: list[Any]) -> dict[str, Any]:
    distinct: list[Any] = []
    for value in values:
        if value not in distinct:
            distinct.append(value)
    if len(distinct) == len(values):
        return {"values": values}
    places = [distinct.index(value) for value in values]
    return {"values": distinct, "places": places}
