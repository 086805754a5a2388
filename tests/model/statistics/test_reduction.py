"""Rows reduced in chunks, parts and any order of the memory, against sums of NumPy."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from bayes_l2.model.statistics import reduction as module

RNG = np.random.default_rng(11)
TABLE = RNG.standard_normal((3000, 8)) + 5.0


def require_factor(X: Any, y: Any, weights: Any = None) -> None:
    """Compare mean and squares about it with NumPy's."""
    rows = np.column_stack([X, y])
    mean, _, factor = module.mean_and_factor(X, y, weights)
    wanted = np.average(rows, axis=0, weights=weights)
    np.testing.assert_allclose(mean, wanted, rtol=1e-13)
    centred = rows - wanted
    weights = np.ones(len(rows)) if weights is None else weights
    squares = centred.T @ (weights[:, np.newaxis] * centred)
    np.testing.assert_allclose(
        factor.T @ factor, squares, atol=1e-12 * np.diag(squares).max()
    )


@pytest.mark.parametrize("rows", [2, 7, 1000])
def test_a_qr_by_chunks_is_that_of_all_rows(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK_ROWS", rows)
    monkeypatch.setattr(module, "CHUNK_BYTES", 1)
    X, y = TABLE[:1999, :4], TABLE[:1999, 4]
    found = module._factor_by_qr(X, y, None, np.zeros(5))
    wanted = np.linalg.qr(np.column_stack([np.ones(1999), X, y]), mode="r")
    np.testing.assert_allclose(np.abs(found), np.abs(wanted), atol=1e-11)


@pytest.mark.parametrize("step", [1000, 1500, 2999])
def test_a_gram_matrix_of_parts_has_all_rows(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "rows_of_batch", lambda _: step)
    require_factor(TABLE[:, :3], TABLE[:, 3])


def test_rows_fewer_than_columns_are_those_less_their_mean(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CHUNK_ROWS", 2)  # so the first shift is not the mean
    require_factor(TABLE[:5, :7], TABLE[:5, 7])
    require_factor(TABLE[:5, :7], TABLE[:5, 7], np.array([1.0, 2.0, 3.0, 1.0, 1.0]))


def test_y_that_lies_elsewhere_in_the_memory_of_x() -> None:
    require_factor(TABLE[:, 3:6], TABLE[:, 0])  # as far before X as after it
    whole = TABLE[:, :5].copy()
    require_factor(whole[:, :3], whole.ravel()[3:3003])  # one after another


@pytest.mark.parametrize("columns", [3, 1000, 9000])
def test_rows_of_any_length_less_a_shift(columns: int) -> None:
    rows, shift = RNG.standard_normal((7, columns)), RNG.standard_normal(columns)
    out = np.empty_like(rows)
    module._subtract(rows, shift, out)
    np.testing.assert_array_equal(out, rows - shift)


def test_a_mean_of_light_rows_keeps_its_digits() -> None:
    """The column is 0.3 but in two rows, which have nearly all of the weight."""
    n = 5000
    x, weights = np.full((n, 1), 0.3), np.full(n, 1e-13)
    x[[2100, 2200]], weights[[2100, 2200]] = 0.0, 1.0
    mean, lost, _ = module.mean_and_factor(x, RNG.standard_normal(n), weights)
    light = (n - 2) * Fraction(1e-13)
    wanted = float(light * Fraction(0.3) / (light + 2))  # 7e-11
    assert mean[0] + lost[0] == pytest.approx(wanted, rel=1e-13)


@pytest.mark.parametrize("weight", [1e-170, 1e150])
def test_weights_of_any_size_count_by_their_ratios(weight: float) -> None:
    weights = np.resize([1.0, 2.0, 3.0], 3000)
    mean, _, factor = module.mean_and_factor(
        TABLE[:, :2], TABLE[:, 2], weights * weight
    )
    known, _, wanted = module.mean_and_factor(TABLE[:, :2], TABLE[:, 2], weights)
    np.testing.assert_allclose(mean, known, rtol=1e-14)
    np.testing.assert_allclose(factor / np.sqrt(weight), wanted, atol=1e-11)


def test_a_column_of_one_small_number_and_zeros_is_not_constant() -> None:
    X, y = TABLE[:, :3].copy(), TABLE[:, 3]
    X[:, 2], X[2500, 2] = 0.0, 1e-200
    shift = np.append(X[:1024].mean(axis=0), y[:1024].mean())
    assert module._factor_by_gram(module._gram(X, y, None, shift)) is None
