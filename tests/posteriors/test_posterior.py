"""One convention for all posteriors: names, moments, densities and draws line up."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import LinearModel, MixturePosterior, fit_exact, fit_laplace
from bayes_l2.model import likelihoods, priors
from bayes_l2.posteriors.posterior import ExactPosterior
from tests.oracles import dense_mixture, half_cauchy, half_normal

HALF_NORMAL, HALF_CAUCHY = priors.HalfNormal(2.0), priors.HalfCauchy(1.5)
CASES: dict[str, dict[str, Any]] = {
    "Gaussian": {"noise": 1.3, "prior": priors.Normal(0.8)},
    "Gaussian, flat, no intercept": {
        "noise": 1.3,
        "prior": priors.Flat(),
        "intercept": False,
    },
    "normal-inverse-gamma": {
        "noise": priors.InverseGamma(3.0, 2.0),
        "prior": priors.Normal(0.8, relative_to_noise=True),
    },
    "normal-inverse-gamma, flat": {
        "noise": priors.FlatLogScale(),
        "prior": priors.Flat(),
        "intercept": False,
    },
    "noise unknown": {"noise": HALF_NORMAL, "prior": priors.Normal(0.8)},
    "noise unknown, flat": {"noise": HALF_NORMAL, "prior": priors.Flat()},
    "prior unknown": {"noise": 1.3, "prior": priors.Normal(HALF_NORMAL)},
    "both unknown": {"noise": HALF_NORMAL, "prior": priors.Normal(HALF_CAUCHY)},
    "both unknown, relative, no intercept": {
        "noise": HALF_NORMAL,
        "prior": priors.Normal(HALF_NORMAL, relative_to_noise=True),
        "intercept": False,
    },
    "more columns than rows": {
        "noise": HALF_NORMAL,
        "prior": priors.Normal(HALF_NORMAL, mean=0.3),
        "n": 8,
        "p": 10,
    },
}
over_all = pytest.mark.parametrize("name", CASES)


@cache
def problem(name: str) -> LinearModel:
    options = {"n": 14, "p": 3, "intercept": True} | CASES[name]
    rng = np.random.default_rng(8)
    X = 1.0 + rng.standard_normal((options["n"], options["p"]))
    y = 2.0 + X[:, :3] @ [1.0, -0.5, 0.3] + rng.standard_normal(options["n"])
    return LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(options["noise"]),
        prior=options["prior"],
        intercept=options["intercept"],
    )


@cache
def solved(name: str) -> ExactPosterior:
    return fit_exact(problem(name))


@over_all
def test_all_is_in_the_order_of_the_parameters_of_the_model(name: str) -> None:
    model, posterior = problem(name), solved(name)
    d, p = len(model.parameter_names), model.n_features
    assert posterior.names == model.parameter_names
    assert posterior.mean.shape == posterior.sd.shape == posterior.kurtosis.shape
    assert posterior.interval().shape == (d, 2)
    np.testing.assert_allclose(np.diag(posterior.cov), posterior.sd**2, rtol=1e-12)
    np.testing.assert_array_equal(posterior.cov, posterior.cov.T)
    for place, each in enumerate(posterior.names):
        marginal = posterior.marginal(each)
        # tabulated scales are exact to 1e-8
        sd = posterior.sd[place]
        assert abs(marginal.mean() - posterior.mean[place]) < 1e-8 * sd
        assert marginal.std() == pytest.approx(sd, rel=1e-8)
        ends = marginal.ppf([0.05, 0.95])
        np.testing.assert_allclose(posterior.interval(0.9)[place], ends, rtol=1e-10)
    first = int(model.intercept)
    np.testing.assert_array_equal(posterior.coef, posterior.mean[first : first + p])
    assert np.shares_memory(posterior.coef, posterior.mean)
    assert posterior.intercept == (posterior.mean[0] if first else 0.0)
    assert isinstance(posterior.intercept, float)


@over_all
def test_the_summary_is_a_table_by_name(name: str) -> None:
    posterior = solved(name)
    table = posterior.summary()
    assert list(table.columns) == ["mean", "sd", "2.5%", "50%", "97.5%"]
    assert list(table.index) == list(posterior.names)
    assert table.index.name == "parameter"
    np.testing.assert_array_equal(table["mean"], posterior.mean)
    np.testing.assert_array_equal(table["sd"], posterior.sd)
    for each, row in zip(posterior.names, table.to_numpy(), strict=True):
        probabilities = posterior.marginal(each).cdf(row[2:])
        np.testing.assert_allclose(probabilities, [0.025, 0.5, 0.975], atol=1e-9)


@over_all
def test_draws_have_the_moments(name: str) -> None:
    """Each within 6.5 standard errors, taken from the draws: some 400 of 8e-11."""
    posterior, n = solved(name), 40_000
    draws = posterior.sample(3, n)
    assert draws.shape == (n, len(posterior.names))
    z = (draws.mean(axis=0) - posterior.mean) / draws.std(axis=0) * np.sqrt(n)
    assert np.abs(z).max() < 6.5
    deviations = draws - posterior.mean
    for row, first in zip(posterior.cov, deviations.T, strict=True):
        products = first[:, np.newaxis] * deviations
        errors = products.std(axis=0) / np.sqrt(n)
        assert np.abs((products.mean(axis=0) - row) / errors).max() < 6.5


@over_all
def test_the_density_is_likelihood_times_prior_over_evidence(name: str) -> None:
    model, posterior = problem(name), solved(name)
    points = posterior.sample(4, 6).reshape(2, 3, -1)
    expected = [[model.log_posterior(point) for point in row] for row in points]
    found = posterior.logpdf(points)
    assert found.shape == (2, 3)
    np.testing.assert_allclose(
        found, np.array(expected) - posterior.log_evidence, atol=1e-8
    )
    assert posterior.logpdf(points[0, 0]) == pytest.approx(found[0, 0], rel=1e-13)
    if posterior.unknown:
        outside = points[0, 0] * np.append(np.ones(points.shape[-1] - 1), -1.0)
        assert posterior.logpdf(outside) == -np.inf
    with pytest.raises(ValueError, match=r"entries on the last axis, got shape \(2,\)"):
        posterior.logpdf(np.zeros(2))


def wide_grid(mean: float, sd: float) -> tuple[np.ndarray, np.ndarray]:
    """Return 301 points over 548 sds on either side, and their weights in a sum."""
    t = np.linspace(-7, 7, 301)
    return mean + sd * np.sinh(t), sd * np.cosh(t) * (t[1] - t[0])


@over_all
def test_the_density_of_all_coefficients_is_that_of_the_location(name: str) -> None:
    """The integral over an intercept, on a grid whose sum is exact to rounding."""
    model, posterior = problem(name), solved(name)
    coefs, location = posterior.marginal(model.feature_names), posterior.location
    assert coefs.names == model.feature_names
    np.testing.assert_allclose(coefs.mean, posterior.coef, rtol=1e-12)
    point = coefs.mean + coefs.sd * np.linspace(-1.0, 1.5, model.n_features)
    if not model.intercept:
        expected = location.logpdf(point)
    else:
        grid, steps = wide_grid(location.mean[0], location.sd[0])
        columns = np.broadcast_to(point, (len(grid), len(point)))
        density = np.exp(location.logpdf(np.column_stack([grid, columns])))
        expected = np.log(steps @ density)
    assert coefs.logpdf(point) == pytest.approx(expected, abs=1e-6)


@over_all
def test_the_marginal_of_several_parameters(name: str) -> None:
    posterior = solved(name)
    wanted = ["x2", posterior.names[0]]
    places = [posterior.names.index(each) for each in wanted]
    pair = posterior.marginal(wanted)
    assert tuple(pair.names) == tuple(wanted)
    np.testing.assert_allclose(pair.mean, posterior.mean[places], rtol=1e-12)
    np.testing.assert_allclose(pair.sd, posterior.sd[places], rtol=1e-12)
    np.testing.assert_allclose(pair.cov, posterior.cov[np.ix_(places, places)])
    one = pair.marginal("x2")
    assert one.std() == pytest.approx(posterior.sd[places[0]], rel=1e-12)
    # integrate the second out of the density of both
    x = pair.mean[0] + 0.7 * pair.sd[0]
    grid, steps = wide_grid(pair.mean[1], pair.sd[1])
    points = np.column_stack([np.full(len(grid), x), grid])
    density = steps @ np.exp(pair.logpdf(points))
    assert density == pytest.approx(one.pdf(x), rel=1e-6)
    draws = pair.sample(5, 20_000)
    z = (draws.mean(axis=0) - pair.mean) / pair.sd * np.sqrt(20_000)
    assert np.abs(z).max() < 6.5


@over_all
def test_a_datatree_holds_the_draws_of_sample(name: str) -> None:
    model, posterior = problem(name), solved(name)
    tree = posterior.to_datatree(draws=5, chains=2, seed=7)["posterior"]
    draws = posterior.sample(7, 10).reshape(2, 5, -1)
    first = int(model.intercept)
    columns = draws[..., first : first + model.n_features]
    np.testing.assert_array_equal(tree["coef"], columns)
    for place, each in enumerate(posterior.names):
        if not each.startswith("x"):
            np.testing.assert_array_equal(tree[each], draws[..., place])
    if "penalty" in posterior.unknown:
        scales: Any = tree
        noise_sd = scales.get("noise_sd", model.likelihood.sd)
        noise_sd = 1.0 if model.prior.relative_to_noise else noise_sd
        prior_sd = scales.get("prior_sd", model.prior.sd)
        np.testing.assert_allclose(scales["penalty"], (noise_sd / prior_sd) ** 2)


def test_covariances_with_the_scales_are_those_of_the_dense_sums() -> None:
    model = problem("both unknown")
    posterior = solved("both unknown")
    X, y = model.rows("the test")
    dense = dense_mixture(X, y, half_normal(2.0), half_cauchy(1.5))
    scales = np.column_stack([dense.noise_sd, dense.prior_sd])
    of_scales = dense.average(scales)
    np.testing.assert_allclose(posterior.mean[4:], of_scales, rtol=1e-7)
    means = np.column_stack([dense.means - dense.mean, scales - of_scales])
    cov = dense.average(means[:, :, np.newaxis] * means[:, np.newaxis, :])
    cov[:4, :4] = dense.cov
    sd = np.sqrt(np.diag(cov))
    np.testing.assert_allclose(posterior.sd, sd, rtol=1e-7)
    assert np.abs((posterior.cov - cov) / np.outer(sd, sd)).max() < 1e-7
    # some coefficient and a scale have a correlation worth the name
    assert np.abs(cov[:4, 4:] / np.outer(sd[:4], sd[4:])).max() > 0.05


def test_a_mixture_of_one_node_is_the_gaussian() -> None:
    model = problem("Gaussian")
    ours, theirs = MixturePosterior(model), solved("Gaussian")
    for wanted in (["x2", "intercept"], ["x0", "x1", "x2"], ["x1", "x0"]):
        pair, expected = ours.marginal(wanted), theirs.marginal(wanted)
        points = expected.sample(1, 4)
        np.testing.assert_allclose(pair.logpdf(points), expected.logpdf(points))
        np.testing.assert_allclose(pair.cov, expected.cov)


def test_moments_of_scales_that_do_not_exist() -> None:
    """One coefficient leaves p(tau | y) a tail of tau^-3, so tau has no variance."""
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((20, 1)), rng.standard_normal(20)
    posterior = fit_exact(
        LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(HALF_NORMAL),
            prior=priors.Normal(HALF_CAUCHY),
        )
    )
    assert np.isfinite(posterior.mean).all()
    assert np.isinf(posterior.sd).tolist() == [False, False, False, True]
    assert np.isinf(posterior.cov[3, 3])
    assert np.isnan(posterior.cov[3, :3]).all()
    assert np.isfinite(posterior.cov[:3, :3]).all()


@pytest.mark.parametrize(("n", "shape"), [(3, 0.5), (4, 1.0), (5, 1.5)])
def test_a_noise_sd_of_few_rows_has_no_moments(n: int, shape: float) -> None:
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((n, 1)), rng.standard_normal(n)
    prior = priors.Normal(1.5, relative_to_noise=True)
    likelihood = likelihoods.Normal(priors.FlatScale())
    posterior = fit_exact(LinearModel(X, y, likelihood=likelihood, prior=prior))
    assert np.isfinite(posterior.mean[-1]) == (shape > 0.5)
    assert np.isfinite(posterior.sd[-1]) == (shape > 1)
    assert np.isinf(posterior.kurtosis[-1])
    assert posterior.marginal("noise_sd").mean() == posterior.mean[-1]


def test_scales_stand_alone_among_marginals() -> None:
    posterior = solved("both unknown")
    with pytest.raises(ValueError, match="among intercept, x0, x1, x2; got noise_sd"):
        posterior.marginal(["x0", "noise_sd"])
    with pytest.raises(ValueError, match="all scales are known, 'noise_sd' has no"):
        solved("Gaussian").log_scale_moments("noise_sd")


def test_text_shows_the_first_parameters() -> None:
    text = repr(solved("normal-inverse-gamma"))
    assert text.startswith("NormalInverseGammaPosterior(intercept: ")
    assert ", noise_sd: " in text
    assert repr(solved("more columns than rows")).endswith(", and 5 more)")
    assert repr(solved("both unknown").marginal(["x0", "x1"])).count(" ± ") == 2
    assert "df=" in repr(solved("normal-inverse-gamma").location)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_laplace_approximation_has_the_same_table(classes: int) -> None:
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((40, 2)), np.arange(40) % classes
    likelihood = likelihoods.Bernoulli() if classes == 2 else likelihoods.Categorical()
    model = LinearModel(X, y, likelihood=likelihood, prior=priors.Normal(1.0))
    laplace = fit_laplace(model)
    table = laplace.summary()
    assert list(table.index) == list(model.parameter_names)
    np.testing.assert_array_equal(table["mean"], laplace.mean)
    np.testing.assert_array_equal(table["sd"], laplace.sd)
    np.testing.assert_allclose(table["97.5%"], laplace.interval()[:, 1])
    np.testing.assert_allclose(table["50%"], laplace.mean, rtol=1e-12)
    assert laplace.coef.shape == ((2,) if classes == 2 else (3, 2))
    assert np.shape(laplace.intercept) == (() if classes == 2 else (3,))
    z = stats.norm.ppf(0.975)
    np.testing.assert_allclose(table["97.5%"] - table["mean"], z * laplace.sd)
