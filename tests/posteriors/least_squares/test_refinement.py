"""Refinement returns the digits that a factorisation in double precision loses.

Without it the problems here have 9 to 12 digits where 14 are asked for. The oracle is
rational arithmetic on the same doubles.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors
from bayes_l2.posteriors.least_squares.refinement import (
    condition_number,
    twofold_product,
    twofold_sum,
)
from tests.oracles import correct_digits, rational_posterior

DIGITS = 14.1  # a digit below the least seen over kernels, 15.15


def polynomial(degree: int, *, weighted: bool) -> tuple[np.ndarray, np.ndarray, Any]:
    """Powers of 40 numbers, with residuals that are large next to what they fit."""
    rng = np.random.default_rng(degree)
    x = rng.uniform(0, 2, 40)
    X = x[:, np.newaxis] ** np.arange(1, degree + 1)
    y = X.sum(axis=1) + 100 * rng.standard_normal(40)
    return X, y, rng.uniform(0.1, 3, 40) if weighted else None


@pytest.mark.parametrize("degree", [5, 7, 9])
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("prior_sd", [None, 1e3])
def test_coefficients_of_polynomials(
    degree: int, intercept: bool, weighted: bool, prior_sd: float | None
) -> None:
    X, y, weights = polynomial(degree, weighted=weighted)
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Flat() if prior_sd is None else priors.Normal(prior_sd),
        intercept=intercept,
        weights=weights,
    )
    posterior = fit_exact(model)
    exact, _ = rational_posterior(
        X, y, 1.0, prior_sd, intercept=intercept, weights=weights
    )
    assert correct_digits(posterior.coef, exact[-degree:]) >= DIGITS
    if intercept:
        # the response at the center less what the coefficients add there
        terms = np.abs(X.mean(axis=0) * exact[1:]).sum()
        error = abs(posterior.intercept - exact[0])
        assert error <= 10 * np.finfo(float).eps * terms  # most seen: 0.67


def test_coefficients_where_the_noise_is_unknown() -> None:
    X, y, weights = polynomial(7, weighted=True)
    noise = likelihoods.Normal(priors.FlatLogScale())
    model = LinearModel(X, y, likelihood=noise, prior=priors.Flat(), weights=weights)
    exact, _ = rational_posterior(X, y, 1.0, None, weights=weights)
    assert correct_digits(fit_exact(model).coef, exact[1:]) >= DIGITS


@pytest.mark.parametrize(
    ("of_columns", "of_response"),
    [
        (1e-150, 1),
        (1e140, 1),
        (1, 1e-145),
        (1, 1e140),
        (1e-170, 1e-145),
        (1e140, 1e140),
    ],
)
def test_units_at_the_ends_of_the_range(of_columns: float, of_response: float) -> None:
    X, y, _ = polynomial(7, weighted=False)
    X, y = of_columns * X, of_response * y
    exact, _ = rational_posterior(X, y, of_response, None)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(of_response), prior=priors.Flat()
    )
    assert correct_digits(fit_exact(model).coef, exact[1:]) >= DIGITS


def test_products_beyond_the_range_of_doubles() -> None:
    """Decimals have no such limit, and take over."""
    X, y, _ = polynomial(7, weighted=False)
    exact, _ = rational_posterior(X, y, 1.0, None)
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Flat(),
        weights=np.full(40, 1e300),
    )
    assert correct_digits(fit_exact(model).coef, exact[1:]) >= DIGITS


@pytest.mark.parametrize("noise_sd", [1.0, priors.FlatLogScale()], ids=str)
def test_rows_that_come_later_count_with_what_was_known(noise_sd: Any) -> None:
    """The first 20 rows give the intercept a mean; the next 40 are nearly one row."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 4))
    y = 3 + X @ np.ones(4) + rng.standard_normal(60)
    X[20:] = X[20:, :1] * np.arange(1, 5) + 1e-6 * X[20:]
    weights = np.where(np.arange(60) < 20, 1, 1e10)
    exact, _ = rational_posterior(X, y, 1.0, 1.0, weights=weights)
    model = LinearModel(
        X[:20],
        y[:20],
        likelihood=likelihoods.Normal(noise_sd),
        prior=priors.Normal(1.0, relative_to_noise=True),
    )
    posterior = fit_exact(model).condition(X[20:], y[20:], weights[20:])
    assert correct_digits(posterior.coef, exact[1:]) >= DIGITS


def test_more_rows_than_a_block_holds() -> None:
    """Here the rows come in three blocks, and the noise's unit is not 1."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((600, 3))
    X[:, 2] = X[:, 1] + 1e-7 * X[:, 2]
    y = X @ np.ones(3) + 1e3 * rng.standard_normal(600)
    exact, _ = rational_posterior(X, y, 1e3, 1e9)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(1e3), prior=priors.Normal(1e9)
    )
    assert correct_digits(fit_exact(model).coef, exact[1:]) >= DIGITS


def test_the_condition_number_is_that_of_columns_of_one_length() -> None:
    assert condition_number(np.diag([1e-150, 1.0, 1e150])) == pytest.approx(1.0)
    for small in (1e-2, 1e-4, 1e-12, 1e-15):
        root = np.array([[1e9, 1.0], [0.0, small]])
        scaled = root / np.linalg.norm(root, axis=0)
        expected = np.linalg.cond(scaled, 1)
        assert condition_number(root) == pytest.approx(expected, rel=1e-3)
    assert condition_number(np.diag([1.0, 0.0])) == np.inf
    assert condition_number(np.array([[1.0, 1.0], [0.0, 0.0]])) == np.inf


@pytest.mark.parametrize("operation", ["sum", "product"])
def test_a_result_and_its_rounding_error_are_exact(operation: str) -> None:
    rng = np.random.default_rng(2)
    a, b = rng.standard_normal((2, 200)) * 10.0 ** rng.integers(-20, 20, (2, 200))
    high, low = (twofold_sum if operation == "sum" else twofold_product)(a, b)
    assert (low != 0).mean() > 0.5
    for i in range(200):
        x, y = Fraction(a[i]), Fraction(b[i])
        exact = x + y if operation == "sum" else x * y
        assert Fraction(high[i]) + Fraction(low[i]) == exact
