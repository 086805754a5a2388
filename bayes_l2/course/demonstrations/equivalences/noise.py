"""Noise on the inputs of a linear regression is a ridge penalty."""

from itertools import product

import numpy as np
from scipy import stats

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
from bayes_l2.kinds import is_real
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import shown
from bayes_l2.validation import natural_number

__all__ = ["dropout", "input_noise"]
__dir__ = __all__.copy

FALSE_ALARM = 1e-7
NOISE_SD = 0.5
RATES = np.arange(0.1, 0.95, 0.1)  # of the picture


def dropout(
    *, seed: int = 0, n: int = 40, p: int = 5, rate: float = 0.5
) -> Equivalence:
    r"""Fit least squares to every dropped copy of the inputs, and compare with ridge.

    Dropout sets each input to 0 with probability q, and divides the others by 1 - q. So
    a dropped row has the mean :math:`x` and the variances
    :math:`x_j^2 \, q / (1 - q)`, and the expected squared error is

    .. math:: E \lVert y - \tilde{X} b \rVert^2 = \lVert y - X b \rVert^2
              + \frac{q}{1 - q} \sum_j (X^\top X)_{jj} \, b_j^2

    (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, 2014, section 9.1;
    Wager, Wang and Liang, 2013). The penalty is a Gaussian prior, whose sd is smaller
    for a column of larger size. With p columns there are :math:`2^p` masks. One side is
    scikit-learn's ``LinearRegression`` on all rows under all masks, each with the
    probability of its mask as its weight, so the expectation is exact. The other side
    is the posterior mean under the prior.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n : int
        Rows, 2 to 200.
    p : int
        Columns, 2 to 8.
    rate : float
        The probability q that an input is dropped, 0.01 to 0.99.

    Returns
    -------
    Equivalence
        In posterior sds, at the worst coefficient.

    Raises
    ------
    ValueError
        If an argument is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=200)
    p = natural_number(p, "p", at_least=2, at_most=8)
    rate = _rate(rate)
    X = rng.standard_normal((n, p)) * rng.uniform(0.5, 2.0, p)
    y = X @ rng.standard_normal(p) + NOISE_SD * rng.standard_normal(n)

    mean, sd = _dropout_prior(X, y, rate)
    coef = _every_mask(X, y, rate)
    found = furthest(coef, mean, sd)

    system = X.T @ X + rate / (1 - rate) * np.diag(np.diag(X.T @ X))
    # an error of least squares grows with its coefficients and its residuals
    size = np.linalg.norm(coef) + np.linalg.norm(y) / np.sqrt(np.linalg.norm(system, 2))
    # and with the root of the number of rows, whose errors add up at random
    terms = p * np.sqrt(n * 2**p)
    allowed = size / sd.min() * terms * rounding(float(np.linalg.cond(system)), 1)
    fine = np.linspace(RATES[0], RATES[-1], 33)
    ridge = np.array([_dropout_prior(X, y, each)[0] for each in fine])
    masks = np.array([_every_mask(X, y, each) for each in RATES])
    return Equivalence(
        "dropout on the inputs of least squares is, on average, ridge with the penalty "
        "q / (1 - q) diag(X'X)",
        found,
        float(allowed),
        "posterior sds",
        "both minimise the same expected squared error, and all masks are summed, so "
        "nothing but rounding is between them",
        "Srivastava et al. (2014); Wager, Wang and Liang (2013)",
        Picture(
            "probability q that an input is dropped",
            "coefficient",
            {
                "column 1, ridge": Curve(fine, ridge[:, 0], "line"),
                "column 1, all dropout masks": Curve(RATES, masks[:, 0], "points"),
                "column 2, ridge": Curve(fine, ridge[:, 1], "dashes"),
                "column 2, all dropout masks": Curve(RATES, masks[:, 1], "points"),
            },
            f"As the probability grows from {RATES[0]:.1f} to {RATES[-1]:.1f}, the "
            f"first coefficient goes from {ridge[0, 0]:.2f} to {ridge[-1, 0]:.2f}, and "
            f"the second from {ridge[0, 1]:.2f} to {ridge[-1, 1]:.2f}. The fits to all "
            "masks lie on the curves of ridge.",
        ),
    )


def _rate(value: object) -> float:
    if not is_real(value) or not 0.01 <= value <= 0.99:
        raise ValueError(f"rate must be a number from 0.01 to 0.99, got {shown(value)}")
    return float(value)


def _dropout_prior(
    X: FloatArray, y: FloatArray, rate: float
) -> tuple[FloatArray, FloatArray]:
    """Return posterior means and sds under the prior that dropout implies."""
    penalties = rate / (1 - rate) * (X**2).sum(axis=0)
    prior = priors.Normal(sd=NOISE_SD / np.sqrt(penalties))
    likelihood = likelihoods.Normal(NOISE_SD)
    exact = fit_exact(
        LinearModel(X, y, likelihood=likelihood, prior=prior, intercept=False)
    )
    return exact.coef, exact.sd


def _every_mask(X: FloatArray, y: FloatArray, rate: float) -> FloatArray:
    """Return the coefficients of least squares on all rows under all masks."""
    from sklearn.linear_model import LinearRegression

    masks = np.array(list(product([0.0, 1.0], repeat=X.shape[1])))
    kept = masks.sum(axis=1)
    chances = rate ** (X.shape[1] - kept) * (1 - rate) ** kept
    dropped = np.concatenate([X * mask / (1 - rate) for mask in masks])
    fit = LinearRegression(fit_intercept=False).fit(
        dropped, np.tile(y, len(masks)), sample_weight=np.repeat(chances, len(X))
    )
    return fit.coef_


def input_noise(
    *, seed: int = 0, n: int = 50, p: int = 4, copies: int = 4000
) -> Equivalence:
    r"""Fit least squares to noisy copies of the inputs, and compare with ridge.

    With noise :math:`Z` on the inputs, independent of mean 0 and sd s, the expected
    squared error is

    .. math:: E \lVert y - (X + Z) b \rVert^2
              = \lVert y - X b \rVert^2 + n s^2 \lVert b \rVert^2

    so the fit is ridge with the penalty :math:`\alpha = n s^2` (Bishop, 1995). One side
    is least squares on a number of noisy copies of all rows; the other side is the
    posterior mean.

    The difference :math:`\hat{b} - b` of the two, times the Gram matrix of the noisy
    copies, is :math:`g = \sum_i \tilde{x}_i r_i` with the residuals :math:`r` of ridge
    on the copies. Its distribution is known without an approximation, if the claim is
    true. In the direction of :math:`b` it is a constant less a multiple of a noncentral
    :math:`\chi^2` variable, because the noise in that direction is squared. In the
    other directions it is Gaussian given the residuals. All are turned into independent
    standard normal scores, of which the furthest from 0 is reported.

    Parameters
    ----------
    seed : int
        Seed of the data and of the noise.
    n : int
        Rows, 2 to 100.
    p : int
        Columns, 2 to 10.
    copies : int
        Noisy copies of all rows, 100 to 4000.

    Returns
    -------
    Equivalence
        In standard errors, in the worst direction.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=100)
    p = natural_number(p, "p", at_least=2, at_most=10)
    copies = natural_number(copies, "copies", at_least=100, at_most=4000)
    noise = 0.7
    X = rng.standard_normal((n, p))
    y = X @ rng.standard_normal(p) + NOISE_SD * rng.standard_normal(n)

    prior = priors.Normal(sd=NOISE_SD / (noise * np.sqrt(n)))
    likelihood = likelihoods.Normal(NOISE_SD)
    exact = fit_exact(
        LinearModel(X, y, likelihood=likelihood, prior=prior, intercept=False)
    )

    E = rng.standard_normal((copies, n, p))
    noisy = X + noise * E
    grams = np.cumsum(np.swapaxes(noisy, 1, 2) @ noisy, axis=0)
    sums = np.cumsum(np.swapaxes(noisy, 1, 2) @ y, axis=0)
    # with fewer copies the Gram matrix may be singular
    counts = np.unique(np.geomspace(2 * p, copies, 30).astype(int))
    fits = [np.linalg.solve(grams[k - 1], sums[k - 1]) for k in counts]

    gap = grams[-1] @ (fits[-1] - exact.coef)
    scores = _scores(gap, exact.coef, X, y, E, noise)
    gaps = np.array([furthest(fit, exact.coef, exact.sd) for fit in fits])
    line = np.exp(np.mean(np.log(gaps * np.sqrt(counts)))) / np.sqrt(counts)
    return Equivalence(
        "noise of variance v on the inputs of least squares is, on average, ridge with "
        "the penalty n v",
        float(np.max(np.abs(scores))),
        float(stats.norm.isf(FALSE_ALARM / (2 * p))),
        "standard errors",
        f"the mean over {copies} copies has an error of known distribution; the "
        "largest of independent normal scores stays within this bound",
        "Bishop (1995)",
        Picture(
            "noisy copies of the rows",
            "distance from ridge (posterior sds)",
            {
                "noisy copies": Curve(counts, gaps, "points"),
                "1 / √copies": Curve(counts, line, "dashes"),
            },
            f"The largest difference from ridge falls from about {line[0]:.2f} "
            f"posterior sds at {counts[0]} copies to about {line[-1]:.3f} at "
            f"{counts[-1]}, as one over the square root of the number of copies.",
            log_x=True,
            log_y=True,
        ),
        false_alarm=FALSE_ALARM,
    )


