"""A model in units of powers of two has the estimate of the model itself."""

from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from bayes_l2 import (
    LinearModel,
    PointEstimate,
    SufficientStatistics,
    fit_map,
    likelihoods,
    priors,
)
from bayes_l2.fits.units import Units, in_range

RNG = np.random.default_rng(0)
X = RNG.standard_normal((12, 3)) * [1e6, 3e-5, 2.0]
Y = 170 * RNG.standard_normal(12)
SD = 130.0
SIZES = np.array([1e-4, 1e6, 40.0])  # of the coefficients
CORE: Any = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 2.0]])
MEAN = np.array([2e-4, -3e6, 50.0])


def solved_in_units(model: LinearModel) -> Any:
    units = Units.of(model)
    assert units is not None
    assert (units.columns != 0).all()
    return units.restored(fit_map(units.model), model)


@pytest.mark.parametrize("rowless", [False, True])
@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("full", [False, True])
def test_a_gaussian_prior_with_a_mean(
    full: bool, relative: bool, rowless: bool
) -> None:
    core: Any = CORE if full else np.diag(np.diag(CORE))
    cov = core * np.multiply.outer(SIZES, SIZES) / (SD**2 if relative else 1.0)
    options: dict[str, Any] = {"mean": MEAN, "relative_to_noise": relative}
    sds: Any = np.sqrt(np.diag(cov))
    prior = priors.Normal(cov=cov, **options) if full else priors.Normal(sds, **options)
    terms: dict[str, Any] = {"likelihood": likelihoods.Normal(SD), "prior": prior}
    model = LinearModel(X, Y, intercept=False, **terms)
    if rowless:
        statistics = SufficientStatistics.from_rows(X, Y)
        model = LinearModel.from_statistics(statistics, intercept=False, **terms)
    found = solved_in_units(model)
    # with columns and coefficients of size 1
    columns, mean = X * SIZES / SD, MEAN / SIZES
    precision = columns.T @ columns + np.linalg.inv(core)
    response = columns.T @ Y / SD + np.linalg.solve(core, mean)
    coef = np.linalg.solve(precision, response)
    sds = np.sqrt(np.diag(np.linalg.inv(precision)))
    assert np.abs((found.coef / SIZES - coef) / sds).max() < 1e-10
    log_density = stats.norm.logpdf(Y, X @ (SIZES * coef), SD).sum()
    log_density += stats.multivariate_normal(mean, core).logpdf(coef)
    log_density -= np.log(SIZES).sum()
    assert found.objective == pytest.approx(-log_density, rel=1e-10)
    assert found.noise_sd == SD
    assert np.isnan(found.prior_sd)  # there is no one sd
    assert found.model is model


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


@pytest.mark.parametrize("labels", ["ab", "abc"])
def test_classes_have_no_unit(labels: str) -> None:
    """At the mode X'(y - p) is coef / sd², and the objective is that of softmax."""
    sd, y = 0.5, np.array(list(labels * 12)[:12])
    kinds = {2: likelihoods.Bernoulli(), 3: likelihoods.Categorical()}
    x = X[:, [0]]
    model = LinearModel(
        x, y, likelihood=kinds[len(labels)], prior=priors.Normal(1e-6 * sd)
    )
    found = solved_in_units(model)
    coef, intercept = 1e6 * found.coef, found.intercept
    if len(labels) == 2:
        eta = np.column_stack([np.zeros(12), intercept + x @ found.coef])
    else:
        eta = intercept + x @ found.coef.T
    truth = y[:, np.newaxis] == list(labels)
    log_p = special.log_softmax(eta, axis=1)
    slope = (1e-6 * x).T @ (truth - np.exp(log_p))
    last = slope.shape[1] - np.size(coef)
    np.testing.assert_allclose(slope[0, last:], np.ravel(coef) / sd**2, atol=1e-9)
    prior = stats.norm.logpdf(found.coef, 0, 1e-6 * sd).sum()
    assert found.objective == pytest.approx(-(log_p[truth].sum() + prior), rel=1e-12)
    assert found.prior_sd == 1e-6 * sd
    assert np.isnan(found.noise_sd)


# the rows know more of columns 0 and 2, and these priors more of column 1
NARROW = np.array([1e9, 1e-3, 1e9])
PRIORS = {
    "flat": priors.Flat(),
    "sds": priors.Normal(NARROW),
    "relative": priors.Normal(NARROW / SD, relative_to_noise=True),
    "covariance": priors.Normal(cov=np.diag(NARROW**2)),
    "L1": priors.Laplace(NARROW),
    "elastic net, by L1": priors.ElasticNet(1e-9, 1e9),
    "elastic net, by L2": priors.ElasticNet(1e9, 1e-9),
    "elastic net, by rows": priors.ElasticNet(1e9, 1e9),
}


