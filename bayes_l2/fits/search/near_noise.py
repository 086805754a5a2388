r"""A start for a sampler where many rows say exactly what the noise sd is.

Of n rows, the logarithm of the noise sd has the posterior sd :math:`1 / \sqrt{2 n}`. It
starts at the sd of y. For a thousand million rows that can be ten thousand sds away,
and a chain would not arrive.
"""

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.coordinates import FreeCoordinates

FAR = 50.0  # posterior sds; a chain covers less by itself
ROUNDS = 3  # the location depends little on the noise sd where rows are many


def near_noise(
    coordinates: FreeCoordinates, start: FloatArray, jitter: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return a start at the noise sd of the residuals, if it is far from the given one.

    Parameters
    ----------
    coordinates : FreeCoordinates
        The coordinates of a Gaussian model with an unknown noise sd.
    start : ndarray of shape (d,)
        Free coordinates near the mode of the location given the scales.
    jitter : ndarray of shape (d,)
        How far from it the chains may start.

    Returns
    -------
    tuple of two ndarrays of shape (d,)
        The start and the jitter: those given, or new ones in posterior sds.
    """
    place = coordinates.n_location
    at = _with_noise_of_residuals(coordinates, start)
    if at is None or abs(at[place] - start[place]) < FAR:
        return start, jitter
    location = slice(place)
    try:
        for _ in range(ROUNDS):
            factor = cho_factor(-coordinates.hessian(at)[location, location])
            at[location] += cho_solve(factor, coordinates.gradient(at)[location])
            at = _with_noise_of_residuals(coordinates, at)
            if at is None:
                return start, jitter
    except LinAlgError:  # rounding hides a direction
        return start, jitter
    curvature = np.diag(-coordinates.hessian(at))
    sds = np.where(curvature > 0, curvature, 1.0) ** -0.5
    return at, jitter * sds


def _with_noise_of_residuals(
    coordinates: FreeCoordinates, u: FloatArray
) -> FloatArray | None:
    """Return u with the noise sd of its residuals, None if they are 0."""
    place, model = coordinates.n_location, coordinates.model
    observations = coordinates.centred.observations
    squares = observations.squares(coordinates.parts(u)) / model.n_rows
    if not 0 < squares < np.inf:
        return None
    moved = u.copy()
    moved[place] += 0.5 * np.log(squares) / coordinates.scale[place]
    return moved