def _scores(
    gap: FloatArray,
    coef: FloatArray,
    X: FloatArray,
    y: FloatArray,
    E: FloatArray,
    noise: float,
) -> FloatArray:
    """Return p standard normal scores of a gap, in orthogonal directions."""
    copies, n, _ = E.shape
    length = float(np.linalg.norm(coef))
    # the first direction is that of the coefficients, up to its sign
    directions = np.linalg.qr(np.column_stack([coef, np.eye(len(coef))]))[0]
    first, others = coef / length, directions[:, 1:]
    along = E @ first
    residuals = y - X @ coef

    # sum of (u - h)², with u the noise in the direction of the coefficients
    h = (residuals - X @ coef) / (2 * noise * length)
    noncentral = copies * float(h @ h)
    squares = copies * n + noncentral - first @ gap / (noise**2 * length)
    law = stats.ncx2(copies * n, noncentral)
    low, high = law.cdf(squares), law.sf(squares)
    score = stats.norm.isf(high) if high < low else stats.norm.ppf(low)

    # Gaussian given u; its mean comes from the part of the residuals that is u
    mean = -noise * length * (X @ others).T @ along.sum(axis=0)
    spread = noise * np.linalg.norm(residuals - noise * length * along)
    return np.append((others.T @ gap - mean) / spread, score)
