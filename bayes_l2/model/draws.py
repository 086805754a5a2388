"""Draws by the names of the model, in the form that ArviZ takes."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model.layout import INTERCEPT
from bayes_l2.model.linear_model import LinearModel

if TYPE_CHECKING:
    import xarray as xr


def validated_count(draws: int, chains: int) -> int:
    """Return how many draws there are in all, both numbers being valid."""
    return validation.natural_number(draws, "draws") * validation.natural_number(
        chains, "chains"
    )


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


def parameter_vectors(model: LinearModel, tree: "xr.DataTree") -> FloatArray:
    """Return draws as rows of parameters, in the model's order."""
    draws = tree["posterior"].to_dataset().stack(sample=("chain", "draw"))
    scalars = {
        name: draws[name].to_numpy()
        for name in (INTERCEPT, *model.unknown_scales)
        if name in draws
    }
    coef = draws["coef"].transpose("sample", "feature").to_numpy()
    columns = [scalars[name] for name in model.unknown_scales]
    first = [scalars[INTERCEPT]] if model.intercept else []
    return np.column_stack([*first, coef, *columns])
