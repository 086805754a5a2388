"""The rows of a model that stay in partitions, and what is known of all of them."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.partitioned.facts import Facts, FindFacts
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import (
    SufficientStatistics,
    drop_weightless,
)
from bayes_l2.partitions.batch import Batch
from bayes_l2.partitions.partitions import Partitions
from bayes_l2.texts import listed, shown


@dataclass(frozen=True, eq=False)
class PartitionedRows:
    """Rows that are read again for each evaluation of a likelihood.

    Attributes
    ----------
    partitions : Partitions
        Where they are read.
    facts : Facts
        What the first pass found.
    encoding : str
        The kind of y; see ``likelihoods.Likelihood``.
    classes : tuple or None
        The labels that -1 and 1, or 0 to K - 1, stand for.
    """

    partitions: Partitions
    facts: Facts
    encoding: str
    classes: tuple[Any, ...] | None = None

    @classmethod
    def of(cls, partitions: Partitions, likelihood: Likelihood) -> Self:
        """Read all rows once, and check them for a likelihood."""
        if not likelihood.is_smooth:
            raise ValueError(
                "likelihood must be smooth for rows in partitions, such as "
                f"likelihoods.Bernoulli(), got {shown(likelihood)}"
            )
        if not partitions.is_repeatable:
            raise ValueError(
                f"{shown(likelihood)} needs a pass over the rows for each step, and "
                "those of a stream are gone after the first; write them to a Parquet "
                "file"
            )
        task = FindFacts(likelihood, partitions.feature_names)
        facts = partitions.reduce(task, Facts.__add__)
        if facts is None:
            raise ValueError(f"{partitions!r} must have at least one row of weight")
        if facts.tally is None:
            likelihood.encode(np.array([facts.highest[-1]]), None, length=1)
            classes = None
        else:
            classes = facts.tally.classes
            likelihood.require_classes(classes, facts.n_rows)
        return cls(partitions, facts, likelihood.encoding, classes)

    def __repr__(self) -> str:
        classes = "" if self.classes is None else f", which are {listed(self.classes)}"
        return (
            f"PartitionedRows(<{self.n_rows} rows, {len(self.feature_names)} "
            f"features>, y of {self.encoding}{classes})"
        )

    @property
    def n_rows(self) -> int:
        """The number of rows of positive weight."""
        return self.facts.n_rows

    @property
    def statistics(self) -> SufficientStatistics:
        """The statistics of X and y; those of y mean nothing for labels."""
        return self.facts.moments

    @property
    def separable_above(self) -> float:
        """The log likelihood above which classes are separable.

        Then each row has its own label with a probability of more than 1/2. So it is
        on its own side of the plane.
        """
        return -float(np.log(2)) * self.facts.lowest_weight

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.partitions.feature_names


def rows_of(
    batch: Batch,
    likelihood: Likelihood,
    names: tuple[str, ...],
    classes: tuple[Any, ...] | None,
) -> Rows:
    """Return the rows of a batch as a model has them."""
    X, weights, encode = batch.X, batch.weights, likelihood.encode_part
    y = encode(batch.y, classes, weights, length=len(X), row=batch.place.row)
    if weights is not None:
        X, y, weights = drop_weightless(X, y, weights)
    return Rows(X, y, weights, names, likelihood.encoding, classes)
