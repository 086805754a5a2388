"""All routes side by side on one model, and the checks of what theory says must agree."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from bayes_l2 import validation
from bayes_l2.comparison.approximate import ApproximateComparison
from bayes_l2.comparison.base import Comparison
from bayes_l2.comparison.exact import ExactComparison
from bayes_l2.comparison.given_draws import own_draws
from bayes_l2.fits.exact import fit_exact, without_exact
from bayes_l2.fits.laplace import fit_laplace
from bayes_l2.fits.map_estimate import fit_map
from bayes_l2.fits.mcmc import fit_mcmc
from bayes_l2.fits.penalised import require_estimator
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import xarray as xr

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
    mcmc: "xr.DataTree | Mapping[str, Any] | None" = None,
) -> Comparison:
    """Fit a model by several routes and hold them against the exact posterior, or each other where there is none.

    Parameters
    ----------
    model : LinearModel
        The model.
    routes : sequence of str, default all
        Among "ridge" (the penalised fit of whatever loss and penalty), "map", "exact" and "mcmc". The exact posterior
        is always computed, or the Laplace approximation where there is none and the log posterior is smooth. "ridge"
        has a second name, "penalised".
    seed : int, optional
        Makes the draws repeatable.
    engine : {"nutpie", "pymc"}, default "nutpie"
        "nutpie" finds the MAP by scipy and samples by nutpie, both on ``model.log_posterior``; "pymc" does both by
        PyMC on ``pymc_program(model)``, but for the MAP of a log posterior with kinks.
    draws, tune, chains, progress
        For ``fit_mcmc``; like seed and the engine's sampler of no use where draws are given.
    mcmc : xarray.DataTree or mapping of str to array_like, optional
        Draws of your own, by whatever sampler and program, to be held against this model in the place of those that
        ``fit_mcmc`` would make, whether or not "mcmc" is among the routes: ``coef`` of shape (chains, draws, p), or
        (chains, draws, K, p) for K classes, with the model's feature names or in their order; ``intercept`` where there
        is one, ``noise_sd`` and ``prior_sd`` where they are unknown, of shape (chains, draws), intercepts of classes
        (chains, draws, K).

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
        raise ValueError(
            f"routes must be a list with some of {', '.join(ROUTES)}; got {routes!r}"
        )
    routes = [
        "ridge" if route == "penalised" else validation.one_of(route, ROUTES, "routes")
        for route in routes
    ]
    validation.one_of(engine, ("nutpie", "pymc"), "engine")
    held = None if mcmc is None else own_draws(model, mcmc)
    conjugate = not without_exact(model)
    exact = fit_exact(model) if conjugate else None
    not_applicable: dict[str, str] = (
        {} if conjugate else {"exact": without_exact(model)}
    )
    penalised = map_estimate = laplace = None
    if not conjugate and model.is_smooth:
        try:
            laplace = fit_laplace(model)
        except ArithmeticError as error:
            not_applicable["laplace"] = str(error)
    if "ridge" in routes:
        try:
            model.rows("ridge")
            estimator = require_estimator(model)
        except ValueError as error:
            not_applicable["ridge"] = str(error)
        else:
            penalised = estimator(model)
    if "map" in routes:
        try:
            model.propriety.require_bounded(0.0)
        except ValueError as error:
            not_applicable["map"] = str(error)
        else:
            map_estimate = fit_map(
                model,
                engine="scipy" if engine == "nutpie" or not model.is_smooth else "pymc",
            )
    if held is None and "mcmc" in routes:
        held = fit_mcmc(
            model,
            draws=draws,
            tune=tune,
            chains=chains,
            seed=seed,
            engine=engine,
            progress=progress,
        )
    found: Any = {
        "penalised": penalised,
        "map": map_estimate,
        "mcmc": held,
        "not_applicable": not_applicable,
    }
    if exact is not None:
        return ExactComparison(model, exact, **found)
    return ApproximateComparison(model, None, laplace=laplace, **found)
