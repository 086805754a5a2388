"""Data of a file on the command line: options, notes and warnings."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import datasets, texts
from bayes_l2.cli.main import main

QUICK = ["--routes", "exact", "--prior-sd", "1", "--noise-sd", "2"]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[Any, str, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(rng.standard_normal((30, 4)), columns=["a", "b,c", "d", "y"])


@pytest.fixture
def file(table: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    table.to_csv(path, index=False)
    return path


def found(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    status, out, _ = run(capsys, "compare", *words, *QUICK, "--json")
    assert status == 0
    return json.loads(out)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["--features", 'd,"b,c"'], ["d", "b,c"]),
        (["--features", "a"], ["a"]),
        (["--drop", "a"], ["b,c", "d"]),
        (["--drop", 'a, "b,c"'], ["d"]),
        (["--drop", "a", "--drop", "d"], ["b,c"]),
    ],
)
def test_features_are_those_named_or_not_dropped(
    capsys: pytest.CaptureFixture[str], file: Path, options: list[str], kept: list[str]
) -> None:
    result = found(capsys, file, "--target", "y", *options)
    assert set(result["parameters"]) == {"intercept", *kept}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("features", "a"),
        ("drop", "a"),
        ("encode", None),
        ("drop-missing", None),
        ("na", "?"),
        ("sep", ","),
        ("decimal", "."),
        ("encoding", "utf-8"),
    ],
)
def test_an_option_of_files_without_a_file_is_refused(
    capsys: pytest.CaptureFixture[str], option: str, value: str | None
) -> None:
    words = [f"--{option}", *([] if value is None else [value])]
    status, out, err = run(capsys, "compare", *words)
    assert (status, out) == (2, "")
    expected = f"--{option} is for a table: give its file first"
    assert err == f"bayes-l2: {expected}\n"


def test_options_of_reading_reach_the_reader(
    capsys: pytest.CaptureFixture[str],
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = replace(
        datasets.read_table(file, "y"), notes=("noted\x1b",), warnings=("beware\x1b",)
    )
    seen: list[dict[str, object]] = []

    def read(path: str, target: str, **more: object) -> datasets.Table:
        seen.append({"path": path, "target": target, **more})
        return table

    monkeypatch.setattr(datasets, "read_table", read)
    words = "compare - --target y --encode --drop-missing --na none --sep semicolon"
    words += " --decimal , --encoding latin-1 --prior flat --noise-sd 1"
    options = [*words.split(), "--routes", "exact"]
    status, out, err = run(capsys, *options)
    assert (status, err) == (0, "bayes-l2: warning: beware\\x1b\n")
    assert out.startswith("standard input, target y\nnoted\\x1b\n")
    result = json.loads(run(capsys, *options, "--json")[1])
    assert result["notes"] == ["noted\x1b"]
    assert result["warnings"] == ["beware\x1b"]
    run(capsys, *options, "--no-intercept", "--features", "a", "--drop", "b,c")
    asked = {
        "path": "-",
        "target": "y",
        "labels": False,
        "features": None,
        "drop": [],
        "encode": True,
        "flat_prior": True,
        "intercept": True,
        "drop_missing": True,
        "sep": "semicolon",
        "decimal": ",",
        "encoding": "latin-1",
        "na": "none",
    }
    assert seen[0] == asked
    without = {"intercept": False, "features": ["a"], "drop": ["b", "c"]}
    assert seen[2] == asked | without


def test_fewer_rows_than_parameters_are_said(
    capsys: pytest.CaptureFixture[str], table: pd.DataFrame, tmp_path: Path
) -> None:
    for n_rows, expected in (
        (3, ["3 rows are fewer than 4 parameters: the prior alone decides what"]),
        (4, []),
    ):
        path = tmp_path / "short.csv"
        table[:n_rows].to_csv(path, index=False)
        lines = found(capsys, path, "--target", "y", "--standardise")["warnings"]
        assert [line[: len(expected[0])] for line in lines] == expected


@pytest.mark.parametrize(
    ("scale", "options", "is_said"),
    [
        (9.0, [], False),
        (11.0, [], True),
        (11.0, ["--standardise"], False),
        (11.0, ["--drop", "a"], False),
        (11.0, ["--prior", "laplace:1"], True),
        (11.0, ["--prior", "flat", "--drop", "constant"], False),
    ],
)
def test_sds_of_columns_over_ten_times_apart_are_said(
    capsys: pytest.CaptureFixture[str],
    table: pd.DataFrame,
    tmp_path: Path,
    scale: float,
    options: list[str],
    is_said: bool,
) -> None:
    columns = table[["a", "d", "y"]] / table[["a", "d", "y"]].std(ddof=0)
    path = tmp_path / "scales.csv"
    columns.assign(a=scale * columns["a"], constant=1.0).to_csv(path, index=False)
    words = ["compare", path, "--target", "y", *options, "--noise-sd", "1"]
    words += ["--routes", "penalised", *([] if "--prior" in options else QUICK[2:4])]
    _, _, err = run(capsys, *words)
    prior = "scale" if "laplace:1" in options else "sd"
    said = f"one prior {prior} is on columns with sds from 1 ('d') to 11 ('a'); --stand"
    assert (said in err) == is_said
    _, out, _ = run(capsys, *words, "--json")
    assert any(said in line for line in json.loads(out)["warnings"]) == is_said


def test_names_between_commas_are_needed(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    for option, text in (("--features", ""), ("--drop", "a,,d"), ("--features", ",")):
        status, out, err = run(capsys, "compare", file, "--target", "y", option, text)
        assert (status, out) == (2, "")
        assert "take names between commas, got " in err
        assert err.count("\n") == 1


def test_a_file_without_a_command_says_what_to_type(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    for words, way_out in (
        ([file, "--target", "y"], f" Try: bayes-l2 compare {file} --target COL\n"),
        (["x" * 300], "\n"),
    ):
        status, out, err = run(capsys, *words)
        assert (status, out) == (2, "")
        shown = texts.shortened(f"'{words[0]}'.", 200)
        assert err == f"bayes-l2: No such command {shown}{way_out}"


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("sep", "wrong", "must be one mark, or one of the words comma, semicolon"),
        ("decimal", "dot", "must be one of ., ,; got 'dot'"),
        ("encoding", "latin-99", "must be that of a text, such as utf-8"),
        ("na", "", "must be spellings of a missing value between commas"),
    ],
)
def test_a_bad_way_of_reading_is_named_by_its_option(
    capsys: pytest.CaptureFixture[str],
    file: Path,
    option: str,
    value: str,
    message: str,
) -> None:
    for target in ([], ["--target", "y"]):
        status, out, err = run(capsys, "compare", file, *target, f"--{option}={value}")
        assert (status, out) == (2, "")
        assert err.startswith(f"bayes-l2: --{option} {message}")
        assert err.count("\n") == 1


def test_marks_have_names(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    rows = "".join(f"{i},500|{i * i}\n" for i in range(1, 7))
    path.write_text(f"a|y\n{rows}")
    named, marks = (
        found(capsys, path, "--target", "y", "--sep", sep, "--decimal", decimal)
        for sep, decimal in (("pipe", "comma"), ("|", ","))
    )
    assert named == marks
    other = found(capsys, path, "--target", "y", "--sep", "pipe", "--decimal", "point")
    assert other["parameters"] != named["parameters"]  # 1,500 is 1500
