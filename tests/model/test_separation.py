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


@over_all
@pytest.mark.parametrize("gap", [1e-3, 1.0])
def test_rows_that_a_plane_parts_grow_without_end(likelihood: Any, gap: float) -> None:
    X, y = parted(likelihood, np.random.default_rng(1), gap)
    assert separation.grows_without_end(likelihood, X, y)


@over_all
def test_rows_without_a_plane_do_not(likelihood: Any) -> None:
    rng = np.random.default_rng(2)
    X, y = parted(likelihood, rng, 1.0)
    y = y[rng.permutation(N_ROWS)]
    assert not separation.grows_without_end(likelihood, X, y)


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


@over_all
def test_a_programme_sees_a_part_of_the_rows(
    likelihood: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    stated = type(likelihood).directions

    def counting(self: Any, rows: FloatArray, y: FloatArray) -> Any:
        seen.append(len(rows))
        return stated(self, rows, y)

    rng = np.random.default_rng(5)
    X, y = parted(likelihood, rng, 1.0)
    monkeypatch.setattr(type(likelihood), "directions", counting)
    assert separation.grows_without_end(likelihood, X, y)
    assert not separation.grows_without_end(likelihood, X, y[rng.permutation(N_ROWS)])
    assert max(seen) < N_ROWS / 2
