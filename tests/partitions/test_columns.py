"""Arrow columns become X, y and weights, with the place of each row."""

import pickle
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from bayes_l2.partitions.arrow.columns import Columns
from bayes_l2.partitions.batch import BATCH_BYTES, Batch, Place, rows_of_batch

TEXT_TYPES = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.dictionary(pa.int8(), pa.string()),
    pa.dictionary(pa.uint32(), pa.large_string()),
]


def batch_of(table: pa.Table, target: str, **options: Any) -> tuple[Columns, Batch]:
    """Return columns with sorted levels, and the rows of a table."""
    columns = Columns.of(table.schema, "the table", target, **options)
    found = {
        name: sorted(set(table.column(name).to_pylist())) for name in columns.unknown
    }
    columns = columns.with_levels(found, "the table")
    return columns, columns.batch(table, Place("the table"))


@pytest.mark.parametrize("kind", TEXT_TYPES, ids=str)
def test_text_of_all_types_is_one_hot_and_labels(kind: pa.DataType) -> None:
    texts = ["b", "a", "ä", "b"]
    column = pa.array(texts).cast(kind)
    table = pa.table({"s": column, "x": [1, 2, 3, 4], "y": column})
    table = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    columns, batch = batch_of(table, "y", encode=["s"])
    assert columns.names == ("s=a", "s=b", "s=ä", "x")
    assert batch.X.tolist() == [[0, 1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 1, 0, 4]]
    assert batch.y.tolist() == texts


def test_codes_of_numbers_are_no_levels() -> None:
    column = pa.array([7, 8]).dictionary_encode()
    table = pa.table({"s": column, "y": [1.0, 2.0]})
    columns = Columns.of(table.schema, "t", "y", encode={"s": ["7", "8"]})
    assert columns.batch(table, Place("t")).X.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [([1, 2], "int64"), ([True, False], "bool"), ([1.5, 2.0], "float64")],
)
def test_labels_that_are_numbers_keep_their_type(values: Any, dtype: str) -> None:
    _, batch = batch_of(pa.table({"x": [1.0, 2.0], "y": values}), "y")
    assert batch.y.dtype == dtype
    assert batch.y.tolist() == values


def test_columns_can_be_sent_to_another_process() -> None:
    table = pa.table({"s": ["b", "a"], "y": [1.0, 2.0]})
    columns, batch = batch_of(table, "y", encode=["s"], drop_first=True)
    other = pickle.loads(pickle.dumps(columns))
    assert other.batch(table, Place("t")).X.tolist() == batch.X.tolist() == [[1], [0]]


def test_batches_have_some_megabytes_and_more_rows_than_columns() -> None:
    for p in (1, 20, 300):
        assert np.isclose(rows_of_batch(p) * (p + 1) * 8, BATCH_BYTES, rtol=0.01)
    assert rows_of_batch(2000) == 8000
    for p, rows in (
        (20, rows_of_batch(20) * 2 // 3),
        (100, rows_of_batch(100) * 2 // 3),
        (200, 4000),
        (300, rows_of_batch(300)),
    ):
        schema = pa.schema({name: pa.float64() for name in ["y", *map(str, range(p))]})
        columns = Columns.of(schema, "the table", "y").with_levels({}, "the table")
        assert columns.batch_rows == rows


def test_a_place_names_the_part_that_has_rows() -> None:
    parts = ((0, "group 0"), (10, "group 1"), (10, "group 2"), (15, "group 3"))
    place = Place("file", 5, parts)
    assert place.row(4) == "group 0, row 9 (counting from 0)"
    assert place.row(5) == "group 2, row 10 (counting from 0)"
    assert place.row(10) == "group 3, row 15 (counting from 0)"
    assert Place("file", 5).row(4) == "file, row 9 (counting from 0)"


def test_labels_are_no_numbers() -> None:
    X = np.ones((2, 1))
    batch = Batch(X, np.array([1.0, "no"], dtype=object), None, Place("file", 7))
    with pytest.raises(ValueError, match=r"got 'no' in file, row 8 .*Bernoulli\(\)"):
        _ = batch.numeric_y
    batch = Batch(X, np.array([1.0, 2], dtype=object), None, Place("file", 7))
    assert batch.numeric_y.dtype == np.float64
