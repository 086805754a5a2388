"""The draws of nutpie by the names of a model; they are given here, not sampled."""

from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import special, stats

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.fits.draws_of_nutpie import NO_DRAWS, named_tree
from bayes_l2.fits.search.coordinates import FreeCoordinates

RNG = np.random.default_rng(6)
X, Y = RNG.normal([3.0, 0.0], 1.0, (9, 2)), RNG.standard_normal(9)
WEIGHTS = RNG.uniform(0.5, 2.0, 9)
EXTRAS = ["log_likelihood", "posterior_predictive"]
MODELS = {
    "known": LinearModel(
        X, Y, likelihood=likelihoods.Normal(0.5), prior=priors.Normal(1.0)
    ),
    "weights": LinearModel(
        X,
        Y,
        likelihood=likelihoods.Normal(priors.HalfNormal(1.0)),
        prior=priors.Normal(1.0),
        weights=WEIGHTS,
    ),
    "classes": LinearModel(
        X,
        list("abcabcabc"),
        likelihood=likelihoods.Categorical(),
        prior=priors.Normal(1.0),
    ),
}


def raw_tree(free: Any) -> xr.DataTree:
    chains, draws = free.shape[:2]
    depth = np.arange(chains * draws).reshape(chains, draws)
    statistics = {
        "depth": (("chain", "draw"), depth),
        "text": (("chain", "draw"), depth.astype(str).astype(object)),
    }
    u = xr.Dataset({"u": (("chain", "draw", "axis"), free)})
    return xr.DataTree.from_dict(
        {"posterior": u, "sample_stats": xr.Dataset(statistics)}
    )


def lines(model: LinearModel, parameters: Any) -> Any:
    """Return the linear predictors of rows, shape (chains, draws, n) or with K."""
    if not model.layout.classes:
        return parameters[..., [0]] + parameters[..., 1:3] @ X.T
    intercepts = parameters[..., :2]
    intercepts = np.concatenate([intercepts, -intercepts.sum(-1, keepdims=True)], -1)
    coef = parameters[..., 2:].reshape(*parameters.shape[:2], 3, 2)
    return intercepts[..., np.newaxis, :] + np.einsum("np,cdkp->cdnk", X, coef)


@pytest.mark.parametrize("name", MODELS)
def test_log_likelihoods_and_observations_of_each_draw(name: str) -> None:
    model: Any = MODELS[name]
    coordinates = FreeCoordinates(model, log_power=1)
    free = RNG.standard_normal((2, 300, coordinates.size)) / 4
    tree = named_tree(coordinates, raw_tree(free), EXTRAS, seed=3)
    parameters = coordinates.parameters(free)
    eta = lines(model, parameters)
    y = tree["posterior_predictive"]["y"].to_numpy()
    found = tree["log_likelihood"]["y"].to_numpy()
    close = np.testing.assert_allclose
    if name == "classes":
        log_p = special.log_softmax(eta, axis=-1)
        close(found, log_p[..., np.arange(9), model.y.astype(int)], rtol=1e-9)
        for k in range(3):  # a share of 600 draws: six standard errors
            share, chance = (y == k).mean((0, 1)), np.exp(log_p[..., k]).mean((0, 1))
            close(share, chance, atol=6 * np.sqrt(0.25 / 600))
    else:
        noise_sd = 0.5 if name == "known" else parameters[..., [3]]
        sd = noise_sd / np.sqrt(1.0 if name == "known" else WEIGHTS)
        close(found, stats.norm.logpdf(Y, eta, sd), rtol=1e-9)
        noise = ((y - eta) / sd).ravel()
        assert stats.kstest(noise, stats.norm.cdf).pvalue > 1e-7
    coef = tree["posterior"]["coef"].to_numpy()
    first = model.layout.n_intercepts
    close(coef.reshape(2, 300, -1), parameters[..., first : first + coef[0, 0].size])
    np.testing.assert_array_equal(tree["observed_data"]["y"], model.y)
    assert "obs" in tree["observed_data"].coords
    again = named_tree(coordinates, raw_tree(free), EXTRAS, seed=3)
    np.testing.assert_array_equal(again["posterior_predictive"]["y"], y)
    for group in (*EXTRAS, "sample_stats"):
        np.testing.assert_array_equal(tree[group]["chain"], [0, 1])
        np.testing.assert_array_equal(tree[group]["draw"], np.arange(300))
    np.testing.assert_array_equal(tree["log_likelihood"]["obs"], np.arange(9))


def test_of_an_interrupted_sampling_the_largest_block_is_kept() -> None:
    """Chains with 2, 0, 6, 5 draws: two have 5, which is more than 6, or three of 2."""
    coordinates = FreeCoordinates(MODELS["known"])
    free = RNG.standard_normal((4, 6, 3))
    for chain, count in enumerate([2, 0, 6, 5]):
        free[chain, count:] = np.nan
    tree = named_tree(coordinates, raw_tree(free), [], seed=None)
    expected = coordinates.parameters(free[2:, :5])
    np.testing.assert_allclose(tree["posterior"]["intercept"], expected[..., 0])
    np.testing.assert_array_equal(
        tree["sample_stats"]["depth"], [np.arange(12, 17), np.arange(18, 23)]
    )
    assert list(tree["sample_stats"].data_vars) == ["depth"]
    assert set(tree.children) == {"posterior", "sample_stats", "observed_data"}
    with pytest.raises(KeyboardInterrupt, match=NO_DRAWS):
        named_tree(coordinates, raw_tree(np.nan * free), [], seed=None)
