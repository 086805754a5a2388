"""Textbook solutions, slow and plain, that share no code with the package."""

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
    """Gauss-Jordan elimination in rational arithmetic: no rounding at all."""
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
    """Mean and sd of (intercept, coefficients) from the normal equations, exact until the last rounding."""
    n, p = np.shape(X)
    rows = [
        [Fraction(1)] * intercept + [Fraction(float(value)) for value in row]
        for row in np.asarray(X)
    ]
    response = [Fraction(float(value)) for value in np.asarray(y)]
    weight = [
        Fraction(float(value)) for value in (np.ones(n) if weights is None else weights)
    ]
    variance = Fraction(noise_sd) ** 2
    size = p + intercept
    precision = [
        [
            sum(
                (w * row[i] * row[j] for w, row in zip(weight, rows, strict=True)),
                Fraction(0),
            )
            / variance
            for j in range(size)
        ]
        for i in range(size)
    ]
    right = [
        [
            sum(
                (
                    w * row[i] * r
                    for w, row, r in zip(weight, rows, response, strict=True)
                ),
                Fraction(0),
            )
            / variance
        ]
        + [Fraction(int(i == j)) for j in range(size)]
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
    """The least sum of squared residuals, y'y - b'X'y, in rational arithmetic."""
    rows = [
        [Fraction(1)] * intercept + [Fraction(float(value)) for value in row]
        for row in np.asarray(X)
    ]
    response = [Fraction(float(value)) for value in np.asarray(y)]
    columns = list(zip(*rows, strict=True))
    gram = [
        [sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0)) for v in columns]
        for u in columns
    ]
    right = [
        [sum((a * b for a, b in zip(u, response, strict=True)), Fraction(0))]
        for u in columns
    ]
    solution = solve_exactly(gram, right)
    explained = sum(
        (b[0] * r[0] for b, r in zip(solution, right, strict=True)), Fraction(0)
    )
    return float(sum((value * value for value in response), Fraction(0)) - explained)


def ridge_by_augmented_rows(
    X: Any, y: Any, penalty: float, *, intercept: bool = True, weights: Any = None
) -> np.ndarray:
    """(intercept, coef) of ridge regression as least squares with p rows of sqrt(alpha) below the data."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    weights = np.ones(len(y)) if weights is None else np.asarray(weights)
    p = X.shape[1]
    center, mean_y = (
        (weights @ X / weights.sum(), weights @ y / weights.sum())
        if intercept
        else (np.zeros(p), 0.0)
    )
    root = np.sqrt(weights)
    rows = np.vstack([root[:, np.newaxis] * (X - center), np.sqrt(penalty) * np.eye(p)])
    coef = np.linalg.lstsq(
        rows, np.append(root * (y - mean_y), np.zeros(p)), rcond=None
    )[0]
    return np.append(mean_y - center @ coef, coef) if intercept else coef


def dense_log_evidence(
    X: Any, y: Any, noise_sd: float, prior_sd: float, *, intercept: bool = True
) -> float:
    """Log of the n-dimensional marginal density of y, integrated over a flat intercept of density 1."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    n = len(y)
    covariance = noise_sd**2 * np.eye(n) + prior_sd**2 * X @ X.T
    if not intercept:
        return float(stats.multivariate_normal(np.zeros(n), covariance).logpdf(y))
    # y = a 1 + e: integrating exp(-½ (y - a 1)' C^-1 (y - a 1)) over a, by completing the square
    inverse, ones = np.linalg.inv(covariance), np.ones(n)
    precision = ones @ inverse @ ones
    best = ones @ inverse @ y / precision
    density_at_best = stats.multivariate_normal(np.full(n, best), covariance).logpdf(y)
    return float(density_at_best + 0.5 * np.log(2 * np.pi / precision))


def in_sds(ours: Any, theirs: Any, sd: Any) -> float:
    """Largest difference in posterior sds, beyond what the last digits of the numbers themselves amount to."""
    resolution = 4 * EPS * np.abs(theirs)
    return float(
        np.max(np.maximum(np.abs(np.asarray(ours) - theirs) - resolution, 0) / sd)
    )


def parameters(model: LinearModel, fit: Any) -> np.ndarray:
    """The parameter vector of a point estimate or an exact posterior."""
    return model.join(fit.intercept, fit.coef)


def random_problem(seed: int, n: int, p: int, **options: Any) -> LinearModel:
    """A random model; ``offset`` moves y, ``column_sd`` scales X, ``weighted`` adds weights."""
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
    """A NIST data set as arrays: X without the column of ones, y, certified beta and se, intercept."""
    text = (Path(__file__).parent / "data" / "nist_strd.json").read_text()
    data = next(
        entry for entry in json.loads(text)["datasets"] if entry["name"] == name
    )
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
    """Log relative error of the worst coefficient, as NIST reports it."""
    return float(
        -np.log10(np.max(np.abs(ours - certified) / np.abs(certified)) + 1e-17)
    )


