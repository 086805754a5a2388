"""The estimator inside a pipeline or a search, and the columns that it saw.

A prior on coefficients is a prior on these columns, not on those that entered the
pipeline.
"""

import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from bayes_l2.estimators.implied.terms import columns_in_order, name_of
from bayes_l2.floats import column_names, from_arrow
from bayes_l2.texts import listed

NOTHING = (None, "passthrough", "drop")  # what stands in the place of a step
LARGEST = 2**28  # entries of a sparse matrix that is made dense: 2 GB

# steps whose fit_transform(X, y), which the estimator saw, is not their transform(X)
CROSS_FITTED = ("TargetEncoder", "StackingRegressor", "StackingClassifier")


class Inner(NamedTuple):
    """An estimator that stood in another, and the rows that it saw.

    Attributes
    ----------
    estimator : object
        The inner estimator.
    X : array or DataFrame
        The rows that it saw.
    notes : tuple of str
        What stands between the estimator and the rows that were given.
    """

    estimator: Any
    X: Any
    notes: tuple[str, ...] = ()


def inner(estimator: Any, X: Any) -> Inner:
    """Return the estimator inside pipelines and searches, and the rows that it saw.

    Parameters
    ----------
    estimator : object
        A fitted estimator. One that holds no other is returned as it is.
    X : array_like or DataFrame of shape (n, p)
        The rows that it was fitted to.

    Returns
    -------
    Inner
        Its X is a DataFrame where the columns have names.

    Raises
    ------
    ValueError
        If a search has no best estimator, a pipeline has no estimator at its end, or
        its steps do not give back the rows that the estimator saw.
    """
    found = Inner(estimator, X)
    while (opened := _opening(found.estimator)) is not None:
        following = opened(found.estimator, found.X)
        found = following._replace(notes=(*found.notes, *following.notes))
    return found


def _opening(estimator: Any) -> Callable[[Any, Any], Inner] | None:
    """Return the function that opens an estimator, None for one that holds no other."""
    for kind in type(estimator).__mro__:
        key = kind.__module__.partition(".")[0], kind.__name__
        if key in OPENINGS:
            return OPENINGS[key]
    return None


def _best(search: Any, X: Any) -> Inner:
    """Open a search over settings."""
    name = name_of(search)
    if search.refit is False:
        raise ValueError(
            f"estimator: {name}(refit=False) fits no estimator to all rows; use "
            "refit=True"
        )
    if not hasattr(search, "best_estimator_"):
        raise ValueError(
            f"estimator must be fitted: {name} has no best_estimator_ yet; call its "
            "fit(X, y) first"
        )
    chosen = listed(f"{key}={value!r}" for key, value in search.best_params_.items())
    note = f"{name} chose {chosen} with these rows"
    return Inner(search.best_estimator_, X, (note,))


def _frozen(frozen: Any, X: Any) -> Inner:
    """Open an estimator that is not fitted again."""
    return Inner(frozen.estimator, X)


def _last_step(pipeline: Any, X: Any) -> Inner:
    """Open a pipeline: its last step, and the rows that the others return."""
    name = name_of(pipeline)
    *steps, (_, last) = pipeline.steps
    if last in NOTHING:
        raise ValueError(
            f"estimator: {name} must end with an estimator, got {last!r} at its end"
        )
    steps = [(title, step) for title, step in steps if step not in NOTHING]
    if not steps:
        return Inner(last, X)
    X = columns_in_order(steps[0][1], from_arrow(X))
    names = column_names(X)
    if names is None:
        names = getattr(steps[0][1], "feature_names_in_", None)
    for title, step in steps:
        where = f"estimator: step {title!r} of {name}"
        _require_same_rows_as_in_the_fit(where, step)
        X = _transformed(where, step, X)
        names = _names_out(step, X, names)
    if names is not None and column_names(X) is None:
        import pandas as pd

        X = pd.DataFrame(X, columns=list(names))
    titles = listed(title for title, _ in steps)
    note = (
        f"the prior is on the columns that {titles} of {name} returned, not on the "
        "columns of X; new rows must pass through the same steps"
    )
    return Inner(last, X, (note,))


def _require_same_rows_as_in_the_fit(where: str, step: Any) -> None:
    """Refuse steps that gave the fit other rows than transform(X) returns."""
    for part in _parts(step):
        if hasattr(part, "fit_resample"):
            raise ValueError(
                f"{where}: {name_of(part)} gave the fit other rows than those of X; "
                "call model_of for the last step and the rows of fit_resample(X, y)"
            )
        if name_of(part) in CROSS_FITTED:
            raise ValueError(
                f"{where}: {name_of(part)} gave the fit columns of cross-fitting, "
                "which transform(X) does not return; fit the last step to "
                "transform(X), and call model_of for it"
            )


def _parts(step: Any) -> Iterator[Any]:
    """Yield a transformer and all transformers that stand in it."""
    yield step
    for held in ("transformers_", "transformer_list", "steps"):
        for _, part, *_ in getattr(step, held, ()):
            yield from _parts(part)


def _transformed(where: str, step: Any, X: Any) -> Any:
    """Return the rows that a step returns, dense."""
    with warnings.catch_warnings():
        # the names of the columns have been compared
        warnings.filterwarnings("ignore", "X (has|does not have valid) feature names")
        try:
            result = step.transform(X)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise ValueError(
                f"{where}: {name_of(step)} must be fitted and take X: {reason}"
            ) from error
    before, after = np.shape(X)[0], np.shape(result)[0]
    if before != after:
        raise ValueError(
            f"{where}: {name_of(step)} must keep the rows of X, got {after} of {before}"
        )
    if not hasattr(result, "toarray"):
        return result
    if result.shape[0] * result.shape[1] > LARGEST:
        raise ValueError(
            f"{where}: {name_of(step)} returns {result.shape[0]} x {result.shape[1]} "
            f"sparse entries; at most {LARGEST} can be made dense"
        )
    return result.toarray()


def _names_out(step: Any, result: Any, names: Any) -> Any:
    """Return the names of the columns that a step returns, None where it has none."""
    found = column_names(result)
    if found is not None:
        return found
    try:
        return step.get_feature_names_out(
            None if names is None or hasattr(step, "feature_names_in_") else names
        )
    except (AttributeError, TypeError, ValueError):  # a step without names
        return None


OPENINGS: dict[tuple[str, str], Callable[[Any, Any], Inner]] = {
    ("sklearn", "BaseSearchCV"): _best,
    ("sklearn", "FrozenEstimator"): _frozen,
    ("sklearn", "Pipeline"): _last_step,
}
