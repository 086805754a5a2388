"""Checks of arguments: each returns a valid value or raises one ValueError.

The message names the argument, the value seen and the values allowed.
"""

import warnings
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray, fix_arrays
from bayes_l2.floats import (
    column_names,
    floats,
    from_arrow,
    is_lazy,
    require_finite,
)
from bayes_l2.kinds import entries, is_real, is_whole, plain, shape_of
from bayes_l2.texts import listed, shown

LARGEST = 1e150  # the square of a larger number overflows


def set_fields(record: object, **values: object) -> None:
    """Set fields of a frozen dataclass while it is made."""
    for name, value in values.items():
        object.__setattr__(record, name, value)
    fix_arrays(record)


def positive_number(value: object, name: str) -> float:
    """Return ``value`` as a float if it is one positive number with a finite square."""
    value = plain(value)
    if not is_real(value):
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


def squares(sds: FloatArray, name: str) -> FloatArray:
    """Return squares of sds, or raise an error where doubles cannot hold them."""
    with np.errstate(over="ignore", under="ignore"):
        found = sds**2
    held = (found >= np.finfo(float).tiny) & (found < np.inf)
    if not (held | (sds == 0) | (sds == np.inf)).all():
        raise ValueError(
            f"{name} is beyond double precision: it holds squares of the sds, which "
            f"go from {sds.min():.3g} to {sds.max():.3g}; use sd, or rescale the "
            "columns or y"
        )
    return found


def natural_number(
    value: object, name: str, *, at_least: int = 1, at_most: float = np.inf
) -> int:
    """Return ``value`` as an int if it is a whole number between two bounds."""
    if not is_whole(value) or value < at_least:
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


def probability(value: object, name: str = "probability") -> float:
    """Return ``value`` as a float if it is one number strictly between 0 and 1."""
    # a whole number may be beyond all floats, and a fraction so near to 0 that it is 0
    if not is_real(value) or not 0 < value < 1 or not 0 < float(value) < 1:
        raise ValueError(f"{name} must be between 0 and 1, got {shown(value)}")
    return float(value)


def feature_names(names: Any, n_features: int) -> tuple[str, ...]:
    """Return the column names as strings, all different."""
    # a table has names, but is none
    is_table = is_lazy(names) or column_names(names) is not None
    found = None if is_table or isinstance(names, Set) else entries(names)
    if found is None:
        raise ValueError(
            f"feature_names must be a list of names in order, got {shown(names)}"
        )
    names = tuple(str(name) for name in found)
    if len(names) != n_features:
        raise ValueError(
            f"feature_names must have one name for each of the {n_features} columns "
            f"of X, got {len(names)}"
        )
    twice = repeated(names)
    if twice:
        raise ValueError(
            f"column names must be unique, got {listed(map(repr, twice))} more than "
            "once"
        )
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
    values = floats(X, name)
    if values.ndim == 0:
        raise ValueError(
            f"{name} must have two dimensions (rows, columns), got {shown(X)}"
        )
    if values.ndim != 2:
        way_out = ""
        if values.ndim == 1:
            way_out = (
                f". Reshape your data: {name}.reshape(-1, 1) for one column, "
                f"{name}.reshape(1, -1) for one row"
            )
        raise ValueError(
            f"{name} must have two dimensions (rows, columns), "
            f"got {values.ndim} with shape {values.shape}{way_out}"
        )
    if values.size == 0:
        n, p = values.shape
        found = f"{p} feature(s)" if n else f"{n} sample(s)"
        raise ValueError(
            f"{name} must have at least one row and one column, got shape "
            f"{values.shape}: {found} (shape={values.shape}) while a minimum of 1 is "
            "required."
        )
    require_finite(values, name, column_names(X))
    return values


def columns_of_fit(X: Any, names: tuple[str, ...]) -> FloatArray:
    """Return new features with the columns of a fit, in its order.

    An array has no column names: only the number of its columns is checked.
    """
    X = from_arrow(X)
    found = column_names(X)
    if found is not None and found != names:
        place = {name: j for j, name in enumerate(found)}
        missing = [name for name in names if name not in place]
        unknown, twice = set(found).difference(names), set(repeated(found))
        others = [name for name in found if name in unknown or name in twice]
        if missing or others:
            raise ValueError(
                f"X must have the columns {listed(names)}, each once; "
                f"missing: {listed(missing) or 'none'}; "
                f"unknown or repeated: {listed(others) or 'none'}"
            )
        X = X[[X.columns[place[name]] for name in names]]
    array = matrix(X)
    if array.shape[1] != len(names):
        raise ValueError(
            f"X must have {len(names)} columns ({listed(names)}), got "
            f"{array.shape[1]}: X has {array.shape[1]} features, but LinearModel is "
            f"expecting {len(names)} features as input"
        )
    return array


def response(y: Any) -> Any:
    """Return y, or the column of a table of one column with scikit-learn's warning."""
    y = from_arrow(y)
    if shape_of(y)[1:] != (1,):
        return y
    from sklearn.exceptions import DataConversionWarning

    warnings.warn(
        "A column-vector y was passed when a 1d array was expected. Please change the "
        "shape of y to (n_samples, ), for example using ravel().",
        DataConversionWarning,
        stacklevel=3,
    )
    if hasattr(y, "columns"):  # keeps the categories of a data frame's column
        return y[y.columns[0]]
    return np.asarray(y)[:, 0]


def require_one_index(X: Any, values: Any, name: str) -> None:
    """Refuse a pandas Series whose rows are in another order than those of X."""
    index: Any = getattr(X, "index", None)
    other: Any = getattr(values, "index", None)
    if not (hasattr(index, "equals") and hasattr(other, "equals")):
        return
    if len(index) == len(other) and not index.equals(other):
        row = int(np.flatnonzero(np.asarray(index != other))[0])
        ours, theirs = index.tolist()[row], other.tolist()[row]
        raise ValueError(
            f"{name} must have the index of X, got {shown(theirs)} for {shown(ours)} "
            f"in row {row}; {name}.loc[X.index] matches rows by index, "
            f"{name}.to_numpy() by place"
        )


def vector(values: Any, name: str, *, length: int | None = None) -> FloatArray:
    """Return a one-dimensional array of finite floats, of the given length."""
    array = floats(values, name)
    if array.ndim == 0:
        raise ValueError(f"{name} must have one dimension, got {shown(values)}")
    if array.ndim != 1:
        raise ValueError(
            f"{name} must have one dimension, got {array.ndim} with shape {array.shape}"
        )
    if length is not None and len(array) != length:
        raise ValueError(f"{name} must have {length} entries, got {len(array)}")
    require_finite(array, name, None)
    return array


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
    array = floats(cov, name)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or array.size == 0:
        raise ValueError(f"{name} must be a square matrix, got shape {array.shape}")
    require_finite(array, name, None)
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
