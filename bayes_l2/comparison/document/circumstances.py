"""The circumstances of a comparison that its results do not know."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from bayes_l2.comparison.text.wording import PYTHON, Wording

PACKAGES = ("bayes-l2", "numpy", "scipy", "scikit-learn", "pymc", "nutpie", "arviz")
Said = tuple[str, Sequence[str]]


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
    meaning : sequence of (str, sequence of str)
        Headings and sentences on the meaning of the penalty.
    wording : Wording
        Whether advice is in the words of Python or of the command line.
    """

    source: str = ""
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    choices: Sequence[str] = ()
    command: str = ""
    seed: int | None = None
    meaning: Sequence[Said] = ()
    wording: Wording = PYTHON


def versions() -> str:
    """Return the versions of Python and of the packages that compute, in one line."""
    found = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:  # a copy of the code that is not installed
            continue
    return ", ".join(found)
