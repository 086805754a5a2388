"""What the proofs compute themselves: limits of small steps, leaves and penalties."""

import os
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bayes_l2.conventions.catalogue import CONVENTIONS
from bayes_l2.conventions.proofs import (
    boosting,
    probabilistic,
    scikit_learn,
    spark,
    statistics,
)
from bayes_l2.conventions.proofs.modes import logistic_loss, smooth_mode, sparse_mode
from bayes_l2.conventions.proofs.problem import patients

LIMIT = np.array([7.0, 1.0, -2.0, 0.5, 3.0, 4.0])
NOISE = np.random.default_rng(0).standard_normal((5, 6))


class Noisy:
    """An estimator whose coefficients are a polynomial of degree 5 in its step."""

    def __init__(self) -> None:
        self.options: list[dict[str, Any]] = []
        self.seen: Any = None

    def set_params(self, **options: Any) -> None:
        self.options.append(options)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> None:
        self.seen = X, y, sample_weight
        powers = self.options[-1]["eta0"] ** np.arange(1, 6)
        found = LIMIT + powers @ NOISE
        self.intercept_, self.coef_ = found[:1], found[np.newaxis, 1:]


@pytest.mark.parametrize("labels", [False, True])
def test_five_halvings_of_the_step_leave_no_noise(labels: bool) -> None:
    estimator, problem = Noisy(), patients().weighted()
    options: dict[str, Any] = {"labels": True} if labels else {}
    fit = scikit_learn.without_noise(estimator, problem, 0.5, 3.0, **options)
    np.testing.assert_allclose([fit.intercept, *fit.coef], LIMIT, rtol=1e-12)
    steps = [each["eta0"] for each in estimator.options]
    assert steps == [0.5 / 2**k for k in range(6)]
    assert [each["max_iter"] for each in estimator.options] == [6, 12, 24, 48, 96, 192]
    fixed = {"learning_rate": "constant", "shuffle": False, "tol": None}
    assert all(each | fixed == each for each in estimator.options)
    X, y, weights = estimator.seen
    assert X is problem.X
    assert y is (problem.labels if labels else problem.y)
    assert weights is problem.weights


def test_a_leaf_is_found_on_either_side_by_its_number() -> None:
    leaves = [{"leaf_index": number, "name": "abc"[number]} for number in range(3)]
    inner = {"left_child": leaves[1], "right_child": leaves[2]}
    tree = {"left_child": leaves[0], "right_child": inner}
    assert [boosting._leaf(tree, number)["name"] for number in range(3)] == [*"abc"]
    with pytest.raises(LookupError, match="the tree has no leaf 3"):
        boosting._leaf(tree, 3)


def test_the_constant_of_a_design_has_no_penalty() -> None:
    problem = patients()
    one = statistics.but_for_the_constant(problem, 2.0)
    np.testing.assert_array_equal(one, [0, 2, 2, 2, 2, 2])
    each = statistics.but_for_the_constant(problem, np.arange(1.0, 6))
    np.testing.assert_array_equal(each, [0, 1, 2, 3, 4, 5])


def least_free() -> list[int]:
    """Return the two least numbers that no open file has."""
    numbers = [os.dup(2), os.dup(2)]
    for number in numbers:
        os.close(number)
    return numbers


