"""All equivalences by name."""

from collections.abc import Callable
from difflib import get_close_matches

from bayes_l2.course.demonstrations.equivalences import linear_algebra
from bayes_l2.course.demonstrations.equivalences.equivalence import Equivalence
from bayes_l2.texts import Catalogue, shown

__all__ = ["CASES", "find"]
__dir__ = __all__.copy

type Case = Callable[..., Equivalence]

CASES: Catalogue[Case] = Catalogue(
    {
        "dual": linear_algebra.dual,
    },
    of="equivalences",
)


def find(name: str) -> Case:
    """Return the case of this name; an unknown name is a ValueError."""
    if not isinstance(name, str) or name not in CASES:
        near = get_close_matches(str(name)[:80], CASES)
        meant = f" did you mean {' or '.join(near)}?" if near else ""
        raise ValueError(
            f"unknown equivalence {shown(name)};{meant} "
            "`bayes-l2 equivalences` lists all"
        )
    return CASES[name]
