r"""The problem of the proofs, and its exact mode :math:`\arg\max_b \, p(b \mid y)`.

Every library fits the same problem; this package finds the mode.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple, Self, assert_never

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
    Derivatives,
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
# narrow enough to matter; the Laplace priors put some coefficients at 0
PRIOR_SCALES = {
    (Norm.L2, SummedLoss.SQUARED): 7.0,
    (Norm.L2, SummedLoss.ANY): 7.0,
    (Norm.L2, SummedLoss.LOGISTIC): 0.5,
    (Norm.L1, SummedLoss.SQUARED): 2.5,
    (Norm.L1, SummedLoss.ANY): 2.5,
    (Norm.L1, SummedLoss.LOGISTIC): 0.05,
}
COLUMN_SDS, COLUMN_MEANS = [0.5, 0.8, 1.25, 1.6, 2.0], [0.3, -0.2, 0.1, 0.4, -0.3]


class Fitted(NamedTuple):
    """The coefficients that a library fitted."""

    intercept: float
    coef: FloatArray


class Proof(NamedTuple):
    """The proof of one convention.

    Attributes
    ----------
    fit : callable
        Fits the library to a problem at a setting.
    modules, programs : tuple of str
        Python modules and other programs that must be installed.
    weighted : bool
        Whether the library takes row weights.
    """

    fit: Callable[["Problem", Any], Fitted]
    modules: tuple[str, ...]
    weighted: bool = True
    programs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """A least-squares problem, and a classification on the same rows.

    The rows are the first 100 of the diabetes data, repeated four times. So every
    minibatch of 100 rows in order is the same block: its gradient has no noise, and
    training by minibatches converges to all digits. The means and the standard
    deviations differ between columns, so that standardising changes the coefficients.

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
        """Standard deviations of the columns (divisor n), weighted if rows are."""
        mean = np.average(self.X, axis=0, weights=self.weights)
        return np.sqrt(np.average((self.X - mean) ** 2, axis=0, weights=self.weights))

    @property
    def y_sd(self) -> float:
        """Standard deviation of the response (divisor n), weighted if rows are."""
        mean = np.average(self.y, weights=self.weights)
        return float(np.sqrt(np.average((self.y - mean) ** 2, weights=self.weights)))

    def weighted(self) -> Self:
        """Return the problem with unequal row weights that do not sum to n."""
        weights = np.random.default_rng(0).integers(1, 5, self.batch_size) / 2.0
        return replace(self, weights=np.tile(weights, len(self.y) // self.batch_size))

    def quantities(self, source: str, target: str) -> dict[str, Any]:
        """Return the quantities of the problem that ``convert`` takes."""
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
        """Return the prior scale of each column as given.

        The scales are equal in the units in which the record penalises.
        """
        scales = np.full(self.X.shape[1], PRIOR_SCALES[record.norm, record.summed])
        return scales if record.columns is Columns.AS_GIVEN else scales / self.x_sd

    def setting(self, record: Convention) -> float | FloatArray:
        """Return the library's setting for this prior, by ``convert``."""
        scales, source = self.prior_scales(record), SOURCE_OF[record.norm]
        quantities = self.quantities(source, record.name)
        return convert(scales, source, record.name, **quantities).value

    def solve(self, record: Convention, prior_scales: FloatArray) -> Fitted:
        """Return the mode of the posterior, numerically where it has no exact mean."""
        gaussian = (SummedLoss.SQUARED, SummedLoss.ANY)
        if record.norm is Norm.L2 and record.summed in gaussian:
            return self._exact(record, prior_scales)
        match record.norm:
            case Norm.L2:
                penalised = record.intercept is Intercept.PENALISED
                on_intercept = prior_scales[0] ** -2 if penalised else 0.0
                precisions = np.append(on_intercept, prior_scales**-2)
                none, every = np.zeros(len(precisions)), np.arange(len(precisions))
                mode = smooth_mode(self._loss(record), precisions, none, every)
            case Norm.L1:
                slopes = np.append(0.0, 1 / prior_scales)
                mode = sparse_mode(self._loss(record), slopes)
            case _:
                assert_never(record.norm)
        return Fitted(float(mode[0]), mode[1:])

    def _loss(self, record: Convention) -> Derivatives:
        """Return gradient and Hessian of the negative log-likelihood."""
        match record.summed:
            case SummedLoss.LOGISTIC:
                return logistic_loss(self.design, self.labels, self.weights)
            case SummedLoss.SQUARED | SummedLoss.ANY:
                return squared_loss(self.design, self.y, self.weights, self.noise_sd)
            case _:
                assert_never(record.summed)

    def _exact(self, record: Convention, prior_sds: FloatArray) -> Fitted:
        """Return the exact posterior mean.

        A penalised intercept is the coefficient of a column of ones.
        """
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
        if penalised:
            return Fitted(float(posterior.coef[0]), posterior.coef[1:])
        return Fitted(float(posterior.intercept), posterior.coef)


@cache
def patients() -> Problem:
    """Return the problem without weights."""
    X, y = datasets.diabetes()
    block = X[FEATURES].to_numpy()[:100]
    block = (block - block.mean(axis=0)) / block.std(axis=0) * COLUMN_SDS + COLUMN_MEANS
    response = y.to_numpy(dtype=float)[:100]
    labels = np.where(response > np.median(response), 1.0, -1.0)
    return Problem(np.tile(block, (4, 1)), np.tile(response, 4), np.tile(labels, 4))
