"""The conjugate posterior of coefficients and noise, against textbook formulas."""

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from bayes_l2 import (
    LinearModel,
    MixturePosterior,
    NormalInverseGammaPosterior,
    fit_exact,
    likelihoods,
    priors,
)
from tests.oracles import (
    correct_digits,
    dense_mixture,
    flat,
    flat_in_the_logarithm,
    in_sds,
    inverse_gamma,
    normal_inverse_gamma,
)
from tests.posteriors.conjugate_cases import CASES, RIDGE, Case, fitted, over_all


@over_all
def test_moments_are_the_textbooks(case: Case) -> None:
    posterior, book = fitted(case), case.textbook()
    location = posterior.location
    assert posterior.shape == book.shape
    assert posterior.scale == pytest.approx(book.scale, rel=1e-11)
    assert in_sds(location.mean, book.mean, book.sd) < 1e-11
    np.testing.assert_allclose(location.sd, book.sd, rtol=1e-11)
    np.testing.assert_allclose(
        location.cov, book.unit_cov * book.scale / (book.shape - 1), rtol=1e-10
    )
    np.testing.assert_array_equal(posterior.mean[:-1], location.mean)
    np.testing.assert_array_equal(posterior.sd[:-1], location.sd)
    np.testing.assert_allclose(posterior.cov[:-1, :-1], location.cov, rtol=1e-12)
    np.testing.assert_array_equal(posterior.coef, location.mean[-2:])
    assert posterior.intercept == (location.mean[0] if case.intercept else 0.0)


@over_all
def test_every_linear_function_has_students_t(case: Case) -> None:
    posterior, book = fitted(case), case.textbook()
    units = np.eye(len(book.mean))
    interval = posterior.location.interval(0.9)
    for place, name in enumerate(posterior.location.names):
        t = {key: np.squeeze(value) for key, value in book.t(units[place]).items()}
        marginal = posterior.marginal(name)
        x = t["loc"] + t["scale"] * np.array([-3.0, 0.2, 2.0])
        np.testing.assert_allclose(marginal.cdf(x), stats.t.cdf(x, **t), rtol=1e-10)
        np.testing.assert_allclose(marginal.pdf(x), stats.t.pdf(x, **t), rtol=1e-10)
        np.testing.assert_allclose(
            interval[place], stats.t.ppf([0.05, 0.95], **t), rtol=1e-10
        )
        assert posterior.location.kurtosis[place] == pytest.approx(
            3 + np.asarray(stats.t.stats(t["df"], moments="k")).item()
        )
    new = np.array([[0.0, 1.0], [5.0, -3.0]])
    design = np.column_stack([np.ones(2), new]) if case.intercept else new
    for noise in (True, False):
        t = book.t(design, extra=float(noise))
        predictive = posterior.predictive(new, observation_noise=noise)
        x = t["loc"] + t["scale"] * [-2.0, 0.5]
        np.testing.assert_allclose(predictive.cdf(x), stats.t.cdf(x, **t), rtol=1e-10)
        mean, sd = posterior.predict(new, return_sd=True, observation_noise=noise)
        np.testing.assert_allclose(mean, t["loc"], rtol=1e-10)
        np.testing.assert_allclose(
            sd, t["scale"] * np.sqrt(t["df"] / (t["df"] - 2)), rtol=1e-10
        )
    np.testing.assert_array_equal(posterior.predict(new), mean)


@over_all
def test_the_noise_variance_is_inverse_gamma(case: Case) -> None:
    posterior, book = fitted(case), case.textbook()
    marginal = posterior.marginal("noise_sd")
    a, b = book.shape, book.scale
    s = np.sqrt(b / a) * np.array([0.5, 1.0, 2.0])
    np.testing.assert_allclose(
        marginal.cdf(s), stats.invgamma.cdf(s**2, a, scale=b), rtol=1e-10
    )
    np.testing.assert_allclose(
        marginal.pdf(s), np.exp(inverse_gamma(a, b)(s)), rtol=1e-10
    )
    np.testing.assert_allclose(
        marginal.ppf([0.1, 0.9]),
        np.sqrt(stats.invgamma.ppf([0.1, 0.9], a, scale=b)),
        rtol=1e-9,
    )
    means = [
        integrate.quad(lambda s, k=k: s**k * np.exp(inverse_gamma(a, b)(s)), 0, np.inf)[
            0
        ]
        for k in (1, 2)
    ]
    assert marginal.mean() == pytest.approx(means[0], rel=1e-8)
    assert marginal.std() == pytest.approx(np.sqrt(means[1] - means[0] ** 2), rel=1e-7)
    # log sd = (log b - log of a gamma variable) / 2
    moments = posterior.log_scale_moments("noise_sd")
    mean, variance, excess = stats.loggamma.stats(a, moments="mvk")
    assert moments.mean == pytest.approx(0.5 * (np.log(b) - mean), abs=1e-11)
    assert moments.sd == pytest.approx(0.5 * np.sqrt(variance), rel=1e-11)
    assert moments.kurtosis == pytest.approx(3 + excess, rel=1e-11)


