"""Features of a column: its numbers, or a column of 0 and 1 for each level of text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.datasets.columns import Column
from bayes_l2.datasets.files.grid import Grid
from bayes_l2.datasets.files.options import option
from bayes_l2.texts import listed, printable, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LEVELS = 1000
INTERCEPT = "the intercept"


@dataclass(frozen=True)
class Numbers:
    """A column of numbers, which is one feature."""

    name: str
    note: None = None

    @property
    def feature_names(self) -> tuple[str]:
        """The name of the feature."""
        return (self.name,)

    def values(self, column: Column, grid: Grid) -> "Iterator[FloatArray]":
        """Yield the numbers, or raise ValueError if a cell is none."""
        yield column.numbers(grid)


@dataclass(frozen=True)
class Levels:
    """The levels of a text column, in order.

    Attributes
    ----------
    name : str
        The name of the column.
    levels : tuple of str
        All levels seen.
    kept : tuple of str
        Those that have a column: all, or all but the first.
    reason : str
        Why all are kept, or why the first is left out.
    """

    name: str
    levels: tuple[str, ...]
    kept: tuple[str, ...]
    reason: str

    @classmethod
    def of(
        cls, column: Column, grid: Grid, *, same: str | None, why_all: str
    ) -> "Levels":
        """Return the levels of a column.

        The first is left out where the columns of all levels add up to what the model
        has already, which is named by ``same``.

        Raises
        ------
        ValueError
            If there are more than 1000.
        """
        seen = set(column.texts())
        dtype = grid.columns[column.name].dtype
        order = [str(each) for each in getattr(dtype, "categories", ())]
        levels = [level for level in order if level in seen] or sorted(seen)
        if len(levels) > MOST_LEVELS:
            raise ValueError(
                f"{grid.file}, column {shown(column.name)}: {len(levels)} levels, and "
                f"one-hot takes at most {MOST_LEVELS}; leave the column out by "
                f"{option('drop', [column.name])}"
            )
        kept = levels if same is None else levels[1:]
        reason = why_all if same is None else f"all together would add up to {same}"
        return cls(column.name, tuple(levels), tuple(kept), reason)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of the feature of each level that is kept."""
        return tuple(f"{self.name}={level}" for level in self.kept)

    def values(self, column: Column, grid: Grid) -> "Iterator[FloatArray]":
        """Yield a column of 0 and 1 for each level that is kept.

        Raises
        ------
        ValueError
            If a cell holds another level.
        """
        texts = column.texts()
        for row, text in enumerate(texts):
            if text not in self.levels:
                place = grid.at(column.rows[row], self.name)
                raise ValueError(
                    f"{place}: the level {shown(text)} is not among "
                    f"those of the data that were fitted: {listed(self.levels)}; leave "
                    "the row out, or fit data that have it"
                )
        for level in self.kept:
            yield np.array([float(text == level) for text in texts])

    @property
    def note(self) -> str:
        """What was done, and why, in a line."""
        count, name = len(self.levels), printable(self.name)
        if count == 1:
            left_out = "" if self.kept else ", which is left out"
            return f"column {name}: one-hot, 1 level{left_out}"
        if len(self.kept) == count:
            return f"column {name}: one-hot, {count} levels, all kept: {self.reason}"
        return (
            f"column {name}: one-hot, {count} levels, of which "
            f"{shown(self.levels[0])} is the reference: under a flat prior "
            f"{self.reason}"
        )


def features(
    columns: Sequence[Column], grid: Grid, *, flat_prior: bool, intercept: bool
) -> tuple[Numbers | Levels, ...]:
    """Return the features of columns of numbers and of text.

    The columns of all levels of a text add up to a column of ones. A flat prior
    determines coefficients only where the model has one such sum: the intercept, or
    without an intercept the levels of the first text. Then every other text lacks its
    first level. Another prior determines all coefficients, so no level is left out.

    Raises
    ------
    ValueError
        If a text has more than 1000 levels.
    """
    same = INTERCEPT if flat_prior and intercept else None
    why_all = "under the prior no level has to be the reference"
    if flat_prior:
        why_all = "there is no intercept that they would add up to"
    made: list[Numbers | Levels] = []
    for each in columns:
        if each.kind == "numbers":
            made.append(Numbers(each.name))
            continue
        made.append(Levels.of(each, grid, same=same, why_all=why_all))
        if flat_prior and same is None:
            same = f"the same as those of column {printable(each.name)}"
    return tuple(made)
