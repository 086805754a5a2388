r"""The shape K of a Gaussian prior's covariance, by its rows P.

.. math:: P^\top P = K^{-1}

K is the identity, a diagonal or a full matrix. A variance of infinity is a flat prior:
that column has no row in P.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import override

import numpy as np
from scipy.linalg import solve_triangular

from bayes_l2.arrays import FloatArray
from bayes_l2.model.priors.base import BoolArray


class Shape(ABC):
    """The shape of a covariance of p coefficients, g of which have a proper prior."""

    @property
    def log_determinant(self) -> float:
        """Minus half the log determinant of K, without flat columns."""
        return 0.0

    def flat_columns(self, n_features: int) -> BoolArray:
        """Return which columns have a flat prior, shape (p,)."""
        return np.zeros(n_features, dtype=bool)

    @abstractmethod
    def variances(self, n_features: int) -> FloatArray:
        """Return the diagonal of K, shape (p,), 0 for flat columns."""

    @abstractmethod
    def root(self, n_features: int) -> FloatArray:
        """Return P, shape (g, p)."""

    @abstractmethod
    def whiten(self, deviation: FloatArray) -> FloatArray:
        """Return P times a deviation, or rows of deviations times P'."""

    @abstractmethod
    def pull(self, deviation: FloatArray) -> FloatArray:
        """Return P'P times a deviation, or rows of deviations times it."""

    @abstractmethod
    def colour(self, rows: FloatArray) -> FloatArray:
        """Return rows times the inverse of P, whose rows of flat columns are 0."""

    @abstractmethod
    def colour_axes(self, axes: FloatArray) -> FloatArray:
        """Return that inverse times axes, which are columns."""


class Identity(Shape):
    """The identity."""

    @override
    def variances(self, n_features: int) -> FloatArray:
        return np.ones(n_features)

    @override
    def root(self, n_features: int) -> FloatArray:
        return np.eye(n_features)

    @override
    def whiten(self, deviation: FloatArray) -> FloatArray:
        return deviation

    @override
    def pull(self, deviation: FloatArray) -> FloatArray:
        return deviation

    @override
    def colour(self, rows: FloatArray) -> FloatArray:
        return rows

    @override
    def colour_axes(self, axes: FloatArray) -> FloatArray:
        return axes


@dataclass(frozen=True, eq=False)
class Diagonal(Shape):
    """A diagonal matrix.

    Attributes
    ----------
    sds : ndarray of shape (p,)
        The roots of its entries, infinite for flat columns.
    """

    sds: FloatArray

    @cached_property
    def _proper(self) -> BoolArray:
        return np.isfinite(self.sds)

    @cached_property
    def _finite(self) -> FloatArray:
        return self.sds[self._proper]

    @property
    @override
    def log_determinant(self) -> float:
        return -float(np.sum(np.log(self._finite)))

    @override
    def flat_columns(self, n_features: int) -> BoolArray:
        return ~self._proper

    @override
    def variances(self, n_features: int) -> FloatArray:
        return np.where(self._proper, self.sds, 0.0) ** 2

    @override
    def root(self, n_features: int) -> FloatArray:
        return np.diag(1 / self.sds)[self._proper]

    @override
    def whiten(self, deviation: FloatArray) -> FloatArray:
        return deviation[..., self._proper] / self._finite

    @override
    def pull(self, deviation: FloatArray) -> FloatArray:
        return deviation / self.sds / self.sds

    @override
    def colour(self, rows: FloatArray) -> FloatArray:
        return rows[..., self._proper] * self._finite

    @override
    def colour_axes(self, axes: FloatArray) -> FloatArray:
        coloured = np.zeros((len(self.sds), *axes.shape[1:]))
        coloured[self._proper] = self._finite[:, np.newaxis] * axes
        return coloured


@dataclass(frozen=True, eq=False)
class Full(Shape):
    """A symmetric positive definite matrix.

    Attributes
    ----------
    matrix : ndarray of shape (p, p)
        The matrix.
    """

    matrix: FloatArray

    @cached_property
    def _root(self) -> FloatArray:
        lower = np.linalg.cholesky(self.matrix)
        return solve_triangular(lower, np.eye(len(lower)), lower=True)

    @property
    @override
    def log_determinant(self) -> float:
        return float(np.sum(np.log(np.diag(self._root))))

    @override
    def variances(self, n_features: int) -> FloatArray:
        return np.diag(self.matrix).copy()

    @override
    def root(self, n_features: int) -> FloatArray:
        return self._root

    @override
    def whiten(self, deviation: FloatArray) -> FloatArray:
        return deviation @ self._root.T

    @override
    def pull(self, deviation: FloatArray) -> FloatArray:
        return deviation @ self._root.T @ self._root

    @override
    def colour(self, rows: FloatArray) -> FloatArray:
        return solve_triangular(self._root, rows.T, trans=1, lower=True).T

    @override
    def colour_axes(self, axes: FloatArray) -> FloatArray:
        return solve_triangular(self._root, axes, lower=True)
