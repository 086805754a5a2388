r"""Gauss's rules: few points with the moments of many.

.. math:: \sum_j \omega_j\, z_j^k = \sum_i w_i\, t_i^k \qquad (k < 2n)

References
----------
Golub and Welsch (1969), Mathematics of Computation 23(106); Gautschi (2004), Orthogonal
Polynomials, section 2.2, on the procedure of Stieltjes.
"""

import numpy as np

from bayes_l2.arrays import FloatArray


def gauss_rules(
    points: FloatArray, weights: FloatArray, n: int
) -> tuple[FloatArray, FloatArray]:
    """Return rules of n points for each row of points and positive weights.

    Parameters
    ----------
    points, weights : ndarray of shape (r, m)
        r sums of m points.
    n : int
        Fewer points than m.

    Returns
    -------
    points, weights : ndarray of shape (r, n)
        The rules, exact for polynomials of a degree below 2n.
    """
    total = weights.sum(axis=1, keepdims=True)
    weights = weights / total
    center = np.sum(weights * points, axis=1, keepdims=True)
    width = np.sqrt(np.sum(weights * (points - center) ** 2, axis=1, keepdims=True))
    z = (points - center) / width
    # each polynomial is orthonormal to those before it under the weights
    before, now = np.zeros_like(z), np.ones_like(z)
    matrix, norm = np.zeros((len(z), n, n)), np.zeros((len(z), 1))
    for k in range(n):
        middle = np.sum(weights * z * now**2, axis=1, keepdims=True)
        matrix[:, k, k] = middle[:, 0]
        after = (z - middle) * now - norm * before
        norm = np.sqrt(np.sum(weights * after**2, axis=1, keepdims=True))
        before, now = now, after / norm
        if k < n - 1:
            matrix[:, k, k + 1] = matrix[:, k + 1, k] = norm[:, 0]
    roots, vectors = np.linalg.eigh(matrix)
    return center + width * roots, total * vectors[:, 0, :] ** 2
