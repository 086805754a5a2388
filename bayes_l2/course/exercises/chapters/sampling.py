"""Exercises of the chapter "MCMC agrees"."""

import numpy as np

from bayes_l2.course.exercises.derivations import sampling as derivations
from bayes_l2.course.exercises.exercise import Exercise, Numbers, between, several

CHAPTER = "MCMC agrees"


def _chains(rng: np.random.Generator) -> Numbers:
    return {
        "means": several(rng, 4, 1, 3, 2),
        "variances": several(rng, 4, 0.8, 1.6, 2),
        "n": int(rng.integers(5, 20)) * 50,
    }


def _r_hat(between_chains: float, variances: list[float], n: int) -> float:
    return float(np.sqrt((n - 1) / n + between_chains / np.mean(variances)))


EXERCISES = (
    Exercise(
        "monte-carlo-error",
        CHAPTER,
        "There are {draws} draws of a coefficient. Their sd is {sd}, and their "
        "effective sample size is {ess}. What is the Monte-Carlo standard error of "
        "their mean?",
        lambda rng: {
            "draws": 1000 * int(rng.integers(2, 9)),
            "sd": between(rng, 0.5, 4),
            "ess": int(rng.integers(300, 1500)),
        },
        lambda draws, sd, ess: float(sd / np.sqrt(ess)),
        lambda draws, sd, ess: {
            "you took the draws for independent": sd / np.sqrt(draws),
            "you gave the posterior sd": sd,
            "you did not take the root": sd / ess,
            "you put the variance where the sd belongs": sd**2 / np.sqrt(ess),
        },
        derivations.monte_carlo_error,
    ),
    Exercise(
        "how-far-off",
        CHAPTER,
        "The mean of the draws is {mean}, and the exact posterior mean is {exact}. The "
        "posterior sd is {sd}, and the effective sample size is {ess}. How many "
        "Monte-Carlo standard errors lie between the two means?",
        lambda rng: {
            "exact": (exact := between(rng, 1, 5, 2)),
            "mean": round(exact + between(rng, 0.05, 0.2, 2), 2),
            "sd": between(rng, 1, 3),
            "ess": int(rng.integers(300, 1500)),
        },
        lambda exact, mean, sd, ess: float((mean - exact) / sd * np.sqrt(ess)),
        lambda exact, mean, sd, ess: {
            "you measured in posterior sds": (mean - exact) / sd,
            "you did not take the root of the effective sample size": (
                (mean - exact) / sd * ess
            ),
            "you put the variance where the sd belongs": (
                (mean - exact) / sd**2 * np.sqrt(ess)
            ),
        },
        derivations.how_far_off,
    ),
    Exercise(
        "r-hat",
        CHAPTER,
        "Four chains of {n} draws have the means {means} and the variances "
        "{variances}. Let W be the mean of the variances, and V the variance of the "
        "means with divisor 3. What is the plain R-hat, √(((n - 1)/n · W + V) / W)?",
        _chains,
        lambda means, variances, n: _r_hat(float(np.var(means, ddof=1)), variances, n),
        lambda means, variances, n: {
            "you divided by 4 where 3 belongs": (
                _r_hat(float(np.var(means)), variances, n)
            ),
            "you did not take the root": (
                _r_hat(float(np.var(means, ddof=1)), variances, n) ** 2
            ),
            "you put the sd of the means where their variance belongs": (
                _r_hat(float(np.std(means, ddof=1)), variances, n)
            ),
        },
        derivations.r_hat,
    ),
)
