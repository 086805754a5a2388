r"""Derivatives of posterior means and sds by the logs of penalty and noise sd.

.. math:: \frac{\partial \bar\gamma_k}{\partial \log\alpha} = -s_k \bar\gamma_k, \qquad
          \frac{\partial v_k}{\partial \log\alpha} = -s_k v_k, \qquad
          s_k = \frac{\alpha}{d_k^2 + \alpha}

Here :math:`\bar\gamma_k` and :math:`v_k` are mean and variance of the coefficients in
the eigenbasis, which are independent. All terms of a variance have one sign.
"""

from typing import NamedTuple, Self

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.linear_functions import LinearFunctions
from bayes_l2.selection.meaning.scales import Scales


class Sensitivity(NamedTuple):
    """Derivatives for intercept and coefficients, each of shape (d,)."""

    mean_by_log_penalty: FloatArray
    sd_by_log_penalty: FloatArray
    mean_by_log_noise_sd: FloatArray
    sd_by_log_noise_sd: FloatArray

    @classmethod
    def of(cls, basis: Eigenbasis, scales: Scales, sd: FloatArray) -> Self:
        r"""Return the derivatives at known scales.

        With :math:`b = m_0 + A\gamma + \tau N z_0`, and h = :math:`1/\sqrt W` for the
        intercept, 0 for a coefficient:

        .. math:: \frac{\partial m}{\partial \log\alpha} = -A (s \bar\gamma), \qquad
                  \frac{\partial V}{\partial \log\alpha}
                  = -\textstyle\sum_k A_k^2 s_k v_k - \tau^2 \lVert N \rVert^2

        .. math:: \frac{\partial m}{\partial \log\sigma}
                  = 2 \frac{\partial m}{\partial \log\alpha}, \qquad
                  \frac{\partial V}{\partial \log\sigma}
                  = 2 \textstyle\sum_k A_k^2 (1 - s_k) v_k + 2 h^2 \sigma^2

        The second line is that of a prior whose sd does not move. Under a prior
        relative to the noise the penalty does not move: the mean stays, and the sd is
        in proportion to :math:`\sigma`.

        Parameters
        ----------
        basis : Eigenbasis
            The basis of a model without flat columns.
        scales : Scales
            Its scales.
        sd : ndarray of shape (d,)
            The posterior sds.
        """
        functions = LinearFunctions.parameters(basis)
        axes, penalty = functions.axes, scales.relative
        shrunken = basis.shrinkage(penalty)
        kept = basis.eigenvalues / (basis.eigenvalues + penalty)
        variances = scales.noise_sd**2 * basis.variances(penalty)
        outside = scales.prior_sd**2 * functions.outside_variances
        mean = -axes @ (shrunken * basis.means(penalty))
        variance = -(axes**2 @ (shrunken * variances)) - outside
        by_penalty = mean, variance / (2 * sd)
        if scales.in_noise_units:
            return cls(*by_penalty, np.zeros_like(sd), np.array(sd))
        own = (scales.noise_sd * functions.noise) ** 2
        by_noise = axes**2 @ (kept * variances) + own
        return cls(*by_penalty, 2 * mean, by_noise / sd)
