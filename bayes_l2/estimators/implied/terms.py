"""What a reader is given beside a fitted estimator, and what it returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.floats import column_names, from_arrow
from bayes_l2.kinds import shape_of
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.priors import Prior
from bayes_l2.model.statistics.sufficient_statistics import default_names
from bayes_l2.texts import listed, record_text, shown


@dataclass(frozen=True, repr=False)
class Given:
    """What the caller gave beside the estimator.

    Attributes
    ----------
    X, y : array_like or DataFrame
        The rows of the fit, as they were given.
    noise_sd : float or None
        The noise sd; None leaves the choice to the reader.
    weights : ndarray of shape (n,) or None
        The ``sample_weight`` of the fit.
    settings : mapping of str to object
        Further settings of the fit, which the estimator does not keep.
    """

    X: Any
    y: Any
    noise_sd: float | None = None
    weights: FloatArray | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    __repr__ = record_text


@dataclass(frozen=True, repr=False)
class ImpliedTerms:
    """The terms of the model whose MAP an estimator is.

    Attributes
    ----------
    X : ndarray of shape (n, p)
        The features as the estimator saw them.
    names : tuple of str
        Their names.
    y : array_like of shape (n,)
        The response: numbers, or labels.
    likelihood : Likelihood
        The loss.
    prior : Prior
        The penalty.
    coef : ndarray of shape (K, p)
        The coefficients of the estimator.
    intercept : ndarray of shape (K,) or None
        Its intercepts, None where it has none.
    weights : ndarray of shape (n,) or None
        The row weights.
    notes : tuple of str
        How its settings were converted, and how the noise sd was chosen.
    name : str or None
        The name of the estimator, None for that of its class.
    """

    X: FloatArray
    names: tuple[str, ...]
    y: Any
    likelihood: Likelihood
    prior: Prior
    coef: FloatArray
    intercept: FloatArray | None
    weights: FloatArray | None = None
    notes: tuple[str, ...] = ()
    name: str | None = None

    __repr__ = record_text

    def noted(self, *notes: str) -> Self:
        """Return the same terms with more notes."""
        return replace(self, notes=(*self.notes, *notes))


def name_of(estimator: object) -> str:
    """Return the name of an estimator's class."""
    return type(estimator).__name__


def fitted(estimator: Any, attribute: str) -> Any:
    """Return what a fit has set, or say that there was no fit."""
    if attribute not in vars(estimator):
        raise ValueError(
            f"estimator must be fitted: {name_of(estimator)} has no {attribute} yet; "
            "call its fit(X, y) first"
        )
    return vars(estimator)[attribute]


def features(estimator: Any, X: Any) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the features in the order of the fit, and their names.

    Raises
    ------
    ValueError
        If X is not valid, or has other columns than those of the fit.
    """
    X = columns_in_order(estimator, from_arrow(X))
    size = int(fitted(estimator, "n_features_in_"))
    found = column_names(X)
    own = getattr(estimator, "feature_names_in_", None)
    array = validation.matrix(X)
    if array.shape[1] != size:
        raise ValueError(
            f"X must have the {size} columns that {name_of(estimator)} was fitted to, "
            f"got {array.shape[1]}"
        )
    names = found if own is None else tuple(map(str, own))
    return array, names or default_names(size)


def columns_in_order(estimator: Any, X: Any) -> Any:
    """Return a DataFrame with its columns in the order of a fit, or X as it is.

    Raises
    ------
    ValueError
        If the columns have other names than those of the fit.
    """
    own = getattr(estimator, "feature_names_in_", None)
    found = column_names(X)
    if own is None or found is None:
        return X
    own = tuple(map(str, own))
    if sorted(own) != sorted(found):
        raise ValueError(
            f"X must have the columns that {name_of(estimator)} was fitted to, "
            f"{listed(own)}; got {listed(found)}"
        )
    if own == found:
        return X
    return X[[X.columns[found.index(name)] for name in own]]


def response(estimator: Any, y: Any, length: int) -> FloatArray:
    """Return y as numbers, shape (n,); a table of one column is one response."""
    y = from_arrow(y)
    shape = shape_of(y)
    if len(shape) == 2:
        if shape[1] != 1:
            raise ValueError(
                f"y must be one response, got {shape[1]}: fit {name_of(estimator)} to "
                "each of them, and call model_of for each"
            )
        y = np.asarray(y)[:, 0]
    return validation.vector(y, "y", length=length)


def labels(estimator: Any, y: Any, length: int, classes: Any) -> Any:
    """Return the labels of rows, which must be those of the fit, shape (n,)."""
    y = from_arrow(y)
    if shape_of(y)[1:] == (1,):
        y = np.asarray(y)[:, 0]
    found = np.asarray(y)
    if found.shape != (length,):
        raise ValueError(
            f"y must have {length} entries, got {' x '.join(map(str, found.shape))}"
        )
    seen = set(found.tolist())
    if seen != set(classes.tolist()):
        raise ValueError(
            f"y must hold the classes that {name_of(estimator)} was fitted to, "
            f"{listed(classes.tolist())}; got {listed(sorted(seen, key=str))}"
        )
    return y


def coefficients(estimator: Any) -> tuple[FloatArray, FloatArray | None]:
    """Return the coefficients, shape (K, p), and the intercepts, shape (K,) or None.

    Raises
    ------
    ValueError
        If the estimator is not fitted, or forces coefficients to be positive.
    """
    coef = np.atleast_2d(np.asarray(fitted(estimator, "coef_"), dtype=float))
    if getattr(estimator, "positive", False):
        raise ValueError(
            f"{name_of(estimator)}(positive=True) is no MAP of a model here: its prior "
            "allows no negative coefficient, and no prior of this package does that"
        )
    if not estimator.fit_intercept:
        return coef, None
    intercept = np.atleast_1d(np.asarray(estimator.intercept_, dtype=float))
    return coef, intercept


def one_response(estimator: Any) -> tuple[FloatArray, FloatArray | None]:
    """Return coefficients, shape (1, p), and intercept of a fit to one response."""
    coef, intercept = coefficients(estimator)
    if len(coef) > 1:
        raise ValueError(
            f"estimator must be fitted to one response, got {name_of(estimator)} "
            f"fitted to {len(coef)}: fit it to each of them"
        )
    return coef, intercept


def no_noise(estimator: Any, given: Given, why: str) -> None:
    """Refuse a noise sd where there is none, or another one is fixed already."""
    if given.noise_sd is not None:
        raise ValueError(
            f"noise_sd must be left out for {name_of(estimator)}: {why}; "
            f"got {shown(given.noise_sd)}"
        )
