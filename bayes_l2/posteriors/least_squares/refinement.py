r"""Iterative refinement of least squares, with residuals in twice the precision.

A factorisation in double precision solves :math:`\min_b \lVert A b - y \rVert` with an
error of :math:`\kappa^2 \rho` times the rounding unit, where :math:`\kappa` is the
condition number of A and :math:`\rho` the norm of the residual. One step

.. math:: R^\top R\, \delta = A^\top (y - A b), \qquad b \leftarrow b + \delta

multiplies the error by :math:`\kappa` times the rounding unit, if the right side is
computed in twice the precision. R, the factor in double precision, is good enough.

References
----------
Björck (1967), BIT 7, 257-278; Björck (1996), Numerical Methods for Least Squares
Problems, section 2.9; Higham (2002), chapter 20.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from scipy.linalg import get_lapack_funcs, solve_triangular

from bayes_l2.arrays import FloatArray, Twofold, norms, twofold_sum
from bayes_l2.model.rows import Rows
from bayes_l2.posteriors.least_squares.line import Line

MAX_ROWS = 256  # of a block: some ten arrays of its size fit in a cache
STEPS, SMALL_STEP = 6, 1e-3

Block = tuple[Twofold, FloatArray, Twofold]

(trcon,) = get_lapack_funcs(("trcon",), dtype=np.float64)


def condition_number(root: FloatArray) -> float:
    """Return that of a triangular root whose columns are scaled to length 1.

    It is an estimate in the 1-norm, and infinite for a root that is singular.
    """
    lengths = norms(root, axis=0)
    if not lengths.all():
        return math.inf
    rcond, _ = trcon(root / lengths)
    return 1 / rcond if rcond > 0 else math.inf


def refined(before: Line, after: Line, rows: Rows, noise_sd: float) -> Line | None:
    """Return a posterior with its means refined until the steps are small.

    Parameters
    ----------
    before, after : Line
        The prior, and a posterior after rows whose means are rounded.
    rows : Rows
        The rows.
    noise_sd : float
        Noise standard deviation.

    Returns
    -------
    Line or None
        None where the steps do not become small, or products are beyond the range of
        numbers.
    """
    p = len(after.center)
    root = np.zeros((p + 1, p + 1))
    root[0, 0] = np.sqrt(after.precision) if after.has_intercept else 1.0
    root[1:, 1:] = after.root
    for _ in range(STEPS):
        with np.errstate(over="ignore", invalid="ignore"):
            blocks = _blocks(before, after, rows, noise_sd)
            step = correction(noise_sd * root, blocks)
        if step is None:
            return None
        change, squares = step
        mean, rest = twofold_sum(after.mean, after.rest + change)
        size = float(norms(root @ change, axis=0))  # in posterior sds
        # the sum of squares before the step is larger by the square of its size
        squares = squares / noise_sd**2 - size**2
        after = replace(after, mean=mean, rest=rest, sum_of_squares=squares)
        if size <= SMALL_STEP and size**2 <= SMALL_STEP * squares:
            return after
    return None


def _blocks(before: Line, after: Line, rows: Rows, noise_sd: float) -> Iterator[Block]:
    """Yield the rows of the least-squares problem that a posterior solves.

    The parameters are the response at the center c of the posterior, and the
    coefficients. The rows are (1, x - c, y) of the data, one such row for the prior of
    the intercept, and those of the prior's root, in the units of y.
    """
    shift = np.concatenate([[0.0], after.center, [0.0]])
    line = np.append(-after.mean, 1.0), np.append(-after.rest, 0.0)
    for start in range(0, rows.n_rows, MAX_ROWS):
        part = slice(start, start + MAX_ROWS)
        X, y = rows.X[part], rows.y[part]
        ones = np.full(len(X), float(after.has_intercept))
        block = twofold_sum(np.column_stack([ones, X, y]), -shift)
        yield block, rows.row_weights[part], line
    variance = noise_sd**2
    if before.precision > 0:
        row = np.concatenate([[1.0], before.center, [before.mean[0]]])
        row, row_rest = twofold_sum(row[np.newaxis], -shift)
        row_rest[0, -1] += before.rest[0]
        yield (row, row_rest), np.array([before.precision * variance]), line
    # the columns of these rows for the response at the center and for y are 0
    difference, lost = twofold_sum(before.mean, -after.mean)
    lost += before.rest - after.rest
    line = np.append(difference, 0.0), np.append(lost, 0.0)
    for start in range(0, len(before.root), MAX_ROWS):
        part = np.pad(before.root[start : start + MAX_ROWS], ((0, 0), (1, 1)))
        yield (part, 0 * part), np.full(len(part), variance), line


def correction(
    root: FloatArray, blocks: Iterable[Block]
) -> tuple[FloatArray, float] | None:
    r"""Return the change of d parameters that one step of refinement makes.

    Parameters
    ----------
    root : ndarray of shape (d, d)
        Upper-triangular R with :math:`R^\top R = Z^\top W Z`, the last column of Z left
        out.
    blocks : iterable of (rows, weights, vector)
        At most ``MAX_ROWS`` rows of Z in twice the precision, shape (m, d + 1), their
        weights, shape (m,), and v in twice the precision, shape (d + 1,), so that
        :math:`Z v` is the residual. Blocks may differ in v.

    Returns
    -------
    change : ndarray of shape (d,)
        :math:`(R^\top R)^{-1} \sum Z^\top W Z v`, of d parameters that enter v with a
        minus sign.
    squares : float
        :math:`\sum v^\top Z^\top W Z v` before the change. Both are None where products
        are beyond the range of numbers.
    """
    d = len(root)
    # Powers of two scale all parameters to the same precision, and change no digit.
    powers = np.append(np.frexp(norms(root, axis=0))[1], 0)[:, np.newaxis]
    sums, rests = np.zeros((2, d, MAX_ROWS))
    squares = 0.0
    for rows, weights, vector in blocks:
        z, z_rest = (np.ldexp(part.T, -powers) for part in rows)
        v, v_rest = (np.ldexp(part[:, np.newaxis], powers) for part in vector)
        terms, lost = twofold_product(z, v)
        residual, rest = terms[0], (lost + z_rest * v + z * v_rest).sum(axis=0)
        for term in terms[1:]:
            residual, lost = twofold_sum(residual, term)
            rest = rest + lost
        residual, rest = twofold_sum(residual, rest)
        weighted, lost = twofold_product(weights, residual)
        rest = weights * rest + lost
        squares += float(weighted @ residual)
        terms, lost = twofold_product(z[:d], weighted)
        m = len(weights)
        rests[:, :m] += lost + z_rest[:d] * weighted + z[:d] * rest
        sums[:, :m], lost = twofold_sum(sums[:, :m], terms)
        rests[:, :m] += lost
    parts = np.hstack([sums, rests])
    if not (np.isfinite(parts).all() and np.isfinite(squares)):
        return None
    gradient = [math.fsum(values) for values in parts.tolist()]
    scaled = np.ldexp(root, -powers[:d, 0])
    change = solve_triangular(scaled, solve_triangular(scaled, gradient, trans=1))
    return np.ldexp(change, -powers[:d, 0]), squares


def twofold_product(a: FloatArray, b: FloatArray) -> Twofold:
    """Return a times b and its rounding error (Dekker, 1971)."""
    product = a * b
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    middle = a_high * b_low + a_low * b_high
    return product, ((a_high * b_high - product) + middle) + a_low * b_low


def _halves(a: FloatArray) -> Twofold:
    """Return two numbers of 26 bits each, whose sum is a (Veltkamp, 1968)."""
    shifted = (2.0**27 + 1) * a
    high = shifted - (shifted - a)
    return high, a - high
