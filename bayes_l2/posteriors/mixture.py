r"""The posterior of a Gaussian model with unknown scales: a mixture over the scales.

.. math:: p(a, b \mid y) = \int N(a, b;\, m(\alpha),\, \sigma^2 S(\alpha))\;
          p(\sigma, \alpha \mid y)\, d\sigma\, d\alpha

The integral is a sum over the nodes of a quadrature.
"""

from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple, Self, override

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray, lengths
from bayes_l2.model.draws import scales_of
from bayes_l2.model.layout import NOISE_SD, PENALTY, PRIOR_SD, Layout
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.distributions.named import points_of
from bayes_l2.posteriors.distributions.positive import LogScaleMarginal
from bayes_l2.posteriors.distributions.univariate import NormalMixture
from bayes_l2.posteriors.posterior import ExactPosterior
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.gaussian_mixture import GaussianMixture
from bayes_l2.posteriors.quadrature.linear_functions import LinearFunctions
from bayes_l2.posteriors.quadrature.nodes import Nodes
from bayes_l2.posteriors.quadrature.scale_marginals import ScaleMarginals, Table

LIGHT_TAIL = 8.0  # nodes hold four moments of a tail that falls as this power, to 1e-9


class MixtureParts(NamedTuple):
    """What the quadrature of a ``MixturePosterior`` has found, and for what."""

    model: LinearModel
    basis: Eigenbasis
    nodes: Nodes
    nodes_error: float
    tolerance: float


