"""Draws from the posterior by the No-U-Turn sampler, with either of two samplers on either of two densities."""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.model import likelihoods
from bayes_l2.model.layout import INTERCEPT, NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.propriety import require_proper
from bayes_l2.model.pymc_program import pymc_program

if TYPE_CHECKING:
    import xarray as xr

Engine = Literal["nutpie", "pymc"]
SLOPE_FOR_ZERO = 1e-3  # in coordinates of about unit curvature
NO_DRAWS = "interrupted before the first draw after tuning"


class Plan(NamedTuple):
    """How much to sample, and what to add to the draws."""

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
        Draws kept of each chain (1000), draws spent on adaptation before them (1000), and number of chains (4).
    seed : int, optional
        Makes the draws repeatable.
    engine : {"nutpie", "pymc"}, default "nutpie"
        "nutpie" samples ``model.log_posterior`` and compiles nothing; under a Normal likelihood its cost does not
        depend on the number of rows. "pymc" runs PyMC's own NUTS on ``pymc_program(model)``: raw rows, and a density
        that PyMC wrote.
    posterior_predictive, log_likelihood : bool, default False
        Whether to add those groups, for posterior predictive checks and for ``arviz.loo``. They need the rows.
    progress : bool, optional
        Whether to show a progress bar; by default where a person is looking.

    Returns
    -------
    xarray.DataTree
        Groups ``posterior`` (``coef`` with the dimension ``feature``, ``intercept`` where there is one, both with the
        dimension ``class`` for three or more, ``noise_sd``, ``prior_sd`` and ``penalty`` where they are unknown),
        ``sample_stats`` and, where the rows are at hand, ``observed_data``; labels are there as the model keeps them.

    Raises
    ------
    ValueError
        If an argument is not valid, the posterior is improper, or the rows are needed and gone.

    References
    ----------
    Hoffman and Gelman (2014), JMLR 15.
    """
    validation.one_of(engine, ("nutpie", "pymc"), "engine")
    for name, count in (("draws", draws), ("tune", tune), ("chains", chains)):
        validation.natural_number(count, name)
    if seed is not None:
        validation.natural_number(seed, "seed", at_least=0)
    require_proper(model)
    if posterior_predictive or log_likelihood:
        model.rows("posterior_predictive or log_likelihood")
    asked = {
        "posterior_predictive": posterior_predictive,
        "log_likelihood": log_likelihood,
    }
    plan = Plan(
        draws=draws,
        tune=tune,
        chains=chains,
        seed=seed,
        progress=_is_watched() if progress is None else progress,
        extras=[name for name, wanted in asked.items() if wanted],
    )
    tree = (_sample_by_nutpie if engine == "nutpie" else _sample_by_pymc)(model, plan)
    drawn = tree["posterior"].sizes["draw"] * tree["posterior"].sizes["chain"]
    if drawn < draws * chains:
        warnings.warn(
            f"sampling was interrupted: {drawn} of {draws * chains} draws are returned",
            stacklevel=2,
        )
    return tree


def _sample_by_nutpie(model: LinearModel, plan: Plan) -> "xr.DataTree":
    import nutpie
    from nutpie.compiled_pyfunc import from_pyfunc
    from scipy.optimize import minimize

    coordinates = FreeCoordinates(
        model, log_power=1
    )  # the sampler works in the logarithms of unknown scales

    free = slice(
        coordinates.size - len(model.unknown_scales)
    )  # all but the scales, over which modes are unbounded

    def loss(u: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = coordinates.log_density_and_gradient(
            np.append(u, np.zeros(len(model.unknown_scales)))
        )
        return -value, -gradient[free]

    # Where the noise is small the posterior can be a million sds from zero, too far for NUTS: start about a rough mode.
    mode = np.zeros(coordinates.size)
    mode[free] = minimize(loss, mode[free], jac=True, method="L-BFGS-B").x

    def start(chain_seed: int) -> FloatArray:
        return mode + np.random.default_rng(chain_seed).uniform(-2, 2, len(mode))

    def density_and_gradient(u: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = coordinates.log_density_and_gradient(u)
        # nutpie takes a slope of 0, which signs of residuals can sum to, for an error; any other will do, since the
        # draws are accepted by the density alone
        return value, np.where(gradient == 0, SLOPE_FOR_ZERO, gradient)

    def make_expand(*_: Any) -> Callable[[FloatArray], dict[str, FloatArray]]:
        return lambda u: {"parameters": coordinates.parameters(u)}

    density = from_pyfunc(
        coordinates.size,
        lambda: density_and_gradient,
        make_expand,
        [np.dtype("float64")],
        [(coordinates.size,)],
        ["parameters"],
        make_initial_point_fn=start,
    )
    with _progress_bar(plan) as report:
        sampler = nutpie.sample(
            density,
            draws=plan.draws,
            tune=plan.tune,
            chains=plan.chains,
            cores=1,  # the density holds Python's global lock: a second thread makes it slower
            seed=plan.seed,
            adaptation="low_rank",
            target_accept=0.9,  # a quarter more time than 0.8 for half as many effective draws again
            progress_bar=False,
            progress_callback=report,
            blocking=False,
        )
        with warnings.catch_warnings(
            action="ignore"
        ):  # ArviZ wonders at chains of a few draws
            try:
                raw = sampler.wait()
            except KeyboardInterrupt:
                raw = sampler.abort()
    return _named_tree(model, raw, plan)


def _named_tree(model: LinearModel, raw: "xr.DataTree", plan: Plan) -> "xr.DataTree":
    """Return nutpie's draws by the names of the model, with what else was asked for."""
    import xarray as xr

    parameters = raw["posterior"]["parameters"].to_numpy()
    chain, draw = _longest_block(np.isfinite(parameters[..., 0]).sum(axis=1))
    if draw == 0:
        raise KeyboardInterrupt(NO_DRAWS)
    parameters = parameters[chain, :draw]
    axes = {"chain": np.arange(len(chain)), "draw": np.arange(draw)}
    dims = tuple(axes)

    n_location, lines = (
        len(model.layout.names),
        ("class",) if model.layout.classes else (),
    )
    coords = {**axes, "feature": list(model.feature_names)}
    intercept, coef = model.layout.split(parameters[..., :n_location])
    posterior = xr.Dataset({"coef": ((*dims, *lines, "feature"), coef)}, coords=coords)
    if model.intercept:
        posterior[INTERCEPT] = ((*dims, *lines), intercept)
    if lines:
        posterior = posterior.assign_coords({"class": list(model.layout.classes)})
    scales = {
        name: parameters[..., n_location + k]
        for k, name in enumerate(model.unknown_scales)
    }
    posterior = posterior.assign(
        {name: (dims, values) for name, values in scales.items()}
    )
    noise_sd = scales.get(NOISE_SD, model.likelihood.sd)
    if model.has_random_penalty:
        posterior[PENALTY] = (
            dims,
            model.penalty_at(noise_sd, scales.get(PRIOR_SD, model.prior.sd)),
        )
    statistics = (
        raw["sample_stats"]
        .to_dataset()
        .isel(chain=chain, draw=slice(draw))
        .assign_coords(axes)
    )
    texts = [str(name) for name, values in statistics.items() if values.dtype == object]
    groups: dict[str, xr.Dataset] = {
        "posterior": posterior,
        "sample_stats": statistics.drop_vars(texts),
    }
    if model.X is not None and model.y is not None:
        rows = {"obs": np.arange(len(model.y))}
        groups["observed_data"] = xr.Dataset({"y": (("obs",), model.y)}, coords=rows)
        row_sd = None if noise_sd is None else np.asarray(noise_sd)[..., np.newaxis]
        for name in plan.extras:
            eta = (
                np.asarray(intercept)[..., np.newaxis] + coef @ model.X.T
            )  # (..., n), or (..., K, n)
            eta = np.moveaxis(eta, -1, -2) if lines else eta
            if name == "log_likelihood":
                values = model.likelihood.log_density(
                    model.y, eta, row_sd, model.weights
                )
            else:
                values = model.likelihood.sample(
                    np.random.default_rng(plan.seed), eta, row_sd, model.weights
                )
            groups[name] = xr.Dataset(
                {"y": ((*dims, "obs"), values)}, coords={**axes, **rows}
            )
    return xr.DataTree.from_dict(groups)


