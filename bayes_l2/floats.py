"""Arrays of finite floats from tables, arrays and lists."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.texts import shown


def from_arrow(values: Any) -> Any:
    """Return values, or the pandas table or column of a table or an array of Arrow."""
    return values.to_pandas() if hasattr(values, "to_pylist") else values


def column_names(X: Any) -> tuple[str, ...] | None:
    """Return the column names of a DataFrame as strings, or None for anything else."""
    if is_lazy(X):
        return None
    columns = getattr(from_arrow(X), "columns", None)
    return None if columns is None else tuple(str(column) for column in columns)


def is_lazy(values: Any) -> bool:
    """Return whether a value is a lazy frame, whose rows are not there yet."""
    return hasattr(type(values), "collect_schema") and not hasattr(values, "shape")


def floats(values: Any, name: str) -> FloatArray:
    """Return an array of any shape as floats, or raise an error that shows a value."""
    values = from_arrow(values)
    if is_lazy(values):
        raise ValueError(
            f"{name} must hold numbers, got a {type(values).__name__}, which has no "
            f"rows yet; pass {name}.collect()"
        )
    if hasattr(values, "toarray"):
        raise ValueError(
            f"{name} must be dense, got a sparse {type(values).__name__}; "
            f"pass {name}.toarray()"
        )
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(
            f"{name} must not be a masked array; pass {name}.compressed() or fill it"
        )
    if values is None or isinstance(values, type):
        raise ValueError(f"{name} must hold numbers, got {shown(values)}")
    try:
        array = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    except (TypeError, ValueError):
        if not isinstance(values, Sequence | np.ndarray):  # refuses to be an array
            raise ValueError(f"{name} must hold numbers, got {shown(values)}") from None
        raise ValueError(
            f"{name} must hold numbers in rows of one length, "
            "got rows of several lengths"
        ) from None
    if array.dtype.kind in "biuf":
        with np.errstate(over="ignore"):  # of a wider type: infinity is refused later
            return array.astype(np.float64, copy=False)
    _refuse_text(values, array, name)
    if array.dtype.kind != "O":
        raise ValueError(
            f"{name} must hold real numbers, got values of type {array.dtype}"
            + (": Complex data not supported" if array.dtype.kind == "c" else "")
        )
    if isinstance(values, dict):
        refusal = TypeError if name == "X" else ValueError
        raise refusal(
            f"{name} must hold numbers: float() argument must be a string or a real "
            f"number, not 'dict', got {shown(values)}"
        )
    try:
        with np.errstate(over="ignore"):
            return array.astype(np.float64)  # numbers and missing values in one table
    except (TypeError, ValueError, OverflowError):
        place, value = next(each for each in np.ndenumerate(array) if _is_odd(each[1]))
    wanted = f"{name} must hold numbers: float() argument must be a string or a real"
    where = f"got {shown(value)} in {place_of(place, None)}"
    if isinstance(value, int):
        raise ValueError(f"{name} must be finite, {where}")
    raise ValueError(f"{wanted} number, not {type(value).__name__!r}, {where}")


def _is_odd(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError, OverflowError):
        return True
    return False


def _refuse_text(values: Any, array: npt.NDArray[Any], name: str) -> None:
    for index, value in np.ndenumerate(array):
        if isinstance(value, str):
            raise ValueError(
                f"{name} must hold numbers, got the text {shown(str(value))} "
                f"in {place_of(index, column_names(values))}"
            )


def require_finite(
    array: FloatArray, name: str, columns: tuple[str, ...] | None
) -> None:
    """Raise an error that names the first entry that is not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = array.sum()
    if np.isfinite(total):  # NaN and infinity survive a sum, which is one quick pass
        return
    bad = np.argwhere(~np.isfinite(array))
    if len(bad) > 0:  # finite numbers can have an infinite sum
        place = place_of(bad[0], columns)
        value = array[tuple(bad[0])]
        kind = "NaN" if np.isnan(value) else "infinity"
        raise ValueError(
            f"{name} must be finite, got {value} in {place}: Input {name} contains "
            f"{kind}"
        )


def place_of(index: Sequence[int], columns: tuple[str, ...] | None) -> str:
    """Return the place of an entry in words."""
    if not len(index):
        return "its one value"
    place = f"row {index[0]}"
    if len(index) == 2:
        column = shown(columns[index[1]]) if columns else str(index[1])
        place += f", column {column}"
    return f"{place} (counting from 0)"
