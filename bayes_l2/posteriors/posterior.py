r"""The interface of a posterior: a distribution of a model's parameters, by name.

.. math:: \theta = (a, b_1, \dots, b_p, \sigma, \tau), \qquad
          p(a, b \mid y) = \int p(a, b \mid \sigma, \tau, y)\,
          p(\sigma, \tau \mid y)\, d\sigma\, d\tau

The parameters are in the order of ``model.parameter_names``: the intercept where there
is one, the coefficients, and the unknown scales.
"""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray, fixed
from bayes_l2.model.draws import named_draws, validated_count
from bayes_l2.model.layout import PENALTY, Layout
from bayes_l2.model.likelihoods import Normal
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.distributions.multivariate import (
    MultivariateNormal,
    MultivariateT,
)
from bayes_l2.posteriors.distributions.named import Names, text_of
from bayes_l2.posteriors.distributions.positive import LogMoments, LogScaleMarginal
from bayes_l2.posteriors.distributions.univariate import Univariate
from bayes_l2.posteriors.quadrature.gaussian_mixture import GaussianMixture
from bayes_l2.texts import quantile_name

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


# the distributions of several parameters
Joint = MultivariateNormal | MultivariateT | GaussianMixture


class Posterior:
    """The views of a distribution of parameters: ``intercept``, ``coef``, a table.

    The distribution has ``layout``, ``names``, ``mean``, ``sd`` and ``marginal``.
    """

    @property
    def intercept(self: Any) -> Any:
        """The mean of the intercept: 0.0 without one, shape (K,) for classes."""
        return _location(self)[0][()]

    @property
    def coef(self: Any) -> FloatArray:
        """A view of the mean of the coefficients: shape (p,), (K, p) for classes."""
        return _location(self)[1]

    def summary(self: Any) -> "pd.DataFrame":
        """Return a row a parameter: mean, sd, ``2.5%``, ``50%`` and ``97.5%``."""
        import pandas as pd

        probabilities = [0.025, 0.5, 0.975]
        quantiles = [self.marginal(name).ppf(probabilities) for name in self.names]
        names = pd.Index(self.names, name="parameter")
        table = pd.DataFrame({"mean": self.mean, "sd": self.sd}, index=names)
        table[[quantile_name(each) for each in probabilities]] = quantiles
        return table


def _location(posterior: Any) -> tuple[Any, FloatArray]:
    layout = posterior.layout
    return layout.squeezed(*layout.split(posterior.mean[: len(layout.names)]))


