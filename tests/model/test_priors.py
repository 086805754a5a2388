"""Each prior on coefficients against SciPy: density, derivatives, kinks and roots.

A new prior joins by one entry of ``CASES``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from bayes_l2 import priors

HALF = np.array([[1.0, 0.4, -0.2], [0.0, 0.8, 0.3], [0.0, 0.0, 0.5]])
COV, MEAN = HALF @ HALF.T, np.array([0.5, -1.0, 2.0])
NOISE_SD, PRIOR_SD = 1.7, 0.6
# no entry is near a kink, which all known priors have at 0
COEF = np.array([[0.8, -1.3, 0.4], [-0.5, 2.0, 1.1]])


@dataclass(frozen=True)
class Case:
    """A prior of 3 coefficients, the same prior of one, and their log density.

    ``log_density`` takes coefficients of shape (p,). ``mean`` and ``cov`` are those of
    a Gaussian prior.
    """

    prior: priors.Prior
    of_one: priors.Prior
    log_density: Callable[[Any], Any]
    mean: Any = None
    cov: Any = None

    @property
    def multiplier(self) -> float:
        return self.prior.multiplier(NOISE_SD, PRIOR_SD)

    def total(self, coef: np.ndarray) -> float:
        """Return the log density of the rows of coef, shape (K, 3)."""
        return float(sum(self.log_density(row) for row in coef))

    def smooth(self, coef: np.ndarray) -> float:
        """Return the log density with its absolute values taken out."""
        return self.total(coef) + float(np.sum(self.prior.kink_slope * np.abs(coef)))


def gaussian(prior: priors.Prior, of_one: priors.Prior, mean: Any, cov: Any) -> Case:
    def log_density(coef: Any) -> float:
        p = len(coef)
        normal = stats.multivariate_normal(mean[:p], cov[:p, :p])
        return float(normal.logpdf(coef))

    return Case(prior, of_one, log_density, mean, cov)


def elastic_net(b: float, scale: float, sd: float) -> float:
    def kernel(x: float) -> float:
        return np.exp(-x / scale - x**2 / (2 * sd**2))

    return np.log(kernel(abs(b)) / (2 * integrate.quad(kernel, 0, np.inf)[0]))


CASES = {
    "Flat": Case(priors.Flat(), priors.Flat(), lambda coef: 0.0),
    "Normal": gaussian(
        priors.Normal(PRIOR_SD),
        priors.Normal(PRIOR_SD),
        np.zeros(3),
        PRIOR_SD**2 * np.eye(3),
    ),
    "Normal, relative to the noise": gaussian(
        priors.Normal(PRIOR_SD, mean=0.3, relative_to_noise=True),
        priors.Normal(PRIOR_SD, mean=0.3, relative_to_noise=True),
        np.full(3, 0.3),
        (NOISE_SD * PRIOR_SD) ** 2 * np.eye(3),
    ),
    "Normal with a covariance": gaussian(
        priors.Normal(mean=MEAN, cov=COV),
        priors.Normal(mean=MEAN[:1], cov=COV[:1, :1]),
        MEAN,
        COV,
    ),
    "Normal with an unknown factor of sds": gaussian(
        priors.Normal([0.5, 2.0, 1.5], mean=MEAN, factor=priors.HalfCauchy(1.0)),
        priors.Normal([0.5], mean=MEAN[:1], factor=priors.HalfCauchy(1.0)),
        MEAN,
        PRIOR_SD**2 * np.diag([0.25, 4.0, 2.25]),
    ),
    "Laplace": Case(
        priors.Laplace(0.7),
        priors.Laplace(0.7),
        lambda coef: stats.laplace.logpdf(coef, 0, 0.7).sum(),
    ),
    "Laplace, a scale for each column": Case(
        priors.Laplace([0.7, np.inf, 0.2]),
        priors.Laplace([0.7]),
        lambda coef: stats.laplace.logpdf(coef[[0, 2]], 0, [0.7, 0.2]).sum(),
    ),
    "ElasticNet": Case(
        priors.ElasticNet(0.7, 1.2),
        priors.ElasticNet(0.7, 1.2),
        lambda coef: sum(elastic_net(b, 0.7, 1.2) for b in coef),
    ),
}
over_all = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
over_gaussian = pytest.mark.parametrize(
    "case",
    [case for case in CASES.values() if case.cov is not None],
    ids=[name for name, case in CASES.items() if case.cov is not None],
)


def test_every_known_prior_is_a_case() -> None:
    assert {type(case.prior) for case in CASES.values()} == set(priors.KNOWN)
    assert all(type(case.prior) is type(case.of_one) for case in CASES.values())


@over_all
def test_the_log_density_is_that_of_scipy(case: Case) -> None:
    for coef in (COEF[:1], COEF):
        ours = case.prior.log_density(coef, case.multiplier)
        assert ours == pytest.approx(case.total(coef), rel=1e-12)


@over_all
def test_the_density_of_one_coefficient_integrates_to_one(case: Case) -> None:
    """The flat prior has the density 1 instead."""
    prior, multiplier = case.of_one, case.of_one.multiplier(NOISE_SD, PRIOR_SD)

    def density(b: float) -> float:
        return float(np.exp(prior.log_density(np.array([[b]]), multiplier)))

    if prior.is_flat:
        assert density(-3.0) == density(7.0) == 1.0
        return
    # the tails beyond 40 are below exp(-40 / 0.7) = 1e-24
    pieces = [
        integrate.quad(density, a, b, epsabs=1e-13, limit=200)[0]
        for a, b in ((-40, -5), (-5, 0), (0, 5), (5, 40))
    ]
    assert sum(pieces) == pytest.approx(1.0, abs=1e-10)


@over_all
def test_the_smooth_part_and_the_kinks_are_the_density(case: Case) -> None:
    """Up to one constant, which is the same for all coefficients."""
    assert np.all(case.prior.kink_slope == 0) == case.prior.is_smooth
    coefs = [COEF, 2 * COEF, np.zeros_like(COEF), -COEF, COEF[::-1]]
    constants = [
        case.prior.smooth_part(coef, case.multiplier)[0]
        - np.sum(case.prior.kink_slope * np.abs(coef))
        - case.total(coef)
        for coef in coefs
    ]
    np.testing.assert_allclose(constants, constants[0], atol=1e-12)


def differences(function: Callable[[np.ndarray], float], step: float) -> np.ndarray:
    """Return the gradient of a function of coefficients at ``COEF``."""
    found = np.empty_like(COEF)
    for place in np.ndindex(*COEF.shape):
        change = np.zeros_like(COEF)
        change[place] = step
        found[place] = (function(COEF + change) - function(COEF - change)) / (2 * step)
    return found


@over_all
def test_the_gradient_is_that_of_finite_differences(case: Case) -> None:
    """Their error is their rounding, 1e-16 of the log density over the step: 1e-11."""
    ours = case.prior.gradient(COEF, case.multiplier)
    np.testing.assert_allclose(ours, differences(case.total, 1e-4), atol=1e-8)
    smooth = case.prior.smooth_part(COEF, case.multiplier)[1]
    np.testing.assert_allclose(smooth, differences(case.smooth, 1e-4), atol=1e-8)


@over_all
def test_a_coefficient_at_its_kink_has_the_smooth_slope(case: Case) -> None:
    coef = COEF * [1, 0, 1]
    gradient = case.prior.gradient(coef, case.multiplier)
    smooth = case.prior.smooth_part(coef, case.multiplier)[1]
    np.testing.assert_array_equal(gradient[:, 1], smooth[:, 1])
    expected = np.broadcast_to(case.prior.kink_slope, 3)[0] * np.sign(coef[:, 0])
    np.testing.assert_allclose((smooth - gradient)[:, 0], expected, atol=1e-14)


@over_all
def test_the_curvature_is_that_of_finite_differences(case: Case) -> None:
    """By one row of coefficients: of SciPy's density, with its kinks taken out."""
    step, row = 1e-3, COEF[0]
    axes = step * np.eye(3)

    def smooth(b: np.ndarray) -> float:
        return case.smooth(b[np.newaxis])

    expected = [
        [
            smooth(row + u + v)
            - smooth(row + u - v)
            - smooth(row + v - u)
            + smooth(row - u - v)
            for v in axes
        ]
        for u in axes
    ]
    ours = case.prior.curvature(3, case.multiplier)
    np.testing.assert_allclose(ours, np.array(expected) / (4 * step**2), atol=1e-7)


