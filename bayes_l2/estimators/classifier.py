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
from bayes_l2.estimators.evidence import with_likely_sd
from bayes_l2.estimators.scales import DF, UNKNOWN, Sizes, prior_of
from bayes_l2.fits.laplace import fit_laplace
from bayes_l2.model.likelihoods import Bernoulli, Categorical
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.priors import HalfStudentT, Normal
from bayes_l2.texts import shown

LOG_ODDS = 2.0  # the scale of the sd of the predictor, where the prior sd is unknown


class L2Classifier(ClassPredictions, ClassifierMixin, BaseEstimator):
    r"""Logistic regression that is Bayesian: a Gaussian at the mode of the posterior.

    .. math:: P(y_i = k) \propto \exp(a_k + x_i^\top b_k), \qquad
              b_k \sim N(0, \tau^2 I), \qquad p(a) = 1

    Two classes have one linear predictor, of the log odds of the second one. The
    posterior is approximated by a Gaussian with its mode and the curvature there. The
    coefficients are those of ``LogisticRegression(C=prior_sd**2)``. Standardise columns
    of unlike units, as for it.

    The prior of an unknown :math:`\tau` is a half-Student-t density with 3 degrees of
    freedom and the scale :math:`2 / s_X`, where :math:`s_X^2` is the sum of the
    variances of the columns. So the fit follows changes of the units of all columns
    together. Where planes separate the classes, the evidence alone would choose no
    penalty.

    Parameters
    ----------
    prior_sd : float, "unknown", prior on a scale, list or dict, default "unknown"
        Prior standard deviation :math:`\tau` of every coefficient, in log odds per unit
        of the column; or that of each, as for ``priors.Normal``.
    fit_intercept : bool, default True
        Whether there are intercepts. Their prior is flat.
    choose : {"evidence"}, default "evidence"
        What chooses a prior sd that is no number. It is where
        :math:`p(y \mid \tau)\, p(\log\tau)` is largest, and the evidence
        :math:`p(y \mid \tau)` is that of the same approximation.

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
    >>> classifier = L2Classifier().fit(X, y)
    >>> print(f"prior sd {classifier.model_.prior.sd:.1f}")
    prior sd 1.2
    >>> print(classifier.predict_proba(X.iloc[[491]]).round(2))
    [[0.24 0.76]]
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
                f"{shown(self.classes_.tolist()[0])}"
            )
        self.model_ = model = self._model(X, y, weights)
        self.posterior_ = posterior = fit_laplace(model)
        self.intercept_, self.coef_ = map(np.array, model.layout.split(posterior.mean))
        self.coef_sd_ = np.array(model.layout.split(posterior.sd)[1])
        return self

    def _model(self, X: FloatArray, y: Any, weights: FloatArray | None) -> LinearModel:
        """Return the model of rows, with a number for the prior sd."""
        validation.one_of(self.choose, ("evidence",), "choose")
        counted = rows.counted(
            rows.valid_rows(self, X, y == self.classes_[-1], weights)
        )
        intercept = arguments.flag(self.fit_intercept, "fit_intercept")
        sizes = Sizes.of(counted, centred=intercept)
        unknown = HalfStudentT(DF, LOG_ODDS / sizes.X)
        prior = prior_of(self.prior_sd, unknown)
        spread = prior.spread
        model = LinearModel(
            X,
            y,
            likelihood=Bernoulli() if len(self.classes_) == 2 else Categorical(),
            prior=prior if spread.is_known else Normal(unknown.scale),
            intercept=intercept,
            weights=weights,
            feature_names=rows.names_of(self),
        )
        if spread.is_known:
            return model
        return with_likely_sd(model, spread, spread.typical or unknown.typical)

    @property
    def penalty_(self) -> float:
        """The penalty of loss + penalty ||b||² / 2."""
        check_is_fitted(self)
        if not self.model_.prior.is_ridge:
            raise AttributeError("penalty_ is not one number: each column has its own")
        return self.model_.penalty
