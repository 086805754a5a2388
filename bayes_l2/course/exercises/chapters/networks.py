"""Weight decay in neural networks."""

import numpy as np

from bayes_l2.course.exercises.exercise import Exercise, Numbers, between

CHAPTER = "weight decay in neural networks"


def _step(rng: np.random.Generator) -> Numbers:
    return {
        "w": between(rng, 1, 5),
        "gradient": between(rng, 1, 6),
        "rate": between(rng, 0.05, 0.3, 2),
        "decay": between(rng, 0.2, 0.9, 2),
    }


EXERCISES = (
    Exercise(
        "step-with-weight-decay",
        CHAPTER,
        "One step of gradient descent with step size {rate} and weight decay {decay}, which adds {decay} × w to "
        "the gradient, from w = {w} where the loss has the gradient {gradient}. Where does it end?",
        _step,
        lambda w, gradient, rate, decay: w - rate * (gradient + decay * w),
        {
            "you left out the decay": lambda w, gradient, rate, decay: (
                w - rate * gradient
            ),
            "you did not multiply the decay by the step size": lambda w, gradient, rate, decay: (
                w - rate * gradient - decay * w
            ),
            "you grew the weight": lambda w, gradient, rate, decay: (
                w - rate * (gradient - decay * w)
            ),
            "you forgot the weight, and decayed by a constant": lambda w, gradient, rate, decay: (
                w - rate * (gradient + decay)
            ),
        },
    ),
    Exercise(
        "alpha-in-minibatches",
        CHAPTER,
        "MLPRegressor divides its penalty by the rows of a batch, and its loss too. With alpha = {alpha} on all "
        "{n} rows at once it has a Gaussian prior. Which alpha has the same prior in batches of {batch}?",
        lambda rng: {
            "alpha": between(rng, 1, 9),
            "n": 20 * int(rng.integers(10, 40)),
            "batch": int(rng.choice([4, 5, 10, 20])),
        },
        lambda alpha, n, batch: alpha * batch / n,
        {
            "you took it as it is": lambda alpha, n, batch: alpha,
            "you turned the ratio upside down": lambda alpha, n, batch: (
                alpha * n / batch
            ),
            "you divided by the rows in a batch": lambda alpha, n, batch: alpha / batch,
            "you divided by all rows": lambda alpha, n, batch: alpha / n,
        },
    ),
    Exercise(
        "prior-of-weights",
        CHAPTER,
        "A network is trained on squared error with noise sd {noise_sd}, as ½ Σ (y - f(x))² + ½ alpha Σ w², at "
        "alpha = {alpha}. Which sd has the Gaussian prior of a weight?",
        lambda rng: {"noise_sd": between(rng, 2, 9), "alpha": between(rng, 2, 9)},
        lambda noise_sd, alpha: float(noise_sd / np.sqrt(alpha)),
        {
            "you left out the noise": lambda noise_sd, alpha: float(alpha**-0.5),
            "you gave the variance, not the sd": lambda noise_sd, alpha: (
                noise_sd**2 / alpha
            ),
            "you dropped the ½ of the penalty": lambda noise_sd, alpha: float(
                noise_sd / np.sqrt(2 * alpha)
            ),
            "you did not take the root of alpha": lambda noise_sd, alpha: (
                noise_sd / alpha
            ),
        },
    ),
)
