r"""Minimise a smooth convex function plus absolute values, by a primal-dual interior-point method.

.. math:: \min_v\; f(v) + \sum_i \kappa_i \lvert a_i^\top v - t_i \rvert

Each absolute value is the least :math:`\kappa_i (p_i + q_i)` with :math:`p_i - q_i = a_i^\top v - t_i` and neither
negative, so that what is minimised is smooth and the kinks have become bounds. Newton's method follows the central path
:math:`p_i (\kappa_i - d_i) = q_i (\kappa_i + d_i) = \mu \to 0`, where d are the multipliers of the equations: at the
solution they are the slopes of the absolute values, and between :math:`\pm \kappa_i` only at a kink. The end of the
path says which residuals are 0; with these held, what is left is smooth, and Newton's method finds its digits.

Of this kind are the Frisch-Newton method of quantile regression, where f is linear (Portnoy and Koenker 1997,
Statistical Science 12(4)), and that of logistic regression with an L1 penalty (Koh, Kim and Boyd 2007, JMLR 8).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.model.observations import AbsoluteTerms

BoolArray = npt.NDArray[np.bool]

STEP = 0.99  # of the way to the nearest bound
SHRINK = (
    0.1  # of the mean of the products p (κ - d) and q (κ + d), aimed at by each step
)
SMALL_GAP = 1e-10  # of these products together, at which the path is left: in units of the objective
SMALL_SLOPE = (
    1e-9  # of the gradient that is left there, in units of all slopes together
)
TINY_GAP = 1e-16  # at which it is left at any rate, since rounding hides what is left
SHORT_STEP = 1e-10
REFINEMENTS = 3
POLISHING_STEPS, SMALL_STEP = 20, 1e-13  # at most, and what ends them
LEFT_KINKS = 20  # at most
ROUNDING = 1e-12


class Smooth(NamedTuple):
    """The smooth part: its value and gradient, and its Hessian, at a point."""

    value_and_gradient: Callable[[FloatArray], tuple[float, FloatArray]]
    hessian: Callable[[FloatArray], FloatArray]


class _Path(NamedTuple):
    """A point on the way: v, the parts of each residual above and below 0, and the rooms κ - d, κ + d of its slope."""

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

    def moved(self, step: "_Path") -> "tuple[_Path, float]":
        """Return the point a step away, cut short where a bound is near, and how much of it was gone."""
        pairs = zip(self[1:], step[1:], strict=True)
        length = min(
            [1.0]
            + [
                STEP * float(np.min(-x[dx < 0] / dx[dx < 0], initial=np.inf))
                for x, dx in pairs
            ]
        )
        return _Path(
            *(x + length * dx for x, dx in zip(self, step, strict=True))
        ), length


def minimise(smooth: Smooth, terms: AbsoluteTerms, max_iterations: int) -> FloatArray:
    """Return the minimiser; where it stops short, the best point so far.

    Parameters
    ----------
    smooth : Smooth
        Convex, and scaled so that a step of 1 along each axis is a sensible one.
    terms : AbsoluteTerms
        The absolute values, in any units.
    max_iterations : int
        Bound on Newton's steps along the path.

    Returns
    -------
    ndarray
        The point: with an exact 0 wherever a coefficient by itself is at a kink.
    """
    rows, targets, kappa = terms

    def objective(v: FloatArray) -> float:
        return smooth.value_and_gradient(v)[0] + float(
            kappa @ np.abs(rows @ v - targets)
        )

    origin = np.zeros(rows.shape[1])
    residual = -targets
    room = np.abs(residual).mean() + 1 / kappa
    point = _Path(
        origin,
        np.maximum(residual, 0) + room,
        np.maximum(-residual, 0) + room,
        kappa,
        kappa,
    )
    best, lowest = origin, objective(origin)
    for _ in range(max_iterations):
        with np.errstate(all="ignore"):  # a step into the void ends the path
            step = _step(smooth, terms, point)
            if step is None:
                break
            moved, length = point.moved(step)
            reached = objective(moved.v)
        if (
            not all(np.isfinite(each).all() for each in moved)
            or not np.isfinite(reached)
            or length < SHORT_STEP
        ):
            break
        point = moved
        if reached < lowest:
            best, lowest = point.v, reached
        left = np.abs(
            smooth.value_and_gradient(point.v)[1] + rows.T @ point.slopes
        ).max()
        level = left <= SMALL_SLOPE * (1 + np.max(np.abs(rows).T @ kappa))
        if point.products <= (SMALL_GAP if level else TINY_GAP):
            break
    at_kink = (
        np.maximum(point.above, point.below) / room
        < np.minimum(point.up, point.down) / kappa
    )
    for start in (point.v, best):
        polished = _polished(smooth, terms, start, at_kink)
        if polished is not None and objective(polished) <= lowest + ROUNDING * max(
            1.0, abs(lowest)
        ):
            return polished
    return best


def _step(smooth: Smooth, terms: AbsoluteTerms, point: _Path) -> _Path | None:
    """Return Newton's step towards the path at a smaller mean product, None where its equations are singular."""
    rows, targets, kappa = terms
    v, above, below, up, down = point
    center = SHRINK * point.products / (2 * len(kappa))
    off = rows @ v - targets - above + below
    give = above / up + below / down  # what each residual yields to its slope
    aim = center / up - above - center / down + below - off
    weighted = rows.T / give
    smooth_hessian = smooth.hessian(v)
    matrix = smooth_hessian + weighted @ rows
    right = weighted @ aim - smooth.value_and_gradient(v)[1] - rows.T @ point.slopes
    by_v = np.zeros_like(v)
    # once is enough, but where weights span four decades: there twice more, for 8 % more time, solves some problems
    for _ in range(REFINEMENTS):
        change = _solve(
            matrix, right - smooth_hessian @ by_v - weighted @ (rows @ by_v)
        )
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
    smooth: Smooth, terms: AbsoluteTerms, v: FloatArray, at_kink: BoolArray
) -> FloatArray | None:
    """Put residuals at their kinks to 0 and go on by Newton's method along them, None where that leads nowhere.

    A kink that could only be kept by a slope beyond its bound is left, on the side to which that slope points.
    """
    rows, targets, kappa = terms
    signs = np.sign(rows @ v - targets)
    for _ in range(LEFT_KINKS):
        kinks, held = rows[at_kink], targets[at_kink]
        pull = rows.T @ np.where(at_kink, 0.0, kappa * signs)
        slopes = np.zeros(len(kinks))
        for _ in range(POLISHING_STEPS):
            gradient, hessian = (
                smooth.value_and_gradient(v)[1] + pull,
                smooth.hessian(v),
            )
            system = np.block(
                [[hessian, kinks.T], [kinks, np.zeros((len(kinks),) * 2)]]
            )
            step = _solve(
                system, np.append(-gradient, held - kinks @ v), least_squares=True
            )
            if step is None:
                return None
            v, slopes = v + step[: len(v)], step[len(v) :]
            if np.abs(step[: len(v)]).max() <= SMALL_STEP * (1 + np.abs(v).max()):
                break
        beyond = np.abs(slopes) / kappa[at_kink]
        if np.max(beyond, initial=0.0) <= 1 + ROUNDING:
            break
        worst = int(np.argmax(beyond))
        place = np.flatnonzero(at_kink)[worst]
        signs[place] = np.sign(slopes[worst])
        at_kink = at_kink & (np.arange(len(kappa)) != place)
    alone = at_kink & (np.count_nonzero(rows, axis=1) == 1)
    for row, target in zip(
        rows[alone], targets[alone], strict=True
    ):  # a coefficient by itself: exactly there
        v[row != 0] = target / row[row != 0]
    return v


def _solve(
    matrix: FloatArray, right: FloatArray, *, least_squares: bool = False
) -> FloatArray | None:
    if not np.isfinite(matrix).all() or not np.isfinite(right).all():
        return None
    if not least_squares:
        try:
            return np.linalg.solve(matrix, right)
        except np.linalg.LinAlgError:
            pass
    return np.linalg.lstsq(matrix, right)[0]
