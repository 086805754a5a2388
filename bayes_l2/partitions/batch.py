"""Some rows that are in memory together, and the place where they were read."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.texts import record_text, shown
from bayes_l2.validation import LARGEST

BATCH_BYTES = 2**23  # of the numbers of a batch; larger ones are no faster


@dataclass(frozen=True)
class Place:
    """Where rows were read, for a message about one of them.

    Attributes
    ----------
    source : str
        The file, the partition or the stream, in words.
    first_row : int
        The number of the first row there, from 0.
    parts : tuple of (int, str)
        The parts of the source, such as row groups: the number of the first row of
        each, and its name, which takes the place of ``source``.
    """

    source: str
    first_row: int = 0
    parts: tuple[tuple[int, str], ...] = ()

    def row(self, number: int) -> str:
        """Return the place of a row, whose number counts from the first one here."""
        row, source = self.first_row + number, self.source
        if self.parts:
            part = bisect_right(self.parts, row, key=lambda each: each[0])
            source = self.parts[part - 1][1]
        return f"{source}, row {row} (counting from 0)"


@dataclass(frozen=True, eq=False)
class Batch:
    """Some rows of a source.

    Attributes
    ----------
    X : ndarray of shape (k, p)
        Features, finite.
    y : ndarray of shape (k,)
        Response: numbers, or labels of any type.
    weights : ndarray of shape (k,) or None
        Row weights, finite and not negative.
    place : Place
        Where the rows were read.
    number : int
        The number of the batch, or of the partition it is of, from 0 in each pass.
    """

    X: FloatArray
    y: Any
    weights: FloatArray | None
    place: Place
    number: int = 0

    def numbered(self, number: int) -> Self:
        """Return the batch, with a number."""
        return replace(self, number=number)

    __repr__ = record_text

    @cached_property
    def n_rows(self) -> int:
        """The number of rows."""
        return len(self.X)

    @property
    def numeric_y(self) -> Any:
        """Return y, or raise ValueError with its first entry that is no number."""
        y = np.asarray(self.y)
        if y.dtype.kind in "biuf":
            return y
        for row, value in enumerate(y.tolist()):
            if isinstance(value, str) or y.dtype.kind != "O":
                raise ValueError(
                    f"y must hold numbers, got {shown(value)} in "
                    f"{self.place.row(row)}; likelihoods.Bernoulli() takes two labels, "
                    "likelihoods.Categorical() more"
                )
        return y.astype(np.float64)


def rows_of_batch(n_columns: int) -> int:
    """Return the number of rows of a batch of X with that many columns.

    A batch has several times as many rows as columns, so that its reduction to a
    triangular factor pays.
    """
    return max(BATCH_BYTES // (8 * (n_columns + 1)), 4 * n_columns)


def are_fit(array: FloatArray) -> bool:
    """Return whether all numbers are within ±1e150: neither NaN nor infinite."""
    # one quick pass: the sum of squares has the square of the largest number. Dot,
    # unlike @, lets other threads run meanwhile. Some rows of an array by columns
    # would be copied as a whole, but not column by column
    by_columns = array.strides[0] < array.strides[-1]
    lines = array.T if by_columns else [array.ravel()]
    with np.errstate(over="ignore", invalid="ignore"):
        if sum(float(np.dot(line, line)) for line in lines) <= LARGEST**2:
            return True
        return bool((np.abs(array) <= LARGEST).all())
