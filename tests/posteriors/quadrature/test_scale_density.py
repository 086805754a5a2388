"""The density of the scales: its values, its slopes, its modes and its tails."""

from typing import Any

import numpy as np
import pytest
from scipy import optimize

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.line_integrals import integrate_lines
from bayes_l2.posteriors.quadrature.scale_density import (
    ScaleDensity,
    _falling_root,
    highest_moment,
)
from tests.oracles import half_cauchy, half_normal
from tests.posteriors.quadrature.dense import Dense

HALF_NORMAL, HALF_CAUCHY = priors.HalfNormal(2.0), priors.HalfCauchy(1.5)
KINDS = {
    "both unknown": (HALF_NORMAL, HALF_CAUCHY, False),
    "both unknown, relative": (HALF_NORMAL, HALF_CAUCHY, True),
    "noise unknown": (HALF_NORMAL, 1.7, False),
    "noise unknown, relative": (HALF_NORMAL, 1.7, True),
    "prior unknown": (1.3, HALF_CAUCHY, False),
    "prior unknown, relative": (1.3, HALF_CAUCHY, True),
}
over_kinds = pytest.mark.parametrize("kind", KINDS)
TALL = Dense(8, 3, mean=0.5)


def density_of(case: Dense, noise: Any, prior: Any, relative: bool) -> ScaleDensity:
    model = case.model(noise, prior, relative_to_noise=relative)
    return ScaleDensity(Eigenbasis.of(model))


def exact_log_density(noise_sd: float, penalty: float, kind: str) -> float:
    """Return the log density of y and of the logarithms that are integrated over."""
    noise, prior, relative = KINDS[kind]
    prior_sd = (1 if relative else noise_sd) / np.sqrt(penalty)
    log_density = TALL.log_evidence(penalty, noise_sd)
    if noise is HALF_NORMAL:
        log_density += half_normal(2.0)(noise_sd) + np.log(noise_sd)
    if prior is HALF_CAUCHY:
        log_density += half_cauchy(1.5)(prior_sd) + np.log(prior_sd)
    # alpha goes as tau^-2, so log tau moves by half of what log alpha moves by
    return log_density - (0 if kind == "noise unknown, relative" else np.log(2))


@over_kinds
def test_the_density_at_scales(kind: str) -> None:
    density = density_of(TALL, *KINDS[kind])
    noise, prior, relative = KINDS[kind]
    for noise_sd, penalty in ((0.4, 0.2), (1.3, 3.0), (2.5, 40.0)):
        if noise == 1.3:
            noise_sd = 1.3
        if prior == 1.7:
            penalty = ((1 if relative else noise_sd) / 1.7) ** 2
        x, t = np.array([np.log(penalty / density.basis.unit)]), np.log([noise_sd])
        expected = exact_log_density(noise_sd, penalty, kind)
        np.testing.assert_allclose(density.log_density(x, t), expected, rtol=1e-10)
        u = np.log((1 if relative else noise_sd) / np.sqrt(penalty))
        np.testing.assert_allclose(density.log_prior_sd(x, t), u, atol=1e-12)
        np.testing.assert_allclose(density.log_penalty(t, u), x, atol=1e-12)
        if density.over_penalty and not density.over_noise:
            np.testing.assert_allclose(density.noise_implied(x), t, atol=1e-12)
        if not density.over_penalty:
            assert density.fixed_penalty() == pytest.approx(x[0], abs=1e-12)


@over_kinds
def test_which_scales_are_integrated_over(kind: str) -> None:
    noise, prior, relative = KINDS[kind]
    density = density_of(TALL, noise, prior, relative)
    assert density.over_penalty is (kind != "noise unknown, relative")
    # the noise sd is the penalty's root times a known prior sd, but for a relative one
    expected = noise is HALF_NORMAL and (prior is HALF_CAUCHY or relative)
    assert density.over_noise is expected
    flat = ScaleDensity(Eigenbasis.of(Dense(8, 3, sds=[1e9] * 3).model()))
    assert (flat.over_penalty, flat.over_noise) == (False, False)


