"""Count how often predictive intervals of 90 % hold a new y.

Usage: ``uv run python benchmarks/predictive_coverage.py`` prints the table of
``docs/coverage.md``; with ``--write`` it puts the table into the page.

Data sets are drawn from the priors of the scales, so that theory states the coverage of
the posterior that has these priors: 90 %. For each data set the truth is known, and so
is the probability that an interval holds a new y. The table has means of these
probabilities over data sets, and their standard errors.
"""

import argparse
import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import product
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple, cast

import numpy as np
from page import put, titled
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import Progress
from scipy.special import ndtr, ndtri
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, WhiteKernel
from sklearn.linear_model import ARDRegression, BayesianRidge
from threadpoolctl import threadpool_limits

from bayes_l2 import L2Regressor, priors

PAGE = Path(__file__).parent.parent / "docs" / "coverage.md"
COVERAGE = 0.9
REACH = float(ndtri(0.5 + COVERAGE / 2))  # of a normal distribution, in sds
N_ROWS, N_COLUMNS = (5, 10, 20, 50, 200), (2, 10, 50)
DATA_SETS = 1334  # in each cell: 20 010 in the table
N_NEW = 4  # rows for which each data set predicts
PART = 25  # data sets of one task
Array = np.ndarray


class Interval(NamedTuple):
    """The ends of intervals, and the noise sd that they take as known."""

    low: Array
    high: Array
    noise_sd: float = np.nan


# X, y, new rows -> the interval for each row
Method = Callable[[Array, Array, Array], Interval]


class DataSet(NamedTuple):
    """A data set, new rows, and the truth about them."""

    X: Array
    y: Array
    rows: Array
    line: Array  # the mean of a new y at each row
    noise_sd: float

    @classmethod
    def draw(cls, n: int, p: int, number: int) -> "DataSet":
        """Draw scales, coefficients and rows; the same ones for the same numbers."""
        rng = np.random.default_rng([n, p, number])
        noise_sd, prior_sd = np.abs(rng.standard_normal(2))
        coef, intercept = prior_sd * rng.standard_normal(p), 3.0
        X, rows = rng.standard_normal((n, p)), rng.standard_normal((N_NEW, p))
        y = intercept + X @ coef + noise_sd * rng.standard_normal(n)
        return cls(X, y, rows, intercept + rows @ coef, float(noise_sd))

    def outcome(self, method: Method) -> tuple[float, float]:
        """Return the mean probability that an interval of a method holds a new y.

        The second number is the noise sd taken as known over the true one.
        """
        low, high, noise_sd = method(self.X, self.y, self.rows)
        above, below = ((end - self.line) / self.noise_sd for end in (low, high))
        return float(np.mean(ndtr(below) - ndtr(above))), noise_sd / self.noise_sd


def ours(X: Array, y: Array, rows: Array) -> Interval:
    """Return intervals under the priors from which the scales were drawn."""
    unit = priors.HalfNormal(1.0)
    model = L2Regressor(noise_sd=unit, prior_sd=unit).fit(X, y)
    return Interval(*model.predict_interval(rows, coverage=COVERAGE).T)


def ours_by_default(X: Array, y: Array, rows: Array) -> Interval:
    """Return intervals under scale priors that are set by the data."""
    model = L2Regressor().fit(X, y)
    return Interval(*model.predict_interval(rows, coverage=COVERAGE).T)


def normal_interval(mean: Array, sd: Array, noise_sd: Any) -> Interval:
    """Return what is made of a mean and an sd: a normal interval."""
    return Interval(mean - REACH * sd, mean + REACH * sd, float(noise_sd))


def bayesian_ridge(X: Array, y: Array, rows: Array) -> Interval:
    """Return intervals of BayesianRidge with its defaults."""
    model = BayesianRidge().fit(X, y)
    mean, sd = model.predict(rows, return_std=True)
    return normal_interval(mean, sd, model.alpha_**-0.5)


def with_intercept(X: Array, y: Array, rows: Array) -> Interval:
    """Return the same, with the variance of the intercept added."""
    model = BayesianRidge().fit(X, y)
    mean, sd = model.predict(rows, return_std=True)
    sd = np.sqrt(sd**2 + 1 / model.alpha_ / len(y))
    return normal_interval(mean, sd, model.alpha_**-0.5)


def ard(X: Array, y: Array, rows: Array) -> Interval:
    """Return intervals of ARDRegression with its defaults."""
    model = ARDRegression().fit(X, y)
    mean, sd = model.predict(rows, return_std=True)
    return normal_interval(mean, sd, model.alpha_**-0.5)


