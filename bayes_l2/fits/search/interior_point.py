r"""Minimise a smooth convex function plus absolute values, by an interior-point method.

.. math:: \min_v\; f(v) + \sum_i \kappa_i \lvert a_i^\top v - t_i \rvert

Each absolute value is the least :math:`\kappa_i (p_i + q_i)` with
:math:`p_i - q_i = a_i^\top v - t_i` and :math:`p_i, q_i \ge 0`. So the objective is
smooth in (v, p, q), and the kinks are bounds. Newton's method follows the central path

.. math:: p_i (\kappa_i - d_i) = q_i (\kappa_i + d_i) = \mu \to 0

where d are the multipliers of the equations. At the solution they are the slopes of
the absolute values, and lie between :math:`\pm \kappa_i` only at a kink. The end of the
path shows which residuals are 0. With these held at 0 the rest is smooth, and Newton's
method finds its last digits.

Two well-known methods are of this kind: the Frisch-Newton method of quantile
regression, where f is linear (Portnoy and Koenker 1997, Statistical Science 12(4)), and
the method of Koh, Kim and Boyd (2007, JMLR 8) for logistic regression with an L1
penalty.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.model.observations import AbsoluteTerms

BoolArray = npt.NDArray[np.bool]

STEP = 0.99  # a step goes this far towards the nearest bound
SHRINK = 0.1  # a step aims at this part of the mean of the products on the path
SMALL_GAP = 1e-10  # the path ends at this sum of products, in units of the objective
LEAST_SIZE = 1e-12  # or of the kinked terms, if they are less: but of no less than this
SMALL_SLOPE = 1e-9  # of all slopes together: no larger gradient may be left at that end
TINY_GAP = 1e-16  # this sum ends the path with any gradient: rounding hides the rest
GROWTH = 10.0  # a step is halved if it leaves this many times the gradient, or more
SHORT_STEP = 1e-10  # a shorter step ends the path
REFINEMENTS = 3
POLISHING_STEPS = 20
SMALL_STEP = 1e-13  # a smaller step ends the polishing
LEFT_KINKS = 20  # the largest number of kinks that polishing gives up
ROUNDING = 1e-12
FAR = 1e-6  # of the objective: polishing that adds as much has not arrived


class Smooth(NamedTuple):
    """The smooth part f: functions of a point."""

    value_and_gradient: Callable[[FloatArray], tuple[float, FloatArray]]
    hessian: Callable[[FloatArray], FloatArray]


class _Path(NamedTuple):
    """A point on the path, or a step along it.

    It holds v, the parts p and q of each residual above and below 0, and the distances
    κ - d and κ + d of each slope d from its bounds.
    """

    v: FloatArray
    above: FloatArray
    below: FloatArray
    up: FloatArray
    down: FloatArray

    @property
    def slopes(self) -> FloatArray:
        return (self.down - self.up) / 2

    @property
    def products(self) -> float:
        return float(self.above @ self.up + self.below @ self.down)

    def moved(self, step: "_Path", length: float = 1.0) -> "tuple[_Path, float]":
        """Return the point after a part of a step, at most that which bounds allow."""
        for x, dx in zip(self[1:], step[1:], strict=True):
            nearest = np.min(-x[dx < 0] / dx[dx < 0], initial=np.inf)
            length = min(length, STEP * float(nearest))
        ends = (x + length * dx for x, dx in zip(self, step, strict=True))
        return _Path(*ends), length


@np.errstate(all="ignore")  # a step that overflows is shortened
def minimise(smooth: Smooth, terms: AbsoluteTerms, max_iterations: int) -> FloatArray:
    """Return the minimiser, or the best point of a search that stops short.

    Parameters
    ----------
    smooth : Smooth
        Convex, and scaled so that 1 is a sensible step along each axis.
    terms : AbsoluteTerms
        The absolute values, in any units.
    max_iterations : int
        Bound on Newton's steps along the path.

    Returns
    -------
    ndarray
        The point, with an exact 0 where the absolute value of one coefficient is at its
        kink.
    """
    rows, targets, kappa = terms

    def objective(v: FloatArray) -> float:
        kinked = kappa @ np.abs(rows @ v - targets)
        return smooth.value_and_gradient(v)[0] + float(kinked)

    origin = np.zeros(rows.shape[1])
    residual = -targets
    room = np.abs(residual).mean() + 1 / kappa
    above, below = np.maximum(residual, 0) + room, np.maximum(-residual, 0) + room
    point = _Path(origin, above, below, kappa, kappa)
    best, lowest = origin, objective(origin)
    for _ in range(max_iterations):
        moved = _next(smooth, terms, point)
        if moved is None:
            break
        point, reached = moved, objective(moved.v)
        if reached < lowest:
            best, lowest = point.v, reached
        if _is_at_the_end(smooth, terms, point):
            break
    off_zero = np.maximum(point.above, point.below) / room
    off_bounds = np.minimum(point.up, point.down) / kappa
    polished = _polished(smooth, terms, point, at_kink=off_zero < off_bounds)
    limit = lowest + FAR * max(1.0, abs(lowest))
    if polished is not None and objective(polished) <= limit:
        return polished
    return best


def _next(smooth: Smooth, terms: AbsoluteTerms, point: _Path) -> _Path | None:
    """Return the next point of the path, or None where no step leads on.

    Where the curvature grows quickly, as that of counts does, a whole step can leave a
    gradient far beyond the one that it was to reduce to 0. Such a step is halved.
    """
    step = _step(smooth, terms, point)
    if step is None:
        return None
    limit = GROWTH * max(1.0, _gradient_left(smooth, terms, point))
    moved, length = point.moved(step)
    while length >= SHORT_STEP:
        if _gradient_left(smooth, terms, moved) <= limit:
            return moved
        moved, length = point.moved(step, length / 2)
    return None


def _gradient_left(smooth: Smooth, terms: AbsoluteTerms, point: _Path) -> float:
    """Return the largest entry of the gradient, in units of all slopes together."""
    rows, _, kappa = terms
    gradient = smooth.value_and_gradient(point.v)[1] + rows.T @ point.slopes
    return float(np.abs(gradient).max() / np.max(np.abs(rows).T @ kappa))


def _is_at_the_end(smooth: Smooth, terms: AbsoluteTerms, point: _Path) -> bool:
    """Return whether the products, and mostly the gradient too, are small enough."""
    is_level = _gradient_left(smooth, terms, point) <= SMALL_SLOPE
    # the slopes of a wide prior are small, and so is all that they add up to
    kinked = float(terms.slopes @ (point.above + point.below))
    size = min(max(kinked, LEAST_SIZE), 1.0)
    return point.products <= size * (SMALL_GAP if is_level else TINY_GAP)


def _step(smooth: Smooth, terms: AbsoluteTerms, point: _Path) -> _Path | None:
    """Return Newton's step towards a smaller mean product on the path.

    None means that the equations of the step are singular.
    """
    rows, targets, kappa = terms
    v, above, below, up, down = point
    center = SHRINK * point.products / (2 * len(kappa))
    off = rows @ v - targets - above + below
    give = above / up + below / down  # the change of each residual by its slope
    aim = center / up - above - center / down + below - off
    weighted = rows.T / give
    smooth_hessian = smooth.hessian(v)
    matrix = smooth_hessian + weighted @ rows
    right = weighted @ aim - smooth.value_and_gradient(v)[1] - rows.T @ point.slopes
    by_v = np.zeros_like(v)
    # One solution is enough for most problems. Weights over four decades need the two
    # refinements, which take 8 % more time.
    for _ in range(REFINEMENTS):
        rest = right - smooth_hessian @ by_v - weighted @ (rows @ by_v)
        change = _solve(matrix, rest)
        if change is None:
            return None
        by_v = by_v + change
    by_slope = (rows @ by_v - aim) / give
    return _Path(
        by_v,
        (center + above * by_slope) / up - above,
        (center - below * by_slope) / down - below,
        -by_slope,
        by_slope,
    )


def _polished(
    smooth: Smooth, terms: AbsoluteTerms, point: _Path, at_kink: BoolArray
) -> FloatArray | None:
    """Hold residuals at their kinks, and minimise over the rest by Newton's method.

    A kink can need a slope beyond its bound. It is then given up, on the side to which
    that slope points. None means that numbers are not finite, or that kinks or sides
    are not those of a minimum.
    """
    rows, targets, kappa = terms
    v = point.v
    sides = np.copysign(kappa, rows @ v - targets)
    for _ in range(LEFT_KINKS):
        pull = rows.T @ np.where(at_kink, 0.0, sides)
        bounds = kappa[at_kink]
        kinks = rows[at_kink] * bounds[:, np.newaxis]
        found = _held(smooth, kinks, targets[at_kink] * bounds, pull, v)
        if found is None:
            return None
        v = found
        # more kinks than axes leave a choice: the slopes that are nearest to the path's
        slopes = point.slopes[at_kink] / bounds
        left = smooth.value_and_gradient(v)[1] + pull + kinks.T @ slopes
        change = _least_squares(kinks.T, -left)
        if change is None:
            return None
        slopes = slopes + change
        if np.max(np.abs(slopes), initial=0.0) <= 1 + ROUNDING:
            break
        worst = int(np.argmax(np.abs(slopes)))
        place = np.flatnonzero(at_kink)[worst]
        sides[place] = np.copysign(kappa[place], slopes[worst])
        at_kink = at_kink & (np.arange(len(kappa)) != place)
    else:
        return None
    off = rows @ v - targets
    is_clear = np.abs(off) > ROUNDING * (np.abs(rows) @ np.abs(v) + np.abs(targets))
    crossed = np.signbit(off) != np.signbit(sides)
    if np.any(crossed & is_clear & ~at_kink):
        return None
    # a coefficient with an absolute value of its own is put exactly at its kink
    alone = at_kink & (np.count_nonzero(rows, axis=1) == 1)
    for row, target in zip(rows[alone], targets[alone], strict=True):
        v[row != 0] = target / row[row != 0]
    return v


def _held(
    smooth: Smooth,
    kinks: FloatArray,
    held: FloatArray,
    pull: FloatArray,
    v: FloatArray,
) -> FloatArray | None:
    """Minimise f(v) + pull'v subject to kinks v = held."""
    if len(kinks) > len(v):
        # as many equations as axes say the same, to rounding, as all of them
        reduced = np.linalg.qr(np.column_stack([kinks, held]), mode="r")
        kinks, held = reduced[: len(v), :-1], reduced[: len(v), -1]
    empty = np.zeros((len(kinks), len(kinks)))
    for _ in range(POLISHING_STEPS):
        gradient = smooth.value_and_gradient(v)[1] + pull
        system = np.block([[smooth.hessian(v), kinks.T], [kinks, empty]])
        right = np.append(-gradient, held - kinks @ v)
        step = _least_squares(system, right)
        if step is None:
            return None
        v = v + step[: len(v)]
        if np.abs(step[: len(v)]).max() <= SMALL_STEP * (1 + np.abs(v).max()):
            break
    return v


def _solve(matrix: FloatArray, right: FloatArray) -> FloatArray | None:
    """Return the solution, or that of least squares; None if numbers are not finite."""
    with suppress(np.linalg.LinAlgError):
        found = np.linalg.solve(matrix, right)
        # a matrix that is singular but for rounding has solutions that solve nothing
        if np.abs(matrix @ found - right).max() <= 0.1 * np.abs(right).max():
            return found
    return _least_squares(matrix, right)


def _least_squares(matrix: FloatArray, right: FloatArray) -> FloatArray | None:
    """Return the shortest solution of least squares; None if numbers are not finite."""
    if not np.isfinite(matrix).all() or not np.isfinite(right).all():
        return None
    return np.linalg.lstsq(matrix, right)[0]
