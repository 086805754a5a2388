"""The numbers of the belief that a penalty states."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.arrays import FixedArrays, FloatArray, fixed
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.selection.meaning.explained import RSquared

if TYPE_CHECKING:
    import pandas as pd

SURPRISE = 1.96  # prior sds, beyond which a coefficient has a probability of 5 %


@dataclass(frozen=True, eq=False)
class Facts(FixedArrays):
    """The numbers; ``PenaltyMeaning`` describes them."""

    model: LinearModel
    penalty: float | None
    y_sd: float
    column_sd: FloatArray
    prior_mean: FloatArray
    prior_sd: FloatArray
    posterior_mean: FloatArray
    posterior_sd: FloatArray
    prior_prediction_sd: float
    posterior_prediction_sd: float
    degrees_of_freedom: float
    prior_r2: RSquared
    posterior_r2: RSquared
    mean_by_log_penalty: FloatArray
    sd_by_log_penalty: FloatArray
    mean_by_log_noise_sd: FloatArray
    sd_by_log_noise_sd: FloatArray
    held: Mapping[str, str]

    @property
    def prior_prediction_in_y_sds(self) -> float:
        """The prior sd of a typical prediction over the sd of y."""
        return self.prior_prediction_sd / self.y_sd

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the d parameters: intercept and features."""
        return self.model.layout.names

    @property
    def coef_mean(self) -> FloatArray:
        """The posterior means of the coefficients, shape (p,)."""
        return self.posterior_mean[int(self.model.intercept) :]

    @cached_property
    @fixed
    def surprising(self) -> FloatArray:
        """1.96 prior sds, in y per unit of the column, shape (p,)."""
        return SURPRISE * self.prior_sd

    @cached_property
    @fixed
    def surprising_per_sd(self) -> FloatArray:
        """1.96 prior sds, in y per sd of the column, shape (p,)."""
        return self.surprising * self.column_sd

    @cached_property
    @fixed
    def prior_sds_out(self) -> FloatArray:
        """Posterior mean less prior mean, in prior sds, shape (p,)."""
        return (self.coef_mean - self.prior_mean) / self.prior_sd

    @property
    def furthest(self) -> str:
        """The column whose posterior mean is the most prior sds from its prior mean."""
        return self.model.feature_names[int(np.argmax(np.abs(self.prior_sds_out)))]

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a parameter, in its units; an intercept has a prior sd of infinity.

        The columns are ``prior_sd``, ``surprising``, ``surprising_per_sd``,
        ``posterior_mean``, ``posterior_sd``, ``prior_sds_out``, and the derivatives
        ``mean_by_log_penalty``, ``sd_by_log_penalty``, ``mean_by_log_noise_sd`` and
        ``sd_by_log_noise_sd``.
        """
        import pandas as pd

        index = pd.Index(self.names, name="parameter")
        return pd.DataFrame(self._columns(), index=index)

    def _columns(self) -> dict[str, FloatArray]:
        flat = int(self.model.intercept)

        def whole(values: FloatArray, of_intercept: float) -> FloatArray:
            return np.append([of_intercept] * flat, values)

        return {
            "prior_sd": whole(self.prior_sd, np.inf),
            "surprising": whole(self.surprising, np.inf),
            "surprising_per_sd": whole(self.surprising_per_sd, np.inf),
            "posterior_mean": self.posterior_mean,
            "posterior_sd": self.posterior_sd,
            "prior_sds_out": whole(self.prior_sds_out, 0.0),
            "mean_by_log_penalty": self.mean_by_log_penalty,
            "sd_by_log_penalty": self.sd_by_log_penalty,
            "mean_by_log_noise_sd": self.mean_by_log_noise_sd,
            "sd_by_log_noise_sd": self.sd_by_log_noise_sd,
        }

    def numbers(self) -> dict[str, Any]:
        """Return the numbers by name, for JSON; what is infinite is None."""
        columns = self._columns()
        by_name = {
            name: {key: _plain(values[place]) for key, values in columns.items()}
            for place, name in enumerate(self.names)
        }
        return {
            "penalty": self.penalty,
            "y_sd": self.y_sd,
            "prior_prediction_sd": self.prior_prediction_sd,
            "prior_prediction_in_y_sds": self.prior_prediction_in_y_sds,
            "posterior_prediction_sd": self.posterior_prediction_sd,
            "prior_r2": self.prior_r2.to_dict(),
            "posterior_r2": self.posterior_r2.to_dict(),
            "degrees_of_freedom": self.degrees_of_freedom,
            "furthest": self.furthest,
            "held": dict(self.held),
            "parameters": by_name,
        }


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
