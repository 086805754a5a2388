"""A claim of theory, the way to measure it, and the outcome.

To add a check, add a ``Claim`` to ``EXACT_CHECKS`` or ``APPROXIMATE_CHECKS``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from bayes_l2.model.linear_model import LinearModel

NOT_ASKED_FOR = "not asked for"  # the reason of a check whose route was left out


class Failure(str):
    """The reason why a claim has failed without a measurement.

    A route that ended in an error or did not arrive is one. A reason that is no
    ``Failure`` says that a claim does not apply.
    """

    __slots__ = ()


@dataclass(frozen=True)
class Check:
    """The outcome of one claim.

    Attributes
    ----------
    claim : str
        The claim in words.
    statistic : float or None
        The measured number, in ``unit``.
    tolerance : float or None
        The bound on the statistic.
    unit : str
        Unit of both: "sd" is a posterior standard deviation, "MCSE" a Monte-Carlo
        standard error.
    passed : bool or None
        Whether the claim holds; None where the check does not apply. It is False
        where a route of the claim has failed.
    reason : str
        Why the check does not apply or has failed, or where the statistic was found.
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
        """Whether the routes of the claim were asked for."""
        return self.reason != NOT_ASKED_FOR


class Measured(NamedTuple):
    """A statistic, its tolerance, their unit, and the place of the statistic."""

    statistic: float
    tolerance: float
    unit: str = ""
    where: str = ""
    at_least: bool = False

    @property
    def passed(self) -> bool:
        """Whether the statistic is within its tolerance; NaN is not."""
        if self.at_least:
            return bool(self.statistic >= self.tolerance)
        return bool(self.statistic <= self.tolerance)


class _Judged(Protocol):
    def lacks(self, part: str) -> str: ...


@dataclass(frozen=True)
class Claim:
    """A claim of theory about the routes.

    Attributes
    ----------
    text : str
        The claim in words.
    needs : tuple of str
        The parts of the comparison that it is about; see ``Comparison.lacks``.
    measure : callable
        A function of the comparison. It returns the measurement, or the reason why
        the claim does not apply, or the ``Failure``.
    without : str
        The reason to give where a route does not apply; by default the route's own.
    concerns : callable
        Whether a model is concerned; by default every model is.
    """

    text: str
    needs: tuple[str, ...]
    measure: Callable[[Any], Measured | str]
    without: str = ""
    concerns: Callable[[LinearModel], bool] = lambda model: True

    def check(self, comparison: _Judged) -> Check:
        """Return the outcome of the claim in a comparison."""
        found = self._missing(comparison) or self.measure(comparison)
        if isinstance(found, str):
            passed = False if isinstance(found, Failure) else None
            return Check(self.text, passed=passed, reason=str(found))
        return Check(
            self.text,
            found.statistic,
            found.tolerance,
            found.unit,
            found.passed,
            found.where,
            found.at_least,
        )

    def _missing(self, comparison: _Judged) -> str:
        reasons = [comparison.lacks(part) for part in self.needs]
        for reason in reasons:  # a failure, before what was not asked for
            if isinstance(reason, Failure):
                return reason
        reason = next(filter(None, reasons), "")
        if reason and reason != NOT_ASKED_FOR:
            return self.without or reason
        return reason
