r"""Three or more classes, which is softmax cross-entropy.

.. math:: -\log P(y_i \mid \eta_i) = \log \sum_l e^{\eta_{il}} - \eta_{i y_i}
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, override

import numpy as np
from scipy import special
from scipy.special import ndtri

from bayes_l2 import labels
from bayes_l2.arrays import FloatArray
from bayes_l2.model.likelihoods.base import Directions, Likelihood, Terms, in_row

SOBOL_POINTS = 1024


@dataclass(frozen=True, repr=False)
class Categorical(Likelihood):
    r"""Three or more classes, which is softmax cross-entropy.

    .. math:: P(y_i = k \mid \eta_i) = \frac{e^{\eta_{ik}}}{\sum_l e^{\eta_{il}}},
              \qquad k = 1, \dots, K

    Each class has a linear predictor. Weights are powers of the rows' likelihoods.
    Loss, the negative logarithm: :math:`\log \sum_l e^{d_{il}}` of the differences
    :math:`d_{il} = \eta_{il} - \eta_{i y_i}`. It has derivatives of every order, the
    first the probabilities. It is convex, but not strictly: one number added to all
    predictors of a row changes nothing.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.4.
    """

    name: ClassVar[str] = "softmax cross-entropy"
    encoding: ClassVar[str] = "classes"
    by_class: ClassVar[bool] = True
    unit: ClassVar[str] = "log odds"
    takes_labels: ClassVar[bool] = True

    def __repr__(self) -> str:
        return "likelihoods.Categorical()"

    @override
    def encode(
        self, y: Any, weights: FloatArray | None, *, length: int
    ) -> tuple[FloatArray, tuple[Any, ...] | None]:
        return labels.three_or_more_classes(y, "y", weights, length=length)

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
        counted = np.full(length, True) if weights is None else weights > 0
        return labels.places_among(classes or (), y, "y", counted, row)

    @override
    def require_classes(self, found: tuple[Any, ...], n_rows: int) -> None:
        labels.require_three_or_more(found, "y", n_rows)

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return log sum exp of differences d, shape (..., K), over the last axis."""
        return np.asarray(special.logsumexp(residual, axis=-1))

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return the derivative by differences d, shape (..., K): probabilities."""
        return special.softmax(residual, axis=-1)

    @override
    def log_density(
        self,
        y: FloatArray,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        places = np.broadcast_to(y.astype(int), eta.shape[:-1])[..., np.newaxis]
        own = np.take_along_axis(eta, places, axis=-1)
        density = -self.loss(eta - own)
        return density if weights is None else weights * density

    @override
    def value_and_slope(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> tuple[float, FloatArray]:
        value, probabilities = _value_and_probabilities(y, eta, weights)
        return value, _slope(y, probabilities, weights)

    @override
    def curvature(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> FloatArray:
        return _curvature(self.mean(eta), weights)

    @override
    def derivatives(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        value, probabilities = _value_and_probabilities(y, eta, weights)
        slope = _slope(y, probabilities, weights)
        return value, slope, _curvature(probabilities, weights)

    @override
    def level(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        logs = np.log(np.bincount(y.astype(int), weights))
        return logs - logs.mean()

    @override
    def directions(self, rows: FloatArray, y: FloatArray) -> Directions | None:
        # as two classes: each row less itself in the place of another class
        n, width = rows.shape
        n_classes = int(y.max()) + 1
        own, others = np.zeros((2, n, n_classes, n_classes, width))
        for k in range(n_classes):
            own[y == k, :, k] = rows[y == k, np.newaxis]
            others[:, k, k] = rows
        pairs = (own - others).reshape(n * n_classes, n_classes, width)
        X = (pairs[:, :-1] - pairs[:, -1:]).reshape(n * n_classes, -1)
        return Directions(X, np.ones(n * n_classes))

    @override
    def margins(self, y: FloatArray, eta: FloatArray) -> FloatArray:
        own = np.take_along_axis(eta, y.astype(int)[:, np.newaxis], axis=1)
        return (own - eta).min(axis=1)

    @property
    @override
    def separated(self) -> str:
        return "planes separate the classes"

    @staticmethod
    @override
    def mean(eta: FloatArray) -> FloatArray:
        """Return the probabilities of the classes, shape (..., K)."""
        return special.softmax(eta, axis=-1)

    @override
    def expected(self, mean: FloatArray, roots: FloatArray) -> FloatArray:
        """Return the averages over 1024 Sobol points; their error is about 1e-3."""
        from scipy.stats import qmc

        points = ndtri(qmc.Sobol(mean.shape[1], rng=0).random(SOBOL_POINTS))
        averages = np.empty_like(mean)
        for row, root in enumerate(roots):
            values, axes = np.linalg.eigh(root @ root.T)  # K x K
            spread = axes * np.sqrt(values.clip(min=0))
            averages[row] = self.mean(mean[row] + points @ spread.T).mean(axis=0)
        return averages

    @override
    def sample(
        self,
        rng: np.random.Generator,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Draw a class, 0 to K - 1: the largest of predictor plus Gumbel noise."""
        return np.argmax(eta + rng.gumbel(size=eta.shape), axis=-1).astype(float)

    @override
    def sentence(self, terms: Terms) -> str:
        shown = ", ".join(map(str, terms.classes[:4]))
        more = ", ..." if len(terms.classes) > 4 else ""
        return f"P(y = k) ∝ exp({_of_class(terms)}), k one of {shown}{more}"

    @override
    def formula(self, terms: Terms) -> str:
        total = f"log Σ_k exp({_of_class(terms)})"
        return f"Σ {terms.weight}({total} - that of y's class)"


def _value_and_probabilities(
    y: FloatArray, eta: FloatArray, weights: FloatArray
) -> tuple[float, FloatArray]:
    # in NumPy: for small data SciPy's softmax alone takes five times as long
    lines = eta - eta.max(axis=1, keepdims=True)
    powers = np.exp(lines)
    totals = powers.sum(axis=1)
    value = weights @ (lines[np.arange(len(y)), y.astype(int)] - np.log(totals))
    powers /= totals[:, np.newaxis]
    return float(value), powers


def _slope(y: FloatArray, probabilities: FloatArray, weights: FloatArray) -> FloatArray:
    slope = probabilities * -weights[:, np.newaxis]
    own = np.arange(len(y)), y.astype(int)
    slope[own] = 0.0
    # one less the own probability would lose the digits of a small difference
    slope[own] = -slope.sum(axis=1)
    return slope


def _curvature(probabilities: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the second derivatives, shape (n, K, K); those of a pair are adjacent."""
    shares = probabilities.T
    weighted = weights * shares
    blocks = weighted[:, np.newaxis] * shares
    places = np.arange(len(shares))
    blocks[places, places] = 0.0
    # as a sum of positive terms: 1 less a share near 1 would lose its digits
    blocks[places, places] = -blocks.sum(axis=1)
    return blocks.transpose(2, 0, 1)


def _of_class(terms: Terms) -> str:
    return terms.predictor.replace("a", "a_k").replace("Xb", "Xb_k")
