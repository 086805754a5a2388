"""The same model stated again as a PyMC program: raw rows, and a density that PyMC writes from named distributions."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.model import likelihoods, priors
from bayes_l2.model.layout import INTERCEPT, NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.scales import (
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

INTERCEPT_OFFSET, COEF_FREE = "intercept_offset", "coef_free"


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
        Free variables as above, ``y`` observed (labels as False and True, or 0 to K - 1), the coordinate ``feature``
        named, and ``class`` where classes have lines of their own. What is flat then sums to zero over the classes, and
        the free variables, ``intercept_offset`` and under a flat prior ``coef_free``, are without the last class.

    Raises
    ------
    ValueError
        If the rows are gone.
    """
    import pymc as pm

    X, y = model.rows("pymc_program")
    lines = model.layout.classes
    coords = {"feature": list(model.feature_names), "obs": np.arange(len(y))} | (
        {"class": list(lines)} if lines else {}
    )
    with pm.Model(coords=coords) as program:
        noise_sd: Any = _scale(NOISE_SD, model.likelihood.sd)
        coef = _coefficients(model, noise_sd)
        if model.intercept:
            mean_x = np.average(X, axis=0, weights=model.weights)
            mean_y = (
                np.average(y, weights=model.weights) if model.classes is None else 0.0
            )
            offset = (
                pm.Flat(INTERCEPT_OFFSET, shape=len(lines) - 1)
                if lines
                else pm.Flat(INTERCEPT_OFFSET)
            )
            at_mean = _summing_to_zero(offset) if lines else mean_y + offset
            intercept = at_mean - pm.math.dot(coef, mean_x)
            if lines:
                pm.Deterministic(
                    INTERCEPT, intercept - pm.math.mean(intercept), dims="class"
                )
            else:
                pm.Deterministic(INTERCEPT, intercept)
            eta = at_mean + pm.math.dot(X - mean_x, coef.T)
        else:
            eta = pm.math.dot(X, coef.T)
        if isinstance(model.likelihood, likelihoods.Laplace):
            scale = model.likelihood.scale / (
                np.ones(len(y)) if model.weights is None else model.weights
            )
            pm.Laplace("y", mu=eta, b=scale, observed=y, dims="obs")
        elif model.classes is None:
            sigma = (
                noise_sd if model.weights is None else noise_sd / np.sqrt(model.weights)
            )
            pm.Normal("y", mu=eta, sigma=sigma, observed=y, dims="obs")
        else:
            labels = pm.Categorical if lines else pm.Bernoulli
            observed = y.astype(int) if lines else y > 0
            if model.weights is None:
                labels("y", logit_p=eta, observed=observed, dims="obs")
            else:
                pm.CustomDist(
                    "y",
                    eta,
                    model.weights,
                    logp=lambda value, line, power: (
                        power * pm.logp(labels.dist(logit_p=line), value)
                    ),
                    dist=lambda line, power, size: labels.dist(logit_p=line, size=size),
                    observed=observed,
                    dims="obs",
                )
    return program


def _coefficients(model: LinearModel, noise_sd: Any) -> Any:
    """Return the coefficients with their prior, of each class by itself where classes have lines of their own."""
    import pymc as pm

    prior, lines = model.prior, model.layout.classes
    dims = ("class", "feature") if lines else ("feature",)
    unit = noise_sd if prior.relative_to_noise else 1.0
    if isinstance(prior, priors.Laplace):
        return pm.Laplace("coef", mu=0.0, b=prior.scale, dims=dims)
    if isinstance(prior, priors.Flat) and lines:
        free = pm.Flat(COEF_FREE, shape=(len(lines) - 1, model.n_features))
        return pm.Deterministic("coef", _summing_to_zero(free), dims=dims)
    if isinstance(prior, priors.Flat):
        return pm.Flat("coef", dims=dims)
    mean = prior.mean_vector(model.n_features)
    if prior.cov is not None:
        return pm.MvNormal("coef", mu=mean, cov=prior.cov * unit**2, dims=dims)
    prior_sd = _scale(PRIOR_SD, prior.sd)
    if model.has_random_penalty:
        pm.Deterministic(PENALTY, model.penalty_at(noise_sd, prior_sd))
    return pm.Normal("coef", mu=mean, sigma=prior_sd * unit, dims=dims)


def _summing_to_zero(values: Any) -> Any:
    import pymc as pm

    return pm.math.concatenate([values, -values.sum(axis=0, keepdims=True)], axis=0)


def _scale(name: str, sd: Any) -> Any:
    """Return a known sd as it is, and an unknown one as a free variable with its prior."""
    import pymc as pm

    if not isinstance(sd, ScalePrior):
        return (
            None if sd is None else np.float64(sd)
        )  # PyTensor takes a Python float for one of 32 bits if it fits
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
        pm.Potential(
            f"{name}_prior", pm.logp(variance, value**2) + np.log(2) + _log(value)
        )
    elif isinstance(sd, FlatLogScale):
        pm.Potential(f"{name}_prior", -_log(value))
    return value


def _log(value: Any) -> Any:
    import pymc as pm

    return pm.math.log(value)
