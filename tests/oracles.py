"""Textbook solutions, slow and plain, that share no code with the package."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from bayes_l2 import GaussianPosterior, LinearModel, likelihoods, priors

EPS = np.finfo(float).eps


def solve_exactly(matrix: list[list[Fraction]], right: list[list[Fraction]]) -> list[list[Fraction]]:
    """Gauss-Jordan elimination in rational arithmetic: no rounding at all."""
    rows = [[*left, *rest] for left, rest in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        pivot = next(k for k in range(i, size) if rows[k][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(size):
            if k != i and rows[k][i] != 0:
                rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [row[size:] for row in rows]


def rational_posterior(
    X: Any, y: Any, noise_sd: float, prior_sd: float | None, *, intercept: bool = True, weights: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sd of (intercept, coefficients) from the normal equations, exact until the last rounding."""
    n, p = np.shape(X)
    rows = [[Fraction(1)] * intercept + [Fraction(float(value)) for value in row] for row in np.asarray(X)]
    response = [Fraction(float(value)) for value in np.asarray(y)]
    weight = [Fraction(float(value)) for value in (np.ones(n) if weights is None else weights)]
    variance = Fraction(noise_sd) ** 2
    size = p + intercept
    precision = [
        [
            sum((w * row[i] * row[j] for w, row in zip(weight, rows, strict=True)), Fraction(0)) / variance
            for j in range(size)
        ]
        for i in range(size)
    ]
    right = [
        [sum((w * row[i] * r for w, row, r in zip(weight, rows, response, strict=True)), Fraction(0)) / variance]
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


def ridge_by_augmented_rows(
    X: Any, y: Any, penalty: float, *, intercept: bool = True, weights: Any = None
) -> np.ndarray:
    """(intercept, coef) of ridge regression as least squares with p rows of sqrt(alpha) below the data."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    weights = np.ones(len(y)) if weights is None else np.asarray(weights)
    p = X.shape[1]
    center, mean_y = (weights @ X / weights.sum(), weights @ y / weights.sum()) if intercept else (np.zeros(p), 0.0)
    root = np.sqrt(weights)
    rows = np.vstack([root[:, np.newaxis] * (X - center), np.sqrt(penalty) * np.eye(p)])
    coef = np.linalg.lstsq(rows, np.append(root * (y - mean_y), np.zeros(p)), rcond=None)[0]
    return np.append(mean_y - center @ coef, coef) if intercept else coef


def dense_log_evidence(X: Any, y: Any, noise_sd: float, prior_sd: float, *, intercept: bool = True) -> float:
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
    return float(np.max(np.maximum(np.abs(np.asarray(ours) - theirs) - resolution, 0) / sd))


def parameters(model: LinearModel, fit: Any) -> np.ndarray:
    """The parameter vector of a point estimate or an exact posterior."""
    coef = fit.mean if isinstance(fit, GaussianPosterior) else fit.coef
    return model.join(fit.intercept, coef)


def random_problem(seed: int, n: int, p: int, **options: Any) -> LinearModel:
    """A random model; ``offset`` moves y, ``column_sd`` scales X, ``weighted`` adds weights."""
    rng = np.random.default_rng(seed)
    X = options.get("column_sd", 1.0) * (rng.standard_normal((n, p)) + options.get("column_mean", 0.0))
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
    data = next(entry for entry in json.loads(text)["datasets"] if entry["name"] == name)
    columns = [np.array(values, dtype=float) for values in data["x"].values()]
    if len(columns) == 1:
        columns = [columns[0] ** k for k in range(1, data["degree"] + 1)]
    certified = {
        key: np.array(values, dtype=float) for key, values in data["certified"].items() if key in ("beta", "se")
    }
    return {
        "X": np.column_stack(columns),
        "y": np.array(data["y"], dtype=float),
        "intercept": data["intercept"],
        **certified,
    }


def correct_digits(ours: Any, certified: Any) -> float:
    """Log relative error of the worst coefficient, as NIST reports it."""
    return float(-np.log10(np.max(np.abs(ours - certified) / np.abs(certified)) + 1e-17))