def log_t_density(case: Case, intercept: float = 0.0) -> float:
    """Return the log density of y given the intercept, under a proper prior.

    It is the n-dimensional t of covariance W^-1 + X K X'.
    """
    X, y, weights = case.data()
    covariance = X @ case.cov @ X.T + np.diag(
        np.ones(len(y)) if weights is None else 1 / weights
    )
    options: dict[str, Any] = {
        "loc": X @ np.broadcast_to(case.mean, 2),
        "shape": case.scale / case.shape * covariance,
        "df": 2 * case.shape,
    }
    return float(stats.multivariate_t.logpdf(y - intercept, **options))


@pytest.mark.parametrize("name", ["ridge without intercept", "all but the ridge"])
def test_the_evidence_is_the_multivariate_t_of_y(name: str) -> None:
    case = CASES[name]
    assert fitted(case).log_evidence == pytest.approx(log_t_density(case), abs=1e-10)


@pytest.mark.parametrize("name", ["ridge", "mean and covariance", "weights"])
def test_with_an_intercept_the_evidence_is_the_integral_over_it(name: str) -> None:
    case = CASES[name]
    posterior = fitted(case)
    middle, width = posterior.location.mean[0], posterior.location.sd[0]

    def at(v: float) -> float:
        # a = middle + width sinh(v): a power of a in the tail falls exponentially in v
        return (
            np.exp(log_t_density(case, middle + width * np.sinh(v)))
            * width
            * np.cosh(v)
        )

    area = sum(
        integrate.quad(at, v, v + 2, epsabs=0, epsrel=1e-11)[0]
        for v in range(-10, 10, 2)
    )
    assert posterior.log_evidence == pytest.approx(np.log(area), abs=1e-9)


def test_evidences_under_improper_noise_priors_count_them_as_they_are_written() -> None:
    X, y, _ = CASES["ridge"].data()
    for noise, log_density in (
        (priors.FlatScale(), flat),
        (priors.FlatLogScale(), flat_in_the_logarithm),
    ):
        model = LinearModel(X, y, likelihood=likelihoods.Normal(noise), prior=RIDGE)
        dense = dense_mixture(X, y, log_density, 1.5, relative=True)
        assert fit_exact(model).log_evidence == pytest.approx(
            dense.log_evidence, abs=1e-9
        )


@over_all
def test_the_normalised_log_posterior(case: Case) -> None:
    """The book has normal times inverse-gamma, here in the density of the noise sd."""
    posterior, book = fitted(case), case.textbook()
    noise_sd = 1.3 * np.sqrt(book.scale / book.shape)
    place = book.mean + book.sd * np.linspace(-1.5, 2.0, len(book.mean))
    given = stats.multivariate_normal.logpdf(
        place, mean=book.mean, cov=noise_sd**2 * book.unit_cov
    )
    expected = given + inverse_gamma(book.shape, book.scale)(noise_sd)
    assert posterior.logpdf(np.append(place, noise_sd)) == pytest.approx(
        float(expected), abs=1e-9
    )


def test_the_density_is_0_where_the_noise_sd_is_not_positive() -> None:
    posterior, book = fitted(CASES["ridge"]), CASES["ridge"].textbook()
    points = np.column_stack([np.tile(book.mean, (3, 1)), [-1.0, 0.0, 0.5]])
    found = posterior.logpdf(points)
    assert (found[:2] == -np.inf).all()
    covariance: Any = 0.25 * book.unit_cov
    given = stats.multivariate_normal.logpdf(book.mean, book.mean, covariance)
    expected = given + inverse_gamma(book.shape, book.scale)(0.5)
    assert found[2] == pytest.approx(float(expected), abs=1e-9)


@over_all
def test_conditioning_in_pieces_is_conditioning_at_once(case: Case) -> None:
    book = case.textbook()
    X, y, weights = case.data()
    posterior = fitted(case, rows=slice(0, 6))
    for rows in (slice(6, 7), slice(7, 12)):
        posterior = posterior.condition(
            X[rows], y[rows], None if weights is None else weights[rows]
        )
    assert posterior.shape == book.shape
    assert posterior.scale == pytest.approx(book.scale, rel=1e-11)
    assert in_sds(posterior.location.mean, book.mean, book.sd) < 1e-10
    np.testing.assert_allclose(posterior.location.sd, book.sd, rtol=1e-11)
    assert posterior.log_evidence == pytest.approx(fitted(case).log_evidence, abs=1e-10)


