"""The columns of an Arrow table that make X, y and the row weights."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.partitions.arrow import choice, entries
from bayes_l2.partitions.batch import Batch, Place, are_fit, rows_of_batch
from bayes_l2.partitions.unread import UnreadBatch, memory_of_piece
from bayes_l2.texts import listed
from bayes_l2.validation import repeated

if TYPE_CHECKING:
    import pyarrow as pa

ENOUGH_ROWS = 4000  # of a batch, so that merging takes a small part of the time

type Parts = list[npt.NDArray[Any]]


@dataclass(frozen=True)
class Columns:
    """The columns of X, y and the row weights.

    Attributes
    ----------
    features : tuple of str
        The columns of X, in order.
    target : str
        The column of y.
    weights : str or None
        The column of row weights.
    levels : dict
        The levels of each text column among the features; None where they are not
        known yet.
    drop_first : bool
        Whether the first level of each has no column of its own.
    kinds : dict
        Whether each column holds numbers or text.
    """

    features: tuple[str, ...]
    target: str
    weights: str | None
    levels: dict[str, tuple[str, ...] | None]
    drop_first: bool
    kinds: dict[str, str]

    @classmethod
    def of(
        cls,
        schema: "pa.Schema",
        source: str,
        target: Any,
        *,
        features: Any = None,
        weights: Any = None,
        encode: Any = None,
        drop_first: Any = False,
    ) -> Self:
        """Return the columns that were asked for, or refuse them.

        Parameters
        ----------
        schema : pyarrow.Schema
            The names and types of the columns of the source.
        source : str
            Its name in messages.
        target, features, weights, encode, drop_first
            As for ``ParquetPartitions``.

        Returns
        -------
        Columns
            The levels of columns that ``encode`` lists are None.
        """
        arguments.flag(drop_first, "drop_first")
        chosen = choice.features(schema.names, source, target, features, weights)
        kinds = choice.kinds(schema, source, chosen, target, weights)
        levels = choice.levels(schema, source, chosen, kinds, encode)
        return cls(tuple(chosen), target, weights, levels, bool(drop_first), kinds)

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that are read."""
        weights = () if self.weights is None else (self.weights,)
        return (*self.features, self.target, *weights)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The text columns whose levels are not known."""
        return tuple(name for name, levels in self.levels.items() if levels is None)

    def with_levels(self, found: Mapping[str, Iterable[str]], source: str) -> Self:
        """Return the columns with levels; the names of X are then known to be unique.

        Raises
        ------
        ValueError
            If a column has more than 1000 levels, or a name of X is there twice.
        """
        for name, levels in found.items():
            choice.require_few(name, levels, source)
        levels = {**self.levels, **{name: tuple(e) for name, e in found.items()}}
        columns = replace(self, levels=levels)
        twice = repeated(columns.names)
        if twice:
            raise ValueError(
                "column names of X must be unique, got "
                f"{listed(map(repr, twice))} more than once; rename a column"
            )
        if not columns.names:
            raise ValueError(
                "X must have at least one column, got text of one level, which "
                "drop_first leaves out"
            )
        return columns

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns of X: ``column=level`` for a level of text."""
        names: list[str] = []
        for name in self.features:
            if name in self.levels:
                names += [f"{name}={level}" for level in self._kept(name)]
            else:
                names.append(name)
        return tuple(names)

    def _kept(self, name: str) -> tuple[str, ...]:
        return (self.levels[name] or ())[int(self.drop_first) :]

    @property
    def batch_rows(self) -> int:
        """The number of rows of a batch.

        It is two thirds of that of other files, but 4000 if those have as many: one
        more is decoded meanwhile, and fewer rows take long to merge.
        """
        most = rows_of_batch(len(self.names))
        return max(most * 2 // 3, min(most, ENOUGH_ROWS))

    def require_schema(self, schema: "pa.Schema", source: str, first: str) -> None:
        """Raise an error unless a part of the source has the columns of its first.

        Columns may be in another order, and numbers of another size.
        """
        for name in self.used:
            count = schema.names.count(name)
            if count != 1:
                seen = "no" if not count else "more than one"
                raise ValueError(
                    f"{source} has {seen} column {name!r}, and {first} has one; its "
                    f"columns are {listed(schema.names)}"
                )
            field = schema.field(name)
            if entries.kind(field.type) not in (self.kinds[name], "nothing"):
                raise ValueError(
                    f"{source} has {field.type} in column {name!r}, and {first} has "
                    f"{self.kinds[name]}; a column must be of one kind in all files"
                )

    def batch(self, table: "pa.Table", place: Place) -> Batch:
        """Return the rows of a table.

        Raises
        ------
        ValueError
            If an entry is missing or a level that is not known, or y or a weight is not
            valid. The message names the first such place. The numbers of X are checked
            when X is read.
        """
        parts = [self._part(table.column(name), name, place) for name in self.features]
        y = entries.response(table.column(self.target), self.target, place)
        if self.weights is None and y.dtype != object:
            pieces = partial(self._pieces, parts, y, place)
            return UnreadBatch(len(y), pieces, lambda _: y, place)  # y has all digits
        weights = None
        if self.weights is not None:
            weights = entries.numbers(table.column(self.weights), self.weights, place)
            weights = weights.astype(np.float64)
            entries.require_weights(weights, self.weights, place)
        X = np.empty((len(y), len(self.names)), order="F")
        self._fill(X, parts, slice(None))
        self._require_fit(X, place)
        return Batch(X, y, weights, place)

    def _part(
        self, column: "pa.ChunkedArray", name: str, place: Place
    ) -> npt.NDArray[Any]:
        """Return the numbers of a column, or the codes of its levels in X."""
        if name not in self.levels:
            return entries.numbers(column, name, place)
        levels = self.levels[name] or ()
        codes = entries.codes(column, levels, name, place)
        return codes - (len(levels) - len(self._kept(name)))

    def _pieces(
        self, parts: Parts, y: npt.NDArray[Any], place: Place, size: int
    ) -> Iterator[FloatArray]:
        """Yield [X y] of so many rows, and of so many more, until the last one."""
        n, columns = len(y), len(self.names) + 1
        memory = memory_of_piece(8 * min(size, n) * columns, is_kept=size >= n)
        for first in range(0, n, size):
            rows = slice(first, min(first + size, n))
            k = rows.stop - first
            piece = memory[: 8 * k * columns].view(np.float64).reshape(columns, k).T
            self._fill(piece, parts, rows)
            piece[:, -1] = y[rows]
            if size >= n:
                self._require_fit(piece, place)
            yield piece

    def _fill(self, out: FloatArray, parts: Parts, rows: slice) -> None:
        """Write X of some rows to the first columns of an array."""
        j = 0
        for name, part in zip(self.features, parts, strict=True):
            if name in self.levels:
                kept = len(self._kept(name))
                codes = part[rows, np.newaxis]
                np.equal(codes, np.arange(kept), out=out[:, j : j + kept])
                j += kept
            else:
                out[:, j] = part[rows]
                j += 1

    def _require_fit(self, X: FloatArray, place: Place) -> None:
        if not are_fit(X):
            numbers = [each for each in self.features if each not in self.levels]
            places = [self.names.index(each) for each in numbers]
            entries.require_fit(X[:, places], numbers, place)
