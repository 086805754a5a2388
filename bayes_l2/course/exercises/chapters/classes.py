"""Classification."""

import numpy as np
from scipy.optimize import root_scalar
from scipy.special import ndtr

from bayes_l2.course.exercises.exercise import Exercise, Numbers, between, several

CHAPTER = "classification"


def _p(x: float, b: float) -> float:
    return float(1 / (1 + np.exp(-x * b)))


def _mode(rng: np.random.Generator) -> Numbers:
    """Columns and a prior, and the mode that some labels have."""
    x, prior_sd = several(rng, 4, 0.5, 3), between(rng, 0.5, 2)
    labels = rng.permutation([0, 0, 1, 1])

    def slope(b: float) -> float:
        return (
            sum(
                each * (label - _p(each, b))
                for each, label in zip(x, labels, strict=True)
            )
            - b / prior_sd**2
        )

    return {
        "x": x,
        "b": round(root_scalar(slope, bracket=(-20, 20)).root, 3),
        "prior_sd": prior_sd,
    }


def _curvature(x: list[float], b: float) -> float:
    return sum(each**2 * _p(each, b) * (1 - _p(each, b)) for each in x)


EXERCISES = (
    Exercise(
        "probability-from-log-odds",
        CHAPTER,
        "In logistic regression the linear predictor of a row is {eta}. What is the probability of the second class?",
        lambda rng: {"eta": between(rng, 0.3, 3, 2)},
        lambda eta: _p(eta, 1.0),
        {
            "you gave the odds": lambda eta: float(np.exp(eta)),
            "you gave the first class": lambda eta: 1 - _p(eta, 1.0),
            "you used the normal distribution's curve": lambda eta: float(ndtr(eta)),
            "you used tanh, which goes from -1": lambda eta: float(np.tanh(eta)),
        },
    ),
    Exercise(
        "gradient-of-cross-entropy",
        CHAPTER,
        "In logistic regression a row of class 1 has x = {x}, and b = {b} without an intercept. What is the "
        "derivative of its cross-entropy by b?",
        lambda rng: {"x": between(rng, 0.5, 3), "b": between(rng, 0.2, 1.5)},
        lambda x, b: -x * (1 - _p(x, b)),
        {
            "you took the wrong sign": lambda x, b: x * (1 - _p(x, b)),
            "you left out x": lambda x, b: -(1 - _p(x, b)),
            "you took the other class": lambda x, b: x * _p(x, b),
            "you took squared error's, through the curve": lambda x, b: (
                -2 * x * (1 - _p(x, b)) ** 2 * _p(x, b)
            ),
        },
    ),
    Exercise(
        "softmax-sum",
        CHAPTER,
        "Coefficients {coef} of one column in three classes give some probabilities. Of all coefficients with the "
        "same probabilities an L2 penalty takes those with the least squares. Which is the first of these?",
        lambda rng: {"coef": several(rng, 3, 1, 9)},
        lambda coef: coef[0] - float(np.mean(coef)),
        {
            "you left them as they are: they can all be moved by one number": lambda coef: (
                coef[0]
            ),
            "you took the last class for a reference of 0": lambda coef: (
                coef[0] - coef[2]
            ),
            "you moved them by the sum where the mean belongs": lambda coef: (
                coef[0] - sum(coef)
            ),
            "you divided by their length, which changes the probabilities": lambda coef: (
                coef[0] / float(np.linalg.norm(coef))
            ),
        },
    ),
    Exercise(
        "laplace-sd",
        CHAPTER,
        "Logistic regression without an intercept on the column x = {x} has its mode at b = {b} under the prior "
        "Normal(0, {prior_sd}²). Which sd has the Laplace approximation?",
        _mode,
        lambda x, b, prior_sd: float((_curvature(x, b) + prior_sd**-2) ** -0.5),
        {
            "you left out the prior": lambda x, b, prior_sd: float(
                _curvature(x, b) ** -0.5
            ),
            "you gave the variance, not the sd": lambda x, b, prior_sd: (
                1 / (_curvature(x, b) + prior_sd**-2)
            ),
            "you left out p (1 - p)": lambda x, b, prior_sd: float(
                (sum(np.square(x)) + prior_sd**-2) ** -0.5
            ),
            "you put x where x² belongs": lambda x, b, prior_sd: float(
                (
                    sum(each * _p(each, b) * (1 - _p(each, b)) for each in x)
                    + prior_sd**-2
                )
                ** -0.5
            ),
        },
    ),
)
