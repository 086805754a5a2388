"""Exercises of the chapter "classification"."""

import numpy as np
from scipy.optimize import root_scalar
from scipy.special import ndtr

from bayes_l2.course.exercises.derivations import classes as derivations
from bayes_l2.course.exercises.exercise import Exercise, Numbers, between, several

CHAPTER = "classification"


def _p(x: float, b: float) -> float:
    return float(1 / (1 + np.exp(-x * b)))


def _mode(rng: np.random.Generator) -> Numbers:
    """Draw columns, labels and a prior, and return the mode in place of the labels."""
    x, prior_sd = several(rng, 4, 0.5, 3), between(rng, 0.5, 2)
    labels = rng.permutation([0, 0, 1, 1])

    def slope(b: float) -> float:
        pulls = (
            each * (label - _p(each, b)) for each, label in zip(x, labels, strict=True)
        )
        return sum(pulls) - b / prior_sd**2

    mode = root_scalar(slope, bracket=(-20, 20)).root
    return {"x": x, "b": round(mode, 3), "prior_sd": prior_sd}


def _curvature(x: list[float], b: float, *, power: int = 2) -> float:
    return sum(each**power * _p(each, b) * (1 - _p(each, b)) for each in x)


EXERCISES = (
    Exercise(
        "probability-from-log-odds",
        CHAPTER,
        "In logistic regression the linear predictor of a row is {eta}. What is the "
        "probability of the second class?",
        lambda rng: {"eta": between(rng, 0.3, 3, 2)},
        lambda eta: _p(eta, 1.0),
        lambda eta: {
            "you gave the odds": np.exp(eta),
            "you gave the first class": 1 - _p(eta, 1.0),
            "you used the distribution function of the normal": ndtr(eta),
            "you used tanh, which starts at -1": np.tanh(eta),
        },
        derivations.probability_from_log_odds,
    ),
    Exercise(
        "gradient-of-cross-entropy",
        CHAPTER,
        "Logistic regression has one column and no intercept. A row of class 1 has x = "
        "{x}, and the coefficient is b = {b}. What is the derivative of the "
        "cross-entropy of this row with respect to b?",
        lambda rng: {"x": between(rng, 0.5, 3), "b": between(rng, 0.2, 1.5)},
        lambda x, b: -x * (1 - _p(x, b)),
        lambda x, b: {
            "you took the wrong sign": x * (1 - _p(x, b)),
            "you left out x": -(1 - _p(x, b)),
            "you took the other class": x * _p(x, b),
            "you took the derivative of the squared error (1 - p)²": (
                -2 * x * (1 - _p(x, b)) ** 2 * _p(x, b)
            ),
        },
        derivations.gradient_of_cross_entropy,
    ),
    Exercise(
        "softmax-sum",
        CHAPTER,
        "In a model with three classes the coefficients of one column are {coef}. "
        "Other coefficients give the same probabilities. Of all of them, an L2 penalty "
        "chooses the three coefficients with the smallest sum of squares. What is the "
        "first of these three?",
        lambda rng: {"coef": several(rng, 3, 1, 9)},
        lambda coef: coef[0] - float(np.mean(coef)),
        lambda coef: {
            "you left them unchanged: one number can be subtracted from all three": (
                coef[0]
            ),
            "you set the coefficient of the last class to 0": coef[0] - coef[2],
            "you subtracted the sum where the mean belongs": coef[0] - sum(coef),
            "you divided by their length, which changes the probabilities": (
                coef[0] / np.linalg.norm(coef)
            ),
        },
        derivations.softmax_sum,
    ),
    Exercise(
        "laplace-sd",
        CHAPTER,
        "Logistic regression has one column, x = {x}, and no intercept. The "
        "coefficient has the prior Normal(0, {prior_sd}²), and the mode is at b = {b}. "
        "What is the sd of the Laplace approximation?",
        _mode,
        lambda x, b, prior_sd: float((_curvature(x, b) + prior_sd**-2) ** -0.5),
        lambda x, b, prior_sd: {
            "you left out the prior": _curvature(x, b) ** -0.5,
            "you gave the variance, not the sd": 1 / (_curvature(x, b) + prior_sd**-2),
            "you left out p (1 - p)": (sum(np.square(x)) + prior_sd**-2) ** -0.5,
            "you put x where x² belongs": (
                (_curvature(x, b, power=1) + prior_sd**-2) ** -0.5
            ),
        },
        derivations.laplace_sd,
    ),
)
