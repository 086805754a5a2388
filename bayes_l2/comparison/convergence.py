"""The claims of arrival: estimators and searches at a mode, chains at mixing well."""

from functools import partial
from typing import Any

import numpy as np

from bayes_l2.comparison.check import Claim, Failure, Measured, Remedy
from bayes_l2.fits.point_estimate import CONVERGED_GRADIENT_NORM, PointEstimate

MAX_R_HAT = 1.01  # this and the next: Vehtari et al. (2021), Bayesian Analysis 16(2)
MIN_ESS = 400.0
# posterior sds; a hundredth moves the end of a 95 % interval by 0.5 % of its half width
NEAR_MAP = 0.01
# parts of a comparison besides its routes
ENOUGH_DRAWS, CONVERGED_DRAWS = "enough draws", "converged draws"


def _distance_of_origin(comparison: Any) -> Measured:
    """Measure the Newton step from the estimator that the model was read from."""
    model = comparison.model
    origin = model.origin
    intercept = 0.0 if origin.intercept is None else origin.intercept
    point = model.join(intercept, origin.coef)
    step = PointEstimate.at(model, point, route=origin.name).gradient_norm
    return Measured(step, NEAR_MAP, "sd", f"Newton step left, {origin.name}")


def _gradient(comparison: Any, route: str) -> Measured | Failure:
    estimate: PointEstimate = getattr(comparison, route)
    where = f"gradient, {estimate.route}"
    norm = estimate.gradient_norm
    found = Measured(norm, CONVERGED_GRADIENT_NORM, "sd", where)
    if found.passed and not estimate.converged:
        gap = f"the duality gap is {estimate.duality_gap:.2g}"
        return Failure(f"{estimate.route} did not converge: {gap}")
    return found


def _r_hat(comparison: Any) -> Measured:
    largest, where = comparison.largest(comparison.diagnostics["r_hat"])
    return Measured(largest, MAX_R_HAT, where=where)


def _ess(comparison: Any, kind: str) -> Measured:
    smallest = float(np.min(comparison.diagnostics[kind]))
    return Measured(smallest, MIN_ESS, where="smallest", at_least=True)


def _divergences(comparison: Any) -> Measured | str:
    """Count the divergent transitions: where the sampler's steps broke down.

    The draws avoid such a place, and no other diagnostic need notice it.
    """
    found: int | None = comparison.divergences
    if found is None:
        return "the draws do not say which transitions diverged"
    return Measured(float(found), 0.0, where="divergent transitions")


ESTIMATOR_IS_MAP = Claim(
    "the estimator you fitted is the MAP",
    (),
    _distance_of_origin,
    concerns=lambda model: model.origin is not None,
    fault="the estimator you fitted is {} from the MAP",
    remedy=Remedy.SMALLER_TOLERANCE,
    meaning="The coefficients of the fitted estimator have the highest posterior "
    "density of this model. So they have this model as their meaning.",
)
PENALISED_CONVERGED = Claim(
    "scikit-learn's fit has converged",
    ("penalised",),
    partial(_gradient, route="penalised"),
    without="there is no penalised fit",
    fault="scikit-learn's fit stopped with {} of gradient left",
    remedy=Remedy.STANDARDISED_COLUMNS,
    meaning="The slope of the objective is 0 where scikit-learn stopped. So a "
    "difference from other routes has another reason than an early stop.",
)
MAP_CONVERGED = Claim(
    "the MAP search has converged",
    ("map",),
    partial(_gradient, route="map"),
    without="there is no MAP",
    fault="the MAP search stopped with {} of gradient left",
    remedy=Remedy.STANDARDISED_COLUMNS,
    meaning="The slope of the log posterior is 0 where the search stopped. So the "
    "point is a mode, and the search did not stop before it.",
)
MIXING = (
    Claim(
        "R-hat shows no lack of mixing",
        (ENOUGH_DRAWS,),
        _r_hat,
        fault="R-hat {}",
        remedy=Remedy.LONGER_CHAINS,
        meaning="The chains agree with each other. All of them draw from the same "
        "region.",
    ),
    Claim(
        "bulk ESS is enough to compare",
        (ENOUGH_DRAWS,),
        partial(_ess, kind="ess_bulk"),
        fault="bulk ESS {}",
        remedy=Remedy.LONGER_CHAINS,
        meaning="Draws of a chain depend on each other. Together they say as much "
        "about the centre of the posterior as this number of independent draws.",
    ),
)
DRAWS_CONVERGED = (
    *MIXING,
    Claim(
        "tail ESS is enough to compare",
        (ENOUGH_DRAWS,),
        partial(_ess, kind="ess_tail"),
        fault="tail ESS {}",
        remedy=Remedy.LONGER_CHAINS,
        meaning="The draws say as much about the ends of 90 % intervals as this number "
        "of independent draws.",
    ),
    Claim(
        "no transition diverged",
        ("mcmc",),
        _divergences,
        fault="{} divergent transitions",
        remedy=Remedy.LONGER_CHAINS,
        meaning="No step of the sampler failed. After failed steps the draws may miss "
        "a region of the posterior.",
    ),
)
