"""Which moments of a posterior are finite, against the power laws of the tails."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    MixturePosterior,
    fit_exact,
    likelihoods,
    priors,
)
from bayes_l2.posteriors.distributions.univariate import NormalMixture
from tests.oracles import flat, half_cauchy, in_sds
from tests.posteriors.mixture_cases import CASES, solved
from tests.posteriors.scale_grid import scale_grid

Normal = likelihoods.Normal


def problem(n: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(10 * n + p)
    X = rng.standard_normal((n, p))
    return X, X.sum(axis=1) + rng.standard_normal(n)


@pytest.mark.parametrize("name", [name for name in CASES if not CASES[name].intercept])
def test_predictions_without_an_intercept_contain_the_noise(name: str) -> None:
    posterior, dense = solved(name)
    new = np.random.default_rng(2).standard_normal((3, CASES[name].p)) + 2
    line = np.einsum("ij,jk,ik->i", new, dense.cov, new)
    variances = {False: line, True: line + dense.average(dense.noise_sd**2)}
    for with_noise, variance in variances.items():
        mean, sd = posterior.predict(new, return_sd=True, observation_noise=with_noise)
        assert in_sds(mean, new @ dense.mean, np.sqrt(line)) < 1e-8
        np.testing.assert_allclose(sd, np.sqrt(variance), rtol=1e-8)
        predictive = posterior.predictive(new, observation_noise=with_noise)
        np.testing.assert_allclose(predictive.std(), np.sqrt(variance), rtol=1e-8)


@pytest.mark.parametrize(
    ("shape", "has_mean"), [(0.25, True), (0.02, True), (0.0, False)]
)
def test_a_student_t_has_a_mean_above_one_degree_of_freedom(
    shape: float, has_mean: bool
) -> None:
    """Two rows and an intercept leave one row: 1 + 2 shape degrees of freedom."""
    noise = priors.InverseGamma(shape, 0.8) if shape else priors.FlatLogScale()
    prior = priors.Normal(0.5, relative_to_noise=True)
    X, y = np.array([[-1.0], [3.0]]), np.array([2.0, 5.0])
    posterior = fit_exact(LinearModel(X, y, likelihood=Normal(noise), prior=prior))
    new = np.array([[0.0], [10.0]])
    for with_noise in (False, True):
        mean, sd = posterior.predict(new, return_sd=True, observation_noise=with_noise)
        assert np.isinf(sd).all()
        predictive = posterior.predictive(new, observation_noise=with_noise)
        # ridge with a penalty of 1 / 0.25 on columns that are -2 and 2 once centred
        line = 3.5 + 6.0 / (8.0 + 4.0) * (new[:, 0] - 1.0)
        np.testing.assert_allclose(predictive.median(), line, rtol=1e-12)
        if has_mean:
            np.testing.assert_allclose(mean, line, rtol=1e-12)
        else:
            assert np.isnan(mean).all()


@pytest.mark.parametrize("n", [3, 4, 5])
def test_heavy_noise_alone_takes_the_variance_of_predictions(n: int) -> None:
    """A known prior bounds the coefficient; n rows leave the noise a tail of s^-n.

    So E s² is finite from n = 4 rows on. The mean of a new row is 0 s in any case.
    """
    X, y = problem(n, 1)
    posterior = fit_exact(
        LinearModel(
            X,
            y,
            likelihood=Normal(priors.FlatScale()),
            prior=priors.Normal(2.0),
            intercept=False,
        )
    )
    assert isinstance(posterior, MixturePosterior)
    line = posterior.predictive(X, observation_noise=False)
    assert np.isfinite(line.std()).all()
    predictive = posterior.predictive(X)
    finite = n > 3
    assert (np.isfinite(predictive.std()) == finite).all()
    assert (np.isinf(predictive.var()) == (not finite)).all()
    assert np.isfinite(predictive.mean()).all()
    sd = posterior.predict(X, return_sd=True)[1]
    assert (np.isfinite(sd) == finite).all()
    assert np.isfinite(posterior.predict(X, return_sd=True, observation_noise=False))[
        1
    ].all()


@pytest.mark.parametrize("n", [3, 4])
def test_scales_that_are_large_together_bound_the_moments(n: int) -> None:
    """The rows cannot tell large scales apart from their ratio alone.

    With n - 1 rows, a half-Cauchy noise sd and a flat prior sd the density of both at
    a fixed ratio falls as s^-(n - 1), which is slower than with either alone.
    """
    X, y = problem(n, n - 1)
    posterior = fit_exact(
        LinearModel(
            X,
            y,
            likelihood=Normal(priors.HalfCauchy(1.0)),
            prior=priors.Normal(priors.FlatScale()),
        )
    )
    grid = scale_grid(X, y, half_cauchy(1.0), flat)
    axis, density = grid.density_of(noise=True)
    fall = -np.diff(np.log(density[-40:])).mean() / (axis[1] - axis[0])
    assert fall == pytest.approx(n - 1, abs=0.05)
    finite = fall > 2.5
    d = len(posterior.layout.names)
    assert (np.isfinite(posterior.location.sd) == finite).all()
    assert np.isfinite(posterior.location.mean).all()
    assert np.isfinite(posterior.sd[d]) == finite
    mean, sd = posterior.predict(X, return_sd=True, observation_noise=False)
    assert np.isfinite(mean).all()
    assert (np.isfinite(sd) == finite).all()
    assert not np.isnan(sd).any()


@pytest.mark.parametrize(
    ("n", "noise", "prior", "infinite"),
    [
        (2, priors.HalfCauchy(1.0), priors.FlatScale(), [True, True]),
        (4, priors.FlatScale(), [2.0, np.inf], [False, True]),
    ],
)
def test_a_line_of_coefficients_without_a_variance_has_none(
    n: int, noise: Any, prior: Any, infinite: list[bool]
) -> None:
    """There is no intercept: the coefficients alone decide."""
    X, y = problem(n, 2)
    terms: Any = {"likelihood": Normal(noise), "prior": priors.Normal(prior)}
    posterior = fit_exact(LinearModel(X, y, intercept=False, **terms))
    assert np.isinf(posterior.location.sd).tolist() == infinite
    mean, sd = posterior.predict(X, return_sd=True, observation_noise=False)
    assert np.isfinite(mean).all()
    assert np.isinf(sd).all()


@pytest.mark.parametrize(
    ("decay", "mean", "std"),
    [(0.9, np.nan, np.inf), (1.5, 1.0, np.inf), (2.5, 1.0, 2.0)],
)
def test_a_mixture_without_a_variance_has_an_infinite_sd(
    decay: float, mean: float, std: float
) -> None:
    mixture = NormalMixture(np.ones(1), np.ones(1), np.full(1, 2.0), decay)
    assert mixture.mean() == pytest.approx(mean, nan_ok=True)
    assert (mixture.std(), mixture.var()) == (std, std**2)
