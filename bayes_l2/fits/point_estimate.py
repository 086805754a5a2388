"""What a route to one point returns, with its own certificate of optimality."""

from dataclasses import dataclass
from typing import Self

import numpy as np

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
    noise_sd : float
        Noise standard deviation, in the units of y.
    objective : float
        The negative log posterior at this point.
    gradient_norm : float
        :math:`\sqrt{g^\top H^{-1} g}` for the gradient g and Hessian H of the objective: the Newton step that is
        left, in posterior standard deviations. Zero at the mode.
    converged : bool
        Whether ``gradient_norm`` is at most 1e-5.
    route : str
        What computed it.
    """

    coef: FloatArray
    intercept: float
    noise_sd: float
    objective: float
    gradient_norm: float
    converged: bool
    route: str

    @classmethod
    def at(cls, model: LinearModel, intercept: float, coef: FloatArray, *, route: str) -> Self:
        """Certify a point: evaluate the model's objective and its gradient norm there."""
        parameters = model.join(intercept, coef)
        gradient_norm = newton_decrement(model, parameters)
        return cls(
            coef=coef,
            intercept=float(intercept),
            noise_sd=model.likelihood.sd,
            objective=-model.log_posterior(parameters),
            gradient_norm=gradient_norm,
            converged=gradient_norm <= CONVERGED_GRADIENT_NORM,
            route=route,
        )


def newton_decrement(model: LinearModel, parameters: FloatArray) -> float:
    """Return sqrt(g' H^-1 g), or infinity where the Hessian is singular to rounding: there is no unique mode."""
    centred, parameters = model.centred, model.centre(parameters)
    curvatures, axes = centred.scaled_curvature(parameters)
    if not curvatures.all():
        return float("inf")
    return float(np.linalg.norm(axes.T @ (centred.scale * centred.gradient(parameters)) / np.sqrt(curvatures)))
