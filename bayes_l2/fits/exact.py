r"""The exact posterior of a Gaussian model.

.. math:: S^{-1} = S_0^{-1} + \tfrac{1}{\sigma^2} X^\top W X, \qquad
          m = m_0 + \tfrac{1}{\sigma^2} S X^\top W (y - X m_0)

It is in closed form where there is one, else by quadrature over the unknown scales.
"""

from collections.abc import Callable

from bayes_l2 import arguments
from bayes_l2.fits.units import refused_beyond_doubles
from bayes_l2.model import likelihoods, pairs, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.gaussian import GaussianPosterior
from bayes_l2.posteriors.mixture import MixturePosterior
from bayes_l2.posteriors.normal_inverse_gamma import NormalInverseGammaPosterior

WIDE = 1000  # more columns than this, and than rows: no p x p matrix is made

ExactPosterior = GaussianPosterior | NormalInverseGammaPosterior | MixturePosterior


def without_exact(model: LinearModel) -> str:
    """Return why a model has no exact posterior, empty where it has one."""
    likelihood, prior = type(model.likelihood), type(model.prior)
    if (likelihood, prior) in POSTERIORS:
        return ""
    if likelihood is likelihoods.Normal:
        return (
            f"no exact posterior: the {prior.__name__} prior is not conjugate to a "
            "Gaussian likelihood"
        )
    conjugate = prior is priors.Normal
    lacks = "conjugate to a Gaussian prior" if conjugate else "Gaussian"
    return f"no exact posterior: the {likelihood.__name__} likelihood is not {lacks}"


def fit_exact(model: LinearModel, *, tolerance: float = 1e-8) -> ExactPosterior:
    r"""Return the exact posterior of a Gaussian model.

    With centred X and y, weights W and prior :math:`N(m_0, S_0)`, the coefficients
    given the scales have

    .. math:: S^{-1} = S_0^{-1} + \tfrac{1}{\sigma^2} X^\top W X, \qquad
              m = m_0 + \tfrac{1}{\sigma^2} S X^\top W (y - X m_0)

    and unknown scales are integrated out, in closed form or by quadrature, whose
    estimated error is ``quadrature_error``:

    ========================  =====================  ===============================
    noise sd                  prior sd               posterior
    ========================  =====================  ===============================
    known                     known, or flat         ``GaussianPosterior``
    InverseGamma, FlatScale   relative to the        ``NormalInverseGammaPosterior``:
    or FlatLogScale           noise, or flat         Student-t
    any prior                 any                    ``MixturePosterior``: quadrature
    ========================  =====================  ===============================

    Where there are over 1000 columns and fewer rows, a Gaussian posterior too is held
    as a ``MixturePosterior`` of one component: in the eigenbasis of the rows, without a
    p x p matrix unless ``cov`` is asked for.

    Parameters
    ----------
    model : LinearModel
        Its unknown scales may have any prior of ``bayes_l2.priors``.
    tolerance : float, default 1e-8
        For the quadrature: the largest change of a mean or sd, in posterior sds, when
        its grid is made twice finer.

    Returns
    -------
    GaussianPosterior, NormalInverseGammaPosterior or MixturePosterior
        A distribution of ``model.parameter_names``, intercept first.

    Raises
    ------
    ValueError
        If the posterior is improper, or so to rounding; the message names the
        condition that failed. If there is no exact posterior.
    ArithmeticError
        If the quadrature does not meet its tolerance; the message has the error that it
        reached.
    """
    arguments.instance(model, LinearModel, "model")
    missing = without_exact(model)
    if missing:
        other = "fit_laplace approximates it, " if model.is_smooth else ""
        pairs.entry(
            dict.fromkeys(pairs.KNOWN_PAIRS),
            model.likelihood,
            model.prior,
            route="fit_exact",
            instead="it has an exact posterior for a Gaussian likelihood and prior",
        )
        raise ValueError(f"{missing}; {other}fit_mcmc draws from it")
    model.propriety.require_proper()
    with refused_beyond_doubles(model):
        return POSTERIORS[type(model.likelihood), type(model.prior)](model, tolerance)


def _flat(model: LinearModel, tolerance: float) -> ExactPosterior:
    if not model.unknown_scales:
        return GaussianPosterior.of(model)
    if model.likelihood.noise.inverse_gamma is not None:
        return NormalInverseGammaPosterior.of(model)
    return MixturePosterior(model, tolerance=tolerance)


def _normal(model: LinearModel, tolerance: float) -> ExactPosterior:
    if not model.unknown_scales:
        is_wide = model.n_features > max(WIDE, model.statistics.n_rows)
        return MixturePosterior(model) if is_wide else GaussianPosterior.of(model)
    in_noise_units = model.prior.relative_to_noise and model.prior.spread.is_known
    if in_noise_units and model.likelihood.noise.inverse_gamma is not None:
        return NormalInverseGammaPosterior.of(model)
    return MixturePosterior(model, tolerance=tolerance)


POSTERIORS: dict[pairs.Pair, Callable[[LinearModel, float], ExactPosterior]] = {
    (likelihoods.Normal, priors.Flat): _flat,
    (likelihoods.Normal, priors.Normal): _normal,
}
