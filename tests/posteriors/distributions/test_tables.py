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

    # a density that falls slower than s², and a decay that says it falls faster
    grid = GRID[:-2]
    ours = LogScaleMarginal.of(grid, -0.5 * grid**2, np.inf)
    fall, height = 1.5, float(ours.pdf(np.exp(1.5)) * np.exp(1.5))
    density = [
        lambda t: np.exp(1.125 - 0.5 * t**2),
        lambda t: np.exp(-fall * (t - 1.5)),
    ]
    ends = [(-9.0, 1.5), (1.5, 80.0)]
    pieces = [
        integrate.quad(lambda t, f=f: np.exp(t) * f(t), *end, epsrel=1e-12)[0]
        for f, end in zip(density, ends, strict=True)
    ]
    mean = height * sum(pieces)
    assert ours.mean() == pytest.approx(mean, rel=1e-9)
    square = integrate.quad(
        lambda t: (np.exp(t) - mean) ** 2 * density[0](t), -9, 1.5, epsrel=1e-12
    )[0]
    assert ours.std() == pytest.approx(np.sqrt(height * square), rel=1e-9)


def test_a_slope_that_equals_the_power_has_no_tail_to_add() -> None:
    """The density of log s is e^-t from 0 to 10, so that of s^1 is 1 throughout."""
    t = np.linspace(0.0, 10.0, 11)
    ours = LogScaleMarginal(t, -t, np.inf)
    vars(ours)["_slopes"] = 1.0, 1.0  # the spline has them but for rounding
    assert ours.mean() == pytest.approx(10.0, rel=1e-9)


def test_moments_of_a_density_of_many_magnitudes() -> None:
    """It rises as s^0.1 from 1e-347 to 1, and falls as s^-3 from there."""
    t = np.linspace(-800.0, 0.0, 81)
    ours = LogScaleMarginal.of(t, 0.1 * t, 3.0)
    total = 10.0 + 1 / 3
    assert ours.mean() == pytest.approx((1 / 1.1 + 1 / 2) / total, rel=1e-3)
    assert ours.cdf(1.0) == pytest.approx(10.0 / total, rel=1e-12)


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


def test_a_table_with_most_of_the_probability_beyond_it() -> None:
    """It rises as s^3 up to e, and falls as s^-0.01 beyond; and its mirror image."""
    t = np.linspace(0.0, 1.0, 11)
    ours = LogScaleMarginal.of(t, 3 * t, 0.01)
    mirror = LogScaleMarginal.of(-t, 3 * t, 3.0)
    for table, sign, fall in ((ours, 1, 0.01), (mirror, -1, 0.001)):
        total = np.exp(3.0) * (1 / 3 + 1 / fall)
        for at in (-2.0, 1e-4, 0.55, 0.999, 1.0, 1.5, 9.0):
            inside, beyond = min(at, 1.0), max(at - 1.0, 0.0)
            small = (
                np.exp(3 * inside) / 3 - np.exp(3.0) * np.expm1(-fall * beyond) / fall
            )
            below, above = (table.cdf, table.sf) if sign > 0 else (table.sf, table.cdf)
            s = np.exp(sign * at)
            assert below(s) == pytest.approx(small / total, rel=1e-9)
            assert above(s) == pytest.approx(1 - small / total, rel=1e-9)
            if at <= 1:  # beyond it a table keeps to what is rare
                found = (table.ppf if sign > 0 else table.isf)(small / total)
                assert np.log(found) == pytest.approx(sign * at, abs=1e-9)
    assert LogScaleMarginal.of(t, 3 * t, 0.5).isf(1e-300) == np.inf


def test_an_interval_of_a_table_may_be_as_wide_as_an_sd() -> None:
    t = np.arange(-10.0, 11.0)
    ours, z = LogScaleMarginal.of(t, -0.5 * t**2, np.inf), np.linspace(-4.9, 4.9, 15)
    np.testing.assert_allclose(ours.cdf(np.exp(z)), stats.norm.cdf(z), rtol=1e-8)
    np.testing.assert_allclose(ours.sf(np.exp(z)), stats.norm.sf(z), rtol=1e-8)
    draws = np.log(ours.rvs(2000, random_state=1))
    assert stats.kstest(draws, "norm").pvalue > 1e-9


