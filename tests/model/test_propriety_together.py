"""Scales that go to a limit together, where y is fitted exactly, and flat columns.

The verdicts are compared with sums of the marginal density over ever wider ranges.
"""

from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

from bayes_l2 import LinearModel, likelihoods, priors
from tests.model.partitioned.arrays import ArrayPartitions
from tests.model.partitioned.arrays import model_of as partitioned
from tests.oracles import half_cauchy, half_normal, inverse_gamma

RNG = np.random.default_rng(23)
X, Y = RNG.standard_normal((12, 4)), RNG.standard_normal(12)
HALF, CAUCHY = priors.HalfNormal(1.0), priors.HalfCauchy(1.0)
VANISHING = priors.InverseGamma(1.0, 1.0)
DENSITIES: dict[Any, Any] = {
    HALF: half_normal(1.0),
    CAUCHY: half_cauchy(1.0),
    VANISHING: inverse_gamma(1.0, 1.0),
}


def build(noise: Any, spread: Any, n: int, p: int, **options: Any) -> LinearModel:
    """Return a model of n rows whose columns fit y, with coefficients of ``at``."""
    prior = options.pop("prior", None) or priors.Normal(
        spread, relative_to_noise=options.pop("relative", False)
    )
    y = 2.0 + X[:n, :p] @ np.full(p, options.pop("at", 1.0))
    y = y + options.pop("misfit", 0.0) * Y[:n]
    likelihood = likelihoods.Normal(noise)
    return LinearModel(X[:n, :p], y, likelihood=likelihood, prior=prior, **options)


def grows(model: LinearModel, end: float) -> bool:
    """Return whether the mass grows by 20 % from ``end`` to 1.5 times it.

    The density of y given the scales is that of the n' independent rows that are left
    after the intercept: r of them in the columns, where the prior adds a variance, and
    the others at 0, which is where the columns fit.
    """
    X, y = model.rows("the oracle")
    directions, sizes, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    sizes = sizes[sizes > 1e-10]
    z = directions[:, : len(sizes)].T @ (y - y.mean())
    z[np.abs(z) < 1e-12] = 0.0
    relative = model.prior.relative_to_noise
    masses = []
    for reach in (end, 1.5 * end):
        s, t = np.meshgrid(*[np.arange(-reach, reach, 0.5)] * 2, indexing="ij")
        spread = np.exp(2 * t) * (np.exp(2 * s) if relative else 1.0)
        logs = -(len(y) - 1 - len(z)) * s + s + t
        for size, each in zip(sizes, z, strict=True):
            variance = np.exp(2 * s) + size**2 * spread
            logs -= 0.5 * (np.log(variance) + each**2 / variance)
        logs += DENSITIES[model.likelihood.sd](np.exp(s))
        logs += DENSITIES[model.prior.sd](np.exp(t))
        masses.append(logsumexp(logs))
    growth = masses[1] - masses[0]
    assert growth > np.log(1.2) or abs(growth) < 1e-3
    return growth > 1e-3


