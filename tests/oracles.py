"""Textbook solutions, slow and plain. They share no numerical code with the package."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special, stats

from bayes_l2 import LinearModel, likelihoods, priors

EPS = np.finfo(float).eps


def solve_exactly(
    matrix: list[list[Fraction]], right: list[list[Fraction]]
) -> list[list[Fraction]]:
    """Solve equations by Gauss-Jordan elimination in rational arithmetic, unrounded."""
    rows = [[*left, *rest] for left, rest in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        pivot = next(k for k in range(i, size) if rows[k][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(size):
            if k != i and rows[k][i] != 0:
                rows[k] = [
                    a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)
                ]
    return [row[size:] for row in rows]


def rational_posterior(
    X: Any,
    y: Any,
    noise_sd: float,
    prior_sd: float | None,
    *,
    intercept: bool = True,
    weights: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and sd of (intercept, coefficients) by the normal equations.

    Only the results are rounded.
    """
    n, p = np.shape(X)
    columns, response = _fractions(X, y, intercept)
    weight = [Fraction(float(w)) for w in (np.ones(n) if weights is None else weights)]
    variance = Fraction(noise_sd) ** 2
    size = p + intercept
    weighted = [
        [w * value / variance for w, value in zip(weight, column, strict=True)]
        for column in columns
    ]
    precision = [[_dot(u, v) for v in columns] for u in weighted]
    right = [
        [_dot(weighted[i], response), *(Fraction(int(i == j)) for j in range(size))]
        for i in range(size)
    ]
    if prior_sd is not None:
        for j in range(intercept, size):
            precision[j][j] += 1 / Fraction(prior_sd) ** 2
    solution = solve_exactly(precision, right)
    mean = np.array([float(row[0]) for row in solution])
    sd = np.sqrt([float(solution[j][1 + j]) for j in range(size)])
    return mean, sd


def exact_residual_squares(X: Any, y: Any, *, intercept: bool) -> float:
    """Return the least sum of squared residuals, y'y - b'X'y, rounded at the end."""
    columns, response = _fractions(X, y, intercept)
    gram = [[_dot(u, v) for v in columns] for u in columns]
    right = [[_dot(u, response)] for u in columns]
    solution = solve_exactly(gram, right)
    explained = _dot([b[0] for b in solution], [r[0] for r in right])
    return float(_dot(response, response) - explained)


def _fractions(
    X: Any, y: Any, intercept: bool
) -> tuple[list[list[Fraction]], list[Fraction]]:
    """Return the columns of [1 X], or of X, and y as fractions."""
    columns = [
        [Fraction(float(value)) for value in column] for column in np.asarray(X).T
    ]
    response = [Fraction(float(value)) for value in np.asarray(y)]
    return [[Fraction(1)] * len(response)] * intercept + columns, response


def _dot(u: list[Fraction], v: list[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0))


def ridge_by_augmented_rows(
    X: Any, y: Any, penalty: float, *, intercept: bool = True, weights: Any = None
) -> np.ndarray:
    """Return (intercept, coef) of ridge regression, a least-squares problem.

    It has p rows of sqrt(alpha) I below the data.
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    weights = np.ones(len(y)) if weights is None else np.asarray(weights)
    p = X.shape[1]
    center, mean_y = np.zeros(p), 0.0
    if intercept:
        center, mean_y = weights @ X / weights.sum(), weights @ y / weights.sum()
    root = np.sqrt(weights)
    rows = np.vstack([root[:, np.newaxis] * (X - center), np.sqrt(penalty) * np.eye(p)])
    targets = np.append(root * (y - mean_y), np.zeros(p))
    coef = np.linalg.lstsq(rows, targets, rcond=None)[0]
    return np.append(mean_y - center @ coef, coef) if intercept else coef


def dense_log_evidence(
    X: Any, y: Any, noise_sd: float, prior_sd: float, *, intercept: bool = True
) -> float:
    """Return log p(y), an n-dimensional density, with a flat intercept of density 1."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    n = len(y)
    covariance = noise_sd**2 * np.eye(n) + prior_sd**2 * X @ X.T
    if not intercept:
        return float(stats.multivariate_normal(np.zeros(n), covariance).logpdf(y))
    # the integral of exp(-½ (y - a 1)' C^-1 (y - a 1)) over a, by completing the square
    inverse, ones = np.linalg.inv(covariance), np.ones(n)
    precision = ones @ inverse @ ones
    best = ones @ inverse @ y / precision
    density_at_best = stats.multivariate_normal(np.full(n, best), covariance).logpdf(y)
    return float(density_at_best + 0.5 * np.log(2 * np.pi / precision))


