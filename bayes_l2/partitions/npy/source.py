"""Rows of a .npy file, which is larger than the memory."""

from collections.abc import Callable, Iterator
from functools import partial
from os import PathLike
from typing import Any, override

import numpy as np
import numpy.typing as npt

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.kinds import is_whole
from bayes_l2.partitions import faults
from bayes_l2.partitions.batch import Batch, Place, rows_of_batch
from bayes_l2.partitions.npy.file import Block, NpyFile
from bayes_l2.partitions.partitions import LocalPartitions
from bayes_l2.partitions.unread import UnreadBatch
from bayes_l2.texts import listed, shown
from bayes_l2.validation import repeated

ELSEWHERE = " where the file is written"
LARGER = 6  # times as many rows has a batch that is read in pieces

type Column = tuple[NpyFile, int]  # the number of a column, 0 in a vector


class NpyPartitions(LocalPartitions):
    """Rows of a .npy file of two dimensions, which is read a few megabytes at a time.

    The numbers are floats or whole numbers of any size, or True and False. Of a file in
    Fortran order only the columns that are used are read.

    Parameters
    ----------
    path : str or Path
        The file of an array of shape (n, q). Its columns have the numbers 0 to q - 1,
        or -q to -1, and the names x0, x1, ...
    target : int, str or Path
        The number of the column of y, or the .npy file of a vector of n entries.
    features : list of int, optional
        The numbers of the columns of X in order. Default: all but target and weights.
    weights : int, str or Path, optional
        Row weights, not negative: as for target.
    progress : bool, default False
        Whether a bar on standard error tells how far a pass is, if a person watches.

    Raises
    ------
    ValueError
        If a file cannot be opened, is cut off, or is no .npy file of numbers; if a
        number of a column is out of range or repeated; if a vector has another length.
        A pass raises it for an entry that is not finite or beyond 1e150, and for a
        negative weight, naming file, row and column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from bayes_l2 import SufficientStatistics
    >>> from bayes_l2.partitions import NpyPartitions
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "rows.npy"
    ...     np.save(path, [[1.0, 2.0, 1.5], [2.0, 1.0, 2.5], [4.0, 3.0, 3.0]])
    ...     SufficientStatistics.from_partitions(NpyPartitions(path, -1))
    SufficientStatistics(<3 rows, 2 features>, x0, x1)
    """

    def __init__(
        self,
        path: Any,
        target: Any,
        *,
        features: Any = None,
        weights: Any = None,
        progress: bool = False,
    ) -> None:
        self.progress = arguments.flag(progress, "progress")
        self._file = file = NpyFile.of(path, "path", dimensions=2)
        n, q = file.shape
        self._target = _column(target, "target", file)
        self._weights = None
        if weights is not None:
            self._weights = _column(weights, "weights", file)
            if self._weights == self._target:
                raise ValueError(f"weights must not be the target, got {weights!r}")
        others = [each for each in (self._target, self._weights) if each is not None]
        taken = [number for source, number in others if source is file]
        self._features = _features(features, taken, file)
        self._read = [*self._features, *taken]
        self.feature_names = tuple(f"x{j}" for j in self._features)
        source, number = self._target
        self.target = f"x{number}" if source is file else source.path.stem
        self.n_rows = n
        self.n_bytes = file.n_bytes * (len(self._read) if file.by_columns else q) // q
        self.n_bytes += sum(each.n_bytes for each, _ in others if each is not file)

    def new_rows(self, path: Any, name: str) -> FloatArray:
        """Return the features of new rows, which are in a file of their own.

        Parameters
        ----------
        path : str or Path
            A .npy file with the columns of this file, or with those of X alone.
        name : str
            The argument that gave the path.

        Returns
        -------
        ndarray of shape (m, p)
            All rows, in memory.

        Raises
        ------
        ValueError
            If it has another number of columns, or a number is not fit.
        """
        file = NpyFile.of(path, name, dimensions=2)
        m, q = file.shape
        columns = {self._file.shape[1]: self._features}
        columns.setdefault(len(self._features), list(range(len(self._features))))
        if q not in columns:
            counts = " or ".join(map(str, sorted(columns)))
            raise ValueError(
                f"{name} must have {counts} columns: those of X in order, or all of "
                f"{self._file.name}; got {q} in {file.name}"
            )
        if not m:
            raise ValueError(f"{name} must have at least one row, got none")
        (block,) = file.blocks(0, m, columns[q], m)
        X = block.pick(columns[q])
        _require_fit(X, file, columns[q], 0)
        return X

    @override
    def loads(self) -> Iterator[Callable[[], Batch]]:
        return self._loads(rows_of_batch(self._file.shape[1]))

    @override
    def reduce_pieces[T](
        self, task: Callable[[Batch], T | None], merge: Callable[[T, T], T]
    ) -> T | None:
        rows = rows_of_batch(self._file.shape[1])
        larger = rows if self._weights else LARGER * rows
        return self.reduce_loads(self._loads(larger), task, merge)

    def _loads(self, size: int) -> Iterator[Callable[[], Batch]]:
        n = self._file.shape[0]
        for first in range(0, n, size):
            yield partial(self._batch, first, min(size, n - first))

    def _batch(self, first: int, rows: int) -> Batch:
        place = Place(self._file.name, first)
        if self._weights is None:
            pieces = partial(self._pieces, first, rows)
            return UnreadBatch(rows, pieces, self._response, place)
        (block,) = self._file.blocks(first, rows, self._read, rows)
        self._require_fit(block)
        weights = self._of_column(self._weights, block)
        where = Place(self._weights[0].name, first)
        faults.require_weights(weights, where, ELSEWHERE)
        table = self._of_block(block)
        return Batch(table[:, :-1], self._response(table[:, -1]), weights, place)

    def _response(self, y: FloatArray) -> npt.NDArray[Any]:
        """Return y of the type of its file: labels may be whole numbers, or flags."""
        dtype = self._target[0].dtype
        return y if dtype.kind == "f" else y.astype(dtype)

    def _pieces(self, first: int, rows: int, size: int) -> Iterator[FloatArray]:
        """Yield [X y] of some rows of the file, so many at a time."""
        for block in self._file.blocks(first, rows, self._read, size):
            if size >= rows:
                self._require_fit(block)
            yield self._of_block(block)

    def _require_fit(self, block: Block) -> None:
        if not block.is_fit:  # a column that is not read may be to blame
            file, number = self._target
            columns = [*self._features, *([number] if file is self._file else [])]
            _require_fit(block.pick(columns), self._file, columns, block.first)

    def _of_block(self, block: Block) -> FloatArray:
        """Return [X y] of the rows of a block."""
        file, number = self._target
        if file is self._file:
            return block.pick([*self._features, number])
        y = self._of_column(self._target, block)
        return np.column_stack([block.pick(self._features), y])

    def _of_column(self, column: Column, block: Block) -> FloatArray:
        """Return the numbers of y or the weights in the rows of a block."""
        file, number = column
        if file is not self._file:
            rows = len(block.numbers)
            (block,) = file.blocks(block.first, rows, [number], rows)
        numbers = block.pick([number])
        if not block.is_fit:
            _require_fit(numbers, file, [number], block.first)
        return numbers[:, 0]


