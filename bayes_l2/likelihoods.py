"""What the data say: each likelihood is p(y | eta) for a linear predictor eta, and its negative logarithm is a loss."""

from dataclasses import dataclass

import numpy as np

from bayes_l2.validation import LOG_2PI, FloatArray, positive_number


@dataclass(frozen=True, repr=False)
class Normal:
    r"""Gaussian noise of known standard deviation, which is squared-error loss.

    Density of row i with weight :math:`w_i` (1 where no weights are given):

    .. math:: y_i \mid \eta_i \sim N(\eta_i, \sigma^2 / w_i)

    Loss, the negative logarithm up to a constant:
    :math:`\tfrac{1}{2\sigma^2} \sum_i w_i (y_i - \eta_i)^2`.

    Parameters
    ----------
    sd : float
        Noise standard deviation :math:`\sigma`, in the units of y. Positive and finite.

    Raises
    ------
    ValueError
        If ``sd`` is not one positive, finite number.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, section 3.1.1.
    """

    sd: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "sd", positive_number(self.sd, "noise sd"))

    def __repr__(self) -> str:
        return f"likelihoods.Normal(sd={self.sd:g})"

    def log_density(self, y: FloatArray, eta: FloatArray, weights: FloatArray | None = None) -> FloatArray:
        """Return log p(y_i | eta_i) for each row, constants included; shapes broadcast.

        Parameters
        ----------
        y, eta : ndarray
            Observations and linear predictor, in the units of y.
        weights : ndarray, optional
            Positive precision weights; the variance of row i is sd**2 / weights[i].

        Returns
        -------
        ndarray
            Log density of each row.
        """
        variance = self.sd**2 if weights is None else self.sd**2 / weights
        return -0.5 * (LOG_2PI + np.log(variance) + (y - eta) ** 2 / variance)

    def sample(self, rng: np.random.Generator, eta: FloatArray, weights: FloatArray | None = None) -> FloatArray:
        """Draw an observation for each linear predictor, in the units of y; shapes broadcast."""
        scale = self.sd if weights is None else self.sd / np.sqrt(weights)
        return eta + scale * rng.standard_normal(eta.shape)


Likelihood = Normal
