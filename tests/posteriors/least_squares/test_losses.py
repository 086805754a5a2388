"""How far rounding may move a posterior, and what is refused for it."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from bayes_l2 import SufficientStatistics, likelihoods
from bayes_l2.model.rows import Rows
from bayes_l2.posteriors.least_squares import decimals
from bayes_l2.posteriors.least_squares.line import DecimalForm, Line, ScaledCovariance
from bayes_l2.posteriors.least_squares.problem import LeastSquares
from tests.oracles import solve_exactly

EPS = 2.0**-52
COLUMNS = np.array([[2.0, 6.0, -4.0], [0.0, 5.0, 1.0], [0.0, 0.0, 0.5]])
X = np.array([[1.0, 2.0], [3.0, -1.0], [2.0, 4.0], [0.0, 3.0]])
Y = np.array([2.0, -1.0, 4.0, 7.0])
NOISE_SD = 0.5
LARGE = 2e-5 / (16 * EPS)  # 16 roundings of it are 2e-5


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
    assert ours._loss(after, columns, response) / EPS == pytest.approx(terms)


def test_terms_of_the_response_at_the_mean() -> None:
    """They are |x|'(|b before| + |b after|) + |y| + |a|, in sds of a mean of four."""
    ours, after = (
        problem(mean=np.array([-3.0, 1.0, -2.0])),
        line(mean=np.array([5.0, 4.0, -1.0])),
    )
    terms = np.abs(X.mean(axis=0)) @ [5.0, 3.0] + Y.mean() + 3
    in_sds = terms * np.sqrt(4) / NOISE_SD
    assert ours._loss_at_mean(after) / EPS == pytest.approx(in_sds)


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


@pytest.mark.parametrize(
    ("loss", "at_mean", "changes", "is_refused"),
    [
        # means of 1 and -2, whose sds are 0.45 and 2; 3 at the center is -47 at 0
        (1e-6, 1e-6, {}, False),
        (1e-5, 0.0, {}, True),
        (0.0, 1e-5, {}, True),
        # so large that their last digits are more
        (1e-5, 0.0, {"mean": np.array([0.0, 1e16, -1e16])}, False),
        (0.0, 1e-5, {"mean": np.array([1e12, 1.0, -2.0])}, False),
        (0.0, 1e-5, {"mean": np.array([3.0, 1e10, 1.0])}, False),
        (1e-5, 0.0, {"mean": np.array([0.0, 1e16, 1.0])}, True),
        (0.0, 1e-5, {"has_intercept": False}, False),
        # an error of 2e-5 of a mean of 1.03 or 0.97 times 2e-5 / 16 roundings
        (1e-5, 0.0, {"mean": np.array([0.0, 1e16, 1.03 * LARGE])}, False),
        (1e-5, 0.0, {"mean": np.array([0.0, 1e16, 0.97 * LARGE])}, True),
        # one of 1e-5 / 2 at the center, where the intercept and 20 b count alike
        (0.0, 4e-5, {"mean": np.array([1.03 * LARGE, 0.0, 0.0])}, False),
        (0.0, 4e-5, {"mean": np.array([0.97 * LARGE, 0.0, 0.0])}, True),
        (0.0, 4e-5, {"mean": np.array([0.0, 0.0, 1.03 * LARGE / 40])}, False),
        (0.0, 4e-5, {"mean": np.array([0.0, 0.0, 0.97 * LARGE / 40])}, True),
        (0.0, 4e-5, {"mean": np.array([1.03 * LARGE, 0.103 * LARGE, 0.0])}, False),
        (0.0, 4e-5, {"mean": np.array([0.47 * LARGE, 0.047 * LARGE, 0.0])}, True),
    ],
)
def test_means_that_rounding_may_move(
    loss: float, at_mean: float, changes: dict[str, Any], is_refused: bool
) -> None:
    after = line(**changes)
    if is_refused:
        with pytest.raises(ValueError, match=r"rounding may move means to \de-05"):
            problem()._require_means(after, loss, at_mean)
    else:
        problem()._require_means(after, loss, at_mean)


