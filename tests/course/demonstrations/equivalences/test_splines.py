"""A smoothing spline as a posterior mean."""

from typing import Any

import numpy as np
import pytest
from scipy.interpolate import make_smoothing_spline

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors
from bayes_l2.course.demonstrations.equivalences import splines


def test_the_difference_is_that_of_rounding() -> None:
    for seed in range(1, 3):
        case = splines.smoothing_spline(seed=seed)
        assert case.found < 1e-12
        assert case.found < 0.3 * case.allowed < 1e-10
    for n in (5, 50):
        assert splines.smoothing_spline(n=n).holds


@pytest.mark.parametrize("what", ["prior", "noise", "weights"])
def test_what_is_a_millionth_off_is_noticed(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    factor = {each: 1 + 1e-6 * (each == what) for each in ("prior", "noise", "weights")}
    prior, noise = splines.priors.Normal, splines.likelihoods.Normal
    monkeypatch.setattr(
        splines.priors, "Normal", lambda sd: prior(np.array(sd) * factor["prior"])
    )
    monkeypatch.setattr(
        splines.likelihoods, "Normal", lambda sd: noise(sd * factor["noise"])
    )

    def smooth(x: Any, y: Any, *, w: Any, lam: float) -> Any:
        w = np.append(w[:-1], w[-1] * factor["weights"])
        return make_smoothing_spline(x, y, w=w, lam=lam)

    monkeypatch.setattr(splines, "make_smoothing_spline", smooth)
    case = splines.smoothing_spline(n=12)
    assert case.found > 1e3 * case.allowed


def test_columns_have_the_covariance_of_integrated_brownian_motion() -> None:
    r"""From a level and slope of 0: cov(f(s), f(t)) = s² (3t - s) / 6 for s <= t."""
    points = np.array([1.0, 1.5, 3.0, 3.25, 7.0])
    columns = splines.brownian_columns(points)
    np.testing.assert_array_equal(columns[:, 0], points - 1)
    later = points - 1
    s, t = np.minimum.outer(later, later), np.maximum.outer(later, later)
    noise = columns[:, 1:]
    np.testing.assert_allclose(noise @ noise.T, s**2 * (3 * t - s) / 6, rtol=1e-14)
    for bad in ([1.0, 1.0], [2.0, 1.0]):
        with pytest.raises(ValueError, match="points must ascend"):
            splines.brownian_columns(bad)


def test_the_posterior_mean_is_straight_beyond_the_rows_and_scipy_is_not() -> None:
    rng = np.random.default_rng(2)
    x = np.arange(8.0)
    y = rng.standard_normal(8)
    points = np.append(x, [8.0, 9.0])
    columns = splines.brownian_columns(points)
    model = LinearModel(
        columns[:8],
        y,
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal([np.inf] + [1.0] * 18),
    )
    mean = fit_exact(model).predict(columns)
    spline = make_smoothing_spline(x, y, lam=1.0)
    np.testing.assert_allclose(mean[:8], spline(x), atol=1e-12)
    assert spline.derivative()(7.0) == pytest.approx(mean[8] - mean[7], abs=1e-12)
    assert mean[9] - mean[8] == pytest.approx(mean[8] - mean[7], abs=1e-12)
    assert abs(spline(9.0) - mean[9]) > 0.01