# an improper model, a model that is just proper, and the message
TOGETHER: dict[str, tuple[LinearModel, LinearModel, str]] = {
    # sigma^(2 - 1 - (n' - r)) for a prior of tau that falls as its square: n' - r < 2
    "a fixed product": (
        build(HALF, CAUCHY, 5, 2, relative=True),
        build(HALF, CAUCHY, 4, 2, relative=True),
        "where noise_sd is small and prior_sd large, with a fixed product",
    ),
    "a fixed product, columns that do not fit": (
        build(HALF, CAUCHY, 5, 2, relative=True),
        build(HALF, CAUCHY, 5, 2, relative=True, misfit=0.1),
        "with a fixed product: the columns fit y exactly; use priors.InverseGamma",
    ),
    # r^(1 - n') of the distance r of both sds from 0: n' < 2
    "both small": (
        build(HALF, HALF, 3, 2, at=0.0),
        build(HALF, HALF, 2, 2, at=0.0),
        "where noise_sd and prior_sd are small together: the prior mean fits y "
        "exactly, and 2 rows are as many as 2 or more",
    ),
    "both small, a prior that vanishes there": (
        build(HALF, HALF, 3, 2, at=0.0),
        build(HALF, VANISHING, 3, 2, at=0.0),
        "small together",
    ),
    "both small, a prior mean that does not fit": (
        build(HALF, HALF, 3, 2, at=0.0),
        build(HALF, HALF, 3, 2, at=0.5),
        "small together",
    ),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_an_improper_posterior_is_refused_and_its_neighbour_is_not(name: str) -> None:
    improper, proper, message = TOGETHER[name]
    with pytest.raises(ValueError, match=message):
        improper.propriety.require_proper()
    assert grows(improper, 20.0)
    proper.propriety.require_proper()
    if proper.propriety.columns_fit:  # else the oracle has no residuals
        assert not grows(proper, 20.0)


def test_a_heavy_tail_of_the_noise_is_made_up_for_by_a_light_one() -> None:
    """sigma^(1 - n') at infinity, whatever the prior of tau: n' > 1."""
    build(priors.FlatScale(), CAUCHY, 4, 2, misfit=1.0).propriety.require_proper()


RELATIVE: Any = {"relative": True}
# models at coefficients that fit, and the power of the density as noise_sd goes to 0
UNBOUNDED: dict[str, tuple[LinearModel, float, float]] = {
    # n = 9 rows at sigma^-9, and a prior of tau that falls as sigma² where its
    # product with sigma is fixed
    "a fixed product": (build(HALF, CAUCHY, 9, 1, relative=True), -7.0, 1.0),
    # a known prior sd relative to sigma adds sigma^-1 for each coefficient at its mean
    "the prior mean": (
        build(
            HALF,
            None,
            9,
            2,
            prior=priors.Normal(1.0, mean=1.0, relative_to_noise=True),
        ),
        -11.0,
        0.0,
    ),
}


@pytest.mark.parametrize("name", UNBOUNDED)
def test_the_density_grows_by_the_power_in_its_message(name: str) -> None:
    model, power, log_power = UNBOUNDED[name]
    with pytest.raises(ValueError, match=rf"as noise_sd\^{power:g} for noise_sd"):
        model.propriety.require_bounded(log_power)
    coef = np.ones(model.n_features)
    logs = []
    for sd in (1e-4, 1e-6):
        residuals = np.zeros(9)
        log_density = stats.norm.logpdf(residuals, scale=sd).sum()
        log_density += stats.halfnorm.logpdf(sd)
        if model.prior.spread.is_known:
            log_density += stats.norm.logpdf(np.zeros(len(coef)), scale=sd).sum()
        else:  # tau * sigma is 1
            log_density += stats.norm.logpdf(coef, scale=1.0).sum()
            log_density += stats.halfcauchy.logpdf(1 / sd)
        logs.append(log_density)
    slope = (logs[1] - logs[0]) / np.log(1e-2)
    assert slope == pytest.approx(power, abs=1e-3)


@pytest.mark.parametrize(
    "model",
    [
        build(HALF, CAUCHY, 2, 1, relative=True),  # a power of exactly 0
        build(HALF, CAUCHY, 9, 1, relative=True, misfit=0.1),
    ],
    ids=["few rows", "no fit"],
)
def test_a_fixed_product_of_scales_can_have_a_maximum(model: LinearModel) -> None:
    model.propriety.require_bounded(1.0)


def test_a_response_of_zeros_is_fitted() -> None:
    options: Any = {"likelihood": likelihoods.Normal(HALF), "intercept": False}
    model = LinearModel(X, np.zeros(12), prior=priors.Normal(HALF), **options)
    assert model.propriety.columns_fit
    assert model.propriety.prior_mean_fits


# columns that a flat one leaves little of, which is a multiple of one direction
FLAT, OTHER = np.arange(12.0) - 4.0, np.tile([1.0, -2.0, 0.0], 4)


@pytest.mark.parametrize("size", [1.0, 2.0**-6, 2.0**-20, 2.0**-40])
@pytest.mark.parametrize("unit", [1.0, 2.0**-300, 2.0**300])
def test_the_rank_beside_flat_columns_is_that_of_what_they_leave(
    size: float, unit: float
) -> None:
    """Rounding of the columns is large next to what is left of them."""
    columns = np.column_stack(
        [FLAT * unit, 3 * FLAT + size * OTHER, -5 * FLAT + 2 * size * OTHER]
    )
    prior = priors.Normal([np.inf, 1.0, 2.0], factor=priors.FlatScale())
    model = LinearModel(columns, Y, likelihood=likelihoods.Normal(1.0), prior=prior)
    assert model.propriety.rank == 1
    with pytest.raises(ValueError, match="more than 1 coefficients, got 1; use a"):
        model.propriety.require_proper()


def test_columns_within_the_span_of_flat_ones_add_nothing() -> None:
    rng = np.random.default_rng(1)
    flat = rng.standard_normal((400, 3))
    columns = np.column_stack([flat, flat @ rng.standard_normal((3, 2))])
    prior = priors.Normal([np.inf, np.inf, np.inf, 1.0, 2.0])
    model = LinearModel(
        columns, columns[:, 0], likelihood=likelihoods.Normal(HALF), prior=prior
    )
    assert model.propriety.rank == 0


@pytest.mark.parametrize("unit", [1e-150, 1e-9, 1e9, 1e150])
def test_columns_of_any_unit_are_independent(unit: float) -> None:
    y = np.array(["no", "yes", "yes", "no"] * 3)
    model = LinearModel(
        X[:, :2] * [1.0, unit],
        y,
        likelihood=likelihoods.Bernoulli(),
        prior=priors.Flat(),
    )
    model.propriety.require_determined()


def logistic(X: Any, y: Any, **options: Any) -> LinearModel:
    terms: Any = {"likelihood": likelihoods.Bernoulli(), "prior": priors.Flat()}
    return LinearModel(X, y, **terms, **options)


def test_a_constant_column_is_the_intercept_again() -> None:
    columns = np.column_stack([X[:, :2], np.full(12, 0.1)])
    message = (
        "the 4 columns, the intercept among them, must be .*, and their rank is 3;"
    )
    with pytest.raises(ValueError, match=message):
        logistic(columns, Y > 0).propriety.require_determined()
    logistic(columns, Y > 0, intercept=False).propriety.require_determined()


def test_a_plane_through_0_may_not_part_what_another_one_does() -> None:
    x, y = np.array([[1.0], [2.0], [3.0], [4.0]]), [False, False, True, True]
    logistic(x, y, intercept=False).propriety.require_determined()
    with pytest.raises(ValueError, match="the likelihood grows without end"):
        logistic(x, y).propriety.require_determined()


def test_columns_of_units_far_apart_fit() -> None:
    units = np.array([1e-100, 1.0, 1e100, 1e-7])
    y = 2.0 + X @ [1.0, -2.0, 3.0, 0.5]
    prior: Any = {"likelihood": likelihoods.Normal(HALF), "prior": priors.Normal(1.0)}
    assert LinearModel(X * units, y, **prior).propriety.columns_fit
    assert not LinearModel(X * units, y + 1e-6 * Y, **prior).propriety.columns_fit


def test_a_search_under_some_flat_columns_says_that_it_found_no_mode() -> None:
    source = ArrayPartitions(X[:, :2], Y > 0, None, cuts=[5])
    terms: Any = {"likelihood": likelihoods.Bernoulli()}
    some = partitioned(source, prior=priors.Normal([1.0, np.inf]), **terms)
    with pytest.raises(ValueError, match="the search did not reach a mode"):
        some.propriety.require_arrived(-1.0)
    with pytest.raises(ValueError, match="the search did not reach a mode"):
        some.propriety.require_arrived(0.0)
    flat = partitioned(source, prior=priors.Flat(), **terms)
    with pytest.raises(ValueError, match="the likelihood grows without end"):
        flat.propriety.require_arrived(0.0)
    none = partitioned(source, prior=priors.Normal(1.0), **terms)
    none.propriety.require_arrived(-1.0)
