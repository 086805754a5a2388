"""Time and memory of rows that are read a part at a time.

Usage: ``uv run python benchmarks/streaming.py files`` and ``... rows``.

``files`` writes a .npy and two Parquet files to a temporary folder, and times one pass
over each against other ways to read them, in turn. ``rows`` streams generated rows, and
then times what needs no rows: the posterior of a hierarchical model, and NUTS draws.
``memory`` prints the largest resident memory of a pass over a .npy file of its own, and
of ``bayes-l2 compare --stream`` on a Parquet file, by routes.

BLAS has as many threads as OPENBLAS_NUM_THREADS says.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import override

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.lib.format import write_array_header_1_0

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    fit_exact,
    fit_mcmc,
    likelihoods,
    priors,
)
from bayes_l2.partitions.batch import Batch, Place, rows_of_batch
from bayes_l2.partitions.partitions import LocalPartitions

OFFSET = 1e6  # of one column
BLOCK_ROWS = 100_000
GROUP_ROWS = 1_000_000  # of a row group of a Parquet file


def block(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Return rows of X and y; y depends on all columns."""
    table = np.empty((rows, columns + 1))
    X = table[:, :-1]
    rng.standard_normal(out=table)
    table[:, -1] += X @ np.linspace(-1.0, 1.0, columns)
    X[:, 0] += OFFSET
    return table


class Generated(LocalPartitions):
    """Rows that are made as they are needed, while other threads use the last."""

    def __init__(self, rows: int, columns: int) -> None:
        self.n_rows, self.n_bytes = rows, 8 * rows * (columns + 1)
        self.progress = True
        self.feature_names = tuple(f"x{j}" for j in range(columns))
        self.target = "y"

    @override
    def loads(self) -> Iterator[Callable[[], Batch]]:
        columns = len(self.feature_names)
        rng = np.random.Generator(np.random.SFC64(0))
        step = rows_of_batch(columns)
        for first in range(0, self.n_rows or 0, step):
            rows = min(step, (self.n_rows or 0) - first)
            table = block(rng, rows, columns)
            place = Place("rows", first)
            yield partial(Batch, table[:, :-1], table[:, -1], None, place)


def resident() -> int:
    """Return the largest resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def timed[T](function: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds that a call takes, and its result."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def rows(n: int, columns: int) -> None:
    """Stream generated rows once, then use their statistics."""
    partitions = Generated(n, columns)
    seconds, found = timed(lambda: SufficientStatistics.from_partitions(partitions))
    print(f"{n:,} x {columns} rows streamed once: {seconds:.1f} s")
    print(f"  {n / seconds / 1e6:.2f} million rows/s, with the time to make them")
    print(f"  {8 * n * (columns + 1) / seconds / 1e6:,.0f} MB/s")
    print(f"  largest resident memory {resident()} MB")
    model = LinearModel.from_statistics(
        found,
        likelihood=likelihoods.Normal(priors.HalfCauchy(1.0)),
        prior=priors.Normal(priors.HalfCauchy(1.0)),
    )
    times = [timed(lambda: fit_exact(model).sd)[0] for _ in range(8)]
    print(f"hierarchical posterior: {1e3 * statistics.median(times[1:]):.1f} ms")
    print(f"  its first call, with imports: {1e3 * times[0]:.0f} ms")
    for call in ("first", "second"):
        seconds, draws = timed(
            lambda: fit_mcmc(model, draws=1000, chains=4, seed=0, progress=False)
        )
        print(f"4 x 1000 NUTS draws, {call} call: {seconds:.2f} s")
    exact = fit_exact(model)
    mean = draws.posterior["coef"].mean(("chain", "draw")).to_numpy().ravel()
    sds = np.sqrt(np.diag(exact.cov))[1 : columns + 1]
    far = np.abs(mean - exact.coef) / sds
    print(f"  mean less the exact one: at most {far.max():.3f} sds")


def in_turn(
    contenders: dict[str, Callable[[], object]], rounds: int
) -> dict[str, list[float]]:
    """Return seconds by contender and round; a first round is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            spent, _ = timed(contender)
            if number:
                seconds[name].append(spent)
    return seconds


def show(
    title: str, seconds: dict[str, list[float]], ours: str, others: list[str]
) -> None:
    """Print medians, and the median and the quartiles of our ratios to others."""
    print(title)
    for name, each in seconds.items():
        print(f"  {name:34} {statistics.median(each):.3f} s, least {min(each):.3f} s")
    for other in others:
        ratios = np.divide(seconds[ours], seconds[other])
        low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
        least = min(seconds[ours]) / min(seconds[other])
        print(
            f"  ratio to {other}: {middle:.2f} ({low:.2f} to {high:.2f}), "
            f"of the least times {least:.2f}"
        )


