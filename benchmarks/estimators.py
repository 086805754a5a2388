"""Times of L2Regressor beside BayesianRidge and beside the exact posterior alone.

Usage: ``OPENBLAS_NUM_THREADS=1 uv run python benchmarks/estimators.py``, and with 2.

The contenders take turns. A line has the median time of each, and the ratio to ours.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from sklearn.linear_model import BayesianRidge

from bayes_l2 import L2Regressor, LinearModel, fit_exact, likelihoods, priors

Contenders = dict[str, Callable[[], object]]


def medians(contenders: Contenders, rounds: int) -> dict[str, float]:
    """Return the median wall time of each contender, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, call in contenders.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in times.items()}


def report(title: str, contenders: Contenders, rounds: int) -> None:
    """Print the medians, and the ratio of ours, the first, to each of the others."""
    found = medians(contenders, rounds)
    ours = next(iter(found.values()))
    print(title)
    for name, seconds in found.items():
        print(
            f"  {name:42} {1e3 * seconds:9.1f} ms   ours / this {ours / seconds:6.3f}"
        )


def main() -> None:
    """Time fits and predictions of one set of rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    X = rng.standard_normal((options.rows, options.columns))
    y = 5 + X @ rng.standard_normal(options.columns)
    y += 3 * rng.standard_normal(options.rows)

    def exact() -> object:
        likelihood, prior = likelihoods.Normal(3.0), priors.Normal(1.0)
        return fit_exact(LinearModel(X, y, likelihood=likelihood, prior=prior))

    threads = os.environ.get("OPENBLAS_NUM_THREADS", "all")
    shape = f"{options.rows} x {options.columns}, {threads} threads"
    ours, theirs = L2Regressor().fit(X, y), BayesianRidge().fit(X, y)
    fits: Contenders = {
        "L2Regressor().fit, both scales unknown": partial(L2Regressor().fit, X, y),
        "fit_exact, known scales": exact,
        "BayesianRidge().fit": partial(BayesianRidge().fit, X, y),
    }
    report(f"Fit of {shape}", fits, options.rounds)
    predictions: Contenders = {
        "L2Regressor.predict(return_std=True)": partial(ours.predict, X, True),
        "BayesianRidge.predict(return_std=True)": partial(theirs.predict, X, True),
    }
    report(f"Prediction of {shape}", predictions, options.rounds)


if __name__ == "__main__":
    main()
