"""The log posterior and its derivatives, from what the rows say, the prior, and the priors of unknown scales."""

from abc import ABC, abstractmethod
from functools import cached_property

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD, Layout, Parameters
from bayes_l2.model.observations import AbsoluteTerms, Observations
from bayes_l2.model.priors import Laplace, Normal, Prior
from bayes_l2.model.scales import ScalePrior


class PosteriorDensity(ABC):
    """The density of a model that says what its parts are; ``LinearModel`` does."""

    prior: Prior

    @cached_property
    @abstractmethod
    def layout(self) -> Layout:
        """Where intercepts and coefficients stand in the parameter vector."""

    @cached_property
    @abstractmethod
    def unknown_scales(self) -> dict[str, ScalePrior]:
        """The priors of scales that are unknown, by name; they come last in the parameter vector."""

    @cached_property
    @abstractmethod
    def observations(self) -> Observations:
        """What the rows say of the parameters."""

    @abstractmethod
    def split(self, parameters: FloatArray) -> Parameters:
        """Return the parts of a parameter vector."""

    def log_likelihood(self, parameters: FloatArray) -> float:
        """Return log p(y | parameters), constants included."""
        return self.observations.log_likelihood(self.split(parameters))

    def log_prior(self, parameters: FloatArray) -> float:
        """Return log p(coef) and the log densities of unknown scales; the flat intercept adds log 1 = 0."""
        return self._log_prior(self.split(parameters))

    def _log_prior(self, parts: Parameters) -> float:
        scales = sum(
            prior.log_density(getattr(parts, name))
            for name, prior in self.unknown_scales.items()
        )
        return float(
            self.prior.log_density(parts.coef, self._multiplier(parts)) + scales
        )

    def log_posterior(self, parameters: FloatArray) -> float:
        """Return the unnormalised log posterior: log likelihood plus log prior."""
        return self.log_likelihood(parameters) + self.log_prior(parameters)

    def gradient(self, parameters: FloatArray) -> FloatArray:
        """Return the gradient of the log posterior, in the order of ``parameter_names``."""
        return self.log_posterior_and_gradient(parameters)[1]

    def log_posterior_and_gradient(
        self, parameters: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return both, at less cost than one after the other: what a sampler asks for."""
        parts = self.split(parameters)
        value, location, by_log_noise = self._value_and_slopes(
            parts, rows=True, prior=True
        )
        if not self.unknown_scales:
            return value, location
        by_log = self._by_log_scales(parts, by_log_noise)
        return value, np.append(
            location, [slope / getattr(parts, name) for name, slope in by_log.items()]
        )

    def smooth_part(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Return log posterior and gradient without ``absolute_terms``, the value up to a constant; scales known."""
        smooth = self.observations.absolute_terms() is None
        return self._value_and_slopes(
            self.split(parameters), rows=smooth, prior=self.prior.is_smooth
        )[:2]

    def _value_and_slopes(
        self, parts: Parameters, *, rows: bool, prior: bool
    ) -> tuple[float, FloatArray, float]:
        """Return the log density of what is asked for, its gradient but by scales, and its slope by log noise_sd."""
        size = parts.coef.size
        value, location, by_log_noise = (
            0.0,
            np.zeros(size + self.layout.lines * bool(self.layout.n_intercepts)),
            0.0,
        )
        if rows:
            value, location, by_log_noise = self.observations.value_and_slopes(parts)
        if prior:
            value += self._log_prior(parts)
            location[-size:] += self.prior.gradient(
                parts.coef, self._multiplier(parts)
            ).ravel()
        return (
            value,
            self.layout.axes @ location if self.layout.classes else location,
            by_log_noise,
        )

    def hessian(self, parameters: FloatArray) -> FloatArray:
        """Return the Hessian of the log posterior, a square matrix in the order of ``parameter_names``."""
        parts = self.split(parameters)
        location = self._with_prior(parts, self.observations.curvature(parts))
        if not self.unknown_scales:
            return location
        n_location, hessian = (
            len(location),
            np.zeros((len(location) + len(self.unknown_scales),) * 2),
        )
        hessian[:n_location, :n_location] = location
        coefs = slice(n_location - parts.coef.size, n_location)
        # every term in a scale is a power of it times exp(-½ sum of squares / scale²): derivatives by its logarithm
        _, by_line, by_log_noise = self.observations.value_and_slopes(parts)
        by_prior, by_log = (
            self.prior.gradient(parts.coef, self._multiplier(parts)),
            self._by_log_scales(parts, by_log_noise),
        )
        relative, squares = self.prior.relative_to_noise, self._prior_squares(parts)
        crossing = {NOISE_SD: -2 * by_line, PRIOR_SD: np.zeros(n_location)}
        crossing[NOISE_SD][coefs] -= 2 * relative * by_prior
        crossing[PRIOR_SD][coefs] -= 2 * by_prior
        second = {
            NOISE_SD: -2 * (self.observations.squares(parts) + relative * squares),
            PRIOR_SD: -2 * squares,
        }
        for place, (name, prior) in enumerate(
            self.unknown_scales.items(), start=n_location
        ):
            sd = getattr(parts, name)
            hessian[place, :n_location] = hessian[:n_location, place] = (
                crossing[name] / sd
            )
            hessian[place, place] = (
                second[name] + prior.curvature(sd) - by_log[name]
            ) / sd**2
        if relative and len(self.unknown_scales) == 2:
            hessian[-1, -2] = hessian[-2, -1] = (
                -2 * squares / (parts.noise_sd * parts.prior_sd)
            )
        return hessian

    @property
    def is_smooth(self) -> bool:
        """Whether the log posterior is continuously differentiable everywhere."""
        return self.prior.is_smooth and self.observations.absolute_terms() is None

    def absolute_terms(self) -> AbsoluteTerms:
        """Return the kinks of minus the log posterior: without these terms it has derivatives of every order."""
        of_rows, size = self.observations.absolute_terms(), len(self.layout.names)
        terms = (
            AbsoluteTerms(np.zeros((0, size)), np.zeros(0), np.zeros(0))
            if of_rows is None
            else of_rows
        )
        if not isinstance(self.prior, Laplace):
            return terms
        coefs = np.eye(size)[self.layout.n_intercepts :]
        added = AbsoluteTerms(
            coefs, np.zeros(len(coefs)), np.full(len(coefs), 1 / self.prior.scale)
        )
        return AbsoluteTerms(
            *(np.concatenate(pair) for pair in zip(terms, added, strict=True))
        )

    def information(self, parameters: FloatArray) -> FloatArray:
        """Return minus the Hessian by intercepts and coefficients; where there are kinks, what they come to on average.

        The Fisher information of a Laplace density is one over its scale squared.
        """
        parts = self.split(parameters)
        information = self._with_prior(parts, -self.observations.information(parts))
        if isinstance(self.prior, Laplace):
            coefs = np.arange(self.layout.n_intercepts, len(information))
            information[coefs, coefs] -= self.prior.scale**-2
        return -information

    def _with_prior(self, parts: Parameters, hessian: FloatArray) -> FloatArray:
        """Add the Hessian of the prior to that of the rows, and return that by entries of the parameter vector."""
        lines, size = self.layout.lines, parts.coef.size
        of_line = self.prior.hessian(
            parts.coef.reshape(lines, -1)[0], self._multiplier(parts)
        )
        hessian[-size:, -size:] += (
            of_line if lines == 1 else np.kron(np.eye(lines), of_line)
        )
        return (
            self.layout.axes @ hessian @ self.layout.axes.T
            if self.layout.classes
            else hessian
        )

    def _by_log_scales(
        self, parts: Parameters, by_log_noise: float
    ) -> dict[str, float]:
        """Return the derivatives of the log posterior by the logarithms of unknown scales."""
        of_prior = self._prior_squares(parts) - parts.coef.size
        by_log = {
            name: float(prior.slope(getattr(parts, name)))
            for name, prior in self.unknown_scales.items()
        }
        if NOISE_SD in by_log:
            by_log[NOISE_SD] += by_log_noise + (
                of_prior if self.prior.relative_to_noise else 0.0
            )
        if PRIOR_SD in by_log:
            by_log[PRIOR_SD] += of_prior
        return by_log

    def _multiplier(self, parts: Parameters) -> float:
        return self.prior.multiplier(parts.noise_sd, parts.prior_sd)

    def _prior_squares(self, parts: Parameters) -> float:
        """Return the squared distance of the coefficients from the prior mean, in prior sds."""
        if not isinstance(self.prior, Normal):
            return 0.0
        scaled = self.prior.whiten(parts.coef - self.prior.mean) / self._multiplier(
            parts
        )
        return float(scaled @ scaled)
