r"""Least absolute deviations as a linear programme.

.. math:: \min_{b, u, v} \sum_i (u_i + v_i)
          \quad \text{subject to} \quad X b + u - v = y, \; u \ge 0, \; v \ge 0

The problem is convex, not combinatorial. Its vertices are the fits that pass through p
of the points (Koenker 2005, Quantile Regression, section 2.2.1). The module solves it
by SciPy, and by a walk from vertex to vertex.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.course import checks
from bayes_l2.texts import record_text

__all__ = [
    "LeastAbsolute",
    "Vertex",
    "least_absolute_deviations",
    "simulated_error",
    "vertices",
]
__dir__ = __all__.copy

TOLERANCE = 1e-9


@dataclass(frozen=True)
class LeastAbsolute:
    r"""A fit of least absolute deviations, with a certificate of its optimality.

    Attributes
    ----------
    coef : ndarray of shape (p,)
        Coefficients.
    objective : float
        The sum of absolute residuals.
    dual : ndarray of shape (n,)
        Multipliers d with :math:`X^\top d = 0` and :math:`\lvert d_i \rvert \le 1`:
        the signs of the residuals, and a subgradient where a residual is 0.
    gap : float
        ``objective`` minus the dual objective :math:`y^\top d`, a lower bound for every
        fit. A gap of 0 proves the optimum.
    """

    coef: FloatArray
    objective: float
    dual: FloatArray
    gap: float

    __repr__ = record_text


def least_absolute_deviations(X: Any, y: Any) -> LeastAbsolute:
    """Fit least absolute deviations as a linear programme, by SciPy's HiGHS.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features; a column of ones is an intercept.
    y : array_like of shape (n,)
        Response.

    Returns
    -------
    LeastAbsolute

    Raises
    ------
    ValueError
        If an argument is not valid.
    ArithmeticError
        If the solver does not find the optimum.
    """
    columns, response = _checked(X, y)
    n, p = columns.shape
    costs = np.concatenate([np.zeros(p), np.ones(2 * n)])
    equations = np.hstack([columns, np.eye(n), -np.eye(n)])
    bounds = [(None, None)] * p + [(0, None)] * (2 * n)
    solved = optimize.linprog(
        costs, A_eq=equations, b_eq=response, bounds=bounds, method="highs"
    )
    if not solved.success:
        raise ArithmeticError(f"the linear programme was not solved: {solved.message}")
    coef, dual = solved.x[:p], solved.eqlin.marginals
    objective = float(np.abs(response - columns @ coef).sum())
    return LeastAbsolute(coef, objective, dual, objective - float(response @ dual))


@dataclass(frozen=True)
class Vertex:
    """A vertex of the linear programme: a fit that passes through p points.

    Attributes
    ----------
    rows : ndarray of shape (p,)
        The rows of these points.
    coef : ndarray of shape (p,)
        Coefficients.
    objective : float
        The sum of absolute residuals.
    """

    rows: npt.NDArray[np.intp]
    coef: FloatArray
    objective: float

    __repr__ = record_text


def vertices(X: Any, y: Any) -> list[Vertex]:
    """Walk along edges, from vertex to vertex, to the least absolute deviations.

    Each of the p points of a vertex has a multiplier. If one is beyond ±1, its point
    is dropped, and the sign says to which side. Along that edge the objective is
    piecewise linear. Its minimum is a weighted median of the places where residuals
    change sign (Barrodale and Roberts 1973, SIAM Journal on Numerical Analysis 10(5)).

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features in general position: any p rows are independent.
    y : array_like of shape (n,)
        Response in general position: no fit passes through more than p points.

    Returns
    -------
    list of Vertex
        From the vertex of the first p points to the optimum.

    Raises
    ------
    ValueError
        If an argument is not valid, or X or y turn out not to be in general position.
    """
    columns, response = _checked(X, y)
    n, p = columns.shape
    rows = np.arange(p)
    found: list[Vertex] = []
    while True:
        basis = columns[rows]
        if np.linalg.matrix_rank(basis) < p:
            raise ValueError(
                f"X must be in general position, and rows {rows.tolist()} are not "
                "independent"
            )
        coef = np.linalg.solve(basis, response[rows])
        residuals = response - columns @ coef
        residuals[rows] = 0.0
        found.append(Vertex(rows, coef, float(np.abs(residuals).sum())))
        others = np.setdiff1d(np.arange(n), rows)
        level = TOLERANCE * (1 + np.abs(response).max())
        tied = others[np.abs(residuals[others]) <= level]
        if len(tied):  # the walk could run in a circle
            raise ValueError(
                "y must be in general position, and one fit passes through rows "
                f"{[*rows, *tied]}"
            )
        signs = np.sign(residuals[others])
        multipliers = np.linalg.solve(basis.T, -columns[others].T @ signs)
        leaving = int(np.argmax(np.abs(multipliers)))
        excess = np.abs(multipliers[leaving]) - 1
        if excess <= TOLERANCE:
            return found
        # the residual of the leaving point grows along the edge, and the objective
        # falls at the rate of the excess
        sides = np.zeros(p)
        sides[leaving] = np.sign(multipliers[leaving])
        speeds = columns[others] @ np.linalg.solve(basis, -sides)
        moving = np.abs(speeds) > TOLERANCE * np.abs(speeds).max()
        others, speeds = others[moving], speeds[moving]
        breaks = residuals[others] / speeds
        ahead = np.flatnonzero(breaks > 0)
        ahead = ahead[np.argsort(breaks[ahead])]
        slopes = 2 * np.cumsum(np.abs(speeds[ahead])) - excess
        entering = others[ahead[np.argmax(slopes >= 0)]]
        rows = np.sort(np.append(np.delete(rows, leaving), entering))


def simulated_error(X: Any, b: Any, noise: Any) -> tuple[float, float]:
    r"""Return the mean squared error of the fit over samples, and its standard error.

    The error of a sample is :math:`\lVert \hat b - b \rVert^2`.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features.
    b : array_like of shape (p,)
        The true coefficients.
    noise : array_like of shape (m, n)
        The noise of m samples.

    Returns
    -------
    error, standard_error : float

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    columns = validation.matrix(X)
    truth = validation.vector(b, "b", length=columns.shape[1])
    fits = [
        least_absolute_deviations(columns, columns @ truth + each).coef
        for each in checks.samples_of_noise(noise, len(columns))
    ]
    errors = np.sum((np.array(fits) - truth) ** 2, axis=1)
    standard_error = errors.std(ddof=1) / np.sqrt(len(errors))
    return float(errors.mean()), float(standard_error)


def _checked(X: Any, y: Any) -> tuple[FloatArray, FloatArray]:
    columns = validation.matrix(X)
    response = validation.vector(y, "y", length=len(columns))
    if columns.shape[0] < columns.shape[1]:
        raise ValueError(
            f"X must have at least as many rows as columns, got shape {columns.shape}"
        )
    return columns, response
