"""The multivariate normal against that of scipy and textbook formulas."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import MultivariateNormal

RNG = np.random.default_rng(0)
HALF = RNG.standard_normal((4, 4))
COV: Any = HALF @ HALF.T + 0.1 * np.eye(4)
MEAN = RNG.standard_normal(4)
ROOT = np.linalg.cholesky(np.linalg.inv(COV)).T
NORMAL = MultivariateNormal(("a", "b", "c", "d"), MEAN, ROOT)


def test_moments() -> None:
    np.testing.assert_allclose(NORMAL.cov, COV, rtol=1e-12)
    np.testing.assert_allclose(NORMAL.sd, np.sqrt(np.diag(COV)), rtol=1e-13)
    np.testing.assert_allclose(NORMAL.precision, np.linalg.inv(COV), rtol=1e-12)


def test_logpdf_is_scipys() -> None:
    points = RNG.standard_normal((3, 5, 4))
    expected = stats.multivariate_normal.logpdf(points, MEAN, COV)
    np.testing.assert_allclose(NORMAL.logpdf(points), expected, rtol=1e-12)
    assert NORMAL.logpdf(points[0, 0]) == pytest.approx(expected[0, 0], rel=1e-12)


def test_samples_have_the_moments() -> None:
    n = 200_000
    draws = NORMAL.sample(1, n)
    assert draws.shape == (n, 4)
    # 14 numbers in standard errors; 6.5 of these happen by chance once in 1e9
    z = (draws.mean(axis=0) - MEAN) / (NORMAL.sd / np.sqrt(n))
    assert np.abs(z).max() < 6.5
    sd = NORMAL.sd
    errors = np.sqrt((np.outer(sd**2, sd**2) + COV**2) / n)
    assert np.abs((np.cov(draws.T) - COV) / errors).max() < 6.5
    np.testing.assert_array_equal(
        NORMAL.sample(1, 3), NORMAL.sample(np.random.default_rng(1), 3)
    )


def test_marginals() -> None:
    one = NORMAL.marginal("c")
    assert one.mean() == MEAN[2]
    assert one.std() == pytest.approx(np.sqrt(COV[2, 2]), rel=1e-13)
    two = NORMAL.marginal(["d", "b"])
    np.testing.assert_allclose(two.cov, COV[np.ix_([3, 1], [3, 1])], rtol=1e-12)
    np.testing.assert_array_equal(two.mean, MEAN[[3, 1]])
    assert two.names == ("d", "b")
    assert np.allclose(two.root, np.triu(two.root))


def test_intervals() -> None:
    low, high = NORMAL.interval(0.9).T
    np.testing.assert_allclose(low, stats.norm(MEAN, NORMAL.sd).ppf(0.05), rtol=1e-12)
    np.testing.assert_allclose(high, stats.norm(MEAN, NORMAL.sd).ppf(0.95), rtol=1e-12)

    np.testing.assert_array_equal(NORMAL.interval(), NORMAL.interval(0.95))


def test_a_known_inverse_of_the_root_stands_for_it() -> None:
    """Here it is half as large as the inverse, so a test can tell the two apart."""
    inverse = 0.5 * np.linalg.inv(ROOT)
    known = MultivariateNormal(NORMAL.names, MEAN, ROOT, known_inverse=inverse)
    np.testing.assert_allclose(known.sd, 0.5 * NORMAL.sd, rtol=1e-13)
    np.testing.assert_allclose(known.cov, 0.25 * COV, rtol=1e-12)
    assert known.marginal("b").std() == known.sd[1]
    np.testing.assert_allclose(known.marginal(["c"]).cov, 0.25 * COV[2:3, 2:3])
    np.testing.assert_allclose(known.precision, np.linalg.inv(COV), rtol=1e-12)
    draws = known.sample(2, 5) - MEAN
    np.testing.assert_allclose(draws, 0.5 * (NORMAL.sample(2, 5) - MEAN), rtol=1e-12)


def test_a_flat_direction_leaves_no_covariance() -> None:
    root = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.5]])
    flat = MultivariateNormal(("a", "b", "c"), np.array([1.0, -2.0, 30.0]), root)
    assert not flat.is_proper
    assert NORMAL.is_proper
    assert repr(flat) == "MultivariateNormal(a: 1 ± inf, b: -2 ± inf, c: 30 ± inf)"
    for refused in ("sd", "cov"):
        with pytest.raises(ValueError, match="is improper, flat in b: it has no cov"):
            getattr(flat, refused)


def test_a_covariance_that_no_number_holds_is_refused() -> None:
    wide = MultivariateNormal(("a",), np.zeros(1), np.array([[1e-170]]))
    assert wide.sd == pytest.approx(1e170)
    with pytest.raises(ValueError, match="cov"):
        _ = wide.cov


def test_one_draw_is_the_default() -> None:
    assert NORMAL.sample(1).shape == (1, 4)
    np.testing.assert_array_equal(NORMAL.kurtosis, [3.0] * 4)


def test_repr_names_every_quantity() -> None:
    assert repr(NORMAL).startswith("MultivariateNormal(a: ")
    assert " ± " in repr(NORMAL)
