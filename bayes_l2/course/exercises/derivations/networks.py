"""Derivations of the chapter "weight decay in neural networks"."""

from math import sqrt

from bayes_l2.course.exercises.step import Step, digits


def step_with_weight_decay(
    w: float, gradient: float, rate: float, decay: float
) -> tuple[Step, ...]:
    """Derive a step of gradient descent with weight decay."""
    whole = gradient + decay * w
    return (
        Step(
            idea="First find the whole gradient: that of the loss, and the term that "
            "the weight decay adds.",
            symbols="Let g be the gradient of the loss and λ the weight decay.",
            formula="whole gradient = g + λ w",
            reason="The weight decay adds λ w. This is the gradient of the penalty ½ "
            "λ w².",
            numbers=f"{gradient:g} + {decay:g} × {w:g}",
            value=whole,
        ),
        Step(
            idea="A step of gradient descent subtracts the step size times the "
            "gradient. Use the whole gradient.",
            symbols="Let s be the step size.",
            formula="new w = w - s × whole gradient",
            reason="Gradient descent subtracts the step size times the gradient of "
            "the loss with its penalty. So the decay is multiplied by the step size "
            "too.",
            numbers=f"{w:g} - {rate:g} × {digits(whole)}",
            value=w - rate * whole,
        ),
    )


def alpha_in_minibatches(alpha: float, n: int, batch: int) -> tuple[Step]:
    """Derive the alpha of MLPRegressor that keeps the prior in minibatches."""
    return (
        Step(
            idea="Write down the objective for all rows and its mean over the "
            "batches. Compare the factors of the penalty.",
            symbols="Let n be the number of rows and B that of a batch.",
            formula="alpha in batches = alpha × B / n",
            reason="On all rows at once MLPRegressor minimises\n"
            " Σ ½ (y - f(x))² / n + ½ (alpha/n) Σ w²\n"
            "In a batch it divides both sums by B. All batches have B rows, so the "
            "mean of the first term over all batches is the same as before. The "
            "penalty is divided by B instead of n:\n"
            " Σ ½ (y - f(x))² / n + ½ (alpha in batches / B) Σ w²\n"
            "The two objectives are equal if alpha in batches / B is alpha/n. The "
            "same objective, with the same noise, has the same prior.",
            numbers=f"{alpha:g} × {batch} / {n}",
            value=alpha * batch / n,
        ),
    )


def prior_of_weights(noise_sd: float, alpha: float) -> tuple[Step]:
    """Derive the prior sd of a weight from the penalty and the noise."""
    return (
        Step(
            idea="Divide the objective by the factor that makes its first term the "
            "negative log-likelihood. The other term is then the negative log prior.",
            symbols="Let σ be the noise sd and τ the prior sd of a weight.",
            formula="τ = σ / √alpha",
            reason="Up to a constant, the negative log-likelihood is Σ (y - f(x))² / "
            "(2σ²). So divide the objective by σ², which does not move its minima:\n"
            " Σ (y - f(x))² / (2σ²) + alpha Σ w² / (2σ²)\n"
            "The negative log prior is Σ w² / (2τ²), up to a constant. So 1/τ² is "
            "alpha/σ².",
            numbers=f"{noise_sd:g} / √{alpha:g}",
            value=noise_sd / sqrt(alpha),
        ),
    )
