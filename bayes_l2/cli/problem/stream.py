"""Rows that are read a part at a time, as the data of a model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, override

import numpy as np
import numpy.typing as npt

from bayes_l2.arrays import FloatArray, norms
from bayes_l2.datasets import suspicions
from bayes_l2.datasets.files.options import Reading
from bayes_l2.datasets.one_hot import Levels, Numbers
from bayes_l2.datasets.standardisation import Standardisation
from bayes_l2.datasets.table import Recipe
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.partitions.arrow.parquet import ParquetPartitions
from bayes_l2.partitions.batch import Batch
from bayes_l2.partitions.npy.source import NpyPartitions
from bayes_l2.partitions.partitions import LocalPartitions, Partitions
from bayes_l2.texts import end_of, listed

if TYPE_CHECKING:
    import pandas as pd

EQUAL = 1e-12  # of the size of a column: the rounding of statistics


@dataclass(frozen=True, eq=False)
class Stream:
    """The rows of a file that are read a part at a time.

    Attributes
    ----------
    partitions : LocalPartitions
        Where the rows are.
    source : str
        Their origin, in one line.
    target : str
        The target as typed.
    is_standardised : bool
        Whether the features of the model are in units of their sds.
    """

    partitions: LocalPartitions
    source: str
    target: str
    is_standardised: bool
    has_file: bool = True

    @cached_property
    def standardisation(self) -> Standardisation | None:
        """What takes the features to those of the model; None where they are those."""
        if not self.is_standardised:
            return None
        found = self.moments
        spread = _sds(found)
        first, rest = found.mean[:-1], np.zeros(len(spread))
        return Standardisation(first, rest, np.where(spread > 0, spread, 1.0))

    @cached_property
    def moments(self) -> SufficientStatistics:
        """The statistics of all rows, in which y may be 0: it may hold labels."""
        names = self.partitions.feature_names
        task = partial(_of_features, names=names)
        found = self.partitions.reduce(task, SufficientStatistics.__add__)
        if found is None:
            raise ValueError(f"{self.source}: there must be at least one row, got none")
        return found

    def model(self, *, likelihood: Any, prior: Any, intercept: bool) -> LinearModel:
        """Return the model of all rows. This reads them."""
        terms = {"likelihood": likelihood, "prior": prior, "intercept": intercept}
        by = None
        if likelihood.has_statistics:
            found = SufficientStatistics.from_partitions(self.partitions)
            self.__dict__["moments"] = found  # so that no second pass is made
            if not found.factor[:, -1].any() and found.n_rows > 1:
                raise ValueError(
                    f"{self.source}: the target is {found.mean[-1]:g} in all "
                    f"{found.n_rows} rows, and no feature explains one value; name "
                    "another --target"
                )
            by = self.standardisation
            return LinearModel.from_statistics(_standardised(found, by), **terms)
        by = self.standardisation
        partitions: Partitions = self.partitions
        if by is not None:
            partitions = _Standardised(partitions, by)
        return LinearModel.from_partitions(partitions, **terms)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done in reading, a line each."""
        made = [each.note for each in self._recipe.features]
        return ("rows were read a part at a time", *(each for each in made if each))

    def doubts(self, model: LinearModel) -> list[str]:
        """Return what may be wrong with the columns, as far as statistics tell."""
        has_y = model.likelihood.has_statistics
        is_kept = has_y or self.is_standardised  # the statistics of columns as read
        found = self.moments if is_kept else model.data.statistics
        parts = self._recipe.features
        home = {name: each.name for each in parts for name in each.feature_names}
        return list(_doubts(found, home, has_y=has_y and found.n_rows > 2))

    def sds(self, model: LinearModel) -> FloatArray:
        """Return the sds of the features of the model."""
        return _sds(model.data.statistics)

    def rows(self, file: str) -> "pd.DataFrame":
        """Return the features of the new rows of a file, in the units of the file."""
        if Path(file).suffix.lower() == ".npy":
            if isinstance(self.partitions, NpyPartitions):
                import pandas as pd

                X = self.partitions.new_rows(file, "--predict")
                return pd.DataFrame(X, columns=list(self._names))
            raise ValueError(
                f"--predict reads tables with names, got {end_of(file)!r}; write the "
                f"rows as a table with the columns {listed(self._names)}"
            )
        return self._recipe.rows(file)

    @property
    def _names(self) -> tuple[str, ...]:
        return self.partitions.feature_names

    @property
    def _recipe(self) -> Recipe:
        """How features of new rows are made."""
        made: list[Numbers | Levels] = []
        of_text: dict[str, tuple[str, ...]] = {}
        read = self._names
        if isinstance(self.partitions, ParquetPartitions):
            of_text, read = self.partitions.levels, self.partitions.features
        for name in read:
            if name not in of_text:
                made.append(Numbers(name))
                continue
            levels = of_text[name]
            kept = tuple(e for e in levels if f"{name}={e}" in self._names)
            reason = "under the prior no level has to be the reference"
            if len(kept) < len(levels):
                reason = "all together would add up to the intercept"
            made.append(Levels(name, levels, kept, reason))
        return Recipe(Reading.of(None, None, None, None), ".", tuple(made), False)


