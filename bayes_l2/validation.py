"""Checks of arguments: each returns a valid value or raises one ValueError.

The message names the argument, the value seen and the values allowed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.texts import shown

LARGEST = 1e150  # the square of a larger number overflows


def set_fields(record: object, **values: object) -> None:
    """Set fields of a frozen dataclass while it is made."""
    for name, value in values.items():
        object.__setattr__(record, name, value)


def positive_number(value: object, name: str) -> float:
    """Return ``value`` as a float if it is one positive number with a finite square."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"{name} must be one positive number, got {shown(value)}")
    try:
        number = float(value)
    except OverflowError:  # a whole number beyond all floats
        number = np.inf
    if not (np.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be positive and finite, got {number}")
    if not 1 / LARGEST <= number <= LARGEST:
        raise ValueError(
            f"{name} must be between {1 / LARGEST:g} and {LARGEST:g}, got {number}"
        )
    return number


def natural_number(
    value: object, name: str, *, at_least: int = 1, at_most: float = np.inf
) -> int:
    """Return ``value`` as an int if it is a whole number between two bounds."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | np.integer)
        or value < at_least
    ):
        raise ValueError(
            f"{name} must be a whole number of at least {at_least}, got {shown(value)}"
        )
    if value > at_most:
        raise ValueError(f"{name} must be at most {at_most}, got {shown(value)}")
    return int(value)


def one_of(value: object, allowed: Sequence[str], name: str) -> str:
    """Return ``value`` if it is one of the ``allowed`` words."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(
            f"{name} must be one of {', '.join(allowed)}; got {shown(value)}"
        )
    return value


def require_probability(value: object) -> None:
    """Raise an error unless ``value`` is one number strictly between 0 and 1."""
    if (
        isinstance(value, bool)
        or not isinstance(value, Real)
        or not 0 < float(value) < 1
    ):
        raise ValueError(f"probability must be between 0 and 1, got {shown(value)}")


def feature_names(names: Iterable[object], n_features: int) -> tuple[str, ...]:
    """Return the column names as strings, all different."""
    names = tuple(str(name) for name in names)
    if len(names) != n_features:
        raise ValueError(
            f"feature_names must have one name for each of the {n_features} columns "
            f"of X, got {len(names)}"
        )
    twice = repeated(names)
    if twice:
        shown = ", ".join(map(repr, twice))
        raise ValueError(f"column names must be unique, got {shown} more than once")
    return names


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that stand in a list more than once, sorted."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def require_free(names: tuple[str, ...], reserved: Iterable[str]) -> None:
    """Refuse a column name that the model uses itself."""
    for name in reserved:
        if name in names:
            raise ValueError(
                f"the column name {name!r} is taken by the model; rename that column"
            )


def matrix(X: Any, name: str = "X") -> FloatArray:
    """Return a feature matrix as finite floats, shape (n, p) with n, p >= 1.

    X may be a pandas or polars DataFrame, an array or nested lists.
    """
    values = _floats(X, name)
    if values.ndim != 2:
        raise ValueError(
            f"{name} must have two dimensions (rows, columns), "
            f"got {values.ndim} with shape {values.shape}"
        )
    if values.size == 0:
        raise ValueError(
            f"{name} must have at least one row and one column, "
            f"got shape {values.shape}"
        )
    _require_finite(values, name, column_names(X))
    return values


def column_names(X: Any) -> tuple[str, ...] | None:
    """Return the column names of a DataFrame as strings, or None for anything else."""
    columns = getattr(X, "columns", None)
    return None if columns is None else tuple(str(column) for column in columns)


def columns_of_fit(X: Any, names: tuple[str, ...]) -> FloatArray:
    """Return new features with the columns of a fit, in its order.

    An array has no column names: only the number of its columns is checked.
    """
    found = column_names(X)
    if found is not None and found != names:
        place = {name: j for j, name in enumerate(found)}
        missing = [name for name in names if name not in place]
        unknown, twice = set(found).difference(names), set(repeated(found))
        others = [name for name in found if name in unknown or name in twice]
        if missing or others:
            raise ValueError(
                f"X must have the columns {', '.join(names)}, each once; "
                f"missing: {', '.join(missing) or 'none'}; "
                f"unknown or repeated: {', '.join(others) or 'none'}"
            )
        X = X[[X.columns[place[name]] for name in names]]
    array = matrix(X)
    if array.shape[1] != len(names):
        raise ValueError(
            f"X must have {len(names)} columns ({', '.join(names)}), "
            f"got {array.shape[1]}"
        )
    return array


def vector(values: Any, name: str, *, length: int | None = None) -> FloatArray:
    """Return a one-dimensional array of finite floats, of the given length."""
    array = _floats(values, name)
    if array.ndim != 1:
        raise ValueError(
            f"{name} must have one dimension, got {array.ndim} with shape {array.shape}"
        )
    if length is not None and len(array) != length:
        raise ValueError(f"{name} must have {length} entries, got {len(array)}")
    _require_finite(array, name, None)
    return array


def two_classes(
    values: Any, name: str, row_weights: FloatArray | None, *, length: int
) -> tuple[FloatArray, tuple[Any, ...]]:
    """Return the labels of two classes as -1 and 1, and the classes in order.

    The order is that of a categorical column, else that of the labels. Rows of weight
    0 do not count.
    """
    array, classes, n_rows = _labels(values, name, row_weights, length)
    if len(classes) != 2:
        hint = ""
        if len(classes) > 2:
            many = 2 * len(classes) > n_rows
            way_out = (
                "is it a number?" if many else "likelihoods.Categorical() takes more"
            )
            hint = f"; {way_out}"
        raise ValueError(f"{name} must have two classes, got {_listed(classes)}{hint}")
    return np.where(array == classes[1], 1.0, -1.0), classes


