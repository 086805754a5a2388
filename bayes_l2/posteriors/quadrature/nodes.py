r"""The quadrature over the scales: nodes, weights, and the refinement of their grid.

.. math:: \int e^{f(x)}\, dx \approx \sum_i e^{f(x(v_i))}\, x'(v_i)\, \Delta v

The trapezoidal rule converges exponentially for bumps, over the v of ``Spread``. x is
the log penalty, and for each x there is a second sum over the log noise sd, for
:math:`t = \hat t + w \sinh v`.

References
----------
Trefethen and Weideman (2014), SIAM Review 56(3), on the trapezoidal rule.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.special import logsumexp

from bayes_l2.arrays import FixedArrays, FloatArray, fixed
from bayes_l2.model.scales import Scale
from bayes_l2.posteriors.distributions.positive import NEGLIGIBLE
from bayes_l2.posteriors.quadrature.gauss_rules import gauss_rules
from bayes_l2.posteriors.quadrature.scale_density import ScaleDensity, highest_moment
from bayes_l2.posteriors.quadrature.spread import Spread, apart

FARTHEST = 600.0  # the largest logarithm of a scale: beyond it doubles end
FIRST_STEP, FIRST_NODES = 0.2, 32  # of the first grid; each later one is twice finer
ROUNDS = 6
FEW_NOISE_SDS = (8, 12, 16, 24)  # for each penalty, for quantiles


@dataclass(frozen=True, eq=False)
class Nodes(FixedArrays):
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
    @fixed
    def weights(self) -> FloatArray:
        """The weights, shape (N, M)."""
        return np.exp(self.log_weights)

    @cached_property
    @fixed
    def squared_noise(self) -> FloatArray:
        """Weight times squared noise sd, summed for each penalty, shape (N,)."""
        return self.noise_moment(2)

    def noise_moment(self, order: int) -> FloatArray:
        """Return weight times a power of the noise sd, summed for each penalty."""
        return np.sum(np.exp(self.log_weights + order * self.log_noise_sd), axis=1)

    @cached_property
    @np.errstate(over="ignore", invalid="ignore")  # where they would not do
    def for_quantiles(self) -> "Nodes | None":
        """Nodes with fewer noise sds, None where they would not do.

        Given a penalty they have the same moments. Probabilities within four sds are
        the same to 1e-13: their logs change with that of the noise sd by 16 at most.
        """
        t, tops = self.log_noise_sd, self.log_weights.max(axis=1, keepdims=True)
        weights = np.exp(self.log_weights - tops)
        totals = weights.sum(axis=1, keepdims=True)
        mean = np.sum(weights * t, axis=1, keepdims=True) / totals

        def averages(t: FloatArray, weights: FloatArray) -> FloatArray:
            powers = np.exp(np.multiply.outer([-16, 16], t - mean))
            return np.sum(weights * powers, axis=2) * np.exp(tops[:, 0])

        exact = averages(t, weights)
        for n in FEW_NOISE_SDS:
            if n > t.shape[1] // 2:
                break
            few, few_weights = gauss_rules(t, weights, n)
            error = np.abs(averages(few, few_weights) - exact).sum()
            if error < 1e-12:
                logs = np.log(few_weights) + tops
                return replace(self, log_noise_sd=few, log_weights=logs)
        return None


class _Mode(NamedTuple):
    center: float
    width: float
    height: float


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
    def spread(self) -> Spread:
        """Where log penalties have to lie for integrals over them."""
        return self._spread(NEGLIGIBLE)

    def _spread(self, depth: float) -> Spread:
        """Return the spread to where the density is so many nats below each mode."""
        if not self.over_penalty:
            x = self.fixed_penalty()
            return Spread(np.array([x]), np.ones(1), x, x)
        modes = self._modes
        narrowest = min(mode.width for mode in modes)
        v = np.arange(0.5, np.arcsinh(FARTHEST / narrowest), 0.5)
        lows, highs = (
            [self._end(mode, side * np.append(0.0, v), depth) for mode in modes]
            for side in (-1, 1)
        )
        centers, widths, _ = map(np.array, zip(*modes, strict=True))
        return Spread(centers, widths, min(lows), max(highs))

    @cached_property
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
        peaks = apart(np.flatnonzero(is_peak) + 1, values)
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

    def _end(self, mode: _Mode, v: FloatArray, depth: float) -> float:
        """Return the x beyond which density and moments are negligible on one side."""
        x = mode.center + mode.width * np.sinh(v)
        values = self._log_moments(x)
        seen = np.flatnonzero((values > values[:, :1] - depth).any(axis=0))
        return float(x[min(int(seen[-1]) + 1, len(x) - 1)])

    def _log_moments(self, x: FloatArray) -> FloatArray:
        """Return logs of the density of x, alone and times moments of the scales.

        They are the highest finite moments of the noise sd, and of the sd of the widest
        direction of the coefficients. Its sd is the prior sd down to a penalty of its
        eigenvalue, which may be as small as rounding, or 0.
        """
        t, log_masses = self.noise_given(x, FIRST_NODES)
        of_noise = highest_moment(self.decay_of_noise) * t
        is_partial = self.basis.is_partial
        decay = self.decay_outside if is_partial else self.decay_of_coefs
        least = 0.0 if is_partial else self.basis.eigenvalues.min()
        with np.errstate(divide="ignore"):
            log_width = -0.5 * np.logaddexp(x, np.log(least))
        of_coefs = highest_moment(decay) * (t + log_width[:, np.newaxis])
        logs = np.array([log_masses, log_masses + of_noise, log_masses + of_coefs])
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
        x, steps = np.array([self.spread.low]), np.ones(1)
        if self.over_penalty:
            length = self.spread.length
            n = int(np.ceil(length / step)) + 1
            x, slopes = self.spread.points(n)
            steps = slopes * (length / (n - 1))
        t, log_masses = self.noise_given(x, n_noise)
        log_masses = log_masses + np.log(steps)[:, np.newaxis]
        log_evidence = float(log_sum(log_masses))
        log_weights = log_masses - log_evidence
        log_weights -= np.log(np.exp(log_weights).sum())
        return Nodes(x, t, log_weights, log_evidence)


def log_sum(logs: FloatArray, axis: int | None = None) -> Any:
    """Return the log of a sum of exponentials: ``logsumexp``, with one type."""
    return logsumexp(logs, axis=axis)


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
