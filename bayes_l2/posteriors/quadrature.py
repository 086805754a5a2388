"""Integrals over unknown scales, by trapezoid sums that converge exponentially: nodes, weights, marginals, draws."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import elementwise
from scipy.special import logsumexp

from bayes_l2.distributions import LogScaleMarginal
from bayes_l2.posteriors.eigenbasis import Eigenbasis
from bayes_l2.priors import Flat
from bayes_l2.scale_priors import ScalePrior
from bayes_l2.validation import FloatArray

NEGLIGIBLE = 42.0  # nats below the mode, where densities are cut off: exp(-42) is 6e-19
FARTHEST = 600.0  # the largest logarithm of a scale: beyond it doubles end
FIRST_STEP, FIRST_NODES = 0.2, 32  # of the first grid; each later one is twice finer
ROUNDS = 5


@dataclass(frozen=True, eq=False)
class Nodes:
    """Values of penalty and noise sd with their posterior weights: N penalties, and M noise sds for each.

    Attributes
    ----------
    log_penalty : ndarray of shape (N,)
        In the basis's units. The one entry is 0 under a flat prior, where there is no penalty.
    log_noise_sd, weights : ndarray of shape (N, M)
        The weights sum to 1.
    penalty_steps : ndarray of shape (N,)
        The trapezoid steps of log_penalty; one entry of 1 where it is not integrated over.
    log_evidence : float
        Log of the sum before they did.
    """

    log_penalty: FloatArray
    log_noise_sd: FloatArray
    weights: FloatArray
    penalty_steps: FloatArray
    log_evidence: float

    @property
    def noise_second_moments(self) -> FloatArray:
        """Weight times squared noise sd, summed over the noise sds of each penalty, shape (N,)."""
        return np.sum(self.weights * np.exp(2 * self.log_noise_sd), axis=1)


class ScalePosterior:
    r"""The posterior of noise sd :math:`\sigma` and penalty :math:`\alpha`, coefficients integrated out.

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
        prior = basis.model.prior
        self.relative = prior.relative_to_noise
        self.noise_sd = basis.model.likelihood.sd
        self.prior_sd = 1.0 if prior.sd is None else prior.sd  # a covariance is its own unit
        self.has_penalty = not isinstance(prior, Flat)
        noise_is_unknown, prior_is_unknown = (isinstance(sd, ScalePrior) for sd in (self.noise_sd, self.prior_sd))
        self.over_penalty = self.has_penalty and (prior_is_unknown or (noise_is_unknown and not self.relative))
        self.over_noise = noise_is_unknown and (prior_is_unknown or not self.over_penalty)
        self._log_unit = float(np.log(basis.unit))

    def log_prior_sd(self, x: Any, t: Any) -> Any:
        """Return the log prior sd at a log penalty and a log noise sd."""
        return (0.0 * t if self.relative else t) - 0.5 * (x + self._log_unit)

    def log_density(self, x: FloatArray, t: FloatArray) -> FloatArray:
        """Return the log density of y and of those of x and t that are integrated over, at arrays of one shape."""
        constant, log_squares = self._by_penalty(x)
        return constant + self._by_noise(t, x, log_squares)

    def nodes(
        self, summarise: Callable[[Nodes], tuple[FloatArray, FloatArray]], tolerance: float
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
        center, width, ends = self._place
        if not (self.over_penalty or self.over_noise):
            return self._grid(center, width, ends, FIRST_STEP, 1), 0.0
        values, error = None, np.inf
        for number in range(ROUNDS):
            nodes = self._grid(center, width, ends, FIRST_STEP / 2**number, FIRST_NODES * 2**number)
            new_values, scales = summarise(nodes)
            if values is not None:
                with np.errstate(invalid="ignore"):  # infinite sds
                    change = np.abs(new_values - values) / scales
                error = float(np.max(change[np.isfinite(change)], initial=0.0))
                if error <= tolerance:
                    return nodes, error
            values = new_values
        raise ArithmeticError(
            f"the quadrature over the scales reached an error of {error:.2g}, not the {tolerance:.2g} asked for; "
            "allow a larger tolerance, or give the scales priors that say more"
        )

    def noise_given(self, x: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
        """Return n log noise sds for each log penalty, and the logs of density times step, both of shape (N, n)."""
        constant, log_squares = self._by_penalty(x)
        if not self.over_noise:
            t = self._noise_implied(x)
            return t[:, np.newaxis], (constant + self._by_noise(t, x, log_squares))[:, np.newaxis]
        mode, width, low, high = self._noise_bump(x, log_squares)
        v = low + (high - low) * np.linspace(0, 1, n)[:, np.newaxis]
        t = mode + width * np.sinh(v)
        log_steps = np.log(width * np.cosh(v) * (high - low) / (n - 1))
        return t.T, (constant + self._by_noise(t, x, log_squares) + log_steps).T

    def sample(self, rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
        """Draw n pairs of log penalty and log noise sd."""
        if self.over_penalty:
            x = np.log(self.penalty_marginal.ppf(rng.random(n))) - self._log_unit
        else:
            x = np.full(n, self._fixed_penalty())
        if not self.over_noise:
            return x, self._noise_implied(x)
        return x, self._sample_noise(rng, x)

    def _sample_noise(self, rng: np.random.Generator, x: FloatArray) -> FloatArray:
        """Draw a log noise sd for each log penalty: by rejection from two tangents, which lie above a concave function.

        They touch it about a width to either side of the mode; Devroye (1986), chapter VII. Where exactly matters to
        the speed only, so mode and width are interpolated.
        """
        places = np.linspace(x.min(), x.max(), 64) if len(x) > 64 else np.sort(x)
        modes, widths = self._noise_mode(places, self._by_penalty(places)[1])
        mode, width = np.interp(x, places, modes), np.interp(x, places, widths)
        log_squares = self._by_penalty(x)[1]
        left, right = mode - width, mode + width
        rise, fall = self._slope(left, x, log_squares), self._slope(right, x, log_squares)
        left_height, right_height = (self._by_noise(t, x, log_squares) for t in (left, right))
        peak = (right_height - left_height + rise * left - fall * right) / (rise - fall)
        peak_height = left_height + rise * (peak - left)
        share = fall / (fall - rise)  # of the left tangent
        t, waiting = np.empty_like(x), np.arange(len(x))
        while len(waiting):
            drop = rng.standard_exponential(len(waiting))
            slope = np.where(rng.random(len(waiting)) < share[waiting], rise[waiting], fall[waiting])
            proposed = peak[waiting] - drop / slope
            height = self._by_noise(proposed, x[waiting], log_squares[waiting])
            accepted = peak_height[waiting] - drop - rng.standard_exponential(len(waiting)) <= height
            t[waiting[accepted]] = proposed[accepted]
            waiting = waiting[~accepted]
        return t

    def most_probable_noise(self, x: FloatArray) -> FloatArray:
        """Return the mode of the log noise sd given each log penalty, where both scales are unknown."""
        return self._noise_mode(x, self._by_penalty(x)[1])[0]

    @cached_property
    def penalty_marginal(self) -> LogScaleMarginal:
        """The posterior of the penalty."""
        center, width, (low, high) = self._place
        x = center + width * np.sinh(np.linspace(low, high, 201))
        return LogScaleMarginal.from_log_density(x + self._log_unit, self._penalty_log_density(x, 2 * FIRST_NODES))

    def scale_marginal(self, nodes: Nodes, *, of_noise: bool) -> LogScaleMarginal:
        """Return the posterior of the noise sd, or of the prior sd, where it is unknown."""
        if self.over_penalty and not (self.over_noise and (of_noise or not self.relative)):
            # the scale is a power of the penalty
            of_penalty = self.penalty_marginal
            known = self.prior_sd if of_noise else (1.0 if self.relative else self.noise_sd)
            assert isinstance(known, float)
            power = 0.5 if of_noise else -0.5
            return LogScaleMarginal.from_log_density(np.log(known) + power * of_penalty.grid, of_penalty.log_density)
        x, t = nodes.log_penalty[:, np.newaxis], nodes.log_noise_sd
        log_scale = t if of_noise else self.log_prior_sd(x, t)
        seen = log_scale[nodes.weights > 0]
        grid = np.linspace(seen.min(), seen.max(), 401)
        noise = grid if of_noise else grid + 0.5 * (x + self._log_unit)
        constant, log_squares = self._by_penalty(nodes.log_penalty)
        values = constant[:, np.newaxis] + self._by_noise(
            np.broadcast_to(noise, (len(x), 401)), x, log_squares[:, np.newaxis]
        )
        return LogScaleMarginal.from_log_density(grid, _log_sum(values, axis=0, b=nodes.penalty_steps[:, np.newaxis]))

    def _fixed_penalty(self) -> float:
        """Return the log penalty where it is known, or 0 where there is none."""
        if not self.has_penalty:
            return 0.0
        noise_sd = 1.0 if self.relative else self.noise_sd
        assert isinstance(self.prior_sd, float)
        assert isinstance(noise_sd, float)
        return 2 * float(np.log(noise_sd / self.prior_sd)) - self._log_unit

    def _noise_implied(self, x: FloatArray) -> FloatArray:
        """Return the log noise sd at a log penalty, where one of the two scales is known."""
        if isinstance(self.noise_sd, float):
            return np.full_like(x, np.log(self.noise_sd))
        assert isinstance(self.prior_sd, float)
        return 0.5 * (x + self._log_unit) + np.log(self.prior_sd)

    def _by_penalty(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the terms of the log density that no noise sd changes, and log Q."""
        penalty = np.exp(x)
        constant = self.basis.log_factor(penalty) - (np.log(2) if self.over_penalty else 0.0)
        with np.errstate(divide="ignore"):  # a perfect fit without a penalty leaves nothing
            return constant, np.log(self.basis.sum_of_squares(penalty))

    @np.errstate(over="ignore")  # far from the mode
    def _by_noise(self, t: FloatArray, x: FloatArray, log_squares: FloatArray) -> FloatArray:
        """Return the terms of the log density that depend on the noise sd or on a prior."""
        value = -self.basis.rows * t - 0.5 * np.exp(log_squares - 2 * t)
        if isinstance(self.noise_sd, ScalePrior):
            value = value + self.noise_sd.log_density(_sd(t)) + t
        if isinstance(self.prior_sd, ScalePrior):
            log_prior_sd = self.log_prior_sd(x, t)
            value = value + self.prior_sd.log_density(_sd(log_prior_sd)) + log_prior_sd
        return value

    @np.errstate(over="ignore")  # far from the mode
    def _slope(self, t: FloatArray, x: FloatArray, log_squares: FloatArray) -> FloatArray:
        """Return the derivative of the log density by t, which falls with t."""
        assert isinstance(self.noise_sd, ScalePrior)
        value = 1 - self.basis.rows + np.exp(log_squares - 2 * t) + self.noise_sd.slope(_sd(t))
        if isinstance(self.prior_sd, ScalePrior) and not self.relative:
            value = value + self.prior_sd.slope(_sd(self.log_prior_sd(x, t))) + 1
        return value

    def _noise_mode(self, x: FloatArray, log_squares: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the mode over t for each x, and one over the root of the curvature there."""
        start = 0.5 * np.where(np.isfinite(log_squares), log_squares, 0.0) - 0.5 * np.log(max(self.basis.rows, 1))
        mode = _falling_root(self._slope, start, (x, log_squares))
        step = 1e-3
        curvature = (self._slope(mode - step, x, log_squares) - self._slope(mode + step, x, log_squares)) / (2 * step)
        return mode, 1 / np.sqrt(np.maximum(curvature, 1e-2))

    def _noise_bump(self, x: FloatArray, log_squares: FloatArray) -> tuple[FloatArray, ...]:
        """Return the mode over t for each x, a width, and the range of v, where t = mode + width sinh(v)."""
        mode, width = self._noise_mode(x, log_squares)
        top = self._by_noise(mode, x, log_squares)
        moment = self.noise_moments

        def left(v: FloatArray, *args: FloatArray) -> FloatArray:
            x, log_squares, mode, width, top = args
            return top - NEGLIGIBLE - self._by_noise(mode - width * np.sinh(v), x, log_squares)

        def right(v: FloatArray, *args: FloatArray) -> FloatArray:
            x, log_squares, mode, width, top = args
            rise = width * np.sinh(v)
            return top - NEGLIGIBLE - self._by_noise(mode + rise, x, log_squares) - moment * rise

        args = (x, log_squares, mode, width, top)
        farthest = np.arcsinh(FARTHEST / width)
        low, high = (_first_positive(side, farthest, args) for side in (left, right))
        return mode, width, -low, high

    @property
    def noise_moments(self) -> int:
        """The highest moment of the noise sd that is asked for and finite, of 4, 2, 1 and 0."""
        if not isinstance(self.noise_sd, ScalePrior):
            return 4
        decay = self.basis.rows - 1 - self.noise_sd.power_at_infinity
        if self.over_noise and isinstance(self.prior_sd, ScalePrior) and not self.relative:
            decay -= 1 + self.prior_sd.power_at_infinity
        return next(moment for moment in (4, 2, 1, 0) if moment == 0 or moment < decay - 1e-6)

    @property
    def prior_moments(self) -> int:
        """The same for the prior sd, given the noise sd."""
        if not isinstance(self.prior_sd, ScalePrior):
            return 4
        decay = len(self.basis.eigenvalues) - 1 - self.prior_sd.power_at_infinity
        return next(moment for moment in (4, 2, 1, 0) if moment == 0 or moment < decay - 1e-6)

    def _penalty_log_density(self, x: FloatArray, n: int = FIRST_NODES) -> FloatArray:
        return _log_sum(self.noise_given(x, n)[1], axis=1)

    @cached_property
    def _place(self) -> tuple[float, float, tuple[float, float]]:
        """The mode over x, a width, and the ends of the range in v, where x = mode + width sinh(v)."""
        if not self.over_penalty:
            return self._fixed_penalty(), 0.0, (0.0, 0.0)
        landmarks = self._landmarks()
        x = np.arange(min(landmarks) - 8, max(landmarks) + 8, 0.5)
        values = self._penalty_log_density(x)
        while (best := int(np.argmax(values))) in (0, len(x) - 1) and np.abs(x).max() < FARTHEST:
            x = x + (x[best] - x[len(x) // 2])
            values = self._penalty_log_density(x)
        step = 0.5
        while True:  # until the bump is wider than the step between points
            best = int(np.clip(np.argmax(values), 1, len(x) - 2))
            bend = values[best - 1] - 2 * values[best] + values[best + 1]
            if bend > -4 or step < 1e-9:
                break
            x = x[best] + np.linspace(-step, step, 33)
            step /= 16
            values = self._penalty_log_density(x)
        center, width = float(x[best]), float(step / np.sqrt(np.clip(-bend, (step / 5) ** 2, None)))
        v = np.arange(0.5, np.arcsinh(FARTHEST / width), 0.5)
        moment = self.prior_moments
        low = self._end(center - width * np.sinh(v), v, moment * 0.5 * width * np.sinh(v), values[best])
        high = self._end(center + width * np.sinh(v), v, 0.0 * v, values[best])
        return center, width, (-low, high)

    def _end(self, x: FloatArray, v: FloatArray, rise: FloatArray, top: float) -> float:
        """Return the v beyond which the density, times a moment that rises so, is negligible."""
        seen = np.flatnonzero(self._penalty_log_density(x) + rise > top - NEGLIGIBLE)
        last = int(seen[-1]) + 1 if len(seen) else 0
        return float(v[min(last, len(v) - 1)])

    def _landmarks(self) -> list[float]:
        """Return log penalties between and about which the density has its bulk."""
        positive = self.basis.eigenvalues[self.basis.eigenvalues > 1e-300]
        marks = [float(np.log(value)) for value in (positive.min(), positive.max())] if len(positive) else [0.0]
        rows = max(self.basis.rows, 1)
        noise = [0.5 * float(log) for log in self._by_penalty(np.array([-40.0, 40.0]))[1] - np.log(rows)]
        noise.append(_log_typical(self.noise_sd))
        prior = _log_typical(self.prior_sd)
        marks += [2 * ((0.0 if self.relative else each) - prior) - self._log_unit for each in noise]
        return [mark for mark in marks if np.isfinite(mark)]

    def _grid(self, center: float, width: float, ends: tuple[float, float], step: float, n_noise: int) -> Nodes:
        if self.over_penalty:
            v = np.linspace(*ends, int(np.ceil((ends[1] - ends[0]) / step)) + 1)
            x = center + width * np.sinh(v)
            steps = width * np.cosh(v) * (v[1] - v[0])
        else:
            x, steps = np.array([center]), np.ones(1)
        t, log_masses = self.noise_given(x, n_noise)
        log_masses = log_masses + np.log(steps)[:, np.newaxis]
        log_evidence = float(_log_sum(log_masses))
        weights = np.exp(log_masses - log_evidence)
        return Nodes(x, t, weights / weights.sum(), steps, log_evidence)


def _log_sum(logs: FloatArray, axis: int | None = None, b: FloatArray | None = None) -> Any:
    return logsumexp(logs, axis=axis, b=b)


def _sd(log_sd: Any) -> Any:
    """Return the sd of a logarithm, kept to numbers whose squares are numbers."""
    return np.exp(np.clip(log_sd, -354, 354))


def _log_typical(sd: float | ScalePrior) -> float:
    value = sd.typical if isinstance(sd, ScalePrior) else sd
    return np.nan if value is None else float(np.log(value))


def _falling_root(slope: Callable[..., FloatArray], start: FloatArray, args: tuple[FloatArray, ...]) -> FloatArray:
    """Return where a falling function is zero, element by element."""
    found = elementwise.bracket_root(slope, start - 0.5, start + 0.5, args=args)
    return elementwise.find_root(slope, found.bracket, args=args, tolerances={"xrtol": 1e-9, "xatol": 1e-9}).x


def _first_positive(
    function: Callable[..., FloatArray], farthest: FloatArray, args: tuple[FloatArray, ...]
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