@dataclass(frozen=True)
class DenseMixture:
    """The posterior of a hierarchical model on a grid of scales: weights, scales, and moments given the scales."""

    weights: np.ndarray
    noise_sd: np.ndarray
    prior_sd: np.ndarray
    penalty: np.ndarray
    means: np.ndarray
    roots: np.ndarray
    log_evidence: float
    step: float

    def average(self, values: np.ndarray) -> Any:
        """Posterior mean of what has a value at each node, the first axis."""
        return np.tensordot(self.weights, values, axes=1)

    @cached_property
    def covs(self) -> np.ndarray:
        """Given the scales, from the square root of each precision matrix."""
        inverse = np.linalg.inv(self.roots)
        return inverse @ inverse.transpose(0, 2, 1)

    @property
    def mean(self) -> np.ndarray:
        return self.average(self.means)

    @property
    def cov(self) -> np.ndarray:
        """Law of total variance."""
        deviations = self.means - self.mean
        return self.average(
            self.covs + deviations[:, :, np.newaxis] * deviations[:, np.newaxis, :]
        )

    @property
    def sd(self) -> np.ndarray:
        return np.sqrt(np.diag(self.cov))

    def log_density(self, point: np.ndarray) -> float:
        """Log density of (intercept, coefficients): a sum over every node."""
        white = self.roots @ (point - self.means)[..., np.newaxis]
        roots = np.abs(np.diagonal(self.roots, axis1=1, axis2=2)) / np.sqrt(2 * np.pi)
        log_normal = np.log(roots).sum(axis=1) - 0.5 * np.sum(white**2, axis=(1, 2))
        return float(
            np.log(self.weights @ np.exp(log_normal - log_normal.max()))
            + log_normal.max()
        )

    def cdf(self, row: Any, value: float, noise: float = 0.0) -> float:
        """P(row @ (intercept, coefficients) + noise times a new error <= value)."""
        row = np.asarray(row, dtype=float)
        variances = (
            np.einsum("i,nij,j->n", row, self.covs, row) + (noise * self.noise_sd) ** 2
        )
        return float(
            self.weights @ stats.norm.cdf(value, self.means @ row, np.sqrt(variances))
        )

    def scale_cdf(self, name: str, value: float) -> float:
        """P(scale <= value): the integral of the sinc interpolant, as exact as the trapezoid sums themselves.

        The logarithms of the nodes are on a lattice of this step, or of twice that for the penalty.
        """
        step = 2 * self.step if name == "penalty" else self.step
        distance = (np.log(value) - np.log(getattr(self, name))) / step
        return float(self.weights @ (0.5 + special.sici(np.pi * distance)[0] / np.pi))


LogDensity = Callable[[Any], Any]


def half_normal(sd: float) -> LogDensity:
    return lambda s: stats.halfnorm.logpdf(s, scale=sd)


def half_t(df: float, scale: float) -> LogDensity:
    return lambda s: np.log(2) + stats.t.logpdf(s, df, scale=scale)


def half_cauchy(scale: float) -> LogDensity:
    return lambda s: stats.halfcauchy.logpdf(s, scale=scale)


def exponential(mean: float) -> LogDensity:
    return lambda s: stats.expon.logpdf(s, scale=mean)


def inverse_gamma(shape: float, scale: float) -> LogDensity:
    """Of s where s² is inverse-gamma: p(s) = p(v) dv/ds = 2 s p(v)."""
    return lambda s: (
        stats.invgamma.logpdf(np.square(s), shape, scale=scale) + np.log(2 * s)
    )


def flat(s: Any) -> Any:
    return 0.0 * np.asarray(s)


def flat_in_the_logarithm(s: Any) -> Any:
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
    """Trapezoid sums over log sds, with the n x n covariance of y and one least-squares problem at each node.

    ``noise`` and ``prior`` are sds, or log densities of sds. The terms are analytic within pi / 4 of the real line, so
    steps of 0.1 are wrong by exp(-2 pi (pi / 4) / 0.1) = 4e-22 of the largest, and by 1e-12 for a margin.
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

    # log p(y | scales), by eigenvalues of the n x n covariance, which stay accurate however far the scales are apart
    root = np.sqrt(np.diag(variances))
    values, vectors = np.linalg.eigh(X @ unit_cov @ X.T / np.outer(root, root))
    values = np.where(
        values > 1e-12 * values.max(), values, 0.0
    )  # what a huge prior sd must not blow up
    target, ones = vectors.T @ ((y - X @ prior_mean) / root), vectors.T @ (1 / root)
    marginal = noise_sd[:, np.newaxis] ** 2 + prior_sd[:, np.newaxis] ** 2 * values
    logs = (
        logs - 0.5 * np.sum(np.log(2 * np.pi * marginal), axis=1) - np.sum(np.log(root))
    )
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
    # given the scales, rows of data and of prior in units of their sds, by QR: where noise is tiny they differ hugely
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
    """Bayesian Data Analysis, section 14.2: N(mean, sigma² unit_cov) given sigma², which is InvGamma(shape, scale)."""

    mean: np.ndarray
    unit_cov: np.ndarray
    shape: float
    scale: float

    @property
    def sd(self) -> np.ndarray:
        return np.sqrt(np.diag(self.unit_cov) * self.scale / (self.shape - 1))

    def t(self, rows: Any, extra: float = 0.0) -> dict[str, Any]:
        """Degrees of freedom, place and scale of rows @ parameters, and of a new error's variance times ``extra``."""
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
    """Under the prior N(mean, sigma² cov), flat where cov is None; each flat parameter takes up a row."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    n, p = X.shape
    design = np.column_stack([np.ones(n), X]) if intercept else X
    weight = np.diag(
        np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    )
    prior_precision, prior_mean = (
        np.zeros((design.shape[1],) * 2),
        np.zeros(design.shape[1]),
    )
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
    """E[sigma² | y] under flat coefficients: p(sigma | y) goes as sigma^-degrees exp(-RSS / 2 sigma²) p(sigma)."""
    t = 0.5 * np.log(residual_squares / degrees) + np.arange(-12, 60, 2e-4)
    logs = (
        -degrees * t
        - 0.5 * residual_squares * np.exp(-2 * t)
        + log_density(np.exp(t))
        + t
    )
    weights = np.exp(logs - logs.max())
    return float(np.sum(weights * np.exp(2 * t)) / np.sum(weights))
