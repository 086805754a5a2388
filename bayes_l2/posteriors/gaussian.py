r"""The Gaussian posterior of known scales.

.. math:: \min_{a, b}\; \lVert R_0 (b - m_0) \rVert^2
          + \tfrac{1}{\sigma^2} \sum_i w_i (y_i - a - x_i^\top b)^2

Prior and data are rows of one least-squares problem, and one QR solves it. Its solution
is the posterior mean, and its triangular factor the root of the posterior precision.
Where its rounding may reach the digits that the posterior sds ask for, the residuals
are computed in twice the precision, or the whole problem in decimal arithmetic.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, overload, override

import numpy as np
import numpy.typing as npt

from bayes_l2 import arguments, validation
from bayes_l2.arrays import (
    LOG_2PI,
    FloatArray,
    fixed,
    lengths,
    triangular_factor,
)
from bayes_l2.model.layout import Layout
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.distributions.location_scale import UnivariateNormal
from bayes_l2.posteriors.distributions.multivariate import MultivariateNormal
from bayes_l2.posteriors.distributions.named import Names
from bayes_l2.posteriors.distributions.positive import LogScaleMarginal
from bayes_l2.posteriors.least_squares.decimals import decimal_moments
from bayes_l2.posteriors.least_squares.line import DecimalForm, Line, ScaledCovariance
from bayes_l2.posteriors.least_squares.problem import ALLOWED, EPS, LeastSquares
from bayes_l2.posteriors.posterior import ExactPosterior
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
    features : tuple of str
        Names of the coefficients.
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
    line : Line
        The same numbers, and what rounding left out of them.
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

    features: tuple[str, ...]
    noise_sd: float
    line: Line
    log_factor: float
    sum_of_squares: float

    @classmethod
    def before_data(cls, model: LinearModel) -> Self:
        """Return the prior of a model; the root of a flat column is 0."""
        arguments.instance(model, LinearModel, "model")
        prior, p = model.gaussian_prior, model.n_features
        noise_sd, prior_sd = model.likelihood.noise.value, prior.spread.value
        unit = prior.multiplier(noise_sd, prior_sd)
        rows = np.zeros((p, p))
        rows[~prior.flat_columns(p)] = prior.root(p) / unit
        shape = prior.cov if prior.sds is None else prior.sds
        line = Line(
            has_intercept=model.intercept,
            center=np.zeros(p),
            precision=0.0,
            mean=np.append(0.0, prior.mean_vector(p)),
            rest=np.zeros(p + 1),
            root=triangular_factor(rows),
            exact=None if prior.is_flat else ScaledCovariance(shape, unit),
        )
        return cls(model.feature_names, noise_sd, line, 0.0, 0.0)

    @classmethod
    def of(cls, model: LinearModel) -> Self:
        """Return the posterior of a model with known scales."""
        arguments.instance(model, LinearModel, "model")
        rows = model.data if isinstance(model.data, Rows) else None
        return cls.before_data(model).condition_on_statistics(model.statistics, rows)

    @cached_property
    def coefficients(self) -> MultivariateNormal:
        """The distribution of the coefficients b."""
        line = self.line
        inverse = line.inverse_of_coef
        return MultivariateNormal(
            self.features, line.coef, line.root, known_inverse=inverse
        )

    @property
    def has_intercept(self) -> bool:
        """Whether there is an intercept."""
        return self.line.has_intercept

    @property
    def center(self) -> FloatArray:
        """The point c, shape (p,)."""
        return self.line.center

    @property
    def mean_at_center(self) -> float:
        """The expected response at c."""
        return float(self.line.mean[0])

    @property
    def precision_at_center(self) -> float:
        """The precision k of the response at c."""
        return self.line.precision

    @property
    @override
    def log_evidence(self) -> float:
        """Log marginal density of the rows; see the attributes."""
        return self.log_factor - 0.5 * self.sum_of_squares

    @property
    @override
    def layout(self) -> Layout:
        return Layout(self.features, self.line.has_intercept)

    @cached_property
    @override
    def location(self) -> MultivariateNormal:
        """The distribution of intercept and coefficients."""
        line = self.line
        if not line.has_intercept:
            return self.coefficients
        return MultivariateNormal(
            self.layout.names,
            np.append(self._intercept, line.coef),
            line.whole_root,
            known_inverse=line.inverse,
        )

    @property
    def _intercept(self) -> float:
        """The mean of the intercept; its terms may cancel, and keep their digits."""
        line = self.line
        if isinstance(line.exact, DecimalForm):
            return float(line.exact.mean[0])
        factors = np.concatenate([[1.0, 1.0], -line.center, -line.center])
        terms = np.concatenate([line.mean[:1], line.rest[:1], line.coef, line.rest[1:]])
        return math.sumprod(factors.tolist(), terms.tolist())

    @cached_property
    @override
    @fixed
    def sd(self) -> FloatArray:
        """Standard deviations, shape (d,); infinite for a flat prior before rows."""
        if self.location.is_proper:
            return self.location.sd
        # before any rows the flat parameters are independent of the others
        sd = np.full(len(self.features), np.inf)
        sd[self._proper] = self._proper_coefficients.sd
        return np.append([np.inf] * self.has_intercept, sd)

    @property
    def _proper(self) -> npt.NDArray[np.bool]:
        """Which coefficients have a proper distribution, shape (p,)."""
        return np.diag(self.line.root) > 0

    @property
    def _proper_coefficients(self) -> MultivariateNormal:
        """Their distribution, before any rows."""
        kept, of_coef = np.flatnonzero(self._proper), self.coefficients
        names = tuple(of_coef.names[place] for place in kept)
        root = of_coef.root[np.ix_(kept, kept)]
        return MultivariateNormal(names, of_coef.mean[kept], root)

    @overload
    def marginal(self, names: str) -> UnivariateNormal: ...

    @overload
    def marginal(self, names: Names) -> MultivariateNormal: ...

    @override
    def marginal(self, names: str | Names) -> UnivariateNormal | MultivariateNormal:
        # before any rows the coefficients are independent of flat parameters
        proper = self.location
        if not proper.is_proper and set(np.atleast_1d(names)) <= set(self.features):
            of_coef = self._proper_coefficients
            is_known = set(np.atleast_1d(names)) <= set(of_coef.names)
            proper = of_coef if is_known else self.coefficients
        return proper.marginal(names)

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
        statistics.require_columns(self.features)
        line = LeastSquares(self.line, statistics, rows, self.noise_sd).solve()
        line.require_range()
        log_constant_of_rows = 0.5 * (
            statistics.sum_log_weights
            - statistics.n_rows * (LOG_2PI + 2 * np.log(self.noise_sd))
        )
        before, after = self.line.diagonal, line.diagonal
        log_factor = _log_normaliser(before) - _log_normaliser(after)
        return replace(
            self,
            line=line,
            log_factor=float(self.log_factor + log_constant_of_rows + log_factor),
            sum_of_squares=self.sum_of_squares + line.sum_of_squares,
        )

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
        rows = validation.columns_of_fit(X, of_coef.names)
        noise_sd = self.noise_sd if observation_noise else 0.0
        if not return_sd and not isinstance(self.line.exact, DecimalForm):
            return self.mean_at_center + (rows - self.center) @ of_coef.mean
        if self.has_intercept and self.precision_at_center == 0:
            raise ValueError(
                "predictions have no sd before any rows: the intercept's prior is flat"
            )
        mean, sd = self._moments_at(rows, noise_sd)
        return (mean, np.hypot(sd, noise_sd)) if return_sd else mean

    def _moments_at(
        self, rows: FloatArray, noise_sd: float
    ) -> tuple[FloatArray, FloatArray]:
        """Return mean and sd of the line; terms that cancel are added in decimals."""
        root, coef = self.coefficients.inverse_root, self.line.coef
        mean = self.mean_at_center + (rows - self.center) @ coef
        sd = lengths(rows, self.center, root)
        if self.has_intercept:
            sd = np.hypot(sd, self.precision_at_center**-0.5)
        if not isinstance(self.line.exact, DecimalForm):
            return mean, sd
        # the center is rounded too
        terms = lengths(np.abs(rows), -np.abs(self.center), np.abs(root))
        terms += (np.abs(rows) + np.abs(self.center)) @ np.abs(coef)
        doubtful = EPS * terms > ALLOWED * np.hypot(sd, noise_sd)
        if doubtful.any():
            exact = decimal_moments(self.line, rows[doubtful])
            if exact is None:
                raise ValueError(
                    f"X must have fewer rows, got {len(rows)}: rounding may move their "
                    "means and sds, as columns depend on each other and noise_sd is "
                    "small next to the prior sds; pass some rows at a time"
                )
            mean[doubtful], sd[doubtful] = exact
        return mean, sd

    @override
    def predictive(self, X: Any, *, observation_noise: bool = True) -> UnivariateNormal:
        """Return the distribution at new rows, a ``UnivariateNormal`` over them."""
        mean, sd = self.predict(X, return_sd=True, observation_noise=observation_noise)
        return UnivariateNormal(mean, sd)

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
