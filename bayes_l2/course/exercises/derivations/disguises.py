"""Derivations of the chapter "one prior, many disguises"."""

from math import exp

from bayes_l2.course.exercises.step import Step, added, digits


def ridge_in_the_dual(x: list[float], y: float, penalty: float) -> tuple[Step, ...]:
    """Derive a coefficient of ridge from the one unknown of a row."""
    square = sum(each**2 for each in x)
    unknown = y / (square + penalty)
    return (
        Step(
            idea="There are four coefficients but only one row. The coefficients are "
            "a multiple of the row. Find the squared length of the row first.",
            symbols="Let x be the row.",
            formula="x'x = Σ x²",
            reason="Half of the gradient of (y - x'b)² + α ||b||² with respect to b "
            "is -x (y - x'b) + α b. It is zero if\n"
            " b = x c with c = (y - x'b) / α\n"
            "So b is a multiple of x, and the only unknown is the number c. To find "
            "c, use x'b = c x'x, where",
            numbers=added(f"{each:g}²" for each in x),
            value=square,
        ),
        Step(
            idea="Insert this multiple into the condition for the minimum. One "
            "equation for one unknown is left.",
            symbols="Let c be the number with b = x c.",
            formula="c = y / (x'x + α)",
            reason="Insert x'b = c x'x into α c = y - x'b:\n"
            " α c = y - c x'x\n"
            "Solve this for c.",
            numbers=f"{y:g} / ({digits(square)} + {penalty:g})",
            value=unknown,
        ),
        Step(
            idea="Compute the first coefficient from the unknown of the row.",
            symbols="Let c be the unknown of step 2 and x₁ the first entry of x.",
            formula="b₁ = x₁ c",
            reason="In step 1, b is a multiple of x. Its first entry is x₁ times the "
            "number c.",
            numbers=f"{x[0]:g} × {digits(unknown)}",
            value=x[0] * unknown,
        ),
    )


def prior_as_a_row(noise_sd: float, prior_mean: float, prior_sd: float) -> tuple[Step]:
    """Derive the y of the row that stands for the prior."""
    return (
        Step(
            idea="Write the negative log prior as one more squared error, in the same "
            "units as the squared errors of the data.",
            symbols="Let m be the prior mean.",
            formula="y of the row = m σ / τ",
            reason="Up to a constant, 2σ² times the negative log posterior is\n"
            " Σ (y - x b)² + (σ²/τ²) (b - m)²\n"
            "The last term is the squared error of one more row:\n"
            " (m σ/τ - b σ/τ)²\n"
            "It has x = σ/τ and y = m σ/τ. The posterior is Gaussian, so its mean is "
            "the minimum of this sum of squares.",
            numbers=f"{prior_mean:g} × {noise_sd:g} / {prior_sd:g}",
            value=prior_mean * noise_sd / prior_sd,
        ),
    )


def gaussian_process_of_one_row(
    prior_sd: float, length: float, y: float, noise_sd: float, distance: float
) -> tuple[Step, ...]:
    """Derive the posterior mean of a Gaussian process from one row."""
    covariance = prior_sd**2 * exp(-(distance**2) / (2 * length**2))
    return (
        Step(
            idea="The value at the new input and the y of the row are jointly "
            "Gaussian. Find their covariance first.",
            symbols="Let k be the covariance and d the distance of the two inputs.",
            formula="k = s² exp(-d² / (2ℓ²))",
            reason="The y of the row is the value of the process at its input plus "
            "noise. The noise is independent of the process, so the covariance of y "
            "and of the value at the new input is the prior covariance at this "
            "distance.",
            numbers=f"{prior_sd:g}² × exp(-{distance:g}² / (2 × {length:g}²))",
            value=covariance,
        ),
        Step(
            idea="The posterior mean is a factor times y. The factor is the "
            "covariance divided by the variance of y, and y has noise.",
            symbols="Let k be the covariance of step 1 and σ the noise sd.",
            formula="posterior mean = k y / (s² + σ²)",
            reason="The variance of y is s² + σ². Let f be the value at the new "
            "input, and let c be k / (s² + σ²). The covariance of f - c y with y is k "
            "- c (s² + σ²), which is 0. Jointly Gaussian numbers without covariance "
            "are independent. So the mean of f - c y stays 0 after y is seen, and the "
            "posterior mean of f is c y.",
            numbers=f"{digits(covariance)} × {y:g} / ({prior_sd:g}² + {noise_sd:g}²)",
            value=covariance * y / (prior_sd**2 + noise_sd**2),
        ),
    )


