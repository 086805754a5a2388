"""Gaussian processes: ridge regression in the clothes of kernels and wide networks."""

from collections.abc import Callable

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
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.validation import natural_number

__all__ = [
    "kernel_ridge",
    "linear_kernel",
    "random_features",
    "sd_of_functions",
    "wide_network",
]
__dir__ = __all__.copy

NETWORKS = 200  # of the stated width
FALSE_ALARM = 1e-7
WIDTHS = (100, 300, 1000, 3000, 10_000)  # of the picture


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
    x, y = _curve_with_noise(rng, n, noise_sd)
    grid = np.linspace(-3, 3, 60)

    ridge = KernelRidge(alpha=noise_sd**2, kernel="rbf", gamma=1 / (2 * length**2))
    by_ridge = ridge.fit(x[:, None], y).predict(grid[:, None])

    mean, cov = _row_by_row(_gaussian(np.r_[x, grid], length), y, noise_sd**2)
    by_process, sd = mean[n:], np.sqrt(np.diag(cov)[n:])

    found = furthest(by_ridge, by_process, sd)
    # the largest eigenvalue of K is at most its trace, n
    size = float(np.max(np.abs(y)) / np.min(sd))
    return Equivalence(
        "kernel ridge is the mean of a Gaussian process",
        found,
        size * rounding(1 + n / noise_sd**2, 1),
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
    # a difference of variances loses the digits that its terms share
    size = np.max(np.abs(mean)) / np.min(sd) + np.max(prior_variance / sd**2)
    return Equivalence(
        "a Gaussian process with a linear kernel is ridge regression",
        found,
        float(size) * rounding(float(np.linalg.cond(system)), 1),
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

    .. math:: 0 \le v(x) - v_m(x) \le \sum_{j \ge m} \big(\phi_j(x) - \sum_i w_i
       \phi_j(x_i)\big)^2

    to the variance of the function: a posterior variance is a concave function of the
    prior's covariance, and w is its slope.

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
    x, y = _curve_with_noise(rng, n, noise_sd)
    grid = np.linspace(-3, 3, 40)

    process = GaussianProcessRegressor(RBF(1.0), alpha=noise_sd**2, optimizer=None)
    _, sd = process.fit(x[:, None], y).predict(grid[:, None], return_std=True)

    rows, points = _taylor(x, m + 100), _taylor(grid, m + 100)
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
    few = {f"{each} features": Curve(grid, of_line(each), "dashes") for each in (6, 12)}
    return Equivalence(
        "ridge on the features of a kernel has the sd of a Gaussian process",
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
                "Gaussian process": Curve(grid, sd),
                f"{m} features": Curve(grid[::2], of_features[::2], "points"),
                **few,
            },
            f"The sd of ridge on {m} features differs from the sd of the Gaussian "
            f"process by {found:.1e} of it; with 6 and 12 features it is too small.",
        ),
    )


