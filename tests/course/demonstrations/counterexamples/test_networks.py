"""Weight decay of factors and of normalised weights, against independent solutions."""

import numpy as np
import pytest
from numpy.typing import NDArray

from bayes_l2.course.demonstrations.counterexamples import CASES
from bayes_l2.course.demonstrations.counterexamples.networks import (
    fit_factors,
    fit_normalised,
)

Rows = tuple[NDArray[np.float64], NDArray[np.float64]]


def problem(seed: int, n: int = 40, p: int = 5) -> Rows:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p))
    X[:, 1] += X[:, 0]
    y = X @ np.array([2.0, 0.0, -1.0, 0.1, 0.0])[:p] + rng.standard_normal(n)
    return X - X.mean(axis=0), y - y.mean()


def coordinate_descent(
    X: NDArray[np.float64], y: NDArray[np.float64], penalty: float
) -> NDArray[np.float64]:
    """Return the lasso by soft thresholds, one coefficient after the other."""
    b = np.zeros(X.shape[1])
    for _ in range(2000):
        for j, x in enumerate(X.T):
            z = x @ (y - X @ b + x * b[j])
            b[j] = np.sign(z) * max(abs(z) - penalty, 0.0) / (x @ x)
    return b


@pytest.mark.parametrize("penalty", [0.5, 5.0, 30.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_factors_under_l2_are_the_lasso(seed: int, penalty: float) -> None:
    X, y = problem(seed)
    w, v = fit_factors(X, y, penalty)
    lasso = coordinate_descent(X, y, penalty)
    np.testing.assert_allclose(w * v, lasso, rtol=0, atol=1e-7)
    np.testing.assert_allclose(np.abs(w), np.sqrt(np.abs(lasso)), atol=1e-4)
    np.testing.assert_allclose(np.abs(v), np.sqrt(np.abs(lasso)), atol=1e-4)


def test_a_large_penalty_of_factors_makes_all_coefficients_0() -> None:
    X, y = problem(4)
    w, v = fit_factors(X, y, 1.01 * np.abs(X.T @ y).max())
    np.testing.assert_allclose(w * v, 0.0, atol=1e-12)


@pytest.mark.parametrize("penalty", [0.5, 5.0, 30.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_normalised_weights_fall_towards_ridge(seed: int, penalty: float) -> None:
    """The objective is that of ridge plus α||w||²/2, so it has no minimum."""
    X, y = problem(seed)
    ridge = np.linalg.solve(X.T @ X + penalty * np.eye(X.shape[1]), X.T @ y)
    limit = (np.sum((y - X @ ridge) ** 2) + penalty * ridge @ ridge) / 2
    for length in (1.0, 0.1, 0.01):
        value, coef = fit_normalised(X, y, penalty, length)
        np.testing.assert_allclose(coef, ridge, rtol=0, atol=1e-7)
        assert value - limit == pytest.approx(penalty * length**2 / 2, abs=1e-11)


def test_without_a_penalty_of_the_gain_the_decay_does_not_reach_the_fit() -> None:
    X, y = problem(5)
    least_squares = np.linalg.lstsq(X, y, rcond=None)[0]
    for penalty in (0.5, 500.0):
        _, coef = fit_normalised(X, y, penalty, 0.1, on_gain=False)
        np.testing.assert_allclose(coef, least_squares, rtol=0, atol=1e-7)


def test_adamw_with_an_epsilon_has_the_limit_that_theory_says() -> None:
    """λb = -g / (|g| + ε), for one weight with the loss (b - 3)² / 2."""
    decay, epsilon, b, first, second = 0.5, 0.3, 0.0, 0.0, 0.0
    for step in range(1, 7001):
        gradient = b - 3.0
        first = 0.9 * first + 0.1 * gradient
        second = 0.99 * second + 0.01 * gradient**2
        size = np.sqrt(second / (1 - 0.99**step)) + epsilon
        b -= 0.02 * (first / (1 - 0.9**step) / size + decay * b)
    gradient = b - 3.0
    assert decay * b == pytest.approx(-gradient / (abs(gradient) + epsilon), abs=1e-9)
    assert b < 1 / decay - 0.1  # and not the bound of the box


def test_both_are_among_the_cases() -> None:
    assert {"factors", "normalised weights"} <= set(CASES)
