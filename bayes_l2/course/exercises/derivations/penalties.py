"""Derivations of the chapter "choosing the penalty"."""

from math import log, pi

from bayes_l2.course.exercises.step import Step, added, digits


def effective_degrees_of_freedom(d: list[float], penalty: float) -> tuple[Step, ...]:
    """Derive the trace of the matrix that maps y to the fit of ridge."""
    terms = [f"{each:g}² / ({each:g}² + {penalty:g})" for each in d]
    shares = sum(each**2 / (each**2 + penalty) for each in d)
    return (
        Step(
            idea="The fitted values are a matrix times y, and its trace is the "
            "effective degrees of freedom. Ridge shrinks each principal axis by a "
            "factor: what do these factors add to the trace?",
            symbols="Let T be the trace that the columns add, and d the singular "
            "values.",
            formula="T = Σ d² / (d² + α)",
            reason="Least squares without a penalty projects y on each principal "
            "axis, and each axis adds 1 to the trace. Ridge multiplies the projection "
            "by d² / (d² + α), which is less than 1, and adds this factor instead. So "
            "T is the sum of the factors.",
            numbers=added(terms),
            value=shares,
        ),
        Step(
            idea="The intercept is fitted too, and it has no penalty.",
            symbols="Let T be the sum of step 1.",
            formula="degrees of freedom = 1 + T",
            reason="The columns are centred, so the column of ones is orthogonal to "
            "all of them, and is an axis of its own. It has no penalty, so its factor "
            "is 1.",
            numbers=f"1 + {digits(shares)}",
            value=1 + shares,
        ),
    )


def leave_one_out_residual(residual: float, leverage: float) -> tuple[Step]:
    """Derive the residual of a row that is left out from its leverage."""
    return (
        Step(
            idea="Suppose that the y of the row were the prediction of the fit "
            "without it. Then the fit with the row and the fit without it would be "
            "the same.",
            symbols="Let e be the residual, h the leverage, and r the residual in the "
            "fit without the row.",
            formula="r = e / (1 - h)",
            reason="The fit without the row predicts y - r for this row. Suppose that "
            "its y were y - r. Then the fit without the row would have no error at "
            "the row, and adding the row would not change the fit. So the two fits "
            "would be the same. Fitted values are linear in y, and the leverage is "
            "the change of the row's own fitted value when its y grows by 1. A change "
            "of y by -r changes the fitted value from y - e to y - e - h r. This must "
            "be the prediction y - r:\n"
            " y - e - h r = y - r\n"
            "Solve this for r.",
            numbers=f"{residual:g} / (1 - {leverage:g})",
            value=residual / (1 - leverage),
        ),
    )


def log_evidence(
    y: float, x: float, noise_sd: float, prior_sd: float
) -> tuple[Step, ...]:
    """Derive the log density of one row, with the coefficient integrated out."""
    variance = noise_sd**2 + x**2 * prior_sd**2
    return (
        Step(
            idea="Before the data, both the coefficient and the noise are random. "
            "Find the distribution of y that this implies. What is its variance?",
            symbols="Let σ be the noise sd and τ the prior sd.",
            formula="variance of y = σ² + x² τ²",
            reason="The row is y = x b + noise, where b is Normal(0, τ²) and the "
            "noise Normal(0, σ²), independent of b. A sum of independent Gaussian "
            "numbers is Gaussian, and their variances add. The variance of x b is x² "
            "τ². So y is Gaussian with the mean 0 and the variance",
            numbers=f"{noise_sd:g}² + {x:g}² × {prior_sd:g}²",
            value=variance,
        ),
        Step(
            idea="The evidence is the density of this distribution at the y that was "
            "seen. Take its logarithm, with all constants.",
            symbols="Let V be the variance of step 1.",
            formula="log p(y) = -log(2πV) / 2 - y² / (2V)",
            reason="The density of Normal(0, V) is exp(-y² / (2V)) / √(2πV). No "
            "single value of b is used: the evidence is the mean of the likelihood "
            "over the prior of b.",
            numbers=f"-log(2 × π × {digits(variance)}) / 2 - {y:g}² / "
            f"(2 × {digits(variance)})",
            value=-log(2 * pi * variance) / 2 - y**2 / (2 * variance),
        ),
    )
