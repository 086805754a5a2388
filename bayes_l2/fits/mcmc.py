"""Draws from the posterior by the No-U-Turn sampler (NUTS).

There are two engines: nutpie on this package's log posterior, and PyMC's own NUTS on
``pymc_program(model)``. They share no density.
"""

import os
import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.draws_of_nutpie import NO_DRAWS, named_tree
from bayes_l2.fits.search import thread_state
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.fast_density import fast_density
from bayes_l2.fits.search.near_noise import near_noise
from bayes_l2.fits.search.nutpie_parts import nutpie_parts
from bayes_l2.fits.search.progress import progress_bar
from bayes_l2.fits.search.quiet import quiet
from bayes_l2.model import pairs
from bayes_l2.model.draws import require_amount
from bayes_l2.model.layout import INTERCEPT, NOISE_SD, PENALTY
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.pymc.program import pymc_program
from bayes_l2.partitions.progress import is_watched

if TYPE_CHECKING:
    import xarray as xr

Engine = Literal["nutpie", "pymc"]
POLL_SECONDS = 0.01  # between two looks whether the sampler has ended
SLOPE_FOR_ZERO = 1e-3  # in coordinates of about unit curvature
PREDICT = "use compare(model).predict(X) for new rows"
EVIDENCE = "compare models by their log_evidence"


class Plan(NamedTuple):
    """The amount of sampling, and the groups to add to the draws."""

    draws: int
    tune: int
    chains: int
    seed: int | None
    progress: bool
    extras: list[str]


def fit_mcmc(
    model: LinearModel,
    *,
    draws: int = 1000,
    tune: int = 1000,
    chains: int = 4,
    seed: int | None = None,
    engine: Engine = "nutpie",
    posterior_predictive: bool = False,
    log_likelihood: bool = False,
    progress: bool | None = None,
) -> "xr.DataTree":
    """Sample the posterior by NUTS.

    Ctrl-C ends the sampling early: the draws so far are returned, with a warning.

    Parameters
    ----------
    model : LinearModel
        The model.
    draws, tune, chains : int
        Draws kept of each chain (1000), draws of each chain spent on adaptation before
        them (1000), and number of chains (4).
    seed : int, optional
        Makes the draws repeatable.
    engine : {"nutpie", "pymc"}, default "nutpie"
        "nutpie" samples ``model.log_posterior`` and compiles nothing. Under a Normal
        likelihood its cost does not depend on the number of rows. "pymc" runs PyMC's
        own NUTS on ``pymc_program(model)``: raw rows, and a density that PyMC wrote.
    posterior_predictive, log_likelihood : bool, default False
        Whether to add those groups, for posterior predictive checks and for
        ``arviz.loo``. They need the rows.
    progress : bool, optional
        Whether to show a progress bar; by default where a person is looking.

    Returns
    -------
    xarray.DataTree
        Groups ``posterior`` (``coef`` with the dimension ``feature``, ``intercept``
        where there is one, both with the dimension ``class`` for three or more,
        ``noise_sd``, ``prior_sd`` and ``penalty`` where they are unknown),
        ``sample_stats`` and, with the rows, ``observed_data``; labels are there as the
        model keeps them.

    Raises
    ------
    ValueError
        If an argument is not valid, the posterior is improper, or the rows are needed
        and gone.

    References
    ----------
    Hoffman and Gelman (2014), JMLR 15.
    """
    arguments.flag(posterior_predictive, "posterior_predictive")
    arguments.flag(log_likelihood, "log_likelihood")
    if progress is not None:
        arguments.flag(progress, "progress")
    arguments.instance(model, LinearModel, "model")
    validation.one_of(engine, tuple(ENGINES), "engine")
    require_amount(model, draws, tune, chains, seed)
    pairs.entry(
        dict.fromkeys(pairs.KNOWN_PAIRS),
        model.likelihood,
        model.prior,
        route="fit_mcmc",
        instead="sample its log posterior with a sampler of your own",
    )
    model.require_in_memory(
        "fit_mcmc",
        "NUTS over partitions is not built; use fit_map and fit_laplace, or a sample "
        "of the rows",
    )
    if engine == "pymc":
        model.require_rows("engine='pymc'", "use engine='nutpie'")
    if posterior_predictive:
        model.require_rows("posterior_predictive", PREDICT)
    if log_likelihood:
        model.require_rows("log_likelihood", EVIDENCE)
    model.propriety.require_proper()
    asked = {
        "posterior_predictive": posterior_predictive,
        "log_likelihood": log_likelihood,
    }
    plan = Plan(
        draws=draws,
        tune=tune,
        chains=chains,
        seed=seed,
        progress=is_watched() if progress is None else progress,
        extras=[name for name, wanted in asked.items() if wanted],
    )
    tree = ENGINES[engine](model, plan)
    drawn = tree["posterior"].sizes["draw"] * tree["posterior"].sizes["chain"]
    if drawn < draws * chains:
        warnings.warn(
            f"sampling was interrupted: {drawn} of {draws * chains} draws are returned",
            stacklevel=2,
        )
    return tree


