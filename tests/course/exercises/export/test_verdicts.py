"""Exported questions give the verdicts of the checker, in models of learning systems.

The numbers are all known answers of all 46 exercises, and numbers just inside and just
outside their tolerances.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import pytest

from bayes_l2 import exercises
from bayes_l2.course.exercises.exercise import Exercise
from tests.course.exercises.export import readers
from tests.course.exercises.export.readers import Key, Read

OTHER = "Not right, and no known mistake gives this number."
TOLERANCE = 5e-3
# how far inside or outside a tolerance, as a part of it; Moodle widens each by 1e-14
EDGE = 1e-6

Files = Mapping[str, Mapping[Key, Read]]


def read(folder: Path, formats: Mapping[str, str], seeds: int) -> Files:
    found = {}
    for name, ending in formats.items():
        path = folder / f"{name}{ending}"
        assert exercises.export(path, format=name, seeds=seeds) == 46 * seeds
        content = path.read_bytes()
        if name == "prairielearn":
            found[name] = readers.prairielearn(content, folder / name)
        else:
            found[name] = getattr(readers, name)(content)
        assert len(found[name]) == 46 * seeds
    return found


def numbers_to_try(values: list[float]) -> Iterator[float]:
    for value in values:
        yield value
        for part in (1 - EDGE, 1 + EDGE):
            yield value + TOLERANCE * part * abs(value)
            yield value - TOLERANCE * part * abs(value)
    yield 1.01 * values[0]
    yield -1.9 * values[0]


def require_the_verdicts_of_the_checker(files: Files, seeds: int) -> int:
    tried = 0
    for name, exercise in exercises.EXERCISES.items():
        for seed in range(seeds):
            numbers = exercise.numbers(seed)
            mistakes = exercise.misconceptions(**numbers)
            right = exercise.answer(**numbers)
            values = [right, *map(float, mistakes.values())]
            for number in numbers_to_try(values):
                verdict = exercise.check(number, seed)
                message = f"Not right: {verdict.misconception}."
                if verdict.misconception is None:
                    message = "Right." if verdict.correct else OTHER
                for system, questions in files.items():
                    is_right, feedback = questions[name, seed].grade(number)
                    where = (system, name, seed, number)
                    assert is_right == verdict.correct, where
                    if system != "qti" or is_right:
                        assert feedback == message, where
                    elif verdict.misconception is not None:
                        listed = readers.listed_mistakes(feedback)
                        assert verdict.misconception in listed, where
                tried += 1
    return tried


FORMATS = {"moodle": ".xml", "gift": ".txt", "qti": ".zip", "prairielearn": ".zip"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return read(tmp_path_factory.mktemp("exports"), FORMATS, 5)


def test_verdicts_are_those_of_the_checker(files: Files) -> None:
    assert require_the_verdicts_of_the_checker(files, 5) > 46 * 5 * 20


@pytest.mark.slow
def test_verdicts_are_those_of_the_checker_for_forty_seeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the checker draws the numbers of a seed for each answer
    monkeypatch.setattr(Exercise, "numbers", lru_cache(Exercise.numbers))
    formats = {name: FORMATS[name] for name in ("moodle", "gift", "qti")}
    files = read(tmp_path, formats, 40)
    assert require_the_verdicts_of_the_checker(files, 40) > 46 * 40 * 20


def test_texts_hints_and_groups_are_those_of_the_exercises(files: Files) -> None:
    for (name, seed), question in files["moodle"].items():
        exercise = exercises.find(name)
        assert question.group == f"$course$/bayes_l2/{exercise.chapter}/{name}"
        assert question.text == exercise.question(seed)
        assert files["gift"][name, seed].group == question.group
        assert files["qti"][name, seed].group == name
        assert question.hints == exercise.hints
        derivation = exercises.derivation(name, seed=seed)
        for system in files.values():
            assert system[name, seed].text == question.text
            assert system[name, seed].derivation == derivation


def test_canvas_shows_a_number_that_leads_to_the_mistake(files: Files) -> None:
    """Three digits of the number, typed in, are that mistake to the checker."""
    for (name, seed), question in files["qti"].items():
        exercise = exercises.find(name)
        feedback = question.grade(1.01 * exercise.answer(**exercise.numbers(seed)))[1]
        listed = readers.listed_mistakes(feedback)
        assert len(listed) == len(exercise.misconceptions(**exercise.numbers(seed)))
        for words, number in listed.items():
            assert exercise.check(number, seed).misconception == words
