r"""The interface of a likelihood, which speaks in the linear predictor.

.. math:: \log p(y \mid b) = \sum_i \log p(y_i \mid \eta_i), \qquad
          \eta_i = a + x_i^\top b

A likelihood knows no rows and no coefficients. It knows y and :math:`\eta` of each
row: its log density, and the two derivatives by :math:`\eta`. Where each of K classes
has a linear predictor, the shape of :math:`\eta` is (..., n, K), else (..., n).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model.scales import Known, Scale


def in_row(number: int) -> str:
    """Return the place of a row in words."""
    return f"row {number} (counting from 0)"


class Loss(Protocol):
    """A loss of residuals y - η or, for labels -1 and 1, of margins y η."""

    name: ClassVar[str]
    is_smooth: ClassVar[bool]  # whether it is continuously differentiable everywhere

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return the negative log-likelihood of each residual, less its least value."""
        ...

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return the derivative by the residual, or the subgradient nearest 0."""
        ...


class Terms(NamedTuple):
    """The terms of a model's formulas, as text."""

    predictor: str  # a + Xb, or Xb
    residual: str  # y - a - Xb, or y - Xb
    is_weighted: bool
    classes: tuple[Any, ...]

    @property
    def weight(self) -> str:
        """The factor of a row in a sum."""
        return "weight " if self.is_weighted else ""

    @property
    def over_weight(self) -> str:
        """The divisor of a row's variance or scale."""
        return " / weight" if self.is_weighted else ""


class Directions(NamedTuple):
    """Directions b along which a log likelihood never falls: signs * (X b) >= 0."""

    X: FloatArray
    signs: FloatArray
    level: FloatArray | None = None  # rows whose X b must be 0


