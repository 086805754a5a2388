"""Entries of students from JSON: an object with an entry for each student."""

import json
from typing import Any

from bayes_l2 import validation
from bayes_l2.course.exercises.grading.entry import TWICE, Entry, HandedIn
from bayes_l2.course.exercises.grading.numerals import is_blank, whole
from bayes_l2.texts import shown


class _Object(dict):
    """A JSON object that remembers the names that stood in it more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated = dict.fromkeys(validation.repeated(name for name, _ in pairs))


def entries_of_json(text: str, file: str) -> HandedIn:
    """Return the entries of a JSON text; ``file`` is its name in messages."""
    try:
        found = json.loads(text, object_pairs_hook=_Object, parse_int=whole)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{file}, line {error.lineno}: not JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise ValueError(f"{file}: not JSON: nested too deeply") from None
    if not isinstance(found, _Object) or not found:
        raise ValueError(
            f"{file} must hold an object with an entry for each student, "
            f"got {_kind(found)}"
        )
    return HandedIn(
        [
            Entry(student, problems=(TWICE,), is_lost=True)
            if student in found.repeated
            else _entry(student, each)
            for student, each in found.items()
        ]
    )


def _entry(student: str, entry: Any) -> Entry:
    """Return an entry: an object of answers, or of "answers" and a "seed"."""
    if not isinstance(entry, _Object):
        problem = f"answers must be an object, got {_kind(entry)}"
        return Entry(student, problems=(problem,), is_lost=True)
    is_whole = "answers" in entry
    answers = (
        entry["answers"]
        if is_whole
        else {name: each for name, each in entry.items() if name != "seed"}
    )
    if not isinstance(answers, dict):
        problem = f'"answers" must be an object, got {_kind(answers)}'
        return Entry(student, problems=(problem,), is_lost=True)
    repeated = dict.fromkeys(
        name for each in (entry, answers) for name in getattr(each, "repeated", ())
    )
    problems = [f"{shown(name)} {TWICE}" for name in repeated]
    problems += [
        f'{shown(name)} stands beside "answers"'
        for name in entry
        if is_whole and name not in ("seed", "answers")
    ]
    kept = {
        name: answer
        for name, answer in answers.items()
        if name not in repeated and not _is_blank(answer)
    }
    not_read = tuple(name for name in repeated if name in answers)
    return Entry(student, kept, entry.get("seed"), tuple(problems), not_read)


def _is_blank(answer: Any) -> bool:
    return answer is None or (isinstance(answer, str) and is_blank(answer))


def _kind(value: Any) -> str:
    return {
        _Object: "an empty object",
        list: "a list",
        str: "a text",
        type(None): "null",
    }.get(type(value), repr(value))
