"""Ridge as rows of data, and its limit, against other codes; a wrong one is noticed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from bayes_l2.course.demonstrations.equivalences import linear_algebra
from bayes_l2.course.demonstrations.equivalences.equivalence import Equivalence

SIZES = [(linear_algebra.augmented_rows, n, p) for n, p in [(2, 2), (2, 40), (40, 2)]]
SIZES += [(linear_algebra.minimum_norm, n, p) for n, p in [(2, 100), (50, 100)]]


@pytest.mark.parametrize(("case", "n", "p"), SIZES)
def test_it_holds_at_the_ends_of_the_sizes(
    case: Callable[..., Equivalence], n: int, p: int
) -> None:
    assert case(n=n, p=p, seed=3).holds


def test_rows_of_the_prior_give_the_ridge_of_scikit_learn() -> None:
    case = linear_algebra.augmented_rows(seed=5)
    rng = np.random.default_rng(5)
    X = rng.standard_normal((30, 12))
    y = X @ (0.5 * rng.standard_normal(12)) + rng.standard_normal(30)
    theirs = Ridge(alpha=4, fit_intercept=False, solver="cholesky").fit(X, y).coef_
    ours = case.picture.curves["least squares, n + p rows"].y
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)
    assert 1e-17 < case.found < 1e-13


def test_the_distance_from_least_norm_is_that_of_the_filter_factors() -> None:
    case = linear_algebra.minimum_norm(seed=5)
    rng = np.random.default_rng(5)
    X = rng.standard_normal((20, 100))
    y = X @ rng.standard_normal(100) + rng.standard_normal(20)
    U, s, _ = np.linalg.svd(X, full_matrices=False)
    alpha, least = 1e-6 * s[-1] ** 2, U.T @ y / s
    gap = alpha / (s**2 + alpha) * least
    theory = np.linalg.norm(gap) / np.linalg.norm(least)
    assert case.found == pytest.approx(theory, rel=1e-7)
    assert case.allowed / case.at_least - 1 < 1e-5


@pytest.mark.parametrize(
    ("case", "fit"),
    [
        (linear_algebra.dual, "fit_exact"),
        (linear_algebra.augmented_rows, "fit_ridge"),
        (linear_algebra.minimum_norm, "fit_exact"),
    ],
)
@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_a_penalty_that_is_wrong_by_one_percent_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
    case: Callable[..., Equivalence],
    fit: str,
    factor: float,
) -> None:
    right = linear_algebra.ridge_model

    def wrong(X: Any, y: Any, noise_sd: float, prior_sd: float) -> Any:
        return right(X, y, noise_sd, prior_sd * factor**-0.5)

    monkeypatch.setattr(linear_algebra, "ridge_model", wrong)
    assert not case().holds
