r"""Gaussian posteriors in decimal arithmetic of as many digits as they need.

.. math:: P = P_0 + \tfrac{1}{\sigma^2} Z^\top W Z, \qquad
          P m = P_0 m_0 + \tfrac{1}{\sigma^2} Z^\top W y

A factorisation in double precision loses all digits where columns depend on each other
and the prior is wide next to the noise. The normal equations square the condition
number, and more digits make up for it.

References
----------
Higham (2002), Accuracy and Stability of Numerical Algorithms, section 10.1, on the
error of Cholesky's method.
"""

from decimal import Decimal, getcontext, localcontext
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.rows import Rows
from bayes_l2.posteriors.least_squares.line import (
    DecimalArray,
    DecimalForm,
    Line,
    ScaledCovariance,
)

DIGITS = 60, 120, 240, 480, 960, 1920
MAX_PRODUCTS = 4_000_000  # of decimals: some two seconds
TOLERANCE = Decimal("1e-9")  # of means, in posterior sds

decimals: Any = np.frompyfunc(Decimal, 1, 1)
_rounded: Any = np.frompyfunc(float, 1, 1)


def decimal_line(before: Line, rows: Rows, noise_sd: float) -> Line | None:
    """Return the posterior of a line, rounded from as many digits as it needs.

    Parameters
    ----------
    before : Line
        The prior.
    rows : Rows
        The rows.
    noise_sd : float
        Noise standard deviation.

    Returns
    -------
    Line or None
        None where no number of digits suffices, or the problem is so large that it
        would take more than seconds.
    """
    n, d = len(rows.X), rows.X.shape[1] + int(before.has_intercept)
    if (n + d) * d**2 > MAX_PRODUCTS:
        return None
    for digits in DIGITS:
        with localcontext(prec=digits):
            form = _form(before)
            line = None if form is None else _solution(before, form, rows, noise_sd)
        if line is not None:
            return line
    return None


def decimal_moments(line: Line, X: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Return mean and sd of the regression line at rows, from its form in decimals.

    Parameters
    ----------
    line : Line
        A posterior, with its ``DecimalForm``.
    X : ndarray of shape (m, p)
        The rows.

    Returns
    -------
    pair of ndarray of shape (m,), or None
        None where the rows are so many that it would take more than seconds.
    """
    form = line.exact
    assert isinstance(form, DecimalForm)
    if len(X) * len(form.mean) ** 2 > MAX_PRODUCTS:
        return None
    ones = np.ones((len(X), int(line.has_intercept)))
    for digits in DIGITS:
        with localcontext(prec=digits):
            root = _cholesky(form.precision)
            if root is None:
                continue
            rows = decimals(np.hstack([ones, X]))
            squares = np.square(rows @ _inverse(root)).sum(axis=1)
            sd = np.array([each.sqrt() for each in squares])
            return _floats(rows @ form.mean), _floats(sd)
    return None


def _form(before: Line) -> DecimalForm | None:
    """Return the form in decimals; None where the digits do not suffice."""
    if isinstance(before.exact, DecimalForm):
        return before.exact
    coefs = _precision_of_coefs(before)
    means = decimals(before.mean) + decimals(before.rest)
    if coefs is None:
        return None
    if not before.has_intercept:
        return DecimalForm(coefs, means[1:])
    row = decimals(np.append(1.0, before.center))
    precision = np.multiply.outer(row, row) * Decimal(before.precision)
    precision[1:, 1:] += coefs
    means[0] -= row[1:] @ means[1:]
    return DecimalForm(precision, means)


def _precision_of_coefs(before: Line) -> DecimalArray | None:
    if not isinstance(before.exact, ScaledCovariance):
        rows = decimals(before.root)
        return rows.T @ rows
    shape, unit = before.exact
    if shape is None:
        return decimals(np.eye(len(before.root))) / Decimal(unit) ** 2
    if shape.ndim == 1:  # of a flat column the precision is 1 / infinity, a 0
        return np.diag(1 / (decimals(shape) * Decimal(unit)) ** 2)
    root = _cholesky(decimals(shape))
    if root is None:
        return None
    inverse = _inverse(root) / Decimal(unit)
    return inverse @ inverse.T


def _solution(
    before: Line, form: DecimalForm, rows: Rows, noise_sd: float
) -> Line | None:
    """Return the posterior; None where half of the digits of the context are lost."""
    ones = np.ones((len(rows.X), int(before.has_intercept)))
    Z = decimals(np.hstack([ones, rows.X]))
    weights = decimals(rows.row_weights) / Decimal(noise_sd) ** 2
    weighted = Z.T * weights
    precision = form.precision + weighted @ Z
    root = _cholesky(precision)
    if root is None:
        return None
    inverse = _inverse(root)
    deviation = decimals(rows.y) - Z @ form.mean
    change = inverse @ (inverse.T @ (weighted @ deviation))
    residual = deviation - Z @ change
    # the gradient in sds, 0 but for rounding
    gradient = inverse.T @ (weighted @ residual - form.precision @ change)
    if any(abs(each) > TOLERANCE for each in gradient):
        return None
    squares = residual @ (weights * residual) + change @ (form.precision @ change)
    exact = DecimalForm(precision, form.mean + change)
    means, center, first = exact.mean.copy(), np.zeros(rows.X.shape[1]), 1
    if before.has_intercept:
        center = _floats(root[0, 1:] / root[0, 0])
        means[0] += decimals(center) @ means[1:]
    else:
        means, first = np.concatenate([decimals([0]), means]), 0
    mean = _floats(means)
    return Line(
        has_intercept=before.has_intercept,
        center=center,
        precision=float(root[0, 0] ** 2) if before.has_intercept else 0.0,
        mean=mean,
        rest=_floats(means - decimals(mean)),
        root=_floats(root)[first:, first:],
        sum_of_squares=float(squares),
        inverse=_floats(inverse),
        exact=exact,
    )


def _cholesky(matrix: DecimalArray) -> DecimalArray | None:
    """Return R with R'R the matrix, or None where half of the digits are lost."""
    d, rest = len(matrix), matrix.copy()
    root = decimals(np.zeros((d, d)))
    limit = Decimal(10) ** (-(getcontext().prec // 2))
    for j in range(d):
        if not rest[j, j] > limit * matrix[j, j]:
            return None
        root[j, j:] = rest[j, j:] / rest[j, j].sqrt()
        rest[j + 1 :, j + 1 :] -= np.multiply.outer(root[j, j + 1 :], root[j, j + 1 :])
    return root


def _inverse(root: DecimalArray) -> DecimalArray:
    """Return the inverse of an upper-triangular matrix."""
    inverse = decimals(np.eye(len(root)))
    for j in reversed(range(len(root))):
        inverse[j] = (inverse[j] - root[j, j + 1 :] @ inverse[j + 1 :]) / root[j, j]
    return inverse


def _floats(values: DecimalArray) -> FloatArray:
    """Return decimals rounded to double precision."""
    return np.asarray(_rounded(values), dtype=float)
