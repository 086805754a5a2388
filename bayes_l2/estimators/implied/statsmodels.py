r"""Readers of results of statsmodels, which hold their rows.

.. math:: \min_b \frac{1}{2 \sum_i w_i} \sum_i w_i (y_i - x_i^\top b)^2
          + \tfrac12 \sum_j \alpha_j b_j^2

is ``fit_regularized(alpha, L1_wt=0)`` of OLS and WLS. A constant column whose alpha is
0 is the intercept. One with a penalty is a column like any other, with a prior.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.estimators.implied import noise
from bayes_l2.estimators.implied.designs import Design, design_of
from bayes_l2.estimators.implied.penalties import converted, normal_prior
from bayes_l2.estimators.implied.terms import Given, ImpliedTerms, name_of, no_noise
from bayes_l2.model import likelihoods, priors
from bayes_l2.texts import listed

CONVENTION = "statsmodels-ols"
STATIONARY = 1e-8  # of the sizes of a gradient's terms, for a penalty that is read off
UNPENALISED = "no penalty is a flat prior"

# by family and link
FAMILIES: dict[tuple[str, str], likelihoods.Likelihood] = {
    ("Binomial", "Logit"): likelihoods.Bernoulli(),
    ("Poisson", "Log"): likelihoods.Poisson(),
}


def result(estimator: Any, given: Given) -> ImpliedTerms:
    """Read what ``fit`` or ``fit_regularized`` of a model of statsmodels returned."""
    found = getattr(estimator, "_results", estimator)
    model, kind = found.model, name_of(found)
    name = name_of(model)
    if name not in MODELS:
        raise ValueError(
            f"model_of does not know {name} of statsmodels; it knows {listed(MODELS)}"
        )
    if given.weights is not None:
        raise ValueError(
            f"sample_weight must be left out for {name}: its result holds its weights"
        )
    if getattr(found, "regularized", False):
        raise ValueError(
            f"model_of does not know {name}.fit_regularized(refit=True): it chose "
            "columns by a penalty, and fitted them without one"
        )
    if hasattr(found, "constraints"):
        raise ValueError(
            f"model_of does not know {name}.fit_constrained: no prior here keeps "
            "constraints"
        )
    if kind == "RegularizedResults" or kind.startswith("L1"):
        _require_least_squares(model)
        if hasattr(found, "converged"):  # a search, which L1_wt=0 has no need of
            raise ValueError(
                f"model_of knows {name}.fit_regularized with L1_wt=0 alone: this "
                "result is of another L1_wt"
            )
        return _penalised(design_of(found, given), given)
    if "alpha" in given.settings:
        raise ValueError(
            f"alpha must be left out for {name}.fit, which has no penalty: it belongs "
            "to fit_regularized"
        )
    return MODELS[name](design_of(found, given), given, model)


def _require_least_squares(model: Any) -> None:
    """Refuse fit_regularized of other models."""
    name = name_of(model)
    if name in ("OLS", "WLS"):
        return
    why = "its result keeps no penalty; use an estimator of scikit-learn's"
    if name_of(getattr(model, "family", None)) == "Gaussian":
        why = (
            "its objective and its gradient disagree, so its coefficients are no MAP; "
            "use OLS or WLS"
        )
        name = "GLM(family=Gaussian())"
    raise ValueError(f"model_of does not know {name}.fit_regularized: {why}")


def _least_squares(design: Design, given: Given, model: Any) -> ImpliedTerms:
    """Read OLS or WLS: the noise of the highest evidence is that of statsmodels."""
    fit = design.fit
    found = noise.by_evidence(fit, given.noise_sd, np.zeros(len(fit.coef)))
    likelihood = likelihoods.Normal(found.sd)
    return design.terms(likelihood, priors.Flat(), UNPENALISED, found.note)


def _generalised(design: Design, given: Given, model: Any) -> ImpliedTerms:
    """Read GLM where its family and link are those of a likelihood here."""
    family, link = name_of(model.family), name_of(model.family.link)
    if (family, link) == ("Gaussian", "Identity"):
        return _least_squares(design, given, model)
    if (family, link) not in FAMILIES:
        known = ", ".join(" with ".join(each) for each in FAMILIES)
        raise ValueError(
            f"model_of does not know GLM with the family {family} and the link {link}; "
            f"it knows Gaussian with Identity, {known}"
        )
    return _flat(design, given, model, FAMILIES[family, link])


def _logit(design: Design, given: Given, model: Any) -> ImpliedTerms:
    return _flat(design, given, model, likelihoods.Bernoulli())


def _poisson(design: Design, given: Given, model: Any) -> ImpliedTerms:
    return _flat(design, given, model, likelihoods.Poisson())


def _flat(
    design: Design, given: Given, model: Any, likelihood: likelihoods.Likelihood
) -> ImpliedTerms:
    no_noise(model, given, f"{likelihood!r} has none")
    if likelihood.takes_labels and not np.isin(design.y, (0.0, 1.0)).all():
        raise ValueError(
            f"model_of does not know {design.name} of shares: y must be 0 or 1, a row "
            "for each trial"
        )
    return design.terms(likelihood, priors.Flat(), UNPENALISED)


def _penalised(design: Design, given: Given) -> ImpliedTerms:
    """Read an L2 penalty, one number or one for each column."""
    alpha, *notes = _alpha(design, given.settings.get("alpha"))
    if design.constant is not None and alpha[design.constant] > 0:
        notes.append(
            f"the constant {design.names[design.constant]!r} has a penalty: it is a "
            "column with a prior, and the model has no intercept"
        )
        design = design._replace(constant=None)
    alpha, fit = alpha[design.places], design.fit
    facts = fit.facts(CONVENTION)
    penalties = converted(alpha, CONVENTION, "ridge", **facts).values
    found = noise.by_evidence(fit, given.noise_sd, penalties)
    sds = converted(alpha, CONVENTION, "prior-sd", **facts, noise_sd=found.sd)
    likelihood, prior = likelihoods.Normal(found.sd), normal_prior(sds.values)
    return design.terms(likelihood, prior, *notes, sds.note, found.note)


def _alpha(design: Design, given: Any) -> tuple[FloatArray, *tuple[str, ...]]:
    """Return the penalty of each column, and the note where it was read off."""
    if given is None:
        return _read_off(design)
    p = len(design.params)
    alpha = validation.vector(np.atleast_1d(given), "alpha")
    if len(alpha) not in (1, p) or (alpha < 0).any():
        raise ValueError(
            f"alpha must be one penalty, or one for each of the {p} columns "
            f"{listed(design.names)}, none below 0; got {listed(alpha)}"
        )
    return (np.broadcast_to(alpha, p),)


def _read_off(design: Design) -> tuple[FloatArray, str]:
    r"""Return the one penalty under which the coefficients are the minimum.

    The gradient is 0 there: :math:`x_j^\top W (y - X b) = \alpha_j b_j \sum_i w_i`,
    with one alpha for all columns, or for all but the constant. One column alone would
    have an alpha for any coefficient.
    """
    weights = np.ones(len(design.y)) if design.weights is None else design.weights
    residuals = weights * (design.y - design.X @ design.params)
    slopes, pulls = design.X.T @ residuals, weights.sum() * design.params
    sizes = np.abs(design.X).T @ np.abs(residuals)
    if np.all(np.abs(slopes) <= STATIONARY * sizes):
        return np.zeros(len(pulls)), "the coefficients are those of alpha = 0"
    for free, columns in (
        (design.constant, "all columns but the constant"),
        (None, "all columns"),
    ):
        mask = design._replace(constant=free).places
        squares = pulls[mask] @ pulls[mask]
        alpha = np.zeros(len(pulls))
        alpha[mask] = max(slopes[mask] @ pulls[mask] / squares, 0.0) if squares else 0.0
        explained = np.abs(slopes - alpha * pulls) <= STATIONARY * sizes
        if explained.all() and np.sum(pulls[mask] != 0) > 1:
            return alpha, (
                f"alpha = {alpha[mask][0]:.6g} of {columns} is computed from "
                "the coefficients: the result does not keep it"
            )
    raise ValueError(
        f"alpha must be given for this {design.name}.fit_regularized, one penalty or "
        "one for each column: the result does not keep it, and its coefficients do not "
        "show that L1_wt was 0, with one alpha"
    )


MODELS: dict[str, Callable[[Design, Given, Any], ImpliedTerms]] = {
    "OLS": _least_squares,
    "WLS": _least_squares,
    "GLM": _generalised,
    "Logit": _logit,
    "Poisson": _poisson,
}
