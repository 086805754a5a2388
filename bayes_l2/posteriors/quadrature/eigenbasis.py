r"""A Gaussian model in the basis where every penalty is cheap.

.. math:: b = o + A \gamma, \qquad \gamma_k \mid y, \alpha, \sigma \sim
          N\!\left(\frac{d_k g_k}{d_k^2 + \alpha},
          \frac{\sigma^2}{d_k^2 + \alpha}\right)

One factorisation of the rows gives d, g and A. After it each penalty costs O(p).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from scipy.linalg import solve_triangular

from bayes_l2.arrays import LOG_2PI, FixedArrays, FloatArray, fixed, triangular_factor
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.statistics.reduction import GRAM_MIN_RCOND


@dataclass(frozen=True, eq=False)
class Eigenbasis(FixedArrays):
    r"""The reduced rows of a Gaussian model, rotated.

    Given the scales, the penalised coefficients are independent in the rotated basis.
    The rows are centred where there is an intercept. Then :math:`b = o + A \gamma` with
    :math:`A = T V` for :math:`X T = U D V^\top` and :math:`T T^\top = K`. The prior
    covariance is :math:`\sigma^2 K / \alpha` for a noise sd :math:`\sigma` and a
    penalty :math:`\alpha`. So

    .. math:: \gamma_k \mid y, \alpha, \sigma \sim N\!\left(\frac{d_k g_k}
              {d_k^2 + \alpha}, \frac{\sigma^2}{d_k^2 + \alpha}\right), \qquad
              \log p(y \mid \alpha, \sigma) = L(\alpha) - n' \log\sigma
              - \frac{Q(\alpha)}{2 \sigma^2}

    Directions of b outside of A keep their prior. Under a flat prior there is no
    penalty: o is the least-squares solution, and b is :math:`o + F z \sigma` for
    standard normal z. Penalties are in units of ``unit``, the largest :math:`d_k^2`,
    which keeps them in the range of numbers.

    Attributes
    ----------
    origin : ndarray of shape (p,)
        o: the prior mean, or the least-squares solution under a flat prior.
    axes : ndarray of shape (p, k)
        A; k is the number of directions that the rows inform, 0 under a flat prior.
    free_axes : ndarray of shape (p, f)
        F; f is p under a flat prior and else 0.
    eigenvalues : ndarray of shape (k,)
        :math:`d_k^2`, in units of ``unit``.
    projections : ndarray of shape (k,)
        :math:`g = U^\top (y - X o)`, in the units of y.
    residual : float
        Norm of the part of y that no column explains.
    unit : float
        The largest :math:`d_k^2`; 1 where all are 0.
    rows : int
        n': rows less flat parameters.
    log_constant : float
        The part of L that no penalty changes.
    """

    model: LinearModel
    origin: FloatArray
    axes: FloatArray
    free_axes: FloatArray
    eigenvalues: FloatArray
    projections: FloatArray
    residual: float
    unit: float
    rows: int
    log_constant: float

    @classmethod
    def of(cls, model: LinearModel) -> Self:
        """Factorise the reduced rows of a model, whose scales do not matter."""
        statistics, prior, p = model.statistics, model.gaussian_prior, model.n_features
        features, response = statistics.equivalent_rows(centred=model.intercept)
        rows = statistics.n_rows - int(model.intercept)
        constant = 0.5 * (statistics.sum_log_weights - rows * LOG_2PI)
        if model.intercept:
            constant -= 0.5 * np.log(statistics.total_weight)
        if prior.is_flat:
            return cls._of_flat(model, features, response, rows, constant)

        origin = prior.mean_vector(p)
        target = response - features @ origin
        left, singular_values, right = _singular_vectors(
            prior.colour(features), is_centred=model.intercept
        )
        projections = left.T @ target
        largest = float(singular_values.max(initial=0.0)) or 1.0
        residual = 0.0  # as many directions as rows leave no room for one
        if rows > len(singular_values):
            residual = float(np.linalg.norm(target - left @ projections))
        return cls(
            model=model,
            origin=origin,
            axes=prior.colour_axes(right.T),
            free_axes=np.zeros((p, 0)),
            eigenvalues=(singular_values / largest) ** 2,
            projections=projections,
            residual=residual,
            unit=largest**2,
            rows=rows,
            log_constant=constant,
        )

    @classmethod
    def _of_flat(
        cls,
        model: LinearModel,
        features: FloatArray,
        response: FloatArray,
        rows: int,
        constant: float,
    ) -> Self:
        model.propriety.require_determined()
        p = model.n_features
        factor = triangular_factor(np.column_stack([features, response]))
        root = factor[:p, :p]
        # the integral over p flat coefficients
        constant += 0.5 * p * LOG_2PI - float(np.sum(np.log(np.diag(root))))
        return cls(
            model=model,
            origin=solve_triangular(root, factor[:p, p]),
            axes=np.zeros((p, 0)),
            free_axes=solve_triangular(root, np.eye(p)),
            eigenvalues=np.zeros(0),
            projections=np.zeros(0),
            residual=abs(float(factor[p, p])) if len(factor) > p else 0.0,
            unit=1.0,
            rows=rows - p,
            log_constant=constant,
        )

    @property
    def is_partial(self) -> bool:
        """Whether the prior alone informs some directions of the coefficients."""
        return len(self.origin) > self.axes.shape[1] + self.free_axes.shape[1]

    @cached_property
    @fixed
    def unit_axes(self) -> FloatArray:
        """The orthonormal rows V', shape (k, p)."""
        return self.model.gaussian_prior.whiten(self.axes.T)

    @property
    def outside_axes(self) -> FloatArray:
        """N with NN' the part of K outside the axes, shape (p, p), or (p, 0)."""
        p = len(self.origin)
        if not self.is_partial:
            return np.zeros((p, 0))
        outside = np.eye(p) - self.unit_axes.T @ self.unit_axes
        return self.model.gaussian_prior.colour_axes(outside)

    @cached_property
    @fixed
    def outside_variances(self) -> FloatArray:
        """The diagonal of the part of K outside the axes, shape (p,)."""
        if not self.is_partial:
            return np.zeros(len(self.origin))
        total = self.model.gaussian_prior.unit_variances(len(self.origin))
        return _difference(total, np.sum(self.axes**2, axis=1))

    def outside_variances_of(self, rows: FloatArray) -> FloatArray:
        """Return the same for linear functions of the coefficients, which are rows."""
        if not self.is_partial:
            return np.zeros(len(rows))
        total = np.sum(self.model.gaussian_prior.colour(rows) ** 2, axis=1)
        return _difference(total, np.sum((rows @ self.axes) ** 2, axis=1))

    def shrinkage(self, penalty: FloatArray) -> FloatArray:
        """Return alpha / (d² + alpha), with an axis for the directions added."""
        penalty = np.asarray(penalty)[..., np.newaxis]
        return penalty / (self.eigenvalues + penalty)

    def sum_of_squares(self, penalty: FloatArray) -> FloatArray:
        """Return Q, the least penalised sum of squares."""
        return self.residual**2 + self.shrinkage(penalty) @ self.projections**2

    def log_factor(self, penalty: FloatArray) -> FloatArray:
        """Return L, the part of the log evidence that no noise sd changes."""
        log_shrinkage = np.log(self.shrinkage(penalty))
        return self.log_constant + 0.5 * np.sum(log_shrinkage, axis=-1)

    def log_evidence(self, penalty: FloatArray, noise_sd: FloatArray) -> FloatArray:
        """Return log p(y | alpha, sigma); a flat intercept counts as density 1."""
        squares = self.sum_of_squares(penalty) / noise_sd**2
        return self.log_factor(penalty) - self.rows * np.log(noise_sd) - 0.5 * squares

    def means(self, penalty: FloatArray) -> FloatArray:
        """Return the conditional means of gamma, with an axis for them added."""
        penalty = np.asarray(penalty)[..., np.newaxis]
        sizes = np.sqrt(self.eigenvalues / self.unit)
        return sizes * self.projections / (self.eigenvalues + penalty)

    def variances(self, penalty: FloatArray) -> FloatArray:
        """Return the conditional variances of gamma for a noise sd of 1.

        An axis for the directions is added.
        """
        return 1 / (self.eigenvalues + np.asarray(penalty)[..., np.newaxis]) / self.unit

    def coefficients(self, penalty: FloatArray) -> FloatArray:
        """Return the conditional means of b, which are the ridge solutions."""
        return self.origin + self.means(penalty) @ self.axes.T

    def degrees_of_freedom(self, penalty: FloatArray) -> FloatArray:
        """Return the effective number of coefficients, the intercept not counted.

        It is the sum of d² / (d² + alpha).
        """
        penalty = np.asarray(penalty)[..., np.newaxis]
        kept = self.eigenvalues / (self.eigenvalues + penalty)
        return np.sum(kept, axis=-1) + self.free_axes.shape[1]


