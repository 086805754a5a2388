"""All routes side by side on one model, and the checks of what theory says must agree."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from scipy import stats

from bayes_l2 import validation
from bayes_l2.checks import Check, without_infinities
from bayes_l2.fits.exact import ExactPosterior, fit_exact
from bayes_l2.fits.map_estimate import fit_map
from bayes_l2.fits.mcmc import fit_mcmc
from bayes_l2.fits.penalised import fit_ridge
from bayes_l2.fits.point_estimate import CONVERGED_GRADIENT_NORM, PointEstimate
from bayes_l2.model import LinearModel
from bayes_l2.parameters import INTERCEPT, NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.propriety import require_bounded_density
from bayes_l2.validation import FloatArray

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

ROUTES = ("ridge", "map", "exact", "mcmc")
CLOSED_FORM_TOLERANCE = 1e-8  # posterior sds, for routes that solve linear equations
FALSE_ALARM_RATE = 1e-8  # of the mean and sd checks of one comparison together, draws' averages taken as normal
MAX_R_HAT = 1.01  # this and the next: Vehtari et al. (2021), Bayesian Analysis 16(2)
MIN_ESS = 400.0


@dataclass(frozen=True, eq=False)
class Comparison:
    """The routes' results on one model, their table and their checks.

    Attributes
    ----------
    model : LinearModel
        What was fitted.
    exact : GaussianPosterior, NormalInverseGammaPosterior or MixturePosterior
        The exact posterior, which everything else is held against.
    ridge, map : PointEstimate or None
        Point routes, None where not asked for or not applicable.
    mcmc : xarray.DataTree or None
        Draws, or None.
    not_applicable : dict
        Reason by route for those that do not apply.
    checks : list of Check
        Claims with their statistics; see ``passed``.
    """

    model: LinearModel
    exact: ExactPosterior
    ridge: PointEstimate | None = None
    map: PointEstimate | None = None
    mcmc: "xr.DataTree | None" = None
    not_applicable: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether no check failed. Checks that do not apply do not count, and say so."""
        return all(check.passed is not False for check in self.checks)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a parameter: each route's estimate, the exact sd, and the sampler's errors and diagnostics.

        Unknown scales and the penalty stand there by their logarithms, which have moments under every prior.

        Columns, as far as their routes were asked for: ``ridge``, ``map``, ``exact``, ``exact_sd``, ``mcmc``,
        ``mcmc_mcse``, ``mcmc_sd``, ``r_hat``, ``ess_bulk``. Units are those of the parameters.
        """
        import pandas as pd

        columns: dict[str, FloatArray] = {}
        for name, estimate in (("ridge", self.ridge), ("map", self.map)):
            if estimate is not None:
                columns[name] = np.append(self._location(estimate), self._log_scales(estimate))
        columns |= {"exact": self._exact.mean, "exact_sd": self._exact.sd}
        if self.mcmc is not None:
            shown = ("mcmc", "mcmc_mcse", "mcmc_sd", "r_hat", "ess_bulk")
            columns |= {name: self._diagnostics[name] for name in shown}
        return pd.DataFrame(columns, index=pd.Index(self._exact.names, name="parameter"))

    @cached_property
    def scales(self) -> dict[str, dict[str, float]]:
        """Exact posterior median and 95 % interval of each unknown scale and of the penalty, by name."""
        quantiles = {"median": 0.5, "low": 0.025, "high": 0.975}
        return {
            name: {word: float(self.exact.marginal(name).ppf(q)) for word, q in quantiles.items()}
            for name in self.exact.unknown
        }

    @cached_property
    def checks(self) -> list[Check]:
        """The claims that theory makes of these routes, each with what was measured."""
        return [
            self._evidence_check(),
            self._point_check("ridge", "ridge is the exact posterior mean", CLOSED_FORM_TOLERANCE),
            self._point_check("map", "the MAP is the exact posterior mean", CONVERGED_GRADIENT_NORM),
            self._map_convergence_check(),
            *self._mcmc_checks(),
        ]

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

    def _location(self, estimate: PointEstimate) -> FloatArray:
        """Return intercept, where there is one, and coefficients."""
        return np.append([estimate.intercept] if self.model.intercept else [], estimate.coef)

    def _log_scales(self, estimate: PointEstimate) -> FloatArray:
        noise_sd, prior_sd = estimate.noise_sd, estimate.prior_sd
        values = {NOISE_SD: noise_sd, PRIOR_SD: prior_sd, PENALTY: self.model.penalty_at(noise_sd, prior_sd)}
        return np.log([values[name] for name in self.exact.unknown])

    @cached_property
    def _diagnostics(self) -> dict[str, FloatArray]:
        import arviz as az

        assert self.mcmc is not None
        draws = self.mcmc["posterior"].to_dataset()
        draws = draws.assign({name: np.log(draws[name]) for name in self.exact.unknown})

        def values(dataset: Any) -> FloatArray:
            scalars = [float(dataset[name]) for name in self.exact.unknown]
            first = [float(dataset[INTERCEPT])] if self.model.intercept else []
            return np.concatenate([first, dataset["coef"].to_numpy(), scalars])

        with np.errstate(divide="ignore", invalid="ignore"):  # chains that never move: NaN and infinity fail the checks
            return {
                "mcmc": values(draws.mean(("chain", "draw"))),
                "mcmc_mcse": values(az.mcse(draws)),
                "mcmc_sd": values(draws.std(("chain", "draw"), ddof=1)),
                "r_hat": values(az.rhat(draws)),
                "ess_bulk": values(az.ess(draws, method="bulk")),
                "ess_mean": values(az.ess(draws, method="mean")),
                "ess_sd": values(az.ess(draws, method="sd")),
            }

    def _missing(self, route: str) -> str:
        return self.not_applicable.get(route, "not asked for")

    def _largest(self, values: FloatArray) -> tuple[float, str]:
        """Return the largest magnitude and the name of its parameter; NaN counts as largest, as numpy has it."""
        index = int(np.argmax(np.abs(values)))
        return float(np.abs(values[index])), f"at {self._exact.names[index]}"

    def _evidence_check(self) -> Check:
        """Bayes' theorem at random points: likelihood x prior / posterior is one number, the evidence.

        The likelihood is summed over the rows, where they are at hand: it has not seen the sufficient statistics.
        """
        claim = "likelihood × prior ÷ posterior is constant"
        model, evidence = self.model, self.exact.log_evidence
        points = _parameter_vectors(model, self.exact.to_datatree(draws=9, chains=1, seed=0))
        log_likelihoods, rounding = _log_likelihoods(model, points)
        ratios = [model.log_prior(point) - self.exact.log_posterior(point) for point in points]
        deviation = float(np.max(np.abs(log_likelihoods + ratios - evidence)))
        tolerance = max(1e-8, rounding)
        if tolerance > 1e-3:
            return Check(claim, reason="rounding of so large a log density hides it: scale or centre the data")
        return Check.of(claim, deviation, tolerance, "", f"the log evidence, {evidence:.4f}")

    def _point_check(self, route: str, claim: str, tolerance: float) -> Check:
        estimate = self.ridge if route == "ridge" else self.map
        if estimate is None:
            return Check(claim, reason=self._missing(route))
        joint = self.exact.joint
        if not np.isfinite(joint.sd).all():
            where = joint.names[int(np.argmin(np.isfinite(joint.sd)))]
            return Check(claim, reason=f"the exact posterior of {where} has no mean, or no sd to measure by")
        difference = np.abs(self._location(estimate) - joint.mean)
        # a parameter is only known to the last digits of its own size
        beyond_rounding = np.maximum(difference - 4 * np.finfo(float).eps * np.abs(joint.mean), 0)
        statistic, where = self._largest(beyond_rounding / joint.sd)
        if not self.model.mode_is_mean:
            reason = f"a joint mode is not the mean where {' or '.join(self.model.unknown_scales)} is unknown"
            return Check(claim, reason=f"{reason}: {statistic:.2g} sd apart {where}")
        return Check.of(claim, statistic, tolerance, "sd", where)

    def _map_convergence_check(self) -> Check:
        claim = "the MAP search has converged"
        if self.map is None:
            return Check(claim, reason="there is no MAP" if "map" in self.not_applicable else "not asked for")
        return Check.of(claim, self.map.gradient_norm, CONVERGED_GRADIENT_NORM, "sd", f"gradient, {self.map.route}")

    def _mcmc_checks(self) -> list[Check]:
        mixed, enough = "R-hat shows no lack of mixing", "bulk ESS is enough to compare"
        means, sds = "MCMC means are the exact means", "MCMC sds are the exact sds"
        if self.mcmc is None:
            return [Check(claim, reason=self._missing("mcmc")) for claim in (mixed, enough, means, sds)]
        sizes = self.mcmc["posterior"].sizes
        if sizes["chain"] < 2 or sizes["draw"] < 4:  # ArviZ computes no R-hat from less
            reason = f"{sizes['chain']} chains of {sizes['draw']} draws cannot tell; 2 of 4 are needed"
            return [Check(claim, reason=reason) for claim in (mixed, enough, means, sds)]
        found, exact = self._diagnostics, self._exact
        r_hat, r_hat_at = self._largest(found["r_hat"])
        checks = [
            Check.of(mixed, r_hat, MAX_R_HAT, "", r_hat_at),
            Check.of(enough, float(np.min(found["ess_bulk"])), MIN_ESS, "", "smallest", at_least=True),
        ]
        if not all(check.passed for check in checks):
            reason = "not converged: the draws say nothing of agreement yet"
            return [*checks, *(Check(claim, reason=reason) for claim in (means, sds))]
        bound = float(stats.norm.isf(FALSE_ALARM_RATE / (2 * 2 * len(exact.mean))))
        # The errors that so many independent draws of the exact posterior would have. Errors estimated from the draws
        # themselves are small just where the sd is too small, and would raise the alarm too often.
        for claim, error, mcse, moment in (
            (means, found["mcmc"] - exact.mean, exact.sd / np.sqrt(found["ess_mean"]), "variance"),
            (
                sds,
                found["mcmc_sd"] - exact.sd,
                exact.sd * np.sqrt((exact.kurtosis - 1) / 4 / found["ess_sd"]),
                "fourth",
            ),
        ):
            if not np.isfinite(mcse).all():
                where = exact.names[int(np.argmin(np.isfinite(mcse)))]
                word = "variance" if moment == "variance" else "fourth moment"
                checks.append(Check(claim, reason=f"the exact posterior of {where} has no finite {word}"))
                continue
            z, where = self._largest(error / mcse)
            checks.append(Check.of(claim, z, bound, "MCSE", where))
        return checks

    def plot(self) -> "Figure":
        """Draw the exact posterior with the points of all routes on it, and exact densities over the draws.

        Returns
        -------
        matplotlib.figure.Figure
            Two panels; the second only where there are draws.
        """
        from bayes_l2 import plots

        return plots.comparison_figure(self)

    def to_dict(self) -> dict[str, Any]:
        """Return model, table, checks and verdict as plain numbers, strings and None, ready for JSON."""
        from bayes_l2 import report

        result = {
            "model": report.assumptions(self.model),
            "parameters": self.table.to_dict(orient="index"),
            "scales": self.scales,
            "log_evidence": self.exact.log_evidence,
            "checks": [asdict(check) for check in self.checks],
            "passed": self.passed,
        }
        return without_infinities(result)

    def __rich__(self) -> Any:
        from bayes_l2 import report

        return report.as_rich(self)

    def _repr_html_(self) -> str:
        from bayes_l2 import report

        return report.as_html(self)

    def __repr__(self) -> str:
        counts = [sum(check.passed is verdict for check in self.checks) for verdict in (True, False, None)]
        return f"Comparison({counts[0]} checks passed, {counts[1]} failed, {counts[2]} not applicable)"


def compare(
    model: LinearModel,
    *,
    routes: Sequence[str] = ROUTES,
    seed: int | None = None,
    engine: Literal["nutpie", "pymc"] = "nutpie",
    draws: int = 1000,
    tune: int = 1000,
    chains: int = 4,
    progress: bool | None = None,
) -> Comparison:
    """Fit a model by several routes and hold them against the exact posterior.

    Parameters
    ----------
    model : LinearModel
        The model.
    routes : sequence of str, default all
        Among "ridge", "map", "exact" and "mcmc". The exact posterior is always computed.
    seed : int, optional
        Makes the draws repeatable.
    engine : {"nutpie", "pymc"}, default "nutpie"
        "nutpie" finds the MAP by scipy and samples by nutpie, both on ``model.log_posterior``; "pymc" does both by
        PyMC on ``pymc_program(model)``.
    draws, tune, chains, progress
        For ``fit_mcmc``.

    Returns
    -------
    Comparison
        Its ``table``, ``checks`` and ``passed``.

    Raises
    ------
    ValueError
        If an argument is not valid, or the posterior is improper.
    """
    if isinstance(routes, str) or not routes:
        raise ValueError(f"routes must be a list with some of {', '.join(ROUTES)}; got {routes!r}")
    for route in routes:
        validation.one_of(route, ROUTES, "routes")
    validation.one_of(engine, ("nutpie", "pymc"), "engine")
    exact = fit_exact(model)
    not_applicable: dict[str, str] = {}
    ridge = map_estimate = None
    if "ridge" in routes:
        try:
            model.rows("ridge")
            _ = model.penalty
        except ValueError as error:
            not_applicable["ridge"] = str(error)
        else:
            ridge = fit_ridge(model)
    if "map" in routes:
        try:
            require_bounded_density(model, 0.0)
        except ValueError as error:
            not_applicable["map"] = str(error)
        else:
            map_estimate = fit_map(model, engine="scipy" if engine == "nutpie" else "pymc")
    return Comparison(
        model=model,
        exact=exact,
        ridge=ridge,
        map=map_estimate,
        mcmc=fit_mcmc(model, draws=draws, tune=tune, chains=chains, seed=seed, engine=engine, progress=progress)
        if "mcmc" in routes
        else None,
        not_applicable=not_applicable,
    )


class _Moments(NamedTuple):
    names: tuple[str, ...]
    mean: FloatArray
    sd: FloatArray
    kurtosis: FloatArray


def _parameter_vectors(model: LinearModel, tree: "xr.DataTree") -> FloatArray:
    """Return draws as rows of parameters, in the model's order."""
    draws = tree["posterior"].to_dataset().stack(sample=("chain", "draw"))
    scalars = {name: draws[name].to_numpy() for name in (INTERCEPT, *model.unknown_scales) if name in draws}
    coef = draws["coef"].transpose("sample", "feature").to_numpy()
    columns = [scalars[name] for name in model.unknown_scales]
    first = [scalars[INTERCEPT]] if model.intercept else []
    return np.column_stack([*first, coef, *columns])


