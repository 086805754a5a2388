r"""The Gaussian prior, which is an L2 penalty.

.. math:: -\log p(b) = \tfrac12 (b - m_0)^\top S_0^{-1} (b - m_0) + \text{const.},
          \qquad S_0 = \tau^2 I,\; \tau^2 \operatorname{diag}(s_j^2)
          \text{ or general}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, override

import numpy as np
import numpy.typing as npt

from bayes_l2 import arguments
from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.kinds import shape_of
from bayes_l2.model.priors.base import BoolArray, GaussianPrior
from bayes_l2.model.priors.columns import (
    by_column,
    flat_names,
    in_order,
    range_of,
    text_of,
)
from bayes_l2.model.priors.shapes import Diagonal, Full, Identity, Shape
from bayes_l2.model.scales import Known, Scale, as_given, as_scale
from bayes_l2.texts import shown
from bayes_l2.validation import covariance, positive_number, set_fields, vector

ByColumn = Sequence[float] | FloatArray | Mapping[str, float]


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Normal(GaussianPrior):
    r"""Gaussian prior on the coefficients, which is an L2 penalty.

    Density, for p coefficients:

    .. math:: b \sim N(m_0, \tau^2 I) \quad\text{or}\quad
              b_j \sim N(m_{0j}, \tau^2 s_j^2) \quad\text{or}\quad b \sim N(m_0, S_0)

    Penalty, the negative logarithm up to a constant:
    :math:`\tfrac{1}{2\tau^2} \lVert b - m_0 \rVert^2`, or
    :math:`\tfrac{1}{2\tau^2} \sum_j (b_j - m_{0j})^2 / s_j^2`, or
    :math:`\tfrac12 (b - m_0)^\top S_0^{-1} (b - m_0)`. It is convex, strictly so where
    every sd is finite, and has derivatives of every order.

    Parameters
    ----------
    sd : float, prior on a scale, sequence of float or mapping, optional
        Prior standard deviation, in units of y per unit of the column. A number, or a
        prior such as ``priors.HalfCauchy(20)``, is that of every coefficient,
        :math:`\tau`. A list has a number :math:`s_j` for each column in order, and a
        dict has one for each column by its name. In both ``inf`` stands for a flat
        prior, which is no penalty: the density of that coefficient is 1.
    mean : float or array_like of shape (p,), default 0
        Prior mean :math:`m_0`, in the same units and in the order of the columns of X.
        That of a column with a flat prior does not count.
    cov : array_like of shape (p, p), optional
        Prior covariance :math:`S_0`, symmetric positive definite. Give either ``sd``
        or ``cov``.
    factor : float or a prior on a scale, optional
        The factor :math:`\tau` of an sd for each column, which has no unit; 1 by
        default. As an unknown parameter it is called ``prior_sd``.
    relative_to_noise : bool, default False
        Whether sd and cov are in units of the noise:
        :math:`b \mid \sigma \sim N(m_0, \tau^2 \sigma^2 I)` or
        :math:`N(m_0, \sigma^2 S_0)`. The penalty is then :math:`1 / \tau^2` for every
        noise sd.

    Attributes
    ----------
    size : int or None
        The number of coefficients of this prior; None for a prior of any number.
    sds : ndarray of shape (p,) or None
        The sd of each column over ``spread``, infinite for a flat prior; None where
        there is one sd or a covariance. Equal sds count as one number in a model.
    columns : tuple of str or None
        The names of the columns, where each has an sd. A model puts the sds in the
        order of its columns.

    Raises
    ------
    ValueError
        If both or neither of ``sd`` and ``cov`` are given, an argument is not valid,
        all sds are infinite, or ``factor`` is beside anything but an sd for each
        column. A model refuses sds that are not one for each of its columns.

    References
    ----------
    Hoerl and Kennard (1970), Technometrics 12(1), section 6; Bishop (2006), section
    3.3.1.
    """

    name: ClassVar[str] = "L2"
    spread: Scale
    mean: FloatArray
    cov: FloatArray | None
    relative_to_noise: bool
    size: int | None
    sds: FloatArray | None
    columns: tuple[str, ...] | None

    def __init__(
        self,
        sd: "float | Scale | ByColumn | None" = None,
        *,
        mean: npt.ArrayLike = 0.0,
        cov: npt.ArrayLike | None = None,
        factor: "float | Scale | None" = None,
        relative_to_noise: bool = False,
    ) -> None:
        if (sd is None) == (cov is None):
            seen = "neither" if sd is None else "both"
            raise ValueError(f"a Normal prior needs either sd or cov, got {seen}")
        arguments.flag(relative_to_noise, "relative_to_noise")
        is_one = not shape_of(mean) and not isinstance(mean, np.ma.MaskedArray)
        center = vector([mean] if is_one else mean, "prior mean").copy()
        matrix = None if cov is None else covariance(cov, "prior cov")
        spread, sds, columns = _spread_and_sds(sd, factor)
        size = None if is_one else len(center)
        for name, each in (("sd", sds), ("cov", matrix)):
            if each is None:
                continue
            if size not in (None, len(each)):
                raise ValueError(
                    f"prior mean and {name} must have one size, "
                    f"got {size} and {len(each)}"
                )
            size = len(each)
        set_fields(
            self,
            spread=spread,
            mean=center,
            cov=matrix,
            relative_to_noise=bool(relative_to_noise),
            size=size,
            sds=sds,
            columns=columns,
        )

    @property
    def sd(self) -> Any:
        """A known sd that is one number, the prior of an unknown scale, or None."""
        if self.has_one_sd or not self.spread.is_known:
            return as_given(self.spread)
        return None

    def __repr__(self) -> str:
        if self.cov is not None:
            text = f"cov=<{self.size} x {self.size}>"
        elif self.sds is not None:
            text = f"sd={text_of(self.sds.tolist(), self.columns)}"
            text += "" if self.spread.is_known else f", factor={self.spread!r}"
        elif self.spread.is_known:
            text = f"sd={self.sd:g}"
        else:
            text = str(self.sd)
        if np.any(self.mean):
            one = len(self.mean) == 1
            text += f", mean={f'{self.mean[0]:g}' if one else f'<{len(self.mean)}>'}"
        relative = ", relative_to_noise=True" if self.relative_to_noise else ""
        return f"priors.Normal({text}{relative})"

    @override
    def for_columns(self, names: tuple[str, ...]) -> "Normal":
        if self.sds is None:
            return self
        sds = tuple(self.sds.tolist())
        if self.columns is not None:
            sds = in_order(sds, self.columns, names, "prior sd")
        if len(sds) != len(names):
            return self
        if len({*sds}) == 1 and (self.spread.is_known or sds[0] == 1):
            return self._with(sds[0] if self.spread.is_known else self.spread)
        return self._with(dict(zip(names, sds, strict=True)), self.spread)

    def at_unit(self) -> "Normal":
        """Return the prior with 1 for its one sd, or for the factor of its sds."""
        return self._with(1.0) if self.sds is None else self._with(self.sds)

    def _with(self, sd: Any, factor: Scale | None = None) -> "Normal":
        mean = self.mean if len(self.mean) > 1 else float(self.mean[0])
        return Normal(
            sd,
            mean=mean,
            factor=None if factor is None else as_given(factor),
            relative_to_noise=self.relative_to_noise,
        )

    @override
    def flat_columns(self, n_features: int) -> BoolArray:
        return self._shape.flat_columns(n_features)

    @property
    @override
    def has_one_sd(self) -> bool:
        return self.cov is None and self.sds is None

    @override
    def column_shares(self, n_features: int) -> FloatArray:
        if self.sds is None:
            return np.ones(n_features)
        return self.sds.min() / self.sds

    @property
    @override
    def is_ridge(self) -> bool:
        return self.has_one_sd and not np.any(self.mean)

    @override
    def multiplier(self, noise_sd: float, prior_sd: float) -> float:
        """Return s in N(mean, s² K): K is the identity, diag(sds²) or ``cov``."""
        own = prior_sd if self.cov is None else 1.0
        return own * noise_sd if self.relative_to_noise else own

    @override
    def log_density(self, coef: FloatArray, multiplier: float | None = None) -> float:
        multiplier = self._multiplier(multiplier)
        p = coef.shape[-1]
        proper = p - int(np.sum(self.flat_columns(p)))
        constant = self.log_determinant - proper * (np.log(multiplier) + 0.5 * LOG_2PI)
        squares = self.squares(coef, multiplier)
        return float(constant * (coef.size / p) - 0.5 * squares)

    @override
    def smooth_part(
        self, coef: FloatArray, multiplier: float | None = None
    ) -> tuple[float, FloatArray]:
        multiplier = self._multiplier(multiplier)
        scaled = self._shape.pull((coef - self.mean) / multiplier)
        return self.log_density(coef, multiplier), -scaled / multiplier

    @override
    def curvature(self, n_features: int, multiplier: float) -> FloatArray:
        root = self.root(n_features) / multiplier
        return -root.T @ root

    @override
    def squares(self, coef: FloatArray, multiplier: float) -> float:
        return float(np.sum((self.whiten(coef - self.mean) / multiplier) ** 2))

    @override
    def mean_vector(self, n_features: int) -> FloatArray:
        return np.broadcast_to(self.mean, n_features).copy()

    @override
    def root(self, n_features: int) -> FloatArray:
        return self._shape.root(n_features)

    @override
    def whiten(self, deviation: FloatArray) -> FloatArray:
        return self._shape.whiten(deviation)

    @override
    def colour(self, rows: FloatArray) -> FloatArray:
        return self._shape.colour(rows)

    @override
    def colour_axes(self, axes: FloatArray) -> FloatArray:
        return self._shape.colour_axes(axes)

    @override
    def unit_variances(self, n_features: int) -> FloatArray:
        return self._shape.variances(n_features)

    @property
    @override
    def log_determinant(self) -> float:
        return self._shape.log_determinant

    @cached_property
    def _shape(self) -> Shape:
        """K."""
        if self.sds is not None:
            return Diagonal(self.sds)
        return Identity() if self.cov is None else Full(self.cov)

    def _multiplier(self, multiplier: float | None) -> float:
        if multiplier is not None:
            return multiplier
        if self.relative_to_noise or not self.spread.is_known:
            raise ValueError(
                f"the density under {self!r} needs its multiplier: "
                "its scale is not a number"
            )
        return self.multiplier(1.0, self.spread.value)

    @override
    def belief(self) -> str:
        noise = " σ²" if self.relative_to_noise else ""
        if self.cov is not None:
            shape = f"{self.size} × {self.size}"
            return f"b ~ Normal(m0, S0{noise}) with a full covariance, {shape}"
        if self.sds is not None:
            return self._belief_by_column(self.sds.tolist(), noise)
        mean = "m0" if len(self.mean) > 1 else f"{self.mean[0]:g}"
        variance = f"{self.spread.symbol('τ')}²{noise}"
        return f"b ~ Normal({mean}, {variance}), each coefficient by itself"

    def _belief_by_column(self, sds: list[float], noise: str) -> str:
        factor = "" if self.spread.is_known else "τ² "
        mean = "m0_j" if len(self.mean) > 1 else f"{self.mean[0]:g}"
        line = f"b_j ~ Normal({mean}, {factor}s_j²{noise}), each s_j of its own: "
        flat = f"; flat for {flat_names(sds, self.columns)}" if np.inf in sds else ""
        return line + range_of(sds) + flat

    @override
    def objective(self, loss: str, *, in_noise_units: bool, is_penalty: bool) -> str:
        if is_penalty:
            return f"{loss} + {'' if in_noise_units else '½ '}α ||b||²"
        deviation = "b - m0" if np.any(self.mean) else "b"
        if self.sds is not None:
            term = "(b_j - m0_j)²" if np.any(self.mean) else "b_j²"
            factor = "" if self.spread.is_known else "τ² "
            penalty = f"Σ {term} / " + (f"({factor}s_j²)" if factor else "s_j²")
        elif self.cov is None:
            penalty = f"||{deviation}||² / τ²"
        else:
            penalty = f"({deviation})' S0⁻¹ ({deviation})"
        if not in_noise_units:
            return f"{loss} + ½ {penalty}"
        return f"{loss}{'' if self.relative_to_noise else ' / σ²'} + {penalty}"


def _spread_and_sds(
    sd: Any, factor: Any
) -> tuple[Scale, FloatArray | None, tuple[str, ...] | None]:
    """Return the sd or factor as a scale, the sds of columns, and their names."""
    one: Any = Known(1.0)
    sds, columns = (one, None) if sd is None else by_column(sd, "prior sd", as_scale)
    if not isinstance(sds, tuple):
        if factor is not None:
            seen = "cov" if sd is None else shown(sd)
            raise ValueError(
                "factor multiplies a prior sd for each column, such as "
                f"sd=[0.5, 2], got it beside {seen}; for one unknown sd use "
                "priors.Normal(priors.HalfCauchy(1))"
            )
        return sds, None, None
    spread = Known(1.0) if factor is None else as_scale(factor, "factor")
    products = np.array(sds)
    if spread.is_known:
        products, spread = products * spread.value, Known(1.0)
    for each in products[np.isfinite(sds)]:
        positive_number(float(each), "factor times prior sd")
    return spread, products, columns
