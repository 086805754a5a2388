r"""Newton's method for a smooth log density f of free coordinates.

.. math:: u \leftarrow u - H^{-1} g, \qquad g = \nabla f(u), \quad H = \nabla^2 f(u)

Classes and counts have a concave density, and an evaluation is a pass over the rows:
the search is that of ``passes``. The density of a Gaussian model with unknown scales is
not concave, and an evaluation is cheap: the search has a trust region.
"""

from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.certificate import CONVERGED_GRADIENT_NORM, newton_step_left
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.passes import climb

# in coordinates that have unit curvature along each axis
GRADIENT_TOLERANCE = 1e-9
OUT_OF_ITERATIONS = 1  # a status of scipy's


def maximise(objective: Any, max_iterations: int) -> FloatArray:
    """Return the u with the largest log density.

    Parameters
    ----------
    objective : object
        Has ``size``, ``log_density``, ``gradient`` and ``hessian``, such as
        ``FreeCoordinates``. The search starts at u = 0.
    max_iterations : int
        Bound on the steps.

    Returns
    -------
    ndarray
        The maximum, or the last point of a search that stopped short.
    """
    if isinstance(objective, FreeCoordinates) and objective.curvature_varies:
        return _by_passes(objective, max_iterations)
    from scipy.optimize import minimize

    origin = np.zeros(objective.size)
    start = objective.log_density(origin)
    trail = [origin]
    options = {
        "gtol": GRADIENT_TOLERANCE,
        "maxiter": max_iterations,
        "max_trust_radius": 1e12,
    }
    try:
        result = minimize(
            # less the start, because a large constant in the density would cost digits
            lambda u: start - objective.log_density(u),
            origin,
            jac=lambda u: -objective.gradient(u),
            hess=lambda u: -objective.hessian(u),
            method="trust-exact",
            options=options,
            callback=trail.append,
        )
    except (UnboundLocalError, np.linalg.LinAlgError):
        # SciPy finds no step at all where the Hessian is singular to rounding
        return trail[-1]
    if result.status == OUT_OF_ITERATIONS:
        return result.x
    return _finished(objective, result.x, max_iterations - result.nit)


def _by_passes(coordinates: FreeCoordinates, max_iterations: int) -> FloatArray:
    """Search with one pass a step, and see whether there was a maximum to find."""
    u = climb(coordinates, max_iterations)
    if newton_step_left(coordinates, u) <= CONVERGED_GRADIENT_NORM:
        coordinates.arrived(u)
    else:
        coordinates.model.propriety.require_arrived(coordinates.log_density(u))
    return u


def _finished(objective: Any, u: FloatArray, max_iterations: int) -> FloatArray:
    """Take full Newton steps as long as each leaves less to go.

    They serve directions so flat that their gradient is below the tolerance, and
    densities so large that their rounding ended the search.
    """
    left = _left(objective, u)
    for _ in range(max(1, max_iterations)):
        step = np.linalg.lstsq(objective.hessian(u), objective.gradient(u))[0]
        less = _left(objective, u - step)
        if not less < left:
            break
        u, left = u - step, less
    return u


def _left(objective: Any, u: FloatArray) -> tuple[float, float]:
    """Return the Newton step that is left, and the length of the gradient.

    The second decides where the first is infinite: the Hessian is singular.
    """
    slope = float(np.linalg.norm(objective.gradient(u)))
    return newton_step_left(objective, u), slope
