"""The risk of shrinkage: James and Stein's rule, and the fall of the second descent."""

from math import log, sqrt
from typing import Any

import numpy as np
from scipy import stats
from scipy.linalg import lstsq

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
    furthest,
)
from bayes_l2.course.demonstrations.equivalences.linear_algebra import ridge_model
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import priors
from bayes_l2.selection.choose import choose_penalty
from bayes_l2.validation import natural_number

__all__ = ["double_descent", "james_stein", "penalty_by_evidence"]
__dir__ = __all__.copy

FALSE_ALARM = 1e-7
SHARES = (0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0, 1.05, 1.2, 1.5, 2.0, 3.0, 4.0)


def james_stein(
    *, seed: int = 0, p: int = 10, size: int = 10, draws: int = 100_000
) -> Equivalence:
    r"""Shrink p means towards 0 by James and Stein's rule, and find its risk.

    For one observation :math:`y \sim N(\theta, I)` of p means the rule is

    .. math:: \hat\theta = \left(1 - \frac{p - 2}{\lVert y \rVert^2}\right) y,

    which is ridge on orthonormal columns at a penalty that y has chosen, but where
    :math:`\lVert y \rVert^2 < p - 2`. Its risk is below p, the risk of y itself, for
    every :math:`\theta` if p is at least 3 (James and Stein, 1961):

    .. math:: E \lVert \hat\theta - \theta \rVert^2
              = p - (p - 2)^2\, E\, \frac{1}{p - 2 + 2 K}, \qquad
              K \sim \mathrm{Poisson}(\lVert \theta \rVert^2 / 2)

    The other code draws y and takes the mean of
    :math:`\lVert y - \theta \rVert^2 - \lVert \hat\theta - \theta \rVert^2`. With p of
    at least 10 this gain has four moments and a skewness from -3 to 0. So the mean of
    20 000 draws or more misses by 6 standard errors at most 2.5 times as often as a
    normal one, by the first term for large deviations: 5e-9.

    Parameters
    ----------
    seed : int
        Seed of the draws.
    p : int
        Means, 10 to 100.
    size : int
        :math:`\lVert \theta \rVert^2`, in units of the noise variance, 1 to 1000.
    draws : int
        Draws of y, 20 000 to 200 000.

    Returns
    -------
    Equivalence
        In Monte-Carlo standard errors of the risk.

    Raises
    ------
    ValueError
        If a size is out of its bounds.

    References
    ----------
    James and Stein (1961), Proceedings of the Fourth Berkeley Symposium 1.
    """
    rng = arguments.generator(seed, "seed")
    p = natural_number(p, "p", at_least=10, at_most=100)
    size = natural_number(size, "size", at_least=1, at_most=1000)
    draws = natural_number(draws, "draws", at_least=20_000, at_most=200_000)
    noise = rng.standard_normal((draws, p))
    gains = _gains(noise, size, p - 2)
    error = float(np.std(gains, ddof=1)) / sqrt(draws)
    theory = _risk(p, size)
    risk = p - float(np.mean(gains))

    # fewer draws are enough for the points of a picture
    grid = np.linspace(0, 3 * p, 13)
    fine = np.linspace(0, 3 * p, 61)
    line = [_risk(p, each) for each in fine]
    few = noise[:10_000]
    simulated = [p - np.mean(_gains(few, each, p - 2)) for each in grid]
    evidence = [p - np.mean(_gains(few, each, p, most=1)) for each in grid]
    return Equivalence(
        "James and Stein's rule has a smaller risk than y itself, as theory says",
        abs(risk - theory) / error,
        6.0,
        "standard errors",
        f"the risk is {theory:.2f} by theory and {risk:.2f} in {draws} draws, "
        f"against {p} of y itself; only Monte-Carlo error is between them",
        "James and Stein (1961)",
        Picture(
            "squared length of the means, in noise variances",
            "risk, in noise variances",
            {
                "James and Stein, theory": Curve(fine, line),
                "James and Stein, draws": Curve(grid, simulated, "points"),
                "ridge, penalty by evidence": Curve(grid, evidence, "points"),
                "y itself": Curve(fine, np.full(len(fine), p), "dashes"),
            },
            f"The risk of James and Stein's rule rises from 2 towards {p}, the risk of "
            "y itself. Ridge with the penalty by evidence is below it for small means.",
        ),
        false_alarm=FALSE_ALARM,
    )


def _gains(
    noise: FloatArray, size: float, constant: float, most: float = np.inf
) -> FloatArray:
    """Return how much less than y the rule errs that cuts constant / |y|² off it."""
    first = noise[:, 0] + sqrt(size)
    length = np.sum(noise[:, 1:] ** 2, axis=1) + first**2
    cut = np.minimum(constant / length, most)
    along = length - sqrt(size) * first  # the inner product of y and its noise
    return 2 * cut * along - cut**2 * length


