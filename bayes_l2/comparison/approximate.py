"""Routes held against each other where there is no exact posterior."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from bayes_l2.arrays import FloatArray
from bayes_l2.comparison.base import FALSE_ALARM_RATE, Comparison
from bayes_l2.comparison.check import Check
from bayes_l2.fits.exact import without_exact
from bayes_l2.fits.point_estimate import CONVERGED_GAP
from bayes_l2.fits.search.coordinates import FreeCoordinates

if TYPE_CHECKING:
    import pandas as pd

POINT_TOLERANCE = 1e-6  # posterior sds, or of the objective where it has kinks


@dataclass(frozen=True, eq=False, repr=False)
class ApproximateComparison(Comparison):
    r"""A comparison of a model without an exact posterior.

    The point routes must agree, and the draws must be from this posterior, of which two things are known without any
    fit. With g the gradient of its logarithm, and any constant c, integration by parts gives

    .. math:: E[g] = 0, \qquad E[(\theta_j - c)\, g_j] = -1

    for every density that is continuous and falls off fast enough, as all proper posteriors here do, kinks or not. With
    4000 independent draws the first notices a shift of a tenth of a posterior sd, the second an sd that is wrong by a
    tenth; neither sees much less. How far off the Laplace approximation is, is reported and not judged.
    """

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a parameter: each route's estimate, the sd, and the sampler's errors and diagnostics.

        Columns, as far as their routes were asked for and apply: ``penalised``, ``map``, ``laplace_sd``, ``mcmc``,
        ``mcmc_mcse``, ``mcmc_sd``, ``r_hat``, ``ess_bulk``. Units are those of the parameters.
        """
        import pandas as pd

        columns: dict[str, FloatArray] = {}
        for name, estimate in (("penalised", self.penalised), ("map", self.map)):
            if estimate is not None:
                columns[name] = self._location(estimate)
        if self.laplace is not None:
            columns["laplace_sd"] = self.laplace.sd
        index = pd.Index(self.model.parameter_names, name="parameter")
        return pd.DataFrame(columns | self.draw_columns(), index=index)

    @cached_property
    def checks(self) -> list[Check]:
        """The claims that theory makes of these routes, each with what was measured."""
        return [
            Check("the posterior is known exactly", reason=without_exact(self.model)),
            self._penalised_check(),
            self._map_convergence_check(),
            *self._gap_checks(),
            *self._mcmc_checks(),
        ]

    @property
    def log_evidence(self) -> float | None:
        """The log marginal density of y by the Laplace approximation, None without one."""
        return None if self.laplace is None else self.laplace.log_evidence

    def _penalised_check(self) -> Check:
        claim = "the MAP is the penalised fit"
        for route, estimate in (("ridge", self.penalised), ("map", self.map)):
            if estimate is None:
                return Check(claim, reason=self._missing(route))
        assert self.penalised is not None
        assert self.map is not None
        if not self.penalised.converged:
            left = f"{self.penalised.gradient_norm:.1g} sd of gradient are left"
            return Check(claim, reason=f"scikit-learn's search stopped short: {left}")
        if self.laplace is not None:
            difference = self._location(self.penalised) - self._location(self.map)
            statistic, where = self._largest(difference / self.laplace.sd)
            return Check.of(claim, statistic, POINT_TOLERANCE, "sd", where)
        statistic = abs(self.penalised.objective - self.map.objective) / max(
            1.0, abs(self.map.objective)
        )
        return Check.of(
            claim,
            statistic,
            POINT_TOLERANCE,
            "",
            f"of the objective, {self.map.objective:.6g}",
        )

    def _gap_checks(self) -> list[Check]:
        if self.map is None or self.model.is_smooth:
            return []
        claim, where = (
            "no point is better than the MAP",
            "duality gap, in units of the objective",
        )
        return [Check.of(claim, self.map.duality_gap, CONVERGED_GAP, "", where)]

    def _mcmc_checks(self) -> list[Check]:
        located, spread = (
            "the log posterior is level on average over the draws",
            "the draws spread as the posterior does",
        )
        approximated = "the Laplace approximation is the posterior"
        checks, reason = self._mixing_checks()
        if reason:
            return [
                *checks,
                *(
                    Check(claim, reason=reason)
                    for claim in (located, spread, approximated)
                ),
            ]
        u, gradients = self._draws_and_gradients()
        bound = float(stats.norm.isf(FALSE_ALARM_RATE / (2 * 2 * u.shape[-1])))
        deviations = u - u.mean(axis=(0, 1))
        for claim, values in (
            (located, gradients),
            (spread, deviations * gradients + 1),
        ):
            z, where = self._largest(_z_scores(values))
            checks.append(Check.of(claim, z, bound, "MCSE", where))
        if self.laplace is None:
            kinks = "the log posterior has kinks: there is no Laplace approximation"
            return [
                *checks,
                Check(approximated, reason=self.not_applicable.get("laplace", kinks)),
            ]
        return [*checks, Check(approximated, reason=self._laplace_error())]

    def _laplace_error(self) -> str:
        assert self.laplace is not None
        found, sd = self.diagnostics, self.laplace.sd
        shift, where = self._largest(
            (found["mcmc"] - self.laplace.mean) / found["mcmc_sd"]
        )
        ratios = sd / found["mcmc_sd"]
        return (
            f"an approximation, reported and not judged: means up to {shift:.2f} sd off, {where}; "
            f"sds {ratios.min():.2f} to {ratios.max():.2f} times those of the draws"
        )

    def _draws_and_gradients(self) -> tuple[FloatArray, FloatArray]:
        """Return draws in free coordinates and gradients of the log posterior there, shape (chain, draw, d)."""
        coordinates, vectors = FreeCoordinates(self.model), self.draws
        u, gradients = np.empty_like(vectors), np.empty_like(vectors)
        for place in np.ndindex(vectors.shape[:2]):
            u[place] = coordinates.free(vectors[place])
            gradients[place] = coordinates.gradient(u[place])
        return u, gradients


def _z_scores(values: FloatArray) -> FloatArray:
    """Return means over draws in their Monte-Carlo standard errors, for each parameter."""
    import arviz as az
    import xarray as xr

    errors = az.mcse(xr.Dataset({"values": (("chain", "draw", "parameter"), values)}))[
        "values"
    ].to_numpy()
    return values.mean(axis=(0, 1)) / errors
