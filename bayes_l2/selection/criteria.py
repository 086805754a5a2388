"""All criteria at penalties that are given."""

from dataclasses import replace
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model.rows import Rows
from bayes_l2.selection.leave_one_out import leave_one_out
from bayes_l2.selection.path import PenaltyPath
from bayes_l2.selection.ridge_path import RidgePath


class Criteria:
    """The criteria of one model, whose data are factorised once.

    Parameters
    ----------
    ridge : RidgePath
        The ridge solutions of the model.
    folds : int or None
        Number of folds of K-fold cross-validation.
    seed : int
        Deals the rows to folds.
    """

    def __init__(self, ridge: RidgePath, folds: int | None, seed: int) -> None:
        self.ridge = ridge
        self._folds: list[_Fold] = []
        if folds is not None:
            self._folds = _folds(ridge, folds, seed)

    def at(self, penalties: FloatArray) -> PenaltyPath:
        """Return the path over penalties, which rise."""
        ridge, relative = self.ridge, penalties / self.ridge.basis.unit
        coef, noise_sd = ridge.basis.coefficients(relative), ridge.noise_sd(penalties)
        loo_error = loo_log_density = cv_error = None
        if ridge.model.X is not None:
            found = leave_one_out(ridge.model, ridge.rows, relative, noise_sd)
            loo_error, loo_log_density = found
        if self._folds:
            squares = [fold.squares(penalties) for fold in self._folds]
            cv_error = np.sum(squares, axis=0) / ridge.model.statistics.total_weight
        return PenaltyPath(
            model=ridge.model,
            penalties=penalties,
            coef=coef,
            intercept=ridge.intercepts(coef),
            degrees_of_freedom=ridge.basis.degrees_of_freedom(relative),
            noise_sd=noise_sd,
            log_evidence=ridge.log_evidence(penalties),
            gcv=ridge.gcv(penalties),
            loo_error=loo_error,
            loo_log_density=loo_log_density,
            cv_error=cv_error,
        )


class _Fold:
    """The rows held out, and the ridge solutions of the others."""

    def __init__(self, training: RidgePath, held: Rows) -> None:
        self.training, self.held = training, held

    def squares(self, penalties: FloatArray) -> FloatArray:
        """Return the weighted squared errors of the rows held out."""
        training, held = self.training, self.held
        coef = training.basis.coefficients(penalties / training.basis.unit)
        center, mean_y = training.center
        errors = (held.y - mean_y)[:, np.newaxis] - (held.X - center) @ coef.T
        return held.row_weights @ errors**2


def _folds(ridge: RidgePath, folds: int, seed: int) -> list[_Fold]:
    """Deal the rows to folds, and factorise the rows outside of each."""
    from sklearn.model_selection import KFold

    model = ridge.model
    rows = model.require_rows("cross-validation")
    folds = validation.natural_number(folds, "folds", at_least=2)
    if folds > rows.n_rows:
        raise ValueError(
            f"folds must be at most the number of rows, {rows.n_rows}; got {folds}"
        )
    deal = KFold(folds, shuffle=True, random_state=seed)
    every, held = np.arange(rows.n_rows), [held for _, held in deal.split(rows.X)]
    parts = [_taken(rows, places) for places in held]
    if ridge.rows.left is not None:  # statistics would lose digits
        others: list[Any] = [_taken(rows, np.setdiff1d(every, each)) for each in held]
    else:
        found = [part.statistics for part in parts]
        others = [sum(found[:j] + found[j + 1 :]) for j in range(folds)]
    return [
        _Fold(RidgePath(replace(model, data=rest)), part)
        for rest, part in zip(others, parts, strict=True)
    ]


def _taken(rows: Rows, places: np.ndarray) -> Rows:
    """Return some of the rows."""
    weights = None if rows.weights is None else rows.weights[places]
    return replace(rows, X=rows.X[places], y=rows.y[places], weights=weights)
