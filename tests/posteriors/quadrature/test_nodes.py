"""Grids over the scales: where they lie, what they weigh, and when they are fine."""

from typing import Any

import numpy as np
import pytest
from scipy import integrate

from bayes_l2 import priors
from bayes_l2.model.scales import Known
from bayes_l2.posteriors.distributions.positive import NEGLIGIBLE
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.nodes import (
    Nodes,
    ScaleQuadrature,
    _first_positive,
    _largest_change,
    _log_typical,
)
from tests.posteriors.quadrature.dense import Dense

HALF_NORMAL, HALF_CAUCHY = priors.HalfNormal(2.0), priors.HalfCauchy(1.5)
TALL = Dense(30, 3, mean=0.5)
KINDS = {
    "both unknown": (HALF_NORMAL, HALF_CAUCHY, False),
    "both unknown, relative": (HALF_NORMAL, HALF_CAUCHY, True),
    "heavy tails": (priors.FlatLogScale(), HALF_CAUCHY, True),
}
over_kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def quadrature(case: Dense, noise: Any, prior: Any, relative: bool) -> ScaleQuadrature:
    model = case.model(noise, prior, relative_to_noise=relative)
    return ScaleQuadrature(Eigenbasis.of(model))


def normal_nodes(sd: float, n: int) -> Nodes:
    """Three penalties, and for each n log noise sds about 2 from a normal density."""
    t = 2 + sd * np.linspace(-8, 8, n) * np.array([[0.5], [1.0], [0.8]])
    logs = -0.5 * ((t - 2) / sd) ** 2
    logs += np.array([[0.0], [-3.0], [-700.0]])
    return Nodes(np.arange(3.0), t, logs - np.log(np.exp(logs).sum()), 0.0)


def test_moments_of_the_noise_sd_at_nodes() -> None:
    nodes = normal_nodes(0.3, 40)
    assert nodes.weights.sum() == pytest.approx(1, abs=1e-14)
    for order in (1, 2, 4):
        values = np.exp(nodes.log_noise_sd) ** order
        expected = np.sum(nodes.weights * values, axis=1)
        np.testing.assert_allclose(nodes.noise_moment(order), expected, rtol=1e-12)
    np.testing.assert_allclose(nodes.squared_noise, nodes.noise_moment(2), rtol=1e-14)


@pytest.mark.parametrize(
    ("sd", "n", "n_few"),
    [(0.02, 16, 8), (0.02, 15, None), (0.05, 64, 12), (0.15, 64, 24), (3.0, 64, None)],
)
def test_fewer_noise_sds_have_the_same_moments(
    sd: float, n: int, n_few: int | None
) -> None:
    nodes = normal_nodes(sd, n)
    few = nodes.for_quantiles
    if n_few is None:
        assert few is None
        return
    assert few is not None
    assert few.weights.shape == (3, n_few)
    assert np.array_equal(few.log_penalty, nodes.log_penalty)
    for order in (-16, -3, 0, 1, 7, 16):
        ours, theirs = (
            np.sum(each.weights * np.exp(order * (each.log_noise_sd - 2)), axis=1)
            for each in (few, nodes)
        )
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("side", [-1, 1])
def test_fewer_noise_sds_of_a_skewed_density(side: int) -> None:
    """A row that weighs nothing does not count, however wide it is.

    The long tail of the first decides how many are needed, on either side.
    """
    u = np.linspace(-30, 6, 120)
    t = 2 + side * np.array([[0.06], [0.04], [0.5]]) * u
    logs = np.array([[1.0], [3.0], [3.0]]) * (u - np.exp(u))
    logs += np.array([[0.0], [-1.0], [-800.0]])
    nodes = Nodes(np.arange(3.0), t, logs - np.log(np.exp(logs).sum()), 0.0)
    few = nodes.for_quantiles
    assert few is not None
    assert few.weights.shape[1] <= 24
    for order in (-16, 1, 16):
        ours, theirs = (
            np.sum(each.weights * np.exp(order * (each.log_noise_sd - 2)), axis=1)
            for each in (few, nodes)
        )
        np.testing.assert_allclose(ours[:2], theirs[:2], rtol=1e-10, atol=3e-12)


@over_kinds
def test_sums_over_the_noise_sd(kind: Any) -> None:
    ours = quadrature(TALL, *kind)
    x = np.array([-8.0, -1.0, 2.0])
    t, masses = ours.noise_given(x, 64)
    assert t.shape == masses.shape == (3, 64)
    log_squares = ours.by_penalty(x)[1]
    mode, width, low, high = ours._noise_bump(x, log_squares)
    np.testing.assert_allclose(t[:, 0], mode + width * np.sinh(low), rtol=1e-12)
    np.testing.assert_allclose(t[:, -1], mode + width * np.sinh(high), rtol=1e-12)
    for i in range(3):
        place = np.linspace(t[i, 0], t[i, -1], 4001)
        heights = ours.log_density(np.full(4001, x[i]), place)
        top = heights.max()
        for k in (0, 1):
            area = integrate.simpson(np.exp(heights - top + k * place), x=place)
            sum_of = np.exp(masses[i] - top + k * t[i]).sum()
            assert sum_of == pytest.approx(area, rel=1e-9)
        # beyond the ends all is negligible, and not much else is kept
        above = 4 * np.maximum(place - mode[i], 0)
        drop = top - (heights + above)
        assert NEGLIGIBLE <= drop[0] < 1.4 * NEGLIGIBLE
        assert NEGLIGIBLE <= drop[-1] < 1.4 * NEGLIGIBLE


