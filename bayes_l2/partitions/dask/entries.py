"""Entries of rows in memory, as numbers that are checked."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bayes_l2.arrays import FloatArray
from bayes_l2.partitions.batch import Batch, Place, are_fit
from bayes_l2.texts import listed, shown
from bayes_l2.validation import LARGEST


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
    X, y, weights, place = batch.X, batch.y, batch.weights, batch.place
    if not are_fit(X):
        row, j = np.argwhere(~(np.abs(X) <= LARGEST))[0]
        raise _unfit(f"column {names[j]!r}", X[row, j], place.row(row))
    if y.dtype.kind == "O":
        fit = ~pd.isna(y)
    else:
        fit = y.dtype.kind != "f" or are_fit(y) or np.abs(y) <= LARGEST
    if not np.all(fit):
        row = int(np.argmin(fit))
        raise _unfit(f"column {target!r}", y[row], place.row(row))
    if weights is None:
        return
    if not are_fit(weights):
        row = int(np.argmin(np.abs(weights) <= LARGEST))
        raise _unfit("weights", weights[row], place.row(row))
    if weights.min() < 0:
        row = int(np.argmin(weights))
        raise Fault(
            f"weights must not be negative, got {weights[row]} in {place.row(row)}; "
            "leave such rows out"
        )


def _unfit(name: str, value: Any, where: str) -> Fault:
    if isinstance(value, float) and np.isfinite(value):
        return Fault(
            f"{name} must stay within ±{LARGEST:g}, got {value} in {where}; rescale it"
        )
    way_out = ", as by .dropna()" if pd.isna(value) else ""
    return Fault(
        f"{name} must be finite, got {value} in {where}; leave such rows out{way_out}"
    )
