"""What each claim measures, by textbook formulas on numbers that are made up."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import arviz as az
import numpy as np
import pytest
import xarray as xr

from bayes_l2 import (
    ApproximateComparison,
    ExactComparison,
    LinearModel,
    likelihoods,
    priors,
)
from bayes_l2.comparison.approximate import APPROXIMATE_CHECKS
from bayes_l2.comparison.check import Claim, Failure, Measured
from bayes_l2.comparison.diagnostics import averages, diagnostics
from bayes_l2.comparison.exact import EXACT_CHECKS
from bayes_l2.comparison.reference import Moments

RNG = np.random.default_rng(0)
DRAWS = RNG.standard_normal((4, 50, 3)).cumsum(axis=1)
EPS = 2.0**-52


def claim_of(words: str, claims: Sequence[Claim] = EXACT_CHECKS) -> Any:
    (found,) = [claim for claim in claims if words in claim.text]
    return found


class Made(SimpleNamespace):
    """A comparison that is made of numbers, and keeps the z-scores it is asked for."""

    row_names = ("intercept", "x0", "log noise_sd")

    def location(self, estimate: Any) -> np.ndarray:
        return estimate

    def largest(self, values: np.ndarray) -> tuple[float, str]:
        self.z = values
        return float(np.max(np.abs(values))), "at x0"

    def largest_z(self, ess: np.ndarray) -> float:
        self.ess = ess
        return 6.5


def az_of(function: Any, values: np.ndarray, **options: Any) -> np.ndarray:
    rows = xr.Dataset({"row": (("chain", "draw", "time"), values)})
    return function(rows, **options)["row"].to_numpy()


def test_diagnostics_are_those_of_all_chains_together() -> None:
    found = diagnostics(DRAWS)
    pooled = DRAWS.reshape(200, 3)
    mean, sd = pooled.sum(axis=0) / 200, np.sqrt(pooled.var(axis=0) * 200 / 199)
    np.testing.assert_allclose(found["mcmc"], mean, rtol=1e-12)
    np.testing.assert_allclose(found["mcmc_sd"], sd, rtol=1e-12)
    ess = az_of(az.ess, DRAWS, method="mean")
    np.testing.assert_allclose(found["ess_mean"], ess, rtol=1e-12)
    np.testing.assert_allclose(found["mcmc_mcse"], sd / np.sqrt(ess), rtol=1e-6)
    np.testing.assert_allclose(found["r_hat"], az_of(az.rhat, DRAWS), rtol=1e-12)
    bulk = az_of(az.ess, DRAWS, method="bulk")
    np.testing.assert_allclose(found["ess_bulk"], bulk, rtol=1e-12)
    np.testing.assert_allclose(
        found["ess_sd"], az_of(az.ess, DRAWS, method="sd"), rtol=1e-12
    )
    ends = [az_of(az.ess, DRAWS, method="quantile", prob=p) for p in (0.05, 0.95)]
    np.testing.assert_allclose(found["ess_tail"], np.min(ends, axis=0), rtol=1e-12)
    assert not np.allclose(found["ess_bulk"], ess)
    of_averages = averages(DRAWS)
    np.testing.assert_allclose(of_averages.mean, mean, rtol=1e-12)
    np.testing.assert_allclose(of_averages.error, sd / np.sqrt(ess), rtol=1e-6)
    np.testing.assert_allclose(of_averages.ess, ess, rtol=1e-12)


def test_chains_that_never_move_fail_without_a_warning() -> None:
    still = np.ones((2, 10, 2)) * np.array([0.0, 1.0])
    apart = still + np.array([0.0, 1.0])[:, np.newaxis, np.newaxis]
    for draws in (still, apart):
        r_hat = diagnostics(draws)["r_hat"]
        assert not (r_hat <= 1.01).any()
        averages(draws)
    assert not np.isfinite(averages(still + np.inf).error).any()


@pytest.mark.parametrize(("route", "tolerance"), [("penalised", 1e-8), ("map", 1e-5)])
def test_a_point_is_measured_in_posterior_sds_beyond_its_own_rounding(
    route: str, tolerance: float
) -> None:
    claim = claim_of(f"{ {'penalised': 'ridge', 'map': 'the MAP'}[route] } is the")
    mean, sd = np.array([1e9, -2.0, 0.0]), np.array([0.5, 0.25, np.inf])
    moments = Moments(mean, sd, np.full(3, 3.0))
    model = SimpleNamespace(mode_is_mean=True, unknown_scales=("noise_sd",))
    # beyond four units in the last place of a billion, which are 1.8e-6 sds
    point = mean[:2] + np.array([2.0**-16, -1e-3])
    made = Made(model=model, moments=moments, **{route: point})
    found = claim.measure(made)
    beyond = [(2.0**-16 - 4 * EPS * 1e9) / 0.5, (1e-3 - 8 * EPS) / 0.25]
    np.testing.assert_allclose(made.z, beyond, rtol=1e-9)
    assert found.statistic == pytest.approx(max(beyond), rel=1e-9)
    assert found[1:] == (tolerance, "sd", "at x0", False)
    setattr(made, route, mean[:2] + np.array([2.0**-23, 0.0]))  # one unit
    assert claim.measure(made).statistic == 0.0
    model.mode_is_mean = False
    found = claim.measure(made)
    assert found.startswith("a joint mode is not the mean where noise_sd is unknown")
    made.moments = moments._replace(sd=np.array([np.inf, 0.25, 1.0]))
    found = claim.measure(made)
    assert found.startswith("the exact posterior of intercept has no mean, or no sd")


def made_of_draws(kurtosis: list[float], draws: np.ndarray) -> Made:
    """Return draws to be held against mean 1, sd 2, and quantiles about 1."""
    moments = Moments(np.full(3, 1.0), np.full(3, 2.0), np.array(kurtosis))
    quarters = {0.0: -np.inf, 0.25: 0.0, 0.5: 1.0, 0.75: 2.0}
    return Made(
        moments=moments,
        diagnostics=diagnostics(draws),
        drawn_rows=draws,
        quantiles=lambda row, levels: np.array([quarters[each] for each in levels]),
    )


def test_means_of_draws_are_measured_in_errors_of_independent_draws() -> None:
    """At a kurtosis above 9 the share of draws below the median takes their place."""
    draws = DRAWS[..., :] / 10 + 1.0
    made = made_of_draws([3.0, 9.0, 9.1], draws)
    found = claim_of("MCMC means").measure(made)
    pooled = draws.reshape(200, 3)
    below = (draws <= 1.0).astype(float)
    share, ess = below.mean(axis=(0, 1)), az_of(az.ess, draws, method="mean")
    ess_of_share = az_of(az.ess, below, method="mean")
    expected = (pooled.mean(axis=0) - 1) / 2 * np.sqrt(ess)
    expected[2] = (share[2] - 0.5) / np.sqrt(0.25 / ess_of_share[2])
    np.testing.assert_allclose(made.z, expected, rtol=1e-9)
    np.testing.assert_allclose(made.ess, [*ess[:2], ess_of_share[2]], rtol=1e-9)
    where = "at x0; medians, where kurtosis is above 9"
    assert found[1:] == (6.5, "MCSE", where, False)


def test_sds_of_draws_are_measured_in_errors_of_their_kurtosis() -> None:
    """Var(s) = sd² (κ - 1) / 4n; above 3.9 the share between the quartiles instead."""
    draws = DRAWS[..., :] / 10 + 1.0
    draws[0, 0, 2], draws[0, 1, 2] = 0.0, 2.0  # on the quartiles: one is within
    made = made_of_draws([3.0, 3.9, 4.0], draws)
    found = claim_of("MCMC sds").measure(made)
    sds = draws.reshape(200, 3).std(axis=0, ddof=1)
    within = ((draws > 0.0) & (draws <= 2.0)).astype(float)
    assert 0.1 < within[..., 2].mean() < 0.9
    share, ess = within.mean(axis=(0, 1)), az_of(az.ess, draws, method="sd")
    ess_of_share = az_of(az.ess, within, method="mean")
    errors = 2 * np.sqrt((np.array([3.0, 3.9, 4.0]) - 1) / 4 / ess)
    expected = (sds - 2) / errors
    expected[2] = (share[2] - 0.5) / np.sqrt(0.25 / ess_of_share[2])
    np.testing.assert_allclose(made.z, expected, rtol=1e-9)
    np.testing.assert_allclose(made.ess, [*ess[:2], ess_of_share[2]], rtol=1e-9)
    assert found.where == "at x0; quartiles, where kurtosis is above 3.9"


def test_light_tails_have_no_note() -> None:
    made = made_of_draws([3.0, 3.0, 3.0], DRAWS)
    for words in ("MCMC means", "MCMC sds"):
        assert claim_of(words).measure(made).where == "at x0"


def approximate(words: str) -> Any:
    return claim_of(words, APPROXIMATE_CHECKS)


def test_points_are_apart_in_sds_or_by_their_objectives() -> None:
    claim = approximate("the MAP is the penalised fit")
    laplace = SimpleNamespace(sd=np.array([0.5, 2.0]))
    made = Made(penalised=Point(np.array([1.0, 3.0])), map=Point(np.array([0.5, 2.0])))
    made.location = lambda estimate: estimate.place
    made.laplace = laplace
    assert claim.measure(made) == Measured(1.0, 1e-6, "sd", "at x0")
    np.testing.assert_array_equal(made.z, [1.0, 0.5])
    made.laplace = None
    for ours, theirs, statistic in ((-8.0, -7.0, 0.125), (0.5, 0.25, 0.25)):
        made.map.objective, made.penalised.objective = ours, theirs
        where = f"of the objective, {ours:g}"
        assert claim.measure(made) == Measured(statistic, 1e-6, "", where)
    made.map.duality_gap = 3e-7
    where = "duality gap, in units of the objective"
    found = approximate("no point is better").measure(made)
    assert found == Measured(3e-7, 1e-6, "", where)


class Point(SimpleNamespace):
    """A point estimate of two parameters."""

    def __init__(self, place: np.ndarray) -> None:
        super().__init__(place=place, converged=True, objective=0.0, duality_gap=0.0)


def test_gradients_are_held_to_integration_by_parts() -> None:
    """E[g] = 0 and E[(θ - c) g] = -1, whose error is that of draws of right width."""
    u = DRAWS / DRAWS.std(axis=(0, 1)) * np.sqrt([0.2, 0.8, 1.3]) + 5.0
    gradients = -(u - np.array([5.0, 5.1, 4.0]))
    made = Made(draws_and_gradients=(u, gradients))
    found = approximate("gradient is 0").measure(made)
    mean, ess = gradients.mean(axis=(0, 1)), az_of(az.ess, gradients, method="mean")
    error = gradients.std(axis=(0, 1), ddof=1) / np.sqrt(ess)
    np.testing.assert_allclose(made.z, mean / error, rtol=1e-6)
    np.testing.assert_allclose(made.ess, ess, rtol=1e-9)
    assert (found.tolerance, found.unit, found.where) == (6.5, "MCSE", "at x0")
    found = approximate("spread as the posterior").measure(made)
    products = -(u - u.mean(axis=(0, 1))) * gradients
    q, ess = products.mean(axis=(0, 1)), az_of(az.ess, products, method="mean")
    error = products.std(axis=(0, 1), ddof=1) / np.sqrt(ess)
    assert q[0] < 0.7 < q[1] < 1.0 < q[2]
    expected = (q - 1) / error * np.array([0.7, q[1], 1.0])
    np.testing.assert_allclose(made.z, expected, rtol=1e-6)
    np.testing.assert_allclose(made.ess, ess, rtol=1e-9)
    assert (found.tolerance, found.unit, found.where) == (6.5, "MCSE", "at x0")


def test_the_error_of_the_laplace_approximation_is_told_in_sds() -> None:
    laplace = SimpleNamespace(mean=np.array([1.0, 2.0]), sd=np.array([0.5, 2.0]))
    draws = {"mcmc": np.array([1.5, 1.0]), "mcmc_sd": np.array([2.0, 1.6])}
    made = Made(laplace=laplace, diagnostics=draws)
    said = approximate("Laplace approximation is").measure(made)
    np.testing.assert_allclose(made.z, [0.25, -0.625])
    assert "means up to 0.62 sd off, at x0; sds 0.25 to 1.25 times" in str(said)


def test_chains_are_held_to_r_hat_to_sample_sizes_and_to_their_divergences() -> None:
    sizes = np.array([399.0, 900.0])
    made = Made(
        diagnostics={
            "r_hat": np.array([1.0, 1.02]),
            "ess_bulk": sizes,
            "ess_tail": 2 * sizes,
        },
        divergences=3,
    )
    found = {claim.text: claim.measure(made) for claim in EXACT_CHECKS[-6:-2]}
    assert list(found.values()) == [
        Measured(1.02, 1.01, "", "at x0"),
        Measured(399.0, 400.0, "", "smallest", at_least=True),
        Measured(798.0, 400.0, "", "smallest", at_least=True),
        Measured(3.0, 0.0, "", "divergent transitions"),
    ]
    made.divergences = None
    said = claim_of("no transition diverged").measure(made)
    assert said == "the draws do not say which transitions diverged"


@pytest.mark.parametrize("route", ["penalised", "map"])
def test_a_point_that_is_near_has_still_to_say_that_it_converged(route: str) -> None:
    words = {"penalised": "scikit-learn's fit has", "map": "the MAP search has"}[route]
    estimate = SimpleNamespace(
        route="Lasso", gradient_norm=2e-7, converged=True, duality_gap=0.02
    )
    claim, made = claim_of(words), Made(**{route: estimate})
    assert claim.measure(made) == Measured(2e-7, 1e-5, "sd", "gradient, Lasso")
    estimate.converged = False
    found = claim.measure(made)
    assert isinstance(found, Failure)
    assert found == "Lasso did not converge: the duality gap is 0.02"
    estimate.gradient_norm = 2e-5
    assert claim.measure(made) == Measured(2e-5, 1e-5, "sd", "gradient, Lasso")


RIDGE, MODE = "ridge is the exact posterior mean", "the MAP is the exact posterior mean"
MEANS, POINTS = "MCMC means are the exact means", "the MAP is the penalised fit"
SPREAD = "the draws spread as the posterior does"
ALONE = "each route has converged, but no other route solves the same problem"
AGREEMENTS = [
    (ExactComparison, (), "the exact posterior obeys Bayes' theorem"),
    (ExactComparison, (RIDGE,), RIDGE),
    (ExactComparison, (MODE,), MODE),
    (
        ExactComparison,
        (MODE, RIDGE),
        "ridge and the MAP are the exact posterior mean",
    ),
    (ExactComparison, (MEANS,), "MCMC has the exact means and sds"),
    (
        ExactComparison,
        (MODE, MEANS),
        f"{MODE}, and MCMC has the exact means and sds",
    ),
    (ApproximateComparison, (), ALONE),
    (ApproximateComparison, (POINTS,), POINTS),
    (ApproximateComparison, (SPREAD,), "MCMC draws from this posterior"),
    (
        ApproximateComparison,
        (POINTS, SPREAD),
        f"{POINTS}, and MCMC draws from this posterior",
    ),
]


@pytest.mark.parametrize(("kind", "held", "said"), AGREEMENTS)
def test_what_holds_is_said_in_one_clause(
    kind: Any, held: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kind, "held", set(held))
    terms: Any = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    model = LinearModel(np.eye(3), np.arange(3.0), **terms)
    assert kind(model, None).agreement == said
