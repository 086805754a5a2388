"""The Gaussian model of working rows has the curvature of a smooth log posterior.

The oracle sums the textbook's second derivatives over the rows.
"""

from typing import Any

import numpy as np
import pytest
from scipy.special import softmax

from bayes_l2 import LinearModel, fit_map, likelihoods, priors
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.units import prior_sds
from bayes_l2.fits.working_rows import working_model

N, P = 8, 2
RNG = np.random.default_rng(0)
X = RNG.standard_normal((N, P)) + np.array([5.0, -3.0])
WEIGHTS = RNG.uniform(0.5, 3, N)
SD = 1.5


def model_of(likelihood: Any, y: Any, **options: Any) -> LinearModel:
    prior = options.pop("prior", priors.Normal(SD))
    return LinearModel(X, y, likelihood=likelihood, prior=prior, **options)


def working_of(model: LinearModel, parameters: np.ndarray) -> LinearModel:
    coordinates = FreeCoordinates(model)
    found = working_model(coordinates, coordinates.free(parameters))
    assert found is not None
    assert found.likelihood == likelihoods.Normal(1.0)
    return found


def data_curvature(found: LinearModel) -> np.ndarray:
    """Return X'WX of a Gaussian model with a noise sd of 1."""
    rows, _ = found.rows("the test")
    A = np.column_stack([np.ones(len(rows)), rows]) if found.intercept else rows
    weights = np.ones(len(rows)) if found.weights is None else found.weights
    return A.T @ (weights[:, np.newaxis] * A)


@pytest.mark.parametrize("intercept", [True, False])
def test_two_classes_and_counts(intercept: bool) -> None:
    line = (X - X.mean(axis=0)) @ [1.0, -1.0]
    for likelihood, y, variance in (
        (likelihoods.Bernoulli(), line > 0.3, lambda eta: 0.25 / np.cosh(eta / 2) ** 2),
        (likelihoods.Poisson(), np.arange(N) % 3, np.exp),
    ):
        model = model_of(likelihood, y, intercept=intercept, weights=WEIGHTS)
        point = np.array([0.3, 0.2, -0.4][not intercept :])
        found = working_of(model, point)
        A = np.column_stack([np.ones(N), X]) if intercept else X
        size = WEIGHTS * variance(A @ point)
        expected = A.T @ (size[:, np.newaxis] * A)
        np.testing.assert_allclose(data_curvature(found), expected, rtol=1e-12)
        assert found.prior is model.prior


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("classes", [3, 4])
def test_several_classes(intercept: bool, classes: int) -> None:
    """With free coordinates of classes whose coefficients sum to 0."""
    y = np.arange(N) % classes
    model = model_of(likelihoods.Categorical(), y, intercept=intercept, weights=WEIGHTS)
    point = fit_map(model)
    parameters = model.join(point.intercept, point.coef)
    found = working_of(model, parameters)
    eta = X @ np.reshape(point.coef, (classes, P)).T + point.intercept
    p, eye = softmax(eta, axis=1), np.eye(classes)
    expected = np.zeros((len(parameters), len(parameters)))
    for row in range(N):
        slopes = [eye] if intercept else []  # of the lines, by all coefficients
        slopes.append(np.kron(eye, X[row]))
        by_vector = np.hstack(slopes) @ model.layout.axes.T
        spread = np.diag(p[row]) - np.outer(p[row], p[row])
        expected += WEIGHTS[row] * by_vector.T @ spread @ by_vector
    np.testing.assert_allclose(data_curvature(found), expected, rtol=1e-10, atol=1e-12)
    flat = classes * P - len(parameters)
    sds = prior_sds(found.prior, found.n_features)
    np.testing.assert_array_equal(sds[flat:], SD)
    assert np.isinf(sds[:flat]).all() or flat <= 0


@pytest.mark.parametrize("size", [10.0, 1e3])
def test_classes_that_are_certain_leave_no_weight(size: float) -> None:
    """Probabilities of 0, in the middle and at the end, are no division by 0."""
    rows = np.vstack([[0.1, 0.05], X])
    model = LinearModel(
        rows,
        np.arange(N + 1) % 3,
        likelihood=likelihoods.Categorical(),
        prior=priors.Normal(SD),
        intercept=False,
    )
    coef = size * np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    found = working_of(model, model.join(0.0, coef))
    p = softmax(rows @ coef.T, axis=1)
    sizes = np.sum((p * (1 - p)).max(axis=1) * np.abs(rows).max(axis=1) ** 2)
    assert np.abs(data_curvature(found)).max() <= 4 * sizes


def test_what_has_no_working_rows() -> None:
    y = np.arange(N) % 3
    for prior in (priors.Normal(cov=np.diag([1.0, 2.0])), priors.Laplace(1.0)):
        model = model_of(likelihoods.Categorical(), y, prior=prior)
        coordinates = FreeCoordinates(model)
        start = np.zeros(len(model.parameter_names))
        assert working_model(coordinates, coordinates.free(start)) is None
