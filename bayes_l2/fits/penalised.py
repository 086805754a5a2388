"""The penalised fit, by scikit-learn's estimator for each likelihood: it knows the penalty and nothing of priors."""

from dataclasses import replace

import numpy as np

from bayes_l2 import likelihoods
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model import LinearModel
from bayes_l2.propriety import require_determined


def fit_ridge(model: LinearModel) -> PointEstimate:
    r"""Fit ridge regression with scikit-learn's ``Ridge`` at the model's penalty.

    .. math:: \min_{a, b} \sum_i w_i (y_i - a - x_i^\top b)^2 + \alpha \lVert b \rVert^2, \qquad
              \alpha = \sigma^2 / \tau^2

    Parameters
    ----------
    model : LinearModel
        Its prior must be ``priors.Normal(sd)`` with mean 0 (the penalty), or ``priors.Flat()`` (least squares). The
        noise sd may be unknown where the penalty does not depend on it: under a prior relative to the noise.

    Returns
    -------
    PointEstimate
        ``objective`` and ``gradient_norm`` are of the log posterior, which scikit-learn has not seen; where the noise
        sd is unknown they are taken at the root mean square residual, and ``noise_sd`` and ``objective`` are NaN.

    Raises
    ------
    ValueError
        If the prior is no ridge penalty, the penalty is random, or the rows are gone.

    References
    ----------
    Hoerl and Kennard (1970), Technometrics 12(1).
    """
    if model.classes is not None:
        raise ValueError(f"fit_ridge needs likelihoods.Normal(sd), got {model.likelihood!r}; see fit_penalised")
    from sklearn.linear_model import Ridge

    X, y = model.rows("fit_ridge")
    # by singular values, the most accurate of its solvers
    estimator = Ridge(alpha=model.penalty, fit_intercept=model.intercept, solver="svd")
    estimator.fit(X, y, sample_weight=model.weights)
    route, parameters = "scikit-learn Ridge", (estimator.intercept_, estimator.coef_)
    if not model.unknown_scales:
        return PointEstimate.at(model, model.join(*parameters), route=route)
    residuals = y - estimator.predict(X)
    noise_sd = float(np.sqrt(np.average(residuals**2, weights=model.weights))) or 1.0
    known = model.with_scales(likelihoods.Normal(noise_sd), model.prior)
    return replace(PointEstimate.at(known, known.join(*parameters), route=route), noise_sd=np.nan, objective=np.nan)


def fit_logistic(model: LinearModel) -> PointEstimate:
    r"""Fit logistic regression with scikit-learn's ``LogisticRegression`` at the model's penalty.

    .. math:: \min_{a, b} C \sum_i w_i \log(1 + e^{-y_i (a + x_i^\top b)}) + \tfrac12 \lVert b \rVert^2, \qquad
              C = \tau^2

    Parameters
    ----------
    model : LinearModel
        Its prior must be ``priors.Normal(sd)`` with mean 0, or ``priors.Flat()`` (C is infinite).

    Returns
    -------
    PointEstimate
        ``objective`` and ``gradient_norm`` are of the log posterior, which scikit-learn has not seen.

    Raises
    ------
    ValueError
        If the prior is no penalty, or a plane parts the classes under a flat prior.
    """
    from sklearn.linear_model import LogisticRegression

    X, y = model.rows("fit_penalised")
    require_determined(model)
    C = 1 / model.penalty if model.penalty else np.inf
    # full Newton steps, the most accurate of its solvers
    estimator = LogisticRegression(
        C=C, fit_intercept=model.intercept, solver="newton-cholesky", tol=1e-12, max_iter=1000
    )
    estimator.fit(X, y, sample_weight=model.weights)
    intercept = float(np.squeeze(estimator.intercept_))
    parameters = model.join(intercept, np.ravel(estimator.coef_))
    return PointEstimate.at(model, parameters, route="scikit-learn LogisticRegression")


ESTIMATORS = {likelihoods.Normal: fit_ridge, likelihoods.Bernoulli: fit_logistic}


def fit_penalised(model: LinearModel) -> PointEstimate:
    """Fit the model's loss plus its penalty by scikit-learn's estimator for that likelihood.

    Parameters
    ----------
    model : LinearModel
        Its prior must be ``priors.Normal(sd)`` with mean 0, or ``priors.Flat()``.

    Returns
    -------
    PointEstimate
        As of ``fit_ridge`` for a Gaussian likelihood, of ``LogisticRegression`` for a Bernoulli one.

    Raises
    ------
    ValueError
        If the prior is no penalty.
    """
    return ESTIMATORS[type(model.likelihood)](model)
