"""Draws under the names of a model, in the form that ArviZ takes.

The group ``posterior`` has ``coef``, ``intercept`` where there is one, the unknown
scales, and ``penalty`` where it depends on them.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model.layout import INTERCEPT, NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import xarray as xr


def validated_count(draws: int, chains: int) -> int:
    """Return the number of draws of all chains, if both numbers are valid."""
    per_chain = validation.natural_number(draws, "draws")
    return per_chain * validation.natural_number(chains, "chains")


def named_posterior(model: LinearModel, parameters: FloatArray) -> "xr.Dataset":
    """Return draws of the parameter vector by the names of the model.

    Parameters
    ----------
    model : LinearModel
        The model.
    parameters : ndarray of shape (chains, draws, d)
        Draws, in the order of ``model.parameter_names``.

    Returns
    -------
    xarray.Dataset
        Variables with the dimensions chain and draw.
    """
    import xarray as xr

    n_location, classes = len(model.layout.names), model.layout.classes
    dims = ("chain", "draw")
    by_class = ("class",) if classes else ()
    coords: dict[str, Any] = {
        "chain": np.arange(parameters.shape[0]),
        "draw": np.arange(parameters.shape[1]),
        "feature": list(model.feature_names),
    }
    coords |= {"class": list(classes)} if classes else {}
    intercept, coef = model.layout.squeezed(
        *model.layout.split(parameters[..., :n_location])
    )
    variables: dict[str, Any] = {"coef": ((*dims, *by_class, "feature"), coef)}
    if model.intercept:
        variables[INTERCEPT] = ((*dims, *by_class), intercept)
    scales = dict(
        zip(
            model.unknown_scales,
            np.moveaxis(parameters, -1, 0)[n_location:],
            strict=True,
        )
    )
    variables |= {name: (dims, values) for name, values in scales.items()}
    if model.has_random_penalty:
        variables[PENALTY] = (dims, penalty_of(model, scales))
    return xr.Dataset(variables, coords=coords)


def penalty_of(model: LinearModel, scales: dict[str, FloatArray]) -> FloatArray:
    """Return the penalty of draws of the unknown scales, by name."""
    noise_sd = scales.get(NOISE_SD, model.likelihood.sd)
    return model.penalty_at(noise_sd, scales.get(PRIOR_SD, model.prior.sd))


def parameter_vectors(model: LinearModel, tree: "xr.DataTree") -> FloatArray:
    """Return draws as rows of parameters, in the model's order."""
    draws = tree["posterior"].to_dataset().stack(sample=("chain", "draw"))
    names = [*[INTERCEPT] * model.intercept, *model.unknown_scales]
    found = {name: draws[name].to_numpy() for name in names}
    coef = draws["coef"].transpose("sample", "feature").to_numpy()
    first = [found[INTERCEPT]] if model.intercept else []
    return np.column_stack([*first, coef, *(found[n] for n in model.unknown_scales)])


def as_datatree(
    names: tuple[str, ...],
    values: FloatArray,
    scalars: dict[str, FloatArray],
    chains: int,
) -> "xr.DataTree":
    """Return draws as a DataTree.

    Parameters
    ----------
    names : tuple of str
        Those of the columns of ``values``: features, after "intercept" where there is one.
    values : ndarray of shape (n, d)
        One draw a row.
    scalars : dict of ndarray of shape (n,)
        Other variables by name.
    chains : int
        How many chains to deal the draws to; it divides n.

    Returns
    -------
    xarray.DataTree
        The group ``posterior``.
    """
    import xarray as xr

    first = int(names[0] == INTERCEPT)
    columns = {INTERCEPT: values[:, 0]} if first else {}
    shape = (chains, len(values) // chains)
    variables: dict[str, Any] = {
        name: (("chain", "draw"), column.reshape(shape))
        for name, column in (columns | scalars).items()
    }
    variables["coef"] = (
        ("chain", "draw", "feature"),
        values[:, first:].reshape(*shape, -1),
    )
    coords = {
        "chain": np.arange(chains),
        "draw": np.arange(shape[1]),
        "feature": list(names[first:]),
    }
    return xr.DataTree.from_dict({"posterior": xr.Dataset(variables, coords=coords)})
