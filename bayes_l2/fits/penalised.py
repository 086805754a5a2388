"""The penalised fit, by scikit-learn's estimator for each loss and penalty: it knows nothing of priors."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.propriety import require_determined
from bayes_l2.model.scales import known


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
    if model.likelihood.sd is None or _l1_slope(model):
        raise ValueError(
            f"fit_ridge needs likelihoods.Normal(sd) and no L1 penalty, got {model!r}; see fit_penalised"
        )
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
    return replace(
        PointEstimate.at(known, known.join(*parameters), route=route),
        noise_sd=np.nan,
        objective=np.nan,
    )


def _least_squares(model: LinearModel) -> PointEstimate:
    r"""Fit least squares with scikit-learn's ``LinearRegression``: :math:`\min \sum_i w_i (y_i - a - x_i^\top b)^2`."""
    from sklearn.linear_model import LinearRegression

    if model.unknown_scales:
        return fit_ridge(model)
    X, y = model.rows("fit_penalised")
    estimator = LinearRegression(fit_intercept=model.intercept).fit(
        X, y, sample_weight=model.weights
    )
    parameters = model.join(estimator.intercept_, estimator.coef_)
    return PointEstimate.at(model, parameters, route="scikit-learn LinearRegression")


def _lasso(model: LinearModel) -> PointEstimate:
    r"""Fit with scikit-learn's ``Lasso``, at :math:`\alpha = \sigma^2 / (s \sum_i w_i)`.

    .. math:: \min_{a, b} \frac{1}{2 \sum_i w_i} \sum_i w_i (y_i - a - x_i^\top b)^2 + \alpha \lVert b \rVert_1
    """
    from sklearn.linear_model import Lasso

    X, y = model.rows("fit_penalised")
    alpha = known(model.likelihood.sd) ** 2 * _l1_slope(model) / _total_weight(model)
    estimator = Lasso(
        alpha=alpha, fit_intercept=model.intercept, tol=1e-14, max_iter=10**5
    )
    # its warning is of a tolerance that was not met: the estimate's gradient_norm says more
    with warnings.catch_warnings(action="ignore"):
        estimator.fit(X, y, sample_weight=model.weights)
    parameters = model.join(estimator.intercept_, estimator.coef_)
    return PointEstimate.at(model, parameters, route="scikit-learn Lasso")


def _median(model: LinearModel) -> PointEstimate:
    r"""Fit the conditional median with scikit-learn's ``QuantileRegressor``.

    .. math:: \min_{a, b} \frac{1}{\sum_i w_i} \sum_i \tfrac12 w_i \lvert y_i - a - x_i^\top b \rvert
              + \alpha \lVert b \rVert_1, \qquad \alpha = \frac{s_y}{2 s \sum_i w_i}

    with the likelihood's scale :math:`s_y` and the prior's, s; alpha is 0 under a flat prior. It is a linear programme.
    """
    from sklearn.linear_model import QuantileRegressor

    X, y = model.rows("fit_penalised")
    require_determined(model)
    assert isinstance(model.likelihood, likelihoods.Laplace)
    alpha = model.likelihood.scale * _l1_slope(model) / (2 * _total_weight(model))
    estimator = QuantileRegressor(
        quantile=0.5, alpha=alpha, fit_intercept=model.intercept, solver="highs"
    )
    estimator.fit(X, y, sample_weight=model.weights)
    parameters = model.join(float(estimator.intercept_), estimator.coef_)
    return PointEstimate.at(model, parameters, route="scikit-learn QuantileRegressor")


