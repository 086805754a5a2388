"""False alarms of the checks: by chance, and by rounding.

The rates of the checks of draws come from importance sampling. Chains are Gaussian, of
autocorrelation f. A check that fails once in 1e8 times is met often where its chains
come from another density q instead, and each failure counts by its weight p / q, which
is known in closed form.
"""

from dataclasses import fields
from typing import Any, override

import arviz as az
import numpy as np
import pytest
import xarray as xr
from scipy import stats

from bayes_l2 import (
    ExactComparison,
    GaussianPosterior,
    LinearModel,
    SufficientStatistics,
    compare,
    fit_exact,
    likelihoods,
    priors,
)
from bayes_l2.comparison.base import Comparison
from bayes_l2.comparison.diagnostics import FALSE_ALARM_RATE, averages, largest_z

N_ROWS = 11
ALLOWED = FALSE_ALARM_RATE / (2 * N_ROWS)  # of each of two checks of a row
NORMAL = float(stats.norm.isf(ALLOWED / 2))
CHAINS, DRAWS = 4, 1000


def chains_of(f: float, times: int, seed: int) -> np.ndarray:
    """Return stationary chains of mean 0 and sd 1, shape (chain, draw, times)."""
    rng = np.random.default_rng(seed)
    noise = np.sqrt(1 - f**2) * rng.standard_normal((DRAWS, CHAINS, times))
    found = np.empty_like(noise)
    found[0] = rng.standard_normal((CHAINS, times))
    for step in range(1, DRAWS):
        found[step] = f * found[step - 1] + noise[step]
    return np.moveaxis(found, 0, 1)


def ess(values: np.ndarray, method: Any) -> np.ndarray:
    drawn = xr.Dataset({"row": (("chain", "draw", "time"), values)})
    return az.ess(drawn, method=method)["row"].to_numpy()


def rate(z: np.ndarray, bounds: np.ndarray | float, weights: np.ndarray) -> float:
    """Return the rate of one-sided alarms, in units of what a check is allowed."""
    return float(np.mean((z > bounds) * weights)) / ALLOWED


def bounds_at(sizes: np.ndarray) -> np.ndarray:
    n = CHAINS * DRAWS
    return np.array([largest_z(each, n, N_ROWS) for each in sizes[:, np.newaxis]])


@pytest.mark.parametrize("f", [0.5, 0.8, -0.3])
def test_means_raise_no_more_false_alarms_than_stated(f: float) -> None:
    """Under the bound of normal z-scores they raise two to six times as many."""
    true_ess = CHAINS * DRAWS * (1 - f) / (1 + f)
    shift = NORMAL / np.sqrt(true_ess)
    x = chains_of(f, 500, seed=1) + shift
    # log p / q = m^2 T / 2 - m S for a shift m, by the precision of each chain
    inner = (x[:, 1:] - f * x[:, :-1]).sum(axis=1) / (1 + f)
    total = (x[:, 0] + inner).sum(axis=0)
    information = CHAINS * (1 + (DRAWS - 1) * (1 - f) / (1 + f))
    weights = np.exp(shift**2 * information / 2 - shift * total)
    sizes = ess(x, "mean")
    exact = x.mean(axis=(0, 1)) * np.sqrt(sizes)
    found = averages(x)
    level = found.mean / found.error
    for z in (exact, level):
        assert 2 * rate(z, NORMAL, weights) > 1.3
        assert 2 * rate(z, bounds_at(sizes), weights) < 1
    np.testing.assert_allclose(found.ess, sizes)


def test_sds_raise_no_more_false_alarms_than_stated() -> None:
    """Also minus deviation times gradient, whose mean is the variance."""
    for sign in (1, -1):
        scale = 1 + sign * NORMAL / np.sqrt(2 * CHAINS * DRAWS)
        x = scale * chains_of(0.0, 500, seed=2)
        squares = (x**2).sum(axis=(0, 1))
        n = CHAINS * DRAWS
        weights = np.exp(n * np.log(scale) - squares / 2 * (1 - 1 / scale**2))
        sizes = ess(x, "sd")
        z = sign * (x.std(axis=(0, 1), ddof=1) - 1) * np.sqrt(2 * sizes)
        assert rate(z, bounds_at(sizes), weights) < 0.5
        assert rate(z, NORMAL, weights) > 0.1
        found = averages((x - x.mean(axis=(0, 1))) * x)
        errors = found.error / np.clip(found.mean, 0.7, 1.0)
        z = sign * (found.mean - 1) / errors
        assert rate(z, bounds_at(found.ess), weights) < 0.5


