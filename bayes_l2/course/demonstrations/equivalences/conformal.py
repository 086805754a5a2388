"""Intervals of a model whose noise is wrong, and split conformal ones."""

import numpy as np

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
)
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.posterior import ExactPosterior
from bayes_l2.validation import natural_number

__all__ = ["split_conformal", "wrong_noise"]
__dir__ = __all__.copy

BELIEVED, TRUE = 1.0, 2.0  # sds of the noise
PRIOR_SD = 1.0
NOMINAL = 0.9
FALSE_ALARM = 1e-7
LEVELS = np.array([0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95])  # of the pictures


def wrong_noise(
    *, seed: int = 0, n: int = 50, p: int = 5, fresh: int = 10_000
) -> Equivalence:
    r"""Count the intervals of a model that says half of the noise.

    The model believes in the noise sd 1, the data have 2. Given the fit, the interval
    :math:`m_i \pm z s_i` holds the outcome of a fresh row, :math:`N(f_i, 2^2)`, with
    probability

    .. math:: p_i = Φ\Bigl(\frac{m_i + z s_i - f_i}{2}\Bigr)
       - Φ\Bigl(\frac{m_i - z s_i - f_i}{2}\Bigr)

    The mean of :math:`p_i` over the rows is the coverage that theory predicts, far
    below the nominal 0.90. The count is a sum of unlike coins. Its tails are no heavier
    than those of the binomial distribution with the same mean (Hoeffding, 1956).

    Parameters
    ----------
    seed : int
        Seed of the data.
    n, p : int
        Rows of the fit, 20 to 200, and its columns, 2 to 10.
    fresh : int
        Fresh rows, 1000 to 20000.

    Returns
    -------
    Equivalence
        The part of the fresh rows that the intervals of 90 % cover.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    from scipy.stats import binom, norm

    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=20, at_most=200)
    p = natural_number(p, "p", at_least=2, at_most=10)
    fresh = natural_number(fresh, "fresh", at_least=1000, at_most=20_000)
    coef = PRIOR_SD * rng.standard_normal(p)
    X, y = _rows(rng, coef, n)
    new, outcomes = _rows(rng, coef, fresh)
    model = _fit(X, y).predictive(new)

    def counted(level: float) -> float:
        lower, upper = model.interval(level)
        return float(np.mean((lower <= outcomes) & (outcomes <= upper)))

    # the posterior by least squares with the prior as rows, a code of its own
    rows = np.r_[X / BELIEVED, np.eye(p) / PRIOR_SD]
    q, r = np.linalg.qr(rows)
    mean = new @ np.linalg.solve(r, q.T @ np.r_[y / BELIEVED, np.zeros(p)])
    sd = np.sqrt(BELIEVED**2 + np.sum(np.linalg.solve(r.T, new.T) ** 2, axis=0))
    away = mean - new @ coef

    def by_theory(level: float) -> float:
        half = norm.ppf((1 + level) / 2) * sd
        inside = norm.cdf((away + half) / TRUE) - norm.cdf((away - half) / TRUE)
        return float(np.mean(inside))

    found, predicted = counted(NOMINAL), by_theory(NOMINAL)
    tails = [FALSE_ALARM / 2, 1 - FALSE_ALARM / 2]
    lower, upper = binom.ppf(tails, fresh, predicted) / fresh
    return Equivalence(
        "intervals of 90 % cover less where the noise is twice the model's",
        found,
        float(upper),
        "of the fresh rows covered",
        f"the true noise and the ends of the intervals predict {predicted:.3f}; the "
        "rest is the error of a count",
        "Hoeffding (1956)",
        Picture(
            "nominal coverage",
            "part of the fresh rows covered",
            {
                "as the model says": Curve([0, 1], [0, 1]),
                "theory": Curve(LEVELS, [by_theory(each) for each in LEVELS], "dashes"),
                "counted": Curve(LEVELS, [counted(each) for each in LEVELS], "points"),
            },
            f"The intervals of the model cover less than they say at every level: "
            f"{found:.2f} at 0.90. Theory predicts {predicted:.2f}.",
        ),
        at_least=float(lower),
        false_alarm=FALSE_ALARM,
    )


def split_conformal(
    *,
    seed: int = 0,
    n: int = 50,
    p: int = 5,
    calibration: int = 3000,
    fresh: int = 10_000,
) -> Equivalence:
    r"""Mend the intervals of a wrong model by rows that it has not seen.

    The score of a row is :math:`|y - m| / s`, its distance from the model's mean in the
    model's predictive sds. Of c calibration rows take the score of rank
    :math:`k = \lceil 0.9 (c + 1) \rceil` as q; the interval is :math:`m \pm q s`. It
    covers a fresh row with a probability of at least 0.9, whatever the noise and the
    model are, if all rows that the fit has not seen come from one distribution, and of
    at most :math:`0.9 + 1/(c + 1)` if no two scores are equal (Vovk, Gammerman and
    Shafer, 2005; Lei et al., 2018). This is an average over the calibration rows. Given
    them the probability is drawn from Beta(k, c + 1 - k), for scores without ties
    (Vovk, 2012). So the count over fresh rows is beta-binomial, exactly.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n, p : int
        Rows and columns of the fit, 2 to 200 each.
    calibration : int
        Rows of the calibration, 100 to 10000.
    fresh : int
        Fresh rows, 1000 to 20000.

    Returns
    -------
    Equivalence
        The part of the fresh rows that the conformal intervals of 90 % cover.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    from scipy.stats import betabinom

    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=200)
    p = natural_number(p, "p", at_least=2, at_most=200)
    c = natural_number(calibration, "calibration", at_least=100, at_most=10_000)
    fresh = natural_number(fresh, "fresh", at_least=1000, at_most=20_000)
    coef = PRIOR_SD * rng.standard_normal(p)
    fit = _fit(*_rows(rng, coef, n))
    held_out, new = _rows(rng, coef, c), _rows(rng, coef, fresh)

    def scores(rows: tuple[FloatArray, FloatArray]) -> FloatArray:
        X, y = rows
        mean, sd = fit.predict(X, return_sd=True)
        return np.abs(y - mean) / sd

    ranked, of_fresh = np.sort(scores(held_out)), scores(new)

    def covered(level: float) -> float:
        return float(np.mean(of_fresh <= ranked[_rank(level, c) - 1]))

    def by_model(level: float) -> float:
        lower, upper = fit.predictive(new[0]).interval(level)
        return float(np.mean((lower <= new[1]) & (new[1] <= upper)))

    found, k = covered(NOMINAL), _rank(NOMINAL, c)
    tails = [FALSE_ALARM / 2, 1 - FALSE_ALARM / 2]
    lower, upper = betabinom.ppf(tails, fresh, k, c + 1 - k) / fresh
    return Equivalence(
        "split conformal intervals of 90 % cover 90 % though the model is wrong",
        found,
        float(upper),
        "of the fresh rows covered",
        "all ranks of a fresh score among those of the calibration are equally likely",
        "Vovk, Gammerman and Shafer (2005); Lei et al. (2018)",
        Picture(
            "nominal coverage",
            "part of the fresh rows covered",
            {
                "nominal": Curve([0, 1], [0, 1]),
                "the model's": Curve(LEVELS, [by_model(a) for a in LEVELS], "points"),
                "split conformal": Curve(
                    LEVELS, [covered(a) for a in LEVELS], "points"
                ),
            },
            f"Split conformal intervals lie on the diagonal, with {found:.2f} at 0.90; "
            f"those of the model lie below, with {by_model(NOMINAL):.2f}.",
        ),
        at_least=float(lower),
        false_alarm=FALSE_ALARM,
    )


def _rank(level: float, c: int) -> int:
    # in thousandths, for 0.9 times a multiple of 10 may round to above a whole number
    return -(-round(1000 * level) * (c + 1) // 1000)


def _rows(
    rng: np.random.Generator, coef: FloatArray, n: int
) -> tuple[FloatArray, FloatArray]:
    X = rng.standard_normal((n, len(coef)))
    return X, X @ coef + TRUE * rng.standard_normal(n)


def _fit(X: FloatArray, y: FloatArray) -> ExactPosterior:
    """Fit the model that believes in half of the noise."""
    likelihood, prior = likelihoods.Normal(BELIEVED), priors.Normal(PRIOR_SD)
    return fit_exact(
        LinearModel(X, y, likelihood=likelihood, prior=prior, intercept=False)
    )
