"""The parts of the interior-point method against the equations that they solve."""

from typing import Any

import numpy as np
import pytest

from bayes_l2.fits.search.interior_point import (
    Smooth,
    _held,
    _is_at_the_end,
    _Path,
    _polished,
    _solve,
    _step,
    minimise,
)
from bayes_l2.model.observations import AbsoluteTerms

RNG = np.random.default_rng(2)
close: Any = np.testing.assert_allclose  # of a point, or None


def quadratic(matrix: Any, vector: Any) -> Smooth:
    """Return the function v'Qv / 2 - q'v."""
    return Smooth(
        lambda v: (0.5 * v @ matrix @ v - vector @ v, matrix @ v - vector),
        lambda v: matrix,
    )


def a_path(n: int, p: int) -> tuple[AbsoluteTerms, _Path]:
    terms = AbsoluteTerms(
        RNG.standard_normal((n, p)), RNG.standard_normal(n), RNG.uniform(1, 2, n)
    )
    up = RNG.uniform(0.1, 1.9, n) * terms[2]
    above, below = RNG.uniform(0.5, 2, (2, n))
    v = RNG.standard_normal(p)
    return terms, _Path(v, above, below, up, 2 * terms[2] - up)


@pytest.mark.parametrize("flat", [False, True])
def test_a_step_solves_the_linear_equations_of_the_path(flat: bool) -> None:
    """The products go to a tenth of their mean, to first order, and the rest to 0."""
    terms, point = a_path(6, 3)
    rows, targets, kappa = terms
    close(point.slopes, kappa - point.up)
    products = point.above @ point.up + point.below @ point.down
    assert point.products == pytest.approx(products, rel=1e-12)
    matrix, vector = np.diag([3.0, 0.5, 1.0]), np.array([1.0, -2.0, 0.3])
    matrix = 0 * matrix if flat else matrix
    step = _step(quadratic(matrix, vector), terms, point)
    assert step is not None
    level = matrix @ point.v - vector + rows.T @ point.slopes
    close(matrix @ step.v + rows.T @ step.slopes, -level, atol=1e-9)
    off = rows @ point.v - targets - point.above + point.below
    close(rows @ step.v - step.above + step.below, -off, atol=1e-9)
    center = 0.1 * products / 12
    for size, room, by_size, by_room in (
        (point.above, point.up, step.above, step.up),
        (point.below, point.down, step.below, step.down),
    ):
        close(size * by_room + room * by_size, center - size * room, atol=1e-9)


def test_a_step_ends_just_before_the_nearest_bound() -> None:
    one, two = np.ones(2), np.array([1.0, 2.0])
    point = _Path(np.zeros(1), one, two, one, one)
    still = np.zeros(2)
    inside = _Path(np.ones(1), np.array([-0.5, 3.0]), still, still, still)
    moved, length = point.moved(inside)
    assert length == 1.0
    close(moved.above, [0.5, 4.0])
    beyond = _Path(np.ones(1), np.array([-1.0, 3.0]), -8 * one, still, still)
    moved, length = point.moved(beyond)
    assert length == pytest.approx(0.99 / 8, rel=1e-12)
    close(moved.below, two - 0.99)
    close(moved.v, [0.99 / 8])


@pytest.mark.parametrize(
    ("product", "slope", "kinked", "there"),
    [
        (0.9e-10, 0.0, 1.0, True),
        (1.1e-10, 0.0, 1.0, False),
        (1.1e-10, 0.0, 5.0, False),  # of no more than 1
        (0.9e-12, 0.0, 0.01, True),
        (1.1e-12, 0.0, 0.01, False),
        (0.9e-22, 0.0, 1e-15, True),  # and of no less than 1e-12
        (1.1e-22, 0.0, 1e-15, False),
        (0.9e-10, 0.9e-9, 1.0, True),
        (0.9e-10, 1.1e-9, 1.0, False),  # a gradient is left: then rounding decides
        (0.9e-16, 1.1e-9, 1.0, True),
        (1.1e-16, 1.1e-9, 1.0, False),
    ],
)
def test_the_path_ends_where_products_and_gradient_are_small(
    product: float, slope: float, kinked: float, there: bool
) -> None:
    """One term of 4 |v / 2| has slopes of 2 together; p is its size, and q is 0."""
    terms = AbsoluteTerms(np.array([[0.5]]), np.zeros(1), np.array([4.0]))
    above, nothing = np.array([kinked / 4]), np.zeros(1)
    up = product / above
    point = _Path(np.zeros(1), above, nothing, up, 8 - up)
    gradient = 2 * slope - 0.5 * point.slopes
    smooth = Smooth(lambda v: (0.0, gradient), lambda v: np.zeros((1, 1)))
    assert _is_at_the_end(smooth, terms, point) == there


