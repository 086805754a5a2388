"""What kind of thing a value is, whatever its class says: a number, a list, an array.

A length of time of NumPy's is a subclass of its whole numbers, and an array without
dimensions is an iterable that cannot be iterated.
"""

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any, TypeGuard

import numpy as np


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number; True and a length of time are none."""
    return isinstance(value, int | np.integer) and is_real(value)


def is_real(value: object) -> TypeGuard[float]:
    """Return whether a value is a real number; True and a length of time are none."""
    return isinstance(value, Real) and not isinstance(value, bool | np.timedelta64)


def plain(value: object) -> object:
    """Return the number of an array without dimensions, any other value as it is."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return value if isinstance(value, np.ma.MaskedArray) else value.item()
    return value


def entries(values: object) -> list[Any] | None:
    """Return the entries of a list, an array or another iterable.

    A text, a mapping and what has no entries give None.
    """
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        return None
    if isinstance(values, np.ndarray) and values.ndim == 0:
        return None
    return list(values)


def shape_of(values: Any) -> tuple[int, ...]:
    """Return the shape of an array or of nested lists, () for anything else."""
    if isinstance(values, range):  # NumPy would write out all its numbers
        return (len(values),)
    try:
        shape = np.shape(values)
    except (TypeError, ValueError):  # rows of several lengths, no array at all
        return ()
    return shape if isinstance(shape, tuple) else ()  # a module's shape is a function
