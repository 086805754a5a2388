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
from bayes_l2.partitions.batch import rows_of_batch
from bayes_l2.partitions.threads import results

# a chunk of so many bytes fits in a cache; benchmarks/run.py times other sizes
CHUNK_BYTES = 2**20
CHUNK_ROWS = 1024  # of a chunk at least
# below it the Gram matrix loses digits that a posterior sd would notice
GRAM_MIN_RCOND = 1e-5

potrf, pocon = get_lapack_funcs(("potrf", "pocon"), dtype=np.float64)


def mean_and_factor(
    X: FloatArray, y: FloatArray, weights: FloatArray | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the mean of [X y], what its rounding lost, and the factor R.

    The Gram matrix takes a third of the time of the QR. It is safe if its condition
    number is small. A column that is nearly a combination of others makes that number
    large, and so does a y that the columns nearly fit.
    """
    shift = _near_mean(X, y, weights)
    if len(X) <= X.shape[1]:
        rest, rows = _centred_rows(X, y, weights, shift)
        return *twofold_sum(shift, rest), rows
    whole = None
    if len(X) > CHUNK_ROWS:
        whole = _factor_by_gram(X, y, weights, shift)
    if whole is None:
        whole = _factor_by_qr(X, y, weights, shift)
    return *twofold_sum(shift, whole[0, 1:] / whole[0, 0]), whole[1:, 1:]


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
    most = min(max(CHUNK_ROWS, CHUNK_BYTES // (8 * columns)), len(X))
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


def _subtract(rows: FloatArray, shift: FloatArray, out: FloatArray) -> None:
    """Write rows less a shift; NumPy passes over long lines faster than short ones."""
    n, columns = rows.shape
    if rows.flags.c_contiguous:
        beside = max(1, 1024 // columns)
        long, size = n // beside * beside, beside * columns
        lines, places = rows[:long].reshape(-1, size), out[:long].reshape(-1, size)
        np.subtract(lines, np.tile(shift, beside), out=places)
        rows, out = rows[long:], out[long:]
    np.subtract(rows, shift, out=out)


def _factor_by_gram(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> FloatArray | None:
    """Return R by Cholesky's method, from the Gram matrix with its columns scaled.

    None means that R would lose digits.
    """
    gram = _gram(X, y, weights, shift)
    lengths = np.sqrt(np.diag(gram))
    kept = _columns_to_factor(X, y, shift, lengths)
    if kept is None:
        return None
    lengths = lengths[kept]
    scaled = gram[np.ix_(kept, kept)] / lengths / lengths[:, np.newaxis]
    one_norm = np.abs(scaled).sum(axis=0).max()
    factor, failed = potrf(scaled)
    if failed or pocon(factor, one_norm)[0] < GRAM_MIN_RCOND:
        return None
    whole = np.zeros_like(gram)
    whole[np.ix_(kept, kept)] = factor * lengths
    return whole


def _columns_to_factor(
    X: FloatArray, y: FloatArray, shift: FloatArray, lengths: FloatArray
) -> npt.NDArray[np.intp] | None:
    """Return the columns of [1, X, y] that R needs: all but those of one value.

    The others of R are zero, as are their rows. None means that the squares of a column
    overflow or underflow.
    """
    if not np.isfinite(lengths).all():
        return None
    for j in np.flatnonzero(lengths == 0) - 1:
        if ((y if j == X.shape[1] else X[:, j]) != shift[j]).any():
            return None
    return np.flatnonzero(lengths)


def _gram(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, shift: FloatArray
) -> FloatArray:
    """Return the Gram matrix of sqrt(w) [1, X - shift, y - shift]."""

    def of(rows: slice) -> FloatArray:
        gram = np.zeros((len(shift) + 1, len(shift) + 1))
        some = None if weights is None else weights[rows]
        for roots, chunk in _chunks(X[rows], y[rows], some, shift):
            # dot, unlike matmul and SciPy's syrk, lets other threads run meanwhile
            gram[0, 0] += np.dot(roots, roots)
            gram[0, 1:] += np.dot(roots, chunk)
            gram[1:, 1:] += np.dot(chunk.T, chunk)
        gram[1:, 0] = gram[0, 1:]
        return gram

    step = rows_of_batch(X.shape[1])  # so a batch has one part, and needs no thread
    parts = [slice(start, start + step) for start in range(0, len(X), step)]
    return reduce(np.add, results(of, parts)) if len(parts) > 1 else of(parts[0])


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
