"""The MAP of the implied model is the estimator's own solution, for every reader."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import linear_model

from bayes_l2 import LinearModel, fit_exact, fit_map, likelihoods, model_of, priors
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.point_estimate import PointEstimate

sk: Any = linear_model  # its stubs know no lists of settings
RNG = np.random.default_rng(17)
X = RNG.standard_normal((60, 4)) * [1.0, 2.0, 0.5, 1.0] + [0.0, 3.0, 0.0, -1.0]
Y = 5.0 + X @ [1.0, -0.5, 0.0, 0.2] + RNG.standard_normal(60)
COUNTS = RNG.poisson(np.exp(0.3 * X[:, 0] + 0.1 * X[:, 1]))
TWO = np.where(np.median(Y) < Y, "yes", "no")
THREE = np.digitize(Y, np.quantile(Y, [0.3, 0.6]))
WEIGHTS = RNG.uniform(0.5, 2.0, 60)
WEIGHTS[3] = 0.0

TIGHT: dict[str, Any] = {"tol": 1e-12, "max_iter": 10**5}
NEWTON: dict[str, Any] = {"solver": "newton-cholesky", "tol": 1e-10}
SAGA: dict[str, Any] = {"solver": "saga", "tol": 1e-11, "max_iter": 10**5}
Q = 0.5
NUMBERS = [
    sk.LinearRegression(),
    sk.LinearRegression(fit_intercept=False),
    sk.Ridge(2.0),
    sk.Ridge(2.0, fit_intercept=False),
    sk.Ridge(2.0, solver="svd"),
    sk.Ridge(2.0, solver="lsqr", tol=1e-13),
    sk.Ridge(2.0, solver="sparse_cg", tol=1e-13),
    sk.Ridge(2.0, solver="sag", tol=1e-12, max_iter=10**5),
    sk.Ridge(0.0, solver="svd"),
    sk.RidgeCV([0.1, 3.0]),
    sk.Lasso(0.1, **TIGHT),
    sk.Lasso(0.1, fit_intercept=False, **TIGHT),
    sk.LassoCV(alphas=[0.05, 0.2], cv=3, **TIGHT),
    sk.ElasticNet(0.1, **TIGHT),
    sk.ElasticNet(0.1, l1_ratio=0.0, **TIGHT),
    sk.ElasticNetCV(alphas=[0.05, 0.2], l1_ratio=[0.3, 0.8], cv=3, **TIGHT),
    sk.BayesianRidge(),
    sk.TweedieRegressor(power=0, alpha=0.1, **NEWTON),
    sk.QuantileRegressor(quantile=Q, alpha=0.02),
    sk.QuantileRegressor(quantile=Q, alpha=0.0),
]
WITHOUT_WEIGHTS = [
    sk.ARDRegression(),
    sk.ARDRegression(threshold_lambda=20.0),
    sk.LassoLars(0.1),
    sk.LassoLarsCV(cv=3),
    sk.LassoLarsIC(),
]
OF_COUNTS = [
    sk.PoissonRegressor(alpha=0.1, **NEWTON),
    sk.PoissonRegressor(alpha=0.0, **NEWTON),
    sk.TweedieRegressor(power=1, alpha=0.1, **NEWTON),
]
OF_CLASSES = [
    sk.LogisticRegression(C=0.5, **NEWTON),
    sk.LogisticRegression(C=0.5, fit_intercept=False, **NEWTON),
    sk.LogisticRegression(C=np.inf, **NEWTON),
    sk.LogisticRegression(class_weight="balanced", **NEWTON),
    sk.LogisticRegression(C=0.5, l1_ratio=1.0, **SAGA),
    sk.LogisticRegression(C=0.5, l1_ratio=0.4, **SAGA),
    sk.LogisticRegressionCV(
        Cs=[0.1, 1.0],
        cv=3,
        l1_ratios=(0,),
        scoring="neg_log_loss",
        use_legacy_attributes=False,
        **NEWTON,
    ),
]
OF_TWO = [
    sk.LogisticRegression(class_weight={"yes": 2.0, "no": 0.5}, **NEWTON),
    sk.LogisticRegression(solver="liblinear", fit_intercept=False, tol=1e-12),
]
CASES = [
    *[(each, Y, weights) for each in NUMBERS for weights in (None, WEIGHTS)],
    *[(each, Y, None) for each in WITHOUT_WEIGHTS],
    *[(each, COUNTS, weights) for each in OF_COUNTS for weights in (None, WEIGHTS)],
    *[(each, TWO, weights) for each in OF_CLASSES for weights in (None, WEIGHTS)],
    *[(each, TWO, weights) for each in OF_TWO for weights in (None, WEIGHTS)],
    *[(each, THREE, weights) for each in OF_CLASSES for weights in (None, WEIGHTS)],
]


def implied(estimator: Any, y: Any, weights: FloatArray | None = None) -> LinearModel:
    options: dict[str, Any] = {} if weights is None else {"sample_weight": weights}
    return model_of(estimator.fit(X, y, **options), X, y, **options)


def point_of(model: LinearModel) -> FloatArray:
    assert model.origin is not None
    intercept = model.origin.intercept
    return model.join(0.0 if intercept is None else intercept, model.origin.coef)


@pytest.mark.parametrize(("estimator", "y", "weights"), CASES)
def test_the_estimator_is_the_map(
    estimator: Any, y: Any, weights: FloatArray | None
) -> None:
    """In posterior sds: of the mean of a Gaussian posterior, else the Newton step."""
    model = implied(estimator, y, weights)
    assert model.origin is not None
    assert model.origin.name == type(estimator).__name__
    np.testing.assert_array_equal(
        np.squeeze(model.origin.coef), np.squeeze(estimator.coef_)
    )
    point = point_of(model)
    if isinstance(model.prior, priors.Normal | priors.Flat) and isinstance(
        model.likelihood, likelihoods.Normal
    ):
        posterior = fit_exact(model)
        assert np.max(np.abs(point - posterior.mean) / posterior.sd) <= 1e-6
    else:
        left = PointEstimate.at(model, point, route="scikit-learn")
        assert left.gradient_norm <= 1e-6
        assert left.duality_gap <= 1e-6


@pytest.mark.parametrize("kind", ["two", "three"])
def test_the_map_search_finds_the_classifier(kind: str) -> None:
    """Another solver of ours against scikit-learn's, in units of the prior sd."""
    y = TWO if kind == "two" else THREE
    estimator = sk.LogisticRegression(C=0.5, **NEWTON)
    found = fit_map(implied(estimator, y, WEIGHTS))
    np.testing.assert_allclose(np.atleast_2d(found.coef), estimator.coef_, atol=1e-7)


