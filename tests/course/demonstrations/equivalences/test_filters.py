"""Filters of a constant state."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bayes_l2.course.demonstrations.equivalences import filters
from bayes_l2.course.demonstrations.equivalences.equivalence import Equivalence

CASES = {
    "kalman_filter": filters.kalman_filter,
    "recursive_least_squares": filters.recursive_least_squares,
    "one_step_predictions": filters.one_step_predictions,
}
FOUND = {  # a digit above the largest of 300 seeds
    "kalman_filter": 1e-12,
    "recursive_least_squares": 1e-13,
    "one_step_predictions": 1e-12,
}
SIZES = [(1, 1), (1, 50), (4, 9), (5, 5), (150, 2)]


@pytest.mark.parametrize("name", CASES)
def test_the_difference_is_that_of_rounding(name: str) -> None:
    for seed in range(3):
        case = CASES[name](seed=seed)
        assert 0 <= case.found < FOUND[name]
        assert case.found < 0.3 * case.allowed < 1e-10


@pytest.mark.parametrize(("n", "p"), SIZES)
@pytest.mark.parametrize("name", CASES)
def test_more_columns_than_rows_and_fewer(name: str, n: int, p: int) -> None:
    assert CASES[name](n=n, p=p, seed=n * p).holds


def _off(arguments: dict[str, Any], factor: float) -> dict[str, Any]:
    return {name: factor * value for name, value in arguments.items()}


@pytest.mark.parametrize("name", CASES)
def test_a_penalty_that_is_a_millionth_off_is_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = filters.likelihoods.Normal
    ridge: Callable[..., Any] = filters.Ridge
    monkeypatch.setattr(
        filters.likelihoods, "Normal", lambda sd: noise(sd * (1 + 1e-6))
    )
    monkeypatch.setattr(
        filters,
        "Ridge",
        lambda alpha, **options: ridge(alpha * (1 + 1e-6), **options),
    )
    case: Equivalence = CASES[name]()
    assert not case.holds
    assert case.found > 1e3 * case.allowed


def test_the_filter_is_bayes_rule_written_out() -> None:
    """Two rows of one coefficient, by hand: precisions add, and means are averages."""
    x, y, noise = np.array([[2.0], [-1.0]]), np.array([3.0, 1.0]), np.array([0.5, 2.0])
    means, covariances, (errors, variances) = filters._filter(
        x, y, noise, np.array([1.0]), np.array([[4.0]])
    )
    first = 1 / 4 + 2**2 / 0.5
    second = first + 1 / 2
    mean = (1 / 4 + 2 * 3 / 0.5) / first
    np.testing.assert_allclose(1 / covariances[:, 0, 0], [1 / 4, first, second])
    np.testing.assert_allclose(
        means[:, 0], [1, mean, (first * mean - 1 / 2) / second], rtol=1e-14
    )
    np.testing.assert_allclose(errors, [1, 1 + mean], rtol=1e-14)
    np.testing.assert_allclose(variances, [16.5, 2 + 1 / first], rtol=1e-14)


def test_both_orders_of_the_rows_end_at_the_evidence() -> None:
    case = filters.one_step_predictions(seed=5)
    came, by_size, evidence = case.picture.curves.values()
    assert came.y[-1] == pytest.approx(evidence.y[0], abs=1e-11)
    assert by_size.y[-1] == pytest.approx(evidence.y[0], abs=1e-11)
    assert np.max(np.abs(came.y - by_size.y)) > 1
