"""The posterior of two unknown scales by brute force, on an even grid."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.interpolate import make_interp_spline

from tests.oracles import LogDensity


@dataclass(frozen=True)
class ScaleGrid:
    """Probabilities on a grid of log noise sd and of the log of another scale.

    The other is the prior sd, or the penalty if the density is asked for over it.
    """

    log_noise: np.ndarray
    log_other: np.ndarray
    density: np.ndarray

    def density_of(self, *, noise: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return an axis, and the marginal density over it."""
        axis, summed = (self.log_noise, 1) if noise else (self.log_other, 0)
        density = self.density.sum(axis=summed)
        return axis, density / density.sum() / (axis[1] - axis[0])

    def cdf(self, values: Any, *, noise: bool) -> np.ndarray:
        """Return P(scale <= value)."""
        axis, density = self.density_of(noise=noise)
        integral = make_interp_spline(axis, density, k=5).antiderivative()
        return integral(np.log(values)) - integral(axis[0])

    def log_moments(self, *, noise: bool) -> tuple[float, float, float]:
        """Return mean, sd and kurtosis of the logarithm."""
        axis, density = self.density_of(noise=noise)
        weights = density / density.sum()
        mean = weights @ axis
        sd = np.sqrt(weights @ (axis - mean) ** 2)
        return float(mean), float(sd), float(weights @ (axis - mean) ** 4 / sd**4)

    def moments(self, *, noise: bool) -> tuple[float, float]:
        """Return mean and sd of the scale itself."""
        axis, density = self.density_of(noise=noise)
        values, weights = np.exp(axis), density / density.sum()
        mean = weights @ values
        return float(mean), float(np.sqrt(weights @ (values - mean) ** 2))


def scale_grid(
    X: np.ndarray,
    y: np.ndarray,
    noise: LogDensity,
    prior: LogDensity,
    *,
    relative: bool = False,
    over_penalty: bool = False,
    size: tuple[int, int] = (400, 2000),
    depth: float = 33.0,
) -> ScaleGrid:
    r"""Return the posterior of both scales on a grid around its bulk.

    Centred rows have the covariance :math:`\sigma^2 I + \tau^2 X X^\top`. ``noise`` and
    ``prior`` are log densities of sds. The grid is narrowed until it ends where the
    density is ``depth`` nats below its top.
    """
    X, y = X - X.mean(axis=0), y - y.mean()
    left, sizes, _ = np.linalg.svd(X, full_matrices=False)
    left, sizes = left[:, sizes > 1e-12 * sizes[0]], sizes[sizes > 1e-12 * sizes[0]]
    projections = left.T @ y
    rest = y - left @ projections

    def log_density(t: np.ndarray, other: np.ndarray) -> np.ndarray:
        t, other = np.meshgrid(t, other, indexing="ij")
        in_units = 0.0 if relative else t
        u = in_units - 0.5 * other if over_penalty else other
        variance = np.exp(2 * t)
        signal = np.exp(2 * (u + t if relative else u))
        logs = -(len(y) - 1 - len(sizes)) * t - 0.5 * (rest @ rest) / variance
        for size, projection in zip(sizes, projections, strict=True):
            total = variance + size**2 * signal
            logs -= 0.5 * (np.log(total) + projection**2 / total)
        return logs + noise(np.exp(t)) + t + prior(np.exp(u)) + u

    t, other = np.linspace(-9, 9, 400), np.linspace(-70, 90, 1200)
    for last in (False, False, True):
        logs = log_density(t, other)
        seen = logs > logs.max() - depth
        n_noise, n_other = size if last else (500, 500)
        t, other = (
            _narrowed(t, seen.any(axis=1), n_noise),
            _narrowed(other, seen.any(axis=0), n_other),
        )
    logs = log_density(t, other)
    return ScaleGrid(t, other, np.exp(logs - logs.max()))


def _narrowed(axis: np.ndarray, seen: np.ndarray, n: int) -> np.ndarray:
    """Return n points over the part of an axis that is seen, and a step more."""
    places = np.flatnonzero(seen)
    low, high = max(places[0] - 1, 0), min(places[-1] + 1, len(axis) - 1)
    return np.linspace(axis[low], axis[high], n)
