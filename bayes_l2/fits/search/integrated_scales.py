r"""The density of intercept and coefficients, with unknown scales integrated out.

Unless the prior is relative to the noise, the scales are independent given intercept
and coefficients. With S the sum of squares of the residuals and q that of the
coefficients about their prior mean,

.. math:: p(a, b \mid y) \propto \int \sigma^{-n} e^{-S / 2\sigma^2} p(\sigma)\, d\sigma
          \int \tau^{-p} e^{-q / 2\tau^2} p(\tau)\, d\tau
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import root_scalar
from scipy.special import gammaln, logsumexp

from bayes_l2.arrays import FloatArray
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.scales import Scale


class Integral(NamedTuple):
    """The integral over a scale s, and mean and variance of 1 / s² under it."""

    log: float
    precision: float
    variance: float


class Term(NamedTuple):
    """A scale's integral, half the slope of its sum of squares, and its rows."""

    integral: Integral
    slope: FloatArray
    rows: FloatArray


class IntegratedScales:
    r"""The log density of the parameters without the scales, of free coordinates u.

    Its mode is the ridge solution of the penalty
    :math:`E[\tau^{-2} \mid q] / E[\sigma^{-2} \mid S]`. With a known sd relative to an
    unknown noise sd there is one integral, with n + p for n and the sum of both sums of
    squares.

    Parameters
    ----------
    model : LinearModel
        A model with unknown scales; not both of them where the prior is relative to the
        noise.

    Raises
    ------
    ValueError
        If the density grows without bound, or both scales are unknown and one is
        relative to the other.
    """

    def __init__(self, model: LinearModel) -> None:
        self.model = model
        prior, unknown = model.gaussian_prior, model.unknown_scales
        if prior.relative_to_noise and len(unknown) == 2:
            raise ValueError(
                "density 'marginal' needs a known prior sd where it is relative to an "
                "unknown noise sd; fit_exact(model) has the marginal density of the "
                "coefficients in that case too"
            )
        for name, power, where in model.propriety.limits_at_zero(1.0):
            if power <= 0:  # the integral over log of that scale diverges
                raise ValueError(
                    f"the density has no maximum: where {where} it is infinite, even "
                    f"with {name} integrated out under {unknown[name]}; use the "
                    "posterior mean of fit_exact, or priors.InverseGamma, which "
                    "vanishes at 0"
                )
        p, first = model.n_features, int(model.intercept)
        mean, fixed, noise = prior.mean_vector(p), prior, model.likelihood
        if PRIOR_SD in unknown:
            assert isinstance(prior, priors.Normal)
            fixed = prior.at_unit()
        if NOISE_SD in unknown:
            noise = likelihoods.Normal(1.0)
        self._coordinates = FreeCoordinates(
            replace(model, likelihood=noise, prior=fixed)
        )
        self.size = self._coordinates.size
        statistics = model.statistics
        features, response = statistics.equivalent_rows(centred=model.intercept)
        self._rows = np.zeros((len(features) + first, self.size))
        self._rows[first:, first:] = features
        if model.intercept:
            self._rows[0, 0] = np.sqrt(statistics.total_weight)
        self._response = np.append(np.zeros(first), response)
        root = prior.root(p)
        self._prior_rows = np.hstack([np.zeros((len(root), first)), root])
        self._prior_target = root @ mean

    def split(self, u: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return intercept and coefficients at u, shapes (1,) and (1, p)."""
        return self.model.layout.split(self._coordinates.parameters(u))

    def log_density(self, u: FloatArray) -> float:
        """Return the log density at u, up to a constant."""
        return sum(term.integral.log for term in self._terms(u))

    def gradient(self, u: FloatArray) -> FloatArray:
        """Return the gradient at u."""
        slopes = [-term.integral.precision * term.slope for term in self._terms(u)]
        return np.sum(slopes, axis=0)

    def hessian(self, u: FloatArray) -> FloatArray:
        """Return the Hessian at u."""
        hessian = np.zeros((self.size, self.size))
        for integral, slope, rows in self._terms(u):
            hessian += integral.variance * np.outer(slope, slope)
            hessian -= integral.precision * rows.T @ rows
        return hessian

    def relative_move(
        self, u: FloatArray, step: FloatArray, *, least: float = 0.0
    ) -> float:
        """Return the least: the likelihood is Gaussian."""
        return least

    def _terms(self, u: FloatArray) -> list[Term]:
        scale, origin = self._coordinates.scale, self._coordinates.origin
        parameters = origin + scale * u
        line, beliefs = self._rows * scale, self._prior_rows * scale
        of_line = self._rows @ parameters - self._response
        of_prior = self._prior_rows @ parameters - self._prior_target
        n, p = self.model.statistics.n_rows, len(self._prior_rows)
        prior, noise = self.model.gaussian_prior, self.model.likelihood.noise
        if prior.relative_to_noise and not noise.is_known:
            prior_sd = prior.spread.value
            rows = np.vstack([line, beliefs / prior_sd])
            residuals = np.append(of_line, of_prior / prior_sd)
            return [Term(_integral(noise, n + p, residuals), rows.T @ residuals, rows)]
        terms = [Term(_integral(noise, n, of_line), line.T @ of_line, line)]
        if p:
            unit = noise.value if prior.relative_to_noise else 1.0
            of_prior, beliefs = of_prior / unit, beliefs / unit
            integral = _integral(prior.spread, p, of_prior)
            terms.append(Term(integral, beliefs.T @ of_prior, beliefs))
        return terms


def _integral(scale: Scale, count: int, residuals: FloatArray) -> Integral:
    """Integrate s^-count exp(-residuals² / 2 s²) over s, or take a known s."""
    squares = float(residuals @ residuals)
    if scale.is_known:
        return Integral(-0.5 * squares / scale.value**2, scale.value**-2.0, 0.0)
    form = scale.inverse_gamma
    if form is not None:
        a, b = form.shape + count / 2, form.scale + squares / 2
        return Integral(float(gammaln(a) - a * np.log(b)), a / b, a / b**2)

    def slope(t: float) -> float:
        return 1 - count + squares * np.exp(-2 * t) + float(scale.slope(np.exp(t)))

    mode = float(root_scalar(slope, bracket=(-340.0, 340.0)).root)
    curvature = 2 * squares * np.exp(-2 * mode) - float(scale.curvature(np.exp(mode)))
    v, width = np.linspace(-9, 9, 1201), 1 / np.sqrt(max(curvature, 1e-2))
    t = np.clip(mode + width * np.sinh(v), -340, 340)
    logs = (1 - count) * t - 0.5 * squares * np.exp(-2 * t)
    logs = logs + scale.log_density(np.exp(t)) + np.log(np.cosh(v))
    log_total = logsumexp(logs)
    weights = np.exp(logs - log_total)
    relative = np.exp(np.minimum(-2 * (t - mode), 100.0))  # beyond it the weights are 0
    precision = float(weights @ relative)
    variance = float(weights @ (relative - precision) ** 2)
    unit = np.exp(-2 * mode)
    log_integral = float(log_total + np.log(width * (v[1] - v[0])))
    return Integral(log_integral, precision * unit, variance * unit**2)
