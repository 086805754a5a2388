"""The command ``bayes-l2 exercises grade`` on a class of 12 students."""

import csv
import json
import re
from pathlib import Path

import pytest

from tests.cli.test_compare import run
from tests.course.exercises.grading import classroom

DOCS = Path(__file__).parents[4] / "docs"
CLASS = DOCS / "static" / "class"
MOODLE = (
    *("exercises", "grade", str(CLASS / "moodle.csv")),
    *("--exercises", ",".join(classroom.ASKED)),
)
LONG = (
    *("exercises", "grade", str(CLASS / "long.csv"), "--decimal", "comma"),
    *("--seeds", str(CLASS / "seeds.csv")),
)
# the findings that the answers of the class are made from
FINDINGS = {
    "penalty-from-prior": {
        "right": 4,
        classroom.HALF: 4,
        classroom.SDS: 1,
        "right for the numbers of seed 0": 1,
        "right for the numbers of another student": 1,
    },
    "shrinkage-factor": {
        "right": 7,
        classroom.REMOVED: 2,
        "right in percent": 1,
        "right for the numbers of seed 0": 1,
    },
    "posterior-sd": {
        "right": 6,
        classroom.VARIANCE: 1,
        "right for the numbers of seed 0": 1,
        "not graded": 2,
        "blank": 1,
    },
}


def test_the_files_of_the_class_are_those_that_the_tests_make() -> None:
    for name, make in classroom.FILES.items():
        assert (CLASS / name).read_text(encoding="utf-8") == make(), name


def test_the_class_on_the_teachers_page(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    status, out, err = run(capsys, *MOODLE)
    assert (status, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    page = (DOCS / "teaching.md").read_text(encoding="utf-8")
    printed = "\n".join(line.rstrip() for line in out.splitlines())
    assert f"```text\n{printed}\n```" in page


def test_what_the_class_misunderstood_stands_first_with_a_bar_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = run(capsys, *MOODLE)[1]
    assert out.startswith("What the class misunderstood: 11 students, 3 exercises\n")
    before = out.partition("Who missed")[0]
    for name, found in FINDINGS.items():
        block = before.split(f"\n{name}\n")[1].split("\n\n")[0]
        lines = re.findall(r"^ +(\d+) (\u2588+) +(.+)$", block, flags=re.MULTILINE)
        assert [(words, int(count)) for count, _, words in lines] == list(found.items())
        assert all(len(bar) == int(count) for count, bar, _ in lines)


def test_both_forms_of_the_class_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    wide = json.loads(run(capsys, *MOODLE, "--json")[1])
    long = json.loads(run(capsys, *LONG, "--json")[1])
    assert wide["no_answers"] == [str(classroom.ABSENT)]
    assert long["no_answers"] == [classroom.login(classroom.ABSENT)]
    for found in (wide, long):
        assert [each["exercise"] for each in found["exercises"]] == [*FINDINGS]
        for each in found["exercises"]:
            assert each["right"] == FINDINGS[each["exercise"]]["right"]
    # with a decimal comma one answer more is a number
    assert [each["ungraded"] for each in wide["exercises"]] == [0, 0, 2]
    assert [each["ungraded"] for each in long["exercises"]] == [0, 0, 1]
    rights = [[each["right"] for each in found["students"]] for found in (wide, long)]
    assert rights[0] == rights[1] == [3, 3, 2, 2, 1, 0, 0, 1, 2, 1, 2, 0]
    copied = wide["students"][7]["remarks"]["penalty-from-prior"]["words"]
    assert copied == "right for the numbers of 4471102; chance of such a match: 3 %"


def test_tables_for_a_spreadsheet_are_written_whole(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    output, summary = tmp_path / "results.csv", tmp_path / "class.csv"
    words = ("--output", str(output), "--summary", str(summary))
    assert run(capsys, *MOODLE, *words)[0] == 0
    assert sorted(tmp_path.iterdir()) == [summary, output]
    assert output.read_bytes().startswith(b"\xef\xbb\xbfstudent,")
    with output.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    with summary.open(encoding="utf-8-sig", newline="") as lines:
        counted = list(csv.DictReader(lines))
    for name, found in FINDINGS.items():
        got = {
            row["finding"]: int(row["count"])
            for row in counted
            if row["exercise"] == name
        }
        assert got == found
        for finding in found.keys() - {"not graded"}:
            lines = [(row["exercise"], row["finding"]) for row in rows]
            assert lines.count((name, finding)) == found[finding]
    problems = [row["remark"] for row in rows if row["finding"] == "not graded"]
    assert len(problems) == 2
    assert run(capsys, *MOODLE, "--csv")[1] == output.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--output", "results.txt"), "--output must end in .csv"),
        (("--output", "nowhere/a.csv"), "there is no folder"),
        (("--summary", "a.csv", "--output", "a.csv"), "are the same file"),
        (("--output", str(CLASS / "moodle.csv")), "are the same file"),
        (("--csv", "--json"), "exclude each other"),
        (("--student", "Login"), "no column 'Login'"),
    ],
)
def test_bad_options_are_one_line_and_write_nothing(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *MOODLE, *words)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())