class Likelihood(ABC):
    """A density of y given the linear predictor, which is a loss.

    Attributes
    ----------
    name : str
        Name of the loss.
    is_smooth : bool
        Whether the loss is continuously differentiable everywhere.
    encoding : str
        The kind of y: models with likelihoods of one kind can share their rows.
    by_class : bool
        Whether each class has a linear predictor.
    takes_labels : bool
        Whether y holds labels of classes.
    moves_with_y : bool
        Whether the density depends on y - η alone, so that the origin of y is free.
    has_statistics : bool
        Whether the sufficient statistics of the rows are enough.
    sd : float, prior on a scale, or None
        The noise sd as given, None for a likelihood without one.
    noise : Scale
        The noise sd as a scale, 1 for a likelihood without one.
    unit : str
        The unit of the linear predictor, in words.
    is_whole : bool
        Whether y is a whole number.
    """

    name: ClassVar[str]
    is_smooth: ClassVar[bool] = True
    encoding: ClassVar[str] = "numbers"
    by_class: ClassVar[bool] = False
    takes_labels: ClassVar[bool] = False
    moves_with_y: ClassVar[bool] = False
    has_statistics: ClassVar[bool] = False
    sd: Any = None
    noise: Scale = Known(1.0)
    unit: ClassVar[str] = "units of y"
    is_whole: ClassVar[bool] = False

    def encode(
        self, y: Any, weights: FloatArray | None, *, length: int
    ) -> tuple[FloatArray, tuple[Any, ...] | None]:
        """Return y as numbers, and the classes that they stand for, if any.

        Rows of weight 0 do not count.
        """
        return validation.vector(y, "y", length=length), None

    def encode_part(
        self,
        y: Any,
        classes: tuple[Any, ...] | None,
        weights: FloatArray | None,
        *,
        length: int,
        row: Callable[[int], str] = in_row,
    ) -> FloatArray:
        """Return y of some of the rows as numbers, where all classes are known.

        ``row`` names the place of a row in words.
        """
        return validation.vector(y, "y", length=length)

    def require_classes(self, found: tuple[Any, ...], n_rows: int) -> None:
        """Refuse classes that are too few or too many for the number of rows."""
        raise ValueError(f"{self!r} has no classes")

    def first_guess(
        self, y: FloatArray, weights: FloatArray | None
    ) -> tuple[FloatArray, FloatArray] | None:
        """Return a guess of each linear predictor from its row alone, and its weight.

        The least squares of the guesses can start a search. None means that a row alone
        says too little.
        """
        return None

    @abstractmethod
    def log_density(
        self,
        y: FloatArray,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Return log p(y_i | eta_i) of each row, constants included; shapes broadcast.

        Parameters
        ----------
        y, eta : ndarray
            Observations and linear predictor.
        noise_sd : float or ndarray, optional
            Noise sd of a row of weight 1, where the likelihood has one.
        weights : ndarray, optional
            Row weights.

        Returns
        -------
        ndarray
            Log density of each row.
        """

    def log_constant(self, y: FloatArray, weights: FloatArray) -> float:
        """Return the terms of the log likelihood that no linear predictor changes."""
        return 0.0

    @abstractmethod
    def value_and_slope(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return the log likelihood less its constant, and its derivative by eta.

        A kink counts as slope 0. The derivative has the shape of eta.
        """

    @abstractmethod
    def curvature(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> FloatArray:
        """Return the second derivatives by eta of each row, kinks left out.

        The shape is (n,), or (n, K, K) where each class has a linear predictor. A log
        density is concave: no entry is positive. By class the entries of a row of the
        matrix sum to 0, and those off the diagonal are not negative.
        """

    def derivatives(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        """Return ``value_and_slope`` and ``curvature`` together."""
        value, slope = self.value_and_slope(y, eta, weights)
        return value, slope, self.curvature(y, eta, weights)

    def level(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the intercepts that fit best without coefficients, shape (K,)."""
        return np.zeros(1)

    def information(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> FloatArray:
        """Return minus the curvature; the Fisher information where there are kinks."""
        return -self.curvature(y, eta, weights)

    def kink_slopes(self, weights: FloatArray) -> FloatArray | None:
        """Return the slope of each row's absolute residual, None for a smooth loss."""
        return None

    def directions(self, rows: FloatArray, y: FloatArray) -> Directions | None:
        """Return the directions along which the log likelihood never falls.

        None means that it falls along every direction that changes a predictor. Each
        row of the result is on the good side where its sign times X b is positive.
        """
        return None

    def margins(self, y: FloatArray, eta: FloatArray) -> FloatArray:
        """Return how far each row is on the good side of ``directions``.

        A negative margin means that the log likelihood of the row falls where its
        linear predictor moves along eta. The shape is (n,).
        """
        raise ValueError(f"the log likelihood of {self!r} falls in every direction")

    @property
    def separated(self) -> str:
        """The finding that the log likelihood grows without end, in words."""
        raise ValueError(f"the log likelihood of {self!r} falls in every direction")

    @staticmethod
    @abstractmethod
    def mean(eta: FloatArray) -> FloatArray:
        """Return the expected y, or the probabilities of classes, at eta."""

    def expected(self, mean: FloatArray, roots: FloatArray) -> FloatArray:
        """Return ``mean(eta)`` averaged over Gaussian linear predictors.

        Parameters
        ----------
        mean : ndarray of shape (m,) or (m, K)
            Means of the predictors.
        roots : ndarray of shape (m, d) or (m, K, d)
            Roots R of their covariances RR'.
        """
        raise ValueError(f"{self!r} has no average over Gaussian linear predictors")

    def variance(self, eta: FloatArray, noise_sd: Any = None) -> FloatArray:
        """Return the variance of an observation of weight 1; shapes broadcast."""
        raise ValueError(f"{self!r} has no variance: its observations are labels")

    def cdf(self, y: FloatArray, eta: FloatArray, noise_sd: Any = None) -> FloatArray:
        """Return P(observation of weight 1 <= y) at eta; shapes broadcast.

        Between two counts it is continued smoothly.
        """
        raise ValueError(f"{self!r} has no cdf: its observations are labels")

    @abstractmethod
    def sample(
        self,
        rng: np.random.Generator,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Draw an observation for each linear predictor; shapes broadcast."""

    def from_pymc(self, y: Any) -> Any:
        """Return observations of ``pymc_program`` as the model keeps them."""
        return y

    @abstractmethod
    def sentence(self, terms: Terms) -> str:
        """Return the likelihood in words, such as "y ~ Normal(a + Xb, 54²)"."""

    @abstractmethod
    def formula(self, terms: Terms) -> str:
        """Return the loss as a formula."""
