"""The mean and factor of rows, against sums in extended precision.

By the Gram matrix and by QR; in one piece, merged and in batches.
"""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, SufficientStatistics, fit_exact, likelihoods, priors
from bayes_l2.model.statistics import reduction as module
from bayes_l2.partitions.batch import rows_of_batch
from tests.oracles import in_sds


def scatter(X: Any, y: Any, weights: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and centred cross-products of [X y], in extended precision."""
    rows = np.column_stack([X, y]).astype(np.longdouble)
    weights = (
        np.ones(len(rows), dtype=np.longdouble)
        if weights is None
        else np.asarray(weights, dtype=np.longdouble)
    )
    mean = weights @ rows / weights.sum()
    return mean, (rows - mean).T @ ((rows - mean) * weights[:, np.newaxis])


def assert_statistics(
    statistics: SufficientStatistics,
    X: Any,
    y: Any,
    weights: Any = None,
    rtol: float = 1e-12,
) -> None:
    mean, cross = scatter(X, y, weights)
    norms = np.sqrt(np.diag(cross)).astype(float)
    ours = statistics.factor.T @ statistics.factor
    np.testing.assert_allclose(
        statistics.mean, mean.astype(float), rtol=1e-14, atol=1e-15 * norms.max()
    )
    np.testing.assert_allclose(
        ours / np.outer(norms, norms),
        (cross / np.outer(norms, norms)).astype(float),
        atol=rtol,
    )
    if len(statistics.factor) >= len(norms):  # fewer rows are not reduced
        assert np.allclose(statistics.factor, np.triu(statistics.factor))
        assert (np.diag(statistics.factor) >= 0).all()


def data(n: int, p: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = 5 + rng.standard_normal((n, p))
    return (
        X,
        X @ rng.standard_normal(p) + rng.standard_normal(n) + 100,
        rng.uniform(0.5, 2, n),
    )


@pytest.mark.parametrize(
    "n", [1, 2, 3, 5, 100, module.CHUNK_ROWS, module.CHUNK_ROWS + 1, 5000]
)
@pytest.mark.parametrize("weighted", [False, True])
def test_factor_and_mean(n: int, weighted: bool) -> None:
    X, y, weights = data(n, 3)
    chosen = weights if weighted else None
    statistics = SufficientStatistics.from_rows(X, y, chosen)
    if n > 1:
        assert_statistics(statistics, X, y, chosen)
    assert statistics.n_rows == n
    assert statistics.total_weight == pytest.approx(
        weights.sum() if weighted else n, rel=1e-14
    )
    assert statistics.sum_log_weights == pytest.approx(
        np.log(weights).sum() if weighted else 0.0, rel=1e-13
    )
    assert len(statistics.factor) <= 4


@pytest.mark.parametrize("n", [40, 1100])
@pytest.mark.parametrize("p", [1, 20])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("more", [0, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_y_that_lies_beside_x_in_the_memory(
    n: int,
    p: int,
    order: Any,
    more: int,
    weighted: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rows are centred as one array, with or without other columns after y."""
    monkeypatch.setattr(module, "CHUNK_BYTES", 1)  # so 1100 rows are two chunks
    X, y, weights = data(n, p)
    others = np.full((n, more), np.nan)
    table = np.array(np.column_stack([X, y, others]), order=order)
    chosen = weights if weighted else None
    statistics = SufficientStatistics.from_rows(table[:, :p], table[:, p], chosen)
    assert_statistics(statistics, X, y, chosen)


def test_a_batch_of_wide_rows_is_reduced_on_its_own_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Batches have threads already: others in each of them would cost a tenth."""
    monkeypatch.setattr(module, "results", lambda *_: pytest.fail("a thread"))
    n, p = rows_of_batch(300), 300
    table = np.random.default_rng(0).standard_normal((n, p + 1))
    found = SufficientStatistics.from_rows(table[:, :p], table[:, p])
    wanted = (table - table.mean(axis=0)).T @ (table - table.mean(axis=0))
    difference = np.abs(found.factor.T @ found.factor - wanted)
    assert difference.max() < 1e-12 * n


def test_gram_and_qr_agree_where_the_gram_is_chosen() -> None:
    X, y, weights = data(5000, 8)
    shift = np.append(X.mean(axis=0), y.mean())
    by_gram = module._factor_by_gram(module._gram(X, y, weights, shift))
    assert by_gram is not None
    by_qr = module._factor_by_qr(X, y, weights, shift)
    np.testing.assert_allclose(by_gram, by_qr, atol=1e-12 * np.abs(by_qr).max())


@pytest.mark.parametrize("constant", [[1], [0, 4, 5], [2, 6], [6]])
@pytest.mark.parametrize("weighted", [False, True])
def test_columns_of_one_value_need_no_qr(
    constant: list[int], weighted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, y, weights = data(5000, 6)
    Z = np.column_stack([X, y])
    Z[:, constant] = [0.1, 1e6, 0.0][: len(constant)]
    X, y = Z[:, :-1], Z[:, -1]
    chosen = weights if weighted else None
    by_gram, seen = module._factor_by_gram, []
    monkeypatch.setattr(module, "_factor_by_gram", lambda *_: None)
    by_qr = SufficientStatistics.from_rows(X, y, chosen)
    monkeypatch.setattr(module, "_factor_by_gram", by_gram)
    monkeypatch.setattr(module, "_factor_by_qr", lambda *_: seen.append(1))
    found = SufficientStatistics.from_rows(X, y, chosen)
    assert not seen
    assert not found.factor[:, constant].any()
    np.testing.assert_allclose(found.mean, by_qr.mean, rtol=1e-14, atol=1e-15)
    ours, wanted = (each.factor.T @ each.factor for each in (found, by_qr))
    sizes = np.sqrt(np.diag(wanted))
    sizes[constant] = 1.0
    np.testing.assert_allclose(
        ours / np.outer(sizes, sizes), wanted / np.outer(sizes, sizes), atol=1e-13
    )


NEAR_COPY = 1e-4 * np.random.default_rng(1).standard_normal(5000)


@pytest.mark.parametrize(
    "case",
    [
        "collinear",
        "y almost fitted",
        "constant column",
        "tiny",
        "far from zero",
    ],
)
def test_columns_that_the_gram_matrix_cannot_reduce_go_to_qr(case: str) -> None:
    X, y, _ = data(5000, 3)
    match case:
        case "collinear":
            X[:, 2] = X[:, 1] + NEAR_COPY
        case "y almost fitted":
            y = X @ np.ones(3) + NEAR_COPY
        case "constant column":
            X[:, 2] = 0.1
        case "tiny":
            X[:, 2] *= 1e-200
        case "far from zero":
            # the mean of the first chunk is far from that of all rows
            X[:, 2] += np.linspace(0, 1e6, 5000) ** 2
            X[:, 1] = X[:, 2] * (1 + 1e-5 * X[:, 0])
    shift = np.append(
        X[: module.CHUNK_ROWS].mean(axis=0), y[: module.CHUNK_ROWS].mean()
    )
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        assert module._factor_by_gram(module._gram(X, y, None, shift)) is None
    statistics = SufficientStatistics.from_rows(X, y)
    assert np.isfinite(statistics.factor).all()
    if case in ("collinear", "y almost fitted"):
        # the smallest singular direction has ten digits; by the Gram matrix it has four
        rows = np.column_stack([X, y])
        centred = np.linalg.qr((rows - rows.mean(axis=0)).astype(float), mode="r")
        j = 2 if case == "collinear" else 3
        assert statistics.factor[j, j] == pytest.approx(abs(centred[j, j]), rel=1e-10)


def test_the_gram_matrix_moves_the_posterior_by_1e_8_sds_at_most() -> None:
    """Condition numbers up to the largest for which the Gram matrix is used."""
    rng = np.random.default_rng(3)
    X = rng.standard_normal((20_000, 5))
    for mix in np.geomspace(1e-1, 1e-4, 13):
        Z = X.copy()
        Z[:, 4] = Z[:, 3] + mix * Z[:, 4]
        y = Z @ np.ones(5) + rng.standard_normal(20_000)
        shift = np.append(Z[:1024].mean(axis=0), y[:1024].mean())
        by_gram = module._factor_by_gram(module._gram(Z, y, None, shift))
        by_qr = module._factor_by_qr(Z, y, None, shift)
        if by_gram is None:
            assert mix < 1e-2
            break
        posteriors = []
        for factor in (by_gram, by_qr):
            names = tuple("abcde")
            mean = shift + factor[0, 1:] / factor[0, 0]
            statistics = SufficientStatistics(
                names, 20_000, 20_000.0, 0.0, mean, factor[1:, 1:]
            )
            model = LinearModel.from_statistics(
                statistics,
                likelihood=likelihoods.Normal(1.0),
                prior=priors.Normal(10.0),
            )
            posteriors.append(fit_exact(model))
        assert (
            in_sds(posteriors[0].coef, posteriors[1].coef, posteriors[1].sd[1:]) < 1e-8
        )
    else:
        pytest.fail("the Gram matrix was never refused")


@pytest.mark.parametrize("cuts", [[1], [2500], [1, 2, 3], [10, 1024, 4999]])
def test_merging_equals_one_pass(cuts: list[int]) -> None:
    X, y, weights = data(5000, 3)
    parts = [
        SufficientStatistics.from_rows(*(array[rows] for array in (X, y, weights)))
        for rows in (
            slice(a, b) for a, b in zip([0, *cuts], [*cuts, 5000], strict=True)
        )
    ]
    merged = parts[0]
    for part in parts[1:]:
        merged = merged + part
    assert_statistics(merged, X, y, weights)
    assert merged.n_rows == 5000
    whole = SufficientStatistics.from_rows(X, y, weights)
    assert merged.sum_log_weights == pytest.approx(whole.sum_log_weights, rel=1e-12)
    np.testing.assert_allclose(
        merged.factor, whole.factor, atol=1e-11 * np.abs(whole.factor).max()
    )


def test_merging_does_not_depend_on_the_order() -> None:
    X, y, _ = data(100, 3)
    a, b = (
        SufficientStatistics.from_rows(X[:30], y[:30]),
        SufficientStatistics.from_rows(X[30:], y[30:]),
    )
    np.testing.assert_allclose((a + b).factor, (b + a).factor, rtol=1e-12)
    np.testing.assert_allclose((a + b).mean, (b + a).mean, rtol=1e-14)
    total: Any = sum([a, b])
    assert total.n_rows == 100
    assert a.__radd__(1) is NotImplemented
    one: Any = 1
    assert a.__add__(one) is NotImplemented


def test_merging_keeps_its_digits_far_from_zero() -> None:
    X, y, _ = data(200, 2)
    # exact in binary, so that only the method can lose digits
    y_far = np.round(y * 1024) / 1024 + 2.0**26
    near = SufficientStatistics.from_rows(X, y_far - 2.0**26)
    far = SufficientStatistics.from_rows(
        X[:90], y_far[:90]
    ) + SufficientStatistics.from_rows(X[90:], y_far[90:])
    np.testing.assert_allclose(far.factor, near.factor, atol=1e-9)


def test_from_batches_takes_weights_and_any_iterable() -> None:
    X, y, weights = data(300, 3)
    batches = (
        (X[i : i + 70], y[i : i + 70], weights[i : i + 70]) for i in range(0, 300, 70)
    )
    assert_statistics(SufficientStatistics.from_batches(batches), X, y, weights)


def test_the_stored_nist_data_name_their_source() -> None:
    stored = json.loads(
        (Path(__file__).parents[2] / "data" / "nist_strd.json").read_text()
    )
    assert "NIST" in stored["source"]
    assert len(stored["datasets"]) == 11


@pytest.mark.parametrize("seed", range(8))
def test_merging_far_from_zero_loses_no_digit(seed: int) -> None:
    """A mean of 1e6 has an ulp of 1e-10 sds, which merges would carry into R."""
    rng = np.random.default_rng(seed)
    X, y, weights = data(3000, 3)
    X, y = X + 1e6, y + 1e6
    edges = np.unique([0, *rng.integers(0, 3000, 60), 3000])
    parts = [
        SufficientStatistics.from_rows(X[a:b], y[a:b], weights[a:b])
        for a, b in pairwise(edges)
    ]
    rng.shuffle(parts)
    found: Any = sum(parts)
    wanted = SufficientStatistics.from_rows(X, y, weights)
    gram = wanted.factor.T @ wanted.factor
    lengths = np.sqrt(np.diag(gram))
    difference = np.abs(found.factor.T @ found.factor - gram)
    assert (difference / lengths / lengths[:, np.newaxis]).max() < 1e-13
