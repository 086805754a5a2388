"""Exercises of the chapter "choosing the penalty"."""

import numpy as np

from bayes_l2.arrays import LOG_2PI
from bayes_l2.course.exercises.derivations import penalties as derivations
from bayes_l2.course.exercises.exercise import Exercise, between, several

CHAPTER = "choosing the penalty"


def _freedom(squares: list[float], penalty: float) -> float:
    return float(np.sum(np.divide(squares, np.add(squares, penalty))))


def _log_density(y: float, sd: float, mean: float = 0.0) -> float:
    return float(-0.5 * ((y - mean) / sd) ** 2 - np.log(sd) - 0.5 * LOG_2PI)


EXERCISES = (
    Exercise(
        "effective-degrees-of-freedom",
        CHAPTER,
        "The centred columns have the singular values {d}. Ridge is fitted with α = "
        "{penalty}. The intercept has no penalty. How many effective degrees of "
        "freedom does the fit have, with the intercept?",
        lambda rng: {
            "d": sorted(several(rng, 4, 1, 9), reverse=True),
            "penalty": between(rng, 3, 20),
        },
        lambda d, penalty: 1 + _freedom(np.square(d), penalty),
        lambda d, penalty: {
            "you left out the intercept": _freedom(np.square(d), penalty),
            "you counted the coefficients": 1.0 + len(d),
            "you put d where d² belongs": 1 + _freedom(d, penalty),
            "you counted the part that is removed, not the part that is left": (
                1 + len(d) - _freedom(np.square(d), penalty)
            ),
        },
        derivations.effective_degrees_of_freedom,
    ),
    Exercise(
        "leave-one-out-residual",
        CHAPTER,
        "In a fit by ridge, a row has the residual {residual} and the leverage "
        "{leverage}. Ridge with the same penalty is fitted again without this row. "
        "What is the residual of the row in the new fit?",
        lambda rng: {
            "residual": between(rng, 1, 9),
            "leverage": between(rng, 0.1, 0.6, 2),
        },
        lambda residual, leverage: residual / (1 - leverage),
        lambda residual, leverage: {
            "you gave the residual of the fit that has seen the row": residual,
            "you multiplied by 1 - h where you should divide": (
                residual * (1 - leverage)
            ),
            "you divided by the leverage": residual / leverage,
            "you divided by (1 - h) twice": residual / (1 - leverage) ** 2,
        },
        derivations.leave_one_out_residual,
    ),
    Exercise(
        "log-evidence",
        CHAPTER,
        "There is one row, y = {y} at x = {x}. The noise sd is {noise_sd}. The only "
        "coefficient has the prior Normal(0, {prior_sd}²), and there is no intercept. "
        "What is the log evidence, log p(y)?",
        lambda rng: {
            "y": between(rng, 2, 8),
            "x": between(rng, 1, 3),
            "noise_sd": between(rng, 1, 3),
            "prior_sd": between(rng, 1, 3),
        },
        lambda y, x, noise_sd, prior_sd: _log_density(
            y, np.hypot(noise_sd, prior_sd * x)
        ),
        lambda y, x, noise_sd, prior_sd: {
            "you left out that b is not known": _log_density(y, noise_sd),
            "you left out the noise": _log_density(y, prior_sd * x),
            "you put the MAP in the likelihood": _log_density(
                y, noise_sd, x * x * y / (x * x + (noise_sd / prior_sd) ** 2)
            ),
            "you gave the density, not its logarithm": float(
                np.exp(_log_density(y, np.hypot(noise_sd, prior_sd * x)))
            ),
        },
        derivations.log_evidence,
    ),
)
