"""Gaussian models of unlike scales and dependent columns, solved in 320 digits."""

from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np

from bayes_l2 import LinearModel, likelihoods, priors

KINDS = (
    "independent",
    "equal",
    "combination",
    "all equal",
    "nearly equal",
    "nearly a combination",
    "wide",
    "equal rows",
    "zero",
    "constant",
)
mp: Any = mpmath.mp


@dataclass(frozen=True)
class Case:
    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None
    noise_sd: float
    prior_sd: float
    cov: np.ndarray | None
    mean: np.ndarray
    intercept: bool

    def part(self, rows: slice) -> dict[str, Any]:
        weights = None if self.weights is None else self.weights[rows]
        return {"X": self.X[rows], "y": self.y[rows], "weights": weights}

    def model(self, rows: slice = slice(None), *, noise: Any = None) -> LinearModel:
        sizes: dict[str, Any] = {"sd": self.prior_sd}
        if self.cov is not None:
            sizes = {"cov": self.cov}
        relative = noise is not None
        prior = priors.Normal(mean=self.mean, relative_to_noise=relative, **sizes)
        return LinearModel(
            **self.part(rows),
            likelihood=likelihoods.Normal(noise if relative else self.noise_sd),
            prior=prior,
            intercept=self.intercept,
        )


def case(seed: int, decades: float) -> Case:
    """Return a problem whose scales are 10^-decades to 10^decades, each by itself."""
    rng = np.random.default_rng([seed, int(decades)])
    kind = KINDS[seed % len(KINDS)]
    n, p = int(rng.integers(3, 25)), int(rng.integers(2, 6))
    if "combination" in kind:
        p = max(p, 4)
    if kind == "wide":
        n, p = int(rng.integers(2, 5)), int(rng.integers(4, 8))
    X = rng.standard_normal((n, p))
    X = np.round(8 * X) if rng.random() < 0.3 else X
    X = X + 10 ** rng.uniform(0, 4) if rng.random() < 0.3 else X
    little = 10 ** rng.uniform(-15, -3) * rng.standard_normal(n)
    place = int(rng.integers(p))
    if kind == "equal":
        X[:, -1] = X[:, 0]
    elif kind == "combination":
        X[:, -1] = X[:, 0] + X[:, 1] - 2 * X[:, 2]
    elif kind == "all equal":
        X[:] = X[:, :1]
    elif kind == "nearly equal":
        X[:, -1] = X[:, 0] + little
    elif kind == "nearly a combination":
        X[:, -1] = X[:, 0] + X[:, 1] + X[:, 2] + little
    elif kind == "equal rows":
        X[n // 2 :] = X[: n - n // 2]
    elif kind in ("zero", "constant"):
        X[:, place] = 0.0 if kind == "zero" else 3.7

    def size(count: int = 1) -> np.ndarray:
        return 10 ** rng.uniform(-decades, decades, count)

    X = X * size(1 if rng.random() < 0.5 else p)
    intercept, weights, cov = bool(rng.integers(2)), None, None
    if rng.random() < 0.4:
        weights = 10 ** rng.uniform(-3, 3, n)
    noise_sd, prior_sds = float(size()[0]), size() * np.ones(p)
    if rng.random() < 0.4:
        half = rng.standard_normal((p, p))
        prior_sds = size(p) if rng.random() < 0.3 else prior_sds
        cov = (half @ half.T + 0.1 * np.eye(p)) * np.outer(prior_sds, prior_sds)
        cov = (cov + cov.T) / 2
    mean = np.zeros(p)
    if rng.random() < 0.4:
        mean = prior_sds * rng.standard_normal(p) * 10 ** rng.uniform(0, 2)
    of_y = rng.integers(3)
    if of_y == 0:
        noise = noise_sd * rng.standard_normal(n)
        y = X @ (prior_sds * rng.standard_normal(p)) + noise
    else:
        y = size() * (rng.standard_normal(n) + (5 if of_y == 2 else 0))
    return Case(X, y, weights, noise_sd, float(prior_sds[0]), cov, mean, intercept)


@dataclass(frozen=True)
class Precise:
    """A posterior in 320 digits; the sum of squares is in units of the noise sd."""

    mean: Any
    cov: Any
    log_evidence: Any
    sum_of_squares: Any
    n_rows: int

    @property
    def sd(self) -> list[Any]:
        return [mp.sqrt(self.cov[i, i]) for i in range(len(self.mean))]

    def error(self, mean: np.ndarray, cov: np.ndarray, factor: Any = 1) -> float:
        """Return the largest error of a mean, or of a covariance, in sds.

        A mean may be off by four units of its last place. The covariance is that times
        ``factor``.
        """
        d, worst = len(self.mean), mp.mpf(0)
        sd = [mp.sqrt(factor) * each for each in self.sd]
        for i in range(d):
            last_places = 4 * mp.mpf(2) ** -52 * abs(self.mean[i])
            off = abs(mp.mpf(float(mean[i])) - self.mean[i]) - last_places
            worst = max(worst, off / sd[i])
            for j in range(d):
                off = abs(mp.mpf(float(cov[i, j])) - factor * self.cov[i, j])
                worst = max(worst, off / sd[i] / sd[j])
        return float(worst)


def precisely(c: Case, *, relative: bool = False) -> Precise:
    """Return the posterior by the normal equations; ``relative`` is a noise sd of 1."""
    with mp.workdps(320):
        n, p = c.X.shape
        k = int(c.intercept)
        variance = mp.mpf(1 if relative else c.noise_sd) ** 2
        Z = mp.matrix(np.hstack([np.ones((n, k)), c.X]).tolist())
        weights = np.ones(n) if c.weights is None else c.weights
        w = [mp.mpf(float(each)) / variance for each in weights]
        weighted = mp.matrix(n, p + k)
        for i in range(n):
            for j in range(p + k):
                weighted[i, j] = Z[i, j] * w[i]
        if c.cov is None:
            prior = mp.eye(p) / mp.mpf(c.prior_sd) ** 2
        else:
            prior = mp.matrix(c.cov.tolist()) ** -1
        precision, y = weighted.T * Z, mp.matrix(c.y.tolist())
        right, pull = weighted.T * y, prior * mp.matrix(c.mean.tolist())
        for i in range(p):
            right[i + k] += pull[i]
            for j in range(p):
                precision[i + k, j + k] += prior[i, j]
        cov = precision**-1
        mean = cov * right
        residual = y - Z * mean
        squares = sum(each * r**2 for each, r in zip(w, residual, strict=True))
        change = mp.matrix([mean[j + k] - mp.mpf(c.mean[j]) for j in range(p)])
        squares += (change.T * prior * change)[0]
        logs = sum(mp.log(each) for each in w) - (n - k) * mp.log(2 * mp.pi) - squares
        logs += mp.log(mp.det(prior)) - mp.log(mp.det(precision))
        return Precise(mean, cov, logs / 2, squares, n)
