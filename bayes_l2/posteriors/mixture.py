"""The posterior of a Gaussian model with unknown scales: a mixture of Gaussians over the nodes of a quadrature."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import logsumexp

from bayes_l2 import validation
from bayes_l2.arrays import LOG_2PI, FloatArray
from bayes_l2.model.draws import as_datatree, validated_count
from bayes_l2.model.layout import INTERCEPT, NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.gaussian_mixture import GaussianMixture
from bayes_l2.posteriors.quadrature.nodes import Nodes, ScalePosterior
from bayes_l2.posteriors.univariate import LogMoments, LogScaleMarginal, NormalMixture

if TYPE_CHECKING:
    import xarray as xr


class MixturePosterior(GaussianMixture):
    r"""The exact posterior of the coefficients where a scale is unknown: a mixture over noise sd and penalty.

    .. math:: p(b \mid y) = \int N(b;\, m(\alpha),\, \sigma^2 S(\alpha))\; p(\sigma, \alpha \mid y)\, d\sigma\, d\alpha

    The integral is a sum over the nodes of a quadrature, made finer until means and sds stand still.

    Attributes
    ----------
    names : tuple of str
        Names of the coefficients.
    log_evidence : float
        :math:`\log p(y)`; a flat intercept counts as density 1 and takes up one of the n rows.
    quadrature_error : float
        Largest change, when the grid was last made twice finer, of a mean or sd in posterior sds, or of the log
        evidence: an estimate on the safe side. 0 where nothing was integrated numerically.

    References
    ----------
    Trefethen and Weideman (2014), SIAM Review 56(3), on the trapezoidal rule; Lindley and Smith (1972), JRSS B 34(1).
    """

    def __init__(self, model: LinearModel, *, tolerance: float = 1e-8) -> None:
        validation.positive_number(tolerance, "tolerance")
        model.propriety.require_proper()
        self.model = model
        basis = self._basis = Eigenbasis.of(model)
        scales = ScalePosterior(basis)
        self.tolerance = tolerance
        names = (
            (INTERCEPT, *model.feature_names)
            if model.intercept
            else model.feature_names
        )

        def summarise(nodes: Nodes) -> tuple[FloatArray, FloatArray]:
            mixture = GaussianMixture(names, basis, scales, nodes, *self._joint_arrays)
            noise = (
                np.sqrt(nodes.noise_moments(2).sum())
                if scales.decay_of_noise > 2
                else np.inf
            )
            values = np.concatenate(
                [mixture.mean, mixture.sd, [noise, nodes.log_evidence]]
            )
            units = np.where(np.isfinite(mixture.sd), mixture.sd, np.abs(mixture.mean))
            return values, np.concatenate([units, units, [noise, 1.0]])

        nodes, self.quadrature_error = scales.nodes(summarise, tolerance)
        arrays = (basis.origin, basis.axes, basis.free_axes, basis.outside_variances)
        super().__init__(model.feature_names, basis, scales, nodes, *arrays)
        self.log_evidence = nodes.log_evidence

    @cached_property
    def _joint_arrays(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        return _joint_arrays(self._basis)

    @property
    def has_intercept(self) -> bool:
        """Whether there is an intercept."""
        return self.model.intercept

    @property
    def intercept(self) -> float:
        """Posterior mean of the intercept, in the units of y; 0.0 where there is none."""
        return float(self.joint.mean[0]) if self.model.intercept else 0.0

    @cached_property
    def cov(self) -> FloatArray:
        """Covariance of the coefficients, shape (p, p)."""
        return self._covariance(np.eye(len(self.names)))

    @cached_property
    def joint(self) -> "JointMixture":
        """The distribution of all parameters but the scales: the intercept first, where there is one."""
        return JointMixture(self)

    def logpdf(self, points: Any) -> Any:
        """Return the log density of the coefficients at one point or many, shape (..., p)."""
        return self._log_density(self._points(points), None)

    def sample(
        self, rng: np.random.Generator | int | None = None, n: int = 1
    ) -> FloatArray:
        """Draw coefficients independently, shape (n, p): scales first, from their exact posterior."""
        return self._draw(np.random.default_rng(rng), n)[0]

    def marginal(self, names: str | Sequence[str]) -> Any:
        """Return the distribution of a coefficient or several, or of "intercept", "noise_sd", "prior_sd", "penalty".

        Parameters
        ----------
        names : str or sequence of str
            One name, or several of coefficients and intercept.

        Returns
        -------
        NormalMixture, LogScaleMarginal or GaussianMixture
            The first two, of one quantity or one scale, have ``mean``, ``std``, ``pdf``, ``cdf`` and ``ppf``.

        Raises
        ------
        ValueError
            If a name is not known, or that scale is.
        """
        if isinstance(names, str) and names in self.unknown:
            return self._scale_marginal(names)
        return self.joint.marginal(names)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of what has a marginal besides the coefficients: unknown scales, and the penalty if it is one."""
        return (
            *self.model.unknown_scales,
            *([PENALTY] if self.model.has_random_penalty else []),
        )

    def log_scale_moments(self, name: str) -> LogMoments:
        """Return mean, sd and kurtosis of the logarithm of an unknown scale or of the penalty."""
        validation.one_of(name, self.unknown, "name")
        return self._scale_marginal(name).log_moments()

    def predict(
        self, X: Any, *, return_sd: bool = False, observation_noise: bool = True
    ) -> Any:
        """Return the posterior predictive mean at new rows, and its sd; see ``GaussianPosterior.predict``."""
        at_rows = self._at(validation.columns_of_fit(X, self.names))
        if not return_sd:
            return at_rows.mean
        noise = self._noise_variance if observation_noise else 0.0
        return at_rows.mean, np.sqrt(at_rows.sd**2 + noise)

    def predictive(self, X: Any, *, observation_noise: bool = True) -> NormalMixture:
        """Return the predictive distribution at new rows, with ``pdf``, ``cdf`` and ``ppf`` over them."""
        at_rows = self._at(validation.columns_of_fit(X, self.names))
        return at_rows._components(
            list(range(len(at_rows.names))), extra_noise=float(observation_noise)
        )

    def condition(self, X: Any, y: Any, weights: Any = None) -> "MixturePosterior":
        """Return the posterior after more rows, the same as from all rows at once; see ``GaussianPosterior``."""
        X = validation.columns_of_fit(X, self.names)
        more = replace(
            SufficientStatistics.from_rows(X, y, weights), feature_names=self.names
        )
        total, model = self.model.statistics + more, self.model
        model = LinearModel.from_statistics(
            total,
            likelihood=model.likelihood,
            prior=model.gaussian_prior,
            intercept=model.intercept,
        )
        return MixturePosterior(model, tolerance=self.tolerance)

    def to_datatree(
        self, *, draws: int = 1000, chains: int = 4, seed: int | None = None
    ) -> "xr.DataTree":
        """Return independent draws as ArviZ takes them, scales among them; see ``GaussianPosterior.to_datatree``."""
        rng = np.random.default_rng(seed)
        joint = self.joint
        values, x, t = joint._draw_all(rng, validated_count(draws, chains))
        scales = {
            NOISE_SD: np.exp(t),
            PRIOR_SD: np.exp(self._scales.log_prior_sd(x, t)),
        }
        scales[PENALTY] = np.exp(x) * self._basis.unit
        return as_datatree(
            joint.names, values, {name: scales[name] for name in self.unknown}, chains
        )

    def log_posterior(self, parameters: FloatArray) -> float:
        """Return the normalised log density of the model's parameters, unknown scales among them."""
        model, basis = self.model, self._basis
        parts = model.split(parameters)
        t = np.array([[np.log(parts.noise_sd)]])
        x = np.zeros(1)
        if self._scales.has_penalty:
            prior_sd = parts.prior_sd if np.isfinite(parts.prior_sd) else 1.0
            unit_noise = (
                0.0 if model.gaussian_prior.relative_to_noise else float(t[0, 0])
            )
            x = np.array([2 * (unit_noise - np.log(prior_sd)) - np.log(basis.unit)])
        log_evidence = basis.log_evidence(np.exp(x), np.array([parts.noise_sd]))
        priors = sum(
            prior.log_density(getattr(parts, name))
            for name, prior in model.unknown_scales.items()
        )
        node = Nodes(x, t, np.zeros((1, 1)), 0.0)
        intercept = parts.intercept[0] if model.intercept else None
        conditional = self._log_density(parts.coef[0], intercept, node)
        return float(conditional + log_evidence[0] + priors - self.log_evidence)

    def _scale_marginal(self, name: str) -> LogScaleMarginal:
        if name == PENALTY:
            return self._scales.penalty_marginal
        return self._scales.scale_marginal(self._nodes, of_noise=name == NOISE_SD)

    @property
    def _noise_variance(self) -> float:
        return (
            float(self._nodes.noise_moments(2).sum())
            if self._scales.decay_of_noise > 2
            else np.inf
        )

    @property
    def _reference(self) -> tuple[FloatArray, float]:
        """Return the row about which the line is known apart from the coefficients, and its mean there."""
        mean = self.model.statistics.mean
        return (
            (mean[:-1], float(mean[-1]))
            if self.model.intercept
            else (np.zeros(len(self.names)), 0.0)
        )

    def _at(self, X: FloatArray) -> GaussianMixture:
        """Return the distribution of the regression line at rows."""
        center, mean_y = self._reference
        rows = X - center
        noise_axes = rows @ self._noise_axes
        if self.model.intercept:
            at_center = np.full(
                (len(rows), 1), self.model.statistics.total_weight**-0.5
            )
            noise_axes = np.column_stack([at_center, noise_axes])
        return GaussianMixture(
            tuple(map(str, range(len(rows)))),
            self._basis,
            self._scales,
            self._nodes,
            mean_y + rows @ self._center,
            rows @ self._axes,
            noise_axes,
            self._basis.outside_variances_of(rows),
        )

    def _covariance(self, rows: FloatArray) -> FloatArray:
        """Return the covariance of rows times b."""
        if not np.isfinite(self.sd).all():
            raise ValueError(
                "there is no covariance: the tail of an unknown scale is too heavy"
            )
        nodes, penalty = self._nodes, np.exp(self._nodes.log_penalty)
        squared_noise = nodes.noise_moments(2)
        axes, free = rows @ self._axes, rows @ self._noise_axes
        weighted = rows @ self._deviations * np.sqrt(nodes.weights.sum(axis=1))
        cov = (
            axes * (squared_noise @ self._basis.variances(penalty)) @ axes.T
            + weighted @ weighted.T
        )
        cov += free @ free.T * squared_noise.sum()
        if self._basis.is_partial:
            coloured = self.model.gaussian_prior.colour(rows)
            cov += (
                (coloured @ coloured.T - axes @ axes.T)
                * np.sum(squared_noise / penalty)
                / self._basis.unit
            )
        return cov

    def _draw(
        self, rng: np.random.Generator, n: int
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return draws of the coefficients, with the log penalty and log noise sd of each."""
        basis, prior = self._basis, self.model.gaussian_prior
        x, t = self._scales.sample(rng, n)
        penalty, noise_sd = np.exp(x), np.exp(t)[:, np.newaxis]
        directions = basis.means(penalty)
        directions += (
            noise_sd
            * np.sqrt(basis.variances(penalty))
            * rng.standard_normal(directions.shape)
        )
        coef = basis.origin + directions @ basis.axes.T
        if basis.free_axes.size:
            coef += noise_sd * rng.standard_normal(coef.shape) @ basis.free_axes.T
        if basis.is_partial:
            white = rng.standard_normal((n, len(self.names)))
            unit_axes = prior.whiten(basis.axes.T)
            white -= (white @ unit_axes.T) @ unit_axes
            prior_sd = noise_sd / np.sqrt(penalty * basis.unit)[:, np.newaxis]
            coef = coef + prior_sd * prior.colour_axes(white.T).T
        return coef, x, t

    def _draw_intercept(
        self, rng: np.random.Generator, coef: FloatArray, t: FloatArray
    ) -> FloatArray:
        center, mean_y = self._reference
        noise = (
            np.exp(t)
            * rng.standard_normal(len(t))
            / np.sqrt(self.model.statistics.total_weight)
        )
        return mean_y - coef @ center + noise

    def _log_density(
        self, points: FloatArray, intercepts: Any, nodes: Nodes | None = None
    ) -> Any:
        """Return the log density of coefficients, and of intercepts where given, under the mixture of nodes."""
        nodes, basis, model = nodes or self._nodes, self._basis, self.model
        p, penalty, t = len(self.names), np.exp(nodes.log_penalty), nodes.log_noise_sd
        deviations = points - basis.origin
        if model.gaussian_prior.is_flat:
            white = np.linalg.solve(basis.free_axes, deviations[..., np.newaxis])[
                ..., 0
            ]
            squares = np.sum(white**2, axis=-1)[..., np.newaxis]
            log_root = np.array([-np.linalg.slogdet(basis.free_axes)[1]])
        else:
            white = model.gaussian_prior.whiten(deviations)
            unit_axes = model.gaussian_prior.whiten(basis.axes.T)
            directions = white @ unit_axes.T
            precisions = 1 / basis.variances(penalty)
            offsets = directions[..., np.newaxis, :] - basis.means(penalty)
            squares = np.sum(offsets**2 * precisions, axis=-1)
            outside = np.sum((white - directions @ unit_axes) ** 2, axis=-1)[
                ..., np.newaxis
            ]
            squares = squares + (
                outside * penalty * basis.unit if basis.is_partial else 0.0
            )
            n_outside = p - basis.axes.shape[1]
            log_root = 0.5 * np.sum(
                np.log(precisions), axis=-1
            ) + 0.5 * n_outside * np.log(basis.unit * penalty)
            log_root = log_root + model.gaussian_prior.log_determinant
        dimensions = p
        if intercepts is not None:
            center, mean_y = self._reference
            weight = model.statistics.total_weight
            at_center = (intercepts - mean_y) + points @ center
            squares = squares + weight * np.asarray(at_center)[..., np.newaxis] ** 2
            log_root = log_root + 0.5 * np.log(weight)
            dimensions = p + 1
        logs = (log_root - 0.5 * dimensions * LOG_2PI)[:, np.newaxis] - dimensions * t
        logs = logs - 0.5 * squares[..., np.newaxis] * np.exp(-2 * t)
        return logsumexp(logs, axis=(-2, -1), b=nodes.weights)


class JointMixture(GaussianMixture):
    """The same posterior with the intercept as the first quantity, where there is one."""

    def __init__(self, posterior: MixturePosterior) -> None:
        self._posterior = posterior
        names = (
            (INTERCEPT, *posterior.names)
            if posterior.has_intercept
            else posterior.names
        )
        super().__init__(
            names,
            posterior._basis,
            posterior._scales,
            posterior._nodes,
            *posterior._joint_arrays,
        )

    @cached_property
    def cov(self) -> FloatArray:
        """Covariance matrix, shape (d, d)."""
        posterior = self._posterior
        if not posterior.has_intercept:
            return posterior.cov
        rows = np.vstack([-posterior._reference[0], np.eye(len(posterior.names))])
        cov = posterior._covariance(rows)
        cov[0, 0] += posterior._noise_variance / posterior.model.statistics.total_weight
        return cov

    def logpdf(self, points: Any) -> Any:
        """Return the log density at one point or many, shape (..., d)."""
        points = self._points(points)
        if not self._posterior.has_intercept:
            return self._posterior.logpdf(points)
        return self._posterior._log_density(points[..., 1:], points[..., 0])

    def sample(
        self, rng: np.random.Generator | int | None = None, n: int = 1
    ) -> FloatArray:
        """Draw independently, shape (n, d)."""
        return self._draw_all(np.random.default_rng(rng), n)[0]

    def _draw_all(
        self, rng: np.random.Generator, n: int
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return draws with the log penalty and log noise sd of each."""
        coef, x, t = self._posterior._draw(rng, n)
        if not self._posterior.has_intercept:
            return coef, x, t
        return (
            np.column_stack([self._posterior._draw_intercept(rng, coef, t), coef]),
            x,
            t,
        )


def _joint_arrays(
    basis: Eigenbasis,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return centre, axes, noise axes and variances outside of the coefficients, after those of an intercept."""
    model = basis.model
    if not model.intercept:
        return basis.origin, basis.axes, basis.free_axes, basis.outside_variances
    mean = model.statistics.mean
    row = -mean[np.newaxis, :-1]
    at_center = np.zeros((len(basis.origin) + 1, 1))
    at_center[0] = model.statistics.total_weight**-0.5
    free = np.vstack([row @ basis.free_axes, basis.free_axes])
    return (
        np.append(mean[-1] + row @ basis.origin, basis.origin),
        np.vstack([row @ basis.axes, basis.axes]),
        np.hstack([at_center, free]),
        np.append(basis.outside_variances_of(row), basis.outside_variances),
    )
