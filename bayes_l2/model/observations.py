"""What the rows say of the parameters: the log likelihood and its derivatives, from as little as there need be."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from scipy import special

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model.layout import Parameters
from bayes_l2.model.likelihoods import Bernoulli, Categorical, Laplace
from bayes_l2.model.sufficient_statistics import SufficientStatistics


class AbsoluteTerms(NamedTuple):
    """The sum over i of slopes[i] abs(rows[i] v - targets[i]): what a loss or penalty has of kinks, v a vector."""

    rows: FloatArray
    targets: FloatArray
    slopes: FloatArray


class Observations(ABC):
    """What the rows say of a parameter vector's parts; derivatives are by all intercepts and coefficients."""

    @property
    @abstractmethod
    def center(self) -> FloatArray:
        """The row of [X y] to move the origin to: far from it intercept and coefficients are nearly collinear."""

    @abstractmethod
    def recentred(self, center: FloatArray) -> "Observations":
        """Return the rows less a row of [X y]; labels are not moved."""

    @abstractmethod
    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters), constants included."""

    @abstractmethod
    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient, and its slope by log noise_sd, 0 where there is none."""

    @abstractmethod
    def curvature(self, parts: Parameters) -> FloatArray:
        """Return the Hessian of the log likelihood, its kinks left out."""

    def squares(self, parts: Parameters) -> float:
        """Return the sum of squared residuals, in noise sds; 0 where there are none."""
        return 0.0

    def information(self, parts: Parameters) -> FloatArray:
        """Return minus the Hessian; where there are kinks, the Fisher information."""
        return -self.curvature(parts)

    def absolute_terms(self) -> AbsoluteTerms | None:
        """Return the kinks of minus the log likelihood, or None where it is smooth."""
        return None


class GaussianObservations(Observations):
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
        return (
            self._statistics.mean
            if self._intercept
            else np.zeros(len(self._statistics.mean))
        )

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
        constant = statistics.sum_log_weights - statistics.n_rows * (
            LOG_2PI + 2 * np.log(parts.noise_sd)
        )
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
        mean_residual = root_weight * (
            (parts.intercept - statistics.mean[-1]) + center @ parts.coef
        )
        return mean_residual, factor @ parts.coef - statistics.factor[
            :, -1
        ] / parts.noise_sd


@dataclass(frozen=True, eq=False)
class RowObservations(Observations):
    """Rows that have no sufficient statistics of fewer numbers.

    Attributes
    ----------
    X : ndarray of shape (n, p)
        Features.
    y : ndarray of shape (n,)
        Response or labels.
    weights : ndarray of shape (n,)
        Row weights.
    intercept : bool
        Whether each line has an intercept.
    """

    X: FloatArray
    y: FloatArray
    weights: FloatArray
    intercept: bool

    @property
    def center(self) -> FloatArray:
        """The mean row of X, and 0 for labels, which are not moved."""
        mean = np.average(self.X, axis=0, weights=self.weights)
        return np.append(mean if self.intercept else np.zeros_like(mean), 0.0)

    def recentred(self, center: FloatArray) -> Self:
        """Return the rows less a row of [X y]."""
        return replace(self, X=self.X - center[:-1], y=self.y - center[-1])

    @cached_property
    def rows(self) -> FloatArray:
        """X, after a column of ones where there is an intercept."""
        return (
            np.column_stack([np.ones(len(self.X)), self.X])
            if self.intercept
            else self.X
        )


class BernoulliObservations(RowObservations):
    """Labels -1 and 1 and their rows; weights are powers of the rows' likelihoods."""

    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters)."""
        return -float(self.weights @ Bernoulli().loss(self._margins(parts)))

    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient by intercept and coefficients, and 0: there is no noise sd."""
        margins = self._margins(parts)
        value = -float(self.weights @ Bernoulli().loss(margins))
        slope = -self.rows.T @ (self.weights * self.y * Bernoulli().gradient(margins))
        return value, slope, 0.0

    def curvature(self, parts: Parameters) -> FloatArray:
        """Return the Hessian of the log likelihood by intercept and coefficients."""
        other = special.expit(-self._margins(parts))
        return -(self.rows.T * (self.weights * other * (1 - other))) @ self.rows

    def _margins(self, parts: Parameters) -> FloatArray:
        return self.y * (parts.intercept + self.X @ parts.coef)


