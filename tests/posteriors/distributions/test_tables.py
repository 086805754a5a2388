"""Tabulated scales: what a table keeps, and what follows beyond its ends."""

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from bayes_l2.posteriors.distributions.positive import LogScaleMarginal, log_of

GRID = np.linspace(-9.0, 2.0, 45)


def cut_off(decay: float) -> tuple[LogScaleMarginal, float, float]:
    """Return log s that is normal up to 2, and falls straight beyond.

    The last two are the height at 2, and how fast the log density falls from there.
    """
    fall = 2.0 if np.isinf(decay) else decay
    height = np.exp(-2.0)
    total = np.sqrt(2 * np.pi) * stats.norm.cdf(2.0) + height / fall
    ours = LogScaleMarginal.of(GRID, 5.0 - 0.5 * GRID**2, decay)
    return ours, float(height / total), fall


@pytest.mark.parametrize("decay", [np.inf, 4.5])
def test_beyond_a_table_the_density_falls_as_a_power(decay: float) -> None:
    ours, height, fall = cut_off(decay)
    t = np.array([2.5, 4.0, 12.0])
    s, beyond = np.exp(t), height * np.exp(-fall * (t - 2)) / fall
    np.testing.assert_allclose(ours.sf(s), beyond, rtol=1e-10)
    np.testing.assert_allclose(ours.cdf(s), 1 - beyond, rtol=1e-13)
    np.testing.assert_allclose(ours.isf(beyond), s, rtol=1e-10)
    np.testing.assert_allclose(ours.pdf(s), beyond * fall / s, rtol=1e-10)
    # the mirror image, 1 / s, has the same tail below
    mirror = LogScaleMarginal.of(-GRID, -0.5 * GRID**2, np.inf)
    ours, height, fall = cut_off(np.inf)
    beyond = height * np.exp(-fall * (t - 2)) / fall
    np.testing.assert_allclose(mirror.cdf(1 / s), beyond, rtol=1e-10)
    np.testing.assert_allclose(mirror.sf(1 / s), 1 - beyond, rtol=1e-13)
    np.testing.assert_allclose(mirror.ppf(beyond), 1 / s, rtol=1e-10)
    np.testing.assert_allclose(mirror.pdf(1 / s), beyond * fall * s, rtol=1e-10)
    inside = np.exp([-3.0, 0.1, 1.9])
    np.testing.assert_allclose(mirror.cdf(1 / inside), ours.sf(inside), rtol=1e-11)
    np.testing.assert_allclose(mirror.sf(1 / inside), ours.cdf(inside), rtol=1e-11)


def test_moments_hold_the_tail_beyond_a_table() -> None:
    """The integral of s^k is a normal one up to 2, and that of a power beyond."""
    ours, height, fall = cut_off(4.5)

    def moment(k: int) -> float:
        inside = integrate.quad(
            lambda t: np.exp(k * t - 0.5 * t**2), -9, 2, epsabs=0, epsrel=1e-13
        )[0]
        return float(height * (np.exp(2.0) * inside + np.exp(2.0 * k) / (fall - k)))

    assert ours.mean() == pytest.approx(moment(1), rel=1e-10)
    ours, height, fall = cut_off(np.inf)
    assert ours.mean() == pytest.approx(moment(1), rel=1e-10)


@pytest.mark.parametrize(
    ("decay", "finite"),
    [
        (1.0, (False, False, False)),
        (1.1, (True, False, False)),
        (2.0, (True, False, False)),
        (2.1, (True, True, False)),
        (4.0, (True, True, False)),
        (4.1, (True, True, True)),
    ],
)
def test_moments_below_the_decay_are_finite(
    decay: float, finite: tuple[bool, ...]
) -> None:
    ours = LogScaleMarginal.of(GRID, -0.5 * GRID**2, decay)
    moments = ours.mean(), ours.std(), ours.kurtosis()
    assert tuple(np.isfinite(moments)) == finite
    assert not np.isnan(moments).any()


def test_where_a_log_density_is_level_at_an_end_its_tail_is_long() -> None:
    """A slope of 0 counts as 0.001: log s is between 0 and 1 once in 2001 times."""
    t = np.linspace(0.0, 1.0, 41)
    for decay in (np.inf, 1e-5):
        ours = LogScaleMarginal.of(t, np.zeros(41), decay)
        assert ours.cdf(1.0) == pytest.approx(1000 / 2001, rel=1e-9)
        assert ours.sf(np.e) == pytest.approx(1000 / 2001, rel=1e-9)


def test_the_distance_weighs_what_two_tables_disagree_on() -> None:
    """Where log s is k sds from its mean a difference counts 1 + k² times."""
    t = np.linspace(-12.0, 13.0, 1001)
    ours = LogScaleMarginal.of(t, -0.5 * (t / 1.5) ** 2, np.inf)
    other = LogScaleMarginal.of(t, -0.5 * ((t - 0.4) / 1.5) ** 2, np.inf)

    def weighed(t: float) -> float:
        densities = stats.norm.pdf(t, [0.0, 0.4], 1.5)
        return float(abs(densities[0] - densities[1]) * (1 + (t / 1.5) ** 2))

    area = integrate.quad(weighed, -12, 13, points=[0.2], epsabs=1e-10)[0]
    assert ours.distance(other) == pytest.approx(area, rel=1e-5)
    assert ours.distance(ours) == 0


def test_a_table_ends_a_hundred_nats_below_the_mode() -> None:
    t = np.linspace(-30.0, 40.0, 141)
    log_density = -0.5 * t**2
    log_density[70] = -1000.0  # t is 5: a valley stays, up to 200 nats deep
    ours = LogScaleMarginal.of(t[::-1], log_density[::-1] + 3.0, np.inf)
    np.testing.assert_array_equal(ours.grid, np.arange(-14.0, 14.5, 0.5))
    heights = ours.log_density - ours.log_density.max()
    assert heights[0] == pytest.approx(-98.0, rel=1e-14)
    assert heights[ours.grid == 5.0].item() == pytest.approx(-200.0, rel=1e-14)


@pytest.mark.parametrize(
    ("n", "size", "is_known"),
    [(6, 1.0, True), (5, 1.0, False), (6, 4e13, True), (6, -5e13, False)],
)
def test_a_table_needs_six_places_and_heights_that_rounding_leaves(
    n: int, size: float, is_known: bool
) -> None:
    t = np.linspace(0.0, 1.0, n)
    log_density: Any = size - (t - 0.5) ** 2
    if is_known:
        assert len(LogScaleMarginal.of(t, log_density, np.inf).grid) == n
        return
    with pytest.raises(ValueError, match="rounding of its log density, .*hides its"):
        LogScaleMarginal.of(t, log_density, np.inf)


def test_draws_have_the_shape_that_is_asked_for() -> None:
    ours, _, _ = cut_off(4.5)
    assert np.shape(ours.rvs()) == ()
    assert ours.rvs(4).shape == (4,)
    assert ours.rvs((2, 3), random_state=1).shape == (2, 3)
    draws = ours.rvs((2, 3), random_state=np.random.default_rng(1))
    np.testing.assert_array_equal(draws, ours.rvs((2, 3), random_state=1))


def test_the_logarithm_of_what_is_not_positive_is_minus_infinity() -> None:
    found = log_of([np.e, 0, -2.0])
    np.testing.assert_array_equal(found, [1.0, -np.inf, -np.inf])
