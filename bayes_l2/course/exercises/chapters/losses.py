"""Exercises of the chapter "losses are likelihoods"."""

import numpy as np

from bayes_l2.course.exercises.derivations import losses as derivations
from bayes_l2.course.exercises.exercise import Exercise, between, several

CHAPTER = "losses are likelihoods"

EXERCISES = (
    Exercise(
        "noise-variance-from-residuals",
        CHAPTER,
        "Five residuals are {residuals}. The noise is Gaussian with mean 0. Which "
        "noise variance σ² has the largest likelihood?",
        lambda rng: {"residuals": several(rng, 5, -3, 3)},
        lambda residuals: float(np.mean(np.square(residuals))),
        lambda residuals: {
            "you divided by n - 1 where n belongs": np.sum(np.square(residuals)) / 4,
            "you did not divide by n": np.sum(np.square(residuals)),
            "you gave σ where σ² belongs": np.sqrt(np.mean(np.square(residuals))),
            "you dropped the ½ of the exponent": 2 * np.mean(np.square(residuals)),
            "you subtracted the mean of the residuals, but the mean is known to be 0": (
                np.var(residuals)
            ),
        },
        derivations.noise_variance_from_residuals,
    ),
    Exercise(
        "least-absolute-location",
        CHAPTER,
        "Which number a minimises the sum of |y - a| for y = {y}?",
        lambda rng: {"y": sorted([*several(rng, 4, 0, 10), between(rng, 20, 90)])},
        lambda y: float(np.median(y)),
        lambda y: {
            "you took the mean, which minimises the squared deviations": np.mean(y),
            "you took the middle of the range, which minimises the largest deviation": (
                y[0] + y[-1]
            )
            / 2,
        },
        derivations.least_absolute_location,
    ),
    Exercise(
        "cross-entropy",
        CHAPTER,
        "A row belongs to class 1. A model gives class 1 the probability {p} for this "
        "row. What is the cross-entropy loss of the row, with the natural logarithm?",
        lambda rng: {"p": between(rng, 0.05, 0.95, 2)},
        lambda p: float(-np.log(p)),
        lambda p: {
            "you took the logarithm to base 10": -np.log10(p),
            "you took the logarithm to base 2": -np.log2(p),
            "you took the other class": -np.log(1 - p),
            "you put the probability where the linear predictor η belongs": (
                np.log1p(np.exp(-p))
            ),
            "you took the squared error": (1 - p) ** 2,
            "you forgot the minus sign": np.log(p),
        },
        derivations.cross_entropy,
    ),
    Exercise(
        "gaussian-log-likelihood-difference",
        CHAPTER,
        "Two models with Gaussian noise of sd {noise_sd} are fitted to the same data. "
        "The residuals of the first fit have the sum of squares {first}, and those of "
        "the second fit {second}. By how much is the log-likelihood of the first fit "
        "larger?",
        lambda rng: {
            "noise_sd": between(rng, 1.5, 4),
            "first": between(rng, 10, 40),
            "second": between(rng, 50, 90),
        },
        lambda noise_sd, first, second: (second - first) / (2 * noise_sd**2),
        lambda noise_sd, first, second: {
            "you dropped the ½": (second - first) / noise_sd**2,
            "you put σ where σ² belongs": (second - first) / (2 * noise_sd),
            "you left out the noise": (second - first) / 2,
            "you took the wrong sign": (first - second) / (2 * noise_sd**2),
        },
        derivations.gaussian_log_likelihood_difference,
    ),
)
