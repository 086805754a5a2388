"""Moments of coefficients and scales together, against the dense sums over scales."""

import numpy as np
import pytest

from bayes_l2 import MixturePosterior
from tests.posteriors.mixture_cases import CASES, solved

# of the tails: one falls as a power above and one as a power below the eighth; neither
CASE_NAMES = ["inverse-gamma both", "prior unknown", "noise unknown, relative"]


@pytest.mark.parametrize("name", CASE_NAMES)
def test_means_sds_and_covariances_hold_the_scales(name: str) -> None:
    posterior, dense = solved(name)
    d = len(dense.mean)
    names = [each for each in posterior.names if each.endswith("_sd")]
    assert posterior.names[d:] == tuple(names)
    scales = np.column_stack([getattr(dense, each) for each in names])
    of_scales = dense.average(scales)
    apart = np.column_stack([dense.means - dense.mean, scales - of_scales])
    cov = dense.average(apart[:, :, np.newaxis] * apart[:, np.newaxis, :])
    cov[:d, :d] = dense.cov
    sd = np.sqrt(np.diag(cov))
    mean = np.append(dense.mean, of_scales)
    assert np.abs((posterior.mean - mean) / sd).max() < 1e-7
    np.testing.assert_allclose(posterior.sd, sd, rtol=1e-7)
    assert np.abs((posterior.cov - cov) / np.outer(sd, sd)).max() < 1e-7
    # the oracle's grid ends too early for a fourth power of a heavy tail
    light = [each == "noise_sd" for each in names]
    fourth = dense.average((scales - of_scales) ** 4) / sd[d:] ** 4
    np.testing.assert_allclose(posterior.kurtosis[d:][light], fourth[light], rtol=1e-6)


def test_a_quadrature_refines_the_moments_in_units_of_the_sds() -> None:
    """The noise counts by the root of its mean square, and the evidence by its log."""
    posterior, dense = solved("both unknown")
    values, units = posterior._summarise(posterior.parts.nodes)
    noise = np.sqrt(dense.average(dense.noise_sd**2))
    expected = [*dense.mean, *dense.sd, noise, dense.log_evidence]
    np.testing.assert_allclose(values, expected, rtol=1e-7)
    np.testing.assert_allclose(units, [*dense.sd, *dense.sd, noise, 1.0], rtol=1e-7)


@pytest.mark.parametrize("name", ["both unknown", "prior unknown"])
def test_the_parts_of_a_posterior_make_it_again(name: str) -> None:
    posterior, _ = solved(name)
    again = MixturePosterior.of_parts(posterior.parts)
    assert (again.model, again.tolerance) == (posterior.model, 1e-8)
    for each in ("mean", "sd", "cov", "log_evidence", "quadrature_error"):
        ours, theirs = getattr(again, each), getattr(posterior, each)
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", ["both unknown", "no intercept, weights, relative"])
def test_new_rows_have_the_moments_of_the_sums(name: str) -> None:
    """The mean of the line's variances, the variance of its means, and the noise."""
    posterior, dense = solved(name)
    case = CASES[name]
    new = np.array([[0.5, -1.0], [20.0, 30.0]])
    rows = np.column_stack([np.ones(2), new]) if case.intercept else new
    means, covs = dense.means @ rows.T, rows @ dense.covs @ rows.T
    mean = dense.average(means)
    line = dense.average(np.diagonal(covs, axis1=1, axis2=2) + (means - mean) ** 2)
    for has_noise in (False, True):
        sd = np.sqrt(line + has_noise * dense.average(dense.noise_sd**2))
        found = posterior.predict(new, return_sd=True, observation_noise=has_noise)
        assert np.abs((found[0] - mean) / sd).max() < 1e-8
        np.testing.assert_allclose(found[1], sd, rtol=1e-8)
        predictive = posterior.predictive(new, observation_noise=has_noise)
        np.testing.assert_allclose(predictive.std(), sd, rtol=1e-8)


def test_densities_of_many_points_are_those_of_each() -> None:
    posterior, dense = solved("both unknown")
    point = np.append(dense.mean + dense.sd, [1.1, 0.9])
    expected = posterior.model.log_posterior(point) - dense.log_evidence
    points = np.tile(point, (2, 3, 1))
    points[0, 1, -1], points[0, 2, -2], points[1, 0, -1] = -0.1, 0.0, 0.0
    found = posterior.logpdf(points)
    seen = np.isfinite(found)
    assert seen.tolist() == [[True, False, False], [False, True, True]]
    assert (found[~seen] == -np.inf).all()
    np.testing.assert_allclose(found[seen], expected, atol=1e-7)
    assert isinstance(posterior.logpdf(point), float)
