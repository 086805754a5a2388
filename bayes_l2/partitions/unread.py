"""Rows that are read when they are asked for, in pieces that a cache can hold."""

from collections.abc import Callable, Iterator
from threading import local
from typing import Any, Self, override

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.partitions.batch import Batch, Place


class UnreadBatch(Batch):
    """Rows without weights that are read when they are asked for.

    A task can ask for X and y, or for one piece after another.

    Parameters
    ----------
    n_rows : int
        Their number.
    pieces : callable
        Takes a number of rows. It yields [X y] of so many rows as floats, in order. All
        pieces share one array, which the task may write to, so use a piece before the
        next. A piece of all rows has memory of its own, and its numbers are checked.
        Those of smaller pieces are not.
    response : callable
        Takes the last column of all rows. It returns y, which may be whole numbers, or
        True and False.
    place : Place
        Where they are read.
    """

    pieces: Callable[[int], Iterator[FloatArray]]
    response: Callable[[FloatArray], npt.NDArray[Any]]

    def __init__(
        self,
        n_rows: int,
        pieces: Callable[[int], Iterator[FloatArray]],
        response: Callable[[FloatArray], npt.NDArray[Any]],
        place: Place,
    ) -> None:
        self.__dict__.update(
            n_rows=n_rows, pieces=pieces, response=response, weights=None, place=place
        )

    def __getattr__(self, name: str) -> Any:
        """Read all rows when X or y is asked for the first time."""
        if name not in ("X", "y"):
            raise AttributeError(f"a batch has no attribute {name!r}")
        (rows,) = self.pieces(self.n_rows)
        self.__dict__.update(X=rows[:, :-1], y=self.response(rows[:, -1]))
        return self.__dict__[name]

    @override
    def numbered(self, number: int) -> Self:
        self.__dict__.update(number=number)
        return self


class _Memory(local):
    used: npt.NDArray[np.uint8] = np.empty(0, np.uint8)


_MEMORY = _Memory()


def memory_of_piece(size: int, *, is_kept: bool) -> npt.NDArray[np.uint8]:
    """Return some bytes of memory, which pieces of one thread share.

    To get new memory from the system takes as long as a pass over it.

    Parameters
    ----------
    size : int
        The number of bytes.
    is_kept : bool
        Whether the piece needs memory of its own.
    """
    if is_kept:
        return np.empty(size, np.uint8)
    if len(_MEMORY.used) < size:
        _MEMORY.used = np.empty(size, np.uint8)
    return _MEMORY.used[:size]
