"""Tiles of rows: as many rows as fit in a cache, and the ends of the columns."""

from typing import Any

import numpy as np
import pytest

from bayes_l2.model.observations import tiles
from bayes_l2.model.observations.evaluation import KEPT, Memory

X = np.random.default_rng(0).standard_normal((4000, 60)) + 3.0
ORIGIN = np.linspace(-1.0, 5.0, 60)


@pytest.mark.parametrize("intercept", [True, False])
def test_a_tile_has_as_many_rows_as_fit(intercept: bool) -> None:
    whole = tiles.Tiles(X, ORIGIN, intercept)
    row = 8 * (60 + intercept)
    seen, largest = np.zeros(4000), 0
    for table, rows in whole:
        seen[rows] += 1
        largest = max(largest, table.nbytes)
        assert table.nbytes == row * (rows.stop - rows.start)
        np.testing.assert_array_equal(table[intercept:].T, X[rows] - ORIGIN)
    assert np.all(seen == 1)
    assert 2**20 - row < largest <= 2**20


def test_a_tile_of_wide_rows_has_1024() -> None:
    wide = np.broadcast_to(1.0, (1500, 200))
    counts = [len(table.T) for table, _ in tiles.Tiles(wide, np.zeros(200), False)]
    assert counts == [1024, 476]


def test_the_farthest_row_is_on_either_side_of_the_origin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tiles, "TILE_BYTES", 1)
    monkeypatch.setattr(tiles, "TILE_ROWS", 300)
    for intercept in (True, False):
        farthest = tiles.Tiles(X, ORIGIN, intercept).farthest()
        expected = np.abs(X - ORIGIN).max(axis=0)
        np.testing.assert_array_equal(farthest, expected)


def test_the_last_three_evaluations_are_kept() -> None:
    """The last point of a search, the one before, and a trial."""
    memory = Memory()
    found: Any = [object() for _ in range(5)]
    for place, each in enumerate(found):
        memory.keep(bytes([place]), each)
    kept = [memory.find(bytes([place])) for place in range(5)]
    assert kept == [None, None, *found[2:]]
    assert len(memory.kept) == KEPT == 3
