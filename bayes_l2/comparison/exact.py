r"""Routes held against the exact posterior.

For estimates :math:`\hat\theta` and the posterior mean m and sds s,

.. math:: \max_j \lvert \hat\theta_j - m_j \rvert / s_j \le 10^{-8}, \qquad
          p(y \mid \theta)\, p(\theta) / p(\theta \mid y) = p(y)

at every :math:`\theta`, and the means and sds of draws are within their Monte-Carlo
errors of m and s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, override

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.comparison.base import Comparison
from bayes_l2.comparison.check import Claim, Measured, Remedy
from bayes_l2.comparison.convergence import (
    CONVERGED_DRAWS,
    DRAWS_CONVERGED,
    ESTIMATOR_IS_MAP,
    MAP_CONVERGED,
    PENALISED_CONVERGED,
)
from bayes_l2.comparison.diagnostics import averages
from bayes_l2.comparison.reference import (
    FEW_EPS,
    PROBABILITIES,
    Moments,
    exact_moments,
    log_density,
    log_likelihoods_at,
)
from bayes_l2.fits.exact import ExactPosterior
from bayes_l2.fits.point_estimate import CONVERGED_GRADIENT_NORM
from bayes_l2.texts import quantile_name

# Beyond these an average of draws is not normal enough for its bound. Of Student-t with
# 11, 8 and 5 degrees of freedom (kurtosis 3.86, 4.5 and 9) the sd of 4000 independent
# draws is off by 6 MCSEs once in about 2e7, 2e5 and 2e3 times. The mean of Student-t
# with 5 and 4 (no kurtosis) is off by 6.6 MCSEs once in about 4e8 and 4e6 times.
MAX_KURTOSIS = 3.9
MAX_KURTOSIS_OF_MEAN = 9.0
CLOSED_FORM_TOLERANCE = 1e-8  # posterior sds, for routes that solve linear equations


@dataclass(frozen=True, eq=False, repr=False)
class ExactComparison(Comparison):
    """A comparison of a Gaussian model's routes with its exact posterior."""

    exact: ExactPosterior

    @property
    @override
    def claims(self) -> Sequence[Claim]:
        return EXACT_CHECKS

    @property
    @override
    def reference(self) -> tuple[str, Any]:
        return "exact posterior", self.exact

    @property
    @override
    def reference_columns(self) -> dict[str, FloatArray]:
        return {"exact": self.moments.mean, "exact_sd": self.moments.sd}

    @cached_property
    def moments(self) -> Moments:
        """Exact moments of each row of the table."""
        return exact_moments(self.exact, self.scale_names)

    def quantiles(self, row: int, levels: Sequence[float]) -> FloatArray:
        """Return exact quantiles of a row of the table; that of level 0 is -inf."""
        locations = self.model.layout.names
        name = (*locations, *self.scale_names)[row]
        ppf = self.exact.marginal(name).ppf
        values = [float(ppf(level)) if level else -np.inf for level in levels]
        if row < len(locations):
            return np.array(values)
        return np.array([np.log(each) if each > 0 else -np.inf for each in values])

    @cached_property
    @override
    def scales(self) -> dict[str, dict[str, float]]:
        """Exact quantiles of each unknown scale and of the penalty."""
        found = {name: self.exact.marginal(name).ppf for name in self.scale_names}
        return {
            name: {quantile_name(q): float(ppf(q)) for q in PROBABILITIES}
            for name, ppf in found.items()
        }

    @property
    @override
    def log_evidence(self) -> float:
        """The log marginal density of y."""
        return self.exact.log_evidence

    @property
    @override
    def agreement(self) -> str:
        held = self.held
        points = [self.penalised_name] * (RIDGE_IS_MEAN in held)
        points += ["the MAP"] * (MAP_IS_MEAN in held)
        verb = "are" if len(points) > 1 else "is"
        mean = f"{' and '.join(points)} {verb} the exact posterior mean"
        found = [mean] * bool(points)
        found += ["MCMC has the exact means and sds"] * (DRAWN_MEANS in held)
        return ", and ".join(found) or "the exact posterior obeys Bayes' theorem"


def _evidence(comparison: ExactComparison) -> Measured | str:
    """Measure Bayes' theorem at random points: its quotient is the evidence.

    The likelihood is summed over the rows where they are at hand: it has not seen the
    sufficient statistics. Each of the three logarithms may be off by some eps of
    itself, and by its slope times some eps of the parameters: neither a point nor the
    mean of the posterior has more digits. A column far from zero has a steep slope.
    """
    model, exact = comparison.model, comparison.exact
    points = exact.sample(0, 9)
    log_likelihoods, rounding = log_likelihoods_at(model, points)
    log_priors = np.array([model.log_prior(point) for point in points])
    posterior = np.array([log_density(exact, point) for point in points])
    deviations = log_likelihoods + log_priors - posterior - exact.log_evidence
    slopes = np.abs([model.gradient(point) for point in points]).max(axis=0)
    largest = np.abs(log_priors).max() + np.abs(posterior).max()
    digits = 4 * np.finfo(float).eps * np.abs(points).max(axis=0)
    rounding += FEW_EPS * float(largest) + float(slopes @ digits)
    statistic, tolerance = float(np.max(np.abs(deviations))), max(1e-8, rounding)
    if statistic <= tolerance and tolerance > 1e-3:
        return "rounding of so large a log density hides it: scale or centre the data"
    where = f"the log evidence, {exact.log_evidence:.4f}"
    return Measured(statistic, tolerance, where=where)


