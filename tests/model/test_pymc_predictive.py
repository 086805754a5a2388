"""Draws of ``fit_mcmc`` work with the predictive functions of PyMC."""

from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from pytensor.compile.mode import Mode

from bayes_l2 import LinearModel, fit_mcmc, likelihoods, pymc_program
from tests.every_pair import LIKELIHOODS, PRIORS, SCALES, name_of, responses

RNG = np.random.default_rng(7)
X = RNG.normal(loc=[3.0, -1.0], size=(30, 2))
WEIGHTS = RNG.choice([1.0, 2.0], 30)
RESPONSES = responses(RNG, 1.0 + (X - X.mean(axis=0)) @ [0.6, -0.4])
# to interpret a graph takes a tenth of the time of compiling it
MODE = Mode(linker="py", optimizer="fast_compile").excluding("BlasOpt")
BOUND = 5.0  # sds of an average that is taken as normal

pytestmark = pytest.mark.usefixtures("interpreted")


def model_of(likelihood: Any, prior: Any, **options: Any) -> LinearModel:
    y = RESPONSES[type(likelihood).__name__]
    return LinearModel(X, y, likelihood=likelihood, prior=prior, **options)


def require_predictive(model: LinearModel, tree: xr.DataTree) -> None:
    """Hold PyMC's log likelihoods and predictive draws against this package's own.

    PyMC rounds log(2 pi) / 2 to single precision, an error of 6e-8.
    """
    with pymc_program(model):
        logs = pm.compute_log_likelihood(
            tree.copy(),
            extend_inferencedata=False,
            progressbar=False,
            compile_kwargs={"mode": MODE},
        )
        drawn = pm.sample_posterior_predictive(
            tree, random_seed=1, progressbar=False, compile_kwargs={"mode": MODE}
        )
    found, wanted = logs["y"], tree["log_likelihood"]["y"]
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6)
    ours = tree["posterior_predictive"]["y"].to_numpy()
    theirs = model.likelihood.from_pymc(drawn["posterior_predictive"]["y"].to_numpy())
    assert theirs.shape == ours.shape
    for value in np.unique(ours) if model.classes else [None]:
        pair = [each if value is None else each == value for each in (theirs, ours)]
        # given a draw and a row, both are drawn from one distribution independently
        differences = np.subtract(*np.array(pair, dtype=float)).mean(axis=-1)
        error = differences.std() / np.sqrt(differences.size)
        assert abs(differences.mean()) < BOUND * error + 1e-12
    spread = np.log(theirs.var() / ours.var())
    assert abs(spread) < 0.3


def sampled(model: LinearModel, engine: Any = "nutpie") -> xr.DataTree:
    return fit_mcmc(
        model,
        engine=engine,
        draws=40,
        tune=60,
        chains=2,
        seed=0,
        posterior_predictive=True,
        log_likelihood=True,
        progress=False,
    )


def pairs() -> list[Any]:
    """Return all pairs. Those are slow whose two terms are both in other pairs."""
    found = []
    for row, likelihood in enumerate(LIKELIHOODS):
        for column, prior in enumerate(PRIORS):
            marks = [] if column == row % len(PRIORS) else [pytest.mark.slow]
            name = f"{name_of(likelihood)}-{name_of(prior)}"
            found.append(pytest.param(likelihood, prior, marks=marks, id=name))
    return found


@pytest.mark.parametrize(("likelihood", "prior"), pairs())
def test_draws_of_every_pair(likelihood: Any, prior: Any) -> None:
    model = model_of(likelihood, prior)
    require_predictive(model, sampled(model))


@pytest.mark.parametrize(("noise", "prior"), SCALES)
def test_draws_of_unknown_scales(noise: Any, prior: Any) -> None:
    model = model_of(likelihoods.Normal(noise), prior)
    require_predictive(model, sampled(model))


@pytest.mark.parametrize("likelihood", LIKELIHOODS, ids=name_of)
def test_draws_of_weighted_rows_without_an_intercept(likelihood: Any) -> None:
    model = model_of(likelihood, PRIORS[0], intercept=False, weights=WEIGHTS)
    require_predictive(model, sampled(model))


@pytest.mark.slow
def test_draws_by_pymc(diabetes: LinearModel, pymc_draws: xr.DataTree) -> None:
    few = xr.DataTree.from_dict(
        {
            name: pymc_draws[name].to_dataset().isel(draw=slice(20))
            for name in ("posterior", "log_likelihood", "posterior_predictive")
        }
    )
    require_predictive(diabetes, few)
