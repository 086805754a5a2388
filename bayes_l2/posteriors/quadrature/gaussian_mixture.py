"""Mixtures of Gaussians over the nodes of a quadrature: means, sds, marginals and quantiles of linear functions."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.nodes import Nodes, ScalePosterior
from bayes_l2.posteriors.univariate import NormalMixture


class GaussianMixture:
    r"""A mixture of Gaussians over named linear functions :math:`q = c + Bb + e` of the coefficients of a model.

    Given the scales, b is :math:`o + A\gamma + \tau N z_0` with independent :math:`\gamma_k` (see ``Eigenbasis``; N is
    what of the prior the rows say nothing about), and e is noise of sd :math:`\sigma` in some directions.

    Attributes
    ----------
    names : tuple of str
        Names of the d quantities.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        basis: Eigenbasis,
        scales: ScalePosterior,
        nodes: Nodes,
        center: FloatArray,
        axes: FloatArray,
        noise_axes: FloatArray,
        null_variances: FloatArray,
    ) -> None:
        self.names = names
        self._basis, self._scales, self._nodes = basis, scales, nodes
        self._center, self._axes, self._noise_axes = center, axes, noise_axes
        self._null_variances = null_variances

    def __repr__(self) -> str:
        shown = [
            f"{name}: {m:.4g} ± {s:.2g}"
            for name, m, s in zip(self.names, self.mean, self.sd, strict=True)
        ]
        extra = f", and {len(shown) - 8} more" if len(shown) > 8 else ""
        return f"{type(self).__name__}({', '.join(shown[:8])}{extra})"

    @cached_property
    def mean(self) -> FloatArray:
        """Posterior means, shape (d,); NaN where a tail is too heavy for a mean."""
        return np.where(
            self._decays > 1, self._center + self._axes @ self._mean_directions, np.nan
        )

    @cached_property
    @np.errstate(over="ignore", invalid="ignore")  # where there is no variance
    def sd(self) -> FloatArray:
        """Posterior standard deviations, shape (d,); infinite where a tail is too heavy."""
        nodes, penalty = self._nodes, np.exp(self._nodes.log_penalty)
        squared_noise = nodes.noise_moments(2)
        variance = self._axes**2 @ (squared_noise @ self._basis.variances(penalty))
        variance += np.sum(self._noise_axes**2, axis=1) * squared_noise.sum()
        variance += self._deviations**2 @ nodes.weights.sum(axis=1)
        variance += (
            self._null_variances * np.sum(squared_noise / penalty) / self._basis.unit
        )
        return np.sqrt(np.where(self._decays > 2, variance, np.inf))

    @cached_property
    @np.errstate(over="ignore", invalid="ignore")  # where there is no fourth moment
    def kurtosis(self) -> FloatArray:
        """Fourth central moments over squared variances, shape (d,): 3 for a Gaussian, infinite for heavy tails."""
        nodes, deviations = self._nodes, self._deviations
        narrow = self._spreads * np.sqrt(nodes.noise_moments(4))
        moments = 3 * np.sum(narrow**2, axis=1) + 6 * (
            self._spreads * deviations**2
        ) @ nodes.noise_moments(2)
        moments += deviations**4 @ nodes.weights.sum(axis=1)
        return np.where(self._decays > 4, moments / self.sd**4, np.inf)

    @cached_property
    def _decays(self) -> FloatArray:
        """The order below which moments of each quantity are finite, shape (d,)."""
        decays = np.full(
            len(self.names), self._scales.decay_of_coefs if self._axes.size else np.inf
        )
        outside = np.where(self._null_variances > 0, self._scales.decay_outside, np.inf)
        of_noise = np.where(
            self._noise_axes.any(axis=1), self._scales.decay_of_noise, np.inf
        )
        return np.minimum(np.minimum(decays, outside), of_noise)

    def marginal(self, names: str | Sequence[str]) -> Any:
        """Return the distribution of one quantity, a ``NormalMixture``, or of some, a ``GaussianMixture``.

        Raises
        ------
        ValueError
            If a name is not one of ``self.names``.
        """
        wanted = [names] if isinstance(names, str) else list(names)
        unknown = [str(name) for name in wanted if name not in self.names]
        if unknown or not wanted:
            raise ValueError(
                f"names must be among {', '.join(self.names)}; got {', '.join(unknown) or 'none'}"
            )
        indices = [self.names.index(name) for name in wanted]
        if isinstance(names, str):
            return self._components(indices, squeeze=True)
        return GaussianMixture(
            tuple(wanted),
            self._basis,
            self._scales,
            self._nodes,
            self._center[indices],
            self._axes[indices],
            self._noise_axes[indices],
            self._null_variances[indices],
        )

    def quantile(self, probability: Any) -> FloatArray:
        """Return a quantile of each quantity, shape (d,), or (m, d) for m probabilities."""
        probability = np.asarray(probability, dtype=float)
        columns = [
            self._components([j], squeeze=True).ppf(probability)
            for j in range(len(self.names))
        ]
        return np.stack(columns, axis=-1)

    def interval(self, probability: float = 0.95) -> FloatArray:
        """Return the equal-tailed interval of each quantity, shape (d, 2)."""
        validation.require_probability(probability)
        return self.quantile([(1 - probability) / 2, (1 + probability) / 2]).T

    def cdf(self, points: Any) -> FloatArray:
        """Return the probability that each quantity by itself is at most that of a point, shape (..., d)."""
        points = self._points(points)
        columns = [
            self._components([j], squeeze=True).cdf(points[..., j])
            for j in range(len(self.names))
        ]
        return np.stack(columns, axis=-1)

    def _points(self, points: Any) -> FloatArray:
        points = np.asarray(points, dtype=float)
        if points.shape[-1:] != (len(self.names),):
            raise ValueError(
                f"points must have {len(self.names)} entries on the last axis, got shape {points.shape}"
            )
        return points

    @cached_property
    def _mean_directions(self) -> FloatArray:
        weights, means = (
            self._nodes.weights.sum(axis=1),
            self._basis.means(np.exp(self._nodes.log_penalty)),
        )
        heaviest = means[
            np.argmax(weights)
        ]  # means from there: they may differ in their last digits only
        return heaviest + weights @ (means - heaviest)

    @cached_property
    def _deviations(self) -> FloatArray:
        """Conditional means less the mean, shape (d, N)."""
        return (
            self._axes
            @ (
                self._basis.means(np.exp(self._nodes.log_penalty))
                - self._mean_directions
            ).T
        )

    @cached_property
    def _spreads(self) -> FloatArray:
        """Conditional variances for a noise sd of 1, shape (d, N)."""
        penalty = np.exp(self._nodes.log_penalty)
        spreads = self._axes**2 @ self._basis.variances(penalty).T
        spreads += np.sum(self._noise_axes**2, axis=1)[:, np.newaxis]
        return spreads + self._null_variances[:, np.newaxis] / (
            self._basis.unit * penalty
        )

    def _components(
        self, which: list[int], *, squeeze: bool = False, extra_noise: float = 0.0
    ) -> NormalMixture:
        center = self._center[which] + self._axes[which] @ self._mean_directions
        means = center[:, np.newaxis] + self._deviations[which]
        sds = np.sqrt(self._spreads[which] + extra_noise)[..., np.newaxis] * np.exp(
            self._nodes.log_noise_sd
        )
        flat_means = np.broadcast_to(means[..., np.newaxis], sds.shape).reshape(
            len(which), -1
        )
        flat_sds = sds.reshape(len(which), -1)
        decays = np.minimum(
            self._decays[which], self._scales.decay_of_noise if extra_noise else np.inf
        )
        weights, kept = (
            self._nodes.weights.reshape(-1),
            self._nodes.weights.reshape(-1) > 1e-40,
        )
        flat_means, flat_sds = flat_means[:, kept], flat_sds[:, kept]
        if squeeze:
            flat_means, flat_sds, decays = flat_means[0], flat_sds[0], decays[0]
        return NormalMixture(weights[kept], flat_means, flat_sds, decays)
