r"""Readers of classifiers: cross-entropy with an L2 penalty, an L1 penalty, or both.

.. math:: \min_{a, b} C \sum_i w_i \, \text{cross-entropy}_i
          + r \lVert b \rVert_1 + \tfrac12 (1 - r) \lVert b \rVert^2
"""

from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.estimators.implied.penalties import converted
from bayes_l2.estimators.implied.terms import (
    Given,
    ImpliedTerms,
    coefficients,
    features,
    fitted,
    labels,
    name_of,
    no_noise,
)
from bayes_l2.model import likelihoods, priors

NO_NOISE = "a classifier has no noise sd"


def logistic(estimator: Any, given: Given) -> ImpliedTerms:
    """Read LogisticRegression."""
    # scikit-learn 1.8 put C and l1_ratio in the place of penalty
    old = getattr(estimator, "penalty", "deprecated")
    ratios = {"l2": 0.0, "l1": 1.0, None: 0.0}
    l1_ratio = ratios.get(old, estimator.l1_ratio or 0.0)
    C = np.inf if old is None else float(estimator.C)
    return of_inverse_strength(estimator, given, C, float(l1_ratio))


def logistic_of_choice(estimator: Any, given: Given) -> ImpliedTerms:
    """Read LogisticRegressionCV at the settings that it chose."""
    if not estimator.refit:
        raise ValueError(
            f"model_of does not know {name_of(estimator)}(refit=False): its "
            "coefficients are means over folds, which are no MAP"
        )
    C = np.ravel(np.asarray(fitted(estimator, "C_"), dtype=float))[0]
    l1_ratio = np.ravel(np.asarray(fitted(estimator, "l1_ratio_"), dtype=object))[0]
    old = {"l2": 0.0, "l1": 1.0}.get(estimator.penalty, float(l1_ratio or 0.0))
    return of_inverse_strength(estimator, given, float(C), old)


def of_inverse_strength(
    estimator: Any, given: Given, C: float, l1_ratio: float
) -> ImpliedTerms:
    """Read the penalty of LogisticRegression; an infinite C is none."""
    no_noise(estimator, given, NO_NOISE)
    if estimator.solver == "liblinear" and estimator.fit_intercept:
        raise ValueError(
            f"model_of does not know {name_of(estimator)}(solver='liblinear') with an "
            "intercept: that solver penalises the intercept, which has a flat prior "
            "here; use another solver, or fit_intercept=False"
        )
    prior, notes = prior_of(C, l1_ratio)
    return of_classes(estimator, given, prior, *notes)


def prior_of(C: float, l1_ratio: float) -> tuple[priors.Prior, list[str]]:
    """Return the prior of a penalty of LogisticRegression, and how it was converted."""
    if np.isinf(C):
        return priors.Flat(), ["C = inf is no penalty, a flat prior"]
    notes, scale, sd = [], None, None
    if l1_ratio > 0:
        found = converted(C / l1_ratio, "logistic-regression-l1", "laplace-scale")
        scale, notes = float(found.values[0]), [found.note]
    if l1_ratio < 1:
        found = converted(C / (1 - l1_ratio), "logistic-regression", "prior-sd")
        sd, notes = float(found.values[0]), [*notes, found.note]
    if scale is None:
        return priors.Normal(sd), notes
    if sd is None:
        return priors.Laplace(scale), notes
    parts = (
        f"L1 part, C / l1_ratio: {notes[0]}",
        f"L2 part, C / (1 - l1_ratio): {notes[1]}",
    )
    return priors.ElasticNet(scale, sd), list(parts)


def of_classes(
    estimator: Any,
    given: Given,
    prior: priors.Prior,
    *notes: str,
    balance_rows: bool = False,
) -> ImpliedTerms:
    """Return the terms of a classifier by cross-entropy, and its class weights.

    Parameters
    ----------
    estimator : estimator
        With ``classes_`` and ``class_weight``; its loss must be cross-entropy, of the
        softmax for three or more classes.
    given : Given
        The rows.
    prior : Prior
        The penalty.
    *notes : str
        How it was converted.
    balance_rows : bool, default False
        Whether class_weight="balanced" balances numbers of rows, not sums of weights.
    """
    coef, intercept = coefficients(estimator)
    X, names = features(estimator, given.X)
    classes = np.asarray(fitted(estimator, "classes_"))
    y = labels(estimator, given.y, len(X), classes)
    likelihood = likelihoods.Bernoulli()
    if len(classes) > 2:
        likelihood = likelihoods.Categorical()
    weights, found = given.weights, list(notes)
    if estimator.class_weight is not None:
        kind = estimator.class_weight
        weights = _weights_of_rows(kind, y, classes, weights, balance_rows)
        found.append("class_weight is a weight of each row of its class")
    return ImpliedTerms(
        X, names, y, likelihood, prior, coef, intercept, weights, tuple(found)
    )


def _weights_of_rows(
    kind: Any, y: Any, classes: Any, weights: FloatArray | None, balance_rows: bool
) -> FloatArray:
    """Return the weight of each row times that of its class."""
    given = np.ones(len(y)) if weights is None else weights
    place = np.searchsorted(classes, y)
    if isinstance(kind, str):  # "balanced"
        totals = np.bincount(place, weights=None if balance_rows else given)
        own = totals.sum() / (len(classes) * totals)
    else:
        own = np.array([kind.get(each, 1.0) for each in classes.tolist()])
    return given * own[place]
