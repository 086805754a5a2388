"""Sums over the components of mixtures, and the steps that find a quantile."""

from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from bayes_l2.posteriors.distributions import mixture_quantiles
from bayes_l2.posteriors.distributions.mixture_quantiles import Components

WEIGHTS = np.array([0.6, 0.3, 0.1])
MEANS, SDS = np.array([-1.0, 0.5, 6.0]), np.array([0.3, 1.0, 0.5])
THREE = Components(WEIGHTS, MEANS, SDS)


@pytest.mark.parametrize("tail", [0.001, 0.3, 0.92])
def test_a_step_is_that_of_halley_for_the_log_probability(tail: float) -> None:
    """From x it is -g / g' / (1 - g g'' / 2 g'²), with a divisor of at least 0.5."""
    x = np.linspace(-4.0, 9.0, 27)
    means, sds = (np.broadcast_to(each, (27, 3)) for each in (MEANS, SDS))
    step, bend, is_below = THREE._step(x, means, sds, np.full(27, tail))
    z = (x[:, np.newaxis] - MEANS) / SDS
    below = stats.norm.cdf(z) @ WEIGHTS
    density = stats.norm.pdf(z) / SDS @ WEIGHTS
    slope = -z * stats.norm.pdf(z) / SDS**2 @ WEIGHTS
    g, first = np.log(below / tail), density / below
    second = slope / below - first**2
    divisor = 1 - g * second / (2 * first**2)
    assert (divisor < 0.5).any()
    assert (divisor > 0.5).any()
    expected = -g / first / np.maximum(divisor, 0.5)
    np.testing.assert_allclose(step, expected, rtol=1e-12)
    rates = first, np.abs(slope / density)
    assert (np.greater(*rates).any(), np.less(*rates).any()) == (True, True)
    np.testing.assert_allclose(bend, np.abs(step) * np.maximum(*rates), rtol=1e-12)
    np.testing.assert_array_equal(is_below, below < tail)


def test_where_no_number_holds_the_probability_there_is_no_step() -> None:
    at, means, sds = np.array([-1e3]), MEANS[np.newaxis], SDS[np.newaxis]
    step, bend, is_below = THREE._step(at, means, sds, np.array([0.3]))
    assert not np.isfinite(step)
    assert bend == np.inf
    assert is_below


def test_merged_components_have_the_moments_of_their_runs() -> None:
    """Eight neighbours become one; the means are far from 0, and the weights from 1."""
    rng = np.random.default_rng(0)
    weights = rng.uniform(0.5, 2.0, 20)
    means = 1e6 + rng.standard_normal((2, 20))
    sds = rng.uniform(0.1, 0.5, (2, 20))
    merged = Components(weights, means, sds)._merged
    assert merged.means.shape == (2, 3)
    for k, run in enumerate((slice(0, 8), slice(8, 16), slice(16, 20))):
        w, m, s = weights[run], means[:, run], sds[:, run]
        assert merged.weights[k] == pytest.approx(w.sum(), rel=1e-14)
        mean = 1e6 + (m - 1e6) @ w / w.sum()
        variance = ((m - mean[:, np.newaxis]) ** 2 + s**2) @ w / w.sum()
        np.testing.assert_allclose(merged.means[:, k], mean, rtol=0, atol=1e-9)
        np.testing.assert_allclose(merged.sds[:, k], np.sqrt(variance), rtol=1e-9)


@pytest.mark.parametrize("shape", [(), (3,), (2, 2)])
def test_quantiles_of_quantities_in_any_shape(shape: tuple[int, ...]) -> None:
    """By Brent's method on the probability below."""
    rng = np.random.default_rng(1)
    means = rng.standard_normal((*shape, 3))
    sds = rng.uniform(0.5, 2.0, (*shape, 3))
    lower = np.reshape([0.0, 0.2, 0.7, 1.0], (4, *[1] * len(shape)))
    found = Components(WEIGHTS, means, sds).quantiles(lower, 1 - lower)
    assert found.shape == (4, *shape)
    assert (found[0] == -np.inf).all()
    assert (found[3] == np.inf).all()
    for place in np.ndindex(shape):
        of_one = WEIGHTS, means[place], sds[place]
        for k in (1, 2):
            at = found[(k, *place)]
            assert at == pytest.approx(by_brent(*of_one, lower[k].item()), abs=1e-11)


