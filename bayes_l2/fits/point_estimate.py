"""What a route to one point returns, with its own certificate of optimality."""

from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import numpy as np
from scipy.optimize import lsq_linear

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.coordinates import FreeCoordinates, principal_curvatures
from bayes_l2.model.linear_model import LinearModel

CONVERGED_GRADIENT_NORM = 1e-5  # posterior sds
CONVERGED_GAP = 1e-6  # in units of the objective: natural logarithms
NEAR_KINK = 1e-8  # the same: a term this small is taken for one at its kink
FLAT_CURVATURE = 1e-12  # in free coordinates, whose axes have a curvature of about 1: less counts as this


@dataclass(frozen=True, eq=False)
class PointEstimate:
    r"""One point of the parameter space, meant as a mode of the log posterior.

    Attributes
    ----------
    coef : ndarray of shape (p,)
        Coefficients, in units of y per unit of the column; for classes, of log odds. Shape (K, p) for K > 2 classes.
    intercept : float or ndarray of shape (K,)
        Intercept, in the units of y or of log odds; zero where there is none.
    noise_sd, prior_sd : float
        Noise and prior standard deviations: the model's, or the estimates where they are unknown; NaN where the route
        has no value for it.
    objective : float
        The negative log posterior density at this point, NaN without the scales that it needs.
    gradient_norm : float
        :math:`\sqrt{g^\top H^{-1} g}` for the gradient g and Hessian H of the objective: the Newton step that is
        left, in posterior standard deviations. Zero at the mode, infinite where H is not positive definite. Where the
        objective has kinks, g is its shortest subgradient, and a term at its kink adds its Fisher information to H.
    converged : bool
        Whether ``gradient_norm`` is at most 1e-5, and ``duality_gap`` at most 1e-6.
    route : str
        What computed it.
    model : LinearModel
        What was fitted.
    duality_gap : float
        What complementary slackness lacks: the sum of :math:`\kappa_i \lvert r_i \rvert - d_i r_i` over the kinked
        terms :math:`\kappa_i \lvert r_i \rvert`, for the slopes d of that subgradient. Where it has length 0, no point
        has an objective lower by more than the gap. 0 where there are no kinks.
    """

    coef: FloatArray
    intercept: Any
    noise_sd: float
    prior_sd: float
    objective: float
    gradient_norm: float
    converged: bool
    route: str
    model: LinearModel = field(repr=False)
    duality_gap: float = 0.0

    def predict(self, X: Any) -> FloatArray:
        """Return the expected y of new rows at this point: a number, or the probabilities of classes.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features.

        Returns
        -------
        ndarray of shape (m,) or (m, K)
            For two classes the probability of the second, for more that of each, in the order of ``model.classes``.
        """
        rows = validation.columns_of_fit(X, self.model.feature_names)
        return self.model.likelihood.mean(self.intercept + rows @ self.coef.T)

    @classmethod
    def at(
        cls,
        model: LinearModel,
        parameters: FloatArray,
        *,
        route: str,
        log_power: float = 0.0,
    ) -> Self:
        """Certify a point: evaluate the objective and its gradient norm there.

        Unknown scales enter the density to ``log_power``; see ``FreeCoordinates``.
        """
        parts = model.split(parameters)
        coordinates = FreeCoordinates(model, log_power)
        u = coordinates.free(parameters)
        gap = 0.0
        if model.is_smooth:
            gradient_norm = newton_decrement(coordinates, u)
        else:
            gradient_norm, gap = shortest_subgradient(coordinates, u)
        objective = -coordinates.log_density(u)
        return cls(
            coef=parts.coef,
            intercept=parts.intercept
            if model.layout.classes
            else float(parts.intercept),
            noise_sd=parts.noise_sd,
            prior_sd=parts.prior_sd,
            objective=objective,
            gradient_norm=gradient_norm,
            converged=gradient_norm <= CONVERGED_GRADIENT_NORM and gap <= CONVERGED_GAP,
            route=route,
            model=model,
            duality_gap=gap,
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


def shortest_subgradient(
    coordinates: FreeCoordinates, u: FloatArray
) -> tuple[float, float]:
    """Return the length of the shortest subgradient at u, in posterior sds, and what complementary slackness lacks.

    A kinked term has the slope of its sign where it is clear of its kink, and any slope between where it is not: which
    ones, is a bounded least-squares problem. Its unit is the curvature of the smooth part, and of each term at its kink
    the Fisher information of its density.
    """
    rows, targets, kappa = coordinates.absolute_terms()
    _, gradient = coordinates.smooth_part(u)
    residuals = rows @ u - targets
    rounding = 64 * np.finfo(float).eps * (np.abs(rows) @ np.abs(u) + np.abs(targets))
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
    return float(np.linalg.norm(left)), float(
        np.sum(kappa * np.abs(residuals) - slopes * residuals)
    )
