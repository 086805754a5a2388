"""An equivalence: one thing by two codes, and how far apart theory lets them be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.texts import record_text

__all__ = [
    "Curve",
    "Equivalence",
    "Picture",
    "furthest",
    "gap",
    "in_short",
    "rounding",
]
__dir__ = __all__.copy

STYLES = ("line", "dashes", "points", "rings", "steps")


@dataclass(frozen=True)
class Curve:
    """One curve of a picture.

    Attributes
    ----------
    x, y : array-like, shape (m,)
        Its points.
    style : {"line", "dashes", "points", "rings", "steps"}
        How it is drawn.
    """

    x: Any
    y: Any
    style: str = "line"

    __repr__ = record_text

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise ValueError(f"style must be one of {STYLES}, got {self.style!r}")


@dataclass(frozen=True)
class Picture:
    """The numbers of a small figure. `course.figures.equivalences` draws it.

    Attributes
    ----------
    x, y : str
        Labels of the axes, with units.
    curves : mapping of str to Curve
        The curves by name, in the order of the legend.
    alt : str
        The figure in words, for those who do not see it.
    log_x, log_y : bool
        Whether an axis is logarithmic.
    """

    x: str
    y: str
    curves: Mapping[str, Curve]
    alt: str
    log_x: bool = False
    log_y: bool = False

    __repr__ = record_text


@dataclass(frozen=True)
class Equivalence:
    """A thing that two codes compute, and the difference between them.

    Attributes
    ----------
    claim : str
        The claim, in one sentence.
    found : float
        The difference that is found.
    allowed : float
        The largest difference that theory allows.
    unit : str
        The unit of both.
    reason : str
        The reason why theory allows this much and no more.
    source : str
        The work that states the theorem: author and year.
    picture : Picture
        The numbers of a small figure.
    at_least : float
        The least difference that theory demands. It is 0, but where a disguise is not
        quite the same as a Gaussian prior.
    false_alarm : float
        The probability that correct codes differ by more than is allowed. It is 0, but
        where random numbers make the difference.
    """

    claim: str
    found: float
    allowed: float
    unit: str
    reason: str
    source: str
    picture: Picture = field(compare=False)
    at_least: float = 0.0
    false_alarm: float = 0.0

    __repr__ = record_text

    def __str__(self) -> str:
        """Return the claim, and under it the difference found and allowed."""
        found = f"found {in_short(self.found)}, allowed {self.bounds} {self.unit}"
        return f"{self.claim}:\n  {found}"

    @property
    def bounds(self) -> str:
        """The difference that is allowed, as text; a narrow band by its centre."""
        if not self.at_least:
            return in_short(self.allowed)
        half = (self.allowed - self.at_least) / 2
        if half < 0.01 * self.allowed:
            return f"{in_short(self.allowed - half)} ± {half:.0e}"
        return f"{in_short(self.at_least)} to {in_short(self.allowed)}"

    @property
    def holds(self) -> bool:
        """Whether the difference is one that theory allows. NaN never is."""
        return bool(self.at_least <= self.found <= self.allowed)


def in_short(value: float) -> str:
    """Return a difference as text of two or three digits."""
    return f"{value:.1e}" if abs(value) < 1e-3 else f"{value:#.3g}"


def rounding(condition: float, n: int) -> float:
    r"""Return the relative difference that rounding allows two solutions of a system.

    A backward stable solution of :math:`n` equations is off by at most
    :math:`c\,n\,\varepsilon\,\kappa` (Higham, 2002), with a small constant that is 1
    here and :math:`\varepsilon = 2.2 \cdot 10^{-16}`.

    Parameters
    ----------
    condition : float
        The condition number κ of the matrix.
    n : int
        Its order.

    Returns
    -------
    float
    """
    return float(n * np.finfo(float).eps * condition)


def furthest(first: Any, second: Any, scale: Any = 1.0) -> float:
    """Return the largest difference of two arrays, in units of a scale."""
    difference: FloatArray = np.asarray(first) - np.asarray(second)
    return float(np.max(np.abs(difference) / scale))


def gap(coef: Any, posterior: Any) -> float:
    """Return the largest distance of coefficients from the posterior means.

    Parameters
    ----------
    coef : array_like of shape (p,)
        The coefficients.
    posterior : ExactPosterior
        A posterior of p coefficients, with an intercept or without, and with known
        scales.

    Returns
    -------
    float
        In posterior sds.
    """
    means = np.asarray(posterior.coef)
    return furthest(coef, means, posterior.sd[-len(means) :])
