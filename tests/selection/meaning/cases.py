"""Models at the edges, and their posterior by textbook formulas in 60 digits."""

from dataclasses import dataclass, replace
from typing import Any

import mpmath
import numpy as np

from bayes_l2 import LinearModel, likelihoods, priors

DIGITS = 60
mp: Any = mpmath.mp


@dataclass(frozen=True)
class Problem:
    """Rows, weights and scales; the prior covariance is tau² K, or sigma² tau² K."""

    X: np.ndarray
    y: np.ndarray
    noise_sd: float = 1.5
    prior_sd: float = 0.7
    sds: np.ndarray | None = None
    cov: np.ndarray | None = None
    mean: Any = 0.0
    weights: np.ndarray | None = None
    intercept: bool = True
    relative: bool = False

    @property
    def model(self) -> LinearModel:
        options: dict[str, Any] = {"mean": self.mean}
        options["relative_to_noise"] = self.relative
        prior = priors.Normal(self.prior_sd, **options)
        if self.sds is not None:
            prior = priors.Normal(list(self.sds * self.prior_sd), **options)
        if self.cov is not None:
            prior = priors.Normal(cov=self.cov * self.prior_sd**2, **options)
        return LinearModel(
            self.X,
            self.y,
            likelihood=likelihoods.Normal(self.noise_sd),
            prior=prior,
            intercept=self.intercept,
            weights=self.weights,
        )

    def moved(self, *, penalty: float = 1.0, noise: float = 1.0) -> "Problem":
        """Return it with alpha or sigma times a factor, as a user would write it."""
        prior_sd = self.prior_sd / penalty**0.5
        return replace(self, prior_sd=prior_sd, noise_sd=self.noise_sd * noise)

    def posterior(self, log_penalty: Any = 0, log_noise: Any = 0) -> tuple[Any, Any]:
        """Return means and sds by the normal equations, as columns of mpmath."""
        n, p = self.X.shape
        first = int(self.intercept)
        sigma = mp.mpf(self.noise_sd) * mp.exp(log_noise)
        tau = mp.mpf(self.prior_sd) * mp.exp(-mp.mpf(log_penalty) / 2)
        tau *= sigma if self.relative else 1
        shape = mp.eye(p) if self.cov is None else mp.matrix(self.cov.tolist())
        if self.sds is not None:
            shape = mp.diag([mp.mpf(s) ** 2 for s in self.sds.tolist()])
        rows = np.hstack([np.ones((n, first)), self.X]).tolist()
        X, y = mp.matrix(rows), mp.matrix(self.y.tolist())
        weights = np.ones(n) if self.weights is None else self.weights
        precision = mp.diag([mp.mpf(w) / sigma**2 for w in weights.tolist()])
        prior = mp.zeros(p + first)
        inverse = mp.inverse(shape) / tau**2
        center = mp.zeros(p + first, 1)
        for i in range(p):
            center[i + first] = mp.mpf(float(np.broadcast_to(self.mean, p)[i]))
            for j in range(p):
                prior[i + first, j + first] = inverse[i, j]
        covariance = mp.inverse(X.T * precision * X + prior)
        mean = covariance * (X.T * precision * y + prior * center)
        return mean, [mp.sqrt(covariance[j, j]) for j in range(p + first)]

    def slopes(self, *, of_noise: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return derivatives of means and sds, by central differences in 60 digits."""
        name = "log_noise" if of_noise else "log_penalty"
        with mpmath.workdps(DIGITS):
            step = mp.mpf(10) ** -20
            above, below = (self.posterior(**{name: each}) for each in (step, -step))

            def slope(which: int) -> np.ndarray:
                pairs = zip(above[which], below[which], strict=True)
                return np.array([float((a - b) / (2 * step)) for a, b in pairs])

            return slope(0), slope(1)


def _rows(n: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p))
    return X, X @ rng.standard_normal(p) + rng.standard_normal(n) + 3.0


def _with(columns: Any, **options: Any) -> Problem:
    X, y = _rows(9, 3)
    return Problem(columns(X), y, **options)


def _twin(X: np.ndarray) -> np.ndarray:
    return np.column_stack([X, X[:, 0]])


def _near_twin(difference: float) -> Any:
    return lambda X: np.column_stack([X, X[:, 0] + difference * X[:, 1] ** 2])


def _unlike(X: np.ndarray) -> np.ndarray:
    return X * np.array([1e-5, 1.0, 1e6]) + np.array([0.0, 40.0, 1e7])


PLAIN = Problem(*_rows(9, 3))
SHAPE = np.array([[2.0, 0.5, 0.1], [0.5, 1.0, -0.3], [0.1, -0.3, 0.6]])
WEIGHTS = np.array([0.1, 3.0, 1.0, 0.5, 2.0, 1.0, 7.0, 1.0, 0.3])
PROBLEMS = {
    "plain": PLAIN,
    "alpha 1e-8": replace(PLAIN, noise_sd=1.5e-4, prior_sd=1.5),
    "alpha 1e8": replace(PLAIN, noise_sd=1.5, prior_sd=1.5e-4),
    "weights": replace(PLAIN, weights=WEIGHTS),
    "no intercept": replace(PLAIN, intercept=False, weights=WEIGHTS),
    "twin columns": _with(_twin),
    "twin columns, alpha 1e-8": _with(_twin, noise_sd=1.5e-4, prior_sd=1.5),
    "near twins, alpha 1e-8": _with(_near_twin(1e-7), noise_sd=1.5e-4, prior_sd=1.5),
    "nearer twins and sds, alpha 1e-8": _with(
        _near_twin(1e-9),
        sds=np.array([1.0, 1.0, 1.0, 2.0]),
        noise_sd=1.5e-4,
        prior_sd=1.5,
    ),
    # without the rows in the eigenbasis it has three digits
    "nearest twins, alpha 1e-8": _with(
        _near_twin(1e-12), noise_sd=1.5e-4, prior_sd=1.5
    ),
    "more columns than rows": Problem(*_rows(4, 7)),
    "more columns, alpha 1e8": Problem(*_rows(4, 7), prior_sd=1.5e-4),
    "unlike columns": _with(_unlike),
    "sds by column": replace(PLAIN, sds=np.array([0.01, 1.0, 300.0])),
    "unlike columns and sds": _with(_unlike, sds=np.array([1e5, 1.0, 1e-6])),
    "covariance and mean": replace(PLAIN, cov=SHAPE, mean=[1.0, -2.0, 0.5]),
    "relative to the noise": replace(PLAIN, relative=True, mean=1.0),
}
