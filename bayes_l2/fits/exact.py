"""The exact posterior of a Gaussian model: in closed form where there is one, else by quadrature over the scales."""

from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.propriety import require_proper
from bayes_l2.model.scales import ScalePrior
from bayes_l2.posteriors.gaussian import GaussianPosterior
from bayes_l2.posteriors.mixture import MixturePosterior
from bayes_l2.posteriors.normal_inverse_gamma import NormalInverseGammaPosterior

WIDE = (
    1000  # columns beyond which, where they outnumber the rows, no p x p matrix is made
)

ExactPosterior = GaussianPosterior | NormalInverseGammaPosterior | MixturePosterior


def without_exact(model: LinearModel) -> str:
    """Return why a model has no exact posterior, empty where it has one."""
    likelihood, prior = type(model.likelihood).__name__, type(model.prior).__name__
    if not isinstance(model.likelihood, likelihoods.Normal):
        of_prior = (
            "conjugate to a Gaussian prior"
            if isinstance(model.prior, priors.Normal)
            else "Gaussian"
        )
        return f"no exact posterior: the {likelihood} likelihood is not {of_prior}"
    if isinstance(model.prior, priors.Laplace):
        return f"no exact posterior: the {prior} prior is not conjugate to a Gaussian likelihood"
    return ""


def fit_exact(model: LinearModel, *, tolerance: float = 1e-8) -> ExactPosterior:
    r"""Return the exact posterior of a Gaussian model.

    With centred X and y, weights W and prior :math:`N(m_0, S_0)`, the coefficients given the scales have

    .. math:: S^{-1} = S_0^{-1} + \tfrac{1}{\sigma^2} X^\top W X, \qquad
              m = m_0 + \tfrac{1}{\sigma^2} S X^\top W (y - X m_0)

    and unknown scales are integrated out:

    ===================================  =======================  ==================================================
    noise sd                             prior sd                 posterior
    ===================================  =======================  ==================================================
    known                                known, or flat           ``GaussianPosterior``
    InverseGamma, FlatScale or           relative to the noise,   ``NormalInverseGammaPosterior``: Student-t
    FlatLogScale                         or flat
    any prior                            any                      ``MixturePosterior``: quadrature over the scales
    ===================================  =======================  ==================================================

    Where there are over 1000 columns and fewer rows, a Gaussian posterior too is held as a ``MixturePosterior`` of one
    component: in the eigenbasis of the rows, without a p x p matrix unless ``cov`` is asked for.

    Parameters
    ----------
    model : LinearModel
        Its unknown scales may have any prior of ``bayes_l2.priors``.
    tolerance : float, default 1e-8
        For the quadrature: the largest change of a mean or sd, in posterior sds, when its grid is made twice finer.

    Returns
    -------
    GaussianPosterior, NormalInverseGammaPosterior or MixturePosterior
        All have names, mean, sd, cov, logpdf, sample, marginal, interval, predict, predictive, condition, joint,
        intercept and log_evidence.

    Raises
    ------
    ValueError
        If the posterior is improper, or so to rounding; the message says which condition failed.
    ArithmeticError
        If the quadrature does not meet its tolerance; the message says what it reached.
    """
    missing = without_exact(model)
    if missing:
        other = "fit_laplace approximates it, " if model.is_smooth else ""
        raise ValueError(f"{missing}; {other}fit_mcmc draws from it")
    prior, noise_sd = model.prior, model.likelihood.sd
    require_proper(model)
    if not model.unknown_scales:
        wide = not isinstance(prior, priors.Flat) and model.n_features > max(
            WIDE, model.statistics.n_rows
        )
        return MixturePosterior(model) if wide else GaussianPosterior.of(model)
    conjugate = isinstance(noise_sd, ScalePrior) and noise_sd.inverse_gamma is not None
    scales_with_noise = isinstance(prior, priors.Flat) or (
        prior.relative_to_noise and not isinstance(prior.sd, ScalePrior)
    )
    if conjugate and scales_with_noise:
        return NormalInverseGammaPosterior.of(model)
    return MixturePosterior(model, tolerance=tolerance)
