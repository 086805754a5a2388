"""The choice by evidence against the density of y, maximised by a general optimiser."""

import numpy as np
import pytest
from scipy import optimize

from bayes_l2 import LinearModel, choose_penalty, likelihoods, priors
from bayes_l2.selection.choose import choice_line
from tests.oracles import dense_log_evidence, half_cauchy, half_normal

rng = np.random.default_rng(3)
X = rng.standard_normal((25, 3))
Y = X @ np.array([1.0, -0.5, 0.2]) + rng.standard_normal(25)


def best_penalty(*, with_priors: bool) -> float:
    """Return the penalty where the density of y is largest, times that of the priors.

    The priors are densities of the logarithms of the scales.
    """

    def loss(logs: np.ndarray) -> float:
        noise, prior = np.exp(logs)
        value = dense_log_evidence(X, Y, noise, prior)
        if with_priors:
            value += half_normal(0.5)(noise) + half_cauchy(0.1)(prior) + logs.sum()
        return -value

    options = {"xatol": 1e-9, "fatol": 1e-12}
    found = optimize.minimize(
        loss, np.zeros(2), method="Nelder-Mead", options=options
    ).x
    return float(np.exp(2 * (found[0] - found[1])))


@pytest.mark.parametrize(
    ("noise", "prior", "with_priors"),
    [
        (priors.FlatLogScale(), priors.FlatLogScale(), False),
        (priors.HalfNormal(0.5), priors.HalfCauchy(0.1), True),
    ],
)
def test_the_evidence_is_type_two_maximum_likelihood_under_flat_scales_alone(
    noise: priors.ScalePrior, prior: priors.ScalePrior, with_priors: bool
) -> None:
    model = LinearModel(
        X, Y, likelihood=likelihoods.Normal(noise), prior=priors.Normal(prior)
    )
    choice = choose_penalty(model, by="evidence")
    exact = best_penalty(with_priors=with_priors)
    assert choice.penalty == pytest.approx(exact, rel=1e-5)
    other = best_penalty(with_priors=not with_priors)
    assert abs(choice.penalty / other - 1) > 0.1
    named = "times the priors of the scales" in choice_line(choice)
    assert named == with_priors
