r"""The log posterior and its derivatives.

.. math:: \log p(\theta \mid y) = \ell(a, b, \sigma) + \log p(b \mid \sigma, \tau)
          + \log p(\sigma) + \log p(\tau) + \text{const.}

It is a density in the standard deviations themselves. A flat intercept adds
log 1 = 0.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.floats import floats
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD, Layout, Parameters
from bayes_l2.model.observations import AbsoluteTerms, Observations
from bayes_l2.model.priors import Prior
from bayes_l2.model.scales import Scale
from bayes_l2.texts import listed


@dataclass(frozen=True, eq=False)
class LogPosterior:
    """The log posterior of a parameter vector, in the order of ``names``.

    Attributes
    ----------
    observations : Observations
        The log likelihood of the rows.
    prior : Prior
        The prior on the coefficients.
    noise : Scale
        The noise sd, or its prior.
    layout : Layout
        The order of intercepts and coefficients.
    """

    observations: Observations
    prior: Prior
    noise: Scale
    layout: Layout

    @cached_property
    def unknown_scales(self) -> dict[str, Scale]:
        """The priors of the unknown scales, by name; they end the vector."""
        scales = {NOISE_SD: self.noise, PRIOR_SD: self.prior.spread}
        return {name: scale for name, scale in scales.items() if not scale.is_known}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters: intercepts, coefficients, unknown scales."""
        return (*self.layout.names, *self.unknown_scales)

    def recentred(self, center: FloatArray) -> Self:
        """Return the log posterior with another origin of [X y].

        Its value is the same at another intercept.
        """
        return replace(self, observations=self.observations.recentred(center))

    def split(self, parameters: FloatArray) -> Parameters:
        """Return the parts of a parameter vector; intercepts are 0 without any."""
        parameters = floats(parameters, "parameters")
        if parameters.shape != (len(self.names),):
            raise ValueError(
                f"parameters must have shape ({len(self.names)},): "
                f"{listed(self.names)}; got shape {parameters.shape}"
            )
        n_location = len(self.layout.names)
        scales = dict(zip(self.unknown_scales, parameters[n_location:], strict=True))
        for name, value in scales.items():
            if not value > 0:
                raise ValueError(f"the parameter {name} must be positive, got {value}")
        noise, spread = self.noise, self.prior.spread
        return Parameters(
            *self.layout.split(parameters[:n_location]),
            noise_sd=noise.value if noise.is_known else float(scales[NOISE_SD]),
            prior_sd=spread.value if spread.is_known else float(scales[PRIOR_SD]),
        )

    def __call__(self, parameters: FloatArray) -> float:
        """Return the unnormalised log posterior: log likelihood plus log prior."""
        return self.log_likelihood(parameters) + self.log_prior(parameters)

    def log_likelihood(self, parameters: FloatArray) -> float:
        """Return log p(y | parameters), constants included."""
        return self.observations.log_likelihood(self.split(parameters))

    def log_prior(self, parameters: FloatArray) -> float:
        """Return log p(coef) plus the log densities of unknown scales."""
        return self._log_prior(self.split(parameters))

    def gradient(self, parameters: FloatArray) -> FloatArray:
        """Return the gradient of the log posterior, in the order of ``names``."""
        return self.value_and_gradient(parameters)[1]

    def value_and_gradient(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Return the log posterior and its gradient."""
        parts = self.split(parameters)
        value, location, by_log_noise = self.observations.value_and_slopes(parts)
        by_coef = self.prior.gradient(parts.coef, self._multiplier(parts))
        location = self._with_slope(location, by_coef)
        by_scale = [
            slope / getattr(parts, name)
            for name, slope in self._by_log_scales(parts, by_log_noise).items()
        ]
        return value + self._log_prior(parts), np.append(location, by_scale)

    def gradients(self, vectors: FloatArray) -> FloatArray:
        """Return the gradients of the log posterior at vectors, shape (m, d)."""
        if self.unknown_scales:
            return np.array([self.gradient(each) for each in vectors])
        noise_sd, prior_sd = self.noise.value, self.prior.spread.value
        intercepts, coefs = self.layout.split(vectors)
        slopes = self.observations.slopes(intercepts, coefs, noise_sd)
        multiplier = self.prior.multiplier(noise_sd, prior_sd)
        # every row of coefficients has the same prior
        by_rows = self.prior.gradient(coefs.reshape(-1, coefs.shape[-1]), multiplier)
        by_coefs = by_rows.reshape(len(coefs), -1)
        slopes[:, -by_coefs.shape[1] :] += by_coefs
        return slopes @ self.layout.axes.T if self.layout.classes else slopes

    def visit(self, parameters: FloatArray) -> None:
        """Find out all derivatives at a point by one pass, if that saves others."""
        self.observations.visit(self.split(parameters))

    def smooth_part(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Return log posterior and gradient without ``absolute_terms``.

        The value is up to a constant. The scales must be known.
        """
        parts = self.split(parameters)
        size = len(self.layout.axes.T)
        value, location = 0.0, np.zeros(size)
        if self.observations.absolute_terms() is None:
            value, location, _ = self.observations.value_and_slopes(parts)
        of_prior, by_coef = self.prior.smooth_part(parts.coef, self._multiplier(parts))
        return value + of_prior, self._with_slope(location, by_coef)

    def hessian(self, parameters: FloatArray) -> FloatArray:
        """Return the Hessian of the log posterior, its kinks left out."""
        parts = self.split(parameters)
        location = self._with_prior(parts, self.observations.curvature(parts))
        if not self.unknown_scales:
            return location
        n_location, n = len(location), len(self.names)
        hessian = np.zeros((n, n))
        hessian[:n_location, :n_location] = location
        coefs = slice(n_location - parts.coef.size, n_location)
        # Each term in a scale is a power of it times exp(-½ sum of squares / scale²).
        # So its derivatives by the logarithm of the scale are simple.
        _, by_line, by_log_noise = self.observations.value_and_slopes(parts)
        by_prior = self.prior.gradient(parts.coef, self._multiplier(parts)).ravel()
        by_log = self._by_log_scales(parts, by_log_noise)
        relative, squares = self.prior.relative_to_noise, self._prior_squares(parts)
        crossing = {NOISE_SD: -2 * by_line, PRIOR_SD: np.zeros(n_location)}
        crossing[NOISE_SD][coefs] -= 2 * relative * by_prior
        crossing[PRIOR_SD][coefs] -= 2 * by_prior
        of_noise = self.observations.squares(parts) + relative * squares
        second = {NOISE_SD: -2 * of_noise, PRIOR_SD: -2 * squares}
        for place, (name, scale) in enumerate(self.unknown_scales.items(), n_location):
            sd = getattr(parts, name)
            hessian[place, :n_location] = crossing[name] / sd
            hessian[:n_location, place] = crossing[name] / sd
            bend = second[name] + scale.curvature(sd) - by_log[name]
            hessian[place, place] = bend / sd**2
        if relative and len(self.unknown_scales) == 2:
            mixed = -2 * squares / (parts.noise_sd * parts.prior_sd)
            hessian[-1, -2] = hessian[-2, -1] = mixed
        return hessian

    def absolute_terms(self) -> AbsoluteTerms:
        """Return the kinks of minus the log posterior, as terms in the vector."""
        of_rows, size = self.observations.absolute_terms(), len(self.layout.names)
        if of_rows is None:
            of_rows = AbsoluteTerms(np.zeros((0, size)), np.zeros(0), np.zeros(0))
        if self.prior.is_smooth:
            return of_rows
        slopes = self._kink_slopes
        kinked = slopes > 0
        coefs = np.eye(size)[self.layout.n_intercepts :][kinked]
        added = AbsoluteTerms(coefs, np.zeros(len(coefs)), slopes[kinked])
        return AbsoluteTerms(
            *(np.concatenate(pair) for pair in zip(of_rows, added, strict=True))
        )

    def information(self, parameters: FloatArray) -> FloatArray:
        """Return the curvature to expect of minus the log posterior, scales left out.

        A kink counts by its Fisher information: the square of its slope.
        """
        parts = self.split(parameters)
        hessian = self._with_prior(parts, -self.observations.information(parts))
        coefs = np.arange(self.layout.n_intercepts, len(hessian))
        hessian[coefs, coefs] -= self._kink_slopes**2
        return -hessian

    @property
    def _kink_slopes(self) -> FloatArray:
        """The slope of the prior's kink in each coefficient of the vector."""
        layout = self.layout
        shape = layout.lines, len(layout.features)
        slopes = np.broadcast_to(self.prior.kink_slope, shape)
        vector = layout.select(*layout.squeezed(np.zeros(layout.lines), slopes))
        return vector[layout.n_intercepts :]

    def _log_prior(self, parts: Parameters) -> float:
        value = self.prior.log_density(parts.coef, self._multiplier(parts))
        for name, scale in self.unknown_scales.items():
            value += float(scale.log_density(getattr(parts, name)))
        return value

    def _with_slope(self, location: FloatArray, by_coef: FloatArray) -> FloatArray:
        """Add a slope by the coefficients, and return that by the vector."""
        location[-by_coef.size :] += by_coef.ravel()
        return self.layout.axes @ location if self.layout.classes else location

    def _with_prior(self, parts: Parameters, hessian: FloatArray) -> FloatArray:
        """Add the Hessian of the prior, and return that by the vector."""
        lines, p = parts.coef.shape
        of_line = self.prior.curvature(p, self._multiplier(parts))
        if not self.layout.classes:
            hessian[-p:, -p:] += of_line
            return hessian
        size = lines * p
        hessian[-size:, -size:] += np.kron(np.eye(lines), of_line)
        return self.layout.axes @ hessian @ self.layout.axes.T

    def _by_log_scales(
        self, parts: Parameters, by_log_noise: float
    ) -> dict[str, float]:
        """Return the slopes of the log posterior by the logs of unknown scales."""
        flat = self.prior.flat_columns(parts.coef.shape[-1])
        proper = parts.coef.size - len(parts.coef) * int(flat.sum())
        of_prior = self._prior_squares(parts) - proper
        by_log = {
            name: float(scale.slope(getattr(parts, name)))
            for name, scale in self.unknown_scales.items()
        }
        if NOISE_SD in by_log:
            relative = self.prior.relative_to_noise
            by_log[NOISE_SD] += by_log_noise + (of_prior if relative else 0.0)
        if PRIOR_SD in by_log:
            by_log[PRIOR_SD] += of_prior
        return by_log

    def _multiplier(self, parts: Parameters) -> float:
        return self.prior.multiplier(parts.noise_sd, parts.prior_sd)

    def _prior_squares(self, parts: Parameters) -> float:
        return self.prior.squares(parts.coef, self._multiplier(parts))
