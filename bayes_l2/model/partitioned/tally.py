"""The labels of rows, counted: their weights, and the mean row of each."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_array

from bayes_l2 import labels
from bayes_l2.arrays import FloatArray
from bayes_l2.partitions.batch import Batch
from bayes_l2.texts import record_text, shown

MOST_LABELS = 1000


@dataclass(frozen=True, eq=False)
class Tally:
    """The different labels of rows of positive weight.

    Attributes
    ----------
    labels : tuple of length k
        The labels.
    weights : ndarray of shape (k,)
        The weight of the rows of each.
    means : ndarray of shape (k, p)
        The weighted mean of their X.
    order : tuple or None
        The categories of the column in their order, None without any.
    """

    labels: tuple[Any, ...]
    weights: FloatArray
    means: FloatArray
    order: tuple[Any, ...] | None

    __repr__ = record_text

    @classmethod
    def of(cls, batch: Batch) -> Self:
        """Return the labels of a batch, or name a row without one."""
        X, weights = batch.X, batch.weights
        weights = np.ones(len(X)) if weights is None else weights
        counted = weights > 0
        found, places = labels.distinct(batch.y, "y", counted, batch.place.row)
        _require_few(found)
        places, weights, X = places[counted], weights[counted], X[counted]
        totals = np.bincount(places, weights)
        shift = X.mean(axis=0) if len(X) else np.zeros(X.shape[1])
        of_label = csr_array(
            (weights, places, np.arange(len(X) + 1)), (len(X), len(found))
        ).T
        means = shift + of_label @ (X - shift) / totals[:, np.newaxis]
        return cls(tuple(found), totals, means, labels.categories(batch.y))

    def __add__(self, other: "Tally") -> "Tally":
        """Return the labels of the rows of both."""
        found = dict.fromkeys(map(_key, (*self.labels, *other.labels)))
        _require_few([label for _, label in found])
        places = {key: place for place, key in enumerate(found)}
        weights = np.zeros(len(places))
        means = np.zeros((len(places), self.means.shape[1]))
        for part in (self, other):
            own = [places[_key(label)] for label in part.labels]
            weights[own] += part.weights
            share = (part.weights / weights[own])[:, np.newaxis]
            means[own] += share * (part.means - means[own])
        order = self.order if self.order == other.order else None
        return Tally(tuple(label for _, label in found), weights, means, order)

    @property
    def classes(self) -> tuple[Any, ...]:
        """The labels in the order of their categories, or in their own."""
        return labels.in_order(self.labels, self.order, "y")

    def by_class(self) -> tuple[FloatArray, FloatArray]:
        """Return the weights and the means in the order of ``classes``."""
        places = [self.labels.index(label) for label in self.classes]
        return self.weights[places], self.means[places]


def _key(label: Any) -> tuple[type, Any]:
    """Return a label with its kind: True is no 1."""
    return labels.kind(label), label


def _require_few(found: list[Any]) -> None:
    if len(found) > MOST_LABELS:
        few = ", ".join(map(shown, found[: labels.FEW]))
        raise ValueError(
            f"y must have at most {MOST_LABELS} different labels, got more: {few}, "
            "...; is it a number?"
        )
