"""The section of a report on how to make it again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bayes_l2.comparison.document.blocks import Block, Bullets, Code
from bayes_l2.comparison.document.circumstances import Circumstances, versions
from bayes_l2.comparison.document.documented import Documented

if TYPE_CHECKING:
    import xarray as xr

PLAN = ("seed", "draws", "tune", "chains", "engine")  # attributes of draws made here


def reproduction(comparison: Documented, told: Circumstances) -> list[Block]:
    """Return the command or the lines of Python, the versions and the seed."""
    lines = [f"Versions: {versions()}."]
    drawn = _of_draws(comparison.mcmc)
    seed = told.seed if told.seed is not None else drawn.get("seed")
    if comparison.mcmc is not None:
        if "given" in drawn:
            lines.append("The draws were given, and come from another program.")
        elif seed is None:
            lines.append("The sampler had no seed: other draws differ by chance.")
        else:
            lines.append(f"Seed of the sampler: {seed}.")
        sizes = comparison.mcmc["posterior"].sizes
        lines.append(f"Draws: {sizes['chain']} chains of {sizes['draw']} each.")
    return [Code(told.command or _in_python(comparison)), Bullets(lines)]


def _of_draws(tree: "xr.DataTree | None") -> Mapping[str, Any]:
    return {} if tree is None else {str(k): v for k, v in tree.attrs.items()}


def _in_python(comparison: Documented) -> str:
    """Return the lines of Python that make the comparison; X and y are the reader's."""
    model = comparison.model
    routes = [
        name
        for name in ("penalised", "map", "exact", "mcmc")
        if getattr(comparison, name) is not None
        or name in comparison.failed
        or name in comparison.not_applicable
    ]
    terms = f"likelihood={model.likelihood!r}, prior={model.prior!r}"
    intercept = "" if model.intercept else ", intercept=False"
    weights = "" if model.weights is None else ", weights=weights"
    made = f"LinearModel(X, y, {terms}{intercept}{weights})"
    if model.origin is not None:
        made = "model_of(estimator, X, y)"
    return (
        "from bayes_l2 import LinearModel, compare, likelihoods, model_of, priors\n\n"
        f"model = {made}\n"
        f"comparison = compare(model, routes={routes}{_how_drawn(comparison)})"
    )


def _how_drawn(comparison: Documented) -> str:
    """Return the arguments of ``compare`` that made the draws."""
    tree = comparison.mcmc
    if tree is None:
        return ""
    if "given" in tree.attrs:
        return ", mcmc=draws"
    plan = {name: tree.attrs[name] for name in PLAN if name in tree.attrs}
    return "".join(f", {name}={value!r}" for name, value in plan.items())
