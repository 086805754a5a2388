"""The rows of a model: X, y as numbers, weights, and the names of the columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FixedArrays, FloatArray
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.statistics.sufficient_statistics import (
    SufficientStatistics,
    default_names,
    drop_weightless,
)
from bayes_l2.texts import listed


@dataclass(frozen=True, eq=False)
class Rows(FixedArrays):
    """Valid rows, all of positive weight.

    Attributes
    ----------
    X : ndarray of shape (n, p)
        Features.
    y : ndarray of shape (n,)
        Response, or classes as numbers.
    weights : ndarray of shape (n,) or None
        Row weights; None counts as 1 for every row.
    feature_names : tuple of str
        Names of the columns.
    encoding : str
        The kind of y; see ``likelihoods.Likelihood``.
    classes : tuple or None
        The labels that -1 and 1, or 0 to K - 1, stand for.
    """

    X: FloatArray
    y: FloatArray
    weights: FloatArray | None
    feature_names: tuple[str, ...]
    encoding: str
    classes: tuple[Any, ...] | None = None

    @classmethod
    def of(
        cls,
        X: Any,
        y: Any,
        likelihood: Likelihood,
        weights: Any = None,
        feature_names: Iterable[str] | None = None,
    ) -> Self:
        """Check rows, encode y for a likelihood, and leave out rows of weight 0."""
        features = validation.matrix(X)
        length, p = features.shape
        validation.require_one_index(X, y, "y")
        validation.require_one_index(X, weights, "weights")
        if weights is not None:
            weights = validation.weights(weights, length=length)
        y = validation.response(y)
        response, classes = likelihood.encode(y, weights, length=length)
        names = feature_names
        if names is None:
            names = validation.column_names(X) or default_names(p)
        if weights is not None:
            features, response, weights = drop_weightless(features, response, weights)
        names = validation.feature_names(names, p)
        return cls(features, response, weights, names, likelihood.encoding, classes)

    def __repr__(self) -> str:
        classes = "" if self.classes is None else f", which are {listed(self.classes)}"
        weights = "" if self.weights is None else ", weights"
        return (
            f"Rows(<{self.n_rows} rows, {len(self.feature_names)} features>, "
            f"y of {self.encoding}{classes}{weights})"
        )

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return len(self.y)

    @property
    def row_weights(self) -> FloatArray:
        """The weights as numbers, shape (n,)."""
        return np.ones(len(self.y)) if self.weights is None else self.weights

    @cached_property
    def statistics(self) -> SufficientStatistics:
        """The sufficient statistics of the rows, computed once."""
        return SufficientStatistics.reduce(
            self.X, self.y, self.weights, self.feature_names
        )
