r"""Tabulated distributions of a scale s > 0, with the methods of a frozen scipy one.

.. math:: p(s) = e^{f(\log s)} / s

f is a spline through values at a grid.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from scipy.interpolate import BSpline, make_interp_spline

from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.distributions.univariate import Univariate

NEGLIGIBLE = 42.0  # nats below the mode, where densities are cut off: exp(-42) is 6e-19

DEGREE = 5  # of the spline
LOST = 0.01  # of a log density: more rounding changes probabilities by as much
LOWEST = 100.0  # nats below the mode, where a table ends
STEEP_ENOUGH = 1e-3  # a slope that the log density has at least beyond a table


class LogMoments(NamedTuple):
    """Mean, standard deviation and kurtosis of the logarithm of a positive quantity."""

    mean: float
    sd: float
    kurtosis: float


POINTS, POINT_WEIGHTS = np.polynomial.legendre.leggauss(6)


@dataclass(frozen=True, eq=False, repr=False)
class LogScaleMarginal(Univariate):
    r"""A positive quantity s with the density :math:`e^{f(\log s)} / s`.

    f is a spline within a grid, and straight beyond it.

    Attributes
    ----------
    grid : ndarray of shape (m,)
        Rising values of log s.
    log_density : ndarray of shape (m,)
        f at the grid. The density is negligible at both ends.
    decay : float
        The density of log s falls as s to minus this power for large s, faster than any
        power if it is infinite. Moments below this order are finite.
    """

    grid: FloatArray
    log_density: FloatArray
    decay: float

    @classmethod
    def of(cls, grid: FloatArray, log_density: FloatArray, decay: float) -> Self:
        """Tabulate a log density, known up to a constant at monotone points."""
        size = abs(float(log_density.max()))
        order = np.argsort(grid)
        grid, log_density = grid[order], log_density[order] - log_density.max()
        seen = np.flatnonzero(log_density > -LOWEST)
        within = slice(seen[0], seen[-1] + 1)
        if len(grid[within]) <= DEGREE or not np.finfo(float).eps * size < LOST:
            raise ValueError(
                f"the posterior of a scale is not known: rounding of its log density, "
                f"{size:.1e}, hides its shape; a given scale may be far too small"
            )
        # a valley between bumps may be so deep that no spline follows
        heights = np.logaddexp(log_density[within], -2 * LOWEST)
        draft = cls(grid[within], heights, decay)
        total = draft._points[1].sum() + sum(draft._tails)
        return cls(draft.grid, draft.log_density - np.log(total), decay)

    def distance(self, other: "LogScaleMarginal") -> float:
        """Return the probability on which two tables with the same ends disagree.

        Where log s is several sds from its mean, it counts by the square of their
        number. So the distance bounds changes of probabilities and of log moments.
        """
        t, masses = self._points
        half = 0.5 * np.diff(self.grid)[:, np.newaxis]
        others = half * POINT_WEIGHTS * np.exp(other._spline(t))
        mean, sd, _ = self.log_moments()
        return float(np.sum(np.abs(masses - others) * (1 + ((t - mean) / sd) ** 2)))

    @cached_property
    def _spline(self) -> BSpline:
        return make_interp_spline(self.grid, self.log_density, k=DEGREE)

    @cached_property
    def _slopes(self) -> tuple[float, float]:
        """How fast f rises at the first place and falls at the last, both positive."""
        first, last = (float(self._spline(self.grid[k], nu=1)) for k in (0, -1))
        fall = -last if np.isinf(self.decay) else self.decay
        return max(first, STEEP_ENOUGH), max(fall, STEEP_ENOUGH)

    @cached_property
    def _tails(self) -> tuple[float, float]:
        """The probabilities below and above the grid."""
        ends = zip(self.log_density[[0, -1]], self._slopes, strict=True)
        below, above = (float(np.exp(height)) / slope for height, slope in ends)
        return below, above

    @cached_property
    def _points(self) -> tuple[FloatArray, FloatArray]:
        """Points of Gauss's rule on each interval of the grid, and their masses.

        Both have the shape (m - 1, 6).
        """
        half = 0.5 * np.diff(self.grid)[:, np.newaxis]
        t = self.grid[:-1, np.newaxis] + half * (1 + POINTS)
        return t, half * POINT_WEIGHTS * np.exp(self._spline(t))

    @cached_property
    def _cumulative(self) -> tuple[FloatArray, FloatArray]:
        """The probabilities below and above each place of the grid."""
        masses, (below, above) = self._points[1].sum(axis=1), self._tails
        lower = np.cumsum(np.append(below, masses))
        upper = np.cumsum(np.append(masses, above)[::-1])[::-1]
        return lower, upper

    @property
    def _center(self) -> float:
        return float(self.grid[np.argmax(self.log_density)])

    def _moment(self, power: int, about: float = 0.0) -> float:
        """Return E (s / c - about)^power, for c the mode of log s; infinite without."""
        if self.decay <= power:
            return np.inf
        t, masses = self._points
        values = (np.exp(t - self._center) - about) ** power
        # beyond the grid the integrand falls as a power of s
        last, beyond = self.grid[-1] - self._center, self._slopes[1] - power
        tail = np.exp(self.log_density[-1] + power * last) / beyond if beyond > 0 else 0
        return float(np.sum(masses * values) + tail)

    def mean(self) -> float:
        """Return the mean, infinite where the tail is too heavy."""
        return float(np.exp(self._center)) * self._moment(1)

    def std(self) -> float:
        """Return the standard deviation, infinite where the tail is too heavy."""
        return float(np.exp(self._center) * np.sqrt(self._central_moment(2)))

    def kurtosis(self) -> float:
        """Return the fourth central moment over the squared variance, or infinity."""
        if self.decay <= 4:
            return np.inf
        return self._central_moment(4) / self._central_moment(2) ** 2

    def _central_moment(self, power: int) -> float:
        return self._moment(power, about=self._moment(1))

    def log_moments(self) -> LogMoments:
        """Return mean, sd and kurtosis of the logarithm."""
        t, masses = self._points
        mean = np.sum(masses * t)
        second, fourth = (np.sum(masses * (t - mean) ** power) for power in (2, 4))
        sd, kurtosis = np.sqrt(second), fourth / second**2
        return LogMoments(float(mean), float(sd), float(kurtosis))

    def logpdf(self, x: Any) -> Any:
        """Return the log density of the quantity itself."""
        t = log_of(x)
        with np.errstate(invalid="ignore"):
            under, over = self._beyond(t)
            logs = self._spline(np.clip(t, *self.grid[[0, -1]])) - under - over - t
        return np.where(np.isinf(t), -np.inf, logs)[()]

    def _probabilities(self, x: Any) -> tuple[Any, Any]:
        t = log_of(x)
        return self._below(t), self._above(t)

    def _below(self, t: FloatArray) -> FloatArray:
        """Return P(log s <= t)."""
        inside, place = np.clip(t, *self.grid[[0, -1]]), self._place(t)
        within = self._cumulative[0][place] + self._mass(self.grid[place], inside)
        under, over = self._beyond(t)
        return within * np.exp(-under) - self._tails[1] * np.expm1(-over)

    def _above(self, t: FloatArray) -> FloatArray:
        """Return P(log s > t)."""
        inside, after = np.clip(t, *self.grid[[0, -1]]), self._place(t) + 1
        within = self._cumulative[1][after] + self._mass(inside, self.grid[after])
        under, over = self._beyond(t)
        return within * np.exp(-over) - self._tails[0] * np.expm1(-under)

    def _place(self, t: FloatArray) -> Any:
        """Return the interval of the grid that t lies in, or is nearest to."""
        place = np.searchsorted(self.grid, t, side="right") - 1
        return np.clip(place, 0, len(self.grid) - 2)

    def _beyond(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how far f falls from the ends of the grid to t below and above it."""
        (first, last), (rise, fall) = self.grid[[0, -1]], self._slopes
        return rise * np.maximum(first - t, 0), fall * np.maximum(t - last, 0)

    def _mass(self, start: FloatArray, end: FloatArray) -> FloatArray:
        """Return the probability between two places of one interval."""
        half = 0.5 * (end - start)[..., np.newaxis]
        inside = start[..., np.newaxis] + half * (1 + POINTS)
        return np.sum(half * POINT_WEIGHTS * np.exp(self._spline(inside)), axis=-1)

    def rvs(self, size: Any = None, random_state: Any = None) -> Any:
        """Draw independently; that of a table is exact to 1e-7."""
        shape = () if size is None else tuple(np.atleast_1d(size))
        rng = np.random.default_rng(random_state)
        return np.exp(self.sample_logs(rng, int(np.prod(shape))).reshape(shape))[()]

    def sample_logs(self, rng: np.random.Generator, n: int) -> FloatArray:
        """Draw logarithms of the quantity, whose distribution is exact to 1e-7."""
        fine, lower, _ = self._table
        return np.interp(rng.random(n), lower, fine)

    def _quantile(self, lower: FloatArray, upper: FloatArray) -> Any:
        found = [self._log_quantile(lower, side=0), self._log_quantile(upper, side=1)]
        with np.errstate(over="ignore"):  # beyond the largest number
            return np.exp(np.where(upper < lower, found[1], found[0]))

    @np.errstate(divide="ignore")  # the quantile of 0
    def _log_quantile(self, probability: FloatArray, side: int) -> FloatArray:
        """Return where a probability lies below log s, or above it for a side of 1."""
        direction, fine, rising = 1 - 2 * side, self._table[0], self._table[1 + side]
        fine, rising = fine[::direction], np.log(rising[::direction])
        goal = np.log(probability)
        after = np.clip(np.searchsorted(rising, goal), 1, len(fine) - 1)
        near, far = fine[after - 1], fine[after]
        low, high = np.minimum(near, far), np.maximum(near, far)
        t = np.interp(goal, rising, fine)
        for _ in range(3):  # Newton's steps, from within a thousandth of an interval
            found = self._above(t) if side else self._below(t)
            step = (goal - np.log(found)) * found / np.exp(self._spline(t))
            t = np.clip(t + direction * step, low, high)
        tail, slope = self._tails[side], self._slopes[side]
        beyond = self.grid[-side] + direction * (goal - np.log(tail)) / slope
        return np.where(probability < tail, beyond, t)

    @cached_property
    def _table(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """A fine grid, and the probabilities below and above it."""
        places = np.linspace(0, len(self.grid) - 1, 64 * len(self.grid))
        fine = np.interp(places, np.arange(len(self.grid)), self.grid)
        return fine, self._below(fine), self._above(fine)


def log_of(x: Any) -> FloatArray:
    """Return log x, minus infinity where x is not positive."""
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(np.asarray(x, dtype=float), 0.0))
