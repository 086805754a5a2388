"""Gaussian models with known scales, in the words of the package and of matrices."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bayes_l2 import LinearModel, likelihoods, priors

INF = np.inf


@dataclass(frozen=True)
class Dense:
    """Rows and a prior; given a penalty and a noise sd all is linear algebra.

    ``sds`` may be infinite, for flat columns.
    """

    n: int
    p: int
    sds: Any = None
    cov: Any = None
    mean: Any = 0.0
    intercept: bool = True
    weighted: bool = True

    @cached_property
    def rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rng = np.random.default_rng([self.n, self.p])
        X = 1 + rng.standard_normal((self.n, self.p)) * np.arange(1, self.p + 1)
        y = 3 + X @ rng.standard_normal(self.p) + rng.standard_normal(self.n)
        weights = rng.uniform(0.3, 3, self.n) if self.weighted else np.ones(self.n)
        return X, y, weights

    def model(self, noise: Any = 1.0, spread: Any = 1.0, **options: Any) -> LinearModel:
        X, y, weights = self.rows
        sizes: dict[str, Any] = {"sd": spread}
        if self.cov is not None:
            sizes = {"cov": self.cov}
        if self.sds is not None:
            sizes = {"sd": self.sds}
        return LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(noise),
            prior=priors.Normal(mean=self.mean, **sizes, **options),
            weights=weights if self.weighted else None,
            intercept=self.intercept,
        )

    @property
    def prior_mean(self) -> np.ndarray:
        return np.broadcast_to(np.asarray(self.mean, dtype=float), self.p)

    @property
    def prior_precision(self) -> np.ndarray:
        """The inverse of K, 0 in flat directions, for a unit scale."""
        if self.cov is not None:
            return np.linalg.inv(self.cov)
        sds = np.ones(self.p) if self.sds is None else np.asarray(self.sds)
        return np.diag(1 / sds**2)

    @property
    def design(self) -> np.ndarray:
        X, _, _ = self.rows
        return np.column_stack([np.ones((self.n, int(self.intercept))), X])

    def precision(self, penalty: float) -> np.ndarray:
        """Return that of all parameters, for a noise sd of 1."""
        _, _, weights = self.rows
        first = int(self.intercept)
        precision = self.design.T @ (weights[:, np.newaxis] * self.design)
        precision[first:, first:] += penalty * self.prior_precision
        return precision

    def solution(self, penalty: float) -> np.ndarray:
        """Return the parameters of the least penalised sum of squares."""
        _, y, weights = self.rows
        right = self.design.T @ (weights * y)
        pull = penalty * self.prior_precision @ self.prior_mean
        right[int(self.intercept) :] += pull
        return np.linalg.solve(self.precision(penalty), right)

    def squares(self, penalty: float) -> float:
        """Return the least penalised sum of squares."""
        _, y, weights = self.rows
        parameters = self.solution(penalty)
        residual = y - self.design @ parameters
        change = parameters[int(self.intercept) :] - self.prior_mean
        pull = penalty * change @ self.prior_precision @ change
        return float(weights @ residual**2 + pull)

    def log_evidence(self, penalty: float, noise_sd: float) -> float:
        """Return log p(y): Laplace's formula is exact; a flat one has density 1.

        It is the log joint density at the mode, less the log of the posterior there.
        """
        _, _, weights = self.rows
        first = int(self.intercept)
        proper = np.diag(self.prior_precision) > 0
        of_prior = self.prior_precision[np.ix_(proper, proper)] * penalty
        n_free = first + int((~proper).sum())
        logs = np.log(weights).sum() + np.linalg.slogdet(of_prior)[1]
        logs -= np.linalg.slogdet(self.precision(penalty))[1]
        logs -= (self.n - n_free) * np.log(2 * np.pi * noise_sd**2)
        return 0.5 * (float(logs) - self.squares(penalty) / noise_sd**2)


COV = np.array([[2.0, 0.5, -0.3], [0.5, 1.0, 0.2], [-0.3, 0.2, 0.5]])
WIDE = np.eye(5) + 0.2

CASES = {
    "one sd": Dense(8, 3),
    "a covariance and a mean": Dense(8, 3, cov=COV, mean=[1.0, -2.0, 0.5]),
    "no intercept": Dense(8, 3, cov=COV, mean=0.7, intercept=False),
    "sds": Dense(9, 3, sds=[0.5, 2.0, 3.0], weighted=False),
    "a flat column": Dense(9, 3, sds=[2.0, INF, 0.5], mean=[1.0, 0.0, 2.0]),
    "flat columns, no intercept": Dense(9, 4, sds=[INF, 2, 1, INF], intercept=False),
    "more columns": Dense(4, 5, cov=WIDE, mean=0.5),
    "more columns, no intercept": Dense(4, 5, intercept=False, mean=0.5),
    "many more columns": Dense(4, 20, mean=0.5),
    "many more columns, no intercept": Dense(4, 20, intercept=False),
    "more columns, one of them flat": Dense(4, 5, sds=[1, 2, INF, 3, 0.5], mean=0.5),
}
