"""The eigenbasis and linear functions of it, against plain linear algebra."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.linear_functions import LinearFunctions
from tests.posteriors.quadrature.dense import CASES, INF, Dense

PENALTIES = np.array([1e-3, 0.4, 50.0])  # in the units of the rows
over_cases = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))


def root_of(basis: Eigenbasis, penalty: float) -> np.ndarray:
    """Return C with CC' the covariance of the coefficients, for a noise sd of 1."""
    along = basis.axes * np.sqrt(basis.variances(np.asarray(penalty / basis.unit)))
    outside = basis.outside_axes / np.sqrt(penalty)
    return np.hstack([along, basis.free_axes, outside])


@over_cases
def test_moments_given_scales(case: Dense) -> None:
    basis, first = Eigenbasis.of(case.model()), int(case.intercept)
    penalties = PENALTIES / basis.unit
    coef = basis.coefficients(penalties)
    for i, penalty in enumerate(PENALTIES):
        cov = np.linalg.inv(case.precision(penalty))[first:, first:]
        sd = np.sqrt(np.diag(cov))
        assert np.all(np.abs(coef[i] - case.solution(penalty)[first:]) < 1e-10 * sd)
        root = root_of(basis, penalty)
        np.testing.assert_allclose(
            root @ root.T / np.outer(sd, sd), cov / np.outer(sd, sd), atol=1e-8
        )
    squares = [case.squares(penalty) for penalty in PENALTIES]
    np.testing.assert_allclose(basis.sum_of_squares(penalties), squares, rtol=1e-10)
    for noise_sd in (0.3, 2.0):
        expected = [case.log_evidence(penalty, noise_sd) for penalty in PENALTIES]
        ours = basis.log_evidence(penalties, np.full(3, noise_sd))
        np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-9)


@over_cases
def test_effective_number_of_coefficients(case: Dense) -> None:
    """The trace of the matrix that takes y to its fit, less one for the intercept."""
    basis, first = Eigenbasis.of(case.model()), int(case.intercept)
    _, _, weights = case.rows
    gram = case.design.T @ (weights[:, np.newaxis] * case.design)
    expected = [
        np.trace(np.linalg.solve(case.precision(penalty), gram)) - first
        for penalty in PENALTIES
    ]
    ours = basis.degrees_of_freedom(PENALTIES / basis.unit)
    # the normal equations have nine digits where a penalty is small
    np.testing.assert_allclose(ours, expected, rtol=1e-8)


@over_cases
def test_directions_that_rows_inform(case: Dense) -> None:
    """They are orthonormal for the prior; those outside of them keep it."""
    basis = Eigenbasis.of(case.model())
    ours, k = basis.unit_axes, basis.axes.shape[1]
    np.testing.assert_allclose(ours @ ours.T, np.eye(k), atol=1e-12)
    assert basis.eigenvalues.max() == pytest.approx(1.0, rel=1e-12)
    n_flat = int(np.isinf(case.sds).sum()) if case.sds is not None else 0
    assert basis.free_axes.shape == (case.p, n_flat)
    assert basis.rows == case.n - n_flat - case.intercept
    assert k == min(case.n - int(case.intercept) - n_flat, case.p - n_flat)
    assert basis.is_partial == (k + n_flat < case.p)
    # the covariance under a huge penalty is that of the prior, but for flat columns
    outside = basis.outside_axes
    np.testing.assert_allclose(
        basis.outside_variances, np.sum(outside**2, axis=1), atol=1e-12
    )
    rows = np.vstack([np.eye(case.p), np.linspace(-1, 2, case.p)])
    np.testing.assert_allclose(
        basis.outside_variances_of(rows),
        np.sum((rows @ outside) ** 2, axis=1),
        atol=1e-11,
    )
    if k == min(case.n, case.p) - n_flat == case.p - n_flat:
        assert basis.outside_variances.tolist() == [0.0] * case.p
        assert outside.shape == (case.p, 0)


