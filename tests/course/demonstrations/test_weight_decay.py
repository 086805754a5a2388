"""Weight decay at work: errors, heights and ways between modes."""

import numpy as np
import pytest
from scipy import special

from bayes_l2.course.demonstrations.hidden_layer import Network
from bayes_l2.course.demonstrations.networks import find_mode, train
from bayes_l2.course.demonstrations.weight_decay import (
    errors_over_decay,
    heights,
    train_classifier,
    ways_to_twin,
)

RNG = np.random.default_rng(0)
X = RNG.standard_normal((40, 2))
Y = 2 * np.sin(2 * X[:, 0]) + X[:, 1] + RNG.standard_normal(40)


def test_errors_are_those_of_networks_trained_on_half_of_the_rows() -> None:
    found = errors_over_decay(X, Y, [1.0, 1e6], hidden=2, splits=2)
    assert found.seen.shape == found.new.shape == (2, 2)
    order = np.random.default_rng(1).permutation(40)
    first, rest = order[:20], order[20:]
    network = train(X[first], Y[first], alpha=1.0, hidden=2, seed=1)
    for errors, rows in ((found.seen, first), (found.new, rest)):
        error = np.mean((Y[rows] - network.predict(X[rows])) ** 2)
        assert errors[1, 0] == pytest.approx(error, rel=1e-12)
    # without weights only the mean is left
    constant = np.mean((Y[rest] - Y[first].mean()) ** 2)
    assert found.new[1, 1] == pytest.approx(constant, rel=1e-3)
    assert 0.5 * constant < found.ridge[1] < 1.2 * constant


def test_heights_are_counted_from_the_lowest() -> None:
    one = np.zeros(1)
    zeros, ones = (Network(np.zeros((2, 1)), one, one, a) for a in (0.0, 1.0))
    found = heights([ones, zeros, ones], X, Y, alpha=1.0)
    low, high = sorted(f"{np.sum((Y - a) ** 2) / 2:.2f}" for a in (0.0, 1.0))
    expected = {f"{np.sum(Y**2) / 2:.2f}": 1, f"{np.sum((Y - 1) ** 2) / 2:.2f}": 2}
    assert found == expected
    assert [*found] == [low, high]


def test_ways_go_from_a_mode_to_its_twin() -> None:
    mode = find_mode(train(X, Y, alpha=1.0, hidden=2, seed=0), X, Y, alpha=1.0)
    ways = ways_to_twin(mode, X, Y, alpha=1.0, points=5)
    np.testing.assert_allclose(ways.mirror.predict(X), mode.predict(X), rtol=1e-12)
    np.testing.assert_allclose(ways.shares, np.linspace(0, 1, 9))
    middle = (mode.vector() + ways.mirror.vector()) / 2
    height = mode.negative_log_posterior(X, Y, 1.0)
    expected = mode.with_vector(middle).negative_log_posterior(X, Y, 1.0) - height
    assert ways.straight[4] == pytest.approx(expected)
    np.testing.assert_allclose(ways.straight, ways.straight[::-1])
    for way in (ways.straight, ways.giving_way):
        np.testing.assert_allclose(way[[0, -1]], 0, atol=1e-7)
    assert 0 < ways.giving_way.max() < ways.straight.max()


def test_a_trained_classifier_is_a_stationary_point_of_its_posterior() -> None:
    labels = np.sign(X[:, 0] + 0.5 * RNG.standard_normal(40))
    network = train_classifier(X, labels, alpha=1.0, hidden=2, seed=0)

    def objective(vector: np.ndarray) -> float:
        there = network.with_vector(vector)
        losses = -special.log_expit(labels * there.predict(X))
        squares = (there.hidden_weights**2).sum() + (there.output_weights**2).sum()
        return float(losses.sum() + squares / 2)

    here = network.vector()
    slopes = [
        (objective(here + step) - objective(here - step)) / 2e-5
        for step in 1e-5 * np.eye(len(here))
    ]
    assert np.abs(slopes).max() < 5e-3
