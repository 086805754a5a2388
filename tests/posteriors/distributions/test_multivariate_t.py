"""The Student-t of several quantities against that of scipy and textbook formulas."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import MultivariateNormal, arguments
from bayes_l2.posteriors.distributions.multivariate import MultivariateT

NAMES = ("a", "b", "c")
MEAN = np.array([1.0, -2.0, 0.5])
HALF = np.array([[1.0, 0.0, 0.0], [0.5, 0.8, 0.0], [-0.3, 0.4, 2.0]])
COV: Any = HALF @ HALF.T
UNIT = MultivariateNormal(NAMES, MEAN, np.linalg.cholesky(np.linalg.inv(COV)).T)


def student(shape: float) -> MultivariateT:
    """Return the t of 2 a degrees, whose matrix is 3 / a times COV."""
    return MultivariateT(UNIT, shape, 3.0)


@pytest.mark.parametrize("shape", [0.4, 2.5, 30.0])
def test_the_density_is_scipys(shape: float) -> None:
    rng = np.random.default_rng(0)
    points = MEAN + 3 * rng.standard_normal((2, 4, 3))
    degrees: Any = 2 * shape
    theirs = stats.multivariate_t(MEAN, 3.0 / shape * COV, df=degrees)
    np.testing.assert_allclose(
        student(shape).logpdf(points), theirs.logpdf(points), rtol=1e-12
    )
    with pytest.raises(ValueError, match="points must have 3 entries on the last axis"):
        student(shape).logpdf(points[..., :2])


def test_moments_are_the_textbooks() -> None:
    """The variance is b / (a - 1), the kurtosis 3 + 6 / (2 a - 4)."""
    for shape, variance, kurtosis in ((3.5, 1.2, 5.0), (1.5, 6.0, np.inf)):
        ours = student(shape)
        assert ours.names == NAMES
        assert ours.df == 2 * shape
        np.testing.assert_array_equal(ours.mean, MEAN)
        np.testing.assert_allclose(ours.cov, variance * COV, rtol=1e-13)
        sd = np.sqrt(variance * np.diag(COV))
        np.testing.assert_allclose(ours.sd, sd, rtol=1e-13)
        np.testing.assert_array_equal(ours.kurtosis, [kurtosis] * 3)


@pytest.mark.parametrize(
    ("shape", "finite"),
    [
        (0.5, (False, False, False)),
        (0.55, (True, False, False)),
        (1.0, (True, False, False)),
        (1.05, (True, True, False)),
        (2.0, (True, True, False)),
        (2.05, (True, True, True)),
    ],
)
def test_moments_end_where_the_tails_are_too_heavy(
    shape: float, finite: tuple[bool, ...]
) -> None:
    ours = student(shape)
    for values, is_there in zip(
        (ours.mean, ours.sd, ours.kurtosis), finite, strict=True
    ):
        assert values.shape == (3,)
        assert np.isfinite(values).tolist() == [is_there] * 3
    assert np.isnan(ours.mean).all() != finite[0]
    assert not np.isnan([ours.sd, ours.kurtosis]).any()
    if not finite[1]:
        with pytest.raises(ValueError, match="more than 2 degrees of freedom, got"):
            _ = ours.cov
    np.testing.assert_array_equal(ours.mode, MEAN)


def test_marginals_and_intervals_are_scipys() -> None:
    ours, sds = student(2.5), np.sqrt(3.0 / 2.5 * np.diag(COV))
    theirs = [stats.t(5, *pair) for pair in zip(MEAN, sds, strict=True)]
    for probability in (0.5, 0.9):
        expected = [each.interval(probability) for each in theirs]
        np.testing.assert_allclose(ours.interval(probability), expected, rtol=1e-12)
    np.testing.assert_array_equal(ours.interval(), ours.interval(0.95))
    x = np.array([-4.0, 0.3, 2.0])
    for name, each in zip(NAMES, theirs, strict=True):
        np.testing.assert_allclose(ours.marginal(name).cdf(x), each.cdf(x), rtol=1e-12)
    pair = ours.marginal(["c", "a"])
    assert pair.names == ("c", "a")
    matrix = 3.0 / 2.5 * COV[np.ix_([2, 0], [2, 0])]
    theirs = stats.multivariate_t(MEAN[[2, 0]], matrix, df=5)
    points = np.array([[0.0, 1.0], [3.0, -1.0]])
    np.testing.assert_allclose(pair.logpdf(points), theirs.logpdf(points), rtol=1e-12)


def test_draws_have_the_distribution_and_belong_to_their_noise_sd() -> None:
    """Kolmogorov's test at 1e-9, of eight distributions of 2 000 draws."""
    ours = student(1.5)
    draws, noise_sd = ours.sample_with_noise(3, 2000)
    np.testing.assert_array_equal(ours.sample(3, 2000), draws)
    assert draws.shape == (2000, 3)
    variances = stats.invgamma(1.5, scale=3.0)
    assert stats.kstest(noise_sd**2, variances.cdf).pvalue > 1e-9
    given_noise = np.linalg.solve(HALF, (draws - MEAN).T) / noise_sd
    for name, values, z in zip(NAMES, draws.T, given_noise, strict=True):
        assert stats.kstest(values, ours.marginal(name).cdf).pvalue > 1e-9
        assert stats.kstest(z, "norm").pvalue > 1e-9
    assert stats.kstest(given_noise.sum(axis=0) / np.sqrt(3), "norm").pvalue > 1e-9
    assert ours.sample(5).shape == (1, 3)
    rng = np.random.default_rng(3)
    np.testing.assert_array_equal(ours.sample(rng, 2000), draws)


def test_an_array_has_room_for_the_draws_and_their_noise_sds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arguments, "MOST_NUMBERS", 100)
    assert student(1.5).sample(1, 25).shape == (25, 3)
    with pytest.raises(ValueError, match="n must be at most 25, got 26"):
        student(1.5).sample(1, 26)


def test_the_text_has_the_degrees_of_freedom() -> None:
    text = "MultivariateT(a: 1 ± 1.4, b: -2 ± 1.3, c: 0.5 ± 2.9, df=5)"
    assert repr(student(2.5)) == text
