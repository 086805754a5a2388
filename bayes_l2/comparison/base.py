"""What any comparison of routes on one model holds, and what it reads from the draws."""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.comparison.check import NOT_ASKED_FOR, Check
from bayes_l2.fits.exact import ExactPosterior
from bayes_l2.fits.laplace import LaplaceApproximation
from bayes_l2.fits.point_estimate import CONVERGED_GRADIENT_NORM, PointEstimate
from bayes_l2.model.description import assumptions
from bayes_l2.model.layout import INTERCEPT
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

FALSE_ALARM_RATE = 1e-8  # of the checks of the draws of one comparison together, draws' averages taken as normal
MAX_R_HAT = 1.01  # this and the next: Vehtari et al. (2021), Bayesian Analysis 16(2)
MIN_ESS = 400.0
MIXED, ENOUGH = "R-hat shows no lack of mixing", "bulk ESS is enough to compare"


@dataclass(frozen=True, eq=False)
class Comparison(ABC):
    """The routes' results on one model, their table and their checks; ``compare`` makes one.

    Attributes
    ----------
    model : LinearModel
        What was fitted.
    exact : GaussianPosterior, NormalInverseGammaPosterior, MixturePosterior or None
        The exact posterior, which everything else is held against; None where there is none.
    penalised, map : PointEstimate or None
        Point routes, None where not asked for or not applicable.
    mcmc : xarray.DataTree or None
        Draws, or None.
    laplace : LaplaceApproximation or None
        Where there is no exact posterior, and the log posterior is smooth.
    not_applicable : dict
        Reason by route for those that do not apply.
    checks : list of Check
        Claims with their statistics; see ``passed``.
    table : pandas.DataFrame
        A row a parameter: each route's estimate, the sd of the reference, and the sampler's errors and diagnostics.
    """

    model: LinearModel
    exact: ExactPosterior | None
    penalised: PointEstimate | None = None
    map: PointEstimate | None = None
    mcmc: "xr.DataTree | None" = None
    laplace: LaplaceApproximation | None = None
    not_applicable: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether no check failed. Checks that do not apply do not count, and say so."""
        return all(check.passed is not False for check in self.checks)

    @cached_property
    @abstractmethod
    def table(self) -> "pd.DataFrame":
        """A row a parameter."""

    @cached_property
    @abstractmethod
    def checks(self) -> list[Check]:
        """The claims that theory makes of these routes, each with what was measured."""

    @cached_property
    def scales(self) -> dict[str, dict[str, float]]:
        """Posterior median and 95 % interval of each unknown scale and of the penalty, by name."""
        return {}

    @property
    def log_evidence(self) -> float | None:
        """The log marginal density of y, as far as it is known."""
        return None

    def _location(self, estimate: PointEstimate) -> FloatArray:
        """Return intercepts and coefficients as they stand in the parameter vector."""
        return self.model.layout.join(estimate.intercept, estimate.coef)

    @cached_property
    def diagnostics(self) -> dict[str, FloatArray]:
        """Means, sds, errors, R-hat and effective sample sizes of the draws, for each row of the table."""
        import arviz as az

        assert self.mcmc is not None
        draws = self.mcmc["posterior"].to_dataset()
        draws = draws.assign({name: np.log(draws[name]) for name in self._logged})

        def values(dataset: Any) -> FloatArray:
            intercept = dataset[INTERCEPT].to_numpy() if self.model.intercept else 0.0
            location = self.model.layout.select(intercept, dataset["coef"].to_numpy())
            return np.append(location, [float(dataset[name]) for name in self._logged])

        with np.errstate(
            divide="ignore", invalid="ignore"
        ):  # chains that never move: NaN and infinity fail the checks
            return {
                "mcmc": values(draws.mean(("chain", "draw"))),
                "mcmc_mcse": values(az.mcse(draws)),
                "mcmc_sd": values(draws.std(("chain", "draw"), ddof=1)),
                "r_hat": values(az.rhat(draws)),
                "ess_bulk": values(az.ess(draws, method="bulk")),
                "ess_mean": values(az.ess(draws, method="mean")),
                "ess_sd": values(az.ess(draws, method="sd")),
            }

    @property
    def _logged(self) -> list[str]:
        """Names of positive parameters, which stand in the table by their logarithms."""
        return []

    @cached_property
    def draws(self) -> FloatArray:
        """Draws of intercepts and coefficients as they stand in the parameter vector, shape (chain, draw, d)."""
        assert self.mcmc is not None
        posterior = self.mcmc["posterior"].to_dataset().transpose("chain", "draw", ...)
        intercept = posterior[INTERCEPT].to_numpy() if self.model.intercept else 0.0
        return self.model.layout.select(intercept, posterior["coef"].to_numpy())

    def draws_of(self, name: str) -> FloatArray:
        """Return all draws of a parameter or of an unknown scale, by its name in ``parameter_names``."""
        assert self.mcmc is not None
        if name in self._logged:
            return self.mcmc["posterior"][name].to_numpy().ravel()
        validation.one_of(name, self.model.layout.names, "name")
        return self.draws[..., self.model.layout.names.index(name)].ravel()

    @property
    def coef_names(self) -> tuple[str, ...]:
        """Names of the coefficients, as they stand in the table."""
        return self.model.layout.names[self.model.layout.n_intercepts :]

    @property
    def reference(self) -> tuple[str, Any] | None:
        """What the figure shows the routes on, with its name: the exact posterior or the Laplace approximation."""
        if self.exact is not None:
            return "exact posterior", self.exact
        return None if self.laplace is None else ("Laplace approximation", self.laplace)

    def draw_columns(self) -> dict[str, FloatArray]:
        """Return the table's columns that the draws fill, none without draws."""
        shown = ("mcmc", "mcmc_mcse", "mcmc_sd", "r_hat", "ess_bulk")
        return (
            {}
            if self.mcmc is None
            else {name: self.diagnostics[name] for name in shown}
        )

    def _missing(self, route: str) -> str:
        return self.not_applicable.get(route, NOT_ASKED_FOR)

    def _largest(self, values: FloatArray) -> tuple[float, str]:
        """Return the largest magnitude and the name of its row; NaN counts as largest, as numpy has it."""
        index = int(np.argmax(np.abs(values)))
        return float(np.abs(values[index])), f"at {self.table.index[index]}"

    def _map_convergence_check(self) -> Check:
        claim = "the MAP search has converged"
        if self.map is None:
            return Check(
                claim,
                reason="there is no MAP"
                if "map" in self.not_applicable
                else NOT_ASKED_FOR,
            )
        return Check.of(
            claim,
            self.map.gradient_norm,
            CONVERGED_GRADIENT_NORM,
            "sd",
            f"gradient, {self.map.route}",
        )

    def _mixing_checks(self) -> tuple[list[Check], str]:
        """Return the checks of convergence, and why the draws say nothing more, empty if they do."""
        if self.mcmc is None:
            reason = self._missing("mcmc")
            return [Check(claim, reason=reason) for claim in (MIXED, ENOUGH)], reason
        sizes = self.mcmc["posterior"].sizes
        if sizes["chain"] < 2 or sizes["draw"] < 4:  # ArviZ computes no R-hat from less
            reason = f"{sizes['chain']} chains of {sizes['draw']} draws cannot tell; 2 of 4 are needed"
            return [Check(claim, reason=reason) for claim in (MIXED, ENOUGH)], reason
        found = self.diagnostics
        r_hat, r_hat_at = self._largest(found["r_hat"])
        checks = [
            Check.of(MIXED, r_hat, MAX_R_HAT, "", r_hat_at),
            Check.of(
                ENOUGH,
                float(np.min(found["ess_bulk"])),
                MIN_ESS,
                "",
                "smallest",
                at_least=True,
            ),
        ]
        converged = all(check.passed for check in checks)
        return (
            checks,
            ""
            if converged
            else "not converged: the draws say nothing of agreement yet",
        )

    def plot(self) -> "Figure":
        """Draw the reference posterior with the points of all routes on it, and its densities over the draws.

        Returns
        -------
        matplotlib.figure.Figure
            Two panels; the second only where there are draws.
        """
        from bayes_l2.comparison.figure import comparison_figure

        return comparison_figure(self)

    def to_dict(self) -> dict[str, Any]:
        """Return model, table, checks and verdict as plain numbers, strings and None, ready for JSON."""
        result = {
            "model": assumptions(self.model),
            "parameters": self.table.to_dict(orient="index"),
            "scales": self.scales,
            "log_evidence": self.log_evidence,
            "checks": [asdict(check) for check in self.checks],
            "passed": self.passed,
        }
        return without_infinities(result)

    def __rich__(self) -> Any:
        from bayes_l2.comparison import report

        return report.as_rich(self)

    def _repr_html_(self) -> str:
        from bayes_l2.comparison import report

        return report.as_html(self)

    def __repr__(self) -> str:
        asked = [check for check in self.checks if check.was_asked]
        counts = [
            sum(check.passed is verdict for check in asked)
            for verdict in (True, False, None)
        ]
        return f"Comparison({counts[0]} checks passed, {counts[1]} failed, {counts[2]} not applicable)"


def without_infinities(value: Any) -> Any:
    """Return nested dictionaries and lists with None for what is not a finite number."""
    if isinstance(value, dict):
        return {key: without_infinities(each) for key, each in value.items()}
    if isinstance(value, list):
        return [without_infinities(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
