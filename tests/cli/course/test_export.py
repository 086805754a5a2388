"""The command ``bayes-l2 exercises export``."""

from pathlib import Path

import pytest

from bayes_l2.cli.main import main
from tests.course.exercises.export import readers


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["exercises", "export", *words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def test_named_exercises(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "quiz.xml"
    words = ["--format", "moodle", "--seeds", "2", "--output", str(path)]
    assert run("r-hat", "log-evidence", *words) == 0
    captured = capsys.readouterr()
    assert captured.out.replace("\n", "") == f"{path}: 4 questions"
    assert captured.err == ""  # no progress where there is no terminal
    names = [name for name, _ in readers.moodle(path.read_bytes())]
    assert names == ["r-hat", "r-hat", "log-evidence", "log-evidence"]


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("2", [0, 1]), ("8-10", [8, 9, 10]), ("7,1234567", [7, 1234567])],
)
def test_seeds(text: str, seeds: list[int], tmp_path: Path) -> None:
    path = tmp_path / "quiz.xml"
    assert run("r-hat", "--format", "moodle", "--seeds", text, "-o", str(path)) == 0
    assert [seed for _, seed in readers.moodle(path.read_bytes())] == seeds


def test_all_exercises(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "quiz.txt"
    assert run("--format", "gift", "--seeds", "1", "-o", str(path)) == 0
    assert "46 questions" in capsys.readouterr().out
    assert len(readers.gift(path.read_bytes())) == 46


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["r-hit"], "unknown exercise 'r-hit'; did you mean r-hat"),
        (["--seeds", "0"], "seeds must be a whole number of at least 1, got 0"),
        (["--seeds", "-1"], "--seeds must be a number of questions, such as 100, or"),
        (["--seeds", "2.5"], "seeds, such as 100-199 or 7,1234567; got '2.5'"),
        (["--seeds", "9-5"], "seeds must be 1 to 1000 numbers, got 0"),
        (["--seeds", "0-999999999999"], "1 to 1000 numbers, got 1000000000000"),
        (["--format", "odt"], "format must be one of moodle, qti, gift, prairielearn"),
        (["--format", "qti"], "--output must end in .zip for the format qti"),
        (["--output", "no/x.xml"], "--output: there is no folder 'no'"),
    ],
)
def test_bad_input_is_one_line(
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("--format", "moodle", "--output", "x.xml", *words) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
