"""What a route to one point returns, with its own certificate of optimality."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from bayes_l2.fits.coordinates import FreeCoordinates, principal_curvatures
from bayes_l2.model import LinearModel
from bayes_l2.validation import FloatArray

CONVERGED_GRADIENT_NORM = 1e-5  # posterior sds


@dataclass(frozen=True, eq=False)
class PointEstimate:
    r"""One point of the parameter space, meant as a mode of the log posterior.

    Attributes
    ----------
    coef : ndarray of shape (p,)
        Coefficients, in units of y per unit of the column.
    intercept : float
        Intercept, in the units of y; 0.0 where there is none.
    noise_sd, prior_sd : float
        Noise and prior standard deviations: the model's, or the estimates where they are unknown; NaN where the route
        has no value for it.
    objective : float
        The negative log posterior density at this point, NaN without the scales that it needs.
    gradient_norm : float
        :math:`\sqrt{g^\top H^{-1} g}` for the gradient g and Hessian H of the objective: the Newton step that is
        left, in posterior standard deviations. Zero at the mode, infinite where H is not positive definite.
    converged : bool
        Whether ``gradient_norm`` is at most 1e-5.
    route : str
        What computed it.
    """

    coef: FloatArray
    intercept: float
    noise_sd: float
    prior_sd: float
    objective: float
    gradient_norm: float
    converged: bool
    route: str

    @classmethod
    def at(cls, model: LinearModel, parameters: FloatArray, *, route: str, log_power: float = 0.0) -> Self:
        """Certify a point: evaluate the objective and its gradient norm there.

        Unknown scales enter the density to ``log_power``; see ``FreeCoordinates``.
        """
        parts = model.split(parameters)
        coordinates = FreeCoordinates(model, log_power)
        u = coordinates.free(parameters)
        gradient_norm = newton_decrement(coordinates, u)
        return cls(
            coef=parts.coef,
            intercept=float(parts.intercept),
            noise_sd=parts.noise_sd,
            prior_sd=parts.prior_sd,
            objective=-coordinates.log_density(u),
            gradient_norm=gradient_norm,
            converged=gradient_norm <= CONVERGED_GRADIENT_NORM,
            route=route,
        )


class Objective(Protocol):
    """A log density of free coordinates, with two derivatives."""

    size: int

    def log_density(self, u: FloatArray) -> float:
        """Return the log density at u."""
        ...

    def gradient(self, u: FloatArray) -> FloatArray:
        """Return its gradient."""
        ...

    def hessian(self, u: FloatArray) -> FloatArray:
        """Return its Hessian."""
        ...


def newton_decrement(objective: Objective, u: FloatArray) -> float:
    """Return sqrt(g' H^-1 g), or infinity where H is not positive definite to rounding: there is no unique mode."""
    curvatures, axes = principal_curvatures(-objective.hessian(u))
    if not (curvatures > 0).all():
        return float("inf")
    return float(np.linalg.norm(axes.T @ objective.gradient(u) / np.sqrt(curvatures)))