def _distance_from_mean(
    comparison: ExactComparison, route: str, tolerance: float
) -> Measured | str:
    """Measure the distance of a point from the exact mean, beyond rounding."""
    location = comparison.location(getattr(comparison, route))
    mean, sd = comparison.moments.mean, comparison.moments.sd
    mean, sd = mean[: len(location)], sd[: len(location)]
    if not np.isfinite(sd).all():
        where = comparison.row_names[int(np.argmin(np.isfinite(sd)))]
        return f"the exact posterior of {where} has no mean, or no sd to measure by"
    # a parameter is only known to the last digits of its own size
    rounding = 4 * np.finfo(float).eps * np.abs(mean)
    beyond = np.maximum(np.abs(location - mean) - rounding, 0)
    statistic, where = comparison.largest(beyond / sd)
    if comparison.model.mode_is_mean:
        return Measured(statistic, tolerance, "sd", where)
    unknown = " or ".join(comparison.model.unknown_scales)
    reason = f"a joint mode is not the mean where {unknown} is unknown"
    return f"{reason}: {statistic:.2g} sd apart {where}"


def _means_of_draws(comparison: ExactComparison) -> Measured:
    """Measure the means of draws in the errors of as many independent draws.

    Errors estimated from the draws themselves are small where the sd is too small, and
    would raise the alarm too often. Where tails are too heavy the exact median takes
    the place of the mean: half of the draws are below it.
    """
    exact, found = comparison.moments, comparison.diagnostics
    light = exact.kurtosis <= MAX_KURTOSIS_OF_MEAN
    ess = found["ess_mean"][light]
    z_scores = (found["mcmc"] - exact.mean)[light] / (exact.sd[light] / np.sqrt(ess))
    note = f"medians, where kurtosis is above {MAX_KURTOSIS_OF_MEAN:g}"
    return _judged(comparison, light, z_scores, ess, (0.0, 0.5), note)


def _sds_of_draws(comparison: ExactComparison) -> Measured:
    """Measure the sds of draws in such errors.

    Where tails are too heavy the exact quartiles take the place of the sd: half of the
    draws are between them.
    """
    exact, found = comparison.moments, comparison.diagnostics
    light = exact.kurtosis <= MAX_KURTOSIS
    ess = found["ess_sd"][light]
    errors = exact.sd[light] * np.sqrt((exact.kurtosis[light] - 1) / 4 / ess)
    z_scores = (found["mcmc_sd"] - exact.sd)[light] / errors
    note = f"quartiles, where kurtosis is above {MAX_KURTOSIS}"
    return _judged(comparison, light, z_scores, ess, (0.25, 0.75), note)


def _judged(
    comparison: ExactComparison,
    light: npt.NDArray[np.bool_],
    z_scores: FloatArray,
    ess: FloatArray,
    levels: tuple[float, float],
    note: str,
) -> Measured:
    """Measure the largest z-score: of light tails as given, of others by quantiles.

    Levels are those of two exact quantiles with one half of the probability between.
    """
    z, sizes = np.empty(len(light)), np.empty(len(light))
    z[light], sizes[light] = z_scores, ess
    if not light.all():
        heavy = np.flatnonzero(~light)
        ends = np.array([comparison.quantiles(int(row), levels) for row in heavy])
        draws = comparison.drawn_rows[..., heavy]
        inside = (draws > ends[:, 0]) & (draws <= ends[:, 1])
        share = averages(inside.astype(float))
        z[heavy], sizes[heavy] = 2 * (share.mean - 0.5) * np.sqrt(share.ess), share.ess
    largest, where = comparison.largest(z)
    where = where if light.all() else f"{where}; {note}"
    return Measured(largest, comparison.largest_z(sizes), "MCSE", where)


RIDGE_IS_MEAN = "ridge is the exact posterior mean"
MAP_IS_MEAN = "the MAP is the exact posterior mean"
DRAWN_MEANS = "MCMC means are the exact means"
EXACT_CHECKS = (
    ESTIMATOR_IS_MAP,
    Claim(
        "likelihood × prior ÷ posterior is constant",
        ("exact",),
        _evidence,
        fault="likelihood × prior ÷ posterior changes by {}",
        remedy=Remedy.STANDARDISED_COLUMNS,
        meaning="By Bayes' theorem this quotient is the same number at every point, "
        "the evidence. So the exact posterior is that of this likelihood and this "
        "prior.",
    ),
    Claim(
        RIDGE_IS_MEAN,
        ("penalised",),
        partial(
            _distance_from_mean, route="penalised", tolerance=CLOSED_FORM_TOLERANCE
        ),
        fault="ridge is {} from the exact mean",
        remedy=Remedy.STANDARDISED_COLUMNS,
        meaning="The penalised fit and the posterior mean are the same point. The L2 "
        "penalty is the Gaussian prior.",
    ),
    Claim(
        MAP_IS_MEAN,
        ("map",),
        partial(_distance_from_mean, route="map", tolerance=CONVERGED_GRADIENT_NORM),
        fault="the MAP is {} from the exact mean",
        remedy=Remedy.STANDARDISED_COLUMNS,
        meaning="The point of highest posterior density is the posterior mean, because "
        "the posterior is symmetric about its mode.",
    ),
    PENALISED_CONVERGED,
    MAP_CONVERGED,
    *DRAWS_CONVERGED,
    Claim(
        DRAWN_MEANS,
        (CONVERGED_DRAWS,),
        _means_of_draws,
        fault="MCMC means {} off",
        remedy=Remedy.ANOTHER_ENGINE,
        meaning="The averages of the draws differ from the exact means by no more than "
        "chance allows.",
    ),
    Claim(
        "MCMC sds are the exact sds",
        (CONVERGED_DRAWS,),
        _sds_of_draws,
        fault="MCMC sds {} off",
        remedy=Remedy.ANOTHER_ENGINE,
        meaning="The spread of the draws is that of the exact posterior. So the "
        "sampler finds the uncertainty, and not only the centre.",
    ),
)