def test_a_minimum_on_a_plane_has_a_multiplier() -> None:
    """v'Qv / 2 - q'v + c'v on v1 + v2 = 2 by the equations of Lagrange."""
    matrix, vector = np.diag([1.0, 3.0, 2.0]), np.array([1.0, 0.0, 4.0])
    pull = np.array([0.5, -0.5, 0.0])
    kinks, held = np.array([[1.0, 1.0, 0.0]]), np.array([2.0])
    # x - 0.5 = 3 y - 0.5 with x + y = 2, and 2 z = 4
    expected = [1.5, 0.5, 2.0]
    for copies in (1, 5):  # more equations than axes say the same
        found = _held(
            quadratic(matrix, vector),
            np.repeat(kinks, copies, axis=0),
            np.repeat(held, copies),
            pull,
            np.array([7.0, -3.0, 0.0]),
        )
        close(found, expected, atol=1e-12)
    overflow = Smooth(lambda v: (0.0, v * np.inf), lambda v: matrix)
    assert _held(overflow, kinks, held, pull, np.ones(3)) is None


def test_polishing_gives_up_kinks_that_do_not_hold_and_puts_the_others_at_zero() -> (
    None
):
    """Of (v - q)² / 2 + |v| the slopes at 0 are q, of which 0.5 is within its bound."""
    q = np.array([3.0, -0.5, -4.0, 0.5])
    terms = AbsoluteTerms(np.eye(4), np.zeros(4), np.ones(4))
    start = np.full(4, 1e-9)
    smooth = quadratic(np.eye(4), q)
    found = _polished(smooth, terms, start, at_kink=np.full(4, True))
    close(found, [2.0, 0.0, -3.0, 0.0], atol=1e-12)
    assert found is not None
    assert found[1] == found[3] == 0.0
    # kinks elsewhere: 2 |v - 1/2| with the slope 2 (q - 1/2) / 2 within its bound
    elsewhere = AbsoluteTerms(2 * np.eye(1), np.ones(1), np.ones(1))
    held = _polished(
        quadratic(np.eye(1), np.array([1.5])), elsewhere, start[:1], np.array([True])
    )
    assert held is not None
    assert held[0] == 0.5
    overflow = Smooth(lambda v: (0.0, v * np.inf), lambda v: np.eye(4))
    assert _polished(overflow, terms, start + 1, np.full(4, False)) is None


def test_equations_that_are_singular_but_for_rounding_are_solved_by_least_squares() -> (
    None
):
    regular = np.array([[2.0, 1.0], [1.0, 3.0]])
    close(_solve(regular, np.array([4.0, 7.0])), [1.0, 2.0])
    for singular in (np.ones((2, 2)), np.array([[1.0, 1.0], [1.0, 1.0 + 1e-16]])):
        found = _solve(singular, np.array([1.0, 3.0]))
        close(found, [1.0, 1.0], atol=1e-8)
        of_all = _solve(singular, np.array([1.0, 3.0]), least_squares=True)
        close(of_all, [1.0, 1.0], atol=1e-8)
    for bad in (np.nan, np.inf):
        assert _solve(bad * regular, np.ones(2)) is None
        assert _solve(regular, np.array([bad, 1.0])) is None


def test_a_search_without_iterations_or_with_an_overflow_returns_its_best_point() -> (
    None
):
    terms = AbsoluteTerms(np.eye(2), np.zeros(2), np.ones(2))
    smooth = quadratic(np.eye(2), np.array([3.0, 0.2]))
    # even then the polishing finds the mode
    close(minimise(smooth, terms, 1), [2.0, 0.0], atol=1e-12)

    def overflows(v: Any) -> tuple[float, Any]:
        return (0.0 if not v.any() else np.inf), np.array([1.0, np.nan])

    broken = Smooth(overflows, lambda v: np.eye(2))
    np.testing.assert_array_equal(minimise(broken, terms, 100), np.zeros(2))
