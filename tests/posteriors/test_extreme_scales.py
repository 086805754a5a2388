"""Posteriors whose scales reach over many decades: draws end, and no number is NaN."""

import warnings
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors


def model(X: Any, y: Any, noise: Any, spread: Any, **options: Any) -> LinearModel:
    likelihood, prior = likelihoods.Normal(noise), priors.Normal(spread)
    return LinearModel(X, y, likelihood=likelihood, prior=prior, **options)


@pytest.mark.parametrize("size", [1e-2, 1e-5, 1e-9])
def test_draws_end_where_the_noise_is_flat_above_a_cliff(size: float) -> None:
    """Two rows of a small y: the density of log sigma falls at once below its mode.

    Kolmogorov and Smirnov's test with a false-alarm rate of 1e-9 for each scale.
    """
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((2, 4)), size * rng.standard_normal(2)
    scales = priors.HalfNormal(0.85), priors.Exponential(0.46)
    posterior = fit_exact(model(X, y, *scales, intercept=False))
    draws = posterior.to_datatree(seed=1, draws=5000, chains=1)["posterior"]
    for name in ("noise_sd", "prior_sd"):
        drawn = np.ravel(draws[name])
        cdf = posterior.marginal(name).cdf
        assert stats.kstest(drawn, cdf).pvalue > 1e-9


@pytest.mark.parametrize("noise", [0.1, 0.5])
def test_a_penalty_below_all_numbers_leaves_the_predictions(noise: float) -> None:
    """Two equal columns are one that is longer by the root of 2.

    Under the second model no direction keeps its prior, and no grid reaches so far.
    """
    rng = np.random.default_rng(2)
    X = rng.standard_normal((19, 5))
    X[:, 4] = X[:, 0]
    y = X @ rng.standard_normal(5) + noise * rng.standard_normal(19)
    scales = priors.HalfCauchy(3e5), priors.HalfCauchy(1e-5)
    merged = X[:, :4] * [np.sqrt(2), 1, 1, 1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = fit_exact(model(X, y, *scales)).predict(X, return_sd=True)
        other = fit_exact(model(merged, y, *scales)).predict(merged, return_sd=True)
    np.testing.assert_allclose(found[0], other[0], atol=1e-7 * other[1].min())
    np.testing.assert_allclose(found[1], other[1], rtol=1e-7)


def test_a_noise_sd_far_too_small_for_the_residuals_is_refused_by_name() -> None:
    rng = np.random.default_rng(3)
    X = rng.standard_normal((20, 2))
    y = X @ [1.0, 1.0] + rng.standard_normal(20)
    posterior = fit_exact(model(X, y, 1e-8, priors.HalfNormal(1)))
    with pytest.raises(ValueError, match="rounding of its log density") as refusal:
        posterior.marginal("prior_sd").median()
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("scale", [1e-100, 1e-8, 1e8, 1e100])
def test_a_row_that_says_nothing_of_the_noise_leaves_its_prior(scale: float) -> None:
    # one row and a flat intercept: the noise sd stays half-normal
    scales = priors.HalfNormal(scale), priors.HalfNormal(1.0)
    noise = fit_exact(model([[1.0]], [1.0], *scales)).marginal("noise_sd")
    at = scale * np.array([0.01, 1.0, 3.0])
    expected = stats.halfnorm.cdf(at, scale=scale)
    np.testing.assert_allclose(noise.cdf(at), expected, atol=1e-9)


@pytest.mark.parametrize("ratio", [1e20, 1e60])
def test_a_plateau_between_columns_far_apart_takes_few_nodes(ratio: float) -> None:
    """The density of log alpha is level from one eigenvalue to the next.

    The large column is known to its noise, whatever the prior sd.
    """
    rng = np.random.default_rng(0)
    Z = rng.standard_normal((7, 3))
    scales = 1.0, priors.HalfNormal(1.0)
    found: Any = fit_exact(model(Z * [ratio, 1.0, 1.0], Z.sum(axis=1), *scales))
    assert len(found._nodes.log_penalty) < 10_000
    column = Z[:, 0] - Z[:, 0].mean()
    alone = 1 / np.linalg.norm(column) / ratio
    assert alone < found.sd[1] < 3 * alone