@pytest.mark.parametrize("rowless", [False, True])
@pytest.mark.parametrize("name", PRIORS)
def test_in_its_units_every_coefficient_has_a_curvature_of_about_one(
    name: str, rowless: bool
) -> None:
    """It is between 1/4 and 16 but for the elastic net, which has one unit for all."""
    terms: Any = {"likelihood": likelihoods.Normal(SD), "prior": PRIORS[name]}
    far = X * 1e-3 + X.max(axis=0)
    model = LinearModel(far, Y, intercept=False, **terms)
    if rowless:
        statistics = SufficientStatistics.from_rows(far, Y)
        model = LinearModel.from_statistics(statistics, intercept=False, **terms)
    units = Units.of(model)
    assert units is not None
    curvature = np.diag(units.model.log_posterior.information(np.zeros(3)))
    assert curvature.max() < 20
    least = curvature.max() if "elastic" in name else curvature.min()
    assert least >= 0.25


@pytest.mark.parametrize(("largest", "far"), [(1e55, False), (1e65, True)])
def test_one_far_column_is_enough(largest: float, far: bool) -> None:
    model = LinearModel(
        X[:, [2]] * [1.0, largest],
        Y,
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal([1.0, 1 / largest]),
    )
    units = Units.of(model)
    assert units is not None
    assert units.are_far == far


@pytest.mark.parametrize(
    ("columns", "y", "noise_sd", "there_are"),
    [
        (1.0, 1e148, 1e-10, False),
        (1.0, 1e20, 1e-100, True),
        (1e148, 1.0, 1e-10, True),
    ],
)
@pytest.mark.parametrize("rowless", [False, True])
def test_there_are_units_unless_y_overflows_in_noise_sds(
    columns: float, y: float, noise_sd: float, there_are: bool, rowless: bool
) -> None:
    rows: Any = columns * (1 + X[:, [2, 2]] ** 2), np.append(y * Y[:-1], 1e-20)
    terms: Any = {"likelihood": likelihoods.Normal(noise_sd), "prior": priors.Flat()}
    model = LinearModel(*rows, **terms)
    if rowless:
        statistics = SufficientStatistics.from_rows(rows[0], rows[1] + y)
        model = LinearModel.from_statistics(statistics, **terms)
    assert (Units.of(model) is not None) == there_are


def test_a_search_that_stops_short_goes_on_in_other_units_if_these_are_far() -> None:
    """Its first attempt has one iteration here, from a start that is not the mode."""

    def found(column: Any, first: int) -> PointEstimate:
        model = LinearModel(
            column, np.arange(12) > 5, likelihood=likelihoods.Bernoulli(),
            prior=priors.Normal(float(1 / np.abs(column).max())),
        )  # fmt: skip
        seen: list[LinearModel] = []

        def solve(each: LinearModel) -> PointEstimate:
            seen.append(each)
            return fit_map(each, max_iterations=200 if len(seen) > 1 else first)

        return in_range(solve, model)

    x = X[:, [2]]
    assert found(1e65 * x, first=1).converged
    assert not found(x, first=1).converged
    plain = found(x, first=200).coef
    np.testing.assert_allclose(1e65 * found(1e65 * x, first=1).coef, plain, rtol=1e-9)


@pytest.mark.parametrize("rowless", [False, True])
def test_a_model_without_units_is_refused_by_its_sizes(rowless: bool) -> None:
    rows: Any = [[3.0, 3e9], [4.0, 4e9]], [-7e20, 7e20]
    terms: Any = {
        "likelihood": likelihoods.Normal(priors.HalfNormal(1.0)),
        "prior": priors.Normal(1.0),
    }
    model = LinearModel(*rows, **terms)
    if rowless:
        statistics = SufficientStatistics.from_rows(rows[0], np.full(2, 7e20))
        model = LinearModel.from_statistics(statistics, **terms)

    def overflows(_: LinearModel) -> PointEstimate:
        raise AssertionError(np.array([1e200]) ** 2)

    def has_no_number(_: LinearModel) -> PointEstimate:
        raise AssertionError(np.zeros(1) / np.zeros(1))

    sizes = r"sizes of columns from 5 to 5e\+09, of y 7e\+20; rescale the columns"
    for attempt in (overflows, has_no_number):
        with pytest.raises(ValueError, match=sizes):
            in_range(attempt, model)
