"""A program that prints results as JSON, for processes with other settings.

Usage: ``python -m tests.promises.same_seed``. Means are in posterior sds.
"""

import json
import sys

import numpy as np

from bayes_l2 import (
    LinearModel,
    choose_penalty,
    datasets,
    exercises,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_mcmc,
    likelihoods,
    priors,
)


def models() -> dict[str, LinearModel]:
    """Return models of each kind of posterior, some with ill-conditioned columns."""
    X, y = datasets.diabetes()
    rng = np.random.default_rng(3)
    powers = np.vander(np.linspace(0.0, 1.0, 40), 7)[:, :-1]
    noisy = powers.sum(axis=1) + 0.1 * rng.standard_normal(40)
    sd, half = likelihoods.Normal(54.0), priors.HalfNormal(50.0)
    conjugate = likelihoods.Normal(priors.InverseGamma(2.0, 1000.0))
    relative = priors.Normal(0.5, relative_to_noise=True)
    hierarchical = priors.Normal(priors.HalfCauchy(20.0))
    wide = rng.standard_normal((30, 60))
    few = wide[:, 0] + rng.standard_normal(30)
    labels = y > y.mean()
    counts = rng.poisson(np.exp(0.5 * rng.standard_normal(len(y))))
    of = LinearModel.of
    return {
        "known": of(X, y, likelihood=sd, prior=priors.Normal(20.0)),
        "flat": of(X, y, likelihood=sd, prior=priors.Flat()),
        "conjugate": of(X, y, likelihood=conjugate, prior=relative),
        "unknown": of(X, y, likelihood=likelihoods.Normal(half), prior=hierarchical),
        "powers": of(
            powers, noisy, likelihood=likelihoods.Normal(0.1), prior=priors.Normal(10.0)
        ),
        "wide": of(
            wide, few, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0)
        ),
        "classes": of(
            X, labels, likelihood=likelihoods.Bernoulli(), prior=priors.Normal(1.0)
        ),
        "counts": of(
            X, counts, likelihood=likelihoods.Poisson(), prior=priors.Normal(1.0)
        ),
    }


def results() -> dict[str, dict[str, list[float]]]:
    """Return draws, and numbers that no draws are in."""
    made = models()
    draws: dict[str, list[float]] = {}
    numbers: dict[str, list[float]] = {}
    for name in ("known", "unknown", "classes"):
        drawn = fit_mcmc(made[name], draws=20, tune=100, chains=2, seed=5)
        draws[f"nutpie, {name}"] = (
            drawn["posterior"]["coef"].to_numpy().ravel().tolist()
        )
    for name, model in made.items():
        is_gaussian = isinstance(model.likelihood, likelihoods.Normal)
        found = fit_exact(model) if is_gaussian else fit_laplace(model)
        numbers[f"mean, {name}"] = (found.mean / found.sd).tolist()
        numbers[f"log sd, {name}"] = np.log(found.sd).tolist()
        draws[f"posterior, {name}"] = found.sample(5, 3).ravel().tolist()
        if name not in ("flat", "unknown", "conjugate"):
            mode = fit_map(model)
            numbers[f"mode, {name}"] = (
                mode.coef / found.sd[-mode.coef.size :]
            ).tolist()
    penalty = choose_penalty(made["known"], by="cv", folds=5, seed=2).penalty
    numbers["log penalty by cv"] = [float(np.log(penalty))]
    own = exercises.numbers("cross-entropy", seed=9).values()
    draws["exercise"] = [float(each) for each in own]
    return {"draws": draws, "numbers": numbers}


if __name__ == "__main__":
    json.dump(results(), sys.stdout)
