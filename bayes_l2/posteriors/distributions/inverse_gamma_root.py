r"""The root of an inverse-gamma variable, which is a noise sd in closed form.

.. math:: p(s) \propto s^{-2a - 1} e^{-b / s^2}
"""

from dataclasses import dataclass
from typing import Any, Self, override

import numpy as np
from scipy.special import (
    gammainc,
    gammaincc,
    gammainccinv,
    gammaincinv,
    gammaln,
    poch,
    polygamma,
)

from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.distributions.positive import (
    NEGLIGIBLE,
    LogMoments,
    LogScaleMarginal,
    log_of,
)


@dataclass(frozen=True, eq=False, repr=False)
class InverseGammaRoot(LogScaleMarginal):
    r"""The root of an inverse-gamma variable: :math:`s^2 \sim \mathrm{InvGamma}(a, b)`.

    .. math:: p(s) \propto s^{-2a - 1} e^{-b / s^2}

    Attributes
    ----------
    shape, scale : float
        a and b.
    """

    shape: float
    scale: float

    @classmethod
    def from_shape(cls, shape: float, scale: float) -> Self:
        """Return the distribution with its table, which central moments come from."""
        drop = NEGLIGIBLE / shape
        # the log density of u = log(s / sqrt(b / a)) falls by a (2u + exp(-2u) - 1)
        low, high = -0.5 * np.log1p(drop + np.sqrt(2 * drop)), 0.5 * (drop + 1)
        width = 0.5 / np.sqrt(shape)
        ends = np.arcsinh(np.array([low, high]) / width)
        u = width * np.sinh(np.linspace(*ends, num=401))
        fall = shape * (2 * u + np.expm1(-2 * u))
        grid = 0.5 * np.log(scale / shape) + u
        return cls(grid, np.log(2) + _log_height(shape) - fall, 2 * shape, shape, scale)

    @override
    def mean(self) -> float:
        if self.shape <= 0.5:
            return np.inf
        return float(np.sqrt(self.scale) / poch(self.shape - 0.5, 0.5))

    @override
    def log_moments(self) -> LogMoments:
        # log s is half of log b minus half the logarithm of a gamma variable
        first, second, fourth = (float(polygamma(k, self.shape)) for k in (0, 1, 3))
        mean, sd = 0.5 * (np.log(self.scale) - first), 0.5 * np.sqrt(second)
        return LogMoments(float(mean), float(sd), 3 + fourth / second**2)

    @override
    def logpdf(self, x: Any) -> Any:
        a, t = self.shape, log_of(x)
        z = np.log(self.scale / a) - 2 * t  # log of b / (a s²), which is about 0
        with np.errstate(over="ignore", invalid="ignore"):
            logs = np.log(2) + _log_height(a) - a * (np.expm1(z) - z) - t
        return np.where(np.isinf(t), -np.inf, logs)[()]

    @override
    def _probabilities(self, x: Any) -> tuple[Any, Any]:
        precision = self._precision(log_of(x))
        return gammaincc(self.shape, precision), gammainc(self.shape, precision)

    def _precision(self, t: FloatArray) -> FloatArray:
        """Return b / s², which is a gamma variable, at log s."""
        with np.errstate(over="ignore"):
            return np.exp(np.log(self.scale) - 2 * t)

    @override
    def _quantile(self, lower: FloatArray, upper: FloatArray) -> Any:
        by_upper = gammaincinv(self.shape, upper)
        precision = np.where(upper < lower, by_upper, gammainccinv(self.shape, lower))
        with np.errstate(divide="ignore"):  # the quantile of 1 is infinite
            return np.sqrt(self.scale / precision)

    @override
    def sample_logs(self, rng: np.random.Generator, n: int) -> FloatArray:
        precision = rng.standard_gamma(self.shape, n)
        return 0.5 * (np.log(self.scale) - np.log(precision))


def _log_height(a: float) -> float:
    r"""Return the largest log density of the log of a gamma variable of shape a.

    It is a log a - a - log Γ(a), by Stirling's series where those terms cancel.
    """
    if a < 100:
        return float(a * np.log(a) - a - gammaln(a))
    series = (1 - (1 - 2 / (7 * a**2)) / (30 * a**2)) / (12 * a)
    return float(0.5 * np.log(a / (2 * np.pi)) - series)
