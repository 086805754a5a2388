r"""Where a search over partitions starts, from what the first pass found.

Large counts start from weighted least squares of the guesses z with weights v,

.. math:: \sum_i v_i (z_i - a - x_i^\top b)^2 + b^\top \Lambda b

Small counts start from the mode where the columns are normal with covariance S,

.. math:: b = S^{-1} \operatorname{cov}(x, y) / \bar y, \qquad
          a = \log \bar y - \tfrac12 b^\top S b

and classes from Fisher's linear discriminant, which is the mode where the columns are
normal within each class,

.. math:: b_k = S^{-1} (m_k - m), \qquad a_k = \log \pi_k - \tfrac12 b_k^\top (m_k - m)

for the shares :math:`\pi_k` of the classes, the means :math:`m_k` of the columns in
them, and the covariance S within classes. The prior shrinks them as it would under a
quadratic log likelihood.

References
----------
Hastie, Tibshirani and Friedman (2009), The Elements of Statistical Learning, sections
4.3 and 4.4.5; McCullagh and Nelder (1989), Generalized Linear Models, section 2.5.
"""

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.partitioned.facts import Facts
from bayes_l2.model.priors import Prior
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics

FARTHEST = 16.0  # log odds between the means of two classes, or log rates
LEAST_SPREAD = 1e-10  # within classes, of all
LARGEST_LOG_RATE = 300.0  # of a row at the start
LARGE_COUNT = 30.0  # of the row of an event, on average: its logarithm says enough


def level(facts: Facts, *, by_class: bool) -> FloatArray:
    """Return the intercepts without coefficients, shape (K,)."""
    if facts.tally is None:
        return np.log(facts.moments.mean[-1:])
    logs = np.log(facts.tally.by_class()[0])
    return logs - logs.mean() if by_class else logs[1:] - logs[:1]


def of_counts(
    facts: Facts, prior: Prior, *, intercept: bool
) -> tuple[FloatArray, FloatArray]:
    """Return the intercept at the mean row, (1,), and the coefficients, (1, p)."""
    assert facts.working is not None
    y, total = facts.moments.mean[-1], facts.total_weight
    squares = facts.moments.factor[:, -1] @ facts.moments.factor[:, -1] + total * y**2
    if not intercept or squares > LARGE_COUNT * total * y:
        found, coef = _least_squares(facts, facts.working, prior, intercept=intercept)
    else:
        found, coef = _of_normal_columns(facts, prior)
    # the rates of all rows must be numbers
    origin = facts.mean if intercept else 0.0
    farthest = np.maximum(
        np.abs(facts.lowest[:-1] - origin), facts.highest[:-1] - origin
    )
    room = LARGEST_LOG_RATE - abs(found)
    coef = coef * (room / max(float(np.abs(coef) @ farthest), room))
    return np.array([found]), coef[np.newaxis]


def _of_normal_columns(facts: Facts, prior: Prior) -> tuple[float, FloatArray]:
    y, total = facts.moments.mean[-1], facts.total_weight
    rows, response = facts.moments.equivalent_rows(centred=True)
    spread = rows.T @ rows
    precision, pull = _prior_terms(prior, len(spread))
    coef = _solve(y * spread + precision, rows.T @ response + pull)
    coef = coef * _part(float(coef @ spread @ coef) / total)
    return float(np.log(y) - 0.5 * (coef @ spread @ coef) / total), coef


def _least_squares(
    facts: Facts, working: SufficientStatistics, prior: Prior, *, intercept: bool
) -> tuple[float, FloatArray]:
    rows, response = working.equivalent_rows(centred=intercept)
    precision, pull = _prior_terms(prior, rows.shape[1])
    coef = _solve(rows.T @ rows + precision, rows.T @ response + pull)
    if not intercept:
        return 0.0, coef
    mean = working.mean
    return float(mean[-1] + (facts.mean - mean[:-1]) @ coef), coef


def of_classes(
    facts: Facts, prior: Prior, *, intercept: bool, by_class: bool
) -> tuple[FloatArray, FloatArray]:
    """Return intercepts at the mean row, (K,), and coefficients, (K, p).

    K is 1 for two classes with one linear predictor. Without an intercept they are
    those of the first step of Newton's method, from equal probabilities.
    """
    assert facts.tally is not None
    weights, means = facts.tally.by_class()
    rows, _ = facts.moments.equivalent_rows(centred=intercept)
    spread = rows.T @ rows
    if intercept:
        shares, means = weights / facts.total_weight, means - facts.mean
        bend = np.diag(shares) - np.outer(shares, shares)
        between = np.sqrt(weights)[:, np.newaxis] * means
        # what a column leaves within its classes is rounding where it is their label
        least = LEAST_SPREAD * np.diag(np.diag(spread))
        spread = spread - between.T @ between + least
        slopes = facts.total_weight * bend @ means
    else:
        shares, sums = np.full(len(weights), 1 / len(weights)), weights @ means
        bend = np.diag(shares) - np.outer(shares, shares)
        slopes = weights[:, np.newaxis] * means - np.outer(shares, sums)
    if not by_class:
        bend, slopes = bend[1:, 1:], slopes[1:]
    coef = _shrunk(bend, spread, slopes, prior)
    if not intercept:
        return np.zeros(len(coef)), coef
    if by_class:
        # those of the discriminant have the mean 0 over the rows
        own = np.sum((coef - shares @ coef) * means, axis=1)
        part = _part(float(own.max() - own.min()))
        found = level(facts, by_class=True) - 0.5 * part * (own - own.mean())
        return found, part * coef
    part = _part(float((means[1] - means[0]) @ coef[0]))
    middle = 0.5 * part * (means[1] + means[0]) @ coef[0]
    return level(facts, by_class=False) - middle, part * coef


def _part(distance: float) -> float:
    """Return the part of coefficients that parts means by no more than FARTHEST."""
    return FARTHEST / max(abs(distance), FARTHEST)


def _shrunk(
    bend: FloatArray, spread: FloatArray, slopes: FloatArray, prior: Prior
) -> FloatArray:
    """Return the coefficients at which the slope of a quadratic posterior is 0."""
    lines, p = slopes.shape
    precision, pull = _prior_terms(prior, p)
    matrix = np.kron(bend, spread) + np.kron(np.eye(lines), precision)
    return _solve(matrix, slopes.ravel() + np.tile(pull, lines)).reshape(lines, p)


def _prior_terms(prior: Prior, p: int) -> tuple[FloatArray, FloatArray]:
    """Return the curvature of the penalty, and that times the prior mean."""
    precision = -prior.curvature(p, prior.multiplier(1.0, prior.spread.value))
    return precision, precision @ prior.mean_vector(p)


def _solve(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Return the solution, in units in which the diagonal is 1."""
    sizes = np.sqrt(np.diag(matrix).clip(min=0))
    sizes = np.where(sizes > 0, sizes, 1.0)
    scaled = matrix / sizes / sizes[:, np.newaxis]
    return np.linalg.lstsq(scaled, right / sizes)[0] / sizes
