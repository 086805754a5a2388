"""Derivations of the chapter "where it breaks"."""

from math import log

from bayes_l2.course.exercises.step import Step, digits


def penalised_intercept(n: int, mean_y: float, penalty: float) -> tuple[Step]:
    """Derive the intercept that has the penalty of the coefficients."""
    return (
        Step(
            idea="The columns are centred, so the column of ones is orthogonal to "
            "them and the intercept is a problem of its own. Solve it with its "
            "penalty.",
            symbols="Let mean(y) be the mean of y.",
            formula="a = n mean(y) / (n + α)",
            reason="The centred columns sum to zero, so they are orthogonal to the "
            "column of ones, and the intercept is the minimum of\n"
            " Σ (y - a)² + α a²\n"
            "Half of the derivative is (n + α) a - n mean(y). It is zero at",
            numbers=f"{n} × {mean_y:g} / ({n} + {penalty:g})",
            value=n * mean_y / (n + penalty),
        ),
    )


def soft_threshold(
    squares: float, z: float, noise_sd: float, scale: float
) -> tuple[Step, ...]:
    """Derive the MAP under a Laplace prior."""
    threshold = noise_sd**2 / (scale * squares)
    return (
        Step(
            idea="Write the negative log posterior as a squared distance from the "
            "least-squares coefficient, plus a factor times |b|. Find this factor.",
            symbols="Let t be the factor, σ the noise sd and s the scale of the prior.",
            formula="t = σ² / (s x'x)",
            reason="Let z be the least-squares coefficient. Up to a constant, the "
            "negative log posterior is\n"
            " x'x (b - z)² / (2σ²) + |b| / s\n"
            "Multiply it by σ² / x'x, which does not move the minimum:\n"
            " (b - z)² / 2 + t |b|\n"
            "The factor t is also called the threshold:",
            numbers=f"{noise_sd:g}² / ({scale:g} × {squares:g})",
            value=threshold,
        ),
        Step(
            idea="For a positive b, set the derivative to zero. If the result is not "
            "positive, the minimum is at 0.",
            symbols="Let z be the least-squares coefficient, which is positive, and t "
            "the threshold of step 1.",
            formula="b = max(z - t, 0)",
            reason="For b > 0 the derivative of (b - z)² / 2 + t b is b - z + t. It "
            "is zero at z - t. If z - t is negative, the function grows for every b > "
            "0, and the minimum is at 0.",
            numbers=f"max({z:g} - {digits(threshold)}, 0)",
            value=max(z - threshold, 0.0),
        ),
    )


def unbounded_mode(p: int, first: float, second: float) -> tuple[Step]:
    """Derive how the joint log density grows as the prior sd falls to 0."""
    return (
        Step(
            idea="Write down the joint log density at b = 0. Which of its terms "
            "depend on τ?",
            symbols="Let τ₁ be the larger τ and τ₂ the smaller one.",
            formula="growth = p log(τ₁ / τ₂)",
            reason="The joint density is the likelihood times the prior of b times "
            "the prior of τ. The likelihood depends on b and not on τ, and the prior "
            "of τ is constant here. At b = 0 the density of Normal(0, τ²) is 1 / (τ "
            "√(2π)), so the log prior of p coefficients is\n"
            " -p log τ - (p/2) log(2π)\n"
            "The growth from τ₁ to τ₂ is p log τ₁ - p log τ₂, with natural "
            "logarithms. It has no bound as τ₂ falls to 0, so the joint density has "
            "no maximum.",
            numbers=f"{p} × log({first:g} / {second:g})",
            value=p * log(first / second),
        ),
    )


def box_of_adamw(decay: float, best: float) -> tuple[Step]:
    """Derive where AdamW ends if the minimum is outside its box."""
    return (
        Step(
            idea="The loss is convex. On which side of the bound does its minimum "
            "lie, and where in the allowed interval is it smallest?",
            symbols="Let λ be the weight decay, and w* the minimum without a bound.",
            formula="w = min(w*, 1/λ)",
            reason="A convex loss falls until w*. Here w* is larger than 1/λ, so the "
            "loss falls in the whole interval from -1/λ to 1/λ, and is smallest at "
            "its upper end. The bound has this reason: close to the end of training "
            "the gradient hardly changes. Adam divides it by its size, so that only "
            "its sign is left. With the weight decay the step is\n"
            " -(step size) × (sign of gradient + λ w)\n"
            "Below w* the sign is -1, so the step is zero at w = 1/λ.",
            numbers=f"min({best:g}, 1 / {decay:g})",
            value=min(best, 1 / decay),
        ),
    )
