"""Exercises of the chapter "regularisation without a penalty"."""

import numpy as np

from bayes_l2.course.exercises.derivations import without_penalty as derivations
from bayes_l2.course.exercises.exercise import Exercise, between, several

CHAPTER = "regularisation without a penalty"


def _squares(x: list[float]) -> float:
    return float(np.sum(np.square(x)))


EXERCISES = (
    Exercise(
        "penalty-of-early-stopping",
        CHAPTER,
        "The columns of X are orthonormal. Gradient descent on ½ ||y - Xb||² starts at "
        "b = 0, has the step size {step}, and is stopped after {n_steps} steps. Ridge "
        "minimises ||y - Xb||² + α ||b||². Which α gives the same coefficients?",
        lambda rng: {
            "step": between(rng, 0.03, 0.3, 3),
            "n_steps": int(rng.integers(3, 12)),
        },
        lambda step, n_steps: 1 / ((1 - step) ** -n_steps - 1),
        lambda step, n_steps: {
            "you took the rule of thumb 1 / (step size × steps)": 1 / (step * n_steps),
            "you gave the share of the coefficients that is not yet learnt": (
                (1 - step) ** n_steps
            ),
            "you swapped numerator and denominator of the ratio": (1 - step) ** -n_steps
            - 1,
            "you took one step": (1 - step) / step,
        },
        derivations.penalty_of_early_stopping,
    ),
    Exercise(
        "dropout-as-ridge",
        CHAPTER,
        "A linear fit has one column, x = {x}, and no intercept. It is trained on the "
        "sum of squared errors with dropout: at every step each entry of x is set to 0 "
        "with probability {rate}, and divided by 1 - {rate} otherwise. On average this "
        "is the objective of ridge with a certain α. What is α?",
        lambda rng: {
            "x": several(rng, 4, 0.5, 3),
            "rate": between(rng, 0.15, 0.45, 2),
        },
        lambda x, rate: rate / (1 - rate) * _squares(x),
        lambda x, rate: {
            "you did not count that the entries are divided by 1 minus the rate": (
                rate * (1 - rate) * _squares(x)
            ),
            "you used the probability that an entry is kept, not that it is set to 0": (
                (1 - rate) / rate * _squares(x)
            ),
            "you left out the squares of x": rate / (1 - rate),
            "you took the mean of the squares, not their sum": (
                rate / (1 - rate) * _squares(x) / len(x)
            ),
        },
        derivations.dropout_as_ridge,
    ),
    Exercise(
        "noise-on-inputs",
        CHAPTER,
        "A linear fit is trained on the sum of squared errors of {n} rows. At every "
        "step new noise with mean 0 and sd {input_sd} is added to each entry of X. On "
        "average this is the objective of ridge. The noise sd of y is {noise_sd}. "
        "Ridge is the MAP under a Gaussian prior. What is the sd of this prior?",
        lambda rng: {
            "n": int(rng.integers(20, 90)),
            "input_sd": between(rng, 0.2, 0.8, 2),
            "noise_sd": between(rng, 2, 9),
        },
        lambda n, input_sd, noise_sd: float(noise_sd / (input_sd * np.sqrt(n))),
        lambda n, input_sd, noise_sd: {
            "you counted the rows as one": noise_sd / input_sd,
            "you gave the variance, not the sd": noise_sd**2 / (n * input_sd**2),
            "you did not take the root of n": noise_sd / (n * input_sd),
            "you left out the noise of y": 1 / (input_sd * np.sqrt(n)),
            "you swapped numerator and denominator of the ratio": input_sd
            * np.sqrt(n)
            / noise_sd,
        },
        derivations.noise_on_inputs,
    ),
    Exercise(
        "ensemble-without-prior",
        CHAPTER,
        "Each member of an ensemble is ridge with α = {penalty}. It is fitted to y "
        "plus new noise, and this noise has the noise sd of y. No draw of the prior is "
        "added. Along one principal axis X has the singular value {d}. Divide the sd "
        "of the members along this axis by the posterior sd. What is the ratio?",
        lambda rng: {"penalty": between(rng, 2, 20), "d": between(rng, 1.5, 6)},
        lambda penalty, d: float(d / np.sqrt(d**2 + penalty)),
        lambda penalty, d: {
            "you took the members for draws of the posterior": 1.0,
            "you gave the ratio of the variances, not of the sds": (
                d**2 / (d**2 + penalty)
            ),
            "you gave the part that a draw of the prior adds": (
                np.sqrt(penalty / (d**2 + penalty))
            ),
            "you put d where d² belongs": np.sqrt(d / (d + penalty)),
            "you swapped numerator and denominator of the ratio": np.sqrt(
                d**2 + penalty
            )
            / d,
        },
        derivations.ensemble_without_prior,
    ),
    Exercise(
        "step-under-batch-norm",
        CHAPTER,
        "With batch normalisation the loss depends only on the direction of the "
        "weights w. At ||w|| = {before} a step has the size {step}. Then weight decay "
        "makes ||w|| fall to {after}, and the direction of w is the same. Which step "
        "size turns w by the same angle now?",
        lambda rng: {
            "before": between(rng, 4, 9),
            "after": between(rng, 1, 3.5),
            "step": between(rng, 0.2, 0.9, 2),
        },
        lambda before, after, step: step * (after / before) ** 2,
        lambda before, after, step: {
            "you took the same step: the loss is the same, its gradient is not": (step),
            "you forgot that the gradient grows too: it is proportional to 1 / ||w||": (
                step * after / before
            ),
            "you swapped numerator and denominator of the ratio": step
            * (before / after) ** 2,
        },
        derivations.step_under_batch_norm,
    ),
)
