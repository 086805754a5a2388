r"""Rows in the units in which a solver works: centred, with columns of size one.

.. math:: z_{ij} = \frac{x_{ij} - \bar x_j}{s_j}, \qquad b_j = \frac{c_j}{s_j}

for coefficients c of z. Under a penalty of b all columns have one size s, so that the
penalty of c is of the same kind; where each column has a penalty of its own, its size
goes as the slope of that at its kink, or as the root of that. One without a penalty has
its own size. Without an intercept the origin stays where it is.

Where the rows are gone, a solver gets the m rows that their statistics stand for, each
with the weight W / m. For the total weight W, all weighted squares and products, and
so the objective of every Gaussian loss, are those of all rows.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.priors.base import BoolArray
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics


@dataclass(frozen=True, eq=False)
class SolverUnits:
    """The rows of a model in units of a solver.

    Attributes
    ----------
    model : LinearModel
        The model.
    X : ndarray of shape (n, p)
        Features less their means, over their sizes.
    y : ndarray of shape (n,)
        Response, less its mean where the likelihood depends on y - η alone.
    weights : ndarray of shape (n,) or None
        Row weights.
    sizes : ndarray of shape (p,)
        Root mean squares of the columns. Under a penalty the largest of all, or
        multiples of the slopes or roots of the penalties of columns.
    intercept : bool
        Whether the solver has to find an intercept. Rows of statistics are about the
        mean row, where it is 0.
    """

    model: LinearModel
    X: FloatArray
    y: FloatArray
    weights: FloatArray | None
    sizes: FloatArray
    intercept: bool

    @classmethod
    def of(cls, model: LinearModel) -> Self:
        """Return the rows of a model, or those that its statistics stand for."""
        if isinstance(model.data, SufficientStatistics):
            return cls._of_statistics(model, model.data)
        rows = model.require_rows(
            "fit_penalised", "use fit_map, which minimises the same objective"
        )
        return cls._scaled(model, *_centred(model, rows), rows.weights, model.intercept)

    @classmethod
    def _of_statistics(
        cls, model: LinearModel, statistics: SufficientStatistics
    ) -> Self:
        X, y = statistics.equivalent_rows(centred=model.intercept)
        weight = statistics.total_weight / len(y)
        weights, root = np.full(len(y), weight), np.sqrt(weight)
        return cls._scaled(model, X / root, y / root, weights, intercept=False)

    @classmethod
    def _scaled(
        cls,
        model: LinearModel,
        X: FloatArray,
        y: FloatArray,
        weights: FloatArray | None,
        intercept: bool,
    ) -> Self:
        """Return rows with columns of size one, or of one size under a penalty."""
        sizes = np.sqrt(np.average(X**2, axis=0, weights=weights))
        penalised = ~model.prior.flat_columns(len(sizes))
        if penalised.any():
            shares = model.prior.column_shares(len(sizes))[penalised]
            sizes[penalised] = shares * (np.max(sizes[penalised] / shares) or 1.0)
        sizes = np.where(sizes > 0, sizes, 1.0)
        return cls(model, X / sizes, y, weights, sizes, intercept)

    @property
    def note(self) -> str:
        """What the solver is given, where these are not the rows themselves."""
        return "" if self.model.X is not None else f" on {len(self.y)} equivalent rows"

    @property
    def size(self) -> float:
        """The size of the column of the steepest penalty."""
        penalised = ~self.model.prior.flat_columns(len(self.sizes))
        return float(self.sizes[penalised].max(initial=0.0) or 1.0)

    @property
    def total_weight(self) -> float:
        """The sum of the weights, or the number of rows."""
        return float(len(self.y) if self.weights is None else self.weights.sum())

    @property
    def slopes(self) -> tuple[float, float]:
        """The slope of the penalty of c at its kinks, and its curvature."""
        curvature = -float(self.model.prior.curvature(1, 1.0)[0, 0])
        slopes = self.model.prior.kink_slope / self.sizes
        return float(slopes.max()), curvature / self.size**2

    def without(self, flat: BoolArray) -> "Projected":
        """Project unpenalised columns and the intercept out of the others and y."""
        weights = np.ones(len(self.y)) if self.weights is None else self.weights
        roots = np.sqrt(weights / weights.mean())[:, np.newaxis]
        constant = np.ones((len(self.y), int(self.intercept)))
        known = roots * np.hstack([constant, self.X[:, flat]])
        table = roots * np.column_stack([self.X[:, ~flat], self.y])
        basis = np.linalg.qr(known)[0]
        left = table - basis @ (basis.T @ table)
        return Projected(left[:, :-1], left[:, -1], known, table, flat)

    def parameters(self, intercept: Any, coef: FloatArray) -> FloatArray:
        """Return the parameters of a point, with intercepts at the mean row."""
        return self.model.join(intercept, coef / self.sizes)


@dataclass(frozen=True, eq=False)
class Projected:
    """What unpenalised columns and the intercept leave of the others and of y.

    A row has the weight 1: it was multiplied by the root of its weight.

    Attributes
    ----------
    X : ndarray of shape (n, q)
        What is left of the penalised columns.
    y : ndarray of shape (n,)
        What is left of y.
    known, table : ndarray
        The intercept and the unpenalised columns; the penalised columns and y.
    flat : ndarray of shape (p,)
        Which columns are unpenalised.
    """

    X: FloatArray
    y: FloatArray
    known: FloatArray
    table: FloatArray
    flat: BoolArray

    def completed(self, coef: FloatArray) -> tuple[float, FloatArray]:
        """Return the intercept and all coefficients, for those that are penalised."""
        rest = self.table[:, -1] - self.table[:, :-1] @ coef
        explained = np.linalg.lstsq(self.known, rest)[0]
        first = len(explained) - np.count_nonzero(self.flat)
        whole = np.empty(len(self.flat))
        whole[~self.flat], whole[self.flat] = coef, explained[first:]
        return float(explained[:first].sum()), whole


def _centred(model: LinearModel, rows: Rows) -> tuple[FloatArray, FloatArray]:
    """Return X and y about the origin where a solver works."""
    center = model.log_posterior.observations.center
    X, y = rows.X - center[:-1], rows.y - center[-1]
    if model.likelihood.has_statistics and model.intercept:
        # statistics are about the mean row itself, which is no double
        X = X - np.average(X, axis=0, weights=rows.weights)
        y = y - np.average(y, weights=rows.weights)
    return X, y