def random_features(*, seed: int = 0, n: int = 10, width: int = 1000) -> Equivalence:
    r"""Approach a Gaussian process by ridge on random cosines.

    With :math:`z_j(x) = \sqrt 2 \cos(\omega_j x + \beta_j)`, :math:`\omega_j` normal
    and :math:`\beta_j` uniform, :math:`E\, z_j(x) z_j(x')` is the Gaussian kernel
    (Rahimi and Recht, 2007). So the prediction of ridge regression on D features tends
    to the mean m of the process. To first order its error is a mean of D independent
    terms of known variance V, by :math:`w = (K + \sigma^2 I)^{-1} k(x)` and
    :math:`a = (K + \sigma^2 I)^{-1} y`:

    .. math:: \hat m - m \approx \frac1D \sum_j \big(z_j(x) - w^\top z_j(X)\big)
       \, z_j(X)^\top a - \sigma^2 w^\top a \;\sim\; N(0, V / D)

    So the error falls as one over the root of the width. 200 draws of the features
    check the rate and V together: their mean square is V/D times chi-squared over its
    200 degrees of freedom.

    Parameters
    ----------
    seed : int
        Seed of the data and the features.
    n : int
        Rows, 2 to 15.
    width : int
        The number D of features, 1000 to 10000.

    Returns
    -------
    Equivalence
        The root mean square of the error at x = 0.5, in its sd by theory, sqrt(V/D).

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    from sklearn.kernel_approximation import RBFSampler

    rng, x, y, width = _few_rows(seed, n, width)
    states = np.random.RandomState(rng.integers(2**32, size=8))

    def features(width: int) -> FloatArray:
        sampler = RBFSampler(gamma=0.5, n_components=width, random_state=states)
        return np.sqrt(width) * sampler.fit_transform(x[:, None])

    def fourth_moment(u: FloatArray, a: FloatArray) -> float:
        """Return E (u'z)²(z'a)²: of four cosines two must cancel the phase of two."""
        products = np.outer(u, a).ravel()
        sums, gaps = np.add.outer(x, x).ravel(), np.subtract.outer(x, x).ravel()
        kernels = _gaussian(sums) + _gaussian(gaps) + _gaussian(gaps, other=-gaps)
        return 0.5 * products @ kernels @ products

    return _approach(
        "ridge on random features tends to a Gaussian process as 1/√width",
        "Rahimi and Recht (2007)",
        _gaussian(x),
        y,
        width,
        features,
        fourth_moment,
    )


def wide_network(*, seed: int = 0, n: int = 10, width: int = 1000) -> Equivalence:
    r"""Approach a Gaussian process by a network of which the last layer is trained.

    The D hidden units :math:`z_j(x) = \sqrt 2 \max(0, \omega_j x + \beta_j)` have
    random normal weights and stay as they are. The last layer has the prior variance
    1/D. It tends to a Gaussian process as D grows (Neal, 1996), with the arc-cosine
    kernel of Cho and Saul (2009): for the inputs :math:`(x, 1)` of lengths r, r' and
    with the angle θ between them

    .. math:: k(x, x') = \frac{r r'}{\pi} (\sin θ + (\pi - θ) \cos θ)

    Training the last layer is ridge regression with the penalty :math:`\sigma^2 D` on
    the units. The error has the form that ``random_features`` states.

    Parameters
    ----------
    seed : int
        Seed of the data and the networks.
    n : int
        Rows, 2 to 15.
    width : int
        The number D of hidden units, 1000 to 10000.

    Returns
    -------
    Equivalence
        The root mean square of the error at x = 0.5, in its sd by theory, sqrt(V/D).

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng, x, y, width = _few_rows(seed, n, width)
    inputs = np.c_[x, np.ones_like(x)]

    def features(width: int) -> FloatArray:
        hidden = inputs @ rng.standard_normal((2, width))
        return np.sqrt(2) * np.maximum(hidden, 0)

    lengths = np.hypot(x, 1)
    scale = np.outer(lengths, lengths)
    cosines = np.clip(inputs @ inputs.T / scale, -1, 1)
    angles = np.arccos(cosines)
    kernel = scale / np.pi * (np.sin(angles) + (np.pi - angles) * cosines)

    def fourth_moment(u: FloatArray, a: FloatArray) -> float:
        """Return E (u'z)²(z'a)²: a radius, E r⁴ = 8, times a mean over directions."""
        turn = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
        units = np.maximum(inputs @ np.array([np.cos(turn), np.sin(turn)]), 0)
        return float(8 * 4 * np.mean((u @ units) ** 2 * (a @ units) ** 2))

    return _approach(
        "a wide network with a trained last layer tends to a Gaussian process",
        "Neal (1996); Cho and Saul (2009)",
        kernel,
        y,
        width,
        features,
        fourth_moment,
    )


