"""Derivations of the chapter "conjugacy"."""

from math import hypot, sqrt

from bayes_l2.course.exercises.step import Step, digits


def posterior_mean(
    prior_mean: float, prior_sd: float, n: int, mean_y: float, noise_sd: float
) -> tuple[Step, ...]:
    """Derive the posterior mean as a mean weighted by precisions."""
    precision = 1 / prior_sd**2 + n / noise_sd**2
    total = prior_mean / prior_sd**2 + n * mean_y / noise_sd**2
    return (
        Step(
            idea="Write the logarithm of prior times likelihood as a function of b. "
            "How large is the factor of -b²/2 in it?",
            symbols="Let P be the posterior precision, τ the prior sd and σ the noise "
            "sd.",
            formula="P = 1/τ² + n/σ²",
            reason="Let m be the prior mean. Σ (y - b)² is n (b - mean(y))² plus a "
            "term without b. So, up to a constant, the log posterior is\n"
            " -(b - m)² / (2τ²) - n (b - mean(y))² / (2σ²)\n"
            "This is quadratic in b, so the posterior is Gaussian. The factor of "
            "-b²/2 is its precision P, one divided by its variance. The precisions of "
            "the prior and of the rows add.",
            numbers=f"1 / {prior_sd:g}² + {n} / {noise_sd:g}²",
            value=precision,
        ),
        Step(
            idea="The mean of a Gaussian is where its density is largest. Set the "
            "derivative of the log posterior to zero.",
            symbols="Let m be the prior mean and P the posterior precision of step 1.",
            formula="posterior mean = (m/τ² + n mean(y)/σ²) / P",
            reason="The derivative of the log posterior with respect to b is\n"
            " m/τ² + n mean(y)/σ² - b P\n"
            "It is zero at the posterior mean. This is the mean of m and mean(y), "
            "with the precision of each as its weight.",
            numbers=f"({prior_mean:g} / {prior_sd:g}² + {n} × {mean_y:g} / "
            f"{noise_sd:g}²) / {digits(precision)}",
            value=total / precision,
        ),
    )


def posterior_sd(prior_sd: float, n: int, noise_sd: float) -> tuple[Step, ...]:
    """Derive the posterior sd from the posterior precision."""
    precision = 1 / prior_sd**2 + n / noise_sd**2
    return (
        Step(
            idea="Each row makes b more certain, so variances do not add. Precisions "
            "add: a precision is one divided by a variance.",
            symbols="Let P be the posterior precision, τ the prior sd and σ the noise "
            "sd.",
            formula="P = 1/τ² + n/σ²",
            reason="The logarithm of a Gaussian density of b with the precision p "
            "contains b² with the factor -p/2. The log posterior is the log prior "
            "plus the log-likelihoods of the rows, up to a constant. The prior has "
            "the precision 1/τ², and each of the n rows adds 1/σ². So the posterior "
            "is Gaussian, with the precision",
            numbers=f"1 / {prior_sd:g}² + {n} / {noise_sd:g}²",
            value=precision,
        ),
        Step(
            idea="The precision is one divided by the variance. Go from the variance "
            "to the sd.",
            symbols="Let P be the posterior precision of step 1.",
            formula="posterior sd = 1 / √P",
            reason="The posterior variance is 1/P, and the sd is its root.",
            numbers=f"1 / √{digits(precision)}",
            value=1 / sqrt(precision),
        ),
    )


def predictive_sd(line_sd: float, noise_sd: float) -> tuple[Step]:
    """Derive the sd of a new y from its two sources."""
    return (
        Step(
            idea="A new y is the line a + xᵀb plus new noise. Both are uncertain, and "
            "they are independent.",
            symbols="Let s be the posterior sd of the line and σ the noise sd.",
            formula="sd of y = √(s² + σ²)",
            reason="A new y is the line plus its own noise. The data say something "
            "about the line but nothing about the noise of a new row, so the two are "
            "independent, and their variances add: the variance of y is s² + σ².",
            numbers=f"√({line_sd:g}² + {noise_sd:g}²)",
            value=hypot(line_sd, noise_sd),
        ),
    )


def second_batch(
    mean: float, sd: float, prior_sd: float, n: int, noise_sd: float, mean_y: float
) -> tuple[Step, ...]:
    """Derive the mean after a second batch; the first prior is not needed again."""
    del prior_sd
    precision = 1 / sd**2 + n / noise_sd**2
    return (
        Step(
            idea="The posterior after the first batch is the prior of the second "
            "batch. It already holds the first prior.",
            symbols="Let P be the new precision, s the sd after the first batch and σ "
            "the noise sd.",
            formula="P = 1/s² + n/σ²",
            reason="The rows are independent given b. So, up to a factor, the "
            "posterior is\n"
            " (first prior × likelihood of batch 1) × likelihood of batch 2\n"
            "The part in brackets is the posterior after batch 1. It is the prior for "
            "batch 2, and the first prior must not be counted again. Precisions add, "
            "because the logarithms of Gaussian densities do. The new precision is",
            numbers=f"1 / {sd:g}² + {n} / {noise_sd:g}²",
            value=precision,
        ),
        Step(
            idea="Take the mean of the old posterior mean and the mean of batch 2. "
            "The weights are their precisions.",
            symbols="Let m be the mean after the first batch, mean(y) the mean of "
            "batch 2, and P the precision of step 1.",
            formula="new mean = (m/s² + n mean(y)/σ²) / P",
            reason="Up to a constant, the log posterior is\n"
            " -(b - m)² / (2s²) - n (b - mean(y))² / (2σ²)\n"
            "Its derivative with respect to b is m/s² + n mean(y)/σ² - b P. It is "
            "zero at the new mean.",
            numbers=f"({mean:g} / {sd:g}² + {n} × {mean_y:g} / {noise_sd:g}²) / "
            f"{digits(precision)}",
            value=(mean / sd**2 + n * mean_y / noise_sd**2) / precision,
        ),
    )
