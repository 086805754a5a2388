"""The problem that every library is given, and its exact solution in this package's own terms."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple, Self

import numpy as np

from bayes_l2 import datasets
from bayes_l2.arrays import FloatArray
from bayes_l2.conventions.convention import (
    Columns,
    Convention,
    Intercept,
    Norm,
    SummedLoss,
)
from bayes_l2.conventions.conversion import convert
from bayes_l2.conventions.proofs.modes import (
    logistic_loss,
    smooth_mode,
    sparse_mode,
    squared_loss,
)
from bayes_l2.conventions.quantities import quantities_of
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel

FEATURES = ["age", "sex", "bmi", "bp", "s5"]
SOURCE_OF = {Norm.L2: "prior-sd", Norm.L1: "laplace-scale"}
# by norm, and whether the likelihood is logistic: firm enough to matter, and of the Laplace ones to leave some at 0
PRIOR_SCALES = {
    (Norm.L2, False): 7.0,
    (Norm.L2, True): 0.5,
    (Norm.L1, False): 2.5,
    (Norm.L1, True): 0.05,
}
COLUMN_SDS, COLUMN_MEANS = [0.5, 0.8, 1.25, 1.6, 2.0], [0.3, -0.2, 0.1, 0.4, -0.3]


class Fitted(NamedTuple):
    """What a library fitted."""

    intercept: float
    coef: FloatArray


class Proof(NamedTuple):
    """How one convention is proved: a fit at a setting, what it needs installed, and whether it takes row weights."""

    fit: Callable[["Problem", Any], Fitted]
    modules: tuple[str, ...]
    weighted: bool = True
    programs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    r"""A least-squares problem, a classification on the same rows, and a Gaussian prior.

    The rows are the first 100 of the diabetes data, four times over. So a minibatch of 100 rows in order is the same
    block each time, its gradient has no noise, and training by minibatches converges to all digits. The columns have
    means and standard deviations that differ, so that standardising them shows.

    Attributes
    ----------
    X : ndarray of shape (400, 5)
        Features.
    y : ndarray of shape (400,)
        Response.
    labels : ndarray of shape (400,)
        -1 or 1: whether y is above its median.
    weights : ndarray of shape (400,) or None
        Row weights.
    batch_size : int
        Rows in a minibatch.
    noise_sd : float
        Noise sd of the Gaussian model.
    """

    X: FloatArray
    y: FloatArray
    labels: FloatArray
    weights: FloatArray | None = None
    batch_size: int = 100
    noise_sd: float = 54.0

    @property
    def design(self) -> FloatArray:
        """The features after a column of ones."""
        return np.hstack([np.ones((len(self.y), 1)), self.X])

    @property
    def x_sd(self) -> FloatArray:
        """Standard deviations of the columns (divisor n), weighted where rows have weights."""
        mean = np.average(self.X, axis=0, weights=self.weights)
        return np.sqrt(np.average((self.X - mean) ** 2, axis=0, weights=self.weights))

    @property
    def y_sd(self) -> float:
        """Standard deviation of the response (divisor n), weighted where rows have weights."""
        mean = np.average(self.y, weights=self.weights)
        return float(np.sqrt(np.average((self.y - mean) ** 2, weights=self.weights)))

    def weighted(self) -> Self:
        """Return the problem with row weights that are not all equal and do not sum to n."""
        weights = np.random.default_rng(0).integers(1, 5, self.batch_size) / 2.0
        return replace(self, weights=np.tile(weights, len(self.y) // self.batch_size))

    def quantities(self, source: str, target: str) -> dict[str, Any]:
        """Return what ``convert`` needs to know of the problem between two conventions."""
        known = {
            "n": len(self.y),
            "weight_sum": None if self.weights is None else float(self.weights.sum()),
            "batch_size": self.batch_size,
            "y_sd": self.y_sd,
            "x_sd": self.x_sd,
            "noise_sd": self.noise_sd,
        }
        return {name: known[name] for name in quantities_of(source, target)}

    def prior_scales(self, record: Convention) -> FloatArray:
        """Return the prior scale of each column as given: all equal in the units in which the record penalises."""
        scale = PRIOR_SCALES[record.norm, record.summed is SummedLoss.LOGISTIC]
        scales = np.full(self.X.shape[1], scale)
        return scales if record.columns is Columns.AS_GIVEN else scales / self.x_sd

    def setting(self, record: Convention) -> float | FloatArray:
        """Return the library's setting that is this prior, by ``convert``."""
        source = SOURCE_OF[record.norm]
        return convert(
            self.prior_scales(record),
            source,
            record.name,
            **self.quantities(source, record.name),
        ).value

    def solve(self, record: Convention, prior_scales: FloatArray) -> Fitted:
        """Return the mode of the posterior: the exact mean where prior and noise are Gaussian, else numerically."""
        if record.norm is Norm.L2 and record.summed is not SummedLoss.LOGISTIC:
            return self._exact(record, prior_scales)
        if record.summed is SummedLoss.LOGISTIC:
            loss = logistic_loss(self.design, self.labels, self.weights)
        else:
            loss = squared_loss(self.design, self.y, self.weights, self.noise_sd)
        if record.norm is Norm.L1:
            mode = sparse_mode(loss, np.append(0.0, 1 / prior_scales))
        else:
            on_intercept = (
                prior_scales[0] ** -2
                if record.intercept is Intercept.PENALISED
                else 0.0
            )
            precisions = np.append(on_intercept, prior_scales**-2)
            mode = smooth_mode(
                loss, precisions, np.zeros(len(precisions)), np.arange(len(precisions))
            )
        return Fitted(float(mode[0]), mode[1:])

    def _exact(self, record: Convention, prior_sds: FloatArray) -> Fitted:
        """Return the exact posterior mean; a penalised intercept is the coefficient of a column of ones."""
        penalised = record.intercept is Intercept.PENALISED
        sds = np.append(prior_sds[0], prior_sds) if penalised else prior_sds
        model = LinearModel(
            self.design if penalised else self.X,
            self.labels if record.name == "ridge-classifier" else self.y,
            likelihood=likelihoods.Normal(self.noise_sd),
            prior=priors.Normal(cov=np.diag(sds**2)),
            intercept=not penalised,
            weights=self.weights,
        )
        posterior = fit_exact(model)
        coef = posterior.mean
        return (
            Fitted(float(coef[0]), coef[1:])
            if penalised
            else Fitted(float(posterior.intercept), coef)
        )


@cache
def patients() -> Problem:
    """Return the problem without weights."""
    X, y = datasets.diabetes()
    block = X[FEATURES].to_numpy()[:100]
    block = (block - block.mean(axis=0)) / block.std(axis=0) * COLUMN_SDS + COLUMN_MEANS
    response = y.to_numpy(dtype=float)[:100]
    labels = np.where(response > np.median(response), 1.0, -1.0)
    return Problem(np.tile(block, (4, 1)), np.tile(response, 4), np.tile(labels, 4))
