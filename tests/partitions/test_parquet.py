"""Parquet files of any number, in any parts, give the statistics of their rows."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bayes_l2 import LinearModel, SufficientStatistics, fit_map, likelihoods, priors
from bayes_l2.partitions import ParquetPartitions
from bayes_l2.partitions.arrow import columns
from tests.partitions.arrow_tables import (
    LEVELS,
    columns_of,
    distance,
    of_rows,
    table_of,
)

NUMBERS = ["x0", "x1", "count", "flag"]
ENCODED = ["site=a", "site=b", "site=c"]


def from_parquet(path: Any, **options: Any) -> SufficientStatistics:
    options = {"features": NUMBERS, **options}
    return SufficientStatistics.from_parquet(path, "y", **options)


def message(path: Any, target: Any = "y", **options: Any) -> str:
    """Return the one line of the error of a pass."""
    with pytest.raises(ValueError, match=r".") as caught:
        SufficientStatistics.from_parquet(path, target, **options)
    text = str(caught.value)
    assert "\n" not in text
    return text


@given(
    sizes=st.lists(st.integers(0, 60), min_size=1, max_size=5),
    group=st.integers(1, 40),
    batch=st.integers(1, 80),
    order=st.randoms(use_true_random=False),
    is_weighted=st.booleans(),
    drop_first=st.booleans(),
)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_any_parts_give_the_statistics_of_all_rows(
    sizes: list[int],
    group: int,
    batch: int,
    order: Any,
    is_weighted: bool,
    drop_first: bool,
) -> None:
    sizes = [*sizes, 40]
    table = table_of(sum(sizes))
    starts = np.cumsum([0, *sizes[:-1]])
    weights = "w" if is_weighted else None
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "rows_of_batch", lambda p: batch)
        paths = []
        for number, (start, size) in enumerate(zip(starts, sizes, strict=True)):
            names = order.sample(table.column_names, len(table.column_names))
            paths.append(f"{folder}/{number}.parquet")
            part = table.slice(start, size).select(names)
            pq.write_table(part, paths[-1], row_group_size=group)
        order.shuffle(paths)
        found = from_parquet(
            paths,
            features=["x1", "site", "x0"],
            encode=["site"],
            drop_first=drop_first,
            weights=weights,
        )
    seen = sorted(set(table.column("site").to_pylist()))[drop_first:]
    names = ["x1", *[f"site={level}" for level in seen], "x0"]
    assert found.feature_names == tuple(names)
    assert distance(found, of_rows(table, names, weights)) <= 1e-12


@pytest.mark.parametrize("name", ["x0", "x1"])
def test_ten_digits_are_left_where_columns_are_offset_by_a_million(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "rows_of_batch", lambda p: 97)
    table = table_of(1000, offset=1e6)
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=60)
    found = from_parquet(tmp_path / "t.parquet", features=[name])
    x, y = ([Fraction(v) for v in table.column(c).to_pylist()] for c in (name, "y"))
    mean_x, mean_y = sum(x) / 1000, sum(y) / 1000
    square = sum((each - mean_x) ** 2 for each in x)
    product = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    slope = found.factor[0, 1] / found.factor[0, 0]
    assert abs(Fraction(slope) / (product / square) - 1) < 1e-10
    assert abs(Fraction(found.factor[0, 0]) ** 2 / square - 1) < 1e-10


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file of 100 rows in row groups of 30."""
    pq.write_table(table_of(100), tmp_path / "t.parquet", row_group_size=30)
    return tmp_path / "t.parquet"


def test_a_pattern_a_folder_a_list_and_a_dataset_are_the_same_rows(
    tmp_path: Path,
) -> None:
    table = table_of(100)
    (tmp_path / "below").mkdir()
    for name, rows in {"a": (0, 50), "below/b": (50, 50), "c": (100, 0)}.items():
        pq.write_table(table.slice(*rows), tmp_path / f"{name}.parquet")
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / "notes.txt").write_text("none")
    expected = of_rows(table, NUMBERS)
    whole = ds.dataset([f"{tmp_path}/a.parquet", f"{tmp_path}/below/b.parquet"])
    for path in (
        tmp_path,
        str(tmp_path),
        f"{tmp_path}/**/*.parquet",
        [tmp_path / "a.parquet", tmp_path / "below"],
        whole,
        ds.dataset([whole]),
        ds.dataset(table),
    ):
        assert distance(from_parquet(path), expected) <= 1e-12


