"""What is believed of the coefficients before the data: the negative logarithm of each prior is a penalty."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model.scales import (
    Exponential,
    FlatLogScale,
    FlatScale,
    HalfCauchy,
    HalfNormal,
    HalfStudentT,
    InverseGamma,
    Scale,
    ScalePrior,
    scale,
)
from bayes_l2.validation import covariance, positive_number, vector

__all__ = [
    "Exponential",
    "Flat",
    "FlatLogScale",
    "FlatScale",
    "HalfCauchy",
    "HalfNormal",
    "HalfStudentT",
    "InverseGamma",
    "Laplace",
    "Normal",
    "Prior",
    "ScalePrior",
]


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Normal:
    r"""Gaussian prior on the coefficients, which is an L2 penalty.

    Density, for p coefficients:

    .. math:: b \sim N(m_0, \tau^2 I) \quad\text{or}\quad b \sim N(m_0, S_0)

    Penalty, the negative logarithm up to a constant: :math:`\tfrac{1}{2\tau^2} \lVert b - m_0 \rVert^2`,
    or :math:`\tfrac12 (b - m_0)^\top S_0^{-1} (b - m_0)`. It is strictly convex
    and has derivatives of every order.

    Parameters
    ----------
    sd : float or a prior on a scale, optional
        Prior standard deviation :math:`\tau` of every coefficient, in units of y per unit of the column: known, or
        unknown with a prior such as ``priors.HalfCauchy(20)``.
    mean : float or array_like of shape (p,), default 0
        Prior mean :math:`m_0`, in the same units.
    cov : array_like of shape (p, p), optional
        Prior covariance :math:`S_0`, symmetric positive definite. Give either ``sd`` or ``cov``.
    relative_to_noise : bool, default False
        Whether sd and cov are in units of the noise: :math:`b \mid \sigma \sim N(m_0, \tau^2 \sigma^2 I)` or
        :math:`N(m_0, \sigma^2 S_0)`. The penalty is then :math:`1 / \tau^2` whatever the noise.

    Attributes
    ----------
    size : int or None
        The number of coefficients this prior is for; None where any number will do.

    Raises
    ------
    ValueError
        If both or neither of ``sd`` and ``cov`` are given, or an argument is not valid.

    References
    ----------
    Hoerl and Kennard (1970), Technometrics 12(1), section 6; Bishop (2006), section 3.3.1.
    """

    name: ClassVar[str] = "L2"
    is_smooth: ClassVar[bool] = True
    sd: Scale | None
    mean: FloatArray
    cov: FloatArray | None
    relative_to_noise: bool
    size: int | None

    def __init__(
        self,
        sd: Scale | None = None,
        *,
        mean: npt.ArrayLike = 0.0,
        cov: npt.ArrayLike | None = None,
        relative_to_noise: bool = False,
    ) -> None:
        if (sd is None) == (cov is None):
            raise ValueError(
                f"a Normal prior needs either sd or cov, got {'neither' if sd is None else 'both'}"
            )
        if not isinstance(relative_to_noise, bool | np.bool):
            raise ValueError(
                f"relative_to_noise must be True or False, got {relative_to_noise!r}"
            )
        center = vector(np.atleast_1d(mean), "prior mean").copy()
        matrix = None if cov is None else covariance(cov, "prior cov")
        size = None if np.ndim(mean) == 0 else len(center)
        if matrix is not None:
            if size not in (None, len(matrix)):
                raise ValueError(
                    f"prior mean and cov must have one size, got {size} and {len(matrix)}"
                )
            size = len(matrix)
        object.__setattr__(self, "sd", None if sd is None else scale(sd, "prior sd"))
        object.__setattr__(self, "mean", center)
        object.__setattr__(self, "cov", matrix)
        object.__setattr__(self, "relative_to_noise", bool(relative_to_noise))
        object.__setattr__(self, "size", size)

    def __repr__(self) -> str:
        if isinstance(self.sd, float):
            text = f"sd={self.sd:g}"
        else:
            text = (
                str(self.sd) if self.cov is None else f"cov=<{self.size} x {self.size}>"
            )
        if np.any(self.mean):
            text += f", mean={f'{self.mean[0]:g}' if len(self.mean) == 1 else f'<{len(self.mean)}>'}"
        return f"priors.Normal({text}{', relative_to_noise=True' if self.relative_to_noise else ''})"

    def multiplier(self, noise_sd: float, prior_sd: float) -> float:
        """Return s in N(mean, s² K), where K is the identity or ``cov``; prior_sd counts where there is no cov."""
        own = prior_sd if self.cov is None else 1.0
        return own * noise_sd if self.relative_to_noise else own

    def log_density(self, coef: FloatArray, multiplier: float | None = None) -> float:
        """Return log p(coef), normalised; coef has shape (p,) or (K, p); by default the sd is known."""
        multiplier = self._known_multiplier if multiplier is None else multiplier
        scaled = self.whiten(coef - self.mean) / multiplier
        constant = self.log_determinant - coef.shape[-1] * (
            np.log(multiplier) + 0.5 * LOG_2PI
        )
        return float(constant * (coef.size / coef.shape[-1]) - 0.5 * np.sum(scaled**2))

    def gradient(self, coef: FloatArray, multiplier: float | None = None) -> FloatArray:
        """Return the gradient of the log density by coef, of its shape."""
        multiplier = self._known_multiplier if multiplier is None else multiplier
        scaled = self.whiten(coef - self.mean) / multiplier
        return (
            -(scaled if self._cov_root is None else scaled @ self._cov_root)
            / multiplier
        )

    def hessian(self, coef: FloatArray, multiplier: float | None = None) -> FloatArray:
        """Return the Hessian of the log density by coef, shape (p, p): minus the prior precision."""
        multiplier = self._known_multiplier if multiplier is None else multiplier
        root = self.root(len(coef)) / multiplier
        return -root.T @ root

    def mean_vector(self, n_features: int) -> FloatArray:
        """Return the prior mean, shape (n_features,)."""
        return np.broadcast_to(self.mean, n_features).copy()

    def root(self, n_features: int) -> FloatArray:
        """Return rows P with P'P the inverse of K: for a multiplier of 1, the prior as rows of least squares."""
        return np.eye(n_features) if self._cov_root is None else self._cov_root

    def whiten(self, deviation: FloatArray) -> FloatArray:
        """Return P times a deviation from the mean, or each row of deviations times P'."""
        return deviation if self._cov_root is None else deviation @ self._cov_root.T

    def colour(self, rows: FloatArray) -> FloatArray:
        """Return rows times the inverse of P: features, for coefficients whose K is the identity."""
        return (
            rows
            if self._cov_root is None
            else solve_triangular(self._cov_root, rows.T, trans=1, lower=True).T
        )

    def colour_axes(self, axes: FloatArray) -> FloatArray:
        """Return the inverse of P times axes (columns): directions of the coefficients themselves."""
        return (
            axes
            if self._cov_root is None
            else solve_triangular(self._cov_root, axes, lower=True)
        )

    def unit_variances(self, n_features: int) -> FloatArray:
        """Return the diagonal of K, shape (n_features,)."""
        return np.ones(n_features) if self.cov is None else np.diag(self.cov).copy()

    @property
    def _known_multiplier(self) -> float:
        if isinstance(self.sd, ScalePrior) or self.relative_to_noise:
            raise ValueError(
                f"the density under {self!r} needs its multiplier: its scale is not a number"
            )
        return self.multiplier(1.0, self.sd or 1.0)

    @cached_property
    def _cov_root(self) -> FloatArray | None:
        if self.cov is None:
            return None
        return solve_triangular(
            np.linalg.cholesky(self.cov), np.eye(len(self.cov)), lower=True
        )

    @property
    def log_determinant(self) -> float:
        """Return log det P, minus half the log determinant of K."""
        return (
            0.0
            if self._cov_root is None
            else float(np.sum(np.log(np.diag(self._cov_root))))
        )


