"""Every exercise: right answers are right, and each misconception is found by name.

No two answers have the same verdict.
"""

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any, cast

import nbformat
import numpy as np
import pytest

from bayes_l2 import exercises
from bayes_l2.cli.main import main
from bayes_l2.course.exercises.exercise import Exercise

SEEDS = (*range(40), 1234567, 2**40)
ALL = pytest.mark.parametrize("name", exercises.EXERCISES)


def test_there_are_enough_and_every_chapter_has_some() -> None:
    chapters = [exercise.chapter for exercise in exercises.EXERCISES.values()]
    assert len(chapters) == 36
    assert len(set(chapters)) == 10
    assert min(chapters.count(chapter) for chapter in chapters) >= 3


@ALL
def test_no_two_answers_have_the_same_verdict(name: str) -> None:
    exercise = exercises.find(name)
    for seed in SEEDS:
        numbers = exercise.numbers(seed)
        assert exercises.check(name, exercise.answer(**numbers), seed=seed).correct
        messages = set()
        misconceptions = exercise.misconceptions(**numbers)
        for words, wrong in misconceptions.items():
            verdict = exercises.check(name, wrong, seed=seed)
            assert verdict.misconception == words
            assert not verdict.correct
            messages.add(verdict.message)
        assert len(messages) == len(misconceptions) >= 2


@ALL
def test_a_number_without_a_name_is_told_how_far_off_it_is(name: str) -> None:
    exercise = exercises.find(name)
    right = exercise.answer(**exercise.numbers(3))
    # four times the tolerance lie between any two known answers
    message = exercises.check(name, 1.008 * right, seed=3).message
    size = "large" if right > 0 else "small"
    assert message == f"not right: off by 0.8 %, too {size}"


@ALL
def test_three_digits_are_enough(name: str) -> None:
    exercise = exercises.find(name)
    for seed in range(300):
        right = exercise.answer(**exercise.numbers(seed))
        assert exercises.check(name, float(f"{right:.3g}"), seed=seed).correct


@ALL
def test_numbers_are_printed_whole_and_differ_between_students(name: str) -> None:
    texts = {exercises.question(name, seed=seed) for seed in range(20)}
    assert len(texts) >= 15
    for seed in range(5):
        text = exercises.question(name, seed=seed)
        assert "{" not in text
        for value in exercises.numbers(name, seed=seed).values():
            for each in value if isinstance(value, list) else [value]:
                assert f"{each:g}" in text
                assert float(f"{each:g}") == each
    assert exercises.question(name, seed=7) == exercises.question(name, seed=7)


def test_misconceptions_speak_to_the_student() -> None:
    for exercise in exercises.EXERCISES.values():
        misconceptions = exercise.misconceptions(**exercise.numbers(0))
        assert all(words.startswith("you ") for words in misconceptions)
        assert exercise.name == exercise.name.lower() or exercise.name == "prior-of-C"


def test_numbers_that_cannot_be_told_apart_are_an_error() -> None:
    same = Exercise(
        "same",
        "none",
        "{a}",
        lambda rng: {"a": 1.0},
        lambda a: a,
        lambda a: {"you did the same": a},
    )
    with pytest.raises(
        ArithmeticError, match="has no numbers that tell its answers apart for seed 0"
    ):
        same.numbers(0)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.nan, "must be finite, got nan"),
        (np.inf, "must be finite, got inf"),
        ("1.5", "must be one number, got '1.5'"),
        (None, "must be one number, got None"),
        (True, "must be one number, got True"),
        ([1.0, [2.0, 3.0]], "must be one number, got a list"),
        (np.ones((2, 2)), "must be one number, got an array"),
        (10**400, "must be finite, got inf"),
        (1j, "must be one number, got 1j"),
    ],
)
def test_what_is_no_answer(answer: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"answer to 'r-hat' {message}"):
        exercises.check("r-hat", answer, seed=0)


def test_what_is_no_exercise_and_no_seed() -> None:
    with pytest.raises(
        ValueError, match="unknown exercise 'r-hit'; did you mean r-hat"
    ):
        exercises.check("r-hit", 1.0, seed=0)
    with pytest.raises(
        ValueError, match="seed must be a whole number of at least 0, got -1"
    ):
        exercises.check("r-hat", 1.0, seed=-1)
    assert exercises.check("r-hat", np.array([1.0]), seed=0).correct is False


