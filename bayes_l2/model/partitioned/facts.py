"""What the first pass over partitions finds out: sizes, means, ranges and labels."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.partitions import Batch


@dataclass(frozen=True, eq=False)
class Facts:
    """Sums over rows of positive weight.

    Attributes
    ----------
    n_rows : int
        Their number.
    total_weight : float
        The sum of their weights.
    mean : ndarray of shape (p,)
        The weighted mean of X.
    lowest, highest : ndarray of shape (p,)
        The range of each column.
    mean_y : float
        The weighted mean of y, NaN for labels.
    label_weights : dict
        The weight of each label, empty for numbers.
    """

    n_rows: int
    total_weight: float
    mean: FloatArray
    lowest: FloatArray
    highest: FloatArray
    mean_y: float
    label_weights: dict[Any, float]

    @classmethod
    def of(cls, batch: Batch, takes_labels: bool) -> Self | None:
        """Return the facts of a batch, None if it has no row of positive weight."""
        X, y, weights = batch.X, batch.y, batch.weights
        if weights is not None:
            kept = weights > 0
            X, y, weights = X[kept], np.asarray(y)[kept], weights[kept]
        if not len(X):
            return None
        labels: dict[Any, float] = {}
        if takes_labels:
            found, places = np.unique(np.asarray(y), return_inverse=True)
            totals = np.bincount(places, weights, minlength=len(found))
            labels = dict(zip(found.tolist(), totals.tolist(), strict=True))
        return cls(
            n_rows=len(X),
            total_weight=float(len(X) if weights is None else weights.sum()),
            mean=np.average(X, axis=0, weights=weights),
            lowest=X.min(axis=0),
            highest=X.max(axis=0),
            mean_y=np.nan if takes_labels else float(np.average(y, weights=weights)),
            label_weights=labels,
        )

    def merged(self, other: "Facts") -> "Facts":
        """Return the facts of the rows of both."""
        total = self.total_weight + other.total_weight
        share = other.total_weight / total
        labels = dict(self.label_weights)
        for label, weight in other.label_weights.items():
            labels[label] = labels.get(label, 0.0) + weight
        return replace(
            self,
            n_rows=self.n_rows + other.n_rows,
            total_weight=total,
            mean=self.mean + share * (other.mean - self.mean),
            lowest=np.minimum(self.lowest, other.lowest),
            highest=np.maximum(self.highest, other.highest),
            mean_y=self.mean_y + share * (other.mean_y - self.mean_y),
            label_weights=labels,
        )


def merge[T](left: "T | None", right: "T | None", add: Any) -> "T | None":
    """Merge two results, either of which may be None for no rows."""
    if left is None or right is None:
        return right if left is None else left
    return add(left, right)