@dataclass(frozen=True, repr=False)
class Flat:
    """Improper flat prior on the coefficients, which is no penalty: p(b) = 1, and the MAP is least squares.

    The penalty is 0: constant, and convex.
    """

    name: ClassVar[str] = "none"
    is_smooth: ClassVar[bool] = True
    sd = None
    size = None
    relative_to_noise = False

    def __repr__(self) -> str:
        return "priors.Flat()"

    def multiplier(self, noise_sd: float, prior_sd: float) -> float:
        """Return 1: there is nothing to scale."""
        return 1.0

    def log_density(self, coef: FloatArray, multiplier: float | None = None) -> float:
        """Return log 1 = 0."""
        return 0.0

    def gradient(self, coef: FloatArray, multiplier: float | None = None) -> FloatArray:
        """Return zeros, of the shape of coef."""
        return np.zeros_like(coef)

    def unit_variances(self, n_features: int) -> FloatArray:
        """Return zeros: a flat prior has no variance."""
        return np.zeros(n_features)

    def whiten(self, deviation: FloatArray) -> FloatArray:
        """Return a deviation as it is: a flat prior has no unit."""
        return deviation

    def colour(self, rows: FloatArray) -> FloatArray:
        """Return rows as they are."""
        return rows

    def colour_axes(self, axes: FloatArray) -> FloatArray:
        """Return axes as they are."""
        return axes

    def hessian(self, coef: FloatArray, multiplier: float | None = None) -> FloatArray:
        """Return zeros, shape (p, p)."""
        return np.zeros((len(coef), len(coef)))

    def mean_vector(self, n_features: int) -> FloatArray:
        """Return zeros: a flat prior has no mean, and any point serves as the origin."""
        return np.zeros(n_features)

    def root(self, n_features: int) -> FloatArray:
        """Return no rows, shape (0, n_features)."""
        return np.zeros((0, n_features))


