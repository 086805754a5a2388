"""Time contenders over growing numbers of rows."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from measure import TIMEOUT, Entry

LIMIT = 10.0  # seconds after which a contender takes part in no larger size
SLOW = 3.0  # seconds after which the first run is the only one
ROUNDS = 3

Curve = list[tuple[int, float]]  # rows and seconds
PANELS: dict[str, tuple[tuple[str, int], ...]] = {
    "both scales known": (("exact", 0), ("exact", 1), ("exact", 3), ("exact", 4)),
    "both scales unknown": (
        ("hierarchical", 0),
        ("hierarchical", 1),
        ("nuts", 0),
        ("nuts", 2),
        ("nuts", 4),
    ),
    "logistic": (("logistic", 0), ("logistic", 1), ("logistic", 4), ("logistic", 5)),
}


def grow(
    panel: str, folder: Path, sizes: Sequence[int], say: Callable[[str], object]
) -> tuple[dict[str, Curve], list[str]]:
    """Return the curve of each contender, and why some of them end early."""
    entries = [Entry(*place) for place in PANELS[panel]]
    curves: dict[str, Curve] = {entry.contender.name: [] for entry in entries}
    ends: list[str] = []
    for rows in sizes:
        for entry in entries:
            entry.take(folder, rows)
            entry.start()
        quick = [e for e in entries if not e.error and e.first <= SLOW]
        for _ in range(ROUNDS):
            for entry in quick:
                entry.again()
        for entry in list(entries):
            name = entry.contender.name
            seconds = median(entry.seconds) if entry in quick else entry.first
            say(f"{panel}, {name}, {rows} rows: {seconds:.3g} s {entry.error}")
            if not (entry.error or math.isnan(seconds)):
                curves[name].append((rows, seconds))
            if entry.error or seconds > LIMIT:
                why = entry.error or f"{seconds:.0f} s"
                if rows < sizes[-1] or entry.error:
                    ends.append(f"{name}: {why} at {rows:.0e} rows".replace("e+0", "e"))
                entry.end()
                entries.remove(entry)
    for entry in entries:
        entry.end()
    return curves, ends


def rules() -> str:
    """Return the rules of the figure in words."""
    return (
        f"A point is the median of {ROUNDS} runs taken in turn, after a first one; "
        f"where the first run took more than {SLOW:.0f} s, it is the point. "
        f"A contender that took more than {LIMIT:.0f} s takes part in no larger size, "
        f"and a run that takes more than {TIMEOUT:.0f} s is ended."
    )