@pytest.mark.parametrize("name", ["a flat column", "flat columns, no intercept"])
def test_flat_coefficients_given_the_others(name: str) -> None:
    case = CASES[name]
    basis = Eigenbasis.of(case.model())
    is_flat, first = np.isinf(case.sds), int(case.intercept)
    # the precision of the flat ones given the others, the intercept integrated out
    inverse = np.linalg.inv(case.precision(1.0))[first:, first:]
    precision = np.linalg.inv(inverse)
    own, cross = precision[np.ix_(is_flat, is_flat)], precision[is_flat][:, ~is_flat]
    deviations = np.array([[1.0, -2.0, 0.5, 3.0], [0.0, 0.0, 1.0, 0.0]])[:, : case.p]
    squares, log_root = basis.flat_distance(deviations)
    for deviation, ours in zip(deviations, squares, strict=True):
        given = -np.linalg.solve(own, cross @ deviation[~is_flat])
        away = deviation[is_flat] - given
        assert ours == pytest.approx(away @ own @ away, rel=1e-10)
    assert log_root == pytest.approx(0.5 * np.linalg.slogdet(own)[1], rel=1e-10)


@over_cases
def test_linear_functions_given_scales(case: Dense) -> None:
    basis = Eigenbasis.of(case.model())
    parameters = LinearFunctions.parameters(basis)
    X = np.linspace(-2, 3, 2 * case.p).reshape(2, case.p)
    line = LinearFunctions.line(basis, X)
    new = np.column_stack([np.ones((2, int(case.intercept))), X])
    identity = np.eye(len(parameters.names))
    places = [len(identity) - 1, 0]
    kinds = (
        (parameters, identity),
        (line, new),
        (parameters.take(places), identity[places]),
        (line.take([1]), new[1:]),
    )
    for penalty in PENALTIES:
        cov = np.linalg.inv(case.precision(penalty))
        for functions, rows in kinds:
            alpha = np.asarray(penalty / basis.unit)
            expected = rows @ cov @ rows.T
            sd = np.sqrt(np.diag(expected))
            mean = functions.center + functions.axes @ basis.means(alpha)
            assert np.all(np.abs(mean - rows @ case.solution(penalty)) < 1e-9 * sd)
            root = functions.root(float(alpha))
            ours = root @ root.T / np.outer(sd, sd)
            np.testing.assert_allclose(ours, expected / np.outer(sd, sd), atol=1e-9)
            np.testing.assert_allclose(
                functions.outside_variances,
                np.sum(functions.outside_axes**2, axis=1),
                atol=1e-10,
            )
    names = tuple(f"x{j}" for j in range(case.p))
    names = ("intercept",) * case.intercept + names
    assert parameters.names == names
    assert line.names == ("0", "1")
    assert parameters.take(places).names == (names[-1], names[0])


def test_penalties_of_any_shape() -> None:
    case = CASES["one sd"]
    basis = Eigenbasis.of(case.model())
    grid = np.array([[1e-3, 0.4, 2.0], [50.0, 1.0, 7.0]])
    penalty, noise_sd = grid / basis.unit, np.full((2, 3), 0.7)
    for i in range(2):
        for j in range(3):
            exact = case.log_evidence(grid[i, j], 0.7)
            ours = basis.log_evidence(penalty, noise_sd)[i, j]
            assert ours == pytest.approx(exact, rel=1e-10)
            one = basis.degrees_of_freedom(penalty[i, j])
            assert basis.degrees_of_freedom(penalty)[i, j] == one
            assert basis.coefficients(penalty)[i, j] == pytest.approx(
                case.solution(grid[i, j])[1:], rel=1e-9
            )


def test_units_of_small_columns() -> None:
    X = 1e-6 * CASES["one sd"].rows[0]
    basis = Eigenbasis.of(gaussian(X, np.arange(8.0)))
    largest = np.linalg.norm(X - X.mean(axis=0), ord=2)
    assert basis.unit == pytest.approx(largest**2, rel=1e-12)
    assert basis.eigenvalues.max() == pytest.approx(1, rel=1e-12)


def test_as_many_directions_as_rows_leave_no_residual() -> None:
    assert Eigenbasis.of(CASES["more columns"].model()).residual == 0.0