def test_a_flat_prior_has_no_penalty() -> None:
    case = Dense(9, 3)
    X, y, _ = case.rows
    noise = likelihoods.Normal(HALF_NORMAL)
    model = LinearModel(X, y, likelihood=noise, prior=priors.Flat())
    flat = ScaleDensity(Eigenbasis.of(model))
    assert (flat.has_penalty, flat.over_penalty, flat.over_noise) == (
        False,
        False,
        True,
    )
    assert flat.fixed_penalty() == 0.0
    assert flat.log_penalty(np.ones(2), np.ones(2)).tolist() == [0.0, 0.0]


@over_kinds
def test_slopes_and_modes_over_the_noise_sd(kind: str) -> None:
    density = density_of(TALL, *KINDS[kind])
    x = np.array([-6.0, 0.0, 3.0])
    log_squares = density.by_penalty(x)[1]
    t = np.array([-0.7, 0.2, 0.9])
    step = 1e-4
    slope, bend = density.slope(t, x, log_squares), density.bend(t, x, log_squares)
    # the slope counts dσ / dt even where the noise sd is known
    heights = [density.by_noise(t + k * step, x, log_squares) for k in (-1, 0, 1)]
    expected = (heights[2] - heights[0]) / (2 * step)
    constant = 1.0 if density.noise_sd.is_known else 0.0
    np.testing.assert_allclose(slope, expected + constant, atol=1e-5)
    expected = (heights[0] - 2 * heights[1] + heights[2]) / step**2
    np.testing.assert_allclose(bend, expected, atol=1e-5 * np.abs(bend).max())
    if density.over_penalty and density.over_noise:
        modes = density.most_probable_noise(x)
        width = density.noise_mode(x, log_squares)[1]
        for i in range(3):
            place = x[i : i + 1], log_squares[i : i + 1]

            def fall(t: float, place: Any = place) -> float:
                return -float(density.by_noise(np.array([t]), *place)[0])

            found: Any = optimize.minimize_scalar(fall, (-3.0, 3.0), tol=1e-12)
            assert modes[i] == pytest.approx(found.x, abs=1e-6)
            second = -float(density.bend(modes[i : i + 1], *place)[0])
            assert width[i] == pytest.approx(second**-0.5, rel=1e-9)


