"""Simulation-based calibration of every posterior of the package.

Usage: ``uv run python benchmarks/calibration.py`` prints the tables of
``docs/calibration.md``; with ``--write`` it puts them and the figure into the page.
``--share 0.01`` makes a hundredth of the simulations.

Exact posteriors give u, the distribution function at the truth, without draws. The
Laplace approximation gives the u of a posterior that is not quite right. Draws of NUTS
give the rank of the truth among draws that are thinned.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from page import put, titled
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import Progress
from scipy.special import ndtr
from threadpoolctl import threadpool_limits

from bayes_l2 import LinearModel, fit_laplace, fit_mcmc, likelihoods, priors
from bayes_l2.course.demonstrations.calibration import (
    ROWS,
    SETTINGS,
    Setting,
    Simulation,
    Uniformity,
    calibrate,
    power,
    uniformity,
)
from bayes_l2.course.figures.calibration import calibrations
from bayes_l2.drawing import description

DOCS = Path(__file__).parent.parent / "docs"
PAGE, FIGURE = DOCS / "calibration.md", DOCS / "static" / "calibration.png"
CLOSED = {  # a Student-t posterior shows a wrong scale less than a Gaussian one
    "known scales": 130_000,
    "conjugate noise": 155_000,
    "flat log noise": 170_000,
}
MIXTURES, LAPLACE = 6900, 2500  # simulations of each
NUTS = {"nutpie": 500, "pymc": 100}
KEPT, THIN, TUNE = 19, 20, 250  # draws that are left give a rank 20 values
LEVEL = 0.05  # of the whole table: each quantity has it over their number
PART = 250
CLASS_ROWS = (20, 50, 200)
N_CLASS_COLUMNS = 3
APPROXIMATE = "Laplace approximation"
BOTH: Setting = SETTINGS["both unknown"]
Values = dict[str, np.ndarray]


class Task(NamedTuple):
    """Some simulations of one kind."""

    title: str
    run: Callable[..., Values]
    arguments: tuple[Any, ...]


def laplace(n: int, count: int, seed: list[int]) -> Values:
    """Return u of the first coefficient under the Laplace approximation.

    Its sign is turned so that the mode is positive. Under the exact posterior u would
    be uniform all the same, since data alone decide that.
    """
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        X, coef = (rng.standard_normal(s) for s in ((n, N_CLASS_COLUMNS), 3))
        # both classes are needed; at 20 rows one is missing once in thousands
        y = np.zeros(n)
        while np.ptp(y) == 0:
            y = (rng.uniform(size=n) < 1 / (1 + np.exp(-X @ coef))).astype(int)
        model = LinearModel(
            X,
            y,
            likelihood=likelihoods.Bernoulli(),
            prior=priors.Normal(1.0),
            intercept=False,
        )
        marginal = fit_laplace(model).marginal("x0")
        is_positive = marginal.mean() > 0
        found.append((marginal.cdf if is_positive else marginal.sf)(coef[0]))
    return {f"{n} rows": np.array(found, dtype=float)}


def nuts(engine: Any, count: int, seed: list[int]) -> Values:
    """Return ranks of the truth among thinned draws, as numbers in (0, 1)."""
    rng = np.random.default_rng(seed)
    found: dict[str, list[float]] = {}
    for _ in range(count):
        simulation = Simulation.draw(BOTH, rng, rows=(5, 30))
        draws = fit_mcmc(
            simulation.model,
            engine=engine,
            draws=THIN * KEPT,
            tune=TUNE,
            chains=1,
            seed=int(rng.integers(2**31)),
            progress=False,
        )
        posterior: Any = draws["posterior"]
        values = {
            "intercept": posterior["intercept"],
            "first coefficient": posterior["coef"][..., 0],
            **{name: posterior[name] for name in ("noise_sd", "prior_sd", "penalty")},
        }
        for name, value in values.items():
            truth = simulation.truth["x0" if name.startswith("first") else name]
            rank = int((np.ravel(value)[::THIN] < truth).sum())
            found.setdefault(name, []).append((rank + rng.uniform()) / (KEPT + 1))
    return {name: np.array(each) for name, each in found.items()}


def tasks(share: float) -> Iterator[Task]:
    """Yield all tasks, the longest first."""
    for engine, whole in NUTS.items():
        for number, count in parts(whole * share, 10):
            yield Task(f"NUTS by {engine}", nuts, (engine, count, [2, number]))
    for place, name in reversed([*enumerate(SETTINGS)]):
        whole = CLOSED.get(name, MIXTURES)
        for number, count in parts(whole * share, PART):
            yield Task(name, exact, (name, count, [0, place, number]))
    for n in CLASS_ROWS:
        for number, count in parts(LAPLACE * share, PART):
            yield Task(APPROXIMATE, laplace, (n, count, [1, n, number]))


def exact(name: str, count: int, seed: list[int]) -> Values:
    """Return u under the exact posterior; a setting itself cannot be pickled."""
    return calibrate(SETTINGS[name], count, seed)


def parts(whole: float, size: int) -> Iterator[tuple[int, int]]:
    """Yield the number and the count of each part."""
    count = max(int(whole), 2)
    for number, start in enumerate(range(0, count, size)):
        yield number, min(size, count - start)


def measure(share: float, console: Console) -> dict[str, Values]:
    """Return u by setting and quantity."""
    results: dict[str, dict[str, list[np.ndarray]]] = {name: {} for name in SETTINGS}
    with (
        ProcessPoolExecutor(
            os.cpu_count(), initializer=threadpool_limits, initargs=(1,)
        ) as pool,
        Progress(console=console) as progress,
    ):
        running = {
            pool.submit(task.run, *task.arguments): task for task in tasks(share)
        }
        bar = progress.add_task("simulations", total=len(running))
        for done in as_completed(running):
            for name, u in done.result().items():
                of_task = results.setdefault(running[done].title, {})
                of_task.setdefault(name, []).append(u)
            progress.advance(bar)
    return {
        title: {name: np.concatenate(each) for name, each in found.items()}
        for title, found in results.items()
    }


def exact_or_drawn(results: dict[str, Values]) -> dict[str, Values]:
    """Return the results that ought to be uniform."""
    return {title: found for title, found in results.items() if title != APPROXIMATE}


def rows(results: dict[str, Values]) -> Iterator[list[str]]:
    """Yield the table of uniformity: a row for each quantity of each setting."""
    yield ["setting", "quantity", "N", "mean of z", "sd of z", "p value", "verdict"]
    tested = exact_or_drawn(results)
    level = LEVEL / sum(map(len, tested.values()))
    for title, found in tested.items():
        for name, u in found.items():
            got = uniformity(u)
            verdict = "uniform" if got.p_value >= level else "NOT uniform"
            counted = f"{got.count:,}"
            yield [title, name, counted, *moments(got), f"{got.p_value:.2g}", verdict]


def errors(results: dict[str, Values]) -> Iterator[list[str]]:
    """Yield the table of the approximation: how wrong it is, without a verdict."""
    yield ["data", "N", "mean of z", "sd of z", "coverage of a 90 % interval"]
    for name, u in results[APPROXIMATE].items():
        got, share = uniformity(u), np.mean(np.abs(u - 0.5) < 0.45)
        error = np.sqrt(share * (1 - share) / got.count)
        coverage = f"{100 * share:.1f} % ± {100 * error:.1f} %"
        yield [name, f"{got.count:,}", *moments(got), coverage]


def moments(got: Uniformity) -> tuple[str, str]:
    """Return the mean and the sd of z with the standard errors of uniform values."""
    error = 1 / got.count**0.5
    return f"{got.mean:+.4f} ± {error:.4f}", f"{got.sd:.4f} ± {error / 2**0.5:.4f}"


def powers(n_tests: int) -> Iterator[list[str]]:
    """Yield the table of errors that would be seen."""
    yield ["setting", "N", "sd wrong by", "seen with probability"]
    n, level = np.round(np.geomspace(*ROWS, 1000)), LEVEL / n_tests
    known, conjugate, flat = CLOSED.values()
    nutpie, pymc = NUTS.values()
    for title, count, ratio, seen in (
        ("known scales", known, 1.01, power(known, 1.01, level)),
        ("conjugate noise", conjugate, 1.01, power(conjugate, 1.01, level, df=n + 3)),
        ("flat log noise", flat, 1.01, power(flat, 1.01, level, df=n - 1)),
        ("mixtures", MIXTURES, 1.05, power(MIXTURES, 1.05, level, df=n - 1)),
        ("NUTS by nutpie", nutpie, 1.3, power_of_ranks(nutpie, 1.3, level)),
        ("NUTS by pymc", pymc, 1.8, power_of_ranks(pymc, 1.8, level)),
    ):
        yield [title, f"{count:,}", f"{100 * (ratio - 1):.3g} %", f"{seen:.3f}"]


def power_of_ranks(count: int, ratio: float, level: float) -> float:
    """Return how many of 1000 runs see that an sd of draws is wrong by a factor."""
    rng = np.random.default_rng(0)
    below = ndtr(ratio * rng.standard_normal((1000, count)))
    ranks = rng.binomial(KEPT, below) + rng.uniform(size=below.shape)
    seen = [uniformity(u).p_value < level for u in ranks / (KEPT + 1)]
    return float(np.mean(seen))


def main() -> None:
    """Print the tables, and write the page if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the simulations")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    console = Console()
    start, before = time.perf_counter(), os.times()
    results = measure(options.share, console)
    minutes = (time.perf_counter() - start) / 60
    busy = sum(os.times()[:4]) - sum(before[:4])
    tables = {
        "Uniformity": rows(results),
        "Power": powers(sum(map(len, exact_or_drawn(results).values()))),
        APPROXIMATE: errors(results),
    }
    spent = (
        f"The run took {minutes:.1f} minutes on {os.cpu_count()} cores, and "
        f"{busy / 60:.1f} minutes of processor time.\n"
    )
    text = "\n".join(
        [spent, *(titled(title, next(each), each) for title, each in tables.items())]
    )
    console.print(Markdown(text))
    if options.write:
        figure = calibrations(results)
        figure.savefig(FIGURE, dpi=110)
        put(PAGE, f"{text}\n![{description(figure)}](static/{FIGURE.name})")


if __name__ == "__main__":
    main()
