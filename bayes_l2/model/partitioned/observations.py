r"""The log likelihood of rows in partitions: one pass gives value and derivatives.

.. math:: \ell = \sum_k \ell_k, \qquad \nabla \ell = \sum_k \nabla \ell_k, \qquad
          \nabla^2 \ell = \sum_k \nabla^2 \ell_k

for the log likelihood :math:`\ell_k` of the rows of partition k.
"""

from dataclasses import dataclass, field, replace
from typing import Any, override

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.layout import Parameters
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.observations import (
    AbsoluteTerms,
    Observations,
    RowObservations,
)
from bayes_l2.model.partitioned.rows import PartitionedRows, rows_of
from bayes_l2.partitions import Batch

KEPT = 3  # evaluations: the last point of a search, the one before and a trial


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Value, gradient and Hessian of a log likelihood at one point."""

    value: float
    slopes: FloatArray
    curvature: FloatArray

    def __add__(self, other: "Evaluation") -> "Evaluation":
        """Return the evaluation of the rows of both."""
        return Evaluation(
            self.value + other.value,
            self.slopes + other.slopes,
            self.curvature + other.curvature,
        )


@dataclass(frozen=True, eq=False)
class Evaluate:
    """The task of a pass: the log likelihood of a batch, at one point."""

    parts: Parameters
    likelihood: Likelihood
    intercept: bool
    center: FloatArray
    names: tuple[str, ...]
    classes: tuple[Any, ...] | None

    def __call__(self, batch: Batch) -> Evaluation:
        """Return value, gradient and Hessian of the rows of a batch."""
        rows = rows_of(batch, self.likelihood, self.names, self.classes)
        rows = RowObservations(rows, self.likelihood, self.intercept)
        rows = rows.recentred(self.center)
        value, slopes, _ = rows.value_and_slopes(self.parts)
        return Evaluation(value, slopes, rows.curvature(self.parts))


@dataclass(frozen=True, eq=False)
class PartitionedObservations(Observations):
    """Rows in partitions, under a smooth likelihood.

    Attributes
    ----------
    rows : PartitionedRows
        The rows.
    likelihood : Likelihood
        The likelihood of each row.
    intercept : bool
        Whether each linear predictor has an intercept.
    origin : ndarray of shape (p + 1,) or None
        The origin of [X y], None for 0.
    """

    rows: PartitionedRows
    likelihood: Likelihood
    intercept: bool
    origin: FloatArray | None = None
    _seen: dict[bytes, Evaluation] = field(default_factory=dict, repr=False)

    @property
    @override
    def center(self) -> FloatArray:
        if not self.intercept:
            return np.zeros(len(self.rows.feature_names) + 1)
        return np.append(self.rows.facts.mean, 0.0)

    @override
    def recentred(self, center: FloatArray) -> "PartitionedObservations":
        return replace(self, origin=self._origin + center, _seen={})

    @override
    def first_intercepts(self, lines: int) -> FloatArray:
        facts = self.rows.facts
        if not self.intercept:
            return np.zeros(lines)
        if self.rows.classes is None:
            return self.likelihood.link(np.array([facts.mean_y]))
        shares = [facts.label_weights[each] for each in self.rows.classes]
        return self.likelihood.link(np.array(shares) / facts.total_weight)

    @property
    @override
    def are_dear(self) -> bool:
        return True

    @override
    def log_likelihood(self, parts: Parameters) -> float:
        return self._at(parts).value

    @override
    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        found = self._at(parts)
        return found.value, found.slopes.copy(), 0.0

    @override
    def curvature(self, parts: Parameters) -> FloatArray:
        return self._at(parts).curvature.copy()

    @override
    def information(self, parts: Parameters) -> FloatArray:
        return -self._at(parts).curvature

    @override
    def squares(self, parts: Parameters) -> float:
        return 0.0

    @override
    def relative_move(
        self, parts: Parameters, intercept: FloatArray, coef: FloatArray
    ) -> float:
        """Return a bound on the largest change of a linear predictor.

        It is that of a row at the far end of each column. A pass would find the
        largest change itself, which is smaller.
        """
        if self.likelihood.by_class:
            intercept = intercept - intercept.mean()
            coef = coef - coef.mean(axis=0)
        low = self.rows.facts.lowest - self._origin[:-1]
        high = self.rows.facts.highest - self._origin[:-1]
        farthest = np.maximum(np.abs(low), np.abs(high))
        return float(np.max(np.abs(intercept) + np.abs(coef) @ farthest))

    @override
    def absolute_terms(self) -> AbsoluteTerms | None:
        return None

    @property
    def _origin(self) -> FloatArray:
        if self.origin is None:
            return np.zeros(len(self.rows.feature_names) + 1)
        return self.origin

    def _at(self, parts: Parameters) -> Evaluation:
        """Return the evaluation at a point, by a pass unless it is one of the last."""
        key = np.append(parts.intercept, parts.coef).tobytes()
        if key not in self._seen:
            rows = self.rows
            task = Evaluate(
                parts=parts,
                likelihood=self.likelihood,
                intercept=self.intercept,
                center=self._origin,
                names=rows.feature_names,
                classes=rows.classes,
            )
            found = rows.partitions.reduce(task, Evaluation.__add__)
            assert found is not None
            while len(self._seen) >= KEPT:
                self._seen.pop(next(iter(self._seen)))
            self._seen[key] = found
        return self._seen[key]
