r"""Readers of linear regressions: squared error, with an L2 or an L1 penalty, or none.

.. math:: \min_{a, b} \sum_i w_i (y_i - a - x_i^\top b)^2 + \alpha \lVert b \rVert^2,
          \qquad \alpha = \sigma^2 / \tau^2
"""

from typing import Any

import numpy as np

from bayes_l2.estimators.implied import noise
from bayes_l2.estimators.implied.penalties import converted, normal_prior
from bayes_l2.estimators.implied.terms import (
    Given,
    ImpliedTerms,
    features,
    fitted,
    name_of,
    no_noise,
    one_response,
    response,
)
from bayes_l2.model import likelihoods, priors

OUT = 1e-9  # the prior sd of a column that is out, in units of its posterior sd without


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
    likelihood, flat = likelihoods.Normal(found.sd), "no penalty is a flat prior"
    return terms_of(fit, names, likelihood, priors.Flat(), flat, found.note)


def ridge(estimator: Any, given: Given) -> ImpliedTerms:
    """Read Ridge, whose penalty is one number for a response."""
    return of_penalty(estimator, given, estimator.alpha, "ridge")


def ridge_of_choice(estimator: Any, given: Given) -> ImpliedTerms:
    """Read RidgeCV at the penalty that it chose."""
    return of_penalty(estimator, given, fitted(estimator, "alpha_"), "ridge")


def of_penalty(
    estimator: Any, given: Given, alpha: Any, convention: str
) -> ImpliedTerms:
    """Read an L2 penalty in the units of a convention of squared error.

    Parameters
    ----------
    estimator : estimator
        The estimator.
    given : Given
        The rows.
    alpha : float or array_like of shape (p,)
        The setting, or one for each column.
    convention : str
        Its convention, such as "ridge".
    """
    fit, names = fit_of(estimator, given)
    facts = fit.facts(convention)
    penalties = converted(alpha, convention, "ridge", **facts).values
    found = noise.by_evidence(
        fit, given.noise_sd, np.broadcast_to(penalties, len(fit.coef))
    )
    sds = converted(alpha, convention, "prior-sd", **facts, noise_sd=found.sd)
    likelihood, prior = likelihoods.Normal(found.sd), normal_prior(sds.values)
    return terms_of(fit, names, likelihood, prior, sds.note, found.note)


def elastic_net(estimator: Any, given: Given) -> ImpliedTerms:
    """Read ElasticNet."""
    return of_mixture(estimator, given, estimator.alpha, estimator.l1_ratio)


def elastic_net_of_choice(estimator: Any, given: Given) -> ImpliedTerms:
    """Read ElasticNetCV at the settings that it chose."""
    alpha, l1_ratio = fitted(estimator, "alpha_"), fitted(estimator, "l1_ratio_")
    return of_mixture(estimator, given, alpha, l1_ratio)


def lasso(estimator: Any, given: Given) -> ImpliedTerms:
    """Read Lasso."""
    return of_mixture(estimator, given, estimator.alpha, 1.0)


def lasso_of_choice(estimator: Any, given: Given) -> ImpliedTerms:
    """Read LassoCV at the penalty that it chose."""
    return of_mixture(estimator, given, fitted(estimator, "alpha_"), 1.0)


def of_mixture(
    estimator: Any, given: Given, alpha: float, l1_ratio: float
) -> ImpliedTerms:
    """Read the penalty of scikit-learn's elastic net, or one of its two parts."""
    l1, l2 = alpha * l1_ratio, alpha * (1 - l1_ratio)
    if not l1:
        return of_penalty(estimator, given, l2, "elastic-net")
    fit, names = fit_of(estimator, given)
    facts = fit.facts("elastic-net")
    ridge = converted(l2, "elastic-net", "ridge", **facts).values
    found = noise.by_residuals(fit, given.noise_sd, float(ridge[0]))
    facts["noise_sd"] = found.sd
    scale = converted(l1, "lasso", "laplace-scale", **facts)
    size = float(scale.values[0])
    notes, prior = [scale.note], priors.Laplace(size)
    if l2:
        sd = converted(l2, "elastic-net", "prior-sd", **facts)
        prior = priors.ElasticNet(size, float(sd.values[0]))
        notes = [f"L1 part: {scale.note}", f"L2 part: {sd.note}"]
    likelihood = likelihoods.Normal(found.sd)
    return terms_of(fit, names, likelihood, prior, *notes, found.note)


def bayesian_ridge(estimator: Any, given: Given) -> ImpliedTerms:
    """Read BayesianRidge: alpha_ is the precision of the noise, lambda_ of weights."""
    fit, names = fit_of(estimator, given)
    found = _own_noise(estimator, given)
    sds = converted(fitted(estimator, "lambda_"), "bayesian-ridge", "prior-sd")
    likelihood, prior = likelihoods.Normal(found.sd), normal_prior(sds.values)
    return terms_of(fit, names, likelihood, prior, sds.note, found.note)


def relevance(estimator: Any, given: Given) -> ImpliedTerms:
    """Read ARDRegression: a prior sd for each column.

    A column beyond ``threshold_lambda`` is out: its coefficient is 0, whatever its last
    lambda_ was. So its prior sd is one that leaves the data nothing to say.
    """
    fit, names = fit_of(estimator, given)
    found = _own_noise(estimator, given)
    lambdas = np.asarray(fitted(estimator, "lambda_"), dtype=float)
    sds = converted(lambdas, "ard-regression", "prior-sd")
    is_out = lambdas >= estimator.threshold_lambda
    sizes = np.linalg.norm(fit.X, axis=0)
    least = OUT * found.sd / np.where(sizes > 0, sizes, 1.0)
    values = np.where(is_out, np.minimum(sds.values, least), sds.values)
    notes = [sds.note, found.note]
    if is_out.any():
        notes.append(
            f"{int(is_out.sum())} of {len(values)} columns are dropped, with a lambda_ "
            "above threshold_lambda: their prior sd is so small that they stay at 0"
        )
    likelihood = likelihoods.Normal(found.sd)
    return terms_of(fit, names, likelihood, normal_prior(values), *notes)


def _own_noise(estimator: Any, given: Given) -> noise.Noise:
    """Return the noise sd that an estimator has found itself."""
    no_noise(estimator, given, "it has its own, 1 / sqrt(alpha_)")
    precision = float(fitted(estimator, "alpha_"))
    sd = precision**-0.5
    note = f"noise_sd = {sd:.6g}, for the noise precision alpha_ = {precision:.6g}"
    return noise.Noise(sd, note)
