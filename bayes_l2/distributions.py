"""The shapes that a posterior can take. Today: the multivariate normal, held by its mean and precision root."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from scipy import stats
from scipy.interpolate import BSpline, make_interp_spline
from scipy.linalg import solve_triangular
from scipy.special import logsumexp, ndtr, ndtri

from bayes_l2.sufficient_statistics import norms, triangular_factor
from bayes_l2.validation import LOG_2PI, FloatArray, require_probability


@dataclass(frozen=True, eq=False, repr=False)
class MultivariateNormal:
    r"""A Gaussian over named quantities, :math:`N(m, (A^\top A)^{-1})`.

    Density:

    .. math:: \log p(b) = \sum_j \log A_{jj} - \tfrac d2 \log 2\pi - \tfrac12 \lVert A (b - m) \rVert^2

    Attributes
    ----------
    names : tuple of str
        Names of the d quantities.
    mean : ndarray of shape (d,)
        m, which is also the mode.
    root : ndarray of shape (d, d)
        A, upper-triangular with a positive diagonal: the Cholesky factor of the precision. A zero on the diagonal is
        a flat direction; the distribution is improper then, and may be conditioned but not drawn from.

    Raises
    ------
    ValueError
        By all that needs a covariance, where the distribution is improper.
    """

    names: tuple[str, ...]
    mean: FloatArray
    root: FloatArray

    def __repr__(self) -> str:
        proper = np.diag(self.root).all()
        sds = self.sd if proper else np.full(len(self.mean), np.inf)
        quantities = ", ".join(
            f"{name}: {m:.4g} ± {s:.2g}" for name, m, s in zip(self.names, self.mean, sds, strict=True)
        )
        return f"{type(self).__name__}({quantities})"

    @cached_property
    def inverse_root(self) -> FloatArray:
        """The inverse of ``root``: upper-triangular B with BB' the covariance."""
        flat = [name for name, entry in zip(self.names, np.diag(self.root), strict=True) if entry == 0]
        if flat:
            raise ValueError(f"the distribution is improper, flat in {', '.join(flat)}: it has no covariance")
        return solve_triangular(self.root, np.eye(len(self.mean)))

    @cached_property
    def sd(self) -> FloatArray:
        """Standard deviations, shape (d,)."""
        return norms(self.inverse_root, axis=1)

    @property
    def cov(self) -> FloatArray:
        """Covariance matrix, shape (d, d)."""
        return self.inverse_root @ self.inverse_root.T

    @property
    def precision(self) -> FloatArray:
        """Precision matrix, the inverse of the covariance, shape (d, d)."""
        return self.root.T @ self.root

    @property
    def kurtosis(self) -> FloatArray:
        """Fourth central moments over squared variances, 3 each, shape (d,)."""
        return np.full(len(self.mean), 3.0)

    def logpdf(self, points: Any) -> Any:
        """Return the log density.

        Parameters
        ----------
        points : array_like of shape (..., d)
            One point or many.

        Returns
        -------
        float or ndarray of shape (...)
            Log density at each point.

        Raises
        ------
        ValueError
            If the last axis is not of length d.
        """
        points = np.asarray(points, dtype=float)
        if points.shape[-1:] != self.mean.shape:
            raise ValueError(f"points must have {len(self.mean)} entries on the last axis, got shape {points.shape}")
        return self.log_normaliser - 0.5 * self.squared_distance(points)

    def squared_distance(self, points: FloatArray) -> Any:
        """Return the squared distance of points from the mean, in sds: that of Mahalanobis; shape (...)."""
        return np.sum(((points - self.mean) @ self.root.T) ** 2, axis=-1)

    @property
    def log_normaliser(self) -> float:
        """The log density at the mean."""
        return float(np.sum(np.log(np.diag(self.root))) - 0.5 * LOG_2PI * len(self.mean))

    def sample(self, rng: np.random.Generator | int | None = None, n: int = 1) -> FloatArray:
        """Draw independently.

        Parameters
        ----------
        rng : numpy.random.Generator or int, optional
            Source of randomness, or a seed for one.
        n : int, default 1
            Number of draws.

        Returns
        -------
        ndarray of shape (n, d)
            One draw a row.
        """
        noise = np.random.default_rng(rng).standard_normal((n, len(self.mean)))
        return self.mean + noise @ self.inverse_root.T

    def marginal(self, names: str | Sequence[str]) -> Any:
        """Return the distribution of one or some of the quantities.

        Parameters
        ----------
        names : str or sequence of str
            One name, or several.

        Returns
        -------
        scipy.stats frozen norm, or MultivariateNormal
            For one name a univariate normal with ``pdf``, ``cdf`` and ``ppf``; for several a MultivariateNormal.

        Raises
        ------
        ValueError
            If a name is not one of ``self.names``.
        """
        if isinstance(names, str):
            (index,) = self._indices([names])
            return stats.norm(loc=self.mean[index], scale=self.sd[index])
        indices = self._indices(names)
        # cov = BB' for the kept rows B = (QT)' gives cov = T'T, so the precision root is T'^-1
        factor = triangular_factor(self.inverse_root[indices].T)
        root = triangular_factor(solve_triangular(factor, np.eye(len(indices)), trans=1))
        return MultivariateNormal(tuple(names), self.mean[indices], root)

    def _indices(self, names: Sequence[str]) -> list[int]:
        unknown = [str(name) for name in np.atleast_1d(np.asarray(names, dtype=object)) if name not in self.names]
        if unknown or not len(names):
            raise ValueError(f"names must be among {', '.join(self.names)}; got {', '.join(unknown) or 'none'}")
        return [self.names.index(name) for name in names]

    def interval(self, probability: float = 0.95) -> FloatArray:
        """Return the equal-tailed interval of each quantity, which is also its highest-density interval.

        Parameters
        ----------
        probability : float, default 0.95
            Probability inside, between 0 and 1.

        Returns
        -------
        ndarray of shape (d, 2)
            Lower and upper ends.

        Raises
        ------
        ValueError
            If ``probability`` is not between 0 and 1.
        """
        require_probability(probability)
        half_width = stats.norm.isf((1 - probability) / 2) * self.sd
        return np.column_stack([self.mean - half_width, self.mean + half_width])


