"""Singular values and vectors of columns that differ in size, in many digits.

The oracle diagonalises the products of the columns in 700 digits.
"""

import mpmath
import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.graded import (
    graded_decomposition,
    graded_singular_vectors,
)


def truth_of(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return singular values, from large to small, and right singular vectors."""
    with mpmath.workdps(700):
        A = mpmath.matrix(rows.tolist())
        squares, vectors = mpmath.eigsy(A.T * A)
        values = np.array([float(mpmath.sqrt(abs(s))) for s in squares])
        axes = np.array([[float(v) for v in row] for row in vectors.tolist()])
    order = np.argsort(-values)[: min(rows.shape)]
    return values[order], axes[:, order].T


def graded(n: int, sizes: list[float], *, seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, n])
    return rng.standard_normal((n, len(sizes))) * sizes


def check(rows: np.ndarray, rank: int) -> None:
    left, values, right = graded_singular_vectors(rows)
    truth, axes = truth_of(rows)
    order = np.argsort(-values)
    left, values, right = left[:, order], values[order], right[order]
    np.testing.assert_allclose(values, truth[:rank], rtol=1e-13)
    np.testing.assert_allclose(left.T @ left, np.eye(rank), atol=1e-13)
    # each entry to its own digits, down to the smallest, and by column
    signs = np.sign(np.sum(right * axes[:rank], axis=1))
    np.testing.assert_allclose(signs[:, np.newaxis] * right, axes[:rank], rtol=1e-9)
    sizes = np.linalg.norm(rows, axis=0)
    sizes[sizes == 0] = 1
    again = (left * values) @ right
    np.testing.assert_allclose(again / sizes, rows / sizes, atol=1e-13)


@pytest.mark.parametrize(
    "sizes", [[1.0, 1e5, 1e-5], [1e-30, 1.0, 1e20, 1e-9], [1e-60, 1e60, 1.0]]
)
@pytest.mark.parametrize("n", [3, 4, 12])
def test_values_and_vectors_keep_their_digits(n: int, sizes: list[float]) -> None:
    rows = graded(n, sizes, seed=len(sizes))
    check(rows, min(rows.shape))


def test_more_columns_than_rows_keep_the_small_entries() -> None:
    check(graded(3, [1e-12, 1.0, 1e12, 1e3, 1e-3], seed=1), 3)


def test_a_ratio_beyond_the_square_of_doubles_is_no_obstacle() -> None:
    """The library works in another unit, and says so beside its values."""
    check(graded(5, [1e-160, 1e140], seed=2), 2)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_copies_and_zeros_give_no_direction(scale: float) -> None:
    rng = np.random.default_rng(11)
    base = rng.integers(-9, 9, (40, 3)).astype(float)
    sums = base @ rng.integers(-4, 4, (3, 5))
    parts = [sums, base * [1.0, 1.0, 2.0**-30], np.zeros((40, 1))]
    rows: np.ndarray = scale * np.hstack(parts)
    _, values, right = graded_singular_vectors(rows)
    truth, _ = truth_of(rows)
    np.testing.assert_allclose(np.sort(values)[::-1], truth[:3], rtol=1e-9)
    assert right.shape == (3, 9)


def test_only_a_copy_is_left_out() -> None:
    rows = graded(9, [1e6, 1.0, 1.0], seed=6)
    rows[:, 2] = rows[:, 1]
    check(rows, 2)


def test_what_is_left_of_an_independent_column_is_no_rounding() -> None:
    """Of many rows: rounding is some units, whatever the size of a column."""
    rows = graded(200, [1.0, 1.0, 1e-6], seed=5)
    rows[:, 1] = rows[:, 0] + 1e-12 * rows[:, 1]
    assert len(graded_singular_vectors(rows)[1]) == 3


def test_a_column_that_is_nearly_another_is_kept() -> None:
    rows = graded(30, [1.0, 1.0, 1e6], seed=3)
    rows[:, 1] = rows[:, 0] + 1e-12 * rows[:, 1]
    assert len(graded_singular_vectors(rows)[1]) == 3


def test_no_columns_have_no_values() -> None:
    left, values, axes = graded_decomposition(np.zeros((0, 4)), np.zeros(0, dtype=int))
    assert (left.shape, values.shape, axes.shape) == ((0, 0), (0,), (4, 0))


def test_an_eigenbasis_of_unlike_columns_has_their_singular_values() -> None:
    sizes = [1e-12, 1.0, 1e-4, 1e-9, 1e-1, 1e-14, 1e-6, 1e-3]
    X = graded(20, sizes, seed=4)
    model = LinearModel(
        X,
        X.sum(axis=1),
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal(1.0),
        intercept=False,
    )
    basis = Eigenbasis.of(model)
    values = np.sqrt(basis.eigenvalues * basis.unit)
    np.testing.assert_allclose(np.sort(values)[::-1], truth_of(X)[0], rtol=1e-13)
