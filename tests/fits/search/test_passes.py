"""The steps of the search by passes: their length, and when there is none."""

from typing import Any

import numpy as np
import pytest

from bayes_l2.fits.search.passes import (
    _further,
    _is_there,
    _moved,
    _part,
    _safe_length,
    climb,
)


class Overshot:
    """A log density of one coordinate that falls off a cliff beyond 0.6."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def log_density(self, u: np.ndarray) -> float:
        self.seen.append(float(u[0]))
        return -1e6 if u[0] > 0.6 else float(u[0])

    def gradient(self, u: np.ndarray) -> np.ndarray:
        return np.array([-1e6 if u[0] > 0.6 else 1.0])

    def largest_move(self, step: np.ndarray) -> float:
        return float(np.expm1(1.0))  # of which the part 1 / (e - 1) = 0.582 is safe


def test_the_cubic_does_not_shorten_below_the_safe_part() -> None:
    objective: Any = Overshot()
    moved = _moved(objective, np.zeros(1), np.ones(1), left=1.0)
    safe = 1 / np.expm1(1.0)
    assert moved is not None
    np.testing.assert_allclose(objective.seen, [0.0, 1.0, safe], rtol=1e-12)
    np.testing.assert_allclose(moved, [safe], rtol=1e-12)


def test_a_shorter_step_may_gain_less() -> None:
    """The safe part 0.58 has to gain 1e-4 of what its slope of 1 promises, 0.58e-4."""

    class Level(Overshot):
        def log_density(self, u: np.ndarray) -> float:
            return super().log_density(u) * 1.1e-4

    objective: Any = Level()
    moved = _moved(objective, np.zeros(1), np.ones(1), left=1.0)
    assert moved == pytest.approx([1 / np.expm1(1.0)])


@pytest.mark.parametrize("length", [1.0, 0.25])
@pytest.mark.parametrize(
    ("peak", "expected"), [(0.3, 0.3), (0.06, 0.06), (0.01, 0.05), (0.8, 0.5)]
)
def test_the_part_of_a_step_is_at_the_maximum_of_a_cubic(
    peak: float, expected: float, length: float
) -> None:
    """The slope (peak - t)(3 + t) has the integral 3 peak t + (peak - 3) t²/2 - t³/3.

    A part is held between 0.05 and 0.5 of the step.
    """
    rising, peak = peak, peak * length
    gain = 3 * peak * length + (peak - 3) * length**2 / 2 - length**3 / 3
    there = (peak - length) * (3 + length)
    assert rising == peak / length
    found = _part(3 * peak, there, gain, length)
    assert found == pytest.approx(expected, rel=1e-9)


def test_a_cubic_without_a_maximum_and_a_slope_without_a_square() -> None:
    # rise² < slope · slope_there: the part is that of a root of 0
    rise, slope, there = 1.0, 2.0, 3.0
    gain = (slope + there - rise) / 3
    part = 1 - (rise - there) / (slope - there)
    assert _part(slope, there, gain, 1.0) == np.clip(part, 0.05, 0.5)
    for far in (-1e151, 1e151, np.nan, -np.inf):
        assert _part(1.0, far, -1.0, 1.0) == 0.05


@pytest.mark.parametrize("rate", [0.5, -0.3])
@pytest.mark.parametrize("root", [0.4, 2.0, 2.9])
def test_two_curvatures_find_the_root_of_an_exponential_slope(
    root: float, rate: float
) -> None:
    """The slope e^(-k root) - e^(-k u), over -k, is 0 at the root."""

    def slope(u: float) -> Any:
        return np.array([(np.exp(-rate * u) - np.exp(-rate * root)) / rate])

    def hessian(u: float) -> Any:
        return np.array([[-np.exp(-rate * u)]])

    before, now = -0.5, 0.2
    step = np.array([now - before])
    further = _further(step, hessian(before), hessian(now), slope(now))
    newton = slope(now) / -hessian(now)[0]
    assert now + newton + further == pytest.approx([root], rel=1e-9)


def test_where_two_curvatures_say_nothing_there_is_nothing_to_add() -> None:
    step, one, slope = np.ones(2), np.eye(2), np.ones(2)
    nothing = np.zeros(2)
    for before, now in (
        (-one, -one),
        (one, -one),
        (-one, one),
        (one, one),
        (0 * one, -one),
        (-one, 0 * one),
    ):
        np.testing.assert_array_equal(_further(step, before, now, slope), nothing)
    # there may be no root: log(1 - 0.9) is as far as it goes
    expected = (np.log(10) / 0.9 - 1) * step
    found = _further(step, -np.exp(3) * one, -one, slope)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("left", "before", "dear", "there"),
    [
        (1e-9, 1.0, True, False),
        (3e-10, 1.0, True, True),
        (1e-10, 1.0, True, True),
        (1e-10, 1.0, False, False),  # in memory one more pass is cheap,
        (1e-12, 1.0, False, True),
        (1e-10, 1e-9, False, False),
        (1e-10, 9e-10, False, True),  # unless it leaves more than a tenth
    ],
)
def test_the_search_ends_where_a_step_is_short_or_rounding(
    left: float, before: float, dear: bool, there: bool
) -> None:
    class Objective:
        are_dear = dear

    objective: Any = Objective()
    assert _is_there(objective, left, before) == there


@pytest.mark.parametrize("move", [0.0, 1e-3, 1.0, 50.0])
def test_the_safe_part_is_log1p_of_the_move_over_the_move(move: float) -> None:
    class Objective:
        def largest_move(self, step: np.ndarray) -> float:
            return move * float(step[0])

    objective: Any = Objective()
    expected = 1.0 if move == 0 else np.log(1 + 2 * move) / (2 * move)
    assert _safe_length(objective, np.array([2.0])) == pytest.approx(expected)


class Exponential:
    """The log density -e^-u - u / e^10 of one coordinate, or less of a slope."""

    size, are_dear = 1, False

    def __init__(self) -> None:
        self.points = set[float]()

    def log_density(self, u: Any) -> float:
        self.points.add(float(u[0]))
        return float(-np.exp(-u[0]) - u[0] * np.exp(-10))

    def gradient(self, u: Any) -> Any:
        return np.exp(-u) - np.exp(-10)

    def hessian(self, u: Any) -> Any:
        return -np.exp(-u)[:, np.newaxis]

    def relative_move(self, u: Any, step: Any, *, least: float) -> float:
        return least

    def largest_move(self, step: Any) -> float:
        return float(np.abs(step).max())

    def has_no_mode(self, u: Any) -> bool:
        return False


def test_along_an_exponential_tail_a_pass_gains_more_than_one() -> None:
    """Newton's method alone gains 1 a pass, and log(10) is the most of a pass here."""
    objective: Any = Exponential()
    np.testing.assert_allclose(climb(objective, 50), [10.0], rtol=1e-9)
    assert len(objective.points) <= 6


@pytest.mark.parametrize(
    ("slope", "nearer", "moves"),
    [(0.9e-10, 0.5, True), (0.9e-10, 1.0, False), (1.9e-10, 0.5, False)],
)
def test_a_gain_that_rounding_hides_is_one_if_less_is_left(
    slope: float, nearer: float, moves: bool
) -> None:
    """The density is 0 to rounding; a larger slope would show in it."""

    class Level(Exponential):
        def log_density(self, u: Any) -> float:
            return 0.0

        def gradient(self, u: Any) -> Any:
            return np.array([slope * (nearer if u[0] else 1.0)])

        def hessian(self, u: Any) -> Any:
            return -np.eye(1)

    objective: Any = Level()
    moved = _moved(objective, np.zeros(1), np.ones(1), left=slope)
    assert (moved is not None) == moves