@dataclass(frozen=True, eq=False, repr=False)
class NormalMixture:
    """A mixture of normal distributions of one quantity, or of several side by side.

    It has the verbs of a frozen ``scipy.stats`` distribution.

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
        return np.where(np.asarray(self.decays) > 1, self.means @ self.weights, np.nan)[()]

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
        return logsumexp(-0.5 * (z**2 + LOG_2PI) - np.log(self.sds), axis=-1, b=self.weights)

    def cdf(self, x: Any) -> Any:
        """Return the probability of at most x, which broadcasts against the quantities."""
        z = (np.asarray(x, dtype=float)[..., np.newaxis] - self.means) / self.sds
        return ndtr(z) @ self.weights

    def ppf(self, probability: Any) -> Any:
        """Return quantiles; the probability broadcasts against the quantities."""
        probability = np.asarray(probability, dtype=float)
        if not ((probability > 0) & (probability < 1)).all():
            raise ValueError(f"probability must be between 0 and 1, got {probability}")
        shape = np.broadcast_shapes(probability.shape, self.means.shape[:-1])
        kept = self.weights > 1e-18
        weights = self.weights[kept] / self.weights[kept].sum()
        means, sds = self.means[..., kept], self.sds[..., kept]
        z = ndtri(probability)[..., np.newaxis]
        low, high = (np.broadcast_to(f(means + z * sds, axis=-1), shape).copy() for f in (np.min, np.max))
        for _ in range(64):  # a quantile of the mixture lies among those of its components
            middle = 0.5 * (low + high)
            below = ndtr((middle[..., np.newaxis] - means) / sds) @ weights < probability
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (0.5 * (low + high))[()]


class LogMoments(NamedTuple):
    """Mean, standard deviation and kurtosis of the logarithm of a positive quantity."""

    mean: float
    sd: float
    kurtosis: float


POINTS, POINT_WEIGHTS = np.polynomial.legendre.leggauss(6)


@dataclass(frozen=True, eq=False, repr=False)
class LogScaleMarginal:
    """The distribution of one positive quantity, whose log density is a spline over its logarithm.

    It has the verbs of a frozen ``scipy.stats`` distribution.

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
        return cls(draft.grid, draft.log_density - np.log(draft._masses().sum()))

    @cached_property
    def _spline(self) -> BSpline:
        return make_interp_spline(self.grid, self.log_density, k=5)

    def _masses(self, power: float = 0.0, center: float = 0.0) -> FloatArray:
        """Return the integral of exp(power (t - center)) over each interval of the grid, by Gauss's rule."""
        half = 0.5 * np.diff(self.grid)[:, np.newaxis]
        t = self.grid[:-1, np.newaxis] + half * (1 + POINTS)
        return np.sum(half * POINT_WEIGHTS * np.exp(self._spline(t) + power * (t - center)), axis=1)

    @cached_property
    def _cumulative(self) -> FloatArray:
        cumulative = np.append(0.0, np.cumsum(self._masses()))
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
        tail = np.exp(self.log_density[-1] + power * (self.grid[-1] - center)) / (self._decay - power)
        return float(self._masses(power, center).sum() + tail)

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
        half = 0.5 * np.diff(self.grid)[:, np.newaxis]
        t = self.grid[:-1, np.newaxis] + half * (1 + POINTS)
        squares = half * POINT_WEIGHTS * np.exp(self._spline(t)) * (np.exp(t - self._center) - mean) ** 2
        tail = np.exp(self.log_density[-1] + 2 * (self.grid[-1] - self._center)) / (self._decay - 2)
        return float(np.exp(self._center) * np.sqrt(squares.sum() + tail))

    def log_moments(self) -> LogMoments:
        """Return mean, sd and kurtosis of the logarithm."""
        half = 0.5 * np.diff(self.grid)[:, np.newaxis]
        t = self.grid[:-1, np.newaxis] + half * (1 + POINTS)
        masses = half * POINT_WEIGHTS * np.exp(self._spline(t))
        mean = np.sum(masses * t)
        second, fourth = (np.sum(masses * (t - mean) ** power) for power in (2, 4))
        return LogMoments(float(mean), float(np.sqrt(second)), float(fourth / second**2))

    def pdf(self, x: Any) -> Any:
        """Return the density of the quantity itself."""
        return np.exp(self.logpdf(x))

    def logpdf(self, x: Any) -> Any:
        """Return the log density of the quantity itself; beyond the grid it is negligible, and 0."""
        with np.errstate(divide="ignore"):
            t = np.log(np.asarray(x, dtype=float))
        inside = (t >= self.grid[0]) & (t <= self.grid[-1])
        return np.where(inside, self._spline(np.where(inside, t, self.grid[0])) - np.where(inside, t, 0), -np.inf)[()]

    def cdf(self, x: Any) -> Any:
        """Return the probability of at most x."""
        with np.errstate(divide="ignore"):
            t = np.clip(np.log(np.asarray(x, dtype=float)), self.grid[0], self.grid[-1])
        return self._cdf_of_log(t)[()]

    def _cdf_of_log(self, t: FloatArray) -> FloatArray:
        place = np.clip(np.searchsorted(self.grid, t, side="right") - 1, 0, len(self.grid) - 2)
        half = 0.5 * (t - self.grid[place])[..., np.newaxis]
        inside = self.grid[place][..., np.newaxis] + half * (1 + POINTS)
        return self._cumulative[place] + np.sum(half * POINT_WEIGHTS * np.exp(self._spline(inside)), axis=-1)

    def ppf(self, probability: Any) -> Any:
        """Return quantiles."""
        probability = np.asarray(probability, dtype=float)
        t = self._rough_quantile(probability)
        for _ in range(3):  # Newton's steps, from within a thousandth of an interval
            t = t - (self._cdf_of_log(t) - probability) / np.maximum(np.exp(self._spline(t)), 1e-300)
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

    def interval(self, probability: float = 0.95) -> FloatArray:
        """Return the equal-tailed interval, two numbers."""
        require_probability(probability)
        return self.ppf(np.array([(1 - probability) / 2, (1 + probability) / 2]))
