"""Densities p(s) of a standard deviation that is not known."""

from dataclasses import dataclass
from functools import cached_property
from math import log, pi
from typing import Any, ClassVar, override

import numpy as np
from scipy.special import betaln, gammaln

from bayes_l2.model.scales import InverseGammaForm, ScalePrior

FARTHEST_ODDS = 1e300  # a number beyond which a density is no number


@dataclass(frozen=True, repr=False)
class HalfNormal(ScalePrior):
    r"""Half-normal prior, :math:`p(s) \propto \exp(-s^2 / 2\,\mathrm{sd}^2)`.

    Parameters
    ----------
    sd : float
        The sd of the unfolded normal, in the units of s. P(s < sd) is 0.68.
    """

    sd: float

    @property
    @override
    def typical(self) -> float:
        return 0.7 * self.sd

    @cached_property
    def _log_constant(self) -> float:
        return 0.5 * log(2 / pi) - log(self.sd)

    @override
    def log_density(self, sd: Any) -> Any:
        return self._log_constant - 0.5 * self._odds(sd)

    def _odds(self, sd: Any) -> Any:
        ratio = sd / self.sd
        return ratio * ratio  # a power of a large Python float is an error

    @override
    def slope(self, sd: Any) -> Any:
        return -self._odds(sd)

    @override
    def curvature(self, sd: Any) -> Any:
        return -2 * self._odds(sd)


@dataclass(frozen=True, repr=False)
class HalfStudentT(ScalePrior):
    r"""Half-Student-t prior.

    .. math:: p(s) \propto (1 + s^2 / \nu\,\mathrm{scale}^2)^{-(\nu + 1) / 2}

    Parameters
    ----------
    df : float
        Degrees of freedom :math:`\nu`. One is the half-Cauchy; the half-normal is the
        limit of many.
    scale : float
        In the units of s.

    References
    ----------
    Gelman (2006), Bayesian Analysis 1(3).
    """

    df: float
    scale: float

    @property
    @override
    def power_at_infinity(self) -> float:
        return -self.df - 1

    @property
    @override
    def typical(self) -> float:
        return 0.7 * self.scale

    @cached_property
    def _log_constant(self) -> float:
        log_beta = float(betaln(0.5, self.df / 2))
        return log(2) - log_beta - 0.5 * log(self.df) - log(self.scale)

    @override
    def log_density(self, sd: Any) -> Any:
        power = -(self.df + 1) / 2
        return self._log_constant + power * np.log1p(self._odds(sd))

    def _odds(self, sd: Any) -> Any:
        ratio = sd / self.scale
        return np.minimum(ratio * ratio / self.df, FARTHEST_ODDS)

    @override
    def slope(self, sd: Any) -> Any:
        odds = self._odds(sd)
        return -(self.df + 1) * odds / (1 + odds)

    @override
    def curvature(self, sd: Any) -> Any:
        odds = self._odds(sd)
        return -2 * (self.df + 1) * (odds / (1 + odds)) / (1 + odds)


@dataclass(frozen=True, repr=False)
class HalfCauchy(ScalePrior):
    r"""Half-Cauchy prior, :math:`p(s) \propto 1 / (1 + s^2 / \mathrm{scale}^2)`.

    Parameters
    ----------
    scale : float
        The median, in the units of s.

    References
    ----------
    Gelman (2006), Bayesian Analysis 1(3).
    """

    scale: float

    @property
    @override
    def power_at_infinity(self) -> float:
        return -2.0

    @property
    @override
    def typical(self) -> float:
        return self.scale

    @cached_property
    def _as_t(self) -> HalfStudentT:
        return HalfStudentT(1.0, self.scale)

    @override
    def log_density(self, sd: Any) -> Any:
        return self._as_t.log_density(sd)

    @override
    def slope(self, sd: Any) -> Any:
        return self._as_t.slope(sd)

    @override
    def curvature(self, sd: Any) -> Any:
        return self._as_t.curvature(sd)


@dataclass(frozen=True, repr=False)
class Exponential(ScalePrior):
    r"""Exponential prior, :math:`p(s) = \exp(-s / \mathrm{mean}) / \mathrm{mean}`.

    Parameters
    ----------
    mean : float
        Its mean, in the units of s; one over the rate.
    """

    mean: float

    @property
    @override
    def typical(self) -> float:
        return 0.7 * self.mean

    @override
    def log_density(self, sd: Any) -> Any:
        return -log(self.mean) - sd / self.mean

    @override
    def slope(self, sd: Any) -> Any:
        return -sd / self.mean

    @override
    def curvature(self, sd: Any) -> Any:
        return self.slope(sd)


@dataclass(frozen=True, repr=False)
class InverseGamma(ScalePrior):
    r"""Inverse-gamma prior on the VARIANCE, which is a gamma prior on the precision.

    .. math:: s^2 \sim \mathrm{InvGamma}(a, b)

    Density of the standard deviation itself:
    :math:`p(s) = \tfrac{2 b^a}{\Gamma(a)} s^{-2a - 1} \exp(-b / s^2)`.

    Parameters
    ----------
    shape : float
        a.
    scale : float
        b, in the units of s squared. The mean of the precision is a / b.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, section 2.6.
    """

    shape: float
    scale: float

    power_at_zero: ClassVar[float] = np.inf

    @property
    @override
    def power_at_infinity(self) -> float:
        return -2 * self.shape - 1

    @property
    @override
    def typical(self) -> float:
        return float(np.sqrt(self.scale / self.shape))

    @cached_property
    def _log_constant(self) -> float:
        return log(2) + self.shape * log(self.scale) - float(gammaln(self.shape))

    @property
    @override
    def inverse_gamma(self) -> InverseGammaForm:
        return InverseGammaForm(self._log_constant, self.shape, self.scale)

    @override
    def log_density(self, sd: Any) -> Any:
        power = -2 * self.shape - 1
        return self._log_constant + power * np.log(sd) - self.scale / sd**2

    @override
    def slope(self, sd: Any) -> Any:
        return -(2 * self.shape + 1) + 2 * self.scale / sd**2

    @override
    def curvature(self, sd: Any) -> Any:
        return -4 * self.scale / sd**2


class _Improper(ScalePrior):
    """A power of s: the base of the two flat priors, which have no parameter."""

    power: ClassVar[float]

    @property
    @override
    def power_at_infinity(self) -> float:
        return self.power

    @property
    @override
    def typical(self) -> None:
        return None

    @property
    @override
    def inverse_gamma(self) -> InverseGammaForm:
        return InverseGammaForm(0.0, -(self.power + 1) / 2, 0.0)

    @override
    def log_density(self, sd: Any) -> Any:
        return self.power * np.log(sd)

    @override
    def slope(self, sd: Any) -> Any:
        return 0 * sd + self.power

    @override
    def curvature(self, sd: Any) -> Any:
        return 0 * sd


@dataclass(frozen=True, repr=False)
class FlatScale(_Improper):
    """Improper flat prior on the standard deviation, p(s) = 1."""

    power: ClassVar[float] = 0.0


@dataclass(frozen=True, repr=False)
class FlatLogScale(_Improper):
    """Improper prior, flat in log s: p(s) = 1 / s, Jeffreys' prior of a scale."""

    power: ClassVar[float] = -1.0
    power_at_zero: ClassVar[float] = -1.0
