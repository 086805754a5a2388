r"""Distributions of one quantity, with the methods of a frozen scipy distribution.

.. math:: p(q) = \sum_c w_c\, N(q;\, m_c, s_c^2)

The mixture of normals is the marginal of a coefficient whose scales are integrated out.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import logsumexp, ndtr

from bayes_l2 import validation
from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.posteriors.distributions.mixture_quantiles import Components

TAIL = 1e-4  # of the quantiles of a mixture


class Univariate(ABC):
    """A distribution of one quantity, or of several side by side.

    It has the methods of a frozen ``scipy.stats`` distribution: ``pdf``, ``logpdf``,
    ``cdf``, ``sf``, ``ppf``, ``isf``, ``mean``, ``median``, ``std``, ``var``, ``rvs``
    and ``interval``. Arguments broadcast against the quantities.
    """

    def __repr__(self) -> str:
        name, middle = type(self).__name__, self.median()
        if np.ndim(middle):
            shape = " x ".join(map(str, np.shape(middle)))
            ends = f"{np.min(middle):.4g} to {np.max(middle):.4g}"
            return f"{name}(<{shape}> side by side, medians from {ends})"
        low, high = self.interval()
        return f"{name}(median {middle:.4g}, 95 % from {low:.4g} to {high:.4g})"

    @abstractmethod
    def mean(self) -> Any:
        """Return the mean."""

    @abstractmethod
    def std(self) -> Any:
        """Return the standard deviation, infinite where there is none."""

    @abstractmethod
    def logpdf(self, x: Any) -> Any:
        """Return the log density at x."""

    @abstractmethod
    def _probabilities(self, x: Any) -> tuple[Any, Any]:
        """Return P(q <= x) and P(q > x), each with all its digits where it is small."""

    @abstractmethod
    def rvs(self, size: Any = None, random_state: Any = None) -> Any:
        """Draw independently.

        Parameters
        ----------
        size : int or tuple of int, optional
            Shape of the draws; one for each quantity by default.
        random_state : numpy.random.Generator or int, optional
            Source of randomness, or a seed for one.

        Returns
        -------
        float or ndarray of shape ``size``
            The draws.
        """

    @abstractmethod
    def _quantile(self, lower: FloatArray, upper: FloatArray) -> Any:
        """Return where P(q <= x) is ``lower`` and P(q > x) is ``upper``.

        The sum of both is 1. The smaller of the two has all its digits.
        """

    def var(self) -> Any:
        """Return the variance, infinite where there is none."""
        return self.std() ** 2

    def pdf(self, x: Any) -> Any:
        """Return the density at x."""
        return np.exp(self.logpdf(x))

    def cdf(self, x: Any) -> Any:
        """Return P(q <= x)."""
        lower, upper = self._probabilities(x)
        return np.where(lower > upper, 1 - upper, lower)[()]

    def sf(self, x: Any) -> Any:
        """Return P(q > x), which keeps its digits where it is small."""
        lower, upper = self._probabilities(x)
        return np.where(lower < upper, 1 - lower, upper)[()]

    def ppf(self, q: Any) -> Any:
        """Return quantiles: where P(q <= x) is the probability given.

        Those of 0 and 1 are the ends of the support.
        """
        lower = probabilities(q)
        return self._quantile(lower, 1 - lower)[()]

    def isf(self, q: Any) -> Any:
        """Return quantiles of the upper tail: where P(q > x) is the probability."""
        upper = probabilities(q)
        return self._quantile(1 - upper, upper)[()]

    def median(self) -> Any:
        """Return the median."""
        return self.ppf(0.5)

    def interval(self, confidence: float = 0.95) -> Any:
        """Return the ends of the equal-tailed interval.

        Parameters
        ----------
        confidence : float, default 0.95
            Probability inside, from 0 to 1.

        Returns
        -------
        tuple of two floats or ndarrays
            Lower and upper ends.
        """
        tail = 0.5 - 0.5 * probabilities(confidence)
        return self.ppf(tail), self.isf(tail)


@dataclass(frozen=True, eq=False, repr=False)
class NormalMixture(Univariate):
    r"""A mixture of normals, :math:`p(q) = \sum_c w_c\, N(q;\, m_c, s_c^2)`.

    It is the distribution of one quantity, or of several side by side.

    Attributes
    ----------
    weights : ndarray of shape (c,)
        Probabilities of the components; their sum is 1.
    means, sds : ndarray of shape (..., c)
        Means and sds of the components, for each quantity.
    decays : float or ndarray of shape (...)
        The order below which moments are finite. It is not infinite where the mixture
        approximates one over ever wider components.
    body : Components, optional
        Fewer components, with the same probabilities except in tails below 1e-4.
    """

    weights: FloatArray
    means: FloatArray
    sds: FloatArray
    decays: Any = np.inf
    body: Components | None = None

    def mean(self) -> Any:
        """Return the mean of each quantity, NaN where there is none."""
        means = self.means @ self.weights
        return np.where(np.asarray(self.decays) > 1, means, np.nan)[()]

    def std(self) -> Any:
        """Return the sd of each quantity, infinite where there is none."""
        deviations = self.means - (self.means @ self.weights)[..., np.newaxis]
        variances = (self.sds**2 + deviations**2) @ self.weights
        return np.sqrt(np.where(np.asarray(self.decays) > 2, variances, np.inf))[()]

    def logpdf(self, x: Any) -> Any:
        """Return the log density at x, which broadcasts against the quantities."""

        def log_sum(z: FloatArray, sds: FloatArray) -> FloatArray:
            logs = -0.5 * (z**2 + LOG_2PI) - np.log(sds)
            return np.asarray(logsumexp(logs, axis=-1, b=self.weights))

        return self._components.evaluate(x, log_sum)

    def _probabilities(self, x: Any) -> tuple[Any, Any]:
        def sums(z: FloatArray, _: FloatArray) -> FloatArray:
            return np.stack([ndtr(z) @ self.weights, ndtr(-z) @ self.weights], axis=-1)

        both = self._components.evaluate(x, sums)
        return both[..., 0], both[..., 1]

    def rvs(self, size: Any = None, random_state: Any = None) -> Any:
        """Draw independently; a size has to fit the shape of the quantities."""
        rng = np.random.default_rng(random_state)
        size = shape_of_draws(size, self.means.shape[:-1])
        share = self.weights / self.weights.sum()
        which = rng.choice(len(share), size=size, p=share)[..., np.newaxis]
        means, sds = (
            np.take_along_axis(np.broadcast_to(each, (*size, len(share))), which, -1)
            for each in (self.means, self.sds)
        )
        return (means + sds * rng.standard_normal(means.shape))[..., 0][()]

    def _quantile(self, lower: FloatArray, upper: FloatArray) -> Any:
        is_tail = np.minimum(lower, upper).min(initial=1.0) < TAIL
        all_or_few = self._components if is_tail else self.body or self._components
        return all_or_few.quantiles(lower, upper)

    @cached_property
    def _components(self) -> Components:
        return Components(self.weights, self.means, self.sds)


def shape_of_draws(size: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of draws of quantities that have a shape of their own."""
    size = shape if size is None else tuple(np.atleast_1d(size))
    last = size[len(size) - len(shape) :]
    if len(size) < len(shape) or np.not_equal(last, shape).any():
        raise ValueError(
            f"the last axes of size must be those of the quantities, {shape}, "
            f"got {size}"
        )
    return size


def tails(probability: float) -> tuple[float, float]:
    """Return the probabilities below the ends of an equal-tailed interval."""
    probability = validation.probability(probability)
    return (1 - probability) / 2, (1 + probability) / 2


def probabilities(values: Any) -> FloatArray:
    """Return probabilities as an array, if all are from 0 to 1."""
    values = np.asarray(values, dtype=float)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(f"probability must be between 0 and 1, got {values}")
    return values
