"""Rows of an estimator: the checks of scikit-learn, names, and weights that count."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model.likelihoods import Normal
from bayes_l2.model.rows import Rows
from bayes_l2.model.statistics.sufficient_statistics import (
    SufficientStatistics,
    default_names,
    drop_weightless,
)

BATCH = 2**20  # numbers of a working array, which is 8 MiB


def new_rows(estimator: Any, X: Any) -> FloatArray:
    """Return the rows to predict, with the columns of the fit."""
    check_is_fitted(estimator)
    found: Any = validate_data(estimator, X, dtype=np.float64, reset=False)
    return found


def sample_weights(values: Any, X: FloatArray) -> FloatArray | None:
    """Return weights of rows, None for none."""
    if values is None:
        return None
    found = _check_sample_weight(values, X, dtype=np.float64, ensure_non_negative=True)
    return validation.weights(found, length=len(X))


def valid_rows(estimator: Any, X: FloatArray, y: Any, sample_weight: Any) -> Rows:
    """Return rows of numbers, without those of weight 0."""
    y, weights = y.astype(np.float64), sample_weights(sample_weight, X)
    if weights is not None:
        X, y, weights = drop_weightless(X, y, weights)
    return Rows(X, y, weights, names_of(estimator), Normal.encoding)


def counted(rows: Rows) -> SufficientStatistics:
    """Return the statistics of rows, each of which counts as often as its weight."""
    found = rows.statistics
    if rows.weights is None:
        return found
    count: Any = found.total_weight  # a fraction, where weights are
    if found.total_weight.is_integer():
        count = int(found.total_weight)
    weighted = replace(found, n_rows=count, sum_log_weights=0.0)
    validation.set_fields(weighted, _lost=found._lost)
    return weighted


def names_of(estimator: Any) -> tuple[str, ...]:
    """Return the names of the columns of the fit."""
    found = getattr(estimator, "feature_names_in_", None)
    n_features = estimator.n_features_in_
    names = default_names(n_features) if found is None else found
    return validation.feature_names(names, n_features)


def batches(rows: FloatArray, numbers: int) -> Iterator[FloatArray]:
    """Yield some rows at a time, where each takes so many numbers of memory."""
    size = max(1, BATCH // max(numbers, 1))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def generator(random_state: Any) -> np.random.Generator:
    """Return a generator of random numbers from what scikit-learn calls a state."""
    if isinstance(random_state, np.random.RandomState):
        random_state = random_state.randint(2**31 - 1)
    return arguments.generator(random_state, "random_state")
