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
from collections.abc import Iterable

import numpy as np
from scipy.linalg import get_lapack_funcs, solve_triangular

from bayes_l2.arrays import FloatArray, norms

MAX_ROWS = 256  # of a block: some ten arrays of its size fit in a cache
RCOND_LIMITS = 1e-13, 3e-3  # a root is singular to rounding below, and well above

Twofold = tuple[FloatArray, FloatArray]  # a number and what its rounding left out
Block = tuple[Twofold, FloatArray, FloatArray]

(trcon,) = get_lapack_funcs(("trcon",), dtype=np.float64)


def is_ill_conditioned(root: FloatArray) -> bool:
    """Return whether a triangular root has a condition number that costs digits.

    It is that of columns scaled to length 1, in the 1-norm. A root that is singular to
    rounding does not count: refinement would not converge.
    """
    rcond, _ = trcon(root / norms(root, axis=0))
    return RCOND_LIMITS[0] < rcond < RCOND_LIMITS[1]


def correction(root: FloatArray, blocks: Iterable[Block]) -> FloatArray:
    r"""Return the change of d parameters that one step of refinement makes.

    Parameters
    ----------
    root : ndarray of shape (d, d)
        Upper-triangular R with :math:`R^\top R = Z^\top W Z`, the last column of Z left
        out.
    blocks : iterable of (rows, weights, vector)
        At most ``MAX_ROWS`` rows of Z in twice the precision, shape (m, d + 1), their
        weights, shape (m,), and v, shape (d + 1,), so that :math:`Z v` is the residual.
        Blocks may differ in v.

    Returns
    -------
    ndarray of shape (d,)
        :math:`(R^\top R)^{-1} \sum Z^\top W Z v`, of d parameters that enter v with a
        minus sign; zeros where products are beyond the range of numbers.
    """
    d = len(root)
    # Powers of two scale all parameters to the same precision, and change no digit.
    powers = np.append(np.frexp(norms(root, axis=0))[1], 0)[:, np.newaxis]
    sums, rests = np.zeros((2, d, MAX_ROWS))
    for rows, weights, vector in blocks:
        z, z_rest = (np.ldexp(part.T, -powers) for part in rows)
        v = np.ldexp(vector[:, np.newaxis], powers)
        terms, lost = twofold_product(z, v)
        residual, rest = terms[0], (lost + z_rest * v).sum(axis=0)
        for term in terms[1:]:
            residual, lost = twofold_sum(residual, term)
            rest = rest + lost
        weighted, lost = twofold_product(weights, residual)
        rest = weights * rest + lost
        terms, lost = twofold_product(z[:d], weighted)
        m = len(weights)
        rests[:, :m] += lost + z_rest[:d] * weighted + z[:d] * rest
        sums[:, :m], lost = twofold_sum(sums[:, :m], terms)
        rests[:, :m] += lost
    parts = np.hstack([sums, rests])
    if not np.isfinite(parts).all():
        return np.zeros(d)
    gradient = [math.fsum(values) for values in parts.tolist()]
    scaled = np.ldexp(root, -powers[:d, 0])
    change = solve_triangular(scaled, solve_triangular(scaled, gradient, trans=1))
    return np.ldexp(change, -powers[:d, 0])


def twofold_sum(a: FloatArray, b: FloatArray) -> Twofold:
    """Return a + b and its rounding error (Knuth, 1969)."""
    total = a + b
    b_part = total - a
    return total, (a - (total - b_part)) + (b - b_part)


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
