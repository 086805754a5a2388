r"""A path of penalties, with the criteria that can choose one of them.

.. math:: \mathrm{LOO} = \frac{\sum_i w_i\, (e_i / (1 - h_i))^2}{\sum_i w_i}, \qquad
          \mathrm{GCV} = \frac{n \sum_i w_i e_i^2}{(n - \nu - 1)^2}
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FixedArrays, FloatArray
from bayes_l2.model.linear_model import LinearModel

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
class PenaltyPath(FixedArrays):
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

    def __repr__(self) -> str:
        best = ", ".join(f"{name} {self.best(name):.4g}" for name in self.losses)
        first, last = self.penalties[[0, -1]]
        return (
            f"PenaltyPath(<{len(self.penalties)} penalties, {self.model.n_features} "
            f"features>, from {first:.4g} to {last:.4g}, best by {best})"
        )

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

    def between(self, first: int, last: int) -> Self:
        """Return the path of some neighbouring penalties."""
        return self._with(lambda name: getattr(self, name)[first:last])

    def followed_by(self, other: Self) -> Self:
        """Return one path of this one and another, whose penalties are higher."""
        return self._with(
            lambda name: np.concatenate([getattr(self, name), getattr(other, name)])
        )

    def _with(self, change: Callable[[str], FloatArray]) -> Self:
        names = ("penalties", "coef", "intercept", *COLUMNS)
        known = {name for name in names if getattr(self, name) is not None}
        return replace(self, **{name: change(name) for name in known})
