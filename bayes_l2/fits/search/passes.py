r"""Damped Newton's method for a log density whose evaluations are passes over the rows.

.. math:: u \leftarrow u - t H^{-1} g, \qquad 0 < t \le 1

One pass gives value, gradient and Hessian at a point. So a step costs one pass where
its full length is a gain, and the last point has its certificate already. Where the
full length is none, the cubic through both ends proposes a shorter one.

Each step has the curvature at both its ends. So the next one knows how fast it changes
along the last one s, and goes on along s as far as an exponential of that rate asks,

.. math:: k = \log \frac{s^\top H_0 s}{s^\top H s}, \qquad
          x = \frac{g^\top s}{-s^\top H s}, \qquad
          u \leftarrow u - H^{-1} g
          + \left( -\tfrac1k \log(1 - k x) - x \right) s

The tails of the losses are exponentials: where classes are nearly separable Newton's
method alone gains one unit of log odds a pass.

If no linear predictor changes by more than :math:`\delta` along a Newton step, the part
:math:`\log(1 + \delta) / \delta` of it is a gain for sure, for losses whose third
derivative is at most their second one. So a step is shortened no further.

References
----------
Boyd and Vandenberghe (2004), Convex Optimization, section 9.5. Sun and Tran-Dinh
(2019), Mathematical Programming 178, for the length that is safe. Nocedal and Wright
(2006), Numerical Optimization, section 3.5, for the cubic.
"""

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.certificate import newton_step
from bayes_l2.fits.search.coordinates import FreeCoordinates

ARRIVED = 3e-10  # posterior sds: two searches may differ by 1e-9
LAST_DIGITS = 1e-12  # the same in memory, where a pass more is cheap,
LESS = 0.1  # unless a pass leaves more than this part of the step
ROUNDING = 1e-10  # of the log density: smaller gains cannot be seen
SMALL = 1e-3  # posterior sds: a shorter step is Newton's alone
LARGEST_CHANGE = 0.9  # of the slope, by the change of the curvature: beyond is no root
GAIN = 1e-4  # of what the slope promises: the least that a step has to bring
LARGEST_SLOPE = 1e150  # its square is a number
SHORTENED = 0.05, 0.5  # a step is shortened to a part between these


def climb(objective: FreeCoordinates, max_iterations: int) -> FloatArray:
    """Return the u with the largest log density.

    Parameters
    ----------
    objective : FreeCoordinates
        Evaluations at the last points are remembered. The search starts at u = 0.
    max_iterations : int
        Bound on the steps.

    Returns
    -------
    ndarray
        The maximum, or the last point of a search that stopped short.
    """
    u, last, before = np.zeros(objective.size), None, np.inf
    for _ in range(max_iterations):
        step, left = newton_step(objective, u)
        if objective.has_no_mode(u) or _is_there(objective, left, before):
            break
        before = left
        hessian, moved = objective.hessian(u), None
        if last is not None and left > SMALL:
            further = _further(*last, hessian, objective.gradient(u))
            moved = _moved(objective, u, step + further, left)
        if moved is None:
            moved = _moved(objective, u, step, left)
        if moved is None:
            break
        last = moved - u, hessian
        u = moved
    return u


def _is_there(objective: FreeCoordinates, left: float, before: float) -> bool:
    """Return whether the step that is left is short enough, or only rounding."""
    if left > ARRIVED:
        return False
    return objective.are_dear or left <= LAST_DIGITS or left > LESS * before


def _further(
    step: FloatArray, before: FloatArray, hessian: FloatArray, gradient: FloatArray
) -> FloatArray:
    """Return what the change of the curvature along the last step adds to the next."""
    bend, bend_before = -step @ hessian @ step, -step @ before @ step
    if not (bend > 0 and bend_before > 0):
        return np.zeros_like(step)
    newton = gradient @ step / bend
    change = min(np.log(bend_before / bend) * newton, LARGEST_CHANGE)
    if change == 0:
        return np.zeros_like(step)
    return newton * (-np.log1p(-change) / change - 1) * step


@np.errstate(over="ignore", invalid="ignore")  # a trial may have infinite rates
def _moved(
    objective: FreeCoordinates, u: FloatArray, step: FloatArray, left: float
) -> FloatArray | None:
    """Return the point after a step, full or shortened, None if there is no gain."""
    value, slope = objective.log_density(u), float(objective.gradient(u) @ step)
    length, safe = 1.0, 0.0
    while True:
        trial = u + length * step
        gain = objective.log_density(trial) - value
        if gain >= GAIN * length * slope:
            return trial
        if np.isfinite(gain) and slope <= ROUNDING * (1 + abs(value)):
            # then the step that is left tells whether it is a gain
            return trial if newton_step(objective, trial)[1] < left else None
        safe = safe or _safe_length(objective, step)
        if length <= safe:
            return None
        slope_there = float(objective.gradient(trial) @ step)
        length = max(safe, length * _part(slope, slope_there, gain, length))


def _safe_length(objective: FreeCoordinates, step: FloatArray) -> float:
    """Return the part of Newton's step that is a gain for sure."""
    move = objective.largest_move(step)
    return float(np.log1p(move) / move) if move > 0 else 1.0


def _part(slope: float, slope_there: float, gain: float, length: float) -> float:
    """Return the part of a step at which the cubic through its ends is largest."""
    shortest, longest = SHORTENED
    rise = slope + slope_there - 3 * gain / length
    if not abs(rise) + abs(slope_there) < LARGEST_SLOPE:
        return shortest
    root = np.sqrt(max(0.0, rise**2 - slope * slope_there))
    part = 1 - (root + rise - slope_there) / (slope - slope_there + 2 * root)
    return float(np.clip(part, shortest, longest))
