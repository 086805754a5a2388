"""Whether a plane parts two classes: along it the Bernoulli likelihood grows without end."""

import numpy as np
from scipy import optimize

from bayes_l2.validation import FloatArray

TOLERANCE = 1e-7  # of the linear programme, in units of a column's largest entry


def separating_direction(X: FloatArray, signs: FloatArray) -> FloatArray | None:
    r"""Return coefficients that put no row on the wrong side of the plane and some on the right one, or None.

    .. math:: \max_{\lvert b_j \rvert \le 1} \sum_i y_i x_i^\top b \quad \text{subject to} \quad y_i x_i^\top b \ge 0

    Where there are such coefficients the likelihood has no maximum (Albert and Anderson 1984, Biometrika 71(1)).

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Features; a column of ones is an intercept.
    signs : ndarray of shape (n,)
        -1 or 1.

    Returns
    -------
    ndarray of shape (p,) or None
    """
    scale = np.abs(X).max(axis=0)
    scale[scale == 0] = 1.0
    signed = signs[:, None] * X / scale
    solved = optimize.linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(X)), bounds=(-1, 1), method="highs")
    if not solved.success or -solved.fun <= TOLERANCE * len(X):
        return None
    return solved.x / scale
