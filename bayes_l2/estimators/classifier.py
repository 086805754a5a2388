r"""Classification with a Laplace approximation, as a scikit-learn estimator.

.. math:: P(y^* = k \mid x^*, y) = \int \mathrm{softmax}_k(a + x^{*\top} b)\,
          p(a, b \mid y)\, da\, db
"""

from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.estimators import rows
from bayes_l2.estimators.class_predictions import ClassPredictions
from bayes_l2.estimators.scales import UNKNOWN, is_unknown, number_of
from bayes_l2.fits.laplace import fit_laplace
from bayes_l2.model.likelihoods import Bernoulli, Categorical
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.priors import Normal
from bayes_l2.selection.choose import choose_penalty
from bayes_l2.texts import shown

ANY_SD = 1.0  # of a prior whose sd is chosen


class L2Classifier(ClassPredictions, ClassifierMixin, BaseEstimator):
    r"""Logistic regression that is Bayesian: a Gaussian at the mode of the posterior.

    .. math:: P(y_i = k) \propto \exp(a_k + x_i^\top b_k), \qquad
              b_k \sim N(0, \tau^2 I), \qquad p(a) = 1

    Two classes have one linear predictor, of the log odds of the second one. The
    posterior is approximated by a Gaussian with its mode and the curvature there. The
    coefficients are those of ``LogisticRegression(C=prior_sd**2)``. Standardise columns
    of unlike units, as for it.

    Parameters
    ----------
    prior_sd : float or "unknown", default "unknown"
        Prior standard deviation :math:`\tau` of every coefficient, in log odds per unit
        of the column.
    fit_intercept : bool, default True
        Whether there are intercepts. Their prior is flat.
    choose : {"evidence"}, default "evidence"
        What chooses an unknown prior sd: the evidence, by the same approximation. A
        prior sd that is a number is used as it is.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        The labels.
    coef_ : ndarray of shape (1, p) or (K, p)
        The coefficients at the mode of the posterior.
    intercept_ : ndarray of shape (1,) or (K,)
        The intercepts there, 0 without any.
    coef_sd_ : ndarray of shape (1, p) or (K, p)
        Standard deviations of the coefficients by the approximation.
    posterior_ : LaplaceApproximation
        The approximation.
    model_ : LinearModel
        The model, and in it the rows.
    penalty_ : float
        The penalty :math:`1 / \tau^2`.
    n_features_in_ : int
        Number p of columns.
    feature_names_in_ : ndarray of shape (p,)
        Names of the columns, where all are text.

    Notes
    -----
    A row of weight 2 counts as two rows, as everywhere in scikit-learn.

    References
    ----------
    MacKay (1992), Neural Computation 4(5), on averaging over the approximation.

    Examples
    --------
    >>> from bayes_l2 import L2Classifier, datasets
    >>> X, y = datasets.breast_cancer()
    >>> classifier = L2Classifier(prior_sd=1.0).fit(X, y)
    >>> print(classifier.predict_proba(X[:1]).round(2))
    """

    def __init__(
        self,
        prior_sd: Any = UNKNOWN,
        *,
        fit_intercept: bool = True,
        choose: Literal["evidence"] = "evidence",
    ) -> None:
        self.prior_sd = prior_sd
        self.fit_intercept = fit_intercept
        self.choose = choose

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Find the posterior given rows.

        Parameters
        ----------
        X : array_like or DataFrame of shape (n, p)
            Features.
        y : array_like of shape (n,)
            Labels of two or more classes.
        sample_weight : array_like of shape (n,), optional
            How often each row counts. Weights need not be whole numbers.

        Returns
        -------
        L2Classifier
            The estimator itself.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        weights = rows.sample_weights(sample_weight, X)
        self.classes_ = np.unique(y if weights is None else y[weights > 0])
        if len(self.classes_) < 2:
            raise ValueError(
                "y must have two or more classes, got only one class: "
                f"{shown(self.classes_[0])}"
            )
        self.model_ = model = self._model(X, y, weights)
        self.posterior_ = posterior = fit_laplace(model)
        self.intercept_, self.coef_ = map(np.array, model.layout.split(posterior.mean))
        self.coef_sd_ = np.array(model.layout.split(posterior.sd)[1])
        return self

    def _model(self, X: FloatArray, y: Any, weights: FloatArray | None) -> LinearModel:
        """Return the model of rows, with a number for the prior sd."""
        validation.one_of(self.choose, ("evidence",), "choose")
        unknown = is_unknown(self.prior_sd)
        model = LinearModel(
            X,
            y,
            likelihood=Bernoulli() if len(self.classes_) == 2 else Categorical(),
            prior=Normal(ANY_SD if unknown else number_of(self.prior_sd, "prior_sd")),
            intercept=arguments.flag(self.fit_intercept, "fit_intercept"),
            weights=weights,
            feature_names=rows.names_of(self),
        )
        return choose_penalty(model, by=self.choose).model if unknown else model

    @property
    def penalty_(self) -> float:
        """The penalty of loss + penalty ||b||² / 2."""
        check_is_fitted(self)
        return self.model_.penalty
