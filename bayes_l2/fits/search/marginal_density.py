"""The density of intercept and coefficients with unknown scales integrated out, each by itself in one dimension."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import root_scalar
from scipy.special import gammaln, logsumexp

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.propriety import limits_at_zero
from bayes_l2.model.scales import Scale, ScalePrior, known


class Integral(NamedTuple):
    """Of a scale s given a sum of squares: log of the integral, and mean and variance of 1 / s² under it."""

    log: float
    precision: float
    variance: float


class MarginalDensity:
    r"""The log density of the parameters but the scales, as a function of free coordinates u.

    Unless the prior is relative to the noise, the scales are independent given intercept and coefficients, so with S
    the sum of squares of the residuals and q that of the coefficients about their prior mean

    .. math:: p(a, b \mid y) \propto \int \sigma^{-n} e^{-S / 2\sigma^2} p(\sigma)\, d\sigma
              \int \tau^{-p} e^{-q / 2\tau^2} p(\tau)\, d\tau

    and its mode is the ridge solution of the penalty :math:`E[\tau^{-2} \mid q] / E[\sigma^{-2} \mid S]`. With a known
    sd relative to an unknown noise sd there is one integral, with n + p for n and the two sums of squares in one.

    Parameters
    ----------
    model : LinearModel
        With unknown scales; not both of them where the prior is relative to the noise.

    Raises
    ------
    ValueError
        If the density grows without bound, or both scales are unknown and one is relative to the other.
    """

    def __init__(self, model: LinearModel) -> None:
        self.model = model
        prior, unknown = model.gaussian_prior, model.unknown_scales
        if prior.relative_to_noise and len(unknown) == 2:
            raise ValueError(
                "density 'marginal' needs a known prior sd where it is relative to an unknown noise sd; "
                "fit_exact(model).logpdf has the density of the coefficients in that case too"
            )
        for name, power, where in limits_at_zero(model, 1.0):
            if power <= 0:  # the integral over log of that scale diverges
                raise ValueError(
                    f"the density has no maximum: where {where} it is infinite, even with {name} integrated out under "
                    f"{unknown[name]}; use the posterior mean of fit_exact, or priors.InverseGamma, which vanishes at 0"
                )
        noise_sd = likelihoods.Normal(1.0) if NOISE_SD in unknown else model.likelihood
        fixed = (
            priors.Normal(1.0, mean=prior.mean_vector(model.n_features))
            if PRIOR_SD in unknown
            else prior
        )
        self._coordinates = FreeCoordinates(model.with_scales(noise_sd, fixed))
        self.size = self._coordinates.size
        statistics, first = model.statistics, int(model.intercept)
        features, response = statistics.equivalent_rows(centred=model.intercept)
        self._rows = np.zeros((len(features) + first, self.size))
        self._rows[first:, first:] = features
        self._rows[0, 0] = (
            np.sqrt(statistics.total_weight) if model.intercept else self._rows[0, 0]
        )
        self._response = np.append(np.zeros(first), response)
        self._prior_rows = np.zeros((0, self.size))
        if isinstance(prior, priors.Normal):
            self._prior_rows = np.zeros((model.n_features, self.size))
            self._prior_rows[:, first:] = prior.root(model.n_features)
        self._prior_target = self._prior_rows @ self._coordinates.origin

    def split(self, u: FloatArray) -> tuple[float, FloatArray]:
        """Return intercept and coefficients at u."""
        parts = self._coordinates.model.split(self._coordinates.parameters(u))
        return float(parts.intercept), parts.coef

    def log_density(self, u: FloatArray) -> float:
        """Return the log density at u, up to a constant."""
        return sum(integral.log for integral, _, _ in self._terms(u))

    def gradient(self, u: FloatArray) -> FloatArray:
        """Return its gradient."""
        return sum(
            (-integral.precision * slope for integral, slope, _ in self._terms(u)),
            np.zeros(self.size),
        )

    def hessian(self, u: FloatArray) -> FloatArray:
        """Return its Hessian."""
        hessian = np.zeros((self.size, self.size))
        for integral, slope, rows in self._terms(u):
            hessian += (
                integral.variance * np.outer(slope, slope)
                - integral.precision * rows.T @ rows
            )
        return hessian

    def _terms(self, u: FloatArray) -> list[tuple[Integral, FloatArray, FloatArray]]:
        """Return, for each scale, its integral, half the gradient of its sum of squares, and the rows of that."""
        scale, origin = self._coordinates.scale, self._coordinates.origin
        parameters = origin + scale * u
        line, beliefs = self._rows * scale, self._prior_rows * scale
        of_line, of_prior = (
            self._rows @ parameters - self._response,
            self._prior_rows @ parameters - self._prior_target,
        )
        n, p, prior = (
            self.model.statistics.n_rows,
            len(self._prior_rows),
            self.model.gaussian_prior,
        )
        if prior.relative_to_noise and NOISE_SD in self.model.unknown_scales:
            prior_sd = prior.sd if isinstance(prior.sd, float) else 1.0
            rows = np.vstack([line, beliefs / prior_sd])
            residuals = np.append(of_line, of_prior / prior_sd)
            return [
                (
                    _integral(self.model.noise_scale, n + p, residuals),
                    rows.T @ residuals,
                    rows,
                )
            ]
        terms = [
            (_integral(self.model.noise_scale, n, of_line), line.T @ of_line, line)
        ]
        if p:
            prior_sd = 1.0 if prior.sd is None else prior.sd
            unit = known(self.model.noise_scale) if prior.relative_to_noise else 1.0
            of_prior, beliefs = of_prior / unit, beliefs / unit
            terms.append(
                (_integral(prior_sd, p, of_prior), beliefs.T @ of_prior, beliefs)
            )
        return terms


def _integral(sd: Scale, count: int, residuals: FloatArray) -> Integral:
    """Integrate s^-count exp(-residuals² / 2 s²) over the prior of s, or evaluate it at a known s."""
    squares = float(residuals @ residuals)
    if not isinstance(sd, ScalePrior):
        return Integral(-0.5 * squares / sd**2, sd**-2.0, 0.0)
    form = sd.inverse_gamma
    if form is not None:
        shape, scale = form.shape + count / 2, form.scale + squares / 2
        return Integral(
            float(gammaln(shape) - shape * np.log(scale)),
            shape / scale,
            shape / scale**2,
        )

    def slope(t: float) -> float:
        return 1 - count + squares * np.exp(-2 * t) + float(sd.slope(np.exp(t)))

    mode = float(root_scalar(slope, bracket=(-340.0, 340.0)).root)
    curvature = 2 * squares * np.exp(-2 * mode) - float(sd.curvature(np.exp(mode)))
    v, width = np.linspace(-9, 9, 1201), 1 / np.sqrt(max(curvature, 1e-2))
    t = np.clip(mode + width * np.sinh(v), -340, 340)
    logs = (
        (1 - count) * t
        - 0.5 * squares * np.exp(-2 * t)
        + sd.log_density(np.exp(t))
        + np.log(np.cosh(v))
    )
    log_total = logsumexp(logs)
    weights = np.exp(logs - log_total)
    relative = np.exp(np.minimum(-2 * (t - mode), 100.0))  # beyond it the weights are 0
    precision = float(weights @ relative)
    unit = np.exp(-2 * mode)
    log_integral = float(log_total + np.log(width * (v[1] - v[0])))
    return Integral(
        log_integral,
        precision * unit,
        float(weights @ (relative - precision) ** 2) * unit**2,
    )
