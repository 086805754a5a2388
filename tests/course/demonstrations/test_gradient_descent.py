"""Gradient descent: it converges where theory says, and at the rate of theory."""

import numpy as np
import pytest
from scipy import optimize

from bayes_l2 import datasets, likelihoods
from bayes_l2.course.demonstrations.absolute_deviations import least_absolute_deviations
from bayes_l2.course.demonstrations.gradient_descent import (
    Huber,
    gradient_descent,
    largest_stable_step,
)

COLUMNS, RESPONSE = datasets.diabetes()
X = np.column_stack([np.ones(442), COLUMNS[["bmi", "bp"]]])
Y = RESPONSE.to_numpy(dtype=float) / 77
SQUARED, ABSOLUTE = likelihoods.Normal(sd=1.0), likelihoods.Laplace(scale=1.0)


def test_squared_error_is_brought_to_its_minimum_at_the_rate_of_theory() -> None:
    step = 0.9 * largest_stable_step(X)
    path = gradient_descent(SQUARED, X, Y, step=step, n_steps=400).path
    best = np.linalg.lstsq(X, Y)[0]
    np.testing.assert_allclose(path[-1], best, rtol=1e-12)
    errors = np.linalg.norm(path - best, axis=1)
    rate = np.abs(1 - step * np.linalg.eigvalsh(X.T @ X / len(Y))).max()
    assert np.all(errors[1:60] <= errors[:59] * rate * (1 + 1e-9))


def test_squared_error_diverges_beyond_the_largest_stable_step() -> None:
    stable, unstable = (
        gradient_descent(
            SQUARED, X, Y, step=factor * largest_stable_step(X), n_steps=300
        ).objective
        for factor in (0.99, 1.01)
    )
    assert stable[-1] < stable[0]
    assert unstable[-1] > 10 * unstable[0]


def test_at_a_kink_a_fixed_step_goes_to_and_fro_for_ever() -> None:
    """From 0 in steps of 0.1, b comes to 0.2 and 0.3 in turn.

    There is one row, y = 0.25, so that the minimum lies between them.
    """
    path = gradient_descent(ABSOLUTE, [[1.0]], [0.25], step=0.1, n_steps=100).path[:, 0]
    np.testing.assert_allclose(path[3::2], 0.3, atol=1e-12)
    np.testing.assert_allclose(path[4::2], 0.2, atol=1e-12)
    squared = gradient_descent(SQUARED, [[1.0]], [0.25], step=0.1, n_steps=400)
    assert squared.path[-1, 0] == pytest.approx(0.25, abs=1e-15)


def test_absolute_error_comes_as_near_as_its_step_allows_and_no_nearer() -> None:
    best = least_absolute_deviations(X, Y).objective / len(Y)
    slope = np.linalg.norm(X, axis=1).mean()  # no subgradient is longer
    gaps = []
    for step in (1.0, 0.1):
        descent = gradient_descent(ABSOLUTE, X, Y, step=step, n_steps=4000)
        late = descent.objective[2000:] - best
        assert 0 < late.min() <= slope**2 * step / 2
        moves = np.linalg.norm(np.diff(descent.path[2000:], axis=0), axis=1)
        assert moves.min() > 0  # it never comes to rest
        assert moves.mean() > 1e-3 * step
        gaps.append(late.mean())
    assert gaps[0] > 5 * gaps[1] > 0


def test_steps_that_shrink_bring_absolute_error_to_rest() -> None:
    best = least_absolute_deviations(X, Y).objective / len(Y)
    shrinking = gradient_descent(
        ABSOLUTE, X, Y, step=lambda k: 1 / np.sqrt(k + 1), n_steps=4000
    ).objective
    fixed = gradient_descent(ABSOLUTE, X, Y, step=1.0, n_steps=4000).objective
    assert shrinking[-1] - best < 1e-3 < (fixed[-100:] - best).max()


def test_huber_is_smooth_so_that_a_fixed_step_converges() -> None:
    loss = Huber(delta=0.5)
    found = gradient_descent(
        loss, X, Y, step=0.9 * largest_stable_step(X), n_steps=2000
    )
    other = optimize.minimize(
        lambda b: loss.loss(Y - X @ b).mean(),
        np.zeros(3),
        method="Powell",
        options={"xtol": 1e-12},
    )
    np.testing.assert_allclose(found.path[-1], other.x, atol=1e-3)
    np.testing.assert_allclose(
        X.T @ np.clip(Y - X @ found.path[-1], -0.5, 0.5), 0, atol=1e-10
    )
    assert found.objective[-1] <= other.fun * (1 + 1e-14)


def test_huber_is_the_square_within_and_the_distance_beyond() -> None:
    loss = Huber(delta=2.0)
    r = np.array([-5.0, -2.0, -1.0, 0.0, 1.0, 2.0, 5.0])
    np.testing.assert_allclose(loss.loss(r), [8.0, 2.0, 0.5, 0.0, 0.5, 2.0, 8.0])
    np.testing.assert_allclose(loss.gradient(r), [-2.0, -2.0, -1.0, 0.0, 1.0, 2.0, 2.0])


@pytest.mark.parametrize(
    "loss", [SQUARED, ABSOLUTE, Huber(0.3)], ids=lambda loss: loss.name
)
def test_the_first_step_is_down_the_slope_of_the_objective(
    loss: likelihoods.Loss,
) -> None:
    start, h = np.array([0.3, -0.2, 0.1]), 1e-6
    descent = gradient_descent(loss, X, Y, step=1.0, n_steps=1, start=start)
    slopes = [
        (loss.loss(Y - X @ (start + e)).mean() - loss.loss(Y - X @ (start - e)).mean())
        / (2 * h)
        for e in h * np.eye(3)
    ]
    np.testing.assert_allclose(descent.path[0] - descent.path[1], slopes, atol=1e-7)
    assert descent.objective[0] == pytest.approx(loss.loss(Y - X @ start).mean())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"step": 0.0}, "step must be positive"),
        ({"n_steps": 0}, "n_steps must be a whole number of at least 1"),
        ({"start": [1.0]}, "start must have 3 entries"),
        ({"y": Y[:5]}, "y must have 442 entries"),
    ],
)
def test_bad_input(changes: dict, message: str) -> None:
    arguments = {"y": Y, "step": 0.1, "n_steps": 1} | changes
    with pytest.raises(ValueError, match=message):
        gradient_descent(SQUARED, X, **arguments)
