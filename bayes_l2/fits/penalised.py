r"""The penalised fit, by scikit-learn's estimator for each loss and penalty.

.. math:: \min_{a, b} \sum_i w_i\, \text{loss}(y_i, a + x_i^\top b) + \text{penalty}(b)

It knows nothing of densities.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_l2 import arguments
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.fits.scikit_learn import (
    certified,
    fit_beside,
    fitted,
    relative_penalty,
    require_one_kind,
    steepest_penalty,
)
from bayes_l2.fits.search.solver_units import SolverUnits
from bayes_l2.fits.units import in_range
from bayes_l2.model import likelihoods, pairs, priors
from bayes_l2.model.linear_model import LinearModel

TOLERANCE = 1e-12  # of the mean gradient in a solver's units
NO_TOLERANCE = 1e-300  # until rounding ends the search: classes may be separable
LOGISTIC_SOLVERS = (
    ("newton-cholesky", TOLERANCE),
    ("newton-cholesky", NO_TOLERANCE),
    ("newton-cg", NO_TOLERANCE),
)
SAGA_PASSES = 10**4  # of the rows; a second attempt has more where they are quick
SAGA_VISITS = 2 * 10**8  # of entries of X in that attempt: two seconds or three
SAGA_OVERHEAD = 10  # the time that a row takes apart from its entries, in entries


def fit_ridge(model: LinearModel) -> PointEstimate:
    r"""Fit ridge regression with scikit-learn's ``Ridge`` at the model's penalty.

    .. math:: \min_{a, b} \sum_i w_i (y_i - a - x_i^\top b)^2
              + \alpha \lVert b \rVert^2, \qquad \alpha = \sigma^2 / \tau^2

    Parameters
    ----------
    model : LinearModel
        Its prior must be ``priors.Normal(sd)`` with mean 0 (the penalty), or
        ``priors.Flat()`` (least squares). Columns with an sd each are scaled, so that
        alpha is that of the smallest sd, and columns without a penalty are projected
        out of y and of the others. The noise sd may be unknown where the penalty does
        not depend on it: under a prior relative to the noise.

    Returns
    -------
    PointEstimate
        ``objective`` and ``gradient_norm`` are of the log posterior, which scikit-learn
        has not seen. Where the noise sd is unknown they are taken at the root mean
        square residual, and ``noise_sd`` and ``objective`` are NaN.

    Raises
    ------
    ValueError
        If the prior is no ridge penalty, the penalty is random, or the rows do not
        determine coefficients without a penalty.

    References
    ----------
    Hoerl and Kennard (1970), Technometrics 12(1).
    """
    arguments.instance(model, LinearModel, "model")
    if (type(model.likelihood), type(model.prior)) not in RIDGE:
        raise ValueError(
            "fit_ridge needs likelihoods.Normal(sd) and no L1 penalty, "
            f"got {model!r}; see fit_penalised"
        )
    return in_range(_ridge, model)


def _ridge(model: LinearModel) -> PointEstimate:
    """Fit ridge regression to a model with a ridge penalty."""
    from sklearn.linear_model import Ridge

    model.propriety.require_determined()
    units = SolverUnits.of(model)
    alpha = relative_penalty(model, units)
    # by singular values, the most accurate of its solvers
    estimator = Ridge(alpha=alpha, fit_intercept=units.intercept, solver="svd")
    flat = model.prior.flat_columns(model.n_features)
    if flat.any() and not flat.all():  # the rows are over the root of the mean weight
        estimator.set_params(alpha=alpha * len(units.y) / units.total_weight)
        fit_beside(units, estimator, flat)
    else:
        estimator.fit(units.X, units.y, sample_weight=units.weights)
    return certified(units, estimator)


def _least_squares(model: LinearModel) -> PointEstimate:
    r"""Fit with ``LinearRegression``, by least squares.

    .. math:: \min_{a, b} \sum_i w_i (y_i - a - x_i^\top b)^2
    """
    from sklearn.linear_model import LinearRegression

    model.propriety.require_determined()
    units = SolverUnits.of(model)
    return fitted(units, LinearRegression(fit_intercept=units.intercept))


def _lasso(model: LinearModel) -> PointEstimate:
    r"""Fit with ``Lasso``, at :math:`\alpha = \sigma^2 / (s \sum_i w_i)`.

    .. math:: \min_{a, b} \frac{1}{2 \sum_i w_i} \sum_i w_i (y_i - a - x_i^\top b)^2
              + \alpha \lVert b \rVert_1

    """
    from sklearn.linear_model import Lasso

    units = SolverUnits.of(model)
    variance = model.likelihood.noise.value**2
    return _descended(units, Lasso(variance * units.slopes[0] / units.total_weight))


def _elastic_net(model: LinearModel) -> PointEstimate:
    r"""Fit with ``ElasticNet``, for s and :math:`\tau` of the prior.

    .. math:: \min_{a, b} \frac{1}{2 \sum_i w_i} \sum_i w_i (y_i - a - x_i^\top b)^2
              + \alpha r \lVert b \rVert_1 + \tfrac12 \alpha (1 - r) \lVert b \rVert^2

    at :math:`\alpha r = \sigma^2 / s \sum_i w_i` and
    :math:`\alpha (1 - r) = \sigma^2 / \tau^2 \sum_i w_i`.
    """
    from sklearn.linear_model import ElasticNet

    units = SolverUnits.of(model)
    l1, l2 = units.slopes
    alpha = model.likelihood.noise.value**2 * (l1 + l2) / units.total_weight
    return _descended(units, ElasticNet(alpha, l1_ratio=l1 / (l1 + l2)))


def _descended(units: SolverUnits, estimator: Any) -> PointEstimate:
    """Fit by coordinate descent to what columns without a penalty leave of the rest."""
    units.model.propriety.require_determined()
    estimator.set_params(fit_intercept=units.intercept, tol=1e-14, max_iter=10**5)
    flat = units.model.prior.flat_columns(units.model.n_features)
    if not flat.any():
        return fitted(units, estimator)
    fit_beside(units, estimator, flat)
    return certified(units, estimator)


def _median(model: LinearModel) -> PointEstimate:
    r"""Fit the conditional median with ``QuantileRegressor``.

    .. math:: \min_{a, b} \frac{1}{\sum_i w_i} \sum_i \tfrac12 w_i
              \lvert y_i - a - x_i^\top b \rvert + \alpha \lVert b \rVert_1,
              \qquad \alpha = \frac{s_y}{2 s \sum_i w_i}

    with the likelihood's scale :math:`s_y` and the prior's, s; alpha is 0 under a flat
    prior. It is a linear programme, solved with absolute tolerances, and so for y in
    units of its median deviation.
    """
    from sklearn.linear_model import QuantileRegressor

    model.propriety.require_determined()
    units = SolverUnits.of(model)
    likelihood: Any = model.likelihood
    alpha = likelihood.scale * units.slopes[0] / (2 * units.total_weight)
    estimator = QuantileRegressor(
        quantile=0.5, alpha=alpha, fit_intercept=model.intercept, solver="highs"
    )
    deviations = np.abs(units.y - np.median(units.y) * model.intercept)
    height = float(np.median(deviations) or deviations.mean()) or 1.0
    estimator.fit(units.X, units.y / height, sample_weight=units.weights)
    coef, intercept = height * estimator.coef_, height * estimator.intercept_
    estimator.coef_, estimator.intercept_ = coef, intercept
    return certified(units, estimator)


def _logistic(model: LinearModel) -> PointEstimate:
    r"""Fit with ``LogisticRegression``, by full Newton steps.

    .. math:: \min_{a, b} C \sum_i w_i \, \text{cross-entropy}_i
              + \tfrac12 \lVert b \rVert^2

    at :math:`C = \tau^2` under ``priors.Normal``, and an infinite C under
    ``priors.Flat``.
    """
    from sklearn.linear_model import LogisticRegression

    model.propriety.require_determined()
    units = SolverUnits.of(model)
    alpha = relative_penalty(model, units)
    C = 1 / alpha if alpha else np.inf
    # full Newton steps, the most accurate of its solvers
    estimators = [
        LogisticRegression(
            C=C,
            fit_intercept=model.intercept,
            solver=solver,
            tol=tol,
            max_iter=10**4,
        )
        for solver, tol in LOGISTIC_SOLVERS
    ]
    return fitted(units, *estimators)


def _sparse_logistic(model: LinearModel) -> PointEstimate:
    r"""Fit with ``LogisticRegression`` and an L1 penalty, or L1 and L2.

    .. math:: \min_{a, b} C \sum_i w_i \, \text{cross-entropy}_i
              + r \lVert b \rVert_1 + \tfrac12 (1 - r) \lVert b \rVert^2

    at :math:`C = 1 / (1/s + 1/\tau^2)` and :math:`r = C / s`.
    """
    from sklearn.linear_model import LogisticRegression

    units = SolverUnits.of(model)
    l1, l2 = units.slopes
    row = model.n_features * model.layout.lines + SAGA_OVERHEAD
    passes = SAGA_VISITS // (model.n_rows * row)
    estimators = [
        LogisticRegression(
            C=1 / (l1 + l2),
            l1_ratio=l1 / (l1 + l2),
            fit_intercept=model.intercept,
            solver="saga",
            random_state=0,
            tol=tol,
            max_iter=max_iter,
        )
        for tol, max_iter in ((1e-10, SAGA_PASSES), (NO_TOLERANCE, passes))
        if max_iter >= SAGA_PASSES
    ]
    # saga looks at the coefficients alone, and where all are 0 it leaves before the
    # intercept has arrived
    at_zero = LogisticRegression(
        fit_intercept=model.intercept, solver="newton-cholesky", tol=TOLERANCE
    )
    estimate = fitted(replace(units, X=0 * units.X), at_zero)
    return estimate if estimate.converged else fitted(units, *estimators)


def _poisson(model: LinearModel) -> PointEstimate:
    r"""Fit with ``PoissonRegressor``, at :math:`\alpha = 1 / (\tau^2 \sum_i w_i)`.

    .. math:: \min_{a, b} \frac{1}{\sum_i w_i} \sum_i w_i (e^{\eta_i} - y_i \eta_i)
              + \frac{\alpha}{2} \lVert b \rVert^2
    """
    from sklearn.linear_model import PoissonRegressor

    model.propriety.require_determined()
    units = SolverUnits.of(model)
    # full Newton steps, the most accurate of its solvers
    estimators = [
        PoissonRegressor(
            alpha=relative_penalty(model, units) / units.total_weight,
            fit_intercept=model.intercept,
            solver="newton-cholesky",
            tol=tol,
            max_iter=10**3,
        )
        for tol in (TOLERANCE, NO_TOLERANCE)
    ]
    return fitted(units, *estimators)


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
    likelihood, LogisticRegression for classes, and none for the others. An estimator
    sees columns about their means, if there is an intercept, in units of one size, or
    of one each without a penalty, or of a size for each scale of the prior. Lasso sees
    what columns without a penalty leave of the others and of y. It can stop short:
    ``converged`` says so. Where the rows are gone, it sees at most p + 2 rows with the
    same squares and products.

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
        If the prior is no penalty, scikit-learn has no estimator for the two, the rows
        do not determine coefficients without a penalty, or they stay in partitions.
    """
    arguments.instance(model, LinearModel, "model")
    return in_range(require_estimator(model), model)


def require_estimator(model: LinearModel) -> Callable[[LinearModel], PointEstimate]:
    """Return the function that fits the loss and the penalty, or raise ValueError."""
    fit = pairs.entry(
        ESTIMATORS,
        model.likelihood,
        model.prior,
        route="fit_penalised",
        instead="no estimator of scikit-learn's is used for it; fit_map may know it",
    )
    if fit not in (_lasso, fit_ridge):
        require_one_kind(model, "fit_penalised")
    if model.prior.is_smooth:
        steepest_penalty(model)  # or the reason why there is none
    return fit
