"""Exercises of the chapter "weight decay in neural networks"."""

import numpy as np

from bayes_l2.course.exercises.derivations import networks as derivations
from bayes_l2.course.exercises.exercise import Exercise, between

CHAPTER = "weight decay in neural networks"

EXERCISES = (
    Exercise(
        "step-with-weight-decay",
        CHAPTER,
        "Gradient descent has the step size {rate} and the weight decay {decay}. The "
        "weight decay adds {decay} × w to the gradient of the loss. At w = {w} the "
        "loss has the gradient {gradient}. To which w does one step lead?",
        lambda rng: {
            "w": between(rng, 1, 5),
            "gradient": between(rng, 1, 6),
            "rate": between(rng, 0.05, 0.3, 2),
            "decay": between(rng, 0.2, 0.9, 2),
        },
        lambda w, gradient, rate, decay: w - rate * (gradient + decay * w),
        lambda w, gradient, rate, decay: {
            "you left out the decay": w - rate * gradient,
            "you did not multiply the decay by the step size": (
                w - rate * gradient - decay * w
            ),
            "you took the wrong sign for the decay": w - rate * (gradient - decay * w),
            "you added the decay without multiplying it by the weight": (
                w - rate * (gradient + decay)
            ),
        },
        derivations.step_with_weight_decay,
    ),
    Exercise(
        "alpha-in-minibatches",
        CHAPTER,
        "MLPRegressor divides its penalty and its loss by the number of rows in a "
        "batch. With alpha = {alpha} and all {n} rows in one batch it is the MAP under "
        "a Gaussian prior. Which alpha gives the same prior in batches of {batch} "
        "rows?",
        lambda rng: {
            "alpha": between(rng, 1, 9),
            "n": 20 * int(rng.integers(10, 40)),
            "batch": int(rng.choice([4, 5, 10, 20])),
        },
        lambda alpha, n, batch: alpha * batch / n,
        lambda alpha, n, batch: {
            "you used the same alpha": alpha,
            "you swapped numerator and denominator of the ratio": alpha * n / batch,
            "you divided by the rows in a batch": alpha / batch,
            "you divided by all rows": alpha / n,
        },
        derivations.alpha_in_minibatches,
    ),
    Exercise(
        "prior-of-weights",
        CHAPTER,
        "A network is trained on squared error with noise sd {noise_sd}. The objective "
        "is ½ Σ (y - f(x))² + ½ alpha Σ w², with alpha = {alpha}. What is the sd of "
        "the Gaussian prior of a weight?",
        lambda rng: {"noise_sd": between(rng, 2, 9), "alpha": between(rng, 2, 9)},
        lambda noise_sd, alpha: float(noise_sd / np.sqrt(alpha)),
        lambda noise_sd, alpha: {
            "you left out the noise": alpha**-0.5,
            "you gave the variance, not the sd": noise_sd**2 / alpha,
            "you dropped the ½ of the penalty": noise_sd / np.sqrt(2 * alpha),
            "you did not take the root of alpha": noise_sd / alpha,
        },
        derivations.prior_of_weights,
    ),
)
