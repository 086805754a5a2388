"""How far rounding may move a posterior, and what is refused for it."""

from fractions import Fraction
from operator import mul
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, SufficientStatistics, fit_exact, likelihoods, priors
from bayes_l2.model.rows import Rows
from bayes_l2.posteriors.least_squares import decimals
from bayes_l2.posteriors.least_squares.line import DecimalForm, Line, ScaledCovariance
from bayes_l2.posteriors.least_squares.problem import LeastSquares
from tests.posteriors.least_squares.small import (
    COLUMNS,
    EPS,
    LARGE,
    NOISE_SD,
    X,
    Y,
    line,
    problem,
)


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
        # errors that are 16 roundings to the last digit
        (2.0**-16, 0.0, {"root": np.eye(2), "mean": np.full(3, 2.0**32)}, False),
        (0.0, 2.0**-15, {"mean": np.array([2.0**32, 0.0, 0.0])}, False),
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


@pytest.mark.parametrize(("offset", "is_lost"), [(1e4, False), (1e9, True)])
def test_a_posterior_of_rows_far_from_zero_as_a_prior(
    offset: float, is_lost: bool
) -> None:
    """It has rounded the mean of its rows, as if they had been moved together.

    The mean of b ~ N(0, 1e12) is Sxy / (Sxx + 1e-12) for a noise sd of 1.
    """
    x = np.array([0.0, 1, 1, 3, 4, 6, 6])
    y = np.where(x < 2, 0.0, 1e4 * x)

    def moments(moved: Fraction) -> tuple[Fraction, Fraction]:
        u, v = [Fraction(each) + moved * (each < 2) for each in x.tolist()], y.tolist()
        u = [each - sum(u) / 7 for each in u]
        squares = sum(each * each for each in u) + Fraction(1, 10**12)
        return sum(map(mul, u, map(Fraction, v))) / squares, squares

    slope, squares = moments(Fraction(0))
    moved = Fraction(offset + 2 / 3) - Fraction(offset) - Fraction(2, 3)
    in_sds = abs(moments(moved)[0] - slope) * squares**0.5
    assert (in_sds > 1e-6) is is_lost
    first, rest = (
        SufficientStatistics.from_rows(offset + x[part, np.newaxis], y[part])
        for part in (slice(3), slice(3, 7))
    )
    noise, prior = likelihoods.Normal(1.0), priors.Normal(1e6)
    model = LinearModel.from_statistics(first, likelihood=noise, prior=prior)
    before = fit_exact(model)
    if is_lost:
        with pytest.raises(ValueError, match="rounding may move means to"):
            before.condition_on_statistics(rest)
    else:
        found = before.condition_on_statistics(rest).mean[1]
        assert abs(found - float(slope)) * float(squares) ** 0.5 < 1e-6


@pytest.mark.parametrize("residual", [3.0, 0.01])
@pytest.mark.parametrize(
    ("intercept", "known"), [(True, False), (True, True), (False, False)]
)
def test_how_much_of_a_mean_is_lost_without_the_rows(
    intercept: bool, known: bool, residual: float
) -> None:
    """The message says it: terms of residuals, and the condition times the rest.

    The one row that knows a flat intercept mixes with no other, and does not count.
    """
    rng = np.random.default_rng(1)
    X = rng.standard_normal((12, 2)) @ np.array([[1.0, 0.9], [0.0, 0.3]])
    y = X @ [4.0, 5.0] + residual * rng.standard_normal(12) + 40 * intercept
    before = line(
        has_intercept=intercept,
        center=np.zeros(2),
        precision=4e20 if known else 0.0,
        mean=np.array([10.0 * known, 0.5, -1.0]),
        root=np.array([[1e10, 2e9], [0.0, 3e9]]),
        exact=ScaledCovariance(np.ones(2), 1.0),
    )
    statistics = SufficientStatistics.from_rows(X, y)
    ours = LeastSquares(before, statistics, None, 0.75e-10)
    design, target = X, y - X @ before.coef
    prior = np.column_stack([before.root, np.zeros(2)])
    if known:
        design = np.column_stack([np.ones(12), X])
        prior = np.column_stack([np.zeros(2), prior])
        prior = np.vstack([[2e10, 0, 0, 0], prior])
        target = target - before.mean[0]
    elif intercept:
        design, target = X - X.mean(axis=0), target - target.mean()
    table = np.vstack([prior, np.column_stack([design, target]) / 0.75e-10])
    factor = np.linalg.qr(table, mode="r")
    root, response = factor[:-1, :-1], factor[:, -1]
    condition = np.linalg.cond(root / np.linalg.norm(root, axis=0), 1)
    change = np.linalg.solve(root, response[:-1])[-2:]
    terms = np.abs(root).max(axis=0)[-2:] @ np.abs(change) + np.abs(response).max()
    centred = np.column_stack([X, y]) - np.column_stack([X, y]).mean(axis=0)
    sizes = np.abs(np.linalg.qr(centred, mode="r")).max(axis=0) / 0.75e-10
    terms += sizes @ [0.5, 1.0, 1.0]
    loss = EPS * (terms + condition * abs(response[-1]))
    if not intercept:
        after = np.abs(before.coef + change)
        at_mean = np.abs(X.mean(axis=0)) @ (np.abs(before.coef) + after)
        loss += EPS * (at_mean + abs(y.mean())) * np.sqrt(12) / 0.75e-10
    with pytest.raises(ValueError, match="rounding may move means to") as error:
        ours.solve()
    assert f"means to {loss:.0e} of them" in str(error.value)


@pytest.mark.parametrize("is_full", [True, False])
@pytest.mark.parametrize(("condition", "is_lost"), [(1e5, True), (1e3, False)])
def test_a_covariance_that_rounding_changes(
    condition: float, is_lost: bool, is_full: bool
) -> None:
    """The root of a full one loses its condition number, squared; rows lose none."""
    root = np.array([[1.0, 1.0], [0.0, 4 / condition]])
    X = 1e3 * np.vstack([np.eye(2), -np.eye(2)])
    inverse = np.linalg.inv(root)
    shape = inverse @ inverse.T if is_full else np.ones(2)
    before = line(
        center=np.zeros(2), precision=0.0, root=root, exact=ScaledCovariance(shape, 1.0)
    )
    rows = Rows.of(X, Y, likelihoods.Normal(1.0))
    statistics = SufficientStatistics.from_rows(X, Y)
    after = LeastSquares(before, statistics, rows, 1.0).solve()
    assert isinstance(after.exact, DecimalForm) is (is_full and is_lost)
    precision = X.T @ X + root.T @ root
    np.testing.assert_allclose(after.root.T @ after.root, precision, rtol=1e-9)
