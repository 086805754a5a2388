"""The minimiser of a smooth function and absolute values, by its conditions.

Some residuals are 0, to rounding, each with a slope within its bounds. The others have
the slopes of their signs. Together these slopes and the gradient are 0. A path that
only comes near the minimum leaves 1e-10 of a residual.
"""

import numpy as np
import pytest

from bayes_l2.fits.search.interior_point import minimise
from bayes_l2.model.observations import AbsoluteTerms
from tests.fits.search.test_interior_point import quadratic


def check(
    terms: AbsoluteTerms, found: np.ndarray, matrix: np.ndarray, vector: np.ndarray
) -> int:
    """Hold a point to the conditions, and return its number of kinks."""
    rows, targets, kappa = terms
    residuals = rows @ found - targets
    sizes = np.abs(rows) @ np.abs(found) + np.abs(targets)
    at_kink = np.abs(residuals) < 1e-6 * sizes
    assert np.all(np.abs(residuals)[at_kink] <= 1e-14 * sizes[at_kink])
    slope = matrix @ found - vector
    slope += rows[~at_kink].T @ (kappa * np.sign(residuals))[~at_kink]
    needed = np.zeros(0)
    if at_kink.any():
        needed, *_ = np.linalg.lstsq(rows[at_kink].T, -slope)
        assert np.all(np.abs(needed) <= kappa[at_kink] * (1 + 1e-9))
        slope = slope + rows[at_kink].T @ needed
    scale = np.abs(matrix) @ np.abs(found) + np.abs(vector) + np.abs(rows).T @ kappa
    assert np.all(np.abs(slope) <= 1e-12 * scale)
    return int(at_kink.sum())


@pytest.mark.parametrize("unit", [1.0, 1e3])
@pytest.mark.parametrize("seed", range(8))
def test_the_conditions_of_a_minimum_hold_to_rounding(seed: int, unit: float) -> None:
    """With targets and bounds of unlike sizes, and of every sign."""
    rng = np.random.default_rng(seed)
    n, p = 14, 3
    rows, kappa = rng.standard_normal((n, p)), 10.0 ** rng.uniform(-2, 1, n)
    targets = unit * (rng.standard_normal(n) + 2.0)
    vector = unit * rng.standard_normal(p)
    terms = AbsoluteTerms(rows, targets, kappa * unit)
    found = minimise(quadratic(np.eye(p), vector), terms, 200)
    assert check(terms, found, np.eye(p), vector) >= 1


def test_the_conditions_hold_where_residuals_say_the_same() -> None:
    """Equal rows share one kink, and their slopes are a choice in any unit.

    After ten steps of the path the kinks are known, and held. The path itself is 1e-8
    away from them.
    """
    rng = np.random.default_rng(1)
    rows = np.repeat(rng.standard_normal((5, 2)), 40, axis=0)
    targets = np.repeat(rng.standard_normal(5), 40)
    for unit in (1.0, 10.0):
        terms = AbsoluteTerms(rows, targets, unit * rng.uniform(0.5, 2, 200))
        smooth = quadratic(unit * np.eye(2), np.zeros(2))
        residuals = np.abs(rows @ minimise(smooth, terms, 10) - targets)
        assert np.sum(residuals < 1e-13) >= 40
        assert not np.any((residuals >= 1e-13) & (residuals < 1e-7))