def _log_likelihoods(model: LinearModel, points: FloatArray) -> tuple[FloatArray, float]:
    """Return the log likelihood at each point, and a bound on its rounding error.

    It is summed over the rows, or comes from the statistics where the rows are gone. Each row rounds by some eps of its
    log density, and by its slope times some eps of y and of the terms of the linear predictor.
    """
    few_eps = 16 * np.finfo(float).eps
    if model.X is None or model.y is None:
        values = np.array([model.log_likelihood(point) for point in points])
        return values, few_eps * float(np.abs(values).max() + model.statistics.n_rows)
    parts = [model.split(point) for point in points]
    intercepts, noise_sds = (np.array([getattr(each, name) for each in parts]) for name in ("intercept", NOISE_SD))
    coefs = np.array([each.coef for each in parts])
    eta, y = intercepts + model.X @ coefs.T, model.y[:, np.newaxis]
    weights = np.ones_like(y) if model.weights is None else model.weights[:, np.newaxis]
    densities = model.likelihood.log_density(y, eta, noise_sds, weights)
    slopes = np.abs(y - eta) * weights / noise_sds**2
    terms = np.abs(model.y) + np.abs(intercepts).max() + np.abs(model.X) @ np.abs(coefs).max(axis=0)
    rounding = np.abs(densities).sum(axis=0) + terms @ slopes
    return densities.sum(axis=0), few_eps * float(rounding.max())
