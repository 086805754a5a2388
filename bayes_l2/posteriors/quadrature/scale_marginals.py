r"""Marginals and draws of the scales.

.. math:: p(\alpha \mid y) = \int p(\sigma, \alpha \mid y)\, d\sigma, \qquad
          p(\sigma \mid y) = \int p(\sigma, \alpha \mid y)\, d\alpha, \qquad
          p(\tau \mid y) = \int p(\sigma, \tau \mid y)\, d\sigma

A marginal is tabulated over the logarithm. A draw is a penalty from its marginal, and a
noise sd given the penalty.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.positive import NEGLIGIBLE, LogScaleMarginal
from bayes_l2.posteriors.quadrature.nodes import (
    FARTHEST,
    FIRST_NODES,
    Nodes,
    ScaleQuadrature,
    log_sum,
)

MARGINAL_NODES = 201


class ScaleMarginals(ScaleQuadrature):
    """The posterior of the scales as marginals and as draws; see ``ScaleDensity``."""

    @cached_property
    def penalty_marginal(self) -> LogScaleMarginal:
        """The posterior of the penalty."""
        where = self._map
        n = MARGINAL_NODES
        if where.spread is np.positive:
            n = max(n, int((where.high - where.low) / 0.1))
        x = where.at(np.linspace(where.low, where.high, n))
        log_density = self._penalty_log_density(x, 2 * FIRST_NODES)
        return LogScaleMarginal.from_log_density(x + self.log_unit, log_density)

    def scale_marginal(self, nodes: Nodes, *, of_noise: bool) -> LogScaleMarginal:
        """Return the posterior of the noise sd, or of the prior sd, if unknown."""
        is_power = not (self.over_noise and (of_noise or not self.relative))
        if self.over_penalty and is_power:
            return self._power_of_penalty(of_noise=of_noise)
        x, t = nodes.log_penalty[:, np.newaxis], nodes.log_noise_sd
        log_scale, other = t, self.log_prior_sd(x, t)
        if not of_noise:
            log_scale, other = other, log_scale
        seen = nodes.log_weights > -2 * NEGLIGIBLE
        center = float(np.sum(nodes.weights * log_scale))
        width = float(np.sqrt(np.sum(nodes.weights * (log_scale - center) ** 2)))
        ends = np.array([log_scale[seen].min(), log_scale[seen].max()])
        low, high = np.arcsinh((ends - center) / width)
        grid = center + width * np.sinh(np.linspace(low, high, MARGINAL_NODES))
        if not self.over_penalty:
            log_density = self.log_density(np.full_like(grid, x[0, 0]), grid)
            return LogScaleMarginal.from_log_density(grid, log_density)

        def density(z: FloatArray) -> FloatArray:
            scale = np.broadcast_to(grid[:, np.newaxis], z.shape)
            noise, prior = (scale, z) if of_noise else (z, scale)
            return self.log_density(self.log_penalty(noise, prior), noise)

        # the other scale may lie within a much narrower range once this one is given
        log_density = _integrate_rows(density, len(grid), other[seen])
        return LogScaleMarginal.from_log_density(grid, log_density)

    def _power_of_penalty(self, *, of_noise: bool) -> LogScaleMarginal:
        """Return the marginal of a scale whose ratio to a known one is the penalty."""
        of_penalty = self.penalty_marginal
        scale = self.prior_sd if of_noise else self.noise_sd
        known = 1.0 if self.relative and not of_noise else scale.value
        power = 0.5 if of_noise else -0.5
        grid = np.log(known) + power * of_penalty.grid
        return LogScaleMarginal.from_log_density(grid, of_penalty.log_density)

    def sample(self, rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
        """Draw n pairs of log penalty and log noise sd."""
        if self.over_penalty:
            x = self.penalty_marginal.sample_logs(rng, n) - self.log_unit
        else:
            x = np.full(n, self.fixed_penalty())
        if not self.over_noise:
            return x, self.noise_implied(x)
        return x, self._sample_noise(rng, x)

    def _sample_noise(self, rng: np.random.Generator, x: FloatArray) -> FloatArray:
        """Draw a log noise sd for each log penalty, by rejection from two tangents.

        The tangents lie above a concave function. They touch it about a width to either
        side of the mode; see Devroye (1986), chapter VII. The places decide the speed
        alone, if the function rises at the left one and falls at the right one.
        """
        log_squares = self.by_penalty(x)[1]
        places = np.linspace(x.min(), x.max(), 64)
        modes, widths = self.noise_mode(places, self.by_penalty(places)[1])
        mode, width = np.interp(x, places, modes), np.interp(x, places, widths)
        astray = np.abs(self.slope(mode, x, log_squares)) * width > 0.5
        if astray.any():
            found = self.noise_mode(x[astray], log_squares[astray])
            mode[astray], width[astray] = found
        left, right = mode - width, mode + width
        rise, fall = self.slope(left, x, log_squares), self.slope(right, x, log_squares)
        left_height = self.by_noise(left, x, log_squares)
        right_height = self.by_noise(right, x, log_squares)
        peak = (right_height - left_height + rise * left - fall * right) / (rise - fall)
        peak_height = left_height + rise * (peak - left)
        share = fall / (fall - rise)  # of the left tangent
        t, waiting = np.empty_like(x), np.arange(len(x))
        while len(waiting):
            drop = rng.standard_exponential(len(waiting))
            is_left = rng.random(len(waiting)) < share[waiting]
            slope = np.where(is_left, rise[waiting], fall[waiting])
            proposed = peak[waiting] - drop / slope
            height = self.by_noise(proposed, x[waiting], log_squares[waiting])
            level = peak_height[waiting] - drop
            accepted = level - rng.standard_exponential(len(waiting)) <= height
            t[waiting[accepted]] = proposed[accepted]
            waiting = waiting[~accepted]
        return t


def _integrate_rows(
    log_density: Callable[[FloatArray], FloatArray], n: int, seen: FloatArray
) -> FloatArray:
    """Return logs of n integrals over one variable, with bumps near values seen."""
    step = (seen.max() - seen.min()) / 40
    z = np.broadcast_to(np.linspace(seen.min() - step, seen.max() + step, 43), (n, 43))
    mode = z[:, :1]
    for _ in range(5):
        best = np.argmax(log_density(z), axis=1)[:, np.newaxis]
        mode = np.take_along_axis(z, best, axis=1)
        z = mode + step * np.linspace(-1.5, 1.5, 31)
        step /= 10
    distances = np.geomspace(1e-5, 1.0, 81) * FARTHEST
    top = log_density(mode)
    drops = [top - log_density(mode + side * distances) for side in (-1, 1)]
    widths = [distances[np.argmax(drop > 0.5, axis=1)] for drop in drops]
    ends = [distances[np.argmax(drop > NEGLIGIBLE, axis=1)] for drop in drops]
    width = np.minimum(*widths)[:, np.newaxis]
    low, high = (np.arcsinh(end[:, np.newaxis] / width) for end in ends)
    v = -low + (low + high) * np.linspace(0, 1, 81)
    steps = width * np.cosh(v) * (low + high) / 80
    return log_sum(log_density(mode + width * np.sinh(v)), axis=1, b=steps)
