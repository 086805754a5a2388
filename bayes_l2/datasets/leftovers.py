"""Warnings of rows and values that spreadsheets leave among the observations."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.datasets.files.grid import Grid
from bayes_l2.datasets.files.options import together
from bayes_l2.texts import listed, shown

if TYPE_CHECKING:
    import pandas as pd

FEW = 3  # rows whose sum is no surprise
TOTAL = re.compile(
    r"(?:(?:grand |sub-?)?totals?|sums?|means?|averages?|summe|gesamt|insgesamt"
    r"|mittelwert|durchschnitt|somme|moyenne|totaux|media|suma)\W*",
    re.IGNORECASE,
)
NINES = re.compile(r"9{3,}")
NEGATIVE_NINES = re.compile(r"-9{2,}")


def leftovers(X: "pd.DataFrame", y: "pd.Series", grid: Grid) -> list[str]:
    """Return a line on a last row of totals, and on numbers for missing values."""
    return [*_totals(X, y, grid), *_stand_ins(X, y, grid)]


def _numbers(X: "pd.DataFrame", y: "pd.Series", grid: Grid) -> dict[str, FloatArray]:
    """Return the columns of numbers of the file, without those of one-hot."""
    columns = {
        str(name): cells.to_numpy(dtype=float)
        for name, cells in X.items()
        if name in grid.columns
    }
    if y.dtype.kind in "fiu":
        columns[str(y.name)] = y.to_numpy(dtype=float)
    return columns


def _totals(X: "pd.DataFrame", y: "pd.Series", grid: Grid) -> Iterator[str]:
    """Warn of a last row that is called a total, or is the sum of the others."""
    last = len(grid.places) - 1
    if last < FEW or X.index[-1] != last:
        return
    for name, cells in grid.columns.items():
        cell = cells.iloc[-1]
        if isinstance(cell, str) and TOTAL.fullmatch(cell) and _once(cells):
            yield (
                f"{grid.place(last)} holds {shown(cell)} in column {listed([name])} "
                f"and counts as an observation; delete the {grid.unit} if it is none"
            )
            return
    among = _numbers(X, y, grid).values()
    if len(among) > 1 and all(map(_ends_in_its_sum, among)):
        yield (
            f"{grid.place(last)} is the sum of the {grid.unit}s before it and counts "
            f"as an observation; delete the {grid.unit} if it is none"
        )


def _once(cells: "pd.Series") -> bool:
    """Return whether no other cell equals the last one."""
    return sum(cell == cells.iloc[-1] for cell in cells) == 1


def _ends_in_its_sum(values: FloatArray) -> bool:
    *others, last = values.tolist()
    return last != 0 and bool(np.isclose(sum(others), last, rtol=1e-12, atol=0))


def _stand_ins(X: "pd.DataFrame", y: "pd.Series", grid: Grid) -> Iterator[str]:
    """Warn of numbers such as -99 or 9999 that are far from all others."""
    found: dict[str, list[str]] = {}
    for name, values in _numbers(X, y, grid).items():
        value = _stand_in(values)
        if value is not None:
            found.setdefault(value, []).append(name)
    for value, names in found.items():
        verb = "column {} holds" if len(names) == 1 else "columns {} hold"
        yield (
            f"{verb.format(listed(names))} {value}, far from the other numbers; if it "
            "stands for a missing value, say "
            f"{together({'na': value, 'drop_missing': True})}"
        )


def _stand_in(values: FloatArray) -> str | None:
    """Return the end of values that is written in nines and far from the others."""
    low, high = float(np.min(values)), float(np.max(values))
    rest = values[(values != low) & (values != high)]
    if len(rest) < FEW:
        return None
    if NEGATIVE_NINES.fullmatch(f"{low:.15g}") and np.min(rest) >= 0:
        return f"{low:.15g}"
    beyond = values[values != high]
    if NINES.fullmatch(f"{high:.15g}") and high > 5 * np.max(np.abs(beyond)):
        return f"{high:.15g}"
    return None
