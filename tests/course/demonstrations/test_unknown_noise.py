"""Coverage of intervals with unknown noise, and modes, against textbook formulas."""

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import LinearModel, fit_exact, fit_map, likelihoods, priors
from bayes_l2.course.demonstrations.unknown_noise import coverage, mode_distances

RNG = np.random.default_rng(5)
X = RNG.standard_normal((10, 2))


def test_the_shares_are_those_of_classical_intervals() -> None:
    """The same samples, by least squares and quantiles of the t and normal laws."""
    rng, truth = np.random.default_rng(3), np.array([1.0, -1.0])
    ones = np.column_stack([np.ones(10), X])
    inverse = np.linalg.inv(ones.T @ ones)
    held = np.zeros(2)
    for _ in range(60):
        y = X @ truth + rng.standard_normal(10)
        coef = inverse @ ones.T @ y
        variance = np.sum((y - ones @ coef) ** 2) / 7
        off = abs(coef[1] - 1.0) / np.sqrt(variance * inverse[1, 1])
        held += off < np.array([stats.t.ppf(0.975, 7), stats.norm.ppf(0.975)])
    found = coverage(X, truth, repetitions=60, seed=3)
    assert found == {
        "noise unknown": pytest.approx(held[0] / 60),
        "plugged in": pytest.approx(held[1] / 60),
    }
    assert held[0] > held[1]


def test_distances_are_in_posterior_sds_of_the_coefficients() -> None:
    y = X @ [2.0, -1.0] + RNG.standard_normal(10)
    noise = likelihoods.Normal(sd=priors.HalfNormal(5.0))
    model = LinearModel(X, y, likelihood=noise, prior=priors.Normal(sd=1.0))
    found = mode_distances(model)
    assert list(found) == ["variance", "sd", "log_sd", "marginal"]
    exact = fit_exact(model)
    for density in ("sd", "marginal"):
        off = np.abs(fit_map(model, density=density).coef - exact.coef)
        assert found[density] == pytest.approx(np.max(off / exact.sd[1:3]))
    assert 0 < found["log_sd"] < found["sd"] < found["variance"] < 1