def _approach(
    claim: str,
    source: str,
    kernel: FloatArray,
    y: FloatArray,
    width: int,
    features: Callable[[int], FloatArray],
    fourth_moment: Callable[[FloatArray, FloatArray], float],
) -> Equivalence:
    """Compare predictions at the first point, given the others, with the limit's."""
    from scipy.stats import chi2
    from sklearn.linear_model import Ridge

    noise_variance = 0.5**2
    system = kernel[1:, 1:] + noise_variance * np.eye(len(y))
    w, a = np.linalg.solve(system, kernel[1:, 0]), np.linalg.solve(system, y)
    mean, sd = kernel[0, 1:] @ a, np.sqrt(kernel[0, 0] - kernel[0, 1:] @ w)
    second = fourth_moment(np.r_[1, -w], np.r_[0, a])
    variance = second - (noise_variance * w @ a) ** 2

    def error(width: int, networks: int) -> float:
        """Return the root mean square of the error of ridge, in posterior sds."""
        ridge = Ridge(alpha=noise_variance * width, fit_intercept=False)
        errors = np.empty(networks)
        for each in range(networks):
            z = features(width)
            errors[each] = ridge.fit(z[1:], y).predict(z[:1])[0] - mean
        return float(np.sqrt(np.mean(errors**2))) / sd

    by_theory = np.sqrt(variance / np.array([width, *WIDTHS])) / sd
    found = error(width, NETWORKS) / by_theory[0]
    several = [error(each, 40) for each in WIDTHS]
    lower, upper = chi2.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], NETWORKS) / NETWORKS
    return Equivalence(
        claim,
        float(found),
        float(np.sqrt(upper)),
        "of the error by theory",
        f"the error is a mean over the width; the mean square of {NETWORKS} errors is "
        "chi-squared",
        source,
        Picture(
            "width",
            "error, posterior sds",
            {
                "theory, 1/√width": Curve(WIDTHS, by_theory[1:]),
                "root mean square of 40": Curve(WIDTHS, several, "points"),
            },
            f"On logarithmic axes the error falls along the line of theory, from "
            f"{several[0]:.2g} posterior sds at width 100 to {several[-1]:.2g} at "
            f"10000.",
            log_x=True,
            log_y=True,
        ),
        at_least=float(np.sqrt(lower)),
        false_alarm=FALSE_ALARM,
    )


def _few_rows(
    seed: int, n: int, width: int
) -> tuple[np.random.Generator, FloatArray, FloatArray, int]:
    """Return a generator, the point 0.5 before n rows, their outcomes, the width."""
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=15)
    width = natural_number(width, "width", at_least=1000, at_most=10_000)
    x, y = _curve_with_noise(rng, n, 0.5)
    return rng, np.r_[0.5, x], y, width


def _curve_with_noise(
    rng: np.random.Generator, n: int, noise_sd: float
) -> tuple[FloatArray, FloatArray]:
    x = np.sort(rng.uniform(-3, 3, n))
    return x, np.sin(2 * x) + x / 2 + noise_sd * rng.standard_normal(n)


def _gaussian(
    x: FloatArray, length: float = 1.0, other: FloatArray | None = None
) -> FloatArray:
    gaps = np.subtract.outer(x, x if other is None else other)
    return np.exp(-0.5 * (gaps / length) ** 2)


def _taylor(x: FloatArray, m: int) -> FloatArray:
    """Return m features of which the Gaussian kernel of length 1 is the sum."""
    ratios = x[:, None] / np.sqrt(np.arange(1, m))
    return np.cumprod(np.c_[np.exp(-0.5 * x**2), ratios], axis=1)


def _row_by_row(
    cov: FloatArray, y: FloatArray, noise_variance: float
) -> tuple[FloatArray, FloatArray]:
    """Return mean and covariance at all points, given outcomes at the first ones."""
    mean = np.zeros(len(cov))
    for place, outcome in enumerate(y):
        gain = cov[:, place] / (cov[place, place] + noise_variance)
        mean = mean + gain * (outcome - mean[place])
        cov = cov - np.outer(gain, cov[place])
    return mean, cov
