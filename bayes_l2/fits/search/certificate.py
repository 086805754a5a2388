r"""Certificates of a mode: the Newton step that is left, and the duality gap.

.. math:: \sqrt{g^\top H^{-1} g}, \qquad
          \sum_i \kappa_i \lvert r_i \rvert - d_i r_i

for gradient g and Hessian H of the objective, and slopes d of its kinked terms
:math:`\kappa_i \lvert r_i \rvert`.
"""

from typing import Protocol

import numpy as np
from scipy.optimize import lsq_linear

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.coordinates import FreeCoordinates, principal_curvatures

CONVERGED_GRADIENT_NORM = 1e-5  # posterior sds
CONVERGED_GAP = 1e-6  # in units of the objective: natural logarithms
NEAR_KINK = 1e-8  # the same: a smaller term counts as at its kink
FLAT_CURVATURE = 1e-12  # the least curvature that counts, where axes have about 1


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


def newton_decrement(objective: Objective, u: FloatArray) -> float:
    """Return sqrt(g' H^-1 g), or infinity where H is not positive definite."""
    curvatures, axes = principal_curvatures(-objective.hessian(u))
    if not (curvatures > 0).all():
        return float("inf")
    step = axes.T @ objective.gradient(u) / np.sqrt(curvatures)
    return float(np.linalg.norm(step))


def shortest_subgradient(
    coordinates: FreeCoordinates, u: FloatArray
) -> tuple[float, float]:
    """Return the length of the shortest subgradient, in posterior sds, and the gap.

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
    near = kappa * np.abs(residuals) <= NEAR_KINK + kappa * rounding
    slopes = kappa * np.sign(residuals)
    at_kink = rows[near] * kappa[near, np.newaxis]
    curvatures, axes = np.linalg.eigh(-coordinates.hessian(u) + at_kink.T @ at_kink)
    unit = axes / np.sqrt(np.maximum(curvatures, FLAT_CURVATURE))
    left = unit.T @ (rows[~near].T @ slopes[~near] - gradient)
    if near.any():
        free = unit.T @ at_kink.T
        found = lsq_linear(free, -left, bounds=(-1, 1), method="bvls", tol=1e-14)
        slopes[near] = kappa[near] * found.x
        left = left + free @ found.x
    gap = np.sum(kappa * np.abs(residuals) - slopes * residuals)
    return float(np.linalg.norm(left)), float(gap)
