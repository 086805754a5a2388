r"""The conjugate posterior of coefficients and noise: normal-inverse-gamma.

.. math:: a, b \mid \sigma, y \sim N(m, \sigma^2 S), \quad
          \sigma^2 \mid y \sim \mathrm{InvGamma}(r, s) \quad\Rightarrow\quad
          a, b \mid y \sim t_{2r}(m, \tfrac sr S)
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, override

import numpy as np
from scipy.special import gammaln

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model import likelihoods
from bayes_l2.model.layout import NOISE_SD, Layout
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.distributions.inverse_gamma_root import InverseGammaRoot
from bayes_l2.posteriors.distributions.location_scale import UnivariateT
from bayes_l2.posteriors.distributions.multivariate import MultivariateT
from bayes_l2.posteriors.distributions.named import points_of
from bayes_l2.posteriors.gaussian import GaussianPosterior
from bayes_l2.posteriors.posterior import ExactPosterior


@dataclass(frozen=True, eq=False, repr=False)
class NormalInverseGammaPosterior(ExactPosterior):
    r"""The exact posterior under an inverse-gamma noise variance.

    The prior of the coefficients is flat, or relative to the noise. With n' rows left
    (see ``log_evidence``) and Q the least sum of squares of residuals and prior,

    .. math:: r = r_0 + n' / 2, \qquad s = s_0 + Q / 2

    where the least-squares problem gives Q as one squared number: no digits cancel,
    however far y is from zero.

    Attributes
    ----------
    names : tuple of str
        Names of the d parameters: the intercept where there is one, the features and
        "noise_sd".
    mean, sd : ndarray of shape (d,)
        Their means and standard deviations.
    given_unit_noise : GaussianPosterior
        The posterior of intercept and coefficients if the noise sd were 1.
    shape, scale : float
        r and s.
    log_prior_constant : float
        Log of c, where the prior of the noise sd is
        :math:`c\, \sigma^{-2 r_0 - 1} e^{-s_0 / \sigma^2}`.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, exercise 3.12; under the
    noninformative prior, Gelman et al. (2013), Bayesian Data Analysis, section 14.2.
    """

    given_unit_noise: GaussianPosterior
    shape: float
    scale: float
    log_prior_constant: float

    @classmethod
    def of(cls, model: LinearModel) -> Self:
        """Return the posterior of a model with a conjugate prior on the noise.

        The prior of the coefficients is flat, or relative to the noise.
        """
        arguments.instance(model, LinearModel, "model")
        noise = model.likelihood.noise
        form = noise.inverse_gamma
        if form is None:
            raise ValueError(
                "a normal-inverse-gamma posterior needs a conjugate prior on the noise "
                f"sd, got {noise!r}"
            )
        unit = GaussianPosterior.of(replace(model, likelihood=likelihoods.Normal(1.0)))
        shape = form.shape + model.propriety.rows_left / 2
        scale = form.scale + unit.sum_of_squares / 2
        return cls(unit, shape, scale, form.log_constant)

    @property
    @override
    def layout(self) -> Layout:
        return self.given_unit_noise.layout

    @cached_property
    @override
    def location(self) -> MultivariateT:
        """The distribution of intercept and coefficients, a Student-t."""
        return MultivariateT(self.given_unit_noise.location, self.shape, self.scale)

    @property
    def df(self) -> float:
        """Degrees of freedom of the Student-t, 2r."""
        return 2 * self.shape

    @property
    @override
    def unknown(self) -> tuple[str, ...]:
        return (NOISE_SD,)

    @override
    def scale_marginal(self, name: str) -> InverseGammaRoot:
        validation.one_of(name, self.unknown, "name")
        return self._noise

    @cached_property
    def _noise(self) -> InverseGammaRoot:
        return InverseGammaRoot.from_shape(self.shape, self.scale)

    @property
    @override
    def log_evidence(self) -> float:
        r"""Log marginal density of y, :math:`\log p(y)`.

        Flat parameters count as density 1 and take up a row each, so n' is n less their
        number. An improper prior on the noise sd counts as it is written, 1 or
        :math:`1/\sigma`: its evidences compare only with one another.
        """
        unit = self.given_unit_noise
        integral = gammaln(self.shape) - self.shape * np.log(self.scale) - np.log(2)
        return float(self.log_prior_constant + unit.log_factor + integral)

    @override
    def logpdf(self, points: Any) -> Any:
        points = points_of(points, len(self.names))
        noise_sd, unit = points[..., -1], self.given_unit_noise.location
        inside = noise_sd > 0
        noise_sd = np.where(inside, noise_sd, 1.0)
        squares = unit.squared_distance(points[..., :-1]) / noise_sd**2
        log_volume = len(unit.mean) * np.log(noise_sd)
        given_noise = unit.log_normaliser - 0.5 * squares - log_volume
        logs = given_noise + self._noise.logpdf(noise_sd)
        return np.where(inside, logs, -np.inf)[()]

    @override
    def sample(
        self, rng: np.random.Generator | int | None = None, n: int = 1
    ) -> FloatArray:
        return np.column_stack(self.location.sample_with_noise(rng, n))

    @override
    def condition_on_statistics(
        self, statistics: SufficientStatistics, rows: Rows | None = None
    ) -> Self:
        before = self.given_unit_noise
        after = before.condition_on_statistics(statistics, rows)
        return replace(
            self,
            given_unit_noise=after,
            shape=self.shape + statistics.n_rows / 2,
            scale=self.scale + (after.sum_of_squares - before.sum_of_squares) / 2,
        )

    @override
    def predict(
        self, X: Any, *, return_sd: bool = False, observation_noise: bool = True
    ) -> Any:
        arguments.flag(return_sd, "return_sd")
        predictive = self.predictive(X, observation_noise=observation_noise)
        mean = predictive.mean()
        return (mean, predictive.std()) if return_sd else mean

    @override
    def predictive(self, X: Any, *, observation_noise: bool = True) -> UnivariateT:
        """Return the distribution at new rows, a ``UnivariateT`` over them."""
        mean, sd = self.given_unit_noise.predict(
            X, return_sd=True, observation_noise=observation_noise
        )
        return UnivariateT(mean, sd * np.sqrt(self.scale / self.shape), self.df)
