"""Ridge is MAP."""

import numpy as np

from bayes_l2.course.exercises.exercise import Exercise, between, several

CHAPTER = "ridge is MAP"


def _slope(
    x: list[float], y: list[float], penalty: float, *, centred: bool = True
) -> float:
    columns, response = np.array(x), np.array(y)
    if centred:
        columns, response = columns - columns.mean(), response - response.mean()
    return float(columns @ response / (columns @ columns + penalty))


def _line(rng: np.random.Generator) -> dict:
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
        "The noise sd is {noise_sd}, and each coefficient has the prior Normal(0, {prior_sd}²). For which α is "
        "ridge, which minimises ||y - a - Xb||² + α ||b||², the MAP?",
        lambda rng: {"noise_sd": between(rng, 2, 9), "prior_sd": between(rng, 1, 6)},
        lambda noise_sd, prior_sd: (noise_sd / prior_sd) ** 2,
        {
            "you dropped the ½ of the Gaussian likelihood": lambda noise_sd, prior_sd: (
                0.5 * (noise_sd / prior_sd) ** 2
            ),
            "you dropped the ½ of the Gaussian prior": lambda noise_sd, prior_sd: (
                2 * (noise_sd / prior_sd) ** 2
            ),
            "you put sds where variances belong": lambda noise_sd, prior_sd: (
                noise_sd / prior_sd
            ),
            "you put σ where σ² belongs": lambda noise_sd, prior_sd: (
                noise_sd / prior_sd**2
            ),
            "you turned the ratio upside down": lambda noise_sd, prior_sd: (
                (prior_sd / noise_sd) ** 2
            ),
            "you left out the noise": lambda noise_sd, prior_sd: prior_sd**-2,
        },
    ),
    Exercise(
        "prior-from-penalty",
        CHAPTER,
        "Ridge, ||y - a - Xb||² + α ||b||² with α = {penalty}, is fitted to data with noise sd {noise_sd}. Which "
        "sd has the Gaussian prior whose MAP it is?",
        lambda rng: {"penalty": between(rng, 2, 30), "noise_sd": between(rng, 2, 9)},
        lambda penalty, noise_sd: float(noise_sd / np.sqrt(penalty)),
        {
            "you gave the variance, not the sd": lambda penalty, noise_sd: (
                noise_sd**2 / penalty
            ),
            "you did not take the root of α": lambda penalty, noise_sd: (
                noise_sd / penalty
            ),
            "you left out the noise": lambda penalty, noise_sd: float(penalty**-0.5),
            "you turned the ratio upside down": lambda penalty, noise_sd: float(
                np.sqrt(penalty) / noise_sd
            ),
        },
    ),
    Exercise(
        "ridge-by-hand",
        CHAPTER,
        "Fit y = {y} on x = {x} by ridge with an intercept that is not penalised and α = {penalty}. What is the slope?",
        _line,
        _slope,
        {
            "you left out the penalty": lambda x, y, penalty: _slope(x, y, 0.0),
            "you left out the intercept: centre x and y first": lambda x, y, penalty: (
                _slope(x, y, penalty, centred=False)
            ),
            "you divided the penalty by n": lambda x, y, penalty: _slope(
                x, y, penalty / len(x)
            ),
            "you multiplied the penalty by n": lambda x, y, penalty: _slope(
                x, y, penalty * len(x)
            ),
        },
    ),
    Exercise(
        "shrinkage-factor",
        CHAPTER,
        "Along one principal axis the centred columns have the singular value d = {d}. By which factor does ridge "
        "with α = {penalty} multiply the least-squares coefficient along it?",
        lambda rng: {"d": between(rng, 1.5, 6), "penalty": between(rng, 2, 20)},
        lambda d, penalty: d**2 / (d**2 + penalty),
        {
            "you put d where d² belongs": lambda d, penalty: d / (d + penalty),
            "you gave what is taken away, not what is left": lambda d, penalty: (
                penalty / (d**2 + penalty)
            ),
            "you squared α too": lambda d, penalty: d**2 / (d**2 + penalty**2),
            "you took the root of the factor": lambda d, penalty: float(
                d / np.sqrt(d**2 + penalty)
            ),
        },
    ),
)
