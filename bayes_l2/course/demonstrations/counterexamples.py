"""Cases in which the equivalence of fit, MAP and posterior mean breaks.

Each function measures a disagreement with the fits of the package, and predicts it by a
formula. ``CASES`` names the functions. Cases on real data use the diabetes data, noise
sd 54 and prior sd 20.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import optimize, special
from sklearn.linear_model import Ridge

from bayes_l2 import datasets
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.disagreement import (
    NOISE_SD,
    PENALTY,
    PRIOR_SD,
    Disagreement,
    centred,
    posterior_sds,
    textbook_ridge,
)
from bayes_l2.course.demonstrations.network_counterexamples import (
    adamw,
    factors,
    normalised_weights,
)
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.map_estimate import fit_map
from bayes_l2.fits.penalised import fit_ridge
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import Catalogue

__all__ = [
    "CASES",
    "improper_joint_mode",
    "laplace_prior",
    "logistic_likelihood",
    "penalised_intercept",
    "standardised_columns",
    "unknown_noise",
    "wrong_half",
]
__dir__ = __all__.copy


def _diabetes_model(prior: Any = None) -> LinearModel:
    X, y = datasets.diabetes()
    prior = prior or priors.Normal(PRIOR_SD)
    return LinearModel(X, y, likelihood=likelihoods.Normal(NOISE_SD), prior=prior)


def _one_coefficient(x: FloatArray, y: Any, likelihood: Any, prior: Any) -> LinearModel:
    return LinearModel(
        x[:, None], y, likelihood=likelihood, prior=prior, intercept=False
    )


def _mean_on(grid: FloatArray, log_densities: Any) -> float:
    """Return the mean of a density that is known up to a factor on an even grid."""
    density = np.exp(log_densities - np.max(log_densities))
    return float(grid @ density / density.sum())


def unknown_noise() -> Disagreement:
    r"""Compare the joint mode of coefficients and noise sd with the posterior mean.

    The prior has a scale of its own. There are twelve rows and one column, with prior
    sd 1 and :math:`p(\sigma) = 1`. The mode is ridge at :math:`\hat\sigma^2 / \tau^2`,
    where :math:`\hat\sigma^2` is the mean square of its own residuals. The mean is an
    average of ridge over :math:`p(\sigma \mid y)`.
    """
    rng = np.random.default_rng(0)
    x = rng.standard_normal(12)
    y = x + rng.standard_normal(12)
    noise = likelihoods.Normal(priors.FlatScale())
    model = _one_coefficient(x, y, noise, priors.Normal(1.0))
    exact = fit_exact(model)
    measured = (exact.coef[0] - fit_map(model).coef[0]) / exact.sd[0]

    def ridge(variance: Any) -> Any:
        return x @ y / (x @ x + variance)

    mode = optimize.brentq(lambda v: np.mean((y - x * ridge(v)) ** 2) - v, 1e-3, 1e3)
    sigma = np.exp(np.linspace(-4, 4, 20_001))  # even in log σ, so that dσ ∝ σ
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
    """Compare the mode under a Laplace prior with the posterior mean.

    The mode is 0 for a whole range of data. The mean is 0 only by accident of the data,
    as for x = (1, 1) and y = (1, -1). With one coefficient and a Gaussian likelihood
    N(z, s²), the posterior is two Gaussians truncated at 0, whose masses and means are
    known.
    """
    z, scale = 0.15, 0.1
    prior = priors.Laplace(scale)
    model = _one_coefficient(
        np.ones(25), np.full(25, z), likelihoods.Normal(1.0), prior
    )
    mode = fit_map(model).coef[0]
    grid = np.linspace(-2, 2, 40_001)
    logs = [model.log_posterior(np.array([b])) for b in grid[::20]]
    mean = _mean_on(grid, np.interp(grid, grid[::20], logs))
    s, sides = 1 / np.sqrt(25), np.array([1, -1])
    centres = z - sides * s**2 / scale  # of the part above 0, and of the part below
    log_masses = special.log_ndtr(sides * centres / s) + (centres / s) ** 2 / 2
    log_ratios = -0.5 * (centres / s) ** 2 - special.log_ndtr(sides * centres / s)
    means = centres + sides * s * np.exp(log_ratios) / np.sqrt(2 * np.pi)
    return Disagreement(
        "a coefficient that the lasso puts at 0 has the posterior mean 0",
        float(mean - mode),
        float(special.softmax(log_masses) @ means),
        "units of the coefficient",
        "the mode sits in the kink of the prior; the mean feels the mass on both sides",
    )


def logistic_likelihood() -> Disagreement:
    r"""Compare the mode of logistic regression with its posterior mean.

    The likelihood is skewed. To first order the mean minus the mode is
    :math:`\ell''' / 2 (\ell'')^2`, with the third and second derivatives of the log
    posterior at the mode.
    """
    rng = np.random.default_rng(1)
    x = np.abs(rng.standard_normal(60))
    labels = np.where(rng.uniform(size=60) < special.expit(1.5 * x), 1, -1)
    model = _one_coefficient(x, labels, likelihoods.Bernoulli(), priors.Normal(3.0))
    mode = fit_map(model).coef[0]
    grid = np.linspace(mode - 3, mode + 3, 1201)
    mean = _mean_on(grid, [model.log_posterior(np.array([b])) for b in grid])

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
        "the log likelihood is no quadratic: its third derivative is not 0 at the "
        "mode, and the posterior is skewed",
    )


def penalised_intercept() -> Disagreement:
    r"""Penalise the intercept, as a column of ones beside centred columns.

    It is too small by :math:`\alpha \bar y / (n + \alpha)`.
    """
    X, y = datasets.diabetes()
    ones = np.column_stack([np.ones(len(X)), X])
    penalised = Ridge(alpha=PENALTY, fit_intercept=False, solver="svd").fit(ones, y)
    return Disagreement(
        "a column of ones is an intercept",
        fit_ridge(_diabetes_model()).intercept - float(penalised.coef_[0]),
        float(PENALTY * y.mean() / (len(y) + PENALTY)),
        "units of y",
        "its prior is that of a coefficient: it is drawn towards 0, which is seldom "
        "where y is",
    )


def standardised_columns() -> Disagreement:
    """Use the same α on original and on standardised columns.

    The prior sds differ by the sd of each column.
    """
    from sklearn.datasets import load_diabetes

    data: Any = load_diabetes(as_frame=True, scaled=False)
    raw = data.data.to_numpy()
    sds = raw.std(axis=0)
    original = Ridge(alpha=PENALTY, solver="svd").fit(raw, data.target).coef_ * sds
    exact = fit_exact(_diabetes_model())
    X, y = centred()
    difference = textbook_ridge(X, y, PENALTY / sds**2) - textbook_ridge(X, y, PENALTY)
    return Disagreement(
        "ridge with one α does not depend on the units of the columns",
        float(np.max(np.abs(original - exact.coef) / exact.sd[1:])),
        float(np.max(np.abs(difference) / posterior_sds(X))),
        "posterior sds, at the worst coefficient",
        "a prior sd of τ per unit of the column is τ times its sd per sd of the column",
    )


def wrong_half() -> Disagreement:
    r"""Put ½ on the loss and none on the penalty.

    Then α counts twice, and means a prior sd of :math:`\tau / \sqrt 2`.
    """
    X, y = centred()

    def objective(b: FloatArray) -> tuple[float, FloatArray]:
        residual = X @ b - y
        value = float(0.5 * residual @ residual + PENALTY * b @ b)
        return value, X.T @ residual + 2 * PENALTY * b

    found = optimize.minimize(
        objective, np.zeros(X.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-7}
    ).x
    exact = fit_exact(_diabetes_model())
    difference = textbook_ridge(X, y, 2 * PENALTY) - textbook_ridge(X, y, PENALTY)
    return Disagreement(
        "½ ||y - Xb||² + α ||b||² is ridge with that α",
        float(np.max(np.abs(found - exact.coef) / exact.sd[1:])),
        float(np.max(np.abs(difference) / posterior_sds(X))),
        "posterior sds, at the worst coefficient",
        "a common factor does not count, a factor of one term does",
    )


def improper_joint_mode() -> Disagreement:
    r"""Follow the joint density with an unknown prior sd, which has no mode.

    At b = 0 it grows as :math:`\tau^{-p}` for :math:`\tau` towards 0.
    """
    model = _diabetes_model(priors.Normal(priors.HalfCauchy(20.0)))

    def log_density(prior_sd: float) -> float:
        zero = np.zeros(model.n_features)
        return model.log_posterior(model.join(152.0, zero, prior_sd=prior_sd))

    growth = (log_density(1e-6) - log_density(1e-4)) / np.log(100)
    return Disagreement(
        "the joint density of coefficients and prior sd has a maximum",
        float(growth),
        float(model.n_features),
        "powers of 1/τ",
        "p densities of height 1/τ each at b = 0, where the likelihood is positive and "
        "the same for every τ",
    )


CASES: Catalogue[Callable[[], Disagreement]] = Catalogue(
    {
        "unknown noise": unknown_noise,
        "Laplace prior": laplace_prior,
        "logistic likelihood": logistic_likelihood,
        "penalised intercept": penalised_intercept,
        "standardised columns": standardised_columns,
        "AdamW": adamw,
        "factors": factors,
        "normalised weights": normalised_weights,
        "wrong half": wrong_half,
        "improper joint mode": improper_joint_mode,
    },
    of="disagreements",
)
