"""Mixtures of a few Gaussians over given scales, against their textbook moments."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

from bayes_l2 import arguments, priors
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.gaussian_mixture import GaussianMixture
from bayes_l2.posteriors.quadrature.linear_functions import LinearFunctions
from bayes_l2.posteriors.quadrature.nodes import Nodes
from bayes_l2.posteriors.quadrature.scale_marginals import ScaleMarginals
from tests.posteriors.quadrature.dense import CASES, Dense

PENALTIES = np.array([0.4, 50.0])
NOISE_SDS = np.array([[0.5, 1.0, 3.0], [0.7, 2.0, 0.1]])
WEIGHTS = np.array([[0.3, 0.15, 0.05], [0.1, 0.38, 0.02]])
FLAT_WEIGHTS = WEIGHTS.ravel()

FEW_COLUMNS = {name: case for name, case in CASES.items() if case.p < 20}
over_cases = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))


def mixture(case: Dense, scales: Any = None) -> GaussianMixture:
    model = case.model(priors.HalfNormal(1.0), 1.0)
    basis = Eigenbasis.of(model)
    nodes = Nodes(
        np.log(PENALTIES / basis.unit), np.log(NOISE_SDS), np.log(WEIGHTS), 0.0
    )
    scales = ScaleMarginals(basis) if scales is None else scales
    return GaussianMixture(LinearFunctions.parameters(basis), scales, nodes)


def components(case: Dense) -> tuple[np.ndarray, np.ndarray]:
    """Return means and covariances of the six components."""
    means = np.repeat([case.solution(penalty) for penalty in PENALTIES], 3, axis=0)
    covs = [
        noise_sd**2 * np.linalg.inv(case.precision(penalty))
        for penalty, noise_sds in zip(PENALTIES, NOISE_SDS, strict=True)
        for noise_sd in noise_sds
    ]
    return means, np.array(covs)


@over_cases
def test_moments(case: Dense) -> None:
    ours, (means, covs) = mixture(case), components(case)
    mean = FLAT_WEIGHTS @ means
    off = means - mean
    outer = off[:, :, np.newaxis] * off[:, np.newaxis, :]
    cov = np.tensordot(FLAT_WEIGHTS, covs + outer, axes=1)
    sd = np.sqrt(np.diag(cov))
    assert np.all(np.abs(ours.mean - mean) < 1e-9 * sd)
    np.testing.assert_allclose(ours.sd, sd, rtol=1e-9)
    for each in (ours.cov, ours.root @ ours.root.T):
        np.testing.assert_allclose(
            each / np.outer(sd, sd), cov / np.outer(sd, sd), atol=1e-8
        )
    assert ours.root.shape == cov.shape
    # a normal number of variance v about m has the fourth moment 3 v² + 6 v m² + m⁴
    v = np.diagonal(covs, axis1=1, axis2=2)
    fourth = FLAT_WEIGHTS @ (3 * v**2 + 6 * v * off**2 + off**4)
    np.testing.assert_allclose(ours.kurtosis, fourth / sd**4, rtol=1e-9)


@over_cases
def test_densities(case: Dense) -> None:
    ours, (means, covs) = mixture(case), components(case)
    d = len(ours.names)
    rng = np.random.default_rng(0)
    points = means[0] + 0.3 * rng.standard_normal((2, 3, d))

    def exact(points: np.ndarray, places: list[int]) -> np.ndarray:
        logs = [
            stats.multivariate_normal(mean[places], cov[np.ix_(places, places)]).logpdf(
                points[..., places]
            )
            for mean, cov in zip(means, covs, strict=True)
        ]
        return np.asarray(
            logsumexp(np.array(logs), axis=0, b=FLAT_WEIGHTS[:, None, None])
        )

    every = list(range(d))
    np.testing.assert_allclose(ours.logpdf(points), exact(points, every), rtol=1e-7)
    features = every[int(case.intercept) :]
    subsets = [features, [d - 1, 0], every[::-1]] + [[0, d - 1, 1]] * (d > 2)
    for places in subsets:
        some = ours.marginal([ours.names[place] for place in places])
        np.testing.assert_allclose(
            some.logpdf(points[..., places]), exact(points, places), rtol=1e-7
        )
    first = ours.logpdf(points[0, 0])
    assert first == pytest.approx(exact(points, every)[0, 0], rel=1e-7)
    # given the scales
    unit = Eigenbasis.of(case.model()).unit
    given = ours.logpdf_given(
        points[0, :2], np.log(PENALTIES / unit), np.log(NOISE_SDS[:, 1])
    )
    for i, place in enumerate((1, 4)):
        normal = stats.multivariate_normal(means[place], covs[place])
        assert given[i] == pytest.approx(normal.logpdf(points[0, i]), rel=1e-7)
        alone = ours.logpdf_given(
            points[0, i], np.log(PENALTIES[i] / unit), np.log(NOISE_SDS[i, 1])
        )
        assert alone == pytest.approx(float(given[i]), rel=1e-12)


@pytest.mark.parametrize("case", FEW_COLUMNS.values(), ids=list(FEW_COLUMNS))
def test_distributions_of_one_function(case: Dense) -> None:
    ours, (means, covs) = mixture(case), components(case)
    v = np.diagonal(covs, axis1=1, axis2=2)
    side_by_side = ours.side_by_side()
    for extra, together in ((0.0, side_by_side), (2.0, None)):
        noise = extra * NOISE_SDS.ravel()[:, np.newaxis] ** 2
        together = together or ours.side_by_side(extra_noise=extra)
        x = means[0] + np.sqrt(v[1])
        expected = FLAT_WEIGHTS @ stats.norm.cdf(x, means, np.sqrt(v + noise))
        np.testing.assert_allclose(together.cdf(x), expected, rtol=1e-9)
    low, high = ours.interval(0.8).T
    assert ours.interval(0.8).shape == (len(ours.names), 2)
    for j, name in enumerate(ours.names):
        one = ours.marginal(name)
        for probability, end in ((0.1, low[j]), (0.9, high[j])):
            below = FLAT_WEIGHTS @ stats.norm.cdf(end, means[:, j], np.sqrt(v[:, j]))
            assert below == pytest.approx(probability, abs=1e-9)
            assert one.ppf(probability) == pytest.approx(end, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "decays"),
    [
        # the intercept has noise of its own, and so has a flat column
        ("one sd", [2.5, 4.5, 4.5, 4.5]),
        ("no intercept", [4.5] * 3),
        ("a flat column", [2.5, 4.5, 2.5, 4.5]),
        # the prior alone informs a direction of each
        ("more columns", [1.5] * 6),
        ("more columns, no intercept", [1.5] * 5),
    ],
)
def test_orders_of_finite_moments(name: str, decays: list[float]) -> None:
    case = CASES[name]
    scales = {"decay_of_noise": 2.5, "decay_of_coefs": 4.5, "decay_outside": 1.5}
    ours = mixture(case, SimpleNamespace(**scales))
    assert np.isfinite(ours.mean).all()
    assert np.isfinite(ours.sd).tolist() == [each > 2 for each in decays]
    assert np.isfinite(ours.kurtosis).tolist() == [each > 4 for each in decays]
    if min(decays) < 2:
        with pytest.raises(ValueError, match="no covariance"):
            _ = ours.cov
    if "intercept" in ours.names and not basis_is_partial(ours):
        some = mixture(case, SimpleNamespace(**scales | {"decay_of_noise": 1.5}))
        assert np.isinf(some.sd).tolist() == [each < 4 for each in decays]
        with pytest.raises(ValueError, match="no covariance"):
            _ = some.cov
    noisy = ours.side_by_side(extra_noise=1.0).decays
    assert noisy.tolist() == [min(each, 2.5) for each in decays]
    assert ours.side_by_side().decays.tolist() == decays
    at_ends = dict.fromkeys(scales, 4.0)
    assert np.isinf(mixture(case, SimpleNamespace(**at_ends)).kurtosis).all()
    at_ends = dict.fromkeys(scales, 2.0)
    assert np.isinf(mixture(case, SimpleNamespace(**at_ends)).sd).all()
    at_ends = dict.fromkeys(scales, 1.0)
    assert np.isnan(mixture(case, SimpleNamespace(**at_ends)).mean).all()


def basis_is_partial(mixture: GaussianMixture) -> bool:
    return mixture._basis.is_partial


@pytest.mark.parametrize("size", [1.0, 1e-12])
def test_a_penalty_that_no_number_holds(size: float) -> None:
    """It has no weight, and the moments are those of the other one."""
    case = CASES["more columns"]
    basis = Eigenbasis.of(case.model(priors.HalfNormal(1.0), 1.0))
    tiny = Eigenbasis(**{**vars(basis), "unit": basis.unit * size})
    log_weights = np.array([[-np.inf], [0.0]])
    nodes = Nodes(np.array([-1000.0, 0.0]), np.zeros((2, 1)), log_weights, 0.0)
    scales = ScaleMarginals(tiny)
    ours = GaussianMixture(LinearFunctions.parameters(tiny), scales, nodes)
    one = Nodes(np.zeros(1), np.zeros((1, 1)), np.zeros((1, 1)), 0.0)
    alone = GaussianMixture(LinearFunctions.parameters(tiny), scales, one)
    np.testing.assert_allclose(ours.mean, alone.mean, rtol=1e-12)
    np.testing.assert_allclose(ours.sd, alone.sd, rtol=1e-12)
    both, one_side = ours.side_by_side(), alone.side_by_side()
    np.testing.assert_allclose(both.sds, one_side.sds, rtol=1e-12)
    np.testing.assert_allclose(ours.logpdf(ours.mean), alone.logpdf(alone.mean))


N_DRAWS = 2000


@pytest.mark.parametrize("name", FEW_COLUMNS)
def test_draws_given_scales(name: str) -> None:
    """Whitened draws have the mean 0 and the covariance I.

    Each of at most 27 numbers of nine cases is off by 7 standard errors with
    probability 3e-12, which is 7e-10 together.
    """
    case = CASES[name]
    model = case.model(0.7, 1.0)
    basis = Eigenbasis.of(model)
    scales = ScaleMarginals(basis)
    x, sigma = scales.fixed_penalty(), 0.7
    penalty = float(np.exp(x)) * basis.unit
    assert penalty == pytest.approx(0.49, rel=1e-12)
    nodes = Nodes(np.array([x]), np.log([[sigma]]), np.zeros((1, 1)), 0.0)
    ours = GaussianMixture(LinearFunctions.parameters(basis), scales, nodes)
    draws, xs, ts = ours.sample_with_scales(7, N_DRAWS)
    assert draws.shape == (N_DRAWS, len(ours.names))
    assert np.all(xs == x)
    np.testing.assert_allclose(np.exp(ts), sigma)
    root = np.linalg.cholesky(case.precision(penalty)) / sigma
    white = (draws - case.solution(penalty)) @ root
    assert np.abs(white.mean(axis=0)).max() < 7 / np.sqrt(N_DRAWS)
    error = np.abs(white.T @ white / N_DRAWS - np.eye(len(ours.names)))
    assert error.max() < 7 * np.sqrt(2 / N_DRAWS)
    assert np.array_equal(ours.sample(7, N_DRAWS), draws)
    assert ours.sample(7).shape == (1, len(ours.names))


def test_draws_that_an_array_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """A draw of four functions and of two scales has six numbers."""
    basis = Eigenbasis.of(CASES["one sd"].model(0.7, 1.0))
    scales = ScaleMarginals(basis)
    nodes = Nodes(np.zeros(1), np.zeros((1, 1)), np.zeros((1, 1)), 0.0)
    ours = GaussianMixture(LinearFunctions.parameters(basis), scales, nodes)
    monkeypatch.setattr(arguments, "MOST_NUMBERS", 60)
    assert ours.sample(1, 10).shape == (10, 4)
    with pytest.raises(ValueError, match="n must be"):
        ours.sample(1, 11)


def test_quantiles_from_fewer_components() -> None:
    """Sixteen noise sds that are alike count as eight, with the same probabilities."""
    case = CASES["one sd"]
    basis = Eigenbasis.of(case.model(priors.HalfNormal(1.0), 1.0))
    u = np.linspace(-4, 4, 16)
    logs = -0.5 * u**2 * np.ones((2, 1))
    logs -= np.log(np.exp(logs).sum())
    nodes = Nodes(np.log(PENALTIES / basis.unit), 0.02 * np.stack([u, u]), logs, 0.0)
    functions = LinearFunctions.parameters(basis)
    ours = GaussianMixture(functions, ScaleMarginals(basis), nodes).side_by_side()
    assert ours.body is not None
    assert ours.body.weights.shape == (16,)
    assert ours.body.weights.sum() == pytest.approx(1, abs=1e-12)
    ends = ours.ppf(np.full((1, 4), 0.1))
    np.testing.assert_allclose(ours.cdf(ends), 0.1, atol=1e-11)
