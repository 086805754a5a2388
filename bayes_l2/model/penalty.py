r"""The ridge penalty of a likelihood and a prior.

.. math:: \alpha = \sigma^2 / \tau^2

Under a prior relative to the noise it is :math:`1 / \tau^2`. A likelihood without a
noise sd counts as one of sd 1.
"""

from typing import Any

import numpy as np

from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.priors import Prior
from bayes_l2.model.scales import Scale
from bayes_l2.texts import shown


def unknown_scales(likelihood: Likelihood, prior: Prior) -> dict[str, Scale]:
    """Return the priors of noise_sd and prior_sd, by name, where these are unknown."""
    scales = {NOISE_SD: likelihood.noise, PRIOR_SD: prior.spread}
    return {name: scale for name, scale in scales.items() if not scale.is_known}


def is_random(likelihood: Likelihood, prior: Prior) -> bool:
    """Return whether the prior is a ridge penalty that depends on an unknown scale."""
    if not prior.has_one_sd:
        return False
    return not (
        prior.spread.is_known and (prior.relative_to_noise or likelihood.noise.is_known)
    )


def penalty_at(prior: Prior, noise_sd: Any, prior_sd: Any) -> Any:
    """Return the penalty of scales of any shape."""
    return ((1.0 if prior.relative_to_noise else noise_sd) / prior_sd) ** 2


def ridge_penalty(likelihood: Likelihood, prior: Prior) -> float:
    """Return the penalty, 0 for a flat prior; see ``LinearModel.penalty``."""
    if not prior.is_ridge:
        raise ValueError(
            "penalty needs the prior priors.Normal(sd) with mean 0 or priors.Flat(), "
            f"got {shown(prior)}, which is no multiple of ||b||²"
        )
    if prior.is_flat:
        return 0.0
    if is_random(likelihood, prior):
        ignored = NOISE_SD if prior.relative_to_noise else ""
        names = [name for name in unknown_scales(likelihood, prior) if name != ignored]
        raise ValueError(
            f"the penalty is random: it depends on {' and '.join(names)}; "
            "choose_penalty(model) picks a value"
        )
    noise_sd = 1.0 if prior.relative_to_noise else likelihood.noise.value
    ratio = noise_sd / prior.spread.value
    if not 0 < ratio * ratio < np.inf:
        raise ValueError(
            f"penalty is beyond double precision: noise sd {noise_sd}, "
            f"prior sd {prior.spread.value}"
        )
    return ratio * ratio


def mode_is_mean(likelihood: Likelihood, prior: Prior) -> bool:
    """Return whether the mode of a Gaussian model's joint density is its mean.

    It is for the coefficients where their mean given the scales does not depend on
    the unknown scales.
    """
    unknown = unknown_scales(likelihood, prior)
    if PRIOR_SD in unknown:
        return False
    return not unknown or prior.is_flat or prior.relative_to_noise