class ExactPosterior(Posterior, ABC):
    """The exact posterior of the parameters of a Gaussian model.

    Attributes
    ----------
    layout : Layout
        The order of intercept and coefficients.
    location : MultivariateNormal, MultivariateT or GaussianMixture
        The distribution of intercept and coefficients, the scales integrated out.
    unknown : tuple of str
        The names of the unknown scales, and "penalty" where it depends on one.
    log_evidence : float
        Log marginal density of y.
    """

    @property
    @abstractmethod
    def layout(self) -> Layout:
        """The order of intercept and coefficients."""

    @cached_property
    @abstractmethod
    def location(self) -> Joint:
        """The distribution of intercept and coefficients, the scales integrated out."""

    @property
    @abstractmethod
    def unknown(self) -> tuple[str, ...]:
        """The names of unknown scales, and "penalty" where it depends on one."""

    @property
    @abstractmethod
    def log_evidence(self) -> float:
        """Log marginal density of y."""

    @abstractmethod
    def scale_marginal(self, name: str) -> LogScaleMarginal:
        """Return the distribution of one of ``unknown``."""

    @abstractmethod
    def logpdf(self, points: Any) -> Any:
        """Return the normalised log density of all parameters.

        Parameters
        ----------
        points : array_like of shape (..., d)
            One point or many, in the order of ``names``.

        Returns
        -------
        float or ndarray of shape (...)
            Log density at each point: minus infinity where a scale is not positive.

        Raises
        ------
        ValueError
            If the last axis is not of length d.
        """

    @abstractmethod
    def sample(
        self, rng: np.random.Generator | int | None = None, n: int = 1
    ) -> FloatArray:
        """Draw all parameters independently, shape (n, d)."""

    @abstractmethod
    def condition_on_statistics(
        self, statistics: SufficientStatistics, rows: Rows | None = None
    ) -> Self:
        """Return the posterior after the rows of ``statistics``; see ``condition``.

        With the rows themselves, the mean of an ill-conditioned Gaussian posterior is
        refined. The statistics alone are too rounded for that.
        """

    @abstractmethod
    def predict(
        self, X: Any, *, return_sd: bool = False, observation_noise: bool = True
    ) -> Any:
        """Return the posterior predictive mean at new rows, and its sd.

        Parameters
        ----------
        X : array_like or DataFrame of shape (n, p)
            Features; a DataFrame must have the same columns, in any order.
        return_sd : bool, default False
            Whether to return the standard deviations too.
        observation_noise : bool, default True
            Whether the sd is that of a new observation of weight 1, or of the
            regression line alone.

        Returns
        -------
        ndarray of shape (n,), or two of them
            Means, and standard deviations if asked for, in the units of y.

        Raises
        ------
        ValueError
            If X is not valid or its columns are not those of the fit, or the sd is
            asked for where it is infinite.
        """

    @abstractmethod
    def predictive(self, X: Any, *, observation_noise: bool = True) -> Univariate:
        """Return the predictive distribution at new rows; see ``predict``.

        It has the methods of a frozen ``scipy.stats`` distribution, over rows.
        """

    def __repr__(self) -> str:
        return text_of(self, self.sd)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the d parameters: intercept, features, noise_sd, prior_sd."""
        return (*self.layout.names, *self._scale_names)

    @property
    def _scale_names(self) -> tuple[str, ...]:
        return tuple(name for name in self.unknown if name != PENALTY)

    def _scale_moments(self, name: str) -> tuple[float, float, float]:
        """Return mean, sd and kurtosis of an unknown scale."""
        marginal = self.scale_marginal(name)
        return marginal.mean(), marginal.std(), marginal.kurtosis()

    @cached_property
    @fixed
    def _of_scales(self) -> FloatArray:
        """Mean, sd and kurtosis of each unknown scale, shape (number of scales, 3)."""
        moments = [self._scale_moments(name) for name in self._scale_names]
        return np.reshape(moments, (-1, 3))

    @cached_property
    @fixed
    def mean(self) -> FloatArray:
        """Posterior means, shape (d,); NaN, for a scale infinity, without a mean."""
        return np.append(self.location.mean, self._of_scales[:, 0])

    @cached_property
    @fixed
    def sd(self) -> FloatArray:
        """Posterior sds, shape (d,); infinite where a tail is too heavy for an sd."""
        return np.append(self.location.sd, self._of_scales[:, 1])

    @property
    def kurtosis(self) -> FloatArray:
        """Fourth central moments over squared variances, shape (d,), or infinity."""
        return np.append(self.location.kurtosis, self._of_scales[:, 2])

    @property
    def cov(self) -> FloatArray:
        """Posterior covariance, shape (d, d).

        Where the mean of intercept and coefficients is the same for all scales, their
        covariance with a scale is 0.
        """
        n = len(self.layout.names)
        cov = np.diag(validation.squares(self.sd, "cov"))
        cov[:n, :n] = self.location.cov
        return cov

    def interval(self, probability: float = 0.95) -> FloatArray:
        """Return the equal-tailed interval of each parameter, shape (d, 2)."""
        probability = validation.probability(probability)
        scales = [self.scale_marginal(name) for name in self._scale_names]
        ends = [scale.interval(probability) for scale in scales]
        return np.vstack([self.location.interval(probability), *ends])

    @overload
    def marginal(self, names: str) -> Univariate: ...

    @overload
    def marginal(self, names: Names) -> Joint: ...

    def marginal(self, names: str | Names) -> Univariate | Joint:
        """Return the distribution of one parameter, or of several.

        Parameters
        ----------
        names : str, list of str or tuple of str
            One name, "noise_sd", "prior_sd" and "penalty" among them where they are
            unknown; or several names of intercept and coefficients.

        Returns
        -------
        Univariate, MultivariateNormal, MultivariateT or GaussianMixture
            That of one parameter has the methods of a frozen ``scipy.stats``
            distribution: ``pdf``, ``logpdf``, ``cdf``, ``sf``, ``ppf``, ``isf``,
            ``mean``, ``median``, ``std``, ``var``, ``rvs`` and ``interval``. That of
            several has ``names``, ``mean``, ``sd``, ``cov``, ``logpdf``, ``sample``,
            ``marginal``.

        Raises
        ------
        ValueError
            If a name is not there, is a scale that is known, or is given twice.
        """
        if isinstance(names, str) and names in self.unknown:
            return self.scale_marginal(names)
        return self.location.marginal(names)

    def log_scale_moments(self, name: str) -> LogMoments:
        """Return mean, sd and kurtosis of the logarithm of one of ``unknown``."""
        return self.scale_marginal(name).log_moments()

    def condition(self, X: Any, y: Any, weights: Any = None) -> Self:
        """Return the posterior after more rows, with this distribution as the prior.

        Parameters
        ----------
        X : array_like or DataFrame of shape (n, p)
            Features; a DataFrame must have the same columns, in any order.
        y : array_like of shape (n,)
            Response.
        weights : array_like of shape (n,), optional
            Precision weights, not negative.

        Returns
        -------
        ExactPosterior
            The same as from all rows at once.

        Raises
        ------
        ValueError
            If the rows are not valid, or do not determine a coefficient that the prior
            leaves free.
        """
        features = self.layout.features
        X = validation.columns_of_fit(X, features)
        rows = Rows.of(X, y, Normal(1.0), weights, features)
        return self.condition_on_statistics(rows.statistics, rows)

    def to_datatree(
        self, *, draws: int = 1000, chains: int = 4, seed: int | None = None
    ) -> "xr.DataTree":
        """Return independent draws for ArviZ, with the variables of ``fit_mcmc``.

        Parameters
        ----------
        draws, chains : int
            The draws are independent; chains only serve tools that ask for several.
        seed : int, optional
            Makes the draws repeatable.

        Returns
        -------
        xarray.DataTree
            The group ``posterior``.
        """
        import xarray as xr

        count = validated_count(draws, chains, len(self.names))
        parameters = self.sample(arguments.generator(seed, "seed"), count)
        parameters = parameters.reshape(chains, draws, -1)
        scales = self._scales_of(parameters)
        posterior = named_draws(self.layout, parameters, scales)
        return xr.DataTree.from_dict({"posterior": posterior})

    def _scales_of(self, parameters: FloatArray) -> dict[str, FloatArray]:
        """Return the scales of draws, and the penalty where it depends on one."""
        scales = np.moveaxis(parameters, -1, 0)[len(self.layout.names) :]
        return dict(zip(self._scale_names, scales, strict=True))
