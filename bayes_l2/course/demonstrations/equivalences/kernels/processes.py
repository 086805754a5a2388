"""Ridge regression as a Gaussian process: three disguises that are exact."""

from typing import Any

import numpy as np

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
    furthest,
    rounding,
)
from bayes_l2.course.demonstrations.equivalences.kernels.curves import (
    curve_with_noise,
    gaussian,
    row_by_row,
    taylor,
)
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.validation import natural_number

__all__ = ["kernel_ridge", "linear_kernel", "sd_of_functions"]
__dir__ = __all__.copy


def kernel_ridge(*, seed: int = 0, n: int = 40, length: int = 1) -> Equivalence:
    r"""Compute the mean of a Gaussian process by scikit-learn's KernelRidge.

    The prior is a Gaussian process with the kernel
    :math:`k(x, x') = \exp(-(x - x')^2 / 2\ell^2)`, the noise is :math:`N(0, \sigma^2)`.
    The mean of the function at :math:`x` is
    :math:`k(x)^\top (K + \sigma^2 I)^{-1} y`. This is kernel ridge regression with
    ``alpha`` :math:`= \sigma^2` and ``gamma`` :math:`= 1 / 2\ell^2` (Rasmussen and
    Williams, 2006, sections 2.2 and 6.2). The other code knows no such formula: it
    conditions the process on one row after the other.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n : int
        Rows, 2 to 200.
    length : int
        The length :math:`\ell` of the kernel, 1 to 10. The rows lie between -3 and 3.

    Returns
    -------
    Equivalence
        In posterior sds of the function, at the worst of 60 points.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    from sklearn.kernel_ridge import KernelRidge

    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=200)
    length = natural_number(length, "length", at_least=1, at_most=10)
    noise_sd = 0.3
    x, y = curve_with_noise(rng, n, noise_sd)
    grid = np.linspace(-3, 3, 60)

    settings: dict[str, Any] = {"alpha": noise_sd**2, "gamma": 1 / (2 * length**2)}
    ridge = KernelRidge(kernel="rbf", **settings)
    by_ridge = ridge.fit(x[:, None], y).predict(grid[:, None])

    mean, cov = row_by_row(gaussian(np.r_[x, grid], length), y, noise_sd**2)
    by_process, sd = mean[n:], np.sqrt(np.diag(cov)[n:])

    found = furthest(by_ridge, by_process, sd)
    # the largest eigenvalue of K is at most its trace, n; the distances of scikit-learn
    # are differences of squares up to 36, an error of k times the weight of each row
    solved = np.max(np.abs(y)) * rounding(1 + n / noise_sd**2, 1)
    kernel = np.sum(np.abs(ridge.dual_coef_)) * rounding(1 + 18 / length**2, 1)
    return Equivalence(
        "kernel ridge is the posterior mean of a Gaussian process",
        found,
        float((solved + kernel) / np.min(sd)),
        "posterior sds",
        "alpha is the noise variance, so nothing but rounding is between them",
        "Rasmussen and Williams (2006)",
        Picture(
            "x",
            "function",
            {
                "rows": Curve(x, y, "points"),
                "Gaussian process": Curve(grid, by_process),
                "kernel ridge": Curve(grid, by_ridge, "dashes"),
            },
            f"The curve of kernel ridge lies on the mean of the Gaussian process given "
            f"{n} rows; the largest gap is {found:.1e} posterior sds.",
        ),
    )


def linear_kernel(*, seed: int = 0, n: int = 30, p: int = 3) -> Equivalence:
    r"""Predict a line by a Gaussian process, with one unknown per row.

    The prior :math:`b \sim N(0, \tau^2 I)` on the coefficients of a line is a Gaussian
    process with the kernel :math:`k(x, x') = \tau^2 x^\top x'` (Rasmussen and Williams,
    2006, section 2.1). So the mean :math:`k(x)^\top (K + \sigma^2 I)^{-1} y` and the
    variance :math:`k(x, x) - k(x)^\top (K + \sigma^2 I)^{-1} k(x)` are those of the
    exact posterior, which has one unknown per column.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n, p : int
        Rows and columns, 2 to 200 each.

    Returns
    -------
    Equivalence
        In posterior sds of the function: the larger difference of means and of sds.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=200)
    p = natural_number(p, "p", at_least=2, at_most=200)
    noise_sd, prior_sd = 0.5, 1.0
    X = rng.standard_normal((n, p))
    y = X @ (prior_sd * rng.standard_normal(p)) + noise_sd * rng.standard_normal(n)
    grid = np.linspace(-3, 3, 40)
    new = np.c_[grid, np.ones((40, p - 1)) / np.sqrt(p - 1)]

    likelihood, prior = likelihoods.Normal(noise_sd), priors.Normal(prior_sd)
    model = LinearModel(X, y, likelihood=likelihood, prior=prior, intercept=False)
    line = fit_exact(model).predictive(new, observation_noise=False)

    system = prior_sd**2 * X @ X.T + noise_sd**2 * np.eye(n)
    k = prior_sd**2 * X @ new.T
    prior_variance = prior_sd**2 * np.sum(new**2, axis=1)
    weights = np.linalg.solve(system, k)
    mean, sd = weights.T @ y, np.sqrt(prior_variance - np.sum(k * weights, axis=0))

    found = max(furthest(mean, line.mean(), sd), furthest(sd, line.std(), sd))
    # a difference of variances loses the digits that its terms share, and a product
    # of two rows loses up to p of them
    size = np.max(np.abs(mean)) / np.min(sd) + np.max(prior_variance / sd**2)
    return Equivalence(
        "a Gaussian process with a linear kernel is ridge regression",
        found,
        float(size) * rounding(float(np.linalg.cond(system)) + p, 1),
        "posterior sds",
        "a prior on lines is a prior on functions, so only rounding is between them",
        "Rasmussen and Williams (2006)",
        Picture(
            "first column",
            "function",
            {
                "posterior mean of the line": Curve(grid, line.mean()),
                "mean ± 2 sd of the process": Curve(
                    np.r_[grid, np.nan, grid],
                    np.r_[mean - 2 * sd, np.nan, mean + 2 * sd],
                    "dashes",
                ),
                "mean of the process": Curve(grid[::3], mean[::3], "points"),
            },
            f"The mean of the Gaussian process lies on the line of ridge regression, "
            f"inside a band of 2 sd; the largest gap is {found:.1e} posterior sds.",
        ),
    )


