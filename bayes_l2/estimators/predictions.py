"""What a Gaussian model's posterior says of new rows, for an estimator."""

from typing import Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.estimators import rows
from bayes_l2.model.layout import NOISE_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.posterior import ExactPosterior

COMPONENTS = 2000  # of the mixture at a row, about


class Predictions:
    """Means, sds, intervals and draws of new observations.

    Attributes
    ----------
    model_ : LinearModel
        The model.
    posterior_ : ExactPosterior
        Its posterior.
    coef_, intercept_ : ndarray of shape (p,), float
        The posterior means.
    """

    model_: LinearModel
    posterior_: ExactPosterior
    coef_: FloatArray
    intercept_: float

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Return the posterior predictive means of new rows, and their sds.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features.
        return_std : bool, default False
            Whether to return the sd of a new observation of each row too.

        Returns
        -------
        ndarray of shape (m,), or two of them
        """
        X = rows.new_rows(self, X)
        if arguments.flag(return_std, "return_std"):
            return self.posterior_.predict(X, return_sd=True)
        return X @ self.coef_ + self.intercept_

    def predict_interval(self, X: Any, coverage: float = 0.9) -> FloatArray:
        """Return the interval that holds a new observation with a given probability.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features.
        coverage : float, default 0.9
            The probability. The interval leaves out as much on either side.

        Returns
        -------
        ndarray of shape (m, 2)
            Lower and upper ends.
        """
        X = rows.new_rows(self, X)
        coverage = validation.probability(coverage, "coverage")
        ends = [
            np.column_stack(self.posterior_.predictive(part).interval(coverage))
            for part in rows.batches(X, COMPONENTS)
        ]
        return np.concatenate(ends)

    def sample_y(
        self, X: Any, n_samples: int = 1, random_state: Any = None
    ) -> FloatArray:
        """Draw new observations of all rows together.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features.
        n_samples : int, default 1
            Number of draws.
        random_state : int, RandomState, Generator or None, default None
            Makes the draws repeatable.

        Returns
        -------
        ndarray of shape (m, n_samples)
            A column is a draw of coefficients and scales, and of noise for each row.
        """
        X, rng = rows.new_rows(self, X), rows.generator(random_state)
        posterior = self.posterior_
        draws = posterior.sample(
            rng, arguments.draws_to_keep(n_samples, len(X), "n_samples")
        )
        intercept, coef = self.model_.layout.split(
            draws[:, : len(posterior.layout.names)]
        )
        noise = self.model_.likelihood.noise
        known = NOISE_SD not in posterior.unknown
        noise_sd = noise.value if known else draws[:, posterior.names.index(NOISE_SD)]
        lines = X @ coef[:, 0].T + intercept[:, 0]
        return lines + noise_sd * rng.standard_normal(lines.shape)