def in_sds(ours: Any, theirs: Any, sd: Any) -> float:
    """Return the largest difference in sds, less the rounding error of ``theirs``."""
    resolution = 4 * EPS * np.abs(theirs)
    differences = np.abs(np.asarray(ours) - theirs) - resolution
    return float(np.max(np.maximum(differences, 0) / sd))


def parameters(model: LinearModel, fit: Any) -> np.ndarray:
    """Return the parameter vector of a point estimate or an exact posterior."""
    return model.join(fit.intercept, fit.coef)


def random_problem(seed: int, n: int, p: int, **options: Any) -> LinearModel:
    """Return a random Gaussian model.

    The options are ``offset`` of y, ``column_sd`` and ``column_mean`` of X,
    ``noise_sd``, ``prior_sd``, ``intercept`` and ``weighted``.
    """
    rng = np.random.default_rng(seed)
    X = options.get("column_sd", 1.0) * (
        rng.standard_normal((n, p)) + options.get("column_mean", 0.0)
    )
    y = X @ rng.standard_normal(p) + rng.standard_normal(n) + options.get("offset", 0.0)
    return LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(options.get("noise_sd", 1.0)),
        prior=priors.Normal(options.get("prior_sd", 1.0)),
        intercept=options.get("intercept", True),
        weights=rng.uniform(0.1, 3.0, n) if options.get("weighted") else None,
    )


def nist(name: str) -> dict[str, Any]:
    """Return a NIST data set: X, y, intercept, and the certified beta and se.

    X has no column of ones.
    """
    text = (Path(__file__).parent / "data" / "nist_strd.json").read_text()
    (data,) = (each for each in json.loads(text)["datasets"] if each["name"] == name)
    columns = [np.array(values, dtype=float) for values in data["x"].values()]
    if len(columns) == 1:
        columns = [columns[0] ** k for k in range(1, data["degree"] + 1)]
    certified = {
        key: np.array(values, dtype=float)
        for key, values in data["certified"].items()
        if key in ("beta", "se")
    }
    return {
        "X": np.column_stack(columns),
        "y": np.array(data["y"], dtype=float),
        "intercept": data["intercept"],
        **certified,
    }


def correct_digits(ours: Any, certified: Any) -> float:
    """Return minus the log10 relative error of the worst coefficient, as NIST does."""
    errors = np.abs(ours - certified) / np.abs(certified)
    return float(-np.log10(np.max(errors) + 1e-17))


@dataclass(frozen=True)
class DenseMixture:
    """The posterior of a hierarchical model on a grid of scales.

    Each node has a weight, scales, and the mean and precision root given the scales.
    """

    weights: np.ndarray
    noise_sd: np.ndarray
    prior_sd: np.ndarray
    penalty: np.ndarray
    means: np.ndarray
    roots: np.ndarray
    log_evidence: float
    step: float

    def average(self, values: np.ndarray) -> Any:
        """Return the posterior mean of values at the nodes, along the first axis."""
        return np.tensordot(self.weights, values, axes=1)

    @cached_property
    def covs(self) -> np.ndarray:
        """The covariances given the scales, from the root of each precision matrix."""
        inverse = np.linalg.inv(self.roots)
        return inverse @ inverse.transpose(0, 2, 1)

    @property
    def mean(self) -> np.ndarray:
        return self.average(self.means)

    @property
    def cov(self) -> np.ndarray:
        """The covariance, by the law of total variance."""
        deviations = self.means - self.mean
        return self.average(
            self.covs + deviations[:, :, np.newaxis] * deviations[:, np.newaxis, :]
        )

    @property
    def sd(self) -> np.ndarray:
        return np.sqrt(np.diag(self.cov))

    def log_density(self, point: np.ndarray) -> float:
        """Return the log density of (intercept, coefficients), a sum over all nodes."""
        white = self.roots @ (point - self.means)[..., np.newaxis]
        roots = np.abs(np.diagonal(self.roots, axis1=1, axis2=2)) / np.sqrt(2 * np.pi)
        log_normal = np.log(roots).sum(axis=1) - 0.5 * np.sum(white**2, axis=(1, 2))
        return float(
            np.log(self.weights @ np.exp(log_normal - log_normal.max()))
            + log_normal.max()
        )

    def cdf(self, row: Any, value: float, noise: float = 0.0) -> float:
        """Return P(row @ (intercept, coefficients) + noise * a new error <= value)."""
        row = np.asarray(row, dtype=float)
        variances = (
            np.einsum("i,nij,j->n", row, self.covs, row) + (noise * self.noise_sd) ** 2
        )
        return float(
            self.weights @ stats.norm.cdf(value, self.means @ row, np.sqrt(variances))
        )

    def scale_cdf(self, name: str, value: float) -> float:
        """Return P(scale <= value), as exact as the trapezoid sums.

        It is the integral of the sinc interpolant. The logarithms of the nodes are
        multiples of ``step``; those of the penalty are multiples of twice ``step``.
        """
        step = 2 * self.step if name == "penalty" else self.step
        distance = (np.log(value) - np.log(getattr(self, name))) / step
        return float(self.weights @ (0.5 + special.sici(np.pi * distance)[0] / np.pi))


