r"""The double-exponential prior, which is an L1 penalty.

.. math:: -\log p(b) = \lVert b \rVert_1 / s + \text{const.}
"""

from dataclasses import dataclass
from typing import ClassVar, override

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.priors.base import Prior
from bayes_l2.validation import positive_number, set_fields


@dataclass(frozen=True, repr=False)
class Laplace(Prior):
    r"""Double-exponential prior on the coefficients, which is an L1 penalty.

    .. math:: p(b) = \prod_j \frac{1}{2s} e^{-\lvert b_j \rvert / s}

    Penalty, the negative logarithm up to a constant: :math:`\lVert b \rVert_1 / s`. It
    is convex, but not strictly. It is differentiable except where a coefficient is 0.
    There its slopes are :math:`\pm 1/s`, and each number between them is a
    subgradient. So the mode can have coefficients of exactly 0.

    Parameters
    ----------
    scale : float
        Mean absolute coefficient s, in units of y per unit of the column. The prior
        sd is :math:`\sqrt2\, s`.

    Raises
    ------
    ValueError
        If ``scale`` is not one positive, finite number.

    References
    ----------
    Tibshirani (1996), J. R. Statist. Soc. B 58(1), section 5; Park and Casella
    (2008), JASA 103(482).
    """

    name: ClassVar[str] = "L1"
    is_smooth: ClassVar[bool] = False
    scale: float

    def __post_init__(self) -> None:
        set_fields(self, scale=positive_number(self.scale, "prior scale"))

    def __repr__(self) -> str:
        return f"priors.Laplace(scale={self.scale:g})"

    @property
    @override
    def kink_slope(self) -> float:
        return 1 / self.scale

    @override
    def log_density(self, coef: FloatArray, multiplier: float | None = None) -> float:
        normaliser = coef.size * np.log(2 * self.scale)
        return float(-np.abs(coef).sum() / self.scale - normaliser)

    @override
    def smooth_part(
        self, coef: FloatArray, multiplier: float | None = None
    ) -> tuple[float, FloatArray]:
        return 0.0, np.zeros_like(coef)

    @override
    def curvature(self, n_features: int, multiplier: float) -> FloatArray:
        return np.zeros((n_features, n_features))

    @override
    def belief(self) -> str:
        return f"b ~ Laplace(0, {self.scale:g}), each coefficient by itself"

    @override
    def objective(self, loss: str, *, in_noise_units: bool, is_penalty: bool) -> str:
        divided = f"{loss} / 2σ²" if in_noise_units else loss
        return f"{divided} + Σ|b| / {self.scale:g}"
