"""Derivations of the chapter "one penalty, many names"."""

from math import sqrt

from bayes_l2.course.exercises.step import Step, added, digits


def elastic_net_alpha(penalty: float, n: int) -> tuple[Step]:
    """Derive the alpha of ElasticNet from the penalty of ridge."""
    return (
        Step(
            idea="A positive factor does not move a minimum. Multiply the objective "
            "of ElasticNet so that its squared error is that of ridge.",
            symbols="Let α be the penalty of ridge and alpha that of ElasticNet.",
            formula="alpha = α / n",
            reason="Multiply the objective of ElasticNet by 2n:\n"
            " ||y - a - Xb||² + n alpha ||b||²\n"
            "This is the objective of ridge if n alpha is α.",
            numbers=f"{penalty:g} / {n}",
            value=penalty / n,
        ),
    )


def weight_decay(penalty: float, n: int) -> tuple[Step]:
    """Derive the weight decay of PyTorch's SGD from the penalty of ridge."""
    return (
        Step(
            idea="PyTorch adds a term to the gradient. Divide the objective of ridge "
            "so that its squared error is MSELoss, and take the gradient of its "
            "penalty.",
            symbols="Let α be the penalty of ridge.",
            formula="weight_decay = 2α / n",
            reason="Divide the objective of ridge by n. This does not move the "
            "minimum:\n"
            " ||y - a - Xb||² / n + (α/n) ||b||²\n"
            "The first term is MSELoss. The second has the gradient (2α/n) b. PyTorch "
            "adds weight_decay × b to the gradient of MSELoss, so the two gradients "
            "are equal if weight_decay is 2α/n.",
            numbers=f"2 × {penalty:g} / {n}",
            value=2 * penalty / n,
        ),
    )


def prior_of_C(C: float) -> tuple[Step]:
    """Derive the prior sd of LogisticRegression."""
    return (
        Step(
            idea="The cross-entropy is a negative log-likelihood. Divide the "
            "objective so that its factor is 1. The rest is the negative log prior.",
            symbols="Let τ be the prior sd.",
            formula="τ = √C",
            reason="Divide the objective by C. This does not move the minimum:\n"
            " cross-entropy + ||b||² / (2C)\n"
            "The negative log density of Normal(0, τ²) is, up to a constant, ||b||² / "
            "(2τ²). So τ² is C.",
            numbers=f"√{C:g}",
            value=sqrt(C),
        ),
    )


def raw_prior_sd(x: list[float], prior_sd: float) -> tuple[Step, ...]:
    """Derive the prior sd of the coefficient of a column that was divided by its sd."""
    mean = sum(x) / len(x)
    sd = sqrt(sum((each - mean) ** 2 for each in x) / len(x))
    squares = added(f"({each:g} - {digits(mean)})²" for each in x)
    return (
        Step(
            idea="First find the sd of the column, with the divisor that the question "
            "names.",
            symbols="Let mean(x) be the mean of x.",
            formula="sd(x) = √(Σ (x - mean(x))² / n)",
            reason="The library divides by this sd:",
            numbers=f"√(({squares}) / {len(x)})",
            value=sd,
        ),
        Step(
            idea="The linear predictor is the same in both units. How does the "
            "coefficient of the original column follow from that of the divided "
            "column?",
            symbols="Let τ be the prior sd of the coefficient of the divided column.",
            formula="prior sd = τ / sd(x)",
            reason="Let c be the coefficient of the divided column. The linear "
            "predictor is\n"
            " c (x / sd(x)) = (c / sd(x)) x\n"
            "So the coefficient of the original column is c / sd(x). If a number is "
            "divided by sd(x), its sd is divided by sd(x).",
            numbers=f"{prior_sd:g} / {digits(sd)}",
            value=prior_sd / sd,
        ),
    )
