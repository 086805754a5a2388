"""Time statistics of Parquet files by dask against dask's own sum of their columns.

Usage: ``uv run python benchmarks/dask_sum.py [--gigabytes 1] [--rounds 7]``.

Both run on a local cluster of two processes with one thread each, which reads all
columns. They take turns. The table shows medians of the time and of the processors'
time on both workers, and the median, the lowest and the highest ratio of one round. On
a machine that others use, only the ratio of the processors' time is steady. The files
are in a folder beside this script while it runs.
"""

import argparse
import time
from pathlib import Path
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


def in_turn(folder: Path, rounds: int, client: Any) -> dict[str, Any]:
    """Return seconds and processors' seconds by contender and round.

    A first round is not counted.
    """
    frame = dd.read_parquet(folder)
    contenders = {
        "dask sum": lambda: frame.sum().compute(),
        "statistics": lambda: SufficientStatistics.from_partitions(
            DaskPartitions(frame, "y")
        ),
    }
    seconds: dict[str, Any] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            busy = sum(client.run(time.process_time).values())
            start = time.perf_counter()
            contender()
            passed = time.perf_counter() - start
            busy = sum(client.run(time.process_time).values()) - busy
            if number > 0:
                seconds[name].append((passed, busy))
    return {name: np.array(each).T for name, each in seconds.items()}


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
            "dashboard_address": ":0",
        }
        with LocalCluster(**settings) as cluster, Client(cluster) as client:
            seconds = in_turn(Path(folder), options.rounds, client)
    table = Table("what", "of", "median (s)", "MB/s", "ratio", "lowest", "highest")
    for name, both in seconds.items():
        for kind, times, own in zip(
            ("time", "processors' time"), both, seconds["dask sum"], strict=True
        ):
            ratios = times / own
            figures = [np.median(ratios), ratios.min(), ratios.max()]
            rate = size / 1e6 / np.median(times)
            cells = [f"{np.median(times):.2f}", f"{rate:.0f}"]
            table.add_row(name, kind, *cells, *(f"{r:.2f}" for r in figures))
    Console().print(table)


if __name__ == "__main__":
    main()
