"""The search with a trust region, on functions whose maximum is known."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bayes_l2.fits.search.newton import maximise


class Function:
    """A function of one coordinate, with its derivatives."""

    size = 1

    def __init__(self, *derivatives: Callable[[float], float]) -> None:
        self.derivatives = derivatives
        self.seen: list[float] = []
        self.most = np.inf  # Hessians, before one fails

    def log_density(self, u: Any) -> float:
        return self.derivatives[0](float(u[0]))

    def gradient(self, u: Any) -> Any:
        return np.array([self.derivatives[1](float(u[0]))])

    def hessian(self, u: Any) -> Any:
        self.seen.append(float(u[0]))
        if len(self.seen) > self.most:
            raise np.linalg.LinAlgError
        return np.array([[self.derivatives[2](float(u[0]))]])

    def relative_move(self, u: Any, step: Any, *, least: float = 0.0) -> float:
        return least


def hyperbola(place: float, height: float = 0.0) -> Function:
    """Return height - sqrt(1 + (u - place)²), whose slope is at most 1."""

    def root(u: float) -> float:
        return float(np.hypot(1, u - place))

    return Function(
        lambda u: height - root(u),
        lambda u: (place - u) / root(u),
        lambda u: -(root(u) ** -3),
    )


def power(c: float, exponent: int) -> Function:
    """Return -c (u - 1)^exponent."""
    return Function(
        lambda u: -c * (u - 1) ** exponent,
        lambda u: -c * exponent * (u - 1) ** (exponent - 1),
        lambda u: -c * exponent * (exponent - 1) * (u - 1) ** (exponent - 2),
    )


@pytest.mark.parametrize("height", [0.0, 1e12])
@pytest.mark.parametrize("place", [0.3, -7.0, 1e6])
def test_the_maximum_is_found_however_far_and_high(place: float, height: float) -> None:
    found = maximise(hyperbola(place, height), 200)
    np.testing.assert_allclose(found, [place], rtol=1e-12)


def test_a_search_out_of_iterations_stays_where_it_is() -> None:
    """The first step is as long as the first trust radius, 1."""
    np.testing.assert_allclose(maximise(hyperbola(50.0), 1), [1.0])


def test_a_slope_below_the_tolerance_is_followed_to_its_end() -> None:
    np.testing.assert_allclose(maximise(power(1e-12, 2), 200), [1.0])


@pytest.mark.parametrize("most", [1, 2, 10])
@pytest.mark.parametrize("c", [1e-12, 1e-7])
def test_the_bound_counts_the_steps_of_both_parts(most: int, c: float) -> None:
    """Of (u - 1)⁴ each step of Newton's method leaves two thirds of the way.

    The slope is below the tolerance from the start, or after some steps.
    """
    found = maximise(power(c, 4), most)
    np.testing.assert_allclose(1 - found, [(2 / 3) ** most], rtol=1e-6)


def test_where_a_hessian_fails_the_last_point_is_kept() -> None:
    function = hyperbola(50.0)
    function.most = 3
    found = maximise(function, 200)
    # that of the fourth fails, to which a step from the third point had led
    assert function.seen == sorted(function.seen)
    assert found[0] == function.seen[2]
