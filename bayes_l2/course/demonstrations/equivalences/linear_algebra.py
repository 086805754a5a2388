"""Ridge regression in the clothes of linear algebra."""

from typing import Any

import numpy as np
from scipy.linalg import lstsq, solve_triangular

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
    furthest,
    rounding,
)
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.penalised import fit_ridge
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.validation import natural_number

__all__ = [
    "augmented_rows",
    "dual",
    "minimum_norm",
    "more_columns_than_rows",
    "ridge_model",
]
__dir__ = __all__.copy


def dual(*, seed: int = 0, n: int = 20, p: int = 60) -> Equivalence:
    r"""Solve ridge regression with one unknown per row, not one per column.

    The coefficients are sums of rows, :math:`b = X^\top a`, with
    :math:`(X X^\top + \alpha I)\, a = y`. The identity
    :math:`(X^\top X + \alpha I)^{-1} X^\top = X^\top (X X^\top + \alpha I)^{-1}`
    says so (Saunders, Gammerman and Vovk, 1998). So a model with more columns than rows
    needs a system of equations no larger than its rows.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n, p : int
        Rows and columns, 2 to 300 each.

    Returns
    -------
    Equivalence
        In posterior sds, at the worst coefficient.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=300)
    p = natural_number(p, "p", at_least=2, at_most=300)
    noise_sd, prior_sd = 0.5, 1.0
    X = rng.standard_normal((n, p))
    y = X @ rng.standard_normal(p) + noise_sd * rng.standard_normal(n)

    exact = fit_exact(ridge_model(X, y, noise_sd, prior_sd))

    system = X @ X.T + (noise_sd / prior_sd) ** 2 * np.eye(n)
    unknowns = np.linalg.solve(system, y)
    coef = X.T @ unknowns

    # the terms of the sums of rows may be larger than the sums; in least posterior sds
    size = float(np.linalg.norm(X, 2) * np.linalg.norm(unknowns) / np.min(exact.sd))
    found = furthest(coef, exact.coef, exact.sd)
    places = np.arange(1, p + 1)
    return Equivalence(
        "ridge in the dual, one unknown per row, is the posterior mean",
        found,
        size * rounding(float(np.linalg.cond(system)), n + p),
        "posterior sds",
        "both solve the same equations, so nothing but rounding is between them",
        "Saunders, Gammerman and Vovk (1998)",
        Picture(
            "column",
            "coefficient",
            {
                "posterior mean": Curve(places, exact.coef, "steps"),
                "dual": Curve(places, coef, "points"),
            },
            f"The {p} coefficients of the dual lie on the posterior means; the largest "
            f"gap is {found:.1e} posterior sds.",
        ),
    )


def augmented_rows(*, seed: int = 0, n: int = 30, p: int = 12) -> Equivalence:
    r"""Solve ridge regression as least squares with one more row for each column.

    .. math:: \lVert y - X b \rVert^2 + \alpha \lVert b \rVert^2
              = \left\lVert \begin{pmatrix} y \\ 0 \end{pmatrix}
              - \begin{pmatrix} X \\ \sqrt{\alpha}\, I \end{pmatrix} b
              \right\rVert^2

    So the prior is p rows of data that say 0 (Allen, 1974). The triangular factor R of
    all rows has the posterior sds as well: the covariance is
    :math:`\sigma^2 (R^\top R)^{-1}`. The rows are solved by QR here, and
    ``fit_ridge`` solves ridge regression by singular values. Rounding is allowed what
    moves the solution of a least-squares problem (Higham, 2002, section 20.1).

    Parameters
    ----------
    seed : int
        Seed of the data.
    n, p : int
        Rows and columns, 2 to 300 each.

    Returns
    -------
    Equivalence
        In posterior sds, at the worst coefficient.

    Raises
    ------
    ValueError
        If a size is out of its bounds.

    References
    ----------
    Allen (1974), Technometrics 16(1).
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=300)
    p = natural_number(p, "p", at_least=2, at_most=300)
    noise_sd, prior_sd = 1.0, 0.5
    X = rng.standard_normal((n, p))
    y = X @ (prior_sd * rng.standard_normal(p)) + noise_sd * rng.standard_normal(n)

    ridge = fit_ridge(ridge_model(X, y, noise_sd, prior_sd)).coef

    rows = np.vstack([X, noise_sd / prior_sd * np.eye(p)])
    Q, R = np.linalg.qr(rows)
    coef = solve_triangular(R, Q.T @ np.append(y, np.zeros(p)))
    sd = noise_sd * np.linalg.norm(solve_triangular(R, np.eye(p)), axis=1)
    plain = lstsq(X, y)[0]

    # the sensitivity of least squares counts what the rows leave over as well
    found, condition = furthest(coef, ridge, sd), float(np.linalg.cond(rows))
    left = np.linalg.norm(np.append(y, np.zeros(p)) - rows @ coef)
    size = np.linalg.norm(coef) + condition * left / np.linalg.norm(rows, 2)
    allowed = float(size / np.min(sd)) * rounding(condition, n + p)
    places = np.arange(1, p + 1)
    return Equivalence(
        "ridge is least squares with one more row for each column, whose y is 0",
        found,
        allowed,
        "posterior sds",
        "both minimise one sum of squares, so nothing but rounding is between them",
        "Allen (1974)",
        Picture(
            "column",
            "coefficient",
            {
                "least squares, n rows": Curve(places, plain, "dashes"),
                "ridge": Curve(places, ridge, "steps"),
                "least squares, n + p rows": Curve(places, coef, "points"),
            },
            f"The {p} coefficients of least squares with {p} more rows lie on those of "
            f"ridge; the largest gap is {found:.1e} posterior sds. Without these rows "
            f"the largest gap is {furthest(plain, ridge, sd):.2g} posterior sds.",
        ),
    )


