r"""The reduction of weighted rows to their mean and one triangular factor.

.. math:: \sqrt{w}\,[1\; X\; y] = Q
          \begin{pmatrix} \sqrt W & \sqrt W\, \bar z^\top \\ 0 & R \end{pmatrix}

The Gram matrix of the rows gives the factor where it is safe, else a QR decomposition.

References
----------
Golub and Van Loan (2013), Matrix Computations, sections 5.2 and 6.5.
"""

from collections.abc import Iterable
from functools import reduce
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided
from scipy.linalg import get_lapack_funcs

from bayes_l2.arrays import (
    PANEL,
    FloatArray,
    tpqrt,
    triangular_factor,
    twofold_sum,
    with_positive_diagonal,
)
from bayes_l2.partitions.batch import Batch, rows_of_batch
from bayes_l2.partitions.threads import results
from bayes_l2.partitions.unread import UnreadBatch
from bayes_l2.validation import LARGEST

# a chunk of so many bytes fits in a cache; benchmarks/run.py times other sizes
CHUNK_BYTES = 2**20
CHUNK_ROWS = 1024  # of a chunk at least
# a piece is read, squared and gone: it may be larger, for fewer calls
PIECE_BYTES = 2**21
FIRST_ROWS = 128  # of a batch, whose mean is near enough
LINE = 8192  # numbers that NumPy passes over at once: it takes half the time of 1024
# below it the Gram matrix loses digits that a posterior sd would notice
GRAM_MIN_RCOND = 1e-5


potrf, pocon = get_lapack_funcs(("potrf", "pocon"), dtype=np.float64)


class Reduced(NamedTuple):
    """The mean of [X y], what its rounding lost, and the factor R."""

    mean: FloatArray
    lost: FloatArray
    factor: FloatArray


def mean_and_factor(
    X: FloatArray, y: FloatArray, weights: FloatArray | None
) -> Reduced:
    """Return the mean of [X y], what its rounding lost, and the factor R.

    The Gram matrix takes a third of the time of the QR. It is safe if its condition
    number is small. A column that is nearly a combination of others makes that number
    large, and so does a y that the columns nearly fit.
    """
    shift = _near_mean(X, y, weights)
    if len(X) <= X.shape[1]:
        rest, rows = _centred_rows(X, y, weights, shift)
        return Reduced(*twofold_sum(shift, rest), rows)
    whole = None
    if len(X) > CHUNK_ROWS:
        whole = _factor_by_gram(_gram_by_threads(X, y, weights, shift))
    if whole is None:
        whole = _factor_by_qr(X, y, weights, shift)
    return _of_whole(whole, shift)


def reduced_by_pieces(batch: Batch, n_features: int) -> Reduced | None:
    """Return the same of a batch that has not been read, a piece at a time.

    A piece stays in a cache. None means that all rows are needed together: they are in
    memory, few or labels, they hold a number that is not fit, or the Gram matrix would
    lose digits.
    """
    if not isinstance(batch, UnreadBatch) or batch.n_rows <= CHUNK_ROWS:
        return None
    # an odd number: columns a power of two apart would share places in the cache
    size = _rows_of(PIECE_BYTES, n_features + 1) | 1
    ones, gram = np.ones(size), np.zeros((n_features + 2, n_features + 2))
    pieces = batch.pieces(size)
    first = next(pieces)
    with np.errstate(over="ignore", invalid="ignore"):  # such numbers are found below
        shift = _near_mean(first[:FIRST_ROWS, :-1], first[:FIRST_ROWS, -1], None)
        for rows in chain([first], pieces):
            _subtract(rows, shift, rows)
            _add_squares(gram, ones[: len(rows)], rows)
        largest = np.abs(shift) + np.sqrt(np.diag(gram)[1:])
        whole = _factor_by_gram(gram) if (largest <= LARGEST).all() else None
    return None if whole is None else _of_whole(whole, shift)


def _of_whole(whole: FloatArray, shift: FloatArray) -> Reduced:
    """Return mean and R from the factor of sqrt(w) [1, X - shift, y - shift]."""
    mean, lost = twofold_sum(shift, whole[0, 1:] / whole[0, 0])
    return Reduced(mean, lost, whole[1:, 1:])


