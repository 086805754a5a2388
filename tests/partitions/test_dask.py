"""Rows of dask collections: the same statistics and fits as those rows in memory."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from dask.callbacks import Callback
from dask.config import set as use

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    fit_laplace,
    fit_map,
    likelihoods,
    priors,
)
from bayes_l2.partitions.dask import DaskPartitions
from tests.partitions import parts
from tests.partitions.parts import NAMES, PARTS

TABLE = pd.concat(map(parts.rows_of, range(PARTS)), ignore_index=True)
WITHOUT = ["count", "answer", "class"]


def frame(npartitions: int = PARTS) -> Any:
    return dd.from_pandas(TABLE.drop(columns=WITHOUT), npartitions=npartitions)


def array(chunks: Any = (400, 2), values: Any = None) -> Any:
    values = TABLE[[*NAMES, "y", "w"]].to_numpy() if values is None else values
    return da.from_array(values, chunks=chunks)


def of_dask(*args: Any, **kwargs: Any) -> SufficientStatistics:
    return SufficientStatistics.from_partitions(DaskPartitions(*args, **kwargs))


def in_memory(weights: bool = True, rows: Any = slice(None)) -> SufficientStatistics:
    table = TABLE[rows]
    return SufficientStatistics.from_rows(
        table[NAMES], table["y"], table["w"] if weights else None
    )


def require_same(
    found: SufficientStatistics, wanted: SufficientStatistics, units: float = 1e-12
) -> None:
    """Assert that covariances agree in units of sds, and means in theirs."""
    assert found.n_rows == wanted.n_rows
    assert found.total_weight == pytest.approx(wanted.total_weight, rel=1e-14)
    gram = wanted.factor.T @ wanted.factor
    lengths = np.sqrt(np.diag(gram))
    difference = found.factor.T @ found.factor - gram
    assert np.abs(difference / lengths / lengths[:, np.newaxis]).max() < units
    sds = lengths / np.sqrt(wanted.total_weight)
    ulps = np.spacing(np.abs(wanted.mean))  # of a mean of 1e6 it is 1e-10 sds
    assert (np.abs(found.mean - wanted.mean) <= 2 * ulps + 1e-14 * sds).all()


COLLECTIONS: dict[str, Callable[[], tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "frame": lambda: ((frame(), "y"), {"weights": "w"}),
    "array": lambda: ((array(), 4), {"weights": 5}),
    "array, from the end": lambda: ((array(), -2), {"weights": -1}),
    "arrays": lambda: (
        (array()[:, :4], array()[:, 4]),
        {"weights": array()[:, 5]},
    ),
    "arrays in other chunks": lambda: (
        (array((700, 4))[:, :4], array((300, 6))[:, 4]),
        {"weights": array((1100, 1))[:, 5]},
    ),
    "weights of a column": lambda: (
        (array(), array((300, 6))[:, 4]),
        {"weights": 5, "features": [0, 1, 2, 3]},
    ),
}


@pytest.mark.parametrize("scheduler", ["synchronous", "threads"])
@pytest.mark.parametrize("name", COLLECTIONS)
def test_statistics_are_those_of_the_rows(name: str, scheduler: str) -> None:
    args, kwargs = COLLECTIONS[name]()
    with use(scheduler=scheduler):
        require_same(of_dask(*args, **kwargs), in_memory())


@pytest.mark.parametrize("seed", range(20))
def test_any_partitions_give_the_same_statistics(seed: int) -> None:
    rng = np.random.default_rng(seed)
    edges = np.sort(rng.integers(0, len(TABLE) + 1, rng.integers(1, 80)))
    chunks = tuple(np.diff([0, *edges, len(TABLE)]).tolist())  # some are 0
    rows = array((chunks, 6))[:, :5]
    require_same(of_dask(rows, 4), in_memory(weights=False))


def test_unknown_numbers_of_rows() -> None:
    kept = (TABLE["a"] > 1e6).to_numpy()
    rows = array((250, 6))
    rows = rows[rows[:, 0] > 1e6]
    assert np.isnan(rows.shape[0])
    wanted = in_memory(rows=kept)
    require_same(of_dask(rows, 4, weights=5), wanted)
    require_same(of_dask(rows[:, :4], rows[:, 4], weights=rows[:, 5]), wanted)


def test_a_partition_may_be_empty() -> None:
    rows = frame()
    require_same(
        of_dask(rows[rows["a"] > 1e6 + 3], "y", weights="w"),
        in_memory(rows=TABLE["a"] > 1e6 + 3),
    )


def test_all_partitions_may_be_empty() -> None:
    rows = frame()
    with pytest.raises(ValueError, match="must have at least one row"):
        of_dask(rows[rows["a"] > 2e6], "y")


def test_rows_of_weight_zero_do_not_count() -> None:
    table = TABLE[[*NAMES, "y", "w"]].assign(w=TABLE["w"] * (np.arange(len(TABLE)) % 3))
    table.loc[:699, "w"] = 0.0  # all rows of a partition
    found = of_dask(dd.from_pandas(table, npartitions=6), "y", weights="w")
    wanted = SufficientStatistics.from_rows(table[NAMES], table["y"], table["w"])
    require_same(found, wanted)
    assert found.sum_log_weights == pytest.approx(wanted.sum_log_weights, rel=1e-13)


def test_features_are_chosen_by_name_or_number() -> None:
    wanted = SufficientStatistics.from_rows(TABLE[["d", "a"]], TABLE["y"])
    for found in (
        of_dask(frame(), "y", features=["d", "a"]),
        of_dask(array(), 4, features=[3, 0]),
    ):
        require_same(found, wanted)
    assert of_dask(frame(), "y", features=["d", "a"]).feature_names == ("d", "a")
    assert of_dask(array(), 4, features=[3, 0]).feature_names == ("x3", "x0")


def test_columns_of_other_types() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "whole": rng.integers(-5, 5, 90),
            "truth": rng.random(90) < 0.5,
            "short": rng.standard_normal(90).astype(np.float32),
            "nullable": pd.array(rng.integers(0, 9, 90), dtype="Int64"),
            "arrow": pd.array(rng.standard_normal(90), dtype="double[pyarrow]"),
            "colour": pd.Categorical.from_codes(rng.integers(0, 3, 90), list("rgb")),
            "y": rng.standard_normal(90),
        }
    )
    found = of_dask(dd.from_pandas(table, npartitions=4), "y")
    numbers = table.drop(columns=["colour", "y"]).astype(np.float64)
    for level in "rgb":
        numbers[f"colour={level}"] = (table["colour"] == level).astype(np.float64)
    wanted = SufficientStatistics.from_rows(numbers, table["y"])
    assert found.feature_names == wanted.feature_names
    require_same(found, wanted)


def test_only_columns_that_are_used_are_read(tmp_path: Path) -> None:
    rows = counted(tmp_path)
    of_dask(rows, "y", features=["a", "c"], weights="w")
    assert (tmp_path / "columns").read_text() == "a c y w\n" * 3


def counted(folder: Path) -> Any:
    """Return a data frame that writes a line for each read of a partition."""

    def make(number: int, columns: list[str]) -> Any:
        with (folder / "columns").open("a") as file:
            file.write(" ".join(columns) + "\n")
        return parts.rows_of(number)[columns]

    names = [*NAMES, "y", "w"]
    return dd.from_map(make, range(3), columns=names, meta=parts.rows_of(0)[names][:0])


def test_persisted_partitions_are_not_read_again(tmp_path: Path) -> None:
    rows = counted(tmp_path).persist()
    for _ in range(3):
        of_dask(rows, "y", features=["a", "c"])
    assert (tmp_path / "columns").read_text() == "a b c d y w\n" * 3


def test_a_partition_is_one_task_with_its_reading() -> None:
    rows, table = array((100, 6)) + 1, frame(13).map_partitions(lambda part: part + 1)
    assert tasks_of(table, "y") == 13 + 2 + 1
    assert tasks_of(rows, 4) == 30 + 4 + 1
    assert tasks_of(rows[:, :4], rows[:, 4], weights=rows[:, 5]) == 30 + 4 + 1


def tasks_of(*args: Any, **kwargs: Any) -> int:
    """Return the number of tasks of a pass."""
    keys: list[Any] = []
    with Callback(pretask=lambda key, *_: keys.append(key)):
        of_dask(*args, **kwargs)
    return len(keys)


@pytest.mark.filterwarnings("ignore:The inplace")
def test_parquet_files(tmp_path: Path) -> None:
    for number in range(PARTS):
        parts.rows_of(number).to_parquet(tmp_path / f"{number}.parquet")
    rows = dd.read_parquet(tmp_path)
    require_same(of_dask(rows, "y", features=NAMES, weights="w"), in_memory())


@pytest.mark.parametrize("kind", ["frame", "array"])
def test_a_large_partition_is_processed_in_batches(kind: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200_000, 20))  # 32 MB
    X[:, 0] = 1.0 + (X[:, 0] > 0)
    collection = array((len(X), 20), X)
    if kind == "frame":
        table = pd.DataFrame(X, columns=[f"x{j}" for j in range(20)])
        table["x0"] = table["x0"].astype(int)  # batches of two types are copies
        collection = dd.from_pandas(table, npartitions=1)
    partitions = DaskPartitions(collection, 19 if kind == "array" else "x19")
    sizes = partitions.reduce(lambda batch: [batch.X.nbytes], list.__add__)
    assert sizes is not None
    assert sum(sizes) == 200_000 * 19 * 8
    assert max(sizes) <= 2**24
    with use(scheduler="synchronous"):
        SufficientStatistics.from_partitions(partitions)
        tracemalloc.start()
        SufficientStatistics.from_partitions(partitions)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 2.2 * 2**24


LIKELIHOODS = {
    "answer": likelihoods.Bernoulli(),
    "count": likelihoods.Poisson(),
    "class": likelihoods.Categorical(),
}


def require_same_fits(target: str, likelihood: Any) -> None:
    """Assert that fits to partitions and to rows agree within 1e-9 posterior sds."""
    terms: dict[str, Any] = {"likelihood": likelihood, "prior": priors.Normal(sd=2.0)}
    rows = dd.from_pandas(TABLE[[*NAMES, target, "w"]], npartitions=5)
    source = DaskPartitions(rows, target, weights="w")
    found = LinearModel.from_partitions(source, **terms)
    wanted = LinearModel(TABLE[NAMES], TABLE[target], weights=TABLE["w"], **terms)
    assert found.classes == wanted.classes
    posterior = fit_laplace(wanted)
    distance = np.abs(fit_map(found).coef - fit_map(wanted).coef).ravel()
    assert (distance / posterior.sd[-len(distance) :]).max() < 1e-9
    laplace = fit_laplace(found)
    assert (np.abs(laplace.mean - posterior.mean) / posterior.sd).max() < 1e-9
    np.testing.assert_allclose(laplace.sd, posterior.sd, rtol=1e-9)


@pytest.mark.parametrize("target", LIKELIHOODS)
def test_fits_of_other_likelihoods_on_threads(target: str) -> None:
    require_same_fits(target, LIKELIHOODS[target])


@pytest.mark.slow
def test_fits_of_other_likelihoods_on_processes(processes: dict[str, Any]) -> None:
    with use(processes):
        require_same_fits("answer", likelihoods.Bernoulli())


def test_labels_of_categories() -> None:
    table = TABLE[[*NAMES, "class"]].astype({"class": "category"})
    source = DaskPartitions(dd.from_pandas(table, npartitions=3), "class")
    found = source.reduce(lambda batch: sorted(set(batch.y)), lambda a, b: a)
    assert found == ["blue", "green", "red"]


def test_the_package_does_not_import_dask() -> None:
    program = (
        "import sys, bayes_l2, bayes_l2.partitions; bayes_l2.SufficientStatistics; "
        "assert not {'dask', 'distributed'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_missing_dask_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = frame()
    monkeypatch.setitem(sys.modules, "dask.array", None)
    with pytest.raises(ValueError, match=r"needs dask: install bayes-l2\[dask\]$"):
        DaskPartitions(rows, "y")
