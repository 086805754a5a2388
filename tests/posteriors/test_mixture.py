"""Posteriors by quadrature over the scales: against dense sums over both scales, mpmath, and finer grids."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import integrate, stats

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    MixturePosterior,
    datasets,
    fit_exact,
    likelihoods,
    priors,
)
from bayes_l2.posteriors.quadrature.gaussian_mixture import GaussianMixture
from bayes_l2.posteriors.quadrature.linear_functions import LinearFunctions
from tests.oracles import (
    DenseMixture,
    dense_mixture,
    exponential,
    flat,
    flat_in_the_logarithm,
    half_cauchy,
    half_normal,
    half_t,
    in_sds,
    inverse_gamma,
)

HALF_NORMAL, HALF_CAUCHY = half_normal(2.0), half_cauchy(1.5)
COV = np.array([[1.0, 0.3], [0.3, 2.0]])


@dataclass(frozen=True)
class Case:
    """One model in the package's words and in the oracle's."""

    noise: Any
    prior: Any
    dense_noise: Any
    dense_prior: Any
    n: int = 8
    p: int = 2
    mean: Any = 0.0
    cov: Any = None
    relative: bool = False
    weighted: bool = False
    intercept: bool = True

    def data(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        rng = np.random.default_rng(7)
        X = 1.0 + rng.standard_normal((self.n, self.p))
        y = 3.0 + X @ rng.standard_normal(self.p) + rng.standard_normal(self.n)
        return X, y, rng.uniform(0.2, 3.0, self.n) if self.weighted else None

    def model(self) -> LinearModel:
        X, y, weights = self.data()
        return LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(self.noise),
            prior=priors.Normal(
                self.prior,
                mean=self.mean,
                cov=self.cov,
                relative_to_noise=self.relative,
            ),
            intercept=self.intercept,
            weights=weights,
        )

    def oracle(self) -> DenseMixture:
        X, y, weights = self.data()
        return dense_mixture(
            X,
            y,
            self.dense_noise,
            self.dense_prior,
            mean=self.mean,
            cov=self.cov,
            weights=weights,
            intercept=self.intercept,
            relative=self.relative,
        )


N, C = priors.HalfNormal(2.0), priors.HalfCauchy(1.5)
CASES = {
    "noise unknown": Case(N, 1.5, HALF_NORMAL, 1.5),
    "prior unknown": Case(1.3, C, 1.3, HALF_CAUCHY),
    "both unknown": Case(N, C, HALF_NORMAL, HALF_CAUCHY),
    "both unknown, relative": Case(N, C, HALF_NORMAL, HALF_CAUCHY, relative=True),
    "noise unknown, relative": Case(N, 1.5, HALF_NORMAL, 1.5, relative=True),
    "mean and covariance": Case(N, None, HALF_NORMAL, 1.0, mean=[1.0, -2.0], cov=COV),
    "mean and covariance, relative": Case(
        N, None, HALF_NORMAL, 1.0, mean=[1.0, -2.0], cov=COV, relative=True
    ),
    "prior unknown about a mean": Case(1.3, C, 1.3, HALF_CAUCHY, mean=0.7),
    "weights": Case(N, C, HALF_NORMAL, HALF_CAUCHY, weighted=True),
    "no intercept": Case(N, C, HALF_NORMAL, HALF_CAUCHY, intercept=False, mean=0.7),
    "no intercept, weights, relative": Case(
        N, C, HALF_NORMAL, HALF_CAUCHY, intercept=False, weighted=True, relative=True
    ),
    "more columns than rows": Case(N, C, HALF_NORMAL, HALF_CAUCHY, n=5, p=8),
    "more columns than rows, no intercept": Case(
        N, 1.5, HALF_NORMAL, 1.5, n=4, p=6, intercept=False, mean=np.arange(6) / 5
    ),
    "many more columns than rows": Case(1.3, N, 1.3, HALF_NORMAL, n=4, p=20),
    "over a thousand columns, all known": Case(1.3, 0.3, 1.3, 0.3, n=5, p=1001),
    "exponential and half-t": Case(
        priors.Exponential(2.0),
        priors.HalfStudentT(3.0, 1.5),
        exponential(2.0),
        half_t(3.0, 1.5),
    ),
    "inverse-gamma both": Case(
        priors.InverseGamma(2.0, 3.0),
        priors.InverseGamma(3.0, 2.0),
        inverse_gamma(2.0, 3.0),
        inverse_gamma(3.0, 2.0),
    ),
    "Jeffreys and flat": Case(
        priors.FlatLogScale(),
        priors.FlatScale(),
        flat_in_the_logarithm,
        flat,
        n=12,
        p=6,
    ),
}


@cache
def solved(name: str) -> tuple[MixturePosterior, DenseMixture]:
    case = CASES[name]
    return MixturePosterior(case.model()), case.oracle()


over_all = pytest.mark.parametrize("name", CASES)
# unknown both, one, relative, a covariance, and more columns than rows
over_kinds = pytest.mark.parametrize(
    "name",
    [
        "both unknown",
        "noise unknown",
        "both unknown, relative",
        "mean and covariance",
        "more columns than rows",
    ],
)


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
    # the coefficients' own density: that of the joint with the intercept integrated out
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


def test_the_density_of_the_coefficients_is_that_of_the_joint_without_the_intercept() -> (
    None
):
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


@over_kinds
def test_marginals_of_coefficients_and_predictions(name: str) -> None:
    posterior, dense = solved(name)
    first, p = int(CASES[name].intercept), CASES[name].p
    quantities = {
        posterior.names[first]: np.eye(first + p)[first],
        "intercept": np.eye(first + p)[0],
    }
    for quantity, row in quantities.items():
        marginal = posterior.marginal(quantity)
        mean, sd = row @ dense.mean, np.sqrt(row @ dense.cov @ row)
        assert abs(marginal.mean() - mean) < 1e-8 * sd
        assert marginal.std() == pytest.approx(sd, rel=1e-8)
        places = mean + sd * np.array([-3.0, -1.0, 0.1, 2.0])
        np.testing.assert_allclose(
            marginal.cdf(places), [dense.cdf(row, x) for x in places], rtol=1e-8
        )
        areas = [
            integrate.quad(
                marginal.pdf, places[0], x, epsabs=1e-12, epsrel=1e-11, limit=200
            )[0]
            for x in places[1:]
        ]
        np.testing.assert_allclose(
            np.diff(marginal.cdf(places)), np.diff(areas, prepend=0), rtol=1e-9
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
SCALE_ERROR = 5e-8  # of tabulated marginals, in sds and in probability


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


def test_names_of_marginals_that_are_not_there() -> None:
    posterior, _ = solved("noise unknown")
    assert posterior.unknown == ("noise_sd", "penalty")
    for name in ("prior_sd", "x7"):
        with pytest.raises(ValueError, match=name):
            posterior.marginal(name)


@over_kinds
def test_draws_are_from_the_posterior(name: str) -> None:
    """40 000 draws within 6.5 standard errors, and distances between distributions under a bound of probability 1e-11.

    Four means and four sds of 8e-11 each, and the distances of at most five quantities: 7e-10 together.
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


