"""A step that is too long is shortened to the part that is a gain for sure, no more."""

from typing import Any

import numpy as np

from bayes_l2.fits.search.passes import _moved


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
