"""Scikit-learn's solvers arrive: what they are given, and how long they may take.

The other sides are textbook conditions of optimality, formulas and coordinate descent.
"""

from math import inf
from typing import Any

import numpy as np
import pytest
from scipy import special
from sklearn.linear_model import Lasso, Ridge

from bayes_l2 import (
    LinearModel,
    fit_map,
    fit_penalised,
    fit_ridge,
    likelihoods,
    priors,
)
from bayes_l2.fits.penalised import require_estimator
from bayes_l2.fits.scikit_learn import (
    certified,
    fit_beside,
    fitted,
    relative_penalty,
)
from bayes_l2.fits.search.solver_units import SolverUnits
from tests.model.test_laplace_by_column import (
    NOISE_SD,
    SCALES,
    WEIGHTS,
    N,
    X,
    Y,
    model_of,
)
from tests.oracles import in_sds, parameters, rational_posterior


def lasso_by_hand(Z: np.ndarray, y: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Minimise ||y - Zb||² / 2 + Σ bounds_j |b_j| by coordinate descent."""
    coef, squares = np.zeros(Z.shape[1]), np.sum(Z**2, axis=0)
    for _ in range(2000):
        for j in range(len(coef)):
            pull = Z[:, j] @ (y - Z @ coef) + squares[j] * coef[j]
            coef[j] = np.sign(pull) * max(abs(pull) - bounds[j], 0) / squares[j]
    return coef


@pytest.mark.parametrize("fit", [fit_map, fit_penalised])
@pytest.mark.parametrize("rows_are_gone", [False, True])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_an_unpenalised_column_can_be_projected_out_first(
    fit: Any, rows_are_gone: bool, weights: Any
) -> None:
    """Frisch, Waugh and Lovell: the lasso of the residuals is the same."""
    scales = np.array([0.1, inf, 0.05, 0.3])
    model = model_of("normal", scales, weights=weights)
    if rows_are_gone:
        model = LinearModel.from_statistics(
            model.statistics, likelihood=model.likelihood, prior=model.prior
        )
    found = fit(model)
    assert found.converged
    root = np.sqrt(np.ones(N) if weights is None else weights)
    known = np.column_stack([root, root * X["bmi"]])
    table = root[:, np.newaxis] * np.column_stack(
        [X[["age", "dose", "sex"]], Y["normal"]]
    )
    left = table - known @ np.linalg.pinv(known) @ table
    coef = lasso_by_hand(left[:, :3], left[:, 3], NOISE_SD**2 / scales[[0, 2, 3]])
    rest = np.linalg.pinv(known) @ (table[:, 3] - table[:, :3] @ coef)
    expected = [coef[0], rest[1], coef[1], coef[2]]
    np.testing.assert_allclose(found.coef, expected, atol=1e-10)
    assert found.intercept == pytest.approx(rest[0], abs=1e-9)
    assert (found.coef[[0, 2, 3]] == 0).sum() == (coef == 0).sum() > 0


@pytest.mark.parametrize("likelihood", ["normal", "laplace", "bernoulli"])
def test_the_penalised_fit_is_the_map(likelihood: str) -> None:
    model = model_of(likelihood, SCALES["unlike"])
    penalised, mode = fit_penalised(model), fit_map(model)
    assert penalised.converged
    assert penalised.objective == pytest.approx(mode.objective, rel=1e-10)


def test_undetermined_flat_columns_beside_others_are_refused() -> None:
    twice = X.assign(bmi=2 * X["age"] + 3)
    model = model_of("normal", [inf, inf, 1.0, 1.0], X=twice)
    with pytest.raises(ValueError, match="do not determine the coefficient of"):
        fit_penalised(model)


def test_the_lasso_of_near_copies_takes_many_passes() -> None:
    """At the mode |x'r| is sd² / s for each column that is in, and r sums to 0."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(30)
    rows = np.column_stack([x, x + 0.03 * rng.standard_normal(30), x**2])
    y = rows @ [3.0, -3.0, 1.0] + 0.01 * rng.standard_normal(30)
    model = LinearModel(
        rows, y, likelihood=likelihoods.Normal(0.01), prior=priors.Laplace(1.0)
    )
    found = fit_penalised(model)
    assert found.converged
    residuals = y - found.intercept - rows @ found.coef
    slopes = rows.T @ residuals / 0.01**2
    np.testing.assert_allclose(slopes, np.sign(found.coef), atol=1e-5)
    assert residuals.sum() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("counts", [(9, 41), (9, 37, 4)])
def test_where_all_coefficients_are_zero_the_intercepts_are_logs_of_shares(
    counts: tuple[int, ...], intercept: bool
) -> None:
    labels = np.repeat(["a", "b", "c"][: len(counts)], counts)
    rows = np.random.default_rng(0).standard_normal((50, 2))
    rows[0] = 0
    kinds = {2: likelihoods.Bernoulli(), 3: likelihoods.Categorical()}
    model = LinearModel(
        rows,
        labels,
        likelihood=kinds[len(counts)],
        prior=priors.Laplace(1e-6),
        intercept=intercept,
    )
    found = fit_penalised(model)
    assert found.converged
    assert not found.coef.any()
    logs = np.log(counts) - np.mean(np.log(counts))
    expected = logs if len(counts) > 2 else logs[1] - logs[0]
    np.testing.assert_allclose(found.intercept, intercept * expected, atol=1e-9)


@pytest.mark.parametrize(("n", "p"), [(40, 10), (1000, 11)])
def test_sparse_classes_with_one_attempt_or_two(n: int, p: int) -> None:
    """Over 20 000 entries, ten for the overhead of each row, there is one attempt."""
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((n, p))
    model = LinearModel(
        rows,
        rows[:, 0] + rng.logistic(size=n) > 0,
        likelihood=likelihoods.Bernoulli(),
        prior=priors.Laplace(0.1),
    )
    found, mode = fit_penalised(model), fit_map(model)
    assert found.converged
    assert found.objective == pytest.approx(mode.objective, abs=1e-9)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_median_has_no_unit(unit: float) -> None:
    """HiGHS has absolute tolerances, 1e-7."""
    plain = fit_penalised(model_of("laplace", 0.05))
    likelihood = likelihoods.Laplace(unit * 0.9)
    other = LinearModel(
        X, unit * Y["laplace"], likelihood=likelihood, prior=priors.Laplace(0.05 * unit)
    )
    found = fit_penalised(other)
    assert found.converged
    np.testing.assert_allclose(found.coef / unit, plain.coef, atol=1e-7)


def test_a_flat_prior_is_least_squares_whatever_the_noise() -> None:
    unknown = likelihoods.Normal(priors.HalfNormal(1.0))
    model = LinearModel(X, Y["normal"], likelihood=unknown, prior=priors.Flat())
    found = fit_penalised(model)
    design = np.column_stack([np.ones(N), X])
    expected = np.linalg.lstsq(design, Y["normal"])[0]
    np.testing.assert_allclose(found.coef, expected[1:], rtol=1e-10)
    assert found.route == "scikit-learn LinearRegression"
    assert found.converged


def test_a_prior_that_is_no_penalty_is_refused_before_the_fit() -> None:
    prior = priors.Normal(1.0, mean=0.5)
    model = LinearModel(
        X, Y["bernoulli"], likelihood=likelihoods.Bernoulli(), prior=prior
    )
    with pytest.raises(ValueError, match="penalty needs the prior"):
        require_estimator(model)


def test_a_mean_that_is_partly_zero_is_no_penalty_either() -> None:
    prior = priors.Normal([1.0, 2.0, 1.0, 2.0], mean=[0.0, 0.5, 0.0, 0.0])
    with pytest.raises(ValueError, match="penalty needs the prior"):
        fit_ridge(
            LinearModel(X, Y["normal"], likelihood=likelihoods.Normal(1.0), prior=prior)
        )


@pytest.mark.parametrize("kind", ["bernoulli", "poisson"])
def test_the_far_mode_of_separable_rows_takes_hundreds_of_steps(kind: str) -> None:
    """Where two rows of slope e^-b meet a slope of b / sd², b e^b is 2 sd²."""
    sd = 1e30
    x, y = ([1.0, -1.0], [1, -1]) if kind == "bernoulli" else ([-1, -1, 0], [0, 0, 1])
    likelihood = {
        "bernoulli": likelihoods.Bernoulli(),
        "poisson": likelihoods.Poisson(),
    }
    model = LinearModel(
        np.array(x)[:, np.newaxis],
        y,
        likelihood=likelihood[kind],
        prior=priors.Normal(sd),
        intercept=False,
    )
    found = fit_penalised(model)
    assert found.converged
    expected = special.lambertw(2 * sd**2).real
    assert found.coef[0] == pytest.approx(expected, rel=1e-9)


def test_ridge_of_near_copies_has_its_digits() -> None:
    """By singular values: squares of the columns lose them, 2e-4 of an sd here."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(30)
    rows = np.column_stack([x, x + 1e-6 * rng.standard_normal(30)])
    y = x + 1e-3 * rng.standard_normal(30)
    model = LinearModel(
        rows, y, likelihood=likelihoods.Normal(1e-3), prior=priors.Normal(1e6)
    )
    mean, sd = rational_posterior(rows, y, 1e-3, 1e6, intercept=True)
    assert in_sds(parameters(model, fit_ridge(model)), mean, sd) < 1e-6


class At:
    """An estimator whose coefficients are given."""

    def __init__(self, model: LinearModel, *coef: float) -> None:
        self.coef_ = np.array(coef) * SolverUnits.of(model).sizes
        self.intercept_ = 0.0
        self.is_fitted = False

    def fit(self, *_: Any, **__: Any) -> None:
        self.is_fitted = True

    def predict(self, rows: Any) -> Any:
        return rows @ self.coef_


ONE = np.array([[1.0], [2.0], [-1.0], [0.5]])


def one_column(likelihood: Any, **options: Any) -> LinearModel:
    return LinearModel(
        ONE,
        3 * ONE[:, 0] + [1, -1, 0, 1],
        likelihood=likelihood,
        prior=priors.Normal(0.5, relative_to_noise=True),
        intercept=False,
        **options,
    )


def test_the_best_estimate_is_returned_and_the_first_that_converged_is_enough() -> None:
    model = one_column(likelihoods.Normal(2.0))
    mode = float(fit_ridge(model).coef[0])
    units = SolverUnits.of(model)
    far, near, right, late = (At(model, mode + d) for d in (1.0, 0.1, 0.0, 0.0))
    for order in ([far, near], [near, far]):
        assert fitted(units, *order).coef[0] == pytest.approx(mode + 0.1, rel=1e-12)
    assert fitted(units, far, right, late).coef[0] == pytest.approx(mode, rel=1e-12)
    assert not late.is_fitted


def test_the_certificate_without_a_noise_sd_is_at_the_weighted_residuals() -> None:
    """The step left is |g| / H^(1/2), for g = (x'Wr - 4b) / s², H = (x'Wx + 4) / s²."""
    weights, b = np.array([1.0, 2.0, 0.5, 4.0]), 2.5
    unknown = likelihoods.Normal(priors.HalfNormal(1.0))
    model = one_column(unknown, weights=weights)
    found = certified(SolverUnits.of(model), At(model, b))
    x, r = ONE[:, 0], (3 - b) * ONE[:, 0] + [1, -1, 0, 1]
    sd = np.sqrt(weights @ r**2 / weights.sum())
    step = abs(x @ (weights * r) - 4 * b) / np.sqrt(weights @ x**2 + 4) / sd
    assert found.gradient_norm == pytest.approx(step, rel=1e-12)
    assert np.isnan([found.noise_sd, found.objective]).all()
    assert found.model is model


@pytest.mark.parametrize(("size", "sd"), [(1e-100, 1e-100), (1e100, 1e100)])
def test_a_penalty_beyond_doubles_is_for_other_units(size: float, sd: float) -> None:
    """In units of the columns it is 1 / (size sd)², 1e400 or 1e-400."""
    model = LinearModel(
        size * ONE,
        [1.0, 2.0, 3.0, 4.0],
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal(sd),
    )
    units = SolverUnits.of(model)
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError):
        relative_penalty(model, units)
    flat = np.array([False])
    for fit in (lambda: fitted(units, Lasso(np.inf)),
                lambda: fit_beside(units, Ridge(np.inf), flat)):  # fmt: skip
        with pytest.raises(FloatingPointError):
            fit()