def files(n: int, columns: int, rounds: int) -> None:
    """Time a pass over each file against reading it by other ways."""
    with tempfile.TemporaryDirectory() as folder:
        npy, snappy, plain = (
            Path(folder) / name
            for name in ("rows.npy", "snappy.parquet", "plain.parquet")
        )
        write_npy(npy, n, columns)
        table = np.load(npy, mmap_mode="r")
        names = [*(f"x{j}" for j in range(columns)), "y"]
        arrow = pa.table({name: table[:, j].copy() for j, name in enumerate(names)})
        pq.write_table(arrow, snappy, row_group_size=250_000)
        pq.write_table(
            arrow,
            plain,
            row_group_size=250_000,
            compression="none",
            use_dictionary=False,
        )
        del arrow
        size = rows_of_batch(columns + 1)

        def fromfile() -> None:
            with npy.open("rb", buffering=0) as file:
                file.seek(128)
                while len(np.fromfile(file, count=size * (columns + 1))):
                    pass

        seconds = in_turn(
            {
                "np.load": lambda: np.load(npy),
                "np.fromfile, by blocks": fromfile,
                "from_npy": lambda: SufficientStatistics.from_npy(npy, -1),
            },
            rounds,
        )
        others = ["np.load", "np.fromfile, by blocks"]
        show(f".npy, {n:,} x {columns + 1}", seconds, "from_npy", others)

        def iterate(path: Path, *, use_threads: bool) -> None:
            with pq.ParquetFile(path) as file:
                for _ in file.iter_batches(size, use_threads=use_threads):
                    pass

        for path in (snappy, plain):
            seconds = in_turn(
                {
                    "iter_batches, one thread": lambda path=path: iterate(
                        path, use_threads=False
                    ),
                    "iter_batches, threads": lambda path=path: iterate(
                        path, use_threads=True
                    ),
                    "from_parquet": lambda path=path: SufficientStatistics.from_parquet(
                        path, "y"
                    ),
                },
                rounds,
            )
            others = ["iter_batches, one thread", "iter_batches, threads"]
            show(f"{path.name}, {n:,} x {columns + 1}", seconds, "from_parquet", others)


def write_npy(path: Path, n: int, columns: int) -> None:
    """Write rows to a .npy file by blocks."""
    rng = np.random.default_rng(0)
    header = {"descr": "<f8", "fortran_order": False, "shape": (n, columns + 1)}
    with path.open("wb") as file:
        write_array_header_1_0(file, header)
        for first in range(0, n, BLOCK_ROWS):
            block(rng, min(BLOCK_ROWS, n - first), columns).tofile(file)


def memory(n: int, columns: int) -> None:
    """Print the largest resident memory of a process that reads a large file."""
    script = (
        "import sys, time; from bayes_l2 import SufficientStatistics as S\n"
        "start = time.perf_counter(); print(S.from_npy(sys.argv[1], -1))\n"
        "print(f'{time.perf_counter() - start:.1f} s')\n"
        # unlike getrusage, it does not count the memory of the parent process
        "print([e for e in open('/proc/self/status') if 'VmHWM' in e][0])"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npy"
        write_npy(path, n, columns)
        print(f"a file of {path.stat().st_size / 1e9:.1f} GB")
        subprocess.run([sys.executable, "-c", script, str(path)], check=True)


COMMAND = """
import atexit, sys
from bayes_l2.cli.main import main
def memory():
    status = open("/proc/self/status")
    print(*[line.strip() for line in status if "VmHWM" in line], file=sys.stderr)
atexit.register(memory)
main(sys.argv[1:])
"""
ROUTES = ("exact", "map,exact", "penalised,map,exact", "penalised,map,exact,mcmc")


def command(n: int, columns: int) -> None:
    """Print the largest resident memory of the command line on a Parquet file."""
    rng = np.random.default_rng(0)
    names = [*(f"x{j}" for j in range(columns)), "y"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        schema = pa.schema({name: pa.float64() for name in names})
        with pq.ParquetWriter(path, schema) as writer:
            for _ in range(0, n, GROUP_ROWS):
                table = block(rng, GROUP_ROWS, columns)
                rows = {name: table[:, j].copy() for j, name in enumerate(names)}
                writer.write_table(pa.table(rows, schema), row_group_size=GROUP_ROWS)
        print(f"a Parquet file of {path.stat().st_size / 1e9:.1f} GB")
        for routes in ROUTES:
            words = ["compare", str(path), "--target", "y", "--stream"]
            print(f"--routes {routes}:", end=" ", flush=True)
            subprocess.run(
                [sys.executable, "-c", COMMAND, *words, "--routes", routes],
                stdout=subprocess.DEVNULL,
                check=False,  # status 1 is a check that failed, which is no matter here
            )


def main() -> None:
    """Run one benchmark."""
    parser = argparse.ArgumentParser(
        description="Time rows that are read a part at a time."
    )
    parser.add_argument("what", choices=["files", "rows", "memory"])
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    print(f"BLAS threads: {os.environ.get('OPENBLAS_NUM_THREADS', 'all')}")
    if given.what == "files":
        files(given.rows, given.columns, given.rounds)
    elif given.what == "rows":
        rows(given.rows, given.columns)
    else:
        memory(given.rows, given.columns)
        command(given.rows, given.columns)


if __name__ == "__main__":
    main()
