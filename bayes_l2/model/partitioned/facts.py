"""What the first pass over partitions finds out: sizes, ranges, moments and labels."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.partitioned.tally import Tally
from bayes_l2.model.statistics.sufficient_statistics import (
    SufficientStatistics,
    drop_weightless,
)
from bayes_l2.partitions.batch import Batch
from bayes_l2.texts import record_text


@dataclass(frozen=True, eq=False)
class Facts:
    """Sums over rows of positive weight.

    Attributes
    ----------
    moments : SufficientStatistics
        The statistics of X and y; those of y mean nothing for labels.
    lowest, highest : ndarray of shape (p + 1,)
        The range of each column, and of y.
    lowest_weight : float
        The least weight of a row, at most 1.
    working : SufficientStatistics or None
        The statistics of X and a first guess of the linear predictors, where rows alone
        give one; see ``Likelihood.first_guess``.
    tally : Tally or None
        The labels, None for numbers.
    """

    moments: SufficientStatistics
    lowest: FloatArray
    highest: FloatArray
    lowest_weight: float
    working: SufficientStatistics | None
    tally: Tally | None

    __repr__ = record_text

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return self.moments.n_rows

    @property
    def total_weight(self) -> float:
        """The sum of the weights of the rows."""
        return self.moments.total_weight

    @property
    def mean(self) -> FloatArray:
        """The weighted mean of X, shape (p,)."""
        return self.moments.mean[:-1]

    def __add__(self, other: "Facts") -> "Facts":
        """Return the facts of the rows of both."""
        return Facts(
            moments=self.moments + other.moments,
            lowest=np.minimum(self.lowest, other.lowest),
            highest=np.maximum(self.highest, other.highest),
            lowest_weight=min(self.lowest_weight, other.lowest_weight),
            working=merged(self.working, other.working, SufficientStatistics.__add__),
            tally=merged(self.tally, other.tally, Tally.__add__),
        )


@dataclass(frozen=True)
class FindFacts:
    """The task of the first pass.

    Attributes
    ----------
    likelihood : Likelihood
        The likelihood of each row.
    names : tuple of str
        The names of the columns.
    """

    likelihood: Likelihood
    names: tuple[str, ...]

    __repr__ = record_text

    def __call__(self, batch: Batch) -> Facts | None:
        """Return the facts of a batch, None if it has no row of positive weight."""
        X, weights, tally = batch.X, batch.weights, None
        if self.likelihood.takes_labels:
            # a constant y would need the slower way of reduction
            tally, y = Tally.of(batch), np.resize([0.0, 1.0], len(X))
        else:
            encode, row = self.likelihood.encode_part, batch.place.row
            y = encode(batch.y, None, weights, length=len(X), row=row)
        if weights is not None:
            X, y, weights = drop_weightless(X, y, weights)
        if not len(X):
            return None
        reduced, guess = SufficientStatistics.reduce, None
        if tally is None:
            guess = self.likelihood.first_guess(y, weights)
        return Facts(
            moments=reduced(X, y, weights, self.names),
            lowest=np.append(X.min(axis=0), y.min()),
            highest=np.append(X.max(axis=0), y.max()),
            lowest_weight=1.0 if weights is None else min(1.0, float(weights.min())),
            working=None if guess is None else reduced(X, *guess, self.names),
            tally=tally,
        )


def merged[T](left: T | None, right: T | None, add: Callable[[T, T], T]) -> T | None:
    """Merge two results, either of which may be None for no rows."""
    if left is None or right is None:
        return right if left is None else left
    return add(left, right)
