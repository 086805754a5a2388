"""Grading a class, and the commands of the exercises."""

import csv
import io
import json
from pathlib import Path

import pytest

from bayes_l2 import exercises
from bayes_l2.cli.main import main


class TestGrading:
    def answers(self, seed: int) -> dict[str, float]:
        return {
            name: each.answer(**each.numbers(seed))
            for name, each in exercises.EXERCISES.items()
        }

    def test_a_class(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        wrong = exercises.find("penalty-from-prior")
        swapped_ratio = wrong.misconceptions(**wrong.numbers(42))[
            "you swapped numerator and denominator of the ratio"
        ]
        entries = {
            "1001": self.answers(1001),
            "Ada": {
                "seed": 42,
                "answers": {"penalty-from-prior": swapped_ratio, "r-hat": 1},
            },
            "0007": {"r-hat": float("nan"), "no-such": 1, "cross-entropy": "one"}
            | {"log-evidence": 99},
            "Bob": {"r-hat": 1},
            "1002": [1, 2],
            "1003": {"seed": -1, "answers": {"r-hat": 1}},
            "1004": {"seed": "x", "answers": {"r-hat": 1}},
            "1005": {"answers": 3},
            "1006": self.answers(1006),
            "1007": {"seed": None, "r-hat": 10**30, "cross-entropy": 10**400},
            "9" * 5000: {"r-hat": 1},
            "\ud800": {"seed": 1, "answers": {}, "r-hat": 1},
        }
        path = tmp_path / "class.json"
        path.write_text(json.dumps(entries))
        grades = {grade.student: grade for grade in exercises.grade_file(path)}
        assert list(grades) == list(entries)
        assert grades["1001"].right == grades["1006"].right == 46
        assert (
            grades["Ada"].verdicts["penalty-from-prior"].misconception
            == "you swapped numerator and denominator of the ratio"
        )
        assert len(grades["0007"].problems) == 3
        assert list(grades["0007"].verdicts) == ["log-evidence"]
        assert [problem.split(",")[1] for problem in grades["1007"].problems] == [
            " got inf"
        ]
        assert list(grades["1007"].verdicts) == ["r-hat"]
        for student, words in {
            "9" * 5000: "seed must be a whole number of at least 0, got inf",
            "\ud800": "'r-hat' stands beside \"answers\"",
            "Bob": "there is no seed",
            "1002": "answers must be an object, got a list",
            "1003": "seed must be a whole number of at least 0, got -1",
            "1004": "seed must be a whole number of at least 0, got 'x'",
            "1005": '"answers" must be an object, got 3',
        }.items():
            assert words in grades[student].problems[0]
        with pytest.raises(SystemExit) as stop:
            main(["exercises", "grade", str(path)])
        table = capsys.readouterr().out
        assert stop.value.code == 0
        assert "46 of 46" in table
        assert "0 of 4" in table  # student 0007; three answers cannot be graded
        swapped = "you swapped numerator and denominator of the ratio"
        assert swapped in " ".join(table.split())
        with pytest.raises(SystemExit):
            main(["exercises", "grade", str(path), "--json"])
        found = json.loads(capsys.readouterr().out)
        assert [each["right"] for each in found["students"]] == [
            46,
            *[0] * 7,
            46,
            *[0] * 3,
        ]

    def test_a_student_who_stands_there_twice_costs_nobody_else(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "class.json"
        path.write_text(
            '{"1": {"r-hat": 9}, "2": {"r-hat": 1}, "3": {}, '
            '"1": {"r-hat": 8}, "3": {}}'
        )
        first, second, third = exercises.grade_file(path)
        for twice in (first, third):
            assert (twice.verdicts, twice.answers) == ({}, 0)
            assert twice.problems == ("is there more than once",)
        assert list(second.verdicts) == ["r-hat"]

    def test_a_table_for_a_spreadsheet(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "class.json"
        path.write_text(
            json.dumps(
                {
                    "1001": {"r-hat": self.answers(1001)["r-hat"], "log-evidence": "x"},
                    "A,b": {},
                    "=1+1": {},
                }
            )
        )
        with pytest.raises(SystemExit) as stop:
            main(["exercises", "grade", str(path), "--csv"])
        assert stop.value.code == 0
        rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
        assert [(row["student"], row["exercise"], row["right"]) for row in rows] == [
            ("1001", "r-hat", "1"),
            ("1001", "", ""),
            ("A,b", "", ""),
            ("'=1+1", "", ""),
        ]
        findings = ["right", "not graded", "no answers", "no answers"]
        assert [row["finding"] for row in rows] == findings
        assert [row["remark"] for row in rows[:2]] == [
            "",
            "answer to 'log-evidence': no number: 'x'; write digits, such as 0.123",
        ]
        with pytest.raises(SystemExit) as stop:
            main(["exercises", "grade", str(path), "--csv", "--json"])
        assert stop.value.code == 2
        assert "--csv and --json" in capsys.readouterr().err

    def test_what_a_student_wrote_twice_and_a_mark_of_windows(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "class.json"
        right = self.answers(1)["r-hat"]
        path.write_text(
            f'{{"1": {{"r-hat": 9, "r-hat": {right}}}, "2": {{"r-hat": 1}}}}',
            encoding="utf-8-sig",
        )
        first, second = exercises.grade_file(path)
        assert first.problems == ("'r-hat' is there more than once",)
        assert (first.verdicts, first.answers) == ({}, 1)
        assert not second.problems

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", "line 1: not JSON"),
            ('{"1": {},\n "2": }', "line 2: not JSON"),
            ("[]", "must hold an object with an entry for each student, got a list"),
            (
                "{}",
                "an object with an entry for each student, got an empty object",
            ),
            ("[" * 100_000, "nested too deeply"),
            (b"\xff\xfe{", "not a text in utf-16"),
            (b"{\x00\x01\x02", "is not a text file"),
            (None, "cannot read"),
        ],
    )
    def test_what_is_no_class(
        self,
        text: str | bytes | None,
        message: str,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        path = tmp_path / "class.json"
        if text is not None:
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        with pytest.raises(SystemExit) as stop:
            main(["exercises", "grade", str(path)])
        captured = capsys.readouterr()
        assert (stop.value.code, captured.out) == (2, "")
        assert message in captured.err
        assert captured.err.count("\n") == 1

    def test_names_that_a_terminal_would_obey_are_shown(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "class.json"
        path.write_text(json.dumps({"\x1b[2J": {}, " Ada": {}}))
        with pytest.raises(SystemExit):
            main(["exercises", "grade", str(path)])
        table = capsys.readouterr().out
        assert "\x1b" not in table
        assert "' Ada'" in table

    def test_list_and_show(self, capsys: pytest.CaptureFixture[str]) -> None:
        for arguments, seen in (
            (["list"], "penalty-from-prior"),
            (["list", "--json"], '"r-hat": "MCMC agrees"'),
            (["show", "r-hat", "--seed", "5"], "Four chains of"),
            (["show", "r-hat", "--seed", "5"], "Numbers of seed 5."),
            (["show", "r-hat", "--seed", "5", "--json"], '"numbers"'),
        ):
            with pytest.raises(SystemExit) as stop:
                main(["exercises", *arguments])
            assert stop.value.code == 0
            assert seen in capsys.readouterr().out
        with pytest.raises(SystemExit) as stop:
            main(["exercises", "show", "r-hit", "--seed", "5"])
        assert stop.value.code == 2
        assert "did you mean r-hat" in capsys.readouterr().err