def test_standard_error_is_silent_for_a_while(
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = least_free()
    os.write(2, b"one ")
    with spark._silence():
        os.write(2, b"two ")
    os.write(2, b"three")
    assert capfd.readouterr().err == "one three"
    assert least_free() == before  # nothing that was opened stays open


def test_sds_of_the_problem_are_those_of_its_weighted_rows() -> None:
    plain, weighted = patients(), patients().weighted()
    np.testing.assert_allclose(plain.x_sd, plain.X.std(axis=0))
    assert plain.y_sd == pytest.approx(plain.y.std())
    # weights are halves: twice as many copies of each row
    copies = (2 * np.asarray(weighted.weights)).astype(int)
    np.testing.assert_allclose(
        weighted.x_sd, np.repeat(plain.X, copies, axis=0).std(axis=0)
    )
    assert weighted.y_sd == pytest.approx(np.repeat(plain.y, copies).std())
    assert set(copies) == {1, 2, 3, 4}
    np.testing.assert_array_equal(copies[:100], copies[300:])
    np.testing.assert_array_equal(
        plain.design, np.column_stack([np.ones(400), plain.X])
    )


def test_columns_and_labels_of_the_problem() -> None:
    problem = patients.__wrapped__()  # not one that was made before
    np.testing.assert_allclose(problem.X.mean(axis=0), [0.3, -0.2, 0.1, 0.4, -0.3])
    np.testing.assert_allclose(problem.X.std(axis=0), [0.5, 0.8, 1.25, 1.6, 2.0])
    np.testing.assert_array_equal(
        problem.labels, np.where(problem.y > np.median(problem.y), 1, -1)
    )
    assert len(problem.y) == 400
    other = replace(problem, noise_sd=3.0)
    assert other.quantities("ridge", "prior-sd")["noise_sd"] == 3.0
    found = problem.quantities("ridge", "mlp-regressor")
    assert (found["n"], found["batch_size"], found["weight_sum"]) == (400, 100, None)


def test_derivatives_of_the_logistic_loss_are_differences() -> None:
    problem = patients().weighted()
    X, labels, weights = problem.X[:100], problem.labels[:100], problem.weights
    assert weights is not None
    loss, b = logistic_loss(X, labels, weights[:100]), np.linspace(-1, 1, 5)
    gradient, hessian = loss(b)
    for column, unit in enumerate(1e-5 * np.eye(5)):
        change = (loss(b + unit)[0] - loss(b - unit)[0]) / 2e-5
        np.testing.assert_allclose(hessian[column], change, rtol=1e-7)
        above, below = (
            weights[:100] @ np.log1p(np.exp(-labels * (X @ (b + each))))
            for each in (unit, -unit)
        )
        assert gradient[column] == pytest.approx((above - below) / 2e-5, rel=1e-7)


def test_newton_goes_on_until_every_coefficient_has_arrived() -> None:
    """The first coefficient arrives in one step, the second in several."""

    def loss(b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient = np.array([b[0] - 1, np.exp(b[1]) - np.exp(3.0)])
        return gradient, np.diag([1.0, np.exp(b[1])])

    none = np.zeros(2)
    found = smooth_mode(loss, none, none, np.arange(2))
    np.testing.assert_allclose(found, [1, 3], rtol=1e-14)


def test_a_slope_as_large_as_the_gradient_leaves_a_coefficient_at_zero() -> None:
    found = sparse_mode(lambda b: (b - [2.0, 1.0], np.eye(2)), np.array([0.0, 1.0]))
    np.testing.assert_array_equal(found, [2, 0])


def test_the_mode_of_a_quadratic_program_solves_a_linear_system() -> None:
    """Three variables, of shapes (), (2,) and (1, 3), and a gradient by hand."""
    start = {"a": np.array(5.0), "b": np.full(2, 6.0), "c": np.full((1, 3), 7.0)}
    factor = np.random.default_rng(0).standard_normal((6, 6))
    precision, mode = factor @ factor.T + np.eye(6), np.arange(1.0, 7)

    def gradient(point: dict[str, Any]) -> Any:
        assert {name: np.shape(each) for name, each in point.items()} == {
            "a": (),
            "b": (2,),
            "c": (1, 3),
        }
        return precision @ (mode - np.concatenate([*map(np.ravel, point.values())]))

    program = SimpleNamespace(
        compile_dlogp=lambda mode: gradient,
        initial_point=lambda: start,
        value_vars=[SimpleNamespace(name=name) for name in start],
    )
    found = probabilistic.mode(program)
    assert found["a"] == pytest.approx(1)
    np.testing.assert_allclose(found["b"], [2, 3])
    np.testing.assert_allclose(found["c"], [[4, 5, 6]])


@pytest.mark.parametrize("name", ["torch-sgd", "torch-sgd-cross-entropy"])
def test_a_penalised_intercept_has_the_scale_of_the_first_column(name: str) -> None:
    """At the mode the gradient of the log likelihood is b / scale²."""
    problem, scales = patients(), np.array([0.5, 1.0, 2.0, 3.0, 4.0])
    mode = problem.solve(CONVENTIONS[name], scales)
    b = np.append(mode.intercept, mode.coef)
    design = np.column_stack([np.ones(400), problem.X])
    slopes = (problem.y - design @ b) / 54**2
    if name != "torch-sgd":
        labels = problem.labels
        slopes = labels / (1 + np.exp(labels * (design @ b)))
    pull = b / np.append(0.5, scales) ** 2
    np.testing.assert_allclose(design.T @ slopes, pull, rtol=1e-9)
