"""Ranks and sizes of columns, in any unit, and the rows that they are read from."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, SufficientStatistics, likelihoods, priors
from bayes_l2.model.rank import numerical_rank, rank_deficient, sizes
from bayes_l2.model.rows import Rows

X = np.random.default_rng(2).standard_normal((9, 3))


@pytest.mark.parametrize("unit", [1e-200, 0.1, 1.0, 1e200])
def test_the_rank_does_not_depend_on_the_unit(unit: float) -> None:
    columns = np.column_stack([X, X[:, 0] - 2 * X[:, 1], np.zeros(9)])
    assert numerical_rank(columns * [1.0, unit, 1.0, 1.0, 1.0]) == 3
    assert numerical_rank(columns * unit) == 3
    largest = unit * np.abs(X).max(axis=0)
    np.testing.assert_allclose(sizes(columns * unit)[:3], largest, rtol=1e-15)


def test_no_rows_and_columns_of_zeros_have_the_size_1() -> None:
    np.testing.assert_array_equal(sizes(np.zeros((4, 2))), [1.0, 1.0])
    np.testing.assert_array_equal(sizes(np.zeros((0, 2))), [1.0, 1.0])
    assert numerical_rank(np.zeros((0, 2))) == 0
    assert numerical_rank(np.zeros((3, 0))) == 0


@pytest.mark.parametrize("intercept", [True, False])
def test_a_column_of_zeros_is_named(intercept: bool) -> None:
    model = LinearModel(
        np.column_stack([X, np.zeros(9)]),
        np.arange(9.0),
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Flat(),
        intercept=intercept,
    )
    assert "do not determine the coefficient of column 'x3'," in (
        model.propriety.undetermined
    )


@pytest.mark.parametrize("noise_sd", [1e-9, 1.0, 1e9])
def test_the_rounding_of_a_precision_is_in_its_own_unit(noise_sd: float) -> None:
    """Columns that differ by 1e-6 of their size are told apart, by 1e-17 not."""
    for difference, names in ((1e-6, ""), (1e-17, "'x3'")):
        columns = np.column_stack([X, X[:, 0] + difference * X[:, 1] ** 2])
        statistics = SufficientStatistics.from_rows(columns, np.arange(9.0))
        centred = columns - columns.mean(axis=0)
        root = np.abs(np.diag(np.linalg.qr(centred / noise_sd, mode="r")))
        found = rank_deficient(np.diag(root), statistics, noise_sd)
        assert names in found
        assert bool(names) == bool(found)


@pytest.mark.parametrize("seed", [3, 4, 10])
def test_the_rounding_of_many_rows_is_no_precision(seed: int) -> None:
    """It is six roundings of a column in 2000 rows, and there are four columns."""
    rng = np.random.default_rng(seed)
    columns = rng.standard_normal((2000, 3))
    columns = np.column_stack([columns, columns @ rng.standard_normal(3)])
    statistics = SufficientStatistics.from_rows(columns, rng.standard_normal(2000))
    root = np.linalg.qr(columns - columns.mean(axis=0), mode="r")
    diagonal = np.diag(np.abs(np.diag(root)))
    assert "'x3'" in rank_deficient(diagonal, statistics, 1.0)


def test_rows_say_what_they_hold() -> None:
    y: Any = list("abcabcabc")
    rows = Rows.of(X, y, likelihoods.Categorical())
    assert repr(rows) == ("Rows(<9 rows, 3 features>, y of classes, which are a, b, c)")
    rows = Rows.of(X, np.arange(9.0), likelihoods.Normal(1.0), np.ones(9))
    assert repr(rows) == "Rows(<9 rows, 3 features>, y of numbers, weights)"
