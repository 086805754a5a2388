"""Derivations of the chapter "losses are likelihoods"."""

from math import log
from statistics import median

from bayes_l2.course.exercises.step import Step, added, squared


def noise_variance_from_residuals(residuals: list[float]) -> tuple[Step]:
    """Derive the maximum-likelihood estimate of the noise variance."""
    squares = [squared(each) for each in residuals]
    return (
        Step(
            idea="Write the Gaussian log-likelihood of the residuals as a function of "
            "σ². At its maximum the derivative with respect to σ² is zero.",
            symbols="Let r be the residuals and n their number.",
            formula="σ² = Σ r² / n",
            reason="Independent residuals have the log-likelihood\n"
            " -(n/2) log(2πσ²) - Σ r² / (2σ²)\n"
            "Its derivative with respect to σ² is\n"
            " -n / (2σ²) + Σ r² / (2σ⁴)\n"
            "The derivative is positive for a smaller σ² than Σ r² / n, zero there, "
            "and negative for a larger one. So this is the maximum. The divisor is n: "
            "n - 1 makes the estimate unbiased, which is another aim.",
            numbers=f"({added(squares)}) / {len(residuals)}",
            value=sum(each**2 for each in residuals) / len(residuals),
        ),
    )


def least_absolute_location(y: list[float]) -> tuple[Step]:
    """Derive that the median minimises the sum of the absolute deviations."""
    return (
        Step(
            idea="Increase a by a little. Some distances |y - a| grow and the others "
            "shrink, all of them equally fast. Count both kinds.",
            symbols="Let median(y) be the middle one of the sorted y.",
            formula="a = median(y)",
            reason="Between two neighbours among the sorted y, the sum has the slope\n"
            " (number of y below a) - (number of y above a)\n"
            "The slope is negative while more y lie above a than below, and positive "
            "as soon as more lie below. With five numbers it changes its sign at the "
            "third of them. It does not matter how far away the largest number is: "
            "this is why the median is robust.",
            numbers=f"median({', '.join(f'{each:g}' for each in y)})",
            value=median(y),
        ),
    )


def cross_entropy(p: float) -> tuple[Step]:
    """Derive the cross-entropy of a row from its likelihood."""
    return (
        Step(
            idea="The loss is a negative log-likelihood. Which probability does the "
            "model give to the class that was seen?",
            symbols="Let p be the probability of the class that was seen.",
            formula="loss = -log(p)",
            reason="The likelihood of the row is the probability that the model gives "
            "to the class of the row. The row is of class 1, so the likelihood is p. "
            "The loss is the negative logarithm of the likelihood. It is positive, "
            "because p is less than 1, and it would be 0 for p = 1.",
            numbers=f"-log({p:g})",
            value=-log(p),
        ),
    )


def gaussian_log_likelihood_difference(
    noise_sd: float, first: float, second: float
) -> tuple[Step]:
    """Derive the difference of two Gaussian log-likelihoods."""
    return (
        Step(
            idea="Write the Gaussian log-likelihood as a function of the sum of "
            "squares. Which part of it is the same for both fits?",
            symbols="Let S₁ and S₂ be the two sums of squares and σ the noise sd.",
            formula="difference = (S₂ - S₁) / (2σ²)",
            reason="A fit to n rows with the sum of squares S has the log-likelihood\n"
            " -(n/2) log(2πσ²) - S / (2σ²)\n"
            "The first term is the same for both fits, so it cancels in the "
            "difference:\n"
            " -S₁ / (2σ²) + S₂ / (2σ²)\n"
            "The first fit has the smaller sum of squares, so its log-likelihood is "
            "the larger one.",
            numbers=f"({second:g} - {first:g}) / (2 × {noise_sd:g}²)",
            value=(second - first) / (2 * noise_sd**2),
        ),
    )
