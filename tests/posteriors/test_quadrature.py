"""The quadrature over the scales, against mpmath, finer grids and its own limits."""

from typing import Any

import mpmath
import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    MixturePosterior,
    datasets,
    fit_exact,
    likelihoods,
    priors,
)
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.gaussian_mixture import GaussianMixture
from bayes_l2.posteriors.quadrature.linear_functions import LinearFunctions
from bayes_l2.posteriors.quadrature.scale_density import ScaleDensity
from tests.oracles import (
    dense_mixture,
    half_normal,
    in_sds,
)
from tests.posteriors.mixture_cases import CASES, Case


@pytest.mark.slow  # an oracle of other tests, which have oracles of other kinds too
def test_mpmath_agrees_to_thirty_digits_of_its_own() -> None:
    """One column: the inverse of sigma² I + tau² xx' is known, the rest is sums."""
    x, y = [0.5, -1.25, 2.0, 0.75, -0.5, 1.5], [1.0, -1.5, 3.25, 0.5, -1.0, 2.0]
    n = len(x)
    mp: Any = mpmath.mp
    with mp.workdps(30):
        xx, xy, yy = (
            mp.fsum(mp.mpf(a) * b for a, b in zip(u, v, strict=True))
            for u, v in ((x, x), (x, y), (y, y))
        )
        step = mp.mpf(1) / 8
        # each integral loses exp(-|end|); E tau, whose tail falls as 1 / tau, the most
        noise = [mp.exp(k * step) for k in range(-36, 20)]
        prior = [mp.exp(k * step) for k in range(-200, 200)]
        sums = [mp.mpf(0)] * 5
        densities = [2 / mp.pi / (1 + (tau / mp.mpf(1.5)) ** 2) * tau for tau in prior]
        for sigma in noise:
            v = sigma**2
            base = (
                mp.sqrt(2 / mp.pi)
                / 2
                * mp.exp(-v / 8)
                * sigma
                / (2 * mp.pi * v) ** (mp.mpf(n) / 2)
            )
            for tau, density in zip(prior, densities, strict=True):
                ratio = v / tau**2
                share = 1 / (xx + ratio)
                mean, variance = xy * share, v * share
                weight = base * density / mp.mpf(1.5) * mp.sqrt(ratio * share)
                weight *= mp.exp(-(yy - xy * mean) / (2 * v))
                terms = (1, mean, mean * mean + variance, sigma, tau)
                sums = [
                    total + weight * term
                    for total, term in zip(sums, terms, strict=True)
                ]
        evidence = sums[0] * step**2
        mean, square, sigma, tau = (total / sums[0] for total in sums[1:])
        expected = [
            float(value)
            for value in (mean, mp.sqrt(square - mean**2), mp.log(evidence), sigma, tau)
        ]
    model = LinearModel(
        np.array(x)[:, np.newaxis],
        y,
        likelihood=likelihoods.Normal(priors.HalfNormal(2.0)),
        prior=priors.Normal(priors.HalfCauchy(1.5)),
        intercept=False,
    )
    posterior = fit_exact(model)
    ours = [posterior.coef[0], posterior.sd[0], posterior.log_evidence]
    np.testing.assert_allclose(ours, expected[:3], rtol=1e-9)
    assert posterior.marginal("noise_sd").mean() == pytest.approx(expected[3], rel=1e-8)
    assert posterior.marginal("prior_sd").mean() == pytest.approx(expected[4], rel=1e-9)


def test_the_diabetes_posterior_stands_still_on_a_grid_four_times_finer() -> None:
    X, y = datasets.diabetes()
    posterior = fit_exact(
        LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(priors.HalfNormal(100.0)),
            prior=priors.Normal(priors.HalfCauchy(20.0)),
        )
    )
    assert isinstance(posterior, MixturePosterior)
    assert posterior.quadrature_error < 1e-8
    basis, scales, nodes = posterior._basis, posterior._scales, posterior._nodes
    step = scales.spread.length / (len(nodes.log_penalty) - 1)
    finer = scales._grid(step / 4, 4 * nodes.weights.shape[1])
    assert finer.weights.size >= 15 * nodes.weights.size
    other = GaussianMixture(LinearFunctions.parameters(basis), scales, finer)
    assert in_sds(posterior.location.mean, other.mean, other.sd) < 1e-8
    np.testing.assert_allclose(posterior.location.sd, other.sd, rtol=1e-8)
    assert posterior.log_evidence == pytest.approx(finer.log_evidence, abs=1e-8)


