"""K-fold cross-validation by the statistics of folds, against refits on their rows."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.linalg import lstsq
from sklearn.model_selection import KFold

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    choose_penalty,
    likelihoods,
    penalty_path,
    priors,
)

RNG = np.random.default_rng(1)
X = RNG.standard_normal((90, 4)) * [1.0, 3.0, 0.2, 1.0]
Y = X @ [1.0, -0.5, 2.0, 0.0] + RNG.standard_normal(90)
WEIGHTS = RNG.uniform(0.2, 3.0, 90)
PENALTIES = [1e-6, 0.1, 3.0, 1e3]
TERMS: dict[str, Any] = {
    "likelihood": likelihoods.Normal(priors.FlatLogScale()),
    "prior": priors.Normal(priors.FlatLogScale()),
}


def deal(folds: int, seed: int = 0) -> list[Any]:
    """Return the rows of each fold, as ``penalty_path`` deals them."""
    found = KFold(folds, shuffle=True, random_state=seed).split(X)
    return [held for _, held in found]


def statistics_of(
    X: Any, y: Any, places: Any, weights: Any = None
) -> SufficientStatistics:
    if weights is not None:
        weights = weights[places]
    return SufficientStatistics.from_rows(X[places], y[places], weights)


def refitted(X: Any, y: Any, weights: Any, held: list[Any], intercept: bool) -> Any:
    """Return the K-fold error of each penalty, by least squares on longer rows."""
    errors = []
    for penalty in PENALTIES:
        squares = 0.0
        for places in held:
            rest = np.setdiff1d(np.arange(len(y)), places)
            w = weights[rest]
            center = np.zeros(X.shape[1] + 1)
            if intercept:
                center = np.average(np.column_stack([X, y])[rest], axis=0, weights=w)
            root = np.sqrt(w)
            p = X.shape[1]
            rows = np.vstack(
                [root[:, None] * (X[rest] - center[:-1]), penalty**0.5 * np.eye(p)]
            )
            target = np.append(root * (y[rest] - center[-1]), np.zeros(p))
            b: Any = lstsq(rows, target)
            residuals = y[places] - center[-1] - (X[places] - center[:-1]) @ b[0]
            squares += weights[places] @ residuals**2
        errors.append(squares / weights.sum())
    return np.array(errors)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weights"])
@pytest.mark.parametrize(
    ("folds", "offset"), [(2, 0.0), (5, 0.0), (2, 1e6), (5, 1e6), (90, 1e6)]
)
def test_folds_of_statistics_are_refits_on_rows(
    folds: int, weights: Any, offset: float
) -> None:
    far, y = X + offset, Y - offset
    held = deal(folds)
    parts = [statistics_of(far, y, each, weights) for each in held]
    whole: Any = sum(parts)
    gone = LinearModel.from_statistics(whole, **TERMS)
    found: Any = penalty_path(gone, PENALTIES, folds=parts).cv_error
    row_weights = np.ones(90) if weights is None else weights
    # to take the offset away is exact
    expected = refitted(far - offset, y + offset, row_weights, held, intercept=True)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    # the same deal by the door of the rows
    model = LinearModel(far, y, weights=weights, **TERMS)
    of_rows: Any = penalty_path(model, PENALTIES, folds=folds).cv_error
    np.testing.assert_allclose(of_rows, expected, rtol=1e-10)
    given: Any = penalty_path(model, PENALTIES, folds=parts)
    np.testing.assert_allclose(given.cv_error, expected, rtol=1e-10)
    assert given.loo_error is not None


def test_folds_without_an_intercept() -> None:
    held = deal(3)
    parts = [statistics_of(X + 2.0, Y, each, WEIGHTS) for each in held]
    whole: Any = sum(parts)
    model = LinearModel.from_statistics(whole, intercept=False, **TERMS)
    found: Any = penalty_path(model, PENALTIES, folds=tuple(parts)).cv_error
    expected = refitted(X + 2.0, Y, WEIGHTS, held, intercept=False)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_the_choice_by_folds_of_statistics_is_that_by_rows() -> None:
    parts = [statistics_of(X, Y, each) for each in deal(5, seed=4)]
    whole: Any = sum(parts)
    gone = LinearModel.from_statistics(whole, **TERMS)
    by_rows = choose_penalty(LinearModel(X, Y, **TERMS), by="cv", folds=5, seed=4)
    by_statistics = choose_penalty(gone, by="cv", folds=parts)
    assert by_statistics.penalty == pytest.approx(by_rows.penalty, rel=1e-10)
    assert by_statistics.path is not None
    assert "cv_error" in by_statistics.path.table


def test_folds_that_are_not_the_rows_are_refused() -> None:
    held = deal(3)
    parts = [statistics_of(X, Y, each) for each in held]
    whole: Any = sum(parts)
    gone = LinearModel.from_statistics(whole, **TERMS)
    renamed = replace(parts[0], feature_names=("a", "b", "c", "d"))
    other_X, other_y = X.copy(), Y.copy()
    other_X[held[1][0], 2] += 1e-6
    other_y[held[1][:2]] += [1e-6, -1e-6]  # of the same mean
    moved = statistics_of(other_X, Y, held[1])
    of_y = statistics_of(X, other_y, held[1])
    weighted = statistics_of(X, Y, held[1], WEIGHTS)
    once = "folds must hold each row of the model once: "
    for folds, message in (
        ([], "folds must be the statistics of at least 2 folds, got 0"),
        ([whole], "folds must be the statistics of at least 2 folds, got 1"),
        ([whole, 3], r"folds must hold the Suff.* of each fold, got 3 as folds\[1\]"),
        (parts[:2], f"{once}they have 60 rows, and the model has 90"),
        ([*parts, parts[0]], f"{once}they have 120 rows, and the model has 90"),
        ([parts[0], parts[0], parts[2]], f"{once}column 'x0' has other values"),
        ([parts[0], moved, parts[2]], f"{once}column 'x2' has other values"),
        ([parts[0], of_y, parts[2]], f"{once}y has other values"),
        ([parts[0], weighted, parts[2]], f"{once}their weights are not those"),
        ([renamed, *parts[1:]], r"folds\[0\]: statistics must be of the columns x0,"),
        ("many", "folds must be a whole number of at least 2, got 'many'"),
        (parts[0], r"folds must be a whole number of at least 2, got SufficientSt"),
    ):
        bad: Any = folds
        with pytest.raises(ValueError, match=message):
            penalty_path(gone, folds=bad)
        with pytest.raises(ValueError, match=message):
            choose_penalty(gone, by="cv", folds=bad)


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6])
def test_folds_merged_in_another_order_are_the_same_rows(offset: float) -> None:
    # sorted folds, whose means differ by sds
    far = np.sort(X, axis=0) + offset
    parts = [statistics_of(far, Y, each) for each in np.array_split(np.arange(90), 7)]
    whole = SufficientStatistics.from_rows(far, Y)
    model = LinearModel.from_statistics(whole, **TERMS)
    assert penalty_path(model, PENALTIES, folds=parts[::-1]).cv_error is not None


def test_folds_whose_means_are_rounded_are_the_same_rows() -> None:
    """A mean of 1e8 sds has 1e-8 sds of rounding; a column beside it has none."""
    offset = np.array([1e8, 0.0, 0.0, 0.0])
    far, y = np.sort(X, axis=0) + offset, np.sort(Y)
    held = np.array_split(np.arange(90), 7)
    parts = [replace(statistics_of(far, y, each)) for each in held]  # of the fields
    model = LinearModel.from_statistics(SufficientStatistics.from_rows(far, y), **TERMS)
    found: Any = penalty_path(model, PENALTIES, folds=parts[::-1]).cv_error
    expected = refitted(far - offset, y, np.ones(90), held, intercept=True)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_weights_of_folds_whose_logs_cancel() -> None:
    """They add up to 0 with rounding of their terms, and a row may lose 1e-10."""
    rng = np.random.default_rng(0)

    def path(n: int, size: float, change: float) -> Any:
        logs = np.sort(size * rng.standard_normal(n // 2))
        weights = np.exp(np.append(logs, -logs[::-1]))
        rows, y = rng.standard_normal((n, 1)), rng.standard_normal(n)
        model = LinearModel(rows, y, weights=weights, **TERMS)
        weights = np.where(weights == weights.min(), 1 + change, 1) * weights
        halves = [np.arange(0, n, 2), np.arange(1, n, 2)]
        parts = [statistics_of(rows, y, half, weights) for half in halves]
        return penalty_path(model, PENALTIES, folds=parts)

    assert path(1000, 5.0, 0.0).cv_error is not None
    assert path(20, 1.0, 1e-9).cv_error is not None
    with pytest.raises(ValueError, match="their weights are not those of the model"):
        path(20, 1.0, 5e-9)


def test_a_column_that_only_moved_among_the_rows_is_noticed() -> None:
    """Its mean and its squares are the same; its products with one column are not."""
    rng = np.random.default_rng(2)
    group = np.repeat([0.0, 1.0], 10)
    rows = np.column_stack([group, rng.standard_normal((20, 2))])
    y = rng.standard_normal(20)
    moved = rows.copy()
    for places in (np.arange(10), np.arange(10, 20)):
        moved[places, 2] = rows[rng.permutation(places), 2]
    model = LinearModel.from_statistics(
        SufficientStatistics.from_rows(rows, y), **TERMS
    )
    halves = [np.arange(0, 20, 2), np.arange(1, 20, 2)]
    folds = [SufficientStatistics.from_rows(moved[h], y[h]) for h in halves]
    with pytest.raises(ValueError, match="column 'x1' has other values in the model"):
        penalty_path(model, folds=folds)


@pytest.mark.parametrize("weight", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_folds_are_held_to_the_digits_of_their_columns(
    weight: float, size: float
) -> None:
    """Whatever the unit of columns and weights is."""
    held, weights = deal(3), weight * WEIGHTS
    rows = size * (X + 1e3)
    model = LinearModel(rows, Y, weights=weights, **TERMS)
    parts = [statistics_of(rows, Y, each, weights) for each in held]
    assert penalty_path(model, PENALTIES, folds=parts).cv_error is not None
    other = rows.copy()
    other[held[1][0], 2] += 1e-6 * size
    changed = [parts[0], statistics_of(other, Y, held[1], weights), parts[2]]
    with pytest.raises(ValueError, match="column 'x2' has other values"):
        penalty_path(model, PENALTIES, folds=changed)
    heavier = statistics_of(rows, Y, held[1], weights * (1 + 1e-6))
    with pytest.raises(ValueError, match="their weights are not those"):
        penalty_path(model, PENALTIES, folds=[parts[0], heavier, parts[2]])


def test_a_column_of_one_value_is_the_same_in_its_folds() -> None:
    rows = X.copy()
    rows[:, 1] = 0.1
    model = LinearModel(rows, Y, **TERMS)
    parts = [statistics_of(rows, Y, each) for each in deal(3)]
    assert penalty_path(model, PENALTIES, folds=parts).cv_error is not None