LogDensity = Callable[[Any], Any]


def half_normal(sd: float) -> LogDensity:
    """Return the log density of a half-normal sd."""
    return lambda s: stats.halfnorm.logpdf(s, scale=sd)


def half_t(df: float, scale: float) -> LogDensity:
    """Return the log density of a half-Student-t sd."""
    return lambda s: np.log(2) + stats.t.logpdf(s, df, scale=scale)


def half_cauchy(scale: float) -> LogDensity:
    """Return the log density of a half-Cauchy sd."""
    return lambda s: stats.halfcauchy.logpdf(s, scale=scale)


def exponential(mean: float) -> LogDensity:
    """Return the log density of an exponential sd."""
    return lambda s: stats.expon.logpdf(s, scale=mean)


def inverse_gamma(shape: float, scale: float) -> LogDensity:
    """Return the log density of s if v = s² is inverse-gamma: p(s) = 2 s p(v)."""
    return lambda s: (
        stats.invgamma.logpdf(np.square(s), shape, scale=scale) + np.log(2 * s)
    )


def flat(s: Any) -> Any:
    """Return the log of p(s) = 1."""
    return 0.0 * np.asarray(s)


def flat_in_the_logarithm(s: Any) -> Any:
    """Return the log of p(s) = 1 / s."""
    return -np.log(s)


