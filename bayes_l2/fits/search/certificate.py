r"""Certificates of a mode: the Newton step that is left, and the duality gap.

.. math:: \sqrt{g^\top H^{-1} g}, \qquad
          \sum_i \kappa_i \lvert r_i \rvert - d_i r_i

for gradient g and Hessian H of the objective, and slopes d of its kinked terms
:math:`\kappa_i \lvert r_i \rvert`.

The objective is half the square of that length above its minimum, if H changes little
over the step. The second derivative of a term :math:`\log(1 + e^{\eta})` or
:math:`e^{\eta}` changes by at most the factor :math:`e^{\lvert \Delta \eta \rvert}`
(Bach 2010, Electronic Journal of Statistics 4). So the change of the linear predictors
by the step counts too. Far out on separable classes the step is short in posterior sds,
because the curvature vanishes, and still moves the predictors by 1.
"""

from typing import Protocol

import numpy as np
from scipy.optimize import lsq_linear

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.coordinates import FreeCoordinates, principal_curvatures

CONVERGED_GRADIENT_NORM = 1e-5  # posterior sds
CONVERGED_GAP = 1e-6  # in units of the objective: natural logarithms
NEAR_KINK = 1e-8  # the same, or of all terms if that is less: so small is at the kink
TINY = float(np.finfo(float).tiny)
FLAT_CURVATURE = 1e-12  # of the largest curvature: the least that counts


class Objective(Protocol):
    """A log density of free coordinates, with two derivatives."""

    size: int

    def log_density(self, u: FloatArray) -> float:
        """Return the log density at u."""
        ...

    def gradient(self, u: FloatArray) -> FloatArray:
        """Return the gradient at u."""
        ...

    def hessian(self, u: FloatArray) -> FloatArray:
        """Return the Hessian at u."""
        ...

    def relative_move(
        self, u: FloatArray, step: FloatArray, *, least: float = 0.0
    ) -> float:
        """Return the largest change of a linear predictor, in units of 1 + itself.

        It counts as 0 where the curvature does not depend on linear predictors. The
        result is at least ``least``.
        """
        ...


def newton_step_left(objective: Objective, u: FloatArray) -> float:
    """Return the length of the Newton step in posterior sds, or its relative move.

    The larger of the two counts. It is infinite where H is not positive definite.
    """
    return newton_step(objective, u)[1]


def newton_step(objective: Objective, u: FloatArray) -> tuple[FloatArray, float]:
    """Return the Newton step, and its length as ``newton_step_left`` has it.

    Where H is not positive definite, axes without curvature count as nearly flat.
    """
    curvatures, axes = principal_curvatures(-objective.hessian(u))
    slopes = axes.T @ objective.gradient(u)
    least = FLAT_CURVATURE * curvatures[-1]
    if not (curvatures > 0).all():
        curvatures = np.where(curvatures > least, curvatures, max(least, TINY))
        return axes @ (slopes / curvatures), float("inf")
    in_sds = slopes / np.sqrt(curvatures)
    step = axes @ (in_sds / np.sqrt(curvatures))
    length = float(np.linalg.norm(in_sds))
    return step, objective.relative_move(u, step, least=length)


def shortest_subgradient(
    coordinates: FreeCoordinates, u: FloatArray
) -> tuple[float, float]:
    """Return the step that the shortest subgradient asks for, and the gap.

    The step is in posterior sds, or it is its relative move, if that is larger.

    A kinked term has the slope of its sign if it is clear of its kink, and any slope
    between if it is not. The best slopes solve a bounded least-squares problem. Its
    unit is the curvature of the smooth part, to which each term at its kink adds the
    Fisher information of its density.
    """
    rows, targets, kappa = coordinates.absolute_terms()
    _, gradient = coordinates.smooth_part(u)
    residuals = rows @ u - targets
    sizes = np.abs(rows) @ np.abs(u) + np.abs(targets)
    rounding = 64 * np.finfo(float).eps * sizes
    terms = kappa * np.abs(residuals)
    near = terms <= NEAR_KINK * min(1.0, float(terms.sum())) + kappa * rounding
    slopes = kappa * np.sign(residuals)
    at_kink = rows[near] * kappa[near, np.newaxis]
    curvatures, axes = np.linalg.eigh(-coordinates.hessian(u) + at_kink.T @ at_kink)
    largest = curvatures[-1] if curvatures[-1] > 0 else 1.0
    unit = axes / np.sqrt(np.maximum(curvatures, FLAT_CURVATURE * largest))
    left = unit.T @ (rows[~near].T @ slopes[~near] - gradient)
    if near.any():
        free = unit.T @ at_kink.T
        found = lsq_linear(free, -left, bounds=(-1, 1), method="bvls", tol=1e-14)
        slopes[near] = kappa[near] * found.x
        left = left + free @ found.x
    length = float(np.linalg.norm(left))
    length = coordinates.relative_move(u, unit @ left, least=length)
    return length, float(np.sum(terms - slopes * residuals))
