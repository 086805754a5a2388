"""Distributions of one quantity: mixtures of normals, and positive quantities tabulated over their logarithm."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from scipy.interpolate import BSpline, make_interp_spline
from scipy.special import logsumexp, ndtr, ndtri

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.validation import require_probability


@dataclass(frozen=True, eq=False, repr=False)
class NormalMixture:
    """A mixture of normal distributions of one quantity, or of several side by side.

    It has the verbs ``mean``, ``std``, ``median``, ``interval``, ``pdf``, ``logpdf``, ``cdf`` and ``ppf`` of a frozen
    ``scipy.stats`` distribution.

    Attributes
    ----------
    weights : ndarray of shape (c,)
        Probabilities of the components, which sum to 1.
    means, sds : ndarray of shape (..., c)
        Of the components, for each quantity.
    decays : float or ndarray of shape (...)
        The order below which moments are finite: the mixture may stand for one over ever wider components.
    """

    weights: FloatArray
    means: FloatArray
    sds: FloatArray
    decays: Any = np.inf

    def mean(self) -> Any:
        """Return the mean of each quantity, NaN where there is none."""
        return np.where(np.asarray(self.decays) > 1, self.means @ self.weights, np.nan)[
            ()
        ]

    def std(self) -> Any:
        """Return the standard deviation of each quantity, infinite where there is none."""
        deviations = self.means - (self.means @ self.weights)[..., np.newaxis]
        variances = (self.sds**2 + deviations**2) @ self.weights
        return np.sqrt(np.where(np.asarray(self.decays) > 2, variances, np.inf))[()]

    def pdf(self, x: Any) -> Any:
        """Return the density at x, which broadcasts against the quantities."""
        return np.exp(self.logpdf(x))

    def logpdf(self, x: Any) -> Any:
        """Return the log density at x, which broadcasts against the quantities."""
        z = (np.asarray(x, dtype=float)[..., np.newaxis] - self.means) / self.sds
        return logsumexp(
            -0.5 * (z**2 + LOG_2PI) - np.log(self.sds), axis=-1, b=self.weights
        )

    def cdf(self, x: Any) -> Any:
        """Return the probability of at most x, which broadcasts against the quantities."""
        z = (np.asarray(x, dtype=float)[..., np.newaxis] - self.means) / self.sds
        return ndtr(z) @ self.weights

    def ppf(self, probability: Any) -> Any:
        """Return quantiles; the probability broadcasts against the quantities."""
        probability = _probabilities(probability)
        shape = np.broadcast_shapes(probability.shape, self.means.shape[:-1])
        kept = self.weights > 1e-18
        weights = self.weights[kept] / self.weights[kept].sum()
        means, sds = self.means[..., kept], self.sds[..., kept]
        z = ndtri(probability)[..., np.newaxis]
        low, high = (
            np.broadcast_to(f(means + z * sds, axis=-1), shape).copy()
            for f in (np.min, np.max)
        )
        for _ in range(
            64
        ):  # a quantile of the mixture lies among those of its components
            middle = 0.5 * (low + high)
            below = (
                ndtr((middle[..., np.newaxis] - means) / sds) @ weights < probability
            )
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (0.5 * (low + high))[()]

    def median(self) -> Any:
        """Return the median of each quantity."""
        return self.ppf(0.5)

    def interval(self, probability: float = 0.95) -> Any:
        """Return the ends of the equal-tailed interval of each quantity."""
        require_probability(probability)
        return self.ppf((1 - probability) / 2), self.ppf((1 + probability) / 2)


class LogMoments(NamedTuple):
    """Mean, standard deviation and kurtosis of the logarithm of a positive quantity."""

    mean: float
    sd: float
    kurtosis: float


POINTS, POINT_WEIGHTS = np.polynomial.legendre.leggauss(6)


@dataclass(frozen=True, eq=False, repr=False)
class LogScaleMarginal:
    """The distribution of one positive quantity, whose log density is a spline over its logarithm.

    It has the verbs ``mean``, ``std``, ``median``, ``interval``, ``pdf``, ``logpdf``, ``cdf`` and ``ppf`` of a frozen
    ``scipy.stats`` distribution.

    Attributes
    ----------
    grid : ndarray of shape (m,)
        Logarithms of the quantity, rising.
    log_density : ndarray of shape (m,)
        Log density of the logarithm there, negligible at both ends.
    """

    grid: FloatArray
    log_density: FloatArray

    @classmethod
    def from_log_density(cls, grid: FloatArray, log_density: FloatArray) -> Self:
        """Tabulate a log density that is known at rising or falling points and up to a constant."""
        order = np.argsort(grid)
        grid, log_density = grid[order], log_density[order]
        kept = np.isfinite(log_density) & (log_density > log_density.max() - 200)
        draft = cls(grid[kept], log_density[kept] - log_density.max())
        return cls(draft.grid, draft.log_density - np.log(draft._points[1].sum()))

    @cached_property
    def _spline(self) -> BSpline:
        return make_interp_spline(self.grid, self.log_density, k=5)

    @cached_property
    def _points(self) -> tuple[FloatArray, FloatArray]:
        """Points of Gauss's rule on each interval of the grid, and weight times density there, shape (m - 1, 6)."""
        half = 0.5 * np.diff(self.grid)[:, np.newaxis]
        t = self.grid[:-1, np.newaxis] + half * (1 + POINTS)
        return t, half * POINT_WEIGHTS * np.exp(self._spline(t))

    @cached_property
    def _cumulative(self) -> FloatArray:
        cumulative = np.append(0.0, np.cumsum(self._points[1].sum(axis=1)))
        return cumulative / cumulative[-1]

    @property
    def _decay(self) -> float:
        """The power of the quantity by which its upper tail falls."""
        return -float(self._spline(self.grid[-1], nu=1))

    def _moment(self, power: int) -> float:
        """Return the mean of a power of the quantity over that of e^center."""
        center = self._center
        if self._decay <= power + 1e-6:
            return np.inf
        tail = np.exp(self.log_density[-1] + power * (self.grid[-1] - center)) / (
            self._decay - power
        )
        t, masses = self._points
        return float(np.sum(masses * np.exp(power * (t - center))) + tail)

    @property
    def _center(self) -> float:
        return float(self.grid[np.argmax(self.log_density)])

    def mean(self) -> float:
        """Return the mean, infinite where the tail is too heavy."""
        return float(np.exp(self._center)) * self._moment(1)

    def std(self) -> float:
        """Return the standard deviation, infinite where the tail is too heavy."""
        mean, second = self._moment(1), self._moment(2)
        if not np.isfinite(second):
            return np.inf
        t, masses = self._points
        squares = np.sum(masses * (np.exp(t - self._center) - mean) ** 2)
        tail = np.exp(self.log_density[-1] + 2 * (self.grid[-1] - self._center)) / (
            self._decay - 2
        )
        return float(np.exp(self._center) * np.sqrt(squares + tail))

    def log_moments(self) -> LogMoments:
        """Return mean, sd and kurtosis of the logarithm."""
        t, masses = self._points
        mean = np.sum(masses * t)
        second, fourth = (np.sum(masses * (t - mean) ** power) for power in (2, 4))
        return LogMoments(
            float(mean), float(np.sqrt(second)), float(fourth / second**2)
        )

    def pdf(self, x: Any) -> Any:
        """Return the density of the quantity itself."""
        return np.exp(self.logpdf(x))

    def logpdf(self, x: Any) -> Any:
        """Return the log density of the quantity itself; beyond the grid it is negligible, and 0."""
        with np.errstate(divide="ignore"):
            t = np.log(np.asarray(x, dtype=float))
        inside = (t >= self.grid[0]) & (t <= self.grid[-1])
        return np.where(
            inside,
            self._spline(np.where(inside, t, self.grid[0])) - np.where(inside, t, 0),
            -np.inf,
        )[()]

    def cdf(self, x: Any) -> Any:
        """Return the probability of at most x."""
        with np.errstate(divide="ignore"):
            t = np.clip(np.log(np.asarray(x, dtype=float)), self.grid[0], self.grid[-1])
        return self._cdf_of_log(t)[()]

    def _cdf_of_log(self, t: FloatArray) -> FloatArray:
        place = np.clip(
            np.searchsorted(self.grid, t, side="right") - 1, 0, len(self.grid) - 2
        )
        half = 0.5 * (t - self.grid[place])[..., np.newaxis]
        inside = self.grid[place][..., np.newaxis] + half * (1 + POINTS)
        return self._cumulative[place] + np.sum(
            half * POINT_WEIGHTS * np.exp(self._spline(inside)), axis=-1
        )

    def ppf(self, probability: Any) -> Any:
        """Return quantiles."""
        probability = _probabilities(probability)
        t = self._rough_quantile(probability)
        for _ in range(3):  # Newton's steps, from within a thousandth of an interval
            t = t - (self._cdf_of_log(t) - probability) / np.maximum(
                np.exp(self._spline(t)), 1e-300
            )
            t = np.clip(t, self.grid[0], self.grid[-1])
        return np.exp(t)[()]

    def sample_logs(self, rng: np.random.Generator, n: int) -> FloatArray:
        """Draw logarithms of the quantity, their distribution exact to 1e-7."""
        return self._rough_quantile(rng.random(n))

    @cached_property
    def _table(self) -> tuple[FloatArray, FloatArray]:
        """A fine grid, and its probabilities."""
        places = np.linspace(0, len(self.grid) - 1, 64 * len(self.grid))
        fine = np.interp(places, np.arange(len(self.grid)), self.grid)
        cumulative = self._cdf_of_log(fine)
        rising = np.append(True, np.diff(cumulative) > 0)
        return fine[rising], cumulative[rising]

    def _rough_quantile(self, probability: FloatArray) -> FloatArray:
        fine, cumulative = self._table
        return np.interp(probability, cumulative, fine)

    def median(self) -> float:
        """Return the median."""
        return float(self.ppf(0.5))

    def interval(self, probability: float = 0.95) -> tuple[float, float]:
        """Return the ends of the equal-tailed interval."""
        require_probability(probability)
        return float(self.ppf((1 - probability) / 2)), float(
            self.ppf((1 + probability) / 2)
        )


def _probabilities(values: Any) -> FloatArray:
    values = np.asarray(values, dtype=float)
    if not ((values > 0) & (values < 1)).all():
        raise ValueError(f"probability must be between 0 and 1, got {values}")
    return values
