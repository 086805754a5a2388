"""Tables of marginals, where their points lie, and draws of the noise sd."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import priors
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.nodes import Nodes
from bayes_l2.posteriors.quadrature.scale_marginals import ScaleMarginals, _tabulate
from bayes_l2.posteriors.quadrature.spread import Spread
from tests.posteriors.quadrature.dense import Dense

HALF_NORMAL, HALF_CAUCHY = priors.HalfNormal(2.0), priors.HalfCauchy(1.5)


def marginals(case: Dense, noise: Any, prior: Any, relative: bool) -> ScaleMarginals:
    model = case.model(noise, prior, relative_to_noise=relative)
    return ScaleMarginals(Eigenbasis.of(model))


def normal(x: np.ndarray) -> np.ndarray:
    return -0.5 * ((x - 1) / 0.25) ** 2


def test_a_table_gets_finer_until_probabilities_stand_still() -> None:
    seen = list[int]()

    def density(fineness: int) -> tuple[np.ndarray, np.ndarray]:
        seen.append(fineness)
        x = np.linspace(-2, 4, 30 * fineness + 1)
        return x, normal(x)

    marginal, error = _tabulate(density, np.inf)
    assert 2 <= len(seen) <= 5
    assert seen == [2**k for k in range(len(seen))]
    assert error < 1e-8
    assert marginal.mean() == pytest.approx(np.exp(1 + 0.25**2 / 2), rel=1e-7)

    def shaken(fineness: int) -> tuple[np.ndarray, np.ndarray]:
        """A density that each table shifts by 4.5 times less."""
        seen.append(fineness)
        x = np.linspace(-2, 4, 400)
        return x, normal(x - 0.002 / fineness**2.17)

    seen.clear()
    _, error = _tabulate(shaken, np.inf)
    assert seen == [1, 2, 4, 8, 16, 32]
    # for a shift by h sds the integral of h |z| (1 + z²) times the density
    shift = 0.002 * (16.0**-2.17 - 32.0**-2.17) / 0.25
    assert error == pytest.approx(6 * shift / np.sqrt(2 * np.pi), rel=0.01)

    def rough(fineness: int) -> tuple[np.ndarray, np.ndarray]:
        """Errors from rounding, which do not fall."""
        seen.append(fineness)
        x = np.linspace(-2, 4, 400)
        return x, normal(x - 1e-5 * (-1) ** len(seen))

    seen.clear()
    _, error = _tabulate(rough, np.inf)
    assert seen == [1, 2, 4]
    assert error == pytest.approx(6 * 8e-5 / np.sqrt(2 * np.pi), rel=0.01)


@pytest.mark.parametrize("of_noise", [True, False])
def test_where_logs_of_a_scale_lie(of_noise: bool) -> None:
    """About the mean of each bump of log penalties, as wide as their sd."""
    ours = marginals(Dense(12, 3), HALF_NORMAL, HALF_CAUCHY, False)
    centers = np.array([-5.0, 2.0, 40.0])
    vars(ours)["spread"] = Spread(centers, np.array([1.0, 3.0, 1.0]), -9.0, 45.0)
    x = np.array([-6.0, -4.0, -2.5, 0.0, 3.0, 41.0])
    t = np.array([[0.0, 0.5], [0.1, 0.4], [1.0, 2.0], [1.5, 2.5], [2.0, 3.0], [7, 8]])
    weights = np.array([[3, 1], [2, 2], [1, 3], [2, 1], [4, 1], [1e-30, 1e-40]])
    weights /= weights.sum()
    found = ours._spread_of(Nodes(x, t, np.log(weights), 0.0), of_noise=of_noise)
    log_scale = t if of_noise else t - 0.5 * (x[:, np.newaxis] + ours.log_unit)
    for bump, rows in enumerate(([0, 1], [2, 3, 4])):
        share = weights[rows] / weights[rows].sum()
        mean = np.sum(share * log_scale[rows])
        sd = np.sqrt(np.sum(share * (log_scale[rows] - mean) ** 2))
        assert found.centers[bump] == pytest.approx(mean, rel=1e-12)
        assert found.widths[bump] == pytest.approx(sd, rel=1e-12)
    assert len(found.centers) == 2
    # a node of 1e-30 is seen, as its tail may be asked for, and one of 1e-40 is not
    seen = log_scale[weights > 1e-33]
    assert (found.low, found.high) == (seen.min(), seen.max())


BOUND = float(np.sqrt(np.log(2 / 1e-10) / (2 * 12_000)))  # of Kolmogorov's distance


@pytest.mark.parametrize(
    ("noise", "prior", "relative"),
    [
        (HALF_NORMAL, HALF_CAUCHY, False),
        (HALF_NORMAL, HALF_CAUCHY, True),
        (priors.FlatLogScale(), HALF_CAUCHY, True),
        # a cliff: the prior forbids what the rows say
        (priors.HalfNormal(0.01), HALF_CAUCHY, True),
        (priors.InverseGamma(0.1, 1e-3), priors.InverseGamma(3.0, 2.0), False),
    ],
)
@pytest.mark.parametrize("n", [4, 40])
def test_draws_of_the_noise_sd_given_a_penalty(
    noise: Any, prior: Any, relative: bool, n: int
) -> None:
    """Of 12 000 draws, for two penalties, by rejection. The oracle is a fine grid.

    Two penalties far away spoil a first guess of where the modes are.

    The bound is exceeded with probability 1e-10, so that ten cases have 2e-9 together.
    """
    ours = marginals(Dense(n, 3), noise, prior, relative)
    x = np.append(np.repeat([-4.0, 3.0], 12_000), [-90.0, 80.0])
    draws = ours._sample_noise(np.random.default_rng(5), x)[:-2]
    for each, t in zip((-4.0, 3.0), draws.reshape(2, 12_000), strict=True):
        grid = np.linspace(t.min() - 1, t.max() + 1, 4001)
        logs = ours.log_density(np.full(4001, each), grid)
        cdf = np.cumsum(np.exp(logs - logs.max()))
        below = np.interp(np.sort(t), grid, cdf / cdf[-1])
        assert np.abs(below - (np.arange(12_000) + 0.5) / 12_000).max() < BOUND


@pytest.mark.parametrize("n", [1, 2000])
def test_draws_where_modes_are_hard_to_reach(n: int) -> None:
    """Against the inverse gamma density that conjugacy gives.

    One row tells nothing, and the prior is flat above a cliff at 1. Many rows make
    modes narrow, and those between two penalties far away are no guess of them. The
    bound is exceeded with probability 1e-10.
    """
    case = Dense(n, 3, weighted=False)
    ours = marginals(case, priors.InverseGamma(0.05, 1.0), HALF_CAUCHY, True)
    x = np.append(np.full(12_000, -4.0), [-90.0, 80.0])
    draws = ours._sample_noise(np.random.default_rng(5), x)[:-2]
    squares = case.squares(np.exp(-4.0 + ours.log_unit))
    variance = stats.invgamma(0.05 + (n - 1) / 2, scale=1 + squares / 2)
    below = variance.cdf(np.sort(np.exp(2 * draws)))
    assert np.abs(below - (np.arange(12_000) + 0.5) / 12_000).max() < BOUND


KINDS = {
    "both unknown": (HALF_NORMAL, HALF_CAUCHY, False),
    "both unknown, relative": (HALF_NORMAL, HALF_CAUCHY, True),
    "noise unknown": (HALF_NORMAL, 1.7, False),
    "noise unknown, relative": (HALF_NORMAL, 1.7, True),
    "prior unknown": (1.3, HALF_CAUCHY, False),
    "heavy tails": (priors.FlatLogScale(), HALF_CAUCHY, True),
}


def summed(
    ours: ScaleMarginals,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log penalties, log noise sds and probabilities on an even grid."""
    x, t = np.linspace(-45, 25, 500), np.linspace(-4, 8, 300)
    if ours.over_penalty and ours.over_noise:
        x, t = (each.ravel() for each in np.meshgrid(x, t))
    elif ours.over_penalty:
        t = ours.noise_implied(x)
    else:
        x = np.full_like(t, ours.fixed_penalty())
    logs = ours.log_density(x, t)
    weights = np.exp(logs - logs.max())
    return x, t, weights / weights.sum()


