"""Rows in the eigenbasis: their digits, and where statistics alone give them.

The oracle has singular values and residuals in 60 digits, from the rows themselves.
"""

from typing import Any

import mpmath
import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.selection.row_basis import RowBasis

HADAMARD = np.array([[1.0]])
for _ in range(3):
    HADAMARD = np.block([[HADAMARD, HADAMARD], [HADAMARD, -HADAMARD]])
ONE, TWO, THREE = (
    HADAMARD[:, 1],
    HADAMARD[:, 2],
    HADAMARD[:, 3],
)  # of mean 0, orthogonal


def model_of(X: Any, y: Any, *, mean: Any = 0.0, **options: Any) -> LinearModel:
    prior = priors.Normal(1.0, mean=mean)
    return LinearModel(X, y, likelihood=likelihoods.Normal(1.0), prior=prior, **options)


def found_of(model: LinearModel, least_penalty: float | None = 0.0) -> RowBasis:
    return RowBasis.of(model, Eigenbasis.of(model), least_penalty)


def weighted_rows(model: LinearModel) -> tuple[mpmath.matrix, mpmath.matrix]:
    """Return sqrt(w) (X - mean) and sqrt(w) (y - mean) in many digits."""
    X, y = model.rows("the oracle")
    n, p = X.shape
    weights = np.ones(n) if model.weights is None else model.weights
    w = [mpmath.mpf(float(each)) for each in weights]
    table = [[mpmath.mpf(float(v)) for v in (*X[i], y[i])] for i in range(n)]
    for j in range(p + 1) if model.intercept else ():
        mean = sum(w[i] * table[i][j] for i in range(n)) / sum(w)
        for i in range(n):
            table[i][j] -= mean
    rows = [[mpmath.sqrt(w[i]) * v for v in table[i]] for i in range(n)]
    return (
        mpmath.matrix([row[:p] for row in rows]),
        mpmath.matrix([row[p:] for row in rows]),
    )


def tangled(
    n: int,
    p: int,
    *,
    gap: float,
    noise: float,
    seed: int,
    offset: float = 1e3,
    **options: Any,
) -> LinearModel:
    """Return a model whose last column is nearly the first, far from 0, and scaled."""
    rng = np.random.default_rng([seed, n, p])
    X = rng.standard_normal((n, p))
    X[:, -1] = X[:, 0] + gap * X[:, -1]
    y = X.sum(axis=1) + noise * rng.standard_normal(n)
    X = (X + offset * rng.uniform(size=p)) * 10.0 ** rng.integers(-3, 3, p)
    return model_of(X, y, **options)


WEIGHTS = 10.0 ** np.random.default_rng(3).uniform(-3, 3, 9)


@pytest.mark.parametrize(
    ("p", "gap", "offset"),
    [
        *((p, *each) for p in (3, 12) for each in ((1e-6, 1e3), (1e-11, 1e3))),
        (3, 1e-15, 0.0),
        (3, 1e-3, 1e12),
        (12, 1e-3, 1e12),
    ],
)
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["rows", "weights"])
def test_singular_values_and_residuals_have_all_their_digits(
    p: int, gap: float, offset: float, intercept: bool, weights: Any
) -> None:
    model = tangled(
        9,
        p,
        gap=gap,
        noise=1e-9,
        seed=1,
        offset=offset,
        intercept=intercept,
        weights=weights,
    )
    with mpmath.workdps(80):
        A, b = weighted_rows(model)
        wide = A.rows < A.cols
        squares = mpmath.eigsy(A * A.T if wide else A.T * A, eigvals_only=True)
        sizes = [mpmath.sqrt(abs(each)) for each in squares]
        truth = np.array(sorted((float(s) for s in sizes), reverse=True))
        truth = truth[truth > 1e-25 * truth[0]]
        table = np.array(A.tolist(), dtype=float)
        residual = None
        if not wide:
            fit = A * mpmath.lu_solve(A.T * A, A.T * b)
            residual = np.array((b - fit).tolist(), dtype=float)[:, 0]
    rows = found_of(model)
    assert rows.left is not None
    assert rows.rest is not None
    values = np.sqrt(rows.basis.eigenvalues * rows.basis.unit)
    np.testing.assert_allclose(np.sort(values)[::-1], truth, rtol=2e-13)
    eye = np.eye(len(truth))
    np.testing.assert_allclose(rows.left.T @ rows.left, eye, atol=1e-14)
    again = (rows.left * values) @ rows.basis.axes.T
    scale = np.linalg.norm(table, axis=0)
    np.testing.assert_allclose(again / scale, table / scale, atol=1e-13)
    if residual is None:
        assert rows.basis.residual == np.linalg.norm(rows.rest) == 0
    else:
        size = np.linalg.norm(residual)
        np.testing.assert_allclose(rows.rest, residual, atol=1e-12 * size)
        assert rows.basis.residual == pytest.approx(size, rel=1e-12)


@pytest.mark.parametrize("ratio", [1e8, 1e14, 1e20])
def test_columns_that_differ_in_small_rows_only_have_their_digits(ratio: float) -> None:
    """Beside one large row the own part of a column is 1 / ratio of its size."""
    rng = np.random.default_rng(7)
    X = rng.standard_normal((7, 3)) * np.array([ratio, 1, 1, 1, 1, 1, 1])[:, np.newaxis]
    X[0] = X[0, 0]
    rows = found_of(model_of(X, rng.standard_normal(7), intercept=False))
    with mpmath.workdps(80):
        A, _ = weighted_rows(rows.basis.model)
        squares = mpmath.eigsy(A.T * A, eigvals_only=True)
        truth = sorted((float(mpmath.sqrt(abs(s))) for s in squares), reverse=True)
    values = np.sqrt(rows.basis.eigenvalues * rows.basis.unit)
    np.testing.assert_allclose(np.sort(values)[::-1], truth, rtol=1e-13)