class MixturePosterior(ExactPosterior):
    r"""The exact posterior for unknown scales: a mixture over noise sd and penalty.

    .. math:: p(a, b \mid y) = \int N(a, b;\, m(\alpha),\, \sigma^2 S(\alpha))\;
              p(\sigma, \alpha \mid y)\, d\sigma\, d\alpha

    The integral is a sum over the nodes of a quadrature, made finer until means and sds
    of intercept and coefficients do not change.

    Attributes
    ----------
    names : tuple of str
        Names of the d parameters: the intercept where there is one, the features,
        "noise_sd" and "prior_sd" where they are unknown.
    mean, sd : ndarray of shape (d,)
        Their means and standard deviations.
    model : LinearModel
        The model.
    log_evidence : float
        :math:`\log p(y)`; a flat intercept counts as density 1 and takes up one of the
        n rows.
    quadrature_error : float
        Largest change, when the grids were last made twice finer: of a mean or sd of a
        coefficient in posterior sds, of the log evidence, or of the probabilities of a
        scale's marginal. An estimate on the safe side, and 0 where no numerical
        integral was needed.

    References
    ----------
    Trefethen and Weideman (2014), SIAM Review 56(3), on the trapezoidal rule; Lindley
    and Smith (1972), JRSS B 34(1).
    """

    def __init__(self, model: LinearModel, *, tolerance: float = 1e-8) -> None:
        arguments.instance(model, LinearModel, "model")
        self.tolerance = validation.positive_number(tolerance, "tolerance")
        model.propriety.require_proper()
        self.model = model
        self._basis = Eigenbasis.of(model)
        self._scales = ScaleMarginals(self._basis)
        self._functions = LinearFunctions.parameters(self._basis)
        self._nodes, self._nodes_error = self._scales.nodes(self._summarise, tolerance)

    @property
    def parts(self) -> MixtureParts:
        """What the quadrature has found."""
        error, tolerance = self._nodes_error, self.tolerance
        return MixtureParts(self.model, self._basis, self._nodes, error, tolerance)

    @classmethod
    def of_parts(cls, parts: MixtureParts) -> Self:
        """Return the posterior of ``parts``, without another quadrature."""
        posterior = cls.__new__(cls)
        posterior.model, posterior.tolerance = parts.model, parts.tolerance
        posterior._basis = parts.basis
        posterior._scales = ScaleMarginals(parts.basis)
        posterior._functions = LinearFunctions.parameters(parts.basis)
        posterior._nodes, posterior._nodes_error = parts.nodes, parts.nodes_error
        return posterior

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return self.of_parts, (self.parts,)  # no pickle holds the functions of a basis

    def _summarise(self, nodes: Nodes) -> tuple[FloatArray, FloatArray]:
        """Return the values that the quadrature refines, and units of their changes."""
        location = GaussianMixture(self._functions, self._scales, nodes)
        mean, sd, noise = location.mean, location.sd, self._noise_variance(nodes) ** 0.5
        units = np.where(np.isfinite(sd), sd, np.abs(mean))
        values = np.concatenate([mean, sd, [noise, nodes.log_evidence]])
        return values, np.concatenate([units, units, [noise, 1.0]])

    def _noise_variance(self, nodes: Nodes) -> float:
        """Return the mean of the squared noise sd."""
        finite = self._scales.decay_of_noise > 2
        return float(nodes.squared_noise.sum()) if finite else np.inf

    @property
    @override
    def layout(self) -> Layout:
        return self.model.layout

    @cached_property
    @override
    def location(self) -> GaussianMixture:
        """The distribution of intercept and coefficients, a mixture of Gaussians."""
        return GaussianMixture(self._functions, self._scales, self._nodes)

    @property
    @override
    def unknown(self) -> tuple[str, ...]:
        penalty = [PENALTY] * self.model.has_random_penalty
        return (*self.model.unknown_scales, *penalty)

    @property
    @override
    def log_evidence(self) -> float:
        return self._nodes.log_evidence

    @override
    def scale_marginal(self, name: str) -> LogScaleMarginal:
        validation.one_of(name, self.unknown, "name")
        return self._table(name).marginal

    @property
    def quadrature_error(self) -> float:
        """Largest change when the grids were last made twice finer."""
        tables = (self._table(name).error for name in self.unknown)
        return max(self._nodes_error, *tables, 0.0)

    def _table(self, name: str) -> Table:
        if name == PENALTY:
            return self._scales.penalty_table
        if name not in self._tables:
            table = self._scales.scale_table(self._nodes, of_noise=name == NOISE_SD)
            self._tables[name] = table
        return self._tables[name]

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {}

    @cached_property
    def _scale_nodes(self) -> dict[str, FloatArray]:
        """Values of the scales at the nodes, shape (N, M)."""
        x, t = self._nodes.log_penalty[:, np.newaxis], self._nodes.log_noise_sd
        return {NOISE_SD: np.exp(t), PRIOR_SD: np.exp(self._scales.log_prior_sd(x, t))}

    @override
    def _scale_moments(self, name: str) -> tuple[float, float, float]:
        is_noise = name == NOISE_SD
        scales, weights = self._scales, self._nodes.weights
        decay = scales.decay_of_noise if is_noise else scales.decay_of_prior
        if decay <= LIGHT_TAIL:
            return super()._scale_moments(name)
        values = self._scale_nodes[name]
        mean = float(np.sum(weights * values))
        deviations = values / mean - 1  # their fourth power is a number in any units
        second, fourth = (float(np.sum(weights * deviations**k)) for k in (2, 4))
        return mean, mean * second**0.5, fourth / second**2

    @property
    @override
    def cov(self) -> FloatArray:
        """Posterior covariance, shape (d, d).

        That of a scale without an sd is infinite with itself and NaN with the others.
        """
        cov, n, weights = super().cov, len(self.layout.names), self._nodes.weights
        values = [self._scale_nodes[name] for name in self._scale_names]
        deviations = [each - np.sum(weights * each) for each in values]
        for j, first in enumerate(deviations, n):
            by_penalty = np.sum(weights * first, axis=1)
            cov[j, :n] = cov[:n, j] = self.location.deviations @ by_penalty
            for k, second in enumerate(deviations[: j - n], n):
                cov[j, k] = cov[k, j] = np.sum(weights * first * second)
        for j in np.flatnonzero(~np.isfinite(self.sd)):
            cov[j] = cov[:, j] = np.nan
            cov[j, j] = np.inf
        return cov

    @override
    def logpdf(self, points: Any) -> Any:
        points, n = points_of(points, len(self.names)), len(self.layout.names)
        scales = np.moveaxis(points, -1, 0)[n:]
        inside = (scales > 0).all(axis=0)
        safe = np.where(inside, scales, 1.0)
        given = dict(zip(self._scale_names, safe, strict=True))
        noise, spread = self._scales.noise_sd, self._scales.prior_sd
        noise_sd = given.get(NOISE_SD)
        noise_sd = np.full(inside.shape, noise.value) if noise_sd is None else noise_sd
        prior_sd = given.get(PRIOR_SD)
        prior_sd = np.full(inside.shape, spread.value) if prior_sd is None else prior_sd
        t = np.log(noise_sd)
        x = self._scales.log_penalty(t, np.log(prior_sd))
        logs = self.location.logpdf_given(points[..., :n], x, t)
        logs += self._basis.log_evidence(np.exp(x), noise_sd) - self.log_evidence
        logs += noise.log_density(noise_sd) + spread.log_density(prior_sd)
        return np.where(inside, logs, -np.inf)[()]

    @override
    def sample(
        self, rng: np.random.Generator | int | None = None, n: int = 1
    ) -> FloatArray:
        values, x, t = self.location.sample_with_scales(rng, n)
        logs = {NOISE_SD: t, PRIOR_SD: self._scales.log_prior_sd(x, t)}
        scales = [np.exp(logs[name]) for name in self._scale_names]
        return np.column_stack([values, *scales])

    @override
    def _scales_of(self, parameters: FloatArray) -> dict[str, FloatArray]:
        return scales_of(self.model, parameters)

    @override
    def condition_on_statistics(
        self, statistics: SufficientStatistics, rows: Rows | None = None
    ) -> Self:
        arguments.instance(statistics, SufficientStatistics, "statistics")
        model = replace(self.model, data=self.model.statistics + statistics)
        return type(self)(model, tolerance=self.tolerance)

    @override
    def predict(
        self, X: Any, *, return_sd: bool = False, observation_noise: bool = True
    ) -> Any:
        arguments.flag(return_sd, "return_sd")
        arguments.flag(observation_noise, "observation_noise")
        if not return_sd:
            return self._line(X).mean
        noise = self._noise_variance(self._nodes) if observation_noise else 0.0
        if self._basis.is_partial or not np.isfinite(self.location.sd).all():
            line = self._line(X)
            return line.mean, np.sqrt(line.sd**2 + noise)
        rows = validation.columns_of_fit(X, self.layout.features)
        center, mean = np.zeros(rows.shape[1]), 0.0
        if self.model.intercept:
            # there the line is independent of the coefficients
            statistics = self.model.statistics
            center, mean = statistics.mean[:-1], statistics.mean[-1]
            noise += self._noise_variance(self._nodes) / statistics.total_weight
        sd = np.hypot(lengths(rows, center, self._coefficients.root), np.sqrt(noise))
        return mean + (rows - center) @ self.coef, sd

    @cached_property
    def _coefficients(self) -> GaussianMixture:
        return self.location.marginal(self.layout.features)

    @override
    def predictive(self, X: Any, *, observation_noise: bool = True) -> NormalMixture:
        """Return the distribution at new rows, a ``NormalMixture`` over them."""
        arguments.flag(observation_noise, "observation_noise")
        return self._line(X).side_by_side(extra_noise=float(observation_noise))

    def _line(self, X: Any) -> GaussianMixture:
        """Return the distribution of the regression line at rows."""
        rows = validation.columns_of_fit(X, self.layout.features)
        line = LinearFunctions.line(self._basis, rows)
        return GaussianMixture(line, self._scales, self._nodes)
