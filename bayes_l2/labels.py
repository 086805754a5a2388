"""Labels of classes as numbers, from lists, arrays and the columns of data frames."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.floats import from_arrow
from bayes_l2.texts import WIDTH, listed, shown

BoolArray = npt.NDArray[np.bool]
FEW = 5  # labels that a message shows
MANY = 30  # numbers that are all different: more are no labels


def two_classes(
    values: Any, name: str, row_weights: FloatArray | None, *, length: int
) -> tuple[FloatArray, tuple[Any, ...]]:
    """Return the labels of two classes as -1 and 1, and the classes in order.

    The order is that of a categorical column, else that of the labels. Rows of weight
    0 do not count.
    """
    labels, classes, n_rows = _labels(values, name, row_weights, length)
    require_two(classes, name, n_rows)
    return 2.0 * _codes(labels, classes) - 1.0, classes


def require_two(classes: tuple[Any, ...], name: str, n_rows: int) -> None:
    """Refuse any other number of classes, which stand in this number of rows."""
    if len(classes) == 2:
        return
    hint = ""
    if len(classes) > 2:
        many = 2 * len(classes) > n_rows
        way_out = "is it a number?" if many else "likelihoods.Categorical() takes more"
        hint = f"; {way_out}"
    raise ValueError(f"{name} must have two classes, got {_listed(classes)}{hint}")


def three_or_more_classes(
    values: Any, name: str, row_weights: FloatArray | None, *, length: int
) -> tuple[FloatArray, tuple[Any, ...]]:
    """Return the labels of K classes as 0 to K - 1, and the classes in order.

    The order is that of a categorical column, else that of the labels. Rows of weight
    0 do not count: a label that stands in no other row is no class.
    """
    labels, classes, n_rows = _labels(values, name, row_weights, length)
    require_three_or_more(classes, name, n_rows)
    return _codes(labels, classes), classes


def require_three_or_more(classes: tuple[Any, ...], name: str, n_rows: int) -> None:
    """Refuse fewer classes, and numbers that are all different."""
    found = _listed(classes)
    if len(classes) < 3:
        hint = "; likelihoods.Bernoulli() takes two" if len(classes) == 2 else ""
        raise ValueError(f"{name} must have three or more classes, got {found}{hint}")
    if len(classes) == n_rows and _are_measurements(classes):
        raise ValueError(
            f"{name} must have labels, got as many different numbers as rows, {found}; "
            "likelihoods.Normal(sd) takes numbers"
        )


def distinct(
    values: Any, name: str, counted: BoolArray, row: Callable[[int], str]
) -> tuple[list[Any], npt.NDArray[np.intp]]:
    """Return the different labels of an array, and the place of each row's label.

    It is the hash table of pandas, for many rows. Rows that do not count have the
    place -1. ``row`` names the place of a row in words.
    """
    import pandas as pd

    values = from_arrow(values)
    if isinstance(values, list):
        values = np.array(values, dtype=object)
    values = getattr(values, "array", values)  # of a column of pandas
    numbers = np.flatnonzero(counted)
    seen = values[counted]
    types = set(map(type, seen)) if seen.dtype == object else set()
    if bool in types and len(types) > 1:  # True and 1 are one label to a hash table
        in_order([label for label in seen if label is not None], None, name)
    try:
        codes, found = pd.factorize(seen)
    except TypeError:  # a label that has no hash
        in_order(list(seen), None, name)
        raise
    labels = [_plain(label) for label in pd.Index(found)]
    bad = codes < 0
    for place, label in enumerate(labels):
        if is_missing(label):
            bad |= codes == place
    if bad.any():
        first = int(np.argmax(bad))
        raise missing(name, seen[first], row(int(numbers[first])))
    places = np.full(len(values), -1)
    places[counted] = codes
    return labels, places


def places_among(
    classes: tuple[Any, ...],
    values: Any,
    name: str,
    counted: BoolArray,
    row: Callable[[int], str],
) -> FloatArray:
    """Return the place of each label among classes, 0 in rows that do not count."""
    labels, places = distinct(values, name, counted, row)
    known = {label: float(place) for place, label in enumerate(classes)}
    for place, label in enumerate(labels):
        if label not in known:
            first = int(np.argmax(places == place))
            raise ValueError(
                f"{name} must have the labels that the first pass found, "
                f"{_listed(classes)}; got {shown(label)} in {row(first)}: the rows "
                "have changed"
            )
    codes = np.array([*(known[label] for label in labels), 0.0])
    return codes[places]


def _labels(
    values: Any, name: str, row_weights: FloatArray | None, length: int
) -> tuple[Any, tuple[Any, ...], int]:
    """Return the labels, their classes in order, and the number of rows that count."""
    values = from_arrow(values)
    array = _of_one_type(values, name)
    if array is not None and array.shape == (length,):
        seen = array if row_weights is None else array[row_weights > 0]
        if array.dtype.kind != "f" or np.isfinite(seen).all():
            return array, tuple(np.unique(seen).tolist()), len(seen)
    shape, labels = _as_list(values, name)
    if shape != (length,):
        raise ValueError(
            f"{name} must have {length} entries in one dimension, "
            f"got {f'shape {shape}' if shape else shown(values)}"
        )
    counted = np.full(length, True) if row_weights is None else row_weights > 0
    rows = np.flatnonzero(counted).tolist()
    seen = [labels[row] for row in rows]
    for row, value in zip(rows, seen, strict=True):
        if is_missing(value):
            raise missing(name, value, f"row {row} (counting from 0)")
    return labels, in_order(seen, categories(values), name), len(seen)


def _of_one_type(values: Any, name: str) -> npt.NDArray[Any] | None:
    """Return labels that NumPy can sort, None for others; True is no number."""
    if categories(values) is not None or isinstance(values, list | tuple):
        return None
    array = _as_array(values, name)
    return array if array.dtype.kind in "biufU" and array.itemsize else None


def _as_array(values: Any, name: str) -> npt.NDArray[Any]:
    try:
        return np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    except (TypeError, ValueError):  # refuses to be an array
        raise ValueError(
            f"{name} must be a list or a column of labels, got {shown(values)}"
        ) from None


def missing(name: str, value: Any, where: str) -> ValueError:
    """Return the error for a row without a label."""
    return ValueError(
        f"{name} must have a label in every row, got {shown(value)} in {where}"
    )


def in_order(
    seen: Sequence[Any], order: tuple[Any, ...] | None, name: str
) -> tuple[Any, ...]:
    """Return the different labels in the order of categories, or in their own."""
    if len({kind(value) for value in seen}) > 1:
        raise ValueError(f"{name} must have labels of one type, got {_mixed(seen)}")
    try:
        return tuple(sorted(set(seen), key=_place_in(order)))
    except (TypeError, ValueError):  # no order, or an equality of its own
        raise ValueError(
            f"{name} must have labels with an order, such as text, whole numbers, "
            f"dates, True and False; got {shown(list(seen[:FEW]))}"
        ) from None


def _as_list(values: Any, name: str) -> tuple[tuple[int, ...], list[Any]]:
    """Return the shape of labels, and the labels as they are, not as one type."""
    if isinstance(values, list | tuple):
        if any(isinstance(value, list | tuple | np.ndarray) for value in values):
            return np.shape(np.array(values, dtype=object)), list(values)
        return (len(values),), [_plain(value) for value in values]
    array = _as_array(values, name)
    if array.ndim != 1:
        return array.shape, []
    if array.dtype.kind == "V":
        raise ValueError(f"{name} must have labels, got records of {array.dtype}")
    if array.dtype.kind in "mM":  # of pandas: plain numbers would hide what they are
        import pandas as pd

        return array.shape, list(pd.Index(array))
    return array.shape, [_plain(value) for value in array.tolist()]


def _plain(value: Any) -> Any:
    """Return a number of NumPy's as one of Python's."""
    return value.item() if isinstance(value, np.generic) else value


def categories(values: Any) -> tuple[Any, ...] | None:
    """Return the categories of a column in their order, None without any."""
    dtype = getattr(values, "dtype", None)
    found = getattr(dtype, "categories", None)  # None for Categorical of polars
    return None if found is None else tuple(found)


def _place_in(order: tuple[Any, ...] | None) -> Callable[[Any], int] | None:
    """Return the place of a label in an order, if there is one."""
    if order is None:
        return None
    places = {label: place for place, label in enumerate(order)}
    return places.__getitem__


def is_missing(value: Any) -> bool:
    """Return whether a label is None, not a number or time, or infinite."""
    if value is None or (isinstance(value, float) and np.isinf(value)):
        return True
    different = value != value
    # pandas' NA is neither equal to itself nor different
    return not isinstance(different, bool | np.bool) or bool(different)


def kind(value: Any) -> type:
    """Return a type that all numbers share; True and False are no numbers."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float if is_number else type(value)


