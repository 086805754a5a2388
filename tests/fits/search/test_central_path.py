"""The parts of the interior-point method against the equations that they solve."""

from typing import Any

import numpy as np
import pytest

from bayes_l2.fits.search.interior_point import (
    Smooth,
    _held,
    _is_at_the_end,
    _least_squares,
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
    """One term of 4 |v / 2 + w / 4| has slopes of 2 and of 1 together.

    p is its size and q is 0, or the other way round. The gradient is by v alone.
    """
    row = np.array([0.5, 0.25])
    terms = AbsoluteTerms(row[np.newaxis], np.zeros(1), np.array([4.0]))
    size, nothing = np.array([kinked / 4]), np.zeros(1)
    room = product / size
    for point in (
        _Path(np.zeros(2), size, nothing, room, 8 - room),
        _Path(np.zeros(2), nothing, size, 8 - room, room),
    ):
        gradient = np.array([2 * slope, 0.0]) - row * point.slopes
        smooth = Smooth(
            lambda v, gradient=gradient: (0.0, gradient), lambda v: np.zeros((2, 2))
        )
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
    """Of (v - q)² / 2 + |v| the slopes at 0 are q: 0.5 is within its bound of 1.

    So is 1 with a rounding.
    """
    q = np.array([3.0, -0.5, -4.0, 0.5, 1 + 1e-15])
    terms = AbsoluteTerms(np.eye(5), np.zeros(5), np.ones(5))
    start, ones = np.full(5, 1e-9), np.ones(5)
    point = _Path(start, start, start, ones, ones)
    smooth = quadratic(np.eye(5), q)
    found = _polished(smooth, terms, point, at_kink=np.full(5, True))
    close(found, [2.0, 0.0, -3.0, 0.0, 0.0], atol=1e-12)
    assert found is not None
    assert found[1] == found[3] == found[4] == 0.0
    # kinks elsewhere: 2 |v - 1/2| with the slope 2 (q - 1/2) / 2 within its bound
    elsewhere = AbsoluteTerms(2 * np.eye(1), np.ones(1), np.ones(1))
    one = _Path(*(x[:1] for x in point))
    held = _polished(
        quadratic(np.eye(1), np.array([1.5])), elsewhere, one, np.array([True])
    )
    assert held is not None
    assert held[0] == 0.5
    overflow = Smooth(lambda v: (0.0, v * np.inf), lambda v: np.eye(5))
    away = point._replace(v=start + 1)
    assert _polished(overflow, terms, away, np.full(5, False)) is None


def test_polishing_to_the_other_side_of_a_kink_is_no_minimum() -> None:
    """From v = 1 the minimum of (v - 1/2)² / 2 + v is at -1/2, on the other side.

    At v = t to a rounding, a side is either.
    """
    ones, free = np.ones(2), np.full(2, False)
    for sign in (1.0, -1.0):
        start = sign * ones
        smooth = quadratic(np.eye(2), sign * np.array([0.5, 1.5]))
        terms = AbsoluteTerms(np.eye(2), np.zeros(2), ones)
        assert _polished(smooth, terms, _Path(start, *[ones] * 4), free) is None
        for t in (1e6 / 3, -1e6 / 3):
            targets = np.array([t, 0.0])
            smooth = quadratic(np.eye(2), targets + sign + [-sign * 1e-9, sign])
            terms = AbsoluteTerms(np.eye(2), targets, ones)
            point = _Path(targets + start, *[ones] * 4)
            found = _polished(smooth, terms, point, free)
            close(found, [t, sign], atol=2e-9)
    held = _polished(smooth, terms, point, np.array([True, False]))
    close(held, [t, sign], rtol=1e-14)


def test_equations_that_are_singular_but_for_rounding_are_solved_by_least_squares() -> (
    None
):
    regular = np.array([[2.0, 1.0], [1.0, 3.0]])
    close(_solve(regular, np.array([4.0, 7.0])), [1.0, 2.0])
    close(_least_squares(regular, np.array([4.0, 7.0])), [1.0, 2.0])
    for singular in (np.ones((2, 2)), np.array([[1.0, 1.0], [1.0, 1.0 + 1e-16]])):
        for solve in (_solve, _least_squares):
            close(solve(singular, np.array([1.0, 3.0])), [1.0, 1.0], atol=1e-8)
    # of aa' the least-squares solution is a a'b / (a'a)²; elimination leaves b / 3
    a, b = np.array([0.6, 0.7, 0.1]), np.array([1.0, 0.0, 3.0])
    matrix = np.zeros((4, 4))
    matrix[:3, :3], matrix[3, 3] = np.outer(a, a), 1.0
    close(_solve(matrix, np.append(b, 1.0)), [*a * (a @ b) / (a @ a) ** 2, 1.0])
    for bad in (np.nan, np.inf):
        broken = regular + np.diag([0.0, bad])
        for solve in (_solve, _least_squares):
            with np.errstate(all="ignore"):
                assert solve(broken, np.ones(2)) is None
                assert solve(regular, np.array([bad, 1.0])) is None


def test_equations_in_units_far_apart_are_solved_by_elimination() -> None:
    """Least squares would take 1e-20 for a rounding, and the unknown for 0."""
    entries = 1 / np.add.outer(np.arange(4.0), np.arange(1.0, 5.0))
    matrix = np.diag([0.0] * 4 + [1e-20, 1.0])
    matrix[:4, :4] = entries + np.eye(4)
    x = np.array([1 / 3, 1 / 7, 1 / 11, 1 / 13])
    for size in (1.0, 1e8):
        right = np.append((entries + np.eye(4)) @ (size * x), [1.0, 0.0])
        found = _solve(matrix, right)
        close(found, [*size * x, 1e20, 0.0], rtol=1e-13)


def test_coefficients_at_their_kinks_are_told_from_the_others_over_twelve_decades() -> (
    None
):
    """Of (v - q)² / 2 + k |v| every q moves towards 0 by its k."""
    q = np.array([3.0, -400.0, 2e-7, 100.0, 300.0])
    k = np.array([1e-6, 1e6, 1e-6, 300.0, 10.0])
    found = minimise(
        quadratic(np.eye(5), q), AbsoluteTerms(np.eye(5), np.zeros(5), k), 100
    )
    close(found, [3.0 - 1e-6, 0.0, 0.0, 0.0, 290.0], rtol=1e-14)


def test_a_search_takes_few_newton_steps_and_the_polishing_two() -> None:
    """The polishing arrives by one step, and the next one shows it.

    So it does beside a coefficient of a million, whose rounding is 1e-10.
    """
    for q, most in (([3.0, 0.2], 14), ([1e6, 0.2], 22), ([1e6, -1e6, 0.0], 21)):
        hessians = list[int]()

        def hessian(v: Any, seen: list[int] = hessians) -> Any:
            seen.append(1)
            return np.eye(len(v))

        smooth = Smooth(quadratic(np.eye(len(q)), np.array(q))[0], hessian)
        ones = np.ones(len(q))
        found = minimise(smooth, AbsoluteTerms(np.eye(len(q)), 0 * ones, ones), 100)
        expected = np.sign(q) * np.maximum(np.abs(q) - 1, 0)
        close(found, expected, atol=1e-12, rtol=1e-15)
        assert len(hessians) <= most


def test_a_large_constant_takes_no_digits_of_the_point() -> None:
    """The objective is 1e9 more, and its rounding 1e-7: the kinks and sides decide."""
    q = np.array([0.05, 0.7, 1 / 3, -2.2, 1e-3])
    for constant in (1e9, -1e9):
        plain = quadratic(np.eye(5), 10 * q)
        smooth = plain._replace(
            value_and_gradient=lambda v, plain=plain, constant=constant: (
                plain.value_and_gradient(v)[0] + constant,
                plain.value_and_gradient(v)[1],
            )
        )
        terms = AbsoluteTerms(np.eye(5), np.zeros(5), np.ones(5))
        expected = np.sign(q) * np.maximum(np.abs(10 * q) - 1, 0)
        close(minimise(smooth, terms, 100), expected, rtol=1e-14)


def exponential(counts: Any) -> Smooth:
    """Return the sum of exp(v) - counts v."""
    return Smooth(
        lambda v: (float(np.sum(np.exp(v) - counts * v)), np.exp(v) - counts),
        lambda v: np.diag(np.exp(v)),
    )


@pytest.mark.parametrize("count", [1e2, 1e5, 1e9])
def test_a_step_beyond_which_the_gradient_explodes_is_shortened(count: float) -> None:
    """From 0 a whole step to log(count - 1) is as long as the count.

    The minimum of exp(v) - c v + |v| is at log(c - 1).
    """
    counts = np.array([count, 1.5, 4.0, 0.2])
    terms = AbsoluteTerms(np.eye(4), np.zeros(4), np.ones(4))
    found = minimise(exponential(counts), terms, 200)
    close(found, np.log([count - 1, 1.0, 3.0, 1.0]), rtol=1e-12, atol=1e-12)
    assert (found[[1, 3]] == 0.0).all()
    # too few steps: then the start is as good as any point beyond
    for steps in range(3):
        short = minimise(exponential(counts), terms, steps)
        value = exponential(counts).value_and_gradient(short)[0] + np.abs(short).sum()
        assert value <= 4.0


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
