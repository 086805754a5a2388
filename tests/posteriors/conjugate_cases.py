"""Models with a conjugate prior, in the words of the package and of the textbook."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    NormalInverseGammaPosterior,
    fit_exact,
    likelihoods,
    priors,
)
from tests.oracles import (
    TextbookNormalInverseGamma,
    normal_inverse_gamma,
)

COV = np.array([[1.0, 0.3], [0.3, 2.0]])


@dataclass(frozen=True)
class Case:
    """One model in the words of the package and of the textbook.

    The latter are a, b, and the prior covariance in units of the noise.
    """

    noise: Any
    shape: float
    scale: float
    prior: Any
    cov: Any
    mean: Any = 0.0
    intercept: bool = True
    weighted: bool = False

    def data(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        rng = np.random.default_rng(11)
        X = 2 + rng.standard_normal((12, 2))
        y = np.round(1024 * (1.0 + X @ [0.5, -1.0] + rng.standard_normal(12))) / 1024
        return X, y, rng.uniform(0.2, 3, 12) if self.weighted else None

    def model(self, *, offset: float = 0.0, rows: slice = slice(None)) -> LinearModel:
        X, y, weights = self.data()
        return LinearModel(
            X[rows],
            offset + y[rows],
            likelihood=likelihoods.Normal(self.noise),
            prior=self.prior,
            intercept=self.intercept,
            weights=None if weights is None else weights[rows],
        )

    def textbook(self) -> TextbookNormalInverseGamma:
        X, y, weights = self.data()
        return normal_inverse_gamma(
            X,
            y,
            self.shape,
            self.scale,
            cov=self.cov,
            mean=self.mean,
            weights=weights,
            intercept=self.intercept,
        )


INVERSE_GAMMA = priors.InverseGamma(2.0, 3.0)


RIDGE = priors.Normal(1.5, relative_to_noise=True)


GENERAL = priors.Normal(mean=[0.5, -2.0], cov=COV, relative_to_noise=True)


CASES = {
    "ridge": Case(INVERSE_GAMMA, 2.0, 3.0, RIDGE, 2.25 * np.eye(2)),
    "ridge without intercept": Case(
        INVERSE_GAMMA, 2.0, 3.0, RIDGE, 2.25 * np.eye(2), intercept=False
    ),
    "mean and covariance": Case(
        INVERSE_GAMMA, 2.0, 3.0, GENERAL, COV, mean=[0.5, -2.0]
    ),
    "weights": Case(
        INVERSE_GAMMA, 2.0, 3.0, GENERAL, COV, mean=[0.5, -2.0], weighted=True
    ),
    "all but the ridge": Case(
        INVERSE_GAMMA,
        2.0,
        3.0,
        GENERAL,
        COV,
        mean=[0.5, -2.0],
        weighted=True,
        intercept=False,
    ),
    "flat": Case(INVERSE_GAMMA, 2.0, 3.0, priors.Flat(), None),
    # 1/sigma is a = b = 0 of sigma^(-2a - 1) exp(-b / sigma²), and 1 is a = -1/2
    "Jeffreys": Case(priors.FlatLogScale(), 0.0, 0.0, priors.Flat(), None),
    "Jeffreys, weights": Case(
        priors.FlatLogScale(),
        0.0,
        0.0,
        priors.Flat(),
        None,
        weighted=True,
        intercept=False,
    ),
    "flat noise sd": Case(priors.FlatScale(), -0.5, 0.0, RIDGE, 2.25 * np.eye(2)),
}


over_all = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))


def fitted(case: Case, **options: Any) -> NormalInverseGammaPosterior:
    posterior = fit_exact(case.model(**options))
    assert isinstance(posterior, NormalInverseGammaPosterior)
    return posterior
