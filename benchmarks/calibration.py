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
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from threadpoolctl import threadpool_limits

from bayes_l2 import LinearModel, fit_laplace, fit_mcmc, likelihoods, priors
from bayes_l2.course.demonstrations.calibration import (
    SETTINGS,
    Setting,
    Simulation,
    calibrate,
    power,
    uniformity,
)
from bayes_l2.course.figures.calibration import calibrations
from bayes_l2.drawing import description

DOCS = Path(__file__).parent.parent / "docs"
PAGE, FIGURE = DOCS / "calibration.md", DOCS / "static" / "calibration.png"
START, END = "<!-- measured -->\n", "<!-- end -->\n"
CLOSED, MIXTURES, LAPLACE = 100_000, 5000, 5000  # simulations of each
NUTS = {"nutpie": 500, "pymc": 100}
KEPT = 99  # draws that are left, so that a rank has 100 values
LEVEL = 1e-3  # of a whole run: each test has it over the number of tests
PART = 250
CLASS_ROWS = (20, 50, 200)
N_CLASS_COLUMNS = 3
BOTH: Setting = SETTINGS["both unknown"]
Values = dict[str, np.ndarray]


class Task(NamedTuple):
    """Some simulations of one kind."""

    title: str
    run: Callable[..., Values]
    arguments: tuple[Any, ...]


def laplace(n: int, count: int, seed: list[int]) -> Values:
    """Return u of a coefficient under the Laplace approximation, by simulations."""
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
        found.append(fit_laplace(model).marginal("x0").cdf(coef[0]))
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
            draws=500,
            tune=500,
            chains=2,
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
            thinned = np.ravel(value)[:: value.size // (KEPT + 1)][:KEPT]
            rank = int((thinned < truth).sum())
            found.setdefault(name, []).append((rank + rng.uniform()) / (KEPT + 1))
    return {name: np.array(each) for name, each in found.items()}


def tasks(share: float) -> Iterator[Task]:
    """Yield all tasks, the longest first."""
    for engine, whole in NUTS.items():
        for number, count in parts(whole * share, 10):
            yield Task(f"NUTS by {engine}", nuts, (engine, count, [2, number]))
    for place, (name, setting) in reversed([*enumerate(SETTINGS.items())]):
        whole = CLOSED if setting.is_closed else MIXTURES
        for number, count in parts(whole * share, PART):
            yield Task(name, exact, (name, count, [0, place, number]))
    for n in CLASS_ROWS:
        for number, count in parts(LAPLACE * share, PART):
            yield Task("Laplace approximation", laplace, (n, count, [1, n, number]))


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


def rows(results: dict[str, Values]) -> Iterator[list[str]]:
    """Yield the table: a row for each quantity of each setting."""
    yield ["setting", "quantity", "N", "mean of z", "sd of z", "p value", "verdict"]
    n_tests = sum(map(len, results.values()))
    for title, found in results.items():
        for name, u in found.items():
            got = uniformity(u)
            error = 1 / got.count**0.5
            verdict = "uniform" if got.p_value >= LEVEL / n_tests else "NOT uniform"
            yield [
                title,
                name,
                f"{got.count:,}",
                f"{got.mean:+.4f} ± {error:.4f}",
                f"{got.sd:.4f} ± {error / 2**0.5:.4f}",
                f"{got.p_value:.2g}",
                verdict,
            ]


def powers(n_tests: int) -> Iterator[list[str]]:
    """Yield the table of errors that would be seen."""
    yield ["N", "sd of one quantity wrong by", "seen with probability"]
    for count, ratio in (
        (CLOSED, 1.01),
        (CLOSED, 1.015),
        (MIXTURES, 1.05),
        (MIXTURES, 1.07),
        (NUTS["nutpie"], 1.25),
        (NUTS["pymc"], 1.6),
    ):
        seen = power(count, ratio, LEVEL / n_tests)
        yield [f"{count:,}", f"{100 * (ratio - 1):.3g} %", f"{seen:.3f}"]


def main() -> None:
    """Print the tables, and write the page if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the simulations")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    console = Console()
    results = measure(options.share, console)
    text = ""
    tables = {
        "Uniformity": rows(results),
        "Power": powers(sum(map(len, results.values()))),
    }
    for title, lines in tables.items():
        header, *body = lines
        table = Table(*header, title=title)
        text += f"\n### {title}\n\n| {' | '.join(header)} |\n"
        text += "|" + "---|" * len(header) + "\n"
        for line in body:
            table.add_row(*line)
            text += f"| {' | '.join(line)} |\n"
        console.print(table)
    if options.write:
        figure = calibrations(results)
        figure.savefig(FIGURE, dpi=110)
        text += f"\n![{description(figure)}](static/{FIGURE.name})\n"
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(START)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{START}{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
