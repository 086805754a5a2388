"""Hard integrals, and moments that do not exist: every case was wrong once."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import (
    LinearModel,
    MixturePosterior,
    SufficientStatistics,
    fit_exact,
    fit_map,
    likelihoods,
    priors,
)
from tests.oracles import (
    dense_mixture,
    flat,
    half_cauchy,
    half_normal,
    inverse_gamma,
    normal_inverse_gamma,
)

Normal = likelihoods.Normal


def problem(n: int, p: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p))
    return X, X @ rng.standard_normal(p) + rng.standard_normal(n)


def test_student_t_logpdf_is_normalised() -> None:
    X, y = problem(12, 2)
    prior = priors.Normal(1.5, relative_to_noise=True)
    posterior = fit_exact(
        LinearModel(X, y, likelihood=Normal(priors.InverseGamma(2.0, 3.0)), prior=prior)
    )
    book = normal_inverse_gamma(X, y, 2.0, 3.0, cov=2.25 * np.eye(2))
    t: Any = {
        "loc": book.mean,
        "shape": book.scale / book.shape * book.unit_cov,
        "df": 2 * book.shape,
    }
    point = book.mean + book.sd
    assert posterior.location.logpdf(point) == pytest.approx(
        stats.multivariate_t.logpdf(point, **t), abs=1e-9
    )


@pytest.mark.parametrize("size", [1e-8, 1e8, 1e12])
def test_nig_densities_in_other_units(size: float) -> None:
    X, y = problem(20, 2)
    options: Any = {
        "likelihood": Normal(priors.FlatLogScale()),
        "prior": priors.Normal(1.0, relative_to_noise=True),
    }
    usual, scaled = (
        fit_exact(LinearModel(X, y, **options)),
        fit_exact(LinearModel(X, size * y, **options)),
    )
    assert scaled.log_evidence + 19 * np.log(size) == pytest.approx(
        usual.log_evidence, abs=1e-8
    )
    of_coef = usual.marginal(["x0", "x1"])
    point = of_coef.mean + of_coef.sd
    ours = scaled.marginal(["x0", "x1"]).logpdf(size * point) + 2 * np.log(size)
    assert ours == pytest.approx(of_coef.logpdf(point), abs=1e-8)
    place = np.append(usual.location.mean + usual.location.sd, 1.0)
    ours = scaled.logpdf(size * place) + 4 * np.log(size)
    assert ours == pytest.approx(usual.logpdf(place), abs=1e-8)


@pytest.mark.parametrize("n", [500, 2000, 20_000])
def test_the_marginal_of_the_prior_sd_with_many_rows(n: int) -> None:
    """So many rows determine the noise sd, to 1e-3 in the cdf of the prior sd."""
    X, y = problem(n, 3)
    prior = priors.Normal(priors.HalfCauchy(1.0))
    posterior = fit_exact(
        LinearModel(X, y, likelihood=Normal(priors.HalfNormal(3.0)), prior=prior)
    )
    noise = posterior.marginal("noise_sd").mean()
    known = fit_exact(LinearModel(X, y, likelihood=Normal(float(noise)), prior=prior))
    quantiles = known.marginal("prior_sd").ppf(np.array([0.1, 0.5, 0.9]))
    np.testing.assert_allclose(
        posterior.marginal("prior_sd").cdf(quantiles), [0.1, 0.5, 0.9], atol=1e-3
    )


def test_the_marginal_of_the_noise_under_a_tight_prior_on_the_prior_sd() -> None:
    X, y = problem(12, 3)
    tight = priors.Normal(priors.InverseGamma(1e6, 1e6))
    posterior = fit_exact(
        LinearModel(X, y, likelihood=Normal(priors.HalfNormal(3.0)), prior=tight)
    )
    known = fit_exact(
        LinearModel(
            X, y, likelihood=Normal(priors.HalfNormal(3.0)), prior=priors.Normal(1.0)
        )
    )
    quantiles = known.marginal("noise_sd").ppf(np.array([0.1, 0.5, 0.9]))
    np.testing.assert_allclose(
        posterior.marginal("noise_sd").cdf(quantiles), [0.1, 0.5, 0.9], atol=1e-3
    )


def test_the_marginal_of_the_prior_sd_of_a_small_problem() -> None:
    X, y = problem(5, 8)
    prior = priors.Normal(priors.HalfCauchy(1.5))
    posterior = MixturePosterior(
        LinearModel(X, y, likelihood=Normal(priors.HalfNormal(2.0)), prior=prior)
    )
    dense = dense_mixture(X, y, half_normal(2.0), half_cauchy(1.5))
    for probability in (0.01, 0.5, 0.99):
        at = posterior.marginal("prior_sd").ppf(probability)
        assert dense.scale_cdf("prior_sd", at) == pytest.approx(probability, abs=1e-5)


def test_coefficients_bounded_by_a_known_prior_have_moments() -> None:
    X, y = problem(3, 1)
    posterior = fit_exact(
        LinearModel(
            X, y, likelihood=Normal(priors.FlatScale()), prior=priors.Normal(1.0)
        )
    )
    dense = dense_mixture(X, y, flat, 1.0, ends=(-30, 40))
    assert abs(posterior.coef[0] - dense.mean[1]) < 1e-8 * dense.sd[1]
    assert posterior.sd[1] == pytest.approx(dense.sd[1], rel=1e-8)


def test_the_intercept_has_no_sd_where_the_noise_has_none() -> None:
    """p(sigma | y) falls as sigma^-3 with three rows left, and E sigma² is infinite.

    So is the variance of the intercept.
    """
    X, y = problem(4, 1)
    prior = priors.Normal(priors.HalfNormal(1.0))
    posterior = fit_exact(
        LinearModel(X, y, likelihood=Normal(priors.FlatScale()), prior=prior)
    )
    assert np.isinf(posterior.location.sd[0])


@pytest.mark.parametrize("prior", [1.0, priors.HalfNormal(1.0)])
def test_the_intercept_is_as_exact_as_the_coefficients(prior: Any) -> None:
    X, y = problem(5, 2)
    posterior = fit_exact(
        LinearModel(
            X, y, likelihood=Normal(priors.FlatScale()), prior=priors.Normal(prior)
        )
    )
    dense = dense_mixture(
        X,
        y,
        flat,
        prior if isinstance(prior, float) else half_normal(1.0),
        ends=(-30, 80),
        negligible=200,
    )
    np.testing.assert_allclose(posterior.location.sd, dense.sd, rtol=1e-8)


def test_the_bugs_prior() -> None:
    X, y = problem(4, 2)
    prior = priors.Normal(priors.InverseGamma(0.01, 0.01))
    posterior = fit_exact(
        LinearModel(X, y, likelihood=Normal(priors.HalfCauchy(1.0)), prior=prior)
    )
    dense = dense_mixture(
        X, y, half_cauchy(1.0), inverse_gamma(0.01, 0.01), ends=(-30, 80)
    )
    np.testing.assert_allclose(posterior.sd[1:3], dense.sd[1:], rtol=1e-7)


def test_kurtosis_with_more_columns_than_rows() -> None:
    X, y = problem(5, 8)
    prior = priors.Normal(priors.HalfCauchy(1.5))
    posterior = fit_exact(
        LinearModel(X, y, likelihood=Normal(priors.HalfNormal(2.0)), prior=prior)
    )
    # fourth moments reach far out: nodes of weight e^-60 count
    prior_sd, ends = half_cauchy(1.5), (-30.0, 40.0)
    dense = dense_mixture(X, y, half_normal(2.0), prior_sd, ends=ends, negligible=160)
    variances = np.diagonal(dense.covs, axis1=1, axis2=2)
    apart = dense.means - dense.mean
    fourth = dense.average(3 * variances**2 + 6 * variances * apart**2 + apart**4)
    second = dense.average(variances + apart**2)
    kurtosis = posterior.location.kurtosis
    np.testing.assert_allclose(kurtosis, fourth / second**2, rtol=1e-5)
    assert kurtosis.max() > 4  # where a Gaussian has 3


def test_predictions_without_a_mean_have_none() -> None:
    X, y = problem(3, 1)
    prior = priors.Normal(1.0, relative_to_noise=True)
    posterior = fit_exact(
        LinearModel(X, y, likelihood=Normal(priors.FlatScale()), prior=prior)
    )
    assert np.isnan(posterior.location.mean).all()
    assert np.isnan(posterior.predict([[0.5]])).all()


def test_conditioning_keeps_the_tolerance() -> None:
    X, y = problem(3, 5)
    prior = priors.Normal(priors.InverseGamma(0.01, 0.01))
    model = LinearModel(X, y, likelihood=Normal(1.0), prior=prior)
    with pytest.raises(ArithmeticError, match="not the 1e-08 asked for"):
        fit_exact(model)
    loose = fit_exact(model, tolerance=1e-2)
    assert isinstance(loose, MixturePosterior)
    more = loose.condition([X.mean(axis=0)], [y.mean()])
    assert isinstance(more, MixturePosterior)
    assert more.tolerance == 1e-2
    assert 1e-8 < more.quadrature_error < 1e-2  # the default would refuse it
    X, y = np.vstack([X, X.mean(axis=0)]), np.append(y, y.mean())
    dense = dense_mixture(X, y, 1.0, inverse_gamma(0.01, 0.01), ends=(-300, 300))
    np.testing.assert_allclose(more.location.mean, dense.mean, atol=1e-4)
    for row, name in zip(np.eye(6), model.layout.names, strict=True):
        for level in (0.05, 0.5, 0.8):
            value = float(more.marginal(name).ppf(level))
            assert dense.cdf(row, value) == pytest.approx(level, abs=1e-4)


def test_a_posterior_with_two_modes_is_seen_whole() -> None:
    """Columns in units that differ by 1e5 share a prior sd, which fits either kind."""
    rng = np.random.default_rng(559)
    X = rng.normal(size=(60, 20))
    X[:, :4] *= 10 ** rng.uniform(-7, -2)
    coef = rng.normal(size=20) * 0.5
    rng.normal(size=(60, 20))
    large = (X[:, :4] / X[:, :4].std()) @ (rng.normal(size=4) * rng.uniform(0.1, 1.5))
    y = X @ coef + large + rng.normal(size=60)
    model = LinearModel(
        X,
        y,
        likelihood=Normal(1.0),
        prior=priors.Normal(priors.HalfCauchy(1.0)),
        intercept=False,
    )
    posterior = fit_exact(model)
    log_prior_sd = np.arange(-12, 30, 0.01)
    left, sizes, _ = np.linalg.svd(X)  # the covariance of y is I + prior_sd² XX'
    variances = (
        1
        + np.exp(2 * log_prior_sd)[:, np.newaxis] * np.append(sizes, np.zeros(40)) ** 2
    )
    logs = -0.5 * np.sum(
        np.log(2 * np.pi * variances) + (left.T @ y) ** 2 / variances, axis=1
    )
    logs += half_cauchy(1.0)(np.exp(log_prior_sd)) + log_prior_sd
    weights = np.exp(logs - logs.max())
    peaks = (weights[1:-1] > weights[:-2]) & (weights[1:-1] > weights[2:])
    assert np.sum(peaks) == 2
    assert posterior.log_evidence == pytest.approx(
        logs.max() + np.log(weights.sum() * 0.01), abs=1e-6
    )
    moments = posterior.log_scale_moments("prior_sd")
    assert moments.mean == pytest.approx(
        np.average(log_prior_sd, weights=weights), abs=1e-5 * moments.sd
    )


@pytest.mark.parametrize("df", [1e3, 1e10, 1e100])
def test_half_student_t_with_many_degrees_of_freedom_is_half_normal(df: float) -> None:
    expected = stats.halfnorm.logpdf(1.0, scale=2.0)
    assert priors.HalfStudentT(df, 2.0).log_density(1.0) == pytest.approx(
        expected, abs=2 / df + 1e-14
    )


def test_marginal_mode_under_a_relative_prior_of_unknown_sd() -> None:
    X, y = problem(12, 2)
    prior = priors.Normal(priors.InverseGamma(3.0, 2.0), relative_to_noise=True)
    model = LinearModel(X, y, likelihood=Normal(0.7), prior=prior)
    found, posterior = fit_map(model, density="marginal"), fit_exact(model)
    mode = np.append(found.intercept, found.coef)
    steps = 1e-4 * posterior.location.sd * np.eye(3)
    slopes = [
        (posterior.location.logpdf(mode + h) - posterior.location.logpdf(mode - h))
        / 2e-4
        for h in steps
    ]
    np.testing.assert_allclose(slopes, 0, atol=1e-6)


def test_draws_of_the_noise_given_far_apart_penalties() -> None:
    """An interpolated mode is far from a narrow bump.

    The penalties lie 600 nats apart, and the bump is 1e-3 wide.
    """
    rng = np.random.default_rng(0)
    x = rng.standard_normal((300_000, 1))
    statistics = SufficientStatistics.from_rows(
        x, 3 * x[:, 0] + rng.standard_normal(300_000)
    )
    model = LinearModel.from_statistics(
        statistics,
        likelihood=Normal(priors.HalfNormal(2.0)),
        prior=priors.Normal(priors.HalfCauchy(1.0)),
    )
    posterior = fit_exact(model)
    assert isinstance(posterior, MixturePosterior)
    scales = posterior._scales
    near = np.linspace(-1.3, 1.3, 20_000)
    draws = scales._sample_noise(
        np.random.default_rng(1), np.concatenate([[-300.0, 300.0], near])
    )[2:]
    log_squares = scales.by_penalty(near)[1]
    # with so many rows 2 Q / sigma² is normal, with mean n' and variance 2 n'
    z = (np.exp(log_squares - 2 * draws) - 300_000) / np.sqrt(2 * 300_000)
    assert abs(z.mean()) < 6.5 / np.sqrt(20_000) + 0.02
    assert z.std() == pytest.approx(1, abs=6.5 / np.sqrt(2 * 20_000))
