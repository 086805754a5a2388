"""The check of numbers, of rows in any order of the memory."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

from bayes_l2.partitions.batch import are_fit


def by_columns(rows: np.ndarray) -> np.ndarray:
    """Return the same rows as a part of an array that is stored by columns."""
    return np.asfortranarray(np.vstack([rows, rows]))[: len(rows)]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 2e150, -2e150])
@pytest.mark.parametrize("stored", [np.array, by_columns])
@pytest.mark.parametrize("place", [(0, 0), (40, 1), (99, 2)])
def test_one_number_that_is_not_fit_is_found(
    value: float, stored: Any, place: tuple[int, int]
) -> None:
    rows = np.ones((100, 3))
    assert are_fit(stored(rows))
    rows[place] = value
    assert not are_fit(stored(rows))


@pytest.mark.parametrize("stored", [np.array, by_columns])
def test_squares_that_overflow_in_their_sum_are_fit(stored: Any) -> None:
    assert are_fit(stored(np.full((100, 3), -1e150)))


def test_some_rows_of_an_array_by_columns_are_not_copied() -> None:
    rows = np.ones((21, 20_000)).T[:10_000]
    tracemalloc.start()
    try:
        assert are_fit(rows)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < rows.nbytes / 100
