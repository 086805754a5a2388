"""Fits without an intercept: glmnet and lm.ridge by hand, at converted settings.

The fits below follow the sources of glmnet (``elnet``, ``lstandard1``) and of
``MASS::lm.ridge``: weights sum to 1, y is divided by its root mean square, and columns
by their sd about the mean in glmnet, by their root mean square in lm.ridge.
"""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from bayes_l2 import LinearModel, convert, fit_exact, fit_map, likelihoods, penalty_in
from bayes_l2 import priors as of

RNG = np.random.default_rng(7)
X = RNG.standard_normal((40, 3)) + np.array([0.0, 2.0, -5.0])
SPREAD = X * [1.0, 0.1, 30.0]
Y = X @ [1.0, -0.5, 0.3] + 3.0 + RNG.standard_normal(40)
WEIGHTS = RNG.uniform(0.2, 3.0, 40)


def with_equal_sds(weights: np.ndarray) -> np.ndarray:
    """Return columns of sd 2.5 and different means, for one lambda to fit them all."""
    mean = np.average(X, axis=0, weights=weights)
    sd = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=weights))
    return 2.5 * X / sd


def glmnet(
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    lam: float,
    *,
    alpha: float,
    standardize: bool,
) -> np.ndarray:
    """Fit by coordinate descent as glmnet does with intercept = FALSE."""
    w = weights / weights.sum()
    y_rms = np.sqrt(w @ y**2)
    sds = np.ones(x.shape[1])
    if standardize:
        sds = np.sqrt(w @ x**2 - (w @ x) ** 2)
    rows, target, penalty = x / sds, y / y_rms, lam / y_rms
    sizes, b = w @ rows**2, np.zeros(x.shape[1])
    for _ in range(20000):
        before = b.copy()
        for j in range(len(b)):
            rest = target - rows @ b + rows[:, j] * b[j]
            slope = w @ (rows[:, j] * rest)
            shrunk = np.sign(slope) * max(abs(slope) - alpha * penalty, 0.0)
            b[j] = shrunk / (sizes[j] + (1 - alpha) * penalty)
        if np.abs(b - before).max() < 1e-15:
            break
    return b * y_rms / sds


def model_of(x: np.ndarray, prior: Any, weights: Any = None, y: Any = Y) -> LinearModel:
    terms: Any = {"likelihood": likelihoods.Normal(1.3), "prior": prior}
    return LinearModel(x, y, weights=weights, intercept=False, **terms)


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("prior", [of.Normal(0.4), of.Laplace(0.1)])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("shift", [0.0, -30.0])
def test_glmnet_is_the_map_of_the_model(
    standardize: bool, prior: Any, weights: Any, shift: float
) -> None:
    w = np.ones(40) if weights is None else weights
    x = with_equal_sds(w) if standardize else SPREAD
    model = model_of(x, prior, weights, Y + shift)
    is_lasso = isinstance(prior, of.Laplace)
    name = "glmnet-lasso" if is_lasso else "glmnet"
    name += "" if standardize else "-unstandardised"
    lam = penalty_in(model, name).value
    assert isinstance(lam, float)
    kind: Any = {"alpha": float(is_lasso), "standardize": standardize}
    theirs = glmnet(x, Y + shift, w, lam, **kind)
    ours = fit_map(model).coef if is_lasso else fit_exact(model).coef
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-8 * np.abs(ours).max())
    # and with the numbers of the caller
    y_rms = float(np.sqrt(np.average((Y + shift) ** 2, weights=w)))
    given: dict[str, Any] = {"n": 40}
    if weights is not None:
        given["weight_sum"] = w.sum()
    if not is_lasso:
        given["y_sd"] = y_rms
    else:
        given["noise_sd"] = 1.3
    if standardize:
        given["x_sd"] = 2.5
    source, value = ("laplace-scale", 0.1) if is_lasso else ("ridge", model.penalty)
    found = convert(value, source, name, intercept=False, **given)
    assert found.value == pytest.approx(lam, rel=1e-12)
    if not is_lasso:
        words = "y_sd is the root mean square of the y that is fitted, with divisor n"
        assert words in found.assumptions
    if standardize:
        words = "x_sd is the sd about the mean of a column, with divisor n"
        assert words in found.assumptions


