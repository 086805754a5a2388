"""Likelihoods as losses: against scipy's densities, their gradients against differences, kinks where they are said."""

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import likelihoods, priors

R = np.array([-3.0, -0.4, 0.7, 2.5])
LOSSES = [
    likelihoods.Normal(sd=1.7),
    likelihoods.Laplace(scale=0.6),
    likelihoods.Bernoulli(),
]


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_gradients_are_those_of_the_loss(loss: likelihoods.Loss) -> None:
    slopes = (loss.loss(R + 1e-6) - loss.loss(R - 1e-6)) / 2e-6
    np.testing.assert_allclose(loss.gradient(R), slopes, rtol=1e-8)


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_smooth_is_what_has_no_jump_in_its_gradient(loss: likelihoods.Loss) -> None:
    jump = abs(loss.gradient(np.array(1e-12)) - loss.gradient(np.array(-1e-12)))
    assert (jump < 1e-9) == loss.is_smooth


def test_losses_are_negative_log_densities_up_to_a_constant() -> None:
    y = np.array([1.0, 2.0, -4.0])
    eta = np.array([0.5, 3.0, -4.0])
    normal, laplace = LOSSES[0], likelihoods.Laplace(scale=0.6)
    np.testing.assert_allclose(
        np.diff(normal.loss(y - eta)),
        -np.diff(stats.norm.logpdf(y, eta, 1.7)),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        laplace.log_density(y, eta), stats.laplace.logpdf(y, eta, 0.6), rtol=1e-12
    )


def test_bernoulli_is_cross_entropy() -> None:
    labels, eta = np.array([1.0, -1.0, 1.0, -1.0]), np.array([0.3, 0.3, -800.0, -800.0])
    probability = 1 / (1 + np.exp(-eta[:2]))
    expected = np.log([probability[0], 1 - probability[1]])
    log_density = likelihoods.Bernoulli().log_density(labels, eta)
    np.testing.assert_allclose(log_density[:2], expected, rtol=1e-14)
    np.testing.assert_allclose(log_density[2:], [-800.0, 0.0], atol=1e-300)


def test_scales_must_be_known_for_a_loss() -> None:
    with pytest.raises(ValueError, match="needs noise and prior sds that are numbers"):
        likelihoods.Normal(priors.HalfNormal(1.0)).loss(R)
    with pytest.raises(ValueError, match="scale must be positive"):
        likelihoods.Laplace(0.0)
