r"""The two covariances that are both called that of ridge regression.

.. math:: \sigma^2 (X^\top X + \alpha I)^{-1} \qquad\text{and}\qquad
          \sigma^2 (X^\top X + \alpha I)^{-1} X^\top X (X^\top X + \alpha I)^{-1}
"""

from dataclasses import dataclass

import numpy as np

from bayes_l2 import arguments
from bayes_l2.arrays import FixedArrays, FloatArray
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.texts import gathered, shortened


@dataclass(frozen=True, eq=False)
class RidgeCovariances(FixedArrays):
    r"""The posterior and the sampling covariance of ridge coefficients.

    .. math:: \sigma^2 (X^\top X + \alpha I)^{-1} \quad\text{and}\quad
              \sigma^2 (X^\top X + \alpha I)^{-1} X^\top X (X^\top X + \alpha I)^{-1}

    The scales are known. The first is the uncertainty of the coefficients about the
    estimate, given these data and the prior. The second is the scatter of estimates
    from other data with the same X. They scatter about a shrunken value, and the second
    covariance leaves out this bias: it is always the smaller one. Without a penalty the
    two are equal.

    Attributes
    ----------
    names : tuple of str
        Names of the p coefficients.
    posterior, sampling : ndarray of shape (p, p)
        The two covariances.

    References
    ----------
    Hoerl and Kennard (1970), Technometrics 12(1), section 4, for the second.
    """

    names: tuple[str, ...]
    posterior: FloatArray
    sampling: FloatArray

    def __repr__(self) -> str:
        pairs = zip(self.names, self.posterior_sd, self.sampling_sd, strict=True)
        sds = [f"{shortened(name)}: {a:.4g} and {b:.4g}" for name, a, b in pairs]
        return f"RidgeCovariances(posterior and sampling sd of {gathered(sds)})"

    @property
    def posterior_sd(self) -> FloatArray:
        """Standard deviations of the posterior, shape (p,)."""
        return np.sqrt(np.diag(self.posterior))

    @property
    def sampling_sd(self) -> FloatArray:
        """Standard errors: the sds of the estimates, shape (p,)."""
        return np.sqrt(np.diag(self.sampling))


def ridge_covariances(model: LinearModel) -> RidgeCovariances:
    r"""Return both covariances of the coefficients of a model with known scales.

    Parameters
    ----------
    model : LinearModel
        Any Gaussian or flat prior; with a general covariance :math:`S_0`, or an sd for
        each column, :math:`\sigma^2 S_0^{-1}` stands for :math:`\alpha I`. It is 0 for
        columns with a flat prior.

    Returns
    -------
    RidgeCovariances
        ``posterior`` and ``sampling``.

    Raises
    ------
    ValueError
        If a scale is unknown.
    """
    arguments.instance(model, LinearModel, "model")
    noise_sd, prior = model.likelihood.noise.value, model.gaussian_prior
    basis = Eigenbasis.of(model)
    free = noise_sd**2 * basis.free_axes @ basis.free_axes.T
    prior_sd = prior.multiplier(noise_sd, prior.spread.value)
    penalty = (noise_sd / prior_sd) ** 2 / basis.unit
    given = noise_sd**2 * basis.variances(np.array(penalty))
    posterior = basis.axes * given @ basis.axes.T + free
    outside = prior_sd * basis.outside_axes
    posterior += outside @ outside.T
    shrunken = given * basis.eigenvalues / (basis.eigenvalues + penalty)
    sampling = basis.axes * shrunken @ basis.axes.T + free
    return RidgeCovariances(model.feature_names, posterior, sampling)
