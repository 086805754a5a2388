r"""Integrals of the density of the scales along lines.

.. math:: I(s) = \int p(x, t = s + k x)\, dx

x is the log penalty and t the log noise sd. A line of slope k = 0 holds the noise sd,
one of slope 1/2 a prior sd that is independent of the noise. A line crosses the ridge
of the density once, and may do so steeply: the panels of x are halved until they
resolve it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.distributions.positive import NEGLIGIBLE
from bayes_l2.posteriors.quadrature.scale_density import ScaleDensity

POINTS, POINT_WEIGHTS = np.polynomial.legendre.leggauss(8)
WIDEST = 2.0  # sds of the noise sd in a panel: the rule is exact to 1e-11
DEPTH = 3 * NEGLIGIBLE  # nats below the ridge: lines far from it count for the tails
HALVINGS = 60  # of a panel; then its ends are neighbouring numbers


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
    line, a, b = _resolved_panels(density, starts, slope, edges)
    half = 0.5 * (b - a)[:, np.newaxis]
    x = a[:, np.newaxis] + half * (1 + POINTS)
    constant, log_squares = _by_distinct(density.by_penalty, x)
    t = starts[line][:, np.newaxis] + slope * x
    logs = constant + density.by_noise(t, x, log_squares) + np.log(half * POINT_WEIGHTS)
    top = np.full(len(starts), -np.inf)
    np.maximum.at(top, line, logs.max(axis=1))
    masses = np.exp(logs - top[line][:, np.newaxis]).sum(axis=1)
    with np.errstate(divide="ignore"):
        return top + np.log(np.bincount(line, masses, minlength=len(starts)))


@np.errstate(invalid="ignore")  # two infinite ends have no distance
def _resolved_panels(
    density: ScaleDensity, starts: FloatArray, slope: float, edges: FloatArray
) -> tuple[Any, FloatArray, FloatArray]:
    """Return the line and the ends of each panel that is not negligible."""

    def standardised(x: FloatArray, line: Any) -> FloatArray:
        return _in_noise_sds(density, x, starts[line] + slope * x)

    line, panel = (each.ravel() for each in np.indices((len(starts), len(edges) - 1)))
    ends = np.array([edges[panel], edges[panel + 1]])
    z = np.array([standardised(x, line) for x in ends])
    far, lines, panels = np.sqrt(2 * DEPTH), [], []
    for _ in range(HALVINGS):
        crosses = np.sign(z[0]) != np.sign(z[1])
        meets = crosses | (np.abs(z).min(axis=0) < far)
        wide = meets & (np.abs(z[0] - z[1]) > WIDEST)
        fine = meets & ~wide
        lines.append(line[fine])
        panels.append(ends[:, fine])
        if not wide.any():
            break
        line, ends, z = line[wide], ends[:, wide], z[:, wide]
        middle = 0.5 * (ends[0] + ends[1])
        z_middle = standardised(middle, line)
        line = np.append(line, line)
        ends, z = (
            np.array([np.append(each[0], new), np.append(new, each[1])])
            for each, new in ((ends, middle), (z, z_middle))
        )
    low, high = np.concatenate(panels, axis=1)
    return np.concatenate(lines), low, high


def _in_noise_sds(density: ScaleDensity, x: FloatArray, t: FloatArray) -> FloatArray:
    """Return how many sds t is from the mode of the log noise sd at x.

    Half of its square is the fall of the log density from the mode.
    """

    def ridge(x: FloatArray) -> tuple[FloatArray, ...]:
        _, log_squares = density.by_penalty(x)
        mode, _ = density.noise_mode(x, log_squares)
        return log_squares, mode, density.by_noise(mode, x, log_squares)

    log_squares, mode, top = _by_distinct(ridge, x)
    fall = top - density.by_noise(t, x, log_squares)
    return np.sign(t - mode) * np.sqrt(2 * np.maximum(fall, 0))


def _by_distinct(
    function: Callable[[FloatArray], tuple[FloatArray, ...]], x: FloatArray
) -> tuple[FloatArray, ...]:
    """Return the values of a function, which is called for distinct numbers alone."""
    distinct, place = np.unique(x, return_inverse=True)
    return tuple(values[place].reshape(x.shape) for values in function(distinct))
