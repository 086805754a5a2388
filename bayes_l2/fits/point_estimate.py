"""The result of a route to one point, with its certificate of optimality."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FixedArrays, FloatArray
from bayes_l2.fits.search.certificate import (
    CONVERGED_GAP,
    CONVERGED_GRADIENT_NORM,
    newton_step_left,
    shortest_subgradient,
)
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import gathered, shortened

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class PointEstimate(FixedArrays):
    r"""One point of the parameter space, meant as a mode of the log posterior.

    ``objective``, ``gradient_norm`` and ``duality_gap`` belong to the point with its
    intercept at the mean row of X, where a search works. For columns far from zero the
    intercept is a large number, and its rounding moves the predictors by some
    :math:`10^{-16}` of it.

    Attributes
    ----------
    coef : ndarray of shape (p,)
        Coefficients, in units of y per unit of the column; for classes, of log odds.
        Shape (K, p) for K > 2 classes.
    intercept : float or ndarray of shape (K,)
        Intercept, in the units of y or of log odds; zero where there is none.
    noise_sd, prior_sd : float
        Noise and prior standard deviations: the model's, or the estimates where they
        are unknown; NaN where the model or the route has no value.
    objective : float
        The negative log posterior density at this point, NaN without the scales that
        it needs.
    gradient_norm : float
        :math:`\sqrt{g^\top H^{-1} g}` for the gradient g and Hessian H of the
        objective: the Newton step that is left, in posterior standard deviations. It is
        zero at the mode, and infinite where H is not positive definite. Where the
        objective has kinks, g is its shortest subgradient, and a term at its kink adds
        its Fisher information to H. For classes and counts H depends on the linear
        predictors :math:`\eta`: if this step changes one by a larger part of
        :math:`1 + \lvert \eta \rvert`, that part is the number here.
    converged : bool
        Whether ``gradient_norm`` is at most 1e-5, and ``duality_gap`` at most 1e-6.
    route : str
        Name of the method.
    model : LinearModel
        The fitted model.
    duality_gap : float
        The violation of complementary slackness: the sum of
        :math:`\kappa_i \lvert r_i \rvert - d_i r_i` over the kinked terms
        :math:`\kappa_i \lvert r_i \rvert`, for the slopes d of that subgradient. If
        its length is 0, no point has an objective lower by more than the gap. It is 0
        without kinks.
    """

    coef: FloatArray
    intercept: Any
    noise_sd: float
    prior_sd: float
    objective: float
    gradient_norm: float
    converged: bool
    route: str
    model: LinearModel
    duality_gap: float = 0.0

    def __repr__(self) -> str:
        pairs = zip(self.model.parameter_names, self._values, strict=True)
        values = [f"{shortened(name)}: {value:.4g}" for name, value in pairs]
        outcome = "converged" if self.converged else "not converged"
        return f"PointEstimate({gathered(values)}; by {self.route}, {outcome})"

    def predict(self, X: Any) -> FloatArray:
        """Return the expected y of new rows at this point.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features.

        Returns
        -------
        ndarray of shape (m,) or (m, K)
            Numbers; for two classes the probability of the second, for more that of
            each, in the order of ``model.classes``.
        """
        rows = validation.columns_of_fit(X, self.model.feature_names)
        return self.model.likelihood.mean(self.intercept + rows @ self.coef.T)

    def summary(self) -> "pd.DataFrame":
        """Return a row a parameter: its value and, on each row, ``gradient_norm``."""
        import pandas as pd

        names = pd.Index(self.model.parameter_names, name="parameter")
        columns = {"value": self._values, "gradient_norm": self.gradient_norm}
        return pd.DataFrame(columns, index=names)

    @property
    def _values(self) -> FloatArray:
        """The point, in the order of ``model.parameter_names``."""
        location = self.model.layout.join(self.intercept, self.coef)
        # a route that needs no scale leaves it open
        return np.append(
            location, [getattr(self, n) for n in self.model.unknown_scales]
        )

    @classmethod
    def at(
        cls,
        model: LinearModel,
        parameters: FloatArray,
        *,
        route: str,
        at_center: bool = False,
    ) -> Self:
        """Return the certified estimate at a parameter vector.

        Its intercepts are at the mean row of [X y] with ``at_center``, else at 0.
        """
        arguments.instance(model, LinearModel, "model")
        model.split(parameters)  # refuses what is no parameter vector
        coordinates = FreeCoordinates(model)
        u = coordinates.free(parameters, at_center=at_center)
        given = coordinates.parameters(u) if at_center else parameters
        return cls._certified(coordinates, u, given, route)

    @classmethod
    def found(cls, coordinates: FreeCoordinates, u: FloatArray, *, route: str) -> Self:
        """Return the certified estimate at free coordinates u."""
        return cls._certified(coordinates, u, coordinates.parameters(u), route)

    @classmethod
    def _certified(
        cls,
        coordinates: FreeCoordinates,
        u: FloatArray,
        parameters: FloatArray,
        route: str,
    ) -> Self:
        model = coordinates.model
        parts = model.split(parameters)
        if model.is_smooth:
            gradient_norm, gap = newton_step_left(coordinates, u), 0.0
        else:
            gradient_norm, gap = shortest_subgradient(coordinates, u)
        intercept, coef = model.layout.squeezed(parts.intercept, parts.coef)
        has_noise = model.likelihood.sd is not None
        return cls(
            coef=coef,
            intercept=intercept if model.layout.classes else float(intercept),
            noise_sd=parts.noise_sd if has_noise else np.nan,
            prior_sd=parts.prior_sd if model.prior.sd is not None else np.nan,
            objective=-coordinates.log_density(u),
            gradient_norm=gradient_norm,
            converged=gradient_norm <= CONVERGED_GRADIENT_NORM and gap <= CONVERGED_GAP,
            route=route,
            model=model,
            duality_gap=gap,
        )