def _logistic(model: LinearModel) -> PointEstimate:
    r"""Fit logistic regression with scikit-learn's ``LogisticRegression``.

    .. math:: \min_{a, b} C \sum_i w_i \, \text{cross-entropy}_i + \tfrac12 \lVert b \rVert^2
              \quad\text{or}\quad \dots + \lVert b \rVert_1

    at :math:`C = \tau^2` under ``priors.Normal``, C = s under ``priors.Laplace``, and an infinite C under
    ``priors.Flat``.

    Raises
    ------
    ValueError
        If the prior is no penalty, or planes part the classes under a flat prior.
    """
    from sklearn.linear_model import LogisticRegression

    X, y = model.rows("fit_penalised")
    require_determined(model)
    slope = _l1_slope(model)
    if slope:
        settings: dict[str, Any] = {
            "C": 1 / slope,
            "l1_ratio": 1.0,
            "solver": "saga",
            "random_state": 0,
            "tol": 1e-10,
        }
    else:  # full Newton steps, the most accurate of its solvers
        C = 1 / model.penalty if model.penalty else np.inf
        settings = {"C": C, "solver": "newton-cholesky", "tol": 1e-12}
    estimator = LogisticRegression(
        fit_intercept=model.intercept, max_iter=10**4, **settings
    )
    # steps along a gradient get nowhere where columns are far from zero
    center = (
        np.average(X, axis=0, weights=model.weights)
        if model.intercept and slope
        else np.zeros(model.n_features)
    )
    with warnings.catch_warnings(
        action="ignore"
    ):  # of an iteration bound: the estimate's gradient_norm says more
        estimator.fit(X - center, y, sample_weight=model.weights)
    if (
        slope and not estimator.coef_.any()
    ):  # saga looks at these alone, and left before the intercept had arrived
        alone = LogisticRegression(
            fit_intercept=model.intercept, solver="newton-cholesky", tol=1e-12
        )
        estimator = alone.fit(0 * X, y, sample_weight=model.weights)
    intercept = estimator.intercept_ - estimator.coef_ @ center
    if model.layout.classes:
        parameters = model.join(intercept, estimator.coef_)
    else:
        parameters = model.join(float(np.squeeze(intercept)), np.ravel(estimator.coef_))
    return PointEstimate.at(model, parameters, route="scikit-learn LogisticRegression")


def _l1_slope(model: LinearModel) -> float:
    """Return the slope of an L1 penalty in units of the log posterior, one over its prior's scale; 0 for another."""
    return 1 / model.prior.scale if isinstance(model.prior, priors.Laplace) else 0.0


def _total_weight(model: LinearModel) -> float:
    return float(model.n_rows if model.weights is None else model.weights.sum())


ESTIMATORS = {
    likelihoods.Normal: {
        priors.Flat: _least_squares,
        priors.Normal: fit_ridge,
        priors.Laplace: _lasso,
    },
    likelihoods.Laplace: {priors.Flat: _median, priors.Laplace: _median},
    likelihoods.Bernoulli: dict.fromkeys(
        (priors.Flat, priors.Normal, priors.Laplace), _logistic
    ),
    likelihoods.Categorical: dict.fromkeys(
        (priors.Flat, priors.Normal, priors.Laplace), _logistic
    ),
}


def fit_penalised(model: LinearModel) -> PointEstimate:
    """Fit the model's loss plus its penalty by scikit-learn's estimator for the two.

    ======================  ====================  =====================  ======================
    likelihood              no penalty (Flat)     L2 (Normal)            L1 (Laplace)
    ======================  ====================  =====================  ======================
    Normal                  LinearRegression      Ridge                  Lasso
    Laplace                 QuantileRegressor     none used              QuantileRegressor
    Bernoulli, Categorical  LogisticRegression    LogisticRegression     LogisticRegression
    ======================  ====================  =====================  ======================

    Parameters
    ----------
    model : LinearModel
        A prior ``priors.Normal(sd)`` must have mean 0.

    Returns
    -------
    PointEstimate
        ``objective``, ``gradient_norm`` and ``duality_gap`` are of the log posterior, which scikit-learn has not seen.

    Raises
    ------
    ValueError
        If the prior is no penalty, or scikit-learn has no estimator for the two.
    """
    return require_estimator(model)(model)


def require_estimator(model: LinearModel) -> Callable[[LinearModel], PointEstimate]:
    """Return the function that fits the loss and the penalty, or say that there is none."""
    estimator = ESTIMATORS[type(model.likelihood)].get(type(model.prior))
    if estimator is None:
        raise ValueError(
            f"no estimator of scikit-learn's is used for {model.likelihood.name} loss with an {model.prior.name} "
            "penalty; fit_map fits it"
        )
    if isinstance(model.prior, priors.Normal):
        _ = model.penalty  # or why there is none
    return estimator
