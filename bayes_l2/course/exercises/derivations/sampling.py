"""Derivations of the chapter "MCMC agrees"."""

from math import sqrt
from statistics import mean, variance

from bayes_l2.course.exercises.step import Step, added, digits


def monte_carlo_error(draws: int, sd: float, ess: int) -> tuple[Step]:
    """Derive the Monte-Carlo standard error of a mean."""
    del draws
    return (
        Step(
            idea="Recall the standard error of a mean of independent draws. Draws of "
            "a chain are not independent: which number do you use instead of the "
            "number of draws?",
            symbols="Let s be the sd of the draws and ESS the effective sample size.",
            formula="MCSE = s / √ESS",
            reason="The mean of N independent draws has the variance s²/N. Draws of a "
            "chain depend on the draws before them, so their mean varies more. The "
            "effective sample size is, by its definition, the number of independent "
            "draws whose mean varies as much as the mean of the chain. So the "
            "variance of the mean is s²/ESS, and the standard error is its root. The "
            "number of draws is not needed.",
            numbers=f"{sd:g} / √{ess}",
            value=sd / sqrt(ess),
        ),
    )


def how_far_off(exact: float, mean: float, sd: float, ess: int) -> tuple[Step, ...]:
    """Derive a difference of means in Monte-Carlo standard errors."""
    error = sd / sqrt(ess)
    return (
        Step(
            idea="First find the Monte-Carlo standard error of the mean of the draws.",
            symbols="Let s be the posterior sd and ESS the effective sample size.",
            formula="MCSE = s / √ESS",
            reason="The effective sample size is the number of independent draws "
            "whose mean varies as much as the mean of the chain. The mean of that "
            "many independent draws has the variance s²/ESS.",
            numbers=f"{sd:g} / √{ess}",
            value=error,
        ),
        Step(
            idea="Measure the difference of the two means in units of this error.",
            symbols="Let MCSE be the error of step 1.",
            formula="number of MCSEs = (mean of draws - exact mean) / MCSE",
            reason="If the sampler is right, the mean of the draws is close to "
            "Normal, with the exact mean as its mean and the MCSE as its sd. So the "
            "difference in MCSEs is a z-value. The posterior sd is not the right "
            "unit: it does not shrink with more draws.",
            numbers=f"({mean:g} - {exact:g}) / {digits(error)}",
            value=(mean - exact) / error,
        ),
    )


def r_hat(means: list[float], variances: list[float], n: int) -> tuple[Step, ...]:
    """Derive R-hat from the variances within and between the chains."""
    within, between = mean(variances), variance(means)
    middle = digits(mean(means))
    return (
        Step(
            idea="Begin with the spread within a chain: take the mean of the "
            "variances.",
            symbols="Let W be the mean of the variances of the chains.",
            formula="W = Σ variances / number of chains",
            reason="Each chain estimates the variance of the draws within it. All "
            "chains have the same length, so the mean of these estimates counts them "
            "equally.",
            numbers=f"({added(f'{each:g}' for each in variances)}) / {len(variances)}",
            value=within,
        ),
        Step(
            idea="Then find the spread between the chains: the variance of their "
            "means. The divisor is one less than the number of chains.",
            symbols="Let V be the variance of the means of the chains.",
            formula="V = Σ (mean - mean of means)² / (number of chains - 1)",
            reason="The mean of the means is estimated from the same chains. This "
            "makes the sum of squares too small on average. The smaller divisor "
            "corrects this.",
            numbers=f"({added(f'({each:g} - {middle})²' for each in means)}) / "
            f"{len(means) - 1}",
            value=between,
        ),
        Step(
            idea="Compare the variance of all draws together with the variance within "
            "a chain. R-hat is on the scale of the sd.",
            symbols="Let W and V be the results of steps 1 and 2.",
            formula="R-hat = √(((n - 1)/n · W + V) / W)",
            reason="The sum (n - 1)/n · W + V estimates the variance of all draws "
            "together: the part within chains, plus the part between them. If the "
            "chains agree, V is small beside W, so the sum is close to W and R-hat to "
            "1. If they disagree, V is larger, and so is R-hat.",
            numbers=f"√((({n} - 1) / {n} × {digits(within)} + {digits(between)}) / "
            f"{digits(within)})",
            value=sqrt(((n - 1) / n * within + between) / within),
        ),
    )
