r"""The log likelihood of all rows, as a function of intercepts and coefficients.

.. math:: \ell(a, b) = \sum_i \log p(y_i \mid \eta_i), \qquad
          \nabla \ell = \sum_i \tilde x_i\, \partial_\eta \log p, \qquad
          \nabla^2 \ell = \sum_i \tilde x_i \tilde x_i^\top \partial_\eta^2 \log p

for :math:`\tilde x = (1, x)`. Gaussian rows need their sufficient statistics only.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model.layout import Parameters
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.priors import Prior
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics


class AbsoluteTerms(NamedTuple):
    """The kinks of a function of v: sum_i slopes[i] abs(rows[i] v - targets[i])."""

    rows: FloatArray
    targets: FloatArray
    slopes: FloatArray


class Observations(ABC):
    """The log likelihood of the parts of a parameter vector.

    Derivatives are by all intercepts, and then by the coefficients class by class.
    """

    @property
    @abstractmethod
    def center(self) -> FloatArray:
        """The best origin of [X y]: elsewhere intercept and columns are collinear."""

    def start(self, prior: Prior, lines: int) -> tuple[FloatArray, FloatArray]:
        """Return intercepts, (lines,), and coefficients where a search starts."""
        mean = prior.mean_vector(len(self.center) - 1)
        return np.zeros(lines), np.broadcast_to(mean, (lines, len(mean)))

    def arrived(self, parts: Parameters) -> None:  # noqa: B027 - most forget it
        """Take note of a mode, if evaluations there are worth being remembered."""

    @property
    def are_dear(self) -> bool:
        """Whether an evaluation is a pass over rows that are not in memory."""
        return False

    @abstractmethod
    def recentred(self, center: FloatArray) -> "Observations":
        """Return the observations with another origin of [X y]."""

    @abstractmethod
    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters), constants included."""

    @abstractmethod
    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient, and its slope by log noise_sd."""

    @abstractmethod
    def curvature(self, parts: Parameters) -> FloatArray:
        """Return the Hessian of the log likelihood, its kinks left out."""

    @abstractmethod
    def squares(self, parts: Parameters) -> float:
        """Return the sum of squared residuals in noise sds, 0 without a noise sd."""

    @abstractmethod
    def information(self, parts: Parameters) -> FloatArray:
        """Return minus the Hessian, or the Fisher information where there are kinks."""

    @abstractmethod
    def relative_move(
        self, parts: Parameters, intercept: FloatArray, coef: FloatArray
    ) -> float:
        """Return the largest change of a linear predictor, in units of 1 + itself.

        The change is by a step of intercepts and coefficients. It is 0 where the
        curvature does not depend on linear predictors.
        """

    @abstractmethod
    def absolute_terms(self) -> AbsoluteTerms | None:
        """Return the kinks of minus the log likelihood, None for a smooth one."""


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
        self, parts: Parameters, intercept: FloatArray, coef: FloatArray
    ) -> float:
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


@dataclass(frozen=True, eq=False)
class RowObservations(Observations):
    """Rows under any likelihood.

    Attributes
    ----------
    rows : Rows
        The rows.
    likelihood : Likelihood
        The likelihood of each row.
    intercept : bool
        Whether each linear predictor has an intercept.
    """

    rows: Rows
    likelihood: Likelihood
    intercept: bool

    @property
    def center(self) -> FloatArray:
        """The mean row of X; the mean of y too if the density depends on y - η."""
        rows = self.rows
        if not self.intercept:
            return np.zeros(rows.X.shape[1] + 1)
        mean_y = 0.0
        if self.likelihood.moves_with_y:
            mean_y = np.average(rows.y, weights=rows.weights)
        return np.append(np.average(rows.X, axis=0, weights=rows.weights), mean_y)

    def recentred(self, center: FloatArray) -> "RowObservations":
        """Return the observations with another origin of [X y]."""
        X, y = self.rows.X - center[:-1], self.rows.y - center[-1]
        return replace(self, rows=replace(self.rows, X=X, y=y))

    @cached_property
    def design(self) -> FloatArray:
        """X, after a column of ones if there is an intercept."""
        X = self.rows.X
        return np.column_stack([np.ones(len(X)), X]) if self.intercept else X

    @cached_property
    def log_constant(self) -> float:
        """The terms of the log likelihood that no parameter changes."""
        return self.likelihood.log_constant(self.rows.y, self._weights)

    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters), constants included."""
        return self.value_and_slopes(parts)[0]

    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient, and 0: there is no noise sd."""
        value, slope = self.likelihood.value_and_slope(
            self.rows.y, self._eta(parts), self._weights
        )
        slope = slope.reshape(len(slope), -1)
        gradient = (slope.T @ self.rows.X).ravel()
        if self.intercept:
            gradient = np.append(slope.sum(axis=0), gradient)
        return value + self.log_constant, gradient, 0.0

    def curvature(self, parts: Parameters) -> FloatArray:
        """Return the Hessian of the log likelihood, its kinks left out."""
        return self._assembled(
            self.likelihood.curvature(self.rows.y, self._eta(parts), self._weights)
        )

    def information(self, parts: Parameters) -> FloatArray:
        """Return minus the Hessian, or the Fisher information where there are kinks."""
        return self._assembled(
            self.likelihood.information(self.rows.y, self._eta(parts), self._weights)
        )

    def squares(self, parts: Parameters) -> float:
        """Return 0: there is no noise sd."""
        return 0.0

    def relative_move(
        self, parts: Parameters, intercept: FloatArray, coef: FloatArray
    ) -> float:
        """Return the largest change of a linear predictor, in units of 1 + itself.

        It is 0 for a loss with kinks, which is straight between them.
        """
        if not self.likelihood.is_smooth:
            return 0.0
        eta, step = self._eta(parts), intercept + self.rows.X @ coef.T
        if self.likelihood.by_class:
            # one number added to all predictors of a row changes nothing
            step = step - step.mean(axis=1, keepdims=True)
        return float(np.max(np.abs(step.reshape(eta.shape)) / (1 + np.abs(eta))))

    def absolute_terms(self) -> AbsoluteTerms | None:
        """Return the kinks of minus the log likelihood, None for a smooth one."""
        slopes = self.likelihood.kink_slopes(self._weights)
        if slopes is None:
            return None
        return AbsoluteTerms(self.design, self.rows.y, slopes)

    @cached_property
    def _weights(self) -> FloatArray:
        return self.rows.row_weights

    def _eta(self, parts: Parameters) -> FloatArray:
        """Return the linear predictors, shape (n,), or (n, K) by class."""
        eta = parts.intercept + self.rows.X @ parts.coef.T
        return eta if self.likelihood.by_class else eta[:, 0]

    def _assembled(self, second: FloatArray) -> FloatArray:
        """Return a Hessian from second derivatives by the linear predictors."""
        design = self.design
        if not self.likelihood.by_class:
            return (design.T * second) @ design
        n_classes, width = second.shape[1], design.shape[1]
        blocks = np.empty((n_classes, width, n_classes, width))
        for k in range(n_classes):
            for m in range(k + 1):
                blocks[k, :, m] = (design.T * second[:, k, m]) @ design
                blocks[m, :, k] = blocks[k, :, m]
        hessian = blocks.reshape(n_classes * width, -1)
        if not self.intercept:
            return hessian
        # from class by class to all intercepts first
        places = np.arange(len(hessian)).reshape(n_classes, width)
        order = np.append(places[:, 0], places[:, 1:])
        return hessian[np.ix_(order, order)]
