"""Rows along a curve, the Gaussian kernel, and a process given rows."""

import numpy as np

from bayes_l2.arrays import FloatArray

__all__ = ["curve_with_noise", "gaussian", "row_by_row", "taylor"]
__dir__ = __all__.copy


def curve_with_noise(
    rng: np.random.Generator, n: int, noise_sd: float
) -> tuple[FloatArray, FloatArray]:
    """Return places and outcomes of n rows along a wave."""
    x = np.sort(rng.uniform(-3, 3, n))
    return x, np.sin(2 * x) + x / 2 + noise_sd * rng.standard_normal(n)


def gaussian(
    x: FloatArray, length: float = 1.0, other: FloatArray | None = None
) -> FloatArray:
    """Return the Gaussian kernel of all pairs of places."""
    gaps = np.subtract.outer(x, x if other is None else other)
    return np.exp(-0.5 * (gaps / length) ** 2)


def taylor(x: FloatArray, m: int) -> FloatArray:
    """Return m features of which the Gaussian kernel of length 1 is the sum."""
    ratios = x[:, None] / np.sqrt(np.arange(1, m))
    return np.cumprod(np.c_[np.exp(-0.5 * x**2), ratios], axis=1)


def row_by_row(
    cov: FloatArray, y: FloatArray, noise_variance: float
) -> tuple[FloatArray, FloatArray]:
    """Return mean and covariance at all points, given outcomes at the first ones."""
    mean = np.zeros(len(cov))
    for place, outcome in enumerate(y):
        gain = cov[:, place] / (cov[place, place] + noise_variance)
        mean = mean + gain * (outcome - mean[place])
        cov = cov - np.outer(gain, cov[place])
    return mean, cov
