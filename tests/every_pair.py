"""Every likelihood, prior and kind of scale, for tests that run over all of them."""

from typing import Any

import numpy as np

from bayes_l2 import likelihoods, priors

LIKELIHOODS = [
    likelihoods.Normal(1.0),
    likelihoods.Laplace(0.8),
    likelihoods.Poisson(),
    likelihoods.Bernoulli(),
    likelihoods.Categorical(),
]
PRIORS = [
    priors.Normal(1.5),
    priors.Laplace(1.0),
    priors.ElasticNet(1.0, 2.0),
    priors.Flat(),
]
# the noise of a Gaussian likelihood of two columns, and a prior; one sd is unknown
SCALES = [
    (priors.FlatLogScale(), priors.Flat()),
    (priors.InverseGamma(2, 1), priors.Normal(1.0, relative_to_noise=True)),
    (priors.HalfNormal(2), priors.Normal(priors.HalfCauchy(1.0))),
    (priors.Exponential(2), priors.Normal(priors.HalfStudentT(3, 1.0))),
    (1.0, priors.Normal(priors.HalfCauchy(1.0), mean=[0.1, -0.2])),
    (priors.FlatScale(), priors.Normal(cov=[[1.0, 0.5], [0.5, 2.0]])),
]


def responses(rng: np.random.Generator, signal: np.ndarray) -> dict[str, Any]:
    """Return a response for each likelihood, by its name, with this predictor."""
    n = len(signal)
    return {
        "Normal": signal + rng.normal(size=n),
        "Laplace": signal + rng.laplace(size=n),
        "Poisson": rng.poisson(np.exp(signal)),
        "Bernoulli": np.where(signal + rng.logistic(size=n) > 1, "yes", "no"),
        "Categorical": rng.choice([10, 20, 30], n),
    }


def name_of(term: Any) -> str:
    """Return the class of a likelihood or a prior, as the id of a test."""
    return type(term).__name__
