"""The circumstances of a comparison that its results do not know."""

import platform
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from bayes_l2.comparison.text.wording import PYTHON, Wording
from bayes_l2.selection.meaning.meaning import PenaltyMeaning

PACKAGES = ("bayes-l2", "numpy", "scipy", "scikit-learn", "pymc", "nutpie", "arviz")


@dataclass(frozen=True)
class Circumstances:
    """What a report says beside the results.

    Attributes
    ----------
    source : str
        The origin of the data, in one line; empty where it is not known.
    notes, warnings : sequence of str
        What was done in reading the data, and what may be wrong, a line each.
    choices : sequence of str
        How scales and penalty were chosen, a line each.
    command : str
        The command that made the comparison; empty for one in Python.
    seed : int or None
        The seed of the sampler.
    meaning : PenaltyMeaning or None
        The meaning of the penalty, where it was asked for.
    wording : Wording
        Whether advice is in the words of Python or of the command line.
    """

    source: str = ""
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    choices: Sequence[str] = ()
    command: str = ""
    seed: int | None = None
    meaning: PenaltyMeaning | None = None
    wording: Wording = PYTHON


def versions() -> str:
    """Return the versions of Python and of the packages that compute, in one line."""
    found = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        with suppress(PackageNotFoundError):  # a copy of the code is not installed
            found.append(f"{name} {version(name)}")
    return ", ".join(found)
