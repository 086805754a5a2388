"""Columns in units of their sd, and new rows in the same units."""

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import datasets
from bayes_l2.datasets.standardisation import Standardisation


def test_a_constant_column_standardises_to_zero() -> None:
    frame = datasets.standardise(pd.DataFrame({"a": [1.0, 2.0], "c": [0.5, 0.5]}))
    np.testing.assert_array_equal(frame, [[-1, 0], [1, 0]])


@pytest.mark.parametrize("origin", [0.0, 1e9])
def test_new_rows_are_in_the_units_of_the_first(origin: float) -> None:
    table = np.random.default_rng(0).standard_normal((30, 4))
    X = np.column_stack([table + origin, np.full(30, 3.0)])
    units = Standardisation.of(X)
    standardised = datasets.standardise(pd.DataFrame(X))
    np.testing.assert_allclose(units.of_rows(X), standardised, rtol=0, atol=1e-14)
    expected = (table[:2] + 2.0 - table.mean(axis=0)) / table.std(axis=0)
    rounding = 4 * np.spacing(origin) + 1e-14
    scaled = units.of_rows(X[:2] + 2.0)
    np.testing.assert_allclose(scaled[:, :4], expected, rtol=0, atol=rounding)
    assert (scaled[:, 4] == 2.0).all()
