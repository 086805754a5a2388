r"""K-fold cross-validation: each fold is predicted by the posterior mean of the others.

.. math:: \mathrm{SSE}_k = \lVert R_k (-b, 1) \rVert^2
          + W_k (\bar y_k - a - \bar x_k^\top b)^2

for the statistics :math:`R_k, W_k, \bar x_k, \bar y_k` of fold k, and a, b of the other
folds. So a fold needs no rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray, norms
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.selection.ridge_path import RidgePath
from bayes_l2.texts import shown

Folds = int | Sequence[SufficientStatistics]
# what rounding and another order of sums leave, of an sd and of a mean
SPREAD_ROUNDING, MEAN_ROUNDING = 1e-10, 1e-13


@dataclass(frozen=True, eq=False)
class Fold:
    """The statistics of a fold, and the ridge solutions of the other folds."""

    training: RidgePath
    held: SufficientStatistics

    def squares(self, penalties: FloatArray) -> FloatArray:
        """Return the weighted squared errors of the fold, for each penalty."""
        training, held = self.training, self.held
        coef = training.basis.coefficients(penalties / training.basis.unit)
        model, mean = training.model, held.mean
        if model.intercept:
            mean = held.mean_less(model.statistics)
        errors = held.factor[:, -1:] - held.factor[:, :-1] @ coef.T
        mean_errors = mean[-1] - coef @ mean[:-1]
        return np.sum(errors**2, axis=0) + held.total_weight * mean_errors**2


def require_folds(folds: Any) -> Folds:
    """Return a number of folds, or the statistics of each fold."""
    if not isinstance(folds, list | tuple):
        return validation.natural_number(folds, "folds", at_least=2)
    if len(folds) < 2:
        raise ValueError(
            f"folds must be the statistics of at least 2 folds, got {len(folds)}"
        )
    for number, each in enumerate(folds):
        if not isinstance(each, SufficientStatistics):
            raise ValueError(
                "folds must hold the SufficientStatistics of each fold, got "
                f"{shown(each)} as folds[{number}]"
            )
    return folds


def folds_of(ridge: RidgePath, folds: Folds, seed: int) -> list[Fold]:
    """Return the folds of a model: its rows are dealt, or the statistics are given."""
    if isinstance(folds, int):
        return _dealt(ridge, folds, seed)
    _require_parts(folds, ridge.model.statistics)
    return _of_statistics(ridge, folds)


def _of_statistics(
    ridge: RidgePath, parts: Sequence[SufficientStatistics]
) -> list[Fold]:
    before = list(accumulate(parts))[:-1]
    after = list(accumulate(reversed(parts)))[-2::-1]
    between = [left + right for left, right in zip(before[:-1], after[1:], strict=True)]
    others = [after[0], *between, before[-1]]
    return [
        Fold(RidgePath(replace(ridge.model, data=rest)), held)
        for rest, held in zip(others, parts, strict=True)
    ]


def _dealt(ridge: RidgePath, folds: int, seed: int) -> list[Fold]:
    """Deal the rows to folds, and factorise the rows outside of each."""
    from sklearn.model_selection import KFold

    model = ridge.model
    rows = model.require_rows(
        f"folds={shown(folds)}", "use folds=[statistics of each fold]"
    )
    if folds > rows.n_rows:
        raise ValueError(
            f"folds must be at most the number of rows, {rows.n_rows}; got "
            f"{shown(folds)}"
        )
    deal = KFold(folds, shuffle=True, random_state=seed).split(rows.X)
    places = list(deal)
    parts = [_taken(rows, held).statistics for _, held in places]
    if ridge.rows.left is None:
        return _of_statistics(ridge, parts)
    # the sums of statistics would lose digits
    others = [RidgePath(replace(model, data=_taken(rows, rest))) for rest, _ in places]
    return [Fold(*each) for each in zip(others, parts, strict=True)]


def _taken(rows: Rows, places: Any) -> Rows:
    """Return some of the rows."""
    weights = None if rows.weights is None else rows.weights[places]
    return replace(rows, X=rows.X[places], y=rows.y[places], weights=weights)


def _require_parts(
    parts: Sequence[SufficientStatistics], whole: SufficientStatistics
) -> None:
    """Refuse folds that are not all rows of a model, each of them once."""
    for number, each in enumerate(parts):
        try:
            each.require_columns(whole.feature_names)
        except ValueError as error:
            raise ValueError(f"folds[{number}]: {error}") from None
    total: Any = sum(parts)
    wanted = "folds must hold each row of the model once"
    if total.n_rows != whole.n_rows:
        raise ValueError(
            f"{wanted}: they have {total.n_rows} rows, and the model has {whole.n_rows}"
        )
    weights = np.array(
        [[each.total_weight, each.sum_log_weights] for each in (total, whole)]
    )
    if not np.allclose(
        *weights, rtol=SPREAD_ROUNDING, atol=SPREAD_ROUNDING * whole.n_rows
    ):
        raise ValueError(f"{wanted}: their weights are not those of the model")
    sds = norms(whole.factor, axis=0) / np.sqrt(whole.total_weight)
    rounding = SPREAD_ROUNDING * sds + MEAN_ROUNDING * np.abs(whole.mean)
    is_same = np.abs(total.mean - whole.mean) <= rounding
    products = [each.factor.T @ each.factor for each in (total, whole)]
    change = np.abs(products[0] - products[1]) / whole.total_weight
    mixed = np.outer(sds, rounding)
    are_same = change <= mixed + mixed.T + np.outer(rounding, rounding)
    is_same &= np.diag(are_same)
    if is_same.all():
        is_same = are_same.all(axis=0)
    if not is_same.all():
        names = [f"column {name!r}" for name in whole.feature_names]
        different = [*names, "y"][int(np.argmin(is_same))]
        raise ValueError(f"{wanted}: {different} has other values in the model")
