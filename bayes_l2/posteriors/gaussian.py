r"""The Gaussian posterior of known scales.

.. math:: \min_{a, b}\; \lVert R_0 (b - m_0) \rVert^2
          + \tfrac{1}{\sigma^2} \sum_i w_i (y_i - a - x_i^\top b)^2

Prior and data are rows of one least-squares problem, and one QR solves it. Its solution
is the posterior mean, and its triangular factor the root of the posterior precision.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, override

import numpy as np
from scipy import stats
from scipy.linalg import solve_triangular

from bayes_l2 import arguments, validation
from bayes_l2.arrays import LOG_2PI, FloatArray, triangular_factor
from bayes_l2.model.layout import INTERCEPT, Layout
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.propriety import rank_deficient
from bayes_l2.model.rows import Rows
from bayes_l2.model.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.multivariate import MultivariateNormal
from bayes_l2.posteriors.positive import LogScaleMarginal
from bayes_l2.posteriors.posterior import ExactPosterior
from bayes_l2.posteriors.refinement import (
    MAX_ROWS,
    Block,
    correction,
    is_ill_conditioned,
    twofold_sum,
)
from bayes_l2.texts import shown


@dataclass(frozen=True, eq=False, repr=False)
class GaussianPosterior(ExactPosterior):
    r"""The Gaussian distribution of intercept and coefficients, before and after rows.

    The intercept is kept at a reference point c, where it is independent of the
    coefficients: :math:`a + c^\top b \sim N(a_c, 1 / k)`.

    Attributes
    ----------
    names : tuple of str
        Names of the d parameters: the intercept where there is one, and the features.
    mean, sd : ndarray of shape (d,)
        Their means and standard deviations.
    coefficients : MultivariateNormal
        The distribution of the coefficients b.
    noise_sd : float
        Noise standard deviation of the rows, in the units of y.
    has_intercept : bool
        Whether there is an intercept; without one c, :math:`a_c` and k are 0 and no
        term has 1/k.
    center : ndarray of shape (p,)
        c; after fitting with a flat intercept, the weighted mean of X.
    mean_at_center : float
        :math:`a_c`, the expected response at c.
    precision_at_center : float
        k, which is 0 for a flat intercept and total weight / noise_sd² after fitting
        with one.
    log_factor : float
        The part of ``log_evidence`` that is not the sum of squares.
    sum_of_squares : float
        The least sum of squares of all rows' residuals and of the prior, in units of
        their sds: -2 times the log density at the mode, up to constants.
    log_evidence : float
        :math:`\log p(y)` of all rows. A flat prior counts as density 1, which is a
        convention: never compare log evidences of models whose flat parameters differ,
        or are in other units. A flat intercept takes up one row: the evidence is that
        of n - 1 contrasts of y.

    References
    ----------
    Lindley and Smith (1972), JRSS B 34(1); Bishop (2006), section 3.3; Golub and Van
    Loan (2013), section 5.3.
    """

    coefficients: MultivariateNormal
    noise_sd: float
    has_intercept: bool
    center: FloatArray
    mean_at_center: float
    precision_at_center: float
    log_factor: float
    sum_of_squares: float

    @classmethod
    def before_data(cls, model: LinearModel) -> Self:
        """Return the prior of a model; the root of a flat one is 0."""
        arguments.instance(model, LinearModel, "model")
        prior, p = model.gaussian_prior, model.n_features
        noise_sd, prior_sd = model.likelihood.noise.value, prior.spread.value
        rows = prior.root(p) / prior.multiplier(noise_sd, prior_sd)
        root = triangular_factor(rows) if len(rows) else np.zeros((p, p))
        mean = prior.mean_vector(p)
        return cls(
            coefficients=MultivariateNormal(model.feature_names, mean, root),
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
        arguments.instance(model, LinearModel, "model")
        rows = model.data if isinstance(model.data, Rows) else None
        return cls.before_data(model).condition_on_statistics(model.statistics, rows)

    @property
    @override
    def log_evidence(self) -> float:
        """Log marginal density of the rows; see the attributes."""
        return self.log_factor - 0.5 * self.sum_of_squares

    @property
    @override
    def layout(self) -> Layout:
        return Layout(self.coefficients.names, self.has_intercept)

    @cached_property
    @override
    def location(self) -> MultivariateNormal:
        """The distribution of intercept and coefficients."""
        of_coef = self.coefficients
        if not self.has_intercept:
            return of_coef
        p = len(of_coef.mean)
        root = np.zeros((p + 1, p + 1))
        root[0] = np.sqrt(self.precision_at_center) * np.append(1.0, self.center)
        root[1:, 1:] = of_coef.root
        intercept = self.mean_at_center - float(self.center @ of_coef.mean)
        mean = np.append(intercept, of_coef.mean)
        return MultivariateNormal((INTERCEPT, *of_coef.names), mean, root)

    @cached_property
    @override
    def sd(self) -> FloatArray:
        """Standard deviations, shape (d,); infinite for a flat prior before rows."""
        if self.location.is_proper:
            return self.location.sd
        # before any rows the flat parameters are independent of the others
        of_coef = self.coefficients
        flat = np.full(len(of_coef.mean), np.inf)
        intercept = [np.inf] * self.has_intercept
        return np.append(intercept, of_coef.sd if of_coef.is_proper else flat)

    @override
    def marginal(self, names: str | Sequence[str]) -> Any:
        # before any rows the coefficients are independent of a flat intercept
        of_coef = not self.location.is_proper and INTERCEPT not in np.atleast_1d(names)
        return (self.coefficients if of_coef else self.location).marginal(names)

    @override
    def logpdf(self, points: Any) -> Any:
        return self.location.logpdf(points)

    @override
    def sample(
        self, rng: np.random.Generator | int | None = None, n: int = 1
    ) -> FloatArray:
        return self.location.sample(rng, n)

    @override
    def condition_on_statistics(
        self, statistics: SufficientStatistics, rows: Rows | None = None
    ) -> Self:
        arguments.instance(statistics, SufficientStatistics, "statistics")
        of_coef = self.coefficients
        statistics.require_columns(of_coef.names)
        p = len(of_coef.mean)
        prior = np.zeros((p + 1, p + 2))
        data = np.zeros((len(statistics.factor) + 1, p + 2))

        # Every row is a residual in units of its sd, as a linear function of the change
        # of the parameters from their present mean. The columns are the change of the
        # intercept at the center, the changes of the coefficients, and the constant.
        prior[0, 0] = np.sqrt(self.precision_at_center)
        prior[1:, 1:-1] = of_coef.root
        mean_x = statistics.mean[:-1] - self.center
        mean_y = statistics.mean[-1] - self.mean_at_center
        data[0, 0] = self.has_intercept
        data[0, 1:-1] = mean_x
        data[0, -1] = mean_y - mean_x @ of_coef.mean
        data[0] *= np.sqrt(statistics.total_weight)
        data[1:, 1:-1] = statistics.factor[:, :-1]
        fitted = statistics.factor[:, :-1] @ of_coef.mean
        data[1:, -1] = statistics.factor[:, -1] - fitted
        data /= self.noise_sd
        first = 0 if self.has_intercept else 1
        factor = np.zeros((p + 2, p + 2))
        solved = triangular_factor(np.vstack([prior, data])[:, first:])
        factor[first : first + len(solved), first:] = solved

        root = factor[1:-1, 1:-1]
        reason = rank_deficient(root, statistics, self.noise_sd)
        if reason:
            raise ValueError(reason)
        shift, rise = np.zeros(p), 0.0
        if self.has_intercept:
            shift, rise = factor[0, 1:-1] / factor[0, 0], factor[0, -1] / factor[0, 0]
        log_constant_of_rows = 0.5 * (
            statistics.sum_log_weights
            - statistics.n_rows * (LOG_2PI + 2 * np.log(self.noise_sd))
        )
        before, after = np.diag(prior)[first:], np.diag(factor)[first:-1]
        log_factor = _log_normaliser(before) - _log_normaliser(after)
        mean = of_coef.mean + solve_triangular(root, factor[1:-1, -1])
        rise += shift @ of_coef.mean
        solution = type(self)(
            coefficients=MultivariateNormal(of_coef.names, mean, root),
            noise_sd=self.noise_sd,
            has_intercept=self.has_intercept,
            center=self.center + shift,
            mean_at_center=float(self.mean_at_center + rise),
            precision_at_center=float(factor[0, 0] ** 2),
            log_factor=float(self.log_factor + log_constant_of_rows + log_factor),
            sum_of_squares=float(self.sum_of_squares + factor[-1, -1] ** 2),
        )
        if rows is None or not is_ill_conditioned(root):
            return solution
        return self._refined(solution, rows)

    def _refined(self, solution: Self, rows: Rows) -> Self:
        """Return the solution for more rows with its mean refined."""
        of_coef, p = solution.coefficients, len(solution.coefficients.mean)
        root = np.zeros((p + 1, p + 1))
        root[0, 0] = 1.0
        if self.has_intercept:
            root[0, 0] = np.sqrt(solution.precision_at_center)
        root[1:, 1:] = of_coef.root
        with np.errstate(over="ignore", invalid="ignore"):
            change = correction(self.noise_sd * root, self._blocks(solution, rows))
        return replace(
            solution,
            coefficients=replace(of_coef, mean=of_coef.mean + change[1:]),
            mean_at_center=solution.mean_at_center + float(change[0]),
        )

    def _blocks(self, solution: Self, rows: Rows) -> Iterator[Block]:
        """Yield the rows of the least-squares problem that the solution solves.

        The parameters are the response at the center c of the solution, and the
        coefficients. The rows are (1, x - c, y) of the data, one such row for the prior
        of the intercept, and those of the prior's root, in the units of y.
        """
        shift = np.concatenate([[0.0], solution.center, [0.0]])
        mean = solution.coefficients.mean
        line = np.concatenate([[-solution.mean_at_center], -mean, [1.0]])
        for start in range(0, rows.n_rows, MAX_ROWS):
            part = slice(start, start + MAX_ROWS)
            X, y = rows.X[part], rows.y[part]
            ones = np.full(len(X), float(self.has_intercept))
            block = twofold_sum(np.column_stack([ones, X, y]), -shift)
            yield block, rows.row_weights[part], line
        variance = self.noise_sd**2
        if self.precision_at_center > 0:
            row = np.concatenate([[1.0], self.center, [self.mean_at_center]])
            weight = np.array([self.precision_at_center * variance])
            yield twofold_sum(row[np.newaxis], -shift), weight, line
        difference = np.pad(self.coefficients.mean - mean, 1)
        root = self.coefficients.root
        for start in range(0, len(root), MAX_ROWS):
            part = np.pad(root[start : start + MAX_ROWS], ((0, 0), (1, 1)))
            yield (part, 0 * part), np.full(len(part), variance), difference

    @override
    def predict(
        self, X: Any, *, return_sd: bool = False, observation_noise: bool = True
    ) -> Any:
        r"""Return the posterior predictive mean at new rows, and its sd.

        The predictive distribution of row x is
        :math:`N(a_c + (x - c)^\top m,\; 1/k + (x - c)^\top S (x - c) + \sigma^2)` with
        S the covariance of b. For the arguments see ``ExactPosterior.predict``.
        """
        arguments.flag(return_sd, "return_sd")
        arguments.flag(observation_noise, "observation_noise")
        of_coef = self.coefficients
        from_center = validation.columns_of_fit(X, of_coef.names) - self.center
        mean = self.mean_at_center + from_center @ of_coef.mean
        if not return_sd:
            return mean
        variance = np.sum((from_center @ of_coef.inverse_root) ** 2, axis=1)
        if self.has_intercept:
            if self.precision_at_center == 0:
                raise ValueError(
                    "predictions have no sd before any rows: the intercept's prior is "
                    "flat"
                )
            variance += 1 / self.precision_at_center
        if observation_noise:
            variance += self.noise_sd**2
        return mean, np.sqrt(variance)

    @override
    def predictive(self, X: Any, *, observation_noise: bool = True) -> Any:
        """Return the distribution at new rows, a frozen ``scipy.stats.norm``."""
        mean, sd = self.predict(X, return_sd=True, observation_noise=observation_noise)
        return stats.norm(loc=mean, scale=sd)

    @property
    @override
    def unknown(self) -> tuple[str, ...]:
        return ()

    @override
    def scale_marginal(self, name: str) -> LogScaleMarginal:
        raise ValueError(f"all scales are known, {shown(name)} has no distribution")


def _log_normaliser(diagonal: FloatArray) -> float:
    """Return the log density at the mode; a flat direction, a 0, counts as 1."""
    proper = diagonal[diagonal > 0]
    return float(np.sum(np.log(proper) - 0.5 * LOG_2PI))
