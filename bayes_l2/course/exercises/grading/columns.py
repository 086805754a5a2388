"""Which column of a table holds what: the student, an exercise, an answer, a seed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bayes_l2.course.exercises.grading.cells import Row
from bayes_l2.course.exercises.grading.headings import (
    ANSWER_NAMES,
    EXERCISE_NAMES,
    SEED_NAMES,
    STUDENT_NAMES,
    exercise_in,
    near_to,
    plain,
)
from bayes_l2.texts import listed, shown

NUMBERED = re.compile(
    r"(response|answer|antwort|r\u00e9ponse|respuesta|risposta|resposta) ?([0-9]+)"
)
QUESTION = r"(question|frage|pregunta|domanda) ?%s"


@dataclass(frozen=True)
class Layout:
    """The columns of a table by their places; None where there is none.

    A long table has a row for each answer. A wide one has a column for each exercise.
    """

    student: int
    seed: int | None
    exercise: int | None = None
    answer: int | None = None
    answers: dict[str, int] | None = None


def layout_of(
    header: Row,
    rows: Sequence[Row],
    file: str,
    *,
    student: str | None,
    exercises: Sequence[str] | None,
) -> Layout:
    """Return the layout of a table, or raise ValueError."""
    names = list(map(plain, header.cells))
    holder = student_column(header, rows, student, file)
    seed = _only(names, SEED_NAMES, header, file)
    exercise = _only(names, EXERCISE_NAMES, header, file)
    answer = _only(names, ANSWER_NAMES, header, file)
    if exercise is not None and answer is not None and exercises is None:
        return Layout(holder, seed, exercise, answer)
    answers = _exercise_columns(header, rows, file, exercises, holder)
    return Layout(holder, seed, answers=answers)


def student_column(
    header: Row, rows: Sequence[Row], wanted: str | None, file: str
) -> int:
    """Return the place of the column that holds the student."""
    names = list(map(plain, header.cells))
    if wanted is not None:
        places = [i for i, name in enumerate(names) if name == plain(wanted)]
        if len(places) == 1:
            return places[0]
        times = "no column" if not places else "several columns with the name"
        raise ValueError(
            f"--student: {file} has {times} {shown(wanted)}; the columns are "
            f"{listed(header.cells)}"
        )
    for known in STUDENT_NAMES:
        places = [i for i, name in enumerate(names) if name == known]
        filled = [i for i in places if any(row.cell(i) for row in rows)]
        if len(filled) > 1:
            raise ValueError(
                f"{file} has several columns {shown(header.cells[filled[0]])}: rename "
                "one of them"
            )
        if filled:
            return filled[0]
    raise ValueError(
        f"{file}: no column is known to hold the student; name it by --student "
        f"COLUMN; the columns are {listed(header.cells)}"
    )


def _only(
    names: list[str], known: tuple[str, ...], header: Row, file: str
) -> int | None:
    """Return the place of the one column with a known name, the better known first."""
    for each in known:
        places = [i for i, name in enumerate(names) if name == each]
        if len(places) > 1:
            raise ValueError(
                f"{file} has several columns {shown(header.cells[places[0]])}: rename "
                "one of them"
            )
        if places:
            return places[0]
    return None


def _exercise_columns(
    header: Row,
    rows: Sequence[Row],
    file: str,
    exercises: Sequence[str] | None,
    student: int,
) -> dict[str, int]:
    """Return the places of the answers by exercise."""
    numbered = _numbered(header)
    if exercises is not None:
        return _in_order(numbered, exercises, header, file)
    found: dict[str, int] = {}
    unnamed = []
    for place, text in enumerate(header.cells):
        name = None if place == student else exercise_in(text)
        if place in numbered and name is None:
            name = _asked_beside(header, rows, numbered[place])
            unnamed += [text] * (name is None)
        if name is None:
            continue
        if name in found:
            raise ValueError(
                f"{file}: the columns {shown(header.cells[found[name]])} and "
                f"{shown(text)} are both {name}: remove one of them"
            )
        found[name] = place
    if unnamed:
        raise ValueError(
            f"{file}: {listed(unnamed)}: these columns do not say their exercises; "
            "name them in order by --exercises NAME,NAME"
        )
    if not found:
        raise ValueError(
            f"{file} has neither the columns exercise and answer nor a column with the "
            f"name of an exercise{_meant(header)}; the columns are "
            f"{listed(header.cells)}"
        )
    return found


def _meant(header: Row) -> str:
    for text in header.cells:
        near = near_to(text)
        if near:
            return f"; did you mean {near} by {shown(text)}?"
    return ""


def near_misses(header: Row, layout: Layout) -> list[str]:
    """Return a line on each column that is not read but looks like an exercise."""
    read = set((layout.answers or {}).values()) | {layout.student, layout.seed}
    lines = []
    for place, text in enumerate(header.cells):
        near = near_to(text)
        if place not in read and near:
            lines.append(f"the column {shown(text)} is not read; did you mean {near}?")
    return lines


def _numbered(header: Row) -> dict[int, int]:
    """Return the numbers of the columns such as "Response 1", by place."""
    found = {}
    for place, text in enumerate(header.cells):
        match = NUMBERED.fullmatch(plain(text))
        if match:
            found[place] = int(match[2])
    return found


def _asked_beside(header: Row, rows: Sequence[Row], number: int) -> str | None:
    """Return the one exercise that the cells of the column "Question 1" ask."""
    wanted = re.compile(QUESTION % number)
    for place, text in enumerate(header.cells):
        if wanted.fullmatch(plain(text)):
            asked = {exercise_in(row.cell(place)) for row in rows if row.cell(place)}
            return asked.pop() if len(asked) == 1 else None
    return None


def _in_order(
    numbered: dict[int, int], exercises: Sequence[str], header: Row, file: str
) -> dict[str, int]:
    if len(set(exercises)) < len(exercises):
        raise ValueError(
            f"--exercises: each must be given once, got {listed(exercises)}"
        )
    places = sorted(numbered, key=lambda place: numbered[place])
    if len(places) != len(exercises):
        columns = [header.cells[place] for place in places]
        raise ValueError(
            f"--exercises names {len(exercises)}, and {file} has {len(places)} "
            f"numbered columns of responses{': ' * bool(columns)}{listed(columns)}"
        )
    return dict(zip(exercises, places, strict=True))
