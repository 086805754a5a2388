"""Points about bumps, and rules of few points."""

import numpy as np
import pytest
from numpy.polynomial import hermite_e

from bayes_l2.posteriors.quadrature.gauss_rules import gauss_rules
from bayes_l2.posteriors.quadrature.spread import Spread


def test_one_bump_has_the_points_of_a_hyperbolic_sine() -> None:
    spread = Spread(np.array([2.0]), np.array([0.3]), -5.0, 11.0)
    x, slopes = spread.points(57)
    v = np.linspace(*np.arcsinh((np.array([-5.0, 11.0]) - 2.0) / 0.3), num=57)
    np.testing.assert_allclose(x, 2.0 + 0.3 * np.sinh(v), atol=1e-13)
    np.testing.assert_allclose(slopes, 0.3 * np.cosh(v), rtol=1e-12)
    assert spread.length == pytest.approx(v[-1] - v[0], rel=1e-14)


def test_the_trapezoidal_rule_sees_each_of_several_bumps() -> None:
    centers, widths = np.array([-30.0, 0.0, 4.0]), np.array([2.0, 1e-3, 0.1])
    spread = Spread(centers, widths, -60.0, 6.0)
    x, slopes = spread.points(500)
    assert (x[0], x[-1]) == (-60.0, 6.0)
    assert (np.diff(x) > 0).all()
    steps = slopes * spread.length / 499
    z = (x[:, np.newaxis] - centers) / widths
    areas = steps @ (np.exp(-0.5 * z**2) / widths / np.sqrt(2 * np.pi))
    np.testing.assert_allclose(areas, 1, atol=1e-12)


def test_steps_of_v_are_equal() -> None:
    """v is the sum of the arsinh of distances in widths, which differ a millionfold."""
    centers, widths = np.array([-3e4, -1.0, 0.0, 0.5]), np.array([1.0, 0.2, 1e-6, 1e-3])
    spread = Spread(centers, widths, -1e5, 40.0)
    x, slopes = spread.points(3000)
    v = np.sum(np.arcsinh((x[:, np.newaxis] - centers) / widths), axis=1)
    np.testing.assert_allclose(np.diff(v), spread.length / 2999, atol=1e-9)
    # x' is the distance of neighbours, up to the fourth power of the step
    steps = np.diff(v)[1:-1]
    middle = 0.5 * (slopes[1:-2] + slopes[2:-1])
    np.testing.assert_allclose(np.diff(x)[1:-1], steps * middle, rtol=1e-2)


def test_rules_of_few_points_have_the_moments_of_many() -> None:
    """The last sum is that of Gauss and Hermite, whose rule is known."""
    rng = np.random.default_rng(0)
    points, weights = np.cumsum(rng.uniform(0, 1, (3, 40)), axis=1), np.ones((3, 40))
    weights[1] = rng.uniform(0, 5, 40)
    normal, normal_weights = hermite_e.hermegauss(40)
    points[2], weights[2] = 7 + 0.01 * normal, normal_weights
    few, few_weights = gauss_rules(points, weights, 6)
    assert (few_weights > 0).all()
    center = points.mean(axis=1, keepdims=True)
    for power in range(12):
        scale = np.sum(weights * np.abs(points - center) ** power, axis=1)
        ours = np.sum(few_weights * (few - center) ** power, axis=1)
        theirs = np.sum(weights * (points - center) ** power, axis=1)
        assert np.abs(ours - theirs).max() <= 1e-11 * scale.max()
    expected, expected_weights = hermite_e.hermegauss(6)
    np.testing.assert_allclose(few[2], 7 + 0.01 * expected, rtol=1e-12)
    np.testing.assert_allclose(few_weights[2], expected_weights, rtol=1e-9)
