"""A .npy file: its header is checked, and its rows are read a block at a time.

References
----------
NumPy Enhancement Proposal 1, A simple file format for NumPy arrays.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import FileIO
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.partitions.batch import are_fit
from bayes_l2.partitions.unread import memory_of_piece
from bayes_l2.texts import end_of, shown

KINDS = {
    "O": "pickled objects, which can run code",
    "V": "records with named fields",
    "c": "complex numbers",
    "U": "text",
    "S": "text",
}


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of a file.

    Attributes
    ----------
    first : int
        The number of the first row.
    numbers : ndarray of shape (k, c)
        The rows, as floats.
    columns : range or list of int
        The numbers of their columns in the file.
    """

    first: int
    numbers: FloatArray
    columns: range | list[int]

    def pick(self, columns: list[int]) -> FloatArray:
        """Return some columns; a view, if they lie beside each other."""
        place_of = {j: place for place, j in enumerate(self.columns)}
        places = [place_of[j] for j in columns]
        beside = range(places[0], places[0] + len(places))
        if places == list(beside):
            return self.numbers[:, beside.start : beside.stop]
        return self.numbers[:, places]

    @cached_property
    def is_fit(self) -> bool:
        """Whether all numbers are within ±1e150: neither NaN nor infinite."""
        return are_fit(self.numbers)


@dataclass(frozen=True, eq=False)
class NpyFile:
    """The header of a .npy file of numbers.

    Attributes
    ----------
    path : Path
        Its path.
    dtype : dtype
        The type of its numbers.
    shape : tuple of int
        Its rows and columns.
    by_columns : bool
        Whether it holds one column after another: Fortran order.
    offset : int
        The number of bytes before the numbers.
    """

    path: Path
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    by_columns: bool
    offset: int

    @classmethod
    def of(cls, path: Any, name: str, *, dimensions: int) -> Self:
        """Return the header of a file, or refuse the file.

        Parameters
        ----------
        path : str or Path
            Its path.
        name : str
            The argument that gave the path.
        dimensions : int
            The number of its dimensions.

        Returns
        -------
        NpyFile
            Its header.

        Raises
        ------
        ValueError
            If it cannot be opened or is cut off, or is no .npy file of numbers.
        """
        path = arguments.path(path, name)
        shown_path = end_of(path)
        try:
            if path.exists() and not path.is_file():
                kind = "a folder" if path.is_dir() else "a pipe or a device"
                raise ValueError(
                    f"{name} must be the path of a .npy file, got {kind}: {shown_path}"
                )
            with path.open("rb") as file:
                header = _header(file, shown_path)
                found = cls(path, *header, file.tell())
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise ValueError(
                f"{name}: {shown_path} cannot be opened: {error.strerror or error}"
            ) from error
        if len(found.shape) != dimensions:
            wanted = "two dimensions (rows, columns)" if dimensions == 2 else "one"
            raise ValueError(
                f"{name} must be a .npy file of {wanted}, got shape {found.shape} in "
                f"{shown_path}; reshape it where it is written"
            )
        if dimensions == 2 and not found.shape[1]:
            raise ValueError(f"{shown_path} must have columns, got {found.shape}")
        found.require_size(size)
        return found

    @property
    def name(self) -> str:
        """The path as it stands in messages."""
        return end_of(self.path)

    @property
    def is_matrix(self) -> bool:
        """Whether it has columns, and is no vector."""
        return len(self.shape) == 2

    @property
    def n_bytes(self) -> int:
        """The bytes of its numbers."""
        return prod(self.shape) * self.dtype.itemsize

    def require_size(self, size: int) -> None:
        """Raise an error unless the file has as many bytes as its header says."""
        wanted = self.offset + self.n_bytes
        if size < wanted:
            raise ValueError(
                f"{self.name} is cut off: it has {size} bytes, and its header says "
                f"{wanted}, for shape {self.shape} of {self.dtype}; write it again"
            )
        if size > wanted:
            raise ValueError(
                f"{self.name} goes on after its array: it has {size} bytes, and its "
                f"header says {wanted}, for shape {self.shape} of {self.dtype}; write "
                "each array to a file of its own"
            )

    def blocks(
        self, first: int, rows: int, columns: list[int], size: int
    ) -> Iterator[Block]:
        """Yield some rows, so many at a time, with these columns at least.

        They share one array, so use a block before the next one; a block of all rows
        has memory of its own, which is free after its use, unlike a map of the file.
        """
        n, q = (*self.shape, 1)[:2]
        wide = len(columns) if self.by_columns else q
        most = min(size, rows) * wide * self.dtype.itemsize
        memory = memory_of_piece(most, is_kept=size >= rows).view(self.dtype)
        try:
            with self.path.open("rb", buffering=0) as file:
                for start in range(first, first + rows, size):
                    k = min(size, first + rows - start)
                    part = memory[: k * wide]
                    if self.by_columns:
                        lines = part.reshape(wide, k)
                        for line, j in zip(lines, columns, strict=True):
                            self._read(file, j * n + start, line)
                        yield Block(start, _floats(lines.T), columns)
                    else:
                        self._read(file, start * q, part)
                        yield Block(start, _floats(part.reshape(k, q)), range(q))
        except OSError as error:
            raise ValueError(f"{self.name} cannot be read: {error.strerror}") from error

    def _read(self, file: FileIO, start: int, out: npt.NDArray[Any]) -> None:
        file.seek(self.offset + start * self.dtype.itemsize)
        left = memoryview(out).cast("B")
        while left:  # a call reads 2 GB at most
            read = file.readinto(left)
            if not read:
                raise ValueError(
                    f"{self.name} is cut off: it became shorter while it was read"
                )
            left = left[read:]


def _floats(numbers: npt.NDArray[Any]) -> FloatArray:
    return numbers.astype(np.float64, copy=False)


def _header(file: BinaryIO, name: str) -> tuple[np.dtype[Any], tuple[int, ...], bool]:
    """Return type, shape and whether the order is Fortran's."""
    start = file.read(6)
    if start[:4] == b"PK\x03\x04":
        raise ValueError(
            f"{name} is a .npz archive of arrays; write one of them to a file of its "
            f"own: numpy.save('rows.npy', numpy.load({shown(name)})['its name'])"
        )
    if start != npy.MAGIC_PREFIX:
        raise ValueError(
            f"{name} is no .npy file, it starts with {shown(start)}; numpy.save writes "
            "one"
        )
    file.seek(0)
    try:
        version = npy.read_magic(file)
        if version[0] == 1:
            shape, by_columns, dtype = npy.read_array_header_1_0(file)
        else:  # of which version 3 differs in names of fields only
            shape, by_columns, dtype = npy.read_array_header_2_0(file)
    except ValueError as error:
        seen = shown(str(error).splitlines()[0])
        raise ValueError(
            f"{name} has a broken header: {seen}; write it again"
        ) from None
    if dtype.kind not in "biuf":
        kind = KINDS.get(dtype.kind, "other things")
        raise ValueError(
            f"{name} must hold numbers, got {kind} ({shown(str(dtype))}); save an "
            "array of floats"
        )
    return dtype, shape, by_columns and len(shape) == 2
