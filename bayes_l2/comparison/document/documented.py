"""The parts of a comparison that a report shows."""

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from bayes_l2.comparison.check import Check, Claim
from bayes_l2.comparison.report import Reported
from bayes_l2.comparison.text.pictures import Drawn
from bayes_l2.datasets.standardisation import Standardisation


class Documented(Reported, Drawn, Protocol):
    """The parts of a comparison that the document shows."""

    @property
    def claims(self) -> Sequence[Claim]:
        """The claims of theory."""
        ...

    @cached_property
    def checks(self) -> list[Check]:
        """All checks."""
        ...

    @property
    def standardisation(self) -> Standardisation | None:
        """What took the columns of the table to those of the model, or None."""
        ...

    @property
    def passed(self) -> bool:
        """Whether a check passed and none failed."""
        ...

    @property
    def log_evidence(self) -> float | None:
        """The log marginal density of y, or None."""
        ...

    @property
    def not_applicable(self) -> dict[str, str]:
        """Reason by route."""
        ...

    @property
    def failed(self) -> dict[str, str]:
        """Error by route."""
        ...
