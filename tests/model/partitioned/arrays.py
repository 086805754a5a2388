"""Rows of arrays in partitions, which count how often they are read."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, override

import numpy as np

from bayes_l2 import LinearModel
from bayes_l2.partitions.batch import Batch, Place
from bayes_l2.partitions.partitions import LocalPartitions


class ArrayPartitions(LocalPartitions):
    """Rows of arrays, cut at some places."""

    def __init__(
        self, X: Any, y: Any, weights: Any = None, *, cuts: Sequence[int] = ()
    ) -> None:
        self.X, self.y, self.weights = np.asarray(X, dtype=float), y, weights
        self.feature_names = tuple(f"x{j}" for j in range(self.X.shape[1]))
        self.target = "y"
        self.edges = [0, *sorted(cuts), len(self.X)]
        self.passes = 0

    @override
    def loads(self) -> Iterator[Callable[[], Batch]]:
        self.passes += 1
        for part, (first, last) in enumerate(
            zip(self.edges, self.edges[1:], strict=False)
        ):
            if first == last:
                continue
            rows = slice(first, last)
            weights = None if self.weights is None else self.weights[rows]
            place = Place(f"part {part}", first)
            yield partial(Batch, self.X[rows], self.y[rows], weights, place)


def model_of(source: ArrayPartitions, **terms: Any) -> LinearModel:
    """Return the model of rows in partitions."""
    return LinearModel.from_partitions(source, **terms)


def in_memory(source: ArrayPartitions, **terms: Any) -> LinearModel:
    """Return the model of the same rows in memory."""
    return LinearModel(source.X, source.y, weights=source.weights, **terms)
