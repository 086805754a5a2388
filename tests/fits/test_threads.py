"""Fits in several threads leave the warning filters of the process as they were."""

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bayes_l2 import LinearModel, fit_mcmc, fit_penalised, likelihoods, priors


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
