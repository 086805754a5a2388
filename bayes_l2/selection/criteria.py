"""All criteria at penalties that are given."""

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.selection.folds import Fold, Folds, folds_of
from bayes_l2.selection.leave_one_out import leave_one_out
from bayes_l2.selection.path import PenaltyPath
from bayes_l2.selection.ridge_path import RidgePath


class Criteria:
    """The criteria of one model, whose data are factorised once.

    Parameters
    ----------
    ridge : RidgePath
        The ridge solutions of the model.
    folds : int, sequence of SufficientStatistics, or None
        Number of folds of K-fold cross-validation, or the statistics of each.
    seed : int
        Deals the rows to folds.
    """

    def __init__(self, ridge: RidgePath, folds: Folds | None, seed: int) -> None:
        self.ridge = ridge
        self._folds: list[Fold] = []
        if folds is not None:
            self._folds = folds_of(ridge, folds, seed)

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
