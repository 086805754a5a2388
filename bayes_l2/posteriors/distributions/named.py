"""Distributions of named quantities: their text, and the quantities that are asked."""

from typing import Any

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.floats import floats
from bayes_l2.texts import gathered, listed, shortened

# several names; a string is a sequence of strings too, and one name
Names = list[str] | tuple[str, ...]

SHOWN = 8  # quantities in the text of a distribution


def text_of(distribution: Any, sd: FloatArray) -> str:
    """Return the name of a distribution, and mean and sd of its first quantities."""
    rows = zip(distribution.names, distribution.mean, sd, strict=True)
    first = [f"{shortened(name)}: {m:.4g} ± {s:.2g}" for name, m, s in rows][:SHOWN]
    return f"{type(distribution).__name__}({gathered(first, len(sd))})"


def places_of(names: str | Names, among: tuple[str, ...]) -> list[int]:
    """Return the places of one or several names, or say which are not there."""
    allowed = f"among {listed(among)}"
    if isinstance(names, str):
        wanted: list[object] = [names]
    else:
        wanted = arguments.words(names, "names", allowed)
    known = set(among)
    unknown = [
        each for each in wanted if not isinstance(each, str) or each not in known
    ]
    if unknown:
        raise ValueError(f"names must be {allowed}; got {listed(unknown)}")
    twice = validation.repeated([str(name) for name in wanted])
    if twice:
        raise ValueError(
            f"names must be different, got {listed(twice)} twice: "
            "twice the same value has no joint density"
        )
    return [among.index(str(name)) for name in wanted]


def points_of(points: Any, size: int) -> FloatArray:
    """Return points as an array whose last axis has a length of ``size``."""
    points = floats(points, "points")
    if points.shape[-1:] != (size,):
        raise ValueError(
            f"points must have {size} entries on the last axis, "
            f"got shape {points.shape}"
        )
    return points
