"""Draws that somebody else made, under the names of a model."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.model.draws import penalty_of
from bayes_l2.model.layout import INTERCEPT, PENALTY
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import listed

if TYPE_CHECKING:
    import xarray as xr


def given_draws(model: LinearModel, mcmc: Any) -> "xr.DataTree":
    """Return draws in the form of ``fit_mcmc``, or say what is wrong with them.

    Parameters
    ----------
    model : LinearModel
        The model that the draws are for.
    mcmc : xarray.DataTree or mapping of str to array_like
        A tree with the group ``posterior``, as PyMC and ArviZ make it, or its arrays by
        name, their first two axes chains and draws. There must be all variables that
        ``fit_mcmc`` gives of this model, except ``penalty``. Labels of features and
        classes are matched where there are any; without them the order counts.

    Returns
    -------
    xarray.DataTree
        The group ``posterior``, and ``sample_stats`` with ``diverging`` where a tree
        had it. Its attribute ``given`` is True.

    Raises
    ------
    ValueError
        If ``mcmc`` is not of this form, a name is missing, a shape or a label differs
        from the model's, names differ in chains or draws, an array without names has
        more chains than draws, a draw is not a finite number, or a scale is not
        positive.
    """
    import xarray as xr

    found = _arrays(mcmc)
    lines = {"class": list(model.layout.classes)} if model.layout.classes else {}
    axes = {"coef": {**lines, "feature": list(model.feature_names)}}
    axes |= {INTERCEPT: lines} if model.intercept else {}
    axes |= {name: {} for name in model.unknown_scales}
    missing = [name for name in axes if name not in found]
    if missing:
        raise ValueError(
            f"mcmc must have draws of {', '.join(axes)}; {missing[0]} is missing from "
            f"{listed(found) or 'nothing'}"
        )
    aligned = {
        name: _aligned(name, found[name], labels) for name, labels in axes.items()
    }
    shapes = {name: values.shape[:2] for name, values in aligned.items()}
    if len(set(shapes.values())) > 1:
        raise ValueError(
            f"draws must have the same number of chains and draws each, got {shapes}"
        )
    chains, draws = aligned["coef"].shape[:2]
    if chains > draws and not _names_chains(found["coef"]):
        raise ValueError(
            "the first axis of draws must be chains, the second draws; "
            f"got {chains} chains of {draws} draws"
        )
    posterior = xr.Dataset(aligned)
    if model.has_random_penalty:
        scales = {name: posterior[name].to_numpy() for name in model.unknown_scales}
        values = penalty_of(model, scales)
        posterior = posterior.assign({PENALTY: (("chain", "draw"), values)})
    groups = {"/": xr.Dataset(attrs={"given": True}), "posterior": posterior}
    return xr.DataTree.from_dict(groups | _statistics(mcmc))


def _statistics(mcmc: Any) -> "dict[str, xr.Dataset]":
    """Return the group of the sampler's statistics: which transitions diverged."""
    import xarray as xr

    if not isinstance(mcmc, xr.DataTree) or "sample_stats" not in mcmc.children:
        return {}
    statistics = mcmc["sample_stats"].to_dataset()
    if "diverging" not in statistics:
        return {}
    return {"sample_stats": statistics[["diverging"]]}


def _arrays(mcmc: Any) -> dict[str, Any]:
    """Return the arrays of a tree or a mapping, by name."""
    import xarray as xr

    if isinstance(mcmc, xr.DataTree):
        if "posterior" not in mcmc.children:
            groups = listed(mcmc.children) or "none"
            raise ValueError(
                f"mcmc must have the group 'posterior', got the groups {groups}"
            )
        mcmc = mcmc["posterior"].to_dataset()
    if not isinstance(mcmc, Mapping):
        raise ValueError(
            "mcmc must be an xarray.DataTree or a mapping of names to arrays, "
            f"got {type(mcmc).__name__}"
        )
    return {str(name): values for name, values in mcmc.items()}


def _names_chains(values: Any) -> bool:
    """Return whether an array has axes that are named chain and draw."""
    return {"chain", "draw"} <= set(getattr(values, "dims", ()))


def _aligned(name: str, values: Any, labels: dict[str, list[Any]]) -> "xr.DataArray":
    """Return draws of one name over chain, draw and the model's own axes."""
    import xarray as xr

    wanted = tuple(len(each) for each in labels.values())
    values = _in_order(name, values, labels)
    as_wanted = values.ndim == 2 + len(wanted) and values.shape[2:] == wanted
    if not as_wanted or 0 in values.shape:
        shape = ", ".join(["chains", "draws", *map(str, wanted)])
        raise ValueError(
            f"draws of {name} must have the shape ({shape}), got {values.shape}"
        )
    for dim, own in zip(values.dims[2:], labels.values(), strict=True):
        if dim in values.coords:
            values = _relabelled(name, values, dim, own)
    array = values.to_numpy()
    if array.dtype.kind not in "fiu":
        raise ValueError(f"draws of {name} must be numbers, got {array.dtype}")
    finite = np.isfinite(array)
    if not finite.all():
        raise ValueError(f"draws of {name} must be finite, got {array[~finite][0]}")
    if name not in ("coef", INTERCEPT) and np.min(array) <= 0:
        raise ValueError(f"draws of {name} must be positive, got {np.min(array)}")
    numbers = {"chain": np.arange(len(array)), "draw": np.arange(array.shape[1])}
    return xr.DataArray(
        array.astype(float), dims=[*numbers, *labels], coords={**numbers, **labels}
    )


def _in_order(name: str, values: Any, labels: dict[str, list[Any]]) -> "xr.DataArray":
    """Return an array with chains and draws as its first axes."""
    import xarray as xr

    if not isinstance(values, xr.DataArray):
        if isinstance(values, np.ma.MaskedArray):
            raise ValueError(f"draws of {name} must not be masked")
        try:
            values = np.asarray(values)
        except ValueError:
            raise ValueError(
                f"draws of {name} must be an array, got rows of different lengths"
            ) from None
        return xr.DataArray(values, dims=[f"axis_{k}" for k in range(values.ndim)])
    if not _names_chains(values):
        return values
    rest = [dim for dim in values.dims if dim not in ("chain", "draw")]
    own = list(labels) if set(rest) == set(labels) else rest
    return values.transpose("chain", "draw", *own)


def _relabelled(
    name: str, values: "xr.DataArray", dim: Any, own: list[Any]
) -> "xr.DataArray":
    """Return draws with the labels of one axis in the model's order."""
    given, wanted = (list(map(str, each)) for each in (values[dim].to_numpy(), own))
    if sorted(given) == sorted(wanted):
        return values.isel({dim: [given.index(each) for each in wanted]})
    if given != [str(k) for k in range(len(own))]:  # ArviZ numbers an axis so
        raise ValueError(f"draws of {name} must have the labels {own}, got {given}")
    return values