def _longest_block(drawn: Any) -> tuple[Any, int]:
    """Return which chains to keep, and how many draws of each, so that most draws are kept."""
    order = np.argsort(-drawn, kind="stable")
    kept = (np.arange(len(drawn)) + 1) * drawn[order]
    count = int(np.argmax(kept)) + 1
    return np.sort(order[:count]), int(drawn[order[count - 1]])


def _sample_by_pymc(model: LinearModel, plan: Plan) -> "xr.DataTree":
    import pymc as pm
    import xarray as xr

    with pymc_program(model):
        try:
            tree = pm.sample(
                plan.draws,
                tune=plan.tune,
                chains=plan.chains,
                cores=max(
                    2, min(plan.chains, os.cpu_count() or 2)
                ),  # one process at a time would go on after Ctrl-C
                random_seed=plan.seed,
                nuts_sampler="pymc",
                progressbar=plan.progress,
                quiet=True,
                compute_convergence_checks=False,
            )
        except (
            ValueError,
            SystemError,
        ) as error:  # what PyMC makes of a Ctrl-C before the first draw
            if "Not enough samples" in str(error) or isinstance(
                error.__cause__, KeyboardInterrupt
            ):
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
    groups = {
        name: tree[name].to_dataset()
        for name in ("posterior", "sample_stats", "observed_data", *plan.extras)
    }
    if isinstance(model.likelihood, likelihoods.Bernoulli):  # labels are -1 and 1 here
        labels = [
            name for name in groups if name in ("observed_data", "posterior_predictive")
        ]
        groups |= {name: 2.0 * groups[name].astype(float) - 1.0 for name in labels}
    named = ["coef", *([INTERCEPT] if model.intercept else []), *model.unknown_scales]
    groups["posterior"] = groups["posterior"][
        [*named, *([PENALTY] if model.has_random_penalty else [])]
    ]
    return xr.DataTree.from_dict(groups)


def _is_watched() -> bool:
    from rich.console import Console

    console = Console(stderr=True)
    return console.is_terminal or console.is_jupyter


@contextmanager
def _progress_bar(plan: Plan) -> Iterator[Callable[[Any], None]]:
    """Show one bar over all chains on standard error, and yield the function that moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [
        TextColumn("sampling"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    ]
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        disable=not plan.progress,
    ) as bar:
        task = bar.add_task("sampling", total=plan.chains * (plan.tune + plan.draws))
        yield lambda chains: bar.update(
            task, completed=sum(chain.finished_draws for chain in chains)
        )
