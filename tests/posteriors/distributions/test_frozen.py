"""Every marginal and predictive has the methods of a frozen scipy distribution."""

from functools import cache
from typing import Any, cast

import mpmath
import numpy as np
import pytest
from scipy import integrate, stats

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors
from bayes_l2.fits.exact import ExactPosterior
from bayes_l2.posteriors.distributions.inverse_gamma_root import InverseGammaRoot
from bayes_l2.posteriors.distributions.positive import LogScaleMarginal
from bayes_l2.posteriors.distributions.univariate import NormalMixture

CAUCHY, HALF = priors.HalfCauchy(1.5), priors.HalfNormal(2.0)
MODELS = {
    "Gaussian": (1.3, priors.Normal(0.8)),
    "normal-inverse-gamma": (priors.InverseGamma(2.0, 3.0), priors.Flat()),
    "noise unknown": (HALF, priors.Normal(1.0)),
    "both unknown": (HALF, priors.Normal(CAUCHY)),
    "relative": (HALF, priors.Normal(CAUCHY, relative_to_noise=True)),
    "a tail without a variance": (priors.FlatLogScale(), priors.Flat()),
}
ROWS = {"a tail without a variance": 4}


@cache
def solved(name: str) -> ExactPosterior:
    rng = np.random.default_rng(4)
    X = rng.standard_normal((ROWS.get(name, 9), 2))
    y = X[:, 0] + rng.standard_normal(len(X))
    noise, prior = MODELS[name]
    return fit_exact(
        LinearModel(X, y, likelihood=likelihoods.Normal(noise), prior=prior)
    )


@cache
def distributions(name: str) -> dict[str, Any]:
    """Return all marginals of one quantity of a model, and predictive distributions."""
    posterior, rng = solved(name), np.random.default_rng(5)
    found = {each: posterior.marginal(each) for each in posterior.names}
    if "penalty" in posterior.unknown:
        found["penalty"] = posterior.marginal("penalty")
    new = rng.standard_normal((3, 2))
    for noise in (False, True):
        found[f"predictive {noise}"] = posterior.predictive(
            new, observation_noise=noise
        )
    return found


over_all = pytest.mark.parametrize(
    ("model", "quantity"),
    [(model, quantity) for model in MODELS for quantity in distributions(model)],
)


@over_all
def test_probabilities_and_quantiles_belong_together(model: str, quantity: str) -> None:
    frozen = distributions(model)[quantity]
    for q in (1e-12, 0.025, 0.5, 1 - 1e-5):
        lower, upper = frozen.ppf(q), frozen.isf(q)
        np.testing.assert_allclose(frozen.cdf(lower), q, rtol=1e-9)
        np.testing.assert_allclose(frozen.sf(upper), q, rtol=1e-9)
        np.testing.assert_allclose(frozen.sf(lower), 1 - q, rtol=1e-9)
        np.testing.assert_allclose(frozen.cdf(upper), 1 - q, rtol=1e-9)
        assert np.shape(lower) == np.shape(frozen.mean())
    low, high = frozen.interval(0.9)
    np.testing.assert_allclose(low, frozen.ppf(0.05), rtol=1e-12)
    np.testing.assert_allclose(high, frozen.isf(0.05), rtol=1e-12)
    for end, other, at in ((0, 1, 0.0), (1, 0, 1.0)):
        limit = frozen.interval(1.0)[end]
        assert (frozen.ppf(at) == limit).all()
        assert (frozen.isf(1.0 - at) == limit).all()
        assert (frozen.cdf(limit) == at).all()
        assert (frozen.sf(limit) == other).all()
        assert (frozen.pdf(limit) == 0).all()
    np.testing.assert_allclose(frozen.interval(0.0), [frozen.median()] * 2, rtol=1e-12)


@over_all
def test_the_density_is_that_of_the_probabilities(model: str, quantity: str) -> None:
    frozen = distributions(model)[quantity]
    middle, width = frozen.median(), frozen.ppf(0.6) - frozen.ppf(0.4)
    for q in (0.01, 0.3, 0.99):
        x, step = frozen.ppf(q), 1e-3 * np.minimum(width, np.abs(frozen.ppf(q)))
        near, far = (
            (frozen.cdf(x + k * step) - frozen.cdf(x - k * step)) / (2 * k * step)
            for k in (1, 2)
        )
        np.testing.assert_allclose(frozen.pdf(x), (4 * near - far) / 3, rtol=1e-7)
    np.testing.assert_allclose(frozen.logpdf(middle), np.log(frozen.pdf(middle)))
    np.testing.assert_allclose(frozen.var(), np.square(frozen.std()), rtol=1e-12)


@over_all
def test_draws_have_the_distribution(model: str, quantity: str) -> None:
    """Kolmogorov's test at 1e-11, for 39 distributions and 3 rows."""
    frozen = distributions(model)[quantity]
    shape = np.shape(frozen.mean())
    assert np.shape(frozen.rvs()) == shape
    drawn = np.asarray(frozen.rvs(size=(300, *shape), random_state=8))
    assert drawn.shape == (300, *shape)
    again = frozen.rvs(size=(300, *shape), random_state=8)
    np.testing.assert_array_equal(drawn, again)
    probabilities = frozen.cdf(drawn).reshape(300, -1)
    for column in probabilities.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-11
    if shape:
        with pytest.raises(ValueError, match="size"):
            frozen.rvs(size=5)


