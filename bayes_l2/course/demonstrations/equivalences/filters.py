"""Ridge regression in the clothes of filters: rows that come one after another."""

import numpy as np
from sklearn.linear_model import Ridge

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

__all__ = ["kalman_filter", "one_step_predictions", "recursive_least_squares"]
__dir__ = __all__.copy

NOISE_SD, PRIOR_SD = 0.5, 1.0
STEPS = 10  # roundings of one row, by which even a single row may be off
CHECKS = 8  # the numbers of rows at which the filter is held against the posterior


def kalman_filter(*, seed: int = 0, n: int = 100, p: int = 5) -> Equivalence:
    r"""Filter a state that never moves: each step is the update of a posterior.

    The state is :math:`b \sim N(m_0, P_0)`, and a row observes
    :math:`y_t = x_t^\top b + \varepsilon_t` with
    :math:`\varepsilon_t \sim N(0, \sigma^2 / w_t)`. The gain
    :math:`k_t = P_{t-1} x_t / (x_t^\top P_{t-1} x_t + \sigma^2 / w_t)` gives

    .. math:: m_t = m_{t-1} + k_t (y_t - x_t^\top m_{t-1}), \qquad
              P_t = (I - k_t x_t^\top) P_{t-1} (I - k_t x_t^\top)^\top
                    + \tfrac{\sigma^2}{w_t} k_t k_t^\top

    (Kalman, 1960, without motion of the state). So :math:`N(m_t, P_t)` is the posterior
    of the first t rows. The filter never sees a row twice, and the posterior here is
    computed from all of them at once.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n, p : int
        Rows, 1 to 1000, and coefficients, 1 to 50.

    Returns
    -------
    Equivalence
        In posterior sds: the worst mean at up to eight numbers of rows. An entry of the
        covariance is in units of the two sds.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=1, at_most=1000)
    p = natural_number(p, "p", at_least=1, at_most=50)
    X, y = _rows(rng, n, p)
    weights = rng.uniform(0.3, 3, n)
    start, root = rng.standard_normal(p), rng.standard_normal((p, 2 * p))
    spread = root @ root.T / (2 * p) + 0.1 * np.eye(p)

    variances = NOISE_SD**2 / weights
    means, covariances, _ = _filter(X, y, variances, start, spread)
    checks = np.unique(np.geomspace(1, n, CHECKS).astype(int))
    found, firsts = 0.0, []
    for t in checks:
        model = LinearModel(
            X[:t],
            y[:t],
            likelihood=likelihoods.Normal(NOISE_SD),
            prior=priors.Normal(mean=start, cov=spread),
            intercept=False,
            weights=weights[:t],
        )
        exact = fit_exact(model)
        units = np.outer(exact.sd, exact.sd)
        found = max(
            found,
            furthest(means[t], exact.mean, exact.sd),
            furthest(covariances[t], exact.cov, units),
        )
        firsts.append(exact.mean[0])

    # a step rounds by one unit of the state's and the row's size
    sizes = _size(start, covariances[-1]) + _size(means[-1], covariances[-1])
    size = 1 + sizes + float(np.max(np.abs(y))) / NOISE_SD
    steps = np.arange(n + 1)
    path = means[:, 0]
    reach = 2 * np.sqrt(covariances[:, 0, 0])
    band = np.concatenate([path - reach, [np.nan], path + reach])
    return Equivalence(
        "a Kalman filter of a constant state gives the posterior after each row",
        found,
        size * rounding(1.0, STEPS + n + p),
        "posterior sds",
        "each step is Bayes' rule for one row, so nothing but rounding is between them",
        "Kalman (1960)",
        Picture(
            "rows seen",
            "first coefficient",
            {
                "filter": Curve(steps, path, "steps"),
                "filter ± 2 sd": Curve([*steps, np.nan, *steps], band, "dashes"),
                "posterior mean": Curve(checks, firsts, "points"),
            },
            f"The filter's first coefficient moves with each of {n} rows and lies on "
            f"the posterior mean at {len(checks)} numbers of rows; the largest gap of "
            f"any is {found:.1e} posterior sds.",
        ),
    )


def recursive_least_squares(*, seed: int = 0, n: int = 60, p: int = 6) -> Equivalence:
    r"""Run recursive least squares: its start is a ridge penalty that never leaves.

    From :math:`b_0 = 0` and :math:`P_0 = I / \alpha` each row gives

    .. math:: k_t = \frac{P_{t-1} x_t}{1 + x_t^\top P_{t-1} x_t}, \qquad
              b_t = b_{t-1} + k_t (y_t - x_t^\top b_{t-1}), \qquad
              P_t = P_{t-1} - k_t x_t^\top P_{t-1}

    (Plackett, 1950, from a start of no rows). As
    :math:`P_t^{-1} = P_{t-1}^{-1} + x_t x_t^\top`, the coefficients after t rows are
    those of ridge regression with the penalty :math:`\alpha` on these rows. A large
    :math:`P_0` is a small penalty, but no finite one is no penalty.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n, p : int
        Rows, 1 to 300, and coefficients, 1 to 50.

    Returns
    -------
    Equivalence
        In posterior sds :math:`\sigma \sqrt{(P_t)_{jj}}`, at the worst coefficient
        after any row.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=1, at_most=300)
    p = natural_number(p, "p", at_least=1, at_most=50)
    noise_sd = 4 * NOISE_SD  # so that the penalty shows
    X, y = _rows(rng, n, p, noise_sd)
    alpha = (noise_sd / PRIOR_SD) ** 2
    ridge = Ridge(alpha=alpha, fit_intercept=False)

    coef, P = np.zeros(p), np.eye(p) / alpha
    found, recursive, batch = 0.0, [], []
    for t in range(n):
        gain = P @ X[t] / (1 + X[t] @ P @ X[t])
        coef = coef + gain * (y[t] - X[t] @ coef)
        P = P - np.outer(gain, X[t] @ P)
        at_once = ridge.fit(X[: t + 1], y[: t + 1]).coef_
        found = max(found, furthest(coef, at_once, noise_sd * np.sqrt(np.diag(P))))
        recursive.append(coef[0])
        batch.append(at_once[0])

    # the subtraction leaves in P the rounding of its start
    size = 1 + _size(coef, noise_sd**2 * P) + float(np.max(np.abs(y))) / noise_sd
    steps = np.arange(1, n + 1)
    unpenalised = [np.linalg.lstsq(X[:t], y[:t])[0][0] for t in steps[2 * p :]]
    return Equivalence(
        "recursive least squares from P = I / alpha is ridge on the rows so far",
        found,
        size * rounding(1.0, STEPS + n + p),
        "posterior sds",
        "the inverse of P grows by x x' with each row, from the penalty alpha I",
        "Plackett (1950)",
        Picture(
            "rows seen",
            "first coefficient",
            {
                "recursive": Curve(steps, recursive, "steps"),
                "ridge on all rows so far": Curve(steps[::4], batch[::4], "points"),
                "least squares": Curve(steps[2 * p :], unpenalised, "dashes"),
            },
            "The first coefficient of recursive least squares lies on ridge regression "
            f"of all rows so far after each of {n} rows; the largest gap of any is "
            f"{found:.1e} posterior sds. Least squares differs.",
        ),
    )


