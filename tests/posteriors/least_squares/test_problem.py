"""Prior and rows as one least-squares problem, against its normal equations."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from bayes_l2 import SufficientStatistics, likelihoods
from bayes_l2.model.rows import Rows
from bayes_l2.posteriors.least_squares.line import ScaledCovariance
from bayes_l2.posteriors.least_squares.problem import LeastSquares
from tests.oracles import solve_exactly
from tests.posteriors.least_squares.small import (
    COLUMNS,
    EPS,
    NOISE_SD,
    X,
    Y,
    line,
    problem,
)


@pytest.mark.parametrize("intercept", [True, False])
def test_rows_of_the_least_squares_problem(intercept: bool) -> None:
    """R'R is P + Z'Z / sigma², and the last row is the rest of the squares."""
    flat = {} if intercept else {"center": np.zeros(2), "precision": 0.0}
    lost = np.array([1e-17, 2e-17, -3e-17])
    changes = {"has_intercept": intercept, "rest": lost, **flat}
    if not intercept:
        changes["mean"] = np.array([0.0, 1.0, -2.0])
    ours = problem(**changes)
    before, first = ours.before, 0 if intercept else 1
    columns, response = ours._factor()
    deviation = X - before.center
    design = np.column_stack([np.ones(4), deviation])[:, first:] / NOISE_SD
    target = (Y - before.mean[0] - deviation @ before.mean[1:]) / NOISE_SD
    prior = np.zeros((3, 3))
    prior[0, 0] = before.precision
    prior[1:, 1:] = before.root.T @ before.root
    prior = prior[first:, first:]
    precision = prior + design.T @ design
    assert columns.shape == (3, 3)
    columns, response = columns[first:, first:], response[first:]
    np.testing.assert_allclose(columns.T @ columns, precision, rtol=1e-12)
    gradient = design.T @ target
    np.testing.assert_allclose(columns.T @ response[:-1], gradient, rtol=1e-12)
    change = np.linalg.solve(precision, gradient)
    residual = target - design @ change
    squares = residual @ residual + change @ prior @ change
    assert response[-1] ** 2 == pytest.approx(squares, rel=1e-12)
    # the line that these rows give
    after = ours._line(*ours._factor())
    change = change[1 - first :]
    cov = np.linalg.inv(precision)[1 - first :, 1 - first :]
    np.testing.assert_allclose(after.coef, before.coef + change, rtol=1e-12)
    np.testing.assert_allclose(
        np.linalg.inv(after.root.T @ after.root), cov, rtol=1e-10
    )
    assert after.sum_of_squares == pytest.approx(squares, rel=1e-12)
    # what rounding leaves out is more than what it had left out before
    last = np.abs(after.mean) * EPS / 2
    assert np.all(np.abs(after.rest - lost) <= last)
    unlost = problem(**changes | {"rest": np.zeros(3)})
    np.testing.assert_allclose(after.rest - unlost._line(*unlost._factor()).rest, lost)
    if intercept:
        k = 4 + 4 / NOISE_SD**2
        assert after.precision == pytest.approx(k, rel=1e-12)
        center = (4 * before.center + 4 / NOISE_SD**2 * X.mean(axis=0)) / k
        np.testing.assert_allclose(after.center, center, rtol=1e-12)
        at_center = before.mean + np.linalg.solve(precision, gradient)
        at_center = at_center[0] + (center - before.center) @ after.coef
        assert after.mean[0] == pytest.approx(at_center, rel=1e-12)
    else:
        assert (after.precision, after.mean[0]) == (0.0, 0.0)
        assert after.center.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("root", "is_within"),
    [(2.0**-511, True), (2.0**-512, False), (1e154, True), (1e155, False)],
)
def test_the_range_of_an_intercepts_precision(root: float, is_within: bool) -> None:
    columns = COLUMNS.copy()
    columns[0, 0] = root
    columns[0, 1:] = 0.0
    response = np.array([0.0, 1.0, 1.0, 1.0])
    if is_within:
        assert problem()._line(columns, response).precision == root**2
    else:
        with pytest.raises(ValueError, match="use y in other units"):
            problem()._line(columns, response)
    free = problem(has_intercept=False, center=np.zeros(2), precision=0.0)
    assert free._line(columns, response).has_intercept is False


def test_flat_columns_and_rows() -> None:
    X = np.array([[1.0, 2.0], [1.0, -1.0], [1.0, 4.0], [1.0, 3.0]])
    statistics = SufficientStatistics.from_rows(X, Y)

    def require(diagonal: list[float]) -> None:
        ours = line(root=np.diag(diagonal))
        LeastSquares(ours, statistics, None, 1.0)._require_flat_determined()

    for diagonal in ([0.0, 1.0], [0.0, 0.0]):
        with pytest.raises(ValueError, match="coefficient of column 'x0'"):
            require(diagonal)
    for diagonal in ([1.0, 0.0], [1.0, 1.0], [1e-9, 0.0]):
        require(diagonal)


@pytest.mark.parametrize(("of_x", "of_y"), [(0.0, 1e8), (1e3, 0.0)])
def test_rows_far_from_zero_are_known_to_more_digits_than_doubles_hold(
    of_x: float, of_y: float
) -> None:
    """A response of 1e8 noise sds, or columns that look like the intercept's.

    The residuals are taken in twice the precision.
    """
    features, y = X + of_x, Y + of_y
    rows = Rows.of(features, y, likelihoods.Normal(1.0))
    statistics = SufficientStatistics.from_rows(features, y)
    before = line(center=np.zeros(2), precision=0.0, mean=np.array([0.0, 1.0, -2.0]))
    before = replace(before, root=np.eye(2), exact=ScaledCovariance(None, 1.0))
    after = LeastSquares(before, statistics, rows, 1.0).solve()
    design = [[Fraction(1), *map(Fraction, row)] for row in features]
    gram = [[Fraction(0)] * 3 for _ in range(3)]
    right = [[Fraction(0)], [Fraction(1)], [Fraction(-2)]]
    gram[1][1] = gram[2][2] = Fraction(1)
    for row, value in zip(design, y, strict=True):
        for i in range(3):
            right[i][0] += row[i] * Fraction(value)
            for j in range(3):
                gram[i][j] += row[i] * row[j]
    exact = [row[0] for row in solve_exactly(gram, right)]
    ours = [
        Fraction(a) + Fraction(b) for a, b in zip(after.mean, after.rest, strict=True)
    ]
    for b, found in zip(exact[1:], ours[1:], strict=True):
        assert abs(found - b) < 1e-25
    center = [Fraction(value) for value in after.center]
    at_center = exact[0] + sum(c * b for c, b in zip(center, exact[1:], strict=True))
    assert abs(ours[0] - at_center) < 1e-20


def test_flat_columns_that_differ_by_rounding() -> None:
    """Decimals would know their difference, and the rows were rounded before."""
    X = np.array([[1.0, 1.0], [3.0, 3.0], [2.0, 2.0], [5.0, 5.0]])
    X[1, 1] += 4 * EPS
    before = line(
        center=np.zeros(2), precision=0.0, mean=np.zeros(3), root=np.zeros((2, 2))
    )
    rows = Rows.of(X, Y, likelihoods.Normal(1.0))
    statistics = SufficientStatistics.from_rows(X, Y)
    with pytest.raises(ValueError, match="do not determine the coefficient"):
        LeastSquares(before, statistics, rows, 1.0).solve()


def test_columns_that_statistics_do_not_determine() -> None:
    """The message names a column, as it does where a prior is flat."""
    statistics = SufficientStatistics.from_rows(X[:, [0, 0]], Y)
    before = line(
        center=np.zeros(2), precision=0.0, mean=np.zeros(3), root=1e-17 * np.eye(2)
    )
    with pytest.raises(ValueError, match="coefficient of column 'x1'"):
        LeastSquares(before, statistics, None, 1.0).solve()