def gaussian_process(X: Array, y: Array, rows: Array) -> Interval:
    """Return intervals of a Gaussian process with a linear kernel and noise."""
    kernel = ConstantKernel() * DotProduct() + WhiteKernel()
    model = GaussianProcessRegressor(kernel, normalize_y=True).fit(X, y)
    mean, sd = cast(tuple[Array, Array], model.predict(rows, return_std=True))
    fitted: Any = model.kernel_
    noise_sd = fitted.k2.noise_level**0.5 * np.std(y)  # the kernel is for y of sd 1
    return normal_interval(mean, sd, noise_sd)


# name, method, and the share of the data sets on which it is tried
METHODS: dict[str, tuple[Method, float]] = {
    "`L2Regressor`, priors of the draws": (ours, 1.0),
    "`L2Regressor()`": (ours_by_default, 0.3),
    "`BayesianRidge()`": (bayesian_ridge, 1.0),
    "the same, and σ²/n": (with_intercept, 1.0),
    "`ARDRegression()`": (ard, 0.3),
    "`GaussianProcessRegressor`": (gaussian_process, 0.2),
}


class Task(NamedTuple):
    """A method, a cell of the table, and numbers of data sets."""

    name: str
    n: int
    p: int
    numbers: range

    def run(self) -> tuple[list[tuple[float, float]], float]:
        """Return the outcome of each data set, and the seconds."""
        method, start = METHODS[self.name][0], process_time()
        found = [
            DataSet.draw(self.n, self.p, number).outcome(method)
            for number in self.numbers
        ]
        return found, process_time() - start


def prepare() -> None:
    """Give a process one core, and silence the warnings of searches that end early."""
    threadpool_limits(1)
    warnings.simplefilter("ignore", ConvergenceWarning)


def tasks(data_sets: int) -> list[Task]:
    """Return all tasks, each with at most PART data sets."""
    return [
        Task(name, n, p, range(start, min(start + PART, count)))
        for name, (_, share) in METHODS.items()
        for n, p in product(N_ROWS, N_COLUMNS)
        for count in [max(int(share * data_sets), 2)]
        for start in range(0, count, PART)
    ]


Results = dict[tuple[str, int, int], list[tuple[float, float]]]


def measure(data_sets: int, console: Console) -> tuple[Results, dict[str, float]]:
    """Return outcomes by method and cell, and the seconds of each method."""
    results: Results = {}
    seconds = dict.fromkeys(METHODS, 0.0)
    with (
        ProcessPoolExecutor(os.cpu_count(), initializer=prepare) as pool,
        Progress(console=console) as progress,
    ):
        running = {pool.submit(task.run): task for task in tasks(data_sets)}
        bar = progress.add_task("tasks", total=len(running))
        for done in as_completed(running):
            task, (found, passed) = running[done], done.result()
            results.setdefault((task.name, task.n, task.p), []).extend(found)
            seconds[task.name] += passed
            progress.advance(bar)
    return results, seconds


def coverages(results: Results, seconds: dict[str, float]) -> Iterator[list[str]]:
    """Yield a table: coverages in per cent, the numbers of data sets and the cost."""
    yield ["n", "p", *METHODS]
    for n, p in product(N_ROWS, N_COLUMNS):
        row = [str(n), str(p)]
        for name in METHODS:
            found = 100 * np.array(results[name, n, p])[:, 0]
            error = np.std(found, ddof=1) / len(found) ** 0.5
            row.append(f"{found.mean():.1f} ± {error:.1f}")
        yield row
    counts = {
        name: [len(found) for (method, *_), found in results.items() if method == name]
        for name in METHODS
    }
    yield ["data sets", "a cell", *(f"{each[0]:,}" for each in counts.values())]
    costs = (1000 * seconds[name] / sum(counts[name]) for name in METHODS)
    yield ["ms", "each", *(f"{cost:.1f}" for cost in costs)]


def tiny_noise(results: Results) -> Iterator[list[str]]:
    """Yield a table: how often the noise sd is below a tenth of the truth, in %."""
    names = [*METHODS][-3:]
    yield ["n", "p", "`BayesianRidge()`", *names[1:]]
    for n, p in product(N_ROWS, N_COLUMNS):
        ratios = (np.array(results[name, n, p])[:, 1] for name in names)
        yield [str(n), str(p), *(f"{100 * np.mean(each < 0.1):.0f}" for each in ratios)]


def main() -> None:
    """Print the tables, and put them into the page if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-sets", type=int, default=DATA_SETS, help="in a cell")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    console = Console()
    results, seconds = measure(options.data_sets, console)
    tables = {
        "Coverage, in per cent": coverages(results, seconds),
        "Noise sds below a tenth of the true one, in per cent of data sets": (
            tiny_noise(results)
        ),
    }
    text = "\n".join(titled(title, next(rows), rows) for title, rows in tables.items())
    console.print(Markdown(text))
    if options.write:
        put(PAGE, text)


if __name__ == "__main__":
    main()
