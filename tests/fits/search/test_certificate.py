"""The step that is left, and the gap, against what the formulas give by hand."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.fits.search.certificate import (
    newton_step,
    newton_step_left,
    shortest_subgradient,
)
from bayes_l2.fits.search.coordinates import FreeCoordinates, principal_curvatures

ANGLE = 0.6
AXES = np.array([[np.cos(ANGLE), -np.sin(ANGLE)], [np.sin(ANGLE), np.cos(ANGLE)]])


class Quadratic:
    """A log density with a gradient at 0 and two curvatures along turned axes."""

    size = 2

    def __init__(self, curvatures: Any, slopes: Any, move: float = 0.0) -> None:
        self._hessian = -AXES @ np.diag(curvatures) @ AXES.T
        self._gradient, self.move = AXES @ np.array(slopes), move

    def log_density(self, u: Any) -> float:
        raise AssertionError

    def gradient(self, u: Any) -> Any:
        return self._gradient

    def hessian(self, u: Any) -> Any:
        return self._hessian

    def relative_move(self, u: Any, step: Any, *, least: float = 0.0) -> float:
        return max(self.move, least)


ORIGIN = np.zeros(2)


def test_the_length_is_in_sds_along_each_axis() -> None:
    """Slopes of 6 and 4 are 3 and 4 sds, for curvatures of 4 and 1."""
    step, length = newton_step(Quadratic([4.0, 1.0], [6.0, 4.0]), ORIGIN)
    np.testing.assert_allclose(AXES.T @ step, [1.5, 4.0], rtol=1e-12)
    assert length == pytest.approx(5.0, rel=1e-12)
    moves = Quadratic([4.0, 1.0], [6.0, 4.0], move=7.0)
    assert newton_step_left(moves, ORIGIN) == 7.0


@pytest.mark.parametrize(
    ("curvatures", "least"),
    [
        ([4.0, 0.0], 4e-12),
        ([4.0, -1.0], 4e-12),
        ([4.0, 1e-17], 4e-12),  # but for rounding it is 0
        ([-1.0, -3.0], np.finfo(float).tiny),
    ],
)
def test_an_axis_without_curvature_counts_as_nearly_flat(
    curvatures: Any, least: float
) -> None:
    steep, small = (6.0, 1e-13) if curvatures[0] > 0 else (0.0, 1e-300)
    step, length = newton_step(Quadratic(curvatures, [steep, small]), ORIGIN)
    assert length == np.inf
    along = AXES.T @ step
    assert along[0] == pytest.approx(steep / 4, abs=1e-9)
    # that of rounding has a share of the steep slope
    alone = newton_step(Quadratic(curvatures, [0.0, small]), ORIGIN)[0]
    assert (AXES.T @ alone)[1] == pytest.approx(small / least, rel=1e-6)


def test_curvatures_that_are_rounding_are_zero() -> None:
    eps = np.finfo(float).eps
    for part, kept in ((1.5 * eps, False), (3 * eps, True), (-3 * eps, True)):
        found, axes = principal_curvatures(np.diag([8.0, 8 * part]))
        expected = sorted([8.0, 8 * part if kept else 0.0])
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_allclose(np.abs(axes[:, -1]), [1.0, 0.0])


def two_rows(y: float, other: float) -> FreeCoordinates:
    """Return the coordinates of (b - y)² / 2 + |b| / 4 for each of two coefficients."""
    return FreeCoordinates(
        LinearModel(
            np.eye(2),
            [y, other],
            likelihood=likelihoods.Normal(1.0),
            prior=priors.Laplace(4.0),
            intercept=False,
        )
    )


@pytest.mark.parametrize(
    ("b", "y", "length", "gap"),
    [
        # clear of the kink the slope is b - y + sign(b) / 4
        (2.0, 5.0, 2.75, 0.0),
        (-2.0, 5.0, 7.25, 0.0),
        (1e-6, 0.2, 0.050001, 0.0),
        (4.4e-8, 0.2, 0.05, 0.0),
        # at the kink any slope between: y itself, or the nearest one,
        (0.0, 0.2, 0.0, 0.0),
        # in units of the smooth part and (1/4)² of the kink
        (0.0, 0.5, 0.25 / np.sqrt(1 + 1 / 16), 0.0),
        (0.0, -0.5, 0.25 / np.sqrt(1 + 1 / 16), 0.0),
        # so near a kink that it counts: |b| / 4 - y b is the gap
        (1e-9, 0.2, 0.0, 0.25e-9 - 0.2e-9),
        (-1e-9, 0.2, 0.0, 0.25e-9 + 0.2e-9),
    ],
)
def test_the_shortest_subgradient_of_a_coefficient_beside_one_at_its_mode(
    b: float, y: float, length: float, gap: float
) -> None:
    coordinates = two_rows(y, 5.25)
    u = coordinates.free(np.array([b, 5.0]))
    found, rest = shortest_subgradient(coordinates, u)
    assert found == pytest.approx(length, rel=1e-6, abs=1e-8)
    assert rest == pytest.approx(gap, rel=1e-5, abs=1e-14)


@pytest.mark.parametrize("b", [1e-12, 1e-10])
def test_near_is_a_part_of_all_terms_where_these_are_small(b: float) -> None:
    """A term of b / 4 is more than 1e-8 of the terms, which are that term alone."""
    coordinates = two_rows(0.2, 0.2)
    u = coordinates.free(np.array([b, 0.0]))
    assert shortest_subgradient(coordinates, u)[0] == pytest.approx(0.05, rel=1e-5)


def test_slopes_of_several_kinks_are_the_best_between_their_bounds() -> None:
    """Each is at a bound, or its equation holds: the best of all 27 such choices."""
    X = np.array([[2.0, -2.0, -3.0], [-1.0, -1.0, 2.0], [2.0, -5.0, -4.0]])
    y = np.array([0.5, 2.5, 2.0])
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(1.0), prior=priors.Laplace(1.0),
        intercept=False,
    )  # fmt: skip
    inverse = np.linalg.inv(X.T @ X + np.eye(3))
    best = np.inf
    for choice in product((-1.0, 0.0, 1.0), repeat=3):
        slopes, free = np.array(choice), np.array(choice) == 0
        if free.any():
            right = (inverse @ (X.T @ y - slopes))[free]
            slopes[free] = np.linalg.solve(inverse[np.ix_(free, free)], right)
        left = X.T @ y - slopes
        if np.abs(slopes).max() <= 1:
            best = min(best, float(left @ inverse @ left))
    coordinates = FreeCoordinates(model)
    found, gap = shortest_subgradient(coordinates, coordinates.free(np.zeros(3)))
    assert found == pytest.approx(np.sqrt(best), rel=1e-9)
    assert gap == 0


@pytest.mark.parametrize(("b", "expected"), [(0.0, 2e6), (0.5, np.sqrt(2) * 1e6)])
def test_an_axis_without_curvature_has_that_of_1e_12_of_the_largest(
    b: float, expected: float
) -> None:
    """Absolute loss has curvature at kinks alone: at 0, 1/4 along the first axis."""
    rows = np.array([[1.0, 0.0]] * 4 + [[0.0, 1.0]])
    model = LinearModel(
        rows,
        [0.0, 1.0, 2.0, 3.0, 1.0],
        likelihood=likelihoods.Laplace(1.0),
        prior=priors.Flat(),
        intercept=False,
    )
    coordinates = FreeCoordinates(model)
    u = coordinates.free(np.array([b, 0.5]))
    assert shortest_subgradient(coordinates, u)[0] == pytest.approx(expected, rel=1e-6)
