"""Whether a likelihood grows without end, for rows whose answer is known."""

from typing import Any

import numpy as np
import pytest

from bayes_l2.arrays import FloatArray
from bayes_l2.model import likelihoods
from bayes_l2.model.likelihoods import separation

N_ROWS = 4000
LIKELIHOODS = {
    "two classes": likelihoods.Bernoulli(),
    "five classes": likelihoods.Categorical(),
    "counts": likelihoods.Poisson(),
}
over_all = pytest.mark.parametrize("likelihood", LIKELIHOODS.values(), ids=LIKELIHOODS)


def parted(likelihood: Any, rng: Any, gap: float) -> tuple[FloatArray, FloatArray]:
    """Return rows that a plane parts with a margin of ``gap``."""
    X = np.column_stack([np.ones(N_ROWS), rng.standard_normal((N_ROWS, 4))])
    if likelihood.encoding == "classes":
        y = np.argmax(X[:, 1:], axis=1).astype(float)
        y[X[:, 1:].max(axis=1) < 0] = 4.0
        X = np.column_stack([X, np.eye(5)[y.astype(int)][:, 1:] * gap])
        return X, y
    side = np.sign(X[:, 1] + 2 * X[:, 2])
    X[:, 1] += gap * side
    if likelihood.encoding == "counts":
        # the positive counts are on the plane of a direction
        y = np.where(side > 0, rng.poisson(2.0, N_ROWS) + 1.0, 0.0)
        X[:, 3] = np.where(side > 0, 0.0, np.abs(X[:, 3]) + gap)
        return X, y
    return X, side


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of rows that the programmes see."""
    counts: list[int] = []

    def counted(kind: Any) -> Any:
        stated = kind.directions

        def directions(self: Any, rows: FloatArray, y: FloatArray) -> Any:
            counts.append(len(rows))
            return stated(self, rows, y)

        return directions

    for kind in map(type, LIKELIHOODS.values()):
        monkeypatch.setattr(kind, "directions", counted(kind))
    return counts


@over_all
@pytest.mark.parametrize("gap", [1e-3, 1.0])
def test_rows_that_a_plane_parts_grow_without_end(
    likelihood: Any, gap: float, seen: list[int]
) -> None:
    X, y = parted(likelihood, np.random.default_rng(1), gap)
    assert separation.grows_without_end(likelihood, X, y)
    assert 0 < max(seen) < N_ROWS / 2


@over_all
def test_rows_without_a_plane_do_not(likelihood: Any, seen: list[int]) -> None:
    rng = np.random.default_rng(2)
    X, y = parted(likelihood, rng, 1.0)
    y = y[rng.permutation(N_ROWS)]
    assert not separation.grows_without_end(likelihood, X, y)
    assert 0 < max(seen) < N_ROWS / 2


@pytest.mark.parametrize("row", [0, 1777, N_ROWS - 1])
def test_one_row_inside_of_the_other_class_is_found(row: int) -> None:
    """A row at the mean of the other class leaves no plane: it is the only such row."""
    X, y = parted(likelihoods.Bernoulli(), np.random.default_rng(3), 1.0)
    y[row] = -1.0
    X[row] = X[y > 0].mean(axis=0)
    assert not separation.grows_without_end(likelihoods.Bernoulli(), X, y)


def test_a_column_of_one_row_is_a_direction() -> None:
    """The coefficient of a dummy of one row goes to infinity; few rows show it."""
    rng = np.random.default_rng(4)
    X = np.column_stack([np.ones(N_ROWS), rng.standard_normal((N_ROWS, 3))])
    y = np.where(rng.uniform(size=N_ROWS) < 0.5, 1.0, -1.0)
    assert not separation.grows_without_end(likelihoods.Bernoulli(), X, y)
    dummy = np.zeros(N_ROWS)
    dummy[1234] = 1.0
    X = np.column_stack([X, dummy])
    assert separation.grows_without_end(likelihoods.Bernoulli(), X, y)


def near_a_plane(seed: int) -> tuple[FloatArray, FloatArray]:
    """Return rows that a plane parts, a third of them with a gap of 9e-8 only."""
    rng = np.random.default_rng(seed)
    Z, b = rng.standard_normal((60, 3)), rng.standard_normal(3)
    signs = np.sign(Z @ b)
    Z[:20] -= np.outer((Z @ b - 9e-8 * signs)[:20], b) / (b @ b)
    return np.column_stack([np.ones(60), Z]), signs


UNITS = {"1": np.ones(4), "far apart": np.array([1.0, 1e-12, 1.0, 1e12])}


@pytest.mark.parametrize("seed", [33, 34])
@pytest.mark.parametrize("units", UNITS)
def test_a_gap_of_nine_units_of_the_eighth_digit_is_seen(seed: int, units: str) -> None:
    """HiGHS finds it at its tightest tolerances, and not at those by default."""
    X, signs = near_a_plane(seed)
    X *= UNITS[units]
    found = separation.separation(X, signs)
    assert found.kind == "complete"
    assert found.direction is not None
    assert (signs * (X @ found.direction)).min() > 0


@pytest.mark.parametrize("seed", [33, 34])
@pytest.mark.parametrize("units", UNITS)
def test_equal_rows_of_two_classes_are_on_the_plane(seed: int, units: str) -> None:
    X, signs = near_a_plane(seed)
    X[-1] = X[-2] = X[:20].mean(axis=0)
    signs[-2:] = [1.0, -1.0]
    X *= UNITS[units]
    found = separation.separation(X, signs)
    assert found.kind == "quasi"
    assert found.direction is not None
    margins = signs * (X @ found.direction)
    assert margins.min() > -1e-8 * margins.max()
    assert margins.sum() > 0


def test_a_tiny_row_counts_as_a_large_one() -> None:
    """Rows are compared by their direction from 0: 1e-12 is not rounding."""
    opposite = np.array([[1.0, 0.0], [-1.0, 0.0], [1e-12, 0.0], [0.0, 1e-12]])
    parted = separation.separation(opposite, np.array([1.0, -1.0, 1.0, 1.0]))
    assert parted.kind == "complete"
    for signs in ([1.0, -1.0, -1.0, 1.0], [1.0, 1.0, 1.0, 1.0]):
        found = separation.separation(opposite, np.array(signs))
        assert found.kind == "quasi"
        assert found.direction is not None
        assert found.direction[0] == 0


def test_one_row_is_parted_from_none() -> None:
    assert separation.separation(np.ones((1, 1)), np.ones(1)).kind == "complete"
    assert separation.separation(np.ones((0, 1)), np.ones(0)).kind == "none"
    zeros = np.zeros((3, 2))
    assert separation.separation(zeros, np.ones(3)).kind == "none"


@pytest.mark.parametrize("units", UNITS)
def test_rows_of_the_level_are_on_the_plane(units: str) -> None:
    """Two of them leave one direction of three columns: here (1, -2, 1) or its like."""
    level = np.array([[1.0, 1.0, 1.0], [2.0, 1.0, 0.0]])
    X = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [1.0, 1.0, 1.0]])
    unit = UNITS[units][:3]
    found = separation.separation(X * unit, np.ones(3), level * unit)
    assert found.kind == "quasi"
    assert found.direction is not None
    in_ones = found.direction * unit
    np.testing.assert_allclose(in_ones / in_ones[0], [1.0, -2.0, 1.0], rtol=1e-9)
    assert in_ones[0] > 0
    against = X * [1.0, -1.0, 1.0]
    assert (
        separation.separation(against * unit, np.ones(3), level * unit).kind == "none"
    )


@pytest.mark.parametrize("n", [499, 500, 501])
def test_as_many_rows_as_a_part_are_all_seen(n: int) -> None:
    x = np.linspace(-1.0, 1.0, n)
    X, y = np.column_stack([np.ones(n), x]), np.where(x > 0.1, 1.0, -1.0)
    assert separation.grows_without_end(likelihoods.Bernoulli(), X, y)
    y[[0, -1]] = y[[-1, 0]]
    assert not separation.grows_without_end(likelihoods.Bernoulli(), X, y)


def test_the_last_class_may_stand_in_one_row() -> None:
    rng, row = np.random.default_rng(7), 1777
    X = np.column_stack([np.ones(N_ROWS), rng.standard_normal((N_ROWS, 2))])
    y = rng.integers(0, 2, N_ROWS).astype(float)
    y[row] = 2.0
    assert not separation.grows_without_end(likelihoods.Categorical(), X, y)
    X[row, 1] = 9.0  # beyond all others: its predictor can grow alone
    assert separation.grows_without_end(likelihoods.Categorical(), X, y)


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_units_of_columns_do_not_matter(unit: float) -> None:
    X, y = parted(likelihoods.Bernoulli(), np.random.default_rng(3), 1.0)
    X[:, 1:3] *= unit
    assert separation.grows_without_end(likelihoods.Bernoulli(), X, y)
    y[1777] = -1.0
    X[1777] = X[y > 0].mean(axis=0)
    assert not separation.grows_without_end(likelihoods.Bernoulli(), X, y)
