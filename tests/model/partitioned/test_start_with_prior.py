"""Where a search starts under a prior: the formulas of textbooks, written out."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import priors
from bayes_l2.model.partitioned.start import FARTHEST, LARGEST_LOG_RATE, _solve
from tests.model.partitioned.arrays import ArrayPartitions, in_memory, model_of
from tests.model.partitioned.data import LIKELIHOODS, columns, response

N = 500
X = columns(N, 2) * [1.0, 0.5] + [3.0, -2.0]
MEAN = np.array([0.5, -1.0])
COV = np.array([[0.02, 0.01], [0.01, 0.03]])
PRIOR = priors.Normal(mean=MEAN, cov=COV)
PRECISION = np.linalg.inv(COV)


def start(
    kind: str, X: Any, y: Any, prior: Any = PRIOR, *, intercept: bool = True
) -> tuple[Any, Any]:
    """Return intercepts at the mean row, and coefficients."""
    source = ArrayPartitions(X, y, cuts=[1, N // 2])
    terms: Any = {"likelihood": LIKELIHOODS[kind], "prior": prior}
    model = model_of(source, intercept=intercept, **terms)
    lines = 3 if kind == "classes" else 1
    return model.log_posterior.observations.start(prior, lines)


@pytest.mark.parametrize("kind", ["two classes", "classes"])
def test_classes_without_intercept_start_from_newtons_first_step(kind: str) -> None:
    y, prior = response(kind, X), priors.Normal(cov=COV)
    _, coef = start(kind, X, y, prior, intercept=False)
    source = ArrayPartitions(X, y)
    terms: Any = {"likelihood": LIKELIHOODS[kind], "prior": prior, "intercept": False}
    whole = in_memory(source, **terms)
    zero = np.zeros(len(whole.parameter_names))
    step = -np.linalg.solve(whole.hessian(zero), whole.gradient(zero))
    np.testing.assert_allclose(coef.ravel(), step, rtol=1e-9)


def test_two_classes_start_from_the_discriminant_that_the_prior_shrinks() -> None:
    y = response("two classes", X)
    intercept, coef = start("two classes", X, y)
    first, second = X[y == "no"], X[y == "yes"]
    share = len(second) / N
    within = (
        (np.cov(first.T, ddof=0) * len(first) + np.cov(second.T, ddof=0) * len(second))
        * share
        * (1 - share)
    )
    apart = second.mean(axis=0) - first.mean(axis=0)
    pull = N * share * (1 - share) * apart + PRECISION @ MEAN
    b = np.linalg.solve(within + PRECISION, pull)
    np.testing.assert_allclose(coef[0], b, rtol=1e-9)
    middle = (first.mean(axis=0) + second.mean(axis=0)) / 2 - X.mean(axis=0)
    wanted = np.log(share / (1 - share)) - middle @ b
    np.testing.assert_allclose(intercept, wanted, rtol=1e-9)


def test_classes_far_apart_start_at_moderate_odds() -> None:
    places = np.repeat([0, 1, 2], [50, 150, 300])
    Z = 0.01 * columns(N, 2) + np.array([[0, 0], [5, 1], [-3, 9]])[places]
    flat = priors.Flat()
    intercept, coef = start("classes", Z, np.array(["a", "b", "c"])[places], flat)
    shares = np.array([0.1, 0.3, 0.6])
    means = np.array([Z[places == k].mean(axis=0) for k in range(3)]) - Z.mean(axis=0)
    own = np.sum((coef - shares @ coef) * means, axis=1)
    assert np.ptp(own) == pytest.approx(FARTHEST, rel=1e-9)
    wanted = np.log(shares) - 0.5 * own
    np.testing.assert_allclose(intercept, wanted - wanted.mean(), rtol=1e-9)


def test_two_classes_far_apart_have_their_odds_between_the_means() -> None:
    places = np.repeat([0, 1], [100, 400])
    Z = 0.01 * columns(N, 2) + np.array([[0, 0], [5, 1]])[places]
    intercept, coef = start("two classes", Z, places, priors.Flat())
    means = np.array([Z[places == k].mean(axis=0) for k in range(2)]) - Z.mean(axis=0)
    assert (means[1] - means[0]) @ coef[0] == pytest.approx(FARTHEST, rel=1e-9)
    wanted = np.log(4.0) - 0.5 * (means[0] + means[1]) @ coef[0]
    np.testing.assert_allclose(intercept, wanted, rtol=1e-9)


def test_the_intercepts_of_classes_add_up_to_zero() -> None:
    y = response("classes", X)
    for prior in (PRIOR, priors.Laplace(0.1)):
        intercept, _ = start("classes", X, y, prior)
        assert intercept.sum() == pytest.approx(0.0, abs=1e-12)


def test_kinks_start_from_the_level_of_counts() -> None:
    y, prior = response("counts", X), priors.Laplace(0.1)
    intercept, coef = start("counts", X, y, prior)
    np.testing.assert_allclose(intercept, np.log(y.mean()), rtol=1e-13)
    assert not coef.any()
    assert start("counts", X, y, prior, intercept=False)[0] == 0.0


def of_normal_columns(X: Any, y: Any) -> tuple[Any, Any]:
    """Return the start of counts for columns that are normal."""
    centred = X - X.mean(axis=0)
    spread = centred.T @ centred
    pull = centred.T @ y + PRECISION @ MEAN
    b = np.linalg.solve(y.mean() * spread + PRECISION, pull)
    return np.log(y.mean()) - 0.5 * b @ spread @ b / len(y), b


def of_least_squares(X: Any, y: Any, *, intercept: bool) -> tuple[Any, Any]:
    """Return one step of reweighted least squares, from the rates y + 0.1."""
    rates = y + 0.1
    guess, columns = np.log(rates) - 0.1 / rates, X
    if intercept:
        columns = np.column_stack([X, np.ones(len(X))])
    precision = np.zeros((columns.shape[1], columns.shape[1]))
    precision[:2, :2] = PRECISION
    right = columns.T @ (rates * guess)
    right[:2] += PRECISION @ MEAN
    found = np.linalg.solve(
        columns.T @ (rates[:, np.newaxis] * columns) + precision, right
    )
    return (found[2] + X.mean(axis=0) @ found[:2] if intercept else 0.0), found[:2]


COUNTS = {  # the count of the row of an event, on average: 9, 40, 31 and 29
    "small": (np.resize([7.0, 8.0, 9.0, 9.0, 12.0], N), False),
    "half zeros": (np.resize([0.0, 40.0], N), True),
    "large": (np.full(N, 31.0), True),
    "not so large": (np.full(N, 29.0), False),
}


@pytest.mark.parametrize("name", COUNTS)
def test_counts_start_by_their_size(name: str) -> None:
    y, are_large = COUNTS[name]
    intercept, coef = start("counts", X, y)
    known = of_least_squares(X, y, intercept=True), of_normal_columns(X, y)
    wanted = known[0] if are_large else known[1]
    np.testing.assert_allclose(coef[0], wanted[1], rtol=1e-8)
    np.testing.assert_allclose(intercept, wanted[0], rtol=1e-8)


def test_counts_without_intercept_start_from_least_squares() -> None:
    y = COUNTS["small"][0]
    intercept, coef = start("counts", X, y, intercept=False)
    assert intercept == 0.0
    wanted = of_least_squares(X, y, intercept=False)[1]
    np.testing.assert_allclose(coef[0], wanted, rtol=1e-9)


def test_rare_counts_start_at_log_rates_of_moderate_variance() -> None:
    y = np.where(np.arange(N) < N // 20, 1.0, 0.0)
    # by the law of normal columns the slope is 20 and the variance 20² 0.05 0.95 = 19
    intercept, coef = start("counts", y[:, np.newaxis], y, priors.Flat())
    b = 20.0 * FARTHEST / 19.0
    np.testing.assert_allclose(coef, [[b]], rtol=1e-9)
    np.testing.assert_allclose(intercept, np.log(0.05) - 0.5 * b**2 * 0.0475, rtol=1e-9)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_log_rates_without_intercept_are_numbers_at_the_start(sign: float) -> None:
    # x = 1 in all rows but one, whose log rate would be 1000 log 30
    x = np.ones((N, 1))
    x[0] = 1000 * sign
    y = np.full(N, 30.0)
    y[0] = 0.0
    _, coef = start("counts", x, y, priors.Normal(mean=[1.0], sd=1e-6), intercept=False)
    np.testing.assert_allclose(coef, [[LARGEST_LOG_RATE / 1000]], rtol=1e-12)


def test_equations_of_any_size_are_solved() -> None:
    for diagonal, right, wanted in (
        ([1e-20, 1.0], [3e-20, 2.0], [3.0, 2.0]),
        ([0.0, 4.0], [0.0, 8.0], [0.0, 2.0]),
        ([-1e-30, 4.0], [0.0, 8.0], [0.0, 2.0]),  # a 0 but for rounding
    ):
        found = _solve(np.diag(diagonal), np.array(right))
        np.testing.assert_allclose(found, wanted, rtol=1e-14)


def test_log_rates_far_below_the_mean_row_are_numbers_at_the_start() -> None:
    rng = np.random.default_rng(2)
    x, apart = -(rng.standard_exponential(N)), rng.standard_normal(N)
    near = np.column_stack([x + 3.0, 2.0 * x + 2e-3 * apart - 4.0])
    y = rng.poisson(np.exp(apart)).astype(float)  # coefficients of -1000 and 500
    intercept, coef = start("counts", near, y, priors.Flat())
    below = near.mean(axis=0) - near.min(axis=0)
    assert (below > near.max(axis=0) - near.mean(axis=0)).all()
    bound = abs(intercept[0]) + np.abs(coef[0]) @ below
    np.testing.assert_allclose(bound, LARGEST_LOG_RATE, rtol=1e-12)
