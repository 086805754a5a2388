"""Fits of statsmodels and glum at a converted setting."""

from importlib import import_module
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.conventions.proofs.problem import Fitted, Problem, Proof


def but_for_the_constant(problem: Problem, alpha: float | FloatArray) -> FloatArray:
    """Return a penalty for each column of the design, 0 for its constant."""
    return np.append(0.0, np.broadcast_to(alpha, problem.X.shape[1]))


def ols(problem: Problem, alpha: float | FloatArray, **options: Any) -> Fitted:
    """Fit ``OLS.fit_regularized``, or that of ``WLS`` if rows have weights."""
    api = import_module("statsmodels.api")
    arguments = problem.y, problem.design
    model = (
        api.OLS(*arguments)
        if problem.weights is None
        else api.WLS(*arguments, weights=problem.weights)
    )
    found = model.fit_regularized(alpha=alpha, **({"L1_wt": 0} | options)).params
    return Fitted(float(found[0]), found[1:])


def glm(problem: Problem, alpha: FloatArray, *, labels: bool = False) -> Fitted:
    """Fit ``GLM.fit_regularized`` of a Gaussian or a binomial family.

    It minimises by coordinate descent.
    """
    api = import_module("statsmodels.api")
    if labels:
        response = (problem.labels + 1) / 2
        options = {"family": api.families.Binomial(), "freq_weights": problem.weights}
    else:
        response = problem.y
        options = {"family": api.families.Gaussian(), "var_weights": problem.weights}
    model = api.GLM(response, problem.design, **options)
    penalties = but_for_the_constant(problem, alpha)
    found = model.fit_regularized(
        alpha=penalties, L1_wt=1e-15, maxiter=10_000, cnvrg_tol=1e-13
    ).params
    return Fitted(float(found[0]), found[1:])


def glum(problem: Problem, alpha: float, l1_ratio: float = 0) -> Fitted:
    """Fit ``GeneralizedLinearRegressor``."""
    estimator = import_module("glum").GeneralizedLinearRegressor(
        alpha=alpha, l1_ratio=l1_ratio, gradient_tol=1e-14
    )
    estimator.fit(problem.X, problem.y, sample_weight=problem.weights)
    return Fitted(float(estimator.intercept_), np.asarray(estimator.coef_))


PROOFS = {
    "statsmodels-ols": Proof(
        lambda problem, alpha: ols(problem, but_for_the_constant(problem, alpha)),
        ("statsmodels",),
    ),
    "statsmodels-ols-scalar": Proof(ols, ("statsmodels",)),
    "statsmodels-glm": Proof(glm, ("statsmodels",)),
    "statsmodels-glm-binomial": Proof(
        lambda problem, alpha: glm(problem, alpha, labels=True), ("statsmodels",)
    ),
    "statsmodels-ols-l1": Proof(
        lambda problem, alpha: ols(
            problem,
            but_for_the_constant(problem, alpha),
            L1_wt=1,
            maxiter=1000,
            cnvrg_tol=1e-14,
        ),
        ("statsmodels",),
    ),
    "glum": Proof(glum, ("glum",)),
    "glum-l1": Proof(
        lambda problem, alpha: glum(problem, alpha, l1_ratio=1), ("glum",)
    ),
}