def dense_mixture(
    X: Any,
    y: Any,
    noise: float | LogDensity,
    prior: float | LogDensity,
    *,
    mean: Any = 0.0,
    cov: Any = None,
    weights: Any = None,
    intercept: bool = True,
    relative: bool = False,
    ends: tuple[float, float] = (-30.0, 30.0),
    step: float = 0.1,
    negligible: float = 60.0,
) -> DenseMixture:
    """Return a posterior by trapezoid sums over log sds.

    At each node the evidence comes from the n x n covariance of y, and the moments come
    from one least-squares problem. ``noise`` and ``prior`` are sds, or log densities of
    sds. The terms are analytic within pi / 4 of the real line. So the error of steps of
    0.1 is exp(-2 pi (pi / 4) / 0.1) = 4e-22 of the largest term; tests allow 1e-12.
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    n, p = X.shape
    design = np.column_stack([np.ones(n), X]) if intercept else X
    variances = np.eye(n) if weights is None else np.diag(1 / np.asarray(weights))
    unit_cov = np.eye(p) if cov is None else np.asarray(cov, dtype=float)
    prior_mean = np.broadcast_to(np.asarray(mean, dtype=float), p)
    grid = np.arange(*ends, step)
    axes, log_jacobian = [], []
    for scale in (noise, prior):
        axes.append(grid if callable(scale) else np.array([np.log(scale)]))
        log_jacobian.append(
            scale(np.exp(grid)) + grid + np.log(step)
            if callable(scale)
            else np.zeros(1)
        )
    log_noise, log_prior = (each.ravel() for each in np.meshgrid(*axes, indexing="ij"))
    logs = np.add.outer(*log_jacobian).ravel()
    noise_sd = np.exp(log_noise)
    prior_sd = np.exp(log_prior + (log_noise if relative else 0.0))

    # log p(y | scales) by eigenvalues of the n x n covariance: these are accurate for
    # scales of very different sizes
    root = np.sqrt(np.diag(variances))
    values, vectors = np.linalg.eigh(X @ unit_cov @ X.T / np.outer(root, root))
    # a huge prior sd would enlarge the rounding errors of zero eigenvalues
    values = np.where(values > 1e-12 * values.max(), values, 0.0)
    target, ones = vectors.T @ ((y - X @ prior_mean) / root), vectors.T @ (1 / root)
    marginal = noise_sd[:, np.newaxis] ** 2 + prior_sd[:, np.newaxis] ** 2 * values
    logs = logs - 0.5 * np.sum(np.log(2 * np.pi * marginal), axis=1)
    logs = logs - np.sum(np.log(root))
    if intercept:
        precision = np.sum(ones**2 / marginal, axis=1)
        best = np.sum(ones * target / marginal, axis=1) / precision
        logs = logs + 0.5 * np.log(2 * np.pi / precision)
        target = target - np.outer(best, ones)
    logs = logs - 0.5 * np.sum(target**2 / marginal, axis=1)

    log_evidence = float(np.log(np.sum(np.exp(logs - logs.max()))) + logs.max())
    kept = logs > logs.max() - negligible
    weights = np.exp(logs[kept] - log_evidence)
    noise_sd, prior_sd, log_prior = noise_sd[kept], prior_sd[kept], log_prior[kept]
    # given the scales: rows of data and prior, each over its sd, by QR because their
    # sizes can be very different
    prior_rows = np.column_stack(
        [np.zeros((p, int(intercept))), np.linalg.inv(np.linalg.cholesky(unit_cov))]
    )
    data = np.column_stack([design, y]) / root[:, np.newaxis]
    rows = np.column_stack([prior_rows, prior_rows[:, -p:] @ prior_mean])
    stacked = np.concatenate(
        [
            np.divide.outer(data, noise_sd).transpose(2, 0, 1),
            np.divide.outer(rows, prior_sd).transpose(2, 0, 1),
        ],
        axis=1,
    )
    factor = np.linalg.qr(stacked, mode="r")
    means = np.linalg.solve(factor[:, :-1, :-1], factor[:, :-1, -1:])[..., 0]
    penalty = (noise_sd / prior_sd) ** 2
    return DenseMixture(
        weights,
        noise_sd,
        np.exp(log_prior),
        penalty,
        means,
        factor[:, :-1, :-1],
        log_evidence,
        step,
    )


@dataclass(frozen=True)
class TextbookNormalInverseGamma:
    """A Normal-inverse-gamma posterior as in exercise 3.12 of Bishop (2006).

    Given sigma² the parameters are N(mean, sigma² unit_cov), and sigma² is
    InvGamma(shape, scale).
    """

    mean: np.ndarray
    unit_cov: np.ndarray
    shape: float
    scale: float

    @property
    def sd(self) -> np.ndarray:
        return np.sqrt(np.diag(self.unit_cov) * self.scale / (self.shape - 1))

    def t(self, rows: Any, extra: float = 0.0) -> dict[str, Any]:
        """Return df, loc and scale of rows @ parameters plus a new error.

        ``extra`` is the variance of the error in units of sigma².
        """
        rows = np.atleast_2d(rows)
        variances = np.einsum("ij,jk,ik->i", rows, self.unit_cov, rows) + extra
        return {
            "df": 2 * self.shape,
            "loc": rows @ self.mean,
            "scale": np.sqrt(variances * self.scale / self.shape),
        }


def normal_inverse_gamma(
    X: Any,
    y: Any,
    shape: float,
    scale: float,
    *,
    cov: Any = None,
    mean: Any = 0.0,
    weights: Any = None,
    intercept: bool = True,
) -> TextbookNormalInverseGamma:
    """Return the posterior under the prior N(mean, sigma² cov), or a flat one.

    ``cov=None`` is the flat prior. Each flat parameter takes one row from the shape.
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    n, p = X.shape
    design = np.column_stack([np.ones(n), X]) if intercept else X
    weight = np.diag(np.ones(n) if weights is None else np.asarray(weights, float))
    size = design.shape[1]
    prior_precision, prior_mean = np.zeros((size, size)), np.zeros(size)
    prior_mean[-p:] = mean
    if cov is not None:
        prior_precision[-p:, -p:] = np.linalg.inv(cov)
    precision = design.T @ weight @ design + prior_precision
    best = np.linalg.solve(
        precision, design.T @ weight @ y + prior_precision @ prior_mean
    )
    squares = (
        y @ weight @ y
        + prior_mean @ prior_precision @ prior_mean
        - best @ precision @ best
    )
    flat_parameters = int(intercept) + (p if cov is None else 0)
    return TextbookNormalInverseGamma(
        best,
        np.linalg.inv(precision),
        shape + (n - flat_parameters) / 2,
        scale + squares / 2,
    )


def mean_noise_variance(
    degrees: int, residual_squares: float, log_density: LogDensity
) -> float:
    """Return E[sigma² | y] under flat coefficients.

    p(sigma | y) is proportional to sigma^-degrees exp(-RSS / 2 sigma²) p(sigma).
    """
    t = 0.5 * np.log(residual_squares / degrees) + np.arange(-12, 60, 2e-4)
    logs = (
        -degrees * t
        - 0.5 * residual_squares * np.exp(-2 * t)
        + log_density(np.exp(t))
        + t
    )
    weights = np.exp(logs - logs.max())
    return float(np.sum(weights * np.exp(2 * t)) / np.sum(weights))
