"""Choosing the penalty."""

import numpy as np
from scipy import stats

from bayes_l2.course.exercises.exercise import Exercise, between, several

CHAPTER = "choosing the penalty"


def _freedom(d: list[float], penalty: float) -> float:
    squares = np.square(d)
    return float(np.sum(squares / (squares + penalty)))


EXERCISES = (
    Exercise(
        "effective-degrees-of-freedom",
        CHAPTER,
        "The centred columns have the singular values {d}. How many effective degrees of freedom has ridge with α "
        "= {penalty} and an intercept that is not penalised?",
        lambda rng: {
            "d": sorted(several(rng, 4, 1, 9), reverse=True),
            "penalty": between(rng, 3, 20),
        },
        lambda d, penalty: 1 + _freedom(d, penalty),
        {
            "you left out the intercept": lambda d, penalty: _freedom(d, penalty),
            "you counted the coefficients": lambda d, penalty: 1.0 + len(d),
            "you put d where d² belongs": lambda d, penalty: (
                1 + float(np.sum(np.array(d) / (np.array(d) + penalty)))
            ),
            "you counted what is taken away, not what is left": lambda d, penalty: (
                1 + len(d) - _freedom(d, penalty)
            ),
        },
    ),
    Exercise(
        "leave-one-out-residual",
        CHAPTER,
        "A row has the residual {residual} and the leverage {leverage} in a ridge fit with this penalty. What is "
        "its residual when the model is fitted without it?",
        lambda rng: {
            "residual": between(rng, 1, 9),
            "leverage": between(rng, 0.1, 0.6, 2),
        },
        lambda residual, leverage: residual / (1 - leverage),
        {
            "you gave the residual of the fit that has seen the row": lambda residual, leverage: (
                residual
            ),
            "you multiplied by 1 - h where you should divide": lambda residual, leverage: (
                residual * (1 - leverage)
            ),
            "you divided by the leverage": lambda residual, leverage: (
                residual / leverage
            ),
            "you divided by (1 - h) twice": lambda residual, leverage: (
                residual / (1 - leverage) ** 2
            ),
        },
    ),
    Exercise(
        "log-evidence",
        CHAPTER,
        "One row, y = {y} at x = {x}, noise sd {noise_sd}, the prior Normal(0, {prior_sd}²) on its only "
        "coefficient and no intercept. What is the log evidence, log p(y)?",
        lambda rng: {
            "y": between(rng, 2, 8),
            "x": between(rng, 1, 3),
            "noise_sd": between(rng, 1, 3),
            "prior_sd": between(rng, 1, 3),
        },
        lambda y, x, noise_sd, prior_sd: float(
            stats.norm.logpdf(y, 0, np.hypot(noise_sd, prior_sd * x))
        ),
        {
            "you left out that b is not known": lambda y, x, noise_sd, prior_sd: float(
                stats.norm.logpdf(y, 0, noise_sd)
            ),
            "you left out the noise": lambda y, x, noise_sd, prior_sd: float(
                stats.norm.logpdf(y, 0, prior_sd * x)
            ),
            "you put the MAP in the likelihood": lambda y, x, noise_sd, prior_sd: float(
                stats.norm.logpdf(
                    y, x * x * y / (x * x + (noise_sd / prior_sd) ** 2), noise_sd
                )
            ),
            "you gave the density, not its logarithm": lambda y, x, noise_sd, prior_sd: (
                float(stats.norm.pdf(y, 0, np.hypot(noise_sd, prior_sd * x)))
            ),
        },
    ),
)