def test_a_noise_sd_that_the_penalty_gives() -> None:
    ours = quadrature(TALL, 1.3, HALF_CAUCHY, False)
    x = np.array([-1.0, 2.0])
    t, masses = ours.noise_given(x, 64)
    assert t.shape == (2, 1)
    np.testing.assert_allclose(t, np.log(1.3))
    np.testing.assert_allclose(masses, ours.log_density(x, t[:, 0])[:, np.newaxis])


@over_kinds
def test_modes_of_the_penalty(kind: Any) -> None:
    ours = quadrature(TALL, *kind)
    x = np.linspace(-20, 20, 4001)
    values = ours._penalty_log_density(x)
    best = int(np.argmax(values))
    (mode,) = ours._modes
    assert mode.center == pytest.approx(x[best], abs=0.02)
    assert mode.height == pytest.approx(values[best], abs=1e-3)
    bend = (values[best - 50] - 2 * values[best] + values[best + 50]) / 0.25
    assert mode.width == pytest.approx((-bend) ** -0.5, rel=0.1)
    # it lies between what the rows and the typical scales say, and eight beyond
    marks = ours._landmarks()
    assert min(marks) - 8 < mode.center < max(marks) + 8
    # the ends are where density and moments are negligible, and not much farther
    spread = ours.spread
    assert spread.centers.tolist() == [mode.center]
    logs = ours._log_moments(np.array([spread.low, mode.center, spread.high]))
    drops = logs[:, 1] - logs.T
    assert drops[[0, 2]].min() >= NEGLIGIBLE - 1e-9
    assert drops[0].min() < 1.8 * NEGLIGIBLE
    assert drops[2].min() < 1.8 * NEGLIGIBLE
    deeper = ours._spread(2 * NEGLIGIBLE)
    assert deeper.low < spread.low
    assert deeper.high > spread.high


def test_moments_that_decide_where_a_grid_ends() -> None:
    """The highest finite ones of the noise sd, and of the widest coefficient."""
    ours = quadrature(TALL, HALF_NORMAL, HALF_CAUCHY, False)
    x = np.array([-3.0, 0.5])
    t, masses = ours.noise_given(x, 32)
    least = ours.basis.eigenvalues.min()
    sd = np.exp(t) / np.sqrt(np.exp(x) + least)[:, np.newaxis]
    weights = np.exp(masses)
    expected = [
        np.log(np.sum(weights * each, axis=1)) for each in (1, np.exp(4 * t), sd**4)
    ]
    np.testing.assert_allclose(ours._log_moments(x), expected, rtol=1e-10)
    partial = quadrature(Dense(4, 5), HALF_NORMAL, HALF_CAUCHY, False)
    t, masses = partial.noise_given(x, 32)
    # the density falls as tau^-5, three rows and the prior's tau^-2: E tau² is the last
    sd = np.exp(t - 0.5 * x[:, np.newaxis])
    moment = np.log(np.sum(np.exp(masses) * sd**2, axis=1))
    np.testing.assert_allclose(partial._log_moments(x)[2], moment, rtol=1e-10)


def test_marks_between_which_the_bulk_lies() -> None:
    """The logs of d², and of penalties from sds of residuals and of the prior."""
    ours = quadrature(TALL, HALF_NORMAL, 1.7, False)
    marks = ours._landmarks()
    logs = np.log(ours.basis.eigenvalues)
    assert marks[0] == pytest.approx(logs.min(), abs=1e-12)
    assert marks[1] == pytest.approx(logs.max(), abs=1e-12)
    # sds of the rows about the best fit, and about no fit
    sds = [np.sqrt(TALL.squares(alpha) / 29) for alpha in (1e-12, 1e16)]
    penalties = [(sd / 1.7) ** 2 / ours.basis.unit for sd in sds]
    np.testing.assert_allclose(np.exp(marks[2:4]), penalties, rtol=1e-3)
    typical = HALF_NORMAL.typical
    assert typical is not None
    assert np.exp(marks[4]) == pytest.approx((typical / 1.7) ** 2 / ours.basis.unit)
    flat = quadrature(TALL, priors.FlatScale(), priors.FlatScale(), False)
    np.testing.assert_allclose(flat._landmarks(), logs[[logs.argmin(), logs.argmax()]])
    assert _log_typical(Known(2.0)) == pytest.approx(np.log(2))
    assert np.isnan(_log_typical(priors.FlatScale()))


