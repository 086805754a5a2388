"""The Gaussian of a regression line, and its solution in decimals."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from bayes_l2 import GaussianPosterior, LinearModel, likelihoods, priors
from bayes_l2.model.rows import Rows
from bayes_l2.posteriors.least_squares import decimals
from bayes_l2.posteriors.least_squares.line import DecimalForm, Line, ScaledCovariance
from tests.oracles import rational_posterior, solve_exactly

ROOT = np.array([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0], [0.0, 0.0, 0.25]])


def rows_of(model: LinearModel) -> Rows:
    assert isinstance(model.data, Rows)
    return model.data


def line(**changes: Any) -> Line:
    p = len(changes.get("root", ROOT))
    values: dict[str, Any] = {
        "has_intercept": True,
        "center": np.arange(1.0, p + 1),
        "precision": 4.0,
        "mean": np.zeros(p + 1),
        "rest": np.zeros(p + 1),
        "root": ROOT,
    }
    return Line(**values | changes)


def test_the_precision_of_a_line() -> None:
    """That of (a, b) is k (1, c)(1, c)' and, for b, R'R."""
    ours = line()
    row = np.array([1.0, 1.0, 2.0, 3.0])
    expected = 4 * np.outer(row, row)
    expected[1:, 1:] += ROOT.T @ ROOT
    np.testing.assert_allclose(ours.whole_root.T @ ours.whole_root, expected)
    assert ours.diagonal.tolist() == [2.0, 2.0, 3.0, 0.25]
    np.testing.assert_allclose(ours.coef_inverse @ ROOT, np.eye(3), atol=1e-15)
    without = line(has_intercept=False, precision=0.0, center=np.zeros(3))
    assert without.whole_root.tolist() == ROOT.tolist()
    assert without.diagonal.tolist() == [2.0, 3.0, 0.25]
    known = np.arange(16.0).reshape(4, 4)
    assert line(inverse=known).coef_inverse.tolist() == known[1:, 1:].tolist()
    known = known[1:, 1:]
    other = line(has_intercept=False, inverse=known)
    assert other.coef_inverse.tolist() == known.tolist()


@pytest.mark.parametrize(
    ("exact", "is_full", "is_rounded"),
    [
        (None, False, True),
        (ScaledCovariance(None, 2.0), False, False),
        (ScaledCovariance(np.ones(3), 2.0), False, False),
        (ScaledCovariance(np.eye(3), 2.0), True, False),
    ],
)
def test_what_the_root_was_rounded_from(
    exact: Any, is_full: bool, is_rounded: bool
) -> None:
    assert line(exact=exact).has_full_covariance is is_full
    assert line(exact=exact).is_rounded is is_rounded
    assert line(exact=exact, root=0 * ROOT).is_rounded is False


@pytest.mark.parametrize(
    ("changes", "is_within"),
    [
        ({}, True),
        # the sd of the intercept is |c| over the root
        ({"center": np.array([1e285]), "root": np.ones((1, 1))}, True),
        ({"center": np.array([1e285]), "root": np.full((1, 1), 1e-30)}, False),
        ({"center": np.array([1e160]), "root": np.full((1, 1), 1e-150)}, False),
        ({"center": np.array([1e160]), "root": np.full((1, 1), 1e-140)}, True),
        # the root of the precision holds the center times that of the intercept
        ({"center": np.array([1e200]), "precision": 1e200}, True),
        ({"center": np.array([1e200]), "precision": 1e230}, False),
        ({"center": np.zeros(1), "root": np.full((1, 1), 1e300)}, True),
        ({"center": np.zeros(1), "root": np.full((1, 1), 1e-300)}, True),
        ({"center": np.zeros(1), "root": np.full((1, 1), 1e-310)}, False),
        # a flat direction has no sd, and a mean has to be a number
        ({"center": np.array([1e285]), "root": np.zeros((1, 1))}, True),
        ({"center": np.array([1e285, 0.0]), "root": np.diag([1.0, 0.0])}, True),
        ({"center": np.array([1e285, 0.0]), "root": np.diag([1e-30, 1.0])}, False),
        ({"center": np.array([1e285]), "mean": np.array([0.0, np.inf])}, False),
    ],
)
def test_sds_beyond_the_range_of_doubles(
    changes: dict[str, Any], is_within: bool
) -> None:
    p = len(changes.get("center", np.ones(3)))
    one_column = {"root": np.ones((1, 1))} if p == 1 else {}
    ours = line(**one_column | changes)
    if is_within:
        ours.require_range()
    else:
        with pytest.raises(ValueError, match="beyond double precision"):
            ours.require_range()


def test_triangular_matrices_of_decimals() -> None:
    """Of 1, 1, 1, 1 + e the second pivot is e: digits that are lost, if it is small."""
    whole = [[4, 2, -2], [2, 10, 5], [-2, 5, 9]]
    with localcontext(prec=60):
        root = decimals._cholesky(decimals.decimals(np.array(whole)))
        assert root is not None
        inverse = decimals._inverse(root)
        product = inverse @ inverse.T
        expected = solve_exactly(
            [[Fraction(value) for value in row] for row in whole],
            [[Fraction(int(i == j)) for j in range(3)] for i in range(3)],
        )
        for i in range(3):
            for j in range(3):
                exact = expected[i][j]
                ours = product[i, j] * exact.denominator
                assert abs(ours - exact.numerator) < Decimal("1e-55")
        assert np.all(np.tril(root, -1) == 0)
        assert abs((root.T @ root - np.array(whole)).max()) < Decimal("1e-57")
        for exponent, is_lost in ((-29, False), (-30, True), (-31, True)):
            small = decimals.decimals(np.ones((2, 2)))
            small[1, 1] += Decimal(10) ** exponent
            assert (decimals._cholesky(4 * small) is None) is is_lost
        assert decimals._cholesky(decimals.decimals(np.zeros((1, 1)))) is None


@pytest.mark.parametrize("prec", [60, 120])
@pytest.mark.parametrize("exact", [None, "unit", "sds", "cov"])
@pytest.mark.parametrize("intercept", [False, True])
def test_a_prior_in_decimals(prec: int, exact: Any, intercept: bool) -> None:
    """The precision of (a, b) in full, and means with what rounding left out of them.

    The intercept is that at 0, the response at c less c'b.
    """
    unit, half = 3.0, np.array([[1.0, 0.5], [0.0, 2.0]])
    cov = {"unit": np.eye(2), "sds": np.diag([4.0, 0.25]), "cov": half @ half.T}
    forms = {"unit": None, "sds": np.array([2.0, 0.5]), "cov": cov["cov"]}
    before = line(
        has_intercept=intercept,
        root=np.array([[2.0, -1.0], [0.0, 3.0]]),
        mean=np.array([5.0, 1.0, -4.0]) * [float(intercept), 1, 1],
        rest=np.array([1e-17, 2e-17, 5e-16]) * [float(intercept), 1, 1],
        exact=None if exact is None else ScaledCovariance(forms[exact], unit),
    )
    with localcontext(prec=prec):
        form = decimals._form(before)
        assert form is not None
        of_coef = before.root.T @ before.root
        if exact:
            of_coef = np.linalg.inv(9 * cov[exact])
        expected, first = of_coef, int(intercept)
        if intercept:
            row = np.array([1.0, 1.0, 2.0])
            expected = 4 * np.outer(row, row)
            expected[1:, 1:] += of_coef
        ours = form.precision.astype(float)
        np.testing.assert_allclose(ours, expected, rtol=1e-14)
        small = form.mean - np.array([12, 1, -4][1 - first :])
        rests = [1e-17 - 2e-17 - 2 * 5e-16, 2e-17, 5e-16][1 - first :]
        np.testing.assert_allclose(small.astype(float), rests, rtol=1e-14)
        if exact == "sds":  # a flat column has no precision
            flat = ScaledCovariance(np.array([2.0, np.inf]), unit)
            form = decimals._form(line(root=half, exact=flat, center=np.zeros(2)))
            assert form is not None
            assert form.precision[-1, -1] == 0


@pytest.mark.parametrize(
    ("size", "is_known"), [(1e40, True), (1e48, True), (1e52, False), (1e60, False)]
)
def test_residuals_that_take_all_digits(size: float, is_known: bool) -> None:
    """In 60 digits means of 1e52 sds are not known to 1e-9 sds, and are in 120."""
    X = np.array([[1.0, 1e8, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    y = np.array([size, 0.3, 0.5])  # the last column is known all the same
    flat = {"has_intercept": False, "center": np.zeros(3), "precision": 0.0}
    before = line(**flat, root=np.eye(3))
    model = LinearModel(X, y, likelihood=likelihoods.Normal(1.0), prior=priors.Flat())
    for prec in (60, 120):
        with localcontext(prec=prec):
            form = decimals._form(before)
            assert form is not None
            found = decimals._solution(before, form, rows_of(model), 1.0)
        assert (found is not None) is (is_known or prec == 120)


def problem(*, intercept: bool) -> tuple[LinearModel, np.ndarray, np.ndarray]:
    """Two equal columns under little noise: their sum is known, and not each."""
    rng = np.random.default_rng(4)
    X = np.repeat(5 + rng.standard_normal((6, 1)), 2, axis=1)
    y = X.sum(axis=1) + 1e-9 * rng.standard_normal(6)
    noise, prior = likelihoods.Normal(1e-9), priors.Normal(2.0)
    model = LinearModel(X, y, likelihood=noise, prior=prior, intercept=intercept)
    return model, X, y


@pytest.mark.parametrize("intercept", [False, True])
def test_a_line_in_decimals(intercept: bool) -> None:
    model, X, y = problem(intercept=intercept)
    mean, sd = rational_posterior(X, y, 1e-9, 2.0, intercept=intercept)
    posterior = GaussianPosterior.of(model)
    ours = posterior.line
    assert isinstance(ours.exact, DecimalForm)
    np.testing.assert_allclose(posterior.mean, mean, rtol=1e-15, atol=1e-16)
    np.testing.assert_allclose(posterior.sd, sd, rtol=1e-14)
    # the whole root is the inverse of the inverse, in the digits that doubles hold
    assert ours.inverse is not None
    np.testing.assert_allclose(np.sqrt(np.sum(ours.inverse**2, axis=1)), sd, rtol=1e-14)
    # the mean in twice the precision, at the center
    with localcontext(prec=60):
        exact, first = ours.exact.mean, int(intercept)
        together = decimals.decimals(ours.mean) + decimals.decimals(ours.rest)
        if intercept:
            at_center = exact[0] + decimals.decimals(ours.center) @ exact[1:]
            assert abs(together[0] - at_center) < Decimal("1e-30")
            assert ours.precision == pytest.approx(6e18, rel=1e-15)
            np.testing.assert_allclose(ours.center, X.mean(axis=0), rtol=1e-15)
        else:
            assert (ours.precision, ours.mean[0]) == (0.0, 0.0)
            assert ours.center.tolist() == [0.0, 0.0]
        assert abs(together[1:] - exact[first:]).max() < Decimal("1e-30")
    # least squares of rows and prior, from the residuals of the rational solution
    design = np.column_stack([np.ones((6, int(intercept))), X])
    residual = [
        Fraction(float(value))
        - sum(Fraction(float(a)) * Fraction(b) for a, b in zip(row, mean, strict=True))
        for row, value in zip(design, y, strict=True)
    ]
    squares = sum(each**2 for each in residual) / Fraction(1e-9) ** 2
    squares += sum(Fraction(each) ** 2 for each in mean[int(intercept) :]) / 4
    assert ours.sum_of_squares == pytest.approx(float(squares), rel=1e-5)
    # the line at rows where its terms cancel
    rows = np.array([[3.0, -3.0], [1.0, 1.0], [0.0, 0.0]])
    moments = decimals.decimal_moments(ours, rows)
    assert moments is not None
    new = np.column_stack([np.ones((3, int(intercept))), rows])
    exact_cov = exact_covariance(X, intercept=intercept)
    for i, row in enumerate(new):
        z = [Fraction(float(value)) for value in row]
        variance = sum(
            a * b * exact_cov[j][k] for j, a in enumerate(z) for k, b in enumerate(z)
        )
        assert moments[1][i] == pytest.approx(float(variance) ** 0.5, rel=1e-14)
        center = sum(a * Fraction(b) for a, b in zip(z, mean, strict=True))
        assert moments[0][i] == pytest.approx(float(center), abs=1e-14)


def exact_covariance(X: np.ndarray, *, intercept: bool) -> list[list[Fraction]]:
    """Return the inverse of Z'Z / 1e-18 + P of the problem above, unrounded."""
    design = np.column_stack([np.ones((len(X), int(intercept))), X])
    Z = [[Fraction(float(value)) for value in row] for row in design]
    size = len(Z[0])
    precision = [
        [sum(row[i] * row[j] for row in Z) / Fraction(1e-9) ** 2 for j in range(size)]
        for i in range(size)
    ]
    for i in range(int(intercept), size):
        precision[i][i] += Fraction(1, 4)
    ones = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    return solve_exactly(precision, ones)


