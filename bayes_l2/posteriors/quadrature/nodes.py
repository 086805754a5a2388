r"""The quadrature over the scales: nodes, weights, and the refinement of their grid.

.. math:: \int e^{f(x)}\, dx \approx \sum_i e^{f(x(v_i))}\, x'(v_i)\, \Delta v, \qquad
          x(v) = \hat x + w \sinh v

The trapezoidal rule converges exponentially for such bumps. x is the log penalty, and
for each x there is a second sum over the log noise sd.

References
----------
Trefethen and Weideman (2014), SIAM Review 56(3), on the trapezoidal rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.special import logsumexp

from bayes_l2.arrays import FloatArray
from bayes_l2.model.scales import Scale
from bayes_l2.posteriors.positive import NEGLIGIBLE
from bayes_l2.posteriors.quadrature.scale_density import ScaleDensity, highest_moment

FARTHEST = 600.0  # the largest logarithm of a scale: beyond it doubles end
FIRST_STEP, FIRST_NODES = 0.2, 32  # of the first grid; each later one is twice finer
ROUNDS = 6


@dataclass(frozen=True, eq=False)
class Nodes:
    """Values of penalty and noise sd with posterior weights.

    There are N penalties, and M noise sds for each.

    Attributes
    ----------
    log_penalty : ndarray of shape (N,)
        In the units of the basis. The one entry is 0 under a flat prior, where there is
        no penalty.
    log_noise_sd, log_weights : ndarray of shape (N, M)
        The sum of the weights is 1.
    log_evidence : float
        Log of the sum of the weights before they were divided by it.
    """

    log_penalty: FloatArray
    log_noise_sd: FloatArray
    log_weights: FloatArray
    log_evidence: float

    @cached_property
    def weights(self) -> FloatArray:
        """The weights, shape (N, M)."""
        return np.exp(self.log_weights)

    @cached_property
    def squared_noise(self) -> FloatArray:
        """Weight times squared noise sd, summed for each penalty, shape (N,)."""
        return self.noise_moment(2)

    def noise_moment(self, order: int) -> FloatArray:
        """Return weight times a power of the noise sd, summed for each penalty."""
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


class ScaleQuadrature(ScaleDensity):
    """The posterior of the scales as nodes and weights; see ``ScaleDensity``."""

    def nodes(
        self,
        summarise: Callable[[Nodes], tuple[FloatArray, FloatArray]],
        tolerance: float,
    ) -> tuple[Nodes, float]:
        """Refine the grid until the values asked for do not change.

        Parameters
        ----------
        summarise : callable
            Takes nodes and returns values, and the units of their changes.
        tolerance : float
            The largest change allowed when the grid is made twice finer.

        Returns
        -------
        nodes : Nodes
            The finer grid.
        error : float
            The last change, which is an estimate of the error on the safe side.

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
            new_values, units = summarise(nodes)
            if values is not None:
                error = _largest_change(new_values, values, units)
                if error <= tolerance:
                    return nodes, error
            values = new_values
        raise ArithmeticError(
            f"the quadrature over the scales reached an error of {error:.2g}, not the "
            f"{tolerance:.2g} asked for; scale the columns alike, give the scales "
            "priors that fit the data, or allow a larger tolerance"
        )

    def noise_given(self, x: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
        """Return n log noise sds for each log penalty, and logs of density times step.

        Both have the shape (N, n).
        """
        constant, log_squares = self.by_penalty(x)
        if not self.over_noise:
            t = self.noise_implied(x)
            log_masses = constant + self.by_noise(t, x, log_squares)
            return t[:, np.newaxis], log_masses[:, np.newaxis]
        mode, width, low, high = self._noise_bump(x, log_squares)
        v = low + (high - low) * np.linspace(0, 1, n)[:, np.newaxis]
        t = mode + width * np.sinh(v)
        log_steps = np.log(width * np.cosh(v) * (high - low) / (n - 1))
        return t.T, (constant + self.by_noise(t, x, log_squares) + log_steps).T

    def _noise_bump(
        self, x: FloatArray, log_squares: FloatArray
    ) -> tuple[FloatArray, ...]:
        """Return mode and width over t for each x, and the ends of v.

        They are for t = mode + width sinh(v).
        """
        mode, width = self.noise_mode(x, log_squares)
        top = self.by_noise(mode, x, log_squares)
        moment = highest_moment(self.decay_given_penalty)

        def beyond(side: int) -> Callable[..., FloatArray]:
            def excess(v: FloatArray, *args: FloatArray) -> FloatArray:
                x, log_squares, mode, width, top = args
                shift = side * width * np.sinh(v)
                density = self.by_noise(mode + shift, x, log_squares)
                return top - NEGLIGIBLE - density - moment * np.maximum(shift, 0)

            return excess

        args = (x, log_squares, mode, width, top)
        farthest = np.arcsinh(FARTHEST / width)
        low, high = (_first_positive(beyond(side), farthest, args) for side in (-1, 1))
        return mode, width, -low, high

    def _penalty_log_density(self, x: FloatArray, n: int = FIRST_NODES) -> FloatArray:
        return log_sum(self.noise_given(x, n)[1], axis=1)

    @cached_property
    def _map(self) -> _Map:
        """The place of the bulk of the density of x, and the spread of its nodes."""
        if not self.over_penalty:
            return _Map(self.fixed_penalty(), 0.0, 0.0, 0.0, np.sinh, np.cosh)
        modes = self._modes()
        narrowest = min(mode.width for mode in modes)
        v = np.arange(0.5, np.arcsinh(FARTHEST / narrowest), 0.5)
        lows, highs = ([self._end(mode, side, v) for mode in modes] for side in (-1, 1))
        center, width, _ = max(modes, key=lambda mode: mode.height)
        if len(modes) == 1:
            low, high = (float(np.arcsinh((x - center) / width)) for x in lows + highs)
            return _Map(center, width, low, high, np.sinh, np.cosh)
        # steps that grow away from one mode could miss another
        low, high = ((x - center) / narrowest for x in (min(lows), max(highs)))
        return _Map(center, narrowest, low, high, np.positive, np.ones_like)

    def _modes(self) -> list[_Mode]:
        """Return the modes of the density of x that are not negligible."""
        landmarks = self._landmarks()
        x = np.arange(min(landmarks) - 8, max(landmarks) + 8, 0.5)
        values = self._penalty_log_density(x)
        best = int(np.argmax(values))
        while best in (0, len(x) - 1) and np.abs(x).max() < FARTHEST:
            x = x + (x[best] - x[len(x) // 2])
            values = self._penalty_log_density(x)
            best = int(np.argmax(values))
        middle = values[1:-1]
        is_peak = (middle >= values[:-2]) & (middle >= values[2:])
        peaks = np.flatnonzero(is_peak) + 1
        modes = [self._mode_near(float(x[peak])) for peak in peaks]
        modes = modes or [self._mode_near(float(x[best]))]
        height = max(mode.height for mode in modes)
        return [mode for mode in modes if mode.height > height - NEGLIGIBLE]

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
        """Return the x beyond which density and moments are negligible on one side."""
        x = mode.center + side * mode.width * np.sinh(np.append(0.0, v))
        values = self._log_moments(x)
        seen = np.flatnonzero((values > values[:, :1] - NEGLIGIBLE).any(axis=0))
        return float(x[min(int(seen[-1]), len(v) - 1) + 1])

    def _log_moments(self, x: FloatArray) -> FloatArray:
        """Return logs of the density of x, alone and times moments of the scales.

        They are the highest finite moments of the noise sd and of the prior sd.
        """
        t, log_masses = self.noise_given(x, FIRST_NODES)
        of_noise = highest_moment(self.decay_of_noise) * t
        order = highest_moment(self.decay_outside) if self.basis.is_partial else 0
        of_prior = order * self.log_prior_sd(x[:, np.newaxis], t)
        logs = np.array([log_masses, log_masses + of_noise, log_masses + of_prior])
        return log_sum(logs, axis=2)

    def _landmarks(self) -> list[float]:
        """Return log penalties between and about which the density has its bulk."""
        positive = self.basis.eigenvalues[self.basis.eigenvalues > 1e-300]
        marks = np.zeros(1)
        if len(positive):
            marks = np.log([positive.min(), positive.max()])
        # noise sds of fits with almost no penalty, and with almost no coefficients
        log_squares = self.by_penalty(np.array([-40.0, 40.0]))[1]
        noise = 0.5 * (log_squares - np.log(max(self.basis.rows, 1)))
        noise = np.append(noise, _log_typical(self.noise_sd))
        by_scales = self.log_penalty(noise, _log_typical(self.prior_sd))
        marks = np.append(marks, by_scales)
        return [float(mark) for mark in marks if np.isfinite(mark)]

    def _grid(self, step: float, n_noise: int) -> Nodes:
        where = self._map
        x, steps = np.array([where.center]), np.ones(1)
        if self.over_penalty:
            n = int(np.ceil((where.high - where.low) / step)) + 1
            v = np.linspace(where.low, where.high, n)
            x, steps = where.at(v), where.slope(v) * (v[1] - v[0])
        t, log_masses = self.noise_given(x, n_noise)
        log_masses = log_masses + np.log(steps)[:, np.newaxis]
        log_evidence = float(log_sum(log_masses))
        log_weights = log_masses - log_evidence
        log_weights -= np.log(np.exp(log_weights).sum())
        return Nodes(x, t, log_weights, log_evidence)


def log_sum(
    logs: FloatArray, axis: int | None = None, b: FloatArray | None = None
) -> Any:
    """Return the log of a sum of exponentials: ``logsumexp``, with one type."""
    return logsumexp(logs, axis=axis, b=b)


def _largest_change(new: FloatArray, old: FloatArray, units: FloatArray) -> float:
    """Return the largest change beyond the last digits, infinite for a new NaN."""
    same = (new == old) | (np.isnan(new) & np.isnan(old))
    rounding = 16 * np.finfo(float).eps * np.abs(old)
    with np.errstate(invalid="ignore"):
        change = np.maximum(np.abs(new - old) - rounding, 0) / units
    change[np.isnan(change)] = np.inf
    return float(np.max(np.where(same, 0.0, change)))


def _log_typical(scale: Scale) -> float:
    value = scale.typical
    return np.nan if value is None else float(np.log(value))


def _first_positive(
    function: Callable[..., FloatArray],
    farthest: FloatArray,
    args: tuple[FloatArray, ...],
) -> FloatArray:
    """Return where a rising function of v, negative at 0, becomes positive.

    The result is at most the farthest v allowed.
    """
    v = np.zeros_like(farthest)
    step = np.ones_like(farthest)
    for _ in range(64):
        inside = (function(v + step, *args) < 0) & (v + step <= farthest)
        v = np.where(inside, v + step, v)
        step = np.where(inside, step, step / 2)
        if (step < 0.05).all():
            break
    return np.minimum(v + 2 * step, farthest)
