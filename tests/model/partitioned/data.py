"""Rows of classes and counts, drawn from a model with coefficients of 0.3."""

from typing import Any

import numpy as np

from bayes_l2 import likelihoods

LIKELIHOODS = {
    "two classes": likelihoods.Bernoulli(),
    "counts": likelihoods.Poisson(),
    "classes": likelihoods.Categorical(),
}


def columns(n: int, p: int, seed: int = 0) -> np.ndarray:
    """Return normal columns."""
    return np.random.default_rng(seed).standard_normal((n, p))


def response(
    kind: str, X: Any, *, size: float = 0.3, level: float = 0.0, seed: int = 1
) -> Any:
    """Return y of the standardised columns, with an intercept."""
    rng = np.random.default_rng(seed)
    spread = X.std(axis=0)
    Z = (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    if kind == "classes":
        eta = Z @ (size * rng.standard_normal((Z.shape[1], 3)))
        places = np.argmax(eta + rng.gumbel(size=eta.shape), axis=1)
        return np.array(["a", "b", "c"], dtype=object)[places]
    eta = level + Z @ (size * rng.standard_normal(Z.shape[1]))
    if kind == "counts":
        return rng.poisson(np.exp(eta)).astype(float)
    return np.where(rng.random(len(eta)) < 1 / (1 + np.exp(-eta)), "yes", "no")
