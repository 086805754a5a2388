"""Parts of rows dealt to folds, whose statistics cross-validation needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from bayes_l2 import arguments, validation
from bayes_l2.partitions import Batch, Partitions

MOST_FOLDS = 2**16

type Folds = list[Any]  # statistics, or None where there are no rows


class DealtStatistics:
    """The part of ``SufficientStatistics`` that deals rows to folds."""

    @classmethod
    def folds(cls, partitions: Partitions, k: int) -> list[Self]:
        """Return the statistics of k folds of the rows, in one pass.

        Part i of the rows is in fold i modulo k: a batch of a few megabytes of a file
        or a stream, a partition of a dask collection. So rows that stand together
        stay together. If they are in random order, the folds are random ones. If they
        are sorted, say by time or by group, each fold holds times or groups of its own.
        That is right where new rows will be of other times or groups. Else the error
        is too large: shuffle the rows, or make their parts smaller.

        Parameters
        ----------
        partitions : Partitions
            Where the rows are: in k parts at least.
        k : int
            Number of folds.

        Returns
        -------
        list of k SufficientStatistics
            For ``choose_penalty(model, by="cv", folds=folds)``. Their ``sum`` has the
            statistics of all rows.

        Raises
        ------
        ValueError
            If an argument or a row is not valid, or there are fewer parts than folds.
        """
        arguments.instance(partitions, Partitions, "partitions")
        validation.natural_number(k, "k", at_least=2, at_most=MOST_FOLDS)
        kind: Any = cls
        deal = Deal(kind._of_batch, partitions.feature_names, k)
        found: Any = partitions.reduce(deal, merged_folds) or [None] * k
        if None in found:
            filled = sum(fold is not None for fold in found)
            raise ValueError(
                f"k must be at most the number of parts of the rows, each a batch or a "
                f"partition; got {k} folds, {filled} of which have rows: ask for fewer "
                "folds, or make the parts smaller"
            )
        return found


@dataclass(frozen=True)
class Deal:
    """The task that reduces a batch, and puts it in its fold."""

    reduce: Callable[..., Any]
    names: tuple[str, ...]
    k: int

    def __call__(self, batch: Batch) -> Folds:
        """Return k folds, one of which has the statistics of the batch."""
        folds: Folds = [None] * self.k
        folds[batch.number % self.k] = self.reduce(batch, self.names)
        return folds


def merged_folds(left: Folds, right: Folds) -> Folds:
    """Merge two lists of folds, fold by fold."""
    return [
        other if one is None else one if other is None else one + other
        for one, other in zip(left, right, strict=True)
    ]
