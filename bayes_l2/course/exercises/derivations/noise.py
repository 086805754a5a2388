"""Derivations of the chapter "unknown noise"."""

from math import sqrt

from bayes_l2.course.exercises.step import Step, digits


def noise_variance_mean(
    shape: float, scale: float, n: int, squares: float
) -> tuple[Step, ...]:
    """Derive the posterior mean of the noise variance."""
    new_shape, new_scale = shape + n / 2, scale + squares / 2
    return (
        Step(
            idea="Multiply the prior by the Gaussian likelihood, as functions of σ². "
            "The product is an inverse gamma density again. Find its shape first.",
            symbols="Let A be the shape of the prior.",
            formula="new shape = A + n/2",
            reason="Let v be σ², B the scale of the prior and S the sum of squares. "
            "The prior is proportional to v^(-A - 1) exp(-B / v), and the likelihood "
            "of n rows to v^(-n/2) exp(-S / (2v)). In the product the exponents add:\n"
            " v^(-(A + n/2) - 1) exp(-(B + S/2) / v)\n"
            "This is an inverse gamma density. Its shape is",
            numbers=f"{shape:g} + {n} / 2",
            value=new_shape,
        ),
        Step(
            idea="Now read the scale of the posterior from the same product.",
            symbols="Let B be the scale of the prior and S the sum of squares.",
            formula="new scale = B + S/2",
            reason="In the product of step 1, the exponent is -(B + S/2) / v. The "
            "scale is the number that is divided by v. The factor ½ comes from the "
            "exponent of the Gaussian density.",
            numbers=f"{scale:g} + {squares:g} / 2",
            value=new_scale,
        ),
        Step(
            idea="The mean of an inverse gamma distribution is a simple ratio. It is "
            "larger than the mode.",
            symbols="Let the new shape and scale be those of steps 1 and 2.",
            formula="mean = new scale / (new shape - 1)",
            reason="Write A and B for the new shape and scale. The integral of v^(-A "
            "- 1) exp(-B / v) over all v > 0 is Γ(A) / B^A. To find the mean, "
            "multiply by v under the integral, which lowers A by 1, and divide by the "
            "first integral:\n"
            " (Γ(A - 1) / B^(A - 1)) / (Γ(A) / B^A) = B / (A - 1)\n"
            "The last equality uses Γ(A) = (A - 1) Γ(A - 1).",
            numbers=f"{digits(new_scale)} / ({digits(new_shape)} - 1)",
            value=new_scale / (new_shape - 1),
        ),
    )


def student_t_sd(df: float, scale: float) -> tuple[Step]:
    """Derive the sd of a Student-t."""
    return (
        Step(
            idea="The scale is not the sd. A Student-t is a Gaussian whose variance "
            "is random. Its variance is the mean of that random variance.",
            symbols="Let s be the scale and k the degrees of freedom.",
            formula="sd = s √(k / (k - 2))",
            reason="A Student-t with the mean 0 is Normal(0, v) given v, where v is "
            "InverseGamma(k/2, s² k/2). Its variance is the mean of v. The mean of "
            "InverseGamma(A, B) is B / (A - 1), so the variance is\n"
            " (s² k/2) / (k/2 - 1) = s² k / (k - 2)\n"
            "The sd is the root of this. It exists for k > 2 only.",
            numbers=f"{scale:g} × √({df:g} / ({df:g} - 2))",
            value=scale * sqrt(df / (df - 2)),
        ),
    )


def mode_of_sigma(n: int, squares: float) -> tuple[Step]:
    """Derive the mode of the density of σ, as a value of σ²."""
    return (
        Step(
            idea="Take the logarithm of the density that the question gives. Set its "
            "derivative with respect to σ to zero.",
            symbols="Let S be the sum of squares.",
            formula="σ² = S / n",
            reason="Up to a constant, the log density is\n"
            " -n log σ - S / (2σ²)\n"
            "Its derivative with respect to σ is -n/σ + S/σ³. It is zero at σ² = S/n, "
            "positive below and negative above, so this is the maximum. The density "
            "of σ² is another function: it is the density of σ divided by 2σ, so its "
            "maximum is elsewhere.",
            numbers=f"{squares:g} / {n}",
            value=squares / n,
        ),
    )
