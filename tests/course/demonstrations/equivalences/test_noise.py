"""Noise on inputs is a penalty, and another penalty is noticed."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2.course.demonstrations.equivalences import noise
from bayes_l2.model import priors

Normal = priors.Normal


class Wider:
    """Priors whose sd is too large by a factor."""

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def Normal(self, *, sd: Any) -> Normal:
        return Normal(sd=self.factor * np.asarray(sd))


def test_dropout_is_exact_and_a_penalty_off_by_a_percent_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = noise.dropout(seed=3, n=12, p=3, rate=0.2)
    assert case.found < 1e-12
    monkeypatch.setattr(noise, "priors", Wider(1.005))
    broken = noise.dropout(seed=3, n=12, p=3, rate=0.2)
    assert broken.found > 1e6 * broken.allowed


def test_random_masks_lead_to_the_penalty_of_the_textbook() -> None:
    """One long run of dropout, against ridge written out.

    The gradient at ridge is a mean over independent draws, so its standardised size is
    nearly a normal score at 20 000 copies; 6 is exceeded with probability 1e-8.
    """
    rng = np.random.default_rng(5)
    X, q = rng.standard_normal((10, 3)), 0.3
    y = X @ [1.0, -2.0, 0.5] + rng.standard_normal(10)
    penalty = q / (1 - q) * np.diag(np.diag(X.T @ X))
    ridge = np.linalg.solve(X.T @ X + penalty, X.T @ y)
    dropped = X * (rng.random((20_000, *X.shape)) > q) / (1 - q)
    slopes = ((y - dropped @ ridge)[..., np.newaxis] * dropped).sum(axis=1)
    error = slopes.std(axis=0) / np.sqrt(len(slopes))
    assert np.max(np.abs(slopes.mean(axis=0)) / error) < 6
    wrong = np.linalg.solve(X.T @ X + 1.2 * penalty, X.T @ y)
    slopes = ((y - dropped @ wrong)[..., np.newaxis] * dropped).sum(axis=1)
    assert np.max(np.abs(slopes.mean(axis=0)) / error) > 6


@pytest.mark.slow
def test_the_scores_of_input_noise_are_standard_normal() -> None:
    """Kolmogorov and Smirnov's test of 400 scores; a false alarm has p < 1e-7.

    The worst of p = 2 independent scores has the distribution (2 Φ(x) - 1)².
    """
    found = [noise.input_noise(seed=k, n=5, p=2, copies=100).found for k in range(400)]

    def law(x: Any) -> Any:
        return (2 * stats.norm.cdf(x) - 1) ** 2

    assert stats.kstest(found, law).pvalue > 1e-7


def test_a_penalty_off_by_six_percent_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of twelve seeds the least that is found is 12.1 standard errors."""
    monkeypatch.setattr(noise, "priors", Wider(1.03))
    assert not noise.input_noise(seed=0).holds


@pytest.mark.parametrize("rate", [0.0, 1.0, 0.001, "0.5", None])
def test_a_rate_out_of_its_bounds_is_refused(rate: Any) -> None:
    with pytest.raises(ValueError, match=r"^rate must be a number from 0.01 to 0.99"):
        noise.dropout(rate=rate)
