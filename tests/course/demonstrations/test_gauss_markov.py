"""Gauss–Markov: simulations, other unbiased estimators, and broken assumptions.

The bound of simulated errors is 6 standard errors of a mean of 20 000. The false-alarm
rate is below 1e-8 for each of the 12.
"""

import numpy as np
import pytest

from bayes_l2.course.demonstrations.gauss_markov import (
    Estimator,
    least_squares,
    ridge,
    ridge_error,
    simulate,
)

N, REPETITIONS = 40, 20_000
RNG = np.random.default_rng(0)
X = np.column_stack([np.ones(N), RNG.standard_normal(N), RNG.standard_normal(N)])
X[:, 2] = 0.9 * X[:, 1] + 0.3 * X[:, 2]
B = np.array([1.0, 0.5, -0.5])


def noise(shape: str) -> np.ndarray:
    """Return draws with mean 0 and variance 1."""
    rng = np.random.default_rng(1)
    size = (REPETITIONS, N)
    return {
        "uniform": lambda: rng.uniform(-np.sqrt(3), np.sqrt(3), size),
        "skewed": lambda: rng.exponential(1.0, size) - 1,
        "heavy-tailed": lambda: rng.standard_t(6, size) / np.sqrt(1.5),
    }[shape]()


def estimators(columns: np.ndarray) -> dict[str, np.ndarray]:
    unequal = least_squares(columns, np.linspace(0.2, 3, N))
    half = np.zeros((3, N))
    half[:, : N // 2] = least_squares(columns[: N // 2])
    return {
        "least squares": least_squares(columns),
        "other weights": unequal,
        "half of the rows": half,
    }


@pytest.mark.parametrize("shape", ["uniform", "skewed", "heavy-tailed"])
def test_least_squares_is_best_of_the_unbiased_whatever_the_noise(shape: str) -> None:
    found = simulate(
        X, B, noise(shape), np.ones(N), estimators(X) | {"ridge": ridge(X, 3.0)}
    )
    for estimator in found.values():
        assert (
            abs(estimator.simulated - estimator.mean_squared_error)
            < 6 * estimator.standard_error
        )
    assert [each.is_unbiased for each in found.values()] == [True, True, True, False]
    best = found["least squares"].covariance
    np.testing.assert_allclose(best, np.linalg.inv(X.T @ X), rtol=1e-10)
    # the others are worse in every direction, not only in sum
    for name in ("other weights", "half of the rows"):
        assert np.linalg.eigvalsh(found[name].covariance - best).min() > -1e-12
        assert found[name].mean_squared_error > 1.05 * np.trace(best)


def test_a_biased_estimator_does_better() -> None:
    found = simulate(
        X,
        B,
        noise("uniform"),
        np.ones(N),
        {"ols": least_squares(X), "ridge": ridge(X, 3.0)},
    )
    assert not found["ridge"].is_unbiased
    assert found["ridge"].mean_squared_error < 0.8 * found["ols"].mean_squared_error
    difference = found["ols"].simulated - found["ridge"].simulated
    assert difference > 6 * np.hypot(
        found["ols"].standard_error, found["ridge"].standard_error
    )


def test_some_penalty_beats_none_by_the_formula() -> None:
    penalties = np.array([0.0, 1e-3, 3.0, 1e6])
    errors = ridge_error(X, B, 1.0, penalties)
    assert errors[0] == pytest.approx(np.trace(np.linalg.inv(X.T @ X)), rel=1e-12)
    assert errors[1] < errors[0]
    assert errors[2] == pytest.approx(mean_squared_error(ridge(X, 3.0)), rel=1e-12)
    assert errors[3] == pytest.approx(B @ B, rel=1e-4)


def mean_squared_error(matrix: np.ndarray) -> float:
    bias = matrix @ X @ B - B
    return float(bias @ bias + np.trace(matrix @ matrix.T))


def test_unequal_variances_break_it_and_weights_mend_it() -> None:
    variances = np.exp(2 * X[:, 1])
    draws = noise("uniform") * np.sqrt(variances)
    both = {"ols": least_squares(X), "weighted": least_squares(X, 1 / variances)}
    found = simulate(X, B, draws, variances, both)
    for estimator in found.values():
        assert estimator.is_unbiased
        assert (
            abs(estimator.simulated - estimator.mean_squared_error)
            < 6 * estimator.standard_error
        )
    assert found["weighted"].mean_squared_error < 0.7 * found["ols"].mean_squared_error
    np.testing.assert_allclose(
        found["weighted"].covariance,
        np.linalg.inv(X.T @ (X / variances[:, None])),
        rtol=1e-9,
    )


def test_bad_input() -> None:
    with pytest.raises(
        ValueError, match="X must have independent columns, got 2 of rank 1"
    ):
        least_squares(np.ones((5, 2)))
    with pytest.raises(
        ValueError,
        match=r"noise must have at least 2 rows of 40 entries, got shape \(3, 5\)",
    ):
        simulate(X, B, np.ones((3, 5)), np.ones(N), {})
    with pytest.raises(ValueError, match="b must have 3 entries"):
        simulate(X, [1.0], np.ones((3, N)), np.ones(N), {})
    with pytest.raises(
        ValueError, match="X must have independent columns, got 3 of rank 2"
    ):
        ridge_error(X[:2], B, 1.0, [1.0])
    with pytest.raises(ValueError, match="penalties must not be negative"):
        ridge_error(X, B, 1.0, [-1.0])
    with pytest.raises(ValueError, match="penalty must be positive"):
        ridge(X, -1.0)
    assert isinstance(
        simulate(X, B, noise("uniform"), np.ones(N), {"a": ridge(X, 1.0)})["a"],
        Estimator,
    )
