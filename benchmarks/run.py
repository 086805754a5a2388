"""Time the package against other ways, as ratios of runs taken in turn.

Usage: ``uv run python benchmarks/run.py``.

Times on a shared machine drift. So each contender runs once in every round, and the
tables show the median, the lowest and the highest ratio of one round. BLAS has one
thread, here and in the processes that this script starts.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import arviz as az
import numpy as np
import pymc as pm
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.linalg import get_blas_funcs, get_lapack_funcs
from sklearn.linear_model import Ridge, RidgeCV
from threadpoolctl import threadpool_limits

from bayes_l2 import (
    LinearModel,
    datasets,
    fit_exact,
    likelihoods,
    penalty_path,
    priors,
    pymc_program,
)
from bayes_l2.model.statistics import reduction

ROUNDS = 7
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
console = Console()


def in_turn(
    contenders: dict[str, Callable[[], object]], rounds: int = ROUNDS
) -> dict[str, np.ndarray]:
    """Return seconds by contender and round; a first round is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in track(
        range(rounds + 1), description="timing", console=console, transient=True
    ):
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
        cells = [
            f"{ratio:.2f}" if base else ""
            for ratio in (np.median(ratios), ratios.min(), ratios.max())
        ]
        table.add_row(name, f"{np.median(values):.3f}", *cells)
    console.print(table)


def exact_posterior(n: int = 100_000, p: int = 100) -> None:
    """Time ``fit_exact`` against its least cost: Gram matrix and Cholesky factor."""
    X, y = rows(n, p)
    (syrk,) = get_blas_funcs(("syrk",), dtype=np.float64)
    (potrf,) = get_lapack_funcs(("potrf",), dtype=np.float64)
    scales = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    seconds = in_turn(
        {
            "dsyrk + Cholesky": lambda: potrf(syrk(1.0, X.T)),
            "LinearModel + fit_exact, mean and sd": lambda: (
                fit_exact(LinearModel(X, y, **scales)).sd
            ),
            "Ridge(solver='cholesky').fit": lambda: Ridge(
                alpha=1.0, solver="cholesky"
            ).fit(X, y),
        }
    )
    show(f"Exact posterior, {n} x {p}, one thread", seconds, "dsyrk + Cholesky")

    def with_chunks(size: int) -> object:
        reduction.CHUNK_ROWS, reduction.CHUNK_BYTES = 1, size
        return LinearModel(X, y, **scales).statistics

    chosen = reduction.CHUNK_ROWS, reduction.CHUNK_BYTES
    sizes = [2**k for k in range(18, 24)]
    seconds = in_turn(
        {f"{size >> 10} KiB": lambda size=size: with_chunks(size) for size in sizes}
    )
    reduction.CHUNK_ROWS, reduction.CHUNK_BYTES = chosen
    show("Its rows reduced by chunks of", seconds, f"{chosen[1] >> 10} KiB")


def penalty_paths(n: int = 100_000, p: int = 100, m: int = 100) -> None:
    """Time a path of penalties, with all criteria, against one fit and ``RidgeCV``."""
    X, y = rows(n, p)
    penalties = np.geomspace(1, 1e6, m)
    known = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    unknown = {
        "likelihood": likelihoods.Normal(priors.FlatLogScale()),
        "prior": priors.Normal(1.0),
    }
    seconds = in_turn(
        {
            "fit_exact, mean and sd": lambda: fit_exact(LinearModel(X, y, **known)).sd,
            f"penalty_path of {m}, LOO and all": lambda: penalty_path(
                LinearModel(X, y, **unknown), penalties
            ),
        }
    )
    show(
        f"A path of penalties, {n} x {p}, one thread", seconds, "fit_exact, mean and sd"
    )
    seconds = in_turn(
        {
            f"penalty_path of {m}": lambda: penalty_path(
                LinearModel(X, y, **unknown), penalties
            ),
            "RidgeCV(alphas).fit": lambda: RidgeCV(alphas=penalties).fit(X, y),
        },
        2,
    )
    show("The same against scikit-learn", seconds, f"penalty_path of {m}")


