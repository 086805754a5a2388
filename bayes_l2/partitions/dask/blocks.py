"""Rows in memory, a pandas table or arrays, checked and cut into batches."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, override

import numpy as np
import pandas as pd

from bayes_l2.arrays import FloatArray
from bayes_l2.partitions.batch import Batch, Place, rows_of_batch
from bayes_l2.partitions.dask.entries import (
    Fault,
    column_of_y,
    indicators,
    numbers,
    require_valid,
)
from bayes_l2.texts import listed


class Columns(ABC):
    """The columns of a block of rows that make X, y and the weights."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The names of the columns of X."""

    @property
    @abstractmethod
    def y_name(self) -> str:
        """The name of y."""

    @abstractmethod
    def n_rows(self, blocks: tuple[Any, ...], source: str) -> int:
        """Return the number of rows of blocks; check that they fit together."""

    @abstractmethod
    def part(self, blocks: tuple[Any, ...], rows: slice, place: Place) -> Batch:
        """Return some of the rows of blocks."""

    def batches(self, blocks: tuple[Any, ...], source: str) -> Iterator[Batch]:
        """Yield the rows of blocks that have the name ``source`` in messages."""
        size = rows_of_batch(len(self.names))
        n_rows = self.n_rows(blocks, source)
        for start in range(0, n_rows, size):
            rows = slice(start, min(start + size, n_rows))
            batch = self.part(blocks, rows, Place(source, start))
            require_valid(batch, self.names, self.y_name)
            yield batch


@dataclass(frozen=True)
class TableColumns(Columns):
    """The columns of a pandas table.

    Attributes
    ----------
    features : tuple
        The columns of X.
    levels : dict
        The levels of each categorical one, which become columns of 0 and 1.
    target : object
        The column of y.
    weights : object or None
        The column of row weights.
    """

    features: tuple[Any, ...]
    levels: dict[Any, tuple[Any, ...]]
    target: Any
    weights: Any = None

    @property
    @override
    def names(self) -> tuple[str, ...]:
        names: list[str] = []
        for column in self.features:
            levels = self.levels.get(column)
            if levels is None:
                names.append(str(column))
            else:
                names += [f"{column}={level}" for level in levels]
        return tuple(names)

    @property
    @override
    def y_name(self) -> str:
        return str(self.target)

    @property
    def used(self) -> list[Any]:
        """The columns that are read, each of them once."""
        weights = [] if self.weights is None else [self.weights]
        return list(dict.fromkeys([*self.features, self.target, *weights]))

    @override
    def n_rows(self, blocks: tuple[Any, ...], source: str) -> int:
        (block,) = blocks
        missing = [column for column in self.used if column not in block.columns]
        if missing:
            raise Fault(
                f"{source} must have the columns {listed(self.used)}, missing: "
                f"{listed(missing)}"
            )
        return len(block)

    @override
    def part(self, blocks: tuple[Any, ...], rows: slice, place: Place) -> Batch:
        table = blocks[0].iloc[rows]
        y = column_of_y(table[self.target])
        weights = None
        if self.weights is not None:
            weights = numbers(table[self.weights], "weights", place)
        return Batch(self._features(table, place), y, weights, place)

    def _features(self, table: pd.DataFrame, place: Place) -> FloatArray:
        """Return X, which is no copy where one array of floats holds the columns."""
        first = table.iloc[:, : len(self.features)]  # dask has put them there
        if tuple(first) == self.features and (first.dtypes == np.float64).all():
            return first.to_numpy()
        X = np.empty((len(table), len(self.names)), order="F")
        j = 0
        for name in self.features:
            levels = self.levels.get(name)
            if levels is None:
                X[:, j] = numbers(table[name], f"column {str(name)!r}", place)
                j += 1
            else:
                X[:, j : j + len(levels)] = indicators(table[name], levels, name, place)
                j += len(levels)
        return X


@dataclass(frozen=True)
class ArrayColumns(Columns):
    """The columns of an array, or of arrays for X, y and weights.

    Attributes
    ----------
    features : tuple of int
        The columns of X.
    target, weights : int or None
        The column, None for an array of its own.
    is_weighted : bool
        Whether the rows have weights.
    """

    features: tuple[int, ...]
    target: int | None = None
    weights: int | None = None
    is_weighted: bool = False

    @property
    @override
    def names(self) -> tuple[str, ...]:
        return tuple(f"x{j}" for j in self.features)

    @property
    @override
    def y_name(self) -> str:
        return "y" if self.target is None else f"x{self.target}"

    @override
    def n_rows(self, blocks: tuple[Any, ...], source: str) -> int:
        X, *others = blocks
        for each in others:
            if len(each) != len(X):
                raise Fault(
                    f"{source} must have as many rows of target and weights as of X, "
                    f"got {len(each)} and {len(X)}"
                )
        return len(X)

    @override
    def part(self, blocks: tuple[Any, ...], rows: slice, place: Place) -> Batch:
        X, *others = [each[rows] for each in blocks]
        y = others.pop(0) if self.target is None else X[:, self.target]
        weights = None
        if self.is_weighted:
            weights = others.pop(0) if self.weights is None else X[:, self.weights]
            weights = numbers(weights, "weights", place)
        first, last = self.features[0], self.features[-1]
        if self.features == tuple(range(first, last + 1)):
            X = X[:, first : last + 1]
        else:
            X = X[:, list(self.features)]
        return Batch(numbers(X, "X", place), column_of_y(y), weights, place)