def _near_mean(X: FloatArray, y: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Return the mean of a chunk of [X y], which has the rows of the largest weights.

    The mean of all rows can be 1e-12 of a row that has 1e-12 of the weight: about that
    row the others would keep four digits.
    """
    if weights is None:
        first, shares = np.column_stack([X[:CHUNK_ROWS], y[:CHUNK_ROWS]]), None
    else:
        heavy: npt.NDArray[np.intp] | slice = slice(None)
        if len(weights) > CHUNK_ROWS:
            heavy = np.argpartition(weights, -CHUNK_ROWS)[-CHUNK_ROWS:]
        first = np.column_stack([X[heavy], y[heavy]])
        shares = weights[heavy] / weights[heavy].max()
    # the mean of equal numbers differs from them by rounding
    mean = np.average(first, axis=0, weights=shares)
    return np.where((first == first[0]).all(axis=0), first[0], mean)


def _centred_rows(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the mean of [X y] less a shift, and the rows times the roots of weights.

    The rows are those less their mean.
    """
    rows = np.column_stack([X, y])
    rows -= shift
    rest = np.average(rows, axis=0, weights=weights)
    rows -= rest
    if weights is not None:
        rows *= np.sqrt(weights)[:, np.newaxis]
    return rest, rows


def _chunks(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> Iterable[tuple[FloatArray, FloatArray]]:
    """Yield sqrt(w) and sqrt(w) [X - shift, y - shift] by chunks of rows.

    All chunks share one array: use a chunk before the next one is made. It has the
    order of X, so that both are passed over along their lines in the memory.
    """
    whole, by_columns = _beside(X, y), X.strides[0] < X.strides[1]
    columns = len(shift)
    most = min(_rows_of(CHUNK_BYTES, columns), len(X))
    memory, ones = np.empty(most * columns), np.ones(most)
    for start in range(0, len(X), most):
        rows = slice(start, start + most)
        k = len(y[rows])
        part = memory[: k * columns]
        chunk = part.reshape(columns, k).T if by_columns else part.reshape(k, columns)
        if whole is None:
            chunk[:, :-1], chunk[:, -1] = X[rows], y[rows]
        _subtract(chunk if whole is None else whole[rows], shift, chunk)
        roots = ones[:k]
        if weights is not None:
            roots = np.sqrt(weights[rows])
            chunk *= roots[:, np.newaxis]
        yield roots, chunk


def _beside(X: FloatArray, y: FloatArray) -> FloatArray | None:
    """Return [X y] without a copy if y lies in the memory as its last column would."""
    n, p = X.shape
    place = (X.ctypes.data + p * X.strides[1], X.strides[0], X.dtype)
    if (y.ctypes.data, y.strides[0], y.dtype) != place:
        return None
    return as_strided(X, (n, p + 1), X.strides, writeable=False)


def _rows_of(size: int, columns: int) -> int:
    """Return the number of rows that have about so many bytes."""
    return max(CHUNK_ROWS, size // (8 * columns))


def _subtract(rows: FloatArray, shift: FloatArray, out: FloatArray) -> None:
    """Write rows less a shift; NumPy passes over long lines faster than short ones."""
    n, columns = rows.shape
    if rows.flags.c_contiguous:
        beside = max(1, min(LINE // columns, n))
        long, size = n // beside * beside, beside * columns
        lines, places = rows[:long].reshape(-1, size), out[:long].reshape(-1, size)
        np.subtract(lines, np.tile(shift, beside), out=places)
        rows, out = rows[long:], out[long:]
    np.subtract(rows, shift, out=out)


def _factor_by_gram(gram: FloatArray) -> FloatArray | None:
    """Return R by Cholesky's method, from the Gram matrix with its columns scaled.

    The columns of 0 are zero in R, as are their rows. None means that R would lose
    digits.
    """
    lengths = np.sqrt(np.diag(gram))
    if not np.isfinite(lengths).all():  # squares overflow, or underflow
        return None
    kept = np.flatnonzero(lengths)
    lengths = lengths[kept]
    scaled = gram[np.ix_(kept, kept)] / lengths / lengths[:, np.newaxis]
    one_norm = np.abs(scaled).sum(axis=0).max()
    factor, failed = potrf(scaled)
    if failed or pocon(factor, one_norm)[0] < GRAM_MIN_RCOND:
        return None
    whole = np.zeros_like(gram)
    whole[np.ix_(kept, kept)] = factor * lengths
    return whole


def _gram_by_threads(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> FloatArray:
    """Return the Gram matrix of sqrt(w) [1, X - shift, y - shift]."""

    def of(rows: slice) -> FloatArray:
        some = None if weights is None else weights[rows]
        return _gram(X[rows], y[rows], some, shift)

    step = rows_of_batch(X.shape[1])  # so a batch has one part, and needs no thread
    parts = [slice(start, start + step) for start in range(0, len(X), step)]
    return reduce(np.add, results(of, parts)) if len(parts) > 1 else of(parts[0])


def _gram(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> FloatArray:
    """Return the same by chunks."""
    gram = np.zeros((len(shift) + 1, len(shift) + 1))
    for roots, chunk in _chunks(X, y, weights, shift):
        _add_squares(gram, roots, chunk)
    return gram


def _add_squares(gram: FloatArray, roots: FloatArray, chunk: FloatArray) -> None:
    """Add the Gram matrix of [roots, chunk]; a square that underflows makes it NaN."""
    # dot, unlike matmul and SciPy's syrk, lets other threads run meanwhile
    gram[0, 0] += np.dot(roots, roots)
    gram[0, 1:] += np.dot(roots, chunk)
    squares = np.dot(chunk.T, chunk)
    if not squares.diagonal().all():
        empty = squares.diagonal() == 0
        squares[empty, empty] = np.where(chunk[:, empty].any(axis=0), np.nan, 0.0)
    gram[1:, 1:] += squares
    gram[1:, 0] = gram[0, 1:]


def _factor_by_qr(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> FloatArray:
    """Return R by Householder's method, adding one chunk of rows after another."""
    factor: FloatArray | None = None
    for roots, centred in _chunks(X, y, weights, shift):
        chunk = np.column_stack([roots, centred])
        if factor is None:
            factor = triangular_factor(chunk)
        elif len(factor) < factor.shape[1]:
            factor = triangular_factor(np.vstack([factor, chunk]))
        else:
            factor, *_ = tpqrt(0, min(PANEL, len(factor)), factor, chunk)
    assert factor is not None
    return with_positive_diagonal(np.triu(factor))