def _difference(total: FloatArray, part: FloatArray) -> FloatArray:
    """Return total less part, 0 where the difference is only rounding."""
    return np.where(total - part > 1e-14 * total, total - part, 0.0)


def _singular_vectors(
    rows: FloatArray, *, is_centred: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return U, d and V' of rows = U diag(d) V', without a d that is 0 to rounding."""
    n, p = rows.shape
    if not rows.any():
        return np.zeros((n, 0)), np.zeros(0), np.zeros((0, p))
    # the Gram matrix of the rows is some four times faster, where it loses no digits
    if p > 4 * n:
        squares, left = np.linalg.eigh(rows @ rows.T)
        # Centred rows have one d of 0. A second one would be a loss of digits.
        centred = squares[0] <= n * np.finfo(float).eps * squares[-1] and is_centred
        squares, left = squares[int(centred) :], left[:, int(centred) :]
        if len(squares) and squares[0] > GRAM_MIN_RCOND * squares[-1]:
            singular_values = np.sqrt(squares)
            return left, singular_values, (left / singular_values).T @ rows
    left, singular_values, right = np.linalg.svd(rows, full_matrices=False)
    kept = singular_values > max(n, p) * np.finfo(float).eps * singular_values[0]
    return left[:, kept], singular_values[kept], right[kept]
