"""Plan on paper what many rows cost, from rates that are measured on one core.

Usage: ``uv run python benchmarks/plan.py --rows 1e11 --columns 1000 --cores 1000``
prints two tables of ``docs/scale.md``; with ``--write`` it puts them into the page.

The rows of the measurement are in memory: nothing is read. So the rates are those of
the arithmetic, and the plan says how fast the files have to be read beside it.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import override

import numpy as np
from page import markdown, put
from scipy.linalg import get_blas_funcs
from threadpoolctl import threadpool_limits

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    fit_exact,
    fit_laplace,
    likelihoods,
    priors,
)
from bayes_l2.partitions import Batch
from bayes_l2.partitions.batch import Place, rows_of_batch
from bayes_l2.partitions.partitions import LocalPartitions

PAGE = Path(__file__).parent.parent / "docs" / "scale.md"
START, END = "<!-- plan -->\n", "<!-- end of plan -->\n"
BATCHES = 16
PARTITION_ROWS = 1e6
ROUNDS = 3
Entry = tuple[str, str]


class Repeated(LocalPartitions):
    """One batch of rows in memory that is read again and again, and passes counted."""

    def __init__(self, X: np.ndarray, y: np.ndarray) -> None:
        self.feature_names = tuple(f"x{j}" for j in range(X.shape[1]))
        self.target = "y"
        self.X, self.y = X, y
        self.passes = 0

    @override
    def loads(self) -> Iterator[Callable[[], Batch]]:
        self.passes += 1
        for number in range(BATCHES):
            first_row = number * len(self.X)
            place = Place("memory", first_row)
            yield partial(Batch, self.X, self.y, None, place)


@dataclass(frozen=True)
class Rates:
    """What one core does; times are in seconds."""

    columns: int
    batch_rows: int
    row: float  # the statistics of one row, merging included
    row_by_syrk: float  # the products of one row by BLAS alone
    merge: float  # of two statistics
    file_bytes: int  # of saved statistics
    memory_bytes: int  # of the process, at most
    row_of_newton: float  # value, gradient and Hessian of one row
    passes: int  # over the rows, of a whole fit
    hierarchical: float  # the exact posterior with unknown scales

    @property
    def row_bytes(self) -> int:
        """The bytes of a row of X and y in double precision."""
        return 8 * (self.columns + 1)


def seconds(task: Callable[[], object]) -> float:
    """Return the median time of a task."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def measured(columns: int) -> Rates:
    """Return the rates of one core of this machine."""
    rng = np.random.default_rng(0)
    size = rows_of_batch(columns)
    X = rng.standard_normal((size, columns))
    eta = X @ rng.standard_normal(columns) / np.sqrt(columns)
    normal = Repeated(X, eta + rng.standard_normal(size))
    n = size * BATCHES
    with threadpool_limits(1):
        row = seconds(lambda: SufficientStatistics.from_partitions(normal)) / n
        memory = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        one = SufficientStatistics.from_partitions(normal)
        merge = seconds(lambda: one + one)
        with tempfile.TemporaryDirectory() as folder:
            one.save(Path(folder) / "one.npz")
            file_bytes = (Path(folder) / "one.npz").stat().st_size
        (syrk,) = get_blas_funcs(("syrk",), dtype=np.float64)
        by_syrk = seconds(lambda: syrk(1.0, X.T)) / size
        scales = {
            "likelihood": likelihoods.Normal(priors.HalfNormal(10.0)),
            "prior": priors.Normal(priors.HalfNormal(1.0)),
        }
        hierarchical = seconds(
            lambda: fit_exact(LinearModel.from_statistics(one, **scales))
        )
        labels = Repeated(X, (rng.random(size) < 1 / (1 + np.exp(-eta))).astype(float))
        start = time.perf_counter()
        model = LinearModel.from_partitions(
            labels, likelihood=likelihoods.Bernoulli(), prior=priors.Normal(1.0)
        )
        fit_laplace(model)
        newton = (time.perf_counter() - start) / (n * labels.passes)
    return Rates(
        columns=columns,
        batch_rows=size,
        row=row,
        row_by_syrk=by_syrk,
        merge=merge,
        file_bytes=file_bytes,
        memory_bytes=memory,
        row_of_newton=newton,
        passes=labels.passes,
        hierarchical=hierarchical,
    )


