"""The log posterior where there are kinks, and at scales that are no sds."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import LinearModel, likelihoods, priors

RNG = np.random.default_rng(4)
X, Y = RNG.standard_normal((30, 2)), RNG.standard_normal(30)
Z = np.column_stack([np.ones(30), X])
SD, SCALE, L2_SD = 1.7, 0.6, 2.0
NORMAL = likelihoods.Normal(SD)
POINT = np.array([0.3, -0.8, 1.1])
LIKELIHOODS: dict[str, tuple[Any, Any]] = {
    "normal": (NORMAL, Z.T @ Z / SD**2),
    "laplace": (likelihoods.Laplace(SD), Z.T @ Z / SD**2),
}
# what a prior adds to the information of a coefficient: a kink adds its squared slope
PRIORS: dict[str, tuple[Any, float]] = {
    "normal": (priors.Normal(L2_SD), 1 / L2_SD**2),
    "laplace": (priors.Laplace(SCALE), 1 / SCALE**2),
    "elastic net": (priors.ElasticNet(SCALE, L2_SD), 1 / SCALE**2 + 1 / L2_SD**2),
}


def model_of(likelihood: Any, prior: Any) -> LinearModel:
    return LinearModel(X, Y, likelihood=likelihood, prior=prior)


@pytest.mark.parametrize("noise", LIKELIHOODS)
@pytest.mark.parametrize("belief", PRIORS)
def test_the_information_is_that_of_rows_and_prior(noise: str, belief: str) -> None:
    (likelihood, of_rows), (prior, added) = LIKELIHOODS[noise], PRIORS[belief]
    found = model_of(likelihood, prior).log_posterior.information(POINT)
    expected = of_rows + added * np.diag([0.0, 1.0, 1.0])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_absolute_loss_and_its_smooth_prior_are_apart() -> None:
    """What is left without the kinks is the prior alone."""
    posterior = model_of(likelihoods.Laplace(SD), priors.Normal(L2_SD)).log_posterior
    value, slope = posterior.smooth_part(POINT)
    at_zero, _ = posterior.smooth_part(np.zeros(3))
    change = stats.norm.logpdf(POINT[1:], 0, L2_SD) - stats.norm.logpdf(0, 0, L2_SD)
    assert value - at_zero == pytest.approx(change.sum(), rel=1e-12)
    np.testing.assert_allclose(slope, [0, *-POINT[1:] / L2_SD**2], rtol=1e-12)
    rows, targets, slopes = posterior.absolute_terms()
    np.testing.assert_array_equal(rows, Z)
    np.testing.assert_array_equal(targets, Y)
    np.testing.assert_allclose(slopes, 1 / SD, rtol=1e-15)


def test_kinks_of_the_prior_stand_after_those_of_the_rows() -> None:
    """A column with a flat prior has none; a slope below 1 is one."""
    prior = priors.Laplace([2.0, np.inf])
    rows, targets, slopes = model_of(NORMAL, prior).log_posterior.absolute_terms()
    np.testing.assert_array_equal(rows, [[0.0, 1.0, 0.0]])
    np.testing.assert_array_equal(targets, [0.0])
    np.testing.assert_array_equal(slopes, [0.5])
    absolute = model_of(likelihoods.Laplace(SD), prior).log_posterior
    rows, targets, slopes = absolute.absolute_terms()
    np.testing.assert_array_equal(rows, [*Z, [0.0, 1.0, 0.0]])
    np.testing.assert_array_equal(targets, [*Y, 0.0])
    np.testing.assert_allclose(slopes, [*np.full(30, 1 / SD), 0.5], rtol=1e-15)
    smooth = model_of(NORMAL, priors.Normal(L2_SD)).log_posterior.absolute_terms()
    assert [each.shape for each in smooth] == [(0, 3), (0,), (0,)]


@pytest.mark.parametrize("noise", LIKELIHOODS)
def test_another_origin_changes_the_intercept_alone(noise: str) -> None:
    posterior = model_of(LIKELIHOODS[noise][0], priors.Normal(L2_SD)).log_posterior
    center = np.array([4.0, -3.0, 7.0])
    moved = POINT.copy()
    moved[0] += center[:2] @ POINT[1:] - center[2]
    value = posterior.recentred(center)(moved)
    assert value == pytest.approx(posterior(POINT), rel=1e-12)


@pytest.mark.parametrize("sd", [0.0, -1.0, np.nan])
def test_a_scale_must_be_positive(sd: float) -> None:
    half = priors.HalfNormal(1.0)
    model = model_of(likelihoods.Normal(half), priors.Normal(half))
    with pytest.raises(ValueError, match=f"parameter noise_sd must be .*, got {sd}"):
        model.log_posterior(np.append(POINT, [sd, 1.0]))
    with pytest.raises(ValueError, match=f"parameter prior_sd must be .*, got {sd}"):
        model.split(np.append(POINT, [1.0, sd]))


@pytest.mark.parametrize("noise", [1.5, priors.HalfNormal(1.0)])
@pytest.mark.parametrize("spread", [0.7, priors.HalfCauchy(2.0)])
def test_gradients_at_many_points_are_slopes(noise: Any, spread: Any) -> None:
    """By central differences of the density, at each of three points."""
    rng = np.random.default_rng(8)
    model = LinearModel(
        rng.standard_normal((9, 2)),
        rng.standard_normal(9),
        likelihood=likelihoods.Normal(noise),
        prior=priors.Normal(spread, mean=0.3),
    )
    points = rng.uniform(0.5, 1.5, (3, len(model.parameter_names)))
    steps = 1e-5 * np.eye(points.shape[1])
    slopes = [
        [
            (model.log_posterior(v + h) - model.log_posterior(v - h)) / 2e-5
            for h in steps
        ]
        for v in points
    ]
    found = model.log_posterior.gradients(points)
    np.testing.assert_allclose(found, slopes, rtol=1e-6, atol=1e-6)
