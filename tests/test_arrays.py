"""The shared linear algebra: norms of any size, and triangular factors."""

import numpy as np
import pytest

from bayes_l2 import arrays


@pytest.mark.parametrize("size", [1e-300, 1.0, 1e300])
def test_norms_do_not_overflow_or_underflow(size: float) -> None:
    rows = size * np.array([[3.0, 0.0], [4.0, 0.0], [12.0, 0.0]])
    np.testing.assert_allclose(arrays.norms(rows, axis=0), [13 * size, 0], rtol=1e-14)
    found = arrays.norms(rows, axis=1)
    np.testing.assert_allclose(found, size * np.array([3, 4, 12]), rtol=1e-14)


@pytest.mark.parametrize("n", [2, 3, 9])
def test_a_triangular_factor_has_the_cross_products_of_its_rows(n: int) -> None:
    rows = np.random.default_rng(0).standard_normal((n, 3))
    factor = arrays.triangular_factor(rows)
    np.testing.assert_allclose(factor.T @ factor, rows.T @ rows, atol=1e-14)
    np.testing.assert_array_equal(factor, np.triu(factor))
    assert (np.diag(factor) >= 0).all()