def kalman_filter(
    mean: float, sd: float, move: float, y: float, noise_sd: float
) -> tuple[Step, ...]:
    """Derive the mean of a state after it has moved and y is measured."""
    variance = sd**2 + move**2
    gain = variance / (variance + noise_sd**2)
    return (
        Step(
            idea="Predict first: the state moves before y is measured. What is the "
            "variance of the new state?",
            symbols="Let V be the new variance, s the sd of the state and q that of "
            "the step.",
            formula="V = s² + q²",
            reason="The step is independent of the state, so the variances add. The "
            "step has the mean 0, so the mean of the state stays as it is.",
            numbers=f"{sd:g}² + {move:g}²",
            value=variance,
        ),
        Step(
            idea="Now use y: the prediction is the prior, and y is one row. Find the "
            "share of the difference between y and the mean by which the mean moves.",
            symbols="Let K be the share, V the variance of step 1 and σ the noise sd.",
            formula="K = V / (V + σ²)",
            reason="The prediction has the precision 1/V, and y the precision 1/σ². "
            "The weight of y in the posterior mean is its share of the sum of both:\n"
            " (1/σ²) / (1/V + 1/σ²)\n"
            "Multiply numerator and denominator by V σ². The result is the Kalman "
            "gain.",
            numbers=f"{digits(variance)} / ({digits(variance)} + {noise_sd:g}²)",
            value=gain,
        ),
        Step(
            idea="Move the mean by this share of the difference.",
            symbols="Let m be the mean of the state and K the gain of step 2.",
            formula="new mean = m + K (y - m)",
            reason="The posterior mean is the weighted mean (1 - K) m + K y, which is",
            numbers=f"{mean:g} + {digits(gain)} × ({y:g} - {mean:g})",
            value=mean + gain * (y - mean),
        ),
    )


def shrunken_group_mean(share: float, n: int, deviation: float) -> tuple[Step, ...]:
    """Derive the BLUP of a group's deviation as ridge."""
    penalty = (1 - share) / share
    return (
        Step(
            idea="A random intercept is a coefficient with a Gaussian prior. Its "
            "penalty is the variance within the groups divided by that between them.",
            symbols="Let ρ be the share of the variance between the groups.",
            formula="α = (1 - ρ) / ρ",
            reason="The deviation b of a group has the prior Normal(0, τ²), where τ² "
            "is the variance between the groups. The variance within the groups is "
            "the noise variance σ². So ridge has α = σ²/τ². With the whole variance "
            "as the unit, τ² is ρ and σ² is 1 - ρ.",
            numbers=f"(1 - {share:g}) / {share:g}",
            value=penalty,
        ),
        Step(
            idea="Ridge on the column of one group is the mean of its rows, shrunk "
            "towards zero. More rows mean less shrinkage.",
            symbols="Let D be the deviation of the mean of the rows.",
            formula="prediction = D n / (n + α)",
            reason="Subtract the overall mean from y. The objective of one group is Σ "
            "(y - b)² + α b². Half of its derivative with respect to b is (n + α) b - "
            "n D. It is zero at the prediction.",
            numbers=f"{deviation:g} × {n} / ({n} + {digits(penalty)})",
            value=deviation * n / (n + penalty),
        ),
    )
