"""Count the digits that sums of products lose where columns are far from zero.

Usage: ``uv run --with duckdb python benchmarks/digits.py`` prints a table of
``docs/scale.md``; with ``--write`` it puts the table into the page. Without DuckDB its
lines are left out, and nothing can be written.

A number that is added to a column changes no slope of a regression with an intercept.
The entries are multiples of 2**-20, so that adding an offset rounds nothing, and the
slopes have one truth for all offsets. It comes from sums of whole numbers and from
rational arithmetic, whose results alone are rounded.
"""

import argparse
import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from page import markdown, put
from scipy.linalg import solve_triangular

from bayes_l2 import LinearModel, SufficientStatistics, fit_exact, likelihoods, priors

PAGE = Path(__file__).parent.parent / "docs" / "scale.md"
START, END = "<!-- digits -->\n", "<!-- end of digits -->\n"
N_ROWS, N_PARTS = 200_000, 16
OFFSETS = (0.0, 1e3, 1e6, 1e9)
SLOPES = np.array([1.0, -2.0, 0.5, 3.0])
UNIT = 2.0**-20
BLOCK = 2**14  # rows whose whole products cannot overflow 64 bits
Array = np.ndarray
# [X y] in parts of rows -> slopes
Way = Callable[[list[Array]], Array]


def rows_of(n_rows: int, seed: int = 0) -> Array:
    """Return [X y] with columns of sd 1 about 0, in multiples of UNIT."""
    rng = np.random.default_rng(seed)
    X = np.round(rng.standard_normal((n_rows, len(SLOPES))) / UNIT)
    y = X @ SLOPES + rng.standard_normal(n_rows) / UNIT
    return np.column_stack([X, np.round(y)]) * UNIT


def true_slopes(rows: Array) -> Array:
    """Return the slopes of least squares with an intercept, rounded at the end."""
    n, size = rows.shape
    ones = np.ones((n, 1), dtype=np.int64)
    whole = np.hstack([ones, (rows / UNIT).astype(np.int64)])
    gram = np.zeros((size + 1, size + 1), dtype=object)
    for start in range(0, n, BLOCK):
        block = whole[start : start + BLOCK]
        gram += (block.T @ block).astype(object)
    # centred sums, times n: they are whole too
    centred = n * gram[1:, 1:] - np.outer(gram[0, 1:], gram[0, 1:])
    return np.array([float(each) for each in solve_exactly(centred)])


def solve_exactly(gram: Array) -> list[Fraction]:
    """Return the b of gram = [A c; c' d] with A b = c, by Gauss and Jordan's method."""
    rows = [[Fraction(int(each)) for each in row] for row in gram[:-1]]
    for i, pivot in enumerate(rows):
        rows[i] = pivot = [each / pivot[i] for each in pivot]
        for k, row in enumerate(rows):
            if k != i:
                rows[k] = [a - row[i] * b for a, b in zip(row, pivot, strict=True)]
    return [row[-1] for row in rows]


def from_sums(sums: Array) -> Array:
    """Return the slopes of normal equations, from the sums of products of [1 X y]."""
    return np.linalg.solve(sums[:-1, :-1], sums[:-1, -1])[1:]


def from_covariances(squares: Array) -> Array:
    """Return the slopes from centred sums of products of [X y]."""
    return np.linalg.solve(squares[:-1, :-1], squares[:-1, -1])


def frame_of(parts: list[Array]) -> pl.DataFrame:
    """Return the rows of all parts, with the columns c0, c1, ..."""
    return pl.DataFrame(
        {f"c{j}": column for j, column in enumerate(np.vstack(parts).T)}
    )


def symmetric(size: int, entry: Callable[[int, int], Any]) -> list[Any]:
    """Return the entries of the upper triangle of a matrix, by rows."""
    return [entry(i, j) for i in range(size) for j in range(i, size)]


def unpacked(values: Iterable[float], size: int) -> Array:
    """Return the symmetric matrix whose upper triangle has these entries."""
    matrix = np.zeros((size, size))
    matrix[np.triu_indices(size)] = list(values)
    return matrix + np.triu(matrix, 1).T


def plain_sums(parts: list[Array]) -> Array:
    """Add up the products of [1 X y] of each part."""
    wide = (np.column_stack([np.ones(len(part)), part]) for part in parts)
    return from_sums(sum(part.T @ part for part in wide))  # type: ignore[arg-type]


def polars_sums(parts: list[Array]) -> Array:
    """Let polars add up the products, by its streaming engine."""
    frame = frame_of(parts).with_columns(one=pl.lit(1.0))
    names = ["one", *frame.columns[:-1]]
    products = symmetric(
        len(names),
        lambda i, j: (pl.col(names[i]) * pl.col(names[j])).sum().alias(f"{i}-{j}"),
    )
    sums = frame.lazy().select(products).collect(engine="streaming")
    return from_sums(unpacked(sums.row(0), len(names)))


def polars_covariances(parts: list[Array]) -> Array:
    """Let polars find the covariances."""
    frame = frame_of(parts)
    names = frame.columns
    pairs = symmetric(
        len(names), lambda i, j: pl.cov(names[i], names[j]).alias(f"{i}-{j}")
    )
    return from_covariances(unpacked(frame.select(pairs).row(0), len(names)))


