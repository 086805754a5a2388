"""Linear regression with its posterior, as a scikit-learn estimator."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from bayes_l2 import likelihoods, priors
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model.layout import NOISE_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics


class L2Regressor(RegressorMixin, BaseEstimator):
    """Linear regression with its posterior (first version)."""

    def __init__(
        self,
        noise_sd: Any = "unknown",
        prior_sd: Any = "unknown",
        *,
        fit_intercept: bool = True,
        choose: Any = None,
    ) -> None:
        self.noise_sd = noise_sd
        self.prior_sd = prior_sd
        self.fit_intercept = fit_intercept
        self.choose = choose

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X, dtype=np.float64)
        statistics = SufficientStatistics.from_rows(X, y, sample_weight)
        rows, target = statistics.equivalent_rows(centred=self.fit_intercept)
        weight = statistics.total_weight
        size_y = float(np.linalg.norm(target) / np.sqrt(weight)) or 1.0
        size_X = float(np.linalg.norm(rows) / np.sqrt(weight)) or 1.0
        noise, spread = self.noise_sd, self.prior_sd
        if isinstance(noise, str):
            noise = priors.HalfStudentT(3, size_y)
        if isinstance(spread, str):
            spread = priors.HalfStudentT(3, size_y / size_X)
        self.model_ = LinearModel.from_statistics(
            statistics,
            likelihood=likelihoods.Normal(noise),
            prior=priors.Normal(spread),
            intercept=self.fit_intercept,
        )
        self.posterior_ = fit_exact(self.model_)
        self.coef_ = np.array(self.posterior_.coef)
        self.intercept_ = float(self.posterior_.intercept)
        return self

    def predict(self, X: Any, return_std: bool = False) -> Any:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        if return_std:
            return self.posterior_.predict(X, return_sd=True)
        return X @ self.coef_ + self.intercept_

    def predict_interval(self, X: Any, coverage: float = 0.9) -> Any:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return np.column_stack(self.posterior_.predictive(X).interval(coverage))

    def sample_y(self, X: Any, n_samples: int = 1, random_state: Any = None) -> Any:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        rng = np.random.default_rng(random_state)
        draws = self.posterior_.sample(rng, n_samples)
        names = self.posterior_.names
        noise: Any = self.model_.likelihood.noise
        noise_sd = draws[:, names.index(NOISE_SD)] if NOISE_SD in names else noise.value
        first = int(self.fit_intercept)
        line = X @ draws[:, first : first + X.shape[1]].T
        line += draws[:, 0] * first
        return line + noise_sd * rng.standard_normal(line.shape)
