"""Fits of scikit-learn at a converted setting, with the tightest tolerances."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn import gaussian_process, kernel_ridge, linear_model, neural_network, svm
from sklearn.gaussian_process import kernels

from bayes_l2.conventions.proofs.problem import Fitted, Problem, Proof

PINNED = 1e20  # the strength of a Gamma prior that fixes a precision


def fitted(estimator: Any, problem: Problem, *, labels: bool = False) -> Fitted:
    """Fit a linear estimator and return its coefficients."""
    weights = {} if problem.weights is None else {"sample_weight": problem.weights}
    estimator.fit(problem.X, problem.labels if labels else problem.y, **weights)
    return Fitted(float(np.squeeze(estimator.intercept_)), np.ravel(estimator.coef_))


def centred(estimator: Any, problem: Problem, **weights: Any) -> Fitted:
    """Fit an estimator without an intercept on centred data.

    The coefficients are its predictions at the unit vectors.
    """
    middle = np.average(problem.X, axis=0, weights=problem.weights)
    mean = np.average(problem.y, weights=problem.weights)
    estimator.fit(problem.X - middle, problem.y - mean, **weights)
    coef = np.ravel(estimator.predict(np.eye(problem.X.shape[1])))
    return Fitted(float(mean - middle @ coef), coef)


def network(
    estimator: Any, problem: Problem, *, labels: bool = False, restarts: int = 1
) -> Fitted:
    """Fit a network without hidden layers, which is a linear model."""
    estimator.set_params(hidden_layer_sizes=(), random_state=0, warm_start=True)
    weights = {} if problem.weights is None else {"sample_weight": problem.weights}
    for _ in range(restarts):
        estimator.fit(problem.X, problem.labels if labels else problem.y, **weights)
    return Fitted(float(estimator.intercepts_[0][0]), np.ravel(estimator.coefs_[0]))


def by_lbfgs(estimator: Any, problem: Problem, *, labels: bool = False) -> Fitted:
    """Fit a network by L-BFGS.

    A restart goes on where the function tolerance, which is not a setting, has stopped.
    """
    estimator.set_params(solver="lbfgs", tol=1e-16, max_iter=10_000, max_fun=10**6)
    return network(estimator, problem, labels=labels, restarts=20)


def by_minibatches(
    estimator: Any, problem: Problem, step: float, *, labels: bool = False
) -> Fitted:
    """Fit a network by minibatches in order."""
    estimator.set_params(
        solver="sgd",
        batch_size=problem.batch_size,
        shuffle=False,
        learning_rate_init=step,
    )
    estimator.set_params(
        momentum=0.8,
        nesterovs_momentum=False,
        tol=0.0,
        n_iter_no_change=np.inf,
        max_iter=400,
    )
    return network(estimator, problem, labels=labels)


def without_noise(
    estimator: Any,
    problem: Problem,
    step: float,
    epochs: float,
    *,
    labels: bool = False,
) -> Fitted:
    """Fit by single rows in order, and extrapolate to steps of 0.

    Without shuffling, the limit of the coefficients is a smooth function of the step.
    So five halvings of the step and Richardson's extrapolation remove the noise.
    """
    table: list[np.ndarray] = []
    for halvings in range(6):
        eta = step / 2**halvings
        estimator.set_params(
            learning_rate="constant",
            eta0=eta,
            shuffle=False,
            tol=None,
            max_iter=int(epochs / eta),
        )
        fit = fitted(estimator, problem, labels=labels)
        row = [np.append(fit.intercept, fit.coef)]
        for order, coarser in enumerate(table, start=1):
            row.append(row[-1] + (row[-1] - coarser) / (2**order - 1))
        table = row
    return Fitted(float(table[-1][0]), table[-1][1:])


def pinned(estimator: Any, problem: Problem, precision: float) -> Fitted:
    """Fit a Bayesian estimator whose hyperpriors fix its precisions."""
    noise = problem.noise_sd**-2
    gammas = {
        "alpha_1": noise * PINNED,
        "alpha_2": PINNED,
        "lambda_1": precision * PINNED,
        "lambda_2": PINNED,
    }
    return fitted(estimator.set_params(**gammas, max_iter=10, tol=1e-15), problem)


def gaussian_process_regressor(problem: Problem, variance: float) -> Fitted:
    """Fit a Gaussian process with the kernel of a linear model."""
    kernel = kernels.ConstantKernel(variance, "fixed") * kernels.DotProduct(
        0.0, "fixed"
    )
    weights = 1.0 if problem.weights is None else problem.weights
    noise: Any = problem.noise_sd**2 / weights
    return centred(
        gaussian_process.GaussianProcessRegressor(kernel, alpha=noise), problem
    )


def linear_svr(problem: Problem, C: float) -> Fitted:
    """Fit a support vector regression with squared error as its loss."""
    loss = {"loss": "squared_epsilon_insensitive", "epsilon": 0.0, "dual": True}
    return fitted(svm.LinearSVR(C=C, **loss, tol=1e-14, max_iter=100_000), problem)


FITS: dict[str, Callable[[Problem, Any], Fitted]] = {
    "ridge": lambda problem, alpha: fitted(
        linear_model.Ridge(alpha=alpha, solver="svd"), problem
    ),
    "ridge-classifier": lambda problem, alpha: fitted(
        linear_model.RidgeClassifier(alpha=alpha, solver="svd"), problem, labels=True
    ),
    "kernel-ridge": lambda problem, alpha: centred(
        kernel_ridge.KernelRidge(alpha=alpha, kernel="linear"),
        problem,
        sample_weight=problem.weights,
    ),
    "elastic-net": lambda problem, alpha: fitted(
        linear_model.ElasticNet(alpha=alpha, l1_ratio=0.0, tol=1e-15, max_iter=100_000),
        problem,
    ),
    "sgd-regressor": lambda problem, alpha: without_noise(
        linear_model.SGDRegressor(alpha=alpha), problem, step=2e-4, epochs=0.6
    ),
    "sgd-classifier": lambda problem, alpha: without_noise(
        linear_model.SGDClassifier("log_loss", alpha=alpha),
        problem,
        step=2e-3,
        epochs=4.0,
        labels=True,
    ),
    "logistic-regression": lambda problem, C: fitted(
        linear_model.LogisticRegression(C=C, solver="newton-cholesky", tol=1e-14),
        problem,
        labels=True,
    ),
    "linear-svr": linear_svr,
    "tweedie-regressor": lambda problem, alpha: fitted(
        linear_model.TweedieRegressor(
            alpha=alpha, power=0, solver="newton-cholesky", tol=1e-12
        ),
        problem,
    ),
    "mlp-regressor-lbfgs": lambda problem, alpha: by_lbfgs(
        neural_network.MLPRegressor(alpha=alpha), problem
    ),
    "mlp-regressor": lambda problem, alpha: by_minibatches(
        neural_network.MLPRegressor(alpha=alpha), problem, step=0.2
    ),
    "mlp-classifier-lbfgs": lambda problem, alpha: by_lbfgs(
        neural_network.MLPClassifier(alpha=alpha), problem, labels=True
    ),
    "mlp-classifier": lambda problem, alpha: by_minibatches(
        neural_network.MLPClassifier(alpha=alpha), problem, step=1.6, labels=True
    ),
    "bayesian-ridge": lambda problem, precision: pinned(
        linear_model.BayesianRidge(), problem, precision
    ),
    "ard-regression": lambda problem, precisions: pinned(
        linear_model.ARDRegression(threshold_lambda=1e300), problem, precisions[0]
    ),
    "gaussian-process": gaussian_process_regressor,
    "lasso": lambda problem, alpha: fitted(
        linear_model.Lasso(alpha=alpha, tol=1e-15, max_iter=100_000), problem
    ),
    "logistic-regression-l1": lambda problem, C: fitted(
        linear_model.LogisticRegression(
            C=C, l1_ratio=1, solver="saga", tol=1e-15, max_iter=100_000, random_state=0
        ),
        problem,
        labels=True,
    ),
}
PROOFS = {
    name: Proof(fit, ("sklearn",), weighted=name != "ard-regression")
    for name, fit in FITS.items()
}