@dataclass(frozen=True, repr=False)
class Laplace:
    r"""Double-exponential prior on the coefficients, which is an L1 penalty.

    .. math:: p(b) = \prod_j \frac{1}{2s} e^{-\lvert b_j \rvert / s}

    Penalty, the negative logarithm up to a constant: :math:`\lVert b \rVert_1 / s`. It is convex, not strictly;
    differentiable but where a coefficient is 0, where its slopes are :math:`\pm 1/s` and every number between them is
    a subgradient. So the mode can have coefficients of exactly 0; the posterior mean has none.

    Parameters
    ----------
    scale : float
        Mean absolute coefficient s, in units of y per unit of the column. The prior sd is :math:`\sqrt2\, s`.

    Raises
    ------
    ValueError
        If ``scale`` is not one positive, finite number.

    References
    ----------
    Tibshirani (1996), J. R. Statist. Soc. B 58(1), section 5; Park and Casella (2008), JASA 103(482).
    """

    name: ClassVar[str] = "L1"
    is_smooth: ClassVar[bool] = False
    sd: ClassVar[None] = None  # its scale is no Gaussian sd
    size: ClassVar[None] = None
    relative_to_noise: ClassVar[bool] = False
    scale: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", positive_number(self.scale, "prior scale"))

    def __repr__(self) -> str:
        return f"priors.Laplace(scale={self.scale:g})"

    def multiplier(self, noise_sd: float, prior_sd: float) -> float:
        """Return 1: the scale is known, and in no other unit."""
        return 1.0

    def log_density(self, coef: FloatArray, multiplier: float | None = None) -> float:
        """Return log p(coef), normalised."""
        return float(
            -np.abs(coef).sum() / self.scale - coef.size * np.log(2 * self.scale)
        )

    def gradient(self, coef: FloatArray, multiplier: float | None = None) -> FloatArray:
        """Return the gradient of the log density by coef, 0 where a coefficient is 0."""
        return -np.sign(coef) / self.scale

    def hessian(self, coef: FloatArray, multiplier: float | None = None) -> FloatArray:
        """Return zeros, shape (p, p): all curvature is in the kinks."""
        return np.zeros((len(coef), len(coef)))

    def mean_vector(self, n_features: int) -> FloatArray:
        """Return zeros, shape (n_features,)."""
        return np.zeros(n_features)


Prior = Normal | Laplace | Flat
