r"""Linear functions of intercept and coefficients, in the eigenbasis.

.. math:: q = c + B \gamma + \sigma H z + \tau N z_0

with standard normal z and :math:`z_0`, and the independent :math:`\gamma_k` of
``Eigenbasis``. Such are the parameters themselves and the regression line at rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from bayes_l2.arrays import FixedArrays, FloatArray, fixed
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis


@dataclass(frozen=True, eq=False)
class LinearFunctions(FixedArrays):
    r"""Linear functions :math:`q = s + R b + \sigma h z`, where z is one normal number.

    At the weighted mean :math:`\bar x` of the rows, the line has the mean
    :math:`\bar y` and the sd :math:`\sigma / \sqrt W`, and is independent of b. So the
    intercept has :math:`s = \bar y`, :math:`R = -\bar x^\top` and
    :math:`h = 1 / \sqrt W`.

    Attributes
    ----------
    basis : Eigenbasis
        The basis of the model.
    names : tuple of str
        Names of the d functions.
    times : callable
        Takes M of shape (p, m), and returns RM of shape (d, m).
    offset, noise : ndarray of shape (d,)
        s and h.
    outside_variances : ndarray of shape (d,)
        The diagonal of NN'.
    """

    basis: Eigenbasis
    names: tuple[str, ...]
    times: Callable[[FloatArray], FloatArray]
    offset: FloatArray
    noise: FloatArray
    outside_variances: FloatArray

    @classmethod
    def parameters(cls, basis: Eigenbasis) -> Self:
        """Return the intercept, where there is one, and the coefficients."""
        model, zeros = basis.model, np.zeros(len(basis.origin))
        names, outside = model.layout.names, basis.outside_variances
        if not model.intercept:
            return cls(basis, names, np.asarray, zeros, zeros, outside)
        mean, weight = model.statistics.mean, model.statistics.total_weight
        row = -mean[np.newaxis, :-1]
        return cls(
            basis,
            names,
            lambda matrix: np.vstack([row @ matrix, matrix]),
            np.append(mean[-1], zeros),
            np.append(weight**-0.5, zeros),
            np.append(basis.outside_variances_of(row), outside),
        )

    @classmethod
    def line(cls, basis: Eigenbasis, X: FloatArray) -> Self:
        """Return the regression line at rows."""
        statistics, n = basis.model.statistics, len(X)
        offset = noise = np.zeros(n)
        if basis.model.intercept:
            X = X - statistics.mean[:-1]
            offset = np.full(n, statistics.mean[-1])
            noise = np.full(n, statistics.total_weight**-0.5)
        names, outside = tuple(map(str, range(n))), basis.outside_variances_of(X)
        return cls(basis, names, lambda matrix: X @ matrix, offset, noise, outside)

    def take(self, places: Sequence[int]) -> Self:
        """Return some of the functions."""
        return type(self)(
            self.basis,
            tuple(self.names[place] for place in places),
            lambda matrix: self.times(matrix)[places],
            self.offset[places],
            self.noise[places],
            self.outside_variances[places],
        )

    @cached_property
    @fixed
    def center(self) -> FloatArray:
        """c, shape (d,)."""
        return self.offset + self.times(self.basis.origin[:, np.newaxis])[:, 0]

    @cached_property
    @fixed
    def axes(self) -> FloatArray:
        """B, shape (d, k)."""
        return self.times(self.basis.axes)

    @cached_property
    @fixed
    def noise_axes(self) -> FloatArray:
        """H, shape (d, 1 + f)."""
        return np.column_stack([self.noise, self.times(self.basis.free_axes)])

    @cached_property
    @fixed
    def outside_axes(self) -> FloatArray:
        """N, shape (d, p), or (d, 0) where the axes span all directions."""
        return self.times(self.basis.outside_axes)

    def root(self, penalty: float) -> FloatArray:
        """Return C with CC' the covariance given a penalty and a noise sd of 1."""
        along = self.axes * np.sqrt(self.basis.variances(np.asarray(penalty)))
        outside = self.outside_axes / np.sqrt(self.basis.unit * penalty)
        return np.hstack([along, self.noise_axes, outside])
