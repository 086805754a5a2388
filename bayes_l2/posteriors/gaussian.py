"""The Gaussian posterior of known scales: prior and data are rows of one least-squares problem, solved by one QR."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import stats
from scipy.linalg import solve_triangular

from bayes_l2 import validation
from bayes_l2.arrays import LOG_2PI, FloatArray, triangular_factor
from bayes_l2.model.draws import as_datatree, validated_count
from bayes_l2.model.layout import INTERCEPT
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.propriety import rank_deficient
from bayes_l2.model.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.multivariate import MultivariateNormal
from bayes_l2.posteriors.univariate import LogMoments

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False, repr=False)
class GaussianPosterior(MultivariateNormal):
    r"""What is known of a linear model's coefficients and intercept: Gaussian before any rows, and after them.

    As a ``MultivariateNormal`` it is the distribution of the coefficients. The intercept is kept at a reference
    point c, where it is independent of them: :math:`a + c^\top b \sim N(a_c, 1 / k)`.

    Attributes
    ----------
    names, mean, root
        Of the coefficients b; see ``MultivariateNormal``.
    noise_sd : float
        Noise standard deviation of the rows, in the units of y.
    has_intercept : bool
        Whether there is an intercept; without one c, :math:`a_c` and k are 0 and no term has 1/k.
    center : ndarray of shape (p,)
        c; after fitting with a flat intercept, the weighted mean of X.
    mean_at_center : float
        :math:`a_c`, the expected response at c.
    precision_at_center : float
        k, which is 0 for a flat intercept and total weight / noise_sd² after fitting with one.
    log_factor : float
        The part of ``log_evidence`` that is not the sum of squares.
    sum_of_squares : float
        The least sum of squares of all rows' residuals and of the prior, in units of their sds: -2 times the log
        density at the mode, up to constants.
    log_evidence : float
        :math:`\log p(y)` of all the rows conditioned on. A flat prior counts as density 1, which is a convention:
        never compare log evidences of models whose flat parameters differ, or are in other units. A flat intercept
        takes up one row: the evidence is that of n - 1 contrasts of y.

    References
    ----------
    Lindley and Smith (1972), JRSS B 34(1); Bishop (2006), section 3.3; Golub and Van Loan (2013), section 5.3.
    """

    noise_sd: float
    has_intercept: bool
    center: FloatArray
    mean_at_center: float
    precision_at_center: float
    log_factor: float
    sum_of_squares: float

    @classmethod
    def before_data(cls, model: LinearModel) -> Self:
        """Return the model's prior as a distribution that can be conditioned; a flat one has a root of zeros."""
        p = model.n_features
        noise_sd, prior_sd = (
            model.likelihood.noise.value,
            model.gaussian_prior.spread.value,
        )
        rows = model.gaussian_prior.root(p) / model.gaussian_prior.multiplier(
            noise_sd, prior_sd
        )
        return cls(
            names=model.feature_names,
            mean=model.gaussian_prior.mean_vector(p),
            root=triangular_factor(rows) if len(rows) else np.zeros((p, p)),
            noise_sd=noise_sd,
            has_intercept=model.intercept,
            center=np.zeros(p),
            mean_at_center=0.0,
            precision_at_center=0.0,
            log_factor=0.0,
            sum_of_squares=0.0,
        )

    @classmethod
    def of(cls, model: LinearModel) -> Self:
        """Return the posterior of a model with known scales."""
        return cls.before_data(model).condition_on_statistics(model.statistics)

    @property
    def log_evidence(self) -> float:
        """Log marginal density of the rows; see the attributes."""
        return self.log_factor - 0.5 * self.sum_of_squares

    @property
    def intercept(self) -> float:
        """Posterior mean of the intercept, in the units of y; 0.0 where there is none."""
        return self.mean_at_center - float(self.center @ self.mean)

    @property
    def joint(self) -> MultivariateNormal:
        """The distribution of all parameters: the intercept first, where there is one, then the coefficients."""
        if not self.has_intercept:
            return MultivariateNormal(self.names, self.mean, self.root)
        p = len(self.mean)
        root = np.zeros((p + 1, p + 1))
        root[0] = np.sqrt(self.precision_at_center) * np.append(1.0, self.center)
        root[1:, 1:] = self.root
        return MultivariateNormal(
            (INTERCEPT, *self.names), np.append(self.intercept, self.mean), root
        )

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
        GaussianPosterior
            The same as from all rows at once.

        Raises
        ------
        ValueError
            If the rows are not valid, or do not determine a coefficient that the prior leaves free.
        """
        X = validation.columns_of_fit(X, self.names)
        statistics = SufficientStatistics.from_rows(X, y, weights)
        return self.condition_on_statistics(
            replace(statistics, feature_names=self.names)
        )

    def condition_on_statistics(self, statistics: SufficientStatistics) -> Self:
        """Return the posterior after the rows that ``statistics`` stand for; see ``condition``."""
        statistics.require_columns(self.names)
        p = len(self.mean)
        prior, data = (
            np.zeros((p + 1, p + 2)),
            np.zeros((len(statistics.factor) + 1, p + 2)),
        )

        # Every row is a residual in units of its sd, as a linear function of the parameters' change from their
        # present mean: [change of the intercept at the center, changes of the coefficients | constant].
        prior[0, 0] = np.sqrt(self.precision_at_center)
        prior[1:, 1:-1] = self.root
        mean_x, mean_y = (
            statistics.mean[:-1] - self.center,
            statistics.mean[-1] - self.mean_at_center,
        )
        data[0] = np.sqrt(statistics.total_weight) * np.concatenate(
            [[self.has_intercept], mean_x, [mean_y - mean_x @ self.mean]]
        )
        data[1:, 1:-1] = statistics.factor[:, :-1]
        data[1:, -1] = statistics.factor[:, -1] - statistics.factor[:, :-1] @ self.mean
        data /= self.noise_sd
        first = 0 if self.has_intercept else 1
        factor = np.zeros((p + 2, p + 2))
        solved = triangular_factor(np.vstack([prior, data])[:, first:])
        factor[first : first + len(solved), first:] = solved

        root = factor[1:-1, 1:-1]
        reason = rank_deficient(root, statistics, self.noise_sd)
        if reason:
            raise ValueError(reason)
        shift, rise = (
            (factor[0, 1:-1] / factor[0, 0], factor[0, -1] / factor[0, 0])
            if first == 0
            else (np.zeros(p), 0.0)
        )
        log_constant_of_rows = 0.5 * (
            statistics.sum_log_weights
            - statistics.n_rows * (LOG_2PI + 2 * np.log(self.noise_sd))
        )
        diagonal = np.diag(factor)[first:-1]
        return type(self)(
            names=self.names,
            mean=self.mean + solve_triangular(root, factor[1:-1, -1]),
            root=root,
            noise_sd=self.noise_sd,
            has_intercept=self.has_intercept,
            center=self.center + shift,
            mean_at_center=float(self.mean_at_center + rise + shift @ self.mean),
            precision_at_center=float(factor[0, 0] ** 2),
            log_factor=float(
                self.log_factor
                + log_constant_of_rows
                + _log_normaliser(np.diag(prior)[first:])
                - _log_normaliser(diagonal)
            ),
            sum_of_squares=float(self.sum_of_squares + factor[-1, -1] ** 2),
        )

    def predict(
        self, X: Any, *, return_sd: bool = False, observation_noise: bool = True
    ) -> Any:
        r"""Return the posterior predictive mean at new rows, and its standard deviation.

        The predictive distribution of row x is
        :math:`N(a_c + (x - c)^\top m,\; 1/k + (x - c)^\top S (x - c) + \sigma^2)` with S the covariance of b.

        Parameters
        ----------
        X : array_like or DataFrame of shape (n, p)
            Features; a DataFrame must have the same columns, in any order.
        return_sd : bool, default False
            Whether to return the standard deviations too.
        observation_noise : bool, default True
            Whether the sd is that of a new observation of weight 1, or of the regression line alone.

        Returns
        -------
        ndarray of shape (n,), or two of them
            Means, and standard deviations if asked for, in the units of y.

        Raises
        ------
        ValueError
            If X is not valid or its columns are not those of the fit, or the sd is asked for where it is infinite.
        """
        X = validation.columns_of_fit(X, self.names)
        mean = self.mean_at_center + (X - self.center) @ self.mean
        if not return_sd:
            return mean
        variance = np.sum(((X - self.center) @ self.inverse_root) ** 2, axis=1)
        if self.has_intercept:
            if self.precision_at_center == 0:
                raise ValueError(
                    "predictions have no sd before any rows: the intercept's prior is flat"
                )
            variance += 1 / self.precision_at_center
        if observation_noise:
            variance += self.noise_sd**2
        return mean, np.sqrt(variance)

    def predictive(self, X: Any, *, observation_noise: bool = True) -> Any:
        """Return the distribution at new rows, a frozen ``scipy.stats.norm`` over them; see ``predict``."""
        mean, sd = self.predict(X, return_sd=True, observation_noise=observation_noise)
        return stats.norm(loc=mean, scale=sd)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of unknown scales: none."""
        return ()

    def log_scale_moments(self, name: str) -> LogMoments:
        """Refuse: there is no unknown scale."""
        raise ValueError(f"all scales are known, {name!r} has no distribution")

    def log_posterior(self, parameters: FloatArray) -> float:
        """Return the normalised log density of the model's parameters: intercept and coefficients."""
        return float(self.joint.logpdf(parameters))

    def to_datatree(
        self, *, draws: int = 1000, chains: int = 4, seed: int | None = None
    ) -> "xr.DataTree":
        """Return independent draws as ArviZ takes them, with the variables of ``fit_mcmc``.

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
        joint = self.joint
        return as_datatree(
            joint.names, joint.sample(seed, validated_count(draws, chains)), {}, chains
        )

    def marginal(self, names: str | Sequence[str]) -> Any:
        """Return the distribution of one or some coefficients, "intercept" among them; see ``MultivariateNormal``."""
        wanted = [names] if isinstance(names, str) else names
        return (
            super().marginal(names)
            if INTERCEPT not in wanted
            else self.joint.marginal(names)
        )


def _log_normaliser(diagonal: FloatArray) -> float:
    """Return the log of the density at its mode, each flat direction (a zero on the diagonal) counting as 1."""
    proper = diagonal[diagonal > 0]
    return float(np.sum(np.log(proper) - 0.5 * LOG_2PI))
