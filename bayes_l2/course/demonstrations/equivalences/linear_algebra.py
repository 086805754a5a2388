"""Ridge regression in the clothes of linear algebra."""

import numpy as np

from bayes_l2 import arguments
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
    furthest,
    rounding,
)
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.validation import natural_number

__all__ = ["dual"]
__dir__ = __all__.copy


def dual(*, seed: int = 0, n: int = 20, p: int = 60) -> Equivalence:
    r"""Solve ridge regression with one unknown per row, not one per column.

    The coefficients are sums of rows, :math:`b = X^\top a`, with
    :math:`(X X^\top + \alpha I)\, a = y`. The identity
    :math:`(X^\top X + \alpha I)^{-1} X^\top = X^\top (X X^\top + \alpha I)^{-1}`
    says so (Saunders, Gammerman and Vovk, 1998). So a model with more columns than rows
    costs no more than its rows.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n, p : int
        Rows and columns, 2 to 300 each.

    Returns
    -------
    Equivalence
        In posterior sds, at the worst coefficient.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=300)
    p = natural_number(p, "p", at_least=2, at_most=300)
    noise_sd, prior_sd = 0.5, 1.0
    X = rng.standard_normal((n, p))
    y = X @ rng.standard_normal(p) + noise_sd * rng.standard_normal(n)

    likelihood, prior = likelihoods.Normal(noise_sd), priors.Normal(prior_sd)
    model = LinearModel(X, y, likelihood=likelihood, prior=prior, intercept=False)
    exact = fit_exact(model)

    system = X @ X.T + (noise_sd / prior_sd) ** 2 * np.eye(n)
    coef = X.T @ np.linalg.solve(system, y)

    # a relative error of the coefficients, in units of the least posterior sd
    size = float(np.linalg.norm(coef) / np.min(exact.sd))
    found = furthest(coef, exact.coef, exact.sd)
    places = np.arange(1, p + 1)
    return Equivalence(
        "ridge in the dual, one unknown per row, is the posterior mean",
        found,
        size * rounding(float(np.linalg.cond(system)), max(n, p)),
        "posterior sds",
        "both solve the same equations, so nothing but rounding is between them",
        "Saunders, Gammerman and Vovk (1998)",
        Picture(
            "column",
            "coefficient",
            {
                "posterior mean": Curve(places, exact.coef, "steps"),
                "dual": Curve(places, coef, "points"),
            },
            f"The {p} coefficients of the dual lie on the posterior means; the largest "
            f"gap is {found:.1e} posterior sds.",
        ),
    )