def by_brent(weights: Any, means: Any, sds: Any, lower: float) -> float:
    def excess(x: float) -> float:
        return float(stats.norm.cdf(x, means, sds) @ weights) - lower

    found: Any = optimize.brentq(excess, -60, 60, xtol=1e-13)
    return float(found)


def test_arrays_of_many_places_are_worked_on_in_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mixture_quantiles, "CHUNK", 40)
    sizes = list[int]()

    def density(z: Any, sds: Any) -> Any:
        sizes.append(z.size)
        return stats.norm.pdf(z) / sds @ WEIGHTS

    x = np.linspace(-3.0, 8.0, 30)
    expected = stats.norm.pdf(x[:, np.newaxis], MEANS, SDS) @ WEIGHTS
    np.testing.assert_allclose(THREE.evaluate(x, density), expected, rtol=1e-13)
    assert sizes == [30, 30, 30]
    sizes.clear()
    THREE.evaluate(x[:20], density)
    THREE.evaluate(np.stack([x, x]), density)
    assert sizes == [30, 30, 90, 90]
    sizes.clear()
    np.testing.assert_allclose(THREE.evaluate([x], density), [expected], rtol=1e-13)
    # a place for each of 30 quantities belongs to the quantities
    each = Components(WEIGHTS, *(np.tile(part, (30, 1)) for part in (MEANS, SDS)))
    np.testing.assert_allclose(each.evaluate(x, density), expected, rtol=1e-13)
    assert sizes == [90, 90]
    lower = np.linspace(0.01, 0.99, 30)
    whole = [THREE.quantiles(np.array(q), np.array(1 - q)) for q in lower]
    solved = list[int]()
    solve = Components._solve

    def counted(self: Components, rows: Any, *rest: Any) -> Any:
        solved.append(len(rows))
        return solve(self, rows, *rest)

    monkeypatch.setattr(Components, "_solve", counted)
    found = THREE.quantiles(lower, 1 - lower)
    np.testing.assert_allclose(found, whole, rtol=0, atol=1e-13)
    assert solved == [10, 10, 10]


def smooth(n: int) -> Components:
    """Return n components whose means and sds rise slowly."""
    t = np.linspace(-3, 3, n)
    weights = np.exp(-0.5 * t**2)
    return Components(weights / weights.sum(), 0.2 * np.tanh(t), np.exp(0.3 * t))


@pytest.mark.parametrize(
    ("components", "q", "most"),
    [
        (smooth(700), [0.025, 0.5, 0.975], 7),
        (smooth(32), [0.025, 0.5, 0.975], 3),
        (smooth(33), [0.025, 0.5, 0.975], 5),
        (THREE, [1e-9, 0.01, 0.3, 0.89, 0.91, 0.999], 8),
        (
            Components(WEIGHTS, 1e3 + MEANS, SDS),
            [1e-9, 0.01, 0.3, 0.89, 0.91, 0.999],
            8,
        ),
    ],
    ids=["many", "few", "more than few", "lumps", "far lumps"],
)
def test_quantiles_take_few_steps(
    components: Components, q: Any, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all mixtures, from the smallest to the whole one; and the last is exact."""
    steps, step, lower = [0], Components._step, np.array(q)

    def counted(self: Components, *arguments: Any) -> Any:
        steps[0] += 1
        return step(self, *arguments)

    monkeypatch.setattr(Components, "_step", counted)
    found = components.quantiles(lower, 1 - lower)
    assert steps[0] <= most
    z = (found[:, np.newaxis] - components.means) / components.sds
    np.testing.assert_allclose(stats.norm.cdf(z) @ components.weights, q, rtol=1e-11)


def test_between_two_neighbouring_numbers_there_are_no_more_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """About 1e6 the numbers lie 1.2e-10 apart, which is more than an sd."""
    steps, step = [0], Components._step

    def counted(self: Components, *arguments: Any) -> Any:
        steps[0] += 1
        return step(self, *arguments)

    monkeypatch.setattr(Components, "_step", counted)
    means = 1e6 + np.array([-3.0, 0.0, 5.0])
    components = Components(WEIGHTS, means, np.full(3, 1e-11))
    q = np.array([1e-5, 0.1, 0.45, 0.55, 0.7, 0.8, 0.95])
    found = components.quantiles(q, 1 - q)
    np.testing.assert_allclose(found, means[[0, 0, 0, 0, 1, 1, 2]], rtol=1e-15)
    assert steps[0] < 60