@over_kinds
def test_weights_of_a_grid(kind: Any) -> None:
    ours = quadrature(TALL, *kind)
    grid = ours._grid(0.097, 64)
    length = ours.spread.length
    assert len(grid.log_penalty) == int(np.ceil(length / 0.097)) + 1
    assert grid.weights.sum() == pytest.approx(1, abs=1e-14)
    assert (grid.log_penalty[0], grid.log_penalty[-1]) == (
        ours.spread.low,
        ours.spread.high,
    )
    x = np.linspace(ours.spread.low, ours.spread.high, 2001)
    values = ours._penalty_log_density(x, 64)
    area = integrate.simpson(np.exp(values - values.max()), x=x)
    expected = np.log(area) + values.max()
    assert grid.log_evidence == pytest.approx(expected, abs=1e-8)
    mean = integrate.simpson(np.exp(values - expected) * x, x=x)
    assert grid.weights.sum(axis=1) @ grid.log_penalty == pytest.approx(mean, abs=1e-7)


def test_weights_of_a_tiny_evidence() -> None:
    grid = quadrature(Dense(1000, 2), HALF_NORMAL, HALF_CAUCHY, False)._grid(0.5, 32)
    assert grid.log_evidence < -1000
    assert grid.weights.sum() == pytest.approx(1, abs=4e-15)


def test_a_noise_sd_that_many_rows_know() -> None:
    """Its bump is as narrow as a hundredth, and the ends are nine widths away."""
    ours = quadrature(Dense(20_000, 2), HALF_NORMAL, HALF_CAUCHY, False)
    x = np.zeros(1)
    _, width, low, high = ours._noise_bump(x, ours.by_penalty(x)[1])
    assert width == pytest.approx([40_000**-0.5], rel=0.05)
    reach = np.sqrt(2 * NEGLIGIBLE)
    for end in (-low, high):
        assert reach - 0.2 < np.sinh(end)[0] < reach + 1.2


class Watched(ScaleQuadrature):
    """Grids are only counted."""

    def _grid(self, step: float, n_noise: int) -> Any:
        return step, n_noise


def test_grids_are_refined_until_values_stand_still() -> None:
    model = TALL.model(HALF_NORMAL, HALF_CAUCHY)
    ours = Watched(Eigenbasis.of(model))
    seen = list[Any]()

    def summarise(nodes: Any) -> tuple[np.ndarray, np.ndarray]:
        """An error of a thousandth, which each grid makes a tenth."""
        seen.append(nodes)
        return np.array([1 + 10.0 ** -len(seen)]), np.ones(1)

    nodes, error = ours.nodes(summarise, 9.001e-4)
    assert nodes == seen[-1]
    assert seen == [(0.2, 32), (0.1, 64), (0.05, 128), (0.025, 256)]
    assert error == pytest.approx(9e-4, rel=1e-9)
    seen.clear()
    with pytest.raises(ArithmeticError, match=r"of 9e-06, not the 1e-08 asked for"):
        ours.nodes(summarise, 1e-8)
    assert len(seen) == 6
    # a change of 0 is allowed by a tolerance of 0, and one unknown scale needs grids
    one_scale = Watched(Eigenbasis.of(TALL.model(HALF_NORMAL, 1.7)))
    level = (np.ones(1), np.ones(1))
    assert one_scale.nodes(lambda _: level, 0.0) == ((0.1, 64), 0.0)
    one, error = quadrature(TALL, 1.0, 2.0, False).nodes(summarise, 1e-8)
    assert (one.weights.tolist(), error, len(seen)) == ([[1.0]], 0.0, 6)


@pytest.mark.parametrize(
    ("new", "old", "unit", "expected"),
    [
        (3.0, 2.0, 4.0, 0.25),
        (2.0, 3.0, 4.0, 0.25),
        (np.nan, np.nan, 1.0, 0.0),
        (np.inf, np.inf, 1.0, 0.0),
        (np.nan, 1.0, 1.0, np.inf),
        (1.0, np.nan, 1.0, np.inf),
        # sixteen units of the last place are rounding
        (1 + 2.0**-48, 1.0, 1e-20, 0.0),
        (1 + 2.0**-47, 1.0, 2.0**-48, 1.0),
    ],
)
def test_changes_beyond_the_last_digits(
    new: float, old: float, unit: float, expected: float
) -> None:
    units = np.array([1.0, unit])
    change = _largest_change(np.array([0.0, new]), np.array([0.0, old]), units)
    assert change == pytest.approx(expected, rel=1e-12)


def test_where_a_rising_function_becomes_positive() -> None:
    zeros = np.array([0.01, 0.7, 3.0, 25.0, 40.0, 9.0])
    farthest = np.array([50.0, 50.0, 50.0, 50.0, 30.0, 9.01])
    found = _first_positive(lambda v, zero: v**3 - zero**3, farthest, (zeros,))
    expected = np.minimum(zeros, farthest)
    assert np.all(found >= expected)
    # one alone, as others may ask for finer steps
    for zero, end in zip(zeros, farthest, strict=True):
        alone = _first_positive(lambda v, zero: v - zero, np.array([end]), (zero,))
        assert min(zero, end) <= alone[0] <= min(zero + 0.0626, end)
