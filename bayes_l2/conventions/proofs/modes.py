r"""Modes of densities without an exact posterior, :math:`\min_b L(b) + P(b)`.

Newton's method finds the mode of a smooth density. With an L1 penalty it does so for
every pattern of signs.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy import special

from bayes_l2.arrays import FloatArray

IntArray = npt.NDArray[np.intp]
Derivatives = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


def logistic_loss(
    X: FloatArray, labels: FloatArray, weights: FloatArray | None
) -> Derivatives:
    r"""Return gradient and Hessian of :math:`\sum_i w_i \log(1 + e^{-y_i x_i^\top b})`.

    The labels :math:`y_i` are -1 and 1.
    """
    weights = np.ones(len(labels)) if weights is None else weights

    def derivatives(b: FloatArray) -> tuple[FloatArray, FloatArray]:
        other = special.expit(-labels * (X @ b))  # the probability of the other label
        gradient = X.T @ (-weights * labels * other)
        return gradient, (X.T * (weights * other * (1 - other))) @ X

    return derivatives


def squared_loss(
    X: FloatArray, y: FloatArray, weights: FloatArray | None, noise_sd: float
) -> Derivatives:
    r"""Return gradient and Hessian of a squared error.

    .. math:: \tfrac{1}{2\sigma^2} \sum_i w_i (y_i - x_i^\top b)^2
    """
    precisions = (np.ones(len(y)) if weights is None else weights) / noise_sd**2
    hessian = (X.T * precisions) @ X
    return lambda b: (X.T @ (precisions * (X @ b - y)), hessian)


def smooth_mode(
    loss: Derivatives, precisions: FloatArray, slopes: FloatArray, free: IntArray
) -> FloatArray:
    r"""Return the minimiser of a smooth convex objective, by Newton's method.

    .. math:: L(b) + \tfrac12 \sum_j p_j b_j^2 + \sum_j s_j b_j

    Parameters
    ----------
    loss : callable
        Gradient and Hessian of the loss L.
    precisions, slopes : ndarray of shape (p,)
        The numbers :math:`p_j` and :math:`s_j`.
    free : ndarray of int
        Indices of the coefficients that may differ from 0.
    """
    b = np.zeros(len(precisions))
    for _ in range(100):
        gradient, hessian = loss(b)
        gradient = gradient + precisions * b + slopes
        hessian = hessian + np.diag(precisions)
        step = np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
        b[free] -= step
        if np.abs(step).max() <= 1e-14 * np.abs(b).max():
            break
    return b


def sparse_mode(loss: Derivatives, slopes: FloatArray) -> FloatArray:
    r"""Return the minimiser of :math:`L(b) + \sum_j s_j |b_j|` for a convex loss L.

    The first coefficient is an intercept, and its slope is 0. For each pattern of signs
    the problem is smooth. A solution must have the signs of its pattern, and in each
    coefficient that is 0 a gradient that is at most the slope. With p coefficients
    there are 3^p patterns.

    Raises
    ------
    ArithmeticError
        If no pattern has a solution.
    """
    for signs in product((1.0, -1.0, 0.0), repeat=len(slopes) - 1):
        pattern = np.array([0.0, *signs])
        zero = np.flatnonzero(pattern[1:] == 0) + 1
        free = np.setdiff1d(np.arange(len(slopes)), zero)
        try:
            b = smooth_mode(loss, np.zeros(len(slopes)), slopes * pattern, free)
        except np.linalg.LinAlgError:
            continue  # a slope outweighs the loss: no minimum with this sign
        gradient, _ = loss(b)
        flat = np.all(np.abs(gradient[zero]) <= slopes[zero])
        if flat and np.all(np.sign(b[1:]) == signs):
            return b
    raise ArithmeticError("no pattern of signs solves the L1 problem")
