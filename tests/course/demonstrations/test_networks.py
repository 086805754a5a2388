"""Weight decay: a stationary point of a posterior that is not Gaussian."""

import numpy as np
import pytest

from bayes_l2.course.demonstrations.hidden_layer import Network
from bayes_l2.course.demonstrations.networks import (
    draw,
    exact_last_layer,
    find_mode,
    profile,
    train,
)

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 2))
Y = 3 * np.sin(2 * X[:, 0]) + X[:, 1] + RNG.standard_normal(60)
ALPHA = 1.0


@pytest.fixture(scope="module")
def network() -> Network:
    return train(X, Y, alpha=ALPHA, hidden=4, seed=0)


def unpacked(vector: np.ndarray) -> Network:
    return Network(
        vector[:8].reshape(2, 4), vector[8:12], vector[12:16], float(vector[16])
    )


def objective(vector: np.ndarray) -> float:
    return unpacked(vector).negative_log_posterior(X, Y, ALPHA)


def test_the_gradient_is_that_of_the_log_posterior(network: Network) -> None:
    point = network.vector() + 0.1
    slopes = [
        (objective(point + e) - objective(point - e)) / 2e-5 for e in 1e-5 * np.eye(17)
    ]
    np.testing.assert_allclose(
        unpacked(point).gradient(X, Y, ALPHA).vector(), slopes, rtol=1e-6, atol=1e-6
    )


def test_trained_weights_are_a_stationary_point(network: Network) -> None:
    """The gradient of the log posterior is 0 where scikit-learn stops.

    scikit-learn does not use the posterior; the bound is its tolerance.
    """
    gradient = network.gradient(X, Y, ALPHA).vector()
    away = unpacked(network.vector() + 0.1).gradient(X, Y, ALPHA).vector()
    assert np.abs(gradient).max() < 2e-3
    assert np.abs(away).max() > 1
    other_prior = network.gradient(X, Y, 2 * ALPHA).vector()
    assert np.abs(other_prior).max() > 1


def test_the_posterior_has_a_mode_for_each_turn_of_signs(network: Network) -> None:
    """The log density of a Gaussian is concave, and this one is not.

    It is far lower in the middle between two points of the same height.
    """
    mirrored = network.mirrored(0)
    np.testing.assert_allclose(mirrored.predict(X), network.predict(X), rtol=1e-12)
    assert objective(mirrored.vector()) == pytest.approx(
        objective(network.vector()), rel=1e-12
    )
    assert np.abs(mirrored.gradient(X, Y, ALPHA).vector()).max() < 2e-3
    between = (network.vector() + mirrored.vector()) / 2
    assert objective(between) > objective(network.vector()) + 5


def test_settled_networks_are_modes_and_a_saddle_is_left() -> None:
    """The best network with a dead unit has a gradient of 0, but it is not a mode.

    The unit would improve it.
    """
    small = find_mode(train(X, Y, alpha=ALPHA, hidden=3, seed=0), X, Y, alpha=ALPHA)
    saddle = Network(
        np.column_stack([np.zeros(2), small.hidden_weights]),
        np.append(0.0, small.hidden_biases),
        np.append(0.0, small.output_weights),
        small.output_bias,
    )
    assert np.abs(saddle.gradient(X, Y, ALPHA).vector()).max() < 1e-5
    assert np.linalg.eigvalsh(saddle.hessian(X, Y, ALPHA))[0] < -1
    left = find_mode(saddle, X, Y, alpha=ALPHA)
    assert (
        left.negative_log_posterior(X, Y, ALPHA)
        < saddle.negative_log_posterior(X, Y, ALPHA) - 0.1
    )
    assert np.abs(left.gradient(X, Y, ALPHA).vector()).max() < 1e-5
    assert np.linalg.eigvalsh(left.hessian(X, Y, ALPHA))[0] > 0


def test_a_network_of_zeros_is_left_too() -> None:
    """The gradient at zero weights is exactly 0 if the bias is the mean of y.

    A search by gradients would not start.
    """
    zeros = Network(np.zeros((2, 4)), np.zeros(4), np.zeros(4), float(Y.mean()))
    assert np.abs(zeros.gradient(X, Y, ALPHA).vector()).max() < 1e-12
    found = find_mode(zeros, X, Y, alpha=ALPHA)
    assert np.linalg.eigvalsh(found.hessian(X, Y, ALPHA))[0] > 0
    below = zeros.negative_log_posterior(X, Y, ALPHA) - 10  # nats
    assert found.negative_log_posterior(X, Y, ALPHA) < below


