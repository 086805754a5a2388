"""Numbers of a prior by column: one for all, or one for each, in order or by name."""

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from bayes_l2.floats import from_arrow
from bayes_l2.kinds import is_real
from bayes_l2.texts import gathered, listed, printable, shown
from bayes_l2.validation import positive_number

Names = tuple[str, ...]


def by_column[T](
    value: Any, name: str, single: Callable[[Any, str], T]
) -> tuple[T | tuple[float, ...], Names | None]:
    """Return one for all columns, or a number for each, and the names of the columns.

    Parameters
    ----------
    value : float, sequence of float or mapping of str to float
        The numbers. Those of columns may be infinite, but not all of them.
    name : str
        What they are, for an error.
    single : callable
        Takes what stands for all columns, and the name, and returns what it means.

    Returns
    -------
    tuple
        Its result, or a tuple of numbers; and the names where these were given.

    Raises
    ------
    ValueError
        If a number is not positive, or all are infinite.
    """
    value = from_arrow(value)
    if isinstance(value, Mapping):
        names = tuple(str(key) for key in value)
        if len(set(names)) < len(names):
            raise ValueError(f"{name} must name each column once, got {listed(value)}")
        return _each(list(value.values()), list(map(shown, names)), name), names
    if hasattr(value, "to_dict"):  # a table, whose labels would be ignored
        raise ValueError(
            f"{name} must be a list in the order of the columns, or a dict by their "
            f"names, got a {type(value).__name__}; use its to_list() or its to_dict()"
        )
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if np.ndim(value) == 0 if isinstance(value, np.ndarray) else not _is_list(value):
        return single(value, name), None
    places = [f"column {j} (counting from 0)" for j in range(len(value))]
    return _each(list(value), places, name), None


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _each(values: list[Any], places: list[str], name: str) -> tuple[float, ...]:
    """Return the numbers of columns, whose places are in words."""
    if not values:
        raise ValueError(f"{name} must have a number for each column, got none")
    found = tuple(
        inf if _is_infinite(value) else positive_number(value, f"{name} of {place}")
        for value, place in zip(values, places, strict=True)
    )
    if min(found) == inf:
        raise ValueError(
            f"{name} must be finite for at least one column, got inf for all; "
            "use priors.Flat()"
        )
    return found


def _is_infinite(value: object) -> bool:
    return is_real(value) and value == inf


def in_order(
    values: tuple[float, ...], given: Names, names: Names, name: str
) -> tuple[float, ...]:
    """Return numbers that were given by name in the order of the columns of a model.

    Parameters
    ----------
    values, given : tuple
        The numbers, and the names of their columns.
    names : tuple of str
        The names of the columns of the model, in order.
    name : str
        What the numbers are, for an error.

    Raises
    ------
    ValueError
        If a column has no number, or a number has no column.
    """
    numbers = dict(zip(given, values, strict=True))
    missing = [each for each in names if each not in numbers]
    unknown = sorted(numbers.keys() - set(names))
    if missing or unknown:
        raise ValueError(
            f"{name} must name every column of X once; "
            f"missing: {listed(missing) or 'none'}; "
            f"unknown: {listed(unknown) or 'none'}"
        )
    return tuple(numbers[each] for each in names)


def text_of(values: Sequence[float], names: Names | None) -> str:
    """Return the numbers of columns as they are given: a list, or a dict by name."""
    if names is None:
        return f"[{gathered([f'{value:g}' for value in values])}]"
    pairs = zip(names, values, strict=True)
    texts = [f"{printable(name)!r}: {value:g}" for name, value in pairs]
    return f"{{{gathered(texts)}}}"


def range_of(values: Sequence[float]) -> str:
    """Return the finite numbers of columns in words, from the least to the largest."""
    finite = [value for value in values if value < inf]
    low, high = f"{min(finite):g}", f"{max(finite):g}"
    return low if low == high else f"{low} to {high}"


def flat_names(values: Sequence[float], names: Names | None) -> str:
    """Return the columns whose number is infinite by name, or how many they are."""
    places = [j for j, value in enumerate(values) if value == inf]
    if names is None:
        return f"{len(places)} of {len(values)} columns"
    return listed(names[j] for j in places)
