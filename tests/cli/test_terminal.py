"""What reaches a terminal, a pipe and a spreadsheet, and what an early end leaves."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_l2.cli.main import main

COMMAND = [sys.executable, "-m", "bayes_l2"]
EXACT = ["compare", "--routes", "exact"]
# an escape sequence, a bell, C1's escape, a change of direction, an end of line
EVIL = ["a\x1b[31m", "b\x07", "c\x9b2J", "d\u202eab", "e\u2028f", "$x$", "g_h\\i"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[Any, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def is_printable(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


def write_csv(path: Path, header: list[str], rows: Any) -> str:
    lines = [",".join(map(str, row)) for row in (header, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    "words",
    [["conventions"], pytest.param(["conventions", "--json"], marks=pytest.mark.slow)],
)
def test_a_closed_pipe_ends_the_command_without_a_word(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, *words], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert done.returncode == 128 + signal.SIGPIPE
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("words", "closed", "status"),
    [
        ("exercises list", ">&-", 0),
        pytest.param("compare --target y", "2>&-", 2, marks=pytest.mark.slow),
        ("compare --target y", ">&- 2>&-", 2),
    ],
)
def test_output_closed_before_the_start_is_thrown_away(
    words: str, status: int, closed: str
) -> None:
    line = f'"{sys.executable}" -m bayes_l2 {words} {closed}'
    done = subprocess.run(line, shell=True, capture_output=True, check=False)
    assert done.returncode == status
    assert b"Traceback" not in done.stdout + done.stderr


def test_output_without_room_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "exercises", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"bayes-l2: [Errno 28] No space left on device\n"


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii"])
def test_output_goes_on_where_an_encoding_lacks_a_character(encoding: str) -> None:
    done = subprocess.run(
        [*COMMAND, *EXACT],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr == b""
    text = done.stdout.decode(encoding)
    assert "? = ?" in text
    assert "1 of 1 checks passed: " in text


def test_names_of_a_file_reach_the_terminal_without_control(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    header = [*EVIL, "y\x1b[1m"]
    path = write_csv(tmp_path / "e\x1b.csv", header, rng.normal(size=(30, len(header))))
    words = ["compare", path, "--routes", "exact", "--target"]
    status, out, err = run(capsys, *words, header[-1])
    assert status == 0
    assert is_printable(out)
    assert is_printable(err)
    for shown in (r"a\x1b[31m", r"b\x07", r"c\x9b2J", r"d\u202eab", "$x$", "g_h\\i"):
        assert shown in out
    status, out, err = run(capsys, *words, "none\x07")
    assert status == 2
    assert is_printable(out + err)
    status, out, _ = run(capsys, *words, header[-1], "--json")
    assert is_printable(out)
    assert set(EVIL) <= set(json.loads(out)["parameters"])


def test_labels_reach_the_terminal_without_control(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    rows = [
        (f"{x:.3f}", ("a\x1b[2J", "b\x07", "c\u202e")[label])
        for x, label in zip(rng.normal(size=60), rng.integers(3, size=60), strict=True)
    ]
    path = write_csv(tmp_path / "labels.csv", ["x", "kind"], rows)
    words = ["compare", path, "--target", "kind", "--likelihood", "categorical"]
    words += ["--prior-sd", "1", "--routes", "penalised"]
    _, out, err = run(capsys, *words)
    assert is_printable(out + err)
    assert r"a\x1b[2J" in out


@pytest.mark.parametrize(
    "words",
    [["\x1b[1mx"], ["compare", "--engine", "\x07"], ["compare", "\x1b.csv"]],
)
def test_arguments_reach_the_terminal_without_control(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    status, out, err = run(capsys, *words)
    assert status == 2
    assert out == ""
    assert is_printable(err)


@pytest.mark.parametrize("before", ["", " ", "\t", "\r", "\n", "\t\r "])
@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\uff1d"])
def test_no_cell_of_grades_is_a_formula(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, before: str, mark: str
) -> None:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({f"{before}{mark}1+1": {"seed": 1, "answers": {}}}))
    path.write_text(json.dumps({f"{before}{mark}1+1": {"r-hat": 1.1}}))
    _, out, _ = run(capsys, "exercises", "grade", str(path), "--csv")
    _, row = out.splitlines()
    assert row.lstrip('"').startswith("'")
    assert is_printable(row)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("folder.png", "must be a file"),
        ("nowhere/figure.png", "there is no folder"),
        ("/proc/figure.png", "cannot write"),
        (f"{'a' * 300}.png", "cannot write"),
    ],
)
def test_a_figure_that_cannot_be_written_is_refused_before_the_fits(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.png").mkdir()
    status, out, err = run(capsys, *EXACT, "--plot", path)
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert len(err) < 200
    assert [each.name for each in tmp_path.iterdir()] == ["folder.png"]


@pytest.mark.parametrize("as_json", [True, False])
def test_results_are_printed_before_a_figure_that_fails(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    as_json: bool,
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    plot = ["--plot", str(tmp_path / "figure.png"), *["--json"] * as_json]
    status, out, err = run(capsys, *EXACT, *plot)
    assert status == 2
    assert "No space left" in err
    if as_json:
        assert json.loads(out)["checks"]
    else:
        assert "checks passed: " in out
    assert list(tmp_path.iterdir()) == []


def test_sigterm_leaves_no_temporary_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def interrupted(path: Path, _: bytes) -> None:
        seen.append(path.parent)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(Path, "write_bytes", interrupted)
    status, *_ = run(capsys, *EXACT, "--plot", str(tmp_path / "figure.png"))
    assert status == 128 + signal.SIGTERM
    assert seen[0].parent == tmp_path
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_terminal_breaks_an_error_between_words_and_a_file_does_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["compare", "--choose", "hierarchical"]
    _, _, line = run(capsys, *words)
    assert line.count("\n") == 1
    assert len(line) > 80
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _, _, text = run(capsys, *words)
    assert text.split() == line.split()
    assert max(map(len, text.splitlines())) <= 40
