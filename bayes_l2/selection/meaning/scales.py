"""The models whose penalty has a meaning, and their scales."""

from typing import NamedTuple

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model import priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.selection.row_basis import RowBasis
from bayes_l2.texts import listed, shown

WHO = "penalty_meaning"


class Scales(NamedTuple):
    """Known scales: the noise sd, the prior sd of the shape K, and the penalty.

    ``relative`` is the penalty in the unit of an eigenbasis.
    """

    noise_sd: float
    prior_sd: float
    relative: FloatArray
    in_noise_units: bool


def require_meaning(model: LinearModel) -> None:
    """Refuse a model whose penalty has no meaning here, by one line."""
    likelihood, prior = model.likelihood, model.prior
    if not likelihood.has_statistics:
        raise ValueError(
            f"{WHO} needs likelihoods.Normal(sd), got {shown(likelihood)}: there is no "
            "sd of y to compare a prediction with; use prior_predictive(model)"
        )
    if prior.is_flat:
        raise ValueError(
            f"{WHO} needs a penalty, got {shown(prior)}, a penalty of 0 that says "
            "nothing before any data; use priors.Normal(sd), or choose_penalty"
        )
    if not isinstance(prior, priors.Normal):
        raise ValueError(
            f"{WHO} needs priors.Normal(sd), got {shown(prior)}; use one of the same "
            "sd, or prior_predictive(model)"
        )
    flat = prior.flat_columns(model.n_features)
    if flat.any():
        names = [model.feature_names[j] for j in np.flatnonzero(flat)]
        raise ValueError(
            f"{WHO} needs a finite prior sd for every column, got inf for "
            f"{listed(names)}: a prediction has no prior sd; give a large one"
        )
    if not prior.spread.is_known:
        raise ValueError(
            f"{WHO} needs a prior sd that is a number, got {shown(prior.spread)}; use "
            "choose_penalty(model).model"
        )
    if not likelihood.noise.is_known:
        raise ValueError(
            f"{WHO} needs a noise sd that is a number, got {shown(likelihood.noise)}; "
            "use the median of fit_exact(model).marginal('noise_sd')"
        )
    if not model.statistics.summary()["y_sd"] > 0:
        raise ValueError(
            f"{WHO} needs a y that varies, got {model.n_rows} rows of one value: a "
            "prediction has no size in units of its sd"
        )


def scales_and_basis(model: LinearModel) -> tuple[Scales, Eigenbasis]:
    """Return the scales, and an eigenbasis that is accurate at their penalty."""
    prior, noise_sd = model.gaussian_prior, model.likelihood.noise.value
    prior_sd = prior.multiplier(noise_sd, prior.spread.value)
    ratio = noise_sd / prior_sd
    basis = Eigenbasis.of(model)
    with np.errstate(over="ignore", under="ignore"):
        relative = np.square(ratio / np.sqrt(basis.unit))
        penalty = np.square(ratio)
    if not (0 < relative < np.inf and 0 < penalty < np.inf):
        raise ValueError(
            "the penalty is beyond double precision: noise sd "
            f"{noise_sd:g}, prior sd {prior_sd:g}"
        )
    if prior.has_one_sd:
        basis = RowBasis.of(model, basis, float(penalty)).basis
        relative = np.square(ratio / np.sqrt(basis.unit))
    in_noise_units = prior.relative_to_noise
    return Scales(noise_sd, prior_sd, np.array(relative), in_noise_units), basis
