r"""Readers of SGDRegressor and SGDClassifier, at the minimum that they search.

.. math:: \min_{a, b} \frac1n \sum_i w_i\, \text{loss}(y_i, a + x_i^\top b)
          + \alpha \left(r \lVert b \rVert_1 + \tfrac12 (1 - r) \lVert b \rVert^2\right)

Their last steps leave them some way from it.
"""

from typing import Any

import numpy as np

from bayes_l2.estimators.implied import classifiers, linear
from bayes_l2.estimators.implied.penalties import converted, normal_prior
from bayes_l2.estimators.implied.terms import (
    Given,
    ImpliedTerms,
    fitted,
    name_of,
    no_noise,
)

RATIOS = {"l2": 0.0, "l1": 1.0, None: 0.0}  # of the penalty that is L1
NOT_AT_MINIMUM = (
    "steps of stochastic gradient descent end near the minimum, not at it: the first "
    "check of compare says how far"
)
UNKNOWN = "the package has no likelihood of that loss"
SMALL = "a loss that ignores small errors is no likelihood here"
MARGIN = "a loss that ignores rows beyond a margin is no likelihood of classes"
REASONS = {
    "huber": UNKNOWN,
    "modified_huber": UNKNOWN,
    "epsilon_insensitive": SMALL,
    "squared_epsilon_insensitive": SMALL,
    "hinge": MARGIN,
    "squared_hinge": MARGIN,
    "perceptron": MARGIN,
    "squared_error": "squared error on labels is no likelihood of classes",
}


def regressor(estimator: Any, given: Given) -> ImpliedTerms:
    """Read SGDRegressor with squared error."""
    _require(estimator, "squared_error")
    fit, _ = linear.fit_of(estimator, given)
    alpha, l1_ratio = _penalty(estimator)
    notes = []
    if fit.weights is not None:
        # it divides by the number of rows, and elastic net by the sum of weights
        alpha *= len(fit.y) / fit.total_weight
        notes.append(
            f"alpha times n / weight_sum is {alpha:.6g}, as elastic net has it"
        )
    terms = linear.of_mixture(estimator, given, alpha, l1_ratio)
    return terms.noted(*notes, NOT_AT_MINIMUM)


def classifier(estimator: Any, given: Given) -> ImpliedTerms:
    """Read SGDClassifier with cross-entropy, for two classes."""
    _require(estimator, "log_loss")
    no_noise(estimator, given, classifiers.NO_NOISE)
    classes = fitted(estimator, "classes_")
    if len(classes) > 2:
        raise ValueError(
            f"model_of knows {name_of(estimator)} for two classes, got {len(classes)}: "
            "it fits each class against the others, which is no likelihood of them "
            "all; use LogisticRegression"
        )
    alpha, l1_ratio = _penalty(estimator)
    n = np.shape(given.y)[0]
    if l1_ratio == 0:
        sd = converted(alpha, "sgd-classifier", "prior-sd", n=n)
        prior, notes = normal_prior(sd.values), [sd.note]
    else:
        prior, notes = classifiers.prior_of(1 / (alpha * n), l1_ratio)
        notes = [f"alpha = {alpha:.6g} is C = 1 / (alpha n)", *notes]
    return classifiers.of_classes(
        estimator, given, prior, *notes, NOT_AT_MINIMUM, balance_rows=True
    )


def _penalty(estimator: Any) -> tuple[float, float]:
    """Return alpha and the part of the penalty that is L1."""
    if estimator.average and estimator.penalty in ("l1", "elasticnet"):
        raise ValueError(
            f"model_of does not know {name_of(estimator)}(average=True) with an L1 "
            "penalty: its averages leave out the steps of that penalty, and are far "
            "from the minimum"
        )
    l1_ratio: Any = RATIOS.get(estimator.penalty, estimator.l1_ratio)
    alpha = 0.0 if estimator.penalty is None else float(estimator.alpha)
    return alpha, float(l1_ratio) if alpha else 0.0


def _require(estimator: Any, loss: str) -> None:
    """Refuse another loss, and a fit to part of the rows."""
    name = name_of(estimator)
    if estimator.loss != loss:
        why = REASONS.get(estimator.loss, UNKNOWN)
        raise ValueError(
            f"model_of knows {name} with loss={loss!r}, got {estimator.loss!r}: {why}"
        )
    if estimator.early_stopping:
        raise ValueError(
            f"model_of does not know {name}(early_stopping=True): it leaves rows out "
            "of the fit, and does not keep which"
        )