def _risk(p: int, size: float) -> float:
    """Return the risk of James and Stein's rule, by the series of 1961."""
    mean = size / 2
    k = np.arange(int(mean + 12 * sqrt(mean)) + 60)
    return float(
        p - (p - 2) ** 2 * np.sum(stats.poisson.pmf(k, mean) / (p - 2 + 2 * k))
    )


def penalty_by_evidence(*, seed: int = 0, p: int = 10, size: int = 30) -> Equivalence:
    r"""Choose the penalty of p means by the evidence: James and Stein's rule, nearly.

    For :math:`y \sim N(\theta, I)` and the prior :math:`\theta \sim N(0, \tau^2 I)` the
    evidence is that of :math:`y \sim N(0, (1 + \tau^2) I)`. It is largest at
    :math:`1 + \hat\tau^2 = \max(1, \lVert y \rVert^2 / p)`. The posterior mean there is
    the rule of James and Stein with p in the place of p − 2, and never less than 0:

    .. math:: \hat\theta = \max\left(0, 1 - \frac{p}{\lVert y \rVert^2}\right) y

    The estimate (p − 2) / ‖y‖² of 1 / (1 + τ²), which has no bias, gives their own rule
    (Efron and Morris, 1973). ``choose_penalty`` searches for the penalty, ``fit_exact``
    solves for the means. A search by values of the log evidence finds its top to the
    root of what rounding leaves of a value, so that much is allowed.

    Parameters
    ----------
    seed : int
        Seed of the data.
    p : int
        Means, 3 to 100.
    size : int
        :math:`\lVert \theta \rVert^2`, in units of the noise variance, 1 to 1000.

    Returns
    -------
    Equivalence
        In noise sds, at the worst mean.

    Raises
    ------
    ValueError
        If a size is out of its bounds.

    References
    ----------
    Efron and Morris (1973), Journal of the American Statistical Association 68(341).
    """
    rng = arguments.generator(seed, "seed")
    p = natural_number(p, "p", at_least=3, at_most=100)
    size = natural_number(size, "size", at_least=1, at_most=1000)
    theta = rng.standard_normal(p)
    y = theta * sqrt(size) / np.linalg.norm(theta) + rng.standard_normal(p)

    model = ridge_model(np.eye(p), y, 1.0, priors.FlatLogScale())
    ridge = fit_exact(choose_penalty(model, by="evidence").model).coef

    length = float(y @ y)
    share, stein = max(0.0, 1 - p / length), 1 - (p - 2) / length
    found = furthest(ridge, share * y)

    # log evidence of a variance v of y: -(log v + length / (p v)) p / 2, top v = top
    top = max(1.0, length / p)
    value = log(2 * np.pi * top) + 1
    shift = 4 * sqrt(np.finfo(float).eps * value)  # of log v, for four roundings
    allowed = float(np.max(np.abs(y))) * shift / top
    shares = np.linspace(0, max(0.9, 1 - 0.5 * p / length), 181)

    def evidence(left: Any) -> FloatArray:
        return -p / 2 * np.log(2 * np.pi / (1 - left)) - length / 2 * (1 - left)

    return Equivalence(
        "on orthonormal columns, ridge by evidence is James and Stein's rule, with p "
        "instead of p - 2, or 0",
        found,
        allowed,
        "noise sds",
        "the evidence is largest at a penalty that leaves the share 1 - p / |y|² of y; "
        "a search finds its top to half the digits",
        "Efron and Morris (1973)",
        Picture(
            "share of y that the penalty leaves",
            "log evidence",
            {
                "log evidence": Curve(shares, evidence(shares)),
                "chosen by evidence": Curve([share], [evidence(share)], "points"),
                "James and Stein": Curve([stein], [evidence(stein)], "points"),
            },
            f"The log evidence has its top where {share:.3f} of y is left. James and "
            f"Stein's rule leaves {stein:.3f}, beside it.",
        ),
    )


