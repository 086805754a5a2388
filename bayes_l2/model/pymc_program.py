"""The same model stated again as a PyMC program.

It has the raw rows, and a density that PyMC writes from named distributions. Only the
model's statement is shared with ``log_posterior``, no formula.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import arguments
from bayes_l2.model import likelihoods, pairs, priors
from bayes_l2.model.layout import INTERCEPT, NOISE_SD, PENALTY, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.scales import Scale

if TYPE_CHECKING:
    import pymc as pm

INTERCEPT_OFFSET, COEF_FREE = "intercept_offset", "coef_free"


def pymc_program(model: LinearModel) -> "pm.Model":
    """Return the model as a PyMC program, with the same log density.

    Its free variables are ``coef`` and, with an intercept, ``intercept_offset``: the
    intercept at the mean row, less the mean of y. PyMC's samplers start near zero, and
    are slow where the intercept is collinear with the columns. ``intercept`` itself is
    deterministic, and the change of variables has determinant 1. Unknown scales are the
    free variables ``noise_sd`` and ``prior_sd``, and ``penalty`` is deterministic.

    Parameters
    ----------
    model : LinearModel
        The model, with its rows.

    Returns
    -------
    pymc.Model
        Free variables as above, ``y`` observed (labels as False and True, or 0 to
        K - 1), the coordinate ``feature`` named, and ``class`` where each class has a
        linear predictor. Parameters with a flat prior then sum to zero over the
        classes, and the free variables, ``intercept_offset`` and under a flat prior
        ``coef_free``, are without the last class.

    Raises
    ------
    ValueError
        If the rows are gone, or the program does not know the likelihood or the prior.
    """
    arguments.instance(model, LinearModel, "model")
    table = {
        (likelihood, prior): (observed, coefficients)
        for likelihood, observed in OBSERVED.items()
        for prior, coefficients in COEFFICIENTS.items()
    }
    observed, coefficients = pairs.entry(
        table,
        model.likelihood,
        model.prior,
        route="pymc_program",
        instead="write this model as a PyMC program of your own",
    )
    import pymc as pm

    rows = model.require_rows("pymc_program")
    lines = model.layout.classes
    coords: dict[str, Any] = {
        "feature": list(model.feature_names),
        "obs": np.arange(rows.n_rows),
    }
    coords |= {"class": list(lines)} if lines else {}
    with pm.Model(coords=coords) as program:
        noise_sd = _scale(NOISE_SD, model.likelihood.noise)
        coef = coefficients(model, noise_sd)
        if model.intercept:
            eta = _with_intercept(model, coef)
        else:
            eta = pm.math.dot(rows.X, coef.T)
        observed(model, eta, noise_sd)
    return program


def _with_intercept(model: LinearModel, coef: Any) -> Any:
    """Return the linear predictors of all rows, the intercept named."""
    import pymc as pm

    rows, lines = model.require_rows("pymc_program"), model.layout.classes
    mean_x = np.average(rows.X, axis=0, weights=rows.weights)
    if lines:
        offset = pm.Flat(INTERCEPT_OFFSET, shape=len(lines) - 1)
        at_mean = _summing_to_zero(offset)
        intercept = at_mean - pm.math.dot(coef, mean_x)
        intercept = intercept - pm.math.mean(intercept)
        pm.Deterministic(INTERCEPT, intercept, dims="class")
    else:
        mean_y = 0.0
        if model.likelihood.moves_with_y:
            mean_y = np.average(rows.y, weights=rows.weights)
        at_mean = mean_y + pm.Flat(INTERCEPT_OFFSET)
        pm.Deterministic(INTERCEPT, at_mean - pm.math.dot(coef, mean_x))
    return at_mean + pm.math.dot(rows.X - mean_x, coef.T)


def _normal_y(model: LinearModel, eta: Any, noise_sd: Any) -> None:
    import pymc as pm

    sigma = noise_sd if model.weights is None else noise_sd / np.sqrt(model.weights)
    pm.Normal("y", mu=eta, sigma=sigma, observed=model.y, dims="obs")


def _laplace_y(model: LinearModel, eta: Any, noise_sd: Any) -> None:
    import pymc as pm

    likelihood: Any = model.likelihood
    scale = likelihood.scale / model.require_rows("pymc_program").row_weights
    pm.Laplace("y", mu=eta, b=scale, observed=model.y, dims="obs")


def _bernoulli_y(model: LinearModel, eta: Any, noise_sd: Any) -> None:
    import pymc as pm

    y = model.require_rows("pymc_program").y
    _weighted(model, lambda line: (pm.Bernoulli, {"logit_p": line}), eta, y > 0)


def _categorical_y(model: LinearModel, eta: Any, noise_sd: Any) -> None:
    import pymc as pm

    y = model.require_rows("pymc_program").y.astype(int)
    _weighted(model, lambda line: (pm.Categorical, {"logit_p": line}), eta, y)


def _poisson_y(model: LinearModel, eta: Any, noise_sd: Any) -> None:
    import pymc as pm

    y = model.require_rows("pymc_program").y.astype(int)
    _weighted(model, lambda line: (pm.Poisson, {"mu": pm.math.exp(line)}), eta, y)


def _weighted(
    model: LinearModel, stated: Callable[[Any], Any], eta: Any, observed: Any
) -> None:
    """State observations whose weights are powers of their likelihoods.

    ``stated`` returns a distribution's class and its arguments for linear predictors.
    """
    import pymc as pm

    if model.weights is None:
        distribution, arguments = stated(eta)
        distribution("y", **arguments, observed=observed, dims="obs")
        return

    def plain(line: Any, **options: Any) -> Any:
        distribution, arguments = stated(line)
        return distribution.dist(**arguments, **options)

    pm.CustomDist(
        "y",
        eta,
        model.weights,
        logp=lambda value, line, power: power * pm.logp(plain(line), value),
        dist=lambda line, power, size: plain(line, size=size),
        observed=observed,
        dims="obs",
    )


def _dims(model: LinearModel) -> tuple[str, ...]:
    return ("class", "feature") if model.layout.classes else ("feature",)


def _flat_coef(model: LinearModel, noise_sd: Any) -> Any:
    import pymc as pm

    lines = model.layout.classes
    if not lines:
        return pm.Flat("coef", dims=_dims(model))
    free = pm.Flat(COEF_FREE, shape=(len(lines) - 1, model.n_features))
    return pm.Deterministic("coef", _summing_to_zero(free), dims=_dims(model))


def _normal_coef(model: LinearModel, noise_sd: Any) -> Any:
    import pymc as pm

    prior: Any = model.prior
    dims = _dims(model)
    unit = noise_sd if prior.relative_to_noise else 1.0
    mean = prior.mean_vector(model.n_features)
    if prior.cov is not None:
        return pm.MvNormal("coef", mu=mean, cov=prior.cov * unit**2, dims=dims)
    prior_sd = _scale(PRIOR_SD, prior.spread)
    if model.has_random_penalty:
        pm.Deterministic(PENALTY, model.penalty_at(noise_sd, prior_sd))
    return pm.Normal("coef", mu=mean, sigma=prior_sd * unit, dims=dims)


def _laplace_coef(model: LinearModel, noise_sd: Any) -> Any:
    import pymc as pm

    prior: Any = model.prior
    return pm.Laplace("coef", mu=0.0, b=prior.scale, dims=_dims(model))


def _elastic_net_coef(model: LinearModel, noise_sd: Any) -> Any:
    import pymc as pm

    prior: Any = model.prior
    coef = pm.Normal("coef", mu=0.0, sigma=prior.l2_sd, dims=_dims(model))
    kinks: Any = pm.math.sum(pm.math.abs(coef)) / prior.l1_scale
    n_coefs = model.layout.lines * model.n_features
    pm.Potential("coef_kinks", -kinks - n_coefs * prior.log_share)
    return coef


def _summing_to_zero(values: Any) -> Any:
    import pymc as pm

    last = -values.sum(axis=0, keepdims=True)
    return pm.math.concatenate([values, last], axis=0)


OBSERVED = {
    likelihoods.Normal: _normal_y,
    likelihoods.Laplace: _laplace_y,
    likelihoods.Bernoulli: _bernoulli_y,
    likelihoods.Categorical: _categorical_y,
    likelihoods.Poisson: _poisson_y,
}
COEFFICIENTS = {
    priors.Flat: _flat_coef,
    priors.Normal: _normal_coef,
    priors.Laplace: _laplace_coef,
    priors.ElasticNet: _elastic_net_coef,
}


def _scale(name: str, scale: Scale) -> Any:
    """Return a known sd, or an unknown one as a free variable with its prior."""
    import pymc as pm

    if scale.is_known:
        return np.float64(scale.value)  # PyTensor may take a float for one of 32 bits
    match scale:
        case priors.HalfNormal():
            return pm.HalfNormal(name, sigma=scale.sd)
        case priors.HalfStudentT():
            return pm.HalfStudentT(name, nu=scale.df, sigma=scale.scale)
        case priors.HalfCauchy():
            return pm.HalfCauchy(name, beta=scale.scale)
        case priors.Exponential():
            return pm.Exponential(name, scale=scale.mean)
        case priors.InverseGamma():
            value: Any = pm.HalfFlat(name)
            variance = pm.InverseGamma.dist(alpha=scale.shape, beta=scale.scale)
            jacobian = np.log(2) + pm.math.log(value)
            pm.Potential(f"{name}_prior", pm.logp(variance, value**2) + jacobian)
            return value
        case priors.FlatScale():
            return pm.HalfFlat(name)
        case priors.FlatLogScale():
            value = pm.HalfFlat(name)
            log_sd: Any = pm.math.log(value)
            pm.Potential(f"{name}_prior", -log_sd)
            return value
    raise ValueError(f"pymc_program does not know {scale!r}; use a prior of priors")
