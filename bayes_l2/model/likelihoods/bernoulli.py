r"""Two classes, which is binary cross-entropy.

.. math:: -\log P(y_i \mid \eta_i) = \log(1 + e^{-y_i \eta_i}), \qquad y_i \in \{-1, 1\}
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, override

import numpy as np
from scipy import special

from bayes_l2 import labels
from bayes_l2.arrays import FloatArray
from bayes_l2.model.likelihoods.base import Directions, Likelihood, Terms, in_row

WIDE = 100.0  # an sd of the predictor for which a logistic step is nearly a normal one
ROWS_AT_ONCE = 256


@dataclass(frozen=True, repr=False)
class Bernoulli(Likelihood):
    r"""Two classes, which is binary cross-entropy.

    .. math:: P(y_i = 1 \mid \eta_i) = \frac{1}{1 + e^{-\eta_i}},
              \qquad y_i \in \{-1, 1\}

    Weights are powers of the rows' likelihoods. Loss, the negative logarithm:
    :math:`\log(1 + e^{-m_i})` of the margin :math:`m_i = y_i \eta_i`. It is strictly
    convex and has derivatives of every order, the first :math:`-1 / (1 + e^{m})`. It
    has no minimum: it falls to 0 as the margin grows. So separable classes have no
    maximum of the likelihood.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.2.
    """

    name: ClassVar[str] = "cross-entropy"
    encoding: ClassVar[str] = "two classes"
    unit: ClassVar[str] = "log odds"
    takes_labels: ClassVar[bool] = True

    def __repr__(self) -> str:
        return "likelihoods.Bernoulli()"

    @override
    def encode(
        self, y: Any, weights: FloatArray | None, *, length: int
    ) -> tuple[FloatArray, tuple[Any, ...] | None]:
        return labels.two_classes(y, "y", weights, length=length)

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
        places = labels.places_among(classes or (), y, "y", counted, row)
        return 2.0 * places - 1.0

    @override
    def require_classes(self, found: tuple[Any, ...], n_rows: int) -> None:
        labels.require_two(found, "y", n_rows)

    def loss(self, residual: FloatArray) -> FloatArray:
        """Return log(1 + exp(-m)) of margins m = y eta."""
        return np.logaddexp(0.0, -residual)

    def gradient(self, residual: FloatArray) -> FloatArray:
        """Return -1 / (1 + exp(m)) of margins m = y eta."""
        return -special.expit(-residual)

    @override
    def log_density(
        self,
        y: FloatArray,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        density = -self.loss(y * eta)
        return density if weights is None else weights * density

    @override
    def value_and_slope(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> tuple[float, FloatArray]:
        value, by_margin, _ = _by_margins(y * eta, weights)
        return value, y * by_margin

    @override
    def curvature(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> FloatArray:
        _, _, curvature = _by_margins(y * eta, weights)
        return curvature

    @override
    def derivatives(
        self, y: FloatArray, eta: FloatArray, weights: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        value, by_margin, curvature = _by_margins(y * eta, weights)
        return value, y * by_margin, curvature

    @override
    def level(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        return np.atleast_1d(np.log((weights @ (y > 0)) / (weights @ (y < 0))))

    @override
    def directions(self, rows: FloatArray, y: FloatArray) -> Directions | None:
        return Directions(rows, y)

    @override
    def margins(self, y: FloatArray, eta: FloatArray) -> FloatArray:
        return y * eta

    @property
    @override
    def separated(self) -> str:
        return "a plane separates the two classes"

    @staticmethod
    @override
    def mean(eta: FloatArray) -> FloatArray:
        """Return the probability of the second class at eta."""
        return special.expit(eta)

    @override
    def expected(self, mean: FloatArray, roots: FloatArray) -> FloatArray:
        """Return the averages by the trapezoidal rule, to 1e-8."""
        sds = np.linalg.norm(roots, axis=-1)
        averages = np.empty(len(mean))
        # rows whose sds are of one size share the nodes
        sizes = np.ceil(np.clip(sds, 1.0, WIDE + 1))
        for size in np.unique(sizes):
            which = np.flatnonzero(sizes == size)
            for part in np.array_split(which, len(which) // ROWS_AT_ONCE + 1):
                averages[part] = _averages(mean[part], sds[part], size)
        return averages

    @override
    def sample(
        self,
        rng: np.random.Generator,
        eta: FloatArray,
        noise_sd: Any = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Draw a label, -1 or 1, for each linear predictor; shapes broadcast."""
        return np.where(rng.uniform(size=eta.shape) < special.expit(eta), 1.0, -1.0)

    @override
    def from_pymc(self, y: Any) -> Any:
        """Return labels False and True as -1 and 1."""
        return 2.0 * y.astype(float) - 1.0

    @override
    def sentence(self, terms: Terms) -> str:
        first, second = terms.classes or (-1, 1)
        probability = f"1 / (1 + exp(-({terms.predictor})))"
        return f"P(y = {second}) = {probability}, else y = {first}"

    @override
    def formula(self, terms: Terms) -> str:
        second = terms.classes[1] if terms.classes else 1
        loss = f"Σ {terms.weight}log(1 + exp(∓({terms.predictor})))"
        return f"{loss}, - where y = {second},"


def _by_margins(
    margins: FloatArray, weights: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Return the log likelihood, and its two derivatives by the margins.

    One power of e serves them all.
    """
    power = np.exp(-np.abs(margins))
    value = weights @ (np.minimum(margins, 0.0) - np.log1p(power))
    part = weights / (1 + power)
    by_margin = part * np.where(margins > 0, power, 1.0)
    return float(value), by_margin, -power * part / (1 + power)


def _averages(mean: FloatArray, sds: FloatArray, size: float) -> FloatArray:
    """Return E[1 / (1 + exp(-eta))] for eta ~ Normal(mean, sd²), no sd above a size."""
    if size > WIDE:
        return special.ndtr(mean / np.hypot(sds, np.pi / np.sqrt(3)))
    # the error of the rule falls as exp(-4 π²)
    z = np.arange(-9, 9, 0.5 / size)
    weights = np.exp(-0.5 * z**2)
    eta = mean[:, np.newaxis] + sds[:, np.newaxis] * z
    return special.expit(eta) @ (weights / weights.sum())