def one_step_predictions(*, seed: int = 0, n: int = 60, p: int = 5) -> Equivalence:
    r"""Predict each row from those before it: the log densities sum to the evidence.

    By the rule of products
    :math:`\log p(y) = \sum_t \log p(y_t \mid y_1, \dots, y_{t-1})`, in every order of
    the rows (Dawid, 1984). The filter of a constant state has what a term needs: the
    innovation :math:`e_t = y_t - x_t^\top m_{t-1}` and its variance
    :math:`F_t = x_t^\top P_{t-1} x_t + \sigma^2`, so that

    .. math:: \log p(y) = -\tfrac12 \sum_t \left(\log 2\pi F_t + e_t^2 / F_t\right)

    (Schweppe, 1965). The evidence that chooses a penalty is thus a score of
    predictions.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n, p : int
        Rows, 1 to 1000, and coefficients, 1 to 50.

    Returns
    -------
    Equivalence
        In nats, for the worse of two orders of the rows.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=1, at_most=1000)
    p = natural_number(p, "p", at_least=1, at_most=50)
    X, y = _rows(rng, n, p)
    likelihood, prior = likelihoods.Normal(NOISE_SD), priors.Normal(PRIOR_SD)
    model = LinearModel(X, y, likelihood=likelihood, prior=prior, intercept=False)
    evidence = fit_exact(model).log_evidence

    first, size = _innovations(X, y)
    order = np.argsort(y)
    other, _ = _innovations(X[order], y[order])
    found = furthest([first[-1], other[-1]], evidence)
    steps = np.arange(n + 1)
    return Equivalence(
        "log densities of one-step predictions sum to the log evidence",
        found,
        size * rounding(1.0, STEPS + n + p),
        "nats",
        "the product of conditional densities is the joint density, in any order",
        "Schweppe (1965), Dawid (1984)",
        Picture(
            "rows seen",
            "sum of log densities (nats)",
            {
                "rows as they came": Curve(steps, first, "steps"),
                "rows sorted by y": Curve(steps, other, "steps"),
                "log evidence": Curve([0, n], [evidence, evidence], "dashes"),
            },
            f"Two orders of {n} rows go two ways, and both end at the log evidence of "
            f"{evidence:.1f} nats, with a gap of {found:.1e}.",
        ),
    )


def _innovations(X: FloatArray, y: FloatArray) -> tuple[FloatArray, float]:
    """Return the sums of log densities of one-step predictions, and their size."""
    n, p = X.shape
    start, spread = np.zeros(p), PRIOR_SD**2 * np.eye(p)
    *_, (errors, variances) = _filter(X, y, np.full(n, NOISE_SD**2), start, spread)
    terms = -0.5 * (np.log(2 * np.pi * variances) + errors**2 / variances)
    size = 1 + p + np.sum(np.abs(terms) + np.abs(y * errors) / variances)
    return np.append(0, np.cumsum(terms)), float(size)


def _filter(
    X: FloatArray, y: FloatArray, noise: FloatArray, m: FloatArray, P: FloatArray
) -> tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray]]:
    """Return the states' means and covariances, and innovations with variances."""
    means, covariances, innovations = [m], [P], []
    for x, response, variance in zip(X, y, noise, strict=True):
        error, total = response - x @ m, x @ P @ x + variance
        gain = P @ x / total
        rest = np.eye(len(x)) - np.outer(gain, x)
        m, P = m + gain * error, rest @ P @ rest.T + variance * np.outer(gain, gain)
        means.append(m)
        covariances.append(P)
        innovations.append((error, total))
    errors, variances = np.transpose(innovations)
    return np.array(means), np.array(covariances), (errors, variances)


def _size(mean: FloatArray, cov: FloatArray) -> float:
    """Return the largest coefficient, in units of the least sd."""
    return float(np.max(np.abs(mean)) / np.sqrt(np.min(np.diag(cov))))


def _rows(
    rng: np.random.Generator, n: int, p: int, noise_sd: float = NOISE_SD
) -> tuple[FloatArray, FloatArray]:
    """Return rows of a linear model."""
    X = rng.standard_normal((n, p))
    b = PRIOR_SD * rng.standard_normal(p)
    return X, X @ b + noise_sd * rng.standard_normal(n)
