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
from bayes_l2.model.observations.evaluation import Evaluation, Memory, key_of
from bayes_l2.model.partitioned.rows import PartitionedRows, rows_of
from bayes_l2.model.partitioned.start import level, of_classes, of_counts
from bayes_l2.model.priors import Prior
from bayes_l2.partitions.batch import Batch
from bayes_l2.texts import record_text


@dataclass(frozen=True, eq=False)
class Evaluate:
    """The task of a pass: the log likelihood of a batch, at one point."""

    parts: Parameters
    likelihood: Likelihood
    intercept: bool
    center: FloatArray
    names: tuple[str, ...]
    classes: tuple[Any, ...] | None

    __repr__ = record_text

    def __call__(self, batch: Batch) -> Evaluation | None:
        """Return value, gradient and Hessian of a batch, None if no row counts."""
        rows = rows_of(batch, self.likelihood, self.names, self.classes)
        if not rows.n_rows:  # of positive weight
            return None
        observations = RowObservations(
            rows, self.likelihood, self.intercept, self.center
        )
        return observations.evaluation(self.parts)


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
    memory : Memory
        The last evaluations.
    """

    rows: PartitionedRows
    likelihood: Likelihood
    intercept: bool
    origin: FloatArray | None = None
    memory: Memory = field(default_factory=Memory, repr=False)

    def __repr__(self) -> str:
        return f"PartitionedObservations({self.rows!r})"

    @property
    @override
    def center(self) -> FloatArray:
        if not self.intercept:
            return np.zeros(len(self.rows.feature_names) + 1)
        return np.append(self.rows.facts.mean, 0.0)

    @override
    def recentred(self, center: FloatArray) -> "PartitionedObservations":
        return replace(self, origin=self._origin + center)

    @override
    def start(self, prior: Prior, lines: int) -> tuple[FloatArray, FloatArray]:
        mode, facts = self.memory.mode, self.rows.facts
        if mode is not None:
            return mode.intercept, mode.coef
        by_class = self.likelihood.by_class
        if not prior.is_smooth:
            # the coefficients at a kink stay exactly 0
            none = np.zeros((lines, len(facts.mean)))
            return level(facts, by_class=by_class) * self.intercept, none
        if facts.tally is None:
            return of_counts(facts, prior, intercept=self.intercept)
        return of_classes(facts, prior, intercept=self.intercept, by_class=by_class)

    @override
    def arrived(self, parts: Parameters) -> None:
        self.memory.mode = parts

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
        self,
        parts: Parameters,
        intercept: FloatArray,
        coef: FloatArray,
        *,
        least: float = 0.0,
    ) -> float:
        """Return a bound on the largest change of a linear predictor."""
        return max(least, self.largest_move(intercept, coef))

    @override
    def largest_move(self, intercept: FloatArray, coef: FloatArray) -> float:
        """Return a bound, the change of a row at the far end of each column.

        A pass would find the largest change itself, which is smaller.
        """
        if self.likelihood.by_class:
            intercept = intercept - intercept.mean()
            coef = coef - coef.mean(axis=0)
        low = self.rows.facts.lowest[:-1] - self._origin[:-1]
        high = self.rows.facts.highest[:-1] - self._origin[:-1]
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
        key = key_of(self._origin, parts)
        found = self.memory.find(key)
        if found is None:
            found = self._by_a_pass(parts)
            self.memory.keep(key, found)
        return found

    def _by_a_pass(self, parts: Parameters) -> Evaluation:
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
        n_rows = 0 if found is None else found.n_rows
        if found is None or n_rows != rows.n_rows:
            raise ValueError(
                f"{rows.partitions!r} must have the {rows.n_rows} rows of positive "
                f"weight that the first pass found, got {n_rows}: the rows have changed"
            )
        return found
