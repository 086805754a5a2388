r"""Components of mixtures of normals: sums over them, and quantiles.

.. math:: \sum_c w_c\, \Phi\!\left(\frac{x - m_c}{s_c}\right) = q

Halley's steps solve for x. They start at the quantile of a mixture with fewer
components, and stay within a bracket.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from scipy.special import ndtr, ndtri

from bayes_l2.arrays import LOG_2PI, FloatArray

SQRT_2PI = float(np.exp(0.5 * LOG_2PI))
CHUNK = 4_000_000  # numbers of a working array
MERGED = 8  # neighbouring components that become one in the smaller mixture
FEW = 32  # components of the smallest mixture
STEPS = 200  # more than bisection alone needs
SMALL = 3e-5  # a step over which the mixture hardly bends; the next one is its cube


@dataclass(frozen=True, eq=False)
class Components:
    """The components of mixtures that have their weights in common.

    Attributes
    ----------
    weights : ndarray of shape (c,)
        Probabilities of the components.
    means, sds : ndarray of shape (..., c)
        Means and sds of the components, for each quantity.
    """

    weights: FloatArray
    means: FloatArray
    sds: FloatArray

    def evaluate(self, x: Any, function: Callable[..., FloatArray]) -> Any:
        """Return a function of (x - m) / s and s, which sums over the last axis.

        x broadcasts against the quantities. The function is called for as many x as
        memory holds.
        """
        x, batch = np.asarray(x, dtype=float), self.means.shape[:-1]
        pieces = x.size * len(self.weights) // CHUNK + 1
        if x.ndim > len(batch) and pieces > 1 and len(x) > 1:
            parts = np.array_split(x, min(pieces, len(x)))
            return np.concatenate([self.evaluate(part, function) for part in parts])
        z = (x[..., np.newaxis] - self.means) / self.sds
        return function(z, np.broadcast_to(self.sds, z.shape))[()]

    def quantiles(self, lower: FloatArray, upper: FloatArray) -> FloatArray:
        """Return where the probability below is ``lower`` and above is ``upper``.

        The smaller of the two decides. They broadcast against the quantities.
        """
        batch, c = self.means.shape[:-1], len(self.weights)
        shape = np.broadcast_shapes(lower.shape, batch)
        places = np.arange(int(np.prod(batch))).reshape(batch)
        flat = self
        if len(batch) != 1:
            means, sds = self.means.reshape(-1, c), self.sds.reshape(-1, c)
            flat = Components(self.weights, means, sds)
        rows = np.broadcast_to(places, shape).ravel()
        lower, upper = (np.broadcast_to(each, shape).ravel() for each in (lower, upper))
        signs = np.where(upper < lower, -1.0, 1.0)  # -1 mirrors: upper tails are lower
        tails = np.minimum(lower, upper)
        parts = np.array_split(np.arange(len(rows)), len(rows) * c // CHUNK + 1)
        found = [flat._solve(rows[part], signs[part], tails[part]) for part in parts]
        return (signs * np.concatenate(found)).reshape(shape)

    def _solve(self, rows: Any, signs: FloatArray, tails: FloatArray) -> FloatArray:
        """Return x with a probability below it for each row of components.

        A sign of -1 mirrors the components at 0.
        """
        means, sds = signs[:, np.newaxis] * self.means[rows], self.sds[rows]
        normal = ndtri(tails)[:, np.newaxis]
        # a quantile of the mixture lies among those of its components
        ends = means + normal * sds
        low, high = ends.min(axis=1), ends.max(axis=1)
        if len(self.weights) > FEW:
            x = self._merged._solve(rows, signs, tails)
        else:
            x = ends @ self.weights
        x, waiting = np.clip(x, low, high), np.arange(len(rows))
        for _ in range(STEPS):
            part = slice(None) if len(waiting) == len(x) else waiting
            at, below, above = x[part], low[part], high[part]
            step, bend, is_below = self._step(at, means[part], sds[part], tails[part])
            below, above = np.where(is_below, at, below), np.where(is_below, above, at)
            new = at + step
            # a step of at most 1e-16 of x may point at the end that it starts from
            astray = ~((new > below) & (new < above)) & (
                np.abs(step) > 1e-15 * np.abs(at)
            )
            middle = 0.5 * (below + above)
            new = np.where(astray | ~np.isfinite(step), middle, new)
            settled = (bend < SMALL) & ~astray | (new == at)
            x[part], low[part], high[part] = new, below, above
            waiting = waiting[~settled]
            if not len(waiting):
                break
        return x

    @np.errstate(divide="ignore", invalid="ignore", over="ignore")  # far from the root
    def _step(
        self, x: FloatArray, means: FloatArray, sds: FloatArray, tails: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return Halley's step for the log probability, its bend, and the side of x.

        The bend is the step in units over which the log probability changes or bends.
        """
        z = (x[:, np.newaxis] - means) / sds
        probability = ndtr(z) @ self.weights
        heights = np.exp(-0.5 * z**2) / sds
        density = heights @ self.weights / SQRT_2PI
        heights *= z / sds
        slope = -(heights @ self.weights) / SQRT_2PI
        excess, rate = np.log(probability / tails), density / probability
        curvature = slope / density - rate  # of the log, over its slope
        newton = -excess / rate
        step = newton / np.maximum(1 + 0.5 * newton * curvature, 0.5)
        bend = np.abs(step) * np.maximum(rate, np.abs(slope / density))
        return step, np.where(np.isfinite(bend), bend, np.inf), probability < tails

    @cached_property
    def _merged(self) -> Self:
        """Fewer components, each with mean and variance of a run of neighbours."""
        starts = np.arange(0, len(self.weights), MERGED)
        weights = np.add.reduceat(self.weights, starts)

        def average(values: FloatArray) -> FloatArray:
            return np.add.reduceat(self.weights * values, starts, axis=-1) / weights

        centers = (self.means @ self.weights / self.weights.sum())[..., np.newaxis]
        deviations = self.means - centers
        means = average(deviations)
        between = np.maximum(average(deviations**2) - means**2, 0)
        sds = np.sqrt(average(self.sds**2) + between)
        return type(self)(weights, centers + means, sds)