@over_all
def test_squares_are_mahalanobis_distances(case: Case) -> None:
    """A prior that is not Gaussian has no prior sds, and states 0."""
    ours = case.prior.squares(COEF, case.multiplier)
    if case.cov is None:
        assert ours == 0.0
        return
    deviations = COEF - case.mean
    precision = np.linalg.inv(case.cov)
    expected = np.einsum("ki,ij,kj->", deviations, precision, deviations)
    assert ours == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(case.prior.mean_vector(3), case.mean, rtol=1e-15)


@over_gaussian
def test_the_root_is_that_of_the_inverse_covariance(case: Case) -> None:
    """P'P is the inverse of the covariance shape K, and the covariance is s² K."""
    prior: Any = case.prior
    shape = case.cov / case.multiplier**2
    root = prior.root(3)
    np.testing.assert_allclose(root.T @ root, np.linalg.inv(shape), rtol=1e-12)
    np.testing.assert_allclose(prior.unit_variances(3), np.diag(shape), rtol=1e-12)
    half_log_det = 0.5 * np.linalg.slogdet(shape)[1]
    assert prior.log_determinant == pytest.approx(-half_log_det, abs=1e-12)
    inverse, rows = np.linalg.inv(root), COEF
    np.testing.assert_allclose(prior.whiten(rows[0]), root @ rows[0], rtol=1e-12)
    np.testing.assert_allclose(prior.whiten(rows), rows @ root.T, rtol=1e-12)
    np.testing.assert_allclose(prior.colour(rows), rows @ inverse, rtol=1e-12)
    np.testing.assert_allclose(prior.colour_axes(rows.T), inverse @ rows.T, rtol=1e-12)


def test_the_flat_prior_has_no_rows() -> None:
    assert priors.Flat().root(3).shape == (0, 3)
    assert priors.Flat().log_determinant == 0.0


def test_a_density_without_its_scale_is_refused() -> None:
    relative = priors.Normal(1.0, relative_to_noise=True)
    for prior in (relative, priors.Normal(priors.HalfNormal(1.0))):
        with pytest.raises(ValueError, match="needs its multiplier"):
            prior.log_density(COEF)
    known = priors.Normal(PRIOR_SD)
    expected = CASES["Normal"].total(COEF)
    assert known.log_density(COEF) == pytest.approx(expected, rel=1e-12)
