"""A start at the noise sd of the residuals, where rows are many."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, SufficientStatistics, likelihoods, priors
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.near_noise import near_noise

NOISE_SD = 0.5


def coordinates(n: int, prior_sd: Any = 30.0) -> FreeCoordinates:
    """Return those of a model of n rows, whose y is a hundred times its noise."""
    rng = np.random.default_rng(5)
    X = rng.standard_normal((2000, 3))
    y = X @ [50.0, -20.0, 1.0] + NOISE_SD * rng.standard_normal(2000)
    few = SufficientStatistics.from_rows(X, y)
    many = replace(
        few, n_rows=n, total_weight=float(n), factor=few.factor * np.sqrt(n / 2000)
    )
    return FreeCoordinates(
        LinearModel.from_statistics(
            many,
            likelihood=likelihoods.Normal(priors.HalfCauchy(1.0)),
            prior=priors.Normal(prior_sd),
        )
    )


def as_sampled(free: FreeCoordinates, stretch: float = 1.0) -> np.ndarray:
    """Return the start of the sampler: location at its mode, noise sd that of y."""
    statistics = free.model.statistics
    R, mean = statistics.factor, statistics.mean
    coef = stretch * np.linalg.lstsq(R[:, :-1], R[:, -1])[0]
    sd_of_y = float(np.linalg.norm(R[:, -1])) / np.sqrt(statistics.n_rows)
    intercept = mean[-1] - mean[:-1] @ coef
    return free.free(free.model.join(intercept, coef, sd_of_y, 3000.0))


@pytest.mark.parametrize("stretch", [1.0, 1.05])
@pytest.mark.parametrize("n", [10**6, 10**9])
def test_many_rows_start_at_the_noise_of_their_residuals(
    n: int, stretch: float
) -> None:
    free = coordinates(n)
    given, jitter = as_sampled(free, stretch), np.full(free.size, 2.0)
    start, moved = near_noise(free, given, jitter)
    place = free.n_location
    assert abs(start[place] - given[place]) > 50  # posterior sds at the sd of y
    residual = free.parameters(start)[place]
    assert abs(residual - NOISE_SD) < 0.05  # that of the 2000 rows behind them
    # the log density is a parabola there, whose sd is 1 / sqrt(2 n) in log(noise_sd)
    sd_in_log = moved[place] * free.scale[place] / 2.0
    np.testing.assert_allclose(sd_in_log, 1 / np.sqrt(2 * n), rtol=0.01)
    # and chains start within 2 sds of the intercept at the mean row, not within 200
    sd_of_level = moved[0] * free.scale[0] / 2.0
    np.testing.assert_allclose(sd_of_level, residual / np.sqrt(n), rtol=0.01)
    assert np.linalg.norm(free.gradient(start) * moved / 2.0) < 1e-3
    # there is no better start than this one
    again, jitter = near_noise(free, start, moved)
    assert again is start
    assert jitter is moved


def test_few_rows_keep_their_start() -> None:
    free = coordinates(100)
    given, jitter = np.zeros(free.size), np.full(free.size, 2.0)
    start, moved = near_noise(free, given, jitter)
    assert start is given
    assert moved is jitter


def test_every_axis_has_a_jitter_in_its_posterior_sds() -> None:
    """That of the prior sd too, whose curvature is small beside the others."""
    free = coordinates(10**6, priors.HalfCauchy(1.0))
    start, moved = near_noise(free, as_sampled(free), np.full(free.size, 2.0))
    curvature = np.diag(-free.hessian(start))
    assert 0 < curvature.min() < 1 < curvature.max()
    np.testing.assert_allclose(moved, 2 / np.sqrt(curvature), rtol=1e-12)


@pytest.mark.parametrize(("y", "far"), [(0.0, 0.0), (1.0, 1e200)])
def test_residuals_of_zero_or_without_a_square_keep_the_start(
    y: float, far: float
) -> None:
    X = np.array([[1.0], [-1.0], [2.0], [-2.0]])
    model = LinearModel(
        X,
        y * X[:, 0] ** 2,
        likelihood=likelihoods.Normal(priors.HalfCauchy(1.0)),
        prior=priors.Normal(1.0),
    )
    free = FreeCoordinates(model)
    given, jitter = np.full(free.size, far), np.ones(free.size)
    given[-1] = 0.0
    with np.errstate(over="ignore"):
        start, moved = near_noise(free, given, jitter)
    assert start is given
    assert moved is jitter
