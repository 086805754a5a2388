"""Estimators of scikit-learn: what they know of a penalty, and the points they find."""

from dataclasses import replace
from typing import Any

import numpy as np

from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.fits.search.quiet import quiet
from bayes_l2.fits.search.solver_units import SolverUnits
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.penalty import ridge_penalty
from bayes_l2.model.priors.base import BoolArray
from bayes_l2.texts import shown


def require_one_kind(model: LinearModel, route: str) -> None:
    """Refuse a model with columns that have a penalty, and others that have none."""
    flat = model.prior.flat_columns(model.n_features)
    if flat.any() and not flat.all():
        raise ValueError(
            f"{route} does not know {shown(model.likelihood)} with "
            f"{shown(model.prior)}: scikit-learn's estimator penalises every column; "
            "use fit_map"
        )


def steepest_penalty(model: LinearModel) -> float:
    """Return the ridge penalty, or the largest where each column has its own."""
    prior = model.prior
    if not isinstance(prior, priors.Normal) or prior.sds is None or np.any(prior.mean):
        return model.penalty
    relative = prior.relative_to_noise
    if not (prior.spread.is_known and (relative or model.likelihood.noise.is_known)):
        return model.penalty  # or the reason why there is none
    one = priors.Normal(float(prior.sds.min()), relative_to_noise=relative)
    return ridge_penalty(model.likelihood, one)


def relative_penalty(model: LinearModel, units: SolverUnits) -> float:
    """Return the steepest penalty in a solver's units, or say that it overflows."""
    alpha = steepest_penalty(model)
    found = float(np.float64(alpha) / np.square(units.size))
    if not (np.isfinite(found) and (found > 0 or alpha == 0)):
        raise FloatingPointError("the penalty is out of range")
    return found


def _require_range(estimator: Any) -> None:
    """Say that the penalty of an estimator overflows; other units may hold it."""
    if not np.isfinite(getattr(estimator, "alpha", 1.0)):
        raise FloatingPointError("the penalty is out of range")


def fitted(units: SolverUnits, *estimators: Any) -> PointEstimate:
    """Fit estimators until one of them converges; return the best estimate."""
    found: list[PointEstimate] = []
    for estimator in estimators:
        _require_range(estimator)
        # a warning is of a tolerance or a bound: gradient_norm says more
        with quiet():
            estimator.fit(units.X, units.y, sample_weight=units.weights)
        found.append(certified(units, estimator))
        if found[-1].converged:
            break
    return min(found, key=lambda estimate: (not estimate.converged, estimate.objective))


def fit_beside(units: SolverUnits, estimator: Any, flat: BoolArray) -> None:
    """Fit to what unpenalised columns leave of the others and y (Frisch and Waugh)."""
    _require_range(estimator)
    left = units.without(flat)
    with quiet():
        estimator.set_params(fit_intercept=False).fit(left.X, left.y)
    estimator.intercept_, estimator.coef_ = left.completed(estimator.coef_)
    estimator.n_features_in_ = len(flat)


def certified(units: SolverUnits, estimator: Any) -> PointEstimate:
    """Return the estimate at the coefficients of a fitted estimator."""
    if units.model.unknown_scales:
        return _certified_without_noise(units, estimator)
    parameters = units.parameters(estimator.intercept_, estimator.coef_)
    route = f"scikit-learn {type(estimator).__name__}{units.note}"
    return PointEstimate.at(units.model, parameters, route=route, at_center=True)


def _certified_without_noise(units: SolverUnits, estimator: Any) -> PointEstimate:
    """Return the estimate of a model whose noise sd is unknown, and does not matter.

    The certificate is that at the root mean square residual.
    """
    residuals = units.y - estimator.predict(units.X)
    noise_sd = float(np.sqrt(np.average(residuals**2, weights=units.weights))) or 1.0
    known = replace(units.model, likelihood=likelihoods.Normal(noise_sd))
    estimate = certified(replace(units, model=known), estimator)
    return replace(estimate, noise_sd=np.nan, objective=np.nan, model=units.model)
