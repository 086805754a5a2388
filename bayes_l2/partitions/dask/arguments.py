"""The columns and chunks of a dask collection that a model needs."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_l2.arguments import words
from bayes_l2.kinds import is_whole
from bayes_l2.partitions.dask.blocks import ArrayColumns, TableColumns
from bayes_l2.texts import listed, shown
from bayes_l2.validation import repeated

NUMBERS = "biuf"  # the kinds of types that hold real numbers


def table_columns(frame: Any, target: Any, features: Any, weights: Any) -> TableColumns:
    """Return the columns of a data frame that a model needs, or refuse them."""
    names = list(frame.columns)
    twice = repeated(map(str, names))
    if twice:
        raise ValueError(
            f"column names must be unique, got {listed(twice)} more than once"
        )
    require_column(target, names, "target")
    if weights is not None:
        require_column(weights, names, "weights")
        kind = frame.dtypes[weights]
        if kind.kind not in NUMBERS:
            raise ValueError(
                f"weights must hold numbers, got column {str(weights)!r} of {kind}"
            )
    others = (target,) if weights is None else (target, weights)
    if features is None:
        features = [name for name in names if name not in others]
    chosen = words(features, "features", "a list of columns")
    for each in chosen:
        require_column(each, names, "features")
    require_apart(chosen, others)
    levels: dict[Any, tuple[Any, ...]] = {}
    for each in chosen:
        kind, name = frame.dtypes[each], str(each)
        if isinstance(kind, pd.CategoricalDtype):
            if not frame[each].cat.known:
                raise ValueError(
                    f"the categories of column {name!r} must be known; "
                    f".categorize([{name!r}]) of the data frame finds them, or leave "
                    "it out of features"
                )
            levels[each] = tuple(frame[each].cat.categories)
        elif kind.kind not in NUMBERS:
            raise ValueError(
                f"column {name!r} must hold numbers or categories, got {kind}; "
                f".categorize([{name!r}]) of the data frame makes categories, or leave "
                "it out of features"
            )
    return TableColumns(tuple(chosen), levels, target, weights)


def require_apart(features: list[Any], others: tuple[Any, ...]) -> None:
    """Refuse features of which one stands there twice, or is the target or weights."""
    twice = repeated(map(str, features))
    if twice:
        raise ValueError(
            f"features must not hold a column more than once, got {listed(twice)}"
        )
    shared = [each for each in features if each in others]
    if shared:
        raise ValueError(
            f"features must not hold the target or the weights, got {listed(shared)}"
        )


def require_column(value: Any, names: list[Any], role: str) -> None:
    """Refuse what is not the name of a column."""
    try:
        known = value in set(names)
    except TypeError:  # arrays and lists have no hash, and are no names
        known = False
    if not known:
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
        raise ValueError(
            "collection must have a known number of columns; .compute_chunk_sizes() "
            "finds it"
        )
    if array.dtype.kind not in NUMBERS + "O":
        raise ValueError(f"collection must hold numbers, got {array.dtype}")
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
    chosen = words(features, "features", "a list of columns")
    chosen = [column_number(each, p, "features") for each in chosen]
    require_apart(chosen, tuple(numbers.values()))
    return ArrayColumns(
        tuple(chosen), numbers["target"], numbers["weights"], weights is not None
    )


def column_number(value: Any, n_columns: int, role: str) -> int:
    """Return the number of a column, which counts from the last one if negative."""
    if not is_whole(value) or not -n_columns <= value < n_columns:
        or_array = (
            "" if role == "features" else ", or a dask.array.Array of one dimension"
        )
        raise ValueError(
            f"{role} must be the number of a column, from {-n_columns} to "
            f"{n_columns - 1}{or_array}, got {shown(value)}"
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
                    f"{role} must have the chunks of the rows: {rows.numblocks[0]} of "
                    f"unknown sizes, got {value.numblocks[0]}; .compute_chunk_sizes() "
                    "finds the sizes"
                )
        found.append(value)
    return found
