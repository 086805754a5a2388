"""Arrow streams, cut into batches of any size, give the statistics of their rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayes_l2 import LinearModel, SufficientStatistics, likelihoods, priors
from bayes_l2.partitions import ArrowStream
from bayes_l2.partitions.arrow import columns
from tests.partitions.arrow_tables import distance, of_rows, table_of

ENCODED = ["x0", "site=b", "site=a", "site=c"]
GIVEN = {"site": ["b", "a", "c"]}
CHOICE: dict[str, Any] = {"features": ["x0", "site"], "encode": GIVEN}


def reader_of(table: pa.Table, sizes: list[int]) -> pa.RecordBatchReader:
    """Return a stream of batches of these sizes, and one of the rows left."""
    starts = np.cumsum([0, *sizes])
    lengths = [*sizes, len(table)]
    parts = [table.slice(*each) for each in zip(starts, lengths, strict=True)]
    batches = [
        pa.RecordBatch.from_arrays(
            [column.combine_chunks() for column in part.columns], schema=table.schema
        )
        for part in parts
    ]
    return pa.RecordBatchReader.from_batches(table.schema, batches)


def message(reader: Any, target: str = "y", **options: Any) -> str:
    """Return the one line of the error of a pass."""
    with pytest.raises(ValueError, match=r".") as caught:
        SufficientStatistics.from_arrow(reader, target, **options)
    text = str(caught.value)
    assert "\n" not in text
    return text


@given(
    sizes=st.lists(st.integers(0, 50), max_size=6),
    batch=st.integers(1, 90),
    is_weighted=st.booleans(),
)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_batches_of_any_size_give_the_statistics_of_all_rows(
    sizes: list[int], batch: int, is_weighted: bool
) -> None:
    table = table_of(sum(sizes) + 30)
    weights = "w" if is_weighted else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "rows_of_batch", lambda p: batch)
        found = SufficientStatistics.from_arrow(
            reader_of(table, sizes), "y", weights=weights, **CHOICE
        )
    assert found.feature_names == tuple(ENCODED)
    assert distance(found, of_rows(table, ENCODED, weights)) <= 1e-12


@pytest.mark.parametrize("kind", ["polars", "table", "batch", "reader"])
def test_whatever_has_a_stream_is_read(kind: str) -> None:
    table = table_of(100)
    sources = {
        "polars": pl.from_arrow(table),
        "table": table,
        "batch": table.combine_chunks().to_batches()[0],
        "reader": reader_of(table, [20, 0, 70]),
    }
    found = SufficientStatistics.from_arrow(sources[kind], "y", **CHOICE)
    assert distance(found, of_rows(table, ENCODED)) <= 1e-12


@pytest.mark.parametrize("dtype", [pl.Enum(["b", "a", "c"]), pl.Categorical()], ids=str)
def test_columns_with_levels_of_their_own_need_no_list(dtype: Any) -> None:
    table = table_of(100)
    frame = pl.DataFrame(table).with_columns(pl.col("site").cast(dtype))
    found = SufficientStatistics.from_arrow(
        frame, "y", features=["x0", "site"], encode=["site"]
    )
    assert sorted(found.feature_names) == sorted(ENCODED)
    names = list(found.feature_names)
    assert distance(found, of_rows(table, names)) <= 1e-12


def test_the_dictionary_of_a_later_batch_may_have_another_order() -> None:
    table = table_of(100)
    first = pa.array(["a", "b", "c"]).dictionary_encode()
    head = pa.table({"site": first, "y": [1.0, 2.0, 3.0]})
    sites = table.column("site").combine_chunks().dictionary_encode()
    tail = pa.table({"site": sites, "y": table.column("y")})
    both = pa.concat_tables([head, tail])
    found = SufficientStatistics.from_arrow(both, "y", encode=["site"])
    names = ["site=a", "site=b", "site=c"]
    assert found.feature_names == tuple(names)
    plain = pa.table({n: both.column(n).to_pylist() for n in ("site", "y")})
    assert distance(found, of_rows(plain, names)) <= 1e-12


def test_a_stream_is_read_once() -> None:
    stream = ArrowStream(table_of(50), "y", features=["x0"])
    assert not stream.is_repeatable
    assert SufficientStatistics.from_partitions(stream).n_rows == 50
    with pytest.raises(ValueError, match="gone after one pass; write them to a Parqu"):
        SufficientStatistics.from_partitions(stream)


def test_likelihoods_of_several_passes_refuse_a_stream() -> None:
    stream = ArrowStream(table_of(50), "answer", features=["x0"])
    with pytest.raises(ValueError, match="those of a stream are gone"):
        LinearModel.from_partitions(
            stream, likelihood=likelihoods.Bernoulli(), prior=priors.Normal(1.0)
        )


@pytest.mark.parametrize("value", [np.nan, None, -np.inf, 1e151])
def test_a_number_that_is_not_fit_is_named_by_batch_and_row(value: Any) -> None:
    table = table_of(100).select(["x0", "x1", "y"])
    x1 = table.column("x1").to_pylist()
    x1[64] = value
    table = table.set_column(1, "x1", pa.array(x1))
    line = message(reader_of(table, [40, 0, 20, 10, 30]))
    assert "column 'x1' must " in line
    assert " in batch 3 of the stream, row 64 (counting from 0)" in line


def test_a_level_that_is_not_known_is_named_by_batch_and_row() -> None:
    table = table_of(100)
    row = 50 + table.column("site").to_pylist()[50:].index("c")
    table = table.set_column(
        4, "site", pa.array([*["a"] * 50, *table.column("site").to_pylist()[50:]])
    )
    options: dict[str, Any] = {"features": ["site"]}
    line = message(reader_of(table, [50, 50]), encode={"site": ["a", "b"]}, **options)
    assert line == (
        "column 'site' must hold one of the levels a, b, got 'c' in batch 1 of the "
        f"stream, row {row} (counting from 0); leave the row out, or name the level in "
        "encode"
    )


def test_text_needs_its_levels() -> None:
    assert message(table_of(5), features=["site"], encode=["site"]) == (
        "encode must give the levels of text in a stream, got ['site']; "
        "encode={'site': [...]} lists them, and a column of dictionary type knows them"
    )


def test_a_stream_without_rows_is_refused() -> None:
    empty = table_of(5).slice(0, 0)
    assert message(empty, features=["x0"]) == (
        "ArrowStream(<1 features>, x0, target 'y') must have at least one row"
    )
    sites = pa.array([], pa.string()).dictionary_encode()
    empty = pa.table({"site": sites, "y": pa.array([], pa.float64())})
    line = message(empty, encode=["site"])
    assert line == "the stream must have at least one row"


def test_what_is_no_stream_is_refused() -> None:
    wanted = "reader must be a pyarrow.RecordBatchReader or have __arrow_c_stream__"
    assert message([1, 2]) == f"{wanted}, got [1, 2]"
    assert message(pa.table).startswith(f"{wanted}, got ")
    lazy = pl.DataFrame({"y": [1.0]}).lazy()
    assert message(lazy).startswith(wanted)
    assert message(lazy).endswith("; .collect() of a lazy frame makes its rows")
    line = message(pl.Series([1.0, 2.0]))
    assert line.startswith(f"{wanted}, and give a table; got a polars.")


def test_a_stream_that_breaks_off_is_refused() -> None:
    table = table_of(10).select(["x0", "y"])

    def batches() -> Iterator[pa.RecordBatch]:
        yield from table.to_batches()
        raise OSError("the network\nis away")

    reader = pa.RecordBatchReader.from_batches(table.schema, batches())
    assert message(reader).startswith("the stream ended early: the network is away")


def test_without_pyarrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    line = message(pl.DataFrame({"x": [1.0], "y": [2.0]}))
    assert line == "reading an Arrow stream needs pyarrow: install bayes-l2[parquet]"
