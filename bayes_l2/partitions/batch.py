"""Some rows that are in memory together, and the place where they were read."""

from dataclasses import dataclass
from typing import Any

from bayes_l2.arrays import FloatArray


@dataclass(frozen=True)
class Place:
    """Where rows were read, for a message about one of them.

    Attributes
    ----------
    source : str
        The file and row group, the partition or the batch, in words.
    first_row : int
        The number of the first row there, from 0.
    """

    source: str
    first_row: int = 0

    def row(self, number: int) -> str:
        """Return the place of a row, whose number counts from the first one here."""
        return f"{self.source}, row {self.first_row + number} (counting from 0)"


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
    """

    X: FloatArray
    y: Any
    weights: FloatArray | None
    place: Place
