r"""Marginals and draws of the scales.

.. math:: p(\alpha \mid y) = \int p(\sigma, \alpha \mid y)\, d\sigma, \qquad
          p(\sigma \mid y) = \int p(\sigma, \alpha \mid y)\, d\alpha, \qquad
          p(\tau \mid y) = \int p(\sigma, \tau \mid y)\, d\sigma

A marginal is tabulated over the logarithm. A draw is a penalty from its marginal, and a
noise sd given the penalty.
"""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.distributions.positive import NEGLIGIBLE, LogScaleMarginal
from bayes_l2.posteriors.quadrature.line_integrals import DEPTH, integrate_lines
from bayes_l2.posteriors.quadrature.nodes import FIRST_NODES, Nodes, ScaleQuadrature
from bayes_l2.posteriors.quadrature.spread import Spread

TOLERANCE = 1e-8
ROUNDING = 1e-3  # errors below this that do not fall come from rounding
ROUNDS = 6
FAR_BELOW = 2.0  # the mode, of a log density that a tangent touches
FIRST_PLACES, FIRST_PANEL = 100, 0.5  # of the first table; later ones are twice finer


class Table(NamedTuple):
    """A tabulated marginal, and the last change of its probabilities."""

    marginal: LogScaleMarginal
    error: float


class ScaleMarginals(ScaleQuadrature):
    """The posterior of the scales as marginals and as draws; see ``ScaleDensity``."""

    @cached_property
    def penalty_table(self) -> Table:
        """The posterior of the penalty."""

        def density(fineness: int) -> tuple[FloatArray, FloatArray]:
            x, _ = self.spread.points(FIRST_PLACES * fineness + 1)
            log_density = self._penalty_log_density(x, FIRST_NODES * fineness)
            return x + self.log_unit, log_density

        return _tabulate(density, self.decay_of_penalty)

    def scale_table(self, nodes: Nodes, *, of_noise: bool) -> Table:
        """Return the posterior of the noise sd, or of the prior sd, if unknown."""
        is_power = not (self.over_noise and (of_noise or not self.relative))
        if self.over_penalty and is_power:
            return self._power_of_penalty(of_noise=of_noise)
        spread, along = self._spread_of(nodes, of_noise=of_noise), self._spread(DEPTH)

        # along a line t = start + slope x: log tau = t - (x + log unit) / 2
        slope, offset = (0.0, 0.0) if of_noise else (0.5, 0.5 * self.log_unit)
        known = np.empty(0)

        def density(fineness: int) -> tuple[FloatArray, FloatArray]:
            nonlocal known
            places, _ = spread.points(FIRST_PLACES * fineness + 1)
            if not self.over_penalty:
                x = np.full_like(places, self.fixed_penalty())
                return places, self.log_density(x, places)
            # a line halves the panels that it needs finer, so two counts are enough
            panels = int(np.ceil(along.length * min(fineness, 2) / FIRST_PANEL))
            edges, _ = along.points(panels + 1)
            starts, logs = places + offset, np.empty_like(places)
            if fineness > 2:  # the last table had the same panels, and every other line
                logs[::2] = known
                logs[1::2] = integrate_lines(self, starts[1::2], slope, edges)
            else:
                logs = integrate_lines(self, starts, slope, edges)
            known = logs
            return places, logs

        decay = self.decay_of_noise if of_noise else self.decay_of_prior
        return _tabulate(density, decay)

    def _spread_of(self, nodes: Nodes, *, of_noise: bool) -> Spread:
        """Return where logs of a scale have to lie, from the bumps of log penalties."""
        x, t = nodes.log_penalty[:, np.newaxis], nodes.log_noise_sd
        log_scale = t if of_noise else self.log_prior_sd(x, t)
        bumps = np.abs(x - self.spread.centers) / self.spread.widths
        nearest, centers, widths = np.argmin(bumps, axis=1), [], []
        for bump in range(len(self.spread.centers)):
            weights = nodes.weights[nearest == bump]
            if weights.sum() > 1e-16:
                weights, values = weights / weights.sum(), log_scale[nearest == bump]
                centers.append(np.sum(weights * values))
                widths.append(np.sqrt(np.sum(weights * (values - centers[-1]) ** 2)))
        seen = log_scale[nodes.log_weights > -2 * NEGLIGIBLE]
        ends = float(seen.min()), float(seen.max())
        return Spread(np.array(centers), np.array(widths), *ends)

    def _power_of_penalty(self, *, of_noise: bool) -> Table:
        """Return the marginal of a scale whose ratio to a known one is the penalty."""
        of_penalty, error = self.penalty_table
        scale = self.prior_sd if of_noise else self.noise_sd
        known = 1.0 if self.relative and not of_noise else scale.value
        power = 0.5 if of_noise else -0.5
        grid = np.log(known) + power * of_penalty.grid
        decay = self.decay_of_noise if of_noise else self.decay_of_prior
        table = LogScaleMarginal.of(grid, of_penalty.log_density, decay)
        return Table(table, error)

    def sample(self, rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
        """Draw n pairs of log penalty and log noise sd."""
        if self.over_penalty:
            x = self.penalty_table.marginal.sample_logs(rng, n) - self.log_unit
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
        left = mode - self._reach(mode, -width, x, log_squares)
        right = mode + self._reach(mode, width, x, log_squares)
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

    def _reach(
        self, mode: FloatArray, step: FloatArray, x: FloatArray, log_squares: FloatArray
    ) -> FloatArray:
        """Return lengths of steps from modes to where the density is not far below.

        A mode may be flat, with a cliff nearer than its width. A tangent to the cliff
        is far above the density, and hardly any draw of it is accepted.
        """
        top, step = self.by_noise(mode, x, log_squares), step.copy()
        while True:
            far = top - self.by_noise(mode + step, x, log_squares) > FAR_BELOW
            if not far.any():
                return np.abs(step)
            step[far] /= 2


def _tabulate(
    log_density: Callable[[int], tuple[FloatArray, FloatArray]], decay: float
) -> Table:
    """Return the table of a density that no finer table changes beyond rounding."""
    marginal = LogScaleMarginal.of(*log_density(1), decay)
    error = np.inf
    for number in range(1, ROUNDS):
        coarse, before = marginal, error
        marginal = LogScaleMarginal.of(*log_density(2**number), decay)
        error = marginal.distance(coarse)
        if error < TOLERANCE or before / 4 < error < ROUNDING:
            break
    return Table(marginal, error)
