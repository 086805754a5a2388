r"""The Gaussian prior, which is an L2 penalty.

.. math:: -\log p(b) = \tfrac12 (b - m_0)^\top S_0^{-1} (b - m_0) + \text{const.},
          \qquad S_0 = \tau^2 I \text{ or general}
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, override

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from bayes_l2 import arguments
from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model.priors.base import GaussianPrior
from bayes_l2.model.scales import Known, Scale, as_given, as_scale
from bayes_l2.validation import covariance, set_fields, vector


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Normal(GaussianPrior):
    r"""Gaussian prior on the coefficients, which is an L2 penalty.

    Density, for p coefficients:

    .. math:: b \sim N(m_0, \tau^2 I) \quad\text{or}\quad b \sim N(m_0, S_0)

    Penalty, the negative logarithm up to a constant:
    :math:`\tfrac{1}{2\tau^2} \lVert b - m_0 \rVert^2`, or
    :math:`\tfrac12 (b - m_0)^\top S_0^{-1} (b - m_0)`. It is strictly convex and has
    derivatives of every order.

    Parameters
    ----------
    sd : float or a prior on a scale, optional
        Prior standard deviation :math:`\tau` of every coefficient, in units of y per
        unit of the column: a number, or a prior such as ``priors.HalfCauchy(20)``.
    mean : float or array_like of shape (p,), default 0
        Prior mean :math:`m_0`, in the same units.
    cov : array_like of shape (p, p), optional
        Prior covariance :math:`S_0`, symmetric positive definite. Give either ``sd``
        or ``cov``.
    relative_to_noise : bool, default False
        Whether sd and cov are in units of the noise:
        :math:`b \mid \sigma \sim N(m_0, \tau^2 \sigma^2 I)` or
        :math:`N(m_0, \sigma^2 S_0)`. The penalty is then :math:`1 / \tau^2` for every
        noise sd.

    Attributes
    ----------
    size : int or None
        The number of coefficients of this prior; None for a prior of any number.

    Raises
    ------
    ValueError
        If both or neither of ``sd`` and ``cov`` are given, or an argument is not valid.

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

    def __init__(
        self,
        sd: "float | Scale | None" = None,
        *,
        mean: npt.ArrayLike = 0.0,
        cov: npt.ArrayLike | None = None,
        relative_to_noise: bool = False,
    ) -> None:
        if (sd is None) == (cov is None):
            seen = "neither" if sd is None else "both"
            raise ValueError(f"a Normal prior needs either sd or cov, got {seen}")
        arguments.flag(relative_to_noise, "relative_to_noise")
        center = vector(np.atleast_1d(mean), "prior mean").copy()
        matrix = None if cov is None else covariance(cov, "prior cov")
        size = None if np.ndim(mean) == 0 else len(center)
        if matrix is not None:
            if size not in (None, len(matrix)):
                raise ValueError(
                    "prior mean and cov must have one size, "
                    f"got {size} and {len(matrix)}"
                )
            size = len(matrix)
        set_fields(
            self,
            spread=Known(1.0) if sd is None else as_scale(sd, "prior sd"),
            mean=center,
            cov=matrix,
            relative_to_noise=bool(relative_to_noise),
            size=size,
        )

    @property
    def sd(self) -> Any:
        """The prior sd as given: a number, a prior, or None beside a covariance."""
        return None if self.cov is not None else as_given(self.spread)

    def __repr__(self) -> str:
        if self.cov is not None:
            text = f"cov=<{self.size} x {self.size}>"
        elif self.spread.is_known:
            text = f"sd={self.sd:g}"
        else:
            text = str(self.sd)
        if np.any(self.mean):
            one = len(self.mean) == 1
            text += f", mean={f'{self.mean[0]:g}' if one else f'<{len(self.mean)}>'}"
        relative = ", relative_to_noise=True" if self.relative_to_noise else ""
        return f"priors.Normal({text}{relative})"

    @property
    @override
    def is_ridge(self) -> bool:
        return self.cov is None and not np.any(self.mean)

    @override
    def multiplier(self, noise_sd: float, prior_sd: float) -> float:
        """Return s in N(mean, s² K): K is the identity or ``cov``."""
        own = prior_sd if self.cov is None else 1.0
        return own * noise_sd if self.relative_to_noise else own

    @override
    def log_density(self, coef: FloatArray, multiplier: float | None = None) -> float:
        multiplier = self._multiplier(multiplier)
        p = coef.shape[-1]
        constant = self.log_determinant - p * (np.log(multiplier) + 0.5 * LOG_2PI)
        squares = self.squares(coef, multiplier)
        return float(constant * (coef.size / p) - 0.5 * squares)

    @override
    def smooth_part(
        self, coef: FloatArray, multiplier: float | None = None
    ) -> tuple[float, FloatArray]:
        multiplier = self._multiplier(multiplier)
        scaled = self.whiten(coef - self.mean) / multiplier
        root = self._cov_root
        slope = -(scaled if root is None else scaled @ root) / multiplier
        return self.log_density(coef, multiplier), slope

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
        return np.eye(n_features) if self._cov_root is None else self._cov_root

    @override
    def whiten(self, deviation: FloatArray) -> FloatArray:
        return deviation if self._cov_root is None else deviation @ self._cov_root.T

    @override
    def colour(self, rows: FloatArray) -> FloatArray:
        if self._cov_root is None:
            return rows
        return solve_triangular(self._cov_root, rows.T, trans=1, lower=True).T

    @override
    def colour_axes(self, axes: FloatArray) -> FloatArray:
        if self._cov_root is None:
            return axes
        return solve_triangular(self._cov_root, axes, lower=True)

    @override
    def unit_variances(self, n_features: int) -> FloatArray:
        return np.ones(n_features) if self.cov is None else np.diag(self.cov).copy()

    @property
    @override
    def log_determinant(self) -> float:
        if self._cov_root is None:
            return 0.0
        return float(np.sum(np.log(np.diag(self._cov_root))))

    @cached_property
    def _cov_root(self) -> FloatArray | None:
        if self.cov is None:
            return None
        lower = np.linalg.cholesky(self.cov)
        return solve_triangular(lower, np.eye(len(lower)), lower=True)

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
        mean = "m0" if len(self.mean) > 1 else f"{self.mean[0]:g}"
        variance = f"{self.spread.symbol('τ')}²{noise}"
        return f"b ~ Normal({mean}, {variance}), each coefficient by itself"

    @override
    def objective(self, loss: str, *, in_noise_units: bool, is_penalty: bool) -> str:
        if is_penalty:
            return f"{loss} + α ||b||²{'' if in_noise_units else ' / 2'}"
        deviation = "b - m0" if np.any(self.mean) else "b"
        if self.cov is None:
            penalty = f"||{deviation}||² / τ²"
        else:
            penalty = f"({deviation})' S0⁻¹ ({deviation})"
        if not in_noise_units:
            return f"{loss} + ½ {penalty}"
        return f"{loss}{'' if self.relative_to_noise else ' / σ²'} + {penalty}"
