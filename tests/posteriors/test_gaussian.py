"""The Gaussian before and after rows, against the normal equations of a textbook."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import GaussianPosterior, LinearModel, likelihoods, priors

RNG = np.random.default_rng(6)
X = 1.0 + RNG.standard_normal((9, 3))
Y = 4.0 + X @ [1.0, -0.5, 0.3] + RNG.standard_normal(9)
WEIGHTS = RNG.uniform(0.5, 2.0, 9)
NEW = np.array([[0.0, 2.0, -1.0], [30.0, 1.0, 4.0]])
INF = np.inf


def model(prior: Any, *, intercept: bool = True) -> LinearModel:
    likelihood = likelihoods.Normal(1.7)
    return LinearModel(
        X, Y, likelihood=likelihood, prior=prior, intercept=intercept, weights=WEIGHTS
    )


PRECISIONS = [
    (priors.Normal(0.8), [0.8**-2] * 3),
    (priors.Normal(0.8, relative_to_noise=True), [(0.8 * 1.7) ** -2] * 3),
    (priors.Normal([0.5, 2.0, INF], mean=[1.0, 2.0, 0.0]), [4.0, 0.25, 0.0]),
    (priors.Flat(), [0.0] * 3),
]


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize(("prior", "precisions"), PRECISIONS)
def test_after_rows_it_is_that_of_the_normal_equations(
    prior: Any, precisions: Any, intercept: bool
) -> None:
    design = np.column_stack([np.ones((9, 1)), X]) if intercept else X
    of_prior = np.diag([0.0] * intercept + precisions)
    mean = np.append([0.0] * intercept, prior.mean_vector(3))
    weighted = design.T * (WEIGHTS / 1.7**2)
    cov = np.linalg.inv(weighted @ design + of_prior)
    mean = cov @ (weighted @ Y + of_prior @ mean)
    ours = GaussianPosterior.of(model(prior, intercept=intercept))
    sd = np.sqrt(np.diag(cov))
    assert np.abs((ours.mean - mean) / sd).max() < 1e-11
    np.testing.assert_allclose(ours.sd, sd, rtol=1e-11)
    np.testing.assert_allclose(ours.cov, cov, rtol=1e-9, atol=1e-12)
    rows = np.column_stack([np.ones((2, 1)), NEW]) if intercept else NEW
    variances = np.sum(rows @ cov * rows, axis=1)
    for noise in (0.0, 1.7):
        found = ours.predict(NEW, return_sd=True, observation_noise=noise > 0)
        np.testing.assert_allclose(found[0], rows @ mean, rtol=1e-11)
        np.testing.assert_allclose(found[1], np.sqrt(variances + noise**2), rtol=1e-11)
        predictive = ours.predictive(NEW, observation_noise=noise > 0)
        np.testing.assert_array_equal(predictive.mean(), found[0])
        np.testing.assert_array_equal(predictive.std(), found[1])
    np.testing.assert_allclose(ours.predict(NEW), rows @ mean, rtol=1e-11)
    center = WEIGHTS @ X / WEIGHTS.sum() * intercept
    np.testing.assert_allclose(ours.center, center, rtol=1e-13, atol=1e-15)
    at_center = WEIGHTS @ Y / WEIGHTS.sum() * intercept
    assert ours.mean_at_center == pytest.approx(at_center, rel=1e-13)
    precision = WEIGHTS.sum() / 1.7**2 * intercept
    assert ours.precision_at_center == pytest.approx(precision, rel=1e-13)
    assert ours.has_intercept == intercept


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize(("prior", "precisions"), PRECISIONS[:2])
def test_the_evidence_is_the_density_of_the_rows(
    prior: Any, precisions: Any, intercept: bool
) -> None:
    """An intercept of density 1 takes up a row: it is integrated out."""
    covariance: Any = np.diag(1.7**2 / WEIGHTS) + X @ X.T / precisions[0]
    if not intercept:
        expected = stats.multivariate_normal.logpdf(Y, np.zeros(9), covariance)
    else:
        ones = np.linalg.solve(covariance, np.ones(9))
        best, variance = ones @ Y / ones.sum(), 1 / ones.sum()
        at_best = stats.multivariate_normal.logpdf(Y, np.full(9, best), covariance)
        expected = at_best + 0.5 * np.log(2 * np.pi * variance)
    ours = GaussianPosterior.of(model(prior, intercept=intercept))
    assert ours.log_evidence == pytest.approx(float(expected), rel=1e-12)
    in_two = GaussianPosterior.before_data(model(prior, intercept=intercept))
    for rows in (slice(0, 4), slice(4, 9)):
        in_two = in_two.condition(X[rows], Y[rows], WEIGHTS[rows])
    assert in_two.log_evidence == pytest.approx(float(expected), rel=1e-12)
    np.testing.assert_allclose(in_two.sd, ours.sd, rtol=1e-12)


@pytest.mark.parametrize("intercept", [True, False])
def test_before_rows_it_is_the_prior(intercept: bool) -> None:
    prior = priors.Normal([0.5, INF, 2.0], mean=[1.0, 0.0, -3.0])
    ours = GaussianPosterior.before_data(model(prior, intercept=intercept))
    first = [INF] * intercept
    np.testing.assert_array_equal(ours.sd, [*first, 0.5, INF, 2.0])
    np.testing.assert_array_equal(ours.coef, [1.0, 0.0, -3.0])
    assert (ours.intercept, ours.log_evidence) == (0.0, 0.0)
    assert ours.precision_at_center == 0
    assert not ours.location.is_proper
    for name, mean, sd in (("x0", 1.0, 0.5), ("x2", -3.0, 2.0)):
        marginal = ours.marginal(name)
        assert (marginal.mean(), marginal.std()) == (mean, sd)
    both = ours.marginal(["x2", "x0"])
    np.testing.assert_array_equal(both.mean, [-3.0, 1.0])
    np.testing.assert_allclose(both.cov, np.diag([4.0, 0.25]), rtol=1e-14)
    for names in ("x1", ["x0", "x1"]):
        with pytest.raises(ValueError, match="improper, flat in x1: it has no cov"):
            ours.marginal(names)
    if intercept:
        with pytest.raises(ValueError, match="improper, flat in intercept, x1"):
            ours.marginal("intercept")
    np.testing.assert_array_equal(ours.predict(NEW), NEW @ [1.0, 0.0, -3.0])
    text = "the intercept's prior is flat" if intercept else "improper, flat in x1"
    with pytest.raises(ValueError, match=text):
        ours.predict(NEW, return_sd=True)


def test_a_proper_prior_is_whole_before_rows() -> None:
    cov = np.array([[1.0, 0.3, 0.0], [0.3, 2.0, 0.5], [0.0, 0.5, 1.5]])
    prior = priors.Normal(cov=cov, mean=[1.0, 2.0, -3.0], relative_to_noise=True)
    for intercept in (True, False):
        ours = GaussianPosterior.before_data(model(prior, intercept=intercept))
        of_coef = ours.marginal(["x0", "x1", "x2"])
        np.testing.assert_allclose(of_coef.cov, 1.7**2 * cov, rtol=1e-13, atol=1e-15)
        sd = 1.7 * np.sqrt(np.diag(cov))
        np.testing.assert_allclose(ours.sd[int(intercept) :], sd, rtol=1e-13)
    mean, sd = ours.predict(NEW, return_sd=True)
    np.testing.assert_allclose(mean, NEW @ [1.0, 2.0, -3.0], rtol=1e-14)
    variances = 1.7**2 * (1 + np.sum(NEW @ cov * NEW, axis=1))
    np.testing.assert_allclose(sd, np.sqrt(variances), rtol=1e-13)
    covariance: Any = 1.7**2 * cov
    at_mean = stats.multivariate_normal.logpdf(np.zeros(3), np.zeros(3), covariance)
    assert ours.logpdf([1.0, 2.0, -3.0]) == pytest.approx(float(at_mean), rel=1e-12)


def test_an_intercept_whose_terms_cancel_keeps_its_digits() -> None:
    """With columns near 1e9 the intercept is 1e9 times the mean of 4, and exact."""
    far = 1e9 + np.array([[-2.0], [-1.0], [1.0], [2.0]])
    y = 4.0 + np.array([-1.0, -0.5, 0.5, 1.0])
    likelihood = likelihoods.Normal(1.0)
    ours = GaussianPosterior.of(
        LinearModel(far, y, likelihood=likelihood, prior=priors.Flat())
    )
    assert ours.coef[0] == pytest.approx(0.5, rel=1e-15)
    assert ours.intercept == pytest.approx(4.0 - 0.5e9, rel=1e-15)


def test_an_sd_that_no_number_holds_is_refused() -> None:
    """The intercept has an sd of 4e337: that of a slope by minus a column of 2e46."""
    prior = priors.Normal([1e150, 1e150], relative_to_noise=True)
    likelihood, row = likelihoods.Normal(1e142), [[-4e45, 2e46]]
    far = LinearModel(row, [1e130], likelihood=likelihood, prior=prior)
    with pytest.raises(ValueError, match="is beyond double precision; rescale"):
        GaussianPosterior.of(far)
