"""Models with unknown scales, in the words of the package and of the dense sums."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    MixturePosterior,
    likelihoods,
    priors,
)
from tests.oracles import (
    DenseMixture,
    dense_mixture,
    exponential,
    flat,
    flat_in_the_logarithm,
    half_cauchy,
    half_normal,
    half_t,
    inverse_gamma,
)

HALF_NORMAL, HALF_CAUCHY = half_normal(2.0), half_cauchy(1.5)


COV = np.array([[1.0, 0.3], [0.3, 2.0]])


@dataclass(frozen=True)
class Case:
    """One model in the package's words and in the oracle's."""

    noise: Any
    prior: Any
    dense_noise: Any
    dense_prior: Any
    n: int = 8
    p: int = 2
    mean: Any = 0.0
    cov: Any = None
    relative: bool = False
    weighted: bool = False
    intercept: bool = True

    def data(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        rng = np.random.default_rng(7)
        X = 1.0 + rng.standard_normal((self.n, self.p))
        y = 3.0 + X @ rng.standard_normal(self.p) + rng.standard_normal(self.n)
        return X, y, rng.uniform(0.2, 3.0, self.n) if self.weighted else None

    def model(self) -> LinearModel:
        X, y, weights = self.data()
        return LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(self.noise),
            prior=priors.Normal(
                self.prior,
                mean=self.mean,
                cov=self.cov,
                relative_to_noise=self.relative,
            ),
            intercept=self.intercept,
            weights=weights,
        )

    def oracle(self) -> DenseMixture:
        X, y, weights = self.data()
        return dense_mixture(
            X,
            y,
            self.dense_noise,
            self.dense_prior,
            mean=self.mean,
            cov=self.cov,
            weights=weights,
            intercept=self.intercept,
            relative=self.relative,
        )


N, C = priors.HalfNormal(2.0), priors.HalfCauchy(1.5)


CASES = {
    "noise unknown": Case(N, 1.5, HALF_NORMAL, 1.5),
    "prior unknown": Case(1.3, C, 1.3, HALF_CAUCHY),
    "both unknown": Case(N, C, HALF_NORMAL, HALF_CAUCHY),
    "both unknown, relative": Case(N, C, HALF_NORMAL, HALF_CAUCHY, relative=True),
    "noise unknown, relative": Case(N, 1.5, HALF_NORMAL, 1.5, relative=True),
    "mean and covariance": Case(N, None, HALF_NORMAL, 1.0, mean=[1.0, -2.0], cov=COV),
    "mean and covariance, relative": Case(
        N, None, HALF_NORMAL, 1.0, mean=[1.0, -2.0], cov=COV, relative=True
    ),
    "prior unknown about a mean": Case(1.3, C, 1.3, HALF_CAUCHY, mean=0.7),
    "weights": Case(N, C, HALF_NORMAL, HALF_CAUCHY, weighted=True),
    "no intercept": Case(N, C, HALF_NORMAL, HALF_CAUCHY, intercept=False, mean=0.7),
    "no intercept, weights, relative": Case(
        N, C, HALF_NORMAL, HALF_CAUCHY, intercept=False, weighted=True, relative=True
    ),
    "more columns than rows": Case(N, C, HALF_NORMAL, HALF_CAUCHY, n=5, p=8),
    "more columns than rows, no intercept": Case(
        N, 1.5, HALF_NORMAL, 1.5, n=4, p=6, intercept=False, mean=np.arange(6) / 5
    ),
    "many more columns than rows": Case(1.3, N, 1.3, HALF_NORMAL, n=4, p=20),
    "over a thousand columns, all known": Case(1.3, 0.3, 1.3, 0.3, n=5, p=1001),
    "exponential and half-t": Case(
        priors.Exponential(2.0),
        priors.HalfStudentT(3.0, 1.5),
        exponential(2.0),
        half_t(3.0, 1.5),
    ),
    "inverse-gamma both": Case(
        priors.InverseGamma(2.0, 3.0),
        priors.InverseGamma(3.0, 2.0),
        inverse_gamma(2.0, 3.0),
        inverse_gamma(3.0, 2.0),
    ),
    "Jeffreys and flat": Case(
        priors.FlatLogScale(),
        priors.FlatScale(),
        flat_in_the_logarithm,
        flat,
        n=12,
        p=6,
    ),
}


@cache
def solved(name: str) -> tuple[MixturePosterior, DenseMixture]:
    case = CASES[name]
    return MixturePosterior(case.model()), case.oracle()


over_all = pytest.mark.parametrize("name", CASES)


# unknown both, one, relative, a covariance, and more columns than rows
over_kinds = pytest.mark.parametrize(
    "name",
    [
        "both unknown",
        "noise unknown",
        "both unknown, relative",
        "mean and covariance",
        "more columns than rows",
    ],
)