def test_predictions_of_a_form_that_sixty_digits_do_not_hold() -> None:
    """Equal columns say nothing of a difference, whose sd is that of the prior."""
    rng = np.random.default_rng(4)
    X = np.repeat(5 + rng.standard_normal((6, 1)), 2, axis=1)
    noise, prior = likelihoods.Normal(1e-20), priors.Normal(2.0)
    model = LinearModel(X, X.sum(axis=1), likelihood=noise, prior=prior)
    ours = GaussianPosterior.of(model).line
    assert ours.root.shape == (2, 2)
    moments = decimals.decimal_moments(ours, np.array([[3.0, -3.0]]))
    assert moments is not None
    assert moments[0] == pytest.approx([0.0], abs=1e-15)
    assert moments[1] == pytest.approx([3 * 8**0.5], rel=1e-15)


def test_decimals_are_for_problems_of_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products of n rows and d parameters: (n + d) d², and n d² for predictions."""
    model, _, _ = problem(intercept=True)
    before, rows = GaussianPosterior.before_data(model).line, rows_of(model)
    after = GaussianPosterior.of(model).line
    for most, is_done in ((81, True), (80, False)):
        monkeypatch.setattr(decimals, "MAX_PRODUCTS", most)
        assert (decimals.decimal_line(before, rows, 1e-9) is not None) is is_done
        new_rows = np.ones((9, 2))
        assert (decimals.decimal_moments(after, new_rows) is not None) is is_done
