"""Descent that stops early, against filter factors; a wrong descent is noticed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from bayes_l2.course.demonstrations.equivalences import stopping
from bayes_l2.course.demonstrations.equivalences.equivalence import Equivalence
from bayes_l2.datasets.examples import diabetes

SIZES = [
    (stopping.early_stopping, {"n": 50, "p": 50}),
    (stopping.early_stopping, {"n": 300, "p": 1}),
    (stopping.early_stopping, {"steps": 1}),
    (stopping.early_stopping, {"steps": 300}),
    (stopping.early_stopping_on_correlated_columns, {"n": 60}),
    (stopping.descent_from_zero, {"n": 2, "steps": 1}),
    (stopping.descent_from_zero, {"n": 50, "steps": 1000}),
]


@pytest.mark.parametrize(("case", "sizes"), SIZES)
def test_it_holds_at_the_ends_of_the_sizes(
    case: Callable[..., Equivalence], sizes: dict[str, int]
) -> None:
    assert case(seed=3, **sizes).holds


def test_on_orthonormal_columns_stopping_is_ridge_to_rounding() -> None:
    assert 1e-17 < stopping.early_stopping().found < 1e-14


def test_on_diabetes_the_nearest_is_a_tenth_of_a_posterior_sd() -> None:
    case = stopping.early_stopping_on_correlated_columns()
    assert case.found == pytest.approx(0.1013, abs=1e-4)
    assert case.at_least > 0.1013 - 1e-4
    # the eigenvectors of the Gram matrix are another way to the shares of descent
    X, y = (np.asarray(each, float) for each in diabetes())
    y = y - y.mean()
    values, V = np.linalg.eigh(X.T @ X)
    share = 1 - (1 - values / values[-1]) ** 203
    least = np.linalg.solve(X.T @ X, X.T @ y)
    ridge = np.linalg.solve(X.T @ X + 7.29 * np.eye(10), X.T @ y)
    sd = 54 * np.sqrt(np.diag(np.linalg.inv(X.T @ X + 7.29 * np.eye(10))))
    gap = np.max(np.abs(V @ (share * (V.T @ least)) - ridge) / sd)
    assert case.found == pytest.approx(gap, rel=1e-8)
    assert "descent, 203 steps" in case.picture.curves


def test_descent_in_small_steps_takes_1_to_1_3_of_the_share_of_ridge() -> None:
    # the constant of the docstring: the most of (1 - exp(-x)) (1 + x) / x
    most: Any = minimize_scalar(
        lambda x: np.expm1(-x) * (1 + x) / x, bounds=(0.1, 10), method="bounded"
    )
    assert -most.fun == pytest.approx(1.2985, abs=1e-4)


def test_descent_from_zero_comes_to_least_norm_and_from_elsewhere_not() -> None:
    case = stopping.descent_from_zero(seed=5)
    assert case.found < 1e-14
    elsewhere = case.picture.curves["start elsewhere"].y
    # four fifths of the directions are seen by no row
    assert elsewhere[-1] == pytest.approx(np.sqrt(0.8), abs=0.1)


@pytest.mark.parametrize(
    "case",
    [stopping.early_stopping, stopping.early_stopping_on_correlated_columns],
)
def test_a_penalty_that_is_wrong_by_one_percent_is_noticed(
    monkeypatch: pytest.MonkeyPatch, case: Callable[..., Equivalence]
) -> None:
    right = stopping.ridge_model

    def wrong(X: Any, y: Any, noise_sd: float, prior_sd: float) -> Any:
        return right(X, y, noise_sd, prior_sd * 1.005)

    monkeypatch.setattr(stopping, "ridge_model", wrong)
    assert not case().holds


def test_a_start_that_is_not_0_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = stopping._descent

    def wrong(X: Any, y: Any, step: float, steps: int, start: Any) -> Any:
        return right(X, y, step, steps, start + 1e-10)

    monkeypatch.setattr(stopping, "_descent", wrong)
    assert not stopping.descent_from_zero().holds
