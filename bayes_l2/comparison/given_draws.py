"""Draws that somebody else made, under the names of a model, so that they can be held against its posterior."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.model.layout import INTERCEPT, NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import xarray as xr


def own_draws(model: LinearModel, mcmc: Any) -> "xr.DataTree":
    """Return draws in the form of ``fit_mcmc``, or say what they lack.

    Parameters
    ----------
    model : LinearModel
        Whose posterior they are said to be from.
    mcmc : xarray.DataTree or mapping of str to array_like
        A tree with the group ``posterior``, as PyMC and ArviZ make it, or its arrays by name, their first two axes
        chains and draws. There must be ``coef`` and what else ``fit_mcmc`` gives of this model, but ``penalty``. Labels
        of features and classes, where there are any, are matched; without them the order counts.

    Returns
    -------
    xarray.DataTree
        The group ``posterior``.

    Raises
    ------
    ValueError
        If these are no draws, a name is missing, a shape or a label is another than the model's, names differ in chains
        or draws, an array without names has more chains than draws, or a draw is no finite number, or of a scale no
        positive one.
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
            f"mcmc must have draws of {', '.join(axes)}; {missing[0]} is missing from {', '.join(found) or 'nothing'}"
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
    named = isinstance(found["coef"], xr.DataArray) and {"chain", "draw"} <= set(
        found["coef"].dims
    )
    if chains > draws and not named:
        raise ValueError(
            f"the first axis of draws must be chains, the second draws; got {chains} chains of {draws} draws"
        )
    posterior = xr.Dataset(aligned)
    if model.has_random_penalty:
        scales = {NOISE_SD: model.likelihood.sd, PRIOR_SD: model.prior.sd}
        scales |= {name: posterior[name].to_numpy() for name in model.unknown_scales}
        values = model.penalty_at(scales[NOISE_SD], scales[PRIOR_SD])
        posterior = posterior.assign({PENALTY: (("chain", "draw"), values)})
    return xr.DataTree.from_dict({"posterior": posterior})


def _arrays(mcmc: Any) -> dict[str, Any]:
    """Return arrays by name, of a tree or of a mapping."""
    import xarray as xr

    if isinstance(mcmc, xr.DataTree):
        if "posterior" not in mcmc.children:
            groups = ", ".join(mcmc.children) or "none"
            raise ValueError(
                f"mcmc must have the group 'posterior', got the groups {groups}"
            )
        return {
            str(name): values for name, values in mcmc["posterior"].to_dataset().items()
        }
    if not isinstance(mcmc, Mapping):
        raise ValueError(
            f"mcmc must be an xarray.DataTree or a mapping of names to arrays, got {type(mcmc).__name__}"
        )
    return {str(name): values for name, values in mcmc.items()}


def _aligned(name: str, values: Any, labels: dict[str, list[Any]]) -> "xr.DataArray":
    """Return draws of one name over chain, draw and the model's own axes."""
    import xarray as xr

    wanted = tuple(len(each) for each in labels.values())
    if not isinstance(values, xr.DataArray):
        if isinstance(values, np.ma.MaskedArray):
            raise ValueError(f"draws of {name} must not be masked")
        try:
            values = np.asarray(values)
        except ValueError:
            raise ValueError(
                f"draws of {name} must be an array, got rows of different lengths"
            ) from None
        values = xr.DataArray(
            values, dims=[f"axis_{number}" for number in range(values.ndim)]
        )
    elif {"chain", "draw"} <= set(values.dims):
        rest = [dim for dim in values.dims if dim not in ("chain", "draw")]
        values = values.transpose(
            "chain", "draw", *(labels if set(rest) == set(labels) else rest)
        )
    if (
        values.ndim != 2 + len(wanted)
        or values.shape[2:] != wanted
        or 0 in values.shape
    ):
        shape = ", ".join(["chains", "draws", *map(str, wanted)])
        raise ValueError(
            f"draws of {name} must have the shape ({shape}), got {values.shape}"
        )
    for dim, own in zip(values.dims[2:], labels.values(), strict=True):
        if dim not in values.coords:
            continue
        given, wanted_labels = [
            list(map(str, each)) for each in (values.coords[dim].to_numpy(), own)
        ]
        if sorted(given) == sorted(wanted_labels):
            values = values.isel({dim: [given.index(each) for each in wanted_labels]})
        elif given != list(
            map(str, range(len(own)))
        ):  # which is what an axis without labels gets
            raise ValueError(f"draws of {name} must have the labels {own}, got {given}")
    array = values.to_numpy()
    if array.dtype.kind not in "fiu":
        raise ValueError(f"draws of {name} must be numbers, got {array.dtype}")
    if not np.isfinite(array).all():
        raise ValueError(
            f"draws of {name} must be finite, got {array[~np.isfinite(array)][0]}"
        )
    if name not in ("coef", INTERCEPT) and np.min(array) <= 0:
        raise ValueError(f"draws of {name} must be positive, got {np.min(array)}")
    coords = {
        "chain": np.arange(array.shape[0]),
        "draw": np.arange(array.shape[1]),
        **labels,
    }
    return xr.DataArray(
        array.astype(float), dims=["chain", "draw", *labels], coords=coords
    )
