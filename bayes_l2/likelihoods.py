"""What the data say: each likelihood is p(y | eta) for a linear predictor eta, and its negative logarithm is a loss."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2.scale_priors import Scale, scale
from bayes_l2.validation import LOG_2PI, FloatArray


@dataclass(frozen=True, repr=False)
class Normal:
    r"""Gaussian noise, which is squared-error loss.

    Density of row i with weight :math:`w_i` (1 where no weights are given):

    .. math:: y_i \mid \eta_i \sim N(\eta_i, \sigma^2 / w_i)

    Loss, the negative logarithm up to a constant:
    :math:`\tfrac{1}{2\sigma^2} \sum_i w_i (y_i - \eta_i)^2`.

    Parameters
    ----------
    sd : float or a prior on a scale
        Noise standard deviation :math:`\sigma`, in the units of y: known, or unknown with a prior such as
        ``priors.HalfNormal(50)``.

    Raises
    ------
    ValueError
        If ``sd`` is neither one positive, finite number nor a prior on one.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, section 3.1.1.
    """

    sd: Scale

    def __post_init__(self) -> None:
        object.__setattr__(self, "sd", scale(self.sd, "noise sd"))

    def __repr__(self) -> str:
        return f"likelihoods.Normal(sd={self.sd:g})" if isinstance(self.sd, float) else f"likelihoods.Normal({self.sd})"

    @staticmethod
    def log_density(y: FloatArray, eta: FloatArray, noise_sd: Any, weights: FloatArray | None = None) -> FloatArray:
        """Return log p(y_i | eta_i) for each row, constants included; shapes broadcast.

        Parameters
        ----------
        y, eta : ndarray
            Observations and linear predictor, in the units of y.
        noise_sd : float or ndarray
            Noise standard deviation of a row of weight 1.
        weights : ndarray, optional
            Positive precision weights; the variance of row i is noise_sd**2 / weights[i].

        Returns
        -------
        ndarray
            Log density of each row.
        """
        variance = noise_sd**2 if weights is None else noise_sd**2 / weights
        return -0.5 * (LOG_2PI + np.log(variance) + (y - eta) ** 2 / variance)

    @staticmethod
    def sample(
        rng: np.random.Generator, eta: FloatArray, noise_sd: Any, weights: FloatArray | None = None
    ) -> FloatArray:
        """Draw an observation for each linear predictor, in the units of y; shapes broadcast."""
        row_sd = noise_sd if weights is None else noise_sd / np.sqrt(weights)
        return eta + row_sd * rng.standard_normal(eta.shape)


Likelihood = Normal
