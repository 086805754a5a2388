"""Tests whether values are uniform, their power, and a band for the eye."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import ndtr, ndtri, stdtrit

from bayes_l2.arguments import draws_to_keep, generator
from bayes_l2.arrays import FloatArray
from bayes_l2.floats import floats
from bayes_l2.texts import record_text, shown
from bayes_l2.validation import natural_number, positive_number
from bayes_l2.validation import probability as probability_of

__all__ = ["Uniformity", "band", "power", "uniformity"]
__dir__ = __all__.copy

SHARES = {"mean": 0.05, "sd": 0.9, "shape": 0.05}  # of the level, for each test
NEAREST = 1e-12  # of u to 0 and 1: the rounding of a distribution function
PLACES = np.arange(1, 100) / 100  # where the band is drawn
MOST = 2**53  # of simulations, which floats count one by one


@dataclass(frozen=True)
class Uniformity:
    """Tests whether values of u are uniform, after z = Φ⁻¹(u).

    Attributes
    ----------
    count : int
        The number of values.
    mean, sd : float
        Mean and root mean square of z: 0 and 1 where u is uniform. The sd is above 1
        where the sds of posteriors are too small.
    p_value : float
        The least of three p values, each divided by its test's share of the level: of
        the mean (normal, 5 %), of the sum of z² (chi squared, 90 %) and of the shape
        (Kolmogorov and Smirnov, 5 %). It is 1 at most. Where u is uniform, it is below
        a level no more often than the level says.
    """

    count: int
    mean: float
    sd: float
    p_value: float

    __repr__ = record_text


def uniformity(u: Any) -> Uniformity:
    """Test whether independent values are uniform on (0, 1).

    Parameters
    ----------
    u : array_like of shape (N,)
        The values. They are kept 1e-12 away from 0 and from 1.

    Raises
    ------
    ValueError
        If there are no values, or one of them is not in [0, 1].
    """
    values = floats(u, "u").ravel()
    if not values.size or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            f"u must hold one or more numbers from 0 to 1, got {shown(u)}; u is the "
            "distribution function of a posterior at the truth"
        )
    z = ndtri(np.clip(values, NEAREST, 1 - NEAREST))
    n, square = len(z), float(z @ z)
    p_values = {
        "mean": 2 * stats.norm.sf(abs(z.sum()) / np.sqrt(n)),
        "sd": 2 * min(stats.chi2.cdf(square, n), stats.chi2.sf(square, n)),
        "shape": stats.kstest(values, "uniform").pvalue,
    }
    least = min(float(p_values[name]) / share for name, share in SHARES.items())
    return Uniformity(n, float(z.mean()), float(np.sqrt(square / n)), min(1.0, least))


def power(count: int, ratio: float, level: float, *, df: Any = np.inf) -> float:
    """Return how likely ``uniformity`` is to see an sd that is wrong by a factor.

    Parameters
    ----------
    count : int
        The number of simulations.
    ratio : float
        The true sd over the posterior's sd, near 1.
    level : float
        The level of the p value.
    df : float or array_like, default inf
        Degrees of freedom of the posterior of the quantity, a Student-t; of several,
        each is equally likely. It is Gaussian by default.

    Returns
    -------
    float
        The probability that the sum of z² is beyond its share of the level. The other
        two tests can only add to it.

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    count = natural_number(count, "count", at_most=MOST)
    ratio = positive_number(ratio, "ratio")
    tail = SHARES["sd"] * probability_of(level, "level") / 2
    low, high = stats.chi2.ppf([tail, 1 - tail], count)
    square = ratio ** (2 * _shown(df))  # of the sd of z
    return float(
        stats.chi2.cdf(low / square, count) + stats.chi2.sf(high / square, count)
    )


def _shown(df: Any) -> float:
    """Return which part of an error of log scale is an error of the log sd of z.

    It is 1 for a Gaussian. Large values of a Student-t are far less large as z.
    """
    df = floats(df, "df").reshape(-1, 1)
    if not df.size or not (df > 0).all():
        raise ValueError(f"df must hold positive numbers, got {shown(df)}")
    z = np.linspace(-8, 8, 801)
    # the derivative of half of E z², which is the mean of z f(t) t / φ(z)
    t = stdtrit(df, ndtr(-np.abs(z)))
    values = np.abs(z * t) * stats.t.pdf(t, df)
    return float(values.sum(axis=1).mean() * (z[1] - z[0]))


def band(
    count: int, *, probability: float = 0.95, simulations: int = 4000, seed: int = 0
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a band that holds the whole distribution function of uniform values.

    Parameters
    ----------
    count : int
        The number of values.
    probability : float
        The probability that the band holds the empirical distribution function at all
        99 places.
    simulations, seed : int
        Uniform samples from which the width is taken, and their seed.

    Returns
    -------
    places, low, high : ndarray of shape (99,)
        0.01 to 0.99, and the ends of the band there, less the place.

    Raises
    ------
    ValueError
        If an argument is not valid.

    References
    ----------
    Säilynoja, Bürkner and Vehtari (2022), Statistics and Computing 32, section 2.2.
    """
    rng = generator(seed, "seed")
    count = natural_number(count, "count", at_most=MOST)
    simulations = draws_to_keep(simulations, len(PLACES), "simulations")
    tail_share = 1 - probability_of(probability, "probability")
    parts = np.full(len(PLACES) + 1, 1 / (len(PLACES) + 1))
    counts = rng.multinomial(count, parts, simulations)[:, :-1].cumsum(axis=1)
    tails = np.minimum(
        stats.binom.cdf(counts, count, PLACES),
        stats.binom.sf(counts - 1, count, PLACES),
    )
    # the tail that the furthest place of a sample leaves, at the wanted quantile
    tail = np.quantile(tails.min(axis=1), tail_share)
    low, high = (
        stats.binom.ppf(each, count, PLACES) / count - PLACES
        for each in (tail, 1 - tail)
    )
    return PLACES, low, high
