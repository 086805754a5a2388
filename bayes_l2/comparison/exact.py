"""Routes held against the exact posterior."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import stats

from bayes_l2.arrays import FloatArray
from bayes_l2.comparison.base import FALSE_ALARM_RATE, Comparison
from bayes_l2.comparison.check import Check
from bayes_l2.fits.exact import ExactPosterior
from bayes_l2.fits.point_estimate import CONVERGED_GRADIENT_NORM, PointEstimate
from bayes_l2.model.draws import parameter_vectors
from bayes_l2.model.layout import NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import pandas as pd

# Beyond this an sd over draws is not normal enough for its bound. Of Student-t with 11, 8 and 5 degrees of freedom
# (kurtosis 3.86, 4.5 and 9) that of 4000 independent draws is off by 6 MCSEs once in about 2e7, 2e5 and 2e3 times.
MAX_KURTOSIS = 3.9
CLOSED_FORM_TOLERANCE = 1e-8  # posterior sds, for routes that solve linear equations


@dataclass(frozen=True, eq=False, repr=False)
class ExactComparison(Comparison):
    """A comparison with the exact posterior, of a Gaussian model: that is what everything is held against."""

    exact: ExactPosterior

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a parameter: each route's estimate, the exact sd, and the sampler's errors and diagnostics.

        Unknown scales and the penalty stand there by their logarithms, which have moments under every prior.

        Columns, as far as their routes were asked for: ``ridge``, ``map``, ``exact``, ``exact_sd``, ``mcmc``,
        ``mcmc_mcse``, ``mcmc_sd``, ``r_hat``, ``ess_bulk``. Units are those of the parameters.
        """
        import pandas as pd

        columns: dict[str, FloatArray] = {}
        for name, estimate in (("ridge", self.penalised), ("map", self.map)):
            if estimate is not None:
                columns[name] = np.append(
                    self._location(estimate), self._log_scales(estimate)
                )
        columns |= {
            "exact": self._exact.mean,
            "exact_sd": self._exact.sd,
        } | self.draw_columns()
        return pd.DataFrame(
            columns, index=pd.Index(self._exact.names, name="parameter")
        )

    @cached_property
    def scales(self) -> dict[str, dict[str, float]]:
        """Exact posterior median and 95 % interval of each unknown scale and of the penalty, by name."""
        quantiles = {"median": 0.5, "low": 0.025, "high": 0.975}
        return {
            name: {
                word: float(self.exact.marginal(name).ppf(q))
                for word, q in quantiles.items()
            }
            for name in self.exact.unknown
        }

    @cached_property
    def checks(self) -> list[Check]:
        """The claims that theory makes of these routes, each with what was measured."""
        return [
            self._evidence_check(),
            self._point_check(
                "ridge", "ridge is the exact posterior mean", CLOSED_FORM_TOLERANCE
            ),
            self._point_check(
                "map", "the MAP is the exact posterior mean", CONVERGED_GRADIENT_NORM
            ),
            self._map_convergence_check(),
            *self._mcmc_checks(),
        ]

    @property
    def log_evidence(self) -> float:
        """The log marginal density of y."""
        return self.exact.log_evidence

    @property
    def _logged(self) -> list[str]:
        return list(self.exact.unknown)

    @cached_property
    def _exact(self) -> "_Moments":
        """Names and exact moments of all rows of the table."""
        joint, exact = self.exact.joint, self.exact
        logs = [exact.log_scale_moments(name) for name in exact.unknown]
        return _Moments(
            (*joint.names, *(f"log {name}" for name in exact.unknown)),
            np.append(joint.mean, [each.mean for each in logs]),
            np.append(joint.sd, [each.sd for each in logs]),
            np.append(joint.kurtosis, [each.kurtosis for each in logs]),
        )

    def _log_scales(self, estimate: PointEstimate) -> FloatArray:
        noise_sd, prior_sd = estimate.noise_sd, estimate.prior_sd
        values = {
            NOISE_SD: noise_sd,
            PRIOR_SD: prior_sd,
            PENALTY: self.model.penalty_at(noise_sd, prior_sd),
        }
        return np.log([values[name] for name in self.exact.unknown])

    def _evidence_check(self) -> Check:
        """Bayes' theorem at random points: likelihood x prior / posterior is one number, the evidence.

        The likelihood is summed over the rows, where they are at hand: it has not seen the sufficient statistics.
        """
        claim = "likelihood × prior ÷ posterior is constant"
        model, evidence = self.model, self.exact.log_evidence
        points = parameter_vectors(
            model, self.exact.to_datatree(draws=9, chains=1, seed=0)
        )
        log_likelihoods, rounding = _log_likelihoods(model, points)
        ratios = [
            model.log_prior(point) - self.exact.log_posterior(point) for point in points
        ]
        deviation = float(np.max(np.abs(log_likelihoods + ratios - evidence)))
        tolerance = max(1e-8, rounding)
        if tolerance > 1e-3:
            return Check(
                claim,
                reason="rounding of so large a log density hides it: scale or centre the data",
            )
        return Check.of(
            claim, deviation, tolerance, "", f"the log evidence, {evidence:.4f}"
        )

    def _point_check(self, route: str, claim: str, tolerance: float) -> Check:
        estimate = self.penalised if route == "ridge" else self.map
        if estimate is None:
            return Check(claim, reason=self._missing(route))
        joint = self.exact.joint
        if not np.isfinite(joint.sd).all():
            where = joint.names[int(np.argmin(np.isfinite(joint.sd)))]
            return Check(
                claim,
                reason=f"the exact posterior of {where} has no mean, or no sd to measure by",
            )
        difference = np.abs(self._location(estimate) - joint.mean)
        # a parameter is only known to the last digits of its own size
        beyond_rounding = np.maximum(
            difference - 4 * np.finfo(float).eps * np.abs(joint.mean), 0
        )
        statistic, where = self._largest(beyond_rounding / joint.sd)
        if not self.model.mode_is_mean:
            reason = f"a joint mode is not the mean where {' or '.join(self.model.unknown_scales)} is unknown"
            return Check(claim, reason=f"{reason}: {statistic:.2g} sd apart {where}")
        return Check.of(claim, statistic, tolerance, "sd", where)

    def _mcmc_checks(self) -> list[Check]:
        means, sds = "MCMC means are the exact means", "MCMC sds are the exact sds"
        checks, reason = self._mixing_checks()
        if reason:
            return [*checks, *(Check(claim, reason=reason) for claim in (means, sds))]
        found, exact = self.diagnostics, self._exact
        bound = float(stats.norm.isf(FALSE_ALARM_RATE / (2 * 2 * len(exact.mean))))
        # The errors that so many independent draws of the exact posterior would have. Errors estimated from the draws
        # themselves are small just where the sd is too small, and would raise the alarm too often.
        if not np.isfinite(exact.sd).all():
            where = exact.names[int(np.argmin(np.isfinite(exact.sd)))]
            checks.append(
                Check(
                    means,
                    reason=f"the exact posterior of {where} has no finite variance",
                )
            )
        else:
            z, where = self._largest(
                (found["mcmc"] - exact.mean) / (exact.sd / np.sqrt(found["ess_mean"]))
            )
            checks.append(Check.of(means, z, bound, "MCSE", where))
        light = exact.kurtosis <= MAX_KURTOSIS
        heavy = [
            name
            for name, is_light in zip(exact.names, light, strict=True)
            if not is_light
        ]
        left_out = f"the tails of {', '.join(heavy)} are too heavy: kurtosis above {MAX_KURTOSIS}"
        if not light.any():
            return [*checks, Check(sds, reason=left_out)]
        mcse = exact.sd[light] * np.sqrt(
            (exact.kurtosis[light] - 1) / 4 / found["ess_sd"][light]
        )
        errors = np.zeros(len(light))
        errors[light] = (found["mcmc_sd"] - exact.sd)[light] / mcse
        z, where = self._largest(errors)
        return [
            *checks,
            Check.of(sds, z, bound, "MCSE", f"{where}; {left_out}" if heavy else where),
        ]