def test_the_scale_of_y_is_not_its_sd() -> None:
    """The tests above could not tell if the mean of y were zero."""
    y = Y + 5
    model = model_of(SPREAD, of.Normal(0.4), y=y)
    lam = penalty_in(model, "glmnet-unstandardised").value
    by_sd = model.penalty * y.std() / 40
    assert lam == pytest.approx(model.penalty * np.sqrt(np.mean(y**2)) / 40, rel=1e-13)
    assert lam > 1.2 * by_sd
    ours = fit_exact(model).coef
    theirs = glmnet(SPREAD, y, np.ones(40), by_sd, alpha=0.0, standardize=False)
    assert np.abs(theirs / ours - 1).max() > 1e-3


def test_a_constant_y_has_a_root_mean_square() -> None:
    model = model_of(SPREAD, of.Normal(0.4), y=np.full(40, 3.0))
    lam = penalty_in(model, "glmnet-unstandardised").value
    assert lam == pytest.approx(model.penalty * 3 / 40, rel=1e-13)


@pytest.mark.parametrize("standardize", [True, False])
def test_glmnet_binomial_divides_by_the_sd_about_the_mean(standardize: bool) -> None:
    x = with_equal_sds(np.ones(40)) if standardize else SPREAD
    y = Y - np.median(Y) > 0
    prior = of.Normal(0.4)
    model = LinearModel(
        x, y, likelihood=likelihoods.Bernoulli(), prior=prior, intercept=False
    )
    name = "glmnet-binomial" + ("" if standardize else "-unstandardised")
    lam = penalty_in(model, name).value
    assert isinstance(lam, float)
    sds = np.sqrt(np.mean(x**2, axis=0) - x.mean(axis=0) ** 2) if standardize else 1.0
    rows, signs = x / sds, 2.0 * y - 1

    def loss(b: np.ndarray) -> float:
        losses = np.logaddexp(0, -signs * (rows @ b))
        return float(np.mean(losses) + lam / 2 * b @ b)

    def slope(b: np.ndarray) -> np.ndarray:
        wrong = 1 / (1 + np.exp(signs * (rows @ b)))
        return -(signs * wrong) @ rows / 40 + lam * b

    found: Any = minimize(loss, np.zeros(3), jac=slope, tol=1e-12)
    ours = fit_map(model).coef
    np.testing.assert_allclose(found.x / sds, ours, rtol=0, atol=1e-6)


def test_lm_ridge_divides_by_the_root_mean_square() -> None:
    rms = np.sqrt(np.mean(X**2, axis=0))
    x = 2.5 * X / rms
    model = model_of(x, of.Normal(0.4))
    lam = penalty_in(model, "lm-ridge").value
    assert isinstance(lam, float)
    rows = x / np.sqrt(np.mean(x**2, axis=0))
    scaled = np.linalg.solve(rows.T @ rows + lam * np.eye(3), rows.T @ Y)
    np.testing.assert_allclose(scaled / 2.5, fit_exact(model).coef, rtol=1e-11)
    words = "x_sd is the root mean square of a column, with divisor n"
    found = convert(lam, "lm-ridge", "ridge", x_sd=2.5, intercept=False)
    assert words in found.assumptions


@pytest.mark.parametrize(
    ("source", "target", "name"),
    [
        ("ridge", "spark", "y_sd"),
        ("ridge", "spark-unstandardised", "y_sd"),
        ("laplace-scale", "spark-lasso", "x_sd"),
        ("ridge", "matlab-ridge", "x_sd"),
        ("ridge", "hoerl-kennard", "x_sd"),
        ("glmnet", "lm-ridge", "x_sd"),
        ("lm-ridge", "glmnet", "x_sd"),
        ("glmnet", "spark", "y_sd"),
        ("prior-sd", "prior-sd-standardised", "x_sd"),
    ],
)
def test_scales_that_are_not_common_are_refused(
    source: str, target: str, name: str
) -> None:
    words = f"intercept must be True from {source} to {target}: without one, {name}"
    with pytest.raises(ValueError, match=words):
        convert(1.0, source, target, intercept=False)


def test_within_glmnet_the_scale_of_y_cancels() -> None:
    one, other = "glmnet", "glmnet-unstandardised"
    found = convert(1.0, one, other, x_sd=2.0, intercept=False)
    assert found.value == pytest.approx(4.0)
    assert not [each for each in found.assumptions if each.startswith("y_sd")]
    same = convert(0.3, "spark", "spark", intercept=False)
    assert same.value == pytest.approx(0.3)