def test_small_columns_are_found_behind_sums_of_large_ones() -> None:
    """Sums leave more by rounding than the small columns have of their own."""
    rng = np.random.default_rng(5)
    large = rng.integers(-9, 9, (9, 3)) / 1.0
    sums = large @ rng.integers(-4, 4, (3, 9))
    X = np.hstack([large, sums, 1e-20 * rng.standard_normal((9, 2))])
    rows = found_of(model_of(X, rng.standard_normal(9)))
    with mpmath.workdps(80):
        A, _ = weighted_rows(rows.basis.model)
        squares = mpmath.eigsy(A * A.T, eigvals_only=True)
        truth = sorted((float(mpmath.sqrt(abs(s))) for s in squares), reverse=True)
    values = np.sqrt(rows.basis.eigenvalues * rows.basis.unit)
    np.testing.assert_allclose(np.sort(values)[::-1], truth[:5], rtol=1e-12)


def test_the_rest_of_the_response_beside_sums_of_columns() -> None:
    rng = np.random.default_rng(6)
    large = rng.integers(-9, 9, (9, 2)) / 1.0
    small = 1e-12 * rng.standard_normal((9, 1))
    X = np.hstack([large, large @ [[1.0], [2.0]], small])
    y = large.sum(axis=1) + rng.standard_normal(9)
    rows = found_of(model_of(X, y))
    assert rows.rest is not None
    table = np.column_stack([np.ones(9), large, 1e12 * small])
    residual = y - table @ np.linalg.lstsq(table, y)[0]
    np.testing.assert_allclose(rows.rest, residual, atol=1e-12)


def test_projections_are_of_the_response_less_that_of_the_prior_mean() -> None:
    mean = [2.0, -1.0, 3.0]
    model = tangled(9, 3, gap=1e-8, noise=1.0, seed=2, mean=mean)
    rows = found_of(model)
    assert rows.left is not None
    X, y = model.rows("the test")
    centred, response = X - X.mean(axis=0), y - y.mean()
    expected = rows.left.T @ (response - centred @ mean)
    scale = np.linalg.norm(centred @ mean)
    np.testing.assert_allclose(rows.basis.projections, expected, atol=1e-10 * scale)


def test_columns_of_the_smallest_numbers_have_their_digits() -> None:
    base = tangled(9, 3, gap=1e-7, noise=1.0, seed=4)
    X, y = base.rows("the test")
    factor = 2.0**-520
    small, plain = found_of(model_of(X * factor, y)), found_of(base)
    values = [
        np.sqrt(each.basis.eigenvalues) * each.basis.unit**0.5
        for each in (small, plain)
    ]
    np.testing.assert_allclose(values[0] / factor, values[1], rtol=1e-12)


SQUARE = {"intercept": False}
# of y = ONE + THREE, half of it explained by ONE: a loss of 7071 is the largest
DECISIONS: dict[str, tuple[Any, dict[str, Any], float | None, bool]] = {
    "orthogonal": ([ONE, TWO], {}, 0.0, True),
    "a size": ([ONE, 5e3 * TWO], {}, 0.0, True),
    "a larger size": ([ONE, 1e4 * TWO], {}, 0.0, False),
    "an offset": ([ONE + 6e3, TWO], {}, 0.0, True),
    "a larger offset": ([ONE + 1e4, TWO], {}, 0.0, False),
    "an offset of a small column": ([1e-3 * ONE + 10, TWO * 1e-3], {}, 0.0, False),
    "one column without an intercept": ([ONE + 1e6], SQUARE, 0.0, True),
    "an offset without an intercept": ([ONE + 1e2], SQUARE, 0.0, True),
    "nearly equal": ([ONE, ONE + 0.004 * TWO], {}, 0.0, True),
    "nearer": ([ONE, ONE + 1e-5 * TWO], {}, 0.0, False),
    "weights": ([ONE, TWO], {"weights": np.logspace(-8, -4, 8)}, 0.0, True),
    "unlike weights": ([ONE, TWO], {"weights": np.logspace(-14, -3, 8)}, 0.0, False),
    "a copy": ([ONE, ONE], {}, 1e-3, True),
    "a copy without a penalty": ([ONE, ONE], {}, 0.0, False),
    "a copy and no word of a penalty": ([ONE, ONE], {}, None, True),
    "a small copy": ([1e-6 * ONE, 1e-6 * ONE], {}, 1e-20, True),
    "a small copy and a smaller penalty": (
        [1e-6 * ONE, 1e-6 * ONE],
        {},
        1e-30,
        False,
    ),
    "a hidden column": ([ONE, 1e-18 * TWO], {}, 1.0, False),
    "zeros": ([0 * ONE, 0 * TWO], {}, 0.0, True),
    "as many columns as rows": (HADAMARD * [1, 1, 1, 1, 1, 1, 1, 100], SQUARE, 0, True),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_statistics_are_enough_where_they_lose_few_digits(name: str) -> None:
    """Rows are factorised again, which takes longer, where the loss is beyond 1e4."""
    columns, options, least, is_enough = DECISIONS[name]
    model = model_of(np.transpose(columns), ONE + THREE, **options)
    assert (found_of(model, least).left is None) == is_enough
