r"""The double-exponential prior, which is an L1 penalty.

.. math:: -\log p(b) = \sum_j \lvert b_j \rvert / s_j + \text{const.}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import ClassVar, override

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.priors.base import BoolArray, Prior
from bayes_l2.model.priors.columns import (
    by_column,
    flat_names,
    in_order,
    range_of,
    text_of,
)
from bayes_l2.validation import positive_number, set_fields


@dataclass(frozen=True, init=False, repr=False)
class Laplace(Prior):
    r"""Double-exponential prior on the coefficients, which is an L1 penalty.

    .. math:: p(b) = \prod_j \frac{1}{2s_j} e^{-\lvert b_j \rvert / s_j}

    Penalty, the negative logarithm up to a constant:
    :math:`\sum_j \lvert b_j \rvert / s_j`. It is convex, but not strictly. It is
    differentiable except where a coefficient is 0. There its slopes are
    :math:`\pm 1/s_j`, and each number between them is a subgradient. So the mode can
    have coefficients of exactly 0.

    Parameters
    ----------
    scale : float, sequence of float or mapping of str to float
        Mean absolute coefficient s, in units of y per unit of the column. The prior
        sd is :math:`\sqrt2\, s`. A number is that of all columns. A list has a number
        for each column in order, and a dict has one for each column by its name. In
        both ``inf`` stands for a flat prior, which is no penalty: the density of that
        coefficient is 1.

    Attributes
    ----------
    scale : float or tuple of float
        The scale of all columns, or that of each.
    columns : tuple of str or None
        The names of the columns, where each has a scale. A model puts the scales in
        the order of its columns, and equal scales count as one number there.
    size : int or None
        The number of columns; None for a prior of any number.

    Raises
    ------
    ValueError
        If a scale is not positive, or none is finite. A model refuses scales that are
        not one for each of its columns.

    References
    ----------
    Tibshirani (1996), J. R. Statist. Soc. B 58(1), section 5; Park and Casella
    (2008), JASA 103(482).
    """

    name: ClassVar[str] = "L1"
    is_smooth: ClassVar[bool] = False
    scale: float | tuple[float, ...]
    columns: tuple[str, ...] | None
    size: int | None

    def __init__(
        self, scale: float | Sequence[float] | FloatArray | Mapping[str, float]
    ) -> None:
        found, columns = by_column(scale, "prior scale", positive_number)
        size = len(found) if isinstance(found, tuple) else None
        set_fields(self, scale=found, columns=columns, size=size)

    def __repr__(self) -> str:
        if not isinstance(self.scale, tuple):
            return f"priors.Laplace(scale={self.scale:g})"
        return f"priors.Laplace(scale={text_of(self.scale, self.columns)})"

    @override
    def for_columns(self, names: tuple[str, ...]) -> "Laplace":
        if not isinstance(self.scale, tuple):
            return self
        scales = self.scale
        if self.columns is not None:
            scales = in_order(scales, self.columns, names, "prior scale")
        if len(scales) != len(names):
            return self
        if len({*scales}) == 1:
            return Laplace(scales[0])
        return Laplace(dict(zip(names, scales, strict=True)))

    @override
    def flat_columns(self, n_features: int) -> BoolArray:
        return np.isinf(np.broadcast_to(self.scale, n_features))

    @property
    @override
    def kink_slope(self) -> float | FloatArray:
        if isinstance(self.scale, tuple):
            return 1 / np.array(self.scale)
        return 1 / self.scale

    @override
    def column_shares(self, n_features: int) -> FloatArray:
        slopes = np.broadcast_to(self.kink_slope, n_features)
        return slopes / slopes.max()

    @override
    def log_density(self, coef: FloatArray, multiplier: float | None = None) -> float:
        scales = np.broadcast_to(self.scale, coef.shape)
        normaliser = np.sum(np.log(2 * scales[scales < inf]))
        return float(-np.sum(np.abs(coef) * self.kink_slope) - normaliser)

    @override
    def smooth_part(
        self, coef: FloatArray, multiplier: float | None = None
    ) -> tuple[float, FloatArray]:
        return 0.0, np.zeros_like(coef)

    @override
    def curvature(self, n_features: int, multiplier: float) -> FloatArray:
        return np.zeros((n_features, n_features))

    @override
    def belief(self) -> str:
        if not isinstance(self.scale, tuple):
            return f"b ~ Laplace(0, {self.scale:g}), each coefficient by itself"
        line = f"b_j ~ Laplace(0, s_j), each s_j of its own: {range_of(self.scale)}"
        if inf in self.scale:
            line += f"; flat for {flat_names(self.scale, self.columns)}"
        return line

    @override
    def objective(self, loss: str, *, in_noise_units: bool, is_penalty: bool) -> str:
        divided = f"{loss} / 2σ²" if in_noise_units else loss
        if isinstance(self.scale, tuple):
            return f"{divided} + Σ|b_j| / s_j"
        return f"{divided} + Σ|b| / {self.scale:g}"