BOUND = float(
    np.sqrt(np.log(2 / 1e-11) / (2 * 40_000))
)  # Dvoretzky, Kiefer, Wolfowitz, Massart: for 1e-11


def kolmogorov_distance(values: np.ndarray, distribution: Any) -> float:
    """Largest difference between the cdf and the fraction of draws below, at every hundredth of these."""
    fractions = (np.arange(100) + 0.5) / 100
    return float(
        np.max(np.abs(distribution.cdf(np.quantile(values, fractions)) - fractions))
    )


def assert_moments(values: np.ndarray, mean: Any, sd: Any) -> None:
    """Within 6.5 standard errors, which chance exceeds with probability 8e-11."""
    n, kurtosis = len(values), float(stats.kurtosis(values, fisher=False))
    assert abs(values.mean() - mean) < 6.5 * sd / np.sqrt(n)
    assert abs(values.std() - sd) < 6.5 * sd * np.sqrt((kurtosis - 1) / (4 * n))


@pytest.mark.parametrize(
    "name",
    ["both unknown", "noise unknown", "both unknown, relative", "mean and covariance"],
)
def test_kurtosis(name: str) -> None:
    """E of the fourth power about the mean, normal within each node: d⁴ + 6 d² v + 3 v²."""
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


def test_mpmath_agrees_to_thirty_digits_of_its_own() -> None:
    """One column, no intercept: the n x n covariance sigma² I + tau² xx' is inverted by hand, the rest is sums."""
    x, y = [0.5, -1.25, 2.0, 0.75, -0.5, 1.5], [1.0, -1.5, 3.25, 0.5, -1.0, 2.0]
    n = len(x)
    mp: Any = mpmath.mp
    with mp.workdps(30):
        xx, xy, yy = (
            mp.fsum(mp.mpf(a) * b for a, b in zip(u, v, strict=True))
            for u, v in ((x, x), (x, y), (y, y))
        )
        step = mp.mpf(1) / 10
        # exp of minus the ends' size is lost of each integral: of E tau, whose tail falls as 1 / tau, the most
        noise = [mp.exp(k * step) for k in range(-45, 25)]
        prior = [mp.exp(k * step) for k in range(-250, 250)]
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
    spread = scales._map
    step = (spread.high - spread.low) / (len(nodes.log_penalty) - 1)
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


def test_a_half_cauchy_prior_sd_that_one_row_informs_has_no_variance_outside_of_it() -> (
    None
):
    """E tau² = ∞ with one row left of a tail as tau^-3; E tau is finite, and so are the means."""
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
    """Two rows left and a tail of the prior sd as tau^-1.02: E tau² = ∫ tau^-1.02 dtau is finite, at 1e600 or so."""
    X, y, _ = Case(1.0, 1.0, 1.0, 1.0, n=3, p=5).data()
    prior = priors.Normal(priors.InverseGamma(0.01, 0.01))
    with pytest.raises(
        ArithmeticError,
        match=r"reached an error of 0\.\d+|\de-0[1-6], not the 1e-08 asked for",
    ):
        fit_exact(LinearModel(X, y, likelihood=likelihoods.Normal(1.0), prior=prior))


def test_a_noise_prior_that_the_residuals_contradict() -> None:
    """Residuals of 1e5 prior sds leave a noise sd known to a thousandth: the grid has to find that bump."""
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
