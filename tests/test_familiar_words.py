"""Data that scikit-learn refuses are refused in its words, which people search for."""

import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import Ridge

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    fit_exact,
    fit_laplace,
    fit_map,
    likelihoods,
    priors,
)

X = np.random.default_rng(0).standard_normal((10, 3))
Y = X @ [1.0, 2.0, 3.0] + 1.0


def build(X: Any, y: Any = Y, likelihood: Any = None) -> LinearModel:
    density = likelihood or likelihoods.Normal(1.0)
    return LinearModel(X, y, likelihood=density, prior=priors.Normal(1.0))


def with_value(array: Any, value: Any) -> Any:
    changed = array.copy()
    changed.flat[4] = value
    return changed


WORDS: dict[str, tuple[Callable[[], Any], str]] = {
    "NaN": (lambda: build(with_value(X, np.nan)), "Input X contains NaN"),
    "infinity": (lambda: build(with_value(X, -np.inf)), "Input X contains infinity"),
    "NaN in y": (lambda: build(X, with_value(Y, np.nan)), "Input y contains NaN"),
    "NaN in a frame": (
        lambda: build(pd.DataFrame(with_value(X, np.nan))),
        "Input X contains NaN",
    ),
    "one dimension": (lambda: build(X[:, 0]), "Reshape your data"),
    "a Series": (lambda: build(pd.Series(X[:, 0])), "Reshape your data"),
    "a row": (lambda: fit_exact(build(X)).predict(X[0]), "Reshape your data"),
    "no columns": (
        lambda: build(X[:, :0]),
        r"0 feature(s) (shape=(10, 0)) while a minimum of 1 is required.",
    ),
    "no rows": (
        lambda: build(X[:0], Y[:0]),
        r"0 sample(s) (shape=(0, 3)) while a minimum of 1 is required.",
    ),
    "complex": (lambda: build(X + 1j), "Complex data not supported"),
    "complex y": (lambda: build(X, Y + 1j), "Complex data not supported"),
    "one column less": (
        lambda: fit_map(build(X)).predict(X[:, :1]),
        "X has 1 features, but LinearModel is expecting 3 features as input",
    ),
    "one column more": (
        lambda: fit_laplace(build(X, Y > 0, likelihoods.Bernoulli())).predict(
            np.column_stack([X, Y])
        ),
        "X has 4 features, but LinearModel is expecting 3 features as input",
    ),
}


@pytest.mark.parametrize(("call", "words"), WORDS.values(), ids=WORDS)
def test_the_words_of_scikit_learn_are_in_the_message(
    call: Callable[[], Any], words: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) <= 200


def test_scikit_learn_says_so_too() -> None:
    for arguments in ((with_value(X, np.nan), Y), (X[:, 0], Y), (X[:, :0], Y)):
        with pytest.raises(
            ValueError, match=r"Input X contains NaN|Reshape your data|0 feature\(s\)"
        ):
            Ridge().fit(*arguments)


@pytest.mark.parametrize("data", [{"a": [1.0, 2.0]}, {}, {"a": X, "b": 1}])
def test_a_dict_is_no_table(data: dict[str, Any]) -> None:
    with pytest.raises(
        TypeError, match=r"argument must be .* string.* number"
    ) as caught:
        build(data)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) <= 250
    with pytest.raises(TypeError, match="argument must be"):
        fit_exact(build(X)).predict(data)


Y_COLUMNS: dict[str, Any] = {
    "an array": Y[:, np.newaxis],
    "lists": [[value] for value in Y.tolist()],
    "pandas": pd.DataFrame({"y": Y}),
    "polars": pl.DataFrame({"y": Y}),
}
WARNING = "A column-vector y was passed when a 1d array was expected"


@pytest.mark.parametrize("column", Y_COLUMNS.values(), ids=Y_COLUMNS)
def test_a_column_of_y_is_taken_with_a_warning(column: Any) -> None:
    with pytest.warns(DataConversionWarning, match=WARNING):
        model = build(X, column)
    assert model.y is not None
    np.testing.assert_array_equal(model.y, Y)
    with pytest.warns(DataConversionWarning, match=WARNING):
        statistics = SufficientStatistics.from_rows(X, column)
    np.testing.assert_allclose(statistics.mean[-1], Y.mean(), rtol=1e-14)


@pytest.mark.parametrize("kind", ["array", "pandas", "polars"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_column_of_labels_is_taken_with_a_warning(kind: str, n_classes: int) -> None:
    labels = np.array(["b", "a", "c"])[np.arange(10) % n_classes]
    column: Any = labels[:, np.newaxis]
    if kind != "array":
        column = {"pandas": pd, "polars": pl}[kind].DataFrame({"y": labels})
    likelihood = (
        likelihoods.Bernoulli() if n_classes == 2 else likelihoods.Categorical()
    )
    with pytest.warns(DataConversionWarning, match=WARNING):
        model = build(X, column, likelihood)
    plain = build(X, labels, likelihood)
    assert model.classes == plain.classes
    np.testing.assert_array_equal(model.y, plain.y)


def test_a_vector_of_y_gets_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build(X, Y)
        build(X[:1], Y[:1])
    with pytest.raises(ValueError, match="y must have one dimension"):
        build(X, np.column_stack([Y, Y]))