def test_a_model_that_has_changed_does_not_claim_the_estimator() -> None:
    from dataclasses import replace

    model = implied(sk.Ridge(2.0), Y)
    assert model.origin is not None
    assert replace(model, prior=priors.Normal(3.0)).origin is None
    assert replace(model).origin is None
    assert (
        LinearModel(
            X, Y, likelihood=likelihoods.Normal(1.0), prior=priors.Flat()
        ).origin
        is None
    )


def test_the_prior_is_that_of_the_setting() -> None:
    """Formulas by hand: sigma / sqrt(alpha), sigma² / (n alpha), and so on."""
    n, total = len(Y), WEIGHTS.sum()

    def terms(estimator: Any, y: Any = Y, w: Any = None, **options: Any) -> Any:
        given = {} if w is None else {"sample_weight": w}
        return model_of(estimator.fit(X, y, **given), X, y, **given, **options).prior

    assert terms(sk.Ridge(4.0), noise_sd=3.0).sd == pytest.approx(1.5)
    assert terms(sk.Lasso(0.5), noise_sd=3.0).scale == pytest.approx(9 / (0.5 * n))
    both = terms(sk.ElasticNet(0.5, l1_ratio=0.2), w=WEIGHTS, noise_sd=3.0)
    assert both.l1_scale == pytest.approx(9 / (0.5 * 0.2 * total))
    assert both.l2_sd == pytest.approx(3 / np.sqrt(0.5 * 0.8 * total))
    assert terms(sk.PoissonRegressor(alpha=0.5), COUNTS).sd == pytest.approx(
        1 / np.sqrt(0.5 * n)
    )
    median = terms(sk.QuantileRegressor(alpha=0.02), noise_sd=3.0)
    assert median.scale == pytest.approx(3 / np.sqrt(2) / (2 * 0.02 * n))
    assert terms(sk.LogisticRegression(C=4.0), TWO).sd == pytest.approx(2.0)


def test_bayesian_ridge_has_its_own_covariance() -> None:
    """scikit-learn's sigma_ is the covariance of the coefficients at its scales."""
    for estimator in (sk.BayesianRidge(), sk.ARDRegression()):
        posterior = fit_exact(implied(estimator, Y))
        names = [f"x{j}" for j in np.flatnonzero(estimator.coef_)]
        assert len(names) >= 3
        cov = posterior.marginal(names).cov
        np.testing.assert_allclose(cov, estimator.sigma_, rtol=1e-7, atol=1e-12)


def test_columns_that_are_out_stay_out() -> None:
    estimator = sk.ARDRegression(threshold_lambda=20.0).fit(X, Y)
    out = estimator.lambda_ >= 20.0
    assert 0 < out.sum() < 4
    model = model_of(estimator, X, Y)
    posterior = fit_exact(model)
    assert np.all(posterior.sd[1:][out] < 1e-8)
    assert model.origin is not None
    assert "are dropped" in model.origin.notes[-1]


def test_columns_are_matched_by_name() -> None:
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    estimator = sk.Ridge(1.0).fit(frame, Y)
    model = model_of(estimator, frame[["d", "b", "a", "c"]], Y)
    assert model.feature_names == ("a", "b", "c", "d")
    np.testing.assert_array_equal(model.X, X)
    assert model_of(estimator, X, Y).feature_names == ("a", "b", "c", "d")
    unnamed = model_of(sk.Ridge(1.0).fit(X, Y), frame, Y)
    assert unnamed.feature_names == ("a", "b", "c", "d")


def test_a_column_of_responses_is_one_response() -> None:
    column = Y[:, np.newaxis]
    model = model_of(sk.LinearRegression().fit(X, column), X, column)
    np.testing.assert_allclose(
        fit_exact(model).coef, sk.LinearRegression().fit(X, Y).coef_
    )


def test_the_old_name_of_the_penalty_is_known() -> None:
    with pytest.warns(FutureWarning):
        old = sk.LogisticRegression(penalty="l1", C=0.5, l1_ratio=1.0, **SAGA).fit(
            X, TWO
        )
    assert model_of(old, X, TWO).prior == priors.Laplace(0.5)
    with pytest.warns(FutureWarning):
        none = sk.LogisticRegression(penalty=None, **NEWTON).fit(X, TWO)
    assert isinstance(model_of(none, X, TWO).prior, priors.Flat)
