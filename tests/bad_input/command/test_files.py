"""Files of many kinds of damage: one line, or a comparison of finite numbers."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests.bad_input.command.files import ARRAYS, DAMAGED, ODD, TEXT, TOUCHED
from tests.bad_input.command.run import fault_of_refusal, files_in, run

SCALES = ("--routes", "exact", "--prior-sd", "1", "--noise-sd", "1")
# the commands that read a table, with the table's name for FILE
COMMANDS = {
    "compare": ("compare", "FILE", "--target", "y", *SCALES),
    "compare as JSON": ("compare", "FILE", "--target", "y", *SCALES, "--json"),
    "explore": ("explore", "FILE", "--target", "y", "--no-browser"),
    "new rows": (
        *("compare", "good.csv", "--target", "y", *SCALES),
        *("--predict", "FILE", "--output", "p.csv"),
    ),
    "grade": ("exercises", "grade", "FILE"),
    "seeds": ("exercises", "grade", "answers.csv", "--seeds", "FILE"),
}


NAMED = ("data.csv", "column", "y must")
SHARED = [
    pytest.param(each, marks=pytest.mark.slow)
    for each in COMMANDS
    if each in ("explore", "new rows", "seeds")
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("good.csv").write_text(TEXT, encoding="utf-8")
    Path("answers.csv").write_text("student,exercise,answer\nAda 1,r-hat,1.1\n")
    return tmp_path


def write(content: str | bytes, name: str) -> str:
    data = content if isinstance(content, bytes) else content.encode()
    Path(name).write_bytes(data)
    return name


def words_of(command: str, file: str) -> list[str]:
    return [file if word == "FILE" else word for word in COMMANDS[command]]


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_table_is_refused_by_compare(damage: str, folder: Path) -> None:
    file = write(DAMAGED[damage], "data.csv")
    before = files_in(folder)
    for command in ("compare", "compare as JSON"):
        assert not fault_of_refusal(run(*words_of(command, file)), *NAMED)
    assert files_in(folder) == before


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize("command", ["grade", *SHARED])
def test_a_damaged_table_is_no_traceback(
    command: str, damage: str, folder: Path
) -> None:
    """Some damage is none to a command: new rows need no target, say."""
    file = write(DAMAGED[damage], "data.csv")
    before = files_in(folder)
    ended = run(*words_of(command, file))
    assert ended.status in (0, 1, 2)
    if ended.status == 2:
        lines = ended.err.splitlines(keepends=True)  # warnings, and the refusal
        assert all(line.startswith("bayes-l2: warning: ") for line in lines[:-1])
        assert not fault_of_refusal(ended._replace(err=lines[-1]), *NAMED)
        assert files_in(folder) == before


@pytest.mark.parametrize("suffix", ["npy", "parquet", "xlsx", "feather"])
@pytest.mark.parametrize("damage", ["no bytes", "random bytes", "gzip", "zeros"])
def test_a_file_that_is_not_what_its_name_says_is_refused(
    damage: str, suffix: str
) -> None:
    file = write(DAMAGED[damage], f"data.{suffix}")
    assert not fault_of_refusal(run("compare", file, "--target", "1"), "data.")
    assert not fault_of_refusal(run("compare", file), "data.")


@pytest.mark.parametrize("damage", ARRAYS)
def test_a_damaged_array_is_refused_and_never_unpickled(damage: str) -> None:
    file = write(ARRAYS[damage], "data.npy")
    for target in ("0", "-1"):
        ended = run("compare", file, "--target", target, "--routes", "exact")
        assert not fault_of_refusal(ended, "data.npy", "column", "row")
    assert not Path(TOUCHED).exists()


@pytest.mark.parametrize("oddity", ODD)
def test_an_odd_table_is_read(oddity: str) -> None:
    content, options = ODD[oddity]
    ended = run(*words_of("compare as JSON", write(content, "data.csv")), *options)
    assert ended.status == 0, ended.err
    rows = json.loads(ended.out)["parameters"].values()  # JSON without NaN
    assert all(abs(row["exact"]) < 1e6 for row in rows)


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        (None, "standard input: it is closed"),
        (io.StringIO(""), "standard input is empty"),
        (io.StringIO("\0"), "standard input is not a text"),
    ],
)
def test_standard_input_that_holds_no_table_is_refused(
    stdin: io.StringIO | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    assert not fault_of_refusal(run(*words_of("compare", "-")), words)


COMBINATIONS = {
    "two answers": "exercises grade answers.csv --csv --json",
    "Markdown and JSON": "conventions --markdown --json",
    "words and Markdown": "ask ridge --markdown",
    "new rows without a place": "compare good.csv --target y --predict good.csv",
    "a place without new rows": "compare good.csv --target y --output p.csv",
    "one file twice": "compare good.csv --target y --report r.html --plot r.html",
    "over the table": "compare good.csv --target y --report good.csv",
    "a stream of text": "compare good.csv --target y --stream",
    "standardised example": "compare --standardise",
    "a coverage alone": "compare --coverage 0.9",
    "both chosen and given": "compare --choose loo --prior-sd 1",
    "two priors": "compare --prior flat --prior-sd 1",
    "noise of classes": "compare --likelihood bernoulli --noise-sd 1",
    "feature that is the target": "compare good.csv --target y --features a,y",
    "feature that is dropped": "compare good.csv --target y --features a --drop a",
    "nothing left": "compare good.csv --target y --drop a,b",
    "no format": "exercises export r-hat --output q.xml",
    "another format": "exercises export r-hat --format gift --output q.xml",
    "no seed": "exercises check r-hat 1",
    "a seed of a hint": "exercises hint r-hat --seed 1",
    "a hint that is not there": "exercises hint r-hat 99",
    "an exercise twice": "exercises assignment r-hat r-hat --output a.ipynb",
    "one library": "convert 1 --from ridge",
    "a batch of no use": "convert 1 --from ridge --to elastic-net --n 9 --batch-size 2",
    "no command": "compair",
    "no option": "compare --sigma 1",
    "an option without a value": "compare good.csv --target",
    "a word too many": "compare good.csv data.csv --target y",
    "the last of two values": "compare --seed 1 --seed -1",
}


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_options_that_do_not_go_together_are_refused(
    combination: str, folder: Path
) -> None:
    before = files_in(folder)
    assert not fault_of_refusal(run(*COMBINATIONS[combination].split()))
    assert files_in(folder) == before


def test_the_last_of_two_values_counts() -> None:
    words = words_of("compare as JSON", "good.csv")
    last = run(*words, "--prior-sd", "2").out
    assert json.loads(last)["model"]["prior_sd"] == 2