class TestGrading:
    def answers(self, seed: int) -> dict[str, float]:
        return {
            name: each.answer(**each.numbers(seed))
            for name, each in exercises.EXERCISES.items()
        }

    def test_a_class(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        wrong = exercises.find("penalty-from-prior")
        upside_down = wrong.misconceptions(**wrong.numbers(42))[
            "you turned the ratio upside down"
        ]
        entries = {
            "1001": self.answers(1001),
            "Ada": {
                "seed": 42,
                "answers": {"penalty-from-prior": upside_down, "r-hat": 1},
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
        assert grades["1001"].right == grades["1006"].right == 36
        assert (
            grades["Ada"].verdicts["penalty-from-prior"].misconception
            == "you turned the ratio upside down"
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
        assert "36 of 36" in table
        assert "0 of 4" in table  # student 0007; three answers cannot be graded
        assert "you turned the ratio upside down" in " ".join(table.split())
        with pytest.raises(SystemExit):
            main(["exercises", "grade", str(path), "--json"])
        found = json.loads(capsys.readouterr().out)
        assert [each["right"] for each in found] == [36, *[0] * 7, 36, *[0] * 3]

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
            assert twice.problems == ("stands there more than once",)
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
        assert [row["remark"] for row in rows[:2]] == [
            "right",
            "answer to 'log-evidence' must be one number, got 'x'",
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
        assert first.problems == ("'r-hat' stands there more than once",)
        assert (first.verdicts, first.answers) == ({}, 1)
        assert not second.problems

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", "line 1: no JSON"),
            ('{"1": {},\n "2": }', "line 2: no JSON"),
            ("[]", "must hold an object with an entry for each student, got a list"),
            (
                "{}",
                "an object with an entry for each student, got an empty object",
            ),
            ("[" * 100_000, "nested too deeply"),
            (b"\xff\xfe", "is no text in UTF-8"),
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
            main(["exercises", "show", "r-hit"])
        assert stop.value.code == 2
        assert "did you mean r-hat" in capsys.readouterr().err


class TestAssignment:
    """A notebook for nbgrader. The tests run its cells as nbgrader runs them."""

    NAMES = ("penalty-from-prior", "r-hat")

    @staticmethod
    def run(notebook: dict[str, Any], changes: dict[str, str]) -> dict[str, str]:
        """Run all code cells with a student's changes; return the errors by cell."""
        errors, scope = {}, {}
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                try:
                    exec(str(changes.get(cell["id"], cell["source"])), scope)
                except AssertionError as error:
                    errors[cell["id"]] = str(error)
        return errors

    def test_it_is_a_notebook_whose_solutions_are_right(self, tmp_path: Path) -> None:
        path = tmp_path / "homework.ipynb"
        with pytest.raises(SystemExit) as stop:
            main(["exercises", "assignment", *self.NAMES, "--output", str(path)])
        assert stop.value.code == 0
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert self.run(notebook, {}) == {}
        assert [entry.name for entry in tmp_path.iterdir()] == ["homework.ipynb"]

    def test_a_student_with_one_misconception_fails_one_check(self) -> None:
        notebook = exercises.assignment(self.NAMES)
        ratio = exercises.numbers(self.NAMES[0], seed=1234567)
        upside_down = (ratio["prior_sd"] / ratio["noise_sd"]) ** 2
        changes = {
            "student": "student = 1234567",
            "penalty-from-prior-answer": f"answer_penalty_from_prior = {upside_down}",
        }
        assert self.run(notebook, changes) == {
            "penalty-from-prior-check": "not right: you turned the ratio upside down"
        }

    def test_what_is_left_blank_is_not_judged_by_the_answer_before_it(self) -> None:
        changes = {"r-hat-answer": "answer_r_hat = ..."}
        assert self.run(exercises.assignment(self.NAMES), changes) == {
            "r-hat-check": "not answered"
        }

    def test_what_students_get_holds_no_solution(self) -> None:
        """Solutions stand between nbgrader's marks, and only checks have points."""
        for cell in exercises.assignment(self.NAMES)["cells"]:
            marks = cell["metadata"]["nbgrader"]
            assert marks["locked"] is not marks["solution"]
            assert (
                ("points" in marks) is marks["grade"] is cell["id"].endswith("-check")
            )
            if marks["solution"]:
                first, begin, *_, end = cell["source"].splitlines()
                assert first.endswith(" = ...")
                assert (begin, end) == ("### BEGIN SOLUTION", "### END SOLUTION")
            else:
                assert ".answer(" not in cell["source"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["r-hit", "-o", "new.ipynb"], "did you mean r-hat"),
            (["r-hat", "r-hat", "-o", "new.ipynb"], "each exercise must stand once"),
            (["r-hat", "-o", "there.ipynb"], "is there already"),
            (["r-hat", "-o", "new.txt"], "must end in .ipynb, got new.txt"),
            (["r-hat", "-o", "nowhere/new.ipynb"], "there is no folder nowhere"),
        ],
    )
    def test_bad_input(
        self,
        arguments: list[str],
        message: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("there.ipynb").write_text("mine")
        with pytest.raises(SystemExit) as stop:
            main(["exercises", "assignment", *arguments])
        assert stop.value.code == 2
        assert message in capsys.readouterr().err
        assert [entry.name for entry in tmp_path.iterdir()] == ["there.ipynb"]
        assert Path("there.ipynb").read_text() == "mine"

    def test_a_missing_nbformat_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "nbformat", None)
        with pytest.raises(ValueError, match="pip install nbformat"):
            exercises.assignment(self.NAMES)

    def test_no_names(self) -> None:
        bad: list[Any] = [[], "r-hat", 3]
        for names in bad:
            with pytest.raises(ValueError, match="names must be a list of exercises"):
                exercises.assignment(names)
        with pytest.raises(ValueError, match="unknown exercise 1"):
            exercises.assignment(cast(Any, [1, 1]))
