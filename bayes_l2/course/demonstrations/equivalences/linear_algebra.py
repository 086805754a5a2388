"""Ridge regression in the clothes of linear algebra."""

import numpy as np
from scipy.linalg import lstsq, solve_triangular

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
from bayes_l2.fits.penalised import fit_ridge
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.validation import natural_number

__all__ = ["augmented_rows", "descent_from_zero", "dual", "minimum_norm"]
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


def augmented_rows(*, seed: int = 0, n: int = 40, p: int = 10) -> Equivalence:
    r"""Solve ridge regression as least squares with one more row for each column.

    .. math:: \lVert y - X b \rVert^2 + \alpha \lVert b \rVert^2
              = \left\lVert \begin{pmatrix} y \\ 0 \end{pmatrix}
              - \begin{pmatrix} X \\ \sqrt{\alpha}\, I \end{pmatrix} b
              \right\rVert^2

    So the prior is p rows of data that say 0 (Allen, 1974). The triangular factor R of
    all rows has the posterior sds as well: the covariance is
    :math:`\sigma^2 (R^\top R)^{-1}`. The rows are solved by QR here, and
    ``fit_ridge`` solves ridge regression by singular values. Rounding is allowed what
    moves the solution of a least-squares problem (Higham, 2002, section 20.1).

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

    References
    ----------
    Allen (1974), Technometrics 16(1).
    """
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=300)
    p = natural_number(p, "p", at_least=2, at_most=300)
    noise_sd, prior_sd = 1.0, 0.5
    X = rng.standard_normal((n, p))
    y = X @ (prior_sd * rng.standard_normal(p)) + noise_sd * rng.standard_normal(n)

    likelihood, prior = likelihoods.Normal(noise_sd), priors.Normal(prior_sd)
    model = LinearModel(X, y, likelihood=likelihood, prior=prior, intercept=False)
    ridge = fit_ridge(model).coef

    rows = np.vstack([X, noise_sd / prior_sd * np.eye(p)])
    Q, R = np.linalg.qr(rows)
    coef = solve_triangular(R, Q.T @ np.append(y, np.zeros(p)))
    sd = noise_sd * np.linalg.norm(solve_triangular(R, np.eye(p)), axis=1)
    plain = lstsq(X, y)[0]

    # the sensitivity of least squares counts what the rows leave over as well
    found, condition = furthest(coef, ridge, sd), float(np.linalg.cond(rows))
    left = np.linalg.norm(np.append(y, np.zeros(p)) - rows @ coef)
    size = np.linalg.norm(coef) + condition * left / np.linalg.norm(rows, 2)
    allowed = float(size / np.min(sd)) * rounding(condition, n + p)
    places = np.arange(1, p + 1)
    return Equivalence(
        "ridge is least squares with one more row for each column, whose y is 0",
        found,
        allowed,
        "posterior sds",
        "both minimise the same sum of squares, so nothing but rounding is between them",
        "Allen (1974)",
        Picture(
            "column",
            "coefficient",
            {
                "least squares, n rows": Curve(places, plain, "dashes"),
                "ridge": Curve(places, ridge, "steps"),
                "least squares, n + p rows": Curve(places, coef, "points"),
            },
            f"The {p} coefficients of least squares with {p} more rows lie on those of "
            f"ridge; the largest gap is {found:.1e} posterior sds. Without these rows "
            f"the largest gap is {furthest(plain, ridge, sd):.2g} posterior sds.",
        ),
    )


