"""Distributions of one quantity, against those of scipy and mpmath."""

from typing import Any, cast

import mpmath
import numpy as np
import pytest
from scipy import stats
from scipy.special import digamma, gamma, polygamma

from bayes_l2.posteriors.distributions.inverse_gamma_root import (
    InverseGammaRoot,
    _log_height,
)
from bayes_l2.posteriors.distributions.positive import LogScaleMarginal
from bayes_l2.posteriors.distributions.univariate import NormalMixture
from bayes_l2.posteriors.quadrature.spread import Spread


def inverse_gamma_root(shape: float) -> tuple[LogScaleMarginal, Any]:
    """Return the root of an inverse-gamma variable, tabulated, and that of scipy.

    The table ends where the density is 42 nats below the mode.
    """
    center, width = -0.5 * np.log(shape), 0.5 / np.sqrt(shape)
    wide = center + width * np.sinh(np.linspace(-4, 6, 3001))
    log_density = stats.gengamma.logpdf(np.exp(wide), shape, -2) + wide
    seen = wide[log_density > log_density.max() - 42]
    t = center + width * np.sinh(
        np.linspace(*np.arcsinh((seen[[0, -1]] - center) / width), num=301)
    )
    log_density = stats.gengamma.logpdf(np.exp(t), shape, -2) + t
    return LogScaleMarginal.of(t, log_density + 3.0, 2 * shape), stats.gengamma(
        shape, -2
    )


@pytest.mark.parametrize("shape", [1.2, 3.0, 20.0])
def test_a_tabulated_scale_has_its_moments_and_quantiles(shape: float) -> None:
    """With a shape of 1.2 a thousandth of the variance lies beyond the table."""
    ours, theirs = inverse_gamma_root(shape)
    assert ours.mean() == pytest.approx(theirs.mean(), rel=1e-7)
    assert ours.std() == pytest.approx(
        np.sqrt(1 / (shape - 1) - theirs.mean() ** 2), rel=1e-6
    )
    probabilities = np.array([0.001, 0.3, 0.5, 0.999])
    np.testing.assert_allclose(
        ours.ppf(probabilities), theirs.ppf(probabilities), rtol=1e-7
    )
    np.testing.assert_allclose(
        ours.cdf(theirs.ppf(probabilities)), probabilities, rtol=1e-6
    )
    places = theirs.ppf(probabilities)
    np.testing.assert_allclose(
        ours.logpdf(places), stats.gengamma.logpdf(places, shape, -2), atol=1e-7
    )
    logs = ours.log_moments()
    assert logs.mean == pytest.approx(-digamma(shape) / 2, abs=1e-8)
    assert logs.sd == pytest.approx(np.sqrt(polygamma(1, shape)) / 2, rel=1e-8)
    assert logs.kurtosis == pytest.approx(
        3 + polygamma(3, shape) / polygamma(1, shape) ** 2, rel=1e-6
    )


@pytest.mark.parametrize("lowest", [-np.inf, -3e5])
def test_a_table_of_two_bumps_with_a_valley_that_no_number_holds(lowest: float) -> None:
    """Log s is normal about -5 or 3, with probabilities 0.3 and 0.7."""
    centers, sds, shares = np.array([-5.0, 3.0]), np.array([0.01, 0.2]), [0.3, 0.7]
    t, _ = Spread(centers, sds, -5.09, 4.8).points(401)
    logs = np.log(shares) + stats.norm.logpdf(t[:, np.newaxis], centers, sds)
    log_density = np.maximum(np.logaddexp(*logs.T), lowest)
    log_density[(t > -4) & (t < 0)] = lowest
    ours = LogScaleMarginal.of(t, log_density + 7.0, np.inf)
    assert ours.cdf(1.0) == pytest.approx(0.3, abs=1e-9)
    assert ours.sf(1.0) == pytest.approx(0.7, abs=1e-9)
    for probability in (1e-9, 0.1, 0.2999, 0.3001, 0.8, 1 - 1e-9):
        found = np.log(ours.ppf(probability))
        expected = stats.norm.cdf(found, centers, sds) @ shares
        assert expected == pytest.approx(probability, abs=1e-9)
    mean = centers @ shares
    assert ours.log_moments().mean == pytest.approx(mean, abs=1e-8)
    variance = (sds**2 + (centers - mean) ** 2) @ shares
    assert ours.log_moments().sd == pytest.approx(np.sqrt(variance), rel=1e-8)


