r"""Gaussian noise, which is squared-error loss.

.. math:: -\log p(y_i \mid \eta_i) = \tfrac{w_i}{2\sigma^2} (y_i - \eta_i)^2
          + \text{const.}
"""

from dataclasses import dataclass
from typing import Any, ClassVar, override

import numpy as np
from scipy.special import ndtr

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model.likelihoods.base import Likelihood, Terms
from bayes_l2.model.scales import Scale, as_given, as_scale
from bayes_l2.validation import set_fields


@dataclass(frozen=True, init=False, repr=False)
class Normal(Likelihood):
    r"""Gaussian noise, which is squared-error loss.

    Density of row i with weight :math:`w_i`, which is 1 without weights:

    .. math:: y_i \mid \eta_i \sim N(\eta_i, \sigma^2 / w_i)

    Loss, the negative logarithm up to a constant:
    :math:`\tfrac{1}{2\sigma^2} \sum_i w_i (y_i - \eta_i)^2`. It is strictly convex in
    :math:`\eta` and has derivatives of every order. The first, by the residual r, is
    :math:`r / \sigma^2`.

    Parameters
    ----------
    sd : float or a prior on a scale
        Noise standard deviation :math:`\sigma`, in the units of y: a number, or a
        prior such as ``priors.HalfNormal(50)``.

    Raises
    ------
    ValueError
        If ``sd`` is neither one positive, finite number nor a prior on one.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, section 3.1.1.
    """

    name: ClassVar[str] = "squared"
    moves_with_y: ClassVar[bool] = True
    has_statistics: ClassVar[bool] = True
    noise: Scale

    def __init__(self, sd: "float | Scale") -> None:
        set_fields(self, noise=as_scale(sd, "noise sd"))

    @property
    def sd(self) -> Any:
        """The noise sd as given: a number, or a prior."""
        return as_given(self.noise)

    def __repr__(self) -> str:
        known = self.noise.is_known
        return f"likelihoods.Normal({f'sd={self.sd:g}' if known else self.sd})"

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return r² / (2 sd²); the noise sd must be known."""
        return residual**2 / (2 * self.noise.value**2)

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return r / sd²; the noise sd must be known."""
        return residual / self.noise.value**2

    @override
    def log_density(
        self,
        y: FloatArray,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Return log p(y_i | eta_i) of each row, constants included; shapes broadcast.

        Parameters
        ----------
        y, eta : ndarray
            Observations and linear predictor, in the units of y.
        noise_sd : float or ndarray, optional
            Noise sd of a row of weight 1; the likelihood's own by default.
        weights : ndarray, optional
            Positive precision weights: the variance of row i is
            noise_sd**2 / weights[i].

        Returns
        -------
        ndarray
            Log density of each row.
        """
        noise_sd = self.noise.value if noise_sd is None else noise_sd
        variance = noise_sd**2 if weights is None else noise_sd**2 / weights
        return -0.5 * (LOG_2PI + np.log(variance) + (y - eta) ** 2 / variance)

    @override
    def log_constant(self, y: FloatArray, weights: FloatArray) -> float:
        variances = self.noise.value**2 / weights
        return float(-0.5 * np.sum(LOG_2PI + np.log(variances)))

    @override
    def value_and_slope(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> tuple[float, FloatArray]:
        residuals = y - eta
        slope = weights / self.noise.value**2 * residuals
        return float(-0.5 * slope @ residuals), slope

    @override
    def curvature(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> FloatArray:
        return -weights / self.noise.value**2

    @staticmethod
    @override
    def mean(eta: FloatArray) -> FloatArray:
        return eta

    @override
    def expected(self, mean: FloatArray, roots: FloatArray) -> FloatArray:
        return mean

    @override
    def variance(self, eta: FloatArray, noise_sd: Any = None) -> FloatArray:
        noise_sd = self.noise.value if noise_sd is None else noise_sd
        return np.broadcast_to(np.square(noise_sd), eta.shape)

    @override
    def cdf(self, y: FloatArray, eta: FloatArray, noise_sd: Any = None) -> FloatArray:
        noise_sd = self.noise.value if noise_sd is None else noise_sd
        return ndtr((y - eta) / noise_sd)

    @override
    def sample(
        self,
        rng: np.random.Generator,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        noise_sd = self.noise.value if noise_sd is None else noise_sd
        row_sd = noise_sd if weights is None else noise_sd / np.sqrt(weights)
        return eta + row_sd * rng.standard_normal(eta.shape)

    @override
    def sentence(self, terms: Terms) -> str:
        variance = f"{self.noise.symbol('σ')}²{terms.over_weight}"
        return f"y ~ Normal({terms.predictor}, {variance})"

    @override
    def formula(self, terms: Terms) -> str:
        if terms.is_weighted:
            return f"Σ weight ({terms.residual})²"
        return f"||{terms.residual}||²"
