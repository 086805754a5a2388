"""Counterexamples with one coefficient: the mode of the posterior is not its mean."""

from typing import Any

import numpy as np
from scipy import optimize, special

from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.counterexamples.disagreement import Disagreement
from bayes_l2.course.demonstrations.equivalences.equivalence import Curve, Picture
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.map_estimate import fit_map
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel

__all__ = ["laplace_prior", "logistic_likelihood", "unknown_noise"]
__dir__ = __all__.copy


def unknown_noise() -> Disagreement:
    r"""Compare the joint mode of coefficients and noise sd with the posterior mean.

    The prior has a scale of its own. There are twelve rows and one column, with prior
    sd 1 and :math:`p(\sigma) = 1`. The mode is ridge at :math:`\hat\sigma^2 / \tau^2`,
    where :math:`\hat\sigma^2` is the mean square of its own residuals. The mean is an
    average of ridge over :math:`p(\sigma \mid y)`. The picture has other prior sds.
    """
    rng = np.random.default_rng(0)
    x = rng.standard_normal(12)
    y = x + rng.standard_normal(12)
    prior_sds = np.array([0.1, 0.3, 1.0, 3.0, 10.0])
    by_fits = [_fitted_distance(x, y, prior_sd) for prior_sd in prior_sds]
    grid = np.geomspace(0.1, 10.0, 31)
    by_theory = [_textbook_distance(x, y, prior_sd) for prior_sd in grid]
    measured, predicted = by_fits[2], _textbook_distance(x, y, 1.0)
    picture = Picture(
        x="prior sd τ of the coefficient",
        y="mean − mode (posterior sds)",
        curves={
            "predicted": Curve(grid, by_theory),
            "measured": Curve(prior_sds, by_fits, "points"),
        },
        alt=(
            "The posterior mean minus the mode, over prior sds from 0.1 to 10: points "
            f"of the fits on the curve of theory, at {measured:.3f} posterior sds for "
            f"the prior sd 1. It goes from {by_fits[0]:.3f} to {by_fits[-1]:.3f}."
        ),
        log_x=True,
    )
    return Disagreement(
        "the MAP with an unknown noise sd is the posterior mean",
        measured,
        predicted,
        "posterior sds",
        "the penalty depends on σ: the mode takes one σ, the mean averages over all",
        picture,
    )


def _fitted_distance(x: FloatArray, y: FloatArray, prior_sd: float) -> float:
    """Return the mean minus the joint mode, in posterior sds, by two fits."""
    noise = likelihoods.Normal(priors.FlatScale())
    model = _model(x, y, noise, priors.Normal(prior_sd))
    exact = fit_exact(model)
    return float((exact.coef[0] - fit_map(model).coef[0]) / exact.sd[0])


def _textbook_distance(x: FloatArray, y: FloatArray, prior_sd: float) -> float:
    """Return the mean minus the joint mode, in posterior sds, by sums over σ."""
    added = 1 / prior_sd**2

    def ridge(variance: Any) -> Any:
        return x @ y / (x @ x + added * variance)

    mode = optimize.brentq(lambda v: np.mean((y - x * ridge(v)) ** 2) - v, 1e-3, 1e3)
    sigma = np.exp(np.linspace(-4, 4, 20_001))  # even in log σ, so that dσ ∝ σ
    precision = x @ x / sigma**2 + added
    squares = y @ y / sigma**2 - (x @ y / sigma**2) ** 2 / precision
    logs = (1 - len(x)) * np.log(sigma) - squares / 2 - np.log(precision) / 2
    weights = special.softmax(logs)
    mean = weights @ ridge(sigma**2)
    sd = np.sqrt(weights @ (1 / precision + ridge(sigma**2) ** 2) - mean**2)
    return float((mean - ridge(mode)) / sd)


def laplace_prior() -> Disagreement:
    """Compare the mode under a Laplace prior with the posterior mean.

    The mode is 0 for a whole range of data. The mean is 0 only by accident of the data,
    as for x = (1, 1) and y = (1, -1). With one coefficient and a Gaussian likelihood
    N(z, s²), the posterior is two Gaussians truncated at 0, whose masses and means are
    known. The picture has other z.
    """
    z, scale = 0.15, 0.1
    estimates = np.array([-0.6, -0.3, 0.0, 0.15, 0.3, 0.6])
    fits = [_laplace_fits(each, scale) for each in estimates]
    modes, means = np.transpose(fits)
    measured, predicted = fits[3][1] - fits[3][0], _laplace_mean(z, scale)
    grid = np.linspace(-0.6, 0.6, 61)
    picture = Picture(
        x="least-squares estimate",
        y="coefficient",
        curves={
            "mean, predicted": Curve(grid, [_laplace_mean(b, scale) for b in grid]),
            "mean, measured": Curve(estimates, means, "points"),
            "mode, measured": Curve(estimates, modes, "points"),
        },
        alt=(
            "Posterior means over least-squares estimates from -0.6 to 0.6: points on "
            "the curve of theory, which rises and is 0 at 0 alone. The modes are 0 at "
            f"{np.sum(modes == 0)} of {len(modes)} estimates. At the estimate 0.15 the "
            f"mean is {means[3]:.3f} and the mode {modes[3]:.3f}."
        ),
    )
    return Disagreement(
        "a coefficient that the lasso puts at 0 has the posterior mean 0",
        measured,
        predicted,
        "units of the coefficient",
        "the mode sits in the kink of the prior; the mean feels the mass on both sides",
        picture,
    )


