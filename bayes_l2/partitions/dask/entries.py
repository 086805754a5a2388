"""Entries of rows in memory, as numbers that are checked."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bayes_l2.arrays import FloatArray
from bayes_l2.partitions.batch import Batch, Place
from bayes_l2.texts import listed, shown


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
    """Raise an error that names the first number that is not finite."""
    X, y, weights, place = batch.X, batch.y, batch.weights, batch.place
    if not _is_finite(X):
        row, j = np.argwhere(~np.isfinite(X))[0]
        raise Fault(
            f"column {names[j]!r} must be finite, got {X[row, j]} in {place.row(row)}"
        )
    missing = pd.isna(y) if y.dtype.kind == "O" else None
    if missing is None and not _is_finite(y):
        missing = ~np.isfinite(y)
    if missing is not None and missing.any():
        row = int(np.argmax(missing))
        raise Fault(
            f"the target {target!r} must be finite, got {y[row]} in {place.row(row)}"
        )
    if weights is not None and not (_is_finite(weights) and weights.min() >= 0):
        row = int(np.argmin(np.isfinite(weights) & (weights >= 0)))
        raise Fault(
            f"weights must be finite and not negative, got {weights[row]} in "
            f"{place.row(row)}"
        )


def _is_finite(array: npt.NDArray[Any]) -> bool:
    """Return whether all numbers are finite; what is no number counts as finite."""
    if array.dtype.kind not in "fc":
        return True
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum()):  # NaN and infinity survive a sum, one quick pass
            return True
    return bool(np.isfinite(array).all())
