r"""The penalised fit, by scikit-learn's estimator for each loss and penalty.

.. math:: \min_{a, b} \sum_i w_i\, \text{loss}(y_i, a + x_i^\top b) + \text{penalty}(b)

It knows nothing of densities.
"""

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model import likelihoods, pairs, priors
from bayes_l2.model.linear_model import LinearModel


def fit_ridge(model: LinearModel) -> PointEstimate:
    r"""Fit ridge regression with scikit-learn's ``Ridge`` at the model's penalty.

    .. math:: \min_{a, b} \sum_i w_i (y_i - a - x_i^\top b)^2
              + \alpha \lVert b \rVert^2, \qquad \alpha = \sigma^2 / \tau^2

    Parameters
    ----------
    model : LinearModel
        Its prior must be ``priors.Normal(sd)`` with mean 0 (the penalty), or
        ``priors.Flat()`` (least squares). The noise sd may be unknown where the penalty
        does not depend on it: under a prior relative to the noise.

    Returns
    -------
    PointEstimate
        ``objective`` and ``gradient_norm`` are of the log posterior, which scikit-learn
        has not seen. Where the noise sd is unknown they are taken at the root mean
        square residual, and ``noise_sd`` and ``objective`` are NaN.

    Raises
    ------
    ValueError
        If the prior is no ridge penalty, the penalty is random, or the rows are gone.

    References
    ----------
    Hoerl and Kennard (1970), Technometrics 12(1).
    """
    if (type(model.likelihood), type(model.prior)) not in RIDGE:
        raise ValueError(
            "fit_ridge needs likelihoods.Normal(sd) and no L1 penalty, "
            f"got {model!r}; see fit_penalised"
        )
    from sklearn.linear_model import Ridge

    rows = model.require_rows("fit_ridge")
    # by singular values, the most accurate of its solvers
    estimator = Ridge(alpha=model.penalty, fit_intercept=model.intercept, solver="svd")
    estimator.fit(rows.X, rows.y, sample_weight=rows.weights)
    route, fitted = "scikit-learn Ridge", (estimator.intercept_, estimator.coef_)
    if not model.unknown_scales:
        return PointEstimate.at(model, model.join(*fitted), route=route)
    residuals = rows.y - estimator.predict(rows.X)
    noise_sd = float(np.sqrt(np.average(residuals**2, weights=rows.weights))) or 1.0
    known = replace(model, likelihood=likelihoods.Normal(noise_sd))
    estimate = PointEstimate.at(known, known.join(*fitted), route=route)
    return replace(estimate, noise_sd=np.nan, objective=np.nan, model=model)


def _least_squares(model: LinearModel) -> PointEstimate:
    r"""Fit with ``LinearRegression``, by least squares.

    .. math:: \min_{a, b} \sum_i w_i (y_i - a - x_i^\top b)^2
    """
    from sklearn.linear_model import LinearRegression

    if model.unknown_scales:
        return fit_ridge(model)
    return _fitted(model, LinearRegression(fit_intercept=model.intercept))


def _lasso(model: LinearModel) -> PointEstimate:
    r"""Fit with ``Lasso``, at :math:`\alpha = \sigma^2 / (s \sum_i w_i)`.

    .. math:: \min_{a, b} \frac{1}{2 \sum_i w_i} \sum_i w_i (y_i - a - x_i^\top b)^2
              + \alpha \lVert b \rVert_1
    """
    from sklearn.linear_model import Lasso

    alpha = model.likelihood.noise.value**2 * model.prior.kink_slope
    estimator = Lasso(
        alpha=alpha / _total_weight(model),
        fit_intercept=model.intercept,
        tol=1e-14,
        max_iter=10**5,
    )
    return _fitted(model, estimator)


def _elastic_net(model: LinearModel) -> PointEstimate:
    r"""Fit with ``ElasticNet``, for s and :math:`\tau` of the prior.

    .. math:: \min_{a, b} \frac{1}{2 \sum_i w_i} \sum_i w_i (y_i - a - x_i^\top b)^2
              + \alpha r \lVert b \rVert_1 + \tfrac12 \alpha (1 - r) \lVert b \rVert^2

    at :math:`\alpha r = \sigma^2 / s \sum_i w_i` and
    :math:`\alpha (1 - r) = \sigma^2 / \tau^2 \sum_i w_i`.
    """
    from sklearn.linear_model import ElasticNet

    size, l1_ratio = _mixture(model)
    estimator = ElasticNet(
        alpha=size * model.likelihood.noise.value**2 / _total_weight(model),
        l1_ratio=l1_ratio,
        fit_intercept=model.intercept,
        tol=1e-14,
        max_iter=10**5,
    )
    return _fitted(model, estimator)


