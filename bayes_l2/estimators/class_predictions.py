"""What a posterior of classes says of new rows, for an estimator."""

from typing import Any

import numpy as np

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.estimators import rows
from bayes_l2.fits.laplace import LaplaceApproximation
from bayes_l2.model.linear_model import LinearModel

LEAST = float(np.finfo(np.float64).tiny)


class ClassPredictions:
    """Labels, their probabilities, and draws of labels.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        The labels.
    model_ : LinearModel
        The model.
    posterior_ : LaplaceApproximation
        The approximation of its posterior.
    """

    classes_: Any
    model_: LinearModel
    posterior_: LaplaceApproximation

    def predict(self, X: Any) -> Any:
        """Return the most probable label of each row.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features.

        Returns
        -------
        ndarray of shape (m,)
        """
        found = self.decision_function(X)
        places = found > 0 if found.ndim == 1 else found.argmax(axis=1)
        return self.classes_[places.astype(int)]

    def decision_function(self, X: Any) -> FloatArray:
        """Return numbers that are larger for the more probable classes.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features.

        Returns
        -------
        ndarray of shape (m,) or (m, K)
            For two classes the logarithm of the odds that ``predict_proba`` gives to
            the second one. For more, the logarithms of ``predict_proba``.
        """
        logs = self.predict_log_proba(X)
        return logs if logs.shape[1] > 2 else logs[:, 1] - logs[:, 0]

    def predict_proba(self, X: Any) -> FloatArray:
        """Return the probabilities of the classes, averaged over the approximation.

        They are posterior predictive, and not those at the mode: rows far from the data
        are less certain. For two classes the average is an integral over one normal
        number, to 1e-8. For more it is a mean over 1024 Sobol points, to some 1e-3.

        Parameters
        ----------
        X : array_like or DataFrame of shape (m, p)
            New features.

        Returns
        -------
        ndarray of shape (m, K)
            In the order of ``classes_``.
        """
        X = rows.new_rows(self, X)
        size = self.model_.layout.lines * len(self.posterior_.mean)
        parts = [self._probabilities(part) for part in rows.batches(X, size)]
        return np.concatenate(parts)

    def _probabilities(self, X: FloatArray) -> FloatArray:
        if len(self.classes_) > 2:
            return self.posterior_.predict(X)
        expected: Any = self.model_.likelihood.expected
        mean, sd = self.posterior_.linear_predictor(X)
        roots = sd[:, np.newaxis]
        # each with all its digits, where one less the other has lost them
        return np.column_stack([expected(-mean, roots), expected(mean, roots)])

    def predict_log_proba(self, X: Any) -> FloatArray:
        """Return the logarithms of ``predict_proba``."""
        return np.log(np.maximum(self.predict_proba(X), LEAST))

    def sample_y(self, X: Any, n_samples: int = 1, random_state: Any = None) -> Any:
        """Draw labels of all rows together.

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
            A column is a draw of coefficients, and of a label for each row.
        """
        X, rng = rows.new_rows(self, X), rows.generator(random_state)
        n = arguments.draws_to_keep(n_samples, len(X), "n_samples")
        likelihood, layout = self.model_.likelihood, self.model_.layout
        intercept, coef = layout.squeezed(*layout.split(self.posterior_.sample(rng, n)))
        lines = np.tensordot(X, coef, (1, -1)) + intercept
        drawn = likelihood.sample(rng, lines)
        return self.classes_[(drawn > 0 if lines.ndim == 2 else drawn).astype(int)]