def queried(parts: list[Array], formula: str, names: list[str]) -> Array:
    """Return a formula of each pair of columns, by a query of DuckDB."""
    duckdb: Any = import_module("duckdb")  # no dependency of the package

    pairs = symmetric(len(names), lambda i, j: formula.format(names[i], names[j]))
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")  # so that digits are the same again
        connection.register("rows", frame_of(parts).to_arrow())
        values = connection.execute(f"SELECT {', '.join(pairs)} FROM rows").fetchone()
    assert values is not None
    return unpacked(values, len(names))


def sql_sums(parts: list[Array]) -> Array:
    """Let DuckDB add up the products."""
    names = ["1.0", *(f"c{j}" for j in range(parts[0].shape[1]))]
    return from_sums(queried(parts, "sum({}::DOUBLE * {})", names))


def sql_covariances(parts: list[Array]) -> Array:
    """Let DuckDB find the covariances."""
    names = [f"c{j}" for j in range(parts[0].shape[1])]
    return from_covariances(queried(parts, "covar_pop({}, {})", names))


def qr_of_parts(parts: list[Array]) -> Array:
    """Merge the triangular factors of [1 X y] of the parts."""
    wide = [np.column_stack([np.ones(len(part)), part]) for part in parts]
    factors = [np.linalg.qr(part, mode="r") for part in wide]
    factor = np.linalg.qr(np.vstack(factors), mode="r")
    return solve_triangular(factor[:-1, :-1], factor[:-1, -1])[1:]


def centred_sums(parts: list[Array]) -> Array:
    """Merge the means and centred products of the parts, as Welford and Chan do."""
    n, mean, squares = 0, np.zeros(parts[0].shape[1]), 0.0
    for part in parts:
        step = part.mean(axis=0) - mean
        rest = part - part.mean(axis=0)
        total = n + len(part)
        squares = squares + rest.T @ rest + np.outer(step, step) * n * len(part) / total
        n, mean = total, mean + step * len(part) / total
    return from_covariances(np.asarray(squares))


def statistics_of(parts: list[Array]) -> SufficientStatistics:
    """Return the statistics of the parts, one after another."""
    return SufficientStatistics.from_batches(
        (part[:, :-1], part[:, -1]) for part in parts
    )


def our_factor(parts: list[Array]) -> Array:
    """Return the slopes from the factor R of the statistics."""
    factor = statistics_of(parts).factor
    return solve_triangular(factor[:-1, :-1], factor[:-1, -1])


def our_posterior(parts: list[Array]) -> Array:
    """Return the posterior mean under a flat prior, from the statistics."""
    model = LinearModel.from_statistics(
        statistics_of(parts), likelihood=likelihoods.Normal(1.0), prior=priors.Flat()
    )
    return fit_exact(model).location.mean[1:]


WAYS: dict[str, Way] = {
    "sums of products in NumPy, added by partition, as one writes them for Spark": (
        plain_sums
    ),
    "sums of products in polars, by its streaming engine": polars_sums,
    "`sum(a * b)` in SQL, by DuckDB": sql_sums,
    "QR of [1 X y] by partition": qr_of_parts,
    "`pl.cov(a, b)` in polars, all rows in memory": polars_covariances,
    "`covar_pop(a, b)` in SQL, by DuckDB": sql_covariances,
    "means and centred sums of products, merged by partition": centred_sums,
    "R of `SufficientStatistics.from_batches`": our_factor,
    "`fit_exact` of a model from these statistics": our_posterior,
}


def digits(found: Array, truth: Array) -> float:
    """Return the correct digits of the worst slope, from 0 to 16."""
    error = float(np.max(np.abs(found / truth - 1)))
    return float(np.clip(-np.log10(max(error, 1e-16)), 0, 16))


def measured(n_rows: int = N_ROWS) -> dict[str, list[float]]:
    """Return the correct digits of each way that is installed, for each offset."""
    rows = rows_of(n_rows)
    truth = true_slopes(rows)
    table: dict[str, list[float]] = {name: [] for name in WAYS}
    if find_spec("duckdb") is None:
        table = {name: [] for name in table if "DuckDB" not in name}
    for offset in OFFSETS:
        moved = rows + offset * np.append(np.ones(len(SLOPES)), 0)
        parts = np.array_split(moved, N_PARTS)
        for name, scores in table.items():
            try:
                scores.append(digits(WAYS[name](parts), truth))
            except ValueError:  # a posterior that rounding spoils is refused
                scores.append(math.nan)
    return table


def entry_of(score: float) -> str:
    """Return the entry of the table for a number of digits."""
    return "refused" if math.isnan(score) else f"{min(score, 15):.1f}"


def table_of(scores: dict[str, list[float]]) -> str:
    """Return the table of the page."""
    header = ["correct digits of the worst slope, columns offset by"]
    header += [f"{offset:.0e}" if offset else "0" for offset in OFFSETS]
    return markdown(
        header, ([name, *map(entry_of, row)] for name, row in scores.items())
    )


def main() -> None:
    """Print the table, and put it into the page if that is asked for."""
    parser = argparse.ArgumentParser(description="Count correct digits of slopes.")
    parser.add_argument("--write", action="store_true", help="put it into the page")
    arguments = parser.parse_args()
    scores = measured()
    print(table_of(scores))
    if arguments.write:
        if len(scores) < len(WAYS):
            parser.error("--write needs DuckDB: uv run --with duckdb python ...")
        put(PAGE, table_of(scores), START, END)


if __name__ == "__main__":
    main()
