r"""Cross-entropy with an L2 penalty, where the likelihood alone has no unique maximum.

.. math:: -\log p(b \mid y) = \sum_i \log(1 + e^{-y_i x_i^\top b})
          + \frac{\lVert b \rVert^2}{2 \tau^2} + \text{const}, \qquad y_i = \pm 1

On separable classes the likelihood has no maximum. The softmax likelihood has many. If
all coefficients are penalised, the penalised fit exists and is unique in both.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.course import checks
from bayes_l2.model.likelihoods import Bernoulli
from bayes_l2.model.likelihoods.separation import Separation, separation

__all__ = [
    "along_direction",
    "parted",
    "penalised_norms",
    "separable",
    "softmax_loss",
]
__dir__ = __all__.copy


def separable(X: Any, labels: Any) -> Separation:
    """Find out whether a plane separates the classes.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features; a column of ones is an intercept.
    labels : array_like of shape (n,)
        -1 or 1.

    Returns
    -------
    Separation
        If it has a direction, the likelihood grows along it without end, and has no
        maximum.

    Raises
    ------
    ValueError
        If an argument is not valid, or a label is neither -1 nor 1.
    """
    return separation(*_checked(X, labels))


def parted(values: Any, labels: Any, *, cut: float, gap: float) -> NDArray[np.bool_]:
    """Say which rows lie on their own side of a cut, and not near it.

    The rows with the label 1 belong below the cut. The rows that are kept are
    separable.

    Parameters
    ----------
    values : array_like of shape (n,)
        A column.
    labels : array_like of shape (n,)
        -1 or 1.
    cut : float
        The value that parts the classes.
    gap : float
        The distance from the cut within which no row is kept.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    column = validation.vector(values, "values")
    if not len(column):
        raise ValueError("values must hold at least one number, got none")
    signs = _signs(labels, len(column))
    cut = checks.finite_number(cut, "cut")
    gap = checks.finite_number(gap, "gap")
    if gap < 0:
        raise ValueError(f"gap must not be negative, got {gap}")
    own_side = (signs == 1) == (column < cut)
    return (np.abs(column - cut) > gap) & own_side


def along_direction(X: Any, labels: Any, direction: Any, lengths: Any) -> FloatArray:
    """Return the sum of cross-entropies at multiples of a direction.

    If the direction separates the classes, the sum falls towards 0 and never reaches
    it.

    Parameters
    ----------
    X, labels
        As for ``separable``.
    direction : array_like of shape (p,)
        Coefficients.
    lengths : array_like of shape (m,)
        Factors of the direction.

    Returns
    -------
    ndarray of shape (m,)
    """
    columns, signs = _checked(X, labels)
    b = validation.vector(direction, "direction", length=columns.shape[1])
    margins = np.outer(validation.vector(lengths, "lengths"), signs * (columns @ b))
    return Bernoulli().loss(margins).sum(axis=1)


def penalised_norms(X: Any, labels: Any, prior_sds: Sequence[float]) -> FloatArray:
    r"""Return the length of the MAP coefficients under :math:`b_j \sim N(0, \tau^2)`.

    Each length is finite. On separable classes the lengths grow without end as the
    prior widens, about as :math:`\log \tau`.

    Parameters
    ----------
    X, labels
        As for ``separable``; there is no intercept besides a column of X.
    prior_sds : sequence of float
        Prior standard deviations.

    Returns
    -------
    ndarray of shape (m,)

    Raises
    ------
    ValueError
        If an argument is not valid.
    ArithmeticError
        If a prior is so wide that double precision does not find the mode.
    """
    columns, signs = _checked(X, labels)
    signed = signs[:, None] * columns
    found, mode = [], np.zeros(columns.shape[1])
    for sd in checks.positive_numbers(prior_sds, "prior_sds"):
        mode = _mode(signed, sd, mode)
        found.append(np.linalg.norm(mode))
    return np.array(found)


def _mode(signed: FloatArray, sd: float, start: FloatArray) -> FloatArray:
    """Return the MAP coefficients for rows that are multiplied by their labels."""
    loss = Bernoulli()

    def objective(b: FloatArray) -> tuple[float, FloatArray]:
        margins = signed @ b
        value = loss.loss(margins).sum() + b @ b / (2 * sd**2)
        return float(value), signed.T @ loss.gradient(margins) + b / sd**2

    def curvature(b: FloatArray) -> FloatArray:
        other = special.expit(-(signed @ b))
        return (signed.T * (other * (1 - other))) @ signed + np.eye(len(b)) / sd**2

    mode = optimize.minimize(
        objective, start, jac=True, hess=curvature, method="trust-exact", tol=1e-12
    ).x
    left = np.linalg.solve(curvature(mode), objective(mode)[1])
    if np.linalg.norm(left) > 1e-5 * np.linalg.norm(mode):
        raise ArithmeticError(
            f"the mode under a prior sd of {sd:g} was not found: "
            "so wide a prior is too flat"
        )
    return mode


def softmax_loss(coef: Any, X: Any, classes: Any) -> float:
    r"""Return the cross-entropy of softmax.

    .. math:: -\sum_i \log \frac{e^{x_i^\top b_{y_i}}}{\sum_k e^{x_i^\top b_k}}

    Add one vector c to the coefficients of every class: numerator and denominator are
    multiplied by :math:`e^{x_i^\top c}`, and the loss does not change. So the
    likelihood cannot tell such coefficients apart. The L2 penalty is smallest for those
    that sum to zero over the classes.

    Parameters
    ----------
    coef : array_like of shape (p, K)
        Coefficients, a column for each class.
    X : array_like of shape (n, p)
        Features.
    classes : array_like of shape (n,)
        Classes 0, ..., K - 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    columns = validation.matrix(X)
    weights = validation.matrix(coef, "coef")
    if len(weights) != columns.shape[1]:
        raise ValueError(
            f"coef must have {columns.shape[1]} rows, the columns of X, "
            f"got {len(weights)}"
        )
    numbers = validation.vector(classes, "classes", length=len(columns))
    last = weights.shape[1] - 1
    if numbers.min() < 0 or numbers.max() > last:
        raise ValueError(
            f"classes must be from 0 to {last}, the columns of coef, got "
            f"{numbers.min():g} to {numbers.max():g}"
        )
    places = numbers.astype(int)
    if (places != numbers).any():
        wrong = numbers[places != numbers][0]
        raise ValueError(f"classes must be whole numbers, got {wrong:g}")
    logits = columns @ weights
    log_total = np.asarray(special.logsumexp(logits, axis=1))
    return float((log_total - logits[np.arange(len(places)), places]).sum())


def _checked(X: Any, labels: Any) -> tuple[FloatArray, FloatArray]:
    columns = validation.matrix(X)
    return columns, _signs(labels, len(columns))


def _signs(labels: Any, length: int) -> FloatArray:
    signs = validation.vector(labels, "labels", length=length)
    if not np.all(np.abs(signs) == 1):
        wrong = signs[np.abs(signs) != 1][0]
        raise ValueError(f"labels must be -1 or 1, got {wrong:g}")
    return signs
