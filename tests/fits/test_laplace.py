"""``fit_laplace`` where sums of products lose their digits, or squares overflow."""

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_exact, fit_laplace, likelihoods, priors

LIKELIHOODS = pytest.mark.parametrize(
    "likelihood", [likelihoods.Poisson(), likelihoods.Bernoulli()], ids=repr
)


@pytest.mark.parametrize(
    ("likelihood", "weight", "y"),
    [
        (likelihoods.Poisson(), 1.0, [1.0, 0.0]),
        (likelihoods.Poisson(), 1e10, [1.0, 0.0]),
        (likelihoods.Poisson(), 1.0, [1e8, 1e8]),  # far from the rate of 1 at the start
        (likelihoods.Bernoulli(), 1.0, [1.0, 0.0]),
        (likelihoods.Bernoulli(), 1e10, [1.0, 0.0]),
    ],
)
def test_one_row_that_knows_one_direction(
    likelihood: likelihoods.Likelihood, weight: float, y: list[float]
) -> None:
    # P = c zz' + I, and its inverse by Sherman and Morrison
    X = np.array([[0.6, -0.8], [0.6, -0.8]])
    model = LinearModel(
        X,
        y,
        weights=[weight, weight],
        likelihood=likelihood,
        prior=priors.Normal(1.0),
        intercept=False,
    )
    found = fit_laplace(model)
    rate = np.exp(X[0] @ found.mean)
    bend = (
        rate if isinstance(likelihood, likelihoods.Poisson) else rate / (1 + rate) ** 2
    )
    c = 2 * weight * bend
    cov = np.eye(2) - np.outer(X[0], X[0]) * c / (1 + c)
    np.testing.assert_allclose(found.cov, cov, rtol=1e-12)
    _, sd = found.linear_predictor(X[:1])
    assert sd[0] == pytest.approx((1 + c) ** -0.5, rel=1e-9)


@LIKELIHOODS
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("power", [-490, 495])
def test_units_of_columns_change_nothing(
    likelihood: likelihoods.Likelihood, intercept: bool, power: int
) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((20, 2)), rng.integers(0, 2, 20)
    weights = 1e12 * rng.uniform(0.5, 2.0, 20)

    def fitted(unit: float) -> tuple[np.ndarray, np.ndarray, float]:
        model = LinearModel(
            X * [unit, 1.0],
            y,
            weights=weights,
            likelihood=likelihood,
            prior=priors.Normal([1 / unit, np.inf]),
            intercept=intercept,
        )
        found = fit_laplace(model)
        np.testing.assert_allclose(
            found.root @ found.inverse_root, np.eye(2 + intercept), atol=1e-9
        )
        scale = np.array([1.0] * intercept + [unit, 1.0])
        return found.mean * scale, found.sd * scale, found.log_evidence

    (mean, sd, evidence), (other, other_sd, other_evidence) = (
        fitted(1.0),
        fitted(2.0**power),
    )
    assert np.abs((other - mean) / sd).max() < 1e-6
    np.testing.assert_allclose(other_sd, sd, rtol=1e-9)
    assert other_evidence == pytest.approx(evidence, rel=1e-12)


@pytest.mark.parametrize("weight", [1.0, 1e8])
@pytest.mark.parametrize("intercept", [True, False])
def test_rows_of_classes_that_know_few_directions(
    weight: float, intercept: bool
) -> None:
    # each direction of probabilities p has the curvature diag(p) - pp', by eigenvalues;
    # a flat intercept, which sums to zero, takes a column of ones out of the rows
    z, p = np.array([0.6, -0.8]), np.array([0.5, 0.3, 0.2])
    rows = np.vstack([z + 1.0, 1.0 - z] if intercept else [z])
    model = LinearModel(
        np.repeat(rows, 3, axis=0),
        ["a", "b", "c"] * len(rows),
        weights=weight * np.tile(p, len(rows)),
        likelihood=likelihoods.Categorical(),
        prior=priors.Normal(1.0),
        intercept=intercept,
    )
    found = fit_laplace(model)
    eta = found.coef @ rows[0] + found.intercept
    p = np.exp(eta) / np.exp(eta).sum()
    bends = weight * len(rows) * (np.diag(p) - np.outer(p, p))
    values, axes = np.linalg.eigh(bends)
    values[0] = 0.0  # one number for all classes changes nothing
    cov = np.eye(6)
    for value, axis in zip(values, axes.T, strict=True):
        direction = np.kron(axis, z)
        cov -= value / (1 + value) * np.outer(direction, direction)
    np.testing.assert_allclose(found.cov[-6:, -6:], cov, atol=1e-12)


def test_classes_with_prior_correlations_have_the_curvature_of_the_hessian() -> None:
    rng = np.random.default_rng(0)
    column = rng.standard_normal(30)
    X = np.column_stack([column, column + 1e-5 * rng.standard_normal(30)])
    y, K = rng.integers(0, 3, 30), np.array([[4.0, 3.9], [3.9, 4.0]])
    model = LinearModel(
        X,
        y,
        weights=np.full(30, 1e8),  # the Hessian has lost digits
        likelihood=likelihoods.Categorical(),
        prior=priors.Normal(cov=K),
        intercept=False,
    )
    found = fit_laplace(model)
    p = np.exp(X @ found.coef.T)
    p /= p.sum(axis=1, keepdims=True)
    H = np.kron(np.eye(3), np.linalg.inv(K))
    for row, each in zip(X, p, strict=True):
        H += 1e8 * np.kron(np.diag(each) - np.outer(each, each), np.outer(row, row))
    sd = np.sqrt(np.diag(np.linalg.inv(H)))
    np.testing.assert_allclose(found.sd, sd, rtol=1e-6)


@pytest.mark.parametrize("prior_sd", [1e-150, np.inf])
@pytest.mark.parametrize("intercept", [True, False])
def test_a_gaussian_model_beyond_doubles_is_that_of_the_normal_equations(
    intercept: bool, prior_sd: float
) -> None:
    # squares of the columns over the noise sd are beyond doubles
    rng = np.random.default_rng(0)
    X, y = 1e149 * rng.standard_normal((9, 2)), 1e-12 * rng.standard_normal(9)
    model = LinearModel(
        X,
        y,
        weights=1e12 * rng.uniform(0.5, 2.0, 9),
        likelihood=likelihoods.Normal(1e-6),
        prior=priors.Normal([1e-150, prior_sd]),
        intercept=intercept,
    )
    found, exact = fit_laplace(model), fit_exact(model)
    assert np.abs((found.mean - exact.mean) / exact.sd).max() < 1e-6
    np.testing.assert_allclose(found.sd, exact.sd, rtol=1e-7)
    np.testing.assert_allclose(found.log_evidence, exact.log_evidence, rtol=1e-9)


def test_sizes_that_overflow_in_all_units_are_refused_in_one_line() -> None:
    model = LinearModel(
        [[1e150], [-1e150], [1.0]],
        [1e150, -1e150, 1.0],
        likelihood=likelihoods.Normal(1e-150),
        prior=priors.Normal(1e150),
    )
    with pytest.raises(ValueError, match=r"^the scales of the model are so far apart"):
        fit_laplace(model)
