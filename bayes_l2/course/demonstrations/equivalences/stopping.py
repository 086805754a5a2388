r"""Gradient descent that stops early is almost ridge, and from 0 finds least norm.

.. math:: b_{k+1} = b_k + \eta X^\top (y - X b_k), \qquad b_0 = 0

Along a direction of X with the singular value s, descent has come to the share f of
least squares after t steps, and ridge to the share g:

.. math:: f = 1 - (1 - \eta s^2)^t, \qquad g = \frac{s^2}{s^2 + \alpha}

These are the filter factors. Where all s are the same one penalty makes them equal.
"""

from collections.abc import Iterator

import numpy as np
from scipy.linalg import lstsq

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
    furthest,
    rounding,
)
from bayes_l2.course.demonstrations.equivalences.linear_algebra import (
    more_columns_than_rows,
    ridge_model,
)
from bayes_l2.datasets.examples import diabetes
from bayes_l2.fits.exact import fit_exact
from bayes_l2.validation import natural_number

__all__ = [
    "descent_from_zero",
    "early_stopping",
    "early_stopping_on_correlated_columns",
]
__dir__ = __all__.copy

NOISE_SD, PRIOR_SD = 54.0, 20.0  # of diabetes, in units of y
STEP = 0.05  # of the descent on orthonormal columns


def early_stopping(
    *, seed: int = 0, n: int = 50, p: int = 10, steps: int = 20
) -> Equivalence:
    r"""Stop gradient descent early on orthonormal columns.

    All singular values are 1, so t steps of size :math:`\eta` shrink each coefficient
    of least squares by :math:`1 - (1 - \eta)^t`, and ridge by
    :math:`1 / (1 + \alpha)`. They are the same at

    .. math:: \alpha = \frac{(1 - \eta)^t}{1 - (1 - \eta)^t}

    (Ali, Kolter and Tibshirani, 2019). The steps are taken one by one here, and
    ``fit_exact`` is the posterior mean at this penalty.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n : int
        Rows, 50 to 300.
    p : int
        Columns, 1 to 50.
    steps : int
        Steps of the descent, of size 0.05, 1 to 300.

    Returns
    -------
    Equivalence
        In posterior sds, at the worst coefficient.

    Raises
    ------
    ValueError
        If a size is out of its bounds.

    References
    ----------
    Ali, Kolter and Tibshirani (2019), Proceedings of Machine Learning Research 89.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=50, at_most=300)
    p = natural_number(p, "p", at_least=1, at_most=50)
    steps = natural_number(steps, "steps", at_least=1, at_most=300)
    X = np.linalg.qr(rng.standard_normal((n, p)))[0]
    y = 3 * (X @ rng.standard_normal(p)) + rng.standard_normal(n)

    left = (1 - STEP) ** np.arange(1, steps + 1)
    penalties = left / (1 - left)
    exact = fit_exact(ridge_model(X, y, 1.0, float(penalties[-1]) ** -0.5))

    coef = np.array(list(_descent(X, y, STEP, steps, np.zeros(p))))
    found = furthest(coef[-1], exact.coef, exact.sd)
    size = float(np.linalg.norm(y) / np.min(exact.sd))  # y may lie across X
    ridge = (X.T @ y)[0] / (1 + penalties)
    places = np.arange(1, steps + 1)
    return Equivalence(
        "on orthonormal columns, gradient descent from 0 that stops early is ridge",
        found,
        size * rounding(1.0, n),
        "posterior sds",
        "all directions shrink alike, so one penalty matches each number of steps",
        "Ali, Kolter and Tibshirani (2019)",
        Picture(
            "step",
            "coefficient of the first column",
            {
                "ridge at the penalty of this step": Curve(places, ridge),
                "descent": Curve(places, coef[:, 0], "points"),
            },
            f"The first coefficient after each of {steps} steps lies on that of ridge "
            "at the penalty that matches the step. After the last step the largest "
            f"gap of all {p} coefficients is {found:.1e} posterior sds.",
        ),
    )


def early_stopping_on_correlated_columns(*, seed: int = 0, n: int = 442) -> Equivalence:
    r"""Stop gradient descent early on the diabetes data, as near to ridge as it comes.

    The singular values differ. So no number of steps makes the filter factors f and g
    equal along all of them: f turns from 0 to 1 more sharply. At
    :math:`t = 1 / \eta \alpha` and for small steps f is
    :math:`1 - \exp(-s^2 / \alpha)`, which is 1 to 1.30 times g (Ali, Kolter and
    Tibshirani, 2019). At the number of steps that comes nearest, the
    coefficients are apart by

    .. math:: \min_t \max_j \frac{1}{\mathrm{sd}_j} \left\lvert
              \sum_k V_{jk}\, \frac{f_k(t) - g_k}{s_k}\, u_k^\top y \right\rvert

    with the singular value decomposition :math:`X = \sum_k s_k u_k v_k^\top` and
    posterior sds. This number is computed from the factors, and found by descent and
    ``fit_exact``, which know no singular value. It is not 0.

    Parameters
    ----------
    seed : int
        Seed of the choice of rows.
    n : int
        Rows of the diabetes data, 60 to 442, drawn without replacement. The noise sd is
        54 and the prior sd 20, for columns of sd 1.

    Returns
    -------
    Equivalence
        In posterior sds, at the worst coefficient and the best number of steps.

    Raises
    ------
    ValueError
        If a size is out of its bounds.

    References
    ----------
    Ali, Kolter and Tibshirani (2019), Proceedings of Machine Learning Research 89.
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=60, at_most=442)
    table, response = diabetes()
    rows = rng.permutation(len(table))[:n]
    X = np.asarray(table, float)[rows]
    y = np.asarray(response, float)[rows]
    X, y = X - X.mean(axis=0), y - y.mean()

    exact = fit_exact(ridge_model(X, y, NOISE_SD, PRIOR_SD))
    penalty = (NOISE_SD / PRIOR_SD) ** 2
    step = 1 / float(np.linalg.norm(X, 2)) ** 2
    steps = int(3 / (step * penalty)) + 1
    path = np.array(list(_descent(X, y, step, steps, np.zeros(X.shape[1]))))
    gaps = np.max(np.abs(path - exact.coef) / exact.sd, axis=1)
    found, best = float(np.min(gaps)), int(np.argmin(gaps)) + 1

    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    places = np.arange(1, steps + 1)[:, None]
    f = -np.expm1(places * np.log1p(-np.minimum(step * s**2, 1 - 1e-16)))
    g = s**2 / (s**2 + penalty)
    sd = NOISE_SD * np.sqrt(np.sum(Vt.T**2 / (s**2 + penalty), axis=1))
    apart = np.abs(((f - g) / s * (U.T @ y)) @ Vt) / sd
    theory = float(np.min(np.max(apart, axis=1)))

    condition = float((s[0] ** 2 + penalty) / (s[-1] ** 2 + penalty))
    size = float(np.linalg.norm(exact.coef) / np.min(exact.sd))
    error = size * rounding(condition, n)
    shares = (Vt @ path[best - 1]) * s / (U.T @ y)
    grid = np.geomspace(s[-1] ** 2 / 3, s[0] ** 2, 200)
    return Equivalence(
        "on correlated columns, gradient descent from 0 that stops early is almost "
        "ridge",
        found,
        theory + error,
        "posterior sds",
        "along each direction of X both take a share of least squares; the shares "
        "differ, and their differences give the distance",
        "Ali, Kolter and Tibshirani (2019)",
        Picture(
            "squared singular value, in units of the penalty",
            "share of least squares",
            {
                "ridge": Curve(grid / penalty, grid / (grid + penalty)),
                f"descent, {best} steps": Curve(
                    grid / penalty, 1 - (1 - step * grid) ** best, "dashes"
                ),
                "descent on diabetes": Curve(s**2 / penalty, shares, "points"),
            },
            f"Ridge and descent of {best} steps take nearly the same share of least "
            "squares along each direction; the share of descent turns from 0 to 1 "
            f"more sharply. The largest gap of a coefficient is {found:.2f} sds.",
            log_x=True,
        ),
        at_least=theory - error,
    )


