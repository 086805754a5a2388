"""Checks of arguments that are no data: seeds, counts of draws, flags, names, paths.

Each returns a valid value or raises one ValueError.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from bayes_l2.kinds import entries, is_whole
from bayes_l2.texts import shown
from bayes_l2.validation import natural_number

MOST_NUMBERS = 2**30  # of an array of draws, which is 8 GiB


def seed(value: object, *, bits: int = 64) -> int | None:
    """Return a seed below 2 to the power of ``bits``, or None."""
    if value is None:
        return None
    return natural_number(value, "seed", at_least=0, at_most=2**bits - 1)


def generator(rng: object, name: str = "rng") -> np.random.Generator:
    """Return a generator of random numbers, from one or from a seed of any size."""
    if rng is None or isinstance(rng, np.random.Generator):
        return np.random.default_rng(rng)
    if not is_whole(rng) or rng < 0:
        raise ValueError(
            f"{name} must be a numpy.random.Generator, a whole number of at least 0, "
            f"or None, got {shown(rng)}"
        )
    return np.random.default_rng(rng)


def draws_to_keep(value: object, size: int, name: str = "n") -> int:
    """Return a number of draws of ``size`` numbers each, if an array can hold them."""
    return natural_number(value, name, at_most=MOST_NUMBERS // size)


def instance[T](value: object, kind: type[T], name: str) -> T:
    """Return ``value`` if it is of a class, and not that class itself."""
    if not isinstance(value, kind):
        raise ValueError(f"{name} must be a {kind.__name__}, got {shown(value)}")
    return value


def flag(value: object, name: str) -> bool:
    """Return ``value`` if it is True or False."""
    if not isinstance(value, bool | np.bool):
        raise ValueError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def words(values: object, name: str, wanted: str) -> list[object]:
    """Return the entries of a list that is no text and not empty."""
    found = entries(values)
    if not found:
        empty = found is not None and isinstance(values, list | tuple | np.ndarray)
        seen = "none" if empty else shown(values)
        raise ValueError(f"{name} must be {wanted}; got {seen}")
    return found


def path(value: object, name: str = "path") -> Path:
    """Return the path of a file; an empty path, a number and a folder are refused."""
    if not isinstance(value, str | PathLike) or not str(value):
        raise ValueError(f"{name} must be the path of a file, got {shown(value)}")
    if "\0" in str(value):
        raise ValueError(f"{name} must not hold the character 0, got {shown(value)}")
    try:
        os.fsencode(value)
    except UnicodeEncodeError:
        raise ValueError(
            f"{name} must be text that can be written, got half a character in "
            f"{shown(value)}"
        ) from None
    return Path(value)


def batches(values: object) -> Iterator[Sequence[Any]]:
    """Yield batches of rows, each (X, y) or (X, y, weights), one at a time."""
    wanted = "batches must hold (X, y) or (X, y, weights)"
    if not isinstance(values, Iterable) or (
        isinstance(values, np.ndarray) and values.ndim == 0
    ):
        raise ValueError(f"{wanted}, got {shown(values)}")
    for each in values:
        if not isinstance(each, tuple | list) or len(each) not in (2, 3):
            raise ValueError(f"{wanted}, got {shown(each)}")
        yield each
