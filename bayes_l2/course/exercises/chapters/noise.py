"""Exercises of the chapter "unknown noise"."""

import numpy as np

from bayes_l2.course.exercises.derivations import noise as derivations
from bayes_l2.course.exercises.exercise import Exercise, between

CHAPTER = "unknown noise"

EXERCISES = (
    Exercise(
        "noise-variance-mean",
        CHAPTER,
        "σ² has the prior InverseGamma({shape}, {scale}), with a density proportional "
        "to (σ²)^(-{shape} - 1) exp(-{scale} / σ²). The mean of y is known. {n} rows "
        "have residuals whose squares sum to {squares}. What is the posterior mean of "
        "σ²?",
        lambda rng: {
            "shape": between(rng, 2, 4),
            "scale": between(rng, 3, 9),
            "n": int(rng.integers(4, 15)),
            "squares": between(rng, 20, 80),
        },
        lambda shape, scale, n, squares: (scale + squares / 2) / (shape + n / 2 - 1),
        lambda shape, scale, n, squares: {
            "you dropped the ½ of the sum of squares": (
                (scale + squares) / (shape + n / 2 - 1)
            ),
            "you put n where n/2 belongs": (scale + squares / 2) / (shape + n - 1),
            "you gave the mode, not the mean": (
                (scale + squares / 2) / (shape + n / 2 + 1)
            ),
            "you gave the maximum-likelihood estimate": squares / n,
            "you left out the prior": squares / (n - 2),
        },
        derivations.noise_variance_mean,
    ),
    Exercise(
        "student-t-sd",
        CHAPTER,
        "The posterior of a coefficient is a Student-t with {df} degrees of freedom "
        "and scale {scale}. What is its sd?",
        lambda rng: {"df": between(rng, 3, 8), "scale": between(rng, 0.5, 4)},
        lambda df, scale: float(scale * np.sqrt(df / (df - 2))),
        lambda df, scale: {
            "you gave the scale": scale,
            "you gave the variance, not the sd": scale**2 * df / (df - 2),
            "you put df - 1 where df - 2 belongs": scale * np.sqrt(df / (df - 1)),
            "you did not take the root of the factor": scale * df / (df - 2),
        },
        derivations.student_t_sd,
    ),
    Exercise(
        "mode-of-sigma",
        CHAPTER,
        "The prior of the noise sd is p(σ) = 1, and the squares of {n} residuals sum "
        "to {squares}. The posterior density of σ is then proportional to "
        "σ^(-n) exp(-{squares} / (2σ²)). At which σ² is this density of σ largest?",
        lambda rng: {"n": int(rng.integers(4, 12)), "squares": between(rng, 20, 80)},
        lambda n, squares: squares / n,
        lambda n, squares: {
            "you took the density of σ², which has another mode": squares / (n + 1),
            "you took the density of log σ, which has another mode": squares / (n - 1),
            "you gave σ where σ² belongs": np.sqrt(squares / n),
            "you dropped the ½ of the exponent": 2 * squares / n,
        },
        derivations.mode_of_sigma,
    ),
)
