r"""A Gaussian model in the basis where every penalty is cheap.

.. math:: b = o + A \gamma, \qquad \gamma_k \mid y, \alpha, \sigma \sim
          N\!\left(\frac{d_k g_k}{d_k^2 + \alpha},
          \frac{\sigma^2}{d_k^2 + \alpha}\right)

One factorisation of the rows gives d, g and A. After it each penalty costs O(p).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from bayes_l2.arrays import (
    LOG_2PI,
    FixedArrays,
    FloatArray,
    fixed,
    norms,
    triangular_factor,
)
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.priors.base import BoolArray
from bayes_l2.model.statistics.reduction import GRAM_MIN_RCOND
from bayes_l2.posteriors.quadrature.graded import graded_singular_vectors

LARGEST_RATIO = 1e3  # of the sizes of columns: small ones lose as many digits


class _FlatPart(NamedTuple):
    """Rows without the columns that have a flat prior, and what these take of them.

    ``features`` are 0 in the places of these f columns. Given the other coefficients b,
    these are ``origin + carried @ b + noise_sd * axes[places] @ z`` for standard normal
    z, and ``log_integral`` is the log of the integral over them for a noise sd of 1.
    """

    places: npt.NDArray[np.intp]
    features: FloatArray
    response: FloatArray
    origin: FloatArray
    carried: FloatArray
    axes: FloatArray
    log_integral: float

    @classmethod
    def of(cls, model: LinearModel, features: FloatArray, response: FloatArray) -> Self:
        """Project the flat columns out of the rows of a model."""
        p = features.shape[1]
        is_flat = model.prior.flat_columns(p)
        places, f = np.flatnonzero(is_flat), int(is_flat.sum())
        axes, carried = np.zeros((p, f)), np.zeros((f, p))
        if not f:
            return cls(places, features, response, np.zeros(0), carried, axes, 0.0)
        model.propriety.require_determined()
        others = np.flatnonzero(~is_flat)
        columns = features[:, np.concatenate([places, others])]
        factor = triangular_factor(np.column_stack([columns, response]))
        root = factor[:f, :f]
        left = np.zeros((len(factor) - f, p))
        left[:, others] = _beyond_rounding(
            factor[f:, f:p], norms(factor[:, f:p], axis=0)
        )
        carried[:, others] = -solve_triangular(root, factor[:f, f:p])
        axes[places] = solve_triangular(root, np.eye(f))
        log_integral = 0.5 * f * LOG_2PI - float(np.sum(np.log(np.diag(root))))
        origin = solve_triangular(root, factor[:f, p])
        return cls(places, left, factor[f:, p], origin, carried, axes, log_integral)


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

    Directions of b outside of A keep their prior. Columns with a flat prior are
    projected out of y and of the others (Frisch and Waugh), which gives X T and n' rows
    their meaning here. Given the other coefficients they have the least-squares
    solution as their mean, and :math:`b = o + A \gamma + F z \sigma` for standard
    normal z. If all columns are flat there is no penalty. Penalties are in units of
    ``unit``, the largest :math:`d_k^2`, which keeps them in the range of numbers.

    Attributes
    ----------
    origin : ndarray of shape (p,)
        o: the prior mean, and for columns with a flat prior the least-squares solution
        beside it.
    axes : ndarray of shape (p, k)
        A; k is the number of directions that the rows inform, 0 under a flat prior.
    free_axes : ndarray of shape (p, f)
        F; f is the number of columns with a flat prior.
    carried : ndarray of shape (f, p)
        The change of the coefficients with a flat prior, given all others, by a change
        of those; 0 in their own places.
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
    carried: FloatArray
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
        flat = _FlatPart.of(model, features, response)
        origin = prior.mean_vector(p)
        target = flat.response - flat.features @ origin
        left, singular_values, right = _singular_vectors(
            prior.colour(flat.features), is_centred=model.intercept
        )
        projections = left.T @ target
        largest = float(singular_values.max(initial=0.0)) or 1.0
        residual = 0.0  # as many directions as rows leave no room for one
        rows -= len(flat.places)
        if rows > len(singular_values):
            residual = float(np.linalg.norm(target - left @ projections))
        axes = np.zeros((p, len(singular_values)))
        if axes.size:
            axes = prior.colour_axes(right.T)
        origin[flat.places] = flat.origin + flat.carried @ origin
        axes[flat.places] = flat.carried @ axes
        return cls(
            model=model,
            origin=origin,
            axes=axes,
            free_axes=flat.axes,
            carried=flat.carried,
            eigenvalues=(singular_values / largest) ** 2,
            projections=projections,
            residual=residual,
            unit=largest**2,
            rows=rows,
            log_constant=constant + flat.log_integral,
        )

    @property
    def is_partial(self) -> bool:
        """Whether the prior alone informs some directions of the coefficients."""
        return len(self.origin) > self.axes.shape[1] + self.free_axes.shape[1]

    @cached_property
    @fixed
    def unit_axes(self) -> FloatArray:
        """The orthonormal rows V', shape (k, g), for g columns that are not flat."""
        return self.model.gaussian_prior.whiten(self.axes.T)

    def flat_distance(self, deviations: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return squared distances of the flat coefficients, and the log of their root.

        They are those given the others for a noise sd of 1. Deviations are those of all
        coefficients from ``origin``, shape (..., p), and the distances have (...).
        """
        own = deviations[..., self.flat] - deviations @ self.carried.T
        white = np.linalg.solve(self.free_axes[self.flat], own[..., np.newaxis])
        log_root = np.array(-np.linalg.slogdet(self.free_axes[self.flat])[1])
        return np.sum(white[..., 0] ** 2, axis=-1), log_root

    @property
    def outside_axes(self) -> FloatArray:
        """N with NN' the part of K outside the axes, shape (p, g), or (p, 0)."""
        if not self.is_partial:
            return np.zeros((len(self.origin), 0))
        inside = self.unit_axes.T @ self.unit_axes
        return self.coloured(np.eye(len(inside)) - inside)

    def coloured(self, axes: FloatArray) -> FloatArray:
        """Return the coefficients that move along axes of the prior's unit space."""
        coef = self.model.gaussian_prior.colour_axes(axes)
        coef[self.flat] = self.carried @ coef
        return coef

    @cached_property
    def flat(self) -> BoolArray:
        """Which columns have a flat prior, shape (p,)."""
        return self.model.prior.flat_columns(len(self.origin))

    @cached_property
    @fixed
    def outside_variances(self) -> FloatArray:
        """The diagonal of the part of K outside the axes, shape (p,)."""
        if not self.is_partial:
            return np.zeros(len(self.origin))
        total = self.model.gaussian_prior.unit_variances(len(self.origin))
        outside = _difference(total, np.sum(self.axes**2, axis=1))
        places = np.flatnonzero(self.flat)
        rows = np.zeros((len(places), len(self.origin)))
        rows[np.arange(len(places)), places] = 1.0
        outside[places] = self.outside_variances_of(rows)
        return outside

    def outside_variances_of(self, rows: FloatArray) -> FloatArray:
        """Return the same for linear functions of the coefficients, which are rows."""
        if not self.is_partial:
            return np.zeros(len(rows))
        given = rows + rows[:, self.flat] @ self.carried if self.flat.any() else rows
        total = np.sum(self.model.gaussian_prior.colour(given) ** 2, axis=1)
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
        sizes = np.sqrt(self.eigenvalues) / np.sqrt(self.unit)
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


def _beyond_rounding(columns: FloatArray, before: FloatArray) -> FloatArray:
    """Return what is left of columns, with zeros where it is rounding.

    ``before`` are the sizes of the columns before a part was taken away.
    """
    rounding = 4 * max(columns.shape) * np.finfo(float).eps * before
    return np.where(norms(columns, axis=0) > rounding, columns, 0.0)


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
        if squares[0] > GRAM_MIN_RCOND * squares[-1]:
            singular_values = np.sqrt(squares)
            return left, singular_values, (left / singular_values).T @ rows
    sizes = norms(rows, axis=0)
    if sizes[sizes > 0].min() * LARGEST_RATIO < sizes.max():
        return graded_singular_vectors(rows)
    left, singular_values, right = np.linalg.svd(rows, full_matrices=False)
    kept = singular_values > max(n, p) * np.finfo(float).eps * singular_values[0]
    return left[:, kept], singular_values[kept], right[kept]
