r"""Integrals of the density of the scales along lines.

.. math:: I(s) = \int p(x, t = s + k x)\, dx

x is the log penalty and t the log noise sd. A line of slope k = 0 holds the noise sd,
one of slope 1/2 a prior sd that is independent of the noise. A line crosses the ridge
of the density once, and may do so steeply: the panels of x are halved until they
resolve it.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.distributions.positive import NEGLIGIBLE
from bayes_l2.posteriors.quadrature.scale_density import ScaleDensity

Places = npt.NDArray[np.intp]

POINTS, POINT_WEIGHTS = np.polynomial.legendre.leggauss(8)
WIDEST = 2.0  # sds of the noise sd in a panel: the rule is exact to 1e-11
DEPTH = 3 * NEGLIGIBLE  # nats below the ridge: lines far from it count for the tails
HALVINGS = 60  # of a panel; then its ends are neighbouring numbers


class Ridge(NamedTuple):
    """What the density has at log penalties, for every noise sd."""

    log_squares: FloatArray
    mode: FloatArray
    top: FloatArray

    @classmethod
    def at(cls, density: ScaleDensity, x: FloatArray) -> "Ridge":
        """Return log Q, the mode of the log noise sd, and the log density there."""
        _, log_squares = density.by_penalty(x)
        mode, _ = density.noise_mode(x, log_squares)
        return cls(log_squares, mode, density.by_noise(mode, x, log_squares))


class Panels(NamedTuple):
    """Panels of x, and which lines they are fine enough for.

    ``panel[i]`` is a panel that is fine enough for the line ``line[i]``.
    """

    low: FloatArray
    high: FloatArray
    panel: Places
    line: Places


def integrate_lines(
    density: ScaleDensity, starts: FloatArray, slope: float, edges: FloatArray
) -> FloatArray:
    """Return logs of the integrals along lines.

    Parameters
    ----------
    density : ScaleDensity
        The density of log penalty and log noise sd, both unknown.
    starts : ndarray of shape (n,)
        s of each line.
    slope : float
        k of all lines.
    edges : ndarray of shape (m,)
        Rising log penalties, so close that Gauss's rule between two of them integrates
        the marginal density of the log penalty.

    Returns
    -------
    ndarray of shape (n,)
        log I(s); minus infinity where the density is negligible.
    """
    lines, logs = [], []
    for panels in _resolved_panels(density, starts, slope, edges):
        half = 0.5 * (panels.high - panels.low)[:, np.newaxis]
        x = panels.low[:, np.newaxis] + half * (1 + POINTS)
        constant, log_squares = density.by_penalty(x)
        constant += np.log(half * POINT_WEIGHTS)
        each, t = panels.panel, starts[panels.line][:, np.newaxis]
        x, log_squares, constant = x[each], log_squares[each], constant[each]
        logs.append(constant + density.by_noise(t + slope * x, x, log_squares))
        lines.append(panels.line)
    line, heights = np.concatenate(lines), np.concatenate(logs)
    top = np.full(len(starts), -np.inf)
    np.maximum.at(top, line, heights.max(axis=1))
    masses = np.exp(heights - top[line][:, np.newaxis]).sum(axis=1)
    with np.errstate(divide="ignore"):
        return top + np.log(np.bincount(line, masses, minlength=len(starts)))


@np.errstate(invalid="ignore")  # two infinite ends have no distance
def _resolved_panels(
    density: ScaleDensity, starts: FloatArray, slope: float, edges: FloatArray
) -> Iterator[Panels]:
    """Yield panels by their width, for the lines on which they are not negligible."""
    low, high = edges[:-1], edges[1:]
    line, panel = (each.ravel() for each in np.indices((len(starts), len(low))))
    ridge = Ridge.at(density, edges)
    z = _in_noise_sds(density, edges, ridge, starts[:, np.newaxis] + slope * edges)
    z_low, z_high = z[:, :-1].ravel(), z[:, 1:].ravel()
    far = np.sqrt(2 * DEPTH)
    for _ in range(HALVINGS):
        nearest = np.minimum(np.abs(z_low), np.abs(z_high))
        meets = (nearest < far) | (np.sign(z_low) != np.sign(z_high))
        wide = meets & (np.abs(z_low - z_high) > WIDEST)
        fine = meets & ~wide
        if fine.any():
            yield _used(low, high, panel[fine], line[fine])
        if not wide.any():
            return
        low, high, panel, line = _used(low, high, panel[wide], line[wide])
        middle = 0.5 * (low + high)
        ridge = Ridge.at(density, middle)
        x, t = middle[panel], starts[line] + slope * middle[panel]
        ridge = Ridge(*(values[panel] for values in ridge))
        z_middle = _in_noise_sds(density, x, ridge, t)
        z_low, z_high = (
            np.append(first, second)
            for first, second in ((z_low[wide], z_middle), (z_middle, z_high[wide]))
        )
        panel, line = np.append(panel, panel + len(low)), np.append(line, line)
        low, high = np.append(low, middle), np.append(middle, high)


def _used(low: FloatArray, high: FloatArray, panel: Places, line: Places) -> Panels:
    """Return the panels that lines use, with new numbers."""
    is_used = np.zeros(len(low), dtype=bool)
    is_used[panel] = True
    number = np.cumsum(is_used) - 1
    return Panels(low[is_used], high[is_used], number[panel], line)


def _in_noise_sds(
    density: ScaleDensity, x: FloatArray, ridge: Ridge, t: FloatArray
) -> FloatArray:
    """Return how many sds t is from the mode of the log noise sd at x.

    Half of its square is the fall of the log density from the mode.
    """
    fall = ridge.top - density.by_noise(t, x, ridge.log_squares)
    return np.sign(t - ridge.mode) * np.sqrt(2 * np.maximum(fall, 0))