def minimum_norm(*, seed: int = 0, n: int = 20, p: int = 100) -> Equivalence:
    r"""Let the penalty of ridge regression go to 0, with more columns than rows.

    Many coefficients fit y exactly. Ridge tends to those of least norm,
    :math:`b_0 = X^\top (X X^\top)^{-1} y` (Albert, 1972). Let :math:`s` be the least
    singular value of X and :math:`d = X^\top (X X^\top)^{-2} y`, the slope at 0. Then

    .. math:: \frac{\alpha \lVert d \rVert}{1 + \alpha / s^2}
              \le \lVert b_0 - b_\alpha \rVert \le \alpha \lVert d \rVert,

    because :math:`b_0 - b_\alpha` is :math:`\alpha / (s_k^2 + \alpha)` of :math:`b_0`
    along each direction. The least norm is computed by a QR of the transpose.

    Parameters
    ----------
    seed : int
        Seed of the data.
    n : int
        Rows, 2 to 50.
    p : int
        Columns, 100 to 300.

    Returns
    -------
    Equivalence
        The distance at a penalty of a millionth of s², in units of the length of the
        solution of least norm.

    Raises
    ------
    ValueError
        If a size is out of its bounds.

    References
    ----------
    Albert (1972), Regression and the Moore-Penrose Pseudoinverse.
    """
    X, y = _more_columns_than_rows(seed, n, p)
    Q, R = np.linalg.qr(X.T)
    half = solve_triangular(R, y, trans="T")
    least = Q @ half
    slope = solve_triangular(R, solve_triangular(R, half), trans="T")
    size = float(np.linalg.norm(half))

    values = np.linalg.svd(X, compute_uv=False)
    condition, smallest = float(values[0] / values[-1]), float(values[-1] ** 2)
    penalties = smallest * 10.0 ** np.arange(3, -7, -1)
    gaps = [
        float(np.linalg.norm(_ridge(X, y, penalty) - least)) / size
        for penalty in penalties
    ]
    line = penalties * float(np.linalg.norm(slope)) / size
    error = rounding(condition, p) + line[-1] * rounding(condition**2, p)
    return Equivalence(
        "as its penalty goes to 0, ridge tends to the exact fit of least norm",
        gaps[-1],
        float(line[-1]) + error,
        "of the solution's length",
        "each direction is off by a share that is known, and the penalty is a millionth "
        "of the least squared singular value",
        "Albert (1972)",
        Picture(
            "penalty, in units of the least s²",
            "distance from least norm, of its length",
            {
                "slope at 0, by theory": Curve(penalties / smallest, line),
                "ridge": Curve(penalties / smallest, gaps, "points"),
            },
            f"The distance of ridge from the exact fit of least norm falls with the "
            f"penalty, to {gaps[-1]:.1e} of its length at a millionth, on a line of "
            "slope 1 that theory gives; large penalties stay below it.",
            log_x=True,
            log_y=True,
        ),
        at_least=float(line[-1]) / (1 + 1e-6) - error,
    )


def descent_from_zero(
    *, seed: int = 0, n: int = 20, p: int = 100, steps: int = 500
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
    X, y = _more_columns_than_rows(seed, n, p)
    steps = natural_number(steps, "steps", at_least=1, at_most=3000)
    least = np.asarray(lstsq(X, y, lapack_driver="gelsd")[0])
    size = float(np.linalg.norm(least))
    values = np.linalg.svd(X, compute_uv=False)
    ratio = float(values[0] / values[-1]) ** 2
    step = 2 / float(values[0] ** 2 + values[-1] ** 2)
    # a start of the same length elsewhere, for the picture
    away = np.random.default_rng(0).standard_normal(p)
    starts = {"from 0": np.zeros(p), "from elsewhere": size * _unit(away)}
    gaps = {
        name: _descend(X, y, start, least, step, steps) / size
        for name, start in starts.items()
    }
    found = float(gaps["from 0"][-1])
    shrinkage = (ratio - 1) / (ratio + 1)
    places = np.arange(steps + 1)
    bound = np.maximum(shrinkage**places, rounding(1.0, 1))
    return Equivalence(
        "gradient descent from 0 goes to the exact fit of least norm",
        found,
        float(shrinkage**steps) + rounding(ratio, p),
        "of the solution's length",
        "each step takes a known share off the distance, until rounding is left",
        "Landweber (1951)",
        Picture(
            "step",
            "distance from least norm, of its length",
            {
                "from 0": Curve(places, gaps["from 0"]),
                "bound of theory": Curve(places, bound, "dashes"),
                "from elsewhere": Curve(places, gaps["from elsewhere"]),
            },
            f"The distance of descent from 0 falls below its bound to {found:.1e} "
            f"after {steps} steps. A start elsewhere leads to another exact fit, "
            f"{gaps['from elsewhere'][-1]:.2f} lengths away.",
            log_y=True,
        ),
    )


def _more_columns_than_rows(
    seed: int, n: object, p: object
) -> tuple[FloatArray, FloatArray]:
    """Draw rows with more columns, and y by coefficients of sd 1 and noise of sd 1."""
    rng = arguments.generator(seed, "seed")
    n = natural_number(n, "n", at_least=2, at_most=50)
    p = natural_number(p, "p", at_least=100, at_most=300)
    X = rng.standard_normal((n, p))
    return X, X @ rng.standard_normal(p) + rng.standard_normal(n)


def _ridge(X: FloatArray, y: FloatArray, penalty: float) -> FloatArray:
    """Return the posterior mean at a penalty, with noise of sd 1."""
    prior = priors.Normal(penalty**-0.5)
    likelihood = likelihoods.Normal(1.0)
    model = LinearModel(X, y, likelihood=likelihood, prior=prior, intercept=False)
    return fit_exact(model).coef


def _descend(
    X: FloatArray,
    y: FloatArray,
    start: FloatArray,
    goal: FloatArray,
    step: float,
    steps: int,
) -> FloatArray:
    """Return the distances from a goal on the way down from a start."""
    coef = start
    gaps = [np.linalg.norm(coef - goal)]
    for _ in range(steps):
        coef = coef + step * (X.T @ (y - X @ coef))
        gaps.append(np.linalg.norm(coef - goal))
    return np.array(gaps)


def _unit(vector: FloatArray) -> FloatArray:
    return vector / np.linalg.norm(vector)
