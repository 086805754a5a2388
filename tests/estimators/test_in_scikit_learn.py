"""The estimators inside those of scikit-learn."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import StackingRegressor, VotingClassifier
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from bayes_l2 import L2Classifier, L2Regressor, priors

RNG = np.random.default_rng(22)
X = pd.DataFrame(RNG.normal(size=(60, 3)) * [1, 10, 0.1], columns=["age", "bmi", "bp"])
Y = 50 + X.to_numpy() @ [2.0, 0.3, 10.0] + RNG.normal(0, 1, 60)
LABELS = np.where(Y > 50, "high", "low")
SCALED = StandardScaler().fit_transform(X)


def test_a_pipeline_names_the_columns_and_passes_return_std() -> None:
    steps = make_pipeline(StandardScaler(), L2Regressor(1.0, 2.0))
    steps.set_output(transform="pandas").fit(X, Y)
    found: Any = steps[-1]
    assert found.posterior_.names == ("intercept", "age", "bmi", "bp")
    assert list(found.feature_names_in_) == ["age", "bmi", "bp"]
    mean, sd = steps.predict(X, return_std=True)
    ridge = Ridge(0.25).fit(SCALED, Y)
    assert mean == pytest.approx(ridge.predict(SCALED), rel=1e-10)
    assert (sd > 1).all()


def test_a_grid_search_chooses_a_prior_sd() -> None:
    choices = [1e-3, 2.0, priors.HalfCauchy(1)]
    search = GridSearchCV(L2Regressor(1.0), {"prior_sd": choices}, cv=3)
    search.fit(SCALED, Y)
    assert search.best_params_["prior_sd"] != 1e-3
    assert search.best_score_ > 0.8


def test_cross_validation_scores_are_those_of_ridge() -> None:
    ours = cross_val_score(L2Regressor(1.0, 2.0), SCALED, Y, cv=3)
    theirs = cross_val_score(Ridge(0.25), SCALED, Y, cv=3)
    assert ours == pytest.approx(theirs, rel=1e-10)


def test_a_transformed_target_is_of_the_logarithm() -> None:
    logs = FunctionTransformer(np.log, np.exp)
    target = TransformedTargetRegressor(L2Regressor(0.02, 0.1), transformer=logs)
    found = target.fit(SCALED, Y).predict(SCALED)
    direct = L2Regressor(0.02, 0.1).fit(SCALED, np.log(Y)).predict(SCALED)
    assert found == pytest.approx(np.exp(direct), rel=1e-10)


def test_a_stack_takes_it_below_and_above() -> None:
    parts = [("ours", L2Regressor(1.0, 2.0)), ("theirs", LinearRegression())]
    stack = StackingRegressor(parts, final_estimator=L2Regressor(1.0, 1.0), cv=3)
    assert stack.fit(SCALED, Y).score(SCALED, Y) > 0.8


def test_classes_are_calibrated_voted_on_and_scored() -> None:
    inner: Any = L2Classifier(1.0)
    calibrated = CalibratedClassifierCV(inner, cv=3).fit(SCALED, LABELS)
    assert calibrated.predict_proba(SCALED).sum(axis=1) == pytest.approx(1.0)
    vote = VotingClassifier([("a", inner), ("b", inner)], voting="soft")
    voted = vote.fit(SCALED, LABELS).predict_proba(SCALED)
    alone = L2Classifier(1.0).fit(SCALED, LABELS).predict_proba(SCALED)
    assert voted == pytest.approx(alone, rel=1e-12)
    scores = cross_val_score(inner, SCALED, LABELS, cv=3, scoring="roc_auc")
    assert scores.min() > 0.8


def test_weights_are_routed() -> None:
    weights = RNG.integers(1, 4, 60).astype(float)
    with sklearn.config_context(enable_metadata_routing=True):
        found: Any = L2Regressor(1.0, 2.0)
        found.set_fit_request(sample_weight=True)
        found.set_score_request(sample_weight=True)
        params: dict[str, Any] = {"sample_weight": weights}
        scored = cross_validate(
            found, SCALED, Y, cv=3, params=params, return_estimator=True
        )
        rows = [each.model_.n_rows for each in scored["estimator"]]
        assert sum(rows) == pytest.approx(2 * weights.sum())


def test_a_page_shows_it_and_a_clone_has_its_parameters() -> None:
    found = L2Regressor(priors.HalfNormal(2), choose="gcv")
    copy: Any = clone(found)
    assert copy.get_params() == found.get_params()
    page = make_pipeline(StandardScaler(), found.fit(SCALED, Y))._repr_html_()
    assert "L2Regressor" in page
    assert repr(found) == "L2Regressor(choose='gcv', noise_sd=priors.HalfNormal(sd=2))"


def test_whole_numbers_are_numbers_and_other_columns_are_refused() -> None:
    whole = np.arange(12).reshape(6, 2) % 5
    found = L2Regressor(1.0, 1.0).fit(whole, [1, 2, 3, 4, 5, 6])
    floats = L2Regressor(1.0, 1.0).fit(whole.astype(float), np.arange(1.0, 7.0))
    assert (found.predict(whole) == floats.predict(whole)).all()
    named = L2Regressor(1.0, 1.0).fit(X, Y)
    with pytest.raises(ValueError, match="feature names should match"):
        named.predict(X.rename(columns={"age": "years"}))
    with pytest.raises(ValueError, match="'prior_sd' is taken by the model"):
        L2Regressor().fit(X.rename(columns={"age": "prior_sd"}), Y)