def three_or_more_classes(
    values: Any, name: str, row_weights: FloatArray | None, *, length: int
) -> tuple[FloatArray, tuple[Any, ...]]:
    """Return the labels of K classes as 0 to K - 1, and the classes in order.

    The order is that of a categorical column, else that of the labels. Rows of weight
    0 do not count.
    """
    array, classes, n_rows = _labels(values, name, row_weights, length)
    shown = _listed(classes)
    if len(classes) < 3:
        hint = "; likelihoods.Bernoulli() takes two" if len(classes) == 2 else ""
        raise ValueError(f"{name} must have three or more classes, got {shown}{hint}")
    if len(classes) >= n_rows:
        raise ValueError(
            f"{name} must have fewer classes than the {n_rows} rows, got {shown}; "
            "is it a number?"
        )
    codes = {label: code for code, label in enumerate(classes)}
    numbers = [codes.get(label, 0) for label in array.tolist()]
    return np.array(numbers, dtype=float), classes


def _labels(
    values: Any, name: str, row_weights: FloatArray | None, length: int
) -> tuple[npt.NDArray[Any], tuple[Any, ...], int]:
    """Return the labels, their classes in order, and the number of rows that count."""
    array = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    if array.shape != (length,):
        raise ValueError(
            f"{name} must have {length} entries in one dimension, "
            f"got shape {array.shape}"
        )
    counted = np.full(length, True) if row_weights is None else row_weights > 0
    seen = array[counted].tolist()
    for row, value in zip(np.flatnonzero(counted), seen, strict=True):
        if value is None or value != value or value in (np.inf, -np.inf):
            raise ValueError(
                f"{name} must have a label in every row, "
                f"got {value} in row {row} (counting from 0)"
            )
    try:
        categories = getattr(getattr(values, "cat", None), "categories", None)
        order = None if categories is None else list(categories).index
        return array, tuple(sorted(set(seen), key=order)), len(seen)
    except TypeError:
        raise ValueError(
            f"{name} must have labels of one type, got {shown(seen[:5])}"
        ) from None


def _listed(classes: tuple[Any, ...]) -> str:
    more = ", ..." if len(classes) > 5 else ""
    return f"{len(classes)}: {', '.join(map(repr, classes[:5]))}{more}"


def weights(values: Any, *, length: int) -> FloatArray:
    """Return row weights: finite, none negative, at least one positive."""
    array = vector(values, "weights", length=length)
    if array.min() < 0:
        raise ValueError(
            f"weights must not be negative, got {array.min()} "
            f"in row {array.argmin()} (counting from 0)"
        )
    if array.max() == 0:
        raise ValueError("weights must not all be zero")
    return array


def covariance(cov: Any, name: str = "cov") -> FloatArray:
    """Return a symmetric positive definite matrix."""
    array = _floats(cov, name)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or array.size == 0:
        raise ValueError(f"{name} must be a square matrix, got shape {array.shape}")
    _require_finite(array, name, None)
    asymmetry = np.abs(array - array.T).max()
    if asymmetry > 1e-10 * np.abs(array).max():
        raise ValueError(
            f"{name} must be symmetric, "
            f"got entries that differ by {asymmetry:.3g} from their mirror image"
        )
    array = (array + array.T) / 2
    try:
        np.linalg.cholesky(array)
    except np.linalg.LinAlgError:
        smallest = np.linalg.eigvalsh(array)[0]
        raise ValueError(
            f"{name} must be positive definite, "
            f"got a smallest eigenvalue of {smallest:.3g}"
        ) from None
    return array


def _floats(values: Any, name: str) -> FloatArray:
    if hasattr(values, "toarray"):
        raise ValueError(
            f"{name} must be dense, got a sparse {type(values).__name__}; "
            f"pass {name}.toarray()"
        )
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(
            f"{name} must not be a masked array; pass {name}.compressed() or fill it"
        )
    try:
        array = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must hold numbers in rows of one length, "
            "got rows of several lengths"
        ) from None
    if array.dtype.kind in "biuf":
        return array.astype(np.float64, copy=False)
    _refuse_text(values, array, name)
    if array.dtype.kind != "O":
        raise ValueError(
            f"{name} must hold real numbers, got values of type {array.dtype}"
        )
    try:
        return array.astype(np.float64)  # numbers and missing values in one table
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers: {error}") from None


def _refuse_text(values: Any, array: npt.NDArray[Any], name: str) -> None:
    for index, value in np.ndenumerate(array):
        if isinstance(value, str):
            raise ValueError(
                f"{name} must hold numbers, got the text {str(value)!r} "
                f"in {_place(index, column_names(values))}"
            )


def _require_finite(
    array: FloatArray, name: str, columns: tuple[str, ...] | None
) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        total = array.sum()
    if np.isfinite(total):  # NaN and infinity survive a sum, which is one quick pass
        return
    bad = np.argwhere(~np.isfinite(array))
    if len(bad) > 0:  # finite numbers can have an infinite sum
        place = _place(bad[0], columns)
        raise ValueError(
            f"{name} must be finite, got {array[tuple(bad[0])]} in {place}"
        )


def _place(index: Sequence[int], columns: tuple[str, ...] | None) -> str:
    if not len(index):
        return "its one value"
    place = f"row {index[0]}"
    if len(index) == 2:
        place += (
            f", column {columns[index[1]]!r}" if columns else f", column {index[1]}"
        )
    return f"{place} (counting from 0)"
