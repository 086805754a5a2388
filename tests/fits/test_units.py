"""A model in units of powers of two has the estimate of the model itself."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import LinearModel, SufficientStatistics, fit_map, likelihoods, priors
from bayes_l2.fits.units import Units

RNG = np.random.default_rng(0)
X = RNG.standard_normal((12, 3)) * [1e6, 3e-5, 2.0]
Y = 170 * RNG.standard_normal(12)
SD = 130.0
SIZES = np.array([1e-4, 1e6, 40.0])  # of the coefficients
CORE: Any = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 2.0]])
COV = CORE * np.multiply.outer(SIZES, SIZES)
MEAN = np.array([2e-4, -3e6, 50.0])


def solved_in_units(model: LinearModel) -> Any:
    units = Units.of(model)
    assert units is not None
    assert (units.columns != 0).all()
    return units.restored(fit_map(units.model), model)


@pytest.mark.parametrize("rowless", [False, True])
@pytest.mark.parametrize("relative", [False, True])
def test_a_prior_with_covariances_and_a_mean(relative: bool, rowless: bool) -> None:
    cov = COV / SD**2 if relative else COV
    prior = priors.Normal(cov=cov, mean=MEAN, relative_to_noise=relative)
    terms: dict[str, Any] = {"likelihood": likelihoods.Normal(SD), "prior": prior}
    model = LinearModel(X, Y, intercept=False, **terms)
    if rowless:
        statistics = SufficientStatistics.from_rows(X, Y)
        model = LinearModel.from_statistics(statistics, intercept=False, **terms)
    found = solved_in_units(model)
    # with columns and coefficients of size 1
    columns, mean = X * SIZES / SD, MEAN / SIZES
    precision = columns.T @ columns + np.linalg.inv(CORE)
    response = columns.T @ Y / SD + np.linalg.solve(CORE, mean)
    coef = np.linalg.solve(precision, response)
    sds = np.sqrt(np.diag(np.linalg.inv(precision)))
    assert np.abs((found.coef / SIZES - coef) / sds).max() < 1e-10
    log_density = stats.norm.logpdf(Y, X @ (SIZES * coef), SD).sum()
    log_density += stats.multivariate_normal(mean, CORE).logpdf(coef)
    log_density -= np.log(SIZES).sum()
    assert found.objective == pytest.approx(-log_density, rel=1e-10)


@pytest.mark.parametrize("scale", [1e-6, 3e-4, 1.0])
def test_absolute_loss_is_a_weighted_median(scale: float) -> None:
    """The prior counts as a row at 0: sum |x| |y/x - b| / SD + |b| / scale."""
    x = X[:, :1]
    model = LinearModel(
        x,
        Y,
        likelihood=likelihoods.Laplace(SD),
        prior=priors.Laplace(scale),
        intercept=False,
    )
    found = solved_in_units(model)
    places = np.append(Y / x[:, 0], 0.0)
    weights = np.append(np.abs(x[:, 0]) / SD, 1 / scale)
    order = np.argsort(places)
    half = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    coef = places[order][half]
    log_density = stats.laplace.logpdf(Y, coef * x[:, 0], SD).sum()
    log_density += stats.laplace.logpdf(coef, 0, scale)
    assert found.objective == pytest.approx(-log_density, rel=1e-8)
    assert found.coef[0] == pytest.approx(coef, rel=1e-6, abs=1e-9 * SD / 1e6)
