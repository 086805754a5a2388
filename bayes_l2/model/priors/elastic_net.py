r"""The elastic-net prior, which is an L1 and an L2 penalty.

.. math:: -\log p(b) = \lVert b \rVert_1 / s + \tfrac{1}{2\tau^2} \lVert b \rVert^2
          + \text{const.}
"""

from dataclasses import dataclass
from math import log, pi, sqrt
from typing import ClassVar, override

import numpy as np
from scipy.special import erfcx

from bayes_l2.arrays import FloatArray
from bayes_l2.model.priors.base import Prior
from bayes_l2.validation import positive_number, set_fields


@dataclass(frozen=True, repr=False)
class ElasticNet(Prior):
    r"""Product of a double-exponential and a Gaussian density: L1 and L2 penalty.

    .. math:: p(b) = \prod_j \frac1Z e^{-\lvert b_j \rvert / s - b_j^2 / 2\tau^2},
              \qquad
              Z = \tau \sqrt{2\pi}\; e^{\tau^2 / 2s^2}\,
              \mathrm{erfc}\!\left(\frac{\tau}{s \sqrt2}\right)

    Penalty, the negative logarithm up to a constant:
    :math:`\lVert b \rVert_1 / s + \lVert b \rVert^2 / 2\tau^2`. It is strictly convex,
    and differentiable except where a coefficient is 0. There its slopes are
    :math:`\pm 1/s`. So the mode can have coefficients of exactly 0, and equal columns
    have equal coefficients.

    Parameters
    ----------
    l1_scale : float
        The scale s of the double-exponential factor, in units of y per unit of the
        column.
    l2_sd : float
        The sd :math:`\tau` of the Gaussian factor, in the same units.

    Raises
    ------
    ValueError
        If an argument is not one positive, finite number.

    References
    ----------
    Zou and Hastie (2005), J. R. Statist. Soc. B 67(2), section 2; Li and Lin (2010),
    Bayesian Analysis 5(1).
    """

    name: ClassVar[str] = "elastic-net"
    is_smooth: ClassVar[bool] = False
    l1_scale: float
    l2_sd: float

    def __post_init__(self) -> None:
        set_fields(
            self,
            l1_scale=positive_number(self.l1_scale, "prior l1_scale"),
            l2_sd=positive_number(self.l2_sd, "prior l2_sd"),
        )

    def __repr__(self) -> str:
        return f"priors.ElasticNet(l1_scale={self.l1_scale:g}, l2_sd={self.l2_sd:g})"

    @property
    @override
    def kink_slope(self) -> float:
        return 1 / self.l1_scale

    @property
    def log_share(self) -> float:
        """Log Z less that of the Gaussian factor alone, of one coefficient."""
        return log(float(erfcx(self.l2_sd / self.l1_scale / sqrt(2))))

    @override
    def log_density(self, coef: FloatArray, multiplier: float | None = None) -> float:
        log_z = log(self.l2_sd) + 0.5 * log(2 * pi) + self.log_share
        kinks = np.abs(coef).sum() / self.l1_scale
        return float(self.smooth_part(coef)[0] - kinks - coef.size * log_z)

    @override
    def smooth_part(
        self, coef: FloatArray, multiplier: float | None = None
    ) -> tuple[float, FloatArray]:
        scaled = coef / self.l2_sd
        return -0.5 * float(np.sum(scaled**2)), -scaled / self.l2_sd

    @override
    def curvature(self, n_features: int, multiplier: float) -> FloatArray:
        return -np.eye(n_features) / self.l2_sd**2

    @override
    def belief(self) -> str:
        exponent = f"-|b| / {self.l1_scale:g} - b² / 2·{self.l2_sd:g}²"
        return f"p(b) ∝ exp({exponent}), each coefficient by itself"

    @override
    def objective(self, loss: str, *, in_noise_units: bool, is_penalty: bool) -> str:
        divided = f"{loss} / 2σ²" if in_noise_units else loss
        squares = f"||b||²/(2·{self.l2_sd:g}²)"
        return f"{divided} + Σ|b| / {self.l1_scale:g} + {squares}"
