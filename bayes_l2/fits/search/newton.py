"""Newton's method with a trust region, for a smooth log density of free coordinates."""

from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray

GRADIENT_TOLERANCE = (
    1e-9  # in the scaled coordinates, of unit curvature along each axis
)


def maximise(objective: Any, max_iterations: int) -> FloatArray:
    """Return the u at which an objective with log density, gradient and Hessian is largest."""
    from scipy.optimize import minimize

    origin = np.zeros(objective.size)
    start = objective.log_density(origin)
    result = minimize(
        # the difference to the start keeps digits that the constants of a density would take
        lambda u: start - objective.log_density(u),
        origin,
        jac=lambda u: -objective.gradient(u),
        hess=lambda u: -objective.hessian(u),
        method="trust-exact",
        options={
            "gtol": GRADIENT_TOLERANCE,
            "maxiter": max_iterations,
            "max_trust_radius": 1e12,
        },
    )
    u = result.x
    if result.success:  # a last Newton step, for directions so flat that their gradient is below the tolerance
        u = u - np.linalg.lstsq(objective.hessian(u), objective.gradient(u))[0]
    return u
