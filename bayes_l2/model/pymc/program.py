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
from bayes_l2.model.pymc.flat import flat_log_scale, flat_variable, partly_flat
from bayes_l2.model.rows import Rows
from bayes_l2.model.scales import Scale

if TYPE_CHECKING:
    import pymc as pm


def pymc_program(model: LinearModel) -> "pm.Model":
    """Return the model as a PyMC program, with the same log density.

    Its free variables are ``coef``, ``intercept`` where there is one, and the unknown
    scales ``noise_sd`` and ``prior_sd``; ``penalty`` is deterministic. These are the
    names in draws of ``fit_mcmc``, which work with ``pm.sample_posterior_predictive``
    and ``pm.compute_log_likelihood``.

    Samplers move the intercept as ``intercept_offset__``: that at the mean row, less
    the mean of y. They start near zero, and are slow where the intercept is collinear
    with the columns. The change of variables has determinant 1.

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
        classes, and samplers move them without the last class: the intercepts, and
        under a flat prior ``coef`` as ``coef_free__``.

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

    rows, lines = _rows(model), model.layout.classes
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


def _rows(model: LinearModel) -> Rows:
    return model.require_rows(
        "pymc_program", "use fit_map, or the program of a sample of the rows"
    )


def _with_intercept(model: LinearModel, coef: Any) -> Any:
    """Return the linear predictors of all rows, the intercept named."""
    import pymc as pm

    rows, lines = _rows(model), model.layout.classes
    mean_x = np.average(rows.X, axis=0, weights=rows.weights)
    mean_y = 0.0
    if model.likelihood.moves_with_y:
        mean_y = np.average(rows.y, weights=rows.weights)
    if lines:
        intercept = flat_variable(
            INTERCEPT,
            coef,
            start=lambda coef: _centred(-pm.math.dot(coef, mean_x)),
            moved=lambda value, coef: _centred(value + pm.math.dot(coef, mean_x))[:-1],
            back=lambda offset, coef: _centred(
                _summing_to_zero(offset) - pm.math.dot(coef, mean_x)
            ),
            moved_name="offset",
            signature="(k,p)->(k)",
            dims="class",
        )
    else:
        intercept = flat_variable(
            INTERCEPT,
            coef,
            start=lambda coef: mean_y - pm.math.dot(coef, mean_x),
            moved=lambda value, coef: value + pm.math.dot(coef, mean_x) - mean_y,
            back=lambda offset, coef: mean_y + offset - pm.math.dot(coef, mean_x),
            moved_name="offset",
            signature="(p)->()",
        )
    at_mean = intercept + pm.math.dot(coef, mean_x)
    return at_mean + pm.math.dot(rows.X - mean_x, coef.T)


def _normal_y(model: LinearModel, eta: Any, noise_sd: Any) -> None:
    import pymc as pm

    sigma = noise_sd if model.weights is None else noise_sd / np.sqrt(model.weights)
    pm.Normal("y", mu=eta, sigma=sigma, observed=model.y, dims="obs")


def _laplace_y(model: LinearModel, eta: Any, noise_sd: Any) -> None:
    import pymc as pm

    likelihood: Any = model.likelihood
    scale = likelihood.scale / _rows(model).row_weights
    pm.Laplace("y", mu=eta, b=scale, observed=model.y, dims="obs")


def _bernoulli_y(model: LinearModel, eta: Any, noise_sd: Any) -> None:
    import pymc as pm

    y = _rows(model).y
    _weighted(model, lambda line: (pm.Bernoulli, {"logit_p": line}), eta, y > 0)


def _categorical_y(model: LinearModel, eta: Any, noise_sd: Any) -> None:
    import pymc as pm

    y = _rows(model).y.astype(int)
    _weighted(model, lambda line: (pm.Categorical, {"logit_p": line}), eta, y)


def _poisson_y(model: LinearModel, eta: Any, noise_sd: Any) -> None:
    import pymc as pm

    y = _rows(model).y.astype(int)
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
    return flat_variable(
        "coef",
        np.zeros((len(lines), model.n_features)),
        start=lambda zeros: zeros,
        moved=lambda value, zeros: value[:-1],
        back=lambda free, zeros: _summing_to_zero(free),
        moved_name="free",
        signature="(k,p)->(k,p)",
        dims=_dims(model),
    )


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
    sigma, proper = prior_sd * unit, ~prior.flat_columns(model.n_features)
    if prior.sds is not None:
        sigma = sigma * prior.sds[proper]
    if proper.all():
        return pm.Normal("coef", mu=mean, sigma=sigma, dims=dims)
    return _partly_flat_coef(model, pm.Normal.dist(mu=mean[proper], sigma=sigma))


def _laplace_coef(model: LinearModel, noise_sd: Any) -> Any:
    import pymc as pm

    prior: Any = model.prior
    scales, proper = np.array(prior.scale), ~prior.flat_columns(model.n_features)
    if proper.all():
        return pm.Laplace("coef", mu=0.0, b=scales, dims=_dims(model))
    return _partly_flat_coef(model, pm.Laplace.dist(mu=0.0, b=scales[proper]))


def _partly_flat_coef(model: LinearModel, belief: Any) -> Any:
    """Return coefficients, some flat; a potential may depend on unknown scales."""
    import pymc as pm

    coef = partly_flat("coef", model.layout, _dims(model))
    proper = ~model.prior.flat_columns(model.n_features)
    density: Any = pm.logp(belief, coef[..., np.flatnonzero(proper)])
    pm.Potential("coef_prior", density.sum())
    return coef


def _elastic_net_coef(model: LinearModel, noise_sd: Any) -> Any:
    import pymc as pm

    prior: Any = model.prior

    def log_density(value: Any, l1_scale: Any, l2_sd: Any) -> Any:
        normal = pm.logp(pm.Normal.dist(0, l2_sd), value)
        return normal - pm.math.abs(value) / l1_scale - prior.log_share

    def distribution(l1_scale: Any, l2_sd: Any, size: Any) -> Any:
        size_of_coef = pm.TruncatedNormal.dist(
            -(l2_sd**2) / l1_scale, l2_sd, lower=0.0, size=size
        )
        return size_of_coef * (2 * pm.Bernoulli.dist(0.5, size=size) - 1)

    return pm.CustomDist(
        "coef",
        prior.l1_scale,
        prior.l2_sd,
        logp=log_density,
        dist=distribution,
        dims=_dims(model),
    )


def _centred(values: Any) -> Any:
    return values - values.mean()


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
            return _root_of_inverse_gamma(name, scale)
        case priors.FlatScale():
            return pm.HalfFlat(name)
        case priors.FlatLogScale():
            return flat_log_scale(name)
    raise ValueError(f"pymc_program does not know {scale!r}; use a prior of priors")


def _root_of_inverse_gamma(name: str, scale: priors.InverseGamma) -> Any:
    """Return an sd whose square has an inverse-gamma prior."""
    import pymc as pm

    def log_density(value: Any, shape: Any, scale: Any) -> Any:
        variance = pm.InverseGamma.dist(alpha=shape, beta=scale)
        return pm.logp(variance, value**2) + np.log(2) + pm.math.log(value)

    def distribution(shape: Any, scale: Any, size: Any) -> Any:
        return pm.math.sqrt(pm.InverseGamma.dist(alpha=shape, beta=scale, size=size))

    return pm.CustomDist(
        name,
        scale.shape,
        scale.scale,
        logp=log_density,
        dist=distribution,
        transform=pm.distributions.transforms.log,
    )
