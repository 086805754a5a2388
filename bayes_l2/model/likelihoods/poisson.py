r"""Counts, with a rate that is log-linear in the columns.

.. math:: -\log P(y_i \mid \eta_i) = e^{\eta_i} - y_i \eta_i + \log y_i!
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, override

import numpy as np
from scipy.special import gammaincc, gammaln

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model.likelihoods.base import Directions, Likelihood, Terms, in_row

FIRST_RATE = 0.1  # more than the count: the first guess of a row's rate
SMALLEST_LOG_RATE = -700.0  # exp of less is 0, where the cdf has no value at -1


@dataclass(frozen=True, repr=False)
class Poisson(Likelihood):
    r"""Counts, which is Poisson loss with a log link.

    .. math:: y_i \mid \eta_i \sim \mathrm{Poisson}(e^{\eta_i}),
              \qquad y_i \in \{0, 1, 2, \dots\}

    Weights are powers of the rows' likelihoods. Loss, the negative logarithm up to a
    constant: :math:`e^{\eta} - y \eta`. It is strictly convex in :math:`\eta` and has
    derivatives of every order, the first :math:`e^{\eta} - y`. For y = 0 it has no
    minimum: it falls to 0 as :math:`\eta \to -\infty`. So the likelihood has no maximum
    where a direction of the columns lowers only the rates of zero counts.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 6; Santos Silva and
    Tenreyro (2010), Economics Letters 107(2), for counts without a maximum.
    """

    name: ClassVar[str] = "Poisson"
    encoding: ClassVar[str] = "counts"
    unit: ClassVar[str] = "log rate"
    is_whole: ClassVar[bool] = True

    def __repr__(self) -> str:
        return "likelihoods.Poisson()"

    @override
    def encode(
        self, y: Any, weights: FloatArray | None, *, length: int
    ) -> tuple[FloatArray, tuple[Any, ...] | None]:
        counts = self.encode_part(y, None, None, length=length)
        seen = counts if weights is None else counts[weights > 0]
        if not seen.any():
            raise ValueError(
                "y must have a positive count for likelihoods.Poisson(), got zeros in "
                "all rows: every smaller rate fits them better"
            )
        return counts, None

    @override
    def encode_part(
        self,
        y: Any,
        classes: tuple[Any, ...] | None,
        weights: FloatArray | None,
        *,
        length: int,
        row: Callable[[int], str] = in_row,
    ) -> FloatArray:
        counts = validation.vector(y, "y", length=length)
        bad = np.flatnonzero((counts < 0) | (counts != np.floor(counts)))
        if len(bad):
            raise ValueError(
                "y must hold counts, whole numbers of at least 0, for "
                f"likelihoods.Poisson(), got {counts[bad[0]]} in {row(int(bad[0]))}"
            )
        return counts

    @override
    def first_guess(
        self, y: FloatArray, weights: FloatArray | None
    ) -> tuple[FloatArray, FloatArray] | None:
        # the first step of iteratively reweighted least squares, from the rate y + 0.1
        rates = y + FIRST_RATE
        guess = np.log(rates) - FIRST_RATE / rates
        return guess, rates if weights is None else weights * rates

    @override
    def log_density(
        self,
        y: FloatArray,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        density = y * eta - np.exp(eta) - gammaln(y + 1)
        return density if weights is None else weights * density

    @override
    def log_constant(self, y: FloatArray, weights: FloatArray) -> float:
        return -float(weights @ gammaln(y + 1))

    @override
    @np.errstate(over="ignore")  # an infinite rate has the log density -infinity
    def value_and_slope(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> tuple[float, FloatArray]:
        rates = np.exp(eta)
        return float(weights @ (y * eta - rates)), weights * (y - rates)

    @override
    @np.errstate(over="ignore")
    def curvature(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> FloatArray:
        return -weights * np.exp(eta)

    @override
    @np.errstate(over="ignore")
    def derivatives(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        rates = np.exp(eta)
        value = weights @ (y * eta - rates)
        return float(value), weights * (y - rates), -weights * rates

    @override
    def level(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        return np.atleast_1d(np.log(np.average(y, weights=weights)))

    @override
    def directions(self, rows: FloatArray, y: FloatArray) -> Directions | None:
        zero = y == 0
        return Directions(rows[zero], -np.ones(int(zero.sum())), rows[~zero])

    @override
    def margins(self, y: FloatArray, eta: FloatArray) -> FloatArray:
        return np.where(y == 0, -eta, -np.abs(eta))

    @property
    @override
    def separated(self) -> str:
        return "a direction of the columns lowers only the rates of zero counts"

    @staticmethod
    @override
    def mean(eta: FloatArray) -> FloatArray:
        """Return the expected count, the rate, at eta."""
        return np.exp(eta)

    @override
    def expected(self, mean: FloatArray, roots: FloatArray) -> FloatArray:
        """Return the averages, which are means of log-normal variables."""
        return np.exp(mean + 0.5 * np.sum(roots**2, axis=-1))

    @override
    def variance(self, eta: FloatArray, noise_sd: Any = None) -> FloatArray:
        return np.exp(eta)

    @override
    def cdf(self, y: FloatArray, eta: FloatArray, noise_sd: Any = None) -> FloatArray:
        return gammaincc(y + 1, np.exp(np.maximum(eta, SMALLEST_LOG_RATE)))

    @override
    def sample(
        self,
        rng: np.random.Generator,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Draw a count for each linear predictor; shapes broadcast."""
        return rng.poisson(np.exp(eta)).astype(float)

    @override
    def sentence(self, terms: Terms) -> str:
        return f"y ~ Poisson(exp({terms.predictor}))"

    @override
    def formula(self, terms: Terms) -> str:
        predictor = terms.predictor
        return f"Σ {terms.weight}(exp({predictor}) - y ({predictor}))"
