"""How far rounding may move a posterior, and what is refused for it."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import SufficientStatistics
from bayes_l2.posteriors.least_squares.line import Line, ScaledCovariance
from bayes_l2.posteriors.least_squares.problem import LeastSquares

EPS = 2.0**-52
COLUMNS = np.array([[2.0, 6.0, -4.0], [0.0, 5.0, 1.0], [0.0, 0.0, 0.5]])
X = np.array([[1.0, 2.0], [3.0, -1.0], [2.0, 4.0], [0.0, 3.0]])
Y = np.array([2.0, -1.0, 4.0, 7.0])
NOISE_SD = 0.5


def line(**changes: Any) -> Line:
    values: dict[str, Any] = {
        "has_intercept": True,
        "center": np.array([10.0, -20.0]),
        "precision": 4.0,
        "mean": np.array([3.0, 1.0, -2.0]),
        "rest": np.zeros(3),
        "root": COLUMNS[1:, 1:],
    }
    return Line(**values | changes)


def problem(**changes: Any) -> LeastSquares:
    statistics = SufficientStatistics.from_rows(X, Y)
    return LeastSquares(line(**changes), statistics, None, NOISE_SD)


def test_terms_of_the_sd_of_an_intercept() -> None:
    r"""At the center c + s its variance is 1 / k + (c + s)' S (c + s).

    Its terms are |c + s| times the sds of the coefficients.
    """
    center = np.array([10.0, -20.0]) + COLUMNS[0, 1:] / COLUMNS[0, 0]
    cov = np.linalg.inv(COLUMNS[1:, 1:].T @ COLUMNS[1:, 1:])
    sd = np.sqrt(center @ cov @ center + 1 / COLUMNS[0, 0] ** 2)
    expected = np.abs(center) @ np.sqrt(np.diag(cov)) / sd
    ours = problem()
    assert expected > 1.01
    assert ours._cancellation(COLUMNS, 1e5) == pytest.approx(expected, rel=1e-12)
    for condition in (1e4, 1e3, 1 / EPS, 1e20):
        assert ours._cancellation(COLUMNS, condition) == 1.0
    assert problem(has_intercept=False)._cancellation(COLUMNS, 1e5) == 1.0
    near = problem(center=-COLUMNS[0, 1:] / 2 + 1e-3)
    assert near._cancellation(COLUMNS, 1e5) == 1.0


def test_terms_of_the_residuals() -> None:
    """Rounding moves each residual by its terms, in units of the noise sd."""
    ours, after = problem(), line(mean=np.array([5.0, 4.0, -1.0]))
    columns, response = np.array([[1.0, -7.0], [3.0, 2.0]]), np.array([0.5, -9.0])
    # changes of 3 and 1 times the largest entries 3 and 7, and the largest response
    terms = 3 * 3 + 7 * 1 + 9
    # the prior's means of 1 and -2 in the rows, and y itself
    centred = np.column_stack([X, Y]) - np.column_stack([X, Y]).mean(axis=0)
    factor = np.abs(np.linalg.qr(centred, mode="r")).max(axis=0) / NOISE_SD
    terms += factor @ [1.0, 2.0, 1.0]
    assert ours._loss(after, columns, response) == pytest.approx(EPS * terms)


def test_terms_of_the_response_at_the_mean() -> None:
    """They are |x|'(|b before| + |b after|) + |y| + |a|, in sds of a mean of four."""
    ours, after = (
        problem(mean=np.array([-3.0, 1.0, -2.0])),
        line(mean=np.array([5.0, 4.0, -1.0])),
    )
    terms = np.abs(X.mean(axis=0)) @ [5.0, 3.0] + Y.mean() + 3
    loss = EPS * terms * np.sqrt(4) / NOISE_SD
    assert ours._loss_at_mean(after) == pytest.approx(loss)


