"""Free coordinates: a one-to-one map of the parameters, and the density in them."""

import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.integrated_scales import IntegratedScales
from tests.model.test_linear_model import MODELS, points


@pytest.mark.parametrize("log_power", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("name", MODELS)
def test_the_density_is_that_of_the_model(name: str, log_power: float) -> None:
    model = MODELS[name]
    coordinates = FreeCoordinates(model, log_power)
    for point in points(model):
        u = coordinates.free(point)
        np.testing.assert_allclose(
            coordinates.parameters(u), point, rtol=1e-9, atol=1e-10
        )
        scales = point[len(point) - len(model.unknown_scales) :]
        expected = model.log_posterior(point) + log_power * np.sum(np.log(scales))
        assert coordinates.log_density(u) == pytest.approx(expected, rel=1e-9)
    whole = np.ones(coordinates.size, dtype=int)
    np.testing.assert_array_equal(
        coordinates.free(whole), coordinates.free(whole.astype(float))
    )


@pytest.mark.parametrize("name", MODELS)
def test_derivatives_are_those_of_finite_differences(name: str) -> None:
    model = MODELS[name]
    coordinates = FreeCoordinates(model, 1.0)
    h = 1e-5
    for u in np.random.default_rng(3).standard_normal((3, coordinates.size)):
        steps = h * np.eye(coordinates.size)
        slope = [
            (coordinates.log_density(u + e) - coordinates.log_density(u - e)) / (2 * h)
            for e in steps
        ]
        np.testing.assert_allclose(coordinates.gradient(u), slope, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(
            coordinates.gradients(u[np.newaxis])[0], coordinates.gradient(u), rtol=1e-10
        )
        curvature = [
            (coordinates.gradient(u + e) - coordinates.gradient(u - e)) / (2 * h)
            for e in steps
        ]
        np.testing.assert_allclose(
            coordinates.hessian(u), curvature, rtol=1e-5, atol=1e-5
        )


@pytest.mark.parametrize(
    ("likelihood", "prior"),
    [
        (likelihoods.Laplace(0.7), priors.Normal(2.0, mean=3.0)),
        (likelihoods.Normal(0.7), priors.Laplace(2.0)),
        (likelihoods.Laplace(0.7), priors.Laplace(2.0)),
    ],
)
def test_smooth_part_and_kinks_make_up_the_density(
    likelihood: likelihoods.Likelihood, prior: priors.Prior
) -> None:
    rng = np.random.default_rng(8)
    X = rng.normal(2.0, 1.0, (7, 2))
    y = rng.normal(5.0, 1.0, 7) + 3 * X.sum(axis=1)  # the prior mean is near the mode
    model = LinearModel(X, y, likelihood=likelihood, prior=prior)
    coordinates = FreeCoordinates(model)
    rows, targets, slopes = coordinates.absolute_terms()
    ours, theirs = [], []
    for point in rng.standard_normal((3, 3)) * [[1.0], [3.0], [9.0]]:
        u = coordinates.free(point)
        kinked = sum(
            slope * abs(row @ u - target)
            for row, target, slope in zip(rows, targets, slopes, strict=True)
        )
        ours.append(coordinates.smooth_part(u)[0] - kinked)
        theirs.append(model.log_posterior(point))
    np.testing.assert_allclose(np.diff(ours), np.diff(theirs), rtol=1e-10)


@pytest.mark.parametrize("name", MODELS)
def test_axes_have_unit_curvature_and_the_intercept_stands_alone(name: str) -> None:
    coordinates = FreeCoordinates(MODELS[name])
    hessian = coordinates.hessian(np.zeros(coordinates.size))
    curvature = -np.diag(hessian)
    np.testing.assert_allclose(curvature[curvature > 0], 1, rtol=1e-12)
    n_scales = len(MODELS[name].unknown_scales)
    if MODELS[name].intercept:
        np.testing.assert_allclose(
            hessian[0, 1 : coordinates.size - n_scales], 0, atol=1e-12
        )


@pytest.mark.parametrize(
    "name",
    [
        "unknown noise",
        "unknown noise, relative covariance",
        "unknown noise, flat prior",
    ],
)
def test_derivatives_of_the_marginal_density(name: str) -> None:
    density = IntegratedScales(MODELS[name])
    h = 1e-4
    for u in np.random.default_rng(3).standard_normal((3, density.size)):
        steps = h * np.eye(density.size)
        slope = [
            (density.log_density(u + e) - density.log_density(u - e)) / (2 * h)
            for e in steps
        ]
        np.testing.assert_allclose(density.gradient(u), slope, rtol=1e-5, atol=1e-6)
        curvature = [
            (density.gradient(u + e) - density.gradient(u - e)) / (2 * h) for e in steps
        ]
        np.testing.assert_allclose(density.hessian(u), curvature, rtol=1e-5, atol=1e-6)