def test_moments_that_do_not_exist() -> None:
    rng = np.random.default_rng(5)
    for n, degrees in ((3, 1), (4, 2), (5, 3)):
        X, y = rng.standard_normal((n, 1)), rng.standard_normal(n)
        # n - 1 rows under a flat noise sd: a Student-t of n - 2 degrees of freedom
        prior = priors.Normal(1.0, relative_to_noise=True)
        posterior = MixturePosterior(
            LinearModel(
                X, y, likelihood=likelihoods.Normal(priors.FlatScale()), prior=prior
            )
        )
        location = posterior.location
        assert np.isfinite(location.mean).tolist() == [degrees > 1] * 2
        assert np.isfinite(location.sd).tolist() == [degrees > 2] * 2
        assert np.isinf(location.kurtosis).all()
        assert np.isfinite(posterior.marginal("x0").ppf([0.025, 0.975])).all()
        if degrees <= 2:
            with pytest.raises(ValueError, match="no covariance"):
                _ = posterior.cov


def test_a_half_cauchy_prior_sd_that_one_row_informs_has_no_variance() -> None:
    """One row leaves a tail of tau^-3: E tau² is infinite, E tau and means are finite.

    So the coefficients that only the prior informs have no variance.
    """
    X, y = np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]), [1.0, -1.0]
    posterior = MixturePosterior(
        LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(1.0),
            prior=priors.Normal(priors.HalfCauchy(1.0)),
        )
    )
    assert np.isfinite(posterior.coef).all()
    assert np.isinf(posterior.sd).tolist() == [False, False, True, True, True]
    with pytest.raises(ValueError, match="no covariance"):
        _ = posterior.cov


def test_a_quadrature_that_falls_short_says_what_it_reached() -> None:
    """Two rows leave a tail for which E tau² = ∫ tau^-1.02 dtau, some 1e600."""
    X, y, _ = Case(1.0, 1.0, 1.0, 1.0, n=3, p=5).data()
    prior = priors.Normal(priors.InverseGamma(0.01, 0.01))
    with pytest.raises(
        ArithmeticError,
        match=r"reached an error of 0\.\d+|\de-0[1-6], not the 1e-08 asked for",
    ):
        fit_exact(LinearModel(X, y, likelihood=likelihoods.Normal(1.0), prior=prior))


def test_a_noise_prior_that_the_residuals_contradict() -> None:
    """Residuals of 1e5 prior sds determine the noise sd to a thousandth.

    The grid has to find that bump.
    """
    X, y, _ = CASES["noise unknown"].data()
    y *= 100
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(priors.HalfNormal(1e-3)),
        prior=priors.Normal(1.5),
    )
    dense = dense_mixture(X, y, half_normal(1e-3), 1.5, ends=(-2.5, 1.5), step=2e-5)
    posterior = fit_exact(model)
    assert in_sds(posterior.location.mean, dense.mean, dense.sd) < 1e-8
    np.testing.assert_allclose(posterior.location.sd, dense.sd, rtol=1e-8)
    assert posterior.log_evidence == pytest.approx(dense.log_evidence, rel=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_the_mode_of_the_noise_sd_is_where_its_density_turns(name: str) -> None:
    density = ScaleDensity(Eigenbasis.of(CASES[name].model()))
    x = np.linspace(-300, 300, 61)
    log_squares = density.by_penalty(x)[1]
    mode, width = density.noise_mode(x, log_squares)
    for side in (-1, 1):
        slope = density.slope(mode + side * 1e-6 * width, x, log_squares)
        assert (side * slope < 0).all()
