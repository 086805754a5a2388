"""Decay behind normalisation is a step size; the last layer is conjugate."""

from typing import Any

import numpy as np
import pytest

from bayes_l2.course.demonstrations.equivalences import networks

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((30, 3)), RNG.standard_normal(30)
W, V = RNG.standard_normal((3, 4)), RNG.standard_normal(4)


def loss(W: np.ndarray, V: np.ndarray) -> float:
    """Return half the mean squared error, written out unit by unit."""
    output = np.zeros(30)
    for w, v in zip(W.T, V, strict=True):
        z = X @ w
        output += v * np.tanh((z - z.mean()) / z.std())
    return float(np.mean((output - Y) ** 2) / 2)


@pytest.mark.parametrize(
    "slopes", [networks._by_backpropagation, networks._by_complex_steps]
)
def test_the_slopes_are_those_of_the_loss(slopes: Any) -> None:
    W_slope, V_slope = slopes(W, V, X, Y)
    step = 1e-5
    for place in np.ndindex(W.shape):
        move = np.zeros_like(W)
        move[place] = step
        slope = (loss(W + move, V) - loss(W - move, V)) / (2 * step)
        assert W_slope[place] == pytest.approx(slope, abs=1e-9)
    for k in range(4):
        move = step * np.eye(4)[k]
        slope = (loss(W, V + move) - loss(W, V - move)) / (2 * step)
        assert V_slope[k] == pytest.approx(slope, abs=1e-9)


def test_the_function_does_not_change_with_the_scale_of_the_weights() -> None:
    """So the gradient is orthogonal to them, and 1000 times as small for 1000 times."""
    scales = np.array([1e-3, 1.0, 10.0, 1e3])
    np.testing.assert_allclose(
        networks._output(W * scales, V, X), networks._output(W, V, X), rtol=1e-12
    )
    slope, _ = networks._by_backpropagation(W, V, X, Y)
    scaled, _ = networks._by_backpropagation(W * scales, V, X, Y)
    np.testing.assert_allclose(scaled * scales, slope, rtol=1e-12)
    sizes = np.linalg.norm(slope, axis=0) * np.linalg.norm(W, axis=0)
    assert np.max(np.abs((slope * W).sum(axis=0)) / sizes) < 1e-14


@pytest.mark.parametrize("decay", [0.0999, 0.1001])
def test_steps_that_grow_at_another_rate_are_noticed(
    decay: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The side without decay trains by steps that match a decay that is off."""
    assert networks.batch_normalisation(steps=50).holds
    real = networks._by_complex_steps
    count = 0

    def off(*arguments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal count
        W_slope, V_slope = real(*arguments)
        ratio = (1 - networks.RATE * decay) / (1 - networks.RATE * networks.DECAY)
        count += 1
        return W_slope * ratio ** -(2 * count - 1), V_slope

    monkeypatch.setattr(networks, "_by_complex_steps", off)
    broken = networks.batch_normalisation(steps=50)
    assert broken.found > 1e3 * broken.allowed


def test_a_last_layer_with_another_decay_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert networks.last_layer(n=30, hidden=3).found < 1e-11
    real = networks.Network.last_layer
    monkeypatch.setattr(
        networks.Network,
        "last_layer",
        lambda network, x, y, alpha: real(network, x, y, 1.01 * alpha),
    )
    broken = networks.last_layer(n=30, hidden=3)
    assert broken.found > 1e6 * broken.allowed
