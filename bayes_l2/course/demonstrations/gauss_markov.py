r"""Gauss–Markov: least squares has the least variance of linear unbiased estimators.

.. math:: \hat b = A y, \qquad A X = I, \qquad
          \operatorname{Var}(\hat b) = A \operatorname{Var}(y) A^\top

A linear estimator is unbiased if :math:`A X = I`. The theorem assumes noise of mean 0
and covariance :math:`\sigma^2 I`, and X of full column rank. It does not assume
normality. It does not cover biased estimators: at some penalty ridge has a smaller mean
squared error. Nor does it cover estimators that are not linear: with Laplace noise the
median has a smaller variance than the mean. In large samples it has where
:math:`4 f(0)^2 \sigma^2 > 1` for the density f of the noise at its centre.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.course import checks
from bayes_l2.texts import record_text, shown

__all__ = ["Estimator", "least_squares", "ridge", "ridge_error", "simulate"]
__dir__ = __all__.copy


def least_squares(X: Any, weights: Any = None) -> FloatArray:
    r"""Return the matrix A of least squares, :math:`(X^\top W X)^{-1} X^\top W`.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features, of full column rank.
    weights : array_like of shape (n,), optional
        Row weights, 1 unless given.

    Returns
    -------
    ndarray of shape (p, n)

    Raises
    ------
    ValueError
        If an argument is not valid, or the columns are dependent.
    """
    columns = validation.matrix(X)
    if weights is None:
        weights = np.ones(len(columns))
    roots = np.sqrt(validation.weights(weights, length=len(columns)))
    _require_independent(columns * roots[:, None])
    return np.linalg.pinv(columns * roots[:, None]) * roots


def ridge(X: Any, penalty: float) -> FloatArray:
    r"""Return the matrix A of ridge, :math:`(X^\top X + \alpha I)^{-1} X^\top`.

    There is no intercept. X has shape (n, p), the penalty is positive, and A has shape
    (p, n).
    """
    columns = validation.matrix(X)
    penalty = validation.positive_number(penalty, "penalty")
    gram = columns.T @ columns
    return np.linalg.solve(gram + penalty * np.eye(len(gram)), columns.T)


@dataclass(frozen=True)
class Estimator:
    r"""The error of a linear estimator :math:`A y`, by theory and by simulation.

    Attributes
    ----------
    bias : ndarray of shape (p,)
        :math:`A X b - b`.
    covariance : ndarray of shape (p, p)
        :math:`A \operatorname{Var}(\varepsilon) A^\top`.
    mean_squared_error : float
        The squared bias plus the trace of the covariance.
    simulated : float
        The mean of :math:`\lVert A y - b \rVert^2` over simulations.
    standard_error : float
        The Monte-Carlo standard error of ``simulated``.
    """

    bias: FloatArray
    covariance: FloatArray
    mean_squared_error: float
    simulated: float
    standard_error: float

    __repr__ = record_text

    @property
    def is_unbiased(self) -> bool:
        """Whether the bias is 0, up to rounding."""
        scale = 1 + np.sqrt(self.mean_squared_error)
        return bool(np.abs(self.bias).max() < 1e-9 * scale)


def simulate(
    X: Any,
    b: Any,
    noise: FloatArray,
    variances: Any,
    estimators: Mapping[str, FloatArray],
) -> dict[str, Estimator]:
    r"""Compare linear estimators on simulated responses :math:`y = X b + \varepsilon`.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features.
    b : array_like of shape (p,)
        The true coefficients.
    noise : ndarray of shape (repetitions, n)
        Draws of the noise, from any distribution with mean 0.
    variances : array_like of shape (n,)
        The variance of each row's noise.
    estimators : mapping of str to ndarray of shape (p, n)
        The matrices A, by name.

    Returns
    -------
    dict of str to Estimator

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    columns = validation.matrix(X)
    truth = validation.vector(b, "b", length=columns.shape[1])
    spread = validation.vector(variances, "variances", length=len(columns))
    draws = checks.samples_of_noise(noise, len(columns))
    responses = columns @ truth + draws
    found = {}
    for name, entries in checks.named(estimators, "estimators").items():
        matrix = validation.matrix(entries, f"estimators[{shown(name)}]")
        if matrix.shape != columns.T.shape:
            raise ValueError(
                f"estimators[{shown(name)}] must have shape {columns.T.shape}, "
                f"got {matrix.shape}"
            )
        bias = matrix @ columns @ truth - truth
        covariance = (matrix * spread) @ matrix.T
        errors = ((responses @ matrix.T - truth) ** 2).sum(axis=1)
        found[name] = Estimator(
            bias,
            covariance,
            float(bias @ bias + np.trace(covariance)),
            float(errors.mean()),
            float(errors.std(ddof=1) / np.sqrt(len(errors))),
        )
    return found


def ridge_error(X: Any, b: Any, noise_sd: float, penalties: Any) -> FloatArray:
    r"""Return the mean squared error of ridge regression at each penalty.

    .. math:: E \lVert \hat b - b \rVert^2
              = \sum_j \frac{\sigma^2 d_j^2 + \alpha^2 c_j^2}{(d_j^2 + \alpha)^2}

    Here d are the singular values of X, and c the coefficients along its right singular
    vectors. The error falls from :math:`\alpha = 0` on: some penalty is always better
    than none (Hoerl and Kennard 1970, Technometrics 12(1), theorem 4.3).

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features, of full column rank.
    b : array_like of shape (p,)
        The true coefficients.
    noise_sd : float
        Noise standard deviation.
    penalties : array_like of shape (m,)
        Penalties, not negative.

    Returns
    -------
    ndarray of shape (m,)

    Raises
    ------
    ValueError
        If an argument is not valid, or the columns are dependent.
    """
    columns = validation.matrix(X)
    truth = validation.vector(b, "b", length=columns.shape[1])
    noise_sd = validation.positive_number(noise_sd, "noise_sd")
    alphas = validation.vector(penalties, "penalties")[:, None]
    if (alphas < 0).any():
        raise ValueError(f"penalties must not be negative, got {alphas.min()}")
    _require_independent(columns)
    _, d, axes = np.linalg.svd(columns, full_matrices=False)
    c = axes @ truth
    terms = (noise_sd**2 * d**2 + alphas**2 * c**2) / (d**2 + alphas) ** 2
    return terms.sum(axis=1)


def _require_independent(columns: FloatArray) -> None:
    rank = np.linalg.matrix_rank(columns)
    if rank < columns.shape[1]:
        raise ValueError(
            f"X must have independent columns, got {columns.shape[1]} of rank {rank}"
        )
