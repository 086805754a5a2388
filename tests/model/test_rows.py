"""Rows from data frames: their order, their names, and tables of Arrow."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from bayes_l2 import LinearModel, SufficientStatistics, fit_exact, likelihoods, priors

RNG = np.random.default_rng(1)
TABLE = pd.DataFrame(RNG.standard_normal((8, 2)), columns=["a", "b"])
Y = pd.Series(RNG.standard_normal(8), name="y")
WEIGHTS = pd.Series(RNG.uniform(1, 2, 8))
TERMS: dict[str, Any] = {
    "likelihood": likelihoods.Normal(1.0),
    "prior": priors.Normal(1.0),
}
OTHER_INDEX: dict[str, Any] = {
    "shuffled": lambda values: values.sample(frac=1, random_state=2),
    "reversed": lambda values: values[::-1],
    "of other rows": lambda values: values.set_axis(np.arange(8) + 100),
    "of text": lambda values: values.set_axis(list("abcdefgh")),
    "of repeated rows": lambda values: values.set_axis([0] * 8),
}
over_index = pytest.mark.parametrize("change", OTHER_INDEX.values(), ids=OTHER_INDEX)


@over_index
def test_rows_in_two_orders_are_refused(change: Any) -> None:
    way_out = r"index of X, got .* in row [01]; (y|weights)\.loc\[X\.index\] matches"
    with pytest.raises(ValueError, match=way_out):
        LinearModel(TABLE, change(Y), **TERMS)
    with pytest.raises(ValueError, match=way_out):
        LinearModel(TABLE, Y, weights=change(WEIGHTS), **TERMS)
    with pytest.raises(ValueError, match=way_out):
        SufficientStatistics.from_rows(TABLE, change(Y))
    with pytest.raises(ValueError, match=way_out):
        SufficientStatistics.from_rows(TABLE, Y, change(WEIGHTS))


def test_both_ways_out_are_taken() -> None:
    expected = fit_exact(LinearModel(TABLE, Y, **TERMS)).mean
    shuffled = Y.sample(frac=1, random_state=2)
    matched = fit_exact(LinearModel(TABLE, shuffled.loc[TABLE.index], **TERMS))
    np.testing.assert_array_equal(matched.mean, expected)
    by_place = fit_exact(LinearModel(TABLE, shuffled.to_numpy(), **TERMS))
    assert np.abs(by_place.mean - expected).max() > 0.01


@pytest.mark.parametrize("index", [list("abcdefgh"), [0] * 8, np.arange(8)[::-1]])
def test_one_index_of_any_kind_is_taken(index: Any) -> None:
    table, y = TABLE.set_axis(index), Y.set_axis(index)
    found = LinearModel(table, y, weights=WEIGHTS.set_axis(index), **TERMS)
    np.testing.assert_array_equal(found.y, Y)


def test_arrow_tables_are_tables() -> None:
    table = pa.Table.from_pandas(TABLE)
    for X in (table, table.to_batches()[0]):
        model = LinearModel(X, pa.array(Y), weights=pa.array(WEIGHTS), **TERMS)
        assert model.feature_names == ("a", "b")
        np.testing.assert_array_equal(model.X, TABLE)
        np.testing.assert_array_equal(model.y, Y)
        np.testing.assert_array_equal(model.weights, WEIGHTS)
    posterior = fit_exact(model)
    reordered = table.select(["b", "a"])
    expected = posterior.predict(TABLE)
    np.testing.assert_array_equal(posterior.predict(reordered), expected)
    statistics = SufficientStatistics.from_rows(table, pa.chunked_array([Y]))
    assert statistics.feature_names == ("a", "b")


@pytest.mark.parametrize(
    "names", [{"a", "b"}, frozenset("ab"), {"a": 1, "b": 2}, "ab", b"ab", 2]
)
def test_names_without_an_order_are_refused(names: Any) -> None:
    with pytest.raises(ValueError, match="a list of names in order, got"):
        LinearModel(TABLE.to_numpy(), Y, feature_names=names, **TERMS)


def test_names_in_order_are_taken() -> None:
    for names in (["a", "b"], ("a", "b"), iter("ab"), pd.Index(["a", "b"])):
        model = LinearModel(TABLE.to_numpy(), Y, feature_names=names, **TERMS)
        assert model.feature_names == ("a", "b")
