"""Integrals over unknown scales, by trapezoid sums that converge exponentially: nodes, weights, marginals, draws."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.special import logsumexp

from bayes_l2.arrays import FloatArray
from bayes_l2.model.scales import Scale
from bayes_l2.posteriors.quadrature.scale_posterior import ScaleDensity, highest_moment
from bayes_l2.posteriors.univariate import LogScaleMarginal

NEGLIGIBLE = 42.0  # nats below the mode, where densities are cut off: exp(-42) is 6e-19
FARTHEST = 600.0  # the largest logarithm of a scale: beyond it doubles end
FIRST_STEP, FIRST_NODES = 0.2, 32  # of the first grid; each later one is twice finer
ROUNDS = 6
MARGINAL_NODES = 201


@dataclass(frozen=True, eq=False)
class Nodes:
    """Values of penalty and noise sd with their posterior weights: N penalties, and M noise sds for each.

    Attributes
    ----------
    log_penalty : ndarray of shape (N,)
        In the basis's units. The one entry is 0 under a flat prior, where there is no penalty.
    log_noise_sd, log_weights : ndarray of shape (N, M)
        The weights sum to 1.
    log_evidence : float
        Log of the sum before they did.
    """

    log_penalty: FloatArray
    log_noise_sd: FloatArray
    log_weights: FloatArray
    log_evidence: float

    @cached_property
    def weights(self) -> FloatArray:
        """The weights themselves, shape (N, M)."""
        return np.exp(self.log_weights)

    def noise_moments(self, order: int) -> FloatArray:
        """Return weight times a power of the noise sd, summed over the noise sds of each penalty, shape (N,)."""
        return np.sum(np.exp(self.log_weights + order * self.log_noise_sd), axis=1)


class _Mode(NamedTuple):
    center: float
    width: float
    height: float


class _Map(NamedTuple):
    """Nodes x = center + width spread(v) for equal steps of v from low to high."""

    center: float
    width: float
    low: float
    high: float
    spread: Callable[[FloatArray], FloatArray]
    derivative: Callable[[FloatArray], FloatArray]

    def at(self, v: FloatArray) -> FloatArray:
        """Return x at v."""
        return self.center + self.width * self.spread(v)

    def slope(self, v: FloatArray) -> FloatArray:
        """Return the derivative of x by v."""
        return self.width * self.derivative(v)


class ScalePosterior(ScaleDensity):
    """The posterior of the scales as nodes and weights, as marginals, and as draws; see ``ScaleDensity``."""

    def nodes(
        self,
        summarise: Callable[[Nodes], tuple[FloatArray, FloatArray]],
        tolerance: float,
    ) -> tuple[Nodes, float]:
        """Refine the grid until what is asked of it stands still.

        Parameters
        ----------
        summarise : callable
            Takes nodes and returns values, and the scales in which their changes are measured.
        tolerance : float
            The largest change allowed when the grid is made twice finer.

        Returns
        -------
        nodes : Nodes
            The finer grid.
        error : float
            The last change: an estimate, on the safe side, of its error.

        Raises
        ------
        ArithmeticError
            If the tolerance is not met on the finest grid.
        """
        if not (self.over_penalty or self.over_noise):
            return self._grid(FIRST_STEP, 1), 0.0
        values, error = None, np.inf
        for number in range(ROUNDS):
            nodes = self._grid(FIRST_STEP / 2**number, FIRST_NODES * 2**number)
            new_values, scales = summarise(nodes)
            if values is not None:
                error = _largest_change(new_values, values, scales)
                if error <= tolerance:
                    return nodes, error
            values = new_values
        raise ArithmeticError(
            f"the quadrature over the scales reached an error of {error:.2g}, not the {tolerance:.2g} asked for; "
            "scale the columns alike, give the scales priors that fit the data, or allow a larger tolerance"
        )

    def noise_given(self, x: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
        """Return n log noise sds for each log penalty, and the logs of density times step, both of shape (N, n)."""
        constant, log_squares = self.by_penalty(x)
        if not self.over_noise:
            t = self.noise_implied(x)
            return t[:, np.newaxis], (constant + self.by_noise(t, x, log_squares))[
                :, np.newaxis
            ]
        mode, width, low, high = self._noise_bump(x, log_squares)
        v = low + (high - low) * np.linspace(0, 1, n)[:, np.newaxis]
        t = mode + width * np.sinh(v)
        log_steps = np.log(width * np.cosh(v) * (high - low) / (n - 1))
        return t.T, (constant + self.by_noise(t, x, log_squares) + log_steps).T

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
        """Draw a log noise sd for each log penalty: by rejection from two tangents, which lie above a concave function.

        They touch it about a width to either side of the mode; Devroye (1986), chapter VII. Where exactly matters to
        the speed only, as long as it rises on the left and falls on the right.
        """
        log_squares = self.by_penalty(x)[1]
        places = np.linspace(x.min(), x.max(), 64)
        modes, widths = self.noise_mode(places, self.by_penalty(places)[1])
        mode, width = np.interp(x, places, modes), np.interp(x, places, widths)
        astray = np.abs(self.slope(mode, x, log_squares)) * width > 0.5
        if astray.any():
            mode[astray], width[astray] = self.noise_mode(
                x[astray], log_squares[astray]
            )
        left, right = mode - width, mode + width
        rise, fall = self.slope(left, x, log_squares), self.slope(right, x, log_squares)
        left_height, right_height = (
            self.by_noise(t, x, log_squares) for t in (left, right)
        )
        peak = (right_height - left_height + rise * left - fall * right) / (rise - fall)
        peak_height = left_height + rise * (peak - left)
        share = fall / (fall - rise)  # of the left tangent
        t, waiting = np.empty_like(x), np.arange(len(x))
        while len(waiting):
            drop = rng.standard_exponential(len(waiting))
            slope = np.where(
                rng.random(len(waiting)) < share[waiting], rise[waiting], fall[waiting]
            )
            proposed = peak[waiting] - drop / slope
            height = self.by_noise(proposed, x[waiting], log_squares[waiting])
            accepted = (
                peak_height[waiting] - drop - rng.standard_exponential(len(waiting))
                <= height
            )
            t[waiting[accepted]] = proposed[accepted]
            waiting = waiting[~accepted]
        return t

    @cached_property
    def penalty_marginal(self) -> LogScaleMarginal:
        """The posterior of the penalty."""
        where = self._map
        n = max(
            MARGINAL_NODES,
            int((where.high - where.low) / 0.1) if where.spread is np.positive else 0,
        )
        x = where.at(np.linspace(where.low, where.high, n))
        return LogScaleMarginal.from_log_density(
            x + self.log_unit, self._penalty_log_density(x, 2 * FIRST_NODES)
        )

    def scale_marginal(self, nodes: Nodes, *, of_noise: bool) -> LogScaleMarginal:
        """Return the posterior of the noise sd, or of the prior sd, where it is unknown."""
        if self.over_penalty and not (
            self.over_noise and (of_noise or not self.relative)
        ):
            # the scale is a power of the penalty
            of_penalty = self.penalty_marginal
            scale = self.prior_sd if of_noise else self.noise_sd
            known = 1.0 if self.relative and not of_noise else scale.value
            power = 0.5 if of_noise else -0.5
            return LogScaleMarginal.from_log_density(
                np.log(known) + power * of_penalty.grid, of_penalty.log_density
            )
        x, t = nodes.log_penalty[:, np.newaxis], nodes.log_noise_sd
        log_scale, other = (
            (t, self.log_prior_sd(x, t)) if of_noise else (self.log_prior_sd(x, t), t)
        )
        seen = nodes.log_weights > -2 * NEGLIGIBLE
        center = float(np.sum(nodes.weights * log_scale))
        width = float(np.sqrt(np.sum(nodes.weights * (log_scale - center) ** 2)))
        low, high = (
            float(np.arcsinh((end - center) / width))
            for end in (log_scale[seen].min(), log_scale[seen].max())
        )
        grid = center + width * np.sinh(np.linspace(low, high, MARGINAL_NODES))
        if not self.over_penalty:
            return LogScaleMarginal.from_log_density(
                grid, self.log_density(np.full_like(grid, x[0, 0]), grid)
            )

        def density(z: FloatArray) -> FloatArray:
            scale = np.broadcast_to(grid[:, np.newaxis], z.shape)
            noise, prior = (scale, z) if of_noise else (z, scale)
            return self.log_density(
                -self.log_unit - 2 * (prior - (0.0 if self.relative else noise)), noise
            )

        # given the scale, the other one may lie within a much narrower range than on the whole
        return LogScaleMarginal.from_log_density(
            grid, _integrate_rows(density, len(grid), other[seen])
        )

    def _noise_bump(
        self, x: FloatArray, log_squares: FloatArray
    ) -> tuple[FloatArray, ...]:
        """Return the mode over t for each x, a width, and the range of v, where t = mode + width sinh(v)."""
        mode, width = self.noise_mode(x, log_squares)
        top = self.by_noise(mode, x, log_squares)
        moment = highest_moment(self.decay_given_penalty)

        def left(v: FloatArray, *args: FloatArray) -> FloatArray:
            x, log_squares, mode, width, top = args
            return (
                top
                - NEGLIGIBLE
                - self.by_noise(mode - width * np.sinh(v), x, log_squares)
            )

        def right(v: FloatArray, *args: FloatArray) -> FloatArray:
            x, log_squares, mode, width, top = args
            rise = width * np.sinh(v)
            return (
                top
                - NEGLIGIBLE
                - self.by_noise(mode + rise, x, log_squares)
                - moment * rise
            )

        args = (x, log_squares, mode, width, top)
        farthest = np.arcsinh(FARTHEST / width)
        low, high = (_first_positive(side, farthest, args) for side in (left, right))
        return mode, width, -low, high

    def _penalty_log_density(self, x: FloatArray, n: int = FIRST_NODES) -> FloatArray:
        return _log_sum(self.noise_given(x, n)[1], axis=1)

    @cached_property
    def _map(self) -> _Map:
        """Where the density of x has its bulk, and how nodes are spread over it."""
        if not self.over_penalty:
            return _Map(self.fixed_penalty(), 0.0, 0.0, 0.0, np.sinh, np.cosh)
        landmarks = self._landmarks()
        x = np.arange(min(landmarks) - 8, max(landmarks) + 8, 0.5)
        values = self._penalty_log_density(x)
        while (best := int(np.argmax(values))) in (0, len(x) - 1) and np.abs(
            x
        ).max() < FARTHEST:
            x = x + (x[best] - x[len(x) // 2])
            values = self._penalty_log_density(x)
        peaks = (
            np.flatnonzero((values[1:-1] >= values[:-2]) & (values[1:-1] >= values[2:]))
            + 1
        )
        modes = [
            self._mode_near(float(x[peak]))
            for peak in (peaks if len(peaks) else [best])
        ]
        height = max(mode.height for mode in modes)
        modes = [mode for mode in modes if mode.height > height - NEGLIGIBLE]
        v = np.arange(
            0.5, np.arcsinh(FARTHEST / min(mode.width for mode in modes)), 0.5
        )
        ends = [
            [
                mode.center + side * mode.width * np.sinh(self._end(mode, side, v))
                for mode in modes
            ]
            for side in (-1, 1)
        ]
        center, width, _ = max(modes, key=lambda mode: mode.height)
        if len(modes) == 1:
            low, high = (float(np.arcsinh((end[0] - center) / width)) for end in ends)
            return _Map(center, width, low, high, np.sinh, np.cosh)
        width = min(
            mode.width for mode in modes
        )  # steps that grow away from one mode could miss another
        low, high = ((end - center) / width for end in (min(ends[0]), max(ends[1])))
        return _Map(center, width, low, high, np.positive, np.ones_like)

    def _mode_near(self, x: float) -> _Mode:
        """Return the mode that a coarse grid shows about x."""
        points = x + 0.5 * np.linspace(-1, 1, 33)
        while True:  # until the bump is wider than the step between points
            values = self._penalty_log_density(points)
            best = int(np.clip(np.argmax(values), 1, len(points) - 2))
            spacing = points[1] - points[0]
            bend = values[best - 1] - 2 * values[best] + values[best + 1]
            if bend > -4 or spacing < 1e-9:
                width = spacing / np.sqrt(np.clip(-bend, (spacing / 5) ** 2, None))
                return _Mode(float(points[best]), float(width), float(values[best]))
            points = points[best] + spacing * np.linspace(-1, 1, 33)

    def _end(self, mode: _Mode, side: int, v: FloatArray) -> float:
        """Return the v beyond which the density and its moments are negligible to one side of a mode."""
        values = self._log_moments(
            mode.center + side * mode.width * np.sinh(np.append(0.0, v))
        )
        seen = np.flatnonzero((values > values[:, :1] - NEGLIGIBLE).any(axis=0))
        return float(v[min(int(seen[-1]), len(v) - 1)])

    def _log_moments(self, x: FloatArray) -> FloatArray:
        """Return logs of the density of x, and of it times the highest finite moments of noise sd and prior sd."""
        t, log_masses = self.noise_given(x, FIRST_NODES)
        of_noise = highest_moment(self.decay_of_noise) * t
        of_prior = (
            highest_moment(self.decay_outside)
            * self.basis.is_partial
            * self.log_prior_sd(x[:, np.newaxis], t)
        )
        return np.array(
            [
                _log_sum(log_masses + moment, axis=1)
                for moment in (0.0 * t, of_noise, of_prior)
            ]
        )

    def _landmarks(self) -> list[float]:
        """Return log penalties between and about which the density has its bulk."""
        positive = self.basis.eigenvalues[self.basis.eigenvalues > 1e-300]
        marks = (
            [float(np.log(value)) for value in (positive.min(), positive.max())]
            if len(positive)
            else [0.0]
        )
        rows = max(self.basis.rows, 1)
        noise = [
            0.5 * float(log)
            for log in self.by_penalty(np.array([-40.0, 40.0]))[1] - np.log(rows)
        ]
        noise.append(_log_typical(self.noise_sd))
        prior = _log_typical(self.prior_sd)
        marks += [
            2 * ((0.0 if self.relative else each) - prior) - self.log_unit
            for each in noise
        ]
        return [mark for mark in marks if np.isfinite(mark)]

    def _grid(self, step: float, n_noise: int) -> Nodes:
        where = self._map
        if self.over_penalty:
            v = np.linspace(
                where.low, where.high, int(np.ceil((where.high - where.low) / step)) + 1
            )
            x, steps = where.at(v), where.slope(v) * (v[1] - v[0])
        else:
            x, steps = np.array([where.center]), np.ones(1)
        t, log_masses = self.noise_given(x, n_noise)
        log_masses = log_masses + np.log(steps)[:, np.newaxis]
        log_evidence = float(_log_sum(log_masses))
        log_weights = log_masses - log_evidence
        return Nodes(
            x, t, log_weights - np.log(np.exp(log_weights).sum()), log_evidence
        )


def _largest_change(new: FloatArray, old: FloatArray, scales: FloatArray) -> float:
    """Return the largest change beyond a few units in the last place; infinite if one is not a number any more."""
    same = (new == old) | (np.isnan(new) & np.isnan(old))
    with np.errstate(invalid="ignore"):
        change = (
            np.maximum(np.abs(new - old) - 16 * np.finfo(float).eps * np.abs(old), 0)
            / scales
        )
    return float(
        np.max(np.where(same, 0.0, np.where(np.isnan(change), np.inf, change)))
    )


def _integrate_rows(
    log_density: Callable[[FloatArray], FloatArray], n: int, seen: FloatArray
) -> FloatArray:
    """Return logs of n integrals over one variable each, whose bumps lie somewhere about the values seen."""
    step = (seen.max() - seen.min()) / 40
    z = np.broadcast_to(np.linspace(seen.min() - step, seen.max() + step, 43), (n, 43))
    mode = z[:, :1]
    for _ in range(5):
        mode = np.take_along_axis(
            z, np.argmax(log_density(z), axis=1)[:, np.newaxis], axis=1
        )
        z = mode + step * np.linspace(-1.5, 1.5, 31)
        step /= 10
    distances = np.geomspace(1e-5, 1.0, 81) * FARTHEST
    drops = [
        log_density(mode) - log_density(mode + side * distances) for side in (-1, 1)
    ]
    widths = [distances[np.argmax(drop > 0.5, axis=1)] for drop in drops]
    ends = [distances[np.argmax(drop > NEGLIGIBLE, axis=1)] for drop in drops]
    width = np.minimum(*widths)[:, np.newaxis]
    low, high = (np.arcsinh(end[:, np.newaxis] / width) for end in ends)
    v = -low + (low + high) * np.linspace(0, 1, 81)
    steps = width * np.cosh(v) * (low + high) / 80
    return _log_sum(log_density(mode + width * np.sinh(v)), axis=1, b=steps)


def _log_sum(
    logs: FloatArray, axis: int | None = None, b: FloatArray | None = None
) -> Any:
    return logsumexp(logs, axis=axis, b=b)


def _log_typical(scale: Scale) -> float:
    value = scale.typical
    return np.nan if value is None else float(np.log(value))


def _first_positive(
    function: Callable[..., FloatArray],
    farthest: FloatArray,
    args: tuple[FloatArray, ...],
) -> FloatArray:
    """Return where a rising function of v that is negative at 0 becomes positive, or the farthest v allowed."""
    v = np.zeros_like(farthest)
    step = np.ones_like(farthest)
    for _ in range(64):
        inside = (function(v + step, *args) < 0) & (v + step <= farthest)
        v = np.where(inside, v + step, v)
        step = np.where(inside, step, step / 2)
        if (step < 0.05).all():
            break
    return np.minimum(v + 2 * step, farthest)
