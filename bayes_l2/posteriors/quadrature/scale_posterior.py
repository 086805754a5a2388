"""The posterior density of the scales, coefficients integrated out, and which of its moments are finite."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import elementwise

from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis

CHUNK = 1_000_000  # numbers of a working array


class ScaleDensity:
    r"""The density of noise sd :math:`\sigma` and penalty :math:`\alpha`, coefficients integrated out.

    In :math:`x = \log\alpha` and :math:`t = \log\sigma`, with :math:`\log\tau = t - x / 2`, its density is

    .. math:: \log p(x, t, y) = L(\alpha) - n' t - \tfrac12 Q(\alpha) e^{-2t}
              + \log p(\sigma) + t + \log p(\tau) + \log\tau - \log 2

    which is concave in t for every x, as every scale prior is. So the integral over t is one over a bump whose place
    and width are known, at O(1) a node; that over x costs O(p) a node. Where a scale is known one integral falls away.

    Parameters
    ----------
    basis : Eigenbasis
        Of a model with at least one unknown scale and a proper posterior.
    """

    def __init__(self, basis: Eigenbasis) -> None:
        self.basis = basis
        prior = basis.model.gaussian_prior
        self.relative = prior.relative_to_noise
        self.noise_sd = basis.model.likelihood.noise
        self.prior_sd = prior.spread
        self.has_penalty = not prior.is_flat
        noise_is_unknown, prior_is_unknown = (
            not sd.is_known for sd in (self.noise_sd, self.prior_sd)
        )
        self.over_penalty = self.has_penalty and (
            prior_is_unknown or (noise_is_unknown and not self.relative)
        )
        self.over_noise = noise_is_unknown and (
            prior_is_unknown or not self.over_penalty
        )
        self.log_unit = float(np.log(basis.unit))

    def log_prior_sd(self, x: Any, t: Any) -> Any:
        """Return the log prior sd at a log penalty and a log noise sd."""
        return (0.0 * t if self.relative else t) - 0.5 * (x + self.log_unit)

    def log_density(self, x: FloatArray, t: FloatArray) -> FloatArray:
        """Return the log density of y and of those of x and t that are integrated over, at arrays of one shape."""
        constant, log_squares = self.by_penalty(x)
        return constant + self.by_noise(t, x, log_squares)

    def most_probable_noise(self, x: FloatArray) -> FloatArray:
        """Return the mode of the log noise sd given each log penalty, where both scales are unknown."""
        return self.noise_mode(x, self.by_penalty(x)[1])[0]

    @cached_property
    def decay_of_noise(self) -> float:
        """The moments of the noise sd below this order are finite."""
        if self.noise_sd.is_known:
            return np.inf
        return min(
            self.basis.rows - 1 - self.noise_sd.power_at_infinity, self._decay_together
        )

    @cached_property
    def decay_of_coefs(self) -> float:
        """The same of the coefficients along the axes: they are bounded by either scale, unless one is by the other."""
        return self.decay_of_noise if self.relative else self._decay_together

    @cached_property
    def decay_outside(self) -> float:
        """The same of the coefficients outside the axes, which the prior sd alone bounds."""
        alone = np.inf
        if not self.prior_sd.is_known:
            alone = len(self.basis.eigenvalues) - 1 - self.prior_sd.power_at_infinity
        return min(alone, self.decay_of_coefs)

    @property
    def _decay_together(self) -> float:
        """The same of either scale where both are large together, their ratio being what it is."""
        if self.relative or not (
            not self.noise_sd.is_known and not self.prior_sd.is_known
        ):
            return np.inf  # one bounds the other, or is known
        return (
            self.basis.rows
            - 2
            - self.noise_sd.power_at_infinity
            - self.prior_sd.power_at_infinity
        )

    @property
    def decay_given_penalty(self) -> float:
        """The same of the noise sd at a given penalty."""
        if self.noise_sd.is_known:
            return np.inf
        if not self.prior_sd.is_known and not self.relative:
            return self._decay_together
        return self.basis.rows - 1 - self.noise_sd.power_at_infinity

    def fixed_penalty(self) -> float:
        """Return the log penalty where it is known, or 0 where there is none."""
        if not self.has_penalty:
            return 0.0
        noise_sd = 1.0 if self.relative else self.noise_sd.value
        return 2 * float(np.log(noise_sd / self.prior_sd.value)) - self.log_unit

    def noise_implied(self, x: FloatArray) -> FloatArray:
        """Return the log noise sd at a log penalty, where one of the two scales is known."""
        if self.noise_sd.is_known:
            return np.full_like(x, np.log(self.noise_sd.value))
        return 0.5 * (x + self.log_unit) + np.log(self.prior_sd.value)

    def by_penalty(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the terms of the log density that no noise sd changes, and log Q, at log penalties of any shape."""
        penalty = np.exp(np.clip(x, -700, 700)).reshape(-1)
        size = max(1, CHUNK // max(1, len(self.basis.eigenvalues)))
        chunks = [
            penalty[start : start + size] for start in range(0, len(penalty), size)
        ]
        constant = np.concatenate(
            [self.basis.log_factor(chunk) for chunk in chunks]
        ).reshape(np.shape(x))
        squares = np.concatenate(
            [self.basis.sum_of_squares(chunk) for chunk in chunks]
        ).reshape(np.shape(x))
        with np.errstate(
            divide="ignore"
        ):  # a perfect fit without a penalty leaves nothing
            return constant - (np.log(2) if self.over_penalty else 0.0), np.log(squares)

    @np.errstate(over="ignore")  # far from the mode
    def by_noise(
        self, t: FloatArray, x: FloatArray, log_squares: FloatArray
    ) -> FloatArray:
        """Return the terms of the log density that depend on the noise sd or on a prior."""
        value = -self.basis.rows * t - 0.5 * np.exp(log_squares - 2 * t)
        if not self.noise_sd.is_known:
            value = value + self.noise_sd.log_density(_sd(t)) + t
        if not self.prior_sd.is_known:
            log_prior_sd = self.log_prior_sd(x, t)
            value = value + self.prior_sd.log_density(_sd(log_prior_sd)) + log_prior_sd
        return value

    @np.errstate(over="ignore")  # far from the mode
    def slope(
        self, t: FloatArray, x: FloatArray, log_squares: FloatArray
    ) -> FloatArray:
        """Return the derivative of the log density by t, which falls with t."""
        value = (
            1
            - self.basis.rows
            + np.exp(log_squares - 2 * t)
            + self.noise_sd.slope(_sd(t))
        )
        if not self.prior_sd.is_known and not self.relative:
            value = value + self.prior_sd.slope(_sd(self.log_prior_sd(x, t))) + 1
        return value

    def noise_mode(
        self, x: FloatArray, log_squares: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the mode over t for each x, and one over the root of the curvature there."""
        start = 0.5 * np.where(
            np.isfinite(log_squares), log_squares, 0.0
        ) - 0.5 * np.log(max(self.basis.rows, 1))
        mode = _falling_root(self.slope, start, (x, log_squares))
        step = 1e-3
        curvature = (
            self.slope(mode - step, x, log_squares)
            - self.slope(mode + step, x, log_squares)
        ) / (2 * step)
        return mode, 1 / np.sqrt(np.maximum(curvature, 1e-2))


def _sd(log_sd: Any) -> Any:
    """Return the sd of a logarithm, kept to numbers whose squares are numbers."""
    return np.exp(np.clip(log_sd, -354, 354))


def _falling_root(
    slope: Callable[..., FloatArray], start: FloatArray, args: tuple[FloatArray, ...]
) -> FloatArray:
    """Return where a falling function is zero, element by element."""
    found = elementwise.bracket_root(slope, start - 0.5, start + 0.5, args=args)
    return elementwise.find_root(
        slope, found.bracket, args=args, tolerances={"xrtol": 1e-9, "xatol": 1e-9}
    ).x


def highest_moment(decay: float) -> int:
    """Return the highest order, of 4, 2, 1 and 0, below a decay."""
    return next(order for order in (4, 2, 1, 0) if order == 0 or order < decay - 1e-9)