@pytest.mark.parametrize("as_dataset", [True, False])
def test_the_names_of_folders_are_columns(tmp_path: Path, as_dataset: bool) -> None:
    table = table_of(200)
    ds.write_dataset(
        table, tmp_path, format="parquet", partitioning=["site", "count"],
        partitioning_flavor="hive",
    )  # fmt: skip
    path = ds.dataset(tmp_path, partitioning="hive") if as_dataset else tmp_path
    found = from_parquet(path, features=["count", "x0", "site"], encode=["site"])
    names = ["count", "x0", *ENCODED]
    assert found.feature_names == tuple(names)
    assert distance(found, of_rows(table, names)) <= 1e-12


def test_the_filter_of_a_dataset_leaves_rows_out(file: Path) -> None:
    dataset = ds.dataset(file).filter(pc.field("count") > 3)
    kept = table_of(100).filter(pc.field("count") > 3)
    found = from_parquet(dataset, features=["x0", "site"], encode=["site"])
    assert distance(found, of_rows(kept, ["x0", *ENCODED])) <= 1e-12
    subset = next(ds.dataset(file).get_fragments()).subset(row_group_ids=[1])
    dataset = ds.FileSystemDataset(
        [subset], ds.dataset(file).schema, ds.ParquetFileFormat(), subset.filesystem
    )
    expected = of_rows(table_of(100).slice(30, 30), NUMBERS)
    assert distance(from_parquet(dataset), expected) <= 1e-12


@pytest.mark.parametrize(
    "kind",
    [pa.float16(), pa.float32(), pa.int8(), pa.uint64(), pa.decimal128(9, 2),
     pa.decimal256(50, 2), pa.bool_()],
    ids=str,
)  # fmt: skip
def test_numbers_of_all_types_are_numbers(tmp_path: Path, kind: pa.DataType) -> None:
    values: list[Any] = [True, False] * 5 if kind == pa.bool_() else list(range(10))
    if kind in (pa.float16(), pa.float32()):
        values = [np.float16(each) / 4 for each in values]
    elif str(kind).startswith("decimal"):
        values = [Decimal(each) / 4 for each in values]
    y = np.arange(10.0) ** 2
    table = pa.table({"x": pa.array(values, kind), "y": y})
    pq.write_table(table, tmp_path / "t.parquet")
    found = SufficientStatistics.from_parquet(tmp_path / "t.parquet", "y")
    X = np.array(values, dtype=float)[:, np.newaxis]
    assert distance(found, SufficientStatistics.from_rows(X, y)) <= 1e-15


def test_the_size_of_files_is_known_before_a_pass(file: Path) -> None:
    rows = ParquetPartitions([file, file], "y", features=["x0"])
    assert (rows.n_rows, rows.n_bytes) == (200, 2 * file.stat().st_size)
    selected = ds.dataset(file).filter(pc.field("x0") > 0)
    rows = ParquetPartitions(selected, "y", features=["x0"])
    assert (rows.n_rows, rows.n_bytes) == (None, None)


def test_only_columns_that_are_used_are_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[list[str]] = []
    plain = pq.ParquetFile.iter_batches

    def watched(self: Any, rows: int, columns: list[str], **options: Any) -> Any:
        read.append(columns)
        return plain(self, rows, columns=columns, **options)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", watched)
    from_parquet(file, features=["x0", "site"], encode=["site"], weights="w")
    assert read == [["site"], ["x0", "site", "y", "w"]]


