"""Labels of every source: their classes, their order, and what is refused."""

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression

from bayes_l2 import LinearModel, datasets, fit_map, labels, likelihoods, priors

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 1))
SECOND = X[:, 0] + RNG.standard_normal(30) > 0
WORDS = np.where(SECOND, "yes", "no")
DAYS = np.where(SECOND, np.datetime64("2021-01-01"), np.datetime64("2020-01-01"))


def model(y: Any, likelihood: Any = None, X: Any = X) -> LinearModel:
    likelihood = likelihood or likelihoods.Bernoulli()
    return LinearModel(X, y, likelihood=likelihood, prior=priors.Normal(1.0))


IN_ORDER: dict[str, Any] = {
    "booleans": SECOND,
    "list of booleans": SECOND.tolist(),
    "whole numbers": SECOND.astype(int),
    "floats": SECOND.astype(float),
    "text": WORDS,
    "list of text": list(WORDS),
    "bytes": WORDS.astype("S"),
    "objects": WORDS.astype(object),
    "decimals": [Decimal(int(each)) for each in SECOND],
    "pandas text": pd.Series(WORDS, dtype="string"),
    "pandas Int64": pd.Series(SECOND.astype(int), dtype="Int64"),
    "pandas boolean": pd.Series(SECOND, dtype="boolean"),
    "pandas index": pd.Index(WORDS),
    "pandas multi-index": pd.MultiIndex.from_arrays([WORDS, WORDS]),
    "polars text": pl.Series(list(WORDS)),
    "polars categorical": pl.Series(list(WORDS), dtype=pl.Categorical),
    "arrow array": pa.array(list(WORDS)),
    "arrow chunks": pa.chunked_array([list(WORDS)]),
    "days": DAYS,
    "nanoseconds": DAYS.astype("M8[ns]"),
    "pandas dates": pd.Series(DAYS),
    "dates with a zone": pd.Series(DAYS).dt.tz_localize("UTC"),
    "periods": pd.Series(DAYS).dt.to_period("D"),
    "spans of time": DAYS - np.datetime64("2019-01-01"),
    "polars dates": pl.Series([datetime.date(2020 + one, 1, 1) for one in SECOND]),
}
NO_FIRST = pd.Categorical(WORDS, categories=["yes", "no"])
REVERSED: dict[str, Any] = {
    "categorical": NO_FIRST,
    "ordered categorical": pd.Categorical(WORDS, ["yes", "no"], ordered=True),
    "unused category": pd.Categorical(WORDS, categories=["maybe", "yes", "no"]),
    "series": pd.Series(NO_FIRST),
    "categorical index": pd.CategoricalIndex(NO_FIRST),
    "categories that are numbers": pd.Categorical(SECOND.astype(int), [1, 0]),
    "polars enum": pl.Series(list(WORDS), dtype=pl.Enum(["yes", "no"])),
    "categorical column": pd.DataFrame({"y": NO_FIRST})["y"],
}


@pytest.mark.parametrize("y", IN_ORDER.values(), ids=IN_ORDER)
def test_classes_are_in_the_order_of_their_labels(y: Any) -> None:
    np.testing.assert_array_equal(model(y).y, np.where(SECOND, 1, -1))


@pytest.mark.parametrize("y", REVERSED.values(), ids=REVERSED)
def test_the_order_of_categories_is_kept_and_the_slope_its_sign(y: Any) -> None:
    fitted = LogisticRegression(C=1.0, tol=1e-10).fit(X, SECOND)
    found = fit_map(model(y))
    np.testing.assert_allclose(found.coef, -fitted.coef_[0], rtol=1e-6)


def with_gap(gap: Any) -> list[Any]:
    return [*WORDS[:3], gap, *WORDS[4:]]


GAPS: dict[str, Any] = {
    "None": with_gap(None),
    "NaN": with_gap(np.nan),
    "NA": with_gap(pd.NA),
    "NaT": with_gap(pd.NaT),
    "infinity": with_gap(float("inf")),
    "NA among objects": pd.Series(with_gap(pd.NA), dtype=object),
    "NA in text": pd.Series(with_gap(pd.NA), dtype="string"),
    "NA in Int64": pd.Series([1, 2, 1, pd.NA] + 26 * [1], dtype="Int64"),
    "NA in boolean": pd.Series(
        [True, False, True, pd.NA] + 26 * [True], dtype="boolean"
    ),
    "no category": pd.Categorical(with_gap(None), categories=["no", "yes"]),
    "null": pl.Series(
        [None if row == 3 else str(word) for row, word in enumerate(WORDS)]
    ),
    "NaT in days": np.where(np.arange(30) == 3, np.datetime64("NaT", "D"), DAYS),
}