def _laplace_fits(z: float, scale: float) -> tuple[float, float]:
    """Return the mode, and the mean as a sum over a grid, for 25 rows at z."""
    rows = np.full(25, z)
    model = _model(np.ones(25), rows, likelihoods.Normal(1.0), priors.Laplace(scale))
    grid = np.linspace(-2, 2, 40_001)
    logs = [model.log_posterior(np.array([b])) for b in grid[::40]]
    mean = _mean_on(grid, np.interp(grid, grid[::40], logs))
    return float(fit_map(model).coef[0]), mean


def _laplace_mean(z: float, scale: float) -> float:
    """Return the mean of two truncated Gaussians, by their masses and means."""
    s, sides = 1 / np.sqrt(25), np.array([1, -1])
    centres = z - sides * s**2 / scale  # of the part above 0, and of the part below
    log_masses = special.log_ndtr(sides * centres / s) + (centres / s) ** 2 / 2
    log_ratios = -0.5 * (centres / s) ** 2 - special.log_ndtr(sides * centres / s)
    means = centres + sides * s * np.exp(log_ratios) / np.sqrt(2 * np.pi)
    return float(special.softmax(log_masses) @ means)


def logistic_likelihood() -> Disagreement:
    r"""Compare the mode of logistic regression with its posterior mean.

    The likelihood is skewed. To first order the mean minus the mode is
    :math:`\ell''' / 2 (\ell'')^2`, with the third and second derivatives of the log
    posterior at the mode. The picture has the first rows alone.
    """
    rng = np.random.default_rng(1)
    x = np.abs(rng.standard_normal(60))
    labels = np.where(rng.uniform(size=60) < special.expit(1.5 * x), 1, -1)
    numbers = np.array([10, 15, 20, 30, 45, 60])
    by_fits = [_logistic_fits(x[:n], labels[:n]) for n in numbers]
    by_theory = [_first_order(x[:n], labels[:n]) for n in numbers]
    picture = Picture(
        x="number of rows",
        y="mean − mode (sds)",
        curves={
            "predicted": Curve(numbers, by_theory),
            "measured": Curve(numbers, by_fits, "points"),
        },
        alt=(
            "The posterior mean minus the mode of logistic regression over the number "
            f"of rows. Measured: {by_fits[0]:.3f} sds with {numbers[0]} rows and "
            f"{by_fits[-1]:.3f} with {numbers[-1]}. Predicted: {by_theory[0]:.3f} and "
            f"{by_theory[-1]:.3f}."
        ),
    )
    return Disagreement(
        "logistic regression's coefficient is the posterior mean",
        by_fits[-1],
        by_theory[-1],
        "sds of the Laplace approximation",
        "the log likelihood is no quadratic: its third derivative is not 0 at the "
        "mode, and the posterior is skewed",
        picture,
    )


def _logistic_fits(x: FloatArray, labels: Any) -> float:
    """Return the mean minus the mode, in sds of the Laplace approximation."""
    model = _model(x, labels, likelihoods.Bernoulli(), priors.Normal(3.0))
    mode = float(fit_map(model).coef[0])
    sd = _derivatives(mode, x)[0]
    grid = np.linspace(mode - 9 * sd, mode + 9 * sd, 601)
    mean = _mean_on(grid, [model.log_posterior(np.array([b])) for b in grid])
    return (mean - mode) / sd


def _first_order(x: FloatArray, labels: Any) -> float:
    """Return the first term of the mean minus the mode, in the same sds."""

    def slope(b: float) -> float:
        return float(np.sum(labels * x * special.expit(-labels * x * b)) - b / 9)

    root = optimize.root_scalar(slope, bracket=(-20, 20)).root
    sd, third = _derivatives(root, x)
    return third * sd**3 / 2


def _derivatives(b: float, x: FloatArray) -> tuple[float, float]:
    """Return the sd by the second derivative of the log posterior, and the third."""
    p = special.expit(b * x)
    second = -np.sum(x**2 * p * (1 - p)) - 1 / 9
    third = -np.sum(x**3 * p * (1 - p) * (1 - 2 * p))
    return float((-second) ** -0.5), float(third)


def _model(x: FloatArray, y: Any, likelihood: Any, prior: Any) -> LinearModel:
    return LinearModel(
        x[:, None], y, likelihood=likelihood, prior=prior, intercept=False
    )


def _mean_on(grid: FloatArray, log_densities: Any) -> float:
    """Return the mean of a density that is known up to a factor on an even grid."""
    return float(grid @ special.softmax(log_densities))
