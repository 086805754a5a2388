"""The conjugate posterior where coefficients and noise are both unknown: normal-inverse-gamma, Student-t marginals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import stats
from scipy.special import gammaln, polygamma

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model import likelihoods
from bayes_l2.model.draws import as_datatree, validated_count
from bayes_l2.model.layout import NOISE_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.gaussian import GaussianPosterior
from bayes_l2.posteriors.multivariate import MultivariateNormal
from bayes_l2.posteriors.univariate import LogMoments

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False, repr=False)
class StudentT:
    r"""A multivariate Student-t over named quantities: a Gaussian whose variance has an inverse-gamma distribution.

    .. math:: q \mid \sigma \sim N(m, \sigma^2 S), \quad \sigma^2 \sim \mathrm{InvGamma}(a, b) \quad\Rightarrow\quad
              q \sim t_{2a}(m, \tfrac ba S)

    Attributes
    ----------
    given_unit_noise : MultivariateNormal
        :math:`N(m, S)`.
    shape, scale : float
        a and b, the latter in the units of the noise variance.
    """

    given_unit_noise: MultivariateNormal
    shape: float
    scale: float

    def __repr__(self) -> str:
        shown = [
            f"{name}: {m:.4g} ± {s:.2g}"
            for name, m, s in zip(self.names, self.mean, self.sd, strict=True)
        ]
        return f"{type(self).__name__}({', '.join(shown)}, df={self.df:g})"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the d quantities."""
        return self.given_unit_noise.names

    @property
    def df(self) -> float:
        """Degrees of freedom, 2a."""
        return 2 * self.shape

    @property
    def mode(self) -> FloatArray:
        """The centre, shape (d,)."""
        return self.given_unit_noise.mean

    @property
    def mean(self) -> FloatArray:
        """The mean, shape (d,): the centre, or NaN with one degree of freedom or fewer, where there is none."""
        return self.mode if self.df > 1 else np.full(len(self.mode), np.nan)

    @cached_property
    def sd(self) -> FloatArray:
        """Standard deviations, shape (d,); infinite with two degrees of freedom or fewer."""
        variance = self.scale / (self.shape - 1) if self.shape > 1 else np.inf
        return self.given_unit_noise.sd * np.sqrt(variance)

    @property
    def kurtosis(self) -> FloatArray:
        """Fourth central moments over squared variances, shape (d,); infinite with four degrees of freedom or fewer."""
        return np.full(len(self.mode), 3 + 6 / (self.df - 4) if self.df > 4 else np.inf)

    @property
    def cov(self) -> FloatArray:
        """Covariance matrix, shape (d, d)."""
        if self.shape <= 1:
            raise ValueError(
                f"there is no covariance: it needs more than 2 degrees of freedom, got {self.df:g}"
            )
        return self.given_unit_noise.cov * (self.scale / (self.shape - 1))

    def logpdf(self, points: Any) -> Any:
        """Return the log density at one point or many, shape (..., d)."""
        d = len(self.mode)
        points = np.asarray(points, dtype=float)
        if points.shape[-1:] != (d,):
            raise ValueError(
                f"points must have {d} entries on the last axis, got shape {points.shape}"
            )
        squares = self.given_unit_noise.squared_distance(points)
        constant = (
            gammaln(self.shape + d / 2)
            - gammaln(self.shape)
            - 0.5 * d * np.log(self.scale)
        )
        at_mode = self.given_unit_noise.log_normaliser + constant
        return at_mode - (self.shape + d / 2) * np.log1p(squares / (2 * self.scale))

    def sample(
        self, rng: np.random.Generator | int | None = None, n: int = 1
    ) -> FloatArray:
        """Draw independently, shape (n, d)."""
        rng = np.random.default_rng(rng)
        return self._sample_given(self._draw_noise(rng, n), rng)

    def _draw_noise(self, rng: np.random.Generator, n: int) -> FloatArray:
        return np.sqrt(self.scale / rng.standard_gamma(self.shape, n))

    def _sample_given(
        self, noise_sd: FloatArray, rng: np.random.Generator
    ) -> FloatArray:
        unit = self.given_unit_noise.sample(rng, len(noise_sd))
        return self.mode + noise_sd[:, np.newaxis] * (unit - self.mode)

    def marginal(self, names: str | Sequence[str]) -> Any:
        """Return the distribution of one quantity, a frozen ``scipy.stats.t``, or of several, a ``StudentT``."""
        unit = self.given_unit_noise.marginal(names)
        if not isinstance(names, str):
            return StudentT(unit, self.shape, self.scale)
        return stats.t(
            self.df,
            loc=unit.mean(),
            scale=unit.std() * np.sqrt(self.scale / self.shape),
        )

    def interval(self, probability: float = 0.95) -> FloatArray:
        """Return the equal-tailed interval of each quantity, shape (d, 2)."""
        validation.require_probability(probability)
        half_width = (
            stats.t.isf((1 - probability) / 2, self.df) * self.given_unit_noise.sd
        )
        half_width = half_width * np.sqrt(self.scale / self.shape)
        return np.column_stack([self.mode - half_width, self.mode + half_width])


