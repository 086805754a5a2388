r"""Gradient descent with a fixed step, on smooth losses and on a loss with a kink.

.. math:: b_{k+1} = b_k - t_k \, g_k, \qquad g_k = -\tfrac1n X^\top \ell'(y - X b_k)

Let L be the Lipschitz constant of the gradient of a convex loss. Then any fixed step
below :math:`2 / L` leads to the minimum (Nesterov 2004, Introductory Lectures on Convex
Optimization, section 2.1.5). The gradient of an absolute residual does not shrink
towards 0. So a fixed step jumps over the kink again and again, unless it lands on it.
Steps that shrink to 0 and have an infinite sum converge.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.course import checks
from bayes_l2.model.likelihoods import Loss
from bayes_l2.texts import record_text

__all__ = ["Descent", "Huber", "gradient_descent", "largest_stable_step"]
__dir__ = __all__.copy


@dataclass(frozen=True)
class Huber:
    r"""Huber's loss: squared near 0, absolute beyond ``delta``, with a smooth join.

    .. math:: \tfrac12 r^2 \text{ if } \lvert r \rvert \le \delta, \qquad
              \delta \lvert r \rvert - \tfrac12 \delta^2 \text{ beyond}

    It is convex and continuously differentiable. Its second derivative jumps at
    :math:`\pm\delta`.

    Parameters
    ----------
    delta : float
        The size of a residual at which the square ends, in the units of y.

    References
    ----------
    Huber (1964), Annals of Mathematical Statistics 35(1).
    """

    name: ClassVar[str] = "Huber"
    is_smooth: ClassVar[bool] = True
    delta: float

    def __post_init__(self) -> None:
        """Check the argument."""
        delta = validation.positive_number(self.delta, "delta")
        validation.set_fields(self, delta=delta)

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return r² / 2 within delta, delta (abs(r) - delta / 2) beyond."""
        size = np.abs(residual)
        beyond = self.delta * (size - self.delta / 2)
        return np.where(size <= self.delta, residual**2 / 2, beyond)

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return r within delta, delta sign(r) beyond."""
        return np.clip(residual, -self.delta, self.delta)


@dataclass(frozen=True)
class Descent:
    """The path of gradient descent.

    Attributes
    ----------
    path : ndarray of shape (steps + 1, p)
        Coefficients after each step; the first row is the start.
    objective : ndarray of shape (steps + 1,)
        The mean loss at each row of the path.
    """

    path: FloatArray
    objective: FloatArray

    __repr__ = record_text


def gradient_descent(
    loss: Loss,
    X: Any,
    y: Any,
    *,
    step: float | Callable[[int], float],
    n_steps: int,
    start: Any = None,
) -> Descent:
    r"""Minimise a mean loss, :math:`\frac1n \sum_i \ell(y_i - x_i^\top b)`, by descent.

    .. math:: b_{k+1} = b_k - t_k \, g_k, \qquad g_k = -\tfrac1n X^\top \ell'(y - X b_k)

    Parameters
    ----------
    loss : Loss
        A loss of residuals: ``likelihoods.Normal``, ``likelihoods.Laplace``, ``Huber``.
    X : array_like of shape (n, p)
        Features; a column of ones is an intercept.
    y : array_like of shape (n,)
        Response.
    step : float or callable
        The step t, or t_k as a function of k = 0, 1, ...
    n_steps : int
        Number of steps.
    start : array_like of shape (p,), optional
        Coefficients to start from; 0 unless given.

    Returns
    -------
    Descent

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    loss = checks.loss(loss)
    columns, response = checks.rows(X, y)
    p = columns.shape[1]
    n_steps = arguments.draws_to_keep(n_steps, p, "n_steps")
    if isinstance(step, type) or not callable(step):
        step = validation.positive_number(step, "step")
    b = np.zeros(p) if start is None else validation.vector(start, "start", length=p)
    path = [b]
    for k in range(n_steps):
        slope = -columns.T @ loss.gradient(response - columns @ b) / len(response)
        b = b - (step(k) if callable(step) else step) * slope
        path.append(b)
    residuals = response - np.array(path) @ columns.T
    return Descent(np.array(path), loss.loss(residuals).mean(axis=1))


def largest_stable_step(X: Any) -> float:
    r"""Return :math:`2 / L` for the mean of :math:`\tfrac12 r^2`.

    With a larger step descent on squared error diverges. L is the largest eigenvalue of
    :math:`X^\top X / n`, the Lipschitz constant of the gradient.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features.

    Returns
    -------
    float
    """
    columns = validation.matrix(X)
    return float(2 * len(columns) / np.linalg.norm(columns, ord=2) ** 2)
