"""Scales whose posterior has two modes, against a brute-force grid over both scales."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    MixturePosterior,
    compare,
    fit_exact,
    likelihoods,
    priors,
)
from bayes_l2.posteriors.quadrature import scale_marginals
from tests.oracles import (
    exponential,
    half_cauchy,
    half_normal,
    inverse_gamma,
)
from tests.posteriors.scale_grid import ScaleGrid, scale_grid

PROBABILITIES = np.array([1e-6, 0.001, 0.05, 0.25, 0.4, 0.6, 0.75, 0.95, 0.999])


@dataclass(frozen=True)
class Bimodal:
    """A model whose two modes weigh about alike: a fit of y, and noise alone."""

    n: int
    p: int
    noise: Any
    prior: Any
    dense_noise: Any
    dense_prior: Any
    share: float = 0.95
    relative: bool = False
    size: tuple[int, int] = (400, 2000)

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(self.n + self.p)
        X = rng.standard_normal((self.n, self.p))
        signal = X.sum(axis=1) * np.sqrt(self.share / self.p)
        return X, signal + np.sqrt(1 - self.share) * rng.standard_normal(self.n)

    def model(self) -> LinearModel:
        prior = priors.Normal(self.prior, relative_to_noise=self.relative)
        noise = likelihoods.Normal(self.noise)
        return LinearModel(*self.data(), likelihood=noise, prior=prior)

    def grid(self, *, over_penalty: bool) -> ScaleGrid:
        return scale_grid(
            *self.data(),
            self.dense_noise,
            self.dense_prior,
            relative=self.relative,
            over_penalty=over_penalty,
            size=self.size,
        )


def half_normals(n: int, tightness: float, **options: Any) -> Bimodal:
    """Return one column under priors that want no noise of 10, and no slope."""
    sd = tightness / n
    return Bimodal(
        n,
        1,
        priors.HalfNormal(10.0),
        priors.HalfNormal(sd),
        half_normal(10.0),
        half_normal(sd),
        **options,
    )


WIDE = priors.HalfCauchy(3.0), half_cauchy(3.0)
TEN = priors.HalfNormal(10.0), half_normal(10.0)


def columns(
    n: int, p: int, noise: Any, prior: Any, dense: Any, **options: Any
) -> Bimodal:
    return Bimodal(n, p, noise[0], prior, noise[1], dense, **options)


INVERSE_GAMMA = {  # of a shape a, and with sd² for b / a
    (a, sd): (priors.InverseGamma(a, a * sd**2), inverse_gamma(a, a * sd**2))
    for a, sd in ((3.0, 0.0188534), (3.0, 0.00495807), (30.0, 0.0114831))
}
CASES = {
    "one column, 200 rows": half_normals(200, 0.607795, size=(300, 4500)),
    "few rows, a heavy tail": columns(
        12, 1, TEN, priors.HalfCauchy(1.51247e-6), half_cauchy(1.51247e-6)
    ),
    "few rows, a heavy tail, relative": columns(
        12,
        1,
        WIDE,
        priors.HalfCauchy(4.3323e-6),
        half_cauchy(4.3323e-6),
        relative=True,
    ),
    "three columns": columns(30, 3, TEN, *INVERSE_GAMMA[3.0, 0.00495807], share=0.9),
    "three columns, relative": columns(
        30, 3, WIDE, *INVERSE_GAMMA[3.0, 0.0188534], share=0.9, relative=True
    ),
    "two columns, a narrow prior": columns(
        100, 2, WIDE, *INVERSE_GAMMA[30.0, 0.0114831]
    ),
    "five columns of noise and signal, relative": columns(
        200,
        5,
        TEN,
        priors.Exponential(0.00275696),
        exponential(0.00275696),
        share=0.5,
        relative=True,
    ),
    "twenty columns": columns(
        300,
        20,
        WIDE,
        priors.Exponential(0.000420868),
        exponential(0.000420868),
        share=0.8,
    ),
}
SCALES = [
    *(
        pytest.param(name, scale, marks=[pytest.mark.slow] * ("relative" in name))
        for name in CASES
        for scale in ("noise_sd", "prior_sd")
    ),
    ("one column, 200 rows", "penalty"),
    ("three columns", "penalty"),
    ("twenty columns", "penalty"),
]


@cache
def solved(name: str) -> MixturePosterior:
    posterior = fit_exact(CASES[name].model())
    assert isinstance(posterior, MixturePosterior)
    return posterior


@cache
def grid(name: str, over_penalty: bool) -> ScaleGrid:
    return CASES[name].grid(over_penalty=over_penalty)


def peaks(dense: ScaleGrid, *, noise: bool) -> int:
    _, heights = dense.density_of(noise=noise)
    middle = heights[1:-1]
    return int(np.sum((middle > heights[:-2]) & (middle > heights[2:])))


@pytest.mark.parametrize(("name", "scale"), SCALES)
def test_marginals_of_two_modes_are_those_of_a_brute_force_grid(
    name: str, scale: str
) -> None:
    posterior, dense = solved(name), grid(name, scale == "penalty")
    axis = {"noise": scale == "noise_sd"}
    assert max(peaks(dense, noise=True), peaks(dense, noise=False)) == 2
    marginal = posterior.marginal(scale)
    quantiles = marginal.ppf(PROBABILITIES)
    expected = dense.cdf(quantiles, **axis)
    np.testing.assert_allclose(expected, PROBABILITIES, atol=1e-8)
    np.testing.assert_allclose(marginal.cdf(quantiles), PROBABILITIES, rtol=1e-9)
    places = np.exp(np.linspace(*np.log(quantiles[[2, -2]]), num=40))
    np.testing.assert_allclose(
        marginal.cdf(places), dense.cdf(places, **axis), atol=1e-8
    )
    moments, (mean, sd, kurtosis) = (
        posterior.log_scale_moments(scale),
        dense.log_moments(**axis),
    )
    assert abs(moments.mean - mean) < 1e-9 * sd
    assert moments.sd == pytest.approx(sd, rel=1e-9)
    assert moments.kurtosis == pytest.approx(kurtosis, rel=1e-8)
    if marginal.std() < np.inf:
        mean, sd = dense.moments(**axis)
        assert abs(marginal.mean() - mean) < 1e-8 * sd
        assert marginal.std() == pytest.approx(sd, rel=1e-8)
    assert posterior.quadrature_error < 1e-8


def test_many_rows_leave_a_deep_valley_between_two_narrow_modes() -> None:
    """The sums of an even grid are exact for analytic bumps that it resolves."""
    case = half_normals(3000, 0.61986, size=(350, 4500))
    posterior, dense = fit_exact(case.model()), case.grid(over_penalty=False)
    for noise, scale in ((True, "noise_sd"), (False, "prior_sd")):
        axis, density = dense.density_of(noise=noise)
        step = axis[1] - axis[0]
        inside = slice(*np.quantile(np.flatnonzero(density > 1e-3), [0, 1]).astype(int))
        valley = inside.start + int(np.argmin(density[inside]))
        assert density[valley] < 1e-12 * density.max()
        below = density[:valley].sum() * step
        assert 0.1 < below < 0.9
        marginal = posterior.marginal(scale)
        assert marginal.cdf(np.exp(axis[valley])) == pytest.approx(below, abs=1e-8)
        moments = posterior.log_scale_moments(scale)
        expected = dense.log_moments(noise=noise)
        np.testing.assert_allclose(moments[1:], expected[1:], rtol=1e-7)
        assert abs(moments.mean - expected[0]) < 1e-8 * moments.sd


def test_draws_from_a_grid_of_two_modes_agree_with_the_exact_posterior() -> None:
    case, dense = CASES["one column, 200 rows"], grid("one column, 200 rows", False)
    X, y = case.data()
    rng = np.random.default_rng(5)
    shares = dense.density.ravel() / dense.density.sum()
    t, u = np.unravel_index(
        rng.choice(shares.size, 8000, p=shares), dense.density.shape
    )
    steps = [axis[1] - axis[0] for axis in (dense.log_noise, dense.log_other)]
    logs = [
        axis[place] + step * rng.uniform(-0.5, 0.5, 8000)
        for axis, place, step in zip(
            (dense.log_noise, dense.log_other), (t, u), steps, strict=True
        )
    ]
    noise_sd, prior_sd = np.exp(logs)
    x, response = X[:, 0] - X.mean(), y - y.mean()
    precision = x @ x / noise_sd**2 + prior_sd**-2
    coef = x @ response / noise_sd**2 / precision
    coef += rng.standard_normal(8000) / np.sqrt(precision)
    intercept = y.mean() - X.mean() * coef
    intercept += noise_sd / np.sqrt(len(y)) * rng.standard_normal(8000)
    draws = {
        "intercept": intercept.reshape(4, 2000),
        "coef": coef.reshape(4, 2000, 1),
        "noise_sd": noise_sd.reshape(4, 2000),
        "prior_sd": prior_sd.reshape(4, 2000),
    }
    comparison = compare(case.model(), routes=("exact",), mcmc=draws)
    assert comparison.passed, str(comparison)


def test_the_quadrature_error_covers_the_marginals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tables that are made finer only once say by how much they may be off."""
    name = "one column, 200 rows"
    monkeypatch.setattr(scale_marginals, "ROUNDS", 2)
    monkeypatch.setattr(scale_marginals, "FIRST_PLACES", 20)
    posterior, dense = fit_exact(CASES[name].model()), grid(name, False)
    assert isinstance(posterior, MixturePosterior)
    places = np.exp(np.linspace(*dense.log_other[[0, -1]], num=200))
    found = posterior.marginal("prior_sd").cdf(places)
    error = np.abs(found - dense.cdf(places, noise=False)).max()
    assert 1e-8 < error < posterior.quadrature_error