class _Moments(NamedTuple):
    names: tuple[str, ...]
    mean: FloatArray
    sd: FloatArray
    kurtosis: FloatArray


def _log_likelihoods(
    model: LinearModel, points: FloatArray
) -> tuple[FloatArray, float]:
    """Return the log likelihood at each point, and a bound on its rounding error.

    It is summed over the rows, or comes from the statistics where the rows are gone. Each row rounds by some eps of its
    log density, and by its slope times some eps of y and of the terms of the linear predictor.
    """
    few_eps = 16 * np.finfo(float).eps
    if model.X is None or model.y is None:
        values = np.array([model.log_likelihood(point) for point in points])
        return values, few_eps * float(np.abs(values).max() + model.statistics.n_rows)
    parts = [model.split(point) for point in points]
    intercepts = np.array([each.intercept[0] for each in parts])
    noise_sds = np.array([each.noise_sd for each in parts])
    coefs = np.array([each.coef[0] for each in parts])
    eta, y = intercepts + model.X @ coefs.T, model.y[:, np.newaxis]
    weights = np.ones_like(y) if model.weights is None else model.weights[:, np.newaxis]
    densities = model.likelihood.log_density(y, eta, noise_sds, weights)
    slopes = np.abs(y - eta) * weights / noise_sds**2
    terms = (
        np.abs(model.y)
        + np.abs(intercepts).max()
        + np.abs(model.X) @ np.abs(coefs).max(axis=0)
    )
    rounding = np.abs(densities).sum(axis=0) + terms @ slopes
    return densities.sum(axis=0), few_eps * float(rounding.max())
