"""What the data say: each likelihood is p(y | eta) for a linear predictor eta, and its negative logarithm is a loss."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from scipy import special

from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model.scales import Scale, known, scale
from bayes_l2.validation import positive_number


class Loss(Protocol):
    """What every loss can say of itself, and of residuals y - eta or, for labels -1 and 1, of margins y eta."""

    name: ClassVar[str]
    is_smooth: ClassVar[bool]  # whether it is continuously differentiable everywhere

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return the negative log-likelihood of each residual, less its least value."""
        ...

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return its derivative by the residual; where there is none, the subgradient nearest 0."""
        ...


@dataclass(frozen=True, repr=False)
class Normal:
    r"""Gaussian noise, which is squared-error loss.

    Density of row i with weight :math:`w_i` (1 where no weights are given):

    .. math:: y_i \mid \eta_i \sim N(\eta_i, \sigma^2 / w_i)

    Loss, the negative logarithm up to a constant:
    :math:`\tfrac{1}{2\sigma^2} \sum_i w_i (y_i - \eta_i)^2`. It is strictly convex in :math:`\eta` and has derivatives
    of every order; by the residual r the first is :math:`r / \sigma^2`.

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

    name: ClassVar[str] = "squared"
    is_smooth: ClassVar[bool] = True
    sd: Scale

    def __post_init__(self) -> None:
        object.__setattr__(self, "sd", scale(self.sd, "noise sd"))

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return r² / (2 sd²); the noise sd must be known."""
        return residual**2 / (2 * known(self.sd) ** 2)

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return r / sd²; the noise sd must be known."""
        return residual / known(self.sd) ** 2

    @staticmethod
    def mean(eta: FloatArray) -> FloatArray:
        """Return the expected y of each linear predictor: the predictor itself."""
        return eta

    def __repr__(self) -> str:
        return (
            f"likelihoods.Normal(sd={self.sd:g})"
            if isinstance(self.sd, float)
            else f"likelihoods.Normal({self.sd})"
        )

    @staticmethod
    def log_density(
        y: FloatArray, eta: FloatArray, noise_sd: Any, weights: FloatArray | None = None
    ) -> FloatArray:
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
        rng: np.random.Generator,
        eta: FloatArray,
        noise_sd: Any,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Draw an observation for each linear predictor, in the units of y; shapes broadcast."""
        row_sd = noise_sd if weights is None else noise_sd / np.sqrt(weights)
        return eta + row_sd * rng.standard_normal(eta.shape)


@dataclass(frozen=True, repr=False)
class Laplace:
    r"""Double-exponential noise, which is absolute loss: least absolute deviations, the median.

    .. math:: p(y_i \mid \eta_i) = \frac{w_i}{2s} e^{-w_i \lvert y_i - \eta_i \rvert / s}

    with weights :math:`w_i`, 1 where none are given. Loss, the negative logarithm up to a constant:
    :math:`w_i \lvert r_i \rvert / s` of the residual :math:`r_i = y_i - \eta_i`. It is convex, not strictly;
    differentiable but at r = 0, where its slopes are :math:`\pm 1/s` and every number between them is a subgradient.

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
    sd: ClassVar[None] = None  # its scale is no Gaussian sd
    scale: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", positive_number(self.scale, "scale"))

    def __repr__(self) -> str:
        return f"likelihoods.Laplace(scale={self.scale:g})"

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return abs(r) / scale."""
        return np.abs(residual) / self.scale

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return sign(r) / scale, and 0 at 0."""
        return np.sign(residual) / self.scale

    @staticmethod
    def mean(eta: FloatArray) -> FloatArray:
        """Return the expected y of each linear predictor: the predictor itself, which is the median too."""
        return eta

    def log_density(
        self,
        y: FloatArray,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Return log p(y_i | eta_i) for each row, constants included; shapes broadcast. There is no noise sd."""
        weights = np.ones(1) if weights is None else weights
        return np.log(weights / (2 * self.scale)) - weights * self.loss(y - eta)

    def sample(
        self,
        rng: np.random.Generator,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Draw an observation for each linear predictor, in the units of y; shapes broadcast."""
        row_scale = self.scale if weights is None else self.scale / weights
        return eta + row_scale * rng.laplace(size=eta.shape)


@dataclass(frozen=True, repr=False)
class Bernoulli:
    r"""Two classes, which is binary cross-entropy.

    .. math:: P(y_i = 1 \mid \eta_i) = \frac{1}{1 + e^{-\eta_i}}, \qquad y_i \in \{-1, 1\}

    Loss, the negative logarithm: :math:`\log(1 + e^{-m_i})` of the margin :math:`m_i = y_i \eta_i`. It is strictly
    convex and has derivatives of every order, the first :math:`-1 / (1 + e^{m})`, but no minimum: it falls to 0 as the
    margin grows, so that where the classes can be separated there is no maximum of the likelihood.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.2.
    """

    name: ClassVar[str] = "cross-entropy"
    is_smooth: ClassVar[bool] = True
    sd: ClassVar[None] = None  # there is no noise scale

    def __repr__(self) -> str:
        return "likelihoods.Bernoulli()"

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return log(1 + exp(-m)) of margins m = y eta."""
        return np.logaddexp(0.0, -residual)

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return -1 / (1 + exp(m)) of margins m = y eta."""
        return -special.expit(-residual)

    @staticmethod
    def mean(eta: FloatArray) -> FloatArray:
        """Return the probability of the second class, for each linear predictor."""
        return special.expit(eta)

    def log_density(
        self,
        y: FloatArray,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Return log P(y_i | eta_i) for labels -1 and 1, times the weights; shapes broadcast. There is no noise sd."""
        density = -self.loss(y * eta)
        return density if weights is None else weights * density

    @staticmethod
    def sample(
        rng: np.random.Generator,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Draw a label, -1 or 1, for each linear predictor; shapes broadcast."""
        return np.where(rng.uniform(size=eta.shape) < special.expit(eta), 1.0, -1.0)


@dataclass(frozen=True, repr=False)
class Categorical:
    r"""Three or more classes, which is softmax cross-entropy.

    .. math:: P(y_i = k \mid \eta_i) = \frac{e^{\eta_{ik}}}{\sum_l e^{\eta_{il}}}, \qquad k = 1, \dots, K

    Each class has a linear predictor. Loss, the negative logarithm: :math:`\log \sum_l e^{d_{il}}` of the differences
    :math:`d_{il} = \eta_{il} - \eta_{i y_i}`. It has derivatives of every order, the first the probabilities. It is
    convex, not strictly: one number added to all predictors of a row changes nothing.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.4.
    """

    name: ClassVar[str] = "softmax cross-entropy"
    is_smooth: ClassVar[bool] = True
    sd: ClassVar[None] = None  # there is no noise scale

    def __repr__(self) -> str:
        return "likelihoods.Categorical()"

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return log sum exp of differences d, shape (..., K), over the last axis."""
        return np.asarray(special.logsumexp(residual, axis=-1))

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return its derivative by differences d, shape (..., K): the probabilities."""
        return special.softmax(residual, axis=-1)

    @staticmethod
    def mean(eta: FloatArray) -> FloatArray:
        """Return the probabilities of the classes, shape (..., K), for linear predictors of that shape."""
        return special.softmax(eta, axis=-1)

    def log_density(
        self,
        y: FloatArray,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Return log P(y_i | eta_i), times the weights, for classes 0 to K - 1 and predictors of shape (..., n, K)."""
        own = np.take_along_axis(
            eta,
            np.broadcast_to(y.astype(int), eta.shape[:-1])[..., np.newaxis],
            axis=-1,
        )
        density = -self.loss(eta - own)
        return density if weights is None else weights * density

    @staticmethod
    def sample(
        rng: np.random.Generator,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Draw a class, 0 to K - 1, for predictors of shape (..., K): where predictor plus Gumbel noise is largest."""
        return np.argmax(eta + rng.gumbel(size=eta.shape), axis=-1).astype(float)


Likelihood = Normal | Laplace | Bernoulli | Categorical  # what a LinearModel can have
