r"""The density of the scales, the coefficients integrated out.

.. math:: p(\sigma, \alpha, y) = p(\sigma, \alpha) \int p(y \mid a, b, \sigma)\,
          p(b \mid \sigma, \alpha)\, da\, db

Its tails decide which posterior moments are finite.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.scales import Scale
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis

CHUNK = 1_000_000  # numbers of a working array
SETTLED, STEPS = 1e-9, 100  # the last step to a mode, and the most of them
LONGEST = 64.0  # twice the longest first step: a factor of 8e13 of the scale


class ScaleDensity:
    r"""The density of noise sd :math:`\sigma` and penalty :math:`\alpha`.

    In :math:`x = \log\alpha` and :math:`t = \log\sigma`, with
    :math:`\log\tau = t - x / 2`, its density is

    .. math:: \log p(x, t, y) = L(\alpha) - n' t - \tfrac12 Q(\alpha) e^{-2t}
              + \log p(\sigma) + t + \log p(\tau) + \log\tau - \log 2

    It is concave in t for every x, as every scale prior is. So the integral over t is
    one over a bump of known place and width, at O(1) a node. The integral over x costs
    O(p) a node. A known scale takes one integral away.

    Parameters
    ----------
    basis : Eigenbasis
        The basis of a model with a proper posterior.
    """

    def __init__(self, basis: Eigenbasis) -> None:
        self.basis = basis
        prior = basis.model.gaussian_prior
        self.relative = prior.relative_to_noise
        self.noise_sd = basis.model.likelihood.noise
        self.prior_sd = prior.spread
        self.has_penalty = not prior.is_flat
        noise_is_unknown = not self.noise_sd.is_known
        prior_is_unknown = not self.prior_sd.is_known
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

    def log_penalty(self, log_noise_sd: Any, log_prior_sd: Any) -> Any:
        """Return the log penalty of two log sds, 0 where there is no penalty."""
        if not self.has_penalty:
            return np.zeros_like(log_noise_sd)
        unit = np.zeros_like(log_noise_sd) if self.relative else log_noise_sd
        return 2 * (unit - log_prior_sd) - self.log_unit

    def log_density(self, x: FloatArray, t: FloatArray) -> FloatArray:
        """Return the log density of y and of the integrated ones of x and t.

        The arrays have one shape.
        """
        constant, log_squares = self.by_penalty(x)
        return constant + self.by_noise(t, x, log_squares)

    def most_probable_noise(self, x: FloatArray) -> FloatArray:
        """Return the mode of the log noise sd given each log penalty.

        Both scales are unknown.
        """
        return self.noise_mode(x, self.by_penalty(x)[1])[0]

    @cached_property
    def decay_of_noise(self) -> float:
        """The moments of the noise sd below this order are finite."""
        return min(self._decay_of_noise_alone, self._decay_together)

    @cached_property
    def decay_of_prior(self) -> float:
        """The moments of the prior sd below this order are finite."""
        alone = len(self.basis.eigenvalues) - 1 - self.prior_sd.power_at_infinity
        return min(alone, self._decay_together)

    @cached_property
    def decay_of_penalty(self) -> float:
        """The moments of the penalty below this order are finite.

        It is large where the prior sd is small, or where the noise sd alone is large.
        """
        prior, by_prior, by_noise = self.prior_sd, np.inf, np.inf
        if not prior.is_known:
            by_prior = 1 + prior.power_at_zero
        if not self.relative:
            by_noise = self._decay_of_noise_alone
        return min(by_prior, by_noise) / 2

    @cached_property
    def decay_of_coefs(self) -> float:
        """The moments of coefficients along the axes below this order are finite.

        Either scale bounds them, unless one scale is bounded by the other.
        """
        return self.decay_of_noise if self.relative else self._decay_together

    @cached_property
    def decay_outside(self) -> float:
        """The moments of coefficients outside the axes below this order are finite.

        The prior sd alone bounds them.
        """
        return min(self.decay_of_prior, self.decay_of_coefs)

    @property
    def decay_given_penalty(self) -> float:
        """The moments of the noise sd below this order are finite at one penalty."""
        if self.relative or self.prior_sd.is_known:
            return self._decay_of_noise_alone
        return self._decay_together

    # the power of a known scale at infinity is minus infinity: all its moments exist
    @property
    def _decay_of_noise_alone(self) -> float:
        return self.basis.rows - 1 - self.noise_sd.power_at_infinity

    @property
    def _decay_together(self) -> float:
        """The order of moments where both scales are large at a fixed ratio."""
        if self.relative:
            return np.inf
        powers = self.noise_sd.power_at_infinity + self.prior_sd.power_at_infinity
        return self.basis.rows - 2 - powers

    def fixed_penalty(self) -> float:
        """Return the log penalty where it is known, or 0 where there is none."""
        if not self.has_penalty:
            return 0.0
        noise_sd = 1.0 if self.relative else self.noise_sd.value
        log_sds = np.log([noise_sd, self.prior_sd.value])
        return float(self.log_penalty(*log_sds))

    def noise_implied(self, x: FloatArray) -> FloatArray:
        """Return the log noise sd at a log penalty, where one scale is known."""
        if self.noise_sd.is_known:
            return np.full_like(x, np.log(self.noise_sd.value))
        return 0.5 * (x + self.log_unit) + np.log(self.prior_sd.value)

    def by_penalty(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the terms that no noise sd changes, and log Q, at log penalties x."""
        penalty = np.exp(np.clip(x, -700, 700)).reshape(-1)
        size = max(1, CHUNK // max(1, len(self.basis.eigenvalues)))
        starts = range(0, len(penalty), size)
        chunks = [penalty[start : start + size] for start in starts]
        constant, squares = (
            np.concatenate([function(chunk) for chunk in chunks]).reshape(np.shape(x))
            for function in (self.basis.log_factor, self.basis.sum_of_squares)
        )
        # a perfect fit without a penalty leaves a Q of 0
        with np.errstate(divide="ignore"):
            return constant - (np.log(2) if self.over_penalty else 0.0), np.log(squares)

    @np.errstate(over="ignore")  # far from the mode
    def by_noise(
        self, t: FloatArray, x: FloatArray, log_squares: FloatArray
    ) -> FloatArray:
        """Return the terms that depend on the noise sd or on a prior of a scale."""
        value = -self.basis.rows * t - 0.5 * np.exp(log_squares - 2 * t)
        value = value + _log_density_of_log(self.noise_sd, t)
        return value + _log_density_of_log(self.prior_sd, self.log_prior_sd(x, t))

    @np.errstate(over="ignore")  # far from the mode
    def slope(
        self, t: FloatArray, x: FloatArray, log_squares: FloatArray
    ) -> FloatArray:
        """Return the derivative of the log density by t, which falls with t."""
        value = 1 - self.basis.rows + np.exp(log_squares - 2 * t)
        value = value + self.noise_sd.slope(_sd(t))
        if not self.prior_sd.is_known and not self.relative:
            value = value + self.prior_sd.slope(_sd(self.log_prior_sd(x, t))) + 1
        return value

    @np.errstate(over="ignore")  # far from the mode
    def bend(self, t: FloatArray, x: FloatArray, log_squares: FloatArray) -> FloatArray:
        """Return the second derivative of the log density by t, which is negative."""
        value = -2 * np.exp(log_squares - 2 * t)
        value = value + self.noise_sd.curvature(_sd(t))
        if not self.prior_sd.is_known and not self.relative:
            value = value + self.prior_sd.curvature(_sd(self.log_prior_sd(x, t)))
        return value

    def noise_mode(
        self, x: FloatArray, log_squares: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the mode over t for each x, and one over the root of the curvature."""
        finite = np.where(np.isfinite(log_squares), log_squares, 0.0)
        start = 0.5 * finite - 0.5 * np.log(max(self.basis.rows, 1))
        mode = _falling_root(
            lambda t: (self.slope(t, x, log_squares), self.bend(t, x, log_squares)),
            start,
        )
        curvature = -self.bend(mode, x, log_squares)
        return mode, 1 / np.sqrt(np.maximum(curvature, 1e-2))


def _log_density_of_log(scale: Scale, log_sd: Any) -> Any:
    """Return the log density of the log of an unknown scale, 0 for a known one."""
    return 0.0 if scale.is_known else scale.log_density(_sd(log_sd)) + log_sd


def _sd(log_sd: Any) -> Any:
    """Return the sd of a logarithm, within the numbers whose squares are numbers."""
    return np.exp(np.clip(log_sd, -354, 354))


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # far from the root
def _falling_root(
    function: Callable[[FloatArray], tuple[FloatArray, FloatArray]], start: FloatArray
) -> FloatArray:
    """Return where falling functions are zero, by Newton's steps within brackets.

    The function returns values and derivatives. Where a step is more than half as long
    as the last one, or a derivative is beyond the range of numbers, the bracket is
    halved. A shorter step stays within: the point before it and the middle of a bracket
    are as far from an end as they are from the point after. The first step may be
    half of ``LONGEST``: far below the root the function can be flat to rounding. Where
    one end of the bracket is not known yet, the next point is twice as far as the last
    one. Where the root is beyond the range of numbers, the result is NaN.
    """
    t, last, reach = start, np.full_like(start, LONGEST), 1.0
    settled = np.zeros(np.shape(start), dtype=bool)
    low, high = np.full_like(start, -np.inf), np.full_like(start, np.inf)
    for _ in range(STEPS):
        value, derivative = function(t)
        low, high = np.where(value > 0, t, low), np.where(value > 0, high, t)
        step = np.where(np.isfinite(derivative), -value / derivative, np.nan)
        settled = np.abs(step) <= SETTLED
        if settled.all():
            break
        middle = 0.5 * (low + high) - t
        farther = np.where(value > 0, reach, -reach)
        other = np.where(np.isfinite(middle), middle, farther)
        is_good = settled | (np.abs(step) <= last / 2)
        step = np.where(is_good, step, other)
        t, last, reach = t + step, np.abs(step), 2 * reach
    return np.where(settled, t, np.nan)


def highest_moment(decay: float) -> int:
    """Return the highest order, of 4, 2, 1 and 0, below a decay."""
    return next(order for order in (4, 2, 1, 0) if order == 0 or order < decay - 1e-9)
