"""Rows that the command line reads a part at a time: the results of a table."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import bayes_l2
from bayes_l2.cli.main import main
from bayes_l2.cli.problem import opening
from bayes_l2.partitions.arrow.parquet import ParquetPartitions
from bayes_l2.partitions.partitions import LocalPartitions

QUICK = ["--routes", "map,exact"]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[Any, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["compare", *(str(word) for word in words)])
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def found(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    status, out, err = run(capsys, *words, "--json")
    assert status == 0, err
    return json.loads(out)


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def table() -> Any:
    rng = np.random.default_rng(0)
    frame: Any = pd.DataFrame(rng.standard_normal((200, 3)), columns=["a", "b", "c"])
    frame["b"] = 3 * frame.b + 1e6
    frame["site"] = rng.choice(["p", "q", "r"], 200)
    noise = rng.standard_normal(200)
    frame["y"] = 2 * frame.a + frame.b - 1e6 + (frame.site == "q") + noise
    chance = 1 / (1 + np.exp(-frame.a))
    frame["kind"] = np.where(rng.random(200) < chance, "yes", "no")
    frame["count"] = rng.poisson(np.exp(0.3 * frame.a))
    frame["sort"] = rng.choice(["u", "v", "w"], 200)
    return frame


@pytest.fixture
def file(table: Any) -> str:
    table.to_parquet("rows.parquet", row_group_size=50)
    return "rows.parquet"


FEATURES = ["--features", "a,b,site", "--encode"]


def require_equal(left: dict[str, Any], right: dict[str, Any]) -> None:
    """Hold the parameters of two runs against each other, in posterior sds.

    The search for the best penalty ends where the evidence is level: 1e-7 of it.
    """
    close = 1e-8 if left["choice"] is None else 1e-6
    assert list(left["parameters"]) == list(right["parameters"])
    for name, row in left["parameters"].items():
        sd = row.get("exact_sd", row.get("laplace_sd"))
        other = right["parameters"][name]
        assert set(row) == set(other)
        for key, value in row.items():
            assert value == pytest.approx(other[key], abs=close * sd, rel=close), key
    assert left["log_evidence"] == pytest.approx(right["log_evidence"], rel=1e-9)


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--standardise"],
        ["--choose", "gcv"],
        ["--prior", "flat", "--noise-sd", "1"],
        ["--prior", "flat", "--noise-sd", "1", "--no-intercept"],
        ["--prior-sd", "2", "--noise-sd", "1", "--no-intercept"],
        ["--prior-sd", "halfcauchy:2", "--choose", "hierarchical"],
        ["--drop", "site,count"],
    ],
    ids=" ".join,
)
def test_streamed_rows_give_the_results_of_a_table(
    capsys: pytest.CaptureFixture[str], file: str, options: list[str]
) -> None:
    features = ["--drop", "kind,sort", "--encode"]
    words = [file, "--target", "y", *features, *options, *QUICK]
    streamed = found(capsys, *words, "--stream")
    in_memory = found(capsys, *words)
    require_equal(streamed, in_memory)
    assert streamed["warnings"] == in_memory["warnings"]
    assert "rows were read a part at a time" in streamed["notes"]


@pytest.mark.parametrize(
    ("target", "likelihood"),
    [("kind", "bernoulli"), ("count", "poisson"), ("sort", "categorical")],
)
@pytest.mark.parametrize("scaling", [["--drop", "b"], ["--standardise"]])
def test_other_likelihoods_give_the_map_and_laplace_sds_of_a_table(
    capsys: pytest.CaptureFixture[str],
    file: str,
    target: str,
    likelihood: str,
    scaling: list[str],
) -> None:
    others = {"kind", "count", "sort", "y"} - {target}
    model = ["--likelihood", likelihood, "--prior-sd", 1, "--encode", *scaling]
    words = [file, "--target", target, "--drop", ",".join(sorted(others)), *model]
    streamed = found(capsys, *words, "--stream")
    in_memory = found(capsys, *words, "--routes", "map")
    require_equal(streamed, in_memory)
    line = "penalised and mcmc are left out: they need the rows in memory; "
    assert any(note.startswith(line) for note in streamed["notes"])


def test_the_default_routes_work_on_statistics(
    capsys: pytest.CaptureFixture[str], file: str
) -> None:
    words = ["--draws", "50", "--tune", "50", "--stream", "--standardise"]
    _, out, _ = run(capsys, file, "--target", "y", *FEATURES, *words)
    assert "ridge is the exact posterior mean" in out
    assert "MCMC means are the exact means" in out


def test_arrow_and_several_files_and_npy_are_the_same_rows(
    capsys: pytest.CaptureFixture[str], table: Any, file: str
) -> None:
    numbers = table[["a", "b", "c", "y"]]
    whole = found(
        capsys, file, "--target", "y", "--features", "a,b,c", "--stream", *QUICK
    )
    table.to_feather("rows.arrow")
    Path("parts").mkdir()
    table[:70].to_parquet("parts/0.parquet")
    table[70:].to_parquet("parts/1.parquet")
    for source in ("rows.arrow", "parts", "parts/*.parquet"):
        words = [source, "--target", "y", "--features", "a,b,c", "--stream", *QUICK]
        require_equal(found(capsys, *words), whole)
    np.save("rows.npy", numbers.to_numpy())
    for target, more in (("3", []), ("-1", ["--features", "0,1,-2"])):
        npy = found(capsys, "rows.npy", "--target", target, *more, *QUICK)
        names = {"x0": "a", "x1": "b", "x2": "c"}
        renamed = {names.get(key, key): row for key, row in npy["parameters"].items()}
        require_equal({**npy, "parameters": renamed}, whole)


def test_a_file_larger_than_a_quarter_of_the_memory_is_streamed(
    capsys: pytest.CaptureFixture[str], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [file, "--target", "y", *FEATURES, *QUICK]
    size = Path(file).stat().st_size
    for memory, is_streamed in ((4 * size, False), (4 * size - 4, True)):
        monkeypatch.setattr(opening, "memory_bytes", lambda memory=memory: memory)
        notes = found(capsys, *words)["notes"]
        assert ("rows were read a part at a time" in notes) is is_streamed


def test_the_memory_of_the_machine_is_known() -> None:
    assert 2**28 < opening.memory_bytes() < 2**50


def test_predictions_and_a_kept_comparison_are_those_of_a_table(
    capsys: pytest.CaptureFixture[str], table: Any, file: str
) -> None:
    table[["site", "b", "a"]][:5].to_csv("new.csv", index=False)
    words = [file, "--target", "y", *FEATURES, "--standardise", *QUICK]
    written: list[Any] = []
    for name, more in (("streamed", ["--stream"]), ("table", [])):
        paths = ["--predict", "new.csv", "--output", f"{name}.csv", *more]
        assert run(capsys, *words, *paths, "--save", f"{name}.nc")[0] == 0
        written.append(pd.read_csv(f"{name}.csv"))
    pd.testing.assert_frame_equal(written[0], written[1], rtol=1e-6)
    kept: Any = bayes_l2.load("streamed.nc")
    new = pd.get_dummies(table[["a", "b", "site"]][:5], prefix_sep="=", dtype=float)
    mean = kept.predict(new)["mean"]
    np.testing.assert_allclose(mean, written[0]["mean"], rtol=1e-9)


def test_new_rows_of_a_npy_file_have_its_columns_or_those_of_x(
    capsys: pytest.CaptureFixture[str], table: Any
) -> None:
    rows = table[["y", "a", "c", "b"]].to_numpy()
    np.save("rows.npy", rows)
    np.save("all.npy", rows[:5])
    np.save("features.npy", rows[:5, [1, 3]])
    pd.DataFrame(rows[:5, 1:], columns=["x1", "x2", "x3"]).to_csv("new.csv")
    words = ["rows.npy", "--target", 0, "--features", "1,3", "--standardise", *QUICK]
    written: list[Any] = []
    for name in ("all.npy", "features.npy", "new.csv"):
        assert run(capsys, *words, "--predict", name, "--output", "out.csv")[0] == 0
        written.append(pd.read_csv("out.csv"))
    for each in written[:2]:
        pd.testing.assert_frame_equal(each, written[2], rtol=1e-12)
    assert np.abs(written[0]["mean"] - rows[:5, 0]).max() < 5


@pytest.mark.parametrize(
    ("source", "target", "new", "line"),
    [
        ("rows.npy", 0, rows, line)
        for rows, line in (
            (np.ones((2, 4)), "2 or 3 columns: those of X in order, or all of rows"),
            (np.ones((0, 2)), "--predict must have at least one row, got none"),
            (np.array([[1, 2], [3, np.nan]]), "column 1 must be finite, got nan"),
        )
    ]
    + [("rows.parquet", "y", np.ones((2, 2)), "--predict reads tables with names")],
)
def test_new_rows_that_do_not_fit_are_refused_before_a_pass(
    capsys: pytest.CaptureFixture[str],
    file: str,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    target: object,
    new: Any,
    line: str,
) -> None:
    assert file
    np.save("rows.npy", np.random.default_rng(0).standard_normal((9, 3)))
    np.save("new.npy", new)
    monkeypatch.setattr(LocalPartitions, "reduce", None)
    words = ["--drop", "kind,site,sort"] if target == "y" else []
    words += ["--stream", "--predict", "new.npy", "--output", "out.csv"]
    status, out, err = run(capsys, source, "--target", target, *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert line in err


def test_warnings_are_those_that_statistics_can_give(
    capsys: pytest.CaptureFixture[str], table: Any
) -> None:
    odd: Any = table.assign(one=3.0, copy=table.y, b2=table.b, b3=table.b, land="x")
    odd["port"] = odd.site.replace({"p": "k", "q": "l"})
    odd.drop(columns=["c", "kind", "count", "sort"]).to_parquet("odd.parquet")
    words = ["odd.parquet", "--target", "y", "--prior-sd", "1", "--noise-sd", "1"]
    words += ["--encode", *QUICK]
    for more in ([], ["--standardise"]):
        streamed = found(capsys, *words, *more, "--stream")["warnings"]
        assert streamed == found(capsys, *words, *more)["warnings"]
        said = "\n".join(streamed)
        assert "columns one, land are the same in every row" in said
        assert "columns b and b2 are equal in every row" in said
        assert "columns b and b3 are equal in every row" in said
        assert said.count("--drop port (") == 3
        assert "copy is equal to the target" in said


def test_columns_that_are_nearly_equal_raise_no_warning(
    capsys: pytest.CaptureFixture[str], table: Any
) -> None:
    near = table.b.where(table.index != 7, table.b + 1e-6)
    odd = table.assign(near=near, shifted=table.b + 1, y2=table.y - table.a / 1e9)
    odd.drop(columns=["site", "kind", "sort"]).to_parquet("odd.parquet")
    words = ["odd.parquet", "--target", "y", "--prior-sd", "1", "--noise-sd", "1"]
    words += ["--standardise", "--stream", *QUICK]
    assert found(capsys, *words)["warnings"] == []


def test_few_rows_raise_a_warning(
    capsys: pytest.CaptureFixture[str], table: Any
) -> None:
    odd: Any = table.assign(one=3.0, copy=table.y)[["a", "one", "copy", "y"]]
    odd[:2].to_parquet("odd.parquet")
    words = ["odd.parquet", "--target", "y", "--prior-sd", "1", "--noise-sd", "1"]
    few = found(capsys, *words, *QUICK, "--stream")["warnings"]
    assert any("2 rows are fewer than 4 parameters" in line for line in few)


BERNOULLI = ["--likelihood", "bernoulli", *FEATURES]


@pytest.mark.parametrize(
    ("target", "options", "line"),
    [
        ("y", [*FEATURES, "--choose", "loo"], "use --choose evidence or --choose gcv"),
        ("y", [*FEATURES, "--choose", "cv"], "use --choose evidence or --choose gcv"),
        (
            "y",
            [*FEATURES, "--engine", "pymc"],
            "--engine pymc needs the rows in memory",
        ),
        ("y", ["--drop-missing"], "drop_nulls()"),
        ("y", ["--sep", "comma"], "--sep is for text"),
        ("y", ["--na", "x"], "--na is for text"),
        (
            "y",
            [*FEATURES, "--likelihood", "laplace:1"],
            "--likelihood laplace needs the rows",
        ),
        ("y", ["--drop", "z"], "--drop: rows.parquet has no column 'z'"),
        ("z", [], "--target: rows.parquet has no column 'z'"),
        ("kind", FEATURES, "--likelihood bernoulli takes two labels"),
        ("y", ["--features", "a,site"], "--encode makes a column of 0 and 1"),
        ("y", ["--features", "a,y"], "neither the target nor a column of --drop"),
        ("kind", BERNOULLI, "--likelihood bernoulli needs --prior-sd"),
        ("kind", [*BERNOULLI, "--save", "x.nc"], "--json prints all results"),
        ("kind", [*BERNOULLI, "--routes", "mcmc"], "--routes must hold map"),
    ],
)
def test_what_needs_the_rows_is_refused_by_one_line_before_they_are_read(
    capsys: pytest.CaptureFixture[str],
    file: str,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    options: list[str],
    line: str,
) -> None:
    monkeypatch.setattr(ParquetPartitions, "batches", None)
    status, out, err = run(capsys, file, "--target", target, "--stream", *options)
    assert (status, out) == (2, "")
    assert line in err
    assert err.count("\n") == 1


def test_a_csv_is_to_be_written_as_parquet_by_two_lines_that_work(
    capsys: pytest.CaptureFixture[str], table: Any
) -> None:
    table.to_csv("rows.csv", index=False)
    status, _, err = run(capsys, "rows.csv", "--target", "y", "--stream")
    assert status == 2
    exec(err.strip().split("Python: ")[1])
    assert pd.read_parquet("rows.parquet").shape == table.shape


def broken(table: Any) -> None:
    """Write files with faults."""
    table.to_feather("rows.arrow")
    np.save("rows.npy", table[["a", "b", "y"]].to_numpy())
    for suffix in ("parquet", "arrow", "npy"):
        content = Path(f"rows.{suffix}").read_bytes()
        Path(f"cut.{suffix}").write_bytes(content[: len(content) // 2])
    spoilt = table.assign(a=table.a.mask(table.index == 120))
    spoilt.to_parquet("nan.parquet", row_group_size=50)
    spoilt.to_feather("nan.arrow")
    np.save("nan.npy", spoilt[["a", "b", "y"]].to_numpy())
    pq.write_table(pa.table({"a": pa.array([], "f8"), "y": []}), "none.parquet")


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("cut.parquet", "y", ["cut.parquet cannot be read as Parquet"]),
        ("cut.arrow", "y", ["cut.arrow cannot be read as an Arrow file"]),
        ("cut.npy", "2", ["cut.npy is cut off"]),
        ("nan.parquet", "y", ["'a'", "nan.parquet, row group 2, row 120"]),
        ("nan.arrow", "y", ["'a'", "nan.arrow, row 120"]),
        ("nan.npy", "2", ["column 0", "nan.npy, row 120"]),
        ("none.parquet", "y", ["at least one row, got none in none.parquet"]),
        ("rows.npy", "y", ["--target must be the number of a column, from 0 to 2"]),
        ("gone.parquet", "y", ["there is no file or folder gone.parquet"]),
        ("gone/*.parquet", "y", ["no file matches the pattern"]),
    ],
)
def test_a_fault_is_one_line_that_names_its_place(
    capsys: pytest.CaptureFixture[str],
    table: Any,
    file: str,
    source: str,
    target: str,
    words: list[str],
) -> None:
    assert file
    broken(table)
    features = [] if source.endswith("npy") or "none" in source else FEATURES
    status, out, err = run(capsys, source, "--target", target, "--stream", *features)
    assert (status, out) == (2, "")
    assert all(each in err for each in words), err
    assert err.count("\n") == 1


def test_stream_without_a_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--stream"], ["-", "--target", "y", "--stream"]):
        status, _, err = run(capsys, *words)
        assert status == 2
        assert "--stream is for a file of your own" in err


def test_without_pyarrow_one_line_says_how_to_install_it(
    capsys: pytest.CaptureFixture[str], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    status, _, err = run(capsys, file, "--target", "y", "--stream")
    assert (status, err.count("\n")) == (2, 1)
    assert "install bayes-l2[parquet]" in err


def test_an_interrupted_pass_is_one_line_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ParquetPartitions, "loads", interrupted)
    words = [file, "--target", "y", *FEATURES, "--stream", "--save", "kept.nc"]
    assert run(capsys, *words) == (130, "", "bayes-l2: interrupted\n")
    assert not Path("kept.nc").exists()


@pytest.mark.slow
def test_no_bar_is_shown_where_nobody_watches(file: str) -> None:
    words = ["compare", file, "--target", "y", *FEATURES, "--standardise", "--stream"]
    command = [sys.executable, "-m", "bayes_l2", *words, "--routes", "exact"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