def double_descent(*, seed: int = 0, p: int = 40, draws: int = 400) -> Equivalence:
    r"""Fit p coefficients to more and more rows, with and without the prior's penalty.

    The coefficients are drawn from a prior :math:`N(0, I / p)` and the noise has sd
    1/2. Least squares of least norm errs, given X of rank r, by

    .. math:: E \lVert \hat b - b \rVert^2 = \sigma^2 \sum_{k \le r} \frac{1}{s_k^2}
              + \tau^2 (p - r),

    which has a peak at n = p: its mean over Gaussian X is
    :math:`\sigma^2 p / (n - p - 1)` for n > p + 1, and
    :math:`\sigma^2 n / (p - n - 1) + \tau^2 (p - n)` for n < p − 1 (Belkin, Hsu and
    Xu, 2020; in the limit Hastie, Montanari, Rosset and Tibshirani, 2022). Ridge at the
    prior's own penalty :math:`\sigma^2 / \tau^2` is the posterior mean. So its risk is
    the trace of the posterior covariance, the least of all rules. A row more never
    makes it larger: it has no peak.

    Both risks are found by draws of coefficients and noise, by ``lstsq`` and by a
    solve in the dual. Given X an error is a Gaussian vector, so the mean of its squares
    over the draws is a sum of squares with weights. It is off by more than
    :math:`\sqrt{2 x} + x \sqrt{2 / \mathrm{draws}}` standard errors with a probability
    of at most :math:`2 e^{-x}` (Laurent and Massart, 2000, lemma 1), and x is chosen
    for 1e-7 over all points. This holds at n = p as well, where the mean over X is
    infinite.

    Parameters
    ----------
    seed : int
        Seed of the rows and of the draws.
    p : int
        Columns, 10 to 80. Rows go from a tenth of it to four times as many.
    draws : int
        Draws of coefficients and noise, 100 to 1000.

    Returns
    -------
    Equivalence
        In Monte-Carlo standard errors of the risk, the largest over all numbers of
        rows and both fits.

    Raises
    ------
    ValueError
        If a size is out of its bounds.

    References
    ----------
    Belkin, Hsu and Xu (2020), SIAM Journal on Mathematics of Data Science 2(4); Hastie,
    Montanari, Rosset and Tibshirani (2022), Annals of Statistics 50(2); Laurent and
    Massart (2000), Annals of Statistics 28(5).
    """
    rng = arguments.generator(seed, "seed")
    p = natural_number(p, "p", at_least=10, at_most=80)
    draws = natural_number(draws, "draws", at_least=100, at_most=1000)
    sizes = np.array(sorted({round(share * p) for share in SHARES}))
    noise_sd, prior_sd = 0.5, p**-0.5
    rows = rng.standard_normal((sizes[-1], p))
    coef = prior_sd * rng.standard_normal((p, draws))
    noise = noise_sd * rng.standard_normal((sizes[-1], draws))

    ridgeless, ridge = np.empty((3, len(sizes))), np.empty((3, len(sizes)))
    for k, n in enumerate(sizes):
        X, y = rows[:n], rows[:n] @ coef + noise[:n]
        least = np.asarray(lstsq(X, y, lapack_driver="gelsy")[0])
        weights = (noise_sd / np.linalg.svd(X, compute_uv=False)) ** 2
        weights = np.append(weights, np.full(max(p - n, 0), prior_sd**2))
        ridgeless[:, k] = (
            np.sum((least - coef) ** 2) / draws,
            np.sum(weights),
            np.linalg.norm(weights),
        )

        system = X @ X.T + (noise_sd / prior_sd) ** 2 * np.eye(n)
        dual = X.T @ np.linalg.solve(system, y)
        cov = fit_exact(ridge_model(X, y[:, 0], noise_sd, prior_sd)).cov
        ridge[:, k] = (
            np.sum((dual - coef) ** 2) / draws,
            np.trace(cov),
            np.linalg.norm(cov),
        )

    found, theory, norm = np.hstack([ridgeless, ridge])
    errors = sqrt(2 / draws) * norm
    x = log(2 * len(found) / FALSE_ALARM)
    worst = furthest(found, theory, errors)
    over_rows = _mean_over_rows(p, int(sizes[-1]), noise_sd, prior_sd)
    peak = int(sizes[np.argmax(ridgeless[0])])
    return Equivalence(
        "at p = n the risk of least squares has a peak; that of ridge at the prior's "
        "penalty has none",
        worst,
        sqrt(2 * x) + x * sqrt(2 / draws),
        "standard errors",
        "a new row never makes the risk of ridge, the sum of posterior variances, "
        "larger; least squares divides noise by a singular value near 0 at n = p",
        "Hastie, Montanari, Rosset and Tibshirani (2022)",
        Picture(
            f"rows n ({p} columns)",
            "squared error / that of the prior",
            {
                "least squares, draws": Curve(sizes, ridgeless[0], "points"),
                "least squares, expected error": Curve(*over_rows, "dashes"),
                "ridge, draws": Curve(sizes, ridge[0], "points"),
                "posterior variance": Curve(sizes, ridge[1]),
            },
            f"The risk of least squares of least norm is largest at n = {peak}, where "
            f"it is {np.max(ridgeless[0]):.3g}. That of ridge falls from "
            f"{ridge[0, 0]:.2f} to {ridge[0, -1]:.3f}, the sum of posterior variances.",
            log_x=True,
            log_y=True,
        ),
        false_alarm=FALSE_ALARM,
    )


def _mean_over_rows(
    p: int, largest: int, noise_sd: float, prior_sd: float
) -> tuple[FloatArray, FloatArray]:
    """Return the risk of least squares over Gaussian rows; NaN where it is infinite."""
    n = np.arange(max(1, p // 10), largest + 1).astype(float)
    risk = np.full(len(n), np.nan)
    many, few = n > p + 1, n < p - 1
    risk[many] = noise_sd**2 * p / (n[many] - p - 1)
    risk[few] = noise_sd**2 * n[few] / (p - n[few] - 1) + prior_sd**2 * (p - n[few])
    return n, risk
