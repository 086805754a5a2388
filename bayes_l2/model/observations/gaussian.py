"""The log likelihood of Gaussian rows, from their sufficient statistics."""

from dataclasses import dataclass, replace

import numpy as np

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model.layout import Parameters
from bayes_l2.model.observations.base import AbsoluteTerms, Observations
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics


@dataclass(frozen=True, eq=False)
class GaussianObservations(Observations):
    r"""Gaussian rows, as their sufficient statistics: an evaluation takes O(p²).

    Attributes
    ----------
    statistics : SufficientStatistics
        The statistics of the rows.
    intercept : bool
        Whether there is an intercept.
    """

    statistics: SufficientStatistics
    intercept: bool

    @property
    def center(self) -> FloatArray:
        """The mean row of [X y], or 0 without an intercept."""
        mean = self.statistics.mean
        return mean if self.intercept else np.zeros(len(mean))

    def recentred(self, center: FloatArray) -> "GaussianObservations":
        """Return the observations with another origin of [X y]."""
        moved = replace(self.statistics, mean=self.statistics.mean - center)
        return GaussianObservations(moved, self.intercept)

    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters), constants included."""
        return self._value(parts, self.squares(parts))

    def squares(self, parts: Parameters) -> float:
        """Return the sum of squared residuals, in noise sds."""
        mean_residual, residuals = self._residuals(parts)
        return float(mean_residual**2 + residuals @ residuals)

    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient, and its slope by log noise_sd."""
        mean_residual, residuals = self._residuals(parts)
        squares = float(mean_residual**2 + residuals @ residuals)
        root_weight, center, factor = self._reduced_rows(parts.noise_sd)
        slope = -factor.T @ residuals - center * (root_weight * mean_residual)
        if self.intercept:
            slope = np.append(-root_weight * mean_residual, slope)
        return self._value(parts, squares), slope, squares - self.statistics.n_rows

    def curvature(self, parts: Parameters) -> FloatArray:
        """Return the Hessian of the log likelihood."""
        root_weight, center, factor = self._reduced_rows(parts.noise_sd)
        first = int(self.intercept)
        top = root_weight * np.append([1.0] * first, center)
        hessian = -np.outer(top, top)
        hessian[first:, first:] -= factor.T @ factor
        return hessian

    def information(self, parts: Parameters) -> FloatArray:
        """Return minus the Hessian."""
        return -self.curvature(parts)

    def relative_move(
        self,
        parts: Parameters,
        intercept: FloatArray,
        coef: FloatArray,
        *,
        least: float = 0.0,
    ) -> float:
        """Return the least: the curvature is the same everywhere."""
        return least

    def largest_move(self, intercept: FloatArray, coef: FloatArray) -> float:
        """Return 0: the curvature is the same everywhere."""
        return 0.0

    def absolute_terms(self) -> AbsoluteTerms | None:
        """Return None: squared error is smooth."""
        return None

    def least_squares(self) -> tuple[FloatArray, FloatArray]:
        """Return few rows and targets whose squared residuals sum to those of y.

        The columns are the intercept, if there is one, and the coefficients.
        """
        statistics, first = self.statistics, int(self.intercept)
        rows, targets = statistics.equivalent_rows(centred=False)
        constant = np.zeros((len(rows), first))
        constant[0] = np.sqrt(statistics.total_weight)
        return np.hstack([constant, rows]), targets

    def _value(self, parts: Parameters, squares: float) -> float:
        statistics = self.statistics
        log_variance = LOG_2PI + 2 * np.log(parts.noise_sd)
        constant = statistics.sum_log_weights - statistics.n_rows * log_variance
        return float(0.5 * (constant - squares))

    def _reduced_rows(self, noise_sd: float) -> tuple[float, FloatArray, FloatArray]:
        """Return sqrt(W) / sd, the mean of X, and the centred factor of X over sd."""
        statistics = self.statistics
        root_weight = np.sqrt(statistics.total_weight) / noise_sd
        return root_weight, statistics.mean[:-1], statistics.factor[:, :-1] / noise_sd

    def _residuals(self, parts: Parameters) -> tuple[float, FloatArray]:
        """Return the residuals of the mean row and of the factor, in noise sds."""
        root_weight, center, factor = self._reduced_rows(parts.noise_sd)
        statistics, (coef,) = self.statistics, parts.coef
        # a - mean(y) first: it is small and exact where y is far from zero
        line = (parts.intercept[0] - statistics.mean[-1]) + center @ coef
        targets = statistics.factor[:, -1] / parts.noise_sd
        return root_weight * line, factor @ coef - targets
