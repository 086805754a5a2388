r"""A scale is a standard deviation s > 0: a known number, or a density p(s).

Both have one interface, so that no code asks which of the two it has. A known
scale has the density 1 at its value: its log density and slopes are 0.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar, NamedTuple, override

import numpy as np

from bayes_l2.validation import positive_number, set_fields


class InverseGammaForm(NamedTuple):
    """A density c s^(-2 shape - 1) exp(-scale / s²), conjugate to Gaussian noise."""

    log_constant: float
    shape: float
    scale: float


class Scale(ABC):
    """A standard deviation: a number (``Known``) or a density (``ScalePrior``).

    Attributes
    ----------
    is_known : bool
        Whether the scale is a number.
    power_at_zero, power_at_infinity : float
        The density goes as s to this power in that limit. These powers decide
        whether a posterior is proper and whether a mode exists. A power is
        infinite where the density vanishes faster than any power.
    """

    is_known: ClassVar[bool]
    power_at_zero: ClassVar[float] = 0.0

    @property
    @abstractmethod
    def value(self) -> float:
        """The number, of a known scale."""

    @property
    def power_at_infinity(self) -> float:
        """The density goes as s to this power for large s."""
        return -np.inf

    @property
    @abstractmethod
    def typical(self) -> float | None:
        """A value in the bulk of the density, None for a density without a unit."""

    @property
    def inverse_gamma(self) -> InverseGammaForm | None:
        """The density in its conjugate form, None for a density without one."""
        return None

    @abstractmethod
    def log_density(self, sd: Any) -> Any:
        """Return log p(sd), normalised where p is proper; any shape."""

    @abstractmethod
    def slope(self, sd: Any) -> Any:
        """Return the derivative of the log density by log sd."""

    @abstractmethod
    def curvature(self, sd: Any) -> Any:
        """Return the second derivative of the log density by log sd."""

    @abstractmethod
    def symbol(self, letter: str) -> str:
        """Return the number of a known scale as text, else the letter."""


@dataclass(frozen=True)
class Known(Scale):
    """A scale that is a number.

    Parameters
    ----------
    number : float
        The standard deviation.
    """

    is_known: ClassVar[bool] = True
    number: float

    @property
    @override
    def value(self) -> float:
        return self.number

    @property
    @override
    def typical(self) -> float:
        return self.number

    @override
    def log_density(self, sd: Any) -> Any:
        return 0.0

    @override
    def slope(self, sd: Any) -> Any:
        return 0.0

    @override
    def curvature(self, sd: Any) -> Any:
        return 0.0

    @override
    def symbol(self, letter: str) -> str:
        return f"{self.number:g}"


@dataclass(frozen=True, repr=False)
class ScalePrior(Scale):
    r"""A density p(s) of an unknown standard deviation s > 0.

    Each density is log-concave in :math:`\log s`; the exact posterior relies on it.
    """

    is_known: ClassVar[bool] = False

    def __post_init__(self) -> None:
        owner = type(self).__name__
        set_fields(
            self,
            **{
                each.name: positive_number(
                    getattr(self, each.name), f"{owner} {each.name}"
                )
                for each in fields(self)
            },
        )

    def __repr__(self) -> str:
        arguments = ", ".join(
            f"{field.name}={getattr(self, field.name):g}" for field in fields(self)
        )
        return f"priors.{type(self).__name__}({arguments})"

    @property
    @override
    def value(self) -> float:
        raise ValueError(
            f"this needs noise and prior sds that are numbers, got {self!r}; "
            "see choose_penalty"
        )

    @override
    def symbol(self, letter: str) -> str:
        return letter


def as_scale(value: object, name: str) -> Scale:
    """Return the scale that an argument states: a positive number, or a prior."""
    if isinstance(value, Scale):
        return value
    try:
        return Known(positive_number(value, name))
    except ValueError as error:
        if isinstance(value, int | float | np.number):
            raise
        raise ValueError(
            f"{error}, or a prior on it such as priors.HalfNormal(50)"
        ) from None


def as_given(scale: Scale) -> "float | Scale":
    """Return a known scale as its number, and a prior as itself."""
    return scale.value if scale.is_known else scale
