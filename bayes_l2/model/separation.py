"""Whether planes part classes: along them the likelihood grows without end."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize

from bayes_l2.arrays import FloatArray

TIGHT = {
    "primal_feasibility_tolerance": 1e-10,
    "dual_feasibility_tolerance": 1e-10,
}  # HiGHS has no tighter ones
TOLERANCE = (
    1e-8  # of a margin, where the largest entry of each row and each coefficient are 1
)


@dataclass(frozen=True)
class Separation:
    """Whether some plane parts two classes.

    Attributes
    ----------
    kind : {"complete", "quasi", "none"}
        "complete" where every row can be on its own side; "quasi" where none need be on the wrong side, but some have
        to be on the plane; else "none". The likelihood has a maximum only where it is "none".
    direction : ndarray of shape (p,) or None
        Coefficients that do so.
    """

    kind: Literal["complete", "quasi", "none"]
    direction: FloatArray | None


def separation(X: FloatArray, signs: FloatArray) -> Separation:
    r"""Find out by linear programmes whether classes are separable (Albert and Anderson 1984, Biometrika 71(1)).

    .. math:: \max_{\lvert b_j \rvert \le 1} t \;\text{ subject to }\; y_i x_i^\top b \ge t,
              \qquad
              \max_{\lvert b_j \rvert \le 1} \sum_i y_i x_i^\top b \;\text{ subject to }\; y_i x_i^\top b \ge 0

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Features; a column of ones is an intercept. Columns far from 0 are to be centred first.
    signs : ndarray of shape (n,)
        -1 or 1.

    Returns
    -------
    Separation
    """
    scale = _positive(np.abs(X).max(axis=0))
    rows = signs[:, None] * X / scale
    rows = rows / _positive(np.abs(rows).max(axis=1))[:, None]
    n, p = rows.shape
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
    )
    if furthest.success:
        margins = rows @ furthest.x
        if margins.min() > -TOLERANCE and margins.sum() > n * TOLERANCE:
            return Separation("quasi", furthest.x / scale)
    return Separation("none", None)


def _positive(values: FloatArray) -> FloatArray:
    return np.where(values > 0, values, 1.0)
