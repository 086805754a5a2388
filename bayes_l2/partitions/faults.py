"""The first number that statistics cannot take, and the error that names its place."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.partitions.batch import Place, are_fit
from bayes_l2.validation import LARGEST


def require_fit(
    array: FloatArray,
    words: Sequence[str],
    place: Place,
    how: Callable[[int, float], str],
) -> None:
    """Raise an error for the first row with a number that is not within ±1e150.

    Parameters
    ----------
    array : ndarray of shape (k, c)
        The numbers.
    words : sequence of c str
        What each column is called.
    place : Place
        Where the rows were read.
    how : callable
        Takes the number of a column and what was seen there. It returns how such rows
        are left out, in words that follow "leave such rows out".
    """
    if are_fit(array):
        return
    with np.errstate(invalid="ignore"):
        row, j = (int(each) for each in np.argwhere(~(np.abs(array) <= LARGEST))[0])
    value = float(array[row, j])
    raise unfit(words[j], value, place.row(row), how(j, value))


def unfit(what: str, value: Any, where: str, how: str) -> ValueError:
    """Return the error on a number that is missing, infinite or too large."""
    if isinstance(value, float) and np.isfinite(value):
        return ValueError(
            f"{what} must stay within ±{LARGEST:g}, got {value} in {where}; rescale it"
        )
    return ValueError(
        f"{what} must be finite, got {value} in {where}; leave such rows out{how}"
    )


def require_weights(weights: FloatArray, place: Place, how: str = "") -> None:
    """Raise an error for the first row with a negative weight."""
    negative = weights < 0
    if negative.any():
        row = int(np.argmax(negative))
        raise ValueError(
            f"weights must not be negative, got {weights[row]} in {place.row(row)}; "
            f"leave such rows out{how}"
        )
