"""The same model stated again as a PyMC program: raw rows, and a density that PyMC writes from named distributions."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.model import LinearModel
from bayes_l2.parameters import INTERCEPT, NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.priors import Flat
from bayes_l2.scale_priors import (
    Exponential,
    FlatLogScale,
    HalfCauchy,
    HalfNormal,
    HalfStudentT,
    InverseGamma,
    ScalePrior,
)

if TYPE_CHECKING:
    import pymc as pm

INTERCEPT_OFFSET = "intercept_offset"


def pymc_program(model: LinearModel) -> "pm.Model":
    """Return the model as a PyMC program, with the same log density.

    Its free variables are ``coef`` and, with an intercept, ``intercept_offset``, the intercept at the mean row less the
    mean of y: PyMC's samplers start near zero, and do badly where the intercept is collinear with the columns.
    ``intercept`` itself is deterministic, and the change of variables has determinant 1. Unknown scales are the free
    variables ``noise_sd`` and ``prior_sd``, and ``penalty`` is deterministic.

    Parameters
    ----------
    model : LinearModel
        The model; its rows must be at hand.

    Returns
    -------
    pymc.Model
        Free variables as above, ``y`` observed (labels as False and True), the coordinate ``feature`` named.

    Raises
    ------
    ValueError
        If the rows are gone.
    """
    import pymc as pm

    X, y = model.rows("pymc_program")
    prior, p = model.prior, model.n_features
    with pm.Model(coords={"feature": list(model.feature_names), "obs": np.arange(len(y))}) as program:
        noise_sd: Any = _scale(NOISE_SD, model.likelihood.sd)
        unit = noise_sd if prior.relative_to_noise else 1.0
        if isinstance(prior, Flat):
            coef = pm.Flat("coef", dims="feature")
        elif prior.cov is not None:
            coef = pm.MvNormal("coef", mu=prior.mean_vector(p), cov=prior.cov * unit**2, dims="feature")
        else:
            prior_sd = _scale(PRIOR_SD, prior.sd)
            coef = pm.Normal("coef", mu=prior.mean_vector(p), sigma=prior_sd * unit, dims="feature")
            if model.has_random_penalty:
                pm.Deterministic(PENALTY, model.penalty_at(noise_sd, prior_sd))
        if model.intercept:
            mean_x = np.average(X, axis=0, weights=model.weights)
            mean_y = np.average(y, weights=model.weights) if model.classes is None else 0.0
            at_mean = mean_y + pm.Flat(INTERCEPT_OFFSET)
            pm.Deterministic(INTERCEPT, at_mean - mean_x @ coef)
            eta = at_mean + (X - mean_x) @ coef
        else:
            eta = X @ coef
        if model.classes is None:
            sigma = noise_sd if model.weights is None else noise_sd / np.sqrt(model.weights)
            pm.Normal("y", mu=eta, sigma=sigma, observed=y, dims="obs")
        elif model.weights is None:
            pm.Bernoulli("y", logit_p=eta, observed=y > 0, dims="obs")
        else:
            pm.CustomDist(
                "y",
                eta,
                model.weights,
                logp=lambda value, line, power: power * pm.logp(pm.Bernoulli.dist(logit_p=line), value),
                dist=lambda line, power, size: pm.Bernoulli.dist(logit_p=line + 0 * power, size=size),
                observed=y > 0,
                dims="obs",
            )
    return program


def _scale(name: str, sd: Any) -> Any:
    """Return a known sd as it is, and an unknown one as a free variable with its prior."""
    import pymc as pm

    if not isinstance(sd, ScalePrior):
        return None if sd is None else np.float64(sd)  # PyTensor takes a Python float for one of 32 bits if it fits
    match sd:
        case HalfNormal():
            return pm.HalfNormal(name, sigma=sd.sd)
        case HalfStudentT():
            return pm.HalfStudentT(name, nu=sd.df, sigma=sd.scale)
        case HalfCauchy():
            return pm.HalfCauchy(name, beta=sd.scale)
        case Exponential():
            return pm.Exponential(name, scale=sd.mean)
    value = pm.HalfFlat(name)
    if isinstance(sd, InverseGamma):
        variance = pm.InverseGamma.dist(alpha=sd.shape, beta=sd.scale)
        pm.Potential(f"{name}_prior", pm.logp(variance, value**2) + np.log(2) + _log(value))
    elif isinstance(sd, FlatLogScale):
        pm.Potential(f"{name}_prior", -_log(value))
    return value


def _log(value: Any) -> Any:
    import pymc as pm

    return pm.math.log(value)
