"""Grade a class from a file of answers.

An entry that cannot be graded is reported. The other entries are graded all the same.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bayes_l2 import arguments, validation
from bayes_l2.course.exercises.catalogue import check
from bayes_l2.course.exercises.exercise import Verdict
from bayes_l2.texts import end_of, shown

MOST_DIGITS = 300
TWICE = "stands there more than once"


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
    """

    student: str
    verdicts: dict[str, Verdict]
    problems: tuple[str, ...]
    answers: int = 0

    def __repr__(self) -> str:
        return (
            f"Grade({shown(self.student)}: {self.right} right of {self.answers} "
            f"answers, {len(self.problems)} problems)"
        )

    @property
    def right(self) -> int:
        """Return the number of right answers."""
        return sum(verdict.correct for verdict in self.verdicts.values())


def grade_file(path: str | Path) -> list[Grade]:
    """Grade a JSON file of answers: an object with an entry for each student.

    .. code-block:: json

        {"1234567": {"penalty-from-prior": 37.9, "r-hat": 1.12},
         "Ada":     {"seed": 42, "answers": {"penalty-from-prior": 1.8}}}

    The entry may give a "seed". Without it, a student name that is a whole number is
    the seed of the numbers. A student or an answer that stands there more than once is
    not graded.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    list of Grade
        One for each student, in the order of the file.

    Raises
    ------
    ValueError
        If the file cannot be read, or does not hold such an object.
    """
    path = arguments.path(path)
    try:
        entries = json.loads(
            path.read_text(encoding="utf-8-sig"),
            object_pairs_hook=_Entries,
            parse_int=_whole,
        )
    except OSError as error:
        raise ValueError(f"cannot read {end_of(path)}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{end_of(path)} is no text in UTF-8: {error.reason}"
        ) from None
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{end_of(path)}, line {error.lineno}: no JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise ValueError(f"{end_of(path)}: no JSON: nested too deeply") from None
    if not isinstance(entries, _Entries) or not entries:
        raise ValueError(
            f"{end_of(path)} must hold an object with an entry for each student, "
            f"got {_kind(entries)}"
        )
    return [
        Grade(student, {}, (TWICE,))
        if student in entries.repeated
        else grade(student, entry)
        for student, entry in entries.items()
    ]


class _Entries(dict):
    """A JSON object that remembers the names that stood in it more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated = dict.fromkeys(validation.repeated(name for name, _ in pairs))


def grade(student: str, entry: Any) -> Grade:
    """Grade one student: an object of answers, or of "answers" and a "seed"."""
    if not isinstance(entry, dict):
        return Grade(student, {}, (f"answers must be an object, got {_kind(entry)}",))
    whole = "answers" in entry
    answers = (
        entry["answers"]
        if whole
        else {name: each for name, each in entry.items() if name != "seed"}
    )
    if not isinstance(answers, dict):
        return Grade(
            student, {}, (f'"answers" must be an object, got {_kind(answers)}',)
        )
    seed: Any = entry.get("seed")
    if seed is None and student.isascii() and student.isdecimal():
        seed = _whole(student)
    if seed is None:
        reason = 'there is no seed: name the student by a whole number, or give "seed"'
        return Grade(student, {}, (reason,), len(answers))
    repeated = dict.fromkeys(
        name for each in (entry, answers) for name in getattr(each, "repeated", ())
    )
    problems = [f"{shown(name)} {TWICE}" for name in repeated]
    problems += [
        f'{shown(name)} stands beside "answers"'
        for name in entry
        if whole and name not in ("seed", "answers")
    ]
    verdicts: dict[str, Verdict] = {}
    for name, answer in answers.items():
        if name in repeated:
            continue
        try:
            verdicts[name] = check(name, answer, seed=seed)
        except ValueError as error:
            problems.append(str(error))
    return Grade(student, verdicts, tuple(problems), len(answers))


def _whole(digits: str) -> int | float:
    """Return a whole number; infinity if it is too long to be an answer or a seed."""
    return int(digits) if len(digits) <= MOST_DIGITS else float("inf")


def _kind(value: Any) -> str:
    return {
        _Entries: "an empty object",
        list: "a list",
        str: "a text",
        type(None): "null",
    }.get(type(value), repr(value))
