r"""Leave-one-out residuals of ridge regression, for all penalties at once.

.. math:: y_i - \hat y_i^{(-i)} = \frac{e_i}{1 - h_i}, \qquad
          s_k = \frac{\alpha}{d_k^2 + \alpha}

.. math:: \sqrt{w_i}\, e_i = \sum_k U_{ik} s_k g_k + r_i, \qquad
          1 - h_i = \sum_k U_{ik}^2 s_k + c_i

r is the part of y, and :math:`c_i` the squared length of the part of row i, outside of
the columns. No term is a difference of large numbers, so residuals and 1 - h keep
their digits where they are small.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.selection.row_basis import RowBasis

CHUNK_ROWS = 2048
ROUNDED_PART = (8 * np.finfo(float).eps) ** 2  # the square of a projection's rounding
SMALL_PART = 1e-3  # a difference from 1 that has lost digits


class _Part(NamedTuple):
    """Some rows: where they stand, U, r, and the part of the level in each."""

    rows: slice
    left: FloatArray
    rest: FloatArray
    level: FloatArray


def leave_one_out(
    model: LinearModel, rows: RowBasis, relative: FloatArray, noise_sd: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the errors of rows that are left out, for each penalty.

    Parameters
    ----------
    model : LinearModel
        A Gaussian model with its rows.
    rows : RowBasis
        The factorisation of its rows.
    relative, noise_sd : ndarray of shape (m,)
        Penalties in units of ``rows.basis.unit``, and the noise sd of each.

    Returns
    -------
    tuple of two ndarrays of shape (m,)
        Mean squared errors, and summed log predictive densities.
    """
    basis, n = rows.basis, model.n_rows
    shrinkage = basis.shrinkage(relative).T
    residual_of = shrinkage * basis.projections[:, np.newaxis]
    squares, weighted_squares, log_products = np.zeros((3, len(relative)))
    for part in _parts(model, rows):
        outside = _outside(model, rows, part)
        # of a row within the columns both are rounding, which hides a small 1 - h
        is_outside = outside > n * ROUNDED_PART
        outside, rest = np.where(is_outside, [outside, part.rest], 0.0)
        residuals = part.left @ residual_of + rest[:, np.newaxis]
        left = (part.left * part.left) @ shrinkage
        left += outside[:, np.newaxis]
        by_others = residuals / left
        squares += np.sum(by_others * by_others, axis=0)
        weighted_squares += np.sum(by_others * residuals, axis=0)
        log_products += np.sum(np.log(left), axis=0)
    constant = model.statistics.sum_log_weights - n * LOG_2PI
    log_noise = 2 * n * np.log(noise_sd)
    quadratic = weighted_squares / noise_sd**2
    log_densities = 0.5 * (constant - log_noise + log_products - quadratic)
    return squares / model.statistics.total_weight, log_densities


def _parts(model: LinearModel, rows: RowBasis) -> Iterator[_Part]:
    """Yield the rows in chunks."""
    X, y = model.rows("leave-one-out")
    basis, statistics = rows.basis, model.statistics
    center, mean_y = np.zeros(model.n_features), 0.0
    if model.intercept:
        center, mean_y = statistics.mean[:-1], statistics.mean[-1]
    scaled_axes = basis.axes / np.sqrt(basis.eigenvalues * basis.unit)
    for start in range(0, len(y), CHUNK_ROWS):
        chunk = slice(start, start + CHUNK_ROWS)
        root = np.ones(len(y[chunk]))
        if model.weights is not None:
            root = np.sqrt(model.weights[chunk])
        level = root / np.sqrt(statistics.total_weight) * int(model.intercept)
        if rows.left is not None and rows.rest is not None:
            yield _Part(chunk, rows.left[chunk], rows.rest[chunk], level)
            continue
        # before any product: the columns may be far from zero
        centred = root[:, np.newaxis] * (X[chunk] - center)
        left = centred @ scaled_axes
        rest = np.zeros(len(root))
        if _has_outside(rows):
            target = root * (y[chunk] - mean_y) - centred @ basis.origin
            rest = target - left @ basis.projections
        yield _Part(chunk, left, rest, level)


def _has_outside(rows: RowBasis) -> bool:
    """Return whether the rows have directions that the columns do not reach."""
    return rows.basis.rows > len(rows.basis.eigenvalues)


def _outside(model: LinearModel, rows: RowBasis, part: _Part) -> FloatArray:
    r"""Return the squared length of the part of each row outside of the columns.

    It is :math:`c_i = 1 - H_{ii}` for the projection H onto the columns. As
    :math:`H = H^2`, :math:`c_i (1 - c_i) = \sum_{j \ne i} H_{ij}^2`, a sum of positive
    terms that keeps the digits of a small part. At most k + 1 rows have one.
    """
    if not _has_outside(rows):
        return np.zeros(len(part.rest))
    own = _with_level(part)
    outside = 1 - np.sum(own**2, axis=1)
    few = np.flatnonzero(outside < SMALL_PART)
    if not len(few):
        return outside
    sums = np.zeros(len(few))
    for other in _parts(model, rows):
        squares = (own[few] @ _with_level(other).T) ** 2
        if other.rows == part.rows:
            squares[np.arange(len(few)), few] = 0.0
        sums += np.sum(squares, axis=1)
    # the smaller root of the quadratic equation
    outside[few] = 2 * sums / (1 + np.sqrt(np.maximum(1 - 4 * sums, 0.0)))
    return outside


def _with_level(part: _Part) -> FloatArray:
    return np.column_stack([part.level, part.left])