@pytest.mark.parametrize("kind", KINDS)
def test_logs_of_scales(kind: str) -> None:
    """Means and sds of tables are those of sums over both scales, and so of draws.

    A mean of 4000 draws is off by 6.5 standard errors with probability 8e-11; there
    are at most three means of six kinds.
    """
    noise, prior, relative = KINDS[kind]
    ours = marginals(Dense(12, 3, mean=0.5), noise, prior, relative)
    x, t, weights = summed(ours)
    nodes = ours._grid(0.1, 64)
    draws = ours.sample(np.random.default_rng(6), 4000)
    tables = []
    if ours.over_penalty:
        decay = ours.decay_of_penalty
        tables = [(ours.penalty_table, x, draws[0], ours.log_unit, decay)]
    if isinstance(noise, priors.ScalePrior):
        table = ours.scale_table(nodes, of_noise=True)
        tables.append((table, t, draws[1], 0.0, ours.decay_of_noise))
    if isinstance(prior, priors.ScalePrior):
        table = ours.scale_table(nodes, of_noise=False)
        u, drawn = ours.log_prior_sd(x, t), ours.log_prior_sd(*draws)
        tables.append((table, u, drawn, 0.0, ours.decay_of_prior))
    for (marginal, error), logs, drawn, shift, decay in tables:
        mean = float(weights @ logs)
        sd = float(np.sqrt(weights @ (logs - mean) ** 2))
        found = marginal.log_moments()
        assert found.mean == pytest.approx(mean + shift, abs=1e-6 * sd)
        assert found.sd == pytest.approx(sd, rel=1e-6)
        assert marginal.decay == decay
        assert error < 1e-7
        assert abs(drawn.mean() - mean) < 6.5 * sd / np.sqrt(4000)


def test_a_table_over_lines_has_eight_digits() -> None:
    """Few rows and a prior of long tails, against a sum over both scales."""
    inverse_gammas = priors.InverseGamma(0.3, 1e-3), priors.InverseGamma(3.0, 2.0)
    ours = marginals(Dense(3, 2), *inverse_gammas, False)
    x, t = np.meshgrid(np.linspace(-80, 50, 450), np.linspace(-20, 60, 450))
    logs = ours.log_density(x.ravel(), t.ravel())
    weights = np.exp(logs - logs.max())
    mean = np.average(t.ravel(), weights=weights)
    sd = np.sqrt(np.average((t.ravel() - mean) ** 2, weights=weights))
    marginal, error = ours.scale_table(ours._grid(0.2, 32), of_noise=True)
    found = marginal.log_moments()
    assert found.mean == pytest.approx(mean, abs=1e-8 * sd)
    assert found.sd == pytest.approx(sd, rel=1e-8)
    assert error < 2e-8
