"""The problem, stated once: data, likelihood and prior, and the log posterior that follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model import priors
from bayes_l2.model.layout import (
    INTERCEPT,
    NOISE_SD,
    PENALTY,
    PRIOR_SD,
    Layout,
    Parameters,
)
from bayes_l2.model.likelihoods import (
    Bernoulli,
    Categorical,
    Laplace,
    Likelihood,
    Normal,
)
from bayes_l2.model.log_posterior import PosteriorDensity
from bayes_l2.model.observations import (
    BernoulliObservations,
    CategoricalObservations,
    GaussianObservations,
    LaplaceObservations,
    Observations,
)
from bayes_l2.model.scales import Scale, ScalePrior, known
from bayes_l2.model.sufficient_statistics import (
    SufficientStatistics,
    default_names,
    drop_weightless,
)


@dataclass(frozen=True, init=False, eq=False, repr=False)
class LinearModel(PosteriorDensity):
    r"""A linear model: a likelihood of the linear predictor, and a prior on its coefficients.

    .. math:: y_i \mid a, b \sim N(a + x_i^\top b,\; \sigma^2 / w_i), \qquad b \sim \text{prior}, \qquad p(a) = 1

    or another likelihood of the line :math:`a + x_i^\top b`; for three or more classes each has a line of its own.
    The parameters of its methods are one vector :math:`(a, b_1, \dots, b_p)`, or :math:`b` alone without an intercept,
    and after them the noise sd :math:`\sigma` and the prior sd :math:`\tau` where these are unknown, in the order of
    ``parameter_names``; ``parameters.Layout`` says how the lines of several classes stand in it. The log posterior is
    the unnormalised :math:`\log p(y \mid a, b, \sigma) + \log p(b \mid \sigma, \tau) + \log p(\sigma) +
    \log p(\tau)`, a density in the standard deviations themselves; a Gaussian model evaluates it from the sufficient
    statistics.

    Parameters
    ----------
    X : array_like or DataFrame of shape (n, p)
        Features. It is not copied: do not change it while the model is in use.
    y : array_like of shape (n,)
        Response; labels of any type for ``likelihoods.Bernoulli()``, kept as -1 and 1, and for
        ``likelihoods.Categorical()``, kept as 0 to K - 1.
    likelihood : likelihoods.Normal, likelihoods.Laplace, likelihoods.Bernoulli or likelihoods.Categorical
        Noise model.
    prior : priors.Normal, priors.Laplace or priors.Flat
        Prior on the coefficients, of each class by itself. Only a Normal prior under a Normal likelihood may have an
        unknown sd.
    intercept : bool, default True
        Whether there is an intercept a. Its prior is flat: it is never penalised.
    weights : array_like of shape (n,), optional
        Precision weights :math:`w_i`; for a Laplace likelihood they divide the scale, for classes they are powers of
        the rows' likelihoods. Rows of weight zero are left out.
    feature_names : iterable of str, optional
        Names of the columns; by default those of the DataFrame, else x0, x1, ...

    Raises
    ------
    ValueError
        If an argument is not valid.
    """

    X: FloatArray | None
    y: FloatArray | None
    likelihood: Likelihood
    prior: priors.Prior
    intercept: bool
    weights: FloatArray | None
    feature_names: tuple[str, ...]
    classes = (
        None  # the labels that -1 and 1, or 0 to K - 1, stand for, where y has classes
    )

    def __init__(
        self,
        X: Any,
        y: Any,
        *,
        likelihood: Likelihood,
        prior: priors.Prior,
        intercept: bool = True,
        weights: Any = None,
        feature_names: Iterable[str] | None = None,
    ) -> None:
        features = validation.matrix(X)
        weights = (
            None
            if weights is None
            else validation.weights(weights, length=len(features))
        )
        if isinstance(likelihood, Bernoulli | Categorical):
            binary = isinstance(likelihood, Bernoulli)
            response, vars(self)["classes"] = validation.labels(
                y, "y", weights, length=len(features), binary=binary
            )
        else:
            response = validation.vector(y, "y", length=len(features))
        if feature_names is None:
            feature_names = validation.column_names(X) or default_names(
                features.shape[1]
            )
        if weights is not None:
            features, response, weights = drop_weightless(features, response, weights)
        self._set(
            features, response, weights, likelihood, prior, intercept, feature_names
        )

    @classmethod
    def from_statistics(
        cls,
        statistics: SufficientStatistics,
        *,
        likelihood: Likelihood,
        prior: priors.Prior,
        intercept: bool = True,
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
        """
        if not isinstance(likelihood, Normal):
            raise ValueError(
                f"likelihood must be likelihoods.Normal(sd) without rows, got {likelihood!r}"
            )
        model = cls.__new__(cls)
        model._set(
            None, None, None, likelihood, prior, intercept, statistics.feature_names
        )
        vars(model)["statistics"] = statistics
        return model

    def _set(
        self,
        X: FloatArray | None,
        y: FloatArray | None,
        weights: FloatArray | None,
        likelihood: Likelihood,
        prior: priors.Prior,
        intercept: bool,
        names: Iterable[str],
    ) -> None:
        if not isinstance(intercept, bool | np.bool):
            raise ValueError(f"intercept must be True or False, got {intercept!r}")
        if not isinstance(likelihood, Likelihood):
            raise ValueError(
                f"likelihood must be likelihoods.Normal(sd), Laplace(scale), Bernoulli() or Categorical(), "
                f"got {likelihood!r}"
            )
        if not isinstance(prior, priors.Prior):
            raise ValueError(
                f"prior must be priors.Normal(...), Laplace(scale) or Flat(), got {prior!r}"
            )
        if isinstance(names, str):
            raise ValueError(
                f"feature_names must be a list of names, got the one text {names!r}"
            )
        if likelihood.sd is None and (
            prior.relative_to_noise or isinstance(prior.sd, ScalePrior)
        ):
            raise ValueError(
                f"prior must have a known sd: {likelihood!r} has no noise scale; got {prior!r}"
            )
        if not prior.is_smooth and isinstance(likelihood.sd, ScalePrior):
            raise ValueError(
                f"likelihood must have a known sd under {prior!r}, got {likelihood!r}"
            )
        names = tuple(names)
        n_features = len(names) if X is None else X.shape[1]
        if prior.size not in (None, n_features):
            raise ValueError(
                f"the prior must be for the {n_features} columns of X, got one for {prior.size}"
            )
        vars(self).update(
            X=X,
            y=y,
            weights=weights,
            likelihood=likelihood,
            prior=prior,
            intercept=bool(intercept),
        )
        taken = [
            *[INTERCEPT] * self.intercept,
            *self.unknown_scales,
            *[PENALTY] * self.has_random_penalty,
        ]
        object.__setattr__(
            self,
            "feature_names",
            validation.feature_names(names, n_features, reserved=taken),
        )

    def __repr__(self) -> str:
        intercept = "" if self.intercept else ", intercept=False"
        return (
            f"LinearModel(<{self.n_rows} rows, {self.n_features} features>, "
            f"likelihood={self.likelihood!r}, prior={self.prior!r}{intercept})"
        )

    @property
    def n_rows(self) -> int:
        """The number of rows, those of weight zero not counted."""
        return self.statistics.n_rows if self.X is None else len(self.X)

    @property
    def n_features(self) -> int:
        """The number of columns of X, p."""
        return len(self.feature_names)

    @cached_property
    def layout(self) -> Layout:
        """Where intercepts and coefficients stand in the parameter vector."""
        lines = (
            self.classes
            if isinstance(self.likelihood, Categorical) and self.classes
            else ()
        )
        return Layout(
            self.feature_names,
            self.intercept,
            tuple(map(str, lines)),
            isinstance(self.prior, priors.Flat),
        )

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of the parameter vector: intercept, features, noise_sd and prior_sd, as far as they are unknown."""
        return (*self.layout.names, *self.unknown_scales)

    @cached_property
    def unknown_scales(self) -> dict[str, ScalePrior]:
        """The priors of noise_sd and prior_sd, by name, of those that are unknown."""
        scales = {NOISE_SD: self.likelihood.sd, PRIOR_SD: self.prior.sd}
        return {
            name: prior
            for name, prior in scales.items()
            if isinstance(prior, ScalePrior)
        }

    @property
    def noise_scale(self) -> Scale:
        """The noise sd of a Gaussian model, or the prior of one that is unknown; others have none."""
        if self.likelihood.sd is None:
            raise ValueError(
                f"this needs likelihoods.Normal(sd): {self.likelihood!r} is not Gaussian"
            )
        return self.likelihood.sd

    @property
    def gaussian_prior(self) -> priors.Normal | priors.Flat:
        """The prior where it is Gaussian or flat, as conjugacy needs it; others have to be integrated numerically."""
        if isinstance(self.prior, priors.Laplace):
            raise ValueError(
                f"this needs priors.Normal(sd) or priors.Flat(): {self.prior!r} is not conjugate"
            )
        return self.prior

    @property
    def penalty(self) -> float:
        r"""The ridge penalty :math:`\alpha = \sigma^2 / \tau^2`, 0 for a flat prior.

        It is the alpha of sum_i w_i (y_i - a - x_i'b)² + alpha ||b||², with weights 1 and a = 0 where there are none.
        Under a prior relative to the noise it is :math:`1 / \tau^2`, whatever the noise. So it is for the other
        likelihoods, whose loss it is added to as penalty ||b||² / 2.

        Raises
        ------
        ValueError
            If the prior is no multiple of ||b||², a scale is unknown, or the penalty is beyond the range of numbers.
        """
        if isinstance(self.prior, priors.Flat):
            return 0.0
        if (
            not isinstance(self.prior, priors.Normal)
            or self.prior.cov is not None
            or np.any(self.prior.mean)
        ):
            raise ValueError(
                f"penalty needs the prior priors.Normal(sd) with mean 0 or priors.Flat(), got {self.prior!r}, "
                "which is no multiple of ||b||²"
            )
        noise_sd = (
            1.0
            if self.prior.relative_to_noise or self.likelihood.sd is None
            else self.likelihood.sd
        )
        if isinstance(noise_sd, ScalePrior) or isinstance(self.prior.sd, ScalePrior):
            unknown = [
                name
                for name in self.unknown_scales
                if name == PRIOR_SD or not self.prior.relative_to_noise
            ]
            raise ValueError(
                f"the penalty is random: it depends on {' and '.join(unknown)}; choose_penalty(model) picks a value"
            )
        assert self.prior.sd is not None
        ratio = noise_sd / self.prior.sd
        if not 0 < ratio * ratio < np.inf:
            raise ValueError(
                f"penalty is beyond double precision: noise sd {noise_sd}, prior sd {self.prior.sd}"
            )
        return ratio * ratio

    @property
    def mode_is_mean(self) -> bool:
        """Whether the mode of a Gaussian model's joint density has the posterior mean for its coefficients.

        So it is where the mean given the scales does not depend on those that are unknown.
        """
        scales_with_noise = (
            isinstance(self.prior, priors.Flat) or self.prior.relative_to_noise
        )
        return not self.unknown_scales or (
            PRIOR_SD not in self.unknown_scales and scales_with_noise
        )

    @property
    def has_random_penalty(self) -> bool:
        """Whether the prior is a ridge penalty, about its mean, that depends on an unknown scale."""
        if not isinstance(self.prior, priors.Normal) or self.prior.cov is not None:
            return False
        return PRIOR_SD in self.unknown_scales or (
            bool(self.unknown_scales) and not self.prior.relative_to_noise
        )

    def penalty_at(self, noise_sd: Any, prior_sd: Any) -> Any:
        """Return the penalty that scales amount to, of any shape."""
        return ((1.0 if self.prior.relative_to_noise else noise_sd) / prior_sd) ** 2

    @cached_property
    def statistics(self) -> SufficientStatistics:
        """The sufficient statistics of the rows of a Gaussian model, computed once."""
        _ = self.noise_scale  # which others than Gaussian models have not
        return self.reduced()

    def reduced(self) -> SufficientStatistics:
        """Return the sufficient statistics of the rows, whatever the likelihood."""
        return SufficientStatistics.reduce(
            *self.rows("the statistics"), self.weights, self.feature_names
        )

    def rows(self, who: str) -> tuple[FloatArray, FloatArray]:
        """Return X and y, or say that ``who`` needs them and they are gone."""
        if self.X is None or self.y is None:
            raise ValueError(
                f"{who} needs the rows of X and y, and this model was made from their statistics"
            )
        return self.X, self.y

    def with_scales(self, likelihood: Likelihood, prior: priors.Prior) -> "LinearModel":
        """Return the model of the same data with another noise and another prior; the rows are not reduced again."""
        if type(likelihood) is not type(self.likelihood):
            raise ValueError(
                f"likelihood must be of the kind of {self.likelihood!r}, got {likelihood!r}"
            )
        model = LinearModel.__new__(LinearModel)
        model._set(
            self.X,
            self.y,
            self.weights,
            likelihood,
            prior,
            self.intercept,
            self.feature_names,
        )
        gaussian = isinstance(likelihood, Normal)
        vars(model).update(
            {"statistics": self.statistics} if gaussian else {"classes": self.classes}
        )
        return model

    def join(
        self,
        intercept: Any,
        coef: FloatArray,
        noise_sd: float = np.nan,
        prior_sd: float = np.nan,
    ) -> FloatArray:
        """Return the parameter vector of an intercept, coefficients and scales; what is not in it does not count."""
        scales = {NOISE_SD: noise_sd, PRIOR_SD: prior_sd}
        return np.append(
            self.layout.join(intercept, coef),
            [scales[name] for name in self.unknown_scales],
        )

    def split(self, parameters: FloatArray) -> Parameters:
        """Return the parts of a parameter vector; the intercept is 0.0 where there is none."""
        names, n_location = self.parameter_names, len(self.layout.names)
        if np.shape(parameters) != (len(names),):
            raise ValueError(
                f"parameters must have shape ({len(names)},): {', '.join(names)}; got shape {np.shape(parameters)}"
            )
        scales = dict(zip(self.unknown_scales, parameters[n_location:], strict=True))
        for name, value in scales.items():
            if not value > 0:
                raise ValueError(f"the parameter {name} must be positive, got {value}")
        return Parameters(
            *self.layout.split(parameters[:n_location]),
            noise_sd=float(scales[NOISE_SD])
            if NOISE_SD in scales
            else known(self.likelihood.sd),
            prior_sd=float(scales[PRIOR_SD])
            if PRIOR_SD in scales
            else known(self.prior.sd),
        )

    @cached_property
    def observations(self) -> Observations:
        """What the rows say of the parameters."""
        if isinstance(self.likelihood, Normal):
            return GaussianObservations(self.statistics, self.intercept)
        X, y = self.rows("the likelihood")
        rows = (
            X,
            y,
            np.ones(len(y)) if self.weights is None else self.weights,
            self.intercept,
        )
        if isinstance(self.likelihood, Laplace):
            return LaplaceObservations(*rows, self.likelihood.scale)
        if isinstance(self.likelihood, Categorical):
            return CategoricalObservations(*rows, self.layout.lines)
        return BernoulliObservations(*rows)

    def recentred(self, center: FloatArray) -> "LinearModel":
        """Return the model of the rows less a row of [X y]: its density is the same at another intercept."""
        model = LinearModel.__new__(LinearModel)
        model._set(
            None,
            None,
            None,
            self.likelihood,
            self.prior,
            self.intercept,
            self.feature_names,
        )
        vars(model).update(
            {
                "classes": self.classes,
                "observations": self.observations.recentred(center),
            }
        )
        return model
