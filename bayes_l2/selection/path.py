r"""A path of penalties, with the criteria that can choose one of them.

.. math:: \mathrm{LOO} = \frac{\sum_i w_i\, (e_i / (1 - h_i))^2}{\sum_i w_i}, \qquad
          \mathrm{GCV} = \frac{n \sum_i w_i e_i^2}{(n - \nu - 1)^2}
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.sufficient_statistics import SufficientStatistics
from bayes_l2.selection.leave_one_out import leave_one_out
from bayes_l2.selection.ridge_path import RidgePath

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COLUMNS = (
    "degrees_of_freedom",
    "noise_sd",
    "log_evidence",
    "gcv",
    "loo_error",
    "loo_log_density",
    "cv_error",
)


@dataclass(frozen=True, eq=False)
class PenaltyPath:
    r"""Coefficients and criteria of each penalty, from one factorisation of the data.

    With H the hat matrix of ridge regression, its diagonal h, residuals e and effective
    degrees of freedom :math:`\nu = \sum_k d_k^2 / (d_k^2 + \alpha)`:

    .. math:: \mathrm{LOO} = \frac{\sum_i w_i\, (e_i / (1 - h_i))^2}{\sum_i w_i}, \qquad
              \mathrm{GCV} = \frac{n \sum_i w_i e_i^2}{(n - \nu - 1)^2}

    (:math:`n - \nu` without an intercept). A refit without row i has the residual
    :math:`e_i / (1 - h_i)` there.

    Attributes
    ----------
    model : LinearModel
        The model.
    penalties : ndarray of shape (m,)
        The penalties alpha, rising.
    coef, intercept : ndarray of shape (m, p) and (m,)
        The ridge solutions, which are the posterior means given the scales.
    degrees_of_freedom : ndarray of shape (m,)
        Effective number of coefficients; an intercept is one more.
    noise_sd : ndarray of shape (m,)
        The known noise sd, or the most probable one given the penalty.
    log_evidence : ndarray of shape (m,)
        log p(y) given penalty and noise sd, plus the log prior densities of
        log noise_sd and log prior_sd where these have priors. So its maximum, which the
        criterion "evidence" finds, is the mode of the logs of the scales with the
        coefficients integrated out. For ``FlatLogScale`` these densities are 1, and
        the maximum is type-II maximum likelihood; for other priors it is not.
    gcv : ndarray of shape (m,)
        Generalised cross-validation, in the units of y squared times those of the
        weights.
    loo_error, loo_log_density : ndarray of shape (m,) or None
        Mean squared error, and summed log predictive density, of each row by all the
        others; the latter with ``noise_sd`` plugged in. None where the rows are gone.
    cv_error : ndarray of shape (m,) or None
        Mean squared error of each fold by the others. None where no folds were asked
        for.

    References
    ----------
    Golub, Heath and Wahba (1979), Technometrics 21(2); MacKay (1992), Neural
    Computation 4(3); Allen (1974), Technometrics 16(1).
    """

    model: LinearModel
    penalties: FloatArray
    coef: FloatArray
    intercept: FloatArray
    degrees_of_freedom: FloatArray
    noise_sd: FloatArray
    log_evidence: FloatArray
    gcv: FloatArray
    loo_error: FloatArray | None = None
    loo_log_density: FloatArray | None = None
    cv_error: FloatArray | None = None

    @property
    def losses(self) -> dict[str, FloatArray]:
        """Each criterion that was computed, by name: the smallest loss is the best."""
        found = {
            "evidence": -self.log_evidence,
            "loo": self.loo_error,
            "gcv": self.gcv,
            "cv": self.cv_error,
        }
        return {name: values for name, values in found.items() if values is not None}

    def best(self, by: str) -> float:
        """Return the penalty of the path that a criterion prefers."""
        validation.one_of(by, tuple(self.losses), "by")
        return float(self.penalties[np.argmin(self.losses[by])])

    @property
    def table(self) -> "pd.DataFrame":
        """A row a penalty: degrees of freedom, noise sd and all criteria."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in COLUMNS}
        found = {name: each for name, each in columns.items() if each is not None}
        return pd.DataFrame(found, index=pd.Index(self.penalties, name="penalty"))

    def plot(self) -> "Figure":
        """Draw all criteria on one axis of penalties, and the coefficients below."""
        from bayes_l2.selection.figure import penalty_path_figure

        return penalty_path_figure(
            self.penalties,
            self.losses,
            self.degrees_of_freedom,
            self.coef,
            self.model.feature_names,
        )