@pytest.mark.parametrize("shape", [4.5, 20.0, 3e5])
def test_the_root_of_an_inverse_gamma_variable(shape: float) -> None:
    """Its moments are differences of gamma functions, which mpmath has to 40 digits."""
    ours, mp = InverseGammaRoot.from_shape(shape, 3.0), cast(Any, mpmath.mp)
    with mp.workdps(40):
        a, root = mp.mpf(shape), mp.sqrt(3)
        m1, m2, m3, m4 = (
            root**k * mp.gamma(a - mp.mpf(k) / 2) / mp.gamma(a) for k in (1, 2, 3, 4)
        )
        variance = m2 - m1**2
        fourth = m4 - 4 * m3 * m1 + 6 * m2 * m1**2 - 3 * m1**4
        expected = [float(x) for x in (m1, mp.sqrt(variance), fourth / variance**2)]
    found = [ours.mean(), ours.std(), ours.kurtosis()]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    theirs: Any = stats.gengamma(shape, -2, scale=np.sqrt(3.0))
    low, high = ours.interval(0.9)
    np.testing.assert_allclose(
        [low, ours.median(), high], theirs.ppf([0.05, 0.5, 0.95]), rtol=1e-13
    )
    with mp.workdps(40):
        log_density = mp.log(2) + a * mp.log(3) - mp.loggamma(a)
        log_density -= (2 * a + 1) * mp.log(mp.mpf(high)) + 3 / mp.mpf(high) ** 2
    assert ours.logpdf(high) == pytest.approx(float(log_density), abs=1e-11)
    table = LogScaleMarginal(ours.grid, ours.log_density, 2 * shape)
    assert table.mean() == pytest.approx(ours.mean(), rel=1e-9)
    assert table.kurtosis() == pytest.approx(ours.kurtosis(), rel=1e-8)
    assert ours.logpdf(1e-320) == -np.inf
    # log s is half of log 3 minus half the logarithm of a gamma variable
    mean, variance, excess = stats.loggamma(shape).stats("mvk")
    logs = ours.log_moments()
    assert logs.mean == pytest.approx(0.5 * (np.log(3.0) - mean), rel=1e-12)
    assert logs.sd == pytest.approx(0.5 * np.sqrt(variance), rel=1e-12)
    assert logs.kurtosis == pytest.approx(3 + excess, rel=1e-12)


@pytest.mark.parametrize("a", [0.3, 99.0, 100.0, 130.0, 1e4])
def test_the_height_of_a_gamma_variable_has_all_digits(a: float) -> None:
    """Below 100 the terms are up to 460, and cancel."""
    mp = cast(Any, mpmath.mp)
    with mp.workdps(40):
        expected = float(a * mp.log(a) - a - mp.loggamma(a))
    assert _log_height(a) == pytest.approx(expected, abs=2e-15 if a >= 100 else 1e-13)


@pytest.mark.parametrize("shape", [0.4, 0.5])
def test_a_root_without_a_mean_has_none(shape: float) -> None:
    ours = InverseGammaRoot.from_shape(shape, 3.0)
    assert (ours.mean(), ours.std(), ours.kurtosis()) == (np.inf, np.inf, np.inf)
    assert InverseGammaRoot.from_shape(shape + 0.5, 3.0).std() == np.inf
    mean = np.sqrt(3.0) * gamma(shape) / gamma(shape + 0.5)
    found = InverseGammaRoot.from_shape(shape + 0.5, 3.0).mean()
    assert found == pytest.approx(mean, rel=1e-13)


def test_moments_that_a_tail_is_too_heavy_for_are_infinite() -> None:
    ours, _ = inverse_gamma_root(0.4)
    assert ours.mean() == np.inf
    assert inverse_gamma_root(0.9)[0].std() == np.inf
    assert ours.median() == pytest.approx(stats.gengamma(0.4, -2).median(), rel=1e-8)


def test_a_mixture_of_normals() -> None:
    weights, means, sds = (
        np.array([0.3, 0.7]),
        np.array([[0.0, 3.0], [1.0, 1.0]]),
        np.array([[1.0, 0.5], [2.0, 2.0]]),
    )
    ours = NormalMixture(weights, means, sds)
    np.testing.assert_allclose(ours.mean(), [2.1, 1.0])
    np.testing.assert_allclose(
        ours.std(), [np.sqrt(0.3 * (1 + 2.1**2) + 0.7 * (0.25 + 0.9**2)), 2.0]
    )
    np.testing.assert_allclose(ours.cdf(ours.ppf(0.8)), 0.8, rtol=1e-12)
    np.testing.assert_allclose(
        ours.pdf(2.0), stats.norm.pdf(2.0, means, sds) @ weights, rtol=1e-12
    )
    low, high = ours.interval(0.9)
    np.testing.assert_allclose(ours.cdf(low), 0.05, rtol=1e-10)
    np.testing.assert_allclose(ours.cdf(high), 0.95, rtol=1e-10)
    assert ours.median()[1] == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("probability", [2.0, -1.0, 95, np.nan])
def test_a_probability_lies_between_0_and_1(probability: float) -> None:
    mixture = NormalMixture(np.ones(1), np.zeros(1), np.ones(1))
    for distribution in (mixture, inverse_gamma_root(3.0)[0]):
        with pytest.raises(ValueError, match="probability must be between 0 and 1"):
            distribution.ppf(probability)
        with pytest.raises(ValueError, match="probability must be between 0 and 1"):
            distribution.interval(probability)


def test_draws_of_a_positive_quantity_have_its_distribution() -> None:
    """Kolmogorov and Smirnov's test of the tabulated one and of scipy's: 1e-7 each."""
    tabulated, theirs = inverse_gamma_root(3.0)
    for ours in (tabulated, InverseGammaRoot.from_shape(3.0, 1.0)):
        drawn = ours.rvs(50_000, random_state=4)
        assert stats.kstest(drawn, theirs.cdf).pvalue > 1e-7
        np.testing.assert_array_equal(drawn, ours.rvs(50_000, random_state=4))