def test_the_bound_is_wider_for_fewer_effective_draws() -> None:
    normal = stats.norm.isf(1e-8 / 44)
    wide = [largest_z(np.array([size]), 4000, 11) for size in (1e3, 4e3, 1e4)]
    assert wide[0] > wide[1] == wide[2] > normal
    assert wide[1] == pytest.approx(stats.t.isf(1e-8 / 44, 4000 / 12))
    assert largest_z(np.array([400.0, 4000.0]), 4000, 11) > wide[0]
    assert largest_z(np.array([1e9]), 10**9, 11) == pytest.approx(normal, rel=1e-6)


def model_of(name: str) -> LinearModel:
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((60, 2)), rng.standard_normal(60)
    prior = priors.Normal(1.0)
    if name == "gaussian":
        return LinearModel(X, y, likelihood=likelihoods.Normal(1.0), prior=prior)
    return LinearModel(X, y > 0, likelihood=likelihoods.Bernoulli(), prior=prior)


def verdict(comparison: Comparison, words: str) -> bool | None:
    (found,) = [check.passed for check in comparison.checks if words in check.claim]
    return found


def right_draws(name: str) -> xr.Dataset:
    """Return independent draws: exact, or of the Gaussian approximation."""
    model = model_of(name)
    if name == "gaussian":
        return (
            fit_exact(model).to_datatree(draws=1000, seed=3)["posterior"].to_dataset()
        )
    approximation = compare(model, routes=["map"]).laplace
    assert approximation is not None
    rng = np.random.default_rng(3)
    cov = approximation.cov
    values = rng.multivariate_normal(approximation.mean, cov, (CHAINS, DRAWS))
    axes = ("chain", "draw")
    variables: Any = {
        "intercept": (axes, values[..., 0]),
        "coef": ((*axes, "feature"), values[..., 1:]),
    }
    return xr.Dataset(variables)


def clustered(draws: np.ndarray) -> np.ndarray:
    """Return draws, shape (chain, draw), with those of either tail in two clusters.

    A cluster of the lower tail stands next to one of the upper: means are as good as
    before, and quantiles of the tails are not.
    """
    chains = []
    for chain in draws:
        low, rest, high = np.split(chain[np.argsort(chain)], [50, 950])
        rest = np.random.default_rng(0).permutation(rest)
        blocks = [low[::2], high[::2], rest[:450], low[1::2], high[1::2], rest[450:]]
        chains.append(np.concatenate(blocks))
    return np.array(chains)


@pytest.mark.parametrize("name", ["gaussian", "bernoulli"])
def test_tails_that_mix_badly_fail(name: str) -> None:
    model, posterior = model_of(name), right_draws(name)
    coef = posterior["coef"].to_numpy()
    draws = {"intercept": posterior["intercept"].to_numpy(), "coef": coef}
    right = compare(model, routes=["map"], mcmc=draws)
    assert verdict(right, "tail ESS") is True
    sticky = np.stack([clustered(coef[..., 0]), coef[..., 1]], axis=-1)
    wrong = compare(model, routes=["map"], mcmc={**draws, "coef": sticky})
    assert verdict(wrong, "R-hat")
    assert verdict(wrong, "bulk ESS")
    assert verdict(wrong, "tail ESS") is False
    assert not wrong.passed
    by_arviz = az.ess(
        xr.Dataset({"x": (("chain", "draw"), sticky[..., 0])}),
        method="tail",
        prob=(0.05, 0.95),
    )
    (found,) = [check for check in wrong.checks if "tail ESS" in check.claim]
    assert found.statistic == pytest.approx(float(by_arviz["x"]))


@pytest.mark.parametrize("name", ["gaussian", "bernoulli"])
@pytest.mark.parametrize("count", [None, 0, 1, 7])
def test_divergent_transitions_fail(name: str, count: int | None) -> None:
    """Given draws that do not say are not judged by them."""
    few = right_draws(name).isel(draw=slice(250))
    model, groups = model_of(name), {"posterior": few}
    if count is not None:
        diverging = np.zeros((CHAINS, 250), dtype=bool)
        diverging[1, :count] = True
        groups["sample_stats"] = xr.Dataset(
            {"diverging": (("chain", "draw"), diverging)}
        )
    tree = xr.DataTree.from_dict(groups)
    held = compare(model, routes=["map"], mcmc=tree)
    expected = {None: None, 0: True}.get(count, False)
    assert verdict(held, "diverged") is expected
    if expected is False:
        assert not held.passed
    (found,) = [check for check in held.checks if "diverged" in check.claim]
    if count is None:
        assert found.reason == "the draws do not say which transitions diverged"
    else:
        assert found.statistic == count


