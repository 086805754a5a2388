"""Tables that tests of Parquet and Arrow share, and the distance of two statistics."""

from typing import Any

import numpy as np
import pyarrow as pa

from bayes_l2 import SufficientStatistics

LEVELS = ("b", "a", "c")


def table_of(n: int, seed: int = 0, offset: float = 0.0) -> pa.Table:
    """Return rows of four columns of numbers, text, weights, a response and labels."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 2)) + offset
    eta = X @ np.array([1.0, -0.5]) - 0.5 * offset
    return pa.table(
        {
            "x0": X[:, 0],
            "x1": X[:, 1],
            "count": rng.integers(0, 9, n).astype(np.int16),
            "flag": rng.random(n) < 0.4,
            "site": rng.choice(LEVELS, n),
            "w": rng.uniform(0.5, 2.0, n),
            "y": eta + rng.standard_normal(n),
            "answer": np.where(rng.random(n) < 1 / (1 + np.exp(-eta)), "yes", "no"),
        }
    )


def columns_of(table: pa.Table, names: list[str]) -> np.ndarray[Any, Any]:
    """Return columns as an array; ``site=a`` is an indicator."""
    found = []
    for name in names:
        column, _, level = name.partition("=")
        values = np.array(table.column(column).to_pylist())
        found.append(values == level if level else values)
    return np.column_stack(found).astype(float)


def of_rows(
    table: pa.Table, names: list[str], weights: str | None = None
) -> SufficientStatistics:
    """Return the statistics of all rows at once."""
    w = None if weights is None else table.column(weights).to_numpy()
    y = table.column("y").to_numpy()
    return SufficientStatistics.from_rows(columns_of(table, names), y, w)


def distance(one: SufficientStatistics, other: SufficientStatistics) -> float:
    """Return the largest difference of means and covariances, in units of the sds."""
    assert one.n_rows == other.n_rows
    assert np.isclose(one.total_weight, other.total_weight, rtol=1e-13)
    assert np.isclose(one.sum_log_weights, other.sum_log_weights, rtol=1e-11, atol=1e-9)
    gram, true = (each.factor.T @ each.factor for each in (one, other))
    lengths = np.sqrt(np.diag(true))
    lengths[lengths == 0] = 1.0
    means = np.sqrt(other.total_weight) * np.abs(one.mean - other.mean) / lengths
    squares = np.abs(gram - true) / lengths / lengths[:, np.newaxis]
    return float(max(means.max(), squares.max()))
