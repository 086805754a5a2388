"""Derivations of the chapter "ridge is MAP"."""

from math import sqrt

from bayes_l2.course.exercises.step import Step, added, digits

MAP_IS_RIDGE = (
    "Up to a constant, the negative log posterior is\n"
    " ||y - a - Xb||² / (2σ²) + ||b||² / (2τ²)\n"
    "The first term is the negative log-likelihood, the second the negative log prior. "
    "The MAP minimises this sum. A positive factor does not move the minimum, so "
    "multiply by 2σ²:\n"
    " ||y - a - Xb||² + (σ²/τ²) ||b||²\n"
    "This is the objective of ridge with α = σ²/τ²."
)


def penalty_from_prior(noise_sd: float, prior_sd: float) -> tuple[Step]:
    """Derive the penalty from the sds of the noise and of the prior."""
    return (
        Step(
            idea="The MAP minimises the negative log posterior. Write it down, and "
            "multiply it by the factor that gives the squared error the factor 1.",
            symbols="Let σ be the noise sd and τ the prior sd.",
            formula="α = σ² / τ²",
            reason=MAP_IS_RIDGE,
            numbers=f"{noise_sd:g}² / {prior_sd:g}²",
            value=(noise_sd / prior_sd) ** 2,
        ),
    )


def prior_from_penalty(penalty: float, noise_sd: float) -> tuple[Step]:
    """Derive the prior sd from the penalty."""
    return (
        Step(
            idea="The penalty is a ratio of two variances. Write down this ratio, and "
            "solve it for the prior sd.",
            symbols="Let σ be the noise sd and τ the prior sd.",
            formula="τ = σ / √α",
            reason=f"{MAP_IS_RIDGE} Solve this for τ: τ² = σ²/α.",
            numbers=f"{noise_sd:g} / √{penalty:g}",
            value=noise_sd / sqrt(penalty),
        ),
    )


def ridge_by_hand(x: list[float], y: list[float], penalty: float) -> tuple[Step, ...]:
    """Derive the slope of ridge from the centred data."""
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    at_x = [f"({each:g} - {digits(mean_x)})" for each in x]
    at_y = [f"({each:g} - {digits(mean_y)})" for each in y]
    squares = sum((each - mean_x) ** 2 for each in x)
    products = sum((u - mean_x) * (v - mean_y) for u, v in zip(x, y, strict=True))
    return (
        Step(
            idea="The intercept has no penalty, so you can remove it first: centre x "
            "and y. Then find the sum of squares of the centred x.",
            symbols="Let Sxx be the sum of squares and mean(x) the mean of x.",
            formula="Sxx = Σ (x - mean(x))²",
            reason="For a given slope b the best intercept is the mean of y - b x, "
            "which is mean(y) - b mean(x). With it the objective is\n"
            " Σ (y - mean(y) - b (x - mean(x)))² + α b²\n"
            "So only the centred x and the centred y are needed. The first of the two "
            "sums that the slope needs is",
            numbers=added(f"{each}²" for each in at_x),
            value=squares,
        ),
        Step(
            idea="Now find the sum of the products of the centred x and the centred y.",
            symbols="Let Sxy be the sum of products, and mean(x) and mean(y) the "
            "means.",
            formula="Sxy = Σ (x - mean(x)) (y - mean(y))",
            reason="The second sum that the slope needs is",
            numbers=added(f"{u} × {v}" for u, v in zip(at_x, at_y, strict=True)),
            value=products,
        ),
        Step(
            idea="Set the derivative of the objective with respect to the slope to "
            "zero. The penalty has a derivative too.",
            symbols="Let Sxx and Sxy be the sums of steps 1 and 2.",
            formula="b = Sxy / (Sxx + α)",
            reason="With these sums the objective is, up to a constant,\n"
            " b² Sxx - 2b Sxy + α b²\n"
            "Half of its derivative with respect to b is b Sxx - Sxy + α b. Set this "
            "to zero and solve for b.",
            numbers=f"{digits(products)} / ({digits(squares)} + {penalty:g})",
            value=products / (squares + penalty),
        ),
    )


def shrinkage_factor(d: float, penalty: float) -> tuple[Step]:
    """Derive the factor by which ridge shrinks along a principal axis."""
    return (
        Step(
            idea="Along a principal axis ridge is a problem of its own, with one "
            "column. The sum of squares of this column is d². Solve the problem with "
            "the penalty and without.",
            symbols="Let d be the singular value along the axis.",
            formula="factor = d² / (d² + α)",
            reason="The principal axes make the columns orthogonal, so that each axis "
            "has its own problem. Its column has the squared length d². Let z be the "
            "sum of the products of this column and y, and c the coefficient along "
            "the axis. Up to a constant, the objective is\n"
            " d² c² - 2 c z + α c²\n"
            "It is smallest at c = z / (d² + α). Least squares has α = 0, and so c = "
            "z / d². Divide the first by the second: z cancels.",
            numbers=f"{d:g}² / ({d:g}² + {penalty:g})",
            value=d**2 / (d**2 + penalty),
        ),
    )