def _sample_by_nutpie(model: LinearModel, plan: Plan) -> "xr.DataTree":
    from scipy.optimize import minimize

    from_pyfunc, sample = nutpie_parts()
    # the sampler works in the logarithms of unknown scales
    coordinates = FreeCoordinates(model, log_power=1)
    fast, size = fast_density(coordinates), coordinates.size
    location = slice(coordinates.n_location)  # over the scales modes are unbounded

    def loss(u: FloatArray) -> tuple[float, FloatArray]:
        whole = np.zeros(size)
        whole[location] = u
        value, gradient = fast(whole)
        return -value, -gradient[location]

    # Where the noise is small the posterior can be a million sds from zero, too far
    # for NUTS: start about a rough mode.
    mode = np.zeros(size)
    mode[location] = minimize(loss, mode[location], jac=True, method="L-BFGS-B").x
    jitter = np.full(size, 2.0)
    if NOISE_SD in model.unknown_scales:
        mode, jitter = near_noise(coordinates, mode, jitter)

    # a chain runs in one thread, from its start to its last draw
    def start(chain_seed: int) -> FloatArray:
        thread_state.hold()
        return mode + np.random.default_rng(chain_seed).uniform(-jitter, jitter)

    def density_and_gradient(u: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = fast(u)
        # nutpie takes a slope of 0, to which signs of residuals can sum, for an error.
        # Another slope will do, since the density alone accepts the draws.
        if not gradient.all():
            gradient[gradient == 0] = SLOPE_FOR_ZERO
        return value, gradient

    def make_expand(*_: Any) -> Callable[[FloatArray], dict[str, FloatArray]]:
        left = iter(range(plan.tune + plan.draws)[::-1])

        def expand(u: FloatArray) -> dict[str, FloatArray]:
            if not next(left, 0):
                thread_state.let_go()
            return {"u": u}

        return expand

    density = from_pyfunc(
        size,
        lambda: density_and_gradient,
        make_expand,
        [np.dtype("float64")],
        [(size,)],
        ["u"],
        make_initial_point_fn=start,
    )
    total = plan.chains * (plan.tune + plan.draws)
    with progress_bar(total, shown=plan.progress) as report:
        sampler = sample(
            density,
            draws=plan.draws,
            tune=plan.tune,
            chains=plan.chains,
            cores=1,  # a second thread only waits for Python's global lock
            seed=plan.seed,
            adaptation="low_rank",
            # a quarter more time than 0.8 for half as many effective draws again
            target_accept=0.9,
            progress_bar=False,
            progress_callback=report,
            blocking=False,
        )
        # ArviZ warns of chains of a few draws, after the last one
        try:
            while not _has_ended(sampler):
                time.sleep(POLL_SECONDS)
            with quiet():
                raw = sampler.wait()
        except KeyboardInterrupt:
            with quiet():
                raw = sampler.abort()
    return named_tree(coordinates, raw, plan.extras, plan.seed)


def _has_ended(sampler: Any) -> bool:
    """Return whether a sampler has ended; it may be too busy to say so."""
    try:
        return sampler.is_finished
    except TimeoutError:
        return False


def _sample_by_pymc(model: LinearModel, plan: Plan) -> "xr.DataTree":
    import pymc as pm
    import xarray as xr

    # one process at a time would go on after Ctrl-C
    cores = max(2, min(plan.chains, os.cpu_count() or 2))
    with pymc_program(model):
        try:
            tree = pm.sample(
                plan.draws,
                tune=plan.tune,
                chains=plan.chains,
                cores=cores,
                random_seed=plan.seed,
                nuts_sampler="pymc",
                progressbar=plan.progress,
                quiet=True,
                compute_convergence_checks=False,
            )
        except (ValueError, SystemError) as error:
            # PyMC's errors after a Ctrl-C before the first draw
            interrupted = isinstance(error.__cause__, KeyboardInterrupt)
            if interrupted or "Not enough samples" in str(error):
                raise KeyboardInterrupt(NO_DRAWS) from error
            raise
        if "log_likelihood" in plan.extras:
            tree = pm.compute_log_likelihood(tree, progressbar=False)
        if "posterior_predictive" in plan.extras:
            pm.sample_posterior_predictive(
                tree,
                random_seed=plan.seed,
                progressbar=False,
                extend_inferencedata=True,
            )
    names = ("posterior", "sample_stats", "observed_data", *plan.extras)
    groups = {name: tree[name].to_dataset() for name in names}
    for name in ("observed_data", "posterior_predictive"):
        if name in groups:
            groups[name] = groups[name].map(model.likelihood.from_pymc)
    named = ["coef", *([INTERCEPT] if model.intercept else []), *model.unknown_scales]
    named += [PENALTY] if model.has_random_penalty else []
    groups["posterior"] = groups["posterior"][named]
    return xr.DataTree.from_dict(groups)


ENGINES = {"nutpie": _sample_by_nutpie, "pymc": _sample_by_pymc}
