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

from bayes_l2.arrays import FloatArray
from bayes_l2.comparison.base import (
    CONVERGED_DRAWS,
    MAP_CONVERGED,
    MIXING,
    Comparison,
)
from bayes_l2.comparison.check import Claim, Measured
from bayes_l2.comparison.reference import Moments, exact_moments, log_density
from bayes_l2.fits.exact import ExactPosterior
from bayes_l2.fits.point_estimate import CONVERGED_GRADIENT_NORM
from bayes_l2.model.linear_model import LinearModel

# Beyond this an sd over draws is not normal enough for its bound. Of Student-t with
# 11, 8 and 5 degrees of freedom (kurtosis 3.86, 4.5 and 9) that of 4000 independent
# draws is off by 6 MCSEs once in about 2e7, 2e5 and 2e3 times.
MAX_KURTOSIS = 3.9
CLOSED_FORM_TOLERANCE = 1e-8  # posterior sds, for routes that solve linear equations
QUANTILES = {"median": 0.5, "low": 0.025, "high": 0.975}


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

    @cached_property
    @override
    def scales(self) -> dict[str, dict[str, float]]:
        """Exact median and 95 % interval of each unknown scale and of the penalty."""
        found = {name: self.exact.marginal(name).ppf for name in self.scale_names}
        return {
            name: {word: float(ppf(q)) for word, q in QUANTILES.items()}
            for name, ppf in found.items()
        }

    @property
    @override
    def log_evidence(self) -> float:
        """The log marginal density of y."""
        return self.exact.log_evidence


def _evidence(comparison: ExactComparison) -> Measured | str:
    """Measure Bayes' theorem at random points: its quotient is the evidence.

    The likelihood is summed over the rows where they are at hand: it has not seen the
    sufficient statistics.
    """
    model, exact = comparison.model, comparison.exact
    points = exact.sample(0, 9)
    log_likelihoods, rounding = _log_likelihoods(model, points)
    posterior = [log_density(exact, point) for point in points]
    ratios = np.array([model.log_prior(point) for point in points]) - posterior
    deviations = log_likelihoods + ratios - exact.log_evidence
    tolerance = max(1e-8, rounding)
    if tolerance > 1e-3:
        return "rounding of so large a log density hides it: scale or centre the data"
    where = f"the log evidence, {exact.log_evidence:.4f}"
    return Measured(float(np.max(np.abs(deviations))), tolerance, where=where)


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


def _means_of_draws(comparison: ExactComparison) -> Measured | str:
    """Measure the means of draws in the errors of as many independent draws.

    Errors estimated from the draws themselves are small where the sd is too small, and
    would raise the alarm too often.
    """
    exact, found = comparison.moments, comparison.diagnostics
    if not np.isfinite(exact.sd).all():
        where = comparison.row_names[int(np.argmin(np.isfinite(exact.sd)))]
        return f"the exact posterior of {where} has no finite variance"
    errors = exact.sd / np.sqrt(found["ess_mean"])
    z, where = comparison.largest((found["mcmc"] - exact.mean) / errors)
    return Measured(z, comparison.largest_z, "MCSE", where)


def _sds_of_draws(comparison: ExactComparison) -> Measured | str:
    """Measure the sds of draws in such errors, where the tails are light enough."""
    exact, found = comparison.moments, comparison.diagnostics
    light = exact.kurtosis <= MAX_KURTOSIS
    heavy = [comparison.row_names[k] for k in np.flatnonzero(~light)]
    left_out = (
        f"the tails of {', '.join(heavy)} are too heavy: kurtosis above {MAX_KURTOSIS}"
    )
    if not light.any():
        return left_out
    sd, kurtosis = exact.sd[light], exact.kurtosis[light]
    errors = sd * np.sqrt((kurtosis - 1) / 4 / found["ess_sd"][light])
    z_scores = np.zeros(len(light))
    z_scores[light] = (found["mcmc_sd"][light] - sd) / errors
    z, where = comparison.largest(z_scores)
    note = f"{where}; {left_out}" if heavy else where
    return Measured(z, comparison.largest_z, "MCSE", note)


EXACT_CHECKS = (
    Claim("likelihood × prior ÷ posterior is constant", ("exact",), _evidence),
    Claim(
        "ridge is the exact posterior mean",
        ("penalised",),
        partial(
            _distance_from_mean, route="penalised", tolerance=CLOSED_FORM_TOLERANCE
        ),
    ),
    Claim(
        "the MAP is the exact posterior mean",
        ("map",),
        partial(_distance_from_mean, route="map", tolerance=CONVERGED_GRADIENT_NORM),
    ),
    MAP_CONVERGED,
    *MIXING,
    Claim("MCMC means are the exact means", (CONVERGED_DRAWS,), _means_of_draws),
    Claim("MCMC sds are the exact sds", (CONVERGED_DRAWS,), _sds_of_draws),
)


def _log_likelihoods(
    model: LinearModel, points: FloatArray
) -> tuple[FloatArray, float]:
    """Return the log likelihood at each point, and a bound on its rounding error.

    It is summed over the rows, or comes from the statistics where the rows are gone.
    Each row rounds by some eps of its log density, and by its slope times some eps of y
    and of the terms of the linear predictor.
    """
    few_eps = 16 * np.finfo(float).eps
    if model.X is None or model.y is None:
        values = np.array([model.log_likelihood(point) for point in points])
        return values, few_eps * float(np.abs(values).max() + model.n_rows)
    parts = [model.split(point) for point in points]
    intercepts = np.array([each.intercept[0] for each in parts])
    noise_sds = np.array([each.noise_sd for each in parts])
    coefs = np.array([each.coef[0] for each in parts])
    eta, y = intercepts + model.X @ coefs.T, model.y[:, np.newaxis]
    weights = np.ones_like(y) if model.weights is None else model.weights[:, np.newaxis]
    densities = model.likelihood.log_density(y, eta, noise_sds, weights)
    slopes = np.abs(y - eta) * weights / noise_sds**2
    terms = np.abs(model.X) @ np.abs(coefs).max(axis=0)
    terms += np.abs(model.y) + np.abs(intercepts).max()
    rounding = np.abs(densities).sum(axis=0) + terms @ slopes
    return densities.sum(axis=0), few_eps * float(rounding.max())
