"""Textbook formulas in as many digits as they need, written without any care."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import mpmath
import numpy as np

from tests.strategies import Case

mp: Any = mpmath.mp  # its types leave out most of its functions
DIGITS = 400, 1600, 6400


class Singular(ArithmeticError):
    """The normal equations have no solution, or none in the digits that there are."""


@dataclass(frozen=True)
class Exact:
    """The posterior of (intercept, coefficients) given the noise sd, in many digits.

    Attributes
    ----------
    mean : list of mpf
        Means.
    cov : matrix of mpf
        Covariances.
    squares : mpf
        The least sum of squares of rows and prior, in units of their sds.
    log_evidence : mpf
        log p(y), flat parameters counted as density 1.
    """

    mean: list[Any]
    cov: Any
    squares: Any
    log_evidence: Any

    @property
    def sd(self) -> list[Any]:
        return [mp.sqrt(self.cov[j, j]) for j in range(len(self.mean))]

    def at(self, row: Any, *, intercept: bool) -> tuple[Any, Any]:
        """Return mean and sd of the regression line at a row."""
        with mp.workdps(3000):  # the terms of a variance may cancel
            z = [mp.mpf(1)] * intercept + [mp.mpf(float(value)) for value in row]
            d = range(len(z))
            variance = mp.fsum(z[i] * z[j] * self.cov[i, j] for i in d for j in d)
            return mp.fdot(z, self.mean), mp.sqrt(max(variance, 0))


def kept_rows(case: Case) -> tuple[Any, Any, Any]:
    """Return X, y and weights of the rows of positive weight."""
    w = np.ones(len(case.y)) if case.weights is None else case.weights
    return case.X[w > 0], case.y[w > 0], w[w > 0]


def lower_factor(matrix: list[list[Any]]) -> list[list[Any]]:
    """Return lower-triangular L with LL' the matrix; refuse lost digits."""
    d = len(matrix)
    L = [[mp.mpf(0)] * d for _ in range(d)]
    for i in range(d):
        for j in range(i + 1):
            rest = matrix[i][j] - mp.fdot(L[i][:j], L[j][:j])
            if i == j:
                if not rest > matrix[i][i] * mp.mpf(10) ** (-mp.dps // 2):
                    raise Singular(f"pivot {i}")
                L[i][i] = mp.sqrt(rest)
            else:
                L[i][j] = rest / L[j][j]
    return L


def lower_inverse(L: list[list[Any]]) -> list[list[Any]]:
    d = len(L)
    rows: list[list[Any]] = []
    for i in range(d):
        row = [mp.mpf(int(i == j)) for j in range(d)]
        for j in range(i):
            row[j] = -mp.fdot(L[i][j:i], [rows[k][j] for k in range(j, i)])
        rows.append([each / L[i][i] for each in row])
    return rows


def posterior(case: Case) -> Exact:
    """Return the posterior by the normal equations, in digits that suffice."""
    for digits in DIGITS[:-1]:
        with mp.workdps(digits):
            try:
                return _posterior(case)
            except Singular:
                continue
    with mp.workdps(DIGITS[-1]):
        return _posterior(case)


def _posterior(case: Case) -> Exact:
    X, y, w = kept_rows(case)
    sigma = mp.mpf(case.noise_sd)
    tau = [mp.mpf(s) if np.isfinite(s) else mp.inf for s in case.prior_sds]
    if case.relative:
        tau = [t * sigma for t in tau]
    Z = [[mp.mpf(1)] * case.intercept + [mp.mpf(float(v)) for v in row] for row in X]
    weight = [mp.mpf(float(each)) / sigma**2 for each in w]
    target = [mp.mpf(float(each)) for each in y]
    prior = [mp.mpf(0)] * case.intercept + [
        mp.mpf(0) if mp.isinf(t) else 1 / t**2 for t in tau
    ]
    d = len(prior)
    columns = list(zip(*Z, strict=True))
    weighted = [[v * u for v, u in zip(c, weight, strict=True)] for c in columns]
    P = [[mp.fdot(weighted[i], columns[j]) for j in range(d)] for i in range(d)]
    for j in range(d):
        P[j][j] += prior[j]
    right = [mp.fdot(each, target) for each in weighted]
    L = lower_factor(P)
    inverse = lower_inverse(L)
    half = [mp.fdot(row, right) for row in inverse]
    tall = list(zip(*inverse, strict=True))
    mean = [mp.fdot(column, half) for column in tall]
    cov = mp.matrix(d, d)
    for i in range(d):
        for j in range(i + 1):
            cov[i, j] = cov[j, i] = mp.fdot(tall[i], tall[j])
    residuals = [t - mp.fdot(row, mean) for t, row in zip(target, Z, strict=True)]
    squares = mp.fsum(u * r * r for u, r in zip(weight, residuals, strict=True))
    squares += mp.fsum(q * m * m for q, m in zip(prior, mean, strict=True))
    flat = sum(1 for q in prior if not q)
    log_2pi = mp.log(2 * mp.pi)
    log_evidence = (
        mp.fsum(mp.log(u) for u in weight) / 2
        + mp.fsum(mp.log(q) for q in prior if q) / 2
        - mp.fsum(mp.log(L[j][j]) for j in range(d))
        - (len(y) - flat) * log_2pi / 2
        - squares / 2
    )
    return Exact(mean, cov, squares, log_evidence)


def left_out(case: Case) -> tuple[Any, Any, Any]:
    """Return the loss and log density of rows by all others, and a size of rounding."""
    X, y, w = kept_rows(case)
    squares, log_density, rounding = mp.mpf(0), mp.mpf(0), mp.mpf(0)
    for i in range(len(y)):
        others = np.arange(len(y)) != i
        rest = replace(case, X=X[others], y=y[others], weights=w[others])
        mean, sd = posterior(rest).at(X[i], intercept=case.intercept)
        weight, error = mp.mpf(float(w[i])), mp.mpf(float(y[i])) - mean
        variance = sd**2 + mp.mpf(case.noise_sd) ** 2 / weight
        squares += weight * error**2
        log_density -= (mp.log(2 * mp.pi * variance) + error**2 / variance) / 2
        rounding += (
            (abs(error) + 2.0**-52 * abs(y).max()) * 2.0**-52 * abs(y).max() / variance
        )
    return squares / mp.fsum(map(float, w)), log_density, rounding


def gradient_in_sds(case: Case, kind: str, intercept: float, coef: Any) -> Any:
    """Return the Newton step that is left at a point, in posterior sds.

    ``kind`` is "Bernoulli", with classes -1 and 1, or "Poisson". The prior is Gaussian.
    """
    with mp.workdps(400):
        X, y, w = kept_rows(case)
        theta = [mp.mpf(float(v)) for v in [*[intercept] * case.intercept, *coef]]
        d = len(theta)
        g, H = [mp.mpf(0)] * d, [[mp.mpf(0)] * d for _ in range(d)]
        for row, target, weight in zip(X, y, w, strict=True):
            z = [mp.mpf(1)] * case.intercept + [mp.mpf(float(v)) for v in row]
            eta, t, u = mp.fdot(z, theta), int(target), mp.mpf(float(weight))
            if kind == "Poisson":
                slope, bend = mp.exp(eta) - t, mp.exp(eta)
            else:
                other = 1 / (1 + mp.exp(t * eta))
                slope, bend = -t * other, other * (1 - other)
            for i in range(d):
                g[i] += u * slope * z[i]
                for j in range(d):
                    H[i][j] += u * bend * z[i] * z[j]
        for j, sd in enumerate(case.prior_sds, int(case.intercept)):
            g[j] += theta[j] / mp.mpf(sd) ** 2
            H[j][j] += 1 / mp.mpf(sd) ** 2
        white = [mp.fdot(row, g) for row in lower_inverse(lower_factor(H))]
        return mp.sqrt(mp.fdot(white, white))


def sparse_excess(case: Case, scales: Any, ridge_sd: Any, point: Any) -> Any:
    """Return by how much an objective at a point is above its minimum.

    The objective is half the squared residuals in noise sds, plus |b_j| / s_j, plus
    (b_j / ridge_sd)² / 2. The minimum is among the solutions for each choice of signs.
    """
    with mp.workdps(1600):
        X, y, w = kept_rows(case)
        first, sigma2 = int(case.intercept), mp.mpf(case.noise_sd) ** 2
        slopes = [mp.mpf(0)] * first + [1 / mp.mpf(s) for s in scales]
        ridge = mp.mpf(0) if ridge_sd is None else 1 / mp.mpf(ridge_sd) ** 2
        d = len(slopes)
        Z = [[mp.mpf(1)] * first + [mp.mpf(float(v)) for v in row] for row in X]
        target = [mp.mpf(float(v)) for v in y]
        weight = [mp.mpf(float(v)) / sigma2 for v in w]

        def objective(theta: list[Any]) -> Any:
            loss = mp.fsum(
                u * (t - mp.fdot(z, theta)) ** 2
                for u, t, z in zip(weight, target, Z, strict=True)
            )
            penalty = mp.fsum(q * abs(b) for q, b in zip(slopes, theta, strict=True))
            return (
                loss / 2 + penalty + ridge * mp.fsum(b * b for b in theta[first:]) / 2
            )

        best = mp.inf
        for signs in product((-1, 0, 1), repeat=d - first):
            free = [j for j in range(d) if j < first or signs[j - first]]
            P = [
                [mp.fsum(u * z[i] * z[j] for u, z in zip(weight, Z, strict=True))
                 + ridge * (i == j and i >= first) for j in free]
                for i in free
            ]  # fmt: skip
            right = [
                mp.fsum(u * z[i] * t for u, z, t in zip(weight, Z, target, strict=True))
                - slopes[i] * (signs[i - first] if i >= first else 0)
                for i in free
            ]
            try:
                inverse = lower_inverse(lower_factor(P))
            except Singular:
                continue  # some other choice of signs has a minimum as low
            half = [mp.fdot(row, right) for row in inverse]
            theta = [mp.mpf(0)] * d
            for k, j in enumerate(free):
                theta[j] = mp.fdot([row[k] for row in inverse], half)
            best = min(best, objective(theta))
        return objective([mp.mpf(float(v)) for v in point]) - best
