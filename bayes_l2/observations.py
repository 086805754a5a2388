"""What the rows say of the parameters: the log likelihood and its derivatives, from as little as there need be."""

from dataclasses import replace
from functools import cached_property

import numpy as np
from scipy import special

from bayes_l2.likelihoods import Bernoulli
from bayes_l2.parameters import Parameters
from bayes_l2.sufficient_statistics import SufficientStatistics
from bayes_l2.validation import LOG_2PI, FloatArray


class GaussianObservations:
    r"""Rows with Gaussian noise, as their sufficient statistics: each evaluation takes :math:`O(p^2)`.

    Parameters
    ----------
    statistics : SufficientStatistics
        Those of the rows.
    intercept : bool
        Whether the line has an intercept, first among its parameters.
    """

    def __init__(self, statistics: SufficientStatistics, intercept: bool) -> None:
        self._statistics = statistics
        self._intercept = intercept

    @property
    def center(self) -> FloatArray:
        """The mean row of [X y], far from which intercept and coefficients are nearly collinear."""
        return self._statistics.mean if self._intercept else np.zeros(len(self._statistics.mean))

    def recentred(self, center: FloatArray) -> "GaussianObservations":
        """Return the rows less a row of [X y]."""
        moved = replace(self._statistics, mean=self._statistics.mean - center)
        return GaussianObservations(moved, self._intercept)

    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters), constants included."""
        return self._value(parts, self.squares(parts))

    def squares(self, parts: Parameters) -> float:
        """Return the sum of squared residuals, in noise sds."""
        mean_residual, residuals = self._residuals(parts)
        return float(mean_residual**2 + residuals @ residuals)

    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient by intercept and coefficients, and its slope by log noise_sd."""
        mean_residual, residuals = self._residuals(parts)
        squares = float(mean_residual**2 + residuals @ residuals)
        root_weight, center, factor = self._reduced_rows(parts.noise_sd)
        slope = -factor.T @ residuals - center * (root_weight * mean_residual)
        if self._intercept:
            slope = np.append(-root_weight * mean_residual, slope)
        return self._value(parts, squares), slope, squares - self._statistics.n_rows

    def curvature(self, parts: Parameters) -> FloatArray:
        """Return the Hessian of the log likelihood by intercept and coefficients."""
        root_weight, center, factor = self._reduced_rows(parts.noise_sd)
        first = int(self._intercept)
        top = root_weight * np.append([1.0] * first, center)
        hessian = -np.outer(top, top)
        hessian[first:, first:] -= factor.T @ factor
        return hessian

    def _value(self, parts: Parameters, squares: float) -> float:
        statistics = self._statistics
        constant = statistics.sum_log_weights - statistics.n_rows * (LOG_2PI + 2 * np.log(parts.noise_sd))
        return float(0.5 * (constant - squares))

    def _reduced_rows(self, noise_sd: float) -> tuple[float, FloatArray, FloatArray]:
        """Return sqrt(W) / sd, the mean of X, and the factor of the centred X over sd."""
        statistics = self._statistics
        root_weight = np.sqrt(statistics.total_weight) / noise_sd
        return root_weight, statistics.mean[:-1], statistics.factor[:, :-1] / noise_sd

    def _residuals(self, parts: Parameters) -> tuple[float, FloatArray]:
        """Return the residual of the mean row and those of the centred factor, in noise sds."""
        root_weight, center, factor = self._reduced_rows(parts.noise_sd)
        statistics = self._statistics
        # a - mean(y) first: where y is far from zero this difference is small and exact
        mean_residual = root_weight * ((parts.intercept - statistics.mean[-1]) + center @ parts.coef)
        return mean_residual, factor @ parts.coef - statistics.factor[:, -1] / parts.noise_sd


class BernoulliObservations:
    r"""Labels -1 and 1 and their rows: a Bernoulli likelihood has no sufficient statistics of fewer numbers.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Features.
    signs : ndarray of shape (n,)
        -1 or 1.
    weights : ndarray of shape (n,) or None
        Powers of the rows' likelihoods.
    intercept : bool
        Whether the line has an intercept, first among its parameters.
    """

    def __init__(self, X: FloatArray, signs: FloatArray, weights: FloatArray | None, intercept: bool) -> None:
        self._X, self._signs, self._intercept = X, signs, intercept
        self._weights = np.ones(len(X)) if weights is None else weights

    @property
    def center(self) -> FloatArray:
        """The mean row of X and 0 for the labels, which are not moved."""
        mean = np.average(self._X, axis=0, weights=self._weights)
        return np.append(mean if self._intercept else np.zeros_like(mean), 0.0)

    def recentred(self, center: FloatArray) -> "BernoulliObservations":
        """Return the rows less a row of X."""
        return BernoulliObservations(self._X - center[:-1], self._signs, self._weights, self._intercept)

    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters)."""
        return -float(self._weights @ Bernoulli().loss(self._margins(parts)))

    def squares(self, parts: Parameters) -> float:
        """There are no squared residuals, nor a noise sd to divide them by."""
        return 0.0

    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient by intercept and coefficients, and 0: there is no noise sd."""
        margins = self._margins(parts)
        value = -float(self._weights @ Bernoulli().loss(margins))
        slope = -self._rows.T @ (self._weights * self._signs * Bernoulli().gradient(margins))
        return value, slope, 0.0

    def curvature(self, parts: Parameters) -> FloatArray:
        """Return the Hessian of the log likelihood by intercept and coefficients."""
        other = special.expit(-self._margins(parts))
        return -(self._rows.T * (self._weights * other * (1 - other))) @ self._rows

    @cached_property
    def _rows(self) -> FloatArray:
        return np.column_stack([np.ones(len(self._X)), self._X]) if self._intercept else self._X

    def _margins(self, parts: Parameters) -> FloatArray:
        return self._signs * (parts.intercept + self._X @ parts.coef)


Observations = GaussianObservations | BernoulliObservations
