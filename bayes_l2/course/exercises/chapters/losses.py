"""Losses are likelihoods."""

import numpy as np

from bayes_l2.course.exercises.exercise import Exercise, between, several

CHAPTER = "losses are likelihoods"

EXERCISES = (
    Exercise(
        "noise-variance-from-residuals",
        CHAPTER,
        "Five residuals are {residuals}. Which noise variance σ² has the largest Gaussian likelihood?",
        lambda rng: {"residuals": several(rng, 5, -3, 3)},
        lambda residuals: float(np.mean(np.square(residuals))),
        {
            "you divided by n - 1 where n belongs": lambda residuals: float(
                np.sum(np.square(residuals)) / 4
            ),
            "you did not divide by n": lambda residuals: float(
                np.sum(np.square(residuals))
            ),
            "you gave σ where σ² belongs": lambda residuals: float(
                np.sqrt(np.mean(np.square(residuals)))
            ),
            "you dropped the ½ of the exponent": lambda residuals: float(
                2 * np.mean(np.square(residuals))
            ),
        },
    ),
    Exercise(
        "least-absolute-location",
        CHAPTER,
        "Which number a makes the sum of |y - a| least for y = {y}?",
        lambda rng: {"y": sorted([*several(rng, 4, 0, 10), between(rng, 20, 90)])},
        lambda y: float(np.median(y)),
        {
            "you took the mean, which is where the squares are least": lambda y: float(
                np.mean(y)
            ),
            "you took the middle of the range, which is where the largest deviation is least": lambda y: (
                (y[0] + y[-1]) / 2
            ),
        },
    ),
    Exercise(
        "cross-entropy",
        CHAPTER,
        "A row of class 1 is given the probability {p} of that class. What is its cross-entropy loss, with the "
        "natural logarithm?",
        lambda rng: {"p": between(rng, 0.05, 0.95, 2)},
        lambda p: float(-np.log(p)),
        {
            "you took the logarithm to base 10": lambda p: float(-np.log10(p)),
            "you took the logarithm to base 2": lambda p: float(-np.log2(p)),
            "you took the other class": lambda p: float(-np.log(1 - p)),
            "you took the squared error": lambda p: (1 - p) ** 2,
            "you forgot the minus sign": lambda p: float(np.log(p)),
        },
    ),
    Exercise(
        "gaussian-log-likelihood-difference",
        CHAPTER,
        "With noise sd {noise_sd}, one fit has a sum of squared residuals of {first}, another of {second}. By how "
        "much is the log-likelihood of the first larger?",
        lambda rng: {
            "noise_sd": between(rng, 1.5, 4),
            "first": between(rng, 10, 40),
            "second": between(rng, 50, 90),
        },
        lambda noise_sd, first, second: (second - first) / (2 * noise_sd**2),
        {
            "you dropped the ½": lambda noise_sd, first, second: (
                (second - first) / noise_sd**2
            ),
            "you put σ where σ² belongs": lambda noise_sd, first, second: (
                (second - first) / (2 * noise_sd)
            ),
            "you left out the noise": lambda noise_sd, first, second: (
                (second - first) / 2
            ),
            "you took the wrong sign": lambda noise_sd, first, second: (
                -(second - first) / (2 * noise_sd**2)
            ),
        },
    ),
)