def _mixture(model: LinearModel) -> tuple[float, float]:
    """Return the sum of the prior's L1 and L2 slopes, and the share of the first."""
    l1 = model.prior.kink_slope
    l2 = -float(model.prior.curvature(1, 1.0)[0, 0])
    return l1 + l2, l1 / (l1 + l2)


def _median(model: LinearModel) -> PointEstimate:
    r"""Fit the conditional median with ``QuantileRegressor``.

    .. math:: \min_{a, b} \frac{1}{\sum_i w_i} \sum_i \tfrac12 w_i
              \lvert y_i - a - x_i^\top b \rvert + \alpha \lVert b \rVert_1,
              \qquad \alpha = \frac{s_y}{2 s \sum_i w_i}

    with the likelihood's scale :math:`s_y` and the prior's, s; alpha is 0 under a flat
    prior. It is a linear programme.
    """
    from sklearn.linear_model import QuantileRegressor

    model.propriety.require_determined()
    likelihood: Any = model.likelihood
    alpha = likelihood.scale * model.prior.kink_slope / (2 * _total_weight(model))
    estimator = QuantileRegressor(
        quantile=0.5, alpha=alpha, fit_intercept=model.intercept, solver="highs"
    )
    return _fitted(model, estimator)


def _logistic(model: LinearModel) -> PointEstimate:
    r"""Fit with ``LogisticRegression``, by full Newton steps.

    .. math:: \min_{a, b} C \sum_i w_i \, \text{cross-entropy}_i
              + \tfrac12 \lVert b \rVert^2

    at :math:`C = \tau^2` under ``priors.Normal``, and an infinite C under
    ``priors.Flat``.
    """
    from sklearn.linear_model import LogisticRegression

    model.propriety.require_determined()
    C = 1 / model.penalty if model.penalty else np.inf
    # the most accurate of its solvers
    estimator = LogisticRegression(
        C=C,
        fit_intercept=model.intercept,
        solver="newton-cholesky",
        tol=1e-12,
        max_iter=10**4,
    )
    return _fitted(model, estimator)


def _sparse_logistic(model: LinearModel) -> PointEstimate:
    r"""Fit with ``LogisticRegression`` and an L1 penalty, or L1 and L2.

    .. math:: \min_{a, b} C \sum_i w_i \, \text{cross-entropy}_i
              + r \lVert b \rVert_1 + \tfrac12 (1 - r) \lVert b \rVert^2

    at :math:`C = 1 / (1/s + 1/\tau^2)` and :math:`r = C / s`.
    """
    from sklearn.linear_model import LogisticRegression

    model.propriety.require_determined()
    rows = model.require_rows("fit_penalised")
    size, l1_ratio = _mixture(model)
    estimator = LogisticRegression(
        C=1 / size,
        l1_ratio=l1_ratio,
        fit_intercept=model.intercept,
        solver="saga",
        random_state=0,
        tol=1e-10,
        max_iter=10**4,
    )
    # steps along a gradient get nowhere where columns are far from zero
    center = np.zeros(model.n_features)
    if model.intercept:
        center = np.average(rows.X, axis=0, weights=rows.weights)
    with warnings.catch_warnings(action="ignore"):  # gradient_norm says more
        estimator.fit(rows.X - center, rows.y, sample_weight=rows.weights)
    if not estimator.coef_.any():
        # saga looks at these alone, and left before the intercept had arrived
        estimator = LogisticRegression(
            fit_intercept=model.intercept, solver="newton-cholesky", tol=1e-12
        ).fit(0 * rows.X, rows.y, sample_weight=rows.weights)
    intercept = estimator.intercept_ - estimator.coef_ @ center
    return _estimate(model, estimator, intercept)


