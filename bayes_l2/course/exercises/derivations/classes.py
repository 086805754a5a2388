"""Derivations of the chapter "classification"."""

from math import exp, sqrt

from bayes_l2.course.exercises.step import Step, added, digits


def _logistic(eta: float) -> float:
    return 1 / (1 + exp(-eta))


def probability_from_log_odds(eta: float) -> tuple[Step]:
    """Derive the probability from the log odds."""
    return (
        Step(
            idea="In logistic regression the linear predictor is the logarithm of the "
            "odds. The odds are the probability of the second class, divided by that "
            "of the first.",
            symbols="Let η be the linear predictor and p the probability.",
            formula="p = 1 / (1 + exp(-η))",
            reason="The linear predictor is the log odds, log(p / (1 - p)) = η. So\n"
            " p / (1 - p) = exp(η)\n"
            "Solve this for p: p = exp(η) / (1 + exp(η)). Divide the numerator and "
            "the denominator by exp(η).",
            numbers=f"1 / (1 + exp(-{eta:g}))",
            value=_logistic(eta),
        ),
    )


def gradient_of_cross_entropy(x: float, b: float) -> tuple[Step, ...]:
    """Derive the gradient of the cross-entropy of a row of class 1."""
    p = _logistic(x * b)
    return (
        Step(
            idea="First find the probability that the model gives to class 1.",
            symbols="Let p be the probability of class 1.",
            formula="p = 1 / (1 + exp(-x b))",
            reason="The linear predictor is x b. It is the logarithm of the odds p / "
            "(1 - p).",
            numbers=f"1 / (1 + exp(-{x:g} × {b:g}))",
            value=p,
        ),
        Step(
            idea="Take the derivative with respect to the linear predictor. Then use "
            "the chain rule.",
            symbols="Let p be the probability of step 1.",
            formula="derivative = -(1 - p) x",
            reason="Let η be x b. The cross-entropy of a row of class 1 is\n"
            " -log p = log(1 + exp(-η))\n"
            "Its derivative with respect to η is -exp(-η) / (1 + exp(-η)), which is "
            "-(1 - p). The derivative of η with respect to b is x, and the chain rule "
            "multiplies the two. The derivative is negative: a larger b makes the "
            "loss of this row smaller.",
            numbers=f"-(1 - {digits(p)}) × {x:g}",
            value=-(1 - p) * x,
        ),
    )


def softmax_sum(coef: list[float]) -> tuple[Step, ...]:
    """Derive which of the equivalent coefficients have the smallest squares."""
    mean = sum(coef) / len(coef)
    return (
        Step(
            idea="Subtract the same number from all three coefficients: the "
            "probabilities stay as they are. Which number makes the sum of squares "
            "smallest?",
            symbols="Let c be the number that is subtracted from each coefficient.",
            formula="c = Σ coefficients / 3",
            reason="Softmax divides exp(η) of each class by the sum of exp(η) over "
            "all classes. A factor that all classes share cancels. So only "
            "differences of coefficients matter: all coefficients with the same "
            "probabilities are these coefficients minus one number c. The sum of "
            "squares Σ (b - c)² has the derivative -2 Σ (b - c) with respect to c. It "
            "is zero where c is the mean of the coefficients.",
            numbers=f"({added(f'{each:g}' for each in coef)}) / {len(coef)}",
            value=mean,
        ),
        Step(
            idea="Subtract this number from the first coefficient.",
            symbols="Let c be the mean of step 1, and b the first coefficient.",
            formula="new coefficient = b - c",
            reason="The penalty chooses the coefficients with the sum 0. The first of "
            "them is",
            numbers=f"{coef[0]:g} - {digits(mean)}",
            value=coef[0] - mean,
        ),
    )


def laplace_sd(x: list[float], b: float, prior_sd: float) -> tuple[Step, ...]:
    """Derive the sd of the Laplace approximation from the curvature at the mode."""
    p = [_logistic(each * b) for each in x]
    rows = list(zip(x, p, strict=True))
    curvature = sum(u**2 * v * (1 - v) for u, v in rows)
    terms = [f"{u:g}² × {digits(v)} × {digits(1 - v)}" for u, v in rows]
    return (
        Step(
            idea="The Laplace approximation takes the curvature of the negative log "
            "posterior at the mode. Find the part of the likelihood first. It does "
            "not depend on the labels.",
            symbols="Let H be the second derivative of the negative log-likelihood, "
            "and p be 1 / (1 + exp(-x b)) for each x.",
            formula="H = Σ x² p (1 - p)",
            reason="The negative log-likelihood of a row has the slope (p - label) x "
            "in b, where the label is 0 or 1. The derivative of p with respect to b "
            "is p (1 - p) x. So the second derivative is x² p (1 - p). Each term "
            "below is x², p and 1 - p of a row.",
            numbers=added(terms),
            value=curvature,
        ),
        Step(
            idea="Add the curvature of the negative log prior. The sum is the "
            "precision of the Gaussian approximation.",
            symbols="Let H be the sum of step 1 and τ the prior sd.",
            formula="sd = 1 / √(H + 1/τ²)",
            reason="The negative log prior b² / (2τ²) has the second derivative 1/τ². "
            "A Gaussian has the negative log density (b - mode)² / (2 variance), with "
            "the second derivative 1 / variance. So the variance of the approximation "
            "is one divided by the whole curvature, and the sd is its root.",
            numbers=f"1 / √({digits(curvature)} + 1 / {prior_sd:g}²)",
            value=1 / sqrt(curvature + 1 / prior_sd**2),
        ),
    )
