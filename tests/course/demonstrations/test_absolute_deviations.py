"""Least absolute deviations: two solvers, a certificate, scikit-learn, the median."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import QuantileRegressor

from bayes_l2 import datasets
from bayes_l2.course.demonstrations.absolute_deviations import (
    least_absolute_deviations,
    simulated_error,
    vertices,
)

COLUMNS, RESPONSE = datasets.diabetes()
X = np.column_stack([np.ones(442), COLUMNS[["bmi", "bp", "s5"]]])
Y = RESPONSE.to_numpy(dtype=float) + np.linspace(0, 1e-3, 442)  # without ties


def test_the_optimum_is_certified_and_that_of_scikit_learn() -> None:
    found = least_absolute_deviations(X, Y)
    assert abs(found.gap) < 1e-10 * found.objective
    np.testing.assert_allclose(X.T @ found.dual, 0, atol=1e-9)
    assert np.abs(found.dual).max() <= 1 + 1e-9
    other = QuantileRegressor(quantile=0.5, alpha=0.0, fit_intercept=False).fit(X, Y)
    assert np.abs(Y - X @ other.coef_).sum() == pytest.approx(
        found.objective, rel=1e-10
    )
    np.testing.assert_allclose(found.coef, other.coef_, rtol=1e-7)


def test_the_walk_goes_down_from_vertex_to_vertex_to_the_optimum() -> None:
    path = vertices(X, Y)
    for vertex in path:
        assert len(vertex.rows) == 4
        np.testing.assert_allclose(
            X[vertex.rows] @ vertex.coef, Y[vertex.rows], rtol=1e-10
        )
        assert vertex.objective == pytest.approx(
            np.abs(Y - X @ vertex.coef).sum(), rel=1e-12
        )
    objectives = [vertex.objective for vertex in path]
    assert all(b < a for a, b in itertools.pairwise(objectives))
    assert all(len(set(a.rows) - set(b.rows)) == 1 for a, b in itertools.pairwise(path))
    assert objectives[-1] == pytest.approx(
        least_absolute_deviations(X, Y).objective, rel=1e-12
    )
    assert len(path) < 60  # there are more than 10^9 vertices


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(6, 40))
def test_both_solvers_agree(seed: int, p: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    columns, response = rng.standard_normal((n, p)), rng.standard_t(2, n)
    found, path = (
        least_absolute_deviations(columns, response),
        vertices(columns, response),
    )
    assert path[-1].objective == pytest.approx(found.objective, rel=1e-9)
    assert abs(found.gap) <= 1e-8 * (1 + found.objective)


def test_of_one_constant_it_is_the_median() -> None:
    y = np.array([3.0, -1.0, 10.0, 2.0, 100.0])
    assert least_absolute_deviations(np.ones((5, 1)), y).coef[0] == pytest.approx(3.0)
    assert vertices(np.ones((5, 1)), y)[-1].coef[0] == 3.0


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="at least as many rows as columns, got shape"):
        least_absolute_deviations(np.ones((2, 3)), [1.0, 2.0])
    with pytest.raises(
        ValueError, match=r"general position, and rows \[0, 1\] are not independent"
    ):
        vertices(np.ones((5, 2)), np.arange(5.0))
    with pytest.raises(
        ValueError,
        match="y must be in general position, and one fit passes through rows",
    ):
        vertices(np.ones((5, 1)), [1.0, 1, 2, 2, 2])
    with pytest.raises(ValueError, match="y must be finite"):
        least_absolute_deviations(np.ones((3, 1)), [1.0, np.nan, 2.0])


def test_the_error_over_samples_is_that_of_the_median_of_one_column_of_ones() -> None:
    noise = np.random.default_rng(1).laplace(size=(50, 9))
    squares = np.median(3.0 + noise, axis=1) - 3.0
    found = simulated_error(np.ones((9, 1)), [3.0], noise)
    expected = (np.mean(squares**2), np.std(squares**2, ddof=1) / np.sqrt(50))
    assert found == pytest.approx(expected, rel=1e-9)
