r"""The interface of a prior on coefficients b, shape (K, p): K = 1 but for classes.

The log density is a smooth part less absolute values,

.. math:: \log p(b) = s(b) - \sum_{kj} \kappa_j \lvert b_{kj} \rvert

and its negative is the penalty. The slopes :math:`\kappa_j` are 0 for a smooth prior.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.model.scales import Known, Scale

BoolArray = npt.NDArray[np.bool]


class Prior(ABC):
    """A density of the coefficients, which is a penalty.

    Attributes
    ----------
    name : str
        Name of the penalty.
    is_smooth : bool
        Whether the log density is continuously differentiable everywhere.
    is_flat : bool
        Whether the density is constant.
    relative_to_noise : bool
        Whether the unit of the prior is the noise sd.
    size : int or None
        The number of coefficients of a class, None for a prior of any number.
    sd : float, prior on a scale, or None
        The prior sd as given, None for a prior without one.
    spread : Scale
        The prior sd as a scale, 1 for a prior that has a unit of its own.
    """

    name: ClassVar[str]
    is_smooth: ClassVar[bool] = True
    is_flat: ClassVar[bool] = False
    relative_to_noise: bool = False
    size: int | None = None
    sd: Any = None
    spread: Scale = Known(1.0)

    @property
    def kink_slope(self) -> float | FloatArray:
        """The slope of the absolute values, or that of each column; 0 without kinks."""
        return 0.0

    def for_columns(self, names: tuple[str, ...]) -> "Prior":
        """Return the prior with what was given by column in the order of a model."""
        return self

    def flat_columns(self, n_features: int) -> BoolArray:
        """Return which columns have a flat prior, shape (n_features,)."""
        return np.full(n_features, self.is_flat)

    @property
    def has_one_sd(self) -> bool:
        """Whether one sd, a number or a prior, is that of every coefficient."""
        return False

    def column_shares(self, n_features: int) -> FloatArray:
        """Return how steep the penalty of each column is, next to the steepest."""
        return np.ones(n_features)

    @property
    def is_ridge(self) -> bool:
        """Whether the penalty is a multiple of the squared length of b."""
        return self.is_flat

    def multiplier(self, noise_sd: float, prior_sd: float) -> float:
        """Return the sd of the prior in units of its own shape, 1 for most priors."""
        return 1.0

    @abstractmethod
    def log_density(self, coef: FloatArray, multiplier: float | None = None) -> float:
        """Return log p(coef), normalised where p is proper."""

    @abstractmethod
    def smooth_part(
        self, coef: FloatArray, multiplier: float | None = None
    ) -> tuple[float, FloatArray]:
        """Return the smooth part of the log density, up to a constant, and its slope.

        The slope has the shape of coef.
        """

    @abstractmethod
    def curvature(self, n_features: int, multiplier: float) -> FloatArray:
        """Return the Hessian of the smooth part by one row of coef, shape (p, p)."""

    def gradient(self, coef: FloatArray, multiplier: float | None = None) -> FloatArray:
        """Return the gradient of the log density; a kink at 0 counts as slope 0."""
        slope = self.smooth_part(coef, multiplier)[1]
        return slope - self.kink_slope * np.sign(coef)

    def squares(self, coef: FloatArray, multiplier: float) -> float:
        """Return the squared distance of coef from the prior mean, in prior sds."""
        return 0.0

    def mean_vector(self, n_features: int) -> FloatArray:
        """Return the prior mean, shape (n_features,); 0 for a prior without one."""
        return np.zeros(n_features)

    @abstractmethod
    def belief(self) -> str:
        """Return the prior in words."""

    @abstractmethod
    def objective(self, loss: str, *, in_noise_units: bool, is_penalty: bool) -> str:
        """Return the sum of loss and penalty as a formula.

        Parameters
        ----------
        loss : str
            The formula of the loss.
        in_noise_units : bool
            Whether the loss is a sum of squares, 2σ² times a log density.
        is_penalty : bool
            Whether the model has a ridge penalty α that is a number.
        """


class GaussianPrior(Prior):
    r"""A prior that is conjugate to Gaussian noise: Gaussian, or flat.

    With the rows P, for which :math:`P^\top P` is the inverse of the covariance shape
    K, the prior is a part of a least-squares problem. A column with a flat prior has no
    row: P has the shape (g, p) for g other columns.

    Attributes
    ----------
    cov : ndarray of shape (p, p) or None
        K; None for a diagonal, and for a flat prior.
    sds : ndarray of shape (p,) or None
        The root of the diagonal K; None for the identity and where ``cov`` is K.
    """

    cov: FloatArray | None
    sds: FloatArray | None = None

    @abstractmethod
    def unit_variances(self, n_features: int) -> FloatArray:
        """Return the diagonal of K, shape (n_features,), 0 for a flat prior."""

    @abstractmethod
    def root(self, n_features: int) -> FloatArray:
        """Return the rows P, shape (g, n_features)."""

    def whiten(self, deviation: FloatArray) -> FloatArray:
        """Return P times a deviation from the mean, or rows of deviations times P'."""
        return deviation

    def colour(self, rows: FloatArray) -> FloatArray:
        """Return rows times the inverse of P, whose rows of flat columns are 0."""
        return rows

    def colour_axes(self, axes: FloatArray) -> FloatArray:
        """Return that inverse times axes, which are columns."""
        return axes

    @property
    def log_determinant(self) -> float:
        """Log det P, minus half the log determinant of K."""
        return 0.0