@pytest.mark.parametrize("target", ["answer", "flag", "count"])
def test_labels_of_text_and_of_numbers_are_those_in_memory(
    file: Path, target: str
) -> None:
    table = table_of(100)
    names = ["x0", "x1", *ENCODED[1:]]
    y = table.column(target).to_pylist()
    if target == "count":
        y = [each % 2 for each in y]
        table = table.set_column(2, "count", pa.array(y, pa.int16()))
        pq.write_table(table, file, row_group_size=30)
    partitions = ParquetPartitions(
        file, target, features=["x0", "x1", "site"], encode=["site"], drop_first=True
    )
    terms: Any = {"likelihood": likelihoods.Bernoulli(), "prior": priors.Normal(1.0)}
    model = LinearModel.from_partitions(partitions, **terms)
    memory = LinearModel(columns_of(table, names), y, **terms)
    assert model.classes == memory.classes
    assert model.feature_names == tuple(names)
    ours, theirs = fit_map(model), fit_map(memory)
    assert np.allclose(ours.coef, theirs.coef, rtol=0, atol=1e-6)


def test_levels_can_be_given(file: Path) -> None:
    found = from_parquet(file, features=["site"], encode={"site": ["c", *LEVELS[:2]]})
    assert found.feature_names == ("site=c", "site=b", "site=a")
    line = message(file, features=["site"], encode={"site": ["c", "b"]})
    row = table_of(100).column("site").to_pylist().index("a")
    assert line == (
        f"column 'site' must hold one of the levels c, b, got 'a' in {file}, "
        f"row group 0, row {row} (counting from 0); leave the row out, or name the "
        "level in encode"
    )


def spoilt(file: Path, column: str, row: int, value: Any) -> None:
    """Write the file again, with another value in one place."""
    table = table_of(100)
    values = table.column(column).to_pylist()
    values[row] = value
    place = table.column_names.index(column)
    table = table.set_column(place, column, pa.array(values))
    pq.write_table(table, file, row_group_size=30)


FILTER = "; leave such rows out, as by pyarrow.dataset's filter"


@pytest.mark.parametrize(
    ("column", "value", "fault", "remedy"),
    [
        ("x1", np.nan, "must be finite, got nan", f"{FILTER}(is_finite(field('x1')))"),
        ("y", -np.inf, "must be finite, got -inf", f"{FILTER}(is_finite(field('y')))"),
        ("w", np.inf, "must be finite, got inf", f"{FILTER}(is_finite(field('w')))"),
        ("x0", 2e150, "must stay within ±1e+150, got 2e+150", "; rescale it"),
        *[
            (name, None, "must not have missing values, got null",
             f"{FILTER}(field('{name}').is_valid())")
            for name in ("x0", "count", "flag", "site", "w", "y")
        ],
    ],
)  # fmt: skip
def test_a_number_that_is_not_fit_is_named_by_its_place(
    file: Path, column: str, value: Any, fault: str, remedy: str
) -> None:
    spoilt(file, column, 64, value)
    features = [*NUMBERS, "site"]
    line = message(file, features=features, encode=["site"], weights="w")
    assert line == (
        f"column '{column}' {fault} in {file}, row group 2, row 64 (counting from 0)"
        f"{remedy}"
    )


def test_a_negative_weight_is_named_by_its_place(file: Path) -> None:
    spoilt(file, "w", 99, -2.5)
    assert message(file, features=["x0"], weights="w") == (
        f"weights must not be negative, got -2.5 in {file}, row group 3, row 99 "
        "(counting from 0); leave such rows out, as by pyarrow.dataset's "
        "filter(field('w') >= 0)"
    )


def test_large_numbers_whose_squares_overflow_in_a_sum_are_fit(tmp_path: Path) -> None:
    x = np.linspace(1e149, 9e149, 200)
    table = pa.table({"x": x, "y": x / 1e149})
    pq.write_table(table, tmp_path / "t.parquet")
    found = SufficientStatistics.from_parquet(tmp_path / "t.parquet", "y")
    assert np.isclose(found.mean[0], 5e149, rtol=1e-14)


