"""Fits leave the process as it was: its warning filters, and its threads."""

import ctypes
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_mcmc, fit_penalised, likelihoods, priors
from bayes_l2.arrays import FloatArray
from bayes_l2.fits import mcmc
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.fast_density import Density, fast_density


def models() -> list[LinearModel]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 3))
    counts = rng.poisson(np.exp(0.3 * X[:, 0]))
    labels = np.where(X[:, 0] + rng.standard_normal(60) > 0, 1, -1)
    numbers = X[:, 0] + rng.standard_normal(60)
    return [
        LinearModel(
            X, counts, likelihood=likelihoods.Poisson(), prior=priors.Normal(1.0)
        ),
        LinearModel(
            X, labels, likelihood=likelihoods.Bernoulli(), prior=priors.Normal(1.0)
        ),
        LinearModel(
            X, labels, likelihood=likelihoods.Bernoulli(), prior=priors.Laplace(0.5)
        ),
        LinearModel(
            X, numbers, likelihood=likelihoods.Normal(1.0), prior=priors.Laplace(0.5)
        ),
    ]


def test_penalised_fits() -> None:
    before, shown = list(warnings.filters), warnings.showwarning
    with ThreadPoolExecutor(8) as pool:
        estimates = list(pool.map(fit_penalised, 10 * models()))
    assert list(warnings.filters) == before
    assert warnings.showwarning is shown
    for estimate, again in zip(estimates[:4], estimates[4:8], strict=True):
        np.testing.assert_array_equal(estimate.coef, again.coef)


def test_draws() -> None:
    before = list(warnings.filters)
    model = models()[0]
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(fit_mcmc, model, draws=30, tune=100, chains=2, seed=seed)
            for seed in range(4)
        ]
        for job in jobs:
            job.result()
    assert list(warnings.filters) == before


def thread_states() -> int:
    """Return how many threads Python holds a state of."""
    api = ctypes.pythonapi
    first, following = api.PyInterpreterState_ThreadHead, api.PyThreadState_Next
    for function in (api.PyInterpreterState_Get, first, following):
        function.restype = ctypes.c_void_p
    state = first(ctypes.c_void_p(api.PyInterpreterState_Get()))
    count = 0
    while state is not None:
        state, count = following(ctypes.c_void_p(state)), count + 1
    return count


def test_the_sampler_keeps_no_state_of_a_thread_that_has_ended() -> None:
    model, before = models()[0], thread_states()
    for seed in range(3):
        fit_mcmc(model, draws=20, tune=20, chains=3, seed=seed)
    assert thread_states() == before


def test_the_sampler_makes_one_state_for_each_chain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of_state, calls = threading.local(), {"first": 0, "later": 0}

    def counted(coordinates: FreeCoordinates) -> Density:
        density = fast_density(coordinates)

        def count(u: FloatArray) -> tuple[float, FloatArray]:
            calls["later" if hasattr(of_state, "is_known") else "first"] += 1
            of_state.is_known = True
            return density(u)

        return count

    monkeypatch.setattr(mcmc, "fast_density", counted)
    fit_mcmc(models()[0], draws=100, tune=100, chains=3, seed=0)
    # the main thread looks for the mode
    assert calls["first"] <= 1 + 3
    assert calls["later"] >= 3 * 200
