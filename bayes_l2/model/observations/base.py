r"""The log likelihood of all rows, as a function of intercepts and coefficients.

.. math:: \ell(a, b) = \sum_i \log p(y_i \mid \eta_i), \qquad
          \nabla \ell = \sum_i \tilde x_i\, \partial_\eta \log p, \qquad
          \nabla^2 \ell = \sum_i \tilde x_i \tilde x_i^\top \partial_\eta^2 \log p

for :math:`\tilde x = (1, x)`.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.layout import Parameters
from bayes_l2.model.priors import Prior


class AbsoluteTerms(NamedTuple):
    """The kinks of a function of v: sum_i slopes[i] abs(rows[i] v - targets[i])."""

    rows: FloatArray
    targets: FloatArray
    slopes: FloatArray


class Observations(ABC):
    """The log likelihood of the parts of a parameter vector.

    Derivatives are by all intercepts, and then by the coefficients class by class.
    """

    @property
    @abstractmethod
    def center(self) -> FloatArray:
        """The best origin of [X y]: elsewhere intercept and columns are collinear."""

    def start(self, prior: Prior, lines: int) -> tuple[FloatArray, FloatArray]:
        """Return intercepts, (lines,), and coefficients where a search starts."""
        mean = prior.mean_vector(len(self.center) - 1)
        return np.zeros(lines), np.broadcast_to(mean, (lines, len(mean)))

    def visit(self, parts: Parameters) -> None:  # noqa: B027 - most need no pass
        """Find out all derivatives at a point by one pass, if that saves others."""

    def arrived(self, parts: Parameters) -> None:  # noqa: B027 - most forget it
        """Take note of a mode, if evaluations there are worth being remembered."""

    @property
    def are_dear(self) -> bool:
        """Whether an evaluation is a pass over rows that are not in memory."""
        return False

    @abstractmethod
    def recentred(self, center: FloatArray) -> "Observations":
        """Return the observations with another origin of [X y]."""

    @abstractmethod
    def log_likelihood(self, parts: Parameters) -> float:
        """Return log p(y | parameters), constants included."""

    @abstractmethod
    def value_and_slopes(self, parts: Parameters) -> tuple[float, FloatArray, float]:
        """Return the log likelihood, its gradient, and its slope by log noise_sd."""

    def slopes(
        self, intercepts: FloatArray, coefs: FloatArray, noise_sd: float
    ) -> FloatArray:
        """Return the gradients at m points: intercepts (m, K) and coefs (m, K, p)."""
        points = zip(intercepts, coefs, strict=True)
        parts = (Parameters(*point, noise_sd, 1.0) for point in points)
        return np.array([self.value_and_slopes(each)[1] for each in parts])

    @abstractmethod
    def curvature(self, parts: Parameters) -> FloatArray:
        """Return the Hessian of the log likelihood, its kinks left out."""

    @abstractmethod
    def squares(self, parts: Parameters) -> float:
        """Return the sum of squared residuals in noise sds, 0 without a noise sd."""

    @abstractmethod
    def information(self, parts: Parameters) -> FloatArray:
        """Return minus the Hessian, or the Fisher information where there are kinks."""

    @abstractmethod
    def relative_move(
        self,
        parts: Parameters,
        intercept: FloatArray,
        coef: FloatArray,
        *,
        least: float = 0.0,
    ) -> float:
        """Return the largest change of a linear predictor, in units of 1 + itself.

        The change is by a step of intercepts and coefficients. It counts as 0 where the
        curvature does not depend on linear predictors. The result is at least
        ``least``: smaller changes need not be told apart.
        """

    @abstractmethod
    def largest_move(self, intercept: FloatArray, coef: FloatArray) -> float:
        """Return the largest change of a linear predictor by a step, or a bound."""

    @abstractmethod
    def absolute_terms(self) -> AbsoluteTerms | None:
        """Return the kinks of minus the log likelihood, None for a smooth one."""