@pytest.mark.parametrize(
    ("root", "center", "change", "refused"),
    [
        # rounding moves an entry by its size times 2.2e-16
        ([[4e9, 0], [0, 1]], 0, 0, ""),
        ([[1e-6 / EPS, 0], [0, 1]], 0, 0, ""),
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


def test_a_rounded_prior_of_a_problem_in_decimals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Decimals make up for what the rows lose, and not for what was lost before."""
    root = np.array([[5e9, 0.0], [0.0, 1.0]])
    rows = Rows.of(X, Y, likelihoods.Normal(NOISE_SD))
    statistics = SufficientStatistics.from_rows(X, Y)

    def by_decimals(root: np.ndarray, exact: Any = None) -> Line | None:
        before = line(root=root, exact=exact, center=np.array([2e10, 0.0]))
        return LeastSquares(before, statistics, rows, NOISE_SD)._by_decimals()

    with pytest.raises(ValueError, match="rounding may move"):
        by_decimals(root)
    known = by_decimals(root, ScaledCovariance(np.array([2e-10, 1.0]), 1.0))
    assert known is not None
    assert isinstance(known.exact, DecimalForm)
    assert by_decimals(root, known.exact) is not None
    monkeypatch.setattr(decimals, "MAX_PRODUCTS", 1)
    assert by_decimals(root) is None
    none = LeastSquares(line(root=root), statistics, None, NOISE_SD)
    assert none._by_decimals() is None


def rows_problem(*, intercept: bool, known: bool) -> tuple[Any, Any, Any, Line]:
    """Rows whose y is large next to the noise, and a prior line of any kind."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((12, 2)) @ np.array([[1.0, 0.9], [0.0, 0.3]])
    y = X @ [4.0, 5.0] + 3 * rng.standard_normal(12)
    noise_sd = 1e-10
    before = line(
        has_intercept=intercept,
        center=np.zeros(2),
        precision=4e20 if known else 0.0,
        mean=np.array([2.0 * known, 0.5, -1.0]),
        root=np.array([[1e10, 2e9], [0.0, 3e9]]),
        exact=ScaledCovariance(np.eye(2), 1.0),
    )
    return X, y, noise_sd, before


@pytest.mark.parametrize(
    ("intercept", "known"), [(True, False), (True, True), (False, False)]
)
def test_how_much_of_a_mean_is_lost_without_the_rows(
    intercept: bool, known: bool
) -> None:
    """The message says it: terms of residuals, and the condition times the rest.

    The one row that knows a flat intercept mixes with no other, and does not count.
    """
    X, y, noise_sd, before = rows_problem(intercept=intercept, known=known)
    statistics = SufficientStatistics.from_rows(X, y)
    ours = LeastSquares(before, statistics, None, noise_sd)
    design, target = X, y - X @ before.coef
    prior = np.column_stack([before.root, np.zeros(2)])
    if known:
        design = np.column_stack([np.ones(12), X])
        prior = np.column_stack([np.zeros(2), prior])
        prior = np.vstack([[2e10, 0, 0, 0], prior])
        target = target - before.mean[0]
    elif intercept:
        design, target = X - X.mean(axis=0), target - target.mean()
    table = np.vstack([prior, np.column_stack([design, target]) / noise_sd])
    factor = np.linalg.qr(table, mode="r")
    root, response = factor[:-1, :-1], factor[:, -1]
    condition = np.linalg.cond(root / np.linalg.norm(root, axis=0), 1)
    change = np.linalg.solve(root, response[:-1])[-2:]
    terms = np.abs(root).max(axis=0)[-2:] @ np.abs(change) + np.abs(response).max()
    centred = np.column_stack([X, y]) - np.column_stack([X, y]).mean(axis=0)
    sizes = np.abs(np.linalg.qr(centred, mode="r")).max(axis=0) / noise_sd
    terms += sizes @ [0.5, 1.0, 1.0]
    loss = EPS * (terms + condition * abs(response[-1]))
    if not intercept:
        after = np.abs(before.coef + change)
        at_mean = np.abs(X.mean(axis=0)) @ (np.abs(before.coef) + after)
        loss += EPS * (at_mean + abs(y.mean())) * np.sqrt(12) / noise_sd
    with pytest.raises(ValueError, match="rounding may move means to") as error:
        ours.solve()
    assert f"means to {loss:.0e} of them" in str(error.value)


def test_a_mean_far_from_zero_is_known_to_more_digits_than_doubles_hold() -> None:
    """Rows around 1e8 noise sds, whose residuals are taken in twice the precision."""
    y = 1e8 + Y
    rows = Rows.of(X, y, likelihoods.Normal(1.0))
    statistics = SufficientStatistics.from_rows(X, y)
    before = line(center=np.zeros(2), precision=0.0, mean=np.array([0.0, 1.0, -2.0]))
    before = replace(before, root=np.eye(2), exact=ScaledCovariance(None, 1.0))
    after = LeastSquares(before, statistics, rows, 1.0).solve()
    design = [[Fraction(1), *map(Fraction, row)] for row in X]
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
