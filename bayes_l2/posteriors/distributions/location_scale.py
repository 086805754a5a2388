r"""The normal and Student's t: distributions of one quantity by location and scale.

.. math:: q = m + s z, \qquad z \sim N(0, 1) \quad\text{or}\quad z \sim t_\nu

They have the digits of ``scipy.stats``, and do not need it, which is slow to load.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, override

import numpy as np
from scipy.special import ndtr, ndtri, poch, stdtr, stdtrit

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.posteriors.distributions.univariate import Univariate, shape_of_draws


@dataclass(frozen=True, eq=False, repr=False)
class LocationScale(Univariate):
    r"""A quantity :math:`q = m + s z`, or several of them side by side.

    Attributes
    ----------
    location, scale : float or ndarray of shape (...)
        m and s, both in the units of q.
    """

    location: Any
    scale: Any

    @abstractmethod
    def _log_density(self, z: FloatArray) -> Any:
        """Return the log density of z."""

    @abstractmethod
    def _probability(self, z: FloatArray) -> Any:
        """Return the probability below z; that above it is the one below -z."""

    @abstractmethod
    def _lower_quantile(self, probability: FloatArray) -> Any:
        """Return the z below which there is a probability of at most one half."""

    @abstractmethod
    def _draws(self, rng: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
        """Return independent draws of z."""

    def _standardised(self, x: Any) -> FloatArray:
        return (np.asarray(x, dtype=float) - self.location) / self.scale

    @override
    def median(self) -> Any:
        return np.asarray(self.location, dtype=float)[()]

    @override
    def logpdf(self, x: Any) -> Any:
        logs = self._log_density(self._standardised(x)) - np.log(self.scale)
        return np.asarray(logs)[()]

    @override
    def _probabilities(self, x: Any) -> tuple[Any, Any]:
        z = self._standardised(x)
        return self._probability(z), self._probability(-z)

    @override
    def _quantile(self, lower: FloatArray, upper: FloatArray) -> Any:
        z = self._lower_quantile(np.minimum(lower, upper))
        return self.location + self.scale * np.where(lower < upper, z, -z)

    @override
    def rvs(self, size: Any = None, random_state: Any = None) -> Any:
        rng = np.random.default_rng(random_state)
        size = shape_of_draws(size, np.broadcast(self.location, self.scale).shape)
        return np.asarray(self.location + self.scale * self._draws(rng, size))[()]


class UnivariateNormal(LocationScale):
    """The normal distribution; the location is its mean, the scale its sd."""

    @override
    def mean(self) -> Any:
        return self.median()

    @override
    def std(self) -> Any:
        return np.asarray(self.scale, dtype=float)[()]

    @override
    def _log_density(self, z: FloatArray) -> Any:
        return -0.5 * (z**2 + LOG_2PI)

    @override
    def _probability(self, z: FloatArray) -> Any:
        return ndtr(z)

    @override
    def _lower_quantile(self, probability: FloatArray) -> Any:
        return ndtri(probability)

    @override
    def _draws(self, rng: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
        return rng.standard_normal(size)


@dataclass(frozen=True, eq=False, repr=False)
class UnivariateT(LocationScale):
    """Student's t distribution.

    Attributes
    ----------
    df : float
        Degrees of freedom. The mean is NaN with one or fewer, and the sd infinite with
        two or fewer.
    """

    df: float

    @override
    def mean(self) -> Any:
        return self.median() + (0.0 if self.df > 1 else np.nan)

    @override
    def std(self) -> Any:
        variance = self.df / (self.df - 2) if self.df > 2 else np.inf
        return np.asarray(self.scale * np.sqrt(variance))[()]

    @override
    def _log_density(self, z: FloatArray) -> Any:
        height = np.log(poch(0.5 * self.df, 0.5)) - 0.5 * np.log(np.pi * self.df)
        return height - 0.5 * (self.df + 1) * np.log1p(z**2 / self.df)

    @override
    def _probability(self, z: FloatArray) -> Any:
        return stdtr(self.df, z)

    @override
    def _lower_quantile(self, probability: FloatArray) -> Any:
        return np.where(probability > 0, stdtrit(self.df, probability), -np.inf)

    @override
    def _draws(self, rng: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
        return rng.standard_t(self.df, size)
