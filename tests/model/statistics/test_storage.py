"""Statistics written to a file, read again, and merged days later."""

import json
import signal
import subprocess
import sys
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_l2 import SufficientStatistics

RNG = np.random.default_rng(16)
X = RNG.normal(size=(60, 3)) * [1.0, 1e-3, 50.0] + [1e6, 0.1, -3.0]
Y = X @ [1.0, 2.0, 0.1] + RNG.normal(size=60)
WEIGHTS = RNG.uniform(0.5, 2.0, size=60)


def statistics_of(rows: slice, weights: Any = None) -> SufficientStatistics:
    weights = None if weights is None else weights[rows]
    return SufficientStatistics.from_rows(X[rows], Y[rows], weights)


def require_same(found: SufficientStatistics, wanted: SufficientStatistics) -> None:
    """Hold all fields against each other, bit for bit."""
    for each in fields(wanted):
        one, other = getattr(found, each.name), getattr(wanted, each.name)
        assert type(one) is type(other), each.name
        if isinstance(other, np.ndarray):
            assert one.dtype == other.dtype
            assert one.shape == other.shape
            assert one.tobytes() == other.tobytes(), each.name
        else:
            assert one == other, each.name
    assert not found.mean_less(wanted).any()


@pytest.mark.parametrize("rows", [slice(1), slice(3), slice(60)])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_statistics_come_back_bit_for_bit(
    rows: slice, weights: Any, tmp_path: Path
) -> None:
    statistics = statistics_of(rows, weights)
    statistics.save(tmp_path / "sums")
    assert list(tmp_path.iterdir()) == [tmp_path / "sums"]
    found = SufficientStatistics.load(str(tmp_path / "sums"))
    require_same(found, statistics)
    with pytest.raises(ValueError, match="read-only"):
        found.mean[0] = 1.0


def test_names_of_any_characters_come_back(tmp_path: Path) -> None:
    names = ("dose (µg)", "a/b\0c\0", "\u202e é", "\ud800", "數", "")
    rows = RNG.normal(size=(9, 6))
    statistics = SufficientStatistics.reduce(rows, rows[:, 0], None, names)
    statistics.save(tmp_path / "sums.npz")
    require_same(SufficientStatistics.load(tmp_path / "sums.npz"), statistics)


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_saved_parts_merge_to_the_whole(offset: float, tmp_path: Path) -> None:
    rows = np.column_stack([X, Y])
    rows += offset * rows.std(axis=0) - rows.mean(axis=0)
    cuts = [0, 1, 4, 31, 60]
    for number, (start, stop) in enumerate(pairwise(cuts)):
        part, weights = rows[start:stop], WEIGHTS[start:stop]
        statistics = SufficientStatistics.from_rows(part[:, :-1], part[:, -1], weights)
        statistics.save(tmp_path / f"{number}.npz")
    loaded = [SufficientStatistics.load(path) for path in sorted(tmp_path.iterdir())]
    total: Any = sum(loaded)
    whole = SufficientStatistics.from_rows(rows[:, :-1], rows[:, -1], WEIGHTS)
    assert total.n_rows == 60
    for name in ("total_weight", "sum_log_weights"):
        assert getattr(total, name) == pytest.approx(getattr(whole, name), rel=1e-12)
    lengths = np.linalg.norm(whole.factor, axis=0)
    assert np.abs(total.mean_less(whole) / lengths).max() < 1e-12
    products, wanted = total.factor.T @ total.factor, whole.factor.T @ whole.factor
    assert np.abs((products - wanted) / np.outer(lengths, lengths)).max() < 1e-12


def test_a_file_cut_off_anywhere_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "sums.npz"
    statistics_of(slice(60)).save(path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"sums.npz', which is cut off") as caught:
            SufficientStatistics.load(path)
        assert "\n" not in str(caught.value)


def test_a_changed_bit_of_a_number_is_seen(tmp_path: Path) -> None:
    statistics = statistics_of(slice(60))
    path = tmp_path / "sums.npz"
    statistics.save(path)
    whole = bytearray(path.read_bytes())
    for array in (statistics.mean, statistics.factor):
        place = whole.find(array.tobytes())
        assert place > 0
        changed = bytearray(whole)
        changed[place + array.nbytes - 1] ^= 1
        path.write_bytes(changed)
        with pytest.raises(ValueError, match="which is cut off or of another kind"):
            SufficientStatistics.load(path)