def _mixed(seen: Sequence[Any]) -> str:
    """Return the first label of each type."""
    first = {kind(value): value for value in reversed(seen)}
    return " and ".join(
        f"{shown(value)} of type {type(value).__name__}" for value in first.values()
    )


def _are_measurements(classes: tuple[Any, ...]) -> bool:
    """Return whether labels that all differ look like a quantity, not like classes."""
    if kind(classes[0]) is not float:
        return False
    return len(classes) > MANY or any(label != int(label) for label in classes)


def _codes(
    labels: list[Any] | npt.NDArray[Any], classes: tuple[Any, ...]
) -> FloatArray:
    """Return the place of each label; 0 for one of a row that does not count."""
    if isinstance(labels, np.ndarray):
        known = np.array(classes, dtype=labels.dtype)
        codes = np.searchsorted(known[1:], labels, side="right")
        return np.where(known[codes] == labels, codes, 0).astype(float)
    places = {label: float(place) for place, label in enumerate(classes)}
    return np.array([_place(label, places) for label in labels])


def _place(label: Any, places: dict[Any, float]) -> float:
    try:
        return places.get(label, 0.0)
    except TypeError:  # a label that cannot be looked up, in a row that does not count
        return 0.0


def _listed(classes: tuple[Any, ...]) -> str:
    more = ", ..." if len(classes) > FEW else ""
    names = ", ".join(map(shown, classes[:FEW])) + more
    if len(names) > 2 * WIDTH:
        names = listed(map(shown, classes))
    return f"{len(classes)}: {names}"
