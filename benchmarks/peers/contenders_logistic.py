"""Contenders for a logistic regression: its mode and the Gaussian at the mode."""

from collections.abc import Callable
from typing import Any

import numpy as np
from contender import OURS, Answer, Contender, library
from data import PRIOR_SD, Case

Run = Callable[[], Answer]


def ours_laplace(case: Case) -> Run:
    """Return mode and Laplace approximation."""
    b = library("bayes_l2")

    def run() -> Answer:
        model = b.LinearModel(
            case.X,
            case.labels,
            likelihood=b.likelihoods.Bernoulli(),
            prior=b.priors.Normal(PRIOR_SD),
        )
        found = b.fit_laplace(model)
        return {"coef": found.coef, "sd": found.sd[1:]}

    return run


def logistic(laplace: bool = False, **options: Any) -> Callable[[Case], Run]:
    """Return scikit-learn's mode, and on request the Hessian there by a script."""

    def prepare(case: Case) -> Run:
        module = library("sklearn.linear_model")

        def run() -> Answer:
            estimator = module.LogisticRegression(C=PRIOR_SD**2, **options)
            fit = estimator.fit(case.X, case.labels)
            answer = {"coef": fit.coef_[0]}
            if laplace:
                mean = fit.predict_proba(case.X)[:, 1]
                X = np.column_stack([np.ones(len(case.X)), case.X])
                hessian = (X.T * (mean * (1 - mean))) @ X
                hessian[1:, 1:] += np.eye(case.X.shape[1]) / PRIOR_SD**2
                answer["sd"] = np.sqrt(np.diag(np.linalg.inv(hessian)))[1:]
            return answer

        return run

    return prepare


def glum_binomial(case: Case) -> Run:
    """Return glum's binomial model with an L2 penalty."""
    glum = library("glum")
    alpha = 1 / (PRIOR_SD**2 * len(case.labels))

    def run() -> Answer:
        estimator = glum.GeneralizedLinearRegressor(
            family="binomial", alpha=alpha, l1_ratio=0
        )
        return {"coef": estimator.fit(case.X, case.labels).coef_}

    return run


def statsmodels_binomial(case: Case) -> Run:
    """Return statsmodels' binomial model with a penalty on all but the intercept."""
    sm = library("statsmodels.api")
    n, p = case.X.shape
    alpha = np.array([0.0, *[1 / (PRIOR_SD**2 * n)] * p])

    def run() -> Answer:
        X = sm.add_constant(case.X, has_constant="add")
        model = sm.GLM(case.labels, X, family=sm.families.Binomial())
        return {"coef": model.fit_regularized(alpha=alpha, L1_wt=0.0).params[1:]}

    return run


def dask_logistic(case: Case) -> Run:
    """Return dask-ml's mode; its penalty takes in the intercept."""
    module, da = library("dask_ml.linear_model"), library("dask.array")
    chunk = max(len(case.y) // 4, 1)

    def run() -> Answer:
        X = da.from_array(case.X, chunks=(chunk, -1))
        labels = da.from_array(case.labels, chunks=chunk)
        estimator = module.LogisticRegression(C=PRIOR_SD**2, solver="newton")
        return {"coef": np.ravel(estimator.fit(X, labels).coef_)[: case.X.shape[1]]}

    return run


LOGISTIC = (
    Contender(f"{OURS}: `fit_laplace`", "mode, covariance, evidence", ours_laplace),
    Contender("scikit-learn: `LogisticRegression`", "mode", logistic()),
    Contender(
        "scikit-learn: `solver='newton-cholesky'`",
        "mode",
        logistic(solver="newton-cholesky"),
    ),
    Contender(
        "scikit-learn: the same, `tol=1e-12`",
        "mode",
        logistic(solver="newton-cholesky", tol=1e-12),
    ),
    Contender(
        "a script: the Hessian at scikit-learn's mode",
        "mode and covariance",
        logistic(laplace=True),
    ),
    Contender("glum: `GeneralizedLinearRegressor`", "mode", glum_binomial),
    Contender("statsmodels: `GLM.fit_regularized`", "mode", statsmodels_binomial),
    Contender(
        "dask-ml: `LogisticRegression`",
        "mode, the intercept penalised too",
        dask_logistic,
    ),
)
