"""Batches that are reduced a piece at a time, without X, against sums of NumPy."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bayes_l2 import SufficientStatistics
from bayes_l2.model.statistics import reduction
from bayes_l2.partitions import NpyPartitions, ParquetPartitions, unread

N = 1500
OFFSETS = np.array([1e6, 0.0, -3.0, 1.0])
TABLE = np.random.default_rng(5).standard_normal((N, 4)) + OFFSETS
TYPES = ["float64", "float32", ">f8", "longdouble", "int16", "uint8"]


@pytest.fixture
def rows_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let X and y of a batch be out of reach."""

    def refused(*_: object) -> None:
        pytest.fail("all rows are read")

    monkeypatch.setattr(unread.UnreadBatch, "__getattr__", refused)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a batch of 1500 rows have seven pieces."""
    monkeypatch.setattr(reduction, "CHUNK_ROWS", 200)
    monkeypatch.setattr(reduction, "PIECE_BYTES", 8 * 4 * 230)


def require_statistics(found: SufficientStatistics, rows: Any) -> None:
    """Compare with the sums of the rows, by long numbers."""
    exact = rows.astype(np.longdouble)
    mean = exact.mean(axis=0)
    squares = ((exact - mean).T @ (exact - mean)).astype(float)
    sizes = np.sqrt(squares.diagonal())
    assert found.n_rows == N
    assert (np.abs(found.mean - mean) <= 3e-16 * (np.abs(mean) + sizes)).all()
    wrong = np.abs(found.factor.T @ found.factor - squares)
    assert (wrong <= 1e-13 * np.outer(sizes, sizes)).all()


def saved(folder: Path, rows: Any, name: str = "rows") -> Path:
    """Return the path of a new .npy file."""
    path = folder / f"{name}.npy"
    np.save(path, rows)
    return path


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.usefixtures("rows_are_not_read")
def test_pieces_of_npy_files_of_any_type(tmp_path: Path, kind: str, order: Any) -> None:
    table = 20 * np.random.default_rng(1).random((N, 4)) + 5
    table = np.array(table.astype(kind), order=order)
    found = SufficientStatistics.from_npy(saved(tmp_path, table), -1)
    require_statistics(found, table.astype(float))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("target", [0, 2, "y"])
@pytest.mark.usefixtures("rows_are_not_read")
def test_y_can_be_any_column_or_another_file(
    tmp_path: Path, target: Any, order: Any
) -> None:
    path = saved(tmp_path, np.array(TABLE, order=order))
    number = 1 if target == "y" else target
    features = [j for j in (3, 0, 2, 1) if j != number]
    if target == "y":
        target = saved(tmp_path, TABLE[:, 1] > 0, "y")
    found = SufficientStatistics.from_npy(path, target, features=features)
    y = TABLE[:, number] if number != 1 else TABLE[:, 1] > 0
    require_statistics(found, np.column_stack([TABLE[:, features], y]))


@pytest.mark.usefixtures("rows_are_not_read")
def test_pieces_of_tables_with_text_and_numbers_of_all_types(tmp_path: Path) -> None:
    site = np.resize(["a", "b", "c", "b", "b"], N)
    count = np.arange(N) % 7
    columns = {"x": TABLE[:, 0], "site": site, "count": count, "yes": count > 4}
    numbers = [TABLE[:, 0], site == "b", site == "c", count, count > 4]
    for y in (TABLE[:, 1], count**2):
        table = pa.table({**columns, "y": y})
        pq.write_table(table, tmp_path / "rows.parquet", row_group_size=400)
        found = SufficientStatistics.from_parquet(
            tmp_path / "rows.parquet", "y", encode=["site"], drop_first=True
        )
        require_statistics(found, np.column_stack([*numbers, y]))
        found = SufficientStatistics.from_arrow(
            table, "y", encode={"site": ["a", "b", "c"]}, drop_first=True
        )
        require_statistics(found, np.column_stack([*numbers, y]))


@pytest.mark.usefixtures("rows_are_not_read")
def test_columns_of_one_value_need_no_rows(tmp_path: Path) -> None:
    rows = np.column_stack([np.full(N, 3.0), np.zeros(N), TABLE])
    found = SufficientStatistics.from_npy(saved(tmp_path, rows), -1)
    require_statistics(found, rows)
    assert not found.factor[:, :2].any()


@pytest.mark.parametrize("value", [np.nan, np.inf, 1.1e150, -1e200])
@pytest.mark.parametrize("j", [0, 3])
@pytest.mark.parametrize("row", [0, 1234])
def test_a_number_that_is_not_fit_is_named(
    tmp_path: Path, value: float, j: int, row: int
) -> None:
    rows = TABLE.copy()
    rows[row, j] = value
    with pytest.raises(ValueError, match=f"column {j} must .* row {row} "):
        SufficientStatistics.from_npy(saved(tmp_path, rows), -1)
    table = pa.table({str(j): rows[:, j] for j in range(4)})
    with pytest.raises(ValueError, match=f"column '{j}' must .* row {row} "):
        SufficientStatistics.from_arrow(table, "3")


@pytest.mark.parametrize("case", ["near copies", "tiny", "huge", "rounding"])
def test_rows_are_read_where_their_squares_lose_digits(
    tmp_path: Path, case: str
) -> None:
    rows = TABLE.copy()
    match case:
        case "near copies":
            rows[:, 2] = rows[:, 1] + 1e-7 * rows[:, 2]
        case "tiny":
            rows[:, 2], rows[1300, 2] = 0.0, 1e-200
        case "huge":
            rows[:, 2] *= 1e149
        case _:
            rows[:, 2] = np.where(rows[:, 2] > 0, 0.3, 0.1 * 3)
    found = SufficientStatistics.from_npy(saved(tmp_path, rows), -1)
    wanted = SufficientStatistics.from_rows(rows[:, :3], rows[:, 3])
    np.testing.assert_allclose(found.factor, wanted.factor, rtol=1e-10, atol=1e-290)
    assert found.factor[2, 2] > 0 or case == "rounding"


def test_threads_do_not_share_the_memory_of_their_pieces() -> None:
    together = Barrier(2, timeout=10)

    def pieces(_: int) -> list[Any]:
        first = unread.memory_of_piece(800, is_kept=False)
        together.wait()  # both threads have a piece
        again = unread.memory_of_piece(400, is_kept=False)
        return [first, again, unread.memory_of_piece(800, is_kept=True)]

    with ThreadPoolExecutor(2) as pool:
        found = [piece for each in pool.map(pieces, range(2)) for piece in each]
    shared = {
        (i, j)
        for i in range(6)
        for j in range(i)
        if np.shares_memory(found[i], found[j])
    }
    assert shared == {(1, 0), (4, 3)}


def test_labels_of_many_digits_keep_them_all(tmp_path: Path) -> None:
    labels = 2**53 + np.arange(3)  # as floats two of them are the same
    table = pa.table({"x": TABLE[:3, 0], "y": labels})
    pq.write_table(table, tmp_path / "rows.parquet")
    partitions = ParquetPartitions(tmp_path / "rows.parquet", "y")
    (batch,) = partitions.batches()
    assert batch.y.tolist() == labels.tolist()


def test_labels_are_no_numbers(tmp_path: Path) -> None:
    table = pa.table({"x": TABLE[:, 0], "y": np.resize(["a", "b"], N)})
    with pytest.raises(ValueError, match="y must hold numbers, got 'a'"):
        SufficientStatistics.from_arrow(table, "y")


def test_a_file_that_becomes_shorter_is_refused(tmp_path: Path) -> None:
    partitions = NpyPartitions(saved(tmp_path, TABLE), -1)
    with (tmp_path / "rows.npy").open("r+b") as file:
        file.truncate(8 * 4 * 1400)
    with pytest.raises(ValueError, match="became shorter while it was read"):
        SufficientStatistics.from_partitions(partitions)
