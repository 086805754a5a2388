"""Derivations of the chapter "regularisation without a penalty"."""

from math import sqrt

from bayes_l2.course.exercises.step import Step, added, digits


def penalty_of_early_stopping(step: float, n_steps: int) -> tuple[Step, ...]:
    """Derive the penalty of ridge that equals gradient descent stopped early."""
    left = (1 - step) ** n_steps
    return (
        Step(
            idea="Which share of the least-squares coefficients is not yet learnt "
            "after the given number of steps? Each step multiplies it by the same "
            "factor.",
            symbols="Let q be the share that is not yet learnt, s the step size and k "
            "the number of steps.",
            formula="q = (1 - s)^k",
            reason="The gradient of ½ ||y - Xb||² is X'Xb - X'y. The columns are "
            "orthonormal, so X'X is the identity, and z = X'y is the vector of the "
            "least-squares coefficients. One step leads from b to\n"
            " b - s (b - z)\n"
            "So it multiplies the difference b - z by 1 - s. At the start b is 0, and "
            "the difference is -z. After k steps it is -q z with",
            numbers=f"(1 - {step:g})^{n_steps}",
            value=left,
        ),
        Step(
            idea="Ridge on orthonormal columns multiplies the least-squares "
            "coefficients by a factor. Set it equal to the share that is learnt.",
            symbols="Let q be the share of step 1 that is not yet learnt.",
            formula="α = q / (1 - q)",
            reason="Descent ends at b = (1 - q) z. Ridge has (X'X + αI) b = X'y, "
            "which is (1 + α) b = z, so it ends at b = z / (1 + α). The two are equal "
            "if\n"
            " 1 - q = 1 / (1 + α)\n"
            "Solve this for α.",
            numbers=f"{digits(left)} / (1 - {digits(left)})",
            value=left / (1 - left),
        ),
    )


def dropout_as_ridge(x: list[float], rate: float) -> tuple[Step, ...]:
    """Derive the penalty of dropout on the column of a linear fit."""
    variance = rate / (1 - rate)
    return (
        Step(
            idea="Dropout multiplies each entry by a random number with the mean 1. "
            "Find the variance of this random number.",
            symbols="Let r be the probability that an entry is set to 0.",
            formula="variance = r / (1 - r)",
            reason="The random number m is 0 with probability r, and 1 / (1 - r) with "
            "probability 1 - r. Its mean is 1. The mean of m² is\n"
            " (1 - r) / (1 - r)² = 1 / (1 - r)\n"
            "The variance is the mean of m² minus the square of the mean, 1 / (1 - r) "
            "- 1.",
            numbers=f"{rate:g} / (1 - {rate:g})",
            value=variance,
        ),
        Step(
            idea="Take the mean of the squared error over the random numbers. It is "
            "the squared error without dropout plus a variance.",
            symbols="Let v be the variance of step 1.",
            formula="α = v Σ x²",
            reason="The error of a row is y - m x b. Its mean over m is y - x b, and "
            "its variance v x² b². The mean of a square is the square of the mean "
            "plus the variance. Sum over the rows:\n"
            " Σ (y - x b)² + v (Σ x²) b²\n"
            "This is the objective of ridge. The factor of b² is α.",
            numbers=f"{digits(variance)} × ({added(f'{each:g}²' for each in x)})",
            value=variance * sum(each**2 for each in x),
        ),
    )


def noise_on_inputs(n: int, input_sd: float, noise_sd: float) -> tuple[Step, ...]:
    """Derive the prior sd whose penalty noise on the inputs adds."""
    penalty = n * input_sd**2
    return (
        Step(
            idea="Take the mean of the squared errors over the noise on X. Which "
            "penalty does the noise add?",
            symbols="Let s be the sd of the noise on X.",
            formula="α = n s²",
            reason="With noise e on a row x, the error is y - x'b - e'b. Its mean "
            "over e is y - x'b, and its variance s² ||b||². The mean of a square is "
            "the square of the mean plus the variance. Sum over the n rows:\n"
            " ||y - Xb||² + n s² ||b||²\n"
            "This is the objective of ridge with",
            numbers=f"{n} × {input_sd:g}²",
            value=penalty,
        ),
        Step(
            idea="A penalty is the ratio of the noise variance of y and the prior "
            "variance. Solve for the prior sd.",
            symbols="Let σ be the noise sd of y and τ the prior sd.",
            formula="τ = σ / √α",
            reason="Ridge is the MAP with α = σ²/τ²: divide its objective by 2σ², and "
            "the penalty is the negative log prior ||b||² / (2τ²). Solve for τ.",
            numbers=f"{noise_sd:g} / √{digits(penalty)}",
            value=noise_sd / sqrt(penalty),
        ),
    )


def ensemble_without_prior(penalty: float, d: float) -> tuple[Step, ...]:
    """Derive the sd of an ensemble of ridge fits as a part of the posterior sd."""
    share = d**2 / (d**2 + penalty)
    return (
        Step(
            idea="Along the axis, find the variance of ridge under noise on y, and "
            "the posterior variance. Divide the first by the second.",
            symbols="Let d be the singular value.",
            formula="ratio of variances = d² / (d² + α)",
            reason="Let u be the left singular vector of the axis, and z be u'y. "
            "Along the axis, the coefficient of ridge is d z / (d² + α). New noise "
            "with the sd σ gives z the variance σ², so the coefficients of the "
            "members have the variance σ² d² / (d² + α)². The posterior variance is "
            "σ² / (d² + α), because the data have the precision d²/σ² and the prior "
            "α/σ². Divide the first by the second: σ² and one factor d² + α cancel.",
            numbers=f"{d:g}² / ({d:g}² + {penalty:g})",
            value=share,
        ),
        Step(
            idea="The question asks for a ratio of sds. How does an sd follow from a "
            "variance?",
            symbols="Let R be the ratio of variances of step 1.",
            formula="ratio of sds = √R",
            reason="An sd is the root of a variance. The ratio is less than 1: "
            "without a draw of the prior in each member, the members vary too little.",
            numbers=f"√{digits(share)}",
            value=sqrt(share),
        ),
    )


def step_under_batch_norm(before: float, after: float, step: float) -> tuple[Step]:
    """Derive how the step size must change with the length of the weights."""
    return (
        Step(
            idea="The loss depends on the direction only. How does its gradient "
            "change with the length of w, and how does the angle of a step depend on "
            "both?",
            symbols="Let L₁ and L₂ be the two lengths of w, and s₁ the step size at "
            "L₁.",
            formula="s₂ = s₁ (L₂ / L₁)²",
            reason="Multiply w by a factor: the loss stays the same, but a change of "
            "w by a given amount is now a smaller turn. So the gradient has the "
            "length G / ||w||, where G depends on the direction only. The loss does "
            "not change along w, so the gradient is perpendicular to w. The angle of "
            "a step of size s therefore has the tangent\n"
            " s (G / ||w||) / ||w|| = s G / ||w||²\n"
            "The angle is the same if s / ||w||² is the same: s₂ / L₂² = s₁ / L₁².",
            numbers=f"{step:g} × ({after:g} / {before:g})²",
            value=step * (after / before) ** 2,
        ),
    )
