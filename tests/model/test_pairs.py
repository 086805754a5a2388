"""Pairs of a likelihood and a prior: those that are no pair, and those with kinks."""

import re
from typing import Any

import pytest

from bayes_l2 import likelihoods, priors
from bayes_l2.model import pairs

HALF = priors.HalfNormal(1.0)
NORMAL, POISSON = likelihoods.Normal(1.0), likelihoods.Poisson()
REFUSED: list[tuple[Any, Any, str]] = [
    (
        1,
        priors.Flat(),
        "likelihood must be likelihoods.Normal(sd), Laplace(scale), Bernoulli(), "
        "Poisson() or Categorical(), got 1",
    ),
    (
        NORMAL,
        "L2",
        "prior must be priors.Normal(...), Laplace(scale), ElasticNet(l1_scale, l2_sd) "
        "or Flat(), got 'L2'",
    ),
    (
        POISSON,
        priors.Normal(HALF),
        "prior must have a known sd: likelihoods.Poisson() has no noise scale; got "
        "priors.Normal(priors.HalfNormal(sd=1))",
    ),
    (
        POISSON,
        priors.Normal(2.0, relative_to_noise=True),
        "prior must have a known sd: likelihoods.Poisson() has no noise scale; got "
        "priors.Normal(sd=2, relative_to_noise=True)",
    ),
    (
        likelihoods.Normal(HALF),
        priors.Laplace(2.0),
        "likelihood must have a known sd under priors.Laplace(scale=2), got "
        "likelihoods.Normal(priors.HalfNormal(sd=1))",
    ),
]


@pytest.mark.parametrize(("likelihood", "prior", "message"), REFUSED)
def test_terms_that_are_no_pair_are_named(
    likelihood: Any, prior: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        pairs.require_terms(likelihood, prior)


def test_terms_that_are_a_pair_are_taken() -> None:
    pairs.require_terms(
        likelihoods.Normal(HALF), priors.Normal(HALF, relative_to_noise=True)
    )
    pairs.require_terms(NORMAL, priors.Laplace(2.0))
    pairs.require_terms(POISSON, priors.ElasticNet(2.0, 1.0))


def test_a_pair_is_smooth_if_both_terms_are() -> None:
    kinked = likelihoods.Laplace, priors.Laplace, priors.ElasticNet
    for pair in pairs.KNOWN_PAIRS:
        assert pairs.is_smooth(pair) is not any(term in kinked for term in pair)
