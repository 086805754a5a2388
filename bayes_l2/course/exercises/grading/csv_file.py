"""Entries of students from a CSV text, long or wide."""

import warnings
from collections.abc import Sequence

from bayes_l2 import validation
from bayes_l2.course.exercises.grading.cells import Row, cut
from bayes_l2.course.exercises.grading.columns import Layout, layout_of, near_misses
from bayes_l2.course.exercises.grading.entry import TWICE, Entry, HandedIn
from bayes_l2.course.exercises.grading.headings import exercise_in, plain
from bayes_l2.course.exercises.grading.numerals import is_blank, whole
from bayes_l2.texts import listed, shown


def entries_of_csv(
    text: str,
    file: str,
    *,
    student: str | None = None,
    exercises: Sequence[str] | None = None,
) -> HandedIn:
    """Return the entries of a CSV text; ``file`` is its name in messages."""
    header, rows = cut(text, file)
    layout = layout_of(header, rows, file, student=student, exercises=exercises)
    width = len(header.cells)
    rows = [_checked(row, width) for row in rows]
    if layout.answers is None:
        return HandedIn(_long(rows, layout))
    for line in near_misses(header, layout):
        warnings.warn(f"{file}: {line}", stacklevel=2)
    return HandedIn(_wide(rows, layout, layout.answers), tuple(layout.answers))


def _checked(row: Row, width: int) -> Row:
    if row.problem is None and any(row.cells[width:]):
        problem = (
            f"{len(row.cells)} cells, and {width} columns; put an answer with a "
            "decimal comma in quotes"
        )
        return Row(row.number, row.cells, problem)
    return row


def _wide(rows: list[Row], layout: Layout, places: dict[str, int]) -> list[Entry]:
    entries = []
    named = [row.cell(layout.student) for row in rows]
    repeated = set(validation.repeated(plain(name) for name in named if name))
    seen = set()
    for row, name in zip(rows, named, strict=True):
        answers = {each: row.cell(place) for each, place in places.items()}
        answers = {each: text for each, text in answers.items() if not is_blank(text)}
        if not name:
            if answers or row.problem:  # else a line of averages
                entries.append(_lost(f"line {row.number}", "there is no student"))
        elif plain(name) in repeated:
            if plain(name) not in seen:
                entries.append(_lost(name, f"{TWICE}: keep one line"))
            seen.add(plain(name))
        elif row.problem:
            entries.append(_lost(name, f"line {row.number}: {row.problem}"))
        else:
            entries.append(Entry(name, answers, _seed(row, layout)))
    return entries


def _long(rows: list[Row], layout: Layout) -> list[Entry]:
    assert layout.exercise is not None
    assert layout.answer is not None
    by_student: dict[str, list[Row]] = {}
    entries: dict[str, Entry] = {}
    for row in rows:
        name = row.cell(layout.student)
        if name:
            by_student.setdefault(plain(name), []).append(row)
        else:
            place = f"line {row.number}"
            entries[place] = _lost(place, "there is no student")
    for each in by_student.values():
        entry = _entry_of_rows(each, layout, layout.exercise, layout.answer)
        entries[entry.student] = entry
    return list(entries.values())


def _entry_of_rows(
    rows: list[Row], layout: Layout, exercise: int, answer: int
) -> Entry:
    student = rows[0].cell(layout.student)
    answers: dict[str, str] = {}
    problems, not_read = [], []
    for row in rows:
        if row.problem:
            problems.append(f"line {row.number}: {row.problem}")
            continue
        asked, text = row.cell(exercise), row.cell(answer)
        name = exercise_in(asked) or asked
        if not name:
            if not is_blank(text):
                problems.append(f"line {row.number}: there is no exercise")
            continue
        if name in answers or name in not_read:
            if name in answers:
                del answers[name]
                not_read.append(name)
                problems.append(f"{shown(name)} {TWICE}: keep one line")
            continue
        answers[name] = text
    answers = {name: text for name, text in answers.items() if not is_blank(text)}
    seeds = {_seed(row, layout) for row in rows} - {None}
    if len(seeds) > 1:
        return _lost(student, f"several seeds: {listed(sorted(seeds, key=str))}")
    seed = seeds.pop() if seeds else None
    return Entry(student, answers, seed, tuple(problems), tuple(not_read))


def _seed(row: Row, layout: Layout) -> object:
    """Return the seed in a row; what is no whole number stays as it is."""
    text = "" if layout.seed is None else row.cell(layout.seed)
    if not text:
        return None
    return whole(text) if text.isascii() and text.isdecimal() else text


def _lost(student: str, problem: str) -> Entry:
    return Entry(student, problems=(problem,), is_lost=True)
