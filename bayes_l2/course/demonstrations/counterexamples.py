"""Where the equivalence breaks: what one might expect, how far off it is, and how far off theory says that it must be.

Each function measures what the package finds and predicts it by a formula; ``CASES`` names them all. Those on real data
take the diabetes data, noise sd 54 and prior sd 20.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, special
from sklearn.linear_model import Ridge

from bayes_l2 import datasets
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.map_estimate import fit_map
from bayes_l2.fits.penalised import fit_ridge
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel

NOISE_SD, PRIOR_SD = 54.0, 20.0
PENALTY = (NOISE_SD / PRIOR_SD) ** 2


@dataclass(frozen=True)
class Disagreement:
    """One case in which two things that one might take for the same are not.

    Attributes
    ----------
    expectation : str
        What one might expect.
    measured, predicted : float
        How far off it is, by fits and by theory.
    unit : str
        Unit of both.
    reason : str
        Why.
    """

    expectation: str
    measured: float
    predicted: float
    unit: str
    reason: str


def _centred() -> tuple[FloatArray, FloatArray]:
    X, y = datasets.diabetes()
    return X.to_numpy(), y.to_numpy(dtype=float) - float(y.mean())


def _ridge(X: FloatArray, y: FloatArray, penalties: Any) -> FloatArray:
    """Return the textbook solution of centred data, for one penalty or one a column."""
    return np.linalg.solve(
        X.T @ X + np.diag(np.broadcast_to(penalties, X.shape[1])), X.T @ y
    )


def _model(**changes: Any) -> LinearModel:
    X, y = datasets.diabetes()
    stated = {
        "likelihood": likelihoods.Normal(NOISE_SD),
        "prior": priors.Normal(PRIOR_SD),
    }
    return LinearModel(X, y, **(stated | changes))


def unknown_noise() -> Disagreement:
    r"""Hold the joint mode of coefficients and noise sd against the posterior mean.

    The prior has a scale of its own. Twelve rows, one column, prior sd 1 and :math:`p(\sigma) = 1`: the mode is ridge
    at :math:`\hat\sigma^2 / \tau^2` with :math:`\hat\sigma^2` the mean square of its own residuals, the mean an
    average of ridge over :math:`p(\sigma \mid y)`.
    """
    rng = np.random.default_rng(0)
    x = rng.standard_normal(12)
    y = x + rng.standard_normal(12)
    model = LinearModel(
        x[:, None],
        y,
        likelihood=likelihoods.Normal(priors.FlatScale()),
        prior=priors.Normal(1.0),
        intercept=False,
    )
    exact = fit_exact(model)
    measured = (exact.mean[0] - fit_map(model).coef[0]) / exact.sd[0]

    def ridge(variance: Any) -> Any:
        return x @ y / (x @ x + variance)

    mode = optimize.brentq(lambda v: np.mean((y - x * ridge(v)) ** 2) - v, 1e-3, 1e3)
    sigma = np.exp(np.linspace(-4, 4, 20_001))  # a grid in log σ, so times σ
    precision = x @ x / sigma**2 + 1
    squares = y @ y / sigma**2 - (x @ y / sigma**2) ** 2 / precision
    density = np.exp(-11 * np.log(sigma) - squares / 2) / np.sqrt(precision)
    weights = density / density.sum()
    mean = weights @ ridge(sigma**2)
    sd = np.sqrt(weights @ (1 / precision + ridge(sigma**2) ** 2) - mean**2)
    return Disagreement(
        "the MAP with an unknown noise sd is the posterior mean",
        float(measured),
        float((mean - ridge(mode)) / sd),
        "posterior sds",
        "the penalty depends on σ: the mode takes one σ, the mean averages over all",
    )


def laplace_prior() -> Disagreement:
    """Hold the mode under a Laplace prior, which can be exactly 0, against the posterior mean, which is not.

    One coefficient with a Gaussian likelihood N(z, s²): two Gaussians cut off at 0, of known masses and means.
    """
    x, z, scale = np.ones((25, 1)), 0.15, 0.1
    model = LinearModel(
        x,
        np.full(25, z),
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Laplace(scale),
        intercept=False,
    )
    mode = fit_map(model).coef[0]
    grid = np.linspace(-2, 2, 40_001)
    logs = np.array([model.log_posterior(np.array([b])) for b in grid[::20]])
    density = np.exp(np.interp(grid, grid[::20], logs - logs.max()))
    mean = grid @ density / density.sum()
    s = 1 / np.sqrt(25)
    centers = (
        z - s**2 / scale,
        z + s**2 / scale,
    )  # of the piece above 0 and of that below
    log_masses = [
        special.log_ndtr(side * c / s) + c**2 / (2 * s**2)
        for side, c in zip((1, -1), centers, strict=True)
    ]
    weights = special.softmax(log_masses)
    tails = [
        side
        * s
        * np.exp(-0.5 * (c / s) ** 2 - special.log_ndtr(side * c / s))
        / np.sqrt(2 * np.pi)
        for side, c in zip((1, -1), centers, strict=True)
    ]
    predicted = sum(
        w * (c + tail) for w, c, tail in zip(weights, centers, tails, strict=True)
    )
    return Disagreement(
        "a coefficient that the lasso puts at 0 has the posterior mean 0",
        float(mean - mode),
        float(predicted - 0.0),
        "units of the coefficient",
        "the mode sits in the kink of the prior; the mean feels the mass on both sides",
    )


def logistic_likelihood() -> Disagreement:
    r"""Hold the mode of logistic regression against its posterior mean: the likelihood is skewed.

    To first order the mean is off by :math:`\ell''' / 2 (\ell'')^2`, for the third and second derivatives of the log
    posterior at the mode.
    """
    rng = np.random.default_rng(1)
    x = np.abs(rng.standard_normal(60))
    labels = np.where(rng.uniform(size=60) < special.expit(1.5 * x), 1, -1)
    model = LinearModel(
        x[:, None],
        labels,
        likelihood=likelihoods.Bernoulli(),
        prior=priors.Normal(3.0),
        intercept=False,
    )
    mode = fit_map(model).coef[0]
    grid = np.linspace(mode - 3, mode + 3, 1201)
    logs = np.array([model.log_posterior(np.array([b])) for b in grid])
    density = np.exp(logs - logs.max())
    mean = grid @ density / density.sum()

    def slope(b: float) -> float:
        return float(np.sum(labels * x * special.expit(-labels * x * b)) - b / 9)

    root = optimize.root_scalar(slope, bracket=(-20, 20)).root
    p = special.expit(root * x)
    second = -np.sum(x**2 * p * (1 - p)) - 1 / 9
    third = -np.sum(x**3 * p * (1 - p) * (1 - 2 * p))
    sd = (-second) ** -0.5
    return Disagreement(
        "logistic regression's coefficient is the posterior mean",
        float((mean - mode) / sd),
        float(third / (2 * second**2) / sd),
        "sds of the Laplace approximation",
        "the log likelihood is no quadratic: its third derivative is not 0 at the mode, and the posterior is skewed",
    )


def penalised_intercept() -> Disagreement:
    r"""Penalise the intercept, as a column of ones beside centred columns.

    It falls short by :math:`\alpha \bar y / (n + \alpha)`.
    """
    X, y = datasets.diabetes()
    ones = np.column_stack([np.ones(len(X)), X])
    within = (
        Ridge(alpha=PENALTY, fit_intercept=False, solver="svd").fit(ones, y).coef_[0]
    )
    return Disagreement(
        "a column of ones is an intercept",
        fit_ridge(_model()).intercept - float(within),
        float(PENALTY * y.mean() / (len(y) + PENALTY)),
        "units of y",
        "its prior is that of a coefficient: it is drawn towards 0, which is seldom where y is",
    )


def standardised_columns() -> Disagreement:
    """Take the same α on columns as given and on standardised ones: the prior sds differ by the sd of each column."""
    from sklearn.datasets import load_diabetes

    data: Any = load_diabetes(as_frame=True, scaled=False)
    raw = data.data.to_numpy()
    sds = raw.std(axis=0)
    as_given = Ridge(alpha=PENALTY, solver="svd").fit(raw, data.target).coef_ * sds
    exact = fit_exact(_model())
    measured = np.max(np.abs(as_given - exact.mean) / exact.sd)
    X, y = _centred()
    cov = NOISE_SD**2 * np.linalg.inv(X.T @ X + PENALTY * np.eye(X.shape[1]))
    predicted = np.max(
        np.abs(_ridge(X, y, PENALTY / sds**2) - _ridge(X, y, PENALTY))
        / np.sqrt(np.diag(cov))
    )
    return Disagreement(
        "ridge with one α does not depend on the units of the columns",
        float(measured),
        float(predicted),
        "posterior sds, at the worst coefficient",
        "a prior sd of τ per unit of the column is τ times its sd per sd of the column",
    )


def adamw() -> Disagreement:
    r"""Run AdamW, whose decoupled decay does not end at the Gaussian MAP.

    It ends in the box :math:`\lvert b_j \rvert \le 1/\lambda`. On the whole loss and with steps that shrink, each
    coordinate's step is a sign when the gradient is not 0 (Xie and Li 2024, Implicit Bias of AdamW): the limit is the
    least loss within the box, which bounded least squares finds.
    """
    X, y = _centred()
    X, y, decay = (
        X[:, [2, 3]],
        y / NOISE_SD,
        2.0,
    )  # bmi, which ends at its bound, and blood pressure, which does not
    b = first = second = np.zeros(2)
    beta, squared = 0.9, 0.99
    for step in range(1, 20_001):
        gradient = X.T @ (X @ b - y) / len(y)
        first, second = (
            beta * first + (1 - beta) * gradient,
            squared * second + (1 - squared) * gradient**2,
        )
        direction = (
            first / (1 - beta**step) / (np.sqrt(second / (1 - squared**step)) + 1e-12)
        )
        b = b - 2 / (step + 10) * (direction + decay * b)
    ridge = _ridge(
        X, y, decay * len(y)
    )  # the MAP whose penalty adds decay × b to the same gradient
    boxed = optimize.lsq_linear(X, y, bounds=(-1 / decay, 1 / decay), tol=1e-14).x
    return Disagreement(
        "weight decay is an L2 penalty, whatever the optimiser",
        float(np.max(np.abs(b - ridge))),
        float(np.max(np.abs(boxed - ridge))),
        "noise sds per sd of the column, at the worst coefficient",
        "Adam divides the gradient by its size, and the decay stands outside: α ||b||² has become a bound",
    )


def wrong_half() -> Disagreement:
    r"""Put ½ on the loss and none on the penalty: α means twice as much, a prior sd of :math:`\tau / \sqrt 2`."""
    X, y = _centred()

    def objective(b: FloatArray) -> tuple[float, FloatArray]:
        residual = X @ b - y
        return float(
            0.5 * residual @ residual + PENALTY * b @ b
        ), X.T @ residual + 2 * PENALTY * b

    found = optimize.minimize(
        objective, np.zeros(X.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-7}
    ).x
    exact = fit_exact(_model())
    cov = NOISE_SD**2 * np.linalg.inv(X.T @ X + PENALTY * np.eye(X.shape[1]))
    difference = _ridge(X, y, 2 * PENALTY) - _ridge(X, y, PENALTY)
    return Disagreement(
        "½ ||y - Xb||² + α ||b||² is ridge with that α",
        float(np.max(np.abs(found - exact.mean) / exact.sd)),
        float(np.max(np.abs(difference) / np.sqrt(np.diag(cov)))),
        "posterior sds, at the worst coefficient",
        "a common factor does not count, a factor of one term does",
    )


def improper_joint_mode() -> Disagreement:
    r"""Follow the joint density with an unknown prior sd, which has no mode: at b = 0 it grows as :math:`\tau^{-p}`."""
    model = _model(prior=priors.Normal(priors.HalfCauchy(20.0)))

    def log_density(prior_sd: float) -> float:
        zero = np.zeros(model.n_features)
        return model.log_posterior(model.join(152.0, zero, prior_sd=prior_sd))

    growth = (log_density(1e-6) - log_density(1e-4)) / np.log(100)
    return Disagreement(
        "the joint density of coefficients and prior sd has a maximum",
        float(growth),
        float(model.n_features),
        "powers of 1/τ",
        "p densities of height 1/τ each at b = 0, where the likelihood is positive and the same for every τ",
    )


CASES: dict[str, Callable[[], Disagreement]] = {
    "unknown noise": unknown_noise,
    "Laplace prior": laplace_prior,
    "logistic likelihood": logistic_likelihood,
    "penalised intercept": penalised_intercept,
    "standardised columns": standardised_columns,
    "AdamW": adamw,
    "wrong half": wrong_half,
    "improper joint mode": improper_joint_mode,
}
