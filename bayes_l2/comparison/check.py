"""One claim about the routes, and what was measured of it."""

from dataclasses import dataclass
from typing import Self

NOT_ASKED_FOR = "not asked for"  # the reason of a check whose route was left out


@dataclass(frozen=True)
class Check:
    """One claim, and what was measured of it.

    Attributes
    ----------
    claim : str
        The claim in words.
    statistic : float or None
        What was measured, in ``unit``.
    tolerance : float or None
        The bound that the statistic is held to.
    unit : str
        Unit of both: "sd" is a posterior standard deviation, "MCSE" a Monte-Carlo standard error.
    passed : bool or None
        Whether it holds; None where the check does not apply.
    reason : str
        Why it does not apply, or where the statistic was found.
    at_least : bool
        Whether the tolerance is a lower bound.
    """

    claim: str
    statistic: float | None = None
    tolerance: float | None = None
    unit: str = ""
    passed: bool | None = None
    reason: str = ""
    at_least: bool = False

    @property
    def was_asked(self) -> bool:
        """Whether the routes that it is about were asked for."""
        return self.reason != NOT_ASKED_FOR

    @classmethod
    def of(
        cls,
        claim: str,
        statistic: float,
        tolerance: float,
        unit: str,
        reason: str,
        *,
        at_least: bool = False,
    ) -> Self:
        """Hold a statistic against its tolerance; NaN never passes."""
        passed = statistic >= tolerance if at_least else statistic <= tolerance
        return cls(claim, statistic, tolerance, unit, bool(passed), reason, at_least)
