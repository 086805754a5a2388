"""Labels of any type in partitions, and one line about those that are none."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import LinearModel, likelihoods, priors
from tests.model.partitioned.arrays import ArrayPartitions, model_of
from tests.model.partitioned.data import columns

N = 12
X = columns(N, 2)
BERNOULLI, CATEGORICAL = likelihoods.Bernoulli(), likelihoods.Categorical()


def model(
    y: Any, weights: Any = None, likelihood: Any = BERNOULLI, cuts: Any = (1, 5)
) -> LinearModel:
    """Return a model of twelve rows in partitions."""
    source = ArrayPartitions(X[: len(y)], y, weights, cuts=cuts)
    return model_of(source, likelihood=likelihood, prior=priors.Normal(1.0))


def refusal(*arguments: Any, **options: Any) -> str:
    """Return the one line with which rows are refused."""
    with pytest.raises(ValueError, match="y must") as seen:
        model(*arguments, **options)
    text = str(seen.value)
    assert "\n" not in text
    assert len(text) < 300
    return text


TWO = [0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1]
TYPES = {
    "text": np.array(["no", "yes"])[TWO],
    "objects": np.array(["no", "yes"], dtype=object)[TWO],
    "bool": np.array([False, True])[TWO],
    "whole": np.array([3, 7])[TWO],
    "unsigned": np.array([3, 7], dtype=np.uint8)[TWO],
    "numbers": np.array([-1.0, 1.0])[TWO],
    "dates": np.array(["2020-01-01", "2021-01-01"], dtype="datetime64[ns]")[TWO],
    "column": pd.Series([["no", "yes"][place] for place in TWO]),
    "strings": pd.array(["no", "yes"], dtype="string")[TWO],
    "categories": pd.Categorical.from_codes(TWO, ["yes", "no"]),
}


@pytest.mark.parametrize("y", TYPES.values(), ids=TYPES)
def test_labels_of_any_type_have_the_classes_of_rows_in_memory(y: Any) -> None:
    whole = LinearModel(
        X, y, likelihood=BERNOULLI, prior=priors.Normal(1.0), feature_names=["x0", "x1"]
    )
    parts = model(y)
    assert parts.classes == whole.classes
    assert list(map(type, parts.classes or ())) == list(map(type, whole.classes or ()))
    point = np.array([0.1, 0.5, -0.5])
    assert parts.log_likelihood(point) == pytest.approx(whole.log_likelihood(point))


def test_whole_numbers_and_numbers_are_of_one_kind() -> None:
    y = np.array([0, 1, 1.0, 0.0, 0, 1, 0, 1, 0, 0, 1, 1], dtype=object)
    assert model(y).classes == (0, 1)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT, np.inf, -np.inf])
def test_a_missing_label_is_named_with_its_place(missing: Any) -> None:
    y = TYPES["objects" if not isinstance(missing, float) else "numbers"].copy()
    y[7] = missing
    text = refusal(y)
    assert "y must have a label in every row, got" in text
    assert "in part 2, row 7 (counting from 0)" in text


def test_a_missing_label_of_weight_zero_does_not_count() -> None:
    y, weights = TYPES["objects"].copy(), np.ones(N)
    y[7], weights[7] = None, 0.0
    assert model(y, weights).classes == ("no", "yes")


def test_a_label_of_weight_zero_alone_is_no_class() -> None:
    y, weights = TYPES["objects"].copy(), np.ones(N)
    y[7], weights[7] = "perhaps", 0.0
    parts = model(y, weights)
    assert parts.classes == ("no", "yes")
    assert np.isfinite(parts.log_likelihood(np.zeros(3)))


def test_types_that_differ_between_partitions_or_within_one() -> None:
    y = np.array(["a", "b", "a", "b", "a", 1, 2, 1, 2, 1, 2, 1], dtype=object)
    assert "labels of one type, got 1 of type int and 'a' of type str" in refusal(y)
    y = np.array([True, False] * 3 + [1, 0] * 3, dtype=object)
    for cuts in [(6,), (5,), ()]:
        text = refusal(y, cuts=cuts)
        assert "labels of one type, got" in text
        assert "of type bool" in text


def test_labels_without_an_order() -> None:
    y = np.array([1j, 2j] * 6, dtype=object)
    assert "y must have labels with an order" in refusal(y)
    y = np.empty(N, dtype=object)
    y[:] = [[1], [2]] * 6
    assert "y must have labels with an order" in refusal(y)


def test_too_many_labels_are_numbers() -> None:
    rng = np.random.default_rng(0)
    y = rng.standard_normal(3000)
    source = ArrayPartitions(rng.standard_normal((3000, 1)), y, cuts=range(0, 3000, 9))
    with pytest.raises(ValueError, match=r"at most 1000 different.*is it a number"):
        model_of(source, likelihood=CATEGORICAL, prior=priors.Normal(1.0))


@pytest.mark.parametrize(
    ("y", "likelihood", "words"),
    [
        (["a"] * N, BERNOULLI, "two classes, got 1: 'a'"),
        (list("abc") * 4, BERNOULLI, "likelihoods.Categorical() takes more"),
        (list(range(N)), BERNOULLI, "is it a number?"),
        (list("ab") * 6, CATEGORICAL, "likelihoods.Bernoulli() takes two"),
        ([0.5 + j for j in range(N)], CATEGORICAL, "as many different numbers as rows"),
    ],
)
def test_the_number_of_classes_has_the_line_of_rows_in_memory(
    y: Any, likelihood: Any, words: str
) -> None:
    text = refusal(np.array(y), likelihood=likelihood)
    assert words in text
    with pytest.raises(ValueError, match="y must have") as seen:
        LinearModel(X, y, likelihood=likelihood, prior=priors.Normal(1.0))
    assert str(seen.value) == text


def test_classes_follow_the_order_of_categories() -> None:
    y = pd.Categorical(["lo", "hi", "mid"] * 4, categories=["lo", "mid", "hi"])
    assert model(y, likelihood=CATEGORICAL).classes == ("lo", "mid", "hi")


def test_a_class_that_stands_in_the_last_row_alone() -> None:
    y = np.array(["a", "b"] * 5 + ["a", "c"], dtype=object)
    assert model(y, likelihood=CATEGORICAL).classes == ("a", "b", "c")


def test_counts_are_refused_with_their_place() -> None:
    y = np.array([0.0, 1, 2, 3, 4, 5, 6, -1, 8, 9, 10, 11])
    text = refusal(y, likelihood=likelihoods.Poisson())
    assert "got -1.0 in part 2, row 7 (counting from 0)" in text
    assert "got zeros in all rows" in refusal(
        0 * X[:, 0], likelihood=likelihoods.Poisson()
    )
