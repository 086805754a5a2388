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
from bayes_l2.partitions import Batch


@dataclass(frozen=True, eq=False)
class Facts:
    """Sums over rows of positive weight.

    Attributes
    ----------
    total_weight : float
        The sum of their weights.
    mean : ndarray of shape (p,)
        The weighted mean of X.
    lowest, highest : ndarray of shape (p,)
        The range of each column.
    largest_y : float
        The largest response, 0 for labels.
    working : SufficientStatistics
        The statistics of X and a first guess of the linear predictors; see
        ``Likelihood.first_guess``.
    tally : Tally or None
        The labels, None for numbers.
    """

    total_weight: float
    mean: FloatArray
    lowest: FloatArray
    highest: FloatArray
    largest_y: float
    working: SufficientStatistics
    tally: Tally | None

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return self.working.n_rows

    def __add__(self, other: "Facts") -> "Facts":
        """Return the facts of the rows of both."""
        total = self.total_weight + other.total_weight
        share = other.total_weight / total
        tally = self.tally
        if tally is not None and other.tally is not None:
            tally = tally + other.tally
        return Facts(
            total_weight=total,
            mean=self.mean + share * (other.mean - self.mean),
            lowest=np.minimum(self.lowest, other.lowest),
            highest=np.maximum(self.highest, other.highest),
            largest_y=max(self.largest_y, other.largest_y),
            working=self.working + other.working,
            tally=tally,
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

    def __call__(self, batch: Batch) -> Facts | None:
        """Return the facts of a batch, None if it has no row of positive weight."""
        X, weights, tally = batch.X, batch.weights, None
        if self.likelihood.takes_labels:
            tally, y = Tally.of(batch), np.zeros(len(X))
        else:
            encode, row = self.likelihood.encode_part, batch.place.row
            y = encode(batch.y, None, weights, length=len(X), row=row)
        if weights is not None:
            X, y, weights = drop_weightless(X, y, weights)
        if not len(X):
            return None
        guess, guess_weights = self.likelihood.first_guess(y, weights)
        return Facts(
            total_weight=float(len(X) if weights is None else weights.sum()),
            mean=np.average(X, axis=0, weights=weights),
            lowest=X.min(axis=0),
            highest=X.max(axis=0),
            largest_y=float(y.max()),
            working=SufficientStatistics.reduce(X, guess, guess_weights, self.names),
            tally=tally,
        )


def merged[T](left: T | None, right: T | None, add: Callable[[T, T], T]) -> T | None:
    """Merge two results, either of which may be None for no rows."""
    if left is None or right is None:
        return right if left is None else left
    return add(left, right)
