r"""Singular vectors of columns that differ much in size, small entries included.

.. math:: X = Q R = Q Z D V^\top, \qquad R_1 V_1 = Z D - R_2 V_2, \qquad
          V = R^\top Z D^{-1}

An ordinary decomposition has errors relative to the largest column. Those of Jacobi's
method are relative to each column. The triangular system gives the entries of V their
digits where a column is larger than d, and the product where it is smaller.

References
----------
Drmač and Veselić (2008), SIAM Journal on Matrix Analysis and Applications 29(4).
"""

import numpy as np
import numpy.typing as npt
from scipy.linalg import get_lapack_funcs, solve_triangular

from bayes_l2.arrays import FloatArray, norms

(gejsv,) = get_lapack_funcs(("gejsv",), dtype=np.float64)
UNLIKE_COLUMNS = 0  # gejsv's joba


def graded_singular_vectors(
    rows: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return U, d and V' of rows = U diag(d) V', without a d that is 0 to rounding.

    A d is 0 to rounding if a column depends on others to rounding, in units of itself.
    """
    inside, q, r = _largest_independent(rows)
    outside = np.setdiff1d(np.arange(rows.shape[1]), inside)
    upper = np.empty((len(inside), rows.shape[1]))
    upper[:, inside], upper[:, outside] = r, q.T @ rows[:, outside]
    left, values, axes = graded_decomposition(upper, inside)
    return q @ left, values, axes.T


def _largest_independent(
    rows: FloatArray,
) -> tuple[npt.NDArray[np.intp], FloatArray, FloatArray]:
    """Return the largest columns that do not depend on larger ones, their Q and R."""
    n, p = rows.shape
    sizes, rounding = norms(rows, axis=0), 4 * max(n, p) * np.finfo(float).eps
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    while True:
        inside = order[:n]
        q, r = np.linalg.qr(rows[:, inside])
        is_new = np.abs(np.diag(r)) > rounding * sizes[inside]
        if is_new.all():
            return inside, q, r
        # what follows a column without a direction may have lost its own
        order = np.delete(order, np.argmin(is_new))


def graded_decomposition(
    upper: FloatArray, inside: npt.NDArray[np.intp]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return Z, d and V of a matrix Z diag(d) V' whose columns differ in size.

    Its columns ``inside`` are upper-triangular, in an order from large to small.
    """
    k, p = upper.shape
    if not k:
        return np.zeros((0, 0)), np.zeros(0), np.zeros((p, 0))
    if k == p:
        values, left, axes, work, _, failed = gejsv(upper, joba=UNLIKE_COLUMNS, jobr=0)
    else:
        values, axes, left, work, _, failed = gejsv(
            upper.T, joba=UNLIKE_COLUMNS, jobr=0
        )
    if failed:
        raise np.linalg.LinAlgError("singular values did not converge")
    values = values * (work[0] / work[1])
    outside = np.setdiff1d(np.arange(p), inside)
    rest = left * values - upper[:, outside] @ axes[outside]
    axes[inside] = solve_triangular(upper[:, inside], rest)
    # that system has lost the digits of columns below d, which products have
    products = upper.T @ left / values
    is_small = norms(upper, axis=0)[:, np.newaxis] < values
    return left, values, np.where(is_small, products, axes)