def test_the_row_of_a_selection_is_named(file: Path) -> None:
    spoilt(file, "x0", 64, np.nan)
    line = message(ds.dataset(file).filter(pc.field("w") > 0), features=["x0"])
    assert line.startswith(
        "column 'x0' must be finite, got nan in the selection of the dataset, in "
        f"{file}, row 64 (counting from 0)"
    )


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"target": "Y"}, "target: {0} has no column 'Y'; did you mean 'y'? Its "),
        ({"target": "zeta"}, "target: {0} has no column 'zeta'; its columns are x0, "),
        ({"target": 3}, "target: {0} has no column 3; its columns are x0, "),
        ({"weights": "W"}, "weights: {0} has no column 'W'; did you mean 'w'?"),
        ({"weights": "y"}, "weights must not be the target, got 'y'"),
        ({"weights": "site"}, "weights must hold numbers, and column 'site' of {0} "),
        ({"features": ["x1", "xx0"]}, "features: {0} has no column 'xx0'; di"),
        ({"features": ["x1", "x1"]}, "features must not hold a column more than once"),
        ({"features": ["x1", "y"]}, "features must not hold the target or the weigh"),
        ({"features": "x1"}, "features must be a list of names of columns; got 'x1'"),
        ({"features": []}, "features must be a list of names of columns; got none"),
        ({"features": ["site"]}, "column 'site' of {0} holds text; encode=['site'] ma"),
        ({}, "column 'site' of {0} holds text; encode=['site'] makes a column of 0"),
        ({"encode": ["x0"]}, "encode must name columns of text, got 'x0', which holds"),
        ({"encode": ["w"], "weights": "w"}, "encode must name features, got 'w'; the"),
        ({"encode": "site"}, "encode must be a list of columns of text, or a mapping"),
        ({"encode": {"site": "ab"}}, "encode['site'] must be a list of levels; got "),
        ({"encode": {"site": [1]}}, "encode must give levels of text of column 'site'"),
        ({"encode": {"site": ["a", "a"]}}, "encode must give levels of text of colum"),
        ({"encode": ["site"], "drop_first": 1}, "drop_first must be True or False, "),
        ({"progress": "yes"}, "progress must be True or False, got 'yes'"),
        ({"target": "site", "features": ["x0"]}, "y must hold numbers, got '"),
    ],
    ids=str,
)  # fmt: skip
def test_a_choice_of_columns_that_is_not_valid_is_refused(
    file: Path, options: dict[str, Any], line: str
) -> None:
    found = message(file, **options)
    assert found.startswith(line.format(file)), found


@pytest.mark.parametrize(
    "kind",
    [pa.timestamp("us"), pa.date32(), pa.duration("s"), pa.list_(pa.float64()),
     pa.struct({"a": pa.int8()}), pa.binary()],
    ids=str,
)  # fmt: skip
def test_columns_of_times_lists_and_bytes_are_refused(
    tmp_path: Path, kind: pa.DataType
) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table({"x": [1.0], "odd": pa.nulls(1, kind), "y": [2.0]})
    pq.write_table(table, path)
    where = f"column 'odd' of {path} holds {pq.read_schema(path).field('odd').type}"
    assert message(path) == (
        f"{where}, and a feature holds numbers, True and False, or text; turn it into "
        "a number where it is written, or leave it out of features"
    )
    assert message(path, "odd", features=["x"]).startswith(
        f"the target must hold numbers or text, and {where}"
    )
    assert SufficientStatistics.from_parquet(path, "y", features=["x"]).n_rows == 1


def test_files_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    table = table_of(10).select(["x0", "site", "y"])
    one, two = tmp_path / "1.parquet", tmp_path / "2.parquet"
    pq.write_table(table, one)
    pq.write_table(table.drop_columns("x0"), two)
    options: dict[str, Any] = {"encode": ["site"]}
    assert message(tmp_path, **options) == (
        f"{two} has no column 'x0', and {one} has one; its columns are site, y"
    )
    pq.write_table(table.set_column(0, "x0", table.column("site")), two)
    assert message(tmp_path, **options) == (
        f"{two} has string in column 'x0', and {one} has numbers; a column must be of "
        "one kind in all files"
    )


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path, values = tmp_path / "t.parquet", pa.array([1.0, 2.0])
    pq.write_table(pa.table([values] * 3, names=["x", "x", "y"]), path)
    assert message(path).startswith("features must not hold a column more than once")
    assert message(path, features=["x"]) == (
        f"{path} has more than one column 'x'; rename them where it is written"
    )
    table = pa.table({"s=a": [1.0, 2.0], "s": ["a", "b"], "y": [1.0, 2.0]})
    pq.write_table(table, path)
    assert message(path, encode=["s"]) == (
        "column names of X must be unique, got 's=a' more than once; rename a column"
    )


