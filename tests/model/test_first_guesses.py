"""What a search starts from: the best intercepts alone, and a guess of each row."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import likelihoods

WEIGHTS = np.array([1.0, 0.5, 2.0, 1.3, 0.8, 3.0])
WITH_LEVEL: dict[str, tuple[Any, Any]] = {
    "two classes": (likelihoods.Bernoulli(), [-1.0, 1, 1, -1, 1, -1]),
    "counts": (likelihoods.Poisson(), [0.0, 3, 1, 0, 7, 2]),
    "classes": (likelihoods.Categorical(), [2.0, 0, 1, 1, 0, 2]),
}


@pytest.mark.parametrize("kind", WITH_LEVEL)
def test_the_level_is_the_mode_of_the_intercepts_alone(kind: str) -> None:
    """There the slopes of the rows sum to 0 in each intercept."""
    likelihood, given = WITH_LEVEL[kind]
    y = np.array(given)
    level = likelihood.level(y, WEIGHTS)
    eta = np.broadcast_to(level, (len(y), len(level)))
    at = eta if likelihood.by_class else eta[:, 0]
    slopes = likelihood.value_and_slope(y, at, WEIGHTS)[1]
    np.testing.assert_allclose(slopes.sum(axis=0), 0.0, atol=1e-14)
    # of classes only differences count
    assert not likelihood.by_class or abs(level.sum()) < 1e-15


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_guess_of_a_count_is_a_step_of_iterated_least_squares(weights: Any) -> None:
    """From the rate y + 0.1 to its working response (McCullagh and Nelder, 2.5)."""
    y = np.array(WITH_LEVEL["counts"][1])
    found = likelihoods.Poisson().first_guess(y, weights)
    assert found is not None
    rates = y + 0.1
    eta, slope_of_link = np.log(rates), 1 / rates
    working = eta + (y - rates) * slope_of_link
    np.testing.assert_allclose(found[0], working, atol=1e-14)
    information = rates if weights is None else weights * rates
    np.testing.assert_allclose(found[1], information, rtol=1e-14)
