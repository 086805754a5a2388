"""The results of a class as tables for a spreadsheet, and as JSON."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bayes_l2.course.exercises.grading import Grade, Summary
from bayes_l2.course.exercises.grading.remarks import ANOTHER_NUMBER
from bayes_l2.files import draft_of
from bayes_l2.texts import printable

Cell = str | float
# a full-width mark opens a formula too
FORMULA_MARKS = tuple("=+-@" + "\uff1d\uff0b\uff0d\uff20")
OF_ANSWERS = ("student", "exercise", "answer", "right", "finding", "remark")
OF_EXERCISES = ("exercise", "finding", "count")


def answers_as_csv(grades: Sequence[Grade]) -> str:
    """Return a line for each answer, each blank, and each problem."""
    return _csv(OF_ANSWERS, (row for each in grades for row in _answers(each)))


def exercises_as_csv(summaries: Sequence[Summary]) -> str:
    """Return a line for each exercise and finding, with its count."""
    return _csv(
        OF_EXERCISES,
        (
            (each.exercise, words, count)
            for each in summaries
            for words, count in each.counts.items()
        ),
    )


def as_json(grades: Sequence[Grade], summaries: Sequence[Summary]) -> dict[str, Any]:
    """Return the class by exercise and by student."""
    return {
        "exercises": [asdict(each) for each in summaries],
        "no_answers": [each.student for each in grades if each.is_missing],
        "students": [{**asdict(each), "right": each.right} for each in grades],
    }


def write(text: str, path: Path, option: str) -> None:
    """Write a CSV whole, with the mark by which Excel knows UTF-8."""
    with draft_of(path, option) as draft:
        draft.write_text(text, encoding="utf-8-sig", newline="")


def _answers(grade: Grade) -> Iterator[tuple[Cell, ...]]:
    student = grade.student
    for name, got in grade.verdicts.items():
        fact = grade.remarks.get(name)
        finding = grade.finding(name)
        remark = got.message if finding == ANOTHER_NUMBER else ""
        remark = remark if fact is None else fact.words
        number = grade.numbers[name]
        yield student, name, number, int(got.correct), finding, remark
    for name in grade.blank:
        yield student, name, "", "", "blank", ""
    for problem in grade.problems:
        yield student, "", "", "", "not graded", problem
    if grade.is_missing:
        yield student, "", "", "", "no answers", ""


def _csv(names: Sequence[str], rows: Iterator[tuple[Cell, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_in_a_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _in_a_cell(value: Cell) -> Cell:
    """Return a text that a spreadsheet does not take for a formula."""
    if not isinstance(value, str):
        return value
    text = printable(value)
    is_formula = value.strip().startswith(FORMULA_MARKS)
    return f"'{text}" if is_formula else text
