r"""The mixture of normals, with the methods of a frozen scipy distribution.

.. math:: p(q) = \sum_c w_c\, N(q;\, m_c, s_c^2)

It is the marginal of a coefficient whose scales are integrated out.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logsumexp, ndtr, ndtri

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.validation import require_probability


@dataclass(frozen=True, eq=False, repr=False)
class NormalMixture:
    r"""A mixture of normals, :math:`p(q) = \sum_c w_c\, N(q;\, m_c, s_c^2)`.

    It is the distribution of one quantity, or of several side by side. It has the
    methods ``mean``, ``std``, ``median``, ``interval``, ``pdf``, ``logpdf``, ``cdf``
    and ``ppf`` of a frozen ``scipy.stats`` distribution.

    Attributes
    ----------
    weights : ndarray of shape (c,)
        Probabilities of the components; their sum is 1.
    means, sds : ndarray of shape (..., c)
        Means and sds of the components, for each quantity.
    decays : float or ndarray of shape (...)
        The order below which moments are finite. It is not infinite where the mixture
        approximates one over ever wider components.
    """

    weights: FloatArray
    means: FloatArray
    sds: FloatArray
    decays: Any = np.inf

    def mean(self) -> Any:
        """Return the mean of each quantity, NaN where there is none."""
        means = self.means @ self.weights
        return np.where(np.asarray(self.decays) > 1, means, np.nan)[()]

    def std(self) -> Any:
        """Return the sd of each quantity, infinite where there is none."""
        deviations = self.means - (self.means @ self.weights)[..., np.newaxis]
        variances = (self.sds**2 + deviations**2) @ self.weights
        return np.sqrt(np.where(np.asarray(self.decays) > 2, variances, np.inf))[()]

    def pdf(self, x: Any) -> Any:
        """Return the density at x, which broadcasts against the quantities."""
        return np.exp(self.logpdf(x))

    def logpdf(self, x: Any) -> Any:
        """Return the log density at x, which broadcasts against the quantities."""
        z = (np.asarray(x, dtype=float)[..., np.newaxis] - self.means) / self.sds
        logs = -0.5 * (z**2 + LOG_2PI) - np.log(self.sds)
        return logsumexp(logs, axis=-1, b=self.weights)

    def cdf(self, x: Any) -> Any:
        """Return P(q <= x); x broadcasts against the quantities."""
        z = (np.asarray(x, dtype=float)[..., np.newaxis] - self.means) / self.sds
        return ndtr(z) @ self.weights

    def ppf(self, probability: Any) -> Any:
        """Return quantiles; the probability broadcasts against the quantities."""
        probability = probabilities(probability)
        shape = np.broadcast_shapes(probability.shape, self.means.shape[:-1])
        kept = self.weights > 1e-18
        weights = self.weights[kept] / self.weights[kept].sum()
        means, sds = self.means[..., kept], self.sds[..., kept]
        # a quantile of the mixture lies among those of its components
        quantiles = means + ndtri(probability)[..., np.newaxis] * sds
        low = np.broadcast_to(quantiles.min(axis=-1), shape).copy()
        high = np.broadcast_to(quantiles.max(axis=-1), shape).copy()
        for _ in range(64):
            middle = 0.5 * (low + high)
            cdf = ndtr((middle[..., np.newaxis] - means) / sds) @ weights
            below = cdf < probability
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (0.5 * (low + high))[()]

    def median(self) -> Any:
        """Return the median of each quantity."""
        return self.ppf(0.5)

    def interval(self, probability: float = 0.95) -> Any:
        """Return the ends of the equal-tailed interval of each quantity."""
        return tuple(self.ppf(each) for each in tails(probability))


def tails(probability: float) -> tuple[float, float]:
    """Return the probabilities below the ends of an equal-tailed interval."""
    require_probability(probability)
    return (1 - probability) / 2, (1 + probability) / 2


def probabilities(values: Any) -> FloatArray:
    """Return probabilities as an array, if all are between 0 and 1."""
    values = np.asarray(values, dtype=float)
    if not ((values > 0) & (values < 1)).all():
        raise ValueError(f"probability must be between 0 and 1, got {values}")
    return values
