"""Draws from the prior have its moments; a flat prior has none, and is named."""

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from bayes_l2 import LinearModel, likelihoods, prior_predictive, priors

RNG = np.random.default_rng(7)
X = RNG.normal(size=(8, 2))
P_VALUE = 1e-6  # of a false alarm


def model_of(likelihood: Any, prior: Any, y: Any = None, **options: Any) -> LinearModel:
    y = RNG.normal(size=8) if y is None else y
    options = {"intercept": False, **options}
    return LinearModel(X, y, likelihood=likelihood, prior=prior, **options)


def test_observations_of_a_gaussian_prior_are_gaussian() -> None:
    model = model_of(likelihoods.Normal(0.5), priors.Normal(2.0))
    found = prior_predictive(model, draws=1000, seed=1)
    y = found["prior_predictive"]["y"].to_numpy()[0]
    sd = np.sqrt(4 * np.sum(X**2, axis=1) + 0.25)
    for column in (y / sd).T:
        assert stats.kstest(column, stats.norm.cdf).pvalue > P_VALUE
    # y = Xb + noise of the same draw
    residuals = y - found["prior"]["coef"].to_numpy()[0] @ X.T
    assert stats.kstest(residuals.ravel() / 0.5, stats.norm.cdf).pvalue > P_VALUE
    assert list(found["prior"]["feature"].to_numpy()) == ["x0", "x1"]
    np.testing.assert_array_equal(found["observed_data"]["y"], model.y)


def test_the_draws_are_repeatable() -> None:
    model = model_of(likelihoods.Normal(0.5), priors.Normal(2.0))
    first, again, other = (
        prior_predictive(model, draws=3, seed=seed)["prior"]["coef"].to_numpy()
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("l1_scale", "l2_sd"), [(1.0, 2.0), (0.1, 5.0), (5.0, 0.3)])
def test_elastic_net_draws_have_its_density(l1_scale: float, l2_sd: float) -> None:
    prior = priors.ElasticNet(l1_scale, l2_sd)
    model = model_of(likelihoods.Normal(0.5), prior)
    coef = prior_predictive(model, draws=500, seed=1)["prior"]["coef"].to_numpy()

    def density(b: float) -> float:
        return np.exp(prior.log_density(np.array([b])))

    width = 40 * min(l1_scale, l2_sd)
    grid = np.linspace(-width, width, 20_001)
    below = integrate.cumulative_trapezoid([density(b) for b in grid], grid, initial=0)
    assert abs(below[-1] - 1) < 1e-4

    def cdf(values: Any) -> Any:
        return np.interp(values, grid, below)

    assert stats.kstest(coef.ravel(), cdf).pvalue > P_VALUE


def test_unknown_scales_are_drawn_from_their_priors() -> None:
    model = model_of(
        likelihoods.Normal(priors.InverseGamma(2.0, 3.0)),
        priors.Normal(priors.HalfStudentT(3.0, 2.0)),
    )
    drawn = prior_predictive(model, draws=1000, seed=1)["prior"]
    variance = drawn["noise_sd"].to_numpy().ravel() ** 2
    assert stats.kstest(variance, stats.invgamma(2.0, scale=3.0).cdf).pvalue > P_VALUE
    prior_sd = drawn["prior_sd"].to_numpy().ravel()
    folded = stats.t(3.0, scale=2.0).cdf
    assert stats.kstest(prior_sd, lambda s: 2 * folded(s) - 1).pvalue > P_VALUE
    penalty = variance / prior_sd**2
    np.testing.assert_allclose(drawn["penalty"].to_numpy().ravel(), penalty)


@pytest.mark.parametrize(
    ("likelihood", "y", "values"),
    [
        (likelihoods.Bernoulli(), list("abababab"), {-1.0, 1.0}),
        (likelihoods.Categorical(), list("abcabcab"), {0.0, 1.0, 2.0}),
        (likelihoods.Poisson(), [0, 1, 2, 3, 0, 1, 2, 3], None),
        (likelihoods.Laplace(1.0), None, None),
    ],
)
def test_observations_are_as_the_model_keeps_them(
    likelihood: Any, y: Any, values: set[float] | None
) -> None:
    model = model_of(likelihood, priors.Laplace(0.5), y)
    drawn = prior_predictive(model, draws=100, seed=1)["prior_predictive"]["y"]
    assert drawn.shape == (1, 100, 8)
    if values is not None:
        assert set(np.unique(drawn)) == values


@pytest.mark.parametrize(
    ("model", "names", "way_out"),
    [
        (
            model_of(likelihoods.Normal(1.0), priors.Normal(1.0), intercept=True),
            "intercept has a flat one",
            "intercept=False",
        ),
        (
            model_of(likelihoods.Normal(1.0), priors.Flat()),
            "coef has a flat one",
            r"priors.Normal\(sd\)",
        ),
        (
            model_of(likelihoods.Normal(1.0), priors.Laplace([1.0, np.inf])),
            "coef of x1 has a flat one",
            "a finite scale of each column",
        ),
        (
            model_of(likelihoods.Normal(priors.FlatScale()), priors.Normal(1.0)),
            "noise_sd has a flat one",
            r"priors.HalfNormal\(sd\) of noise_sd",
        ),
        (
            model_of(
                likelihoods.Normal(priors.FlatLogScale()), priors.Flat(), intercept=True
            ),
            "intercept and coef and noise_sd have flat ones",
            "intercept=False on centred data, priors.Normal",
        ),
    ],
)
def test_a_flat_prior_is_refused_by_name(
    model: LinearModel, names: str, way_out: str
) -> None:
    wanted = f"prior_predictive needs proper priors, and {names}; use {way_out}"
    with pytest.raises(ValueError, match=wanted):
        prior_predictive(model)


def test_a_prior_with_heavy_tails_is_proper() -> None:
    """Half-Cauchy falls as the square of one over the scale: it has an integral."""
    heavy = priors.HalfCauchy(1.0)
    model = model_of(likelihoods.Normal(heavy), priors.Normal(heavy))
    drawn = prior_predictive(model, draws=2, seed=1)
    assert drawn["prior"].sizes["draw"] == 2
