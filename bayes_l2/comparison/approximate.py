r"""Routes held against each other, where there is no exact posterior.

With g the gradient of the log posterior and any constant c, integration by parts gives

.. math:: E[g] = 0, \qquad E[(\theta_j - c)\, g_j] = -1

for every continuous density that falls off fast enough. All proper posteriors here do,
with kinks or without.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, override

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.comparison.base import Comparison
from bayes_l2.comparison.check import Claim, Failure, Measured, Remedy
from bayes_l2.comparison.convergence import (
    CONVERGED_DRAWS,
    DRAWS_CONVERGED,
    ESTIMATOR_IS_MAP,
    MAP_CONVERGED,
    PENALISED_CONVERGED,
)
from bayes_l2.comparison.diagnostics import averages
from bayes_l2.fits.point_estimate import CONVERGED_GAP
from bayes_l2.fits.search.coordinates import FreeCoordinates

POINT_TOLERANCE = 1e-6  # posterior sds, or of the objective where it has kinks


@dataclass(frozen=True, eq=False, repr=False)
class ApproximateComparison(Comparison):
    r"""A comparison of a model without an exact posterior.

    The point routes must agree, and the draws must be from this posterior. Two of its
    properties are known without any fit. With g the gradient of its logarithm, and any
    constant c,

    .. math:: E[g] = 0, \qquad E[(\theta_j - c)\, g_j] = -1

    With 4000 independent draws the first notices a shift of a tenth of a posterior sd,
    the second an sd that is wrong by a tenth. Neither notices much less. The error of
    the Laplace approximation is reported and not judged.
    """

    @property
    @override
    def claims(self) -> Sequence[Claim]:
        return APPROXIMATE_CHECKS

    @property
    @override
    def reference(self) -> tuple[str, Any] | None:
        return None if self.laplace is None else ("Laplace approximation", self.laplace)

    @property
    @override
    def reference_columns(self) -> dict[str, FloatArray]:
        return {} if self.laplace is None else {"laplace_sd": self.laplace.sd}

    @property
    @override
    def log_evidence(self) -> float | None:
        """The log marginal density of y by the Laplace approximation, or None."""
        return None if self.laplace is None else self.laplace.log_evidence

    @property
    @override
    def agreement(self) -> str:
        found = [POINTS_AGREE] * (POINTS_AGREE in self.held)
        found += ["MCMC draws from this posterior"] * (DRAWS_SPREAD in self.held)
        alone = "each route has converged, but no other route solves the same problem"
        return ", and ".join(found) or alone

    @cached_property
    def draws_and_gradients(self) -> tuple[FloatArray, FloatArray]:
        """Draws in free coordinates, and gradients there, shape (chain, draw, d).

        The density is that in the logarithms of unknown scales.
        """
        coordinates = FreeCoordinates(self.model, log_power=1)
        shape = self.draws.shape[:2]
        names = self.model.unknown_scales
        scales = [self.draws_of(name).reshape(*shape, 1) for name in names]
        vectors = np.concatenate([self.draws, *scales], axis=-1)
        u = coordinates.free(vectors)
        gradients = coordinates.gradients(u.reshape(-1, u.shape[-1]))
        return u, gradients.reshape(u.shape)


def _exactness(comparison: ApproximateComparison) -> str:
    return comparison.lacks("exact")


def _distance_of_points(comparison: ApproximateComparison) -> Measured | str:
    """Measure MAP against penalised fit, in sds or by their objectives."""
    penalised, estimate = comparison.penalised, comparison.map
    assert penalised is not None
    assert estimate is not None
    if not penalised.converged:
        return Failure(PENALISED_CONVERGED.check(comparison).fault)
    if comparison.laplace is not None:
        difference = comparison.location(penalised) - comparison.location(estimate)
        statistic, where = comparison.largest(difference / comparison.laplace.sd)
        return Measured(statistic, POINT_TOLERANCE, "sd", where)
    difference = abs(penalised.objective - estimate.objective)
    statistic = difference / max(1.0, abs(estimate.objective))
    where = f"of the objective, {estimate.objective:.6g}"
    return Measured(statistic, POINT_TOLERANCE, where=where)


def _duality_gap(comparison: ApproximateComparison) -> Measured:
    assert comparison.map is not None
    where = "duality gap, in units of the objective"
    return Measured(comparison.map.duality_gap, CONVERGED_GAP, where=where)


def _mean_gradient(comparison: ApproximateComparison) -> Measured:
    _, gradients = comparison.draws_and_gradients
    found = averages(gradients)
    z, where = comparison.largest(found.mean / found.error)
    return Measured(z, comparison.largest_z(found.ess), "MCSE", where)


def _spread(comparison: ApproximateComparison) -> Measured:
    """Measure the mean of minus deviation times gradient, q, against 1.

    Draws that are too narrow by accident make q and its error small together, and
    their quotient large: the error is divided by q, which is that of draws of the right
    width. A q below 0.7 is beyond accident, and must fail: it is divided by no less.
    """
    u, gradients = comparison.draws_and_gradients
    deviations = u - u.mean(axis=(0, 1))
    found = averages(-deviations * gradients)
    errors = found.error / np.clip(found.mean, 0.7, 1.0)
    z, where = comparison.largest((found.mean - 1) / errors)
    return Measured(z, comparison.largest_z(found.ess), "MCSE", where)


def _laplace_error(comparison: ApproximateComparison) -> str:
    assert comparison.laplace is not None
    mean, sd = comparison.laplace.mean, comparison.laplace.sd
    found = comparison.diagnostics
    shift, where = comparison.largest((found["mcmc"] - mean) / found["mcmc_sd"])
    ratios = sd / found["mcmc_sd"]
    return (
        f"an approximation, reported and not judged: means up to {shift:.2f} sd off, "
        f"{where}; sds {ratios.min():.2f} to {ratios.max():.2f} times those of the "
        "draws"
    )


POINTS_AGREE = "the MAP is the penalised fit"
DRAWS_SPREAD = "the draws spread as the posterior does"
APPROXIMATE_CHECKS = (
    ESTIMATOR_IS_MAP,
    Claim(
        "the posterior is known exactly",
        (),
        _exactness,
        meaning="Formulas give the posterior of a Gaussian likelihood under a Gaussian "
        "prior. For other models the routes are compared with each other.",
    ),
    Claim(
        POINTS_AGREE,
        ("penalised", "map"),
        _distance_of_points,
        fault="the MAP and the penalised fit are {} apart",
        remedy=Remedy.STANDARDISED_COLUMNS,
        meaning="The penalised fit and the point of highest posterior density are the "
        "same point. The penalty is the prior.",
    ),
    PENALISED_CONVERGED,
    MAP_CONVERGED,
    Claim(
        "no point is better than the MAP",
        ("map",),
        _duality_gap,
        concerns=lambda model: not model.is_smooth,
        fault="the MAP's duality gap is {}",
        remedy=Remedy.STANDARDISED_COLUMNS,
        meaning="A bound shows that no other point has an objective that is smaller "
        "than that of the MAP by more than this.",
    ),
    *DRAWS_CONVERGED,
    Claim(
        "the gradient is 0 on average over the draws",
        (CONVERGED_DRAWS,),
        _mean_gradient,
        fault="the mean gradient over the draws is {} from 0",
        remedy=Remedy.ANOTHER_ENGINE,
        meaning="For draws from this posterior the slope of its log density is 0 on "
        "average. If the draws have a wrong centre, this average is not 0.",
    ),
    Claim(
        DRAWS_SPREAD,
        (CONVERGED_DRAWS,),
        _spread,
        fault="the draws' spread is {} off",
        remedy=Remedy.ANOTHER_ENGINE,
        meaning="For draws from this posterior the deviation from the mean times the "
        "slope is −1 on average. If the draws are too wide or too narrow, this "
        "average is not −1.",
    ),
    Claim(
        "the Laplace approximation is the posterior",
        (CONVERGED_DRAWS, "laplace"),
        _laplace_error,
        meaning="The approximation is a Gaussian about the MAP. Its error is reported, "
        "and no bound judges it.",
    ),
)
