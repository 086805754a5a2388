r"""Separable classes: a direction along which the likelihood grows without end.

.. math:: \max_{\lvert b_j \rvert \le 1} t \;\text{ subject to }\; y_i x_i^\top b \ge t,
          \qquad
          \max_{\lvert b_j \rvert \le 1} \sum_i y_i x_i^\top b
          \;\text{ subject to }\; y_i x_i^\top b \ge 0

These are linear programmes (Albert and Anderson 1984, Biometrika 71(1)).
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import linalg

from bayes_l2.arrays import FloatArray
from bayes_l2.model.likelihoods.base import Likelihood
from bayes_l2.texts import record_text

# HiGHS has no tighter tolerances
TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
TOLERANCE = 1e-8  # of a margin: the largest entry of a row and each coefficient are 1
LARGEST_CONDITION = 1e3  # of a part of the rows in which each direction shows
FEWEST_ROWS = 500  # that a programme sees at first, where there are as many


@dataclass(frozen=True)
class Separation:
    """Whether some plane parts two classes.

    Attributes
    ----------
    kind : {"complete", "quasi", "none"}
        "complete" if every row can be on its own side. "quasi" if no row has to be on
        the wrong side, but some rows have to be on the plane. Else "none": only then
        the likelihood has a maximum.
    direction : ndarray of shape (p,) or None
        Coefficients of such a plane.
    """

    kind: Literal["complete", "quasi", "none"]
    direction: FloatArray | None

    __repr__ = record_text


def grows_without_end(likelihood: Likelihood, X: FloatArray, y: FloatArray) -> bool:
    """Return whether a log likelihood has a direction along which it never falls.

    The programmes see a part of the rows. A direction that they find is held against
    all rows; those whose likelihood falls join the part, until there are none. Where
    the part has no direction, all rows have none: the part has the rank of X, so each
    direction changes its predictors.

    Parameters
    ----------
    likelihood : Likelihood
        The likelihood.
    X : ndarray of shape (n, p)
        Features of full column rank; a column of ones is an intercept. Centre columns
        far from 0 first.
    y : ndarray of shape (n,)
        The response as the likelihood encodes it.

    Returns
    -------
    bool
    """
    rows = _of_size_one(X / np.abs(X).max(axis=0))
    n, width = rows.shape
    count = max(FEWEST_ROWS, 5 * width)
    part = np.full(n, n <= count)
    if n > count:
        part[np.random.default_rng(0).choice(n, count, replace=False)] = True
        if np.linalg.cond(rows[part]) > LARGEST_CONDITION:
            factors: Any = linalg.qr(rows.T, mode="r", pivoting=True)
            part[factors[1][:width]] = True
        part[y.argmax()] = True  # the number of classes is read off the last
    while True:
        directions = likelihood.directions(rows[part], y[part])
        direction = None if directions is None else separation(*directions).direction
        if direction is None:
            return False
        coef = direction.reshape(-1, width)
        if likelihood.by_class:
            coef = np.vstack([coef, -coef.sum(axis=0)])
        eta = rows @ (coef / np.abs(coef).max()).T
        margins = likelihood.margins(y, eta if likelihood.by_class else eta[:, 0])
        margins[part] = 0.0
        worst = np.argsort(margins)[:count]
        worst = worst[margins[worst] < -TOLERANCE]
        if not len(worst):
            return True
        part[worst] = True


def separation(
    X: FloatArray, signs: FloatArray, level: FloatArray | None = None
) -> Separation:
    """Find a plane that parts two classes, by two linear programmes.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Features; a column of ones is an intercept. Centre columns far from 0 first.
    signs : ndarray of shape (n,)
        -1 or 1.
    level : ndarray of shape (m, p), optional
        Rows that have to be on the plane. With any, a separation is not complete.

    Returns
    -------
    Separation
    """
    from scipy import optimize  # 15 MB, and only a model of classes needs it

    if len(X) == 0:
        return Separation("none", None)
    scale = _positive(np.abs(X if level is None else np.vstack([X, level])).max(axis=0))
    rows = _of_size_one(signs[:, None] * X / scale)
    n, p = rows.shape
    held: dict[str, Any] = {}
    if level is not None and len(level):
        held = {"A_eq": _of_size_one(level / scale), "b_eq": np.zeros(len(level))}
    else:
        widest = optimize.linprog(
            np.append(np.zeros(p), -1.0),
            A_ub=np.hstack([-rows, np.ones((n, 1))]),
            b_ub=np.zeros(n),
            bounds=(-1, 1),
            method="highs",
            options=TIGHT,
        )
        if widest.success and (rows @ widest.x[:p]).min() > TOLERANCE:
            return Separation("complete", widest.x[:p] / scale)
    furthest = optimize.linprog(
        -rows.sum(axis=0),
        A_ub=-rows,
        b_ub=np.zeros(n),
        bounds=(-1, 1),
        method="highs",
        options=TIGHT,
        **held,
    )
    if furthest.success:
        margins = rows @ furthest.x
        if margins.min() > -TOLERANCE and margins.sum() > n * TOLERANCE:
            return Separation("quasi", furthest.x / scale)
    return Separation("none", None)


def _of_size_one(rows: FloatArray) -> FloatArray:
    return rows / _positive(np.abs(rows).max(axis=1))[:, None]


def _positive(values: FloatArray) -> FloatArray:
    return np.where(values > 0, values, 1.0)
