"""The mean of a loss over noise, against closed forms."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import likelihoods
from bayes_l2.course.demonstrations.expected_loss import (
    NOISES,
    best_prediction,
    expected_loss,
)
from bayes_l2.course.demonstrations.gradient_descent import Huber

SQUARED, ABSOLUTE = likelihoods.Normal(sd=1.0), likelihoods.Laplace(scale=1.0)
PREDICTIONS = np.linspace(-2.0, 2.0, 41)
OTHERS = {
    "uniform": stats.uniform(loc=3, scale=2),
    "Student-t": stats.t(5, loc=-1, scale=2),
    "gamma": stats.gamma(0.7),
}


def gaussian(c: Any) -> Any:
    return 2 * stats.norm.pdf(c) + c * (2 * stats.norm.cdf(c) - 1)


def laplace(c: Any) -> Any:
    return np.abs(c) + np.exp(-np.abs(c) * 2**0.5) / 2**0.5


def exponential(c: Any) -> Any:
    return np.where(c < -1, -c, c + 2 * np.exp(-np.maximum(c + 1, 0)))


@pytest.mark.parametrize("noise", [*NOISES.values(), *OTHERS.values()])
def test_squared_error_depends_on_the_mean_and_the_variance_alone(noise: Any) -> None:
    mean, variance = noise.mean(), noise.var()
    theory = (variance + (mean - PREDICTIONS) ** 2) / 2
    found = expected_loss(SQUARED, noise, PREDICTIONS)
    np.testing.assert_allclose(found, theory, rtol=1e-5)
    assert best_prediction(SQUARED, noise) == pytest.approx(mean, abs=1e-4)


def test_the_noises_have_mean_0_and_sd_1() -> None:
    for noise in NOISES.values():
        np.testing.assert_allclose([noise.mean(), noise.std()], [0, 1], atol=1e-12)


@pytest.mark.parametrize(
    ("name", "theory", "median"),
    [
        ("Gaussian", gaussian, 0.0),
        ("Laplace", laplace, 0.0),
        ("exponential", exponential, np.log(2) - 1),
    ],
)
def test_absolute_error_depends_on_the_shape_and_finds_the_median(
    name: str, theory: Callable[[Any], Any], median: float
) -> None:
    found = expected_loss(ABSOLUTE, NOISES[name], PREDICTIONS)
    np.testing.assert_allclose(found, theory(PREDICTIONS), rtol=1e-5)
    best = best_prediction(ABSOLUTE, NOISES[name])
    assert best == pytest.approx(median, abs=1e-3)


def test_huber_lies_between_the_mean_and_the_median_of_skewed_noise() -> None:
    """Its slope is 0 where as much is pulled up as down (Huber, 1964)."""
    noise = NOISES["exponential"]
    best = best_prediction(Huber(delta=0.5), noise)
    assert np.log(2) - 1 < best < 0
    rows = noise.rvs(size=400_000, random_state=1)
    pulls = np.clip(rows - best, -0.5, 0.5)
    assert abs(pulls.mean()) < 5.5 * pulls.std() / len(rows) ** 0.5  # 4e-8


@pytest.mark.parametrize("noise", [stats.t(2), stats.cauchy()])
def test_noise_without_a_variance_is_refused(noise: Any) -> None:
    for call in (
        lambda: expected_loss(SQUARED, noise, [0.0]),
        lambda: best_prediction(SQUARED, noise),
    ):
        with pytest.raises(ValueError, match="noise must have a finite variance, got"):
            call()


def test_predictions_are_a_vector() -> None:
    with pytest.raises(ValueError, match="predictions"):
        expected_loss(SQUARED, stats.norm(), [[0.0]])