def _sds(found: SufficientStatistics) -> FloatArray:
    return norms(found.factor, axis=0)[:-1] / np.sqrt(found.total_weight)


def _doubts(
    found: SufficientStatistics, home: dict[str, str], *, has_y: bool
) -> Iterator[str]:
    """Yield a line on each kind of column that looks wrong."""
    names = found.feature_names
    constant = [names[j] for j in np.flatnonzero(_sds(found) == 0)]
    if constant and found.n_rows > 1:
        yield suspicions.constant_line(constant, home)
    for j, name in enumerate(names):
        equal = _equal_before(found, j)
        if name not in constant and equal.any():
            yield suspicions.equal_line(names[int(np.argmax(equal))], name, home)
    if has_y:
        for j in np.flatnonzero(_equal_before(found, len(names))):
            yield suspicions.copy_line(names[j], home)


def _equal_before(found: SufficientStatistics, j: int) -> npt.NDArray[np.bool]:
    """Return which of the columns before a column of [X y] are equal to it."""
    mean, spread = found.mean, norms(found.factor, axis=0)
    sd = spread[j] / np.sqrt(found.total_weight)
    equal = np.abs(spread[:j] - spread[j]) <= EQUAL * spread[j]
    equal &= np.abs(mean[:j] - mean[j]) <= EQUAL * max(abs(mean[j]), sd)
    # few are left, of which all rows of R are compared
    left = np.flatnonzero(equal)
    apart = norms(found.factor[:, left] - found.factor[:, [j]], axis=0)
    equal[left] = apart <= EQUAL * spread[j]
    return equal


def _of_features(batch: Batch, names: tuple[str, ...]) -> SufficientStatistics:
    """Return the statistics of the features of a batch, with zeros for y."""
    return SufficientStatistics.reduce(batch.X, np.zeros(len(batch.X)), None, names)


def _standardised(
    found: SufficientStatistics, by: Standardisation | None
) -> SufficientStatistics:
    """Return the statistics of standardised features; R of them is R over the sds."""
    if by is None:
        return found
    return replace(
        found,
        mean=np.append(np.zeros(len(by.sd)), found.mean[-1]),
        factor=found.factor / np.append(by.sd, 1.0),
    )


class _Standardised(Partitions):
    """Rows whose features are standardised as they are read."""

    def __init__(self, partitions: Partitions, by: Standardisation) -> None:
        self._partitions, self._by = partitions, by
        self.feature_names = partitions.feature_names
        self.target = partitions.target
        self.is_repeatable = partitions.is_repeatable

    @override
    def reduce[T](
        self, task: Callable[[Batch], T], merge: Callable[[T, T], T]
    ) -> T | None:
        of_standardised = partial(_task_of_standardised, task=task, by=self._by)
        return self._partitions.reduce(of_standardised, merge)


def _task_of_standardised[T](
    batch: Batch, task: Callable[[Batch], T], by: Standardisation
) -> T:
    X = by.of_rows(batch.X)
    return task(Batch(X, batch.y, batch.weights, batch.place, batch.number))
