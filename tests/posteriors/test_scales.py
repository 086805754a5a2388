"""Marginals and draws of the scales, against dense sums over both scales."""

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors
from tests.oracles import half_cauchy, half_normal
from tests.posteriors.mixture_cases import CASES, over_kinds, solved
from tests.posteriors.scale_grid import scale_grid

# E tau² is finite in each, E penalty only where the prior sd cannot be near zero
SCALES = [
    ("both unknown", "noise_sd", True),
    ("both unknown", "penalty", False),
    ("both unknown, relative", "noise_sd", True),
    ("both unknown, relative", "prior_sd", True),
    ("noise unknown", "noise_sd", True),
    ("noise unknown", "penalty", True),
    ("prior unknown", "prior_sd", True),
    ("inverse-gamma both", "noise_sd", True),
    ("inverse-gamma both", "prior_sd", True),
    ("inverse-gamma both", "penalty", True),
    ("mean and covariance", "noise_sd", True),
    ("noise unknown, relative", "noise_sd", True),
    ("more columns than rows", "noise_sd", True),
]


SCALE_ERROR = 2e-8  # of the dense sums, in sds and in probability


@pytest.mark.parametrize(("name", "scale", "finite"), SCALES)
def test_marginals_of_scales(name: str, scale: str, finite: bool) -> None:
    posterior, dense = solved(name)
    marginal = posterior.marginal(scale)
    values = getattr(dense, scale)
    if finite:
        mean = dense.average(values)
        sd = np.sqrt(dense.average((values - mean) ** 2))
        assert abs(marginal.mean() - mean) < SCALE_ERROR * sd
        assert marginal.std() == pytest.approx(sd, rel=SCALE_ERROR)
    else:
        assert marginal.mean() == np.inf
        assert marginal.std() == np.inf
    quantiles = marginal.ppf(np.array([0.01, 0.25, 0.5, 0.9, 0.999]))
    probabilities = [dense.scale_cdf(scale, value) for value in quantiles]
    np.testing.assert_allclose(
        probabilities, [0.01, 0.25, 0.5, 0.9, 0.999], atol=SCALE_ERROR
    )
    np.testing.assert_allclose(marginal.cdf(quantiles), probabilities, atol=SCALE_ERROR)
    places = np.geomspace(quantiles[0], quantiles[3], 20_001)
    area = integrate.simpson(marginal.pdf(places), x=places)
    assert area == pytest.approx(0.89, abs=10 * SCALE_ERROR)
    assert marginal.median() == pytest.approx(quantiles[2], rel=1e-12)
    logs = np.log(values)
    moments = posterior.log_scale_moments(scale)
    mean, sd = (
        dense.average(logs),
        np.sqrt(dense.average((logs - dense.average(logs)) ** 2)),
    )
    assert abs(moments.mean - mean) < SCALE_ERROR * sd
    assert moments.sd == pytest.approx(sd, rel=SCALE_ERROR)
    assert moments.kurtosis == pytest.approx(
        dense.average((logs - mean) ** 4) / sd**4, rel=10 * SCALE_ERROR
    )


@pytest.mark.parametrize(("n", "p"), [(15, 3), (120, 8)])
@pytest.mark.parametrize("noise", [True, False])
def test_far_tails_of_a_marginal_are_smooth(n: int, p: int, noise: bool) -> None:
    """Down to 38 nats below the mode, a probability of 1e-17."""
    rng = np.random.default_rng(n)
    X = rng.standard_normal((n, p))
    y = X @ rng.standard_normal(p) + rng.standard_normal(n)
    posterior = fit_exact(
        LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(priors.HalfNormal(0.3)),
            prior=priors.Normal(priors.HalfCauchy(5.0)),
        )
    )
    dense = scale_grid(
        X, y, half_normal(0.3), half_cauchy(5.0), size=(400, 700), depth=60
    )
    axis, density = dense.density_of(noise=noise)
    seen = density > np.exp(-38) * density.max()
    marginal = posterior.marginal("noise_sd" if noise else "prior_sd")
    ours = marginal.logpdf(np.exp(axis[seen])) + axis[seen]
    np.testing.assert_allclose(ours, np.log(density[seen]), rtol=0, atol=1e-6)


def test_names_of_marginals_that_are_not_there() -> None:
    posterior, _ = solved("noise unknown")
    assert posterior.unknown == ("noise_sd", "penalty")
    for name in ("prior_sd", "x7"):
        with pytest.raises(ValueError, match=name):
            posterior.marginal(name)


BOUND = float(
    np.sqrt(np.log(2 / 1e-11) / (2 * 40_000))
)  # Dvoretzky, Kiefer, Wolfowitz, Massart: for 1e-11


def kolmogorov_distance(values: np.ndarray, distribution: Any) -> float:
    """Return the largest difference between the cdf and the fractions of draws below.

    It is taken at every hundredth of the draws.
    """
    fractions = (np.arange(100) + 0.5) / 100
    return float(
        np.max(np.abs(distribution.cdf(np.quantile(values, fractions)) - fractions))
    )


def assert_moments(values: np.ndarray, mean: Any, sd: Any) -> None:
    """Within 6.5 standard errors, which chance exceeds with probability 8e-11."""
    n, kurtosis = len(values), float(stats.kurtosis(values, fisher=False))
    assert abs(values.mean() - mean) < 6.5 * sd / np.sqrt(n)
    assert abs(values.std() - sd) < 6.5 * sd * np.sqrt((kurtosis - 1) / (4 * n))


@over_kinds
def test_draws_are_from_the_posterior(name: str) -> None:
    """Moments of 40 000 draws are within 6.5 standard errors, and cdfs within BOUND.

    Four means and four sds of 8e-11 each, and the distances of at most five quantities
    of 1e-11 each, are 7e-10 together.
    """
    posterior, dense = solved(name)
    case = CASES[name]
    tree = posterior.to_datatree(draws=10_000, chains=4, seed=3)["posterior"]
    first = int(case.intercept)
    draws = {
        "intercept": tree["intercept"].to_numpy(),
        posterior.names[first]: tree["coef"].to_numpy()[..., 0],
    }
    assert tree["coef"].shape == (4, 10_000, case.p)
    for place, (quantity, values) in zip((0, first), draws.items(), strict=True):
        row = np.eye(first + case.p)[place]
        marginal = posterior.marginal(quantity)
        assert_moments(values.ravel(), dense.mean[place], dense.sd[place])
        assert kolmogorov_distance(values, marginal) < BOUND
        assert dense.cdf(row, float(np.median(values))) == pytest.approx(0.5, abs=BOUND)
    for scale in posterior.unknown:
        values = tree[scale].to_numpy().ravel()
        assert kolmogorov_distance(values, posterior.marginal(scale)) < BOUND
        for probability in (0.05, 0.5, 0.95):
            at = float(np.quantile(values, probability))
            assert dense.scale_cdf(scale, at) == pytest.approx(probability, abs=BOUND)
    # coefficients of one draw belong together
    sample = posterior.sample(5, n=40_000)[:, first : first + case.p]
    contrast = np.array([1.0, -1.0] + [0.0] * (case.p - 2))
    variance = contrast @ dense.cov[first:, first:] @ contrast
    assert_moments(sample @ contrast, contrast @ dense.mean[first:], np.sqrt(variance))
    location = posterior.location.sample(5, n=40_000)
    ones = np.ones(first + case.p)
    assert_moments(location @ ones, ones @ dense.mean, np.sqrt(ones @ dense.cov @ ones))
