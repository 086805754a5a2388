"""The Gaussian of a regression line, as every solver of least squares returns it."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from bayes_l2.arrays import FixedArrays, FloatArray
from bayes_l2.texts import record_text

FAR = 1e280  # what is left of the range of doubles is for sums
DecimalArray = npt.NDArray[np.object_]


class ScaledCovariance(NamedTuple):
    """The covariance of coefficients, as a shape times unit².

    The shape is the identity, the diagonal with the roots ``shape`` of shape (p,), or
    the matrix ``shape``.
    """

    shape: FloatArray | None
    unit: float

    __repr__ = record_text


class DecimalForm(NamedTuple):
    """The precision and the mean of intercept and coefficients, in decimals.

    The intercept, where there is one, is that at 0.
    """

    precision: DecimalArray
    mean: DecimalArray

    __repr__ = record_text


@dataclass(frozen=True, eq=False)
class Line(FixedArrays):
    r"""A Gaussian over the response at a point c, and the coefficients b.

    The two are independent: :math:`a_c \sim N(m_0, 1/k)` and
    :math:`b \sim N(m, (R^\top R)^{-1})`.

    Attributes
    ----------
    has_intercept : bool
        Whether there is an intercept; without one c, m0 and k are 0.
    center : ndarray of shape (p,)
        c.
    precision : float
        k, which is 0 for a flat intercept.
    mean, rest : ndarray of shape (p + 1,)
        m0 and m, and what rounding left out of them.
    root : ndarray of shape (p, p)
        R, upper-triangular; 0 on its diagonal for a flat direction.
    sum_of_squares : float
        The least sum of squares of the residuals of the last rows and of the prior
        before them, in units of their sds.
    inverse : ndarray of shape (d, d), optional
        The inverse of ``whole_root``, where it is known to more digits than the root.
    exact : ScaledCovariance or DecimalForm, optional
        What the root and the mean were rounded from.
    """

    has_intercept: bool
    center: FloatArray
    precision: float
    mean: FloatArray
    rest: FloatArray
    root: FloatArray
    sum_of_squares: float = 0.0
    inverse: FloatArray | None = None
    exact: ScaledCovariance | DecimalForm | None = None

    __repr__ = record_text

    @property
    def coef(self) -> FloatArray:
        """The means of the coefficients, m."""
        return self.mean[1:]

    @property
    def coef_inverse(self) -> FloatArray:
        """The inverse of R, to as many digits as are known."""
        if self.inverse_of_coef is not None:
            return self.inverse_of_coef
        return solve_triangular(self.root, np.eye(len(self.root)))

    @property
    def inverse_of_coef(self) -> FloatArray | None:
        """The inverse of R, where it is known to more digits than R gives."""
        first = int(self.has_intercept)
        return None if self.inverse is None else self.inverse[first:, first:]

    @property
    def has_full_covariance(self) -> bool:
        """Whether the root was rounded from a full covariance."""
        exact = self.exact
        if not isinstance(exact, ScaledCovariance) or exact.shape is None:
            return False
        return exact.shape.ndim == 2

    @property
    def is_rounded(self) -> bool:
        """Whether rounding has mixed the rows of the root, which may be unlike."""
        return not isinstance(self.exact, ScaledCovariance) and bool(self.root.any())

    @property
    def diagonal(self) -> FloatArray:
        """The diagonal of the root, the intercept's first where there is one."""
        of_intercept: Any = [np.sqrt(self.precision)] * self.has_intercept
        return np.append(of_intercept, np.diag(self.root))

    @property
    def whole_root(self) -> FloatArray:
        """The root of the precision of intercept and coefficients, shape (d, d)."""
        if not self.has_intercept:
            return self.root
        p = len(self.center)
        root = np.zeros((p + 1, p + 1))
        root[0] = np.sqrt(self.precision) * np.append(1.0, self.center)
        root[1:, 1:] = self.root
        return root

    def require_range(self) -> None:
        """Raise an error where an sd is beyond double precision.

        The whole root and its inverse are looked at only where a product may be.
        """
        diagonal = self.diagonal
        entries = np.append(diagonal[diagonal > 0], 1.0)
        far = 1 + float(np.abs(self.center).max())
        with np.errstate(over="ignore", invalid="ignore"):
            if far * entries.max() < FAR and far < FAR * entries.min():
                return
            inverse = self.coef_inverse if self.root.diagonal().all() else self.root
            of_intercept = np.append(self.center @ inverse, self.mean)
            parts = self.whole_root, inverse, of_intercept
            if all(np.isfinite(part).all() for part in parts):
                return
        raise ValueError(
            "the sd of the intercept or of a coefficient is beyond double precision; "
            "rescale the columns or y, or use smaller prior sds"
        )
