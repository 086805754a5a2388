"""A column that nearly repeats another one, under unknown scales.

The direction in which the two differ is known from the prior sd alone, up to a prior sd
of noise over difference, and the tail of the prior sd decides its moments. The oracle
rotates the columns in 60 digits and sums over a dense grid of both scales.
"""

from typing import Any

import mpmath
import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors
from tests.oracles import (
    LogDensity,
    flat_in_the_logarithm,
    half_cauchy,
    half_normal,
)

mp: Any = mpmath.mp
STEP = 0.1  # of the logarithms of scales; half of it changes no sd by 1e-9


def rotated(X: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[Any, ...]:
    """Return d², V, squared projections, u / d² and the rest of y'y, about the mean."""
    with mp.workdps(60):
        w, Z = mp.matrix(weights.tolist()), mp.matrix(np.column_stack([X, y]).tolist())
        n, p = X.shape
        total = sum(w)
        for j in range(p + 1):
            mean = sum(w[i] * Z[i, j] for i in range(n)) / total
            for i in range(n):
                Z[i, j] = (Z[i, j] - mean) * mp.sqrt(w[i])
        gram = Z.T * Z
        squares, vectors = mp.eigsy(gram[:p, :p])
        u = vectors.T * gram[:p, p]
        explained = [u[k] ** 2 / squares[k] for k in range(p)]
        rest = gram[p, p] - sum(explained)
        solution = [u[k] / squares[k] for k in range(p)]
        V = np.array(vectors.tolist(), dtype=float)
        rows = (list(squares), explained, solution)
        return V, *(np.array(row, dtype=float) for row in rows), float(rest)


def moments(
    X: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    noise: Any,
    spread: LogDensity,
) -> tuple[np.ndarray, np.ndarray]:
    """Return means and sds of the coefficients, with an intercept."""
    V, squares, explained, solution, rest = rotated(X, y, weights)
    s = np.arange(-25, 60, STEP)[:, np.newaxis]
    t = np.array([np.log(noise)]) if isinstance(noise, float) else s[190:330, 0]
    alpha = np.exp(2 * (t - s))
    shrinkage = alpha[..., np.newaxis] / (squares + alpha[..., np.newaxis])
    Q = rest + shrinkage @ explained
    logs = -(len(y) - 1) * t - Q * np.exp(-2 * t) / 2
    logs += 0.5 * np.sum(np.log(shrinkage), axis=-1) + spread(np.exp(s)) + s
    if not isinstance(noise, float):
        logs += noise(np.exp(t)) + t
    w = np.exp(logs - logs.max())
    w /= w.sum()
    means = (1 - shrinkage) * solution
    mean = np.sum(w[..., np.newaxis] * means, axis=(0, 1))
    variances = np.exp(2 * t)[:, np.newaxis] / (squares + alpha[..., np.newaxis])
    inside = np.sum(w[..., np.newaxis] * variances, axis=(0, 1))
    deviations = np.sqrt(w)[..., np.newaxis] * ((means - mean) @ V.T)
    variance = V**2 @ inside + np.sum(deviations**2, axis=(0, 1))
    return V @ mean, np.sqrt(variance)


NOISES: dict[str, tuple[Any, Any]] = {
    "known": (1.0, 1.0),
    "half-Cauchy": (priors.HalfCauchy(1.0), half_cauchy(1.0)),
    "flat log": (priors.FlatLogScale(), flat_in_the_logarithm),
}
SPREADS: dict[str, tuple[Any, Any]] = {
    "half-normal": (priors.HalfNormal(1.0), half_normal(1.0)),
    "half-Cauchy": (priors.HalfCauchy(1.0), half_cauchy(1.0)),
}


@pytest.mark.parametrize("difference", [1e-12, 1e-10, 1e-7])
@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize(("n", "p"), [(40, 2), (12, 4)])
def test_posterior(difference: float, noise: str, spread: str, n: int, p: int) -> None:
    rng = np.random.default_rng(p)
    X = rng.standard_normal((n, p)) + 1
    X[:, -1] = X[:, 0] + difference * rng.standard_normal(n)
    y = 3 + 20 * X[:, 0] - X[:, -2] + 0.3 * rng.standard_normal(n)
    weights = rng.uniform(0.2, 2, n) if p == 4 else np.ones(n)
    prior_of_noise, log_noise = NOISES[noise]
    prior_of_sd, log_spread = SPREADS[spread]
    posterior = fit_exact(
        LinearModel(
            X,
            y,
            weights=weights,
            likelihood=likelihoods.Normal(prior_of_noise),
            prior=priors.Normal(prior_of_sd),
        )
    )
    mean, sd = moments(X, y, weights, log_noise, log_spread)
    assert np.abs((posterior.coef - mean) / sd).max() < 1e-7
    # doubles know the difference of the columns to 16 digits less its own
    digits = 1e-8 + 3e-18 / difference
    np.testing.assert_allclose(posterior.sd[1 : 1 + p], sd, rtol=digits)
