"""Time statistics of Parquet files by dask against dask's own sum of their columns.

Usage: ``uv run python benchmarks/dask_sum.py [--gigabytes 1] [--rounds 7]``.

Both run on a local cluster of two processes with one thread each, which reads all
columns. They take turns, and the table shows the medians, and the median, the lowest
and the highest ratio of one round. The files are in a folder beside this script while
it runs.
"""

import argparse
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import dask.dataframe as dd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from distributed import Client
from distributed.deploy.local import LocalCluster
from rich.console import Console
from rich.table import Table

from bayes_l2 import SufficientStatistics
from bayes_l2.partitions.dask import DaskPartitions

COLUMNS, FILES = 21, 16


def write(folder: Path, gigabytes: float) -> None:
    """Write rows of normal numbers, one column of which is offset by 1e6."""
    n_rows = int(gigabytes * 1e9 / 8 / COLUMNS / FILES)
    for number in range(FILES):
        rng = np.random.default_rng(number)
        X = rng.standard_normal((COLUMNS, n_rows))
        X[0] += 1e6
        X[-1] += X[0] - X[1]
        names = [*(f"x{j}" for j in range(COLUMNS - 1)), "y"]
        table = pa.table(dict(zip(names, X, strict=True)))
        pq.write_table(table, folder / f"part{number:02}.parquet")


def in_turn(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each contender by round; a first round is not counted."""
    frame = dd.read_parquet(folder)
    contenders = {
        "dask sum": lambda: frame.sum().compute(),
        "statistics": lambda: SufficientStatistics.from_partitions(
            DaskPartitions(frame, "y")
        ),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            start = time.perf_counter()
            contender()
            if number > 0:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def main() -> None:
    """Write files, time both contenders and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with TemporaryDirectory(dir=Path(__file__).parent) as folder:
        write(Path(folder), options.gigabytes)
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        settings: dict[str, Any] = {
            "n_workers": 2,
            "threads_per_worker": 1,
            "dashboard_address": None,
        }
        with LocalCluster(**settings) as cluster, Client(cluster):
            seconds = in_turn(Path(folder), options.rounds)
    own = seconds["dask sum"]
    table = Table("what", "median (s)", "MB/s", "ratio", "lowest", "highest")
    for name, times in seconds.items():
        ratios = [a / b for a, b in zip(times, own, strict=True)]
        figures = [median(ratios), min(ratios), max(ratios)]
        rate = size / 1e6 / median(times)
        cells = [f"{median(times):.2f}", f"{rate:.0f}", *(f"{r:.2f}" for r in figures)]
        table.add_row(name, *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
