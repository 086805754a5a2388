"""The model of the estimator inside a pipeline or a search."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    StandardScaler,
    TargetEncoder,
)

from bayes_l2 import LinearModel, compare, datasets, fit_exact, model_of, summary_of

patients, response = datasets.diabetes()
X: Any = patients[["age", "sex", "bmi", "bp"]][:100]
y: Any = response[:100]
WORDS = X.assign(sex=np.where(X["sex"] > 0, "f", "m"))
BY_KIND = ColumnTransformer(
    [("number", StandardScaler(), ["bmi", "age"]), ("word", OneHotEncoder(), ["sex"])]
)


def distance(model: LinearModel, ridge: Any) -> float:
    """Return the largest difference of the mode from coefficients in posterior sds."""
    posterior = fit_exact(model)
    fitted = np.append(ridge.intercept_, ridge.coef_)
    return float(np.max(np.abs(posterior.mean - fitted) / posterior.sd))


def textbook(columns: Any, alpha: float) -> np.ndarray[Any, Any]:
    """Return the ridge coefficients of columns by their normal equations."""
    columns = np.asarray(columns, dtype=float)
    columns = columns - columns.mean(axis=0)
    gram = columns.T @ columns + alpha * np.eye(columns.shape[1])
    return np.linalg.inv(gram) @ columns.T @ (np.asarray(y) - np.mean(y))


def test_the_prior_is_on_the_scaled_columns() -> None:
    pipeline = make_pipeline(StandardScaler(), Ridge(alpha=3.0)).fit(X, y)
    model = model_of(pipeline, X, y, noise_sd=50.0)
    assert model.feature_names == ("age", "sex", "bmi", "bp")
    assert model.prior.sd == pytest.approx(50 / np.sqrt(3.0), rel=1e-14)
    scaled = (X - X.mean()) / X.std(ddof=0)
    np.testing.assert_allclose(fit_exact(model).coef, textbook(scaled, 3.0), rtol=1e-11)
    assert distance(model, pipeline[-1]) < 1e-12
    assert model.origin is not None
    assert model.origin.name == "Ridge"
    assert "standardscaler of Pipeline" in model.origin.notes[0]


def test_a_pipeline_is_compared_from_end_to_end() -> None:
    ridge = RidgeCV()
    pipeline = make_pipeline(StandardScaler(), ridge).fit(X, y)
    comparison = compare(pipeline, X[X.columns[::-1]], y, routes=["ridge", "map"])
    assert all(check.passed for check in comparison.checks if check.passed is not None)
    assert comparison.checks[0].passed
    table = summary_of(pipeline, X, y)
    assert list(table.index) == ["intercept", "age", "sex", "bmi", "bp"]
    np.testing.assert_array_equal(table["coef"][1:], ridge.coef_)


def test_columns_in_another_order_are_those_of_the_fit() -> None:
    pipeline = make_pipeline(StandardScaler(), Ridge()).fit(X, y)
    model = model_of(pipeline, X[X.columns[::-1]], y)
    assert model.feature_names == tuple(X.columns)
    assert distance(model, pipeline[-1]) < 1e-12


def test_kinds_of_columns_have_the_names_that_their_transformers_give() -> None:
    pipeline = make_pipeline(BY_KIND, Ridge()).fit(WORDS, y)
    model = model_of(pipeline, WORDS[WORDS.columns[::-1]], y)
    names = ("number__bmi", "number__age", "word__sex_f", "word__sex_m")
    assert model.feature_names == names
    assert distance(model, pipeline[-1]) < 1e-12


@pytest.mark.parametrize(
    ("steps", "names"),
    [
        (["passthrough", StandardScaler()], ("age", "sex", "bmi", "bp")),
        ([make_pipeline(StandardScaler(), PCA(2))], ("pca0", "pca1")),
        ([FunctionTransformer(lambda X: X.to_numpy())], ("x0", "x1", "x2", "x3")),
        (
            [StandardScaler().set_output(transform="pandas"), StandardScaler()],
            ("age", "sex", "bmi", "bp"),
        ),
        (["passthrough"], ("age", "sex", "bmi", "bp")),
        (
            [ColumnTransformer([("few", "passthrough", ["bp", "age"])])],
            ("few__bp", "few__age"),
        ),
    ],
    ids=["passthrough", "nested", "no names", "pandas", "nothing", "selected"],
)
def test_steps(steps: list[Any], names: tuple[str, ...]) -> None:
    pipeline = make_pipeline(*steps, make_pipeline(Ridge(alpha=2.0))).fit(X, y)
    model = model_of(pipeline, X, y)
    assert model.feature_names == names
    assert distance(model, pipeline[-1][-1]) < 1e-12


def test_sparse_columns_are_made_dense() -> None:
    pipeline = make_pipeline(OneHotEncoder(), Ridge()).fit(WORDS[["sex"]], y)
    model = model_of(pipeline, WORDS[["sex"]], y)
    assert model.feature_names == ("sex_f", "sex_m")
    assert distance(model, pipeline[-1]) < 1e-12


def test_an_array_in_the_place_of_the_table_of_the_fit() -> None:
    pipeline = make_pipeline(StandardScaler(), Ridge()).fit(X, y)
    model = model_of(pipeline, X.to_numpy(), y)
    assert model.feature_names == ("age", "sex", "bmi", "bp")
    unnamed = make_pipeline(StandardScaler(), Ridge()).fit(X.to_numpy(), y)
    assert model_of(unnamed, X, y).feature_names == ("age", "sex", "bmi", "bp")
    assert model_of(unnamed, X.to_numpy(), y).feature_names == ("x0", "x1", "x2", "x3")


@pytest.mark.parametrize(
    "search",
    [
        GridSearchCV(Ridge(), {"alpha": [1.0, 5.0]}),
        RandomizedSearchCV(Ridge(), {"alpha": [1.0, 5.0]}, n_iter=2),
    ],
)
def test_the_best_estimator_of_a_search(search: Any) -> None:
    pipeline = make_pipeline(StandardScaler(), search).fit(X, y)
    model = model_of(pipeline, X, y)
    best = search.best_estimator_
    assert distance(model, best) < 1e-12
    assert model.origin is not None
    chosen = f"{type(search).__name__} chose alpha={best.alpha} with these rows"
    assert chosen in model.origin.notes


def test_a_frozen_estimator() -> None:
    frozen = FrozenEstimator(Ridge().fit(X, y))
    assert distance(model_of(frozen, X, y), frozen.estimator) < 1e-12


class Resampler(BaseEstimator):
    def fit_resample(self, X: Any, y: Any) -> Any:
        return X, y

    def fit(self, X: Any, y: Any) -> "Resampler":
        return self

    def transform(self, X: Any) -> Any:
        return X


def first_rows(X: Any) -> Any:
    return X[:5]


def pipeline_of(step: Any) -> Pipeline:
    """Return a pipeline whose last step was fitted, but not to what a step returns."""
    return Pipeline([("step", step), ("ridge", Ridge().fit(X, y))])


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (
            GridSearchCV(Ridge(), {"alpha": [1.0]}, refit=False).fit(X, y),
            "GridSearchCV\\(refit=False\\) fits no estimator to all rows; use refit=",
        ),
        (
            GridSearchCV(Ridge(), {"alpha": [1.0]}),
            "estimator must be fitted: GridSearchCV has no best_estimator_ yet",
        ),
        (
            make_pipeline(StandardScaler(), Ridge()),
            "step 'standardscaler' of Pipeline: StandardScaler must be fitted and take",
        ),
        (make_pipeline(Ridge()), "estimator must be fitted: Ridge has no coef_ yet"),
        (
            make_pipeline(StandardScaler(), "passthrough").fit(X, y),
            "Pipeline must end with an estimator, got 'passthrough' at its end",
        ),
        (
            pipeline_of(Resampler()),
            "step 'step' of Pipeline: Resampler gave the fit other rows than those of",
        ),
        (
            pipeline_of(FunctionTransformer(first_rows)),
            "step 'step' of Pipeline: FunctionTransformer must keep the rows of X, got "
            "5 of 100",
        ),
        (
            make_pipeline(
                make_union(TargetEncoder(target_type="continuous")), Ridge()
            ).fit(X, y),
            "'featureunion' of Pipeline: TargetEncoder gave the fit columns of cross-",
        ),
        (
            make_pipeline(StandardScaler(), Ridge()).fit(X[["age", "bmi"]], y),
            "X must have the columns that StandardScaler was fitted to, age, bmi; got",
        ),
        (
            TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp).fit(
                X, y
            ),
            "model_of does not know TransformedTargetRegressor: ",
        ),
        (
            make_pipeline(StandardScaler(), TransformedTargetRegressor(Ridge())).fit(
                X, y
            ),
            "call model_of for its regressor_ and the y that transformer_ returns",
        ),
    ],
)
def test_refusals(estimator: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        model_of(estimator, X, y)
    assert "\n" not in str(caught.value)


def test_more_sparse_entries_than_can_be_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bayes_l2.estimators.implied.pipelines.LARGEST", 10)
    pipeline = make_pipeline(OneHotEncoder(), Ridge()).fit(WORDS[["sex"]], y)
    with pytest.raises(ValueError, match="100 x 2 sparse entries; at most 10 can be"):
        model_of(pipeline, WORDS[["sex"]], y)


def test_rows_of_another_length_than_y() -> None:
    pipeline = make_pipeline(StandardScaler(), Ridge()).fit(X, y)
    with pytest.raises(ValueError, match="y must have 99 entries, got 100"):
        model_of(pipeline, pd.DataFrame(X[:99]), y)
