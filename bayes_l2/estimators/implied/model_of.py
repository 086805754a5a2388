"""The model whose MAP a fitted estimator is."""

from typing import Any

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.estimators.implied.known import reader_of
from bayes_l2.estimators.implied.terms import Given, name_of
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.origin import Origin, with_origin


def model_of(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    noise_sd: float | None = None,
    sample_weight: Any = None,
) -> LinearModel:
    """Return the model whose MAP a fitted estimator is.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator.
    X, y : array_like or DataFrame
        The rows that it was fitted to.
    noise_sd : float, optional
        The noise sd, in the units of y.
    sample_weight : array_like of shape (n,), optional
        The ``sample_weight`` of the fit.

    Returns
    -------
    LinearModel
        Its ``origin`` has the estimator's coefficients, and says how its settings were
        converted.

    Raises
    ------
    ValueError
        If the estimator is not fitted, is the MAP of no model here, or was not fitted
        to rows of this kind.
    """
    read = reader_of(estimator)
    if noise_sd is not None:
        noise_sd = validation.positive_number(noise_sd, "noise_sd")
    weights = _weights(sample_weight, y)
    terms = read(estimator, Given(X, y, noise_sd, weights))
    model = LinearModel(
        terms.X,
        terms.y,
        likelihood=terms.likelihood,
        prior=terms.prior,
        intercept=terms.intercept is not None,
        weights=terms.weights,
        feature_names=terms.names,
    )
    origin = Origin(name_of(estimator), terms.coef, terms.intercept, terms.notes)
    return with_origin(model, origin)


def _weights(sample_weight: Any, y: Any) -> FloatArray | None:
    """Return the weights of a fit, one for each row of y, or None."""
    if sample_weight is None:
        return None
    weights = validation.vector(sample_weight, "sample_weight")
    if hasattr(y, "__len__") and len(y) != len(weights):
        raise ValueError(
            f"sample_weight must have an entry for each of the {len(y)} rows of y, "
            f"got {len(weights)}"
        )
    if len(weights) and not (weights.min() >= 0 and weights.max() > 0):
        raise ValueError(
            "sample_weight must not be negative, and not 0 for all rows, got "
            f"{weights.min():g} to {weights.max():g}"
        )
    return weights
