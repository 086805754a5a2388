"""The fast density of the sampler, and gradients at many points, against one point."""

import numpy as np
import pytest

from bayes_l2 import likelihoods, priors
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.fast_density import fast_density
from bayes_l2.model.linear_model import LinearModel
from tests.model.test_linear_model import MODELS
from tests.test_losses_and_penalties import LIKELIHOODS, PRIORS, problem


def largest_errors(model: LinearModel, log_power: float) -> tuple[float, float]:
    """Return the largest relative errors of value and gradient."""
    coordinates = FreeCoordinates(model, log_power)
    fast, rng = fast_density(coordinates), np.random.default_rng(5)
    values, slopes = [], []
    points = rng.normal(size=(5, coordinates.size))
    for u, together in zip(points, coordinates.gradients(points), strict=True):
        value, gradient = coordinates.log_density_and_gradient(u)
        ours, slope = fast(u)
        values.append(abs(ours - value) / max(1.0, abs(value)))
        size = max(1.0, np.abs(gradient).max())
        slopes += [np.abs(each - gradient).max() / size for each in (slope, together)]
    return max(values), max(slopes)


@pytest.mark.parametrize("log_power", [0.0, 1.0])
@pytest.mark.parametrize("name", MODELS)
def test_gaussian_models(name: str, log_power: float) -> None:
    value, slope = largest_errors(MODELS[name], log_power)
    assert value < 1e-11
    assert slope < 1e-11


@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_all_pairs_of_loss_and_penalty(likelihood: str, prior: str) -> None:
    value, slope = largest_errors(problem(likelihood, prior), 1.0)
    assert value < 1e-11
    assert slope < 1e-11


def test_a_prior_mean_far_from_the_start() -> None:
    """The search starts at 0, since rates at that mean are beyond all counts."""
    X = np.random.default_rng(2).uniform(0.0, 10.0, (6, 2))
    prior = priors.Normal(0.4, mean=3.0)
    model = LinearModel(
        X, [0, 0, 1, 0, 0, 0], likelihood=likelihoods.Poisson(), prior=prior
    )
    assert np.abs(FreeCoordinates(model).origin[1:]).max() < 1
    assert max(largest_errors(model, 1.0)) < 1e-11


def test_the_density_of_an_extreme_scale_is_a_number() -> None:
    model = MODELS["unknown both"]
    coordinates = FreeCoordinates(model, 1.0)
    for distance in (-1e6, 1e6):
        u = np.full(coordinates.size, 0.5)
        u[-1] = distance
        value, gradient = fast_density(coordinates)(u)
        assert value < -1e2
        assert not np.isnan(gradient).any()
