"""Exercises of the chapter "where it breaks"."""

import numpy as np

from bayes_l2.course.exercises.derivations import limits as derivations
from bayes_l2.course.exercises.exercise import Exercise, between

CHAPTER = "where it breaks"


def _soft(z: float, threshold: float) -> float:
    return float(np.sign(z) * max(abs(z) - threshold, 0.0))


EXERCISES = (
    Exercise(
        "penalised-intercept",
        CHAPTER,
        "The columns of {n} rows are centred, and y has the mean {mean_y}. Ridge is "
        "fitted with α = {penalty}. The intercept is a column of ones and is penalised "
        "too. What is the intercept?",
        lambda rng: {
            "n": int(rng.integers(20, 90)),
            "mean_y": between(rng, 20, 90),
            "penalty": between(rng, 3, 30),
        },
        lambda n, mean_y, penalty: n * mean_y / (n + penalty),
        lambda n, mean_y, penalty: {
            "you gave the intercept that is not penalised": mean_y,
            "you gave the part that the penalty removes": (
                penalty * mean_y / (n + penalty)
            ),
            "you counted the rows as one": mean_y / (1 + penalty),
            "you squared n and α": mean_y * n**2 / (n**2 + penalty**2),
        },
        derivations.penalised_intercept,
    ),
    Exercise(
        "soft-threshold",
        CHAPTER,
        "One column with x'x = {squares} has the least-squares coefficient {z}. The "
        "noise sd is {noise_sd}. The prior is Laplace(0, {scale}): its density is "
        "proportional to exp(-|b| / {scale}). What is the MAP?",
        lambda rng: {
            "squares": between(rng, 5, 20),
            "z": between(rng, 2, 6),
            "noise_sd": between(rng, 1, 3),
            "scale": between(rng, 0.4, 2),
        },
        lambda squares, z, noise_sd, scale: _soft(z, noise_sd**2 / (scale * squares)),
        lambda squares, z, noise_sd, scale: {
            "you left out the prior": z,
            "you used a Gaussian prior whose sd is the scale": (
                z * squares / (squares + (noise_sd / scale) ** 2)
            ),
            "you added the threshold": z + noise_sd**2 / (scale * squares),
            "you put σ where σ² belongs": _soft(z, noise_sd / (scale * squares)),
            "you left out x'x": _soft(z, noise_sd**2 / scale),
            "you dropped the ½ of the squares": (
                _soft(z, noise_sd**2 / (2 * scale * squares))
            ),
        },
        derivations.soft_threshold,
    ),
    Exercise(
        "unbounded-mode",
        CHAPTER,
        "There are {p} coefficients with the prior Normal(0, τ²). The prior density of "
        "τ is constant near 0. By how much does the joint log density at b = 0 grow "
        "when τ falls from {first} to {second}? Take the natural logarithm.",
        lambda rng: {
            "p": int(rng.integers(3, 12)),
            "first": between(rng, 0.05, 0.09, 3),
            "second": between(rng, 0.001, 0.009, 3),
        },
        lambda p, first, second: float(p * np.log(first / second)),
        lambda p, first, second: {
            "you counted one coefficient": np.log(first / second),
            "you took logarithms to base 10": p * np.log10(first / second),
            "you put τ² where τ belongs": 2 * p * np.log(first / second),
            "you took the wrong sign": -p * np.log(first / second),
        },
        derivations.unbounded_mode,
    ),
    Exercise(
        "box-of-adamw",
        CHAPTER,
        "AdamW has the weight decay {decay} and a tiny epsilon. It trains one weight "
        "on the whole loss, which is convex, until it converges. It ends where the "
        "loss is smallest among all |w| ≤ 1 / {decay}. Without this bound the loss is "
        "smallest at w = {best}. Where does AdamW end?",
        lambda rng: {"decay": between(rng, 0.1, 0.9, 2), "best": between(rng, 11, 30)},
        lambda decay, best: 1 / decay,
        lambda decay, best: {
            "you used the decay as an L2 penalty, with a curvature of 1": (
                best / (1 + decay)
            ),
            "you left out the decay": best,
            "you used the decay as an L1 penalty": best - decay,
            "you gave the decay": decay,
        },
        derivations.box_of_adamw,
    ),
)