def test_other_files_are_told(tmp_path: Path) -> None:
    def error_of(path: Path) -> str:
        with pytest.raises(ValueError, match="path must be a file of Suff") as caught:
            SufficientStatistics.load(path)
        text = str(caught.value)
        assert text.isprintable()
        assert path.name in text
        return text

    kinds = "which is cut off or of another kind"
    assert "No such file" in error_of(tmp_path / "none.npz")
    assert "Is a directory" in error_of(tmp_path)
    np.save(tmp_path / "array.npy", X)
    assert kinds in error_of(tmp_path / "array.npy")
    np.savez(tmp_path / "arrays.npz", mean=Y)
    assert kinds in error_of(tmp_path / "arrays.npz")
    np.save(tmp_path / "pickle.npy", np.array([{}, {}]), allow_pickle=True)
    assert kinds in error_of(tmp_path / "pickle.npy")
    (tmp_path / "text.csv").write_text("a,b\n1,2\n")
    assert kinds in error_of(tmp_path / "text.csv")
    (tmp_path / "zip").write_bytes(b"PK\5\6" + bytes(18))
    assert kinds in error_of(tmp_path / "zip")


def test_other_formats_and_damaged_fields_are_told(tmp_path: Path) -> None:
    path = tmp_path / "sums.npz"
    statistics_of(slice(60)).save(path)
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in ("mean", "factor", "mean_rest")}
        words = json.loads(stored["statistics"].item())

    def error_of(**changes: Any) -> str:
        changed = {name: changes.pop(name, arrays[name]) for name in arrays}
        np.savez(path, statistics=np.array(json.dumps(words | changes)), **changed)
        with pytest.raises(ValueError, match="path must be a file of Suff") as caught:
            SufficientStatistics.load(path)
        return str(caught.value)

    assert "of format 2: this version of bayes_l2 reads format 1" in error_of(
        bayes_l2_format=2
    )
    for changes in (
        {"n_rows": 0},
        {"n_rows": "many"},
        {"total_weight": -1.0},
        {"total_weight": 0.0},
        {"total_weight": None},
        {"sum_log_weights": float("nan")},
        {"feature_names": ["a", "a", "b"]},
        {"feature_names": ["a", "b"]},
        {"feature_names": [1, 2, 3]},
        {"feature_names": ["a", 2, "c"]},
        {"feature_names": None},
        {"more": 1},
        {"mean": arrays["mean"][1:]},
        {"mean": arrays["mean"] * np.nan},
        {"mean": np.append(arrays["mean"][1:], np.nan)},
        {"mean": arrays["mean"].astype(complex)},
        {"mean_rest": arrays["mean"][1:]},
        {"factor": arrays["factor"][:, 1:]},
        {"factor": arrays["factor"].ravel()},
    ):
        assert "which is damaged: make it again" in error_of(**changes), changes


def test_where_no_file_can_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statistics, path = statistics_of(slice(60)), tmp_path / "sums.npz"
    with pytest.raises(ValueError, match=r"path: cannot write .*it is a folder"):
        statistics.save(tmp_path)
    with pytest.raises(ValueError, match=r"path: cannot write .*No such file or"):
        statistics.save(tmp_path / "none" / "sums.npz")
    with pytest.raises(ValueError, match="path must be the path of a file, got 7"):
        statistics.save(7)
    statistics.save(path)
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("os.access", lambda *_: False)
        with pytest.raises(ValueError, match=r"path: cannot write .*write-protected"):
            statistics.save(path)

    def full_disk(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", full_disk)
        with pytest.raises(ValueError, match=r"path: cannot write .*No space left"):
            statistics.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


KILLED = """
import sys, time, numpy as np
from bayes_l2 import SufficientStatistics

def half(file, **_):
    file.write(b"half of a file")
    file.flush()
    print("writing", flush=True)
    time.sleep(60)

np.savez = half
SufficientStatistics.from_rows(np.eye(9), np.arange(9.0)).save(sys.argv[1])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    statistics, path = statistics_of(slice(60)), tmp_path / "sums.npz"
    statistics.save(path)
    writer = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    with writer.stdout:
        assert writer.stdout.readline() == b"writing\n"
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    require_same(SufficientStatistics.load(path), statistics)
