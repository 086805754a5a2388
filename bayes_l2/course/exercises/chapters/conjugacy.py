"""Exercises of the chapter "conjugacy": updates and predictions."""

import numpy as np

from bayes_l2.course.exercises.derivations import conjugacy as derivations
from bayes_l2.course.exercises.exercise import Exercise, Numbers, between

CHAPTER = "conjugacy"


def _one_mean(rng: np.random.Generator) -> Numbers:
    return {
        "prior_mean": between(rng, -3, 3),
        "prior_sd": between(rng, 1, 3),
        "n": int(rng.integers(3, 12)),
        "mean_y": between(rng, 4, 9),
        "noise_sd": between(rng, 2, 6),
    }


def _weighted(
    prior_mean: float, prior_weight: float, mean_y: float, data_weight: float
) -> float:
    return (prior_weight * prior_mean + data_weight * mean_y) / (
        prior_weight + data_weight
    )


EXERCISES = (
    Exercise(
        "posterior-mean",
        CHAPTER,
        "The prior of b is Normal({prior_mean}, {prior_sd}²). There are {n} rows, each "
        "with y ~ Normal(b, {noise_sd}²), and the mean of y is {mean_y}. What is the "
        "posterior mean of b?",
        _one_mean,
        lambda prior_mean, prior_sd, n, mean_y, noise_sd: _weighted(
            prior_mean, prior_sd**-2, mean_y, n / noise_sd**2
        ),
        lambda prior_mean, prior_sd, n, mean_y, noise_sd: {
            "you left out the prior": mean_y,
            "you took the prior mean as 0": _weighted(
                0.0, prior_sd**-2, mean_y, n / noise_sd**2
            ),
            "you counted the rows as one": _weighted(
                prior_mean, prior_sd**-2, mean_y, noise_sd**-2
            ),
            "you weighted by 1/sd where 1/sd² belongs": _weighted(
                prior_mean, 1 / prior_sd, mean_y, n / noise_sd
            ),
            "you weighted by 1/sd, with the sd of the mean of y": _weighted(
                prior_mean, 1 / prior_sd, mean_y, n**0.5 / noise_sd
            ),
            "you weighted by variances where precisions belong": _weighted(
                prior_mean, prior_sd**2, mean_y, noise_sd**2 / n
            ),
        },
        derivations.posterior_mean,
    ),
    Exercise(
        "posterior-sd",
        CHAPTER,
        "The prior of b is Gaussian with sd {prior_sd}. There are {n} rows, each with "
        "y ~ Normal(b, {noise_sd}²). What is the posterior sd of b?",
        lambda rng: {
            "prior_sd": between(rng, 1, 3),
            "n": int(rng.integers(3, 12)),
            "noise_sd": between(rng, 2, 6),
        },
        lambda prior_sd, n, noise_sd: float((prior_sd**-2 + n / noise_sd**2) ** -0.5),
        lambda prior_sd, n, noise_sd: {
            "you gave the variance, not the sd": 1 / (prior_sd**-2 + n / noise_sd**2),
            "you gave the precision": prior_sd**-2 + n / noise_sd**2,
            "you left out the prior": noise_sd / np.sqrt(n),
            "you counted the rows as one": (prior_sd**-2 + noise_sd**-2) ** -0.5,
        },
        derivations.posterior_sd,
    ),
    Exercise(
        "predictive-sd",
        CHAPTER,
        "At a new row x the line a + xᵀb has the posterior sd {line_sd}, and the noise "
        "sd is {noise_sd}. What is the sd of a new y at this row?",
        lambda rng: {"line_sd": between(rng, 1, 4), "noise_sd": between(rng, 2, 6)},
        lambda line_sd, noise_sd: float(np.hypot(line_sd, noise_sd)),
        lambda line_sd, noise_sd: {
            "you left out the noise of the new row": line_sd,
            "you left out that b is not known": noise_sd,
            "you added sds where variances add": line_sd + noise_sd,
            "you gave the variance, not the sd": line_sd**2 + noise_sd**2,
        },
        derivations.predictive_sd,
    ),
    Exercise(
        "second-batch",
        CHAPTER,
        "The prior of b was Normal(0, {prior_sd}²). After a first batch of rows the "
        "posterior of b is Normal({mean}, {sd}²). A second batch has {n} rows with y ~ "
        "Normal(b, {noise_sd}²), and the mean of these y is {mean_y}. What is the "
        "posterior mean of b after both batches?",
        lambda rng: {
            "mean": between(rng, 2, 5),
            "sd": between(rng, 0.5, 1.2),
            "prior_sd": between(rng, 1.5, 3),
            "n": int(rng.integers(2, 9)),
            "noise_sd": between(rng, 1, 4),
            "mean_y": between(rng, 5, 9),
        },
        lambda mean, sd, prior_sd, n, noise_sd, mean_y: _weighted(
            mean, sd**-2, mean_y, n / noise_sd**2
        ),
        lambda mean, sd, prior_sd, n, noise_sd, mean_y: {
            "you started from the first prior again": _weighted(
                0.0, prior_sd**-2, mean_y, n / noise_sd**2
            ),
            "you counted the first prior twice": (
                (mean / sd**2 + mean_y * n / noise_sd**2)
                / (sd**-2 + prior_sd**-2 + n / noise_sd**2)
            ),
            "you took the plain average of the two": (mean + mean_y) / 2,
        },
        derivations.second_batch,
    ),
)