@pytest.mark.parametrize("y", GAPS.values(), ids=GAPS)
def test_a_row_without_a_label_is_named(y: Any) -> None:
    with pytest.raises(ValueError, match=r"a label in every row, got .* in row 3"):
        model(y)


class Odd:
    """A label whose equality is no truth value."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Any:
        return np.array([True, False])

    def __ne__(self, other: object) -> Any:
        return False


ODD: dict[str, tuple[Any, str]] = {
    "text and numbers": ([1, *WORDS[1:]], "labels of one type, got .* and "),
    "numbers and True": ([True, *[2] * 29], "labels of one type, got .* and "),
    "two types in an array": (
        np.array([1, *WORDS[1:]], dtype=object),
        "labels of one type",
    ),
    "complex": (SECOND.astype(complex), "labels with an order"),
    "dictionaries": ([{} for _ in SECOND], "labels with an order"),
    "objects of their own": ([Odd() for _ in SECOND], "labels with an order"),
    "records": (np.zeros(30, dtype=[("a", int)]), "must have labels, got records"),
    "set": ({"yes", "no"}, "30 entries in one dimension, got {"),
    "one text": ("yes", "30 entries in one dimension, got 'yes'"),
    "table": (np.zeros((30, 2)), r"30 entries in one dimension, got shape \(30, 2\)"),
}


@pytest.mark.parametrize(("y", "message"), ODD.values(), ids=ODD)
def test_what_is_no_label_is_refused(y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        model(y)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("y", [["a", "b", "c"], [5, 7, 9], [1.0, 2.0, 3.0]])
def test_as_many_classes_as_rows_are_fitted(y: Any) -> None:
    few = X[:3]
    fitted = LogisticRegression(C=1.0, tol=1e-12, max_iter=10_000).fit(few, y)
    found = fit_map(model(y, likelihoods.Categorical(), few))
    np.testing.assert_allclose(found.coef, fitted.coef_, atol=1e-6)


@pytest.mark.parametrize("y", [RNG.standard_normal(30), np.arange(31) + 0.0])
def test_numbers_that_all_differ_are_no_labels(y: Any) -> None:
    with pytest.raises(ValueError, match="as many different numbers as rows"):
        model(y, likelihoods.Categorical(), RNG.standard_normal((len(y), 1)))


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        (["1_1", "1_2", "11"], ["1_1", "1_2", "11"]),
        (["01", "1", "+1"], ["01", "1", "+1"]),
        (["1.0", "1", "2"], ["1.0", "1", "2"]),
        (["\u0663", "3", "4"], ["\u0663", "3", "4"]),  # 3 of another script
        (["-0", "0", "1"], ["-0", "0", "1"]),
        (["1e1", "10", "2"], ["1e1", "10", "2"]),
        (["True", "False", "true"], ["True", "False", "true"]),
        (["2", "-10", "0"], [2, -10, 0]),
    ],
)
def test_labels_of_a_csv_stay_apart(tmp_path: Any, texts: Any, labels: Any) -> None:
    path = tmp_path / "data.csv"
    lines = [f"{row},{text}" for row, text in enumerate(texts)]
    path.write_text("\n".join(["x,y", *lines]), encoding="utf-8")
    y = datasets.read_table(path, "y", labels=True).y
    assert y.tolist() == labels


@pytest.mark.parametrize(
    "values",
    [
        np.array([1, 0, 1, 7, 0]),
        np.array([2.5, -0.0, 0.0, 2.5, 7.0]),
        np.array([True, False, True, True, False]),
        np.array(["b", "a", "b", "cc", "a"]),
        np.array([3, 2**63, 3, 4, 2**63], dtype=np.uint64),
    ],
    ids=["whole", "floats", "flags", "text", "unsigned"],
)
@pytest.mark.parametrize("weights", [None, np.array([1.0, 2.0, 0.5, 0.0, 1.0])])
def test_an_array_has_the_classes_of_its_list(values: Any, weights: Any) -> None:
    counted = np.ones(5) if weights is None else weights
    n_classes = len(set(values[counted > 0].tolist()))
    encode = labels.two_classes if n_classes == 2 else labels.three_or_more_classes
    codes, classes = encode(values, "y", weights, length=5)
    listed, known = encode(values.tolist(), "y", weights, length=5)
    np.testing.assert_array_equal(codes, listed)
    assert classes == known
    assert list(map(type, classes)) == list(map(type, known))
