"""The rows that a solver sees: their sizes, weights, and what is projected out."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, SufficientStatistics, likelihoods, priors
from bayes_l2.fits.search.solver_units import SolverUnits

RNG = np.random.default_rng(4)
N = 20
X = RNG.standard_normal((N, 3)) * [1.0, 10.0, 0.1] + [5.0, -3.0, 1.0]
Y = RNG.standard_normal(N) + 7
WEIGHTS = RNG.uniform(0.5, 3.0, N)
INF = np.inf


def model(prior: Any, **options: Any) -> LinearModel:
    options = {"likelihood": likelihoods.Normal(1.0), "weights": WEIGHTS} | options
    return LinearModel(X, Y, prior=prior, **options)


def rms(columns: Any, weights: Any = WEIGHTS) -> Any:
    return np.sqrt(np.average(columns**2, axis=0, weights=weights))


CENTRED = X - np.average(X, axis=0, weights=WEIGHTS)


@pytest.mark.parametrize(
    ("prior", "expected"),
    [
        (priors.Flat(), rms(CENTRED)),
        # one penalty has one size, the largest
        (priors.Normal(2.0), np.full(3, rms(CENTRED).max())),
        (priors.Laplace(2.0), np.full(3, rms(CENTRED).max())),
        # penalties of columns have sizes as one over their sds, or as slopes
        (priors.Normal([1.0, 4.0, 0.5]), np.array([1, 1 / 4, 2]) * 4 * rms(CENTRED)[1]),
        (
            priors.Laplace([1.0, 4.0, 0.5]),
            np.array([1, 1 / 4, 2]) * 4 * rms(CENTRED)[1],
        ),
        # and one without a penalty has its own
        (
            priors.Normal([1.0, INF, 0.5]),
            np.array([rms(CENTRED)[0], rms(CENTRED)[1], 2 * rms(CENTRED)[0]]),
        ),
    ],
    ids=repr,
)
@pytest.mark.parametrize("rowless", [False, True])
def test_sizes_of_columns(prior: Any, expected: Any, rowless: bool) -> None:
    stated = model(prior)
    if rowless:
        statistics = SufficientStatistics.from_rows(X, Y, WEIGHTS)
        stated = LinearModel.from_statistics(
            statistics, likelihood=stated.likelihood, prior=prior
        )
    units = SolverUnits.of(stated)
    np.testing.assert_allclose(units.sizes, expected, rtol=1e-12)
    assert units.total_weight == pytest.approx(WEIGHTS.sum(), rel=1e-12)
    penalised = ~stated.prior.flat_columns(3)
    largest = expected[penalised].max() if penalised.any() else 1.0
    assert units.size == pytest.approx(largest, rel=1e-12)
    np.testing.assert_allclose(
        units.parameters(3.0, expected * [1.0, 2.0, 3.0]), [3.0, 1.0, 2.0, 3.0]
    )
    # squares and products are those of the rows about their mean
    weights: Any = units.weights
    table = np.column_stack([units.X * units.sizes, units.y])
    truth = np.column_stack([CENTRED, Y - np.average(Y, weights=WEIGHTS)])
    products = (table.T * weights) @ table
    np.testing.assert_allclose(products, (truth.T * WEIGHTS) @ truth, atol=1e-10)
    assert units.note == (" on 4 equivalent rows" if rowless else "")
    assert units.intercept is not rowless


def test_without_an_intercept_or_weights_the_rows_stay_where_they_are() -> None:
    units = SolverUnits.of(model(priors.Flat(), intercept=False, weights=None))
    np.testing.assert_allclose(units.X * units.sizes, X, rtol=1e-12)
    np.testing.assert_array_equal(units.y, Y)
    np.testing.assert_allclose(units.sizes, rms(X, None), rtol=1e-12)
    assert units.weights is None
    assert units.total_weight == N
    assert not units.intercept


def test_a_column_of_zeros_has_the_size_one() -> None:
    zeros = LinearModel(
        np.column_stack([np.zeros(N), X[:, 0]]),
        Y,
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal([1.0, INF]),
    )
    np.testing.assert_allclose(SolverUnits.of(zeros).sizes[0], 1.0)
    alone = LinearModel(
        np.zeros((N, 1)), Y, likelihood=likelihoods.Normal(1.0), prior=priors.Flat()
    )
    assert SolverUnits.of(alone).sizes == [1.0]


@pytest.mark.parametrize(
    ("prior", "slope", "curvature"),
    [
        (priors.Laplace(4.0), 1 / 4, 0.0),
        (priors.Laplace([8.0, INF, 4.0]), 1 / 4, 0.0),
        (priors.ElasticNet(4.0, 0.5), 1 / 4, 4.0),
    ],
)
def test_slope_and_curvature_of_the_penalty(
    prior: Any, slope: float, curvature: float
) -> None:
    """Those of the coefficients c of z: a penalty of b = c / size."""
    units = SolverUnits.of(model(prior))
    steepest = units.sizes[2]
    assert units.slopes[0] == pytest.approx(slope / steepest, rel=1e-12)
    assert units.slopes[1] == pytest.approx(curvature / steepest**2, rel=1e-12)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_what_is_projected_out_comes_back_by_least_squares(
    weights: Any, intercept: bool
) -> None:
    """The rest is at right angles to it, and the objective is that of the rows."""
    prior = priors.Normal([1.0, INF, 0.5])
    stated = model(prior, weights=weights, intercept=intercept)
    units, flat = SolverUnits.of(stated), np.array([False, True, False])
    left = units.without(flat)
    share = np.ones(N) if weights is None else weights / weights.mean()
    root = np.sqrt(share)
    constant = np.ones((N, int(intercept)))
    known = root[:, np.newaxis] * np.hstack([constant, units.X[:, flat]])
    np.testing.assert_allclose(known.T @ left.X, 0, atol=1e-12)
    np.testing.assert_allclose(known.T @ left.y, 0, atol=1e-12)
    coef = np.array([0.3, -2.0])
    found, whole = left.completed(coef)
    rest = root * (units.y - units.X[:, ~flat] @ coef)
    expected = np.linalg.lstsq(known, rest)[0]
    np.testing.assert_allclose(whole, [0.3, expected[-1], -2.0], rtol=1e-10)
    assert found == pytest.approx(expected[0] if intercept else 0.0, abs=1e-12)
    residuals = root * (units.y - found - units.X @ whole)
    np.testing.assert_allclose(left.y - left.X @ coef, residuals, atol=1e-12)
