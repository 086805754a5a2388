r"""Rows in the units in which a solver works: centred, with columns of size one.

.. math:: z_{ij} = \frac{x_{ij} - \bar x_j}{s_j}, \qquad b_j = \frac{c_j}{s_j}

for coefficients c of z. Under a penalty of b all columns have one size s, so that the
penalty of c is of the same kind; where each column has a penalty of its own, its size
goes as the root of that. Without an intercept the origin stays where it is.

Where the rows are gone, a solver gets the m rows that their statistics stand for, each
with the weight W / m. For the total weight W, all weighted squares and products, and
so the objective of every Gaussian loss, are those of all rows.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.linear_model import LinearModel
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
        multiples of the roots of the penalties of columns.
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
        if not model.prior.is_flat:
            shares = model.prior.column_shares(len(sizes))
            sizes = shares * np.max(sizes / shares)
        sizes = np.where(sizes > 0, sizes, 1.0)
        return cls(model, X / sizes, y, weights, sizes, intercept)

    @property
    def note(self) -> str:
        """What the solver is given, where these are not the rows themselves."""
        return "" if self.model.X is not None else f" on {len(self.y)} equivalent rows"

    @property
    def size(self) -> float:
        """The size of the column of the steepest penalty."""
        return float(self.sizes.max())

    @property
    def total_weight(self) -> float:
        """The sum of the weights, or the number of rows."""
        return float(len(self.y) if self.weights is None else self.weights.sum())

    @property
    def slopes(self) -> tuple[float, float]:
        """The slope of the penalty at its kinks, and its curvature."""
        curvature = -float(self.model.prior.curvature(1, 1.0)[0, 0])
        return self.model.prior.kink_slope / self.size, curvature / self.size**2

    def parameters(self, intercept: Any, coef: FloatArray) -> FloatArray:
        """Return the parameters of a point, with intercepts at the mean row."""
        return self.model.join(intercept, coef / self.sizes)


def _centred(model: LinearModel, rows: Rows) -> tuple[FloatArray, FloatArray]:
    """Return X and y about the origin where a solver works."""
    center = model.log_posterior.observations.center
    X, y = rows.X - center[:-1], rows.y - center[-1]
    if model.likelihood.has_statistics and model.intercept:
        # statistics are about the mean row itself, which is no double
        X = X - np.average(X, axis=0, weights=rows.weights)
        y = y - np.average(y, weights=rows.weights)
    return X, y
