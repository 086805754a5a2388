r"""Mixtures of Gaussians over the nodes of a quadrature.

.. math:: p(q \mid y) = \sum_i w_i\, N(q;\, m(\alpha_i),\, \sigma_i^2 S(\alpha_i))

q are linear functions of intercept and coefficients: the parameters, or predictions.
"""

from functools import cached_property
from typing import Any, overload

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import logsumexp

from bayes_l2 import arguments
from bayes_l2.arrays import LOG_2PI, FloatArray, fixed, triangular_factor
from bayes_l2.model.layout import INTERCEPT
from bayes_l2.posteriors.distributions.mixture_quantiles import Components
from bayes_l2.posteriors.distributions.named import Names, places_of, points_of, text_of
from bayes_l2.posteriors.distributions.univariate import NormalMixture, tails
from bayes_l2.posteriors.quadrature.linear_functions import LinearFunctions
from bayes_l2.posteriors.quadrature.nodes import Nodes
from bayes_l2.posteriors.quadrature.scale_marginals import ScaleMarginals

LEAST_LOG = -690.0  # exp of it is 1e-300


class GaussianMixture:
    """A mixture of Gaussians over linear functions of a model's parameters.

    Parameters
    ----------
    functions : LinearFunctions
        The functions.
    scales : ScaleMarginals
        The posterior of the scales.
    nodes : Nodes
        The nodes of the quadrature over the scales.

    Attributes
    ----------
    names : tuple of str
        Names of the d functions.
    """

    def __init__(
        self, functions: LinearFunctions, scales: ScaleMarginals, nodes: Nodes
    ) -> None:
        self.names = functions.names
        self._functions, self._scales, self._nodes = functions, scales, nodes
        # a penalty that no number holds has no weight, and must not be divided by
        self._basis = functions.basis
        least = LEAST_LOG - min(0.0, float(np.log(self._basis.unit)))
        self._penalty = np.exp(np.maximum(nodes.log_penalty, least))

    def __repr__(self) -> str:
        return text_of(self, self.sd)

    @cached_property
    @fixed
    def mean(self) -> FloatArray:
        """Posterior means, shape (d,); NaN where a tail is too heavy for a mean."""
        return np.where(self._decays > 1, self._center, np.nan)

    @cached_property
    @fixed
    @np.errstate(over="ignore", invalid="ignore")  # where there is no variance
    def sd(self) -> FloatArray:
        """Posterior sds, shape (d,); infinite where a tail is too heavy."""
        functions, squared_noise = self._functions, self._nodes.squared_noise
        along = squared_noise @ self._basis.variances(self._penalty)
        variance = functions.axes**2 @ along
        variance += np.sum(functions.noise_axes**2, axis=1) * squared_noise.sum()
        variance += self.deviations**2 @ self._nodes.weights.sum(axis=1)
        variance += functions.outside_variances * self._prior_variance
        return np.sqrt(np.where(self._decays > 2, variance, np.inf))

    @cached_property
    @fixed
    @np.errstate(over="ignore", invalid="ignore")  # where there is no fourth moment
    def kurtosis(self) -> FloatArray:
        """Fourth central moments over squared variances, shape (d,), or infinity."""
        nodes, squares = self._nodes, self.deviations**2
        moments = 3 * self._variances**2 @ nodes.noise_moment(4)
        moments += 6 * (self._variances * squares) @ nodes.squared_noise
        moments += squares**2 @ nodes.weights.sum(axis=1)
        return np.where(self._decays > 4, moments / self.sd**4, np.inf)

    @cached_property
    @fixed
    def cov(self) -> FloatArray:
        """Covariance matrix, shape (d, d)."""
        if not np.isfinite(self.sd).all():
            raise ValueError(
                "there is no covariance: the tail of an unknown scale is too heavy"
            )
        root = self._wide_root
        return root @ root.T

    @cached_property
    @fixed
    def root(self) -> FloatArray:
        """A square C with CC' the covariance matrix, shape (d, d)."""
        return triangular_factor(self._wide_root.T).T

    @property
    def _wide_root(self) -> FloatArray:
        functions, squared_noise = self._functions, self._nodes.squared_noise
        variances = squared_noise @ self._basis.variances(self._penalty)
        parts = (
            functions.axes * np.sqrt(variances),
            self.deviations * np.sqrt(self._nodes.weights.sum(axis=1)),
            functions.noise_axes * np.sqrt(squared_noise.sum()),
            functions.outside_axes * np.sqrt(self._prior_variance),
        )
        return np.hstack(parts)

    @property
    def _prior_variance(self) -> float:
        """The mean of the squared prior sd, in the units of K."""
        ratios = self._nodes.squared_noise / self._penalty
        return float(np.sum(ratios) / self._basis.unit)

    @cached_property
    @fixed
    def _decays(self) -> FloatArray:
        """The order below which moments of each function are finite, shape (d,)."""
        functions, scales = self._functions, self._scales
        coefs = scales.decay_of_coefs if functions.axes.size else np.inf
        is_outside = functions.outside_variances > 0
        outside = np.where(is_outside, scales.decay_outside, np.inf)
        has_noise = functions.noise_axes.any(axis=1)
        of_noise = np.where(has_noise, scales.decay_of_noise, np.inf)
        return np.minimum(np.minimum(coefs, outside), of_noise)

    @overload
    def marginal(self, names: str) -> NormalMixture: ...

    @overload
    def marginal(self, names: Names) -> "GaussianMixture": ...

    def marginal(self, names: str | Names) -> "NormalMixture | GaussianMixture":
        """Return the distribution of one function, or of several.

        That of one is a ``NormalMixture``, that of several a ``GaussianMixture``.

        Raises
        ------
        ValueError
            If a name is not one of ``self.names``.
        """
        places = places_of(names, self.names)
        if isinstance(names, str):
            return self._component(places[0])
        return GaussianMixture(self._functions.take(places), self._scales, self._nodes)

    def _component(self, place: int) -> NormalMixture:
        return self._mixture(place, 0.0)

    def side_by_side(self, *, extra_noise: float = 0.0) -> NormalMixture:
        """Return the functions side by side, with noise of so many σ² added."""
        return self._mixture(slice(None), extra_noise)

    def _mixture(self, which: int | slice, extra_noise: float) -> NormalMixture:
        decays = self._decays[which]
        if extra_noise:
            decays = np.minimum(decays, self._scales.decay_of_noise)
        nodes, few = self._nodes, self._nodes.for_quantiles
        every = self._components(nodes, which, extra_noise, 1e-40)
        body = few and self._components(few, which, extra_noise, 1e-20)
        return NormalMixture(every.weights, every.means, every.sds, decays, body)

    def _components(
        self, nodes: Nodes, which: int | slice, extra_noise: float, lightest: float
    ) -> Components:
        """Return the components at nodes that have the penalties of this mixture."""
        means = self._center[which, np.newaxis] + self.deviations[which]
        unit_sds = np.sqrt(self._variances[which] + extra_noise)
        penalty, noise = np.nonzero(nodes.weights > lightest)
        sds = unit_sds[..., penalty] * np.exp(nodes.log_noise_sd[penalty, noise])
        return Components(nodes.weights[penalty, noise], means[..., penalty], sds)

    def interval(self, probability: float = 0.95) -> FloatArray:
        """Return the equal-tailed interval of each function, shape (d, 2)."""
        ends = tails(probability)
        columns = [self._component(j).ppf(ends) for j in range(len(self.names))]
        return np.stack(columns)

    def sample(
        self, rng: np.random.Generator | int | None = None, n: int = 1
    ) -> FloatArray:
        """Draw independently, shape (n, d)."""
        return self.sample_with_scales(rng, n)[0]

    def sample_with_scales(
        self, rng: np.random.Generator | int | None, n: int
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return draws, shape (n, d), and the log penalty and log noise sd of each."""
        rng = arguments.generator(rng)
        arguments.draws_to_keep(n, len(self.names) + 2)
        basis = self._basis
        x, t = self._scales.sample(rng, n)
        penalty, noise_sd = np.exp(x), np.exp(t)[:, np.newaxis]
        directions = basis.means(penalty)
        sds = noise_sd * np.sqrt(basis.variances(penalty))
        directions += sds * rng.standard_normal(directions.shape)
        coef = basis.origin + directions @ basis.axes.T
        if basis.free_axes.size:
            white = rng.standard_normal((n, basis.free_axes.shape[1]))
            coef += noise_sd * white @ basis.free_axes.T
        if basis.is_partial:
            white = rng.standard_normal((n, basis.unit_axes.shape[1]))
            white -= (white @ basis.unit_axes.T) @ basis.unit_axes
            prior_sd = noise_sd / np.sqrt(penalty * basis.unit)[:, np.newaxis]
            coef += prior_sd * basis.coloured(white.T).T
        values = self._functions.offset + self._functions.times(coef.T).T
        if self._functions.noise.any():
            noise = noise_sd * rng.standard_normal((n, 1))
            values += noise * self._functions.noise
        return values, x, t

    def logpdf(self, points: Any) -> Any:
        """Return the log density at one point or many, shape (..., d)."""
        points, nodes = points_of(points, len(self.names)), self._nodes
        if set(self._basis.model.feature_names) <= set(self.names):
            square_form = self._square_form(points[..., np.newaxis, :], self._penalty)
        else:
            square_form = self._square_form_by_factors(points)
        squares, log_root = (each[..., np.newaxis] for each in square_form)
        logs = self._log_normal(squares, log_root, nodes.log_noise_sd)
        return logsumexp(logs, axis=(-2, -1), b=nodes.weights)

    def logpdf_given(
        self, points: FloatArray, log_penalty: FloatArray, log_noise_sd: FloatArray
    ) -> FloatArray:
        """Return the log density of all parameters given the scales.

        The shapes are (..., d), (...) and (...).
        """
        square_form = self._square_form(points, np.exp(log_penalty))
        return self._log_normal(*square_form, log_noise_sd)

    def _log_normal(
        self, squares: FloatArray, log_root: FloatArray, log_noise_sd: FloatArray
    ) -> FloatArray:
        volume = len(self.names) * (log_noise_sd + 0.5 * LOG_2PI)
        return log_root - volume - 0.5 * squares * np.exp(-2 * log_noise_sd)

    def _square_form(
        self, points: FloatArray, penalty: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return squared distances and log roots of the precision, for a noise sd of 1.

        The functions are all coefficients, with or without the intercept. Points and
        penalties broadcast, and each point costs O(p) for a penalty.
        """
        basis, model, names = self._basis, self._basis.model, self.names
        prior = model.gaussian_prior
        coef = points[..., [names.index(name) for name in model.feature_names]]
        deviations = coef - basis.origin
        squares, log_root = basis.flat_distance(deviations)
        if not prior.is_flat:
            white = prior.whiten(deviations)
            directions = white @ basis.unit_axes.T
            precisions = 1 / basis.variances(penalty)
            offsets = directions - basis.means(penalty)
            squares = squares + np.sum(offsets**2 * precisions, axis=-1)
            log_root = log_root + 0.5 * np.sum(np.log(precisions), axis=-1)
            log_root = log_root + prior.log_determinant
            if basis.is_partial:
                outside = white - directions @ basis.unit_axes
                precision = basis.unit * penalty
                squares = squares + np.sum(outside**2, axis=-1) * precision
                n_outside = white.shape[-1] - basis.axes.shape[1]
                log_root = log_root + 0.5 * n_outside * np.log(precision)
        if INTERCEPT not in names:
            return squares, log_root
        statistics, place = model.statistics, names.index(INTERCEPT)
        weight, mean = statistics.total_weight, statistics.mean
        at_mean = (points[..., place] - mean[-1]) + coef @ mean[:-1]
        return squares + weight * at_mean**2, log_root + 0.5 * np.log(weight)

    def _square_form_by_factors(
        self, points: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the same for any functions, by a factorisation for each penalty."""
        roots = [self._functions.root(float(penalty)) for penalty in self._penalty]
        factors = [triangular_factor(root.T) for root in roots]
        means = self._center + self.deviations.T
        white = [
            solve_triangular(factor, (points - mean).reshape(-1, len(mean)).T, trans=1)
            for factor, mean in zip(factors, means, strict=True)
        ]
        squares = [np.sum(each**2, axis=0).reshape(points.shape[:-1]) for each in white]
        log_root = [-np.sum(np.log(np.abs(np.diag(factor)))) for factor in factors]
        return np.stack(squares, axis=-1), np.array(log_root)

    @cached_property
    @fixed
    def _mean_directions(self) -> FloatArray:
        weights = self._nodes.weights.sum(axis=1)
        means = self._basis.means(self._penalty)
        # means from the heaviest node: they may differ in their last digits only
        heaviest = means[np.argmax(weights)]
        return heaviest + weights @ (means - heaviest)

    @cached_property
    @fixed
    def _center(self) -> FloatArray:
        """The mean over the nodes, shape (d,)."""
        return self._functions.center + self._functions.axes @ self._mean_directions

    @cached_property
    @fixed
    def deviations(self) -> FloatArray:
        """Conditional means less the mean, shape (d, N) for N penalties."""
        directions = self._basis.means(self._penalty) - self._mean_directions
        return self._functions.axes @ directions.T

    @cached_property
    @fixed
    def _variances(self) -> FloatArray:
        """Conditional variances for a noise sd of 1, shape (d, N)."""
        functions = self._functions
        variances = functions.axes**2 @ self._basis.variances(self._penalty).T
        variances += np.sum(functions.noise_axes**2, axis=1)[:, np.newaxis]
        precision = self._basis.unit * self._penalty
        return variances + functions.outside_variances[:, np.newaxis] / precision