@dataclass(frozen=True, eq=False)
class LaplaceObservations(RowObservations):
    """Rows with double-exponential noise, of scale ``scale / weights[i]`` in row i: kinks where a residual is 0."""

    scale: float

    @property
    def center(self) -> FloatArray:
        """The mean row of [X y]."""
        mean = np.average(self.y, weights=self.weights) if self.intercept else 0.0
        return np.append(super().center[:-1], mean)

    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters), constants included."""
        return float(
            Laplace(self.scale)
            .log_density(self.y, self._line(parts), None, self.weights)
            .sum()
        )

    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient, rows of residual 0 left out, and 0: there is no noise sd."""
        signs = self.weights * np.sign(self.y - self._line(parts)) / self.scale
        return self.log_likelihood(parts), self.rows.T @ signs, 0.0

    def curvature(self, parts: Parameters) -> FloatArray:
        """Return zeros: the log likelihood is straight between its kinks."""
        return np.zeros((self.rows.shape[1],) * 2)

    def information(self, parts: Parameters) -> FloatArray:
        """Return the Fisher information: each row adds that of its scale, one over its square."""
        scaled = self.rows * (self.weights / self.scale)[:, np.newaxis]
        return scaled.T @ scaled

    def absolute_terms(self) -> AbsoluteTerms:
        """Return the absolute residuals."""
        return AbsoluteTerms(self.rows, self.y, self.weights / self.scale)

    def _line(self, parts: Parameters) -> FloatArray:
        return parts.intercept + self.X @ parts.coef


@dataclass(frozen=True, eq=False)
class CategoricalObservations(RowObservations):
    """Classes 0 to K - 1 and their rows, with a line for each class; weights are powers of the rows' likelihoods.

    Derivatives are by the K intercepts, if there are any, and then the coefficients class by class.
    """

    n_classes: int

    @cached_property
    def _own(self) -> tuple[Any, Any]:
        """The places of each row's own class."""
        return np.arange(len(self.y)), self.y.astype(int)

    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters)."""
        return float(
            self.weights @ Categorical().log_density(self.y, self._lines(parts))
        )

    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient, and 0: there is no noise sd."""
        # written out in NumPy: a sampler calls this, and for small data SciPy's softmax alone takes five times as long
        lines = self._lines(parts)
        lines -= lines.max(axis=1, keepdims=True)
        powers = np.exp(lines)
        totals = powers.sum(axis=1)
        value = self.weights @ (lines[self._own] - np.log(totals))
        slopes = powers * (-self.weights / totals)[:, np.newaxis]
        slopes[self._own] += self.weights
        by_coef = (slopes.T @ self.X).ravel()
        gradient = np.append(slopes.sum(axis=0), by_coef) if self.intercept else by_coef
        return float(value), gradient, 0.0

    def curvature(self, parts: Parameters) -> FloatArray:
        """Return the Hessian of the log likelihood."""
        rows, classes = self.rows, range(self.n_classes)
        probabilities = Categorical.mean(self._lines(parts))
        width = rows.shape[1]
        blocks = np.empty((self.n_classes, width, self.n_classes, width))
        for k in classes:
            for m in classes[: k + 1]:
                covariance = (
                    self.weights
                    * probabilities[:, k]
                    * ((k == m) - probabilities[:, m])
                )
                blocks[k, :, m] = -(rows.T * covariance) @ rows
                blocks[m, :, k] = blocks[k, :, m]
        hessian = blocks.reshape(self.n_classes * width, -1)
        if not self.intercept:
            return hessian
        places = np.arange(len(hessian)).reshape(self.n_classes, width)
        order = np.append(places[:, 0], places[:, 1:])
        return hessian[np.ix_(order, order)]

    def _lines(self, parts: Parameters) -> FloatArray:
        return parts.intercept + self.X @ parts.coef.T
