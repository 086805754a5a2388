"""Mixtures of normals of several quantities: moments, draws and texts."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2.posteriors.distributions.mixture_quantiles import Components
from bayes_l2.posteriors.distributions.univariate import (
    NormalMixture,
    shape_of_draws,
    tails,
)

WEIGHTS = np.array([0.3, 0.7])
MEANS, SDS = np.array([[0.0, 3.0], [1.0, 1.0]]), np.array([[1.0, 0.5], [2.0, 2.0]])


def test_densities_and_probabilities_are_sums_over_the_components() -> None:
    ours, x = NormalMixture(WEIGHTS, MEANS, SDS), np.array([[-2.0], [0.5], [4.0]])
    norm = stats.norm(MEANS, SDS)
    for method in ("pdf", "cdf", "sf"):
        found = getattr(ours, method)(x)
        assert found.shape == (3, 2)
        expected = getattr(norm, method)(x[..., np.newaxis]) @ WEIGHTS
        np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_a_probability_near_1_keeps_the_digits_of_the_rest() -> None:
    """The difference of 1 and 2^-40 is exact, and a number of 24 bits is exact too."""
    ours, small = NormalMixture(WEIGHTS, MEANS[0], SDS[0]), 2.0**-40
    assert ours.isf(1 - small) == pytest.approx(ours.ppf(small), rel=1e-12)
    assert ours.ppf(1 - small) == pytest.approx(ours.isf(small), rel=1e-12)
    of_24_bits = np.float32(0.3)
    assert ours.ppf(of_24_bits) == ours.ppf(float(of_24_bits))


def test_moments_are_there_below_the_decay() -> None:
    at = np.array([0.9, 1.0, 1.1, 2.0, 2.1])
    three, ones = np.tile([0.0, 3.0], (5, 1)), np.ones((5, 2))
    ours = NormalMixture(WEIGHTS, three, ones, at)
    np.testing.assert_allclose(ours.mean(), [np.nan, np.nan, 2.1, 2.1, 2.1])
    sd = np.sqrt(1 + 0.3 * 2.1**2 + 0.7 * 0.9**2)
    np.testing.assert_allclose(ours.std(), [np.inf] * 4 + [sd])
    np.testing.assert_allclose(ours.var(), [np.inf] * 4 + [sd**2])


def test_draws_are_those_of_each_quantity() -> None:
    """Kolmogorov's test at 1e-9, of weights whose sum rounding moves from 1."""
    ours = NormalMixture(WEIGHTS * (1 + 1e-7), MEANS, SDS)
    assert ours.rvs().shape == (2,)
    draws = ours.rvs((3, 1000, 2), random_state=3)
    assert draws.shape == (3, 1000, 2)
    for k in range(2):

        def cdf(x: Any, k: int = k) -> Any:
            return stats.norm.cdf(x[:, np.newaxis], MEANS[k], SDS[k]) @ WEIGHTS

        assert stats.kstest(draws[..., k].ravel(), cdf).pvalue > 1e-9
    one = NormalMixture(WEIGHTS, MEANS[0], SDS[0])
    assert np.shape(one.rvs()) == ()
    assert one.rvs(4).shape == (4,)


@pytest.mark.parametrize(
    ("size", "shape", "expected"),
    [
        (None, (), ()),
        (None, (2, 3), (2, 3)),
        (5, (), (5,)),
        ((4, 2), (2,), (4, 2)),
        ((4, 2, 3), (2, 3), (4, 2, 3)),
        (3, (3,), (3,)),
    ],
)
def test_the_last_axes_of_draws_are_the_quantities(
    size: Any, shape: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert shape_of_draws(size, shape) == expected


@pytest.mark.parametrize(
    ("size", "shape"), [(5, (2,)), ((2, 4), (2,)), (3, (2, 3)), ((4, 3), (2, 3))]
)
def test_other_sizes_of_draws_are_refused(size: Any, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="the last axes of size must be those of the"):
        shape_of_draws(size, shape)


def test_the_body_of_a_mixture_has_its_quantiles_but_for_the_tails() -> None:
    """The body here is another mixture, so that a quantile tells which one is used."""
    body = Components(np.ones(1), np.full((1,), 7.0), np.full((1,), 0.1))
    ours = NormalMixture(np.ones(1), np.zeros(1), np.ones(1), body=body)
    normal = stats.norm(7.0, 0.1)
    for q in (1e-4, 0.3, 0.9998):
        assert ours.ppf(q) == pytest.approx(normal.ppf(q), abs=1e-12)
        assert ours.isf(q) == pytest.approx(normal.isf(q), abs=1e-12)
    for q in (0.99e-4, 1 - 0.99e-4, [0.5, 1e-5], [0.5, 1 - 1e-5]):
        np.testing.assert_allclose(ours.ppf(q), stats.norm.ppf(q), atol=1e-12)
    assert ours.ppf([]).shape == (0,)


def test_tails_leave_a_probability_between_them() -> None:
    assert tails(0.9) == pytest.approx((0.05, 0.95), rel=1e-14)


def test_the_text_is_that_of_one_quantity_or_of_their_medians() -> None:
    one = NormalMixture(np.ones(1), np.ones(1), np.full(1, 0.5))
    assert repr(one) == "NormalMixture(median 1, 95 % from 0.02002 to 1.98)"
    grid = NormalMixture(np.ones(1), np.array([[[1.0], [-4.5]]]), np.ones((1, 2, 1)))
    text = "NormalMixture(<1 x 2> side by side, medians from -4.5 to 1)"
    assert repr(grid) == text
    np.testing.assert_allclose(one.interval(0.5), [0.66275, 1.33724], atol=1e-5)
