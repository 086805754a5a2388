r"""The problem, stated once: rows, a likelihood and a prior.

.. math:: \log p(\theta \mid y) = \log p(y \mid \theta) + \log p(\theta) + \text{const.}
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model import pairs, penalty
from bayes_l2.model.data_of_model import DataOfModel
from bayes_l2.model.layout import (
    INTERCEPT,
    NOISE_SD,
    PENALTY,
    PRIOR_SD,
    Layout,
    Parameters,
)
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.log_posterior import LogPosterior
from bayes_l2.model.observations import (
    GaussianObservations,
    Observations,
    RowObservations,
)
from bayes_l2.model.origin import Origin
from bayes_l2.model.partitioned.observations import PartitionedObservations
from bayes_l2.model.partitioned.rows import PartitionedRows
from bayes_l2.model.priors import GaussianPrior, Prior
from bayes_l2.model.propriety import Propriety
from bayes_l2.model.rows import Rows
from bayes_l2.model.scales import Scale
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.partitions import Partitions
from bayes_l2.texts import shown


@dataclass(frozen=True, init=False, eq=False, repr=False)
class LinearModel(DataOfModel):
    r"""A linear model: a likelihood of the linear predictor, and a prior.

    .. math:: y_i \mid a, b \sim N(a + x_i^\top b,\; \sigma^2 / w_i),
              \qquad b \sim \text{prior}, \qquad p(a) = 1

    or another likelihood of the linear predictor :math:`a + x_i^\top b`. For three or
    more classes each class has a linear predictor. The parameters are one vector
    :math:`(a, b_1, \dots, b_p)`, or :math:`b` without an intercept, and after them the
    unknown scales, noise sd :math:`\sigma` and prior sd :math:`\tau`, in the order of
    ``parameter_names``.

    ``LinearModel(X, y, ...)`` is short for ``LinearModel.of(X, y, ...)``. For a changed
    model use ``dataclasses.replace(model, prior=...)``: the rows and their sufficient
    statistics are shared.

    Parameters
    ----------
    X : array_like or DataFrame of shape (n, p)
        Features. It is not copied: do not change it while the model is in use.
    y : array_like of shape (n,)
        Response. ``likelihoods.Bernoulli()`` takes labels of any type and keeps them
        as -1 and 1; ``likelihoods.Categorical()`` keeps them as 0 to K - 1.
    likelihood : Likelihood
        Noise model, from ``bayes_l2.likelihoods``.
    prior : Prior
        Prior on the coefficients of each class, from ``bayes_l2.priors``. Only a
        Normal prior under a Normal likelihood may have an unknown sd.
    intercept : bool, default True
        Whether there is an intercept a. Its prior is flat: it is never penalised.
    weights : array_like of shape (n,), optional
        Row weights :math:`w_i`. They are precision weights for a Normal likelihood,
        divide the scale of a Laplace likelihood, and are powers of the other
        likelihoods. Rows of weight zero are left out, and with them a class that
        stands in no other row.
    feature_names : iterable of str, optional
        Names of the columns in order; by default those of the DataFrame, or x0, x1...
    data : Rows or SufficientStatistics, optional
        Valid rows or statistics, in the place of X and y.

    Attributes
    ----------
    origin : Origin or None
        The fitted estimator that ``model_of`` read the model from. A changed model has
        none, and no route reads it.

    Raises
    ------
    ValueError
        If an argument is not valid.
    """

    data: Rows | SufficientStatistics | PartitionedRows
    likelihood: Likelihood
    prior: Prior
    intercept: bool
    origin: Origin | None = field(default=None, init=False)

    def __init__(
        self,
        X: Any = None,
        y: Any = None,
        *,
        likelihood: Likelihood,
        prior: Prior,
        intercept: bool = True,
        weights: Any = None,
        feature_names: Iterable[str] | None = None,
        data: Rows | SufficientStatistics | PartitionedRows | None = None,
    ) -> None:
        arguments.flag(intercept, "intercept")
        pairs.require_terms(likelihood, prior)
        if data is None:
            data = Rows.of(X, y, likelihood, weights, feature_names)
        elif any(each is not None for each in (X, y, weights, feature_names)):
            raise ValueError("data takes the place of X, y, weights and feature_names")
        prior = prior.for_columns(data.feature_names)
        terms = {"likelihood": likelihood, "prior": prior, "intercept": bool(intercept)}
        validation.set_fields(self, data=data, **terms)
        self._require_compatible_parts()

    @classmethod
    def of(cls, X: Any, y: Any, **options: Any) -> Self:
        """Return the model of rows; the options are those of ``LinearModel``."""
        return cls(X, y, **options)

    @classmethod
    def from_statistics(
        cls,
        statistics: SufficientStatistics,
        *,
        likelihood: Likelihood,
        prior: Prior,
        intercept: bool = True,
    ) -> Self:
        """Return the model of rows that are gone: streamed, or on other machines.

        Parameters
        ----------
        statistics : SufficientStatistics
            The statistics of the rows.
        likelihood, prior, intercept
            As for ``LinearModel``; the likelihood must be Normal.

        Returns
        -------
        LinearModel
            Its ``X`` and ``y`` are None, and routes that need the rows say so.
        """
        arguments.instance(statistics, SufficientStatistics, "statistics")
        terms: dict[str, Any] = {"likelihood": likelihood, "prior": prior}
        return cls(data=statistics, intercept=intercept, **terms)

    @classmethod
    def from_partitions(
        cls,
        partitions: Partitions,
        *,
        likelihood: Likelihood,
        prior: Prior,
        intercept: bool = True,
    ) -> Self:
        """Return the model of rows that are read a part at a time.

        Under a Normal likelihood the rows are read once: see ``from_statistics``. Under
        another smooth likelihood they are read once here, and once for each step of
        ``fit_map`` and ``fit_laplace``.

        Parameters
        ----------
        partitions : Partitions
            Where the rows are.
        likelihood, prior, intercept
            As for ``LinearModel``.

        Returns
        -------
        LinearModel
            Its ``X`` and ``y`` are None, and routes that need the rows say so.
        """
        arguments.instance(partitions, Partitions, "partitions")
        pairs.require_terms(likelihood, prior)
        data: SufficientStatistics | PartitionedRows
        if likelihood.has_statistics:
            data = SufficientStatistics.from_partitions(partitions)
        else:
            data = PartitionedRows.of(partitions, likelihood)
        terms: dict[str, Any] = {"likelihood": likelihood, "prior": prior}
        return cls(data=data, intercept=intercept, **terms)

    def _require_compatible_parts(self) -> None:
        data, likelihood, prior = self.data, self.likelihood, self.prior
        if isinstance(data, SufficientStatistics):
            if not likelihood.has_statistics:
                raise ValueError(
                    "likelihood must be likelihoods.Normal(sd) without rows, "
                    f"got {shown(likelihood)}"
                )
        elif data.encoding != likelihood.encoding:
            raise ValueError(
                f"likelihood must be of the kind of these rows, whose y holds "
                f"{data.encoding}; got {shown(likelihood)}"
            )
        if prior.size not in (None, self.n_features):
            raise ValueError(
                f"the prior must be for the {self.n_features} columns of X, "
                f"got one for {prior.size}"
            )
        derived = [PENALTY] * self.has_random_penalty
        reserved = [*[INTERCEPT] * self.intercept, *self.unknown_scales, *derived]
        validation.require_free(self.feature_names, reserved)

    def __repr__(self) -> str:
        intercept = "" if self.intercept else ", intercept=False"
        return (
            f"LinearModel(<{self.n_rows} rows, {self.n_features} features>, "
            f"likelihood={self.likelihood!r}, prior={self.prior!r}{intercept})"
        )

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of the parameters: intercept, features, noise_sd, prior_sd."""
        return self.log_posterior.names

    @property
    def unknown_scales(self) -> dict[str, Scale]:
        """The priors of noise_sd and prior_sd, by name, where these are unknown."""
        return penalty.unknown_scales(self.likelihood, self.prior)

    @property
    def is_smooth(self) -> bool:
        """Whether the log posterior is continuously differentiable everywhere."""
        return self.likelihood.is_smooth and self.prior.is_smooth

    @cached_property
    def layout(self) -> Layout:
        """The order of intercepts and coefficients in the parameter vector."""
        classes = map(str, (self.classes or ()) if self.likelihood.by_class else ())
        names = self.feature_names
        flat = tuple(self.prior.flat_columns(len(names)).tolist())
        return Layout(names, self.intercept, tuple(classes), flat)

    @cached_property
    def log_posterior(self) -> LogPosterior:
        """The log posterior of a parameter vector, a function with derivatives.

        ``model.log_posterior(parameters)`` is its value.
        """
        observations: Observations
        if self.likelihood.has_statistics:
            observations = GaussianObservations(self.statistics, self.intercept)
        elif isinstance(self.data, PartitionedRows):
            observations = PartitionedObservations(
                self.data, self.likelihood, self.intercept
            )
        else:
            rows = self.data
            assert isinstance(rows, Rows)
            observations = RowObservations(rows, self.likelihood, self.intercept)
        noise = self.likelihood.noise
        return LogPosterior(observations, self.prior, noise, self.layout)

    @cached_property
    def propriety(self) -> Propriety:
        """The verdict on the posterior: whether it is proper, and has a mode."""
        return Propriety(self.data, self.likelihood, self.prior, self.intercept)

    def log_likelihood(self, parameters: FloatArray) -> float:
        """Return log p(y | parameters), constants included."""
        return self.log_posterior.log_likelihood(parameters)

    def log_prior(self, parameters: FloatArray) -> float:
        """Return log p(coef) plus the log densities of unknown scales."""
        return self.log_posterior.log_prior(parameters)

    def gradient(self, parameters: FloatArray) -> FloatArray:
        """Return the gradient of the log posterior by the parameters."""
        return self.log_posterior.gradient(parameters)

    def hessian(self, parameters: FloatArray) -> FloatArray:
        """Return the Hessian of the log posterior, its kinks left out."""
        return self.log_posterior.hessian(parameters)

    def split(self, parameters: FloatArray) -> Parameters:
        """Return the parts of a parameter vector; see ``layout.Parameters``."""
        return self.log_posterior.split(parameters)

    def join(
        self,
        intercept: Any,
        coef: FloatArray,
        noise_sd: float = np.nan,
        prior_sd: float = np.nan,
    ) -> FloatArray:
        """Return the parameter vector of an intercept, coefficients and scales.

        Values of scales that are known are ignored.
        """
        scales = {NOISE_SD: noise_sd, PRIOR_SD: prior_sd}
        positive = validation.positive_number
        unknown = [positive(scales[name], name) for name in self.unknown_scales]
        return np.append(self.layout.join(intercept, coef), unknown)

    @property
    def gaussian_prior(self) -> GaussianPrior:
        """The prior, where it is Gaussian or flat, as conjugacy needs it."""
        if not isinstance(self.prior, GaussianPrior):
            raise ValueError(
                "this needs priors.Normal(sd) or priors.Flat(): "
                f"{self.prior!r} is not conjugate"
            )
        return self.prior

    @property
    def penalty(self) -> float:
        r"""The ridge penalty :math:`\alpha = \sigma^2 / \tau^2`, 0 for a flat prior.

        It is the alpha of sum_i w_i (y_i - a - x_i'b)² + alpha ||b||², with weights 1
        and a = 0 where there are none. Under a prior relative to the noise it is
        :math:`1 / \tau^2` for every noise sd. So it is for the other likelihoods, whose
        loss has the penalty alpha ||b||² / 2.

        Raises
        ------
        ValueError
            If the prior is no multiple of ||b||², a scale is unknown, or the penalty is
            beyond the range of numbers.
        """
        return penalty.ridge_penalty(self.likelihood, self.prior)

    @property
    def has_random_penalty(self) -> bool:
        """Whether the prior is a ridge penalty that depends on an unknown scale."""
        return penalty.is_random(self.likelihood, self.prior)

    @property
    def mode_is_mean(self) -> bool:
        """Whether the mode of a Gaussian model's joint density is its mean."""
        return penalty.mode_is_mean(self.likelihood, self.prior)

    def penalty_at(self, noise_sd: Any, prior_sd: Any) -> Any:
        """Return the penalty of scales of any shape."""
        return penalty.penalty_at(self.prior, noise_sd, prior_sd)
