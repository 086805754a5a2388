"""All routes on one model, and the checks of their agreement."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from bayes_l2 import validation
from bayes_l2.comparison.approximate import ApproximateComparison
from bayes_l2.comparison.base import Comparison
from bayes_l2.comparison.exact import ExactComparison
from bayes_l2.comparison.given_draws import given_draws
from bayes_l2.fits.exact import fit_exact, without_exact
from bayes_l2.fits.laplace import LaplaceApproximation, fit_laplace
from bayes_l2.fits.map_estimate import fit_map
from bayes_l2.fits.mcmc import fit_mcmc, require_amount
from bayes_l2.fits.penalised import require_estimator
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import xarray as xr

ROUTES = ("penalised", "map", "exact", "mcmc")
SECOND_NAMES = {"ridge": "penalised"}


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
    """Fit a model by several routes, and check that they agree.

    They are held against the exact posterior, or against each other where there is
    none.

    Parameters
    ----------
    model : LinearModel
        The model.
    routes : sequence of str, default all
        Among "penalised", "map", "exact" and "mcmc". "ridge" is a second name of
        "penalised". The exact posterior is always computed, or the Laplace
        approximation where there is none and the log posterior is smooth.
    seed : int, optional
        Makes the draws repeatable.
    engine : {"nutpie", "pymc"}, default "nutpie"
        "nutpie" finds the MAP by scipy and samples by nutpie, both on
        ``model.log_posterior``. "pymc" does both by PyMC on ``pymc_program(model)``,
        except for the MAP of a log posterior with kinks.
    draws, tune, chains, progress
        For ``fit_mcmc``. They, the seed and the sampler's engine are not used where
        draws are given.
    mcmc : xarray.DataTree or mapping of str to array_like, optional
        Draws of your own, by any sampler and program, to be held against this model.
        They take the place of those of ``fit_mcmc``, whether or not "mcmc" is among
        the routes. There must be ``coef`` of shape (chains, draws, p), or (chains,
        draws, K, p) for K classes, with the model's feature names or in their order;
        ``intercept`` where there is one, and ``noise_sd`` and ``prior_sd`` where they
        are unknown, of shape (chains, draws). Intercepts of classes have the shape
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
    asked = [route_name(route, "routes") for route in routes]
    validation.one_of(engine, ("nutpie", "pymc"), "engine")
    require_amount(model, draws, tune, chains, seed)
    held = None if mcmc is None else given_draws(model, mcmc)
    found: dict[str, Any] = {"exact": without_exact(model)}
    if found["exact"]:
        found["laplace"] = _laplace(model)
    else:
        found["exact"] = fit_exact(model)
    if "penalised" in asked:
        found["penalised"] = _penalised(model)
    if "map" in asked:
        found["map"] = _map(model, engine)
    if held is None and "mcmc" in asked:
        held = fit_mcmc(
            model,
            draws=draws,
            tune=tune,
            chains=chains,
            seed=seed,
            engine=engine,
            progress=progress,
        )
    reasons = {name: each for name, each in found.items() if isinstance(each, str)}
    results: dict[str, Any] = found | dict.fromkeys(reasons) | {"mcmc": held}
    kind = ApproximateComparison if "exact" in reasons else ExactComparison
    return kind(model, not_applicable=reasons, **results)


def route_name(text: str, argument: str) -> str:
    """Return the name of a route, which may be given by its second name."""
    return validation.one_of(SECOND_NAMES.get(text, text), ROUTES, argument)


def _laplace(model: LinearModel) -> LaplaceApproximation | str:
    """Return the Laplace approximation, or the reason why there is none."""
    if not model.is_smooth:
        return "the log posterior has kinks: there is no Laplace approximation"
    try:
        return fit_laplace(model)
    except ArithmeticError as error:
        return str(error)


def _penalised(model: LinearModel) -> PointEstimate | str:
    """Return the penalised fit, or the reason why it does not apply."""
    try:
        model.require_rows("the penalised fit")
        fit = require_estimator(model)
    except ValueError as error:
        return str(error)
    return fit(model)


def _map(model: LinearModel, engine: str) -> PointEstimate | str:
    """Return the MAP estimate, or the reason why it does not apply."""
    try:
        model.propriety.require_bounded(0.0)
    except ValueError as error:
        return str(error)
    by_pymc = engine == "pymc" and model.is_smooth
    return fit_map(model, engine="pymc" if by_pymc else "scipy")
