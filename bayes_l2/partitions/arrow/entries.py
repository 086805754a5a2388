"""Entries of Arrow columns as numbers, codes of levels and labels, all of them checked.

A check costs one quick pass over the numbers. The place of a fault is looked for only
where there is one.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.partitions import faults
from bayes_l2.partitions.batch import Place
from bayes_l2.texts import listed, shown

if TYPE_CHECKING:
    import pyarrow as pa


def kind(dtype: "pa.DataType") -> str | None:
    """Return "numbers", "text" or "nothing" for a type; None for any other type."""
    from pyarrow import types

    if types.is_dictionary(dtype):
        return "text" if kind(dtype.value_type) else None
    if types.is_null(dtype):
        return "nothing"
    is_number = (types.is_boolean, types.is_integer, types.is_floating)
    if any(check(dtype) for check in (*is_number, types.is_decimal)):
        return "numbers"
    is_text = (types.is_string, types.is_large_string, types.is_string_view)
    return "text" if any(check(dtype) for check in is_text) else None


def numbers(column: "pa.ChunkedArray", name: str, place: Place) -> npt.NDArray[Any]:
    """Return a column of numbers; it may have NaN and infinities, but no null.

    It is no copy but where Arrow has it in several parts.
    """
    require_present(column, name, place)
    parts = [_numbers(chunk) for chunk in column.chunks]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _numbers(chunk: "pa.Array") -> npt.NDArray[Any]:
    """Return numbers without null, of the type that they have.

    ``to_numpy`` of Arrow imports pandas, which takes 45 MB.
    """
    from pyarrow import float64, types, uint8

    if types.is_boolean(chunk.type):  # of which Arrow keeps eight in a byte
        return np.from_dlpack(chunk.cast(uint8())).view(np.bool)
    if types.is_decimal(chunk.type) or types.is_null(chunk.type):
        chunk = chunk.cast(float64())
    return np.from_dlpack(chunk)


def response(column: "pa.ChunkedArray", name: str, place: Place) -> npt.NDArray[Any]:
    """Return y: whole numbers, True and False, labels of text, or floats."""
    from pyarrow import types

    if kind(column.type) == "text":
        require_present(column, name, place)
        coded = as_dictionary(column)
        labels = [np.empty(0, dtype=object)]
        for chunk in coded.chunks:
            texts = np.array(chunk.dictionary.to_pylist(), dtype=object)
            labels.append(texts[_numbers(chunk.indices)])
        return np.concatenate(labels)
    if types.is_integer(column.type) or types.is_boolean(column.type):
        return numbers(column, name, place)
    y = numbers(column, name, place).astype(np.float64, copy=False)
    require_fit(y[:, np.newaxis], [name], place)
    return y


def as_dictionary(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Return text as codes and levels; the levels of a chunk can differ from others'.

    Levels that are numbers become text.
    """
    import pyarrow as pa
    from pyarrow import types

    text = pa.large_string()
    if not types.is_dictionary(column.type):
        # a text with a view of its own has no codes
        return column.cast(text).dictionary_encode()
    chunks = [
        pa.DictionaryArray.from_arrays(
            chunk.indices.cast(pa.int64()), chunk.dictionary.cast(text)
        )
        for chunk in column.chunks
    ]
    return pa.chunked_array(chunks, type=pa.dictionary(pa.int64(), text))


def codes(
    column: "pa.ChunkedArray", levels: tuple[str, ...], name: str, place: Place
) -> npt.NDArray[np.int64]:
    """Return the place of each entry among the levels."""
    require_present(column, name, place)
    places = {level: number for number, level in enumerate(levels)}
    found = [np.empty(0, dtype=np.int64)]
    for chunk in as_dictionary(column).chunks:
        own = [places.get(each, -1) for each in chunk.dictionary.to_pylist()]
        found.append(np.array(own, dtype=np.int64)[_numbers(chunk.indices)])
    numbers = np.concatenate(found)
    if len(numbers) and numbers.min() < 0:
        row = int(np.argmax(numbers < 0))
        raise ValueError(
            f"column {name!r} must hold one of the levels {listed(levels)}, got "
            f"{shown(column[row].as_py())} in {place.row(row)}; leave the row out, or "
            "name the level in encode"
        )
    return numbers


def require_present(column: "pa.ChunkedArray", name: str, place: Place) -> None:
    """Refuse a null, by its place."""
    if not column.null_count:
        return
    start = 0
    for chunk in column.chunks:
        missing = np.asarray(chunk.is_null().to_numpy(zero_copy_only=False))
        if missing.any():
            raise ValueError(
                f"column {name!r} must not have missing values, got null in "
                f"{place.row(start + int(np.argmax(missing)))}; leave such rows out, "
                f"as by pyarrow.dataset's filter(field({name!r}).is_valid())"
            )
        start += len(chunk)


def require_fit(array: FloatArray, names: list[str], place: Place) -> None:
    """Refuse a number that is not finite or beyond 1e150, by its place."""
    faults.require_fit(
        array,
        [f"column {name!r}" for name in names],
        place,
        lambda j, _: (
            f", as by pyarrow.dataset's filter(is_finite(field({names[j]!r})))"
        ),
    )


def require_weights(weights: FloatArray, name: str, place: Place) -> None:
    """Refuse row weights that are not finite, beyond 1e150 or negative."""
    require_fit(weights[:, np.newaxis], [name], place)
    how = f", as by pyarrow.dataset's filter(field({name!r}) >= 0)"
    faults.require_weights(weights, place, how)
