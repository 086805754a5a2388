"""What the rows say of the parameters: the log likelihood and its derivatives, from as little as there need be."""

from abc import ABC, abstractmethod
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import special

from bayes_l2.likelihoods import Bernoulli, Categorical, Laplace
from bayes_l2.parameters import Parameters
from bayes_l2.sufficient_statistics import SufficientStatistics
from bayes_l2.validation import LOG_2PI, FloatArray


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


class BernoulliObservations(Observations):
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
        return np.append(_mean_row(self._X, self._weights, self._intercept), 0.0)

    def recentred(self, center: FloatArray) -> "BernoulliObservations":
        """Return the rows less a row of X."""
        return BernoulliObservations(self._X - center[:-1], self._signs, self._weights, self._intercept)

    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters)."""
        return -float(self._weights @ Bernoulli().loss(self._margins(parts)))

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
        return _with_ones(self._X, self._intercept)

    def _margins(self, parts: Parameters) -> FloatArray:
        return self._signs * (parts.intercept + self._X @ parts.coef)


class LaplaceObservations(Observations):
    r"""Rows with double-exponential noise: log likelihood with kinks where a residual is 0.

    Parameters
    ----------
    X, y : ndarray of shape (n, p), (n,)
        Features and response.
    weights : ndarray of shape (n,) or None
        The scale of row i is ``scale / weights[i]``.
    scale : float
        Scale of a row of weight 1.
    intercept : bool
        Whether the line has an intercept, first among its parameters.
    """

    def __init__(self, X: FloatArray, y: FloatArray, weights: FloatArray | None, scale: float, intercept: bool) -> None:
        self._X, self._y, self._scale, self._intercept = X, y, scale, intercept
        self._weights = np.ones(len(X)) if weights is None else weights

    @property
    def center(self) -> FloatArray:
        """The mean row of [X y]."""
        return _mean_row(np.column_stack([self._X, self._y]), self._weights, self._intercept)

    def recentred(self, center: FloatArray) -> "LaplaceObservations":
        """Return the rows less a row of [X y]."""
        moved = self._X - center[:-1], self._y - center[-1]
        return LaplaceObservations(*moved, self._weights, self._scale, self._intercept)

    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters), constants included."""
        return float(Laplace(self._scale).log_density(self._y, self._line(parts), None, self._weights).sum())

    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient, rows of residual 0 left out, and 0: there is no noise sd."""
        signs = self._weights * np.sign(self._y - self._line(parts)) / self._scale
        return self.log_likelihood(parts), self._rows.T @ signs, 0.0

    def curvature(self, parts: Parameters) -> FloatArray:
        """Return zeros: the log likelihood is straight between its kinks."""
        return np.zeros((self._rows.shape[1],) * 2)

    def information(self, parts: Parameters) -> FloatArray:
        """Return the Fisher information: each row adds that of its scale, one over its square."""
        scaled = self._rows * (self._weights / self._scale)[:, np.newaxis]
        return scaled.T @ scaled

    def absolute_terms(self) -> AbsoluteTerms:
        """Return the absolute residuals."""
        return AbsoluteTerms(self._rows, self._y, self._weights / self._scale)

    @cached_property
    def _rows(self) -> FloatArray:
        return _with_ones(self._X, self._intercept)

    def _line(self, parts: Parameters) -> FloatArray:
        return parts.intercept + self._X @ parts.coef


class CategoricalObservations(Observations):
    r"""Classes 0 to K - 1 and their rows, with a line for each class.

    Derivatives are by the K intercepts, if there are any, and then the coefficients class by class.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Features.
    codes : ndarray of shape (n,)
        Classes.
    n_classes : int
        Their number K.
    weights : ndarray of shape (n,) or None
        Powers of the rows' likelihoods.
    intercept : bool
        Whether the lines have intercepts.
    """

    def __init__(
        self, X: FloatArray, codes: FloatArray, n_classes: int, weights: FloatArray | None, intercept: bool
    ) -> None:
        self._X, self._codes, self._n_classes, self._intercept = X, codes, n_classes, intercept
        self._weights = np.ones(len(X)) if weights is None else weights
        self._own = np.arange(len(X)), codes.astype(int)  # the places of each row's own class

    @property
    def center(self) -> FloatArray:
        """The mean row of X and 0 for the labels, which are not moved."""
        return np.append(_mean_row(self._X, self._weights, self._intercept), 0.0)

    def recentred(self, center: FloatArray) -> "CategoricalObservations":
        """Return the rows less a row of X."""
        moved = self._X - center[:-1]
        return CategoricalObservations(moved, self._codes, self._n_classes, self._weights, self._intercept)

    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters)."""
        return float(self._weights @ Categorical().log_density(self._codes, self._lines(parts)))

    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient, and 0: there is no noise sd."""
        # written out in NumPy: a sampler calls this, and for small data SciPy's softmax alone takes five times as long
        lines = self._lines(parts)
        lines -= lines.max(axis=1, keepdims=True)
        powers = np.exp(lines)
        totals = powers.sum(axis=1)
        value = self._weights @ (lines[self._own] - np.log(totals))
        slopes = powers * (-self._weights / totals)[:, np.newaxis]
        slopes[self._own] += self._weights
        by_coef = (slopes.T @ self._X).ravel()
        gradient = np.append(slopes.sum(axis=0), by_coef) if self._intercept else by_coef
        return float(value), gradient, 0.0

    def curvature(self, parts: Parameters) -> FloatArray:
        """Return the Hessian of the log likelihood."""
        rows, classes = _with_ones(self._X, self._intercept), range(self._n_classes)
        probabilities = Categorical.mean(self._lines(parts))
        width = rows.shape[1]
        blocks = np.empty((self._n_classes, width, self._n_classes, width))
        for k in classes:
            for m in classes[: k + 1]:
                covariance = self._weights * probabilities[:, k] * ((k == m) - probabilities[:, m])
                blocks[k, :, m] = -(rows.T * covariance) @ rows
                blocks[m, :, k] = blocks[k, :, m]
        hessian = blocks.reshape(self._n_classes * width, -1)
        if not self._intercept:
            return hessian
        places = np.arange(len(hessian)).reshape(self._n_classes, width)
        order = np.append(places[:, 0], places[:, 1:])
        return hessian[np.ix_(order, order)]

    def _lines(self, parts: Parameters) -> FloatArray:
        return parts.intercept + self._X @ parts.coef.T


def _mean_row(rows: FloatArray, weights: FloatArray, intercept: bool) -> FloatArray:
    """Return the mean row, or zeros without an intercept: the origin is then where it is."""
    return np.average(rows, axis=0, weights=weights) if intercept else np.zeros(rows.shape[1])


def _with_ones(X: FloatArray, intercept: bool) -> FloatArray:
    return np.column_stack([np.ones(len(X)), X]) if intercept else X