@pytest.mark.parametrize(
    "name",
    ["ridge", "mean and covariance", "weights", "flat", "Jeffreys", "flat noise sd"],
)
def test_a_y_far_from_zero_keeps_its_digits(name: str) -> None:
    """y is a multiple of 2^-10 below 2^27, so that the sum with the offset is exact.

    All but the intercept is the same as for y near zero. The b of the textbook has the
    difference y'y - m'Lm, which is 1e17 - 1e17 here, and no digit right.
    """
    case = CASES[name]
    near, far = case.textbook(), fitted(case, offset=1e8)
    assert correct_digits(far.location.sd, near.sd) >= 8
    assert correct_digits(np.array([far.scale]), np.array([near.scale])) >= 8
    assert in_sds(far.coef, near.mean[-2:], near.sd[-2:]) < 1e-7
    assert abs(far.intercept - 1e8 - near.mean[0]) < 1e-7 * near.sd[0]
    X, y, weights = case.data()
    naive = normal_inverse_gamma(
        X,
        1e8 + y,
        case.shape,
        case.scale,
        cov=case.cov,
        mean=case.mean,
        weights=weights,
        intercept=True,
    )
    assert correct_digits(np.array([naive.scale]), np.array([near.scale])) < 2


@over_all
def test_the_quadrature_gives_the_same(case: Case) -> None:
    closed, mixture = fitted(case), MixturePosterior(case.model())
    location = closed.location
    assert in_sds(mixture.location.mean, location.mean, location.sd) < 1e-8
    np.testing.assert_allclose(mixture.location.sd, location.sd, rtol=1e-8)
    np.testing.assert_allclose(mixture.location.kurtosis, location.kurtosis, rtol=1e-6)
    assert mixture.log_evidence == pytest.approx(closed.log_evidence, abs=1e-8)
    point = location.mean + location.sd
    parameters = np.append(point, 1.2)
    assert mixture.logpdf(parameters) == pytest.approx(
        closed.logpdf(parameters), abs=1e-8
    )
    scale = mixture.marginal("noise_sd")
    quantiles = scale.ppf(np.array([0.01, 0.5, 0.99]))
    np.testing.assert_allclose(
        closed.marginal("noise_sd").cdf(quantiles), [0.01, 0.5, 0.99], atol=1e-6
    )


def test_draws_are_from_the_posterior() -> None:
    """Four Kolmogorov distances of 40 000 draws, each with a bound of 1e-10."""
    case = CASES["mean and covariance"]
    posterior, book = fitted(case), case.textbook()
    tree = posterior.to_datatree(draws=10_000, chains=4, seed=3)["posterior"]
    bound = np.sqrt(np.log(2 / 1e-10) / (2 * 40_000))
    coef = tree["coef"].to_numpy().reshape(-1, 2)
    parameters = np.column_stack([tree["intercept"].to_numpy().ravel(), coef])
    for row in ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 2.0, -1.0]):
        t = {key: np.squeeze(value) for key, value in book.t(row).items()}
        assert (
            stats.kstest(parameters @ row, lambda x, t=t: stats.t.cdf(x, **t)).statistic
            < bound
        )
    variances = tree["noise_sd"].to_numpy().ravel() ** 2
    inverse = stats.invgamma(book.shape, scale=book.scale)
    assert stats.kstest(variances, inverse.cdf).statistic < bound


def test_few_rows_leave_no_mean_or_no_sd() -> None:
    """Under a flat noise sd n rows and an intercept leave n - 2 degrees of freedom."""
    rng = np.random.default_rng(5)
    for n, degrees in ((3, 1), (4, 2), (5, 3)):
        X, y = rng.standard_normal((n, 1)), rng.standard_normal(n)
        model = LinearModel(
            X, y, likelihood=likelihoods.Normal(priors.FlatScale()), prior=RIDGE
        )
        posterior = NormalInverseGammaPosterior.of(model)
        assert posterior.df == degrees
        assert np.isfinite(posterior.location.mean).tolist() == [degrees > 1] * 2
        assert np.isfinite(posterior.intercept) == (degrees > 1)
        assert np.isfinite(posterior.location.sd).tolist() == [degrees > 2] * 2
        assert np.isinf(posterior.kurtosis).all()
        assert np.isfinite(posterior.interval()).all()
        if degrees <= 2:
            with pytest.raises(
                ValueError, match=rf"more than 2 degrees of freedom, got {degrees}"
            ):
                _ = posterior.cov


def test_it_needs_a_conjugate_prior_on_the_noise() -> None:
    X, y, _ = CASES["ridge"].data()
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(priors.HalfNormal(1.0)), prior=RIDGE
    )
    with pytest.raises(
        ValueError,
        match=r"needs a conjugate prior on the noise sd, got priors\.HalfNormal",
    ):
        NormalInverseGammaPosterior.of(model)
