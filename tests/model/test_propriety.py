"""Improper posteriors at the limit, each beside a proper neighbour.

The verdicts are compared with sums over ever wider ranges of the scales.
"""

import re
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import LinearModel, fit_exact, fit_map, likelihoods, priors
from tests.oracles import dense_mixture, flat, flat_in_the_logarithm

RNG = np.random.default_rng(17)
X, Y = RNG.standard_normal((30, 4)), RNG.standard_normal(30)


def build(
    noise: Any,
    prior: Any,
    n: int,
    p: int,
    *,
    intercept: bool = True,
    exact: bool = False,
    relative: bool = False,
) -> LinearModel:
    """Return a model of n rows and p columns.

    ``prior=None`` is a flat prior. If ``exact``, the columns fit y exactly.
    """
    features, y, stated = X[:n, :p], Y[:n], priors.Flat()
    if exact:
        y = features @ np.arange(1.0, p + 1) + 2.0 * intercept
    if prior is not None:
        stated = priors.Normal(prior, relative_to_noise=relative)
    return LinearModel(
        features,
        y,
        likelihood=likelihoods.Normal(noise),
        prior=stated,
        intercept=intercept,
    )


FLAT, LOG, NORMAL = priors.FlatScale(), priors.FlatLogScale(), priors.HalfNormal(1.0)

# each entry: an improper model, a model that is just proper, and the message
LIMITS: dict[str, tuple[LinearModel, LinearModel, str]] = {
    # ∫ sigma^-n' d sigma at infinity: n' > 1
    "large noise, flat": (
        build(FLAT, 1.0, 2, 1),
        build(FLAT, 1.0, 3, 1),
        "improper at large noise_sd: under priors.FlatScale() more than 1 rows must be "
        "left after the flat intercept and coefficients are taken from 2, got 1",
    ),
    "large noise, without intercept": (
        build(FLAT, 1.0, 1, 1, intercept=False),
        build(FLAT, 1.0, 2, 1, intercept=False),
        "improper at large noise_sd",
    ),
    "large noise, flat coefficients": (
        build(FLAT, None, 6, 4),
        build(FLAT, None, 7, 4),
        "are taken from 6, got 1",
    ),
    # ∫ sigma^(-1 - n') d sigma: n' > 0
    "large noise, flat in the logarithm": (
        build(LOG, None, 5, 4),
        build(LOG, None, 6, 4),
        "improper at large noise_sd: under priors.FlatLogScale() more than 0 rows must "
        "be left",
    ),
    "large noise, relative prior": (
        build(FLAT, 1.0, 2, 1, relative=True),
        build(FLAT, 1.0, 3, 1, relative=True),
        "improper at large noise_sd",
    ),
    # y = Xb leaves ∫ sigma^-(n' - r) d sigma at zero: n' - r < 1
    "small noise, columns that fit": (
        build(NORMAL, 1.0, 4, 2, exact=True),
        build(NORMAL, 1.0, 3, 2, exact=True),
        "improper at small noise_sd: the prior mean or the columns fit y exactly, and "
        "the density goes as noise_sd^-1 ",
    ),
    "small noise, columns that do not quite fit": (
        build(NORMAL, 1.0, 4, 2, exact=True),
        build(NORMAL, 1.0, 4, 2),
        "improper at small noise_sd",
    ),
    "small noise, a prior that vanishes there": (
        build(NORMAL, 1.0, 9, 2, exact=True),
        build(priors.InverseGamma(1.0, 1.0), 1.0, 9, 2, exact=True),
        "use priors.InverseGamma",
    ),
    "small noise, flat coefficients that fit": (
        build(NORMAL, None, 6, 4, exact=True),
        build(NORMAL, None, 6, 4),
        "noise_sd^-1 there",
    ),
    "small noise, flat in the logarithm": (
        build(LOG, 1.0, 3, 2, exact=True),
        build(NORMAL, 1.0, 3, 2, exact=True),
        "noise_sd^-1 there",
    ),
    "small noise, relative prior at the mean": (
        LinearModel(
            X[:3, :1],
            2 * X[:3, 0],
            likelihood=likelihoods.Normal(NORMAL),
            prior=priors.Normal(1.0, mean=2.0, relative_to_noise=True),
            intercept=False,
        ),
        # under a relative prior an exact fit costs prior density
        LinearModel(
            X[:3, :1],
            2 * X[:3, 0],
            likelihood=likelihoods.Normal(NORMAL),
            prior=priors.Normal(1.0, mean=1.0, relative_to_noise=True),
            intercept=False,
        ),
        "the density goes as noise_sd^-3 there",
    ),
    # the likelihood tends to a constant as tau does to zero: ∫ tau^-1 d tau diverges
    "small prior sd": (
        build(1.0, LOG, 9, 3),
        build(1.0, FLAT, 9, 3),
        "improper at small prior_sd: the likelihood does not vanish there, and "
        "priors.FlatLogScale() cannot be",
    ),
    "small prior sd, unknown noise": (
        build(LOG, LOG, 9, 3),
        build(LOG, FLAT, 9, 3),
        "improper at small prior_sd",
    ),
    # ∫ tau^-r d tau at infinity: r > 1
    "large prior sd": (
        build(1.0, FLAT, 9, 1),
        build(1.0, FLAT, 9, 2),
        "improper at large prior_sd: under priors.FlatScale() the columns must "
        "determine more than 1 coefficients, got 1; use a proper prior",
    ),
    "large prior sd, few rows": (
        build(1.0, FLAT, 2, 4),
        build(1.0, FLAT, 3, 4),
        "more than 1 coefficients, got 1",
    ),
    # with both unknown ∫∫ sigma^-n' f(sigma / tau): n' > 2 under two flat priors
    "both large": (
        build(FLAT, FLAT, 3, 2),
        build(FLAT, FLAT, 4, 2),
        "improper where noise_sd and prior_sd are large together: under "
        "priors.FlatScale() and priors.FlatScale() more than 2 rows must be left after "
        "the intercept, got 2",
    ),
}


