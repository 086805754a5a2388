"""Entries of rows in memory, as numbers that are checked."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bayes_l2.arrays import FloatArray
from bayes_l2.partitions import faults
from bayes_l2.partitions.batch import Batch, Place
from bayes_l2.texts import listed, shown

DROPPED = ", as by .dropna()"


class Fault(ValueError):
    """Rows that are not valid, in one line that names their place."""


def numbers(values: Any, name: str, place: Place) -> FloatArray:
    """Return rows of a column or an array as floats, with NaN for a missing one."""
    kind = values.dtype.kind
    if isinstance(values, pd.Series):
        if kind in "biuf":
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        values = values.to_numpy(dtype=object)
    if not isinstance(values, np.ndarray) or isinstance(values, np.ma.MaskedArray):
        raise Fault(
            f"{name} must be in dense arrays, got a {type(values).__name__} in "
            f"{place.source}"
        )
    if kind in "biuf":
        return values.astype(np.float64, copy=False)
    found = np.empty(values.shape)
    for index, value in np.ndenumerate(values):
        try:
            text = isinstance(value, str)
            found[index] = np.nan if pd.isna(value) or text else float(value)
        except (TypeError, ValueError, OverflowError):
            text = True
        if text:
            raise Fault(
                f"{name} must hold numbers, got {shown(value)} in {place.row(index[0])}"
            )
    return found


def indicators(
    values: Any, levels: tuple[Any, ...], name: Any, place: Place
) -> FloatArray:
    """Return a column of 0 and 1 for each level of a categorical column."""
    codes = pd.Index(levels).get_indexer(pd.Index(values))
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        raise Fault(
            f"column {str(name)!r} must hold the levels {listed(levels)}, got "
            f"{shown(values.iloc[row])} in {place.row(row)}"
        )
    return (codes[:, np.newaxis] == np.arange(len(levels))).astype(np.float64)


def column_of_y(values: Any) -> npt.NDArray[Any]:
    """Return y of some rows: numbers, or labels of any type."""
    if not isinstance(values, pd.Series):
        return np.asarray(values)
    if values.dtype.kind in "iuf" and values.hasnans:
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    return values.to_numpy()


def require_valid(batch: Batch, names: tuple[str, ...], target: str) -> None:
    """Raise an error that names the first number that is not finite or beyond 1e150."""
    try:
        _require_valid(batch, names, target)
    except ValueError as error:
        raise Fault(str(error)) from None


def _require_valid(batch: Batch, names: tuple[str, ...], target: str) -> None:
    X, y, weights, place = batch.X, batch.y, batch.weights, batch.place
    faults.require_fit(X, [f"column {name!r}" for name in names], place, _dropped)
    if y.dtype.kind == "O":
        missing = np.asarray(pd.isna(y))
        if missing.any():
            row = int(np.argmax(missing))
            where = place.row(row)
            raise faults.unfit(f"column {target!r}", y[row], where, DROPPED)
    elif y.dtype.kind == "f":
        column = y[:, np.newaxis]
        faults.require_fit(column, [f"column {target!r}"], place, _dropped)
    if weights is not None:
        column = weights[:, np.newaxis]
        faults.require_fit(column, ["weights"], place, _dropped)
        faults.require_weights(weights, place)


def _dropped(_: int, value: float) -> str:
    """Return how rows are left out: dask drops those of NaN, not infinite ones."""
    return DROPPED if np.isnan(value) else ""
