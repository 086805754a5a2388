r"""Readers of linear regressions: squared error, with an L2 penalty or none.

.. math:: \min_{a, b} \sum_i w_i (y_i - a - x_i^\top b)^2 + \sum_j \alpha_j b_j^2,
          \qquad \alpha_j = \sigma^2 / \tau_j^2
"""

from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.conventions import convert
from bayes_l2.estimators.implied import noise
from bayes_l2.estimators.implied.terms import (
    Given,
    ImpliedTerms,
    features,
    name_of,
    one_response,
    response,
)
from bayes_l2.model import likelihoods, priors


def fit_of(estimator: Any, given: Given) -> tuple[noise.Fit, tuple[str, ...]]:
    """Return the linear fit of an estimator of numbers, and the names of columns."""
    coef, intercept = one_response(estimator)
    X, names = features(estimator, given.X)
    y = response(estimator, given.y, len(X))
    center = None if intercept is None else float(intercept[0])
    return noise.Fit(X, y, given.weights, coef[0], center, name_of(estimator)), names


def terms_of(
    fit: noise.Fit,
    names: tuple[str, ...],
    likelihood: likelihoods.Likelihood,
    prior: priors.Prior,
    *notes: str,
) -> ImpliedTerms:
    """Return the terms of a linear fit."""
    return ImpliedTerms(
        fit.X,
        names,
        fit.y,
        likelihood,
        prior,
        fit.coef[np.newaxis],
        None if fit.intercept is None else np.array([fit.intercept]),
        fit.weights,
        notes,
    )


def least_squares(estimator: Any, given: Given) -> ImpliedTerms:
    """Read LinearRegression: a flat prior."""
    fit, names = fit_of(estimator, given)
    found = noise.by_evidence(fit, given.noise_sd, np.zeros(len(fit.coef)))
    flat = f"{fit.name} has no penalty, which is a flat prior"
    likelihood = likelihoods.Normal(found.sd)
    return terms_of(fit, names, likelihood, priors.Flat(), flat, found.note)


def ridge(estimator: Any, given: Given) -> ImpliedTerms:
    """Read Ridge, whose penalty is one number for a response."""
    return of_penalty(estimator, given, estimator.alpha, "ridge")


def of_penalty(
    estimator: Any, given: Given, alpha: Any, convention: str
) -> ImpliedTerms:
    """Read a penalty in the units of a convention of squared error."""
    fit, names = fit_of(estimator, given)
    facts = facts_of(fit, convention)
    values = np.ravel(np.asarray(alpha, dtype=float))
    in_ridge_units = converted(values, convention, "ridge", **facts)
    penalties = np.broadcast_to(in_ridge_units, len(fit.coef))
    found = noise.by_evidence(fit, given.noise_sd, penalties)
    sds = converted(values, convention, "prior-sd", **facts, noise_sd=found.sd)
    note = f"{fit.name}'s alpha = {brief(values)} is the prior sd {brief(sds)}"
    likelihood = likelihoods.Normal(found.sd)
    return terms_of(fit, names, likelihood, normal_prior(sds), note, found.note)


def facts_of(fit: noise.Fit, convention: str) -> dict[str, Any]:
    """Return the quantities that a convention's penalty depends on."""
    if convention == "ridge":
        return {}
    weighted = {} if fit.weights is None else {"weight_sum": fit.total_weight}
    return {"n": fit.n_rows, **weighted}


def converted(values: FloatArray, source: str, target: str, **facts: Any) -> FloatArray:
    """Return penalties in other units, by ``convert``; no penalty is a prior sd of inf.

    Parameters
    ----------
    values : ndarray
        Settings of the source, each 0 or more.
    source, target : str
        The conventions.
    **facts
        The quantities for ``convert``.
    """
    none = 0.0 if target == "ridge" else np.inf
    found = {
        value: convert(value, source, target, **facts).value if value else none
        for value in set(values.tolist())
    }
    return np.array([found[value] for value in values.tolist()])


def normal_prior(sds: FloatArray) -> priors.Prior:
    """Return the Gaussian prior of one sd, or of one for each column; inf is flat."""
    if np.all(np.isinf(sds)):
        return priors.Flat()
    if np.all(sds == sds[0]):
        return priors.Normal(sds[0])
    if np.any(np.isinf(sds)):
        raise ValueError(
            "model_of does not know a penalty of 0 for some columns and not for others"
        )
    return priors.Normal(cov=np.diag(sds**2))


def brief(values: FloatArray) -> str:
    """Return one number, or the range of several."""
    least, most = np.min(values), np.max(values)
    if least == most:
        return f"{least:.6g}"
    return f"{least:.6g} to {most:.6g}, one for each column,"