@pytest.mark.parametrize(
    ("improper", "proper", "message"), LIMITS.values(), ids=list(LIMITS)
)
def test_an_improper_posterior_is_refused_and_its_proper_neighbour_is_not(
    improper: LinearModel, proper: LinearModel, message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        fit_exact(improper)
    proper.propriety.require_proper()


# rounding disturbs the sums of exact fits and of flat coefficients
BY_SUMS = [
    name
    for name in LIMITS
    if not name.startswith("small noise") and "flat coefficients" not in name
]
BY_SUMS.remove("large noise, flat in the logarithm")
DENSITIES: dict[Any, Any] = {FLAT: flat, LOG: flat_in_the_logarithm, 1.0: 1.0}


@pytest.mark.parametrize("name", BY_SUMS)
def test_the_mass_over_ever_wider_ranges_of_scales_grows_or_converges(
    name: str,
) -> None:
    """From 60 to 90 nats of each log sd: by 20 % or more, or by 1e-10 or less."""
    for model, grows in zip(LIMITS[name][:2], (True, False), strict=True):
        masses = [
            dense_mixture(
                model.X,
                model.y,
                DENSITIES[model.likelihood.sd],
                DENSITIES[model.prior.sd],
                intercept=model.intercept,
                relative=model.prior.relative_to_noise,
                ends=(-end, end),
                step=0.25,
            ).log_evidence
            for end in (30.0, 45.0)
        ]
        growth = masses[1] - masses[0]
        assert growth > np.log(1.2) if grows else abs(growth) < 1e-10


def test_known_scales_with_a_proper_prior_are_proper() -> None:
    build(1.0, 1.0, 1, 4).propriety.require_proper()


@pytest.mark.parametrize(
    ("prior", "intercept", "left"),
    [(1.0, True, 8), (1.0, False, 9), (None, True, 5), (None, False, 6)],
)
def test_each_flat_parameter_takes_one_row(
    prior: float | None, intercept: bool, left: int
) -> None:
    assert build(NORMAL, prior, 9, 3, intercept=intercept).propriety.rows_left == left


def test_the_rank_does_not_depend_on_units() -> None:
    """Columns of sizes 1e-100 to 1e100 have rank 3.

    A constant column and a sum of two columns add nothing.
    """
    columns = np.column_stack(
        [X[:9, :3] * [1e-100, 1.0, 1e100], X[:9, 0] + X[:9, 1], np.full(9, 5.0)]
    )
    options: Any = {
        "likelihood": likelihoods.Normal(NORMAL),
        "prior": priors.Normal(1.0),
    }
    assert LinearModel(columns, Y[:9], **options).propriety.rank == 3
    # without an intercept a constant column is one more
    assert LinearModel(columns, Y[:9], intercept=False, **options).propriety.rank == 4
    assert LinearModel(columns[:3], Y[:3], **options).propriety.rank == 2


@pytest.mark.parametrize("size", [1e-100, 1.0, 1e100])
def test_only_a_fit_exact_to_rounding_is_exact(size: float) -> None:
    """A fit with residuals of 1e-9 of y is not exact."""
    columns, coef = X[:9, :3], np.array([1.0, -2.0, 3.0])
    for residual, exact in ((0.0, True), (1e-9 * Y[:9], False)):
        y = size * (2.0 + columns @ coef + residual)
        model = LinearModel(
            columns, y, likelihood=likelihoods.Normal(NORMAL), prior=priors.Normal(1.0)
        )
        assert model.propriety.columns_fit == exact


UNBOUNDED = {
    # the density goes as tau^-p at b = m0, and as sigma^-n at a b that fits
    "prior sd": (build(1.0, NORMAL, 9, 3), {"b": [0.0] * 3}, "prior_sd", -3.0),
    "prior sd, flat": (build(1.0, FLAT, 9, 3), {"b": [0.0] * 3}, "prior_sd", -3.0),
    "noise sd": (
        build(NORMAL, 1.0, 9, 3, exact=True),
        {"b": [1.0, 2.0, 3.0]},
        "noise_sd",
        -9.0,
    ),
    "noise sd, Jeffreys": (
        build(LOG, 1.0, 9, 3, exact=True),
        {"b": [1.0, 2.0, 3.0]},
        "noise_sd",
        -10.0,
    ),
}


@pytest.mark.parametrize("log_power", [0.0, 1.0, -1.0])
@pytest.mark.parametrize(
    ("model", "at", "name", "power"), UNBOUNDED.values(), ids=list(UNBOUNDED)
)
def test_a_density_without_a_maximum_grows_by_the_power_in_its_message(
    model: LinearModel,
    at: dict[str, list[float]],
    name: str,
    power: float,
    log_power: float,
) -> None:
    grows = rf"as {name}\^{power + log_power:g} for {name} towards 0"
    with pytest.raises(ValueError, match=f"the density has no maximum: .*{grows}"):
        model.propriety.require_bounded(log_power)
    # the joint density by scipy at two small sds
    assert model.X is not None
    assert model.y is not None
    coef = np.array(at["b"])
    logs = []
    for sd in (1e-4, 1e-6):
        scales = {"noise_sd": 1.0, "prior_sd": 1.0, name: sd}
        residuals = model.y - model.X @ coef - 2.0
        log_density = np.sum(stats.norm.logpdf(residuals, scale=scales["noise_sd"]))
        log_density += np.sum(stats.norm.logpdf(coef, scale=scales["prior_sd"]))
        logs.append(
            log_density
            + float(model.unknown_scales[name].log_density(sd))
            + log_power * np.log(sd)
        )
    assert (logs[1] - logs[0]) / np.log(1e-2) == pytest.approx(
        power + log_power, abs=1e-3
    )


@pytest.mark.parametrize(
    ("model", "log_power"),
    [
        (build(1.0, priors.InverseGamma(1.0, 1.0), 9, 3), 0.0),
        (build(1.0, NORMAL, 9, 1), 1.0),  # tau^-1 times tau
        (build(NORMAL, 1.0, 9, 3), 0.0),
        (build(LOG, 1.0, 9, 3), -1.0),
        (build(priors.InverseGamma(1.0, 1.0), 1.0, 9, 3, exact=True), 0.0),
        (build(1.0, 1.0, 9, 3, exact=True), 0.0),
    ],
    ids=[
        "vanishing prior",
        "one column by log sd",
        "no exact fit",
        "Jeffreys",
        "exact fit",
        "known",
    ],
)
def test_densities_with_a_maximum(model: LinearModel, log_power: float) -> None:
    model.propriety.require_bounded(log_power)


def test_a_proper_posterior_can_have_no_mode() -> None:
    model = UNBOUNDED["prior sd"][0]
    assert np.isfinite(fit_exact(model).coef).all()
    with pytest.raises(ValueError, match="the density has no maximum"):
        fit_map(model)
