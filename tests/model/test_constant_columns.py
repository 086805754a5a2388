"""Columns that are constant, or differ by the rounding of their size alone."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    choose_penalty,
    datasets,
    fit_exact,
    fit_map,
    likelihoods,
    priors,
)

RNG = np.random.default_rng(3)
X = RNG.standard_normal((40, 2))
VALUES = [3.0, 0.1, 3.7, -123.456, 1e-30, 1e30, 1e8 + 0.1, 1e16 + 2.0]
ROUNDED = 1 + np.finfo(float).eps / 2 * RNG.integers(-1, 2, 40)
UNKNOWN = priors.FlatLogScale()
over_values = pytest.mark.parametrize("value", VALUES)
over_rounding = pytest.mark.parametrize("factor", [np.ones(40), ROUNDED])


@over_values
@over_rounding
@pytest.mark.parametrize("weights", [None, RNG.uniform(0.1, 9, 40)])
@pytest.mark.parametrize(
    "prior", [priors.Normal(UNKNOWN), priors.Normal(1.0), priors.Flat()]
)
def test_a_constant_response_leaves_no_noise_to_integrate(
    value: float, factor: Any, weights: Any, prior: Any
) -> None:
    model = LinearModel(
        X,
        value * factor,
        likelihood=likelihoods.Normal(UNKNOWN),
        prior=prior,
        weights=weights,
    )
    with pytest.raises(ValueError, match="improper at small noise_sd"):
        fit_exact(model)
    if not prior.is_flat:
        with pytest.raises(ValueError, match="y is constant"):
            choose_penalty(model)


@over_values
def test_merged_statistics_of_a_constant_response_are_constant(value: float) -> None:
    y = np.full(len(X), value)
    batches = [(X[:7], y[:7]), (X[7:8], y[7:8]), (X[8:], y[8:])]
    merged = SufficientStatistics.from_batches(batches)
    assert merged.mean[-1] == value
    np.testing.assert_array_equal(merged.factor[:, -1], 0.0)


@pytest.mark.parametrize("level", [0.0, 1e4, -1e8, 1e12])
def test_columns_that_fit_but_for_the_rounding_of_y_leave_no_noise(
    level: float,
) -> None:
    y = level + X @ [2.0, -1.0]
    terms: dict[str, Any] = {"prior": priors.Normal(UNKNOWN)}
    exact = LinearModel(X, y, likelihood=likelihoods.Normal(UNKNOWN), **terms)
    with pytest.raises(ValueError, match="improper at small noise_sd"):
        fit_exact(exact)
    noise = 1e-9 * (1 + abs(level)) * RNG.standard_normal(40)
    noisy = LinearModel(X, y + noise, likelihood=likelihoods.Normal(UNKNOWN), **terms)
    assert not noisy.propriety.columns_fit


def test_a_row_of_little_weight_is_no_rounding() -> None:
    """Its deviation of 1 has the weight 1e-40, as in the sum of squares."""
    y = np.full(40, 3.0)
    y[0] = 4.0
    weights = np.ones(40)
    weights[0] = 1e-40
    statistics = SufficientStatistics.from_rows(X, y, weights)
    assert np.linalg.norm(statistics.factor[:, -1]) == pytest.approx(1e-20, rel=1e-6)


@pytest.mark.parametrize("spread", [1e-6, 1e-9])
def test_a_small_spread_is_no_rounding(spread: float) -> None:
    """Near 1000 numbers are 1e-13 apart, so a spread of 1e-9 has four digits."""
    y = 1000 + spread * RNG.standard_normal(40)
    statistics = SufficientStatistics.from_rows(X, y)
    deviations = y - 1000  # exact: both are near each other
    expected = np.sum((deviations - deviations.mean()) ** 2)
    assert np.sum(statistics.factor[:, -1] ** 2) == pytest.approx(expected, rel=1e-6)


@over_values
@over_rounding
def test_a_standardised_constant_column_is_zero(value: float, factor: Any) -> None:
    table = pd.DataFrame({"a": value * factor, "b": X[:, 0]})
    constant, other = datasets.standardise(table).to_numpy().T
    np.testing.assert_array_equal(constant, 0.0)
    assert np.std(other) == pytest.approx(1, rel=1e-14)
    assert np.mean(other) == pytest.approx(0, abs=1e-15)


def test_standardised_columns_keep_their_digits_far_from_zero() -> None:
    far = pd.DataFrame({"time": 1.6e9 + np.arange(40.0)})
    expected = (np.arange(40.0) - 19.5) / np.sqrt((40**2 - 1) / 12)
    np.testing.assert_allclose(datasets.standardise(far)["time"], expected, rtol=1e-14)


@over_values
@over_rounding
@pytest.mark.parametrize(
    ("likelihood", "y"),
    [
        (likelihoods.Bernoulli(), X[:, 0] + RNG.standard_normal(40) > 0),
        (likelihoods.Laplace(1.0), X[:, 0] + RNG.standard_normal(40)),
        (likelihoods.Poisson(), RNG.poisson(2.0, 40)),
    ],
)
def test_a_constant_column_beside_an_intercept_is_dependent(
    value: float, factor: Any, likelihood: Any, y: Any
) -> None:
    columns = np.column_stack([X[:, 0], value * factor])
    model = LinearModel(columns, y, likelihood=likelihood, prior=priors.Flat())
    with pytest.raises(ValueError, match="their rank is 2"):
        fit_map(model)
