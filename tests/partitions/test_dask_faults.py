"""What goes wrong with a dask collection is told in one line, or does no harm."""

import re
from pathlib import Path
from typing import Any

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from dask.config import set as use
from dask.multiprocessing import remote_exception

from bayes_l2 import LinearModel, SufficientStatistics, fit_map, likelihoods, priors
from bayes_l2.partitions.dask import DaskPartitions
from bayes_l2.partitions.dask.entries import Fault
from tests.partitions import parts
from tests.partitions.parts import NAMES, PARTS


def troubled(trouble: str, folder: Path) -> Any:
    """Return a data frame, the partition of number 3 of which is in trouble."""
    meta = parts.rows_of(0)[:0]
    return dd.from_map(
        parts.read, range(PARTS), folder=folder, trouble=trouble, meta=meta
    )


def statistics(rows: Any) -> SufficientStatistics:
    return SufficientStatistics.from_partitions(
        DaskPartitions(rows, "y", features=NAMES, weights="w")
    )


def require_right(found: SufficientStatistics) -> None:
    table = pd.concat(map(parts.rows_of, range(PARTS)))
    wanted = SufficientStatistics.from_rows(table[NAMES], table["y"], table["w"])
    assert found.n_rows == wanted.n_rows
    np.testing.assert_allclose(found.factor, wanted.factor, rtol=0, atol=1e-10)


FAULTS = {
    "NaN": "column 'c' must be finite, got nan in partition 3, row 17 (counting from "
    "0); leave such rows out, as by .dropna()",
    "infinity": "column 'y' must be finite, got -inf in partition 3, row 18 (counting "
    "from 0); leave such rows out",
    "large": "column 'd' must stay within ±1e+150, got 1e+200 in partition 3, row 20 "
    "(counting from 0); rescale it",
    "weight": "weights must not be negative, got -2.5 in partition 3, row 19 (counting "
    "from 0); leave such rows out",
    "column gone": """partition 3 failed: KeyError: "['b'] not in index\"""",
    "column renamed": """partition 3 failed: KeyError: "['b'] not in index\"""",
    "text": "column 'b' must hold numbers, got '3 m' in partition 3, row 0 "
    "(counting from 0)",
    "time": "column 'b' must hold numbers, got Timestamp('2026-01-01 00:00:00') in "
    "partition 3, row 0 (counting from 0)",
    "away": "partition 3 failed: OSError: the disk is away; a dask.distributed.Client "
    "tries 3 times, other schedulers once",
}


def message_of(rows: Any) -> str:
    """Return the message of an error, which has no other error behind it."""
    with pytest.raises(ValueError, match="partition") as caught:
        statistics(rows)
    assert type(caught.value) is ValueError
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize("scheduler", ["synchronous", "threads"])
@pytest.mark.parametrize("trouble", FAULTS)
def test_a_fault_is_one_line(trouble: str, scheduler: str, tmp_path: Path) -> None:
    with use(scheduler=scheduler):
        assert message_of(troubled(trouble, tmp_path)) == FAULTS[trouble]
    assert (tmp_path / "read-3").stat().st_size == 1


@pytest.mark.slow
def test_a_fault_in_a_process_is_one_line(
    processes: dict[str, Any], tmp_path: Path
) -> None:
    with use(processes):
        assert message_of(troubled("NaN", tmp_path)) == FAULTS["NaN"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Fault("partition 3 is odd"), "partition 3 is odd"),
        (
            MemoryError("partition\nis large"),
            "dask failed: MemoryError: partition is large",
        ),
    ],
)
def test_a_traceback_in_a_message_is_left_out(
    error: Exception, message: str, tmp_path: Path
) -> None:
    """Dask puts it there for an error in a process, where it lacks tblib."""

    def get(*_: Any, **__: Any) -> None:
        raise remote_exception(error, "line 1\nline 2")

    with use(scheduler=get):
        assert message_of(troubled("none", tmp_path)) == message


