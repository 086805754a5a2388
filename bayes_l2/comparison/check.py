"""A claim of theory, the way to measure it, and the outcome.

To add a check, add a ``Claim`` to ``EXACT_CHECKS`` or ``APPROXIMATE_CHECKS``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, Self

from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import LONGEST, WIDTH, shortened

NOT_ASKED_FOR = "not asked for"  # the reason of a check whose route was left out


class Remedy(StrEnum):
    """What to try where a claim has failed.

    A ``Wording`` says it in the words of Python or of the command line.
    """

    LONGER_CHAINS = "longer chains"
    STANDARDISED_COLUMNS = "standardised columns"
    ANOTHER_ENGINE = "another engine"
    SMALLER_TOLERANCE = "a smaller tolerance of the estimator"


class Failure(str):
    """The reason why a claim has failed without a measurement.

    A route that ended in an error or did not arrive is one. A reason that is no
    ``Failure`` says that a claim does not apply.

    Attributes
    ----------
    remedy : Remedy or None
        What to try; None leaves it to the claim.
    """

    remedy: Remedy | None

    def __new__(cls, reason: str, remedy: Remedy | None = None) -> Self:
        """Return a reason with its remedy."""
        failure = super().__new__(cls, reason)
        failure.remedy = remedy
        return failure


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
    fault : str
        What is wrong, in a few words such as "R-hat 1.03"; empty unless it has failed.
    remedy : Remedy or None
        What to try; None unless it has failed.
    """

    claim: str
    statistic: float | None = None
    tolerance: float | None = None
    unit: str = ""
    passed: bool | None = None
    reason: str = ""
    at_least: bool = False
    fault: str = ""
    remedy: Remedy | None = None

    def __repr__(self) -> str:
        words = {True: "passed", False: "failed", None: "does not apply"}
        text = f"{words[self.passed]}: {self.claim}"
        if self.statistic is not None:
            most = "least" if self.at_least else "most"
            measured = f"{self.statistic:.3g} {self.unit}".rstrip()
            text += f"; {measured}, allowed is at {most} {self.tolerance:.3g}"
        if self.reason:
            text += f"; {shortened(self.reason, 2 * WIDTH)}"
        return shortened(f"Check({text})", LONGEST)

    @property
    def was_asked(self) -> bool:
        """Whether the routes of the claim were asked for."""
        return self.reason != NOT_ASKED_FOR

    @property
    def measured(self) -> str:
        """The statistic and its unit as text; empty without one.

        It has two digits, or four from 1 on, or as many as tell it from its bound. That
        of a lower bound is a count, and has no decimals unless they tell it from it.
        """
        if self.statistic is None or self.tolerance is None:
            return ""
        digits = 4 if self.statistic >= 1 else 2
        digits = len(f"{self.statistic:.0f}") if self.at_least else digits
        text = _rounded(self.statistic, digits)
        while float(text) == self.tolerance != self.statistic and digits < 17:
            digits += 1
            text = _rounded(self.statistic, digits)
        return f"{text} {self.unit}".rstrip()

    @property
    def allowed(self) -> str:
        """The tolerance as text; empty without one."""
        if self.tolerance is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {self.tolerance:.3g}"


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


def _rounded(value: float, digits: int) -> str:
    """Return a number with some significant digits, and none lost before the point."""
    is_whole = value.is_integer() or value >= 10**digits
    if is_whole and value < 1e15:
        return f"{value:.0f}"
    return f"{value:#.{digits}g}".rstrip(".")


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
    fault : str
        What is wrong where the claim has failed, with "{}" in place of what was
        measured; by default the claim and the measurement.
    remedy : Remedy or None
        What to try where the claim has failed.
    meaning : str
        What it means that the claim holds, in a sentence or two.
    """

    text: str
    needs: tuple[str, ...]
    measure: Callable[[Any], Measured | str]
    without: str = ""
    concerns: Callable[[LinearModel], bool] = lambda model: True
    fault: str = ""
    remedy: Remedy | None = None
    meaning: str = ""

    def check(self, comparison: _Judged) -> Check:
        """Return the outcome of the claim in a comparison."""
        found = self._missing(comparison) or self.measure(comparison)
        if isinstance(found, Failure):
            reason, remedy = str(found), found.remedy or self.remedy
            return Check(
                self.text, passed=False, reason=reason, fault=reason, remedy=remedy
            )
        if isinstance(found, str):
            return Check(self.text, reason=found)
        check = Check(
            self.text,
            found.statistic,
            found.tolerance,
            found.unit,
            found.passed,
            found.where,
            found.at_least,
        )
        if found.passed:
            return check
        fault = (self.fault or f"{self.text}: {{}}").format(check.measured)
        return replace(check, fault=fault, remedy=self.remedy)

    def _missing(self, comparison: _Judged) -> str:
        reasons = [comparison.lacks(part) for part in self.needs]
        for reason in reasons:  # a failure, before what was not asked for
            if isinstance(reason, Failure):
                return reason
        reason = next(filter(None, reasons), "")
        if reason and reason != NOT_ASKED_FOR:
            return self.without or reason
        return reason