def test_a_search_that_does_not_come_to_rest_is_an_error(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bayes_l2.course.demonstrations.networks.LEVEL", 0.0)
    with pytest.raises(ArithmeticError, match="no mode was found downhill"):
        find_mode(network, X, Y, alpha=ALPHA)


@pytest.mark.parametrize("unit", [0, 2])
def test_what_is_held_stays(network: Network, unit: int) -> None:
    moved = find_mode(
        network.moved(network.mirrored(1), 0.3), X, Y, alpha=ALPHA, held=unit
    )
    start = network.moved(network.mirrored(1), 0.3).output_weights
    assert moved.output_weights[unit] == start[unit]
    assert (np.delete(moved.output_weights, unit) != np.delete(start, unit)).all()
    slopes = moved.gradient(X, Y, ALPHA)
    assert np.abs(np.delete(slopes.vector(), 12 + unit)).max() < 1e-4


def test_second_derivatives_are_those_of_the_log_posterior(network: Network) -> None:
    point, steps = network.vector(), 1e-4 * np.eye(17)[[0, 9, 13, 16]]
    found = unpacked(point).hessian(X, Y, ALPHA)
    for j, one in zip((0, 9, 13, 16), steps, strict=True):
        for k, other in zip((0, 9, 13, 16), steps, strict=True):
            corners = [
                objective(point + a * one + b * other) * a * b
                for a in (1, -1)
                for b in (1, -1)
            ]
            assert sum(corners) / 4e-8 == pytest.approx(found[j, k], rel=1e-3, abs=1e-3)


def test_the_way_where_others_give_way_is_lower(network: Network) -> None:
    mode = find_mode(network, X, Y, alpha=ALPHA)
    shares = np.array([1.0, 0.8, 0.5, 0.2, 0.0])
    lower = profile(mode, 0, X, Y, alpha=ALPHA, shares=shares)
    straight = [
        objective(mode.moved(mode.mirrored(0), (1 - share) / 2).vector())
        for share in shares
    ]
    height = objective(mode.vector())
    assert lower[0] == pytest.approx(height, abs=1e-8)
    without_the_unit = Network(
        np.delete(mode.hidden_weights, 0, axis=1),
        np.delete(mode.hidden_biases, 0),
        np.delete(mode.output_weights, 0),
        mode.output_bias,
    )
    at_the_end = find_mode(without_the_unit, X, Y, alpha=ALPHA)
    expected = at_the_end.negative_log_posterior(X, Y, ALPHA)
    assert lower[-1] == pytest.approx(expected, abs=1e-6)
    assert (lower[1:] > height).all()
    assert (lower[1:] < np.array(straight[1:]) - 0.01).all()


def test_given_the_hidden_layer_the_last_one_is_conjugate(network: Network) -> None:
    intercept, weights = exact_last_layer(network, X, Y, ALPHA)
    np.testing.assert_allclose(weights, network.output_weights, atol=1e-3)
    assert intercept == pytest.approx(network.output_bias, abs=1e-3)
    hidden = np.column_stack(
        [np.ones(60), np.tanh(X @ network.hidden_weights + network.hidden_biases)]
    )
    penalties = np.diag([0.0, 1.0, 1.0, 1.0, 1.0]) * ALPHA
    expected = np.linalg.solve(hidden.T @ hidden + penalties, hidden.T @ Y)
    np.testing.assert_allclose([intercept, *weights], expected, rtol=1e-10)


def test_halfway_is_halfway(network: Network) -> None:
    mirrored = network.mirrored(1)
    expected = 0.75 * network.vector() + 0.25 * mirrored.vector()
    np.testing.assert_allclose(
        network.moved(mirrored, 0.25).vector(), expected, rtol=1e-12
    )


def test_functions_drawn_from_the_prior_have_the_variance_that_it_says() -> None:
    """Var f(x) = (1 + h E[tanh²(u)]) / α, with u normal of variance (1 + |x|²) / α.

    The mean is over 4000 draws.
    """
    alpha, x = 2.0, np.array([[0.5, -1.0]])
    rng = np.random.default_rng(1)
    values = np.array(
        [
            draw(alpha=alpha, features=2, hidden=3, rng=rng).predict(x)[0]
            for _ in range(4000)
        ]
    )
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    spread = np.sqrt((1 + 0.25 + 1.0) / alpha)
    mean_square = weights @ np.tanh(spread * nodes) ** 2 / weights.sum()
    squares = values**2
    standard_error = squares.std() / np.sqrt(4000)
    assert abs(squares.mean() - (1 + 3 * mean_square) / alpha) < 6 * standard_error


def test_bad_input() -> None:
    small = draw(alpha=1.0, features=2, hidden=3, rng=0)
    for unit in (3, -1):
        with pytest.raises(ValueError, match="held must be"):
            find_mode(small, X, Y, alpha=1.0, held=unit)
        with pytest.raises(ValueError, match="unit must be"):
            profile(small, unit, X, Y, alpha=1.0, shares=[1.0])
    with pytest.raises(ValueError, match="alpha must be positive"):
        find_mode(small, X, Y, alpha=0.0)
    with pytest.raises(ValueError, match=f"y must have {len(Y)} entries, got 1"):
        small.negative_log_posterior(X, Y[:1], alpha=1.0)
    with pytest.raises(ValueError, match="vector must have 13 entries"):
        small.with_vector(np.zeros(30))
    with pytest.raises(ValueError, match="alpha must be positive"):
        draw(alpha=-1.0, features=1, hidden=2)
    with pytest.raises(ValueError, match="alpha must be positive"):
        train(X, Y, alpha=0.0, hidden=2, seed=0)
    with pytest.raises(ValueError, match="hidden must be a whole number"):
        train(X, Y, alpha=1.0, hidden=0, seed=0)