def minimum_norm(*, seed: int = 0, n: int = 20, p: int = 100) -> Equivalence:
    r"""Let the penalty of ridge regression go to 0, with more columns than rows.

    Many coefficients fit y exactly. Ridge tends to those of least norm,
    :math:`b_0 = X^\top (X X^\top)^{-1} y` (Albert, 1972). Let :math:`s` be the least
    singular value of X and :math:`d = X^\top (X X^\top)^{-2} y`, the slope at 0. Then

    .. math:: \frac{\alpha \lVert d \rVert}{1 + \alpha / s^2}
              \le \lVert b_0 - b_\alpha \rVert \le \alpha \lVert d \rVert,

    because :math:`b_0 - b_\alpha` is :math:`\alpha / (s_k^2 + \alpha)` of :math:`b_0`
    along each direction. The least norm is computed by a QR of the transpose.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n : int
        Rows, 2 to 50.
    p : int
        Columns, 100 to 300.

    Returns
    -------
    Equivalence
        The distance at a penalty of a millionth of s², in units of the length of the
        solution of least norm.

    Raises
    ------
    ValueError
        If a size is out of its bounds.

    References
    ----------
    Albert (1972), Regression and the Moore-Penrose Pseudoinverse.
    """
    rng = arguments.generator(seed, "seed")
    X, y = more_columns_than_rows(rng, n, p)
    Q, R = np.linalg.qr(X.T)
    half = solve_triangular(R.T, y, lower=True)
    least = Q @ half
    slope = solve_triangular(R.T, solve_triangular(R, half), lower=True)
    size = float(np.linalg.norm(half))

    values = np.linalg.svd(X, compute_uv=False)
    condition, smallest = float(values[0] / values[-1]), float(values[-1] ** 2)
    penalties = smallest * 10.0 ** np.arange(3, -7, -1)
    gaps = [
        float(np.linalg.norm(fit_exact(each).coef - least)) / size
        for each in (ridge_model(X, y, 1.0, penalty**-0.5) for penalty in penalties)
    ]
    line = penalties * float(np.linalg.norm(slope)) / size
    error = rounding(condition, p) + line[-1] * rounding(condition**2, p)
    return Equivalence(
        "with more columns than rows, ridge tends to the exact fit of least norm as "
        "its penalty goes to 0",
        gaps[-1],
        float(line[-1]) + error,
        "of the solution's length",
        "each direction is off by a share that is known, at a penalty of a millionth "
        "of the least squared singular value",
        "Albert (1972)",
        Picture(
            "penalty / smallest squared singular value",
            "distance from least norm / its length",
            {
                "slope at 0, by theory": Curve(penalties / smallest, line),
                "ridge": Curve(penalties / smallest, gaps, "points"),
            },
            f"The distance of ridge from the exact fit of least norm falls with the "
            f"penalty, to {gaps[-1]:.1e} of its length at a millionth, on a line of "
            "slope 1 that theory gives; large penalties stay below it.",
            log_x=True,
            log_y=True,
        ),
        at_least=float(line[-1]) / (1 + 1e-6) - error,
    )


def more_columns_than_rows(
    rng: np.random.Generator, n: object, p: object
) -> tuple[FloatArray, FloatArray]:
    """Draw X of n rows and more columns, and y: coefficients and noise of sd 1.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of random numbers.
    n, p : int
        Rows, 2 to 50, and columns, 100 to 300.

    Returns
    -------
    X : ndarray of shape (n, p)
    y : ndarray of shape (n,)

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    n = natural_number(n, "n", at_least=2, at_most=50)
    p = natural_number(p, "p", at_least=100, at_most=300)
    X = rng.standard_normal((n, p))
    return X, X @ rng.standard_normal(p) + rng.standard_normal(n)


def ridge_model(
    X: FloatArray, y: FloatArray, noise_sd: float, prior_sd: Any
) -> LinearModel:
    """Return the model without an intercept whose posterior mean is ridge.

    Parameters
    ----------
    X : ndarray of shape (n, p)
    y : ndarray of shape (n,)
    noise_sd : float
        The noise sd.
    prior_sd : float or scale prior
        The prior sd of each coefficient.

    Returns
    -------
    LinearModel
    """
    likelihood, prior = likelihoods.Normal(noise_sd), priors.Normal(prior_sd)
    return LinearModel(X, y, likelihood=likelihood, prior=prior, intercept=False)
