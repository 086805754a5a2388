"""Draws of NUTS have the exact posterior's distribution, by either engine."""

import arviz as az
import numpy as np
import pytest
import xarray as xr
from scipy import stats

from bayes_l2 import GaussianPosterior, LinearModel

# The rate of each statistical test in this module, for averages of draws taken as
# normal. The false alarms of a whole run add up to less than 1e-6: 66 tests here at
# 1e-9, some 25 sampled comparisons at comparison.FALSE_ALARM_RATE = 1e-8, and 2000
# numbers within 6.5 standard errors (8e-11 each).
FALSE_ALARM = 1e-9


@pytest.mark.parametrize(
    "engine", ["nutpie", pytest.param("pymc", marks=pytest.mark.slow)]
)
def test_nuts_agrees_with_the_exact_posterior(
    diabetes: LinearModel, engine: str, request: pytest.FixtureRequest
) -> None:
    draws = request.getfixturevalue(f"{engine}_draws")["posterior"].to_dataset()
    exact = GaussianPosterior.of(diabetes)
    values = stacked(draws)
    r_hat = max(float(az.rhat(draws)[name].max()) for name in ("intercept", "coef"))
    # chains of 400 draws may have more by chance: the fixture few_draws says how much
    assert r_hat <= {"nutpie": 1.01, "pymc": 1.05}[engine]
    effective = columns(az.ess(draws, method="bulk"))
    assert effective.min() >= 400

    bound = stats.norm.isf(FALSE_ALARM / 2)
    means, sds = values.mean(axis=(0, 1)), values.std(axis=(0, 1), ddof=1)
    assert np.abs((means - exact.mean) / columns(az.mcse(draws))).max() < bound
    assert np.abs((sds - exact.sd) / columns(az.mcse(draws, method="sd"))).max() < bound

    # Kolmogorov-Smirnov needs independent draws: thin them by their autocorrelation
    step = int(np.ceil(3 * values.shape[0] * values.shape[1] / effective.min()))
    for j, name in enumerate(exact.names):
        thinned = values[:, ::step, j].reshape(-1)
        assert stats.kstest(thinned, exact.marginal(name).cdf).pvalue > FALSE_ALARM, (
            name
        )
        assert len(thinned) >= 200


def stacked(draws: xr.Dataset) -> np.ndarray:
    """Draws of (intercept, coefficients), shape (chain, draw, parameter)."""
    intercept = draws["intercept"].to_numpy()[..., np.newaxis]
    return np.concatenate([intercept, draws["coef"].to_numpy()], axis=-1)


def columns(dataset: xr.Dataset) -> np.ndarray:
    """A statistic of (intercept, coefficients), shape (parameter,)."""
    return np.append(dataset["intercept"].to_numpy(), dataset["coef"].to_numpy())
