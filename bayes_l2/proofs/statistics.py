"""statsmodels and glum at a converted setting."""

from importlib import import_module
from typing import Any

import numpy as np

from bayes_l2.proofs.problem import Fitted, Problem, Proof
from bayes_l2.validation import FloatArray


def but_for_the_constant(problem: Problem, alpha: float | FloatArray) -> FloatArray:
    """Return a penalty for each column of the design, 0 for its constant."""
    return np.append(0.0, np.broadcast_to(alpha, problem.X.shape[1]))


def ols(problem: Problem, alpha: float | FloatArray) -> Fitted:
    """Fit ``OLS.fit_regularized``, or that of ``WLS``."""
    api = import_module("statsmodels.api")
    arguments = problem.y, problem.design
    model = api.OLS(*arguments) if problem.weights is None else api.WLS(*arguments, weights=problem.weights)
    found = model.fit_regularized(alpha=alpha, L1_wt=0).params
    return Fitted(float(found[0]), found[1:])


def glm(problem: Problem, alpha: FloatArray) -> Fitted:
    """Fit ``GLM.fit_regularized`` of a Gaussian family by coordinate descent."""
    api = import_module("statsmodels.api")
    model = api.GLM(problem.y, problem.design, family=api.families.Gaussian(), var_weights=problem.weights)
    penalties = but_for_the_constant(problem, alpha)
    found = model.fit_regularized(alpha=penalties, L1_wt=1e-15, maxiter=1000, cnvrg_tol=1e-12).params
    return Fitted(float(found[0]), found[1:])


def binomial(problem: Problem, alpha: FloatArray) -> Fitted:
    """Fit ``GLM.fit_regularized`` of a binomial family."""
    api = import_module("statsmodels.api")
    labels = (problem.labels + 1) / 2
    model = api.GLM(labels, problem.design, family=api.families.Binomial(), freq_weights=problem.weights)
    penalties = but_for_the_constant(problem, alpha)
    found = model.fit_regularized(alpha=penalties, L1_wt=0, opt_method=where_the_gradient_is_zero).params
    return Fitted(float(found[0]), found[1:])


def where_the_gradient_is_zero(fun: Any, x0: FloatArray, args: tuple[Any, ...], jac: Any, **_: Any) -> Any:
    """Minimise, for ``scipy.optimize.minimize``, by solving for the zero of the gradient."""
    optimize = import_module("scipy.optimize")
    root = optimize.root(jac, x0, args=args, tol=1e-14).x
    return optimize.OptimizeResult(x=root, success=True, fun=fun(root, *args), jac=jac(root, *args))


def glum(problem: Problem, alpha: float) -> Fitted:
    """Fit ``GeneralizedLinearRegressor``."""
    estimator = import_module("glum").GeneralizedLinearRegressor(alpha=alpha, l1_ratio=0, gradient_tol=1e-14)
    estimator.fit(problem.X, problem.y, sample_weight=problem.weights)
    return Fitted(float(estimator.intercept_), np.asarray(estimator.coef_))


PROOFS = {
    "statsmodels-ols": Proof(
        lambda problem, alpha: ols(problem, but_for_the_constant(problem, alpha)), ("statsmodels",)
    ),
    "statsmodels-ols-scalar": Proof(ols, ("statsmodels",)),
    "statsmodels-glm": Proof(glm, ("statsmodels",)),
    "statsmodels-glm-binomial": Proof(binomial, ("statsmodels",)),
    "glum": Proof(glum, ("glum",)),
}
