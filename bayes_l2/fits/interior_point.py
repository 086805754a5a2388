r"""Minimise a smooth convex function plus absolute values, by a primal-dual interior-point method.

.. math:: \min_v\; f(v) + \sum_i \kappa_i \lvert a_i^\top v - t_i \rvert

Each absolute value is the least :math:`\kappa_i (p_i + q_i)` with :math:`p_i - q_i = a_i^\top v - t_i` and neither
negative, so that what is minimised is smooth and the kinks have become bounds. Newton's method follows the central path
:math:`p_i (\kappa_i - d_i) = q_i (\kappa_i + d_i) = \mu \to 0`, where d are the multipliers of the equations: at the
solution they are the slopes of the absolute values, and between :math:`\pm \kappa_i` only at a kink.

With a linear f this is the Frisch-Newton method of quantile regression (Portnoy and Koenker 1997, Statistical Science
12(4)), with a logistic loss the method of Koh, Kim and Boyd (2007, JMLR 8).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bayes_l2.observations import AbsoluteTerms
from bayes_l2.validation import FloatArray

BoolArray = npt.NDArray[np.bool]

STEP = 0.99  # of the way to the nearest bound
SHRINK = 0.1  # of the mean of the products p (κ - d) and q (κ + d), aimed at by each step
RELATIVE_GAP = 1e-12  # of the objective, at which the path is left
POLISHING_STEPS = 4


class Smooth(NamedTuple):
    """The smooth part: its value and gradient, and its Hessian, at a point."""

    value_and_gradient: Callable[[FloatArray], tuple[float, FloatArray]]
    hessian: Callable[[FloatArray], FloatArray]


def minimise(smooth: Smooth, terms: AbsoluteTerms, max_iterations: int) -> FloatArray:
    """Return the minimiser; where it stops short, the best point so far.

    Parameters
    ----------
    smooth : Smooth
        Convex, and scaled so that a step of 1 along each axis is a sensible one.
    terms : AbsoluteTerms
        The absolute values, in any units.
    max_iterations : int
        Bound on Newton's steps.

    Returns
    -------
    ndarray
        The point: with an exact 0 wherever a kink is.
    """
    rows, targets, slopes = terms
    v = np.zeros(rows.shape[1])
    residual = rows @ v - targets
    room = np.abs(residual).mean() + 1 / slopes
    above, below = np.maximum(residual, 0) + room, np.maximum(-residual, 0) + room
    dual = np.zeros_like(slopes)
    for _ in range(max_iterations):
        value, gradient = smooth.value_and_gradient(v)
        products = above @ (slopes - dual) + below @ (slopes + dual)
        objective = abs(value) + slopes @ np.abs(rows @ v - targets)
        off = rows @ v - targets - above + below
        if products <= RELATIVE_GAP * max(1.0, objective) and np.abs(off).max() <= 1e-9 * (1 + np.abs(targets).max()):
            break
        center = SHRINK * products / (2 * len(slopes))
        give = above / (slopes - dual) + below / (slopes + dual)  # what each residual yields to its multiplier
        aim = center / (slopes - dual) - above - center / (slopes + dual) + below - off
        weighted = rows.T / give
        step = _solve(smooth.hessian(v) + weighted @ rows, weighted @ aim - gradient - rows.T @ dual)
        by_dual = (rows @ step - aim) / give
        by_above = (center + above * by_dual) / (slopes - dual) - above
        by_below = (center - below * by_dual) / (slopes + dual) - below
        length = min(
            1.0,
            *(
                _largest_step(*pair)
                for pair in (
                    (above, by_above),
                    (below, by_below),
                    (slopes - dual, -by_dual),
                    (slopes + dual, by_dual),
                )
            ),
        )
        if not np.isfinite(length) or length < 1e-12:
            break
        v = v + length * step
        above, below, dual = above + length * by_above, below + length * by_below, dual + length * by_dual
    at_kink = np.maximum(above, below) / room < (slopes - np.abs(dual)) / slopes
    return _polished(smooth, terms, v, at_kink)


def _polished(smooth: Smooth, terms: AbsoluteTerms, v: FloatArray, at_kink: BoolArray) -> FloatArray:
    """Put the residuals at their kinks to 0 and end with Newton's method along them, if that goes no higher."""
    rows, targets, slopes = terms
    signs = np.where(at_kink, 0.0, np.sign(rows @ v - targets))
    kinks, held = rows[at_kink], targets[at_kink]
    pull = rows.T @ (slopes * signs)
    polished, size = v, len(v)
    for _ in range(POLISHING_STEPS):
        gradient, hessian = smooth.value_and_gradient(polished)[1] + pull, smooth.hessian(polished)
        system = np.block([[hessian, kinks.T], [kinks, np.zeros((len(kinks),) * 2)]])
        step = np.linalg.lstsq(system, np.append(-gradient, held - kinks @ polished))[0]
        polished = polished + step[:size]
    for row, target in zip(kinks, held, strict=True):
        if np.count_nonzero(row) == 1:  # a coefficient by itself: exactly there
            polished[row != 0] = target / row[row != 0]

    def objective(point: FloatArray) -> float:
        return smooth.value_and_gradient(point)[0] + float(slopes @ np.abs(rows @ point - targets))

    before, after = objective(v), objective(polished)
    return polished if after <= before + RELATIVE_GAP * max(1.0, abs(before)) else v


def _solve(matrix: FloatArray, right: FloatArray) -> FloatArray:
    try:
        return np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(matrix, right)[0]


def _largest_step(values: FloatArray, changes: FloatArray) -> float:
    """Return how far positive values may go along their changes."""
    falling = changes < 0
    return STEP * float(np.min(-values[falling] / changes[falling], initial=np.inf))