def test_a_tail_beyond_a_table_has_all_its_digits() -> None:
    """The first and the last interval hold e^18 times as much as the tail."""
    t = np.arange(-10.0, 11.0, 2.0)
    ours = LogScaleMarginal.of(t, -0.5 * t**2, np.inf)
    low, high = np.exp([-11.0, 11.0])
    below, above = ours.pdf(low) * low / 10, ours.pdf(high) * high / 10
    np.testing.assert_allclose(ours.cdf(low), below, rtol=1e-12)
    np.testing.assert_allclose(ours.sf(high), above, rtol=1e-12)


def test_places_between_those_of_a_table_have_its_digits() -> None:
    """Minus the log of an exponential variable is Gumbel's, on 400 places."""
    t = np.linspace(-42.0, 3.7, 400)
    ours = LogScaleMarginal.of(t, t - np.exp(t), np.inf)
    s = np.exp([-20.0, -3.3, 0.123, 2.0])
    np.testing.assert_allclose(ours.cdf(s), stats.expon.cdf(s), rtol=1e-8)
    np.testing.assert_allclose(ours.sf(s), stats.expon.sf(s), rtol=1e-7)
    np.testing.assert_allclose(ours.pdf(s), stats.expon.pdf(s), rtol=1e-7)


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
    ours = LogScaleMarginal.of(t, -0.5 * ((t - 1) / 1.5) ** 2, np.inf)
    other = LogScaleMarginal.of(t, -0.5 * ((t - 1.4) / 1.5) ** 2, np.inf)

    def weighed(t: float) -> float:
        densities = stats.norm.pdf(t, [1.0, 1.4], 1.5)
        return float(abs(densities[0] - densities[1]) * (1 + ((t - 1) / 1.5) ** 2))

    area = integrate.quad(weighed, -12, 13, points=[1.2], epsabs=1e-10)[0]
    assert ours.distance(other) == pytest.approx(area, rel=1e-5)
    assert ours.distance(ours) == 0


def test_a_table_ends_a_hundred_nats_below_the_mode() -> None:
    t = np.linspace(-30.0, 40.0, 141)
    log_density = -0.5 * t**2
    log_density[70] = -1000.0  # t is 5: a valley stays, up to 200 nats deep
    log_density[np.abs(t) == 14.5] = -100.0
    ours = LogScaleMarginal.of(t[::-1], log_density[::-1] + 3.0, np.inf)
    np.testing.assert_array_equal(ours.grid, np.arange(-14.0, 14.5, 0.5))
    heights = ours.log_density - ours.log_density.max()
    assert heights[0] == pytest.approx(-98.0, rel=1e-14)
    assert heights[ours.grid == 5.0].item() == pytest.approx(-200.0, rel=1e-14)


@pytest.mark.parametrize(
    ("n", "size", "is_known"),
    [
        (6, 1.0, True),
        (5, 1.0, False),
        (6, 4e13, True),
        (6, 0.01 / np.finfo(float).eps, False),
        (6, -5e13, False),
    ],
)
def test_a_table_needs_six_places_and_heights_that_rounding_leaves(
    n: int, size: float, is_known: bool
) -> None:
    t = np.linspace(0.0, 1.0, n)
    log_density: Any = size - (t - t[2]) ** 2
    if is_known:
        assert len(LogScaleMarginal.of(t, log_density, np.inf).grid) == n
        return
    with pytest.raises(ValueError, match="rounding of its log density, "):
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
    assert log_of(np.float32(3.0)) == pytest.approx(np.log(3.0), rel=1e-15)
    ours, _, _ = cut_off(4.5)
    np.testing.assert_array_equal(ours.logpdf([-1.0, 0.0, np.inf]), -np.inf)