def penalty_path(
    model: LinearModel,
    penalties: Any = None,
    *,
    folds: int | None = None,
    seed: int = 0,
) -> PenaltyPath:
    """Compute ridge solutions and all criteria for a path of penalties.

    Parameters
    ----------
    model : LinearModel
        Its prior is ``priors.Normal(sd)``, whose sd only counts if it is a prior on the
        scale, or ``priors.Flat()``, which does not count. Its noise sd is kept if it is
        a number.
    penalties : array_like of shape (m,), optional
        Positive penalties; by default 100 from a thousandth of the smallest to a
        thousand times the largest squared singular value of the centred columns, within
        24 decades.
    folds : int, optional
        Number of folds of K-fold cross-validation; none by default.
    seed : int, default 0
        Deals the rows to folds.

    Returns
    -------
    PenaltyPath
        See its attributes.

    Raises
    ------
    ValueError
        If an argument is not valid, or folds are asked for and the rows are gone.
    """
    arguments.seed(seed, bits=32)
    return path_over(RidgePath(model), penalties, folds, seed)


def path_over(
    ridge: RidgePath, penalties: Any, folds: int | None, seed: int
) -> PenaltyPath:
    """Return the path over penalties; see ``penalty_path``."""
    if ridge.basis.rows < 1:
        raise ValueError(
            f"at least {1 + int(ridge.model.intercept)} rows are needed to choose a "
            "penalty, got 1"
        )
    if not (ridge.basis.residual or ridge.basis.projections.any()):
        raise ValueError(
            "y is constant, or the prior mean fits it exactly: no criterion can "
            "choose a penalty"
        )
    if penalties is None:
        penalties = ridge.default_penalties()
    else:
        penalties = _valid_penalties(penalties)
    model, relative = ridge.model, penalties / ridge.basis.unit
    coef, noise_sd = ridge.basis.coefficients(relative), ridge.noise_sd(penalties)
    loo_error = loo_log_density = cv_error = None
    if model.X is not None:
        found = leave_one_out(model, ridge.rows, relative, noise_sd)
        loo_error, loo_log_density = found
    if folds is not None:
        cv_error = _cross_validation(model, penalties, folds, seed)
    return PenaltyPath(
        model=model,
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


def _cross_validation(
    model: LinearModel, penalties: FloatArray, folds: int, seed: int
) -> FloatArray:
    """Return mean squared errors of each fold by the others, for each penalty."""
    from sklearn.model_selection import KFold

    rows = model.require_rows("cross-validation")
    folds = validation.natural_number(folds, "folds", at_least=2)
    if folds > rows.n_rows:
        raise ValueError(
            f"folds must be at most the number of rows, {rows.n_rows}; got {folds}"
        )
    weights, names = rows.row_weights, rows.feature_names
    deal = KFold(folds, shuffle=True, random_state=seed)
    parts = [held for _, held in deal.split(rows.X)]
    statistics = [
        SufficientStatistics.reduce(
            rows.X[held],
            rows.y[held],
            None if rows.weights is None else rows.weights[held],
            names,
        )
        for held in parts
    ]
    squares = np.zeros(len(penalties))
    for number, held in enumerate(parts):
        rest = sum(part for other, part in enumerate(statistics) if other != number)
        training = RidgePath(replace(model, data=rest))
        coef = training.basis.coefficients(penalties / training.basis.unit)
        fitted = training.intercepts(coef) + rows.X[held] @ coef.T
        errors = rows.y[held, np.newaxis] - fitted
        squares += weights[held] @ errors**2
    return squares / weights.sum()


def _valid_penalties(penalties: Any) -> FloatArray:
    values = np.unique(validation.vector(penalties, "penalties"))
    if len(values) == 0 or values[0] <= 0:
        seen = values[0] if len(values) else "none"
        raise ValueError(f"penalties must be positive, got {seen}")
    return values
