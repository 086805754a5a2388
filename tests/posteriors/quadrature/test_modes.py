"""The search for modes of the log penalty, on densities whose modes are known."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import logsumexp

from bayes_l2 import priors
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.nodes import ScaleQuadrature, _Mode
from tests.posteriors.quadrature.dense import Dense


class Known(ScaleQuadrature):
    """A log density of the log penalty that is given, and marks about its bulk."""

    def __init__(
        self, log_density: Callable[[Any], Any], marks: tuple[float, float]
    ) -> None:
        model = Dense(8, 2).model(priors.HalfNormal(1.0), priors.HalfCauchy(1.0))
        super().__init__(Eigenbasis.of(model))
        self.known, self.marks = log_density, marks

    def _penalty_log_density(self, x: Any, n: int = 32) -> Any:
        return self.known(x)

    def _landmarks(self) -> list[float]:
        return list(self.marks)

    def _log_moments(self, x: Any) -> Any:
        return np.stack([self.known(x)] * 3)


def bumps(*places: tuple[float, float, float]) -> Callable[[Any], Any]:
    """Return the log of a sum of bumps of centers, widths and log heights."""

    def log_density(x: Any) -> Any:
        logs = [h - 0.5 * ((np.asarray(x) - c) / w) ** 2 for c, w, h in places]
        return logsumexp(np.array(logs), axis=0)

    return log_density


def test_modes_that_are_not_negligible() -> None:
    """One of 30 nats less counts, and one of 45 nats less does not."""
    density = bumps((-9.1, 0.7, -30.0), (0.2, 1.0, 0.0), (9.0, 0.2, -45.0))
    found = Known(density, (-3.0, 6.0))._modes
    assert [mode.center for mode in found] == pytest.approx([-9.1, 0.2], abs=0.02)
    assert [mode.width for mode in found] == pytest.approx([0.7, 1.0], rel=0.01)
    assert [mode.height for mode in found] == pytest.approx([-30, 0], abs=1e-3)


def test_a_lower_mode_at_the_end_where_the_density_is_least() -> None:
    """The search starts from the largest value, and does not leave for the least."""
    density = bumps((-9.0, 1.5, 0.0), (2.0, 1.5, -10.0))
    found = Known(density, (-3.0, 6.0))._modes
    assert [mode.center for mode in found] == pytest.approx([-9, 2], abs=0.02)


@pytest.mark.parametrize("width", [1e-2, 3e-3, 1e-4])
def test_a_mode_that_is_narrower_than_the_search(width: float) -> None:
    """Points of a half see its far slopes alone, as high as they are."""
    density = bumps((20.23, width, 1e7), (19.0, 1.0, 0.0))
    (mode,) = Known(density, (17.0, 21.0))._modes
    assert mode.center == pytest.approx(20.23, abs=width)
    assert mode.width == pytest.approx(width, rel=0.15)


@pytest.mark.parametrize("center", [-7.8, -60.3, 90.2, 313.1])
def test_a_mode_beyond_all_marks(center: float) -> None:
    (mode,) = Known(bumps((center, 1.5, 0.0)), (0.0, 1.0))._modes
    assert mode.center == pytest.approx(center, abs=0.02)
    assert mode.width == pytest.approx(1.5, rel=0.01)


def test_a_density_that_rises_without_end() -> None:
    """The search stops where numbers do, and takes a width of five."""
    (mode,) = Known(lambda x: 0.1 * x, (0.0, 1.0))._modes
    assert 590 < mode.center < 612
    assert mode.width == pytest.approx(5, rel=1e-3)
    (mode,) = Known(lambda x: -0.1 * x, (0.0, 1.0))._modes
    assert -612 < mode.center < -590


def test_ends_of_two_modes() -> None:
    """On each side the outer one counts, in steps of a half of arsinh."""
    # 50 nats below are at z = 10, where arsinh is 2.998
    for depth, v in ((50.0, 3.0), (50.6, 3.5), (38.0, 3.0)):
        found = Known(bumps((0.2, 1.0, 0.0)), (-5.0, 5.0))._spread(depth)
        assert found.low == pytest.approx(0.2 - np.sinh(v), rel=0.02)
        assert found.high == pytest.approx(0.2 + np.sinh(v), rel=0.02)
    density = bumps((-10.0, 1.0, 0.0), (10.0, 0.5, 1.0))
    found = Known(density, (-5.0, 5.0))._spread(50.0)
    # from the mode on the other side: 74.2 halves of a width, and 27.3 widths
    assert found.low == pytest.approx(10 - 0.5 * np.sinh(5.0), rel=0.01)
    assert found.high == pytest.approx(-10 + np.sinh(4.0), rel=0.01)
    # a peak 0.01 wide on a foot of 1, between steps from a mode 500 times wider
    density = bumps((-50.0, 5.0, 0.0), (20.0, 0.01, 0.0), (20.0, 1.0, -3.0))
    found = Known(density, (-60.0, 25.0))._spread(50.0)
    assert 20 + np.sqrt(2 * 47) < found.high < 20 + np.exp(0.5) * np.sqrt(2 * 47)
    narrow = Known(bumps((0.0, 0.012, 0.0)), (-1.0, 1.0))._spread(38.0)
    assert narrow.high == pytest.approx(0.012 * np.sinh(3.0), rel=0.1)


def test_a_tail_that_never_falls_ends_at_the_last_place() -> None:
    level = Known(lambda x: 0.0 * x, (0.0, 1.0))
    places = np.array([0.0, 1.0, 2.0])
    end = level._end(_Mode(3.0, 0.5, 0.0), places, 50.0)
    assert end == pytest.approx(3 + 0.5 * np.sinh(2.0), rel=1e-12)