def rates_table(rates: Rates) -> list[Entry]:
    """Return what was measured, in words and figures."""
    p, flops = rates.columns, rates.columns**2
    return [
        ("columns", f"{p}"),
        ("rows of a batch", f"{rates.batch_rows}"),
        (
            "statistics, merging included",
            f"{1 / rates.row:,.0f} rows/s, {flops / rates.row / 1e9:.0f} Gflop/s",
        ),
        (
            "`dsyrk` alone, on rows that lie ready",
            f"{1 / rates.row_by_syrk:,.0f} rows/s, "
            f"{flops / rates.row_by_syrk / 1e9:.0f} Gflop/s",
        ),
        (
            "float64 rows that the core takes in that time",
            f"{byte_text(rates.row_bytes / rates.row)}/s",
        ),
        ("one merge of two statistics", f"{rates.merge:.2g} s"),
        ("file of `save`", byte_text(rates.file_bytes)),
        ("memory of the process, at most", byte_text(rates.memory_bytes)),
        (
            "Bernoulli `fit_laplace`, a pass",
            f"{1 / rates.row_of_newton:,.0f} rows/s",
        ),
        ("its passes, the first one included", f"{rates.passes}"),
        (
            "`fit_exact` of both scales unknown, from statistics",
            f"{rates.hierarchical:.2g} s",
        ),
    ]


def plan(rates: Rates, rows: float, cores: int) -> list[Entry]:
    """Return what rows cost on cores, by arithmetic alone."""
    p = rates.columns
    data = rows * rates.row_bytes
    work = rows * rates.row / 3600
    newton = rows * rates.row_of_newton * rates.passes / 3600
    merges = rows / PARTITION_ROWS
    travel = 8 * (p + 1) * (p + 2)
    return [
        ("rows × columns, cores", f"{rows:g} × {p}, {cores}"),
        ("data in float64", byte_text(data)),
        ("products, n p²", f"{rows * p**2:.1g} flop"),
        ("statistics: core-hours", f"{work:,.0f}"),
        ("statistics: hours on these cores", f"{work / cores:.2g}"),
        (
            "what the storage has to deliver meanwhile",
            f"{byte_text(cores * rates.row_bytes / rates.row)}/s",
        ),
        (
            f"statistics of partitions of {PARTITION_ROWS:g} rows: number, bytes each",
            f"{merges:g}, {byte_text(travel)}",
        ),
        (
            "what travels if each core first merges its own",
            f"{byte_text(cores * travel)}",
        ),
        ("what travels if each partition's travel", byte_text(merges * travel)),
        (
            "merging all partitions: core-hours",
            f"{merges * rates.merge / 3600:,.2g}",
        ),
        (
            f"Bernoulli `fit_laplace`, {rates.passes} passes: core-hours",
            f"{newton:,.0f}",
        ),
        ("the same: hours on these cores", f"{newton / cores:.2g}"),
        ("the posterior afterwards, on one core", f"{rates.hierarchical:.2g} s"),
    ]


def byte_text(number: float) -> str:
    """Return a number of bytes to two digits, in decimal units."""
    unit, *larger = "bytes", "kB", "MB", "GB", "TB", "PB"
    while number >= 1000 and larger:
        number, unit = number / 1000, larger.pop(0)
    return f"{number:.2g} {unit}" if number < 100 else f"{number:.0f} {unit}"


def table_of(title: str, entries: list[Entry]) -> str:
    """Return a table of the page."""
    return markdown([title, ""], entries)


def main() -> None:
    """Print the tables, and put them into the page if that is asked for."""
    parser = argparse.ArgumentParser(description="Plan what many rows cost.")
    parser.add_argument("--rows", type=float, default=1e11)
    parser.add_argument("--columns", type=int, default=1000)
    parser.add_argument("--cores", type=int, default=1000)
    parser.add_argument("--write", action="store_true", help="put it into the page")
    given = parser.parse_args(sys.argv[1:])
    rates = measured(given.columns)
    text = "\n".join(
        [
            table_of("measured on one core", rates_table(rates)),
            table_of("planned", plan(rates, given.rows, given.cores)),
        ]
    )
    print(text)
    if given.write:
        put(PAGE, text, START, END)


if __name__ == "__main__":
    main()
