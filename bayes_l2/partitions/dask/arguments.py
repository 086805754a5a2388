"""The columns and chunks of a dask collection that a model needs."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_l2.arguments import words
from bayes_l2.partitions.dask.blocks import ArrayColumns, TableColumns
from bayes_l2.texts import listed, shown
from bayes_l2.validation import repeated


def table_columns(frame: Any, target: Any, features: Any, weights: Any) -> TableColumns:
    """Return the columns of a data frame that a model needs, or refuse them."""
    names = list(frame.columns)
    twice = repeated(map(str, names))
    if twice:
        raise ValueError(f"column names must be unique, got {listed(twice)} twice")
    for name, value in {"target": target, "weights": weights}.items():
        if value is not None or name == "target":
            require_column(value, names, name)
    if features is None:
        features = [name for name in names if name not in (target, weights)]
    features = words(features, "features", "a list of columns")
    for each in features:
        require_column(each, names, "features")
    levels: dict[Any, tuple[Any, ...]] = {}
    for each in features:
        dtype = frame.dtypes[each]
        if isinstance(dtype, pd.CategoricalDtype):
            if not frame[each].cat.known:
                raise ValueError(
                    f"the categories of column {str(each)!r} must be known; make them "
                    "so with .categorize(), or leave the column out of features"
                )
            levels[each] = tuple(frame[each].cat.categories)
        elif dtype.kind not in "biuf":
            raise ValueError(
                f"column {str(each)!r} must hold numbers or categories, got {dtype}; "
                f"make it one with .categorize({[each]!r}), or leave it out of features"
            )
    return TableColumns(tuple(features), levels, target, weights)


def require_column(value: Any, names: list[Any], role: str) -> None:
    """Refuse what is not the name of a column."""
    if not any(value is each or value == each for each in names):
        raise ValueError(
            f"{role} must be among the columns {listed(names)}, got {shown(value)}"
        )


def array_columns(array: Any, target: Any, features: Any, weights: Any) -> ArrayColumns:
    """Return the columns of an array that a model needs, or refuse them."""
    import dask.array as da

    if array.ndim != 2:
        raise ValueError(
            f"collection must have two dimensions (rows, columns), got {array.ndim}"
        )
    p = array.shape[1]
    if np.isnan(p):
        raise ValueError("collection must have a known number of columns")
    own = {"target": target, "weights": weights}
    numbers: dict[str, int | None] = {"target": None, "weights": None}
    for role, value in own.items():
        if isinstance(value, da.Array):
            if value.ndim != 1:
                raise ValueError(f"{role} must have one dimension, got {value.ndim}")
        elif value is not None or role == "target":
            numbers[role] = column_number(value, p, role)
    if features is None:
        features = [j for j in range(p) if j not in numbers.values()]
    features = words(features, "features", "a list of columns")
    features = tuple(column_number(each, p, "features") for each in features)
    return ArrayColumns(
        features, numbers["target"], numbers["weights"], weights is not None
    )


def column_number(value: Any, n_columns: int, role: str) -> int:
    """Return the number of a column, which counts from the last one if negative."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | np.integer)
        or not -n_columns <= value < n_columns
    ):
        raise ValueError(
            f"{role} must be the number of a column, from 0 to {n_columns - 1}, or a "
            f"dask.array.Array of one dimension, got {shown(value)}"
        )
    return int(value) % n_columns


def aligned(array: Any, target: Any, weights: Any) -> list[Any]:
    """Return the arrays of a model, in the same chunks of rows."""
    import dask.array as da

    rows = array.rechunk({1: -1})
    found = [rows]
    for role, value in {"target": target, "weights": weights}.items():
        if not isinstance(value, da.Array):
            continue
        if value.chunks[0] != rows.chunks[0]:
            known = not np.isnan([*value.shape, *rows.shape]).any()
            if known and len(value) != len(rows):
                raise ValueError(
                    f"{role} must have {len(rows)} entries, got {len(value)}"
                )
            if known:
                value = value.rechunk((rows.chunks[0],))
            elif value.numblocks[0] != rows.numblocks[0]:
                raise ValueError(
                    f"{role} must have the chunks of the rows, of which "
                    f"{rows.numblocks[0]} have unknown sizes, got {value.numblocks[0]} "
                    "chunks; find the sizes with .compute_chunk_sizes()"
                )
        found.append(value)
    return found