def _column(value: Any, name: str, file: NpyFile) -> Column:
    """Return a column of the file, or the one of another file that is a vector."""
    if is_whole(value):
        return file, _number(value, name, file)
    if not isinstance(value, str | PathLike):
        raise ValueError(
            f"{name} must be the number of a column or the path of a .npy file, got "
            f"{shown(value)}"
        )
    vector = NpyFile.of(value, name, dimensions=1)
    if vector.shape[0] != file.shape[0]:
        raise ValueError(
            f"{name} must have an entry for each of the {file.shape[0]} rows of "
            f"{file.name}, got {vector.shape[0]} in {vector.name}"
        )
    return vector, 0


def _number(value: Any, name: str, file: NpyFile) -> int:
    """Return the number of a column, counted from 0."""
    q = file.shape[1]
    if not is_whole(value) or not -q <= value < q:
        raise ValueError(
            f"{name} must be the number of a column, from 0 to {q - 1} or from {-q} to "
            f"-1 in {file.name}; got {shown(value)}"
        )
    return int(value) % q


def _features(values: Any, taken: list[int], file: NpyFile) -> list[int]:
    """Return the numbers of the columns of X."""
    if values is None:
        numbers = [j for j in range(file.shape[1]) if j not in taken]
        if not numbers:
            raise ValueError(f"{file.name} has no column but {listed(taken)}")
        return numbers
    chosen = arguments.words(values, "features", "a list of numbers of columns")
    numbers = [_number(each, "features", file) for each in chosen]
    twice = repeated(map(str, numbers))
    if twice:
        raise ValueError(
            f"features must not hold a column more than once, got {listed(twice)}"
        )
    shared = [j for j in numbers if j in taken]
    if shared:
        raise ValueError(
            f"features must not hold the target or the weights, got {listed(shared)}"
        )
    return numbers


def _require_fit(
    numbers: FloatArray, file: NpyFile, columns: list[int], first: int
) -> None:
    """Raise an error that names the first row with a number that is not fit."""
    words = [f"column {j}" if file.is_matrix else "every entry" for j in columns]
    faults.require_fit(numbers, words, Place(file.name, first), lambda *_: ELSEWHERE)
