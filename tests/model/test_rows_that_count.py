"""Rows of weight 0 do not count; stacks of linear predictors are read one by one."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import likelihoods
from tests.model.test_likelihoods import Case, over_all

CLASSES: dict[str, tuple[Any, Any, list[float]]] = {
    "two classes": (likelihoods.Bernoulli(), ("no", "yes"), [-1.0, 1.0]),
    "classes": (likelihoods.Categorical(), ("cat", "dog", "emu"), [0.0, 1.0]),
}


@pytest.mark.parametrize("kind", CLASSES)
def test_a_label_that_is_no_class_may_have_the_weight_0(kind: str) -> None:
    likelihood, classes, places = CLASSES[kind]
    y = np.array([*classes[:2], "cow"], dtype=object)
    weights = np.array([0.5, 0.5, 0.0])
    found = likelihood.encode_part(y, classes, weights, length=3)
    np.testing.assert_array_equal(found[:2], places)
    with pytest.raises(ValueError, match="got 'cow' in row 2"):
        likelihood.encode_part(y, classes, weights + 1, length=3)


def test_a_positive_count_must_have_a_weight() -> None:
    poisson, y = likelihoods.Poisson(), [0, 3, 0]
    np.testing.assert_array_equal(poisson.encode(y, None, length=3)[0], y)
    small = np.array([1.0, 0.5, 1.0])
    np.testing.assert_array_equal(poisson.encode(y, small, length=3)[0], y)
    with pytest.raises(ValueError, match="must have a positive count"):
        poisson.encode(y, np.array([1.0, 0.0, 1.0]), length=3)


@over_all
def test_some_rows_are_encoded_as_all_are(case: Case) -> None:
    n = len(case.given)
    y: Any = np.array(case.given, dtype=object if case.classes else None)
    found = case.likelihood.encode_part(y, case.classes, None, length=n)
    np.testing.assert_array_equal(found, case.y)
    if case.classes is None:
        with pytest.raises(ValueError, match="y must have 7 entries"):
            case.likelihood.encode_part(y, None, None, length=7)


@over_all
def test_stacked_predictors_are_read_one_by_one(case: Case) -> None:
    """Points of a posterior are in the first axis."""
    stack = np.stack([case.eta, 2 * case.eta, -case.eta])
    means, logs = (
        case.likelihood.mean(stack),
        case.likelihood.log_density(case.y, stack),
    )
    assert logs.shape == (3, len(case.y))
    for eta, mean, log_density in zip(stack, means, logs, strict=True):
        np.testing.assert_array_equal(case.likelihood.mean(eta), mean)
        alone = case.likelihood.log_density(case.y, eta)
        np.testing.assert_array_equal(log_density, alone)


def test_the_gradient_of_softmax_is_the_probabilities() -> None:
    """Over the classes, in the last axis."""
    differences = np.random.default_rng(0).standard_normal((2, 4, 3))
    chances = likelihoods.Categorical().gradient(differences)
    odds = np.exp(differences)
    expected = odds / odds.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(chances, expected, rtol=1e-14)


def test_averages_over_classes_are_the_same_again() -> None:
    rng = np.random.default_rng(0)
    mean, roots = rng.standard_normal((2, 3)), rng.standard_normal((2, 3, 2))
    first, again = (likelihoods.Categorical().expected(mean, roots) for _ in range(2))
    np.testing.assert_array_equal(first, again)
