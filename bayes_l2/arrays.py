"""Arrays of floats: their type, and the linear algebra that all modules share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import get_lapack_funcs

FloatArray = npt.NDArray[np.float64]
Twofold = tuple[FloatArray, FloatArray]  # a number and what its rounding left out
LOG_2PI = float(np.log(2 * np.pi))
ROUNDING = 4 * float(np.finfo(float).eps)  # of the last digits of a computed number
# the columns that a QR decomposition takes at once: matrices that small are multiplied
# by one thread, and waiting for a second one costs up to a hundred times their time
PANEL = 8
FEW_COLUMNS = 200  # of more than these, wide panels pay
CACHE = 2**16  # numbers that a core keeps at hand

(tpqrt,) = get_lapack_funcs(("tpqrt",), dtype=np.float64)


def read_only(array: FloatArray) -> FloatArray:
    """Return a view of an array that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def fixed[T](function: Callable[[T], FloatArray]) -> Callable[[T], FloatArray]:
    """Let a method return an array that cannot be written to."""

    @wraps(function)
    def method(self: T) -> FloatArray:
        return read_only(function(self))

    return method


def fix_arrays(record: Any) -> None:
    """Let the arrays among the fields of a frozen record be read-only views."""
    for name, value in list(vars(record).items()):
        if isinstance(value, np.ndarray):
            object.__setattr__(record, name, read_only(value))


class FixedArrays:
    """A frozen dataclass whose arrays are read-only."""

    def __post_init__(self) -> None:
        fix_arrays(self)


def norms(array: FloatArray, *, axis: int) -> FloatArray:
    """Return Euclidean norms along an axis; their squares cannot overflow."""
    largest = np.max(np.abs(array), axis=axis, initial=0.0)
    scale = np.where(largest > 0, largest, 1.0)
    scaled = array / np.expand_dims(scale, axis)
    return scale * np.sqrt(np.sum(scaled**2, axis=axis))


def lengths(rows: FloatArray, center: FloatArray, root: FloatArray) -> FloatArray:
    """Return the length of (x - c)' M of each row x, some rows at a time."""
    found = np.empty(len(rows))
    size = max(1, CACHE // max(root.shape[1], 1))
    for start in range(0, len(rows), size):
        part = (rows[start : start + size] - center) @ root
        found[start : start + size] = norms(part, axis=1)
    return found


def centred_columns(table: FloatArray) -> FloatArray:
    """Return columns less their mean; those that are constant become exactly 0."""
    centred = table - table[0]
    centred -= centred.mean(axis=0)
    return np.where(are_constant(table), 0.0, centred)


def sds(table: FloatArray) -> FloatArray:
    """Return the sd of each column (divisor n), exactly 0 for a constant one."""
    return norms(centred_columns(table), axis=0) / np.sqrt(len(table))


def twofold_sum(a: FloatArray, b: FloatArray) -> Twofold:
    """Return a + b and its rounding error (Knuth, 1969)."""
    total = a + b
    b_part = total - a
    return total, (a - (total - b_part)) + (b - b_part)


def are_constant(table: FloatArray) -> npt.NDArray[np.bool]:
    """Return which columns are constant, or differ by rounding of their size alone."""
    lowest, highest = table.min(axis=0), table.max(axis=0)
    return highest - lowest <= ROUNDING * np.maximum(np.abs(lowest), np.abs(highest))


def triangular_factor(rows: FloatArray) -> FloatArray:
    """Return the upper-trapezoidal R of a QR decomposition, with a diagonal >= 0."""
    n, p = rows.shape
    if not 0 < p <= min(n, FEW_COLUMNS):
        return with_positive_diagonal(np.linalg.qr(rows, mode="r"))
    factor, *_ = tpqrt(0, min(PANEL, p), np.zeros((p, p)), rows)
    return with_positive_diagonal(np.triu(factor))


def with_positive_diagonal(factor: FloatArray) -> FloatArray:
    """Return a triangular factor with signs of rows such that its diagonal is >= 0."""
    return np.where(np.diag(factor) < 0, -1.0, 1.0)[:, np.newaxis] * factor
