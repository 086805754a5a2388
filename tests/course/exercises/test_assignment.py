"""A notebook for nbgrader. The tests run its cells as nbgrader runs them."""

import sys
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import fromstring

import nbformat
import pytest

from bayes_l2 import exercises
from bayes_l2.cli.main import main


class TestAssignment:
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
            "penalty-from-prior-check": "not right: you swapped numerator and "
            "denominator of the ratio"
        }

    def test_hints_are_folded_below_the_question(self) -> None:
        cells = {
            each["id"]: each["source"]
            for each in exercises.assignment(self.NAMES)["cells"]
        }
        for name in self.NAMES:
            parts = fromstring(f"<div>{cells[f'{name}-hints']}</div>")
            shown = ["".join(part.itertext()) for part in parts.findall("details")]
            assert shown == [
                f"Hint {i}{hint}"
                for i, hint in enumerate(exercises.find(name).hints, start=1)
            ]
            assert "\n\n" not in cells[f"{name}-hints"]  # it would end the HTML

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
            (["r-hat", "r-hat", "-o", "new.ipynb"], "each exercise must be given once"),
            (["r-hat", "-o", "there.ipynb"], "exists already"),
            (["r-hat", "-o", "new.txt"], "--output must end in .ipynb; got 'new.txt'"),
            (
                ["r-hat", "-o", "nowhere/new.ipynb"],
                "--output: there is no folder 'nowhere'",
            ),
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
