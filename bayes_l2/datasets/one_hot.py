"""Features of a column: its numbers, or a column of 0 and 1 for each level of text."""

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
    """

    name: str
    levels: tuple[str, ...]
    kept: tuple[str, ...]

    @classmethod
    def of(cls, column: Column, grid: Grid, *, flat_prior: bool) -> "Levels":
        """Return the levels of a column; under a flat prior the first is left out.

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
        return cls(column.name, tuple(levels), tuple(levels[bool(flat_prior) :]))

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
            return f"column {name}: one-hot, 1 level"
        if len(self.kept) == count:
            return (
                f"column {name}: one-hot, {count} levels, all kept: under the "
                "prior no level has to be the reference"
            )
        return (
            f"column {name}: one-hot, {count} levels, of which "
            f"{shown(self.levels[0])} is the reference: under a flat prior all "
            "together would add up to the intercept"
        )
