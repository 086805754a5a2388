"""Random effects of statsmodels' MixedLM are coefficients of ridge regression.

MixedLM estimates the variances by restricted maximum likelihood, and its optimiser
stops early. So everything here is at its own estimates, whatever they are: given them,
its effects are a closed form.
"""

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors

sm: Any = import_module("statsmodels.api")
RNG = np.random.default_rng(12)
SIZES = [1, 1, 2, 3, 4, 5, 7, 9, 12, 16]
GROUP = np.repeat(np.arange(len(SIZES)), SIZES)
N = len(GROUP)
x = RNG.normal(1, 1, N)
DUMMIES = (GROUP[:, None] == np.arange(len(SIZES))).astype(float)
y = 2 + 0.5 * x + DUMMIES @ RNG.normal(0, 1.2, len(SIZES)) + RNG.normal(0, 0.7, N)
y_slopes = y + x * (DUMMIES @ RNG.normal(0, 0.8, len(SIZES)))
FIXED = sm.add_constant(x)


def mixed_lm(response: Any, **options: Any) -> Any:
    return sm.MixedLM(response, FIXED, GROUP, **options).fit(reml=True)


def effects_of(result: Any) -> np.ndarray:
    """Return the random effects, shape (groups, effects of one)."""
    return np.array([result.random_effects[each] for each in range(len(SIZES))])


def ridge_of(response: Any, columns: Any, result: Any) -> LinearModel:
    """Return the model with a flat prior on the slope, and sd 1 for the columns."""
    return LinearModel(
        np.column_stack([x, columns]),
        response,
        likelihood=likelihoods.Normal(np.sqrt(result.scale)),
        prior=priors.Normal([np.inf] + [1.0] * columns.shape[1]),
    )


@pytest.fixture(scope="module")
def levels() -> Any:
    return mixed_lm(y)


@pytest.fixture(scope="module")
def slopes() -> Any:
    return mixed_lm(y_slopes, exog_re=FIXED)


def variance_of(result: Any) -> float:
    """Return the variance of random levels, which must not be at its bound of 0."""
    variance = float(np.asarray(result.cov_re)[0, 0])
    assert variance > 0.1
    return variance


def test_random_levels_are_ridge_on_dummies(levels: Any) -> None:
    """Effects, and the fixed level and slope, to 12 digits of a posterior sd."""
    sd = np.sqrt(variance_of(levels))
    exact = fit_exact(ridge_of(y, sd * DUMMIES, levels))
    own = effects_of(levels)[:, 0]
    assert np.max(np.abs(sd * exact.coef[1:] - own) / (sd * exact.sd[2:])) < 1e-12
    fixed = np.asarray(levels.fe_params)
    assert np.max(np.abs(exact.mean[:2] - fixed) / exact.sd[:2]) < 1e-12
    # its standard errors come from the Hessian of all parameters, variances too
    np.testing.assert_allclose(exact.sd[:2], np.asarray(levels.bse_fe), rtol=0.01)


def test_they_are_ridge_of_scikit_learn_on_what_fixed_effects_leave(
    levels: Any,
) -> None:
    alpha = levels.scale / variance_of(levels)
    residuals = y - FIXED @ np.asarray(levels.fe_params)
    ridge = Ridge(alpha=alpha, fit_intercept=False).fit(DUMMIES, residuals)
    np.testing.assert_allclose(ridge.coef_, effects_of(levels)[:, 0], rtol=1e-10)
    wrong = Ridge(alpha=1.01 * alpha, fit_intercept=False).fit(DUMMIES, residuals)
    assert np.max(np.abs(wrong.coef_ - effects_of(levels)[:, 0])) > 1e-3


def test_its_covariances_are_those_of_known_fixed_effects(levels: Any) -> None:
    """The posterior's own sds are larger: they know that fixed effects are estimates.

    They are the roots of the textbook's variances of prediction errors.
    """
    sd, noise_sd = np.sqrt(variance_of(levels)), np.sqrt(levels.scale)
    covariances = levels.random_effects_cov
    own = [np.asarray(covariances[each])[0, 0] for each in range(len(SIZES))]
    known = LinearModel(
        DUMMIES,
        y - FIXED @ np.asarray(levels.fe_params),
        likelihood=likelihoods.Normal(noise_sd),
        prior=priors.Normal(sd),
        intercept=False,
    )
    np.testing.assert_allclose(fit_exact(known).sd ** 2, own, rtol=1e-10)

    sds = sd * fit_exact(ridge_of(y, sd * DUMMIES, levels)).sd[2:]
    ratios = sds / np.sqrt(own)
    assert ratios[0] == pytest.approx(1.10, abs=0.005)  # a group of one row
    assert ratios[-1] == pytest.approx(2.35, abs=0.005)  # a group of sixteen
    both = np.hstack([FIXED, DUMMIES])
    penalty = np.diag([0, 0] + [1 / sd**2] * len(SIZES))
    henderson = np.linalg.inv(both.T @ both / noise_sd**2 + penalty)
    np.testing.assert_allclose(sds, np.sqrt(np.diag(henderson))[2:], rtol=1e-10)


def test_random_levels_and_slopes_are_ridge_on_columns_of_covariance_one(
    slopes: Any,
) -> None:
    """Their covariance is that of MixedLM; its root turns the columns."""
    cov = np.asarray(slopes.cov_re)
    assert np.min(np.linalg.eigvalsh(cov)) > 0.1
    root = np.kron(np.linalg.cholesky(cov), np.eye(len(SIZES)))
    columns = np.hstack([DUMMIES, DUMMIES * x[:, None]]) @ root
    exact = fit_exact(ridge_of(y_slopes, columns, slopes))
    effects = (root @ exact.coef[1:]).reshape(2, -1).T
    own = effects_of(slopes)
    np.testing.assert_allclose(effects, own, rtol=0, atol=1e-12)
