"""An observation at a linear predictor: its variance and its cdf, against SciPy."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import likelihoods

ETA = np.array([-1.2, 0.0, 0.4, 2.0])
# half-way values too; the scales of noise are not 1
VALUES = np.arange(-6, 25)[:, np.newaxis] / 2
LAWS: dict[str, tuple[Any, Any]] = {
    "normal": (likelihoods.Normal(1.7), stats.norm(ETA, 1.7)),
    "laplace": (likelihoods.Laplace(0.6), stats.laplace(ETA, 0.6)),
    "poisson": (likelihoods.Poisson(), stats.poisson(np.exp(ETA))),
}
over_laws = pytest.mark.parametrize(("likelihood", "law"), LAWS.values(), ids=LAWS)


@over_laws
def test_the_variance_is_that_of_scipy(likelihood: Any, law: Any) -> None:
    np.testing.assert_allclose(likelihood.variance(ETA), law.var(), rtol=1e-14)


@over_laws
def test_the_cdf_is_that_of_scipy(likelihood: Any, law: Any) -> None:
    y = VALUES[VALUES[:, 0] % 1 == 0] if likelihood.is_whole else VALUES
    y = y[y[:, 0] >= 0] if likelihood.is_whole else y
    np.testing.assert_allclose(likelihood.cdf(y, ETA), law.cdf(y), rtol=1e-12)


def test_a_given_noise_sd_is_taken() -> None:
    normal, sds = likelihoods.Normal(1.7), np.array([0.5, 1.0, 2.0, 4.0])
    np.testing.assert_allclose(normal.variance(ETA, sds), sds**2, rtol=1e-15)
    expected = stats.norm.cdf(VALUES, ETA, sds)
    np.testing.assert_allclose(normal.cdf(VALUES, ETA, sds), expected, rtol=1e-12)


def test_between_two_counts_the_cdf_rises() -> None:
    """From P(count <= -1) = 0; also where the rate is below the least double."""
    poisson, eta = likelihoods.Poisson(), np.array([-800.0, -1.2, 2.0])
    assert np.all(poisson.cdf(np.array([-1.0]), eta) == 0)
    steps = np.diff(poisson.cdf(np.arange(-10, 60)[:, np.newaxis] / 10, eta), axis=0)
    assert np.all(steps[:, 1:] > 0)
    assert poisson.cdf(np.zeros(1), eta[:1])[0] == 1.0
