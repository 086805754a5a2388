"""The problem, stated once: data, likelihood and prior, and the log posterior that follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from bayes_l2 import validation
from bayes_l2.likelihoods import Likelihood
from bayes_l2.priors import Flat, Prior
from bayes_l2.sufficient_statistics import SufficientStatistics, default_names, drop_weightless
from bayes_l2.validation import LOG_2PI, FloatArray

INTERCEPT = "intercept"


@dataclass(frozen=True, init=False, eq=False, repr=False)
class LinearModel:
    r"""A linear model with a Gaussian likelihood and a prior on its coefficients.

    .. math:: y_i \mid a, b \sim N(a + x_i^\top b,\; \sigma^2 / w_i), \qquad b \sim \text{prior}, \qquad p(a) = 1

    The parameters of its methods are one vector :math:`(a, b_1, \dots, b_p)`, or :math:`b` alone without an
    intercept, in the order of ``parameter_names``. The log posterior is the unnormalised
    :math:`\log p(y \mid a, b) + \log p(b)`, evaluated from the sufficient statistics in :math:`O(p^2)`.

    Parameters
    ----------
    X : array_like or DataFrame of shape (n, p)
        Features. It is not copied: do not change it while the model is in use.
    y : array_like of shape (n,)
        Response.
    likelihood : likelihoods.Normal
        Noise model.
    prior : priors.Normal or priors.Flat
        Prior on the coefficients.
    intercept : bool, default True
        Whether there is an intercept a. Its prior is flat: it is never penalised.
    weights : array_like of shape (n,), optional
        Precision weights :math:`w_i`, not negative. Rows of weight zero say nothing and are left out.
    feature_names : iterable of str, optional
        Names of the columns; by default those of the DataFrame, else x0, x1, ...

    Raises
    ------
    ValueError
        If an argument is not valid; the message names it, what was seen and what is allowed.
    """

    X: FloatArray | None
    y: FloatArray | None
    likelihood: Likelihood
    prior: Prior
    intercept: bool
    weights: FloatArray | None
    feature_names: tuple[str, ...]

    def __init__(
        self,
        X: Any,
        y: Any,
        *,
        likelihood: Likelihood,
        prior: Prior,
        intercept: bool = True,
        weights: Any = None,
        feature_names: Iterable[str] | None = None,
    ) -> None:
        features = validation.matrix(X)
        response = validation.vector(y, "y", length=len(features))
        if feature_names is None:
            feature_names = validation.column_names(X) or default_names(features.shape[1])
        if weights is not None:
            weights = validation.weights(weights, length=len(features))
            features, response, weights = drop_weightless(features, response, weights)
        self._set(features, response, weights, likelihood, prior, intercept, feature_names)

    @classmethod
    def from_statistics(
        cls, statistics: SufficientStatistics, *, likelihood: Likelihood, prior: Prior, intercept: bool = True
    ) -> Self:
        """State the model where the rows are gone: streamed, or held by other machines.

        Parameters
        ----------
        statistics : SufficientStatistics
            What is left of the rows.
        likelihood, prior, intercept
            As for ``LinearModel``.

        Returns
        -------
        LinearModel
            Its ``X`` and ``y`` are None, and routes that need the rows say so.

        Raises
        ------
        ValueError
            If an argument is not valid.
        """
        model = cls.__new__(cls)
        model._set(None, None, None, likelihood, prior, intercept, statistics.feature_names)
        model.__dict__["statistics"] = statistics
        return model

    def _set(
        self,
        X: FloatArray | None,
        y: FloatArray | None,
        weights: FloatArray | None,
        likelihood: Likelihood,
        prior: Prior,
        intercept: bool,
        names: Iterable[str],
    ) -> None:
        if not isinstance(intercept, bool | np.bool):
            raise ValueError(f"intercept must be True or False, got {intercept!r}")
        if not isinstance(likelihood, Likelihood):
            raise ValueError(f"likelihood must be likelihoods.Normal(sd), got {likelihood!r}")
        if not isinstance(prior, Prior):
            raise ValueError(f"prior must be priors.Normal(...) or priors.Flat(), got {prior!r}")
        if isinstance(names, str):
            raise ValueError(f"feature_names must be a list of names, got the one text {names!r}")
        names = tuple(names)
        n_features = len(names) if X is None else X.shape[1]
        if prior.size not in (None, n_features):
            raise ValueError(f"the prior must be for the {n_features} columns of X, got one for {prior.size}")
        names = validation.feature_names(names, n_features, reserved=[INTERCEPT] if intercept else [])
        for name, value in (
            ("X", X),
            ("y", y),
            ("weights", weights),
            ("likelihood", likelihood),
            ("prior", prior),
            ("intercept", intercept),
            ("feature_names", names),
        ):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        intercept = "" if self.intercept else ", intercept=False"
        return (
            f"LinearModel(<{self.statistics.n_rows} rows, {self.n_features} features>, "
            f"likelihood={self.likelihood!r}, prior={self.prior!r}{intercept})"
        )

    @property
    def n_features(self) -> int:
        """The number of columns of X, p."""
        return len(self.feature_names)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of the parameter vector: "intercept" first where there is one, then the features."""
        return (INTERCEPT, *self.feature_names) if self.intercept else self.feature_names

    @property
    def penalty(self) -> float:
        r"""The ridge penalty :math:`\alpha = \sigma^2 / \tau^2`, 0 for a flat prior.

        It is the alpha of sum_i w_i (y_i - a - x_i'b)² + alpha ||b||², with weights 1 and a = 0 where there are none.

        Raises
        ------
        ValueError
            If the prior is not of that form: it has a covariance, or a mean that is not zero. If the penalty is
            beyond the range of numbers.
        """
        if isinstance(self.prior, Flat):
            return 0.0
        if self.prior.sd is None or np.any(self.prior.mean):
            raise ValueError(
                f"penalty needs the prior priors.Normal(sd) with mean 0 or priors.Flat(), got {self.prior!r}, "
                "which is no multiple of ||b||²"
            )
        ratio = self.likelihood.sd / self.prior.sd
        if not 0 < ratio * ratio < np.inf:
            raise ValueError(
                f"penalty is beyond double precision: noise sd {self.likelihood.sd}, prior sd {self.prior.sd}"
            )
        return ratio * ratio

    @cached_property
    def statistics(self) -> SufficientStatistics:
        """The sufficient statistics of the rows, computed once."""
        X, y = self.rows("the statistics")
        return SufficientStatistics.reduce(X, y, self.weights, self.feature_names)

    def rows(self, who: str) -> tuple[FloatArray, FloatArray]:
        """Return X and y, or say that ``who`` needs them and they are gone."""
        if self.X is None or self.y is None:
            raise ValueError(f"{who} needs the rows of X and y, and this model was made from their statistics")
        return self.X, self.y

    def join(self, intercept: float, coef: FloatArray) -> FloatArray:
        """Return the parameter vector of an intercept and coefficients."""
        return np.append(intercept, coef) if self.intercept else coef

    def split(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Return intercept (0.0 where there is none) and coefficients of a parameter vector."""
        if np.shape(parameters) != (len(self.parameter_names),):
            raise ValueError(
                f"parameters must have shape ({len(self.parameter_names)},): {', '.join(self.parameter_names)}; "
                f"got shape {np.shape(parameters)}"
            )
        return (parameters[0], parameters[1:]) if self.intercept else (0.0, parameters)

    def log_likelihood(self, parameters: FloatArray) -> float:
        """Return log p(y | parameters), constants included."""
        mean_residual, residuals = self._residuals(parameters)
        statistics = self.statistics
        constant = statistics.sum_log_weights - statistics.n_rows * (LOG_2PI + 2 * np.log(self.likelihood.sd))
        return float(0.5 * (constant - mean_residual**2 - residuals @ residuals))

    def log_prior(self, parameters: FloatArray) -> float:
        """Return log p(coef); the flat intercept adds log 1 = 0."""
        return self.prior.log_density(self.split(parameters)[1])

    def log_posterior(self, parameters: FloatArray) -> float:
        """Return the unnormalised log posterior: log likelihood plus log prior."""
        return self.log_likelihood(parameters) + self.log_prior(parameters)

    def gradient(self, parameters: FloatArray) -> FloatArray:
        """Return the gradient of the log posterior, in the order of ``parameter_names``."""
        mean_residual, residuals = self._residuals(parameters)
        root_weight, center, factor = self._reduced_rows
        gradient = -factor.T @ residuals - center * (root_weight * mean_residual)
        gradient += self.prior.gradient(self.split(parameters)[1])
        return self.join(-root_weight * mean_residual, gradient)

    def hessian(self, parameters: FloatArray) -> FloatArray:
        """Return the Hessian of the log posterior, a square matrix in the order of ``parameter_names``."""
        root_weight, center, factor = self._reduced_rows
        top = root_weight * self.join(1.0, center)
        hessian = -np.outer(top, top)
        coefs = slice(-self.n_features, None)
        hessian[coefs, coefs] += self.prior.hessian(self.split(parameters)[1]) - factor.T @ factor
        return hessian

    @cached_property
    def centred(self) -> "LinearModel":
        """The same model with the mean row as the origin of X and y; itself where there is no intercept.

        Its coefficients are the same and its intercept is a + mean(x)'b - mean(y). Optimisers and samplers work on it:
        far from the origin, intercept and coefficients are nearly collinear.
        """
        if not self.intercept:
            return self
        statistics = replace(self.statistics, mean=np.zeros(self.n_features + 1))
        return LinearModel.from_statistics(statistics, likelihood=self.likelihood, prior=self.prior)

    def centre(self, parameters: FloatArray) -> FloatArray:
        """Return the parameters of ``centred`` that are these parameters here."""
        intercept, coef = self.split(parameters)
        return self.join(intercept - self.statistics.mean[-1] + self.statistics.mean[:-1] @ coef, coef)

    def uncentre(self, parameters: FloatArray) -> FloatArray:
        """Return the parameters here that are these parameters of ``centred``."""
        intercept, coef = self.split(parameters)
        return self.join(intercept + self.statistics.mean[-1] - self.statistics.mean[:-1] @ coef, coef)

    @property
    def origin(self) -> FloatArray:
        """Where searches begin: the prior mean (0 for a flat prior) and an intercept of 0."""
        return self.join(0.0, self.prior.mean_vector(self.n_features))

    @cached_property
    def scale(self) -> FloatArray:
        """One over the root of the curvature of the log posterior along each axis of ``parameters``; 1 where it is 0.

        It depends on the norms of the columns, the noise sd and the prior, not on any fit.
        """
        curvature = -np.diag(self.hessian(self.origin))
        return np.where(curvature > 0, curvature, 1.0) ** -0.5

    def scaled_curvature(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return curvatures and axes (columns) of minus the log posterior, the axes of parameters scaled by ``scale``.

        A curvature that rounding cannot tell from zero is 0: along its axis the posterior is flat.
        """
        curvatures, axes = np.linalg.eigh(-self.hessian(parameters) * np.outer(self.scale, self.scale))
        smallest = len(curvatures) * np.finfo(float).eps * curvatures[-1]
        return np.where(curvatures > smallest, curvatures, 0.0), axes

    @cached_property
    def _reduced_rows(self) -> tuple[float, FloatArray, FloatArray]:
        """Return sqrt(W) / sd, the mean of X, and the factor of the centred X over sd."""
        statistics, sd = self.statistics, self.likelihood.sd
        return np.sqrt(statistics.total_weight) / sd, statistics.mean[:-1], statistics.factor[:, :-1] / sd

    def _residuals(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Return the residual of the mean row and those of the centred factor, in noise sds."""
        intercept, coef = self.split(parameters)
        root_weight, center, factor = self._reduced_rows
        statistics = self.statistics
        # a - mean(y) first: where y is far from zero this difference is small and exact
        mean_residual = root_weight * ((intercept - statistics.mean[-1]) + center @ coef)
        return mean_residual, factor @ coef - statistics.factor[:, -1] / self.likelihood.sd