def sd_of_functions(*, seed: int = 0, n: int = 8, features: int = 40) -> Equivalence:
    r"""Compute the sd of functions by ridge on a finite list of features.

    The Gaussian kernel is a sum over features,
    :math:`k(x, x') = \sum_j \phi_j(x) \phi_j(x')` with
    :math:`\phi_j(x) = e^{-x^2/2} x^j / \sqrt{j!}` (Cotter, Keshet and Srebro, 2011). So
    the exact posterior of a line in the first m features, each with the prior
    :math:`N(0, 1)`, knows a function as well as the Gaussian process does, but for the
    features left out. With :math:`w = (K_m + \sigma^2 I)^{-1} k_m(x)` they add

    .. math:: 0 \le v(x) - v_m(x) \le \sum_{j \ge m} \bigl(\phi_j(x) - \sum_i w_i
       \phi_j(x_i)\bigr)^2

    to the variance of the function: a posterior variance is a concave function of the
    prior's covariance, whose slope the weights w give.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n : int
        Rows, 2 to 100. They lie between -3 and 3.
    features : int
        The number m of features, 1 to 100.

    Returns
    -------
    Equivalence
        Relative to the sd of the function, at the worst of 40 points.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF

    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=100)
    m = natural_number(features, "features", at_least=1, at_most=100)
    noise_sd = 0.3
    x, y = curve_with_noise(rng, n, noise_sd)
    grid = np.linspace(-3, 3, 40)

    settings: dict[str, Any] = {"alpha": noise_sd**2, "optimizer": None}
    process = GaussianProcessRegressor(RBF(1.0), **settings)
    _, sd = process.fit(x[:, None], y).predict(grid[:, None], return_std=True)

    rows, points = taylor(x, m + 100), taylor(grid, m + 100)
    likelihood, prior = likelihoods.Normal(noise_sd), priors.Normal(1.0)

    def of_line(m: int) -> FloatArray:
        model = LinearModel(
            rows[:, :m], y, likelihood=likelihood, prior=prior, intercept=False
        )
        line = fit_exact(model)
        return line.predictive(points[:, :m], observation_noise=False).std()

    of_features = of_line(m)
    found = furthest(sd, of_features, sd)
    system = rows[:, :m] @ rows[:, :m].T + noise_sd**2 * np.eye(n)
    weights = np.linalg.solve(system, rows[:, :m] @ points[:, :m].T)
    left_out = points[:, m:].T - rows[:, m:].T @ weights
    bound = np.sum(left_out**2, axis=0) / (sd * (sd + of_features))
    return Equivalence(
        "ridge on features of a kernel has the sd of a Gaussian process, except for "
        "features left out",
        found,
        float(np.max(bound) + rounding(1 + n / noise_sd**2, 1) / np.min(sd) ** 2),
        "of the sd",
        "features that are left out hide a variance that is bounded; the rest is "
        "rounding",
        "Cotter, Keshet and Srebro (2011)",
        Picture(
            "x",
            "posterior sd of the function",
            {
                "process": Curve(grid, sd),
                f"{m} features": Curve(grid[::2], of_features[::2], "points"),
                "8 features": Curve(grid, of_line(8), "dashes"),
            },
            f"The sd of ridge on {m} features differs from the sd of the Gaussian "
            f"process by {found:.1e} of it; 8 features lose some of it at the ends.",
        ),
    )
