r"""Double-exponential noise, which is absolute loss.

.. math:: -\log p(y_i \mid \eta_i) = w_i \lvert y_i - \eta_i \rvert / s + \text{const.}
"""

from dataclasses import dataclass
from typing import Any, ClassVar, override

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.likelihoods.base import Likelihood, Terms
from bayes_l2.validation import positive_number, set_fields


@dataclass(frozen=True, repr=False)
class Laplace(Likelihood):
    r"""Double-exponential noise, which is absolute loss: least absolute deviations.

    .. math:: p(y_i \mid \eta_i) =
              \frac{w_i}{2s} e^{-w_i \lvert y_i - \eta_i \rvert / s}

    with weights :math:`w_i`, which are 1 by default. Loss, the negative logarithm up
    to a constant: :math:`w_i \lvert r_i \rvert / s` of the residual
    :math:`r_i = y_i - \eta_i`. It is convex, but not strictly. It is differentiable
    except at r = 0. There its slopes are :math:`\pm 1/s`, and each number between them
    is a subgradient.

    Parameters
    ----------
    scale : float
        Mean absolute deviation s, in the units of y.

    Raises
    ------
    ValueError
        If ``scale`` is not one positive, finite number.

    References
    ----------
    Koenker (2005), Quantile Regression, section 1.3.
    """

    name: ClassVar[str] = "absolute"
    is_smooth: ClassVar[bool] = False
    moves_with_y: ClassVar[bool] = True
    scale: float

    def __post_init__(self) -> None:
        set_fields(self, scale=positive_number(self.scale, "scale"))

    def __repr__(self) -> str:
        return f"likelihoods.Laplace(scale={self.scale:g})"

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return abs(r) / scale."""
        return np.abs(residual) / self.scale

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return sign(r) / scale, and 0 at 0."""
        return np.sign(residual) / self.scale

    @override
    def log_density(
        self,
        y: FloatArray,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        weights = np.ones(1) if weights is None else weights
        return np.log(weights / (2 * self.scale)) - weights * self.loss(y - eta)

    @override
    def log_constant(self, y: FloatArray, weights: FloatArray) -> float:
        return float(np.sum(np.log(weights / (2 * self.scale))))

    @override
    def value_and_slope(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> tuple[float, FloatArray]:
        residuals = y - eta
        slope = np.sign(residuals) * (weights / self.scale)
        return float(-slope @ residuals), slope

    @override
    def curvature(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> FloatArray:
        return np.zeros(len(y))

    @override
    def information(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> FloatArray:
        return (weights / self.scale) ** 2

    @override
    def kink_slopes(self, weights: FloatArray) -> FloatArray | None:
        return weights / self.scale

    @staticmethod
    @override
    def mean(eta: FloatArray) -> FloatArray:
        """Return the expected y at eta: the predictor, which is the median too."""
        return eta

    @override
    def expected(self, mean: FloatArray, roots: FloatArray) -> FloatArray:
        return mean

    @override
    def variance(self, eta: FloatArray, noise_sd: Any = None) -> FloatArray:
        return np.full(eta.shape, 2 * self.scale**2)

    @override
    def cdf(self, y: FloatArray, eta: FloatArray, noise_sd: Any = None) -> FloatArray:
        deviation = (y - eta) / self.scale
        tail = 0.5 * np.exp(-np.abs(deviation))
        return np.where(deviation > 0, 1 - tail, tail)

    @override
    def sample(
        self,
        rng: np.random.Generator,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        row_scale = self.scale if weights is None else self.scale / weights
        return eta + row_scale * rng.laplace(size=eta.shape)

    @override
    def sentence(self, terms: Terms) -> str:
        return f"y ~ Laplace({terms.predictor}, {self.scale:g}{terms.over_weight})"

    @override
    def formula(self, terms: Terms) -> str:
        return f"Σ {terms.weight}|{terms.residual}| / {self.scale:g}"
