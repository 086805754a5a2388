"""The models of SGDRegressor and SGDClassifier, and how far they end from the MAP."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import SGDClassifier, SGDRegressor

from bayes_l2 import LinearModel, datasets, fit_exact, fit_laplace, fit_map
from bayes_l2.estimators.implied.model_of import model_of

table, response = datasets.diabetes()
X = table[["age", "bmi", "s5"]].to_numpy()[:60]
y = response.to_numpy(dtype=float)[:60] / 50
CLASSES = np.where(y > np.median(y), "high", "low")
WEIGHTS = np.random.default_rng(0).uniform(0.2, 3, size=60)
STEPS: dict[str, Any] = {
    "learning_rate": "invscaling",
    "tol": None,
    "max_iter": 3000,
    "random_state": 0,
}


def distance(model: LinearModel) -> float:
    """Return how far the estimator ended from the MAP in posterior sds, or as it is."""
    found, origin = fit_map(model), model.origin
    assert origin is not None
    assert origin.intercept is not None
    own = model.layout.join(origin.intercept, origin.coef)
    mode = model.layout.join(found.intercept, found.coef)
    sds: Any = 1.0
    if model.is_smooth:
        fit = fit_exact if model.likelihood.has_statistics else fit_laplace
        sds = fit(model).sd
    return float(np.max(np.abs(mode - own) / sds))


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["rows", "weighted"])
@pytest.mark.parametrize("penalty", ["l2", "l1", "elasticnet", None])
def test_long_descents_end_near_the_map(penalty: Any, weights: Any) -> None:
    regressor = SGDRegressor(penalty=penalty, alpha=0.05, eta0=0.01, **STEPS)
    regressor.fit(X, y, sample_weight=weights)
    model = model_of(regressor, X, y, sample_weight=weights)
    assert distance(model) < 0.05
    classifier = SGDClassifier(
        "log_loss", penalty=penalty, alpha=0.02, eta0=0.1, **STEPS
    ).fit(X, CLASSES, sample_weight=weights)
    model = model_of(classifier, X, CLASSES, sample_weight=weights)
    assert distance(model) < 0.05
    assert model.origin is not None
    assert "near the minimum, not at it" in model.origin.notes[-1]


def test_the_prior_by_hand() -> None:
    """Alpha n / noise_sd² is the precision: the loss is half the mean square."""
    regressor = SGDRegressor(alpha=0.05, random_state=0).fit(
        X, y, sample_weight=WEIGHTS
    )
    model = model_of(regressor, X, y, noise_sd=2.0, sample_weight=WEIGHTS)
    assert model.prior.sd == pytest.approx(2 / np.sqrt(0.05 * 60), rel=1e-12)
    classifier = SGDClassifier("log_loss", alpha=0.05, random_state=0).fit(X, CLASSES)
    model = model_of(classifier, X, CLASSES)
    assert model.prior.sd == pytest.approx(1 / np.sqrt(0.05 * 60), rel=1e-12)


def test_balanced_classes_count_rows_not_weights() -> None:
    uneven = np.where(y > np.quantile(y, 0.8), "high", "low")
    classifier = SGDClassifier(
        "log_loss", alpha=0.02, eta0=0.1, class_weight="balanced", **STEPS
    ).fit(X, uneven, sample_weight=WEIGHTS)
    model = model_of(classifier, X, uneven, sample_weight=WEIGHTS)
    assert distance(model) < 0.05
    n_high = np.sum(uneven == "high")
    own = np.where(uneven == "high", 60 / (2 * n_high), 60 / (2 * (60 - n_high)))
    assert model.weights is not None
    np.testing.assert_allclose(model.weights, WEIGHTS * own, rtol=1e-12)


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (
            SGDRegressor("huber"),
            "loss='squared_error', got 'huber': the package has no",
        ),
        (SGDRegressor("epsilon_insensitive"), "that ignores small errors is no likeli"),
        (
            SGDClassifier(),
            "SGDClassifier with loss='log_loss', got 'hinge': a loss that",
        ),
        (SGDClassifier("squared_error"), "squared error on labels is no likelihood of"),
        (
            SGDClassifier("log_loss", early_stopping=True),
            "SGDClassifier\\(early_stopping=True\\): it leaves rows out of the fit",
        ),
        (
            SGDClassifier("log_loss", average=True, penalty="l1"),
            "SGDClassifier\\(average=True\\) with an L1 penalty: its averages leave",
        ),
    ],
)
def test_refusals(estimator: Any, message: str) -> None:
    labels = y if isinstance(estimator, SGDRegressor) else CLASSES
    with pytest.raises(ValueError, match=message) as caught:
        model_of(estimator.fit(X, labels), X, labels)
    assert "\n" not in str(caught.value)


def test_three_classes_are_refused() -> None:
    labels = np.arange(60) % 3
    classifier = SGDClassifier("log_loss").fit(X, labels)
    with pytest.raises(ValueError, match="SGDClassifier for two classes, got 3: it"):
        model_of(classifier, X, labels)


def test_noise_of_a_classifier_is_refused() -> None:
    classifier = SGDClassifier("log_loss").fit(X, CLASSES)
    with pytest.raises(ValueError, match="noise_sd must be left out for SGDClassifier"):
        model_of(classifier, X, CLASSES, noise_sd=1.0)
    with pytest.raises(ValueError, match="alpha must be left out for SGDClassifier: m"):
        model_of(classifier, X, CLASSES, alpha=1.0)


def test_rows_are_needed() -> None:
    with pytest.raises(ValueError, match="y must be given beside a fitted estimator"):
        model_of(SGDRegressor().fit(X, y), X)