def test_too_many_levels_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    names = [f"name {j}" for j in range(1001)]
    pq.write_table(pa.table({"s": names, "y": np.arange(1001.0)}), path)
    assert message(path, encode=["s"]).startswith(
        f"column 's' of {path} has more than 1000 levels, the most that one-hot takes"
    )


def test_one_level_without_a_column_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"s": ["a"], "y": [1.0]}), tmp_path / "t.parquet")
    line = message(tmp_path, encode=["s"], drop_first=True)
    assert line.startswith("X must have at least one column, got text of one level")


def test_paths_without_a_file_are_refused(tmp_path: Path, file: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert message(tmp_path / "empty") == (
        f"path: the folder {tmp_path / 'empty'} holds no file that ends with "
        ".parquet or .pq or .parq"
    )
    assert message(f"{tmp_path}/q*.parquet").startswith("path: no file matches the ")
    assert message(tmp_path / "u.parquet").startswith("path: there is no file or fo")
    assert message("s3://bucket/t.parquet").startswith("path must be on this machine, ")
    for odd in (3, "", None, []):
        assert message(odd).startswith("path must be a Parquet file, a pattern such as")


@pytest.mark.parametrize("kept", [0, 3, 2000, -1])
def test_a_file_that_was_cut_off_is_refused(file: Path, kept: int) -> None:
    file.write_bytes(file.read_bytes()[:kept])
    assert message(file).startswith(f"{file} cannot be read as Parquet: ")
    folder = file.parent / "site=a"
    folder.mkdir()
    file.rename(folder / "t.parquet")
    assert message(file.parent).startswith(f"{folder / 't.parquet'} cannot be read as")


def test_bytes_that_were_changed_are_refused(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[:2000] = b"x" * 2000
    file.write_bytes(content)
    assert message(file, features=["x0"]).startswith(f"{file} cannot be read as Parqu")


def test_no_rows_at_all_are_refused(tmp_path: Path) -> None:
    empty = table_of(5).slice(0, 0)
    pq.write_table(empty, tmp_path / "1.parquet")
    with pq.ParquetWriter(tmp_path / "2.parquet", empty.schema):
        pass  # no row group either
    one, two = tmp_path / "1.parquet", tmp_path / "2.parquet"
    start = "path: there must be at least one row, got none in"
    options: dict[str, Any] = {"features": ["site"], "encode": ["site"]}
    assert message(tmp_path, **options) == f"{start} 2 files"
    assert message(two, **options) == f"{start} {two}"
    none = ds.dataset(one).filter(pc.field("x0") > 0)
    assert message(none, features=["site"], encode=["site"]) == (
        "path: the dataset must have at least one row, got none"
    )
    assert message(none, features=["x0"]) == (
        "ParquetPartitions(<1 features>, x0, target 'y') must have at least one row"
    )


def test_without_pyarrow_the_extra_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert message(file) == "reading Parquet needs pyarrow: install bayes-l2[parquet]"


def test_unused_memory_of_arrow_goes_back_now_and_then_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pool:
        released = 0

        def release_unused(self) -> None:
            self.released += 1

    pool, x = Pool(), np.arange(570.0)
    pq.write_table(pa.table({"x": x, "y": x**2}), tmp_path / "rows.parquet")
    monkeypatch.setattr(columns.Columns, "batch_rows", 3)
    monkeypatch.setattr(pa, "default_memory_pool", lambda: pool)
    rows = ParquetPartitions(tmp_path / "rows.parquet", "y")
    assert sum(len(batch.X) for batch in rows.batches()) == 570
    assert pool.released == 4  # batches 0, 64 and 128 of 190, and the end
