"""Exercises of the chapter "ridge is MAP"."""

import numpy as np

from bayes_l2.course.exercises.derivations import ridge as derivations
from bayes_l2.course.exercises.exercise import Exercise, Numbers, between, several

CHAPTER = "ridge is MAP"


def _slope(
    x: list[float], y: list[float], penalty: float, *, centred: bool = True
) -> float:
    columns, response = np.array(x), np.array(y)
    if centred:
        columns, response = columns - columns.mean(), response - response.mean()
    return float(columns @ response / (columns @ columns + penalty))


def _line(rng: np.random.Generator) -> Numbers:
    x = several(rng, 5, 0, 6)
    y = [
        round(2 + float(rng.uniform(0.5, 2)) * each + float(rng.normal()), 1)
        for each in x
    ]
    return {"x": x, "y": y, "penalty": between(rng, 3, 12)}


EXERCISES = (
    Exercise(
        "penalty-from-prior",
        CHAPTER,
        "The noise sd is {noise_sd}, and each coefficient has the prior Normal(0, "
        "{prior_sd}²). Ridge minimises ||y - a - Xb||² + α ||b||². For which α is it "
        "the MAP?",
        lambda rng: {"noise_sd": between(rng, 2, 9), "prior_sd": between(rng, 1, 6)},
        lambda noise_sd, prior_sd: (noise_sd / prior_sd) ** 2,
        lambda noise_sd, prior_sd: {
            "you dropped the ½ of the Gaussian likelihood": (
                0.5 * (noise_sd / prior_sd) ** 2
            ),
            "you dropped the ½ of the Gaussian prior": 2 * (noise_sd / prior_sd) ** 2,
            "you put sds where variances belong": noise_sd / prior_sd,
            "you put σ where σ² belongs": noise_sd / prior_sd**2,
            "you swapped numerator and denominator of the ratio": (prior_sd / noise_sd)
            ** 2,
            "you left out the noise": prior_sd**-2,
        },
        derivations.penalty_from_prior,
    ),
    Exercise(
        "prior-from-penalty",
        CHAPTER,
        "Ridge minimises ||y - a - Xb||² + α ||b||² with α = {penalty}. The noise sd "
        "is {noise_sd}. Then ridge is the MAP under a Gaussian prior. What is the sd "
        "of this prior?",
        lambda rng: {"penalty": between(rng, 2, 30), "noise_sd": between(rng, 2, 9)},
        lambda penalty, noise_sd: float(noise_sd / np.sqrt(penalty)),
        lambda penalty, noise_sd: {
            "you gave the variance, not the sd": noise_sd**2 / penalty,
            "you did not take the root of α": noise_sd / penalty,
            "you left out the noise": penalty**-0.5,
            "you swapped numerator and denominator of the ratio": np.sqrt(penalty)
            / noise_sd,
        },
        derivations.prior_from_penalty,
    ),
    Exercise(
        "ridge-by-hand",
        CHAPTER,
        "Fit y = {y} on x = {x} by ridge with α = {penalty}. The intercept has no "
        "penalty. What is the slope?",
        _line,
        _slope,
        lambda x, y, penalty: {
            "you left out the penalty": _slope(x, y, 0.0),
            "you left out the intercept: centre x and y first": (
                _slope(x, y, penalty, centred=False)
            ),
            "you divided the penalty by n": _slope(x, y, penalty / len(x)),
            "you multiplied the penalty by n": _slope(x, y, penalty * len(x)),
        },
        derivations.ridge_by_hand,
    ),
    Exercise(
        "shrinkage-factor",
        CHAPTER,
        "Along one principal axis the centred columns have the singular value d = {d}. "
        "Ridge with α = {penalty} multiplies the least-squares coefficient along this "
        "axis by a factor. What is the factor?",
        lambda rng: {"d": between(rng, 1.5, 6), "penalty": between(rng, 2, 20)},
        lambda d, penalty: d**2 / (d**2 + penalty),
        lambda d, penalty: {
            "you put d where d² belongs": d / (d + penalty),
            "you gave the share that is removed, not the share that is left": (
                penalty / (d**2 + penalty)
            ),
            "you squared α too": d**2 / (d**2 + penalty**2),
            "you took the root of the factor": d / np.sqrt(d**2 + penalty),
        },
        derivations.shrinkage_factor,
    ),
)
