"""Posteriors of dependent columns and unlike scales, against 320-digit arithmetic.

A mean or an sd is within 1e-6 posterior sds of it, or it is refused.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    NormalInverseGammaPosterior,
    SufficientStatistics,
    fit_exact,
    likelihoods,
    priors,
)
from tests.posteriors.least_squares.rounding_cases import Case, case, mp, precisely

ALLOWED = 1e-6  # posterior sds
REFUSED = r"not known to 1e-6 of its sds|do not determine the coefficient"


def unless_refused(fit: Callable[[], Any]) -> Any:
    """Return a posterior, or None where it is refused for its rounding."""
    try:
        return fit()
    except ValueError as error:
        if not re.search(REFUSED, str(error)):
            raise
        return None


@pytest.mark.parametrize("decades", [3, 6, 10, 20])
@pytest.mark.parametrize("seed", range(20))
def test_posterior_of_rows(seed: int, decades: int) -> None:
    c = case(seed, decades)
    posterior, exact = fit_exact(c.model()), precisely(c)
    assert exact.error(posterior.mean, posterior.cov) < ALLOWED
    log_evidence = float(exact.log_evidence)
    assert posterior.log_evidence == pytest.approx(log_evidence, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("decades", [3, 6, 20])
@pytest.mark.parametrize("seed", range(20))
def test_posterior_of_statistics_or_a_refusal(seed: int, decades: int) -> None:
    c = case(seed, decades)
    statistics = SufficientStatistics.from_rows(**c.part(slice(None)))
    model = c.model()
    rounded = LinearModel.from_statistics(
        statistics,
        likelihood=model.likelihood,
        prior=model.prior,
        intercept=c.intercept,
    )
    posterior = unless_refused(lambda: fit_exact(rounded))
    if posterior is not None:
        assert precisely(c).error(posterior.mean, posterior.cov) < ALLOWED


@pytest.mark.parametrize("decades", [3, 6, 20])
@pytest.mark.parametrize("seed", range(20))
def test_posterior_of_rows_that_come_in_two_parts(seed: int, decades: int) -> None:
    c = case(seed, decades)
    half = len(c.y) // 2 or 1
    first, rest = c.model(slice(0, half)), c.part(slice(half, None))
    posterior = unless_refused(lambda: fit_exact(first).condition(**rest))
    if posterior is not None:
        assert precisely(c).error(posterior.mean, posterior.cov) < ALLOWED


@pytest.mark.parametrize("decades", [3, 6, 10])
@pytest.mark.parametrize("seed", range(20))
def test_posterior_relative_to_an_unknown_noise_sd(seed: int, decades: int) -> None:
    c = case(seed, decades)
    prior = priors.InverseGamma(3.0, 1e-30)
    posterior = fit_exact(c.model(noise=prior))
    assert isinstance(posterior, NormalInverseGammaPosterior)
    exact = precisely(c, relative=True)
    shape = 3 + (len(c.y) - int(c.intercept)) / 2
    with mp.workdps(320):
        factor = (mp.mpf(1e-30) + exact.sum_of_squares / 2) / (shape - 1)
        error = exact.error(posterior.location.mean, posterior.location.cov, factor)
    assert error < ALLOWED


@pytest.mark.parametrize("noise_sd", [1e-5, 1e-7, 1e-8, 1e-10, 1e-12])
def test_a_column_twice_under_little_noise(noise_sd: float) -> None:
    rng = np.random.default_rng(4)
    X = rng.standard_normal((20, 3))
    X[:, 2] = X[:, 0]
    y = X @ [1.0, -2.0, 0.5] + noise_sd * rng.standard_normal(20)
    for intercept in (False, True):
        c = Case(X, y, None, noise_sd, 1.0, None, np.zeros(3), intercept)
        posterior, exact = fit_exact(c.model()), precisely(c)
        assert exact.error(posterior.mean, posterior.cov) < ALLOWED
        # the line at new rows
        rows = rng.standard_normal((4, 3))
        mean, sd = posterior.predict(rows, return_sd=True, observation_noise=False)
        for i, row in enumerate(np.column_stack([np.ones((4, int(intercept))), rows])):
            z = mp.matrix(row.tolist())
            with mp.workdps(320):
                exact_mean = float((z.T * exact.mean)[0])
                exact_sd = float(mp.sqrt((z.T * exact.cov * z)[0]))
            assert abs(mean[i] - exact_mean) < ALLOWED * exact_sd + 1e-15
            assert sd[i] == pytest.approx(exact_sd, rel=ALLOWED)


def test_a_problem_too_large_for_decimals_is_refused() -> None:
    rng = np.random.default_rng(5)
    X = rng.standard_normal((20_000, 15))
    X[:, 14] = X[:, 0]
    y = X.sum(axis=1) + 1e-10 * rng.standard_normal(20_000)
    model: Any = LinearModel(
        X, y, likelihood=likelihoods.Normal(1e-10), prior=priors.Normal(1.0)
    )
    with pytest.raises(ValueError, match=REFUSED):
        GaussianPosterior.of(model)
