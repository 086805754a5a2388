r"""Distributions of a scale s > 0, with the methods of a frozen scipy distribution.

.. math:: p(s) = e^{f(\log s)} / s

f is a spline through tabulated values, or that of the root of an
inverse-gamma variable.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self, override

import numpy as np
from scipy import stats
from scipy.interpolate import BSpline, make_interp_spline
from scipy.special import poch, polygamma

from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.univariate import probabilities, tails

NEGLIGIBLE = 42.0  # nats below the mode, where densities are cut off: exp(-42) is 6e-19


class LogMoments(NamedTuple):
    """Mean, standard deviation and kurtosis of the logarithm of a positive quantity."""

    mean: float
    sd: float
    kurtosis: float


POINTS, POINT_WEIGHTS = np.polynomial.legendre.leggauss(6)


@dataclass(frozen=True, eq=False, repr=False)
class LogScaleMarginal:
    r"""A positive quantity s with the density :math:`e^{f(\log s)} / s`.

    f is a spline. The distribution has the methods ``mean``, ``std``, ``median``,
    ``interval``, ``pdf``, ``logpdf``, ``cdf`` and ``ppf`` of a frozen ``scipy.stats``
    distribution.

    Attributes
    ----------
    grid : ndarray of shape (m,)
        Rising values of log s.
    log_density : ndarray of shape (m,)
        f at the grid. The density is negligible at both ends.
    """

    grid: FloatArray
    log_density: FloatArray

    @classmethod
    def from_log_density(cls, grid: FloatArray, log_density: FloatArray) -> Self:
        """Tabulate a log density, known up to a constant at monotone points."""
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
        """Points of Gauss's rule on each interval of the grid, and their masses.

        Both have the shape (m - 1, 6).
        """
        half = 0.5 * np.diff(self.grid)[:, np.newaxis]
        t = self.grid[:-1, np.newaxis] + half * (1 + POINTS)
        return t, half * POINT_WEIGHTS * np.exp(self._spline(t))

    @cached_property
    def _cumulative(self) -> FloatArray:
        cumulative = np.append(0.0, np.cumsum(self._points[1].sum(axis=1)))
        return cumulative / cumulative[-1]

    @property
    def _decay(self) -> float:
        """The density of log s falls as s to minus this power for large s."""
        return -float(self._spline(self.grid[-1], nu=1))

    @property
    def _center(self) -> float:
        return float(self.grid[np.argmax(self.log_density)])

    def _moment(self, power: int, about: float = 0.0) -> float:
        """Return E (s / c - about)^power, for c the mode of log s; infinite without."""
        if self._decay <= power + 1e-6:
            return np.inf
        t, masses = self._points
        last = self.grid[-1] - self._center
        # beyond the grid the integrand falls as a power of s
        tail = np.exp(self.log_density[-1] + power * last) / (self._decay - power)
        values = (np.exp(t - self._center) - about) ** power
        return float(np.sum(masses * values) + tail)

    def mean(self) -> float:
        """Return the mean, infinite where the tail is too heavy."""
        return float(np.exp(self._center)) * self._moment(1)

    def std(self) -> float:
        """Return the standard deviation, infinite where the tail is too heavy."""
        if self._decay <= 2 + 1e-6:
            return np.inf
        return float(np.exp(self._center) * np.sqrt(self._central_moment(2)))

    def kurtosis(self) -> float:
        """Return the fourth central moment over the squared variance, or infinity."""
        if self._decay <= 4 + 1e-6:
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

    def pdf(self, x: Any) -> Any:
        """Return the density of the quantity itself."""
        return np.exp(self.logpdf(x))

    def logpdf(self, x: Any) -> Any:
        """Return the log density of the quantity itself.

        The density beyond the grid is negligible, and 0.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.log(np.asarray(x, dtype=float))
        inside = (t >= self.grid[0]) & (t <= self.grid[-1])
        near = np.where(inside, t, self.grid[0])
        return np.where(inside, self._spline(near) - near, -np.inf)[()]

    def cdf(self, x: Any) -> Any:
        """Return P(s <= x)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.log(np.maximum(np.asarray(x, dtype=float), 0.0))
        return self._cdf_of_log(np.clip(t, self.grid[0], self.grid[-1]))[()]

    def _cdf_of_log(self, t: FloatArray) -> FloatArray:
        place = np.searchsorted(self.grid, t, side="right") - 1
        place = np.clip(place, 0, len(self.grid) - 2)
        half = 0.5 * (t - self.grid[place])[..., np.newaxis]
        inside = self.grid[place][..., np.newaxis] + half * (1 + POINTS)
        masses = half * POINT_WEIGHTS * np.exp(self._spline(inside))
        return self._cumulative[place] + np.sum(masses, axis=-1)

    def ppf(self, probability: Any) -> Any:
        """Return quantiles."""
        probability = probabilities(probability)
        t = self._rough_quantile(probability)
        for _ in range(3):  # Newton's steps, from within a thousandth of an interval
            density = np.maximum(np.exp(self._spline(t)), 1e-300)
            t = t - (self._cdf_of_log(t) - probability) / density
            t = np.clip(t, self.grid[0], self.grid[-1])
        return np.exp(t)[()]

    def rvs(
        self, size: int = 1, random_state: np.random.Generator | int | None = None
    ) -> FloatArray:
        """Draw independently, shape (size,); the distribution is exact to 1e-7."""
        return np.exp(self.sample_logs(np.random.default_rng(random_state), size))

    def sample_logs(self, rng: np.random.Generator, n: int) -> FloatArray:
        """Draw logarithms of the quantity, whose distribution is exact to 1e-7."""
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
        low, high = (float(self.ppf(each)) for each in tails(probability))
        return low, high


@dataclass(frozen=True, eq=False, repr=False)
class InverseGammaRoot(LogScaleMarginal):
    r"""The root of an inverse-gamma variable: :math:`s^2 \sim \mathrm{InvGamma}(a, b)`.

    .. math:: p(s) \propto s^{-2a - 1} e^{-b / s^2}

    Attributes
    ----------
    shape, scale : float
        a and b.
    """

    shape: float
    scale: float

    @classmethod
    def of(cls, shape: float, scale: float) -> Self:
        """Return the distribution with its table, which central moments come from."""
        drop = NEGLIGIBLE / shape
        # the log density of u = log(s / sqrt(b / a)) falls by a (2u + exp(-2u) - 1)
        low, high = -0.5 * np.log1p(drop + np.sqrt(2 * drop)), 0.5 * (drop + 1)
        width = 0.5 / np.sqrt(shape)
        ends = np.arcsinh(np.array([low, high]) / width)
        u = width * np.sinh(np.linspace(*ends, num=401))
        log_density = -shape * (2 * u + np.expm1(-2 * u))
        center = 0.5 * np.log(scale / shape)
        table = LogScaleMarginal.from_log_density(center + u, log_density)
        return cls(table.grid, table.log_density, shape, scale)

    @property
    def _frozen(self) -> Any:
        return stats.gengamma(self.shape, -2, scale=np.sqrt(self.scale))

    @property
    @override
    def _decay(self) -> float:
        return 2 * self.shape

    @override
    def mean(self) -> float:
        if self.shape <= 0.5:
            return np.inf
        return float(np.sqrt(self.scale) / poch(self.shape - 0.5, 0.5))

    @override
    def log_moments(self) -> LogMoments:
        # log s is half of log b minus half the logarithm of a gamma variable
        first, second, fourth = (float(polygamma(k, self.shape)) for k in (0, 1, 3))
        mean, sd = 0.5 * (np.log(self.scale) - first), 0.5 * np.sqrt(second)
        return LogMoments(float(mean), float(sd), 3 + fourth / second**2)

    @override
    def logpdf(self, x: Any) -> Any:
        return self._frozen.logpdf(x)

    @override
    def cdf(self, x: Any) -> Any:
        return self._frozen.cdf(x)

    @override
    def ppf(self, probability: Any) -> Any:
        return self._frozen.ppf(probabilities(probability))

    @override
    def rvs(
        self, size: int = 1, random_state: np.random.Generator | int | None = None
    ) -> FloatArray:
        return self._frozen.rvs(size, random_state=random_state)
