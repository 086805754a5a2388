"""Grade a class from a file of answers, in JSON or CSV.

An entry that cannot be graded is reported. The other entries are graded all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bayes_l2 import arguments, validation
from bayes_l2.course.exercises.catalogue import EXERCISES, check, find
from bayes_l2.course.exercises.exercise import Verdict
from bayes_l2.course.exercises.grading.cells import text_in
from bayes_l2.course.exercises.grading.csv_file import entries_of_csv
from bayes_l2.course.exercises.grading.entry import Entry, HandedIn
from bayes_l2.course.exercises.grading.headings import plain
from bayes_l2.course.exercises.grading.json_file import entries_of_json
from bayes_l2.course.exercises.grading.numerals import Decimal, number_in
from bayes_l2.course.exercises.grading.remarks import (
    ANOTHER_NUMBER,
    Graded,
    Remark,
    remarks_on,
)
from bayes_l2.course.exercises.grading.seeds import Seeds, seed_in
from bayes_l2.datasets.files.options import Reading
from bayes_l2.texts import end_of, shown

RIGHT = "right"


@dataclass(frozen=True)
class Grade:
    """A student's results.

    Attributes
    ----------
    student : str
        Name or number of the student.
    verdicts : dict of str to Verdict
        Verdicts by exercise.
    problems : tuple of str
        Entries that could not be graded, a line each.
    answers : int
        Number of answers handed in; 0 if the student's entry cannot be read.
    seed : int or None
        The seed of the student's numbers; None if there is no valid one.
    numbers : dict of str to float
        The answers that have a verdict, as numbers.
    ungraded : tuple of str
        Exercises with an answer that could not be graded.
    blank : tuple of str
        Exercises that were asked, and that the student did not answer.
    remarks : dict of str to Remark
        Facts on answers that are not right, by exercise.
    """

    student: str
    verdicts: dict[str, Verdict]
    problems: tuple[str, ...]
    answers: int = 0
    seed: int | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    ungraded: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    remarks: dict[str, Remark] = field(default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"Grade({shown(self.student)}: {self.right} right of {self.answers} "
            f"answers, {len(self.problems)} problems)"
        )

    @property
    def right(self) -> int:
        """Return the number of right answers."""
        return sum(verdict.correct for verdict in self.verdicts.values())

    @property
    def is_missing(self) -> bool:
        """Return whether the student handed in no answer at all."""
        return not self.answers and not self.problems

    def finding(self, exercise: str) -> str:
        """Return "right", a misconception, or the kind of another wrong answer."""
        verdict = self.verdicts[exercise]
        if verdict.correct:
            return RIGHT
        if verdict.misconception is not None:
            return verdict.misconception
        remark = self.remarks.get(exercise)
        return ANOTHER_NUMBER if remark is None else remark.kind


def grade_file(
    path: str | Path,
    *,
    seeds: str | Path | None = None,
    student: str | None = None,
    exercises: Sequence[str] | None = None,
    decimal: Decimal | None = None,
    encoding: str | None = None,
) -> list[Grade]:
    """Grade a file of answers: JSON, or CSV as learning systems export it.

    A JSON file holds an object with an entry for each student:

    .. code-block:: json

        {"1234567": {"penalty-from-prior": 37.9, "r-hat": 1.12},
         "Ada":     {"seed": 42, "answers": {"penalty-from-prior": 1.8}}}

    A long CSV has the columns student, exercise and answer. A wide CSV has a column for
    each exercise. Its name is the exercise, or its question, or "Response 1".

    The seed of a student's numbers is that of ``seeds`` or of a column "seed". Without
    these it is the only number in the student's name, as in "ab1234567". A student or
    an answer that stands there more than once is not graded.

    Parameters
    ----------
    path : str or Path
        The file.
    seeds : str or Path, optional
        A CSV with the columns student and seed. Its students who are not in the file
        have handed in nothing; the grades say so.
    student : str, optional
        The column of a CSV that holds the student. By default it is found.
    exercises : sequence of str, optional
        The exercises of the columns "Response 1", "Response 2", ..., in order.
    decimal : "point" or "comma", optional
        The decimal mark of answers such as "1,234", which have two meanings.
    encoding : str, optional
        The encoding of the files. By default it is found.

    Returns
    -------
    list of Grade
        One for each student, in the order of the file, and then of ``seeds``.

    Raises
    ------
    ValueError
        If a file cannot be read, or if it is not of one of these forms.
    """
    path = arguments.path(path)
    if decimal is not None:
        validation.one_of(decimal, ("point", "comma"), "decimal")
    if student is not None:
        arguments.instance(student, str, "student")
    if exercises is not None:
        exercises = [
            find(arguments.instance(name, str, "exercises")).name
            for name in arguments.words(exercises, "exercises", "a list of exercises")
        ]
    encoding = Reading.of(None, None, encoding, None).encoding
    known = None
    if seeds is not None:
        known = Seeds(arguments.path(seeds, "seeds"), encoding)
    text = text_in(path, encoding)
    if path.suffix.lower() == ".json" or text.lstrip()[:1] in ("{", "["):
        if student is not None or exercises is not None:
            raise ValueError("--student and --exercises are for a CSV, not for JSON")
        found = entries_of_json(text, end_of(path))
    else:
        found = entries_of_csv(text, end_of(path), student=student, exercises=exercises)
    grades = [_grade(entry, known, decimal) for entry in found.entries]
    if known is not None:
        there = {plain(grade.student) for grade in grades}
        absent = [name for name in known.students if plain(name) not in there]
        grades += [Grade(name, {}, ()) for name in absent]
    return _together(grades, found)


def _grade(entry: Entry, seeds: Seeds | None, decimal: Decimal | None) -> Grade:
    """Grade one student."""
    if entry.is_lost:
        return Grade(entry.student, {}, entry.problems)
    answers = entry.answers
    count = len(answers) + len(entry.not_read)
    try:
        seed = _seed(entry, seeds)
    except ValueError as error:
        problems = (*entry.problems, str(error)) if count else entry.problems
        return Grade(entry.student, {}, problems, count, ungraded=tuple(answers))
    problems = list(entry.problems)
    verdicts: dict[str, Verdict] = {}
    numbers: dict[str, float] = {}
    for name, answer in answers.items():
        try:
            number = _number(name, answer, decimal)
            verdicts[name] = check(name, number, seed=seed)
            numbers[name] = float(number)
        except ValueError as error:
            problems.append(str(error))
    ungraded = [*entry.not_read, *(name for name in answers if name not in verdicts)]
    return Grade(
        entry.student,
        verdicts,
        tuple(problems),
        count,
        seed,
        numbers,
        tuple(name for name in ungraded if name in EXERCISES),
    )


def _seed(entry: Entry, seeds: Seeds | None) -> int:
    """Return a student's seed, or raise ValueError."""
    seed: Any = entry.seed
    if seeds is not None:
        listed = seeds.of(entry.student)
        if seed not in (None, listed):
            raise ValueError(
                f"seed is {shown(seed)} here and {shown(listed)} in {seeds.file}"
            )
        seed = listed
    elif seed is None:
        seed = seed_in(entry.student)
    return validation.natural_number(seed, "seed", at_least=0)


def _number(name: str, answer: Any, decimal: Decimal | None) -> Any:
    """Return the number in an answer of text, and any other answer as it is."""
    if name not in EXERCISES or not isinstance(answer, str):
        return answer
    try:
        return number_in(answer, decimal=decimal)
    except ValueError as error:
        raise ValueError(f"answer to {shown(name)}: {error}") from None


def _together(grades: list[Grade], found: HandedIn) -> list[Grade]:
    """Return the grades with what the whole class says of each."""
    answered = (name for each in grades for name in (*each.verdicts, *each.ungraded))
    asked = dict.fromkeys([*found.asked, *answered])
    remarks = remarks_on(
        [
            Graded(each.student, each.seed, each.verdicts, each.numbers)
            for each in grades
        ]
    )
    return [
        replace(
            each,
            blank=tuple(
                name
                for name in asked
                if each.answers
                and name not in each.verdicts
                and name not in each.ungraded
            ),
            remarks=facts,
        )
        for each, facts in zip(grades, remarks, strict=True)
    ]
