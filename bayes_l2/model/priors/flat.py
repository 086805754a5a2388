"""The flat prior p(b) = 1, which is no penalty."""

from dataclasses import dataclass
from typing import ClassVar, override

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.priors.base import GaussianPrior


@dataclass(frozen=True, repr=False)
class Flat(GaussianPrior):
    """Improper flat prior on the coefficients: p(b) = 1, and the penalty is 0.

    Under Gaussian noise the MAP is the least-squares estimate.
    """

    name: ClassVar[str] = "none"
    is_flat: ClassVar[bool] = True
    cov = None

    def __repr__(self) -> str:
        return "priors.Flat()"

    @override
    def log_density(self, coef: FloatArray, multiplier: float | None = None) -> float:
        return 0.0

    @override
    def smooth_part(
        self, coef: FloatArray, multiplier: float | None = None
    ) -> tuple[float, FloatArray]:
        return 0.0, np.zeros_like(coef)

    @override
    def curvature(self, n_features: int, multiplier: float) -> FloatArray:
        return np.zeros((n_features, n_features))

    @override
    def unit_variances(self, n_features: int) -> FloatArray:
        return np.zeros(n_features)

    @override
    def colour(self, rows: FloatArray) -> FloatArray:
        return rows[..., :0]

    @override
    def root(self, n_features: int) -> FloatArray:
        return np.zeros((0, n_features))

    @override
    def belief(self) -> str:
        return "b: flat"

    @override
    def objective(self, loss: str, *, in_noise_units: bool, is_penalty: bool) -> str:
        return loss
