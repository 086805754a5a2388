"""The size of the data that statistics tell: rows, weight, sds, and what is refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import SufficientStatistics
from tests.model.partitioned.arrays import ArrayPartitions

X = np.random.default_rng(3).standard_normal((40, 2)) * [1.0, 5.0] + [100.0, 0.0]
Y = X @ [1.0, 0.2] - 100.0
WEIGHTS = np.resize([0.5, 2.0, 4.0, 0.0], 40)
of_rows = SufficientStatistics.from_rows


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_summary_has_the_sds_of_numpy(weights: Any) -> None:
    found = of_rows(X, Y, weights).summary()
    rows = np.column_stack([X, Y])
    sds = np.sqrt(np.diag(np.cov(rows.T, aweights=weights, ddof=0)))
    assert found["n"] == (40 if weights is None else 30)
    assert found["weight_sum"] == (None if weights is None else 65.0)
    np.testing.assert_allclose([*found["x_sd"], found["y_sd"]], sds, rtol=1e-12)


def test_the_text_tells_the_weight_where_rows_have_one() -> None:
    start = "SufficientStatistics(<40 rows, 2 features>, x0, x1"
    assert repr(of_rows(X, Y)) == f"{start})"
    assert repr(of_rows(X, Y, np.ones(40))) == f"{start})"
    assert repr(of_rows(X, Y, np.full(40, 2.0))) == f"{start}, total weight 80)"
    one = np.resize([0.5, 1.5], 40)  # with the sum of 40 rows, and 40 products of 1
    assert repr(of_rows(X, Y, one)) == f"{start}, total weight 40)"
    one = np.append(np.resize([0.5, 2.0], 38), [1.0, 1.0])
    assert repr(of_rows(X, Y, one)) == f"{start}, total weight 49.5)"


def test_the_cross_products_of_few_rows_are_those_of_all() -> None:
    rows = np.column_stack([X, Y])
    for centred, origin in ((True, rows.mean(axis=0)), (False, np.zeros(3))):
        few = np.column_stack(of_rows(X, Y).equivalent_rows(centred=centred))
        wanted = (rows - origin).T @ (rows - origin)
        np.testing.assert_allclose(few.T @ few, wanted, rtol=1e-10, atol=1e-9)


def test_a_column_that_is_constant_but_for_rounding_stays_so_when_merged() -> None:
    Z = X.copy()
    Z[:, 0] = 0.1
    Z[20:, 0] = np.nextafter(0.1, 1)
    merged = of_rows(Z[:20], Y[:20]) + of_rows(Z[20:], Y[20:])
    assert not merged.factor[:, 0].any()
    Z[20:, 0] = 0.1 + 1e-13
    merged = of_rows(Z[:20], Y[:20]) + of_rows(Z[20:], Y[20:])
    sd = np.linalg.norm(merged.factor[:, 0]) / np.sqrt(40)
    assert sd == pytest.approx(0.5e-13, rel=1e-3)


def test_rows_of_two_tables_have_one_order() -> None:
    frame = pd.DataFrame(X, columns=["u", "v"])
    with pytest.raises(ValueError, match=r"^y must have the index"):
        of_rows(frame, pd.Series(Y)[::-1])
    with pytest.raises(ValueError, match=r"^weights must have the index"):
        of_rows(frame, Y, pd.Series(WEIGHTS)[::-1])
    with pytest.raises(ValueError, match=r"columns x0, x1 in this order, got u, v"):
        _ = of_rows(X, Y) + of_rows(frame, Y)


def test_batches_and_partitions_without_rows_are_told() -> None:
    batches = SufficientStatistics.from_batches
    with pytest.raises(ValueError, match="at least one batch, got none"):
        batches([])
    with pytest.raises(ValueError, match=r"^batch 1: y must have"):
        batches([(X, Y), (X, Y[1:])])
    wrong: Any = 3
    with pytest.raises(ValueError, match="partitions must be a Partitions, got 3"):
        SufficientStatistics.from_partitions(wrong)
    for weights in (np.zeros(40), np.append(np.zeros(30), np.ones(10))):
        source = ArrayPartitions(X, Y, weights, cuts=[10, 30])
        if weights.any():
            assert SufficientStatistics.from_partitions(source).n_rows == 10
        else:
            with pytest.raises(ValueError, match="must have at least one row"):
                SufficientStatistics.from_partitions(source)


@pytest.mark.parametrize("column", [0, 1, 2])
def test_a_column_too_large_to_be_squared_is_named(column: int) -> None:
    rows = np.column_stack([X, Y])
    rows[:, column] *= 1e151
    name = ["column 'x0' of X", "column 'x1' of X", "y"][column]
    reduce = SufficientStatistics.reduce
    with pytest.raises(ValueError, match=rf"^{name} must stay within ±1e\+151, got a"):
        reduce(rows[:, :2], rows[:, 2], None, ("x0", "x1"))


def test_columns_of_large_numbers_are_taken() -> None:
    found = SufficientStatistics.reduce(1e149 * X, Y, None, ("x0", "x1"))
    np.testing.assert_allclose(found.summary()["x_sd"], 1e149 * X.std(axis=0))


@pytest.mark.parametrize("column", [0, 1, 2])
def test_a_column_that_is_constant_but_for_rounding_has_no_spread(column: int) -> None:
    rows = np.column_stack([X, Y])
    rows[:, column] = np.resize([0.1, np.nextafter(0.1, 1)], 40)
    spreads = of_rows(rows[:, :2], rows[:, 2]).factor.any(axis=0)
    np.testing.assert_array_equal(spreads, np.arange(3) != column)


def test_means_of_one_large_number_differ_by_rounding_only() -> None:
    Z = X.copy()
    Z[:, 0] = 1e6
    Z[20:, 0] = np.nextafter(1e6, 2e6)
    merged = of_rows(Z[:20], Y[:20]) + of_rows(Z[20:], Y[20:])
    assert not merged.factor[:, 0].any()


def test_as_many_rows_as_columns_are_reduced_to_a_triangle() -> None:
    factor = (of_rows(X[:1], Y[:1]) + of_rows(X[1:2], Y[1:2])).factor
    assert factor.shape == (3, 3)
    np.testing.assert_array_equal(factor, np.triu(factor))
    difference = np.append(X[1] - X[0], Y[1] - Y[0])
    np.testing.assert_allclose(np.abs(factor[0]), np.abs(difference) / np.sqrt(2))
