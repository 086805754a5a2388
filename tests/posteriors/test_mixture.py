"""Posteriors by quadrature over the scales, against dense sums over both scales."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    MixturePosterior,
    fit_exact,
    likelihoods,
    priors,
)
from tests.oracles import (
    in_sds,
)
from tests.posteriors.mixture_cases import CASES, over_all, over_kinds, solved


@over_all
def test_moments_and_evidence_are_those_of_the_dense_sums(name: str) -> None:
    posterior, dense = solved(name)
    first = int(CASES[name].intercept)
    assert in_sds(posterior.location.mean, dense.mean, dense.sd) < 1e-8
    np.testing.assert_allclose(posterior.location.sd, dense.sd, rtol=1e-8)
    correlations = (posterior.location.cov - dense.cov) / np.outer(dense.sd, dense.sd)
    assert np.abs(correlations).max() < 1e-8
    p, d = CASES[name].p, len(dense.mean)
    np.testing.assert_array_equal(posterior.coef, posterior.location.mean[-p:])
    np.testing.assert_array_equal(posterior.sd[:d], posterior.location.sd)
    np.testing.assert_array_equal(posterior.cov[:d, :d], posterior.location.cov)
    assert posterior.log_evidence == pytest.approx(dense.log_evidence, abs=1e-8)
    assert posterior.quadrature_error <= 1e-8
    assert posterior.intercept == (posterior.mean[0] if first else 0.0)


def test_fit_exact_keeps_to_the_rows_where_columns_are_over_a_thousand() -> None:
    wide, narrow = (
        CASES["over a thousand columns, all known"].model(),
        CASES["both unknown"].model(),
    )
    assert isinstance(fit_exact(wide), MixturePosterior)
    known = replace(
        narrow, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0)
    )
    assert isinstance(fit_exact(known), GaussianPosterior)


@over_kinds
def test_densities_are_those_of_the_brute_force_mixture(name: str) -> None:
    posterior, dense = solved(name)
    rng = np.random.default_rng(1)
    points = dense.mean + 2 * dense.sd * rng.standard_normal((5, len(dense.mean)))
    expected = [dense.log_density(point) for point in points]
    np.testing.assert_allclose(posterior.location.logpdf(points), expected, atol=1e-7)
    assert posterior.location.logpdf(points[0]) == pytest.approx(expected[0], abs=1e-7)
    # the density of a coefficient alone
    place = int(CASES[name].intercept)
    first = posterior.marginal(posterior.names[place])
    x = posterior.mean[place] + 1.7 * posterior.sd[place]
    row = np.zeros(len(dense.mean))
    row[place] = 1.0
    step = 1e-3 * posterior.sd[place]
    by_cdf = (
        8 * (dense.cdf(row, x + step) - dense.cdf(row, x - step))
        - (dense.cdf(row, x + 2 * step) - dense.cdf(row, x - 2 * step))
    ) / (12 * step)
    assert first.pdf(x) == pytest.approx(by_cdf, rel=1e-8)


def test_the_density_of_coefficients_integrates_the_intercept_out() -> None:
    posterior, dense = solved("both unknown")
    point = dense.mean[1:] + dense.sd[1:] * [0.5, -1.0]

    def at(intercept: float) -> float:
        return float(np.exp(posterior.location.logpdf(np.append(intercept, point))))

    middle, width = dense.mean[0], dense.sd[0]
    pieces = [
        integrate.quad(at, middle + k * width, middle + (k + 2) * width)[0]
        for k in range(-20, 20, 2)
    ]
    assert np.exp(posterior.marginal(["x0", "x1"]).logpdf(point)) == pytest.approx(
        sum(pieces), rel=1e-8
    )
    assert posterior.marginal(["x1", "x0"]).mean == pytest.approx(
        posterior.coef[::-1], rel=1e-12
    )


def areas(density: Any, places: np.ndarray, peak: float) -> np.ndarray:
    """Return the areas between places by Gauss's rule, in steps that shrink to a peak.

    Where the prior sd is unknown, a density can be a logarithm beside its prior mean.
    """
    nodes, weights = np.polynomial.legendre.leggauss(12)
    near = np.abs(places - peak).max() * 3.0 ** -np.arange(22)
    cuts = np.unique(np.concatenate([places, [peak], peak - near, peak + near]))
    cuts = cuts[(cuts >= places[0]) & (cuts <= places[-1])]
    halves = np.diff(cuts)[:, np.newaxis] / 2
    pieces = (halves * density(cuts[:-1, np.newaxis] + halves * (1 + nodes))) @ weights
    return np.add.reduceat(pieces, np.searchsorted(cuts, places[:-1]))


@over_kinds
def test_marginals_of_coefficients_and_predictions(name: str) -> None:
    posterior, dense = solved(name)
    first, p = int(CASES[name].intercept), CASES[name].p
    quantities = {
        posterior.names[first]: np.eye(first + p)[first],
        "intercept": np.eye(first + p)[0],
    }
    prior: Any = posterior.model.prior
    peaks = {posterior.names[first]: prior.mean_vector(p)[0]}
    for quantity, row in quantities.items():
        marginal = posterior.marginal(quantity)
        mean, sd = row @ dense.mean, np.sqrt(row @ dense.cov @ row)
        assert abs(marginal.mean() - mean) < 1e-8 * sd
        assert marginal.std() == pytest.approx(sd, rel=1e-8)
        places = mean + sd * np.array([-3.0, -1.0, 0.1, 2.0])
        np.testing.assert_allclose(
            marginal.cdf(places), [dense.cdf(row, x) for x in places], rtol=1e-8
        )
        np.testing.assert_allclose(
            np.diff(marginal.cdf(places)),
            areas(marginal.pdf, places, peaks.get(quantity, mean)),
            rtol=1e-9,
        )
        np.testing.assert_allclose(
            marginal.ppf(marginal.cdf(places)), places, atol=1e-9 * sd
        )
    np.testing.assert_allclose(
        posterior.interval(0.9)[first],
        posterior.marginal(posterior.names[first]).ppf([0.05, 0.95]),
        rtol=1e-12,
    )

    new = np.random.default_rng(2).standard_normal((3, p)) + 2
    design = np.column_stack([np.ones(3), new]) if first else new
    line = np.einsum("ij,jk,ik->i", design, dense.cov, design)
    noise = dense.average(dense.noise_sd**2)
    predictive = posterior.predictive(new)
    for with_noise, variance in ((False, line), (True, line + noise)):
        mean, sd = posterior.predict(new, return_sd=True, observation_noise=with_noise)
        assert in_sds(mean, design @ dense.mean, np.sqrt(variance)) < 1e-8
        np.testing.assert_allclose(sd, np.sqrt(variance), rtol=1e-8)
        np.testing.assert_allclose(
            posterior.predictive(new, observation_noise=with_noise).std(), sd, rtol=1e-9
        )
    places = predictive.mean() + predictive.std() * [-2.0, 0.3, 1.5]
    expected = [
        dense.cdf(row, x, noise=1.0) for row, x in zip(design, places, strict=True)
    ]
    np.testing.assert_allclose(predictive.cdf(places), expected, rtol=1e-8)
    np.testing.assert_allclose(
        predictive.ppf(predictive.cdf(places)), places, rtol=1e-9
    )


@pytest.mark.parametrize(
    "name",
    ["both unknown", "noise unknown", "both unknown, relative", "mean and covariance"],
)
def test_kurtosis(name: str) -> None:
    """The mean of a fourth power is d⁴ + 6 d² v + 3 v² for a normal of each node."""
    posterior, dense = solved(name)
    variances = np.diagonal(dense.covs, axis1=1, axis2=2)
    d = dense.means - dense.mean
    fourth = dense.average(d**4 + 6 * d**2 * variances + 3 * variances**2)
    np.testing.assert_allclose(
        posterior.location.kurtosis, fourth / dense.sd**4, rtol=1e-7
    )


@over_all
def test_log_posterior_is_likelihood_times_prior_over_evidence(name: str) -> None:
    posterior, dense = solved(name)
    case = CASES[name]
    X, y, weights = case.data()
    rng = np.random.default_rng(4)
    parameters = dense.mean + 2 * dense.sd * rng.standard_normal(len(dense.mean))
    scales, expected = [], -dense.log_evidence
    noise_sd, prior_sd = case.dense_noise, case.dense_prior
    if not isinstance(noise_sd, float):
        noise_sd, expected = 1.7, expected + float(noise_sd(1.7))
        scales.append(noise_sd)
    if not isinstance(prior_sd, float):
        prior_sd, expected = 0.6, expected + float(prior_sd(0.6))
        scales.append(prior_sd)
    coef = parameters[-case.p :]
    line = X @ coef + (parameters[0] if case.intercept else 0.0)
    row_sds = noise_sd / np.sqrt(np.ones(case.n) if weights is None else weights)
    expected += float(np.sum(stats.norm.logpdf(y, line, row_sds)))
    spread = prior_sd * (noise_sd if case.relative else 1.0)
    unit_cov = np.eye(case.p) if case.cov is None else case.cov
    prior: Any = {
        "mean": np.broadcast_to(case.mean, case.p),
        "cov": spread**2 * unit_cov,
    }
    expected += float(stats.multivariate_normal.logpdf(coef, **prior))
    assert posterior.logpdf(np.append(parameters, scales)) == pytest.approx(
        expected, abs=1e-7
    )


@pytest.mark.parametrize(
    "name",
    [
        "both unknown",
        "weights",
        "mean and covariance, relative",
        "more columns than rows",
    ],
)
def test_conditioning_in_pieces_is_conditioning_at_once(name: str) -> None:
    posterior, dense = solved(name)
    case = CASES[name]
    X, y, weights = case.data()
    cut = 4 if case.n > 4 else 2
    start = LinearModel(
        X[:cut],
        y[:cut],
        likelihood=likelihoods.Normal(case.noise),
        prior=posterior.model.prior,
        weights=None if weights is None else weights[:cut],
    )
    late = MixturePosterior(start).condition(
        X[cut:], y[cut:], None if weights is None else weights[cut:]
    )
    assert in_sds(late.location.mean, dense.mean, dense.sd) < 1e-8
    np.testing.assert_allclose(late.location.sd, dense.sd, rtol=1e-8)
    assert late.log_evidence == pytest.approx(dense.log_evidence, abs=1e-8)