def _poisson(model: LinearModel) -> PointEstimate:
    r"""Fit with ``PoissonRegressor``, at :math:`\alpha = 1 / (\tau^2 \sum_i w_i)`.

    .. math:: \min_{a, b} \frac{1}{\sum_i w_i} \sum_i w_i (e^{\eta_i} - y_i \eta_i)
              + \frac{\alpha}{2} \lVert b \rVert^2
    """
    from sklearn.linear_model import PoissonRegressor

    model.propriety.require_determined()
    # full Newton steps, the most accurate of its solvers
    estimator = PoissonRegressor(
        alpha=model.penalty / _total_weight(model),
        fit_intercept=model.intercept,
        solver="newton-cholesky",
        tol=1e-12,
        max_iter=10**4,
    )
    return _fitted(model, estimator)


def _fitted(model: LinearModel, estimator: Any) -> PointEstimate:
    """Fit an estimator to the model's rows."""
    rows = model.require_rows("fit_penalised")
    # a warning is of a tolerance or a bound: gradient_norm says more
    with warnings.catch_warnings(action="ignore"):
        estimator.fit(rows.X, rows.y, sample_weight=rows.weights)
    return _estimate(model, estimator, estimator.intercept_)


def _estimate(model: LinearModel, estimator: Any, intercept: Any) -> PointEstimate:
    name = type(estimator).__name__
    parameters = model.join(intercept, estimator.coef_)
    return PointEstimate.at(model, parameters, route=f"scikit-learn {name}")


def _total_weight(model: LinearModel) -> float:
    return float(model.require_rows("fit_penalised").row_weights.sum())


RIDGE = ((likelihoods.Normal, priors.Flat), (likelihoods.Normal, priors.Normal))
ESTIMATORS: dict[pairs.Pair, Callable[[LinearModel], PointEstimate]] = {
    (likelihoods.Normal, priors.Flat): _least_squares,
    (likelihoods.Normal, priors.Normal): fit_ridge,
    (likelihoods.Normal, priors.Laplace): _lasso,
    (likelihoods.Normal, priors.ElasticNet): _elastic_net,
    (likelihoods.Laplace, priors.Flat): _median,
    (likelihoods.Laplace, priors.Laplace): _median,
    (likelihoods.Bernoulli, priors.Flat): _logistic,
    (likelihoods.Bernoulli, priors.Normal): _logistic,
    (likelihoods.Bernoulli, priors.Laplace): _sparse_logistic,
    (likelihoods.Bernoulli, priors.ElasticNet): _sparse_logistic,
    (likelihoods.Categorical, priors.Flat): _logistic,
    (likelihoods.Categorical, priors.Normal): _logistic,
    (likelihoods.Categorical, priors.Laplace): _sparse_logistic,
    (likelihoods.Categorical, priors.ElasticNet): _sparse_logistic,
    (likelihoods.Poisson, priors.Flat): _poisson,
    (likelihoods.Poisson, priors.Normal): _poisson,
}


def fit_penalised(model: LinearModel) -> PointEstimate:
    """Fit the model's loss plus its penalty by scikit-learn's estimator for the two.

    ===========  ===================  ===================  ==================
    likelihood   no penalty (Flat)    L2 (Normal)          L1 (Laplace)
    ===========  ===================  ===================  ==================
    Normal       LinearRegression     Ridge                Lasso
    Laplace      QuantileRegressor    none used            QuantileRegressor
    Bernoulli    LogisticRegression   LogisticRegression   LogisticRegression
    Categorical  LogisticRegression   LogisticRegression   LogisticRegression
    Poisson      PoissonRegressor     PoissonRegressor     none used
    ===========  ===================  ===================  ==================

    Under ``priors.ElasticNet`` (L1 and L2) the estimators are ElasticNet for a Normal
    likelihood, LogisticRegression for classes, and none for the others.

    Parameters
    ----------
    model : LinearModel
        A prior ``priors.Normal(sd)`` must have mean 0.

    Returns
    -------
    PointEstimate
        ``objective``, ``gradient_norm`` and ``duality_gap`` are of the log posterior,
        which scikit-learn has not seen.

    Raises
    ------
    ValueError
        If the prior is no penalty, or scikit-learn has no estimator for the two.
    """
    return require_estimator(model)(model)


def require_estimator(model: LinearModel) -> Callable[[LinearModel], PointEstimate]:
    """Return the function that fits the loss and the penalty, or raise ValueError."""
    fit = pairs.entry(
        ESTIMATORS,
        model.likelihood,
        model.prior,
        route="fit_penalised",
        instead="no estimator of scikit-learn's is used for it; fit_map may know it",
    )
    if model.prior.is_smooth:
        _ = model.penalty  # or the reason why there is none
    return fit