def test_roots_of_falling_functions() -> None:
    """Newton's steps from far away overshoot, or start where the curve is level."""

    def function(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.exp(2 - t) - 1, -np.exp(2 - t)

    starts = np.array([2.0, -40.0, 5.0, 30.0, 900.0])
    np.testing.assert_allclose(_falling_root(function, starts), 2.0, rtol=1e-9)

    def steep(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return -np.arctan(50 * (t - 3)), -50 / (1 + (50 * (t - 3)) ** 2)

    starts = np.array([-1e6, -7.0, 3.5, 1e4])
    np.testing.assert_allclose(_falling_root(steep, starts), 3.0, rtol=1e-9)

    def high(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.exp(4 - 2 * t) - 1, -2 * np.exp(4 - 2 * t)

    starts = np.array([-352.7, -360.0])  # beyond doubles: the derivative, and both
    np.testing.assert_allclose(_falling_root(high, starts), 2.0, rtol=1e-9)

    def level(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.ones_like(t), np.zeros_like(t)

    assert np.isnan(_falling_root(level, np.zeros(2))).all()


# powers of the priors at infinity: -4 of half-t(3), -2 of half-Cauchy, -5 of
# inverse-gamma(2), 0 of a flat one, and of a half-normal none
HALF_T, GAMMA = priors.HalfStudentT(3.0, 1.0), priors.InverseGamma(2.0, 1.0)
INF = np.inf


@pytest.mark.parametrize(
    ("noise", "prior", "relative", "noise_sd", "prior_sd", "penalty", "coefs"),
    [
        # n' = 7 rows, which fall as sigma^-7, and k = 3 columns, as tau^-3
        (HALF_T, HALF_CAUCHY, False, 10, 4, 0.5, 11),
        (HALF_T, HALF_CAUCHY, True, 10, 4, 0.5, 10),
        (HALF_NORMAL, HALF_CAUCHY, False, INF, 4, 0.5, INF),
        (HALF_NORMAL, HALF_CAUCHY, True, INF, 4, 0.5, INF),
        (priors.FlatScale(), GAMMA, False, 6, 7, 3.0, 10),
        (priors.FlatScale(), GAMMA, True, 6, 7, INF, 6),
        (priors.FlatScale(), HALF_NORMAL, False, 6, INF, 0.5, INF),
        (priors.FlatScale(), 2.0, False, 6, INF, 3.0, INF),
        (priors.FlatScale(), 2.0, True, 6, INF, INF, 6),
        (2.0, HALF_CAUCHY, False, INF, 4, 0.5, INF),
    ],
)
def test_orders_of_finite_moments(
    noise: Any,
    prior: Any,
    relative: bool,
    noise_sd: float,
    prior_sd: float,
    penalty: float,
    coefs: float,
) -> None:
    density = density_of(TALL, noise, prior, relative)
    assert density.decay_of_noise == noise_sd
    assert density.decay_of_prior == prior_sd
    assert density.decay_of_penalty == penalty
    assert density.decay_of_coefs == coefs
    assert density.decay_outside == min(prior_sd, coefs)
    alone = relative or not isinstance(prior, priors.ScalePrior)
    assert density.decay_given_penalty == (noise_sd if alone else coefs)
    orders = {0.5: 0, 1.0: 0, 1.5: 1, 2.0: 1, 3.0: 2, 4.0: 2, 4.5: 4, INF: 4}
    assert {each: highest_moment(each) for each in orders} == orders


def test_few_rows_bound_the_moments_of_a_prior_sd() -> None:
    """Three of them fall as sigma^-3 at one ratio, and the prior sd as tau^-2."""
    density = density_of(Dense(4, 3), priors.FlatScale(), HALF_CAUCHY, False)
    assert (density.decay_of_prior, density.decay_of_noise) == (3, 2)


def test_a_perfect_fit_has_no_squares() -> None:
    noise, prior = likelihoods.Normal(HALF_NORMAL), priors.Normal(HALF_CAUCHY)
    X = np.array([[1.0], [2.0], [4.0]])
    model = LinearModel(X, np.zeros(3), likelihood=noise, prior=prior)
    log_squares = ScaleDensity(Eigenbasis.of(model)).by_penalty(np.zeros(2))[1]
    assert log_squares.tolist() == [-np.inf, -np.inf]


def test_widths_of_level_modes() -> None:
    """One row of 0.01 and p(s) ~ exp(-s² / 8): Q / s² is s² / 4 at the mode."""
    density = density_of(Dense(2, 1), HALF_NORMAL, HALF_CAUCHY, True)
    squares = 1e-4
    mode, width = density.noise_mode(np.zeros(1), np.log([squares]))
    assert np.exp(2 * mode) == pytest.approx([2 * squares**0.5], rel=1e-9)
    assert width**-2 == pytest.approx([2 * squares**0.5], rel=1e-9)
    assert density.log_prior_sd(0.0, 0.0) == -0.5 * density.log_unit


@pytest.mark.parametrize("slope", [0.0, 0.5])
@pytest.mark.parametrize("kind", ["both unknown", "both unknown, relative"])
def test_integrals_along_lines(slope: float, kind: str) -> None:
    """Steep lines cross a ridge that is some hundredth as wide as the edges are apart.

    Lines 114 nats below the ridge do not count. The oracle is a sum of small steps.
    """
    density = density_of(Dense(1000, 3, mean=0.5), *KINDS[kind])
    edges = np.linspace(-30.0, 10.0, 81)
    x = np.linspace(-30, 10, 8_001)
    tops = density.log_density(x, density.most_probable_noise(x))
    middle = float(density.most_probable_noise(np.array([-3.0]))[0]) + 3 * slope
    high = float(density.most_probable_noise(np.array([8.0]))[0]) - 8 * slope
    starts = middle + np.array([-0.1, -0.02, 0.0, 0.03, 0.3, 40.0])
    starts = np.append(starts, high)
    if slope == 0:  # 95 and 140 nats below the ridge at its highest
        starts = np.append(starts, middle + np.array([1.545, 1.636]))
    ours = integrate_lines(density, starts, slope, edges)
    for start, found in zip(starts, ours, strict=True):
        t = start + slope * x
        heights = density.log_density(x, t)
        top = heights.max()
        below = tops - heights
        assert np.isfinite(found) == (below.min() < 114)
        if below[heights.argmax()] < 30:
            area = np.exp(heights - top).sum() * (x[1] - x[0])
            error = 1e-2 if start == high else 1e-8  # there the panels are wide
            assert found == pytest.approx(top + np.log(area), abs=error)
    assert np.isinf(ours).any()