ROWS = da.zeros((60, 3), chunks=(20, 2))
Y = da.zeros(60, chunks=30)
TABLE = dd.from_pandas(
    pd.DataFrame(
        {
            "a": 1.0,
            "text": "x",
            "when": pd.Timestamp("2026-01-01").as_unit("us"),
            "colour": pd.Categorical(list("rgb")),
            "y": [1.0, 2.0, 3.0],
        }
    ),
    npartitions=2,
)
UNKNOWN = TABLE.assign(colour=TABLE["colour"].cat.as_unknown())
WRONG: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "collection must be a dask.dataframe.DataFrame or a dask.array.Array, got 7": (
        (7, "y"),
        {},
    ),
    "target must be among the columns a, text, when, colour, y, got 'z'": (
        (TABLE, "z"),
        {},
    ),
    "target must be among the columns a, text, when, colour, y, got None": (
        (TABLE, None),
        {},
    ),
    "weights must be among the columns a, text, when, colour, y, got 'w'": (
        (TABLE, "y"),
        {"weights": "w"},
    ),
    "features must be among the columns a, text, when, colour, y, got 'b'": (
        (TABLE, "y"),
        {"features": ["a", "b"]},
    ),
    "features must not hold a column more than once, got a": (
        (TABLE, "y"),
        {"features": ["a", "a"]},
    ),
    "features must not hold the target or the weights, got y": (
        (TABLE, "y"),
        {"features": ["a", "y"]},
    ),
    "features must be a list of columns; got 'a'": ((TABLE, "y"), {"features": "a"}),
    "features must be a list of columns; got none": ((TABLE, "y"), {"features": []}),
    "column 'text' must hold numbers or categories, got string; .categorize(['text']) "
    "of the data frame makes categories, or leave it out of features": (
        (TABLE, "y"),
        {"features": ["a", "text"]},
    ),
    "column 'when' must hold numbers or categories, got datetime64[us]; "
    ".categorize(['when']) of the data frame makes categories, or leave it out of "
    "features": ((TABLE, "y"), {"features": ["a", "when"]}),
    "the categories of column 'colour' must be known; .categorize(['colour']) of the "
    "data frame finds them, or leave it out of features": (
        (UNKNOWN, "y"),
        {"features": ["a", "colour"]},
    ),
    "weights must hold numbers, got column 'text' of string": (
        (TABLE, "y"),
        {"features": ["a"], "weights": "text"},
    ),
    "collection must have two dimensions (rows, columns), got 1": ((Y, 0), {}),
    "target must be the number of a column, from -3 to 2, or a dask.array.Array of one "
    "dimension, got 3": ((ROWS, 3), {}),
    "target must be the number of a column, from -3 to 2, or a dask.array.Array of one "
    "dimension, got 'y'": ((ROWS, "y"), {}),
    "target must have one dimension, got 2": ((ROWS, ROWS), {}),
    "target must have 60 entries, got 59": ((ROWS, Y[1:]), {}),
    "weights must have 60 entries, got 59": ((ROWS, 0), {"weights": Y[1:]}),
    "target must have the chunks of the rows: 3 of unknown sizes, got 2; "
    ".compute_chunk_sizes() finds the sizes": ((ROWS[ROWS[:, 0] == 0], Y[Y == 0]), {}),
    "collection must hold numbers, got <U1": ((ROWS.astype("<U1"), 0), {}),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_argument_is_refused(message: str) -> None:
    args, kwargs = WRONG[message]
    with pytest.raises(ValueError, match=re.escape(message) + "$"):
        DaskPartitions(*args, **kwargs)


def test_arrays_of_other_lengths() -> None:
    rows = ROWS[ROWS[:, 0] == 0]
    y = da.concatenate([da.zeros(20), da.zeros(19), da.zeros(20)])
    message = (
        "partition 1 must have as many rows of target and weights as of X, got 19 and "
        "20"
    )
    with pytest.raises(ValueError, match=f"^{message}$"):
        SufficientStatistics.from_partitions(DaskPartitions(rows, y[y == 0]))


