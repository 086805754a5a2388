"""Strategies of Hypothesis for models at the edges of what numbers can hold."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.arrays import FloatArray

LARGEST = 1e150  # the package takes no larger sd, nor a larger number in X and y
KINDS_OF_COLUMNS = (
    "normal",
    "tied",
    "zero",
    "constant",
    "copy",
    "near copy",
    "far",
    "one row",
    "sum",
)
KINDS_OF_RESPONSES = ("noise", "constant", "plane", "near plane", "far", "zero", "tied")
WEIGHTS = (0.0, 1e-12, 1.0, 1e12, 0.3)


@dataclass(frozen=True)
class Case:
    """A Gaussian model with known scales, as plain numbers.

    Attributes
    ----------
    X, y, weights : ndarray
        The rows; ``weights`` may be None.
    noise_sd : float
        Noise sd; 1 where it is unknown.
    prior_sds : ndarray of shape (p,)
        Prior sds, infinite for a flat prior.
    intercept, relative : bool
        Whether there is an intercept, and whether the prior is relative to the noise.
    """

    X: FloatArray
    y: FloatArray
    weights: FloatArray | None
    noise_sd: float
    prior_sds: FloatArray
    intercept: bool
    relative: bool = False

    @property
    def prior(self) -> priors.Prior:
        """The prior, in the shortest way to say it."""
        sds = self.prior_sds
        if np.isinf(sds).all():
            return priors.Flat()
        options: dict[str, Any] = {"relative_to_noise": self.relative}
        if np.all(sds == sds[0]):
            return priors.Normal(float(sds[0]), **options)
        return priors.Normal(sds, **options)

    @property
    def terms(self) -> dict[str, Any]:
        """The terms of the model."""
        likelihood = likelihoods.Normal(self.noise_sd)
        terms = {"likelihood": likelihood, "prior": self.prior}
        return terms | {"intercept": self.intercept}

    @property
    def model(self) -> LinearModel:
        """The model."""
        return LinearModel(self.X, self.y, weights=self.weights, **self.terms)


def decades(least: int = -150, most: int = 150) -> st.SearchStrategy[int]:
    """Return exponents of ten: small ones, any, and those at the ends."""
    near = st.integers(max(least, -6), min(most, 6))
    ends = st.sampled_from([least, most])
    return st.one_of(near, near, st.integers(least, most), ends)


@st.composite
def columns(draw: Any, n: int, p: int) -> tuple[FloatArray, list[int]]:
    """Return an n x p matrix and the exponent of each column's size."""
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    shared = draw(st.one_of(st.none(), st.just(0), decades()))
    table, exponents = np.zeros((n, p)), []
    for j in range(p):
        kind = draw(st.sampled_from(KINDS_OF_COLUMNS))
        earlier = table[:, draw(st.integers(0, j - 1))] if j else np.ones(n)
        other = rng.standard_normal(n)
        if kind == "normal":
            column = other
        elif kind == "tied":
            column = rng.integers(-2, 3, n).astype(float)
        elif kind == "zero":
            column = np.zeros(n)
        elif kind == "constant":
            column = np.full(n, other[0])
        elif kind == "copy":
            column = earlier
        elif kind == "near copy":
            column = earlier + 10.0 ** -draw(st.integers(8, 15)) * other
        elif kind == "far":
            column = 1e8 + other
        elif kind == "one row":
            column = 1.0 * (np.arange(n) == draw(st.integers(0, n - 1)))
        elif kind == "sum":
            column = table[:, :j].sum(axis=1) if j else other
        else:
            raise AssertionError(kind)
        table[:, j] = column
    for j in range(p):
        exponents.append(draw(decades()) if shared is None else shared)
        size = np.abs(table[:, j]).max()
        unit = 10.0 ** exponents[j] / max(1.0, size if exponents[j] > 140 else 1.0)
        table[:, j] *= unit
    return table, exponents


@st.composite
def response(draw: Any, X: FloatArray) -> FloatArray:
    """Return y of size one: noise, constant, or on the plane of columns or near it."""
    n, p = X.shape
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    kind = draw(st.sampled_from(KINDS_OF_RESPONSES))
    noise = rng.standard_normal(n)
    sizes = np.abs(X).max(axis=0)
    plane = (X / np.where(sizes > 0, sizes, 1.0)) @ rng.integers(-2, 3, p)
    if kind == "noise":
        return noise
    if kind == "constant":
        return np.full(n, noise[0])
    if kind == "plane":
        return plane
    if kind == "near plane":
        return plane + 10.0 ** -draw(st.integers(3, 16)) * noise
    if kind == "far":
        return 1e8 + noise
    if kind == "zero":
        return np.zeros(n)
    if kind == "tied":
        return rng.integers(-1, 2, n).astype(float)
    raise AssertionError(kind)


@st.composite
def row_weights(draw: Any, n: int) -> FloatArray | None:
    """Return weights from 0 to 1e12 in one vector, or None."""
    if draw(st.booleans()):
        return None
    found = draw(st.lists(st.sampled_from(WEIGHTS), min_size=n, max_size=n))
    if not any(found):
        found[0] = 1.0
    return np.array(found)


def within(value: float) -> float:
    """Return a number in the range of sds that the package takes."""
    return float(np.clip(value, 1 / LARGEST, LARGEST))


@st.composite
def cases(draw: Any, *, largest_n: int = 12, largest_p: int = 24) -> Case:
    """Return Gaussian models with known scales."""
    n = draw(st.integers(1, largest_n))
    p = draw(st.integers(1, min(2 * n, largest_p)))
    X, exponents = draw(columns(n, p))
    at = draw(decades(-140, 140))
    y = 10.0**at * draw(response(X))
    y /= max(1.0, np.abs(y).max() / LARGEST)
    noise_sd = within(10.0 ** (at + draw(decades(-8, 8))))
    if draw(st.integers(0, 4)) == 0:
        noise_sd = 10.0 ** draw(decades())
    kind = draw(st.sampled_from(["one", "by column", "free", "flat", "some flat"]))
    powers = np.clip(at - np.array(exponents), -150, 150)
    if kind == "one":
        sds = np.full(p, within(10.0 ** (powers[0] + draw(decades(-8, 8)))))
    elif kind == "by column":
        sds = np.array([within(10.0 ** (k + draw(decades(-4, 4)))) for k in powers])
    elif kind == "free":
        sds = np.array([10.0 ** draw(decades()) for _ in range(p)])
    elif kind == "flat":
        sds = np.full(p, np.inf)
    elif kind == "some flat":
        sds = 10.0 ** powers.astype(float)
        sds[draw(st.integers(0, p - 1))] = np.inf
    else:
        raise AssertionError(kind)
    return Case(
        X,
        y,
        draw(row_weights(n)),
        noise_sd,
        sds,
        intercept=draw(st.booleans()),
        relative=bool(np.isfinite(sds).any()) and draw(st.integers(0, 4)) == 0,
    )
