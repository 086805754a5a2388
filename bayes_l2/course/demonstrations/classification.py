r"""Cross-entropy with an L2 penalty: what the penalty mends where the likelihood alone has no answer, or many."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import optimize, special

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model.likelihoods import Bernoulli
from bayes_l2.model.likelihoods.separation import Separation, separation


def separable(X: Any, labels: Any) -> Separation:
    """Find out whether a plane parts the classes, and which.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features; a column of ones is an intercept.
    labels : array_like of shape (n,)
        -1 or 1.

    Returns
    -------
    Separation
        Along its direction the likelihood grows without end, and there is no maximum.

    Raises
    ------
    ValueError
        If an argument is not valid, or a label is neither -1 nor 1.
    """
    return separation(*_checked(X, labels))


def along_direction(X: Any, labels: Any, direction: Any, lengths: Any) -> FloatArray:
    """Return the sum of cross-entropies at multiples of a direction.

    Where the direction separates the classes it falls to 0 and never arrives.

    Parameters
    ----------
    X, labels
        As for ``separable``.
    direction : array_like of shape (p,)
        Coefficients.
    lengths : array_like of shape (m,)
        By what to multiply them.

    Returns
    -------
    ndarray of shape (m,)
    """
    columns, signs = _checked(X, labels)
    margins = signs * (
        columns @ validation.vector(direction, "direction", length=columns.shape[1])
    )
    return (
        Bernoulli()
        .loss(np.outer(validation.vector(lengths, "lengths"), margins))
        .sum(axis=1)
    )


def penalised_norms(X: Any, labels: Any, prior_sds: Sequence[float]) -> FloatArray:
    r"""Return the length of the MAP coefficients under :math:`b_j \sim N(0, \tau^2)`, for prior sds that may be wide.

    Each is finite. On separable classes they grow without end as the prior widens, about as :math:`\log \tau`.

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
    ArithmeticError
        If a prior is so wide that double precision does not find the mode.
    """
    columns, signs = _checked(X, labels)
    loss = Bernoulli()
    found, start = [], np.zeros(columns.shape[1])
    for sd in (validation.positive_number(each, "prior sd") for each in prior_sds):
        signed = signs[:, None] * columns

        def objective(
            b: FloatArray, signed: FloatArray = signed, sd: float = sd
        ) -> tuple[float, FloatArray]:
            margins = signed @ b
            value = loss.loss(margins).sum() + b @ b / (2 * sd**2)
            return float(value), signed.T @ loss.gradient(margins) + b / sd**2

        def curvature(
            b: FloatArray, signed: FloatArray = signed, sd: float = sd
        ) -> FloatArray:
            other = special.expit(-(signed @ b))
            return (signed.T * (other * (1 - other))) @ signed + np.eye(len(b)) / sd**2

        start = optimize.minimize(
            objective, start, jac=True, hess=curvature, method="trust-exact", tol=1e-12
        ).x
        left = np.linalg.solve(curvature(start), objective(start)[1])
        if np.linalg.norm(left) > 1e-5 * np.linalg.norm(start):
            raise ArithmeticError(
                f"the mode under a prior sd of {sd:g} was not found: so wide a prior is too flat"
            )
        found.append(np.linalg.norm(start))
    return np.array(found)


def softmax_loss(coef: Any, X: Any, classes: Any) -> float:
    r"""Return the cross-entropy of softmax, :math:`-\sum_i \log \frac{e^{x_i^\top b_{y_i}}}{\sum_k e^{x_i^\top b_k}}`.

    Add one vector c to the coefficients of every class: all numerators and the denominator grow by the same factor
    :math:`e^{x_i^\top c}`, and the loss stays. So the likelihood cannot tell such coefficients apart; among them the L2
    penalty is least where they sum to zero over the classes.

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
    """
    columns = validation.matrix(X)
    weights = validation.matrix(coef, "coef")
    numbers = np.asarray(classes)
    if numbers.dtype.kind not in "iu" or numbers.shape != (len(columns),):
        raise ValueError(
            f"classes must be {len(columns)} whole numbers, got {numbers.dtype} of shape {numbers.shape}"
        )
    if numbers.min() < 0 or numbers.max() >= weights.shape[1]:
        raise ValueError(
            f"classes must be from 0 to {weights.shape[1] - 1}, got {numbers.min()} to {numbers.max()}"
        )
    logits = columns @ weights
    log_total = np.asarray(special.logsumexp(logits, axis=1))
    return float((log_total - logits[np.arange(len(numbers)), numbers]).sum())


def _checked(X: Any, labels: Any) -> tuple[FloatArray, FloatArray]:
    columns = validation.matrix(X)
    signs = validation.vector(labels, "labels", length=len(columns))
    if not np.all(np.abs(signs) == 1):
        wrong = signs[np.abs(signs) != 1][0]
        raise ValueError(f"labels must be -1 or 1, got {wrong:g}")
    return columns, signs
