"""All routes side by side on one model, and the checks of what theory says must agree."""

from collections.abc import Sequence
from typing import Literal

from bayes_l2 import validation
from bayes_l2.comparisons.approximate import ApproximateComparison
from bayes_l2.comparisons.base import Comparison
from bayes_l2.comparisons.exact import ExactComparison
from bayes_l2.fits.exact import fit_exact, without_exact
from bayes_l2.fits.laplace import fit_laplace
from bayes_l2.fits.map_estimate import fit_map
from bayes_l2.fits.mcmc import fit_mcmc
from bayes_l2.fits.penalised import fit_ridge, require_estimator
from bayes_l2.model import LinearModel
from bayes_l2.propriety import require_bounded_density

ROUTES = ("ridge", "map", "exact", "mcmc")


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
    """Fit a model by several routes and hold them against the exact posterior, or each other where there is none.

    Parameters
    ----------
    model : LinearModel
        The model.
    routes : sequence of str, default all
        Among "ridge" (the penalised fit of whatever loss and penalty), "map", "exact" and "mcmc". The exact posterior
        is always computed, or the Laplace approximation where there is none and the log posterior is smooth.
    seed : int, optional
        Makes the draws repeatable.
    engine : {"nutpie", "pymc"}, default "nutpie"
        "nutpie" finds the MAP by scipy and samples by nutpie, both on ``model.log_posterior``; "pymc" does both by
        PyMC on ``pymc_program(model)``.
    draws, tune, chains, progress
        For ``fit_mcmc``.

    Returns
    -------
    ExactComparison or ApproximateComparison
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
    conjugate = not without_exact(model)
    exact = fit_exact(model) if conjugate else None
    laplace = None if conjugate or not model.is_smooth else fit_laplace(model)
    not_applicable: dict[str, str] = {}
    penalised = map_estimate = None
    if "ridge" in routes:
        try:
            model.rows("ridge")
            estimator = require_estimator(model)
        except ValueError as error:
            not_applicable["ridge"] = str(error)
        else:
            penalised = (fit_ridge if conjugate else estimator)(model)
    if "map" in routes:
        try:
            require_bounded_density(model, 0.0)
        except ValueError as error:
            not_applicable["map"] = str(error)
        else:
            map_estimate = fit_map(model, engine="scipy" if engine == "nutpie" or not model.is_smooth else "pymc")
    mcmc = None
    if "mcmc" in routes:
        mcmc = fit_mcmc(model, draws=draws, tune=tune, chains=chains, seed=seed, engine=engine, progress=progress)
    if exact is not None:
        return ExactComparison(model, exact, penalised, map_estimate, mcmc, None, not_applicable)
    return ApproximateComparison(model, None, penalised, map_estimate, mcmc, laplace, not_applicable)