def test_rows_of_the_least_squares_problem() -> None:
    """R'R is P + Z'Z / sigma², and the last row is the rest of the squares."""
    before = line()
    columns, response = problem()._factor()
    deviation = X - before.center
    design = np.column_stack([np.ones(4), deviation]) / NOISE_SD
    target = (Y - before.mean[0] - deviation @ before.mean[1:]) / NOISE_SD
    prior = np.zeros((3, 3))
    prior[0, 0] = 4.0
    prior[1:, 1:] = before.root.T @ before.root
    precision = prior + design.T @ design
    np.testing.assert_allclose(columns.T @ columns, precision, rtol=1e-12)
    gradient = design.T @ target
    np.testing.assert_allclose(columns.T @ response[:-1], gradient, rtol=1e-12)
    change = np.linalg.solve(precision, gradient)
    residual = target - design @ change
    squares = residual @ residual + change @ prior @ change
    assert response[-1] ** 2 == pytest.approx(squares, rel=1e-12)
    # the line that these rows give
    ours = problem()._line(columns, response)
    cov = np.linalg.inv(precision)
    assert ours.precision == pytest.approx(4 + 4 / NOISE_SD**2, rel=1e-12)
    center = (4 * before.center + 4 / NOISE_SD**2 * X.mean(axis=0)) / ours.precision
    np.testing.assert_allclose(ours.center, center, rtol=1e-12)
    np.testing.assert_allclose(ours.coef, before.coef + change[1:], rtol=1e-12)
    np.testing.assert_allclose(
        np.linalg.inv(ours.root.T @ ours.root), cov[1:, 1:], rtol=1e-10
    )
    at_center = before.mean[0] + change[0] + (center - before.center) @ ours.coef
    assert ours.mean[0] == pytest.approx(at_center, rel=1e-12)
    assert ours.sum_of_squares == pytest.approx(squares, rel=1e-12)


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


@pytest.mark.parametrize(
    ("loss", "at_mean", "changes", "is_refused"),
    [
        # means of 1 and -2, whose sds are some 2 and 2, and that of -47 at the center
        (1e-7, 1e-7, {}, False),
        (1e-5, 0.0, {}, True),
        (0.0, 1e-5, {}, True),
        # so large that their last digits are more
        (1e-5, 0.0, {"mean": np.array([0.0, 1e16, -1e16])}, False),
        (0.0, 1e-5, {"mean": np.array([1e12, 1.0, -2.0])}, False),
        (0.0, 1e-5, {"mean": np.array([3.0, 1e10, 1.0])}, False),
        (1e-5, 0.0, {"mean": np.array([0.0, 1e16, 1.0])}, True),
        (0.0, 1e-5, {"has_intercept": False}, False),
    ],
)
def test_means_that_rounding_may_move(
    loss: float, at_mean: float, changes: dict[str, Any], is_refused: bool
) -> None:
    after = line(**changes)
    if is_refused:
        with pytest.raises(ValueError, match="rounding may move means to 1e-05"):
            problem()._require_means(after, loss, at_mean)
    else:
        problem()._require_means(after, loss, at_mean)


@pytest.mark.parametrize(
    ("root", "center", "change", "refused"),
    [
        # rounding moves an entry by its size times 2.2e-16
        ([[4e9, 0], [0, 1]], 0, 0, ""),
        ([[5e9, 0], [0, 1]], 0, 0, "sds to 1e-06"),
        ([[3.5e9, 3.5e9], [0, 1]], 0, 0, "sds to 1e-06"),
        # the row of the response at the center has the center times the root of 4
        ([[1, 0], [0, 1]], 2e9, 0, ""),
        ([[1, 0], [0, 1]], 2.5e9, 0, "sds to 1e-06"),
        # and a mean by so many sds for each sd of its change
        ([[4e8, 0], [0, 1]], 0, 10, ""),
        ([[4e8, 0], [0, 1]], 0, 100, "means to 9e-06"),
        # 1.4e8 times a change of 12 or 15, and twice 1e8 times the same
        ([[1e8, -1e8], [0, 1]], 0, [12, 12], ""),
        ([[1e8, -1e8], [0, 1]], 0, [15, 15], "means to 1e-06"),
    ],
)
def test_a_prior_whose_root_is_rounded(
    root: Any, center: float, change: Any, refused: str
) -> None:
    change = np.array(change) if isinstance(change, list) else np.array([0.0, change])
    place = {"root": np.array(root), "center": np.array([center, 0.0])}
    ours = problem(**place, mean=np.array([0.0, 0.5, 1e-3]))
    after = line(
        root=np.eye(2),
        center=np.zeros(2),
        mean=np.append(0.0, ours.before.coef + change),
    )
    if refused:
        with pytest.raises(ValueError, match=f"rounding may move {refused} of them"):
            ours._require_prior(after)
    else:
        ours._require_prior(after)
    known = ScaledCovariance(np.eye(2), 1.0)
    problem(**place, exact=known)._require_prior(after)
