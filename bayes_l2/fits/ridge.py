"""The penalised fit, by scikit-learn's own estimator: it knows the penalty and nothing of priors."""

from dataclasses import replace

import numpy as np

from bayes_l2 import likelihoods
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model import LinearModel


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