def descent_from_zero(
    *, seed: int = 0, n: int = 20, p: int = 100, steps: int = 200
) -> Equivalence:
    r"""Descend from 0 to the coefficients of least norm among all that fit exactly.

    .. math:: b_{k+1} = b_k + \eta X^\top (y - X b_k), \qquad b_0 = 0

    Each step is a sum of rows of X, so the path stays in their span, where one exact
    fit lies: that of least norm. Each step along the direction of the singular value s
    leaves :math:`1 - \eta s^2` of the distance (Landweber, 1951). With
    :math:`\eta = 2 / (s_1^2 + s_n^2)` the distance after k steps is at most
    :math:`\left(\frac{\kappa^2 - 1}{\kappa^2 + 1}\right)^k` of the first, for
    :math:`\kappa = s_1 / s_n`. The other code is SciPy's ``lstsq``.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n : int
        Rows, 2 to 50.
    p : int
        Columns, 100 to 300.
    steps : int
        Steps of the descent, 1 to 3000.

    Returns
    -------
    Equivalence
        In units of the length of the solution of least norm.

    Raises
    ------
    ValueError
        If a size is out of its bounds.

    References
    ----------
    Landweber (1951), American Journal of Mathematics 73(3).
    """
    rng = arguments.generator(seed, "seed")
    X, y = more_columns_than_rows(rng, n, p)
    steps = natural_number(steps, "steps", at_least=1, at_most=3000)
    least = np.asarray(lstsq(X, y, lapack_driver="gelsd")[0])
    size = float(np.linalg.norm(least))
    values = np.linalg.svd(X, compute_uv=False)
    ratio = float(values[0] / values[-1]) ** 2
    step = 2 / float(values[0] ** 2 + values[-1] ** 2)
    # a start of the same length elsewhere, for the picture
    away = rng.standard_normal(p)
    away *= size / np.linalg.norm(away)
    ours, theirs = (
        np.linalg.norm(list(_descent(X, y, step, steps, start)) - least, axis=1) / size
        for start in (np.zeros(p), away)
    )
    found = float(ours[-1])
    shrinkage = (ratio - 1) / (ratio + 1)
    places = np.arange(1, steps + 1)
    bound = shrinkage**places + rounding(ratio, p)
    return Equivalence(
        "with more columns than rows, gradient descent from 0 goes to the exact fit of "
        "least norm",
        found,
        float(bound[-1]),
        "of the solution's length",
        "each step leaves at most a known share of the distance, down to rounding",
        "Landweber (1951)",
        Picture(
            "step",
            "distance from least norm (its length)",
            {
                "start at 0": Curve(places, ours),
                "bound of theory": Curve(places, bound, "dashes"),
                "start elsewhere": Curve(places, theirs),
            },
            f"The distance of descent from 0 falls below its bound to {found:.1e} "
            f"after {steps} steps. A start elsewhere leads to another exact fit, "
            f"{theirs[-1]:.2f} lengths away.",
            log_y=True,
        ),
    )


def _descent(
    X: FloatArray, y: FloatArray, step: float, steps: int, start: FloatArray
) -> Iterator[FloatArray]:
    """Yield the coefficients after each step of gradient descent from a start."""
    coef = start
    for _ in range(steps):
        coef = coef + step * (X.T @ (y - X @ coef))
        yield coef
