"""Ridge regression in the clothes of mixed models."""

import numpy as np

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
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

__all__ = ["random_effects"]
__dir__ = __all__.copy

NOISE_SD, LEVEL_SD, SLOPE_SD = 1.0, 0.8, 0.5
STEPS = 10  # roundings of one row, by which even a single effect may be off


def random_effects(*, seed: int = 0, n: int = 120, groups: int = 15) -> Equivalence:
    r"""Predict the effects of groups: ridge regression on the dummies of the groups.

    With fixed effects :math:`\beta`, here a level and a slope, and random ones
    :math:`u \sim N(0, G)` the response :math:`y = X\beta + Zu + \varepsilon` has the
    covariance :math:`V = Z G Z^\top + \sigma^2 I`. The best linear unbiased
    predictions are

    .. math:: \hat\beta = (X^\top V^{-1} X)^{-1} X^\top V^{-1} y, \qquad
              \hat u = G Z^\top V^{-1} (y - X \hat\beta)

    and solve :math:`\min\, \lVert y - X\beta - Zu \rVert^2 + \sigma^2 u^\top G^{-1} u`
    (Henderson, 1975). It is ridge regression in which the penalty of an effect is the
    ratio of variances :math:`\alpha = \sigma^2 / \sigma_u^2`, and a fixed effect has
    none. The variance of :math:`\hat u - u` is that of the posterior under a flat prior
    on :math:`\beta` (Robinson, 1991). A group of :math:`n_j` rows keeps the share
    :math:`n_j / (n_j + \alpha)` of the mean of its residuals :math:`y - X\hat\beta`.

    The groups are of unlike size, and the first has one row. Two models are held
    against the formulas: random levels, and random levels with random slopes. The
    variances are known here. Software estimates them first: ``proofs/`` holds the
    effects of statsmodels' MixedLM against ridge regression at its own estimates.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n : int
        Rows, 4 to 600.
    groups : int
        Groups, 2 to 100. Some may have no row: their effect is 0.

    Returns
    -------
    Equivalence
        In posterior sds: the worst of the fixed and random effects. A difference of sds
        is in the same unit.

    Raises
    ------
    ValueError
        If a size is out of its bounds.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=4, at_most=600)
    groups = natural_number(groups, "groups", at_least=2, at_most=100)
    x = rng.permutation(np.linspace(-1.5, 1.5, n))
    shares = rng.dirichlet(np.ones(groups - 1))
    group = np.append(0, 1 + rng.choice(groups - 1, n - 1, p=shares))
    levels = (group[:, None] == np.arange(groups)).astype(float)
    slopes = levels * x[:, None]
    y = 2.0 + 0.5 * x + NOISE_SD * rng.standard_normal(n)
    y += levels @ (LEVEL_SD * rng.standard_normal(groups))

    found, allowed = _compare(x, y, levels, np.full(groups, LEVEL_SD))
    sds = np.repeat([LEVEL_SD, SLOPE_SD], groups)
    with_slopes = y + slopes @ (SLOPE_SD * rng.standard_normal(groups))
    worse, also = _compare(x, with_slopes, np.hstack([levels, slopes]), sds)

    beta, u, _ = _blup(x, y, levels, np.full(groups, LEVEL_SD))
    sizes = levels.sum(axis=0)
    seen = sizes > 0
    own = levels.T @ (y - beta[0] - beta[1] * x) / np.maximum(sizes, 1)
    counts = np.arange(1, sizes.max() + 1)
    alpha = (NOISE_SD / LEVEL_SD) ** 2
    shares_kept, of_theory = u[seen] / own[seen], counts / (counts + alpha)
    return Equivalence(
        "best linear unbiased predictions are ridge regression on dummies of groups",
        max(found, worse),
        max(allowed, also),
        "posterior sds",
        "the variance of an effect is that of its prior, and fixed effects have a flat "
        "prior, so nothing but rounding is between them",
        "Henderson (1975), Robinson (1991)",
        Picture(
            "rows of the group",
            "effect / mean residual of the group",
            {
                "predicted effect of a group": Curve(
                    sizes[seen], shares_kept, "points"
                ),
                f"n / (n + {alpha:.3g})": Curve(counts, of_theory, "dashes"),
            },
            "A predicted effect is a share of the group's mean residual: "
            f"{of_theory[0]:.2f} for 1 row, {of_theory[-1]:.2f} for {counts[-1]}. All "
            f"{np.sum(seen)} groups lie on the curve n / (n + {alpha:.3g}).",
        ),
    )


def _compare(
    x: FloatArray, y: FloatArray, Z: FloatArray, sds: FloatArray
) -> tuple[float, float]:
    """Return the difference of ridge and the formulas, and what rounding allows."""
    model = LinearModel(
        np.column_stack([x, Z]),
        y,
        likelihood=likelihoods.Normal(NOISE_SD),
        prior=priors.Normal([np.inf, *sds]),
    )
    ridge = fit_exact(model)
    beta, u, sd = _blup(x, y, Z, sds)
    mean = np.concatenate([beta, u])
    found = max(furthest(mean, ridge.mean, ridge.sd), furthest(sd, ridge.sd, ridge.sd))
    size = 1 + float(np.max(np.abs(mean)) / np.min(sd))
    V = NOISE_SD**2 * np.eye(len(y)) + (Z * sds**2) @ Z.T
    return found, size * rounding(float(np.linalg.cond(V)), STEPS + len(sds))


def _blup(
    x: FloatArray, y: FloatArray, Z: FloatArray, sds: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return fixed effects, random effects, and the sds of the errors of both."""
    X = np.column_stack([np.ones_like(x), x])
    G = np.diag(sds**2)
    inverse = np.linalg.inv(Z @ G @ Z.T + NOISE_SD**2 * np.eye(len(y)))
    of_beta = np.linalg.inv(X.T @ inverse @ X)
    beta = of_beta @ X.T @ inverse @ y
    u = G @ Z.T @ inverse @ (y - X @ beta)
    rest = inverse - inverse @ X @ of_beta @ X.T @ inverse
    of_u = G - G @ Z.T @ rest @ Z @ G
    return beta, u, np.sqrt(np.append(np.diag(of_beta), np.diag(of_u)))