def wide_posterior(n: int = 200, p: int = 5000) -> None:
    """Time the posterior of more columns than rows against ridge in its dual form."""
    X, y = rows(n, p)
    scales = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}

    def exact() -> object:
        posterior = fit_exact(LinearModel(X, y, **scales))
        return posterior.mean, posterior.sd

    ridge = "Ridge(solver='cholesky').fit"
    contenders = {
        ridge: lambda: Ridge(alpha=1.0, solver="cholesky").fit(X, y),
        "fit_exact, mean and sd": exact,
    }
    show(f"Exact posterior, {n} x {p}, one thread", in_turn(contenders, 21), ridge)


def unknown_scales() -> None:
    """Time the posterior with unknown scales, and its draws, against ``pm.sample``."""
    scales = {
        "likelihood": likelihoods.Normal(priors.HalfNormal(100.0)),
        "prior": priors.Normal(priors.HalfCauchy(20.0)),
    }
    X, y = datasets.diabetes()

    def known() -> object:
        return fit_exact(
            LinearModel(
                X, y, likelihood=likelihoods.Normal(54.0), prior=priors.Normal(20.0)
            )
        ).sd

    def hierarchical() -> object:
        posterior = fit_exact(LinearModel(X, y, **scales))
        return posterior.mean, posterior.sd

    contenders = {"known scales": known, "unknown noise and prior sd": hierarchical}
    show(
        "Exact posterior of the diabetes data, mean and sd",
        in_turn(contenders, 21),
        "known scales",
    )

    sizes = {"diabetes, 442 x 10": (X, y), "10 000 x 20": rows(10_000, 20)}
    table = Table(
        title="40 000 exact draws, fit included, and 4 x 1000 draws of NUTS; "
        "noise and prior sd unknown",
        title_justify="left",
        title_style="bold",
    )
    for heading in ("", "exact s", "pm.sample s", "its ESS", "exact ESS/s over its"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, (features, response) in sizes.items():
        model = LinearModel(features, response, **scales)
        exact = in_turn(
            {
                "": lambda model=model: fit_exact(fresh(model)).to_datatree(
                    draws=10_000, seed=1
                )
            }
        )[""]
        with pymc_program(model):
            tree = pm.sample(
                random_seed=1,
                nuts_sampler="pymc",
                cores=2,
                progressbar=False,
                quiet=True,
            )
        # the sampling time, without compilation
        sampling = float(tree["posterior"].attrs["sampling_time"])
        sizes_by_name = az.ess(tree["posterior"].to_dataset()).data_vars.values()
        ess = min(float(np.min(each)) for each in sizes_by_name)
        ratio = 40_000 / np.median(exact) / (ess / sampling)
        table.add_row(
            name,
            f"{np.median(exact):.3f}",
            f"{sampling:.1f}",
            f"{ess:.0f}",
            f"{ratio:.0f}",
        )
    console.print(table)


def fresh(model: LinearModel) -> LinearModel:
    """Return a model of the same rows without their sufficient statistics."""
    return LinearModel(model.X, model.y, likelihood=model.likelihood, prior=model.prior)


def rows(n: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    """Return random features, and a response of a linear model of them."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p))
    return X, X @ rng.standard_normal(p) + rng.standard_normal(n)


def python(*arguments: str, **environment: str) -> str:
    """Run this Python, with byte code cached, and return its output."""
    environment = {**os.environ, **ONE_THREAD, **environment}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    result = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return result.stdout


def imports() -> None:
    """Time ``import bayes_l2`` against the start of Python."""
    contenders = {
        "python -c pass": "pass",
        "import bayes_l2": "import bayes_l2",
        "import sklearn": "import sklearn",
    }
    seconds = in_turn(
        {
            name: lambda code=code: python("-c", code)
            for name, code in contenders.items()
        }
    )
    show("Whole processes", seconds, "python -c pass")


def command_line() -> None:
    """Time ``bayes-l2 compare``, with warm caches and with empty caches."""
    command = ("-m", "bayes_l2", "compare", "--json")

    def warm() -> str:
        return python(*command)

    def cold() -> str:
        with tempfile.TemporaryDirectory() as folder:
            return python(
                *command,
                NUMBA_CACHE_DIR=folder,
                PYTENSOR_FLAGS=f"base_compiledir={folder}",
            )

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
        penalty_paths()
        wide_posterior()
        unknown_scales()
        command_line()
