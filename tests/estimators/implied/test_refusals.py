"""Estimators that are the MAP of no model here, and rows that are not theirs."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import ensemble, linear_model, neighbors, neural_network, svm, tree
from sklearn.gaussian_process import GaussianProcessRegressor

from bayes_l2 import model_of, summary_of

sk: Any = linear_model  # its stubs know no lists of settings
RNG = np.random.default_rng(1)
X, Y = RNG.standard_normal((20, 2)), RNG.standard_normal(20)
LABELS = (Y > 0).astype(int)
BOTH = np.column_stack([Y, Y])
RIDGE = sk.Ridge().fit(X, Y)
FRAME = pd.DataFrame(X, columns=["a", "b"])

NO_MAP = [
    (svm.SVR(), "ignores errors below a margin"),
    (svm.SVC(), "ignores errors below a margin"),
    (svm.LinearSVR(), "ignores errors below a margin"),
    (svm.LinearSVC(), "ignores errors below a margin"),
    (tree.DecisionTreeRegressor(), "a tree has no coefficients"),
    (ensemble.RandomForestClassifier(), "a tree has no coefficients"),
    (ensemble.HistGradientBoostingRegressor(), "a tree has no coefficients"),
    (ensemble.GradientBoostingRegressor(), "a tree has no coefficients"),
    (neighbors.KNeighborsRegressor(), "no coefficients"),
    (neural_network.MLPRegressor(), "neither the mean nor the sd of a weight"),
    (neural_network.MLPClassifier(), "neither the mean nor the sd of a weight"),
    (sk.HuberRegressor(), "no negative log-likelihood of this package"),
    (sk.GammaRegressor(), "no negative log-likelihood of this package"),
    (sk.TheilSenRegressor(), "samples of the rows"),
    (sk.RANSACRegressor(), "samples of the rows"),
    (ensemble.BaggingRegressor(), "samples of the rows"),
    (sk.OrthogonalMatchingPursuit(), "one by one"),
    (sk.MultiTaskLasso(), "several responses"),
    (sk.RidgeClassifier(), "no likelihood of classes"),
    (GaussianProcessRegressor(), "no coefficients"),
]
FITS = [
    (sk.Ridge(positive=True), Y, {}, r"Ridge\(positive=True\) is no MAP"),
    (sk.Lasso(0.1, positive=True), Y, {}, r"Lasso\(positive=True\) is no MAP"),
    (sk.LinearRegression(positive=True), Y, {}, "is no MAP"),
    (sk.QuantileRegressor(quantile=0.9), Y, {}, "quantile=0.5, got 0.9"),
    (sk.TweedieRegressor(power=1.5), Y**2 + 1, {}, r"power=1.5, link='log'"),
    (sk.TweedieRegressor(power=0, link="log"), Y**2 + 1, {}, "link='log'"),
    (sk.LogisticRegression(solver="liblinear"), LABELS, {}, "penalises the intercept"),
    (sk.Ridge(), BOTH, {}, "fitted to one response, got Ridge fitted to 2"),
    (sk.LinearRegression(), BOTH, {}, "one response"),
    (
        sk.LogisticRegression(),
        LABELS,
        {"noise_sd": 1.0},
        "a classifier has no noise sd",
    ),
    (sk.PoissonRegressor(), LABELS, {"noise_sd": 1.0}, "counts have no noise sd"),
    (sk.BayesianRidge(), Y, {"noise_sd": 1.0}, "noise_sd must be left out"),
    (sk.Ridge(), Y, {"noise_sd": -1.0}, "noise_sd must be positive"),
    (sk.Ridge(), Y, {"sample_weight": np.ones(5)}, "each of the 20 rows of y, got 5"),
    (sk.Ridge(), Y, {"sample_weight": -np.ones(20)}, "must not be negative"),
]
ROWS = [
    (X[:, :1], Y, "X must have the 2 columns that Ridge was fitted to, got 1"),
    (X, Y[:5], "y must have 20 entries, got 5"),
    (X, BOTH, "y must be one response, got 2"),
    (X, None, "y must"),
    (None, Y, "X must"),
    (X, np.where(Y > 0, "a", "b"), "y must hold numbers"),
]


def one_line(error: pytest.ExceptionInfo[ValueError]) -> None:
    text = str(error.value)
    assert "\n" not in text
    assert len(text) <= 250


@pytest.mark.parametrize(("estimator", "why"), NO_MAP)
def test_no_map_is_refused_by_name(estimator: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why) as error:
        model_of(estimator, X, Y)
    assert type(estimator).__name__ in str(error.value)
    one_line(error)


@pytest.mark.parametrize(("estimator", "y", "options", "why"), FITS)
def test_fits_that_are_no_map_are_refused(
    estimator: Any, y: Any, options: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why) as error:
        model_of(estimator.fit(X, y), X, y, **options)
    one_line(error)


@pytest.mark.parametrize(("features", "y", "why"), ROWS)
def test_rows_of_another_kind_are_refused(features: Any, y: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why) as error:
        model_of(RIDGE, features, y)
    one_line(error)


@pytest.mark.parametrize(
    ("estimator", "why"),
    [
        (sk.Ridge(), "estimator must be fitted: Ridge has no coef_ yet"),
        (sk.RidgeCV(), "RidgeCV has no"),
        (sk.LogisticRegressionCV(), "LogisticRegressionCV has no"),
        (sk.BayesianRidge(), "BayesianRidge has no coef_"),
        (sk.Ridge, "got the class Ridge"),
        ("ridge", "estimator must be a fitted estimator, got 'ridge'"),
        (sk.SGDOneClassSVM(), "model_of does not know SGDOneClassSVM; it knows"),
    ],
)
def test_what_is_not_fitted_is_refused(estimator: Any, why: str) -> None:
    for function in (model_of, summary_of):
        with pytest.raises(ValueError, match=why) as error:
            function(estimator, X, Y)
        one_line(error)


def test_columns_of_other_names_are_refused() -> None:
    named = sk.Ridge().fit(FRAME, Y)
    with pytest.raises(ValueError, match="fitted to, a, b; got a, c") as error:
        model_of(named, FRAME.rename(columns={"b": "c"}), Y)
    one_line(error)


def test_classes_of_another_fit_are_refused() -> None:
    estimator = sk.LogisticRegression().fit(X, LABELS)
    with pytest.raises(ValueError, match="classes that LogisticRegression was fitted"):
        model_of(estimator, X, LABELS + 1)
    with pytest.raises(ValueError, match="y must have 20 entries, got 7"):
        model_of(estimator, X, LABELS[:7])


def test_means_over_folds_are_refused() -> None:
    estimator = sk.LogisticRegressionCV(
        Cs=2,
        cv=2,
        refit=False,
        l1_ratios=(0,),
        scoring="neg_log_loss",
        use_legacy_attributes=False,
    )
    with pytest.raises(ValueError, match="means over folds"):
        model_of(estimator.fit(X, LABELS), X, LABELS)


def test_a_derived_class_is_read_as_its_parent() -> None:
    class Mine(sk.Ridge):
        """Ridge by another name."""

    origin = model_of(Mine(2.0).fit(X, Y), X, Y).origin
    assert origin is not None
    assert origin.name == "Mine"