def test_statistics_without_divergences_are_no_information() -> None:
    model, posterior = model_of("gaussian"), right_draws("gaussian")
    other = xr.Dataset({"lp": (("chain", "draw"), np.zeros((CHAINS, DRAWS)))})
    groups = {"posterior": posterior, "sample_stats": other}
    held = compare(model, routes=["exact"], mcmc=xr.DataTree.from_dict(groups))
    assert verdict(held, "diverged") is None
    assert held.passed


def test_the_sampler_says_which_transitions_diverged() -> None:
    options: Any = {"draws": 20, "tune": 100, "chains": 2, "progress": False}
    found = compare(model_of("gaussian"), routes=["mcmc"], seed=1, **options)
    assert found.divergences == 0
    assert verdict(found, "diverged") is True


SCALES = {
    "known": (likelihoods.Normal(1.0), priors.Normal(1.0)),
    "flat": (likelihoods.Normal(priors.FlatLogScale()), priors.Flat()),
    "hierarchical": (
        likelihoods.Normal(priors.HalfCauchy(1.0)),
        priors.Normal(priors.HalfCauchy(1.0)),
    ),
}


def offset_rows(n: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of which one column is 1e6 away from zero."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p))
    y = X @ np.linspace(-1, 1, p) + rng.standard_normal(n)
    X[:, 0] += 1e6
    return X, y


def offset_statistics(doublings: int) -> SufficientStatistics:
    statistics = SufficientStatistics.from_rows(*offset_rows(3000, 20))
    for _ in range(doublings):
        statistics = statistics + statistics
    return statistics


@pytest.mark.parametrize("scales", SCALES)
@pytest.mark.parametrize("doublings", [0, 10])
def test_rounding_of_an_offset_column_is_no_failure(
    scales: str, doublings: int
) -> None:
    """3000 rows and 3 million: the mean of a coefficient has 16 digits, times 1e6."""
    likelihood, prior = SCALES[scales]
    statistics = offset_statistics(doublings)
    model = LinearModel.from_statistics(statistics, likelihood=likelihood, prior=prior)
    held = compare(model, routes=["exact"])
    assert verdict(held, "constant") is True
    (found,) = [check for check in held.checks if "constant" in check.claim]
    assert found.tolerance is not None
    assert found.tolerance < 2e-5  # of a logarithm


@pytest.mark.parametrize(("n", "offset"), [(400_000, 0.0), (50_000, 1e6)])
def test_rounding_of_a_sum_over_many_rows_is_no_failure(n: int, offset: float) -> None:
    """Without an offset the sum rounds most, if it goes from row to row."""
    X, y = offset_rows(n, 1)
    model = LinearModel(
        X + (offset - 1e6), y, likelihood=likelihoods.Normal(1.0), prior=priors.Flat()
    )
    held = ExactComparison(model=model, exact=fit_exact(model))
    assert verdict(held, "constant") is True
    (found,) = [check for check in held.checks if "constant" in check.claim]
    assert found.tolerance is not None
    assert found.tolerance < (2e-5 if offset else 2e-8)


class Wrong(GaussianPosterior):
    """A posterior with another mean and sd of one coefficient, in its own sds."""

    shift, stretch = 0.0, 1.0

    @override
    def logpdf(self, points: Any) -> Any:
        moved, j = np.array(points), 5
        deviation = moved[..., j] - self.mean[j] - self.shift * self.sd[j]
        moved[..., j] = self.mean[j] + deviation / self.stretch
        return super().logpdf(moved) - np.log(self.stretch)


@pytest.mark.parametrize("doublings", [0, 10])
@pytest.mark.parametrize("wrong", [{"shift": 1e-3}, {"stretch": 1.001}, {}])
def test_a_posterior_that_is_wrong_by_a_thousandth_of_an_sd_fails(
    doublings: int, wrong: dict[str, float]
) -> None:
    likelihood, prior = SCALES["known"]
    statistics = offset_statistics(doublings)
    model = LinearModel.from_statistics(statistics, likelihood=likelihood, prior=prior)
    exact = fit_exact(model)
    assert isinstance(exact, GaussianPosterior)
    other = Wrong(**{each.name: getattr(exact, each.name) for each in fields(exact)})
    vars(other).update(wrong)
    held = ExactComparison(model=model, exact=other)
    assert verdict(held, "constant") is (not wrong)
