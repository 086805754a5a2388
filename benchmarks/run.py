"""Speeds, as ratios of runs taken in turn: ``uv run python benchmarks/run.py``.

Times on a shared machine drift, so each contender is timed in every round and the median of the round-by-round ratios
is printed, with the lowest and the highest. BLAS is held to one thread, here and in the processes started.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.linalg import get_blas_funcs, get_lapack_funcs
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors, sufficient_statistics

ROUNDS = 7
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
console = Console()


def in_turn(contenders: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, np.ndarray]:
    """Return seconds by contender and round, after one round to warm up."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in track(range(rounds + 1), description="timing", console=console, transient=True):
        for name, contender in contenders.items():
            start = time.perf_counter()
            contender()
            if number > 0:
                seconds[name].append(time.perf_counter() - start)
    return {name: np.array(values) for name, values in seconds.items()}


def show(title: str, seconds: dict[str, np.ndarray], base: str | None = None) -> None:
    """Print the median time of each contender and its ratio to the base."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in ("", "median s", "ratio", "lowest", "highest"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, values in seconds.items():
        ratios = values / seconds[base] if base else np.full(1, np.nan)
        cells = [f"{ratio:.2f}" if base else "" for ratio in (np.median(ratios), ratios.min(), ratios.max())]
        table.add_row(name, f"{np.median(values):.3f}", *cells)
    console.print(table)


def exact_posterior(n: int = 100_000, p: int = 100) -> None:
    """Time ``fit_exact`` against the least that it could cost: a Gram matrix and its Cholesky factor."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p))
    y = X @ rng.standard_normal(p) + rng.standard_normal(n)
    (syrk,) = get_blas_funcs(("syrk",), dtype=np.float64)
    (potrf,) = get_lapack_funcs(("potrf",), dtype=np.float64)
    scales = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    seconds = in_turn(
        {
            "dsyrk + Cholesky": lambda: potrf(syrk(1.0, X.T)),
            "LinearModel + fit_exact, mean and sd": lambda: fit_exact(LinearModel(X, y, **scales)).sd,
            "Ridge(solver='cholesky').fit": lambda: Ridge(alpha=1.0, solver="cholesky").fit(X, y),
        }
    )
    show(f"Exact posterior, {n} x {p}, one thread", seconds, "dsyrk + Cholesky")

    def with_chunks(rows: int) -> object:
        sufficient_statistics.CHUNK_ROWS = rows
        return LinearModel(X, y, **scales).statistics

    chosen = sufficient_statistics.CHUNK_ROWS
    sizes = (256, 512, 1024, 2048, 4096, 8192)
    seconds = in_turn({f"{rows} rows": lambda rows=rows: with_chunks(rows) for rows in sizes})
    sufficient_statistics.CHUNK_ROWS = chosen
    show("Its rows reduced by chunks of", seconds, f"{chosen} rows")


def python(*arguments: str, **environment: str) -> str:
    """Run this Python, byte code cached, and return what it prints."""
    environment = {**os.environ, **ONE_THREAD, **environment}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    result = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, env=environment)
    return result.stdout


def imports() -> None:
    """Time ``import bayes_l2`` against Python's own start."""
    contenders = {"python -c pass": "pass", "import bayes_l2": "import bayes_l2", "import sklearn": "import sklearn"}
    seconds = in_turn({name: lambda code=code: python("-c", code) for name, code in contenders.items()})
    show("Whole processes", seconds, "python -c pass")


def command_line() -> None:
    """Time ``bayes-l2 compare``, with caches as they are and with empty ones."""
    command = ("-m", "bayes_l2", "compare", "--json")

    def warm() -> str:
        return python(*command)

    def cold() -> str:
        with tempfile.TemporaryDirectory() as folder:
            return python(*command, NUMBA_CACHE_DIR=folder, PYTENSOR_FLAGS=f"base_compiledir={folder}")

    show(
        "bayes-l2 compare: 442 x 10, 4 chains x 1000 draws",
        in_turn({"warm caches": warm, "empty caches": cold}, 5),
        "warm caches",
    )
    sizes = [row["ess_bulk"] for row in json.loads(warm())["parameters"].values()]
    console.print(f"smallest bulk effective sample size: {min(sizes):.0f}")


if __name__ == "__main__":
    with threadpool_limits(1):
        imports()
        exact_posterior()
        command_line()
