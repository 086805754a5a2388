"""The results of the routes on one model: their table, draws and checks."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.comparison.check import (
    NOT_ASKED_FOR,
    Check,
    Claim,
    Failure,
    Remedy,
)
from bayes_l2.comparison.convergence import CONVERGED_DRAWS, ENOUGH_DRAWS, MIXING
from bayes_l2.comparison.diagnostics import diagnostics, largest_z
from bayes_l2.comparison.storage.kept import Kept
from bayes_l2.comparison.views import Views
from bayes_l2.datasets.standardisation import Standardisation
from bayes_l2.fits.exact import ExactPosterior
from bayes_l2.fits.laplace import LaplaceApproximation
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model.layout import INTERCEPT, NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

# what to try where a route ended in an error
REMEDIES = {
    "penalised": Remedy.STANDARDISED_COLUMNS,
    "map": Remedy.STANDARDISED_COLUMNS,
    "exact": Remedy.STANDARDISED_COLUMNS,
    "laplace": Remedy.STANDARDISED_COLUMNS,
    "mcmc": Remedy.ANOTHER_ENGINE,
}


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Views, Kept, ABC):
    """The routes' results on one model, their table and their checks.

    ``compare`` makes one.

    Attributes
    ----------
    model : LinearModel
        The fitted model.
    exact : GaussianPosterior, NormalInverseGammaPosterior, MixturePosterior or None
        The exact posterior, None where there is none.
    penalised, map : PointEstimate or None
        Point routes, None where not asked for, not applicable or failed.
    mcmc : xarray.DataTree or None
        Draws, or None.
    laplace : LaplaceApproximation or None
        The approximation where there is no exact posterior, and the log posterior is
        smooth.
    not_applicable : dict
        Reason by route for the routes that do not apply.
    failed : dict
        Reason by route for the routes that ended in an error. Every claim about such a
        route has failed.
    standardisation : Standardisation or None
        What ``predict`` does with new rows first: ``bayes-l2 compare --standardise``
        states the means and sds of its table here. None where ``predict`` takes the
        features of the model as they are.
    checks : list of Check
        Claims with their statistics; see ``passed``.
    table : pandas.DataFrame
        A row a parameter: each route's estimate, the sd of the reference, and the
        sampler's errors and diagnostics.
    checks_table : pandas.DataFrame
        A row a check.

    Notes
    -----
    ``str`` and ``print`` give the report as text, as wide as the terminal: the
    assumptions, the table, the checks and the verdict.
    """

    model: LinearModel
    exact: ExactPosterior | None
    penalised: PointEstimate | None = None
    map: PointEstimate | None = None
    mcmc: "xr.DataTree | None" = None
    laplace: LaplaceApproximation | None = None
    not_applicable: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    standardisation: Standardisation | None = None

    @property
    @abstractmethod
    def claims(self) -> Sequence[Claim]:
        """The claims that theory makes of the routes."""

    @property
    @abstractmethod
    def reference(self) -> tuple[str, Any] | None:
        """The posterior that the figure shows the routes on, after its name."""

    @property
    @abstractmethod
    def reference_columns(self) -> dict[str, FloatArray]:
        """The columns of the table that the reference fills."""

    @cached_property
    def checks(self) -> list[Check]:
        """The claims that theory makes of these routes, each with its measurement."""
        concerned = [each for each in self.claims if each.concerns(self.model)]
        return [claim.check(self) for claim in concerned]

    @property
    def passed(self) -> bool:
        """Whether a check passed and none failed.

        A check that does not apply does not count: where none applies, nothing was
        compared.
        """
        outcomes = {check.passed for check in self.checks}
        return True in outcomes and False not in outcomes

    @property
    def held(self) -> set[str]:
        """The claims that have passed."""
        return {check.claim for check in self.checks if check.passed}

    @property
    @abstractmethod
    def agreement(self) -> str:
        """What the claims that have passed say together, in one clause."""

    @cached_property
    def scales(self) -> dict[str, dict[str, float]]:
        """Quantiles ``2.5%``, ``50%`` and ``97.5%`` of unknown scales and penalty."""
        return {}

    @property
    def log_evidence(self) -> float | None:
        """The log marginal density of y, None where it is not known."""
        return None

    @property
    def scale_names(self) -> tuple[str, ...]:
        """Names of the unknown scales, and of the penalty where it is random."""
        derived = [PENALTY] * self.model.has_random_penalty
        return (*self.model.unknown_scales, *derived)

    @property
    def coef_names(self) -> tuple[str, ...]:
        """Names of the coefficients, as in the table."""
        return self.model.layout.names[self.model.layout.n_intercepts :]

    @property
    def row_names(self) -> tuple[str, ...]:
        """Names of the rows of the table; scales are there by their logarithms."""
        logs = (f"log {name}" for name in self.scale_names)
        return (*self.model.layout.names, *logs)

    @property
    def penalised_name(self) -> str:
        """The penalised fit by its usual name."""
        is_ridge = self.model.likelihood.has_statistics and self.model.prior.is_ridge
        return "ridge" if is_ridge else "penalised fit"

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a parameter: estimates, sds, and the diagnostics of the sampler.

        Unknown scales and the penalty are there by their logarithms, which have
        moments under every prior. The columns are those of the routes that were asked
        for and apply: ``penalised``, ``map``; ``exact`` and ``exact_sd``, or
        ``laplace_sd``; ``mcmc``, ``mcmc_mcse``, ``mcmc_sd``, ``r_hat``, ``ess_bulk``.
        Units are those of the parameters.
        """
        import pandas as pd

        columns: dict[str, FloatArray] = {}
        for name, estimate in (("penalised", self.penalised), ("map", self.map)):
            if estimate is not None:
                scales = self._log_scales(estimate)
                columns[name] = np.append(self.location(estimate), scales)
        columns |= self.reference_columns
        if self.mcmc is not None:
            shown = ("mcmc", "mcmc_mcse", "mcmc_sd", "r_hat", "ess_bulk")
            columns |= {name: self.diagnostics[name] for name in shown}
        return pd.DataFrame(columns, index=pd.Index(self.row_names, name="parameter"))

    def location(self, estimate: PointEstimate) -> FloatArray:
        """Return intercepts and coefficients in the order of the parameter vector."""
        return self.model.layout.join(estimate.intercept, estimate.coef)

    def _log_scales(self, estimate: PointEstimate) -> FloatArray:
        noise_sd, prior_sd = estimate.noise_sd, estimate.prior_sd
        values = {NOISE_SD: noise_sd, PRIOR_SD: prior_sd}
        if self.model.has_random_penalty:
            values[PENALTY] = self.model.penalty_at(noise_sd, prior_sd)
        return np.log([values[name] for name in self.scale_names])

    @cached_property
    def draws(self) -> FloatArray:
        """Draws of intercepts and coefficients, shape (chain, draw, d)."""
        assert self.mcmc is not None
        posterior = self.mcmc["posterior"].to_dataset().transpose("chain", "draw", ...)
        intercept = posterior[INTERCEPT].to_numpy() if self.model.intercept else 0.0
        draws = self.model.layout.select(intercept, posterior["coef"].to_numpy())
        return np.ascontiguousarray(draws)

    def draws_of(self, name: str) -> FloatArray:
        """Return all draws of a parameter, an unknown scale or the penalty."""
        validation.one_of(name, (*self.model.layout.names, *self.scale_names), "name")
        if self.mcmc is None:
            raise ValueError(f"{name} has no draws: compare it by the route mcmc")
        if name in self.scale_names:
            return self.mcmc["posterior"][name].to_numpy().ravel()
        return self.draws[..., self.model.layout.names.index(name)].ravel()

    @cached_property
    def drawn_rows(self) -> FloatArray:
        """Draws of each row of the table, shape (chain, draw, row)."""
        shape = self.draws.shape[:2]
        logs = [np.log(self.draws_of(name)) for name in self.scale_names]
        scales = [each.reshape(*shape, 1) for each in logs]
        # in one order of memory, which decides the last digits of sums
        return np.ascontiguousarray(np.concatenate([self.draws, *scales], axis=-1))

    @cached_property
    def diagnostics(self) -> dict[str, FloatArray]:
        """Means, sds, errors, R-hat and ESS of the draws, for each row of the table."""
        return diagnostics(self.drawn_rows)

    @property
    def divergences(self) -> int | None:
        """The number of divergent transitions, None where the draws do not say."""
        assert self.mcmc is not None
        if "sample_stats" not in self.mcmc.children:
            return None
        diverging = self.mcmc["sample_stats"].to_dataset().get("diverging")
        return None if diverging is None else int(diverging.sum())

    def lacks(self, part: str) -> str:
        """Return the reason why a part is missing, empty where it is there.

        The reason is a ``Failure`` where a route has failed, or left too few draws.

        Parameters
        ----------
        part : str
            A route by its attribute, "enough draws" or "converged draws".
        """
        if part == ENOUGH_DRAWS:
            return self.lacks("mcmc") or self._too_few_draws
        if part == CONVERGED_DRAWS:
            return self.lacks(ENOUGH_DRAWS) or self._not_converged
        if part in self.failed:
            return Failure(self.failed[part], REMEDIES[part])
        if getattr(self, part) is not None:
            return ""
        return self.not_applicable.get(part, NOT_ASKED_FOR)

    @property
    def _too_few_draws(self) -> str:
        chains, draws = self.draws.shape[:2]
        if chains >= 2 and draws >= 4:  # ArviZ computes no R-hat from less
            return ""
        return Failure(
            f"{chains} chain{'s' * (chains > 1)} of {draws} draws cannot tell; "
            "2 of 4 are needed",
            Remedy.LONGER_CHAINS,
        )

    @property
    def _not_converged(self) -> str:
        if all(claim.check(self).passed for claim in MIXING):
            return ""
        return "not converged: the draws cannot show agreement yet"

    def largest(self, values: FloatArray) -> tuple[float, str]:
        """Return the largest magnitude and its row in words; NaN is the largest."""
        index = int(np.argmax(np.abs(values)))
        return float(np.abs(values[index])), f"at {self.row_names[index]}"

    def largest_z(self, ess: FloatArray) -> float:
        """Return the bound on z-scores of averages with these sample sizes."""
        n_draws = int(np.prod(self.draws.shape[:2]))
        return largest_z(ess, n_draws, len(self.row_names))

    def predict(self, X: Any, *, coverage: float = 0.95) -> "pd.DataFrame":
        """Return a prediction for each new row, by the posterior that is here.

        The exact posterior predicts where there is one. Else the draws do, and without
        draws the Laplace approximation. Nothing is fitted again.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features; a DataFrame must have the same columns, in any order. They
            are in the units of the table where there is a ``standardisation``.
        coverage : float, default 0.95
            Probability of the equal-tailed interval, between 0 and 1.

        Returns
        -------
        pandas.DataFrame
            A row for each of X. For numbers and counts: ``mean``, ``sd`` and the
            ends of the interval, of a new observation of weight 1, in the units of y.
            The ends are named as those of ``summary``: ``2.5%`` and ``97.5%`` for a
            coverage of 0.95. Those of counts are whole, and cover at least as much.
            For classes: ``label``, the most probable one, and the probability of each,
            such as ``P(setosa)``. ``attrs["source"]`` is the posterior in words.

        Raises
        ------
        ValueError
            If X is not valid or its columns are not those of the fit, the coverage is
            not valid, there is neither a posterior nor draws, or the rate of a count is
            above exp(36).
        """
        from bayes_l2.comparison.predictions import predictions

        found = (self.exact, self.mcmc, self.laplace)
        posterior = next((each for each in found if each is not None), None)
        return predictions(self.model, posterior, X, coverage, self.standardisation)
