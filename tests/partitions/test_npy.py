"""Rows of .npy files against the same rows in memory; every fault names its place."""

import os

import numpy as np
import pytest

from bayes_l2 import LinearModel, SufficientStatistics, fit_exact, likelihoods, priors
from bayes_l2.partitions import NpyPartitions, batch

OFFSETS = np.array([0.0, 1e6, 0.0, -1e6, 3.0])
# a mean near 1e6 has an error of 1e-10 sds, and merging batches uses their means
ROUNDING = 2e-11


@pytest.fixture
def table():
    """Return 2000 rows of five columns, of which two are far from zero."""
    table = np.random.default_rng(7).normal(size=(2000, 5))
    table[:, 4] += table[:, :4] @ [1.0, -2.0, 0.5, 0.0]
    return table + OFFSETS


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Let a file of 2000 rows be read in eight blocks."""
    monkeypatch.setattr(batch, "BATCH_BYTES", 2000 * 6)


def same(statistics, X, y, weights=None):
    """Return the largest difference from the statistics of rows, in sds."""
    expected = SufficientStatistics.from_rows(X, y, weights)
    sds = np.sqrt(np.diag(expected.factor.T @ expected.factor) / expected.total_weight)
    mean = np.abs(statistics.mean - expected.mean) / sds
    squares = statistics.factor.T @ statistics.factor
    squares -= expected.factor.T @ expected.factor
    squares /= np.outer(sds, sds) * expected.total_weight
    assert statistics.n_rows == expected.n_rows
    return max(mean.max() / 1e6, np.abs(squares).max())


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("target", [-1, 4, 0, 2])
def test_a_file_has_the_statistics_of_its_rows(tmp_path, table, order, target):
    np.save(tmp_path / "rows.npy", np.array(table, order=order))
    statistics = SufficientStatistics.from_npy(tmp_path / "rows.npy", target)
    places = [j for j in range(5) if j != target % 5]
    assert statistics.feature_names == tuple(f"x{j}" for j in places)
    assert same(statistics, table[:, places], table[:, target]) < ROUNDING


@pytest.mark.parametrize("order", ["C", "F"])
def test_features_weights_and_vectors(tmp_path, table, order):
    weights = np.random.default_rng(8).uniform(0.5, 2.0, size=2000)
    np.save(tmp_path / "rows.npy", np.array(table, order=order))
    np.save(tmp_path / "weights.npy", weights)
    np.save(tmp_path / "response.npy", table[:, 4])
    statistics = SufficientStatistics.from_npy(
        tmp_path / "rows.npy",
        str(tmp_path / "response.npy"),
        features=[3, -5, 2],
        weights=tmp_path / "weights.npy",
    )
    assert statistics.feature_names == ("x3", "x0", "x2")
    assert same(statistics, table[:, [3, 0, 2]], table[:, 4], weights) < ROUNDING
    table[:, 2] = weights
    np.save(tmp_path / "rows.npy", np.array(table, order=order))
    rows = NpyPartitions(tmp_path / "rows.npy", -1, weights=2)
    assert rows.target == "x4"
    statistics = SufficientStatistics.from_partitions(rows)
    assert same(statistics, table[:, [0, 1, 3]], table[:, 4], weights) < ROUNDING
    assert rows.n_rows == 2000
    assert rows.n_bytes == 2000 * 5 * 8


@pytest.mark.parametrize("dtype", ["f4", ">f8", "f2", "i8", "u1", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_of_every_type(tmp_path, dtype, order):
    table = np.random.default_rng(3).integers(0, 3, size=(300, 3)).astype(dtype)
    np.save(tmp_path / "rows.npy", np.array(table, order=order))
    statistics = SufficientStatistics.from_npy(tmp_path / "rows.npy", -1)
    numbers = table.astype(float)
    assert same(statistics, numbers[:, :2], numbers[:, 2]) < ROUNDING


def test_ten_digits_of_coefficients_with_columns_far_from_zero(tmp_path, table):
    np.save(tmp_path / "rows.npy", table)
    statistics = SufficientStatistics.from_npy(tmp_path / "rows.npy", -1)
    model = LinearModel.from_statistics(
        statistics, likelihood=likelihoods.Normal(1.0), prior=priors.Flat()
    )
    # the columns less the offset that was added to them, which is exact
    centred = (table - OFFSETS).astype(np.longdouble)
    centred -= centred.mean(axis=0)
    X, y = centred[:, :4], centred[:, 4]
    gram = (X.T @ X).astype(float)
    expected = np.linalg.solve(gram, (X.T @ y).astype(float))
    wrong = np.abs(fit_exact(model).coef / expected - 1)
    digits = -np.log10(np.maximum(wrong, 1e-17))
    assert digits.min() > 10


def test_labels_keep_their_type(tmp_path, table):
    np.save(tmp_path / "rows.npy", table)
    np.save(tmp_path / "labels.npy", table[:, 4] > 3)
    rows = NpyPartitions(tmp_path / "rows.npy", tmp_path / "labels.npy")
    assert rows.target == "labels"
    assert [each.y.dtype for each in rows.batches()] == [np.dtype(bool)] * 8


def test_a_fault_in_a_column_that_is_not_used_is_none(tmp_path, table):
    table[1234, 2] = np.nan
    for order in ("C", "F"):
        np.save(tmp_path / "rows.npy", np.array(table, order=order))
        statistics = SufficientStatistics.from_npy(
            tmp_path / "rows.npy", -1, features=[0, 1]
        )
        assert same(statistics, table[:, :2], table[:, 4]) < ROUNDING


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (2, np.nan, r"column 2 must be finite, got nan in .*rows.npy, row 1234 "),
        (4, -np.inf, r"column 4 must be finite, got -inf in .*rows.npy, row 1234 "),
        (0, 1e200, r"column 0 must stay within ±1e\+150, got 1e\+200 in .*row 1234 "),
        (3, np.nan, r"column 3 must be finite, got nan in .*rows.npy, row 1234 "),
        (3, -2.0, r"weights must not be negative, got -2.0 in .*rows.npy, row 1234 "),
    ],
)
def test_a_bad_entry_is_named(tmp_path, table, order, column, value, message):
    table[:, 3] = 1.0
    table[1234, column] = value
    np.save(tmp_path / "rows.npy", np.array(table, order=order))
    with pytest.raises(ValueError, match=message) as raised:
        SufficientStatistics.from_npy(tmp_path / "rows.npy", -1, weights=3)
    assert "\n" not in str(raised.value)


def test_a_bad_entry_of_a_vector_is_named(tmp_path, table):
    np.save(tmp_path / "rows.npy", table)
    y = table[:, 4].copy()
    y[1999] = np.nan
    np.save(tmp_path / "y.npy", y)
    message = r"every entry must be finite, got nan in .*y.npy, row 1999 "
    with pytest.raises(ValueError, match=message):
        SufficientStatistics.from_npy(tmp_path / "rows.npy", tmp_path / "y.npy")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"target": 5},
            "target must be the number of a column, from 0 to 4 or ",
        ),
        ({"target": -6}, "target must be the number of a column, .* got -6"),
        ({"target": True}, "target must be the number of a column or the path"),
        ({"target": 1.0}, "target must be the number of a column or the path"),
        ({"target": "no.npy"}, "target: no.npy cannot be opened: No such file"),
        ({"weights": 4}, "weights must not be the target, got 4"),
        ({"weights": "short.npy"}, "weights must have an entry for each of the 2000 "),
        ({"weights": "rows.npy"}, "weights must be a .npy file of one, got shape"),
        ({"features": 1}, "features must be a list of numbers of columns"),
        ({"features": []}, "features must be a list of numbers of columns; got none"),
        ({"features": [0, 9]}, "features must be the number of a column, .* got 9"),
        (
            {"features": [0, -5]},
            "features must not hold a column more than once",
        ),
        ({"features": [0, 4]}, "features must not hold the target or the weights"),
        ({"features": ["x0"]}, "features must be the number of a column, .* got 'x0'"),
        ({"progress": 1}, "progress must be True or False, got 1"),
        ({"path": 3}, "path must be the path of a file, got 3"),
        ({"path": "short.npy"}, "path must be a .npy file of two dimensions"),
    ],
)
def test_a_bad_argument_is_named(tmp_path, monkeypatch, table, given, message):
    monkeypatch.chdir(tmp_path)
    np.save("rows.npy", table)
    np.save("short.npy", np.ones(1999))
    with pytest.raises(ValueError, match=message) as raised:
        NpyPartitions(**{"path": "rows.npy", "target": -1, **given})
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            np.ones((2, 2, 2)),
            r"must be a .npy file of two dimensions .* \(2, 2, 2\)",
        ),
        (np.float64(1.0), r"two dimensions \(rows, columns\), got shape \(\)"),
        (np.ones((2, 2), complex), "must hold numbers, got complex numbers"),
        (np.array([["a", "b"]]), "must hold numbers, got text"),
        (
            np.zeros(3, [("a", "f8")]),
            "must hold numbers, got records with named",
        ),
        (np.array([["a", 1]], object), "must hold numbers, got pickled objects"),
        (np.zeros((2, 2), "M8[s]"), "must hold numbers, got other things"),
        (np.ones((5, 0)), "must have columns"),
        (np.ones((5, 1)), "has no column but 0"),
    ],
)
def test_a_file_of_other_things_is_refused(tmp_path, array, message):
    np.save(tmp_path / "rows.npy", array, allow_pickle=True)
    with pytest.raises(ValueError, match=message) as raised:
        NpyPartitions(tmp_path / "rows.npy", -1)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_npy_is_refused(tmp_path, table):
    path = tmp_path / "rows.npy"
    np.savez(tmp_path / "rows.npz", table)
    for data, message in {
        b"": "is no .npy file, it starts with b''",
        b"x,y\n1,2\n": "is no .npy file, it starts with b'x,y",
        (tmp_path / "rows.npz").read_bytes(): "is a .npz archive of arrays; write one",
        b"\x93NUMPY\x01\x00\x10\x00{'descr': ": "has a broken header",
        b"\x93NUMPY\x09\x00": "has a broken header",
        b"\x93NUMPY": "has a broken header",
    }.items():
        path.write_bytes(data)
        with pytest.raises(ValueError, match=message) as raised:
            NpyPartitions(path, -1)
        assert "\n" not in str(raised.value)
    with pytest.raises(ValueError, match=r"path of a .npy file, got a folder: "):
        NpyPartitions(tmp_path, -1)


def test_a_file_that_is_cut_off_is_refused(tmp_path, table):
    path = tmp_path / "rows.npy"
    np.save(path, table)
    rows = NpyPartitions(path, -1)
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    message = "rows.npy is cut off: it has 80127 bytes, and its header says 80128"
    with pytest.raises(ValueError, match=message):
        NpyPartitions(path, -1)
    with pytest.raises(ValueError, match="cut off: it became shorter while it was"):
        SufficientStatistics.from_partitions(rows)
    path.write_bytes(data + data)
    with pytest.raises(ValueError, match="goes on after its array"):
        NpyPartitions(path, -1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_refused(tmp_path, table):
    path = tmp_path / "rows.npy"
    np.save(path, table)
    path.chmod(0)
    with pytest.raises(ValueError, match=r"rows.npy cannot be opened: Permission"):
        NpyPartitions(path, -1)


def test_a_file_without_rows(tmp_path):
    np.save(tmp_path / "rows.npy", np.empty((0, 3)))
    with pytest.raises(ValueError, match="must have at least one row"):
        SufficientStatistics.from_npy(tmp_path / "rows.npy", -1)