@pytest.mark.parametrize("model", [name for name in MODELS if name != "Gaussian"])
def test_a_scale_is_positive(model: str) -> None:
    for scale in set(distributions(model)) & {"noise_sd", "prior_sd", "penalty"}:
        marginal = distributions(model)[scale]
        for x in (-1.0, -np.inf, 0.0):
            assert marginal.cdf(x) == 0
            assert marginal.sf(x) == 1
            assert marginal.pdf(x) == 0
            assert marginal.logpdf(x) == -np.inf
        assert np.isnan(marginal.cdf(np.nan))
        np.testing.assert_array_equal(marginal.cdf([-1.0, np.inf]), [0, 1])
        np.testing.assert_array_equal(marginal.sf([1e-320, np.inf]), [1, 0])


def test_the_tails_of_a_mixture_keep_their_digits() -> None:
    weights = np.array([0.6, 0.4 - 1e-9, 1e-9])
    means, sds = np.array([-1.0, 0.5, 2.0]), np.array([0.3, 1.0, 4.0])
    ours, mp = NormalMixture(weights, means, sds), cast(Any, mpmath)
    with mp.workdps(40):
        for x in (-90.0, -12.0, -3.0, 0.2, 4.0, 15.0, 100.0):
            zs = [(mp.mpf(x) - m) / s for m, s in zip(means, sds, strict=True)]
            pairs = list(zip(map(mp.mpf, weights), zs, strict=True))
            lower, upper = (
                mp.fsum(w * mp.ncdf(sign * z) for w, z in pairs) for sign in (1, -1)
            )
            assert ours.cdf(x) == pytest.approx(float(lower), rel=1e-11, abs=0)
            assert ours.sf(x) == pytest.approx(float(upper), rel=1e-11, abs=0)
            if upper < 0.5:
                assert ours.isf(float(upper)) == pytest.approx(x, rel=1e-9)
            else:
                assert ours.ppf(float(lower)) == pytest.approx(x, rel=1e-9)


@pytest.mark.parametrize("shape", [0.7, 3.0, 40.0])
def test_the_tails_of_a_table_keep_their_digits(shape: float) -> None:
    theirs = InverseGammaRoot.from_shape(shape, 2.0)
    ours = LogScaleMarginal(theirs.grid, theirs.log_density, 2 * shape)
    upper = np.array([0.3, 1e-3, 1e-8, 1e-15])
    np.testing.assert_allclose(ours.sf(theirs.isf(upper)), upper, rtol=1e-6)
    np.testing.assert_allclose(ours.isf(upper), theirs.isf(upper), rtol=1e-6)
    lower = upper
    np.testing.assert_allclose(ours.cdf(theirs.ppf(lower)), lower, rtol=1e-6)
    np.testing.assert_allclose(ours.ppf(lower), theirs.ppf(lower), rtol=1e-6)
    gamma = stats.gengamma(shape, -2, scale=np.sqrt(2.0))
    np.testing.assert_allclose(theirs.sf(gamma.isf(upper)), upper, rtol=1e-11)
    np.testing.assert_allclose(theirs.cdf(gamma.ppf(lower)), lower, rtol=1e-11)


@pytest.mark.parametrize("seed", range(6))
def test_quantiles_of_mixtures_of_all_kinds(seed: int) -> None:
    """Many components, of unlike widths, in several lumps or one."""
    rng = np.random.default_rng(seed)
    c, lumps = (3, 40, 700, 2000, 90, 33)[seed], (1, 3, 1, 5, 2, 33)[seed]
    weights = rng.dirichlet(np.full(c, 0.3))
    which = rng.integers(lumps, size=c)
    means = 10 ** rng.uniform(-3, 3) * rng.standard_normal((4, lumps))[:, which]
    means += 0.1 * rng.standard_normal((4, c))
    sds = 10 ** rng.uniform(-2, 1, (4, lumps))[:, which] * rng.uniform(0.9, 1.1, c)
    ours = NormalMixture(weights, means, sds)
    q = np.array([1e-9, 1e-4, 0.025, 0.4, 0.77, 0.999])[:, np.newaxis]
    places = ours.ppf(q)
    density = ours.pdf(places)
    # a place is exact to its last digits
    allowed = 1e-12 * q + 8 * np.finfo(float).eps * np.abs(places) * density
    assert (np.abs(ours.cdf(places) - q) <= allowed).all()
    places = ours.isf(q)
    allowed = 1e-12 * q + 8 * np.finfo(float).eps * np.abs(places) * ours.pdf(places)
    assert (np.abs(ours.sf(places) - q) <= allowed).all()


def test_many_places_do_not_need_the_memory_of_all_components() -> None:
    c = 5000
    mixture = NormalMixture(np.full(c, 1 / c), np.linspace(-1, 1, c), np.full(c, 0.5))
    x = np.linspace(-3, 3, 4001)
    area = integrate.simpson(mixture.pdf(x), x=x)
    assert area == pytest.approx(mixture.cdf(3.0) - mixture.cdf(-3.0), abs=1e-9)


@pytest.mark.parametrize("model", ["Gaussian", "normal-inverse-gamma", "both unknown"])
def test_a_name_given_twice_is_refused(model: str) -> None:
    posterior = solved(model)
    for names in (("x0", "intercept", "x0"), ["x1", "x1"]):
        with pytest.raises(
            ValueError, match=f"names must be different, got {names[0]}"
        ):
            posterior.marginal(names)
    assert posterior.marginal(("x1", "intercept")).names == ("x1", "intercept")
