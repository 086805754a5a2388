r"""Least absolute deviations is a linear programme: convex, not combinatorial, and solved from vertex to vertex.

.. math:: \min_{b, u, v} \sum_i (u_i + v_i) \quad \text{subject to} \quad X b + u - v = y, \; u \ge 0, \; v \ge 0

Its vertices are the fits that pass through p of the points (Koenker 2005, Quantile Regression, section 2.2.1).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray

TOLERANCE = 1e-9


@dataclass(frozen=True)
class LeastAbsolute:
    r"""A fit of least absolute deviations, and the certificate that it is one.

    Attributes
    ----------
    coef : ndarray of shape (p,)
        Coefficients.
    objective : float
        The sum of absolute residuals.
    dual : ndarray of shape (n,)
        Multipliers d with :math:`X^\top d = 0` and :math:`\lvert d_i \rvert \le 1`: signs of the residuals, and a
        subgradient where a residual is 0.
    gap : float
        ``objective`` less the dual objective :math:`y^\top d`, which no fit can go below. 0 proves the optimum.
    """

    coef: FloatArray
    objective: float
    dual: FloatArray
    gap: float


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
        If the solver does not arrive.
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
    """One stop on the way: a fit through p points.

    Attributes
    ----------
    rows : ndarray of shape (p,)
        The points that it passes through.
    coef : ndarray of shape (p,)
        Coefficients.
    objective : float
        The sum of absolute residuals.
    """

    rows: npt.NDArray[np.intp]
    coef: FloatArray
    objective: float


def vertices(X: Any, y: Any) -> list[Vertex]:
    """Walk to the least absolute deviations along edges: drop one point, and go on to the best next one.

    At a vertex each point passed through has a multiplier; one beyond ±1 says which point to drop and to which side.
    Along that edge the objective is a piecewise straight line, and its least value a weighted median of where residuals
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
        From the first p points to the optimum.

    Raises
    ------
    ValueError
        If an argument is not valid, or X or y are seen not to be in general position.
    """
    columns, response = _checked(X, y)
    n, p = columns.shape
    rows = np.arange(p)
    found: list[Vertex] = []
    while True:
        basis = columns[rows]
        if np.linalg.matrix_rank(basis) < p:
            raise ValueError(
                f"X must be in general position, and rows {rows.tolist()} are not independent"
            )
        coef = np.linalg.solve(basis, response[rows])
        residuals = response - columns @ coef
        residuals[rows] = 0.0
        found.append(Vertex(rows, coef, float(np.abs(residuals).sum())))
        others = np.setdiff1d(np.arange(n), rows)
        tied = others[
            np.abs(residuals[others]) <= TOLERANCE * (1 + np.abs(response).max())
        ]
        if len(tied):  # the walk could go round in circles
            raise ValueError(
                f"y must be in general position, and one fit passes through rows {[*rows, *tied]}"
            )
        multipliers = np.linalg.solve(
            basis.T, -columns[others].T @ np.sign(residuals[others])
        )
        leaving = int(np.argmax(np.abs(multipliers)))
        if np.abs(multipliers[leaving]) <= 1 + TOLERANCE:
            return found
        # along the edge the point's own residual grows to the side that its multiplier does not pay for
        sides = np.zeros(p)
        sides[leaving] = np.sign(multipliers[leaving])
        direction = np.linalg.solve(basis, -sides)
        speeds = columns[others] @ direction
        moving = np.abs(speeds) > TOLERANCE * np.abs(speeds).max()
        breaks = residuals[others][moving] / speeds[moving]
        ahead = breaks > 0
        order = np.argsort(breaks[ahead])
        slopes = (
            1
            - np.abs(multipliers[leaving])
            + 2 * np.cumsum(np.abs(speeds[moving][ahead][order]))
        )
        entering = others[moving][ahead][order][np.argmax(slopes >= 0)]
        rows = np.sort(np.append(np.delete(rows, leaving), entering))


def _checked(X: Any, y: Any) -> tuple[FloatArray, FloatArray]:
    columns = validation.matrix(X)
    response = validation.vector(y, "y", length=len(columns))
    if columns.shape[0] < columns.shape[1]:
        raise ValueError(
            f"X must have at least as many rows as columns, got shape {columns.shape}"
        )
    return columns, response
