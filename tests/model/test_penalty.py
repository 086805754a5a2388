"""The penalty that depends on an unknown scale, its reserved name, and row weights."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    fit_exact,
    likelihoods,
    penalty_in,
    priors,
)
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.fast_density import fast_density
from bayes_l2.model.description import assumptions
from bayes_l2.model.penalty import mode_is_mean

RNG = np.random.default_rng(11)
X, Y = RNG.standard_normal((12, 2)), RNG.standard_normal(12)
HALF = priors.HalfNormal(2.0)
NORMAL, FLAT = priors.Normal, priors.Flat


def model_of(noise: Any, prior: Any, **options: Any) -> LinearModel:
    likelihood = likelihoods.Normal(noise)
    return LinearModel(X, Y, likelihood=likelihood, prior=prior, **options)


# noise sd, prior, and the scales that the penalty depends on
PENALTIES = {
    "known": (1.0, NORMAL(2.0), []),
    "noise": (HALF, NORMAL(2.0), ["noise_sd"]),
    "prior": (1.0, NORMAL(HALF), ["prior_sd"]),
    "both": (HALF, NORMAL(HALF), ["noise_sd", "prior_sd"]),
    "relative, noise": (HALF, NORMAL(2.0, relative_to_noise=True), []),
    "relative, known": (1.0, NORMAL(2.0, relative_to_noise=True), []),
    "relative, prior": (1.0, NORMAL(HALF, relative_to_noise=True), ["prior_sd"]),
    "relative, both": (HALF, NORMAL(HALF, relative_to_noise=True), ["prior_sd"]),
    "flat": (HALF, FLAT(), []),
}


@pytest.mark.parametrize("case", PENALTIES)
def test_the_penalty_is_random_where_it_depends_on_an_unknown_scale(case: str) -> None:
    """It is 1 / prior_sd² for every noise sd where the prior is relative to it."""
    noise, prior, scales = PENALTIES[case]
    model = model_of(noise, prior)
    assert model.has_random_penalty is bool(scales)
    if not scales:
        expected = 0.0 if prior.is_flat else 0.25
        assert model.penalty == pytest.approx(expected, rel=1e-15)
        assert "penalty" not in fit_exact(model).to_datatree(draws=4)["posterior"]
        return
    with pytest.raises(ValueError, match=f"depends on {' and '.join(scales)};"):
        _ = model.penalty
    tree = fit_exact(model).to_datatree(draws=4, seed=0)
    drawn: Any = tree["posterior"].to_dataset()
    fixed = 1.0 if prior.relative_to_noise else drawn.get("noise_sd", 1.0)
    spread = drawn.get("prior_sd", 2.0)
    np.testing.assert_allclose(drawn["penalty"], (fixed / spread) ** 2, rtol=1e-12)


@pytest.mark.parametrize("case", PENALTIES)
def test_the_names_of_what_is_unknown_are_reserved(case: str) -> None:
    noise, prior, scales = PENALTIES[case]
    unknown = model_of(noise, prior).unknown_scales
    taken = {"intercept", *unknown, *["penalty"] * bool(scales)}
    for name in ("intercept", "noise_sd", "prior_sd", "penalty"):
        names = [name, "other"]
        if name in taken:
            with pytest.raises(ValueError, match=f"the column name '{name}' is taken"):
                model_of(noise, prior, feature_names=names)
        else:
            model = model_of(noise, prior, feature_names=names)
            assert model.feature_names == (name, "other")


@pytest.mark.parametrize("case", PENALTIES)
def test_a_joint_mode_is_the_mean_where_the_mean_depends_on_no_unknown_scale(
    case: str,
) -> None:
    noise, prior, _ = PENALTIES[case]
    expected = case in {"known", "relative, noise", "relative, known", "flat"}
    assert mode_is_mean(likelihoods.Normal(noise), prior) is expected


@pytest.mark.parametrize("noise_sd", [1e-100, 1e100])
def test_a_penalty_that_no_double_holds_is_refused(noise_sd: float) -> None:
    with pytest.raises(ValueError, match="penalty is beyond double precision: noise"):
        _ = model_of(noise_sd, NORMAL(1 / noise_sd)).penalty
    penalty = model_of(noise_sd, NORMAL(noise_sd / 3)).penalty
    assert penalty == pytest.approx(9.0, rel=1e-14)


# twelve weights: neither their sum nor the sum of their logarithms tells alone
WEIGHTS = {
    "ones": (np.ones(12), False),
    "product 1": (np.tile([2.0, 0.5], 6), True),
    "sum n": (np.tile([1.5, 0.5], 6), True),
    "neither": (np.linspace(0.5, 3.0, 12), True),
}


@pytest.mark.parametrize("case", WEIGHTS)
def test_weights_other_than_one_are_seen_in_statistics(case: str) -> None:
    weights, is_weighted = WEIGHTS[case]
    statistics = SufficientStatistics.from_rows(X, Y, weights=weights)
    assert statistics.is_weighted is is_weighted
    expected = weights.sum() if is_weighted else None
    assert statistics.summary()["weight_sum"] == expected
    likelihood, prior = likelihoods.Normal(1.0), NORMAL(2.0)
    gone = LinearModel.from_statistics(statistics, likelihood=likelihood, prior=prior)
    assert ("w" in assumptions(gone)["objective"]) == is_weighted
    words = " ".join(penalty_in(gone, "elastic-net").assumptions)
    assert ("rows have no weights" in words) is not is_weighted


@pytest.mark.parametrize("case", WEIGHTS)
@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("intercept", [True, False])
def test_the_slope_by_the_noise_sd_counts_rows(
    case: str, relative: bool, intercept: bool
) -> None:
    """A row of weight w has the noise variance sd² / w, and counts once."""
    weights, _ = WEIGHTS[case]
    prior = NORMAL(0.7, relative_to_noise=relative)
    model = model_of(HALF, prior, weights=weights, intercept=intercept)
    location, sd, step = np.array([0.3, -0.2, 0.5]), 1.3, 1e-5
    a, b = (location[0], location[1:]) if intercept else (0.0, location[1:])
    point = np.append(location if intercept else b, sd)

    def log_density(noise_sd: float) -> float:
        spread = 0.7 * (noise_sd if relative else 1.0)
        rows = stats.norm.logpdf(Y, a + X @ b, noise_sd / np.sqrt(weights)).sum()
        belief = stats.norm.logpdf(b, 0, spread).sum()
        return rows + belief + stats.halfnorm.logpdf(noise_sd, scale=2.0)

    slope = (log_density(sd + step) - log_density(sd - step)) / (2 * step)
    assert model.log_posterior.gradient(point)[-1] == pytest.approx(slope, abs=1e-7)
    coordinates = FreeCoordinates(model, log_power=1)
    u = coordinates.free(point)
    by_log = (slope * sd + 1) * coordinates.scale[-1]  # one of the logarithm's volume
    assert coordinates.gradient(u)[-1] == pytest.approx(by_log, abs=1e-6)
    _, gradient = fast_density(coordinates)(u)
    assert gradient[-1] == pytest.approx(by_log, abs=1e-6)
