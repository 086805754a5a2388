"""All routes on one model, and the checks of their agreement."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from bayes_l2 import arguments, validation
from bayes_l2.comparison.approximate import ApproximateComparison
from bayes_l2.comparison.check import Failure
from bayes_l2.comparison.exact import ExactComparison
from bayes_l2.comparison.given_draws import given_draws
from bayes_l2.comparison.text.routes import ROUTES, route_name
from bayes_l2.estimators.implied.model_of import as_model
from bayes_l2.fits.exact import ExactPosterior, fit_exact, without_exact
from bayes_l2.fits.laplace import LaplaceApproximation, fit_laplace
from bayes_l2.fits.map_estimate import fit_map
from bayes_l2.fits.mcmc import fit_mcmc
from bayes_l2.fits.penalised import require_estimator
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model.draws import require_amount
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import xarray as xr

# the ways out where rows stay in partitions
MAP_INSTEAD = "the route map minimises the same objective"
NO_MCMC = "NUTS over partitions is not built; compare a sample of the rows too"
NO_GRADIENTS = "it needs a gradient for each draw; use a sample of the rows"


def compare(
    model: Any,
    X: Any = None,
    y: Any = None,
    *,
    noise_sd: float | None = None,
    sample_weight: Any = None,
    routes: Sequence[str] = ROUTES,
    seed: int | None = None,
    engine: Literal["nutpie", "pymc"] = "nutpie",
    draws: int = 1000,
    tune: int = 1000,
    chains: int = 4,
    progress: bool | None = None,
    mcmc: "xr.DataTree | Mapping[str, Any] | None" = None,
) -> ExactComparison | ApproximateComparison:
    """Fit a model by several routes, and check that they agree.

    They are compared with the exact posterior, or with each other where there is
    none. A route that ends in an error ends nothing else: the checks that need it have
    failed, and say why.

    Parameters
    ----------
    model : LinearModel or estimator
        The model, or a fitted estimator. ``compare(ridge, X, y)`` is short for
        ``compare(model_of(ridge, X, y))``: its first check is whether the estimator's
        coefficients are the MAP.
    X, y, noise_sd, sample_weight
        For ``model_of``, where an estimator is given.
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
        (chains, draws, K). Divergent transitions are counted where a tree has the
        group ``sample_stats`` with ``diverging``.

    Returns
    -------
    ExactComparison or ApproximateComparison
        Its ``table``, ``checks`` and ``passed``.

    Raises
    ------
    ValueError
        If an argument is not valid, or the posterior is improper.
    """
    if progress is not None:
        arguments.flag(progress, "progress")
    model = as_model(model, X, y, noise_sd=noise_sd, sample_weight=sample_weight)
    wanted = f"a list with some of {', '.join(ROUTES)}"
    asked = arguments.words(routes, "routes", wanted)
    asked = [route_name(each, "routes") for each in asked]
    validation.one_of(engine, ("nutpie", "pymc"), "engine")
    require_amount(model, draws, tune, chains, seed)
    if engine == "pymc" and ("map" in asked or ("mcmc" in asked and mcmc is None)):
        model.require_rows("engine='pymc'", "use engine='nutpie'")
    held = None
    if mcmc is not None:
        model.require_in_memory("mcmc=", NO_GRADIENTS)
        held = given_draws(model, mcmc)
    model.propriety.require_proper()
    found: dict[str, Any] = {"exact": _exact(model)}
    if isinstance(found["exact"], str):
        found["laplace"] = _laplace(model)
    if "penalised" in asked:
        found["penalised"] = _penalised(model)
    if "map" in asked:
        found["map"] = _map(model, engine)
    if held is not None:
        found["mcmc"] = held
    elif "mcmc" in asked:
        plan: dict[str, Any] = {"draws": draws, "tune": tune, "chains": chains}
        plan |= {"seed": seed, "engine": engine, "progress": progress}
        found["mcmc"] = _mcmc(model, plan)
    reasons = {name: each for name, each in found.items() if isinstance(each, str)}
    failed = {name: each for name, each in reasons.items() if isinstance(each, Failure)}
    results: dict[str, Any] = found | dict.fromkeys(reasons)
    results["failed"] = {name: str(each) for name, each in failed.items()}
    results["not_applicable"] = {
        name: each for name, each in reasons.items() if name not in failed
    }
    if "exact" in reasons:
        return ApproximateComparison(model, **results)
    return ExactComparison(model, **results)


def load(path: Any) -> ExactComparison | ApproximateComparison:
    """Return the comparison that ``Comparison.save`` wrote, without fitting again.

    ``Comparison.load`` is the same.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    ExactComparison or ApproximateComparison
        With the results that were saved: its table, checks and figure are the same.

    Raises
    ------
    ValueError
        If the file cannot be read, is no file of a comparison, or was written in
        another format.
    """
    from bayes_l2.comparison.storage.file import read

    parts, draws = read(arguments.path(path))
    if parts["exact"] is None:
        return ApproximateComparison(**parts, mcmc=draws)
    return ExactComparison(**parts, mcmc=draws)


def _attempt[T](
    fit: Callable[[], T], route: str, *, raised: tuple[type[Exception], ...] = ()
) -> T | Failure:
    """Return the result of a route, or its error as the reason of a failure."""
    try:
        return fit()
    except raised:
        raise
    # whatever a library raises: the checks of the route fail, and say so
    except Exception as error:
        words = " ".join(str(error).split()) or type(error).__name__
        return Failure(f"{route} failed: {words}")


def _exact(model: LinearModel) -> ExactPosterior | str:
    """Return the exact posterior, or the reason why there is none.

    A ValueError is about the model, and is raised.
    """
    missing = without_exact(model)
    if missing:
        return missing
    name = "the exact posterior"
    return _attempt(lambda: fit_exact(model), name, raised=(ValueError,))


def _laplace(model: LinearModel) -> LaplaceApproximation | str:
    """Return the Laplace approximation, or the reason why there is none."""
    if not model.is_smooth:
        return "the log posterior has kinks: there is no Laplace approximation"
    if model.unknown_scales:
        return "a scale is unknown: there is no Laplace approximation"
    return _attempt(lambda: fit_laplace(model), "the Laplace approximation")


def _penalised(model: LinearModel) -> PointEstimate | str:
    """Return the penalised fit, or the reason why there is none."""
    try:
        model.require_in_memory("the penalised fit", MAP_INSTEAD)
        fit = require_estimator(model)
    except ValueError as error:
        return str(error)
    return _attempt(lambda: fit(model), "the penalised fit")


def _map(model: LinearModel, engine: str) -> PointEstimate | str:
    """Return the MAP estimate, or the reason why there is none."""
    try:
        model.propriety.require_bounded(0.0)
    except ValueError as error:
        return str(error)
    by_pymc = engine == "pymc" and model.is_smooth
    name = "pymc" if by_pymc else "scipy"
    return _attempt(lambda: fit_map(model, engine=name), "the MAP search")


def _mcmc(model: LinearModel, plan: dict[str, Any]) -> "xr.DataTree | str":
    """Return draws, the reason why there are none, or the sampler's error.

    A ValueError is about the arguments.
    """
    try:
        model.require_in_memory("MCMC", NO_MCMC)
    except ValueError as error:
        return str(error)
    name = "the sampler"
    tree = _attempt(lambda: fit_mcmc(model, **plan), name, raised=(ValueError,))
    if not isinstance(tree, Failure):
        told = {name: each for name, each in plan.items() if each is not None}
        tree.attrs |= {name: told[name] for name in told if name != "progress"}
    return tree
