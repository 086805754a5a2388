"""Each option of each command refuses bad values in one line, and writes no file."""

from pathlib import Path

import pytest

from tests.bad_input.command.options import (
    BAD,
    COMMANDS,
    cases,
    good,
    is_again,
    named,
    words_of,
)
from tests.bad_input.command.run import fault_of_refusal, files_in, run

ROWS = "a,b,y\n" + "".join(f"{i},{i * i % 7},{i * 5 % 11}\n" for i in range(12))


def make_folder(folder: Path) -> None:
    """Make the files of the tables, good and bad."""
    for each in folder.iterdir():
        if each.is_file() or each.is_symlink():
            each.unlink()
    (folder / "data.csv").write_text(ROWS, encoding="utf-8")
    (folder / "answers.csv").write_text("student,exercise,answer\nAda 1,r-hat,1.1\n")
    for suffix in ("", ".html", ".png", ".nc", ".csv", ".ipynb", ".xml"):
        (folder / f"folder{suffix}").mkdir(exist_ok=True)
        (folder / f"loop{suffix}").symlink_to(f"loop{suffix}")
    (folder / "dangling").symlink_to("no/file")
    (folder / "endless").symlink_to("/dev/zero")
    (folder / "locked").touch(mode=0o000)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_folder(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_a_good_value_is_taken(name: str, folder: Path) -> None:
    """So that the bad value is what the message of the other tests is about."""
    words = [good(name).get(word, word) for word in COMMANDS[name].line.split()]
    assert run(*words).status in (0, 1)


CASES = [
    pytest.param(*case, marks=[pytest.mark.slow] * is_again(*case)) for case in cases()
]


@pytest.mark.parametrize(("name", "argument"), CASES)
def test_a_bad_value_is_refused_in_one_line(
    name: str, argument: str, folder: Path
) -> None:
    asked, before, faults = COMMANDS[name], files_in(folder), {}
    for value in BAD[asked.kinds[argument]]:
        bad = value.replace(".*", asked.suffixes.get(argument, ""))
        ended = run(*words_of(name, argument, bad))
        faults[bad[:40]] = fault_of_refusal(ended, *named(name, argument))
        if files_in(folder) != before:
            faults[bad[:40]] += f" files: {files_in(folder)}"
            make_folder(folder)
    assert {bad: fault for bad, fault in faults.items() if fault} == {}