def test_rows_that_inform_some_columns_alone() -> None:
    """The others keep their prior, and these have nothing of it left."""
    rng = np.random.default_rng(2)
    X = np.column_stack([rng.standard_normal((5, 3)), np.zeros((5, 2))])
    basis = Eigenbasis.of(gaussian(X, rng.standard_normal(5)))
    assert basis.outside_variances.tolist() == [0.0, 0.0, 0.0, 1.0, 1.0]
    rows = np.array([[1.0, -2.0, 3.0, 0.0, 0.0], [0.0, 1.0, 0.0, 2.0, 1.0]])
    assert basis.outside_variances_of(rows)[0] == 0.0
    assert basis.outside_variances_of(rows)[1] == pytest.approx(5.0, rel=1e-12)


@pytest.mark.parametrize("unit", [1.0, 1e8])
@pytest.mark.parametrize(
    "sizes", [(1.0, 0.1, 1e-2), (1.0, 0.1, 1e-7), (1.0, 1e-6, 1e-7)]
)
def test_singular_values_of_many_columns(sizes: Any, unit: float) -> None:
    """The square of the least one has 9 digits, though it is 1e-14 of the largest."""
    rng = np.random.default_rng(3)
    left = np.linalg.qr(np.column_stack([np.ones(4), rng.standard_normal((4, 3))]))[0]
    right = np.linalg.qr(rng.standard_normal((20, 3)))[0]
    values = unit * np.array(sizes)
    basis = Eigenbasis.of(gaussian((left[:, 1:] * values) @ right.T, np.arange(4.0)))
    found = np.sort(basis.eigenvalues)[::-1]
    np.testing.assert_allclose(found, np.square(sizes), rtol=1e-7)


def test_a_direction_that_is_rounding_is_none() -> None:
    """Of three columns one is a sum; of the others one is small next to them."""
    X = np.random.default_rng(5).standard_normal((8, 3))
    X[:, 1] = X[:, 0] + 1e-9 * X[:, 1]
    X[:, 2] = X[:, 0] + X[:, 1]
    basis = Eigenbasis.of(gaussian(X, np.ones(8), False))
    assert basis.axes.shape == (3, 2)


def test_flat_columns_that_rows_do_not_determine() -> None:
    X = np.random.default_rng(4).standard_normal((6, 3))
    X[:, 2] = X[:, 1]
    with pytest.raises(ValueError, match="do not determine"):
        Eigenbasis.of(gaussian(X, np.ones(6), prior=priors.Normal([1.0, INF, INF])))


@pytest.mark.parametrize("unit", [1e-10, 1.0, 1e10])
def test_columns_that_a_flat_one_explains_inform_nothing(unit: float) -> None:
    """Multiples of it leave rounding, in any unit, and another column all the rest."""
    flat, other, factors = np.random.default_rng(6).standard_normal((3, 12))
    X = np.column_stack([flat, np.outer(flat, factors), unit * other])
    prior = priors.Normal([INF, *np.ones(13)])
    basis = Eigenbasis.of(gaussian(X, np.arange(12.0), False, prior))
    left = other @ other - (flat @ other) ** 2 / (flat @ flat)
    assert basis.eigenvalues.tolist() == [1.0]
    assert basis.unit == pytest.approx(unit**2 * left, rel=1e-12)


def gaussian(
    X: np.ndarray, y: np.ndarray, intercept: bool = True, prior: Any = None
) -> LinearModel:
    prior = priors.Normal(1.0) if prior is None else prior
    noise = likelihoods.Normal(1.0)
    return LinearModel(X, y, likelihood=noise, prior=prior, intercept=intercept)


def test_rows_of_zeros_inform_nothing() -> None:
    basis = Eigenbasis.of(gaussian(np.zeros((4, 2)), np.array([1.0, 2, 3, 5])))
    assert (basis.axes.shape, basis.unit, basis.rows) == ((2, 0), 1.0, 3)
    assert (basis.projections.shape, basis.eigenvalues.shape) == ((0,), (0,))
    assert basis.residual**2 == pytest.approx(8.75, rel=1e-14)
    np.testing.assert_allclose(basis.outside_variances, 1.0)