@pytest.mark.slow  # five seconds to start, in each process of the tests
class TestCluster:
    """Two processes, one of which may die."""

    @pytest.fixture(autouse=True)
    def _on_cluster(self, client: Any) -> Any:
        with client.as_current():
            yield

    @pytest.mark.parametrize("trouble", ["NaN", "away"])
    def test_a_fault_is_one_line(self, trouble: str, tmp_path: Path) -> None:
        assert message_of(troubled(trouble, tmp_path)) == FAULTS[trouble]
        assert (tmp_path / "read-3").stat().st_size == 3

    def test_a_partition_that_fails_once_is_tried_again(self, tmp_path: Path) -> None:
        require_right(statistics(troubled("away once", tmp_path)))
        assert (tmp_path / "read-3").stat().st_size == 2

    def test_no_rows_travel(self, client: Any, tmp_path: Path) -> None:
        rows = troubled("none", tmp_path)
        before = sum(client.run(parts.sent).values())
        require_right(statistics(rows))
        assert (
            sum(client.run(parts.sent).values()) - before < 20_000
        )  # rows have 200 000

    def test_persisted_partitions_are_not_read_again(self, tmp_path: Path) -> None:
        rows = troubled("none", tmp_path).persist()
        for _ in range(2):
            require_right(statistics(rows))
        assert (tmp_path / "read-3").stat().st_size == 1

    def test_persisted_arrays(self) -> None:
        table = pd.concat(map(parts.rows_of, range(PARTS)))
        chunks: Any = (400, 3)
        rows = da.from_array(table[[*NAMES, "y", "w"]].to_numpy(), chunks=chunks)
        source = DaskPartitions(rows.persist(), 4, weights=5)  # which alone holds them
        for _ in range(2):
            require_right(SufficientStatistics.from_partitions(source))

    def test_shuffled_rows(self, tmp_path: Path) -> None:
        """Their tasks are bound to workers, and one of ours must not take them in."""
        require_right(statistics(troubled("none", tmp_path).shuffle("class")))

    @pytest.mark.parametrize(
        ("target", "likelihood"),
        [
            ("answer", likelihoods.Bernoulli()),
            pytest.param("count", likelihoods.Poisson(), marks=pytest.mark.slow),
            pytest.param("class", likelihoods.Categorical(), marks=pytest.mark.slow),
        ],
    )
    def test_fits_of_other_likelihoods(
        self, target: str, likelihood: Any, tmp_path: Path
    ) -> None:
        terms: dict[str, Any] = {"likelihood": likelihood, "prior": priors.Normal(2.0)}
        rows = troubled("none", tmp_path).persist()
        source = DaskPartitions(rows, target, features=NAMES)
        found = fit_map(LinearModel.from_partitions(source, **terms))
        table = pd.concat(map(parts.rows_of, range(PARTS)))
        wanted = fit_map(LinearModel(table[NAMES], table[target], **terms))
        # posterior sds are 0.03
        np.testing.assert_allclose(found.coef, wanted.coef, rtol=0, atol=3e-11)
        assert (tmp_path / "read-3").stat().st_size == 1

    def test_a_worker_that_dies_does_no_harm(self, tmp_path: Path) -> None:
        require_right(statistics(troubled("killed once", tmp_path)))
        assert (tmp_path / "read-3").stat().st_size == 2

    @pytest.mark.slow
    def test_a_partition_that_kills_all_workers(self, tmp_path: Path) -> None:
        wanted = (
            r"4 workers died that had partition \d to do; give them more memory, or "
            r"make smaller partitions with .repartition\(\) or .rechunk\(\)"
        )
        assert re.fullmatch(wanted, message_of(troubled("killed", tmp_path)))
