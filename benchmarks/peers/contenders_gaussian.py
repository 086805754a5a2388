"""Contenders for a Gaussian likelihood: exact posterior, path and unknown scales."""

from collections.abc import Callable
from typing import Any

import numpy as np
from contender import (
    NOISE_SCALE,
    OURS,
    PENALTIES,
    PENALTY,
    PLACES,
    PRIOR_SCALE,
    Answer,
    Contender,
    library,
)
from data import NOISE_SD, PRIOR_SD, Case

Run = Callable[[], Answer]


def ours_exact(case: Case) -> Run:
    """Return the exact posterior with known scales."""
    b = library("bayes_l2")

    def run() -> Answer:
        model = b.LinearModel(
            case.X,
            case.y,
            likelihood=b.likelihoods.Normal(NOISE_SD),
            prior=b.priors.Normal(PRIOR_SD),
        )
        posterior = b.fit_exact(model)
        return {"coef": posterior.mean[1:], "sd": posterior.sd[1:]}

    return run


def ridge(solver: str) -> Callable[[Case], Run]:
    """Return scikit-learn's ridge regression by a solver."""

    def prepare(case: Case) -> Run:
        module = library("sklearn.linear_model")

        def run() -> Answer:
            fit = module.Ridge(alpha=PENALTY, solver=solver).fit(case.X, case.y)
            return {"coef": fit.coef_}

        return run

    return prepare


def statsmodels_ridge(case: Case) -> Run:
    """Return statsmodels' least squares with a penalty on all but the intercept."""
    sm = library("statsmodels.api")
    n, p = case.X.shape
    alpha = np.array([0.0, *[PENALTY / n] * p])

    def run() -> Answer:
        model = sm.OLS(case.y, sm.add_constant(case.X, has_constant="add"))
        return {"coef": model.fit_regularized(alpha=alpha, L1_wt=0.0).params[1:]}

    return run


def glum_gaussian(case: Case) -> Run:
    """Return glum's Gaussian model with an L2 penalty."""
    glum = library("glum")
    alpha = PENALTY / len(case.y) / NOISE_SD**2

    def run() -> Answer:
        estimator = glum.GeneralizedLinearRegressor(
            family="normal", alpha=alpha, l1_ratio=0
        )
        return {"coef": estimator.fit(case.X, case.y).coef_}

    return run


def ours_path(case: Case) -> Run:
    """Return all criteria of a path of penalties."""
    b = library("bayes_l2")

    def run() -> Answer:
        model = b.LinearModel(
            case.X,
            case.y,
            likelihood=b.likelihoods.Normal(b.priors.FlatLogScale()),
            prior=b.priors.Normal(1.0),
        )
        found = b.penalty_path(model, PENALTIES)
        places = list(PLACES)
        return {"coef": found.coef[places].ravel(), "loo": found.loo_error[places]}

    return run


def ridge_cv(case: Case) -> Run:
    """Return scikit-learn's leave-one-out errors of a path of penalties."""
    module = library("sklearn.linear_model")

    def run() -> Answer:
        fit = module.RidgeCV(alphas=PENALTIES, store_cv_results=True)
        errors = fit.fit(case.X, case.y).cv_results_
        return {"loo": errors.mean(axis=0)[list(PLACES)]}

    return run


def ridge_loop(case: Case) -> Run:
    """Return one ridge regression of scikit-learn for each penalty."""
    module = library("sklearn.linear_model")

    def run() -> Answer:
        fits = [module.Ridge(alpha=a).fit(case.X, case.y).coef_ for a in PENALTIES]
        return {"coef": np.concatenate([fits[place] for place in PLACES])}

    return run


def ours_hierarchical(case: Case) -> Run:
    """Return the exact posterior with both scales unknown."""
    b = library("bayes_l2")

    def run() -> Answer:
        posterior = b.fit_exact(hierarchical_model(case))
        p = case.X.shape[1]
        return {"coef": posterior.mean[1 : p + 1], "sd": posterior.sd[1 : p + 1]}

    return run


def hierarchical_model(case: Case) -> Any:
    """Return this package's model with both scales unknown."""
    b = library("bayes_l2")
    return b.LinearModel(
        case.X,
        case.y,
        likelihood=b.likelihoods.Normal(b.priors.HalfNormal(NOISE_SCALE)),
        prior=b.priors.Normal(b.priors.HalfCauchy(PRIOR_SCALE)),
    )


def by_evidence(estimator: str) -> Callable[[Case], Run]:
    """Return an estimator of scikit-learn that maximises the evidence."""

    def prepare(case: Case) -> Run:
        module = library("sklearn.linear_model")

        def run() -> Answer:
            fit = getattr(module, estimator)().fit(case.X, case.y)
            variances = np.zeros(case.X.shape[1])
            kept = getattr(fit, "lambda_", 0) < getattr(fit, "threshold_lambda", np.inf)
            sigma = np.diag(fit.sigma_)
            variances[np.broadcast_to(kept, variances.shape)] = sigma
            return {"coef": fit.coef_, "sd": np.sqrt(variances)}

        return run

    return prepare


EXACT = (
    Contender(f"{OURS}: `fit_exact`", "mean, covariance, evidence", ours_exact),
    Contender("scikit-learn: `Ridge`", "mean", ridge("auto")),
    Contender("scikit-learn: `Ridge(solver='svd')`", "mean", ridge("svd")),
    Contender("statsmodels: `OLS.fit_regularized`", "mean", statsmodels_ridge),
    Contender("glum: `GeneralizedLinearRegressor`", "mean", glum_gaussian),
)
PATH = (
    Contender(
        f"{OURS}: `penalty_path`",
        "coefficients, leave-one-out, GCV, evidence of each penalty",
        ours_path,
    ),
    Contender("scikit-learn: `RidgeCV`", "leave-one-out of each penalty", ridge_cv),
    Contender(
        "scikit-learn: `Ridge` for each", "coefficients of each penalty", ridge_loop
    ),
)
HIERARCHICAL = (
    Contender(
        f"{OURS}: `fit_exact`",
        "mean and sd over both scales",
        ours_hierarchical,
    ),
    Contender(
        "scikit-learn: `BayesianRidge`",
        "mean and sd at the scales of most evidence",
        by_evidence("BayesianRidge"),
    ),
    Contender(
        "scikit-learn: `ARDRegression`",
        "another model: a prior scale for each coefficient",
        by_evidence("ARDRegression"),
    ),
)
