"""What is believed of the coefficients before the data: the negative logarithm of each prior is a penalty."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from bayes_l2.validation import LOG_2PI, FloatArray, covariance, positive_number, vector


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Normal:
    r"""Gaussian prior on the coefficients, which is an L2 penalty.

    Density, for p coefficients:

    .. math:: b \sim N(m_0, \tau^2 I) \quad\text{or}\quad b \sim N(m_0, S_0)

    Penalty, the negative logarithm up to a constant: :math:`\tfrac{1}{2\tau^2} \lVert b - m_0 \rVert^2`,
    or :math:`\tfrac12 (b - m_0)^\top S_0^{-1} (b - m_0)`.

    Parameters
    ----------
    sd : float, optional
        Prior standard deviation :math:`\tau` of every coefficient, in units of y per unit of the column.
    mean : float or array_like of shape (p,), default 0
        Prior mean :math:`m_0`, in the same units.
    cov : array_like of shape (p, p), optional
        Prior covariance :math:`S_0`, symmetric positive definite. Give either ``sd`` or ``cov``.

    Attributes
    ----------
    size : int or None
        The number of coefficients this prior is for; None where any number will do.

    Raises
    ------
    ValueError
        If both or neither of ``sd`` and ``cov`` are given, or one of the three is not valid.

    References
    ----------
    Hoerl and Kennard (1970), Technometrics 12(1), section 6; Bishop (2006), section 3.3.1.
    """

    sd: float | None
    mean: FloatArray
    cov: FloatArray | None
    size: int | None

    def __init__(self, sd: float | None = None, *, mean: npt.ArrayLike = 0.0, cov: npt.ArrayLike | None = None) -> None:
        if (sd is None) == (cov is None):
            raise ValueError(f"a Normal prior needs either sd or cov, got {'neither' if sd is None else 'both'}")
        center = vector(np.atleast_1d(mean), "prior mean").copy()
        matrix = None if cov is None else covariance(cov, "prior cov")
        size = None if np.ndim(mean) == 0 else len(center)
        if matrix is not None:
            if size not in (None, len(matrix)):
                raise ValueError(f"prior mean and cov must have one size, got {size} and {len(matrix)}")
            size = len(matrix)
        object.__setattr__(self, "sd", None if sd is None else positive_number(sd, "prior sd"))
        object.__setattr__(self, "mean", center)
        object.__setattr__(self, "cov", matrix)
        object.__setattr__(self, "size", size)

    def __repr__(self) -> str:
        scale = f"sd={self.sd:g}" if self.sd is not None else f"cov=<{self.size} x {self.size}>"
        if not np.any(self.mean):
            return f"priors.Normal({scale})"
        return f"priors.Normal({scale}, mean={f'{self.mean[0]:g}' if len(self.mean) == 1 else f'<{len(self.mean)}>'})"

    def log_density(self, coef: FloatArray) -> float:
        """Return log p(coef), normalised; coef has shape (p,)."""
        deviation = coef - self.mean
        if self.sd is not None:
            return float(-0.5 * np.sum((deviation / self.sd) ** 2) - len(coef) * (np.log(self.sd) + 0.5 * LOG_2PI))
        scaled = self._cov_root @ deviation
        return float(self._log_determinant - 0.5 * (scaled @ scaled + len(coef) * LOG_2PI))

    def gradient(self, coef: FloatArray) -> FloatArray:
        """Return the gradient of the log density, shape (p,)."""
        deviation = coef - self.mean
        if self.sd is not None:
            return -deviation / self.sd**2
        return -self._cov_root.T @ (self._cov_root @ deviation)

    def hessian(self, coef: FloatArray) -> FloatArray:
        """Return the Hessian of the log density, shape (p, p): minus the prior precision."""
        root = self.root(len(coef))
        return -root.T @ root

    def mean_vector(self, n_features: int) -> FloatArray:
        """Return the prior mean, shape (n_features,)."""
        return np.broadcast_to(self.mean, n_features).copy()

    def root(self, n_features: int) -> FloatArray:
        """Return rows P with P'P the prior precision: the prior as rows of a least-squares problem."""
        return self._cov_root if self.sd is None else np.eye(n_features) / self.sd

    @cached_property
    def _cov_root(self) -> FloatArray:
        assert self.cov is not None
        return solve_triangular(np.linalg.cholesky(self.cov), np.eye(len(self.cov)), lower=True)

    @cached_property
    def _log_determinant(self) -> float:
        """Return log |P|, half the log determinant of the prior precision."""
        return float(np.sum(np.log(np.diag(self._cov_root))))


@dataclass(frozen=True)
class Flat:
    """Improper flat prior on the coefficients, which is no penalty: p(b) = 1, and the MAP is least squares."""

    size = None

    def log_density(self, coef: FloatArray) -> float:
        """Return log 1 = 0."""
        return 0.0

    def gradient(self, coef: FloatArray) -> FloatArray:
        """Return zeros, shape (p,)."""
        return np.zeros(len(coef))

    def hessian(self, coef: FloatArray) -> FloatArray:
        """Return zeros, shape (p, p)."""
        return np.zeros((len(coef), len(coef)))

    def mean_vector(self, n_features: int) -> FloatArray:
        """Return zeros: a flat prior has no mean, and any point serves as the origin."""
        return np.zeros(n_features)

    def root(self, n_features: int) -> FloatArray:
        """Return no rows, shape (0, n_features)."""
        return np.zeros((0, n_features))


Prior = Normal | Flat