@dataclass(frozen=True, eq=False, repr=False)
class NormalInverseGammaPosterior(StudentT):
    r"""The exact posterior where the prior of coefficients is flat or relative to the noise, and that is inverse-gamma.

    As a ``StudentT`` it is the distribution of the coefficients. With n' rows left (see ``log_evidence``) and Q the
    least sum of squares of residuals and prior,

    .. math:: a = a_0 + n' / 2, \qquad b = b_0 + Q / 2

    where Q comes out of the least-squares problem as one squared number: nothing cancels, however far y is from zero.

    Attributes
    ----------
    given_unit_noise : GaussianPosterior
        The posterior of the coefficients if the noise sd were 1.
    shape, scale : float
        a and b.
    log_prior_constant : float
        Log of c, where the prior of the noise sd is :math:`c\, \sigma^{-2 a_0 - 1} e^{-b_0 / \sigma^2}`.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, section 14.2; Bishop (2006), exercise 3.12.
    """

    given_unit_noise: GaussianPosterior
    log_prior_constant: float

    @classmethod
    def of(cls, model: LinearModel) -> Self:
        """Return the posterior of a model: a conjugate prior on the noise, a flat or relative one on the rest."""
        prior = model.likelihood.noise
        form = prior.inverse_gamma
        if form is None:
            raise ValueError(
                f"a normal-inverse-gamma posterior needs a conjugate prior on the noise sd, got {prior!r}"
            )
        unit = GaussianPosterior.of(
            replace(
                model, likelihood=likelihoods.Normal(1.0), prior=model.gaussian_prior
            )
        )
        shape, scale = (
            form.shape + model.propriety.rows_left / 2,
            form.scale + unit.sum_of_squares / 2,
        )
        return cls(unit, shape, scale, form.log_constant)

    @property
    def has_intercept(self) -> bool:
        """Whether there is an intercept."""
        return self.given_unit_noise.has_intercept

    @property
    def intercept(self) -> float:
        """Posterior mean of the intercept, in the units of y; 0.0 where there is none."""
        return self.given_unit_noise.intercept if self.df > 1 else np.nan

    @property
    def joint(self) -> StudentT:
        """The distribution of all parameters but the noise sd: the intercept first, where there is one."""
        return StudentT(self.given_unit_noise.joint, self.shape, self.scale)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of what has a marginal besides the coefficients and the intercept."""
        return (NOISE_SD,)

    @property
    def log_evidence(self) -> float:
        r"""Log marginal density of y, :math:`\log p(y)`.

        Flat parameters count as density 1 and take up a row each, so n' is n less their number. An improper prior on
        the noise sd counts as it is written, 1 or :math:`1/\sigma`: its evidences compare only with one another.
        """
        unit = self.given_unit_noise
        integral = gammaln(self.shape) - self.shape * np.log(self.scale) - np.log(2)
        return float(self.log_prior_constant + unit.log_factor + integral)

    def marginal(self, names: str | Sequence[str]) -> Any:
        """Return the distribution of coefficients or "intercept", see ``StudentT``, or of "noise_sd".

        The last is that of the root of an inverse-gamma variable, a frozen ``scipy.stats.gengamma``.
        """
        if isinstance(names, str) and names == NOISE_SD:
            return stats.gengamma(self.shape, -2, scale=np.sqrt(self.scale))
        return super().marginal(names)

    def log_scale_moments(self, name: str) -> LogMoments:
        """Return mean, sd and kurtosis of log noise_sd: half the negative log of a gamma variable."""
        validation.one_of(name, self.unknown, "name")
        first, second, fourth = (
            float(polygamma(order, self.shape)) for order in (0, 1, 3)
        )
        return LogMoments(
            0.5 * (np.log(self.scale) - first),
            0.5 * np.sqrt(second),
            3 + fourth / second**2,
        )

    def condition(self, X: Any, y: Any, weights: Any = None) -> Self:
        """Return the posterior after more rows, the same as from all rows at once; see ``GaussianPosterior``."""
        X = validation.columns_of_fit(X, self.names)
        statistics = replace(
            SufficientStatistics.from_rows(X, y, weights), feature_names=self.names
        )
        before = self.given_unit_noise
        after = before.condition_on_statistics(statistics)
        return replace(
            self,
            given_unit_noise=after,
            shape=self.shape + statistics.n_rows / 2,
            scale=self.scale + (after.sum_of_squares - before.sum_of_squares) / 2,
        )

    def predict(
        self, X: Any, *, return_sd: bool = False, observation_noise: bool = True
    ) -> Any:
        """Return the posterior predictive mean at new rows, and its sd; see ``GaussianPosterior.predict``."""
        predictive = self.predictive(X, observation_noise=observation_noise)
        mean = (
            predictive.median() if self.df > 1 else np.full(len(np.asarray(X)), np.nan)
        )
        return (mean, predictive.std()) if return_sd else mean

    def predictive(self, X: Any, *, observation_noise: bool = True) -> Any:
        """Return the predictive distribution at new rows, a frozen ``scipy.stats.t`` over them."""
        mean, sd = self.given_unit_noise.predict(
            X, return_sd=True, observation_noise=observation_noise
        )
        return stats.t(self.df, loc=mean, scale=sd * np.sqrt(self.scale / self.shape))

    def log_posterior(self, parameters: FloatArray) -> float:
        """Return the normalised log density of the model's parameters: intercept, coefficients and noise sd."""
        unit = self.given_unit_noise.joint
        if np.shape(parameters) != (len(unit.names) + 1,):
            raise ValueError(
                f"parameters must have {len(unit.names) + 1} entries, got shape {np.shape(parameters)}"
            )
        noise_sd = float(parameters[-1])
        if not noise_sd > 0:
            raise ValueError(f"the parameter noise_sd must be positive, got {noise_sd}")
        squares = unit.squared_distance(parameters[:-1]) / noise_sd**2
        given_noise = (
            unit.log_normaliser
            - 0.5 * squares
            - (len(parameters) - 1) * np.log(noise_sd)
        )
        return float(given_noise + self.marginal(NOISE_SD).logpdf(noise_sd))

    def to_datatree(
        self, *, draws: int = 1000, chains: int = 4, seed: int | None = None
    ) -> "xr.DataTree":
        """Return independent draws as ArviZ takes them; see ``GaussianPosterior.to_datatree``."""
        rng = np.random.default_rng(seed)
        joint = self.joint
        noise_sd = joint._draw_noise(rng, validated_count(draws, chains))
        values = joint._sample_given(noise_sd, rng)
        return as_datatree(joint.names, values, {NOISE_SD: noise_sd}, chains)
