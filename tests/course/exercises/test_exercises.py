"""Every exercise: right answers are right, and each misconception is found by name.

No two answers have the same verdict.
"""

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_l2 import exercises
from bayes_l2.course.exercises.exercise import Exercise

RTOL = 1e-5  # of the searches and integrals among the solutions
SEEDS = (*range(40), 1234567, 2**40)
ALL = pytest.mark.parametrize("name", exercises.EXERCISES)
SOLVED = Path(__file__).parents[3] / "solutions" / "solutions.py"


@pytest.fixture(scope="module")
def solutions() -> dict[str, Any]:
    """Return the solutions by fits, which do not know the formulas of the exercises."""
    return runpy.run_path(str(SOLVED))["SOLUTIONS"]


@ALL
def test_the_right_answer_is_that_of_a_fit(
    name: str, solutions: dict[str, Any]
) -> None:
    exercise = exercises.find(name)
    for seed in (0, 1, 2, 3, 1234567):
        numbers = exercise.numbers(seed)
        solved = solutions[name](**numbers)
        assert exercise.answer(**numbers) == pytest.approx(solved, rel=RTOL)
        assert exercises.check(name, solved, seed=seed).correct


def test_there_are_enough_and_every_chapter_has_some() -> None:
    chapters = [exercise.chapter for exercise in exercises.EXERCISES.values()]
    assert len(chapters) == 46
    assert len(set(chapters)) == 12
    assert min(chapters.count(chapter) for chapter in chapters) >= 3


@ALL
def test_no_two_answers_have_the_same_verdict(name: str) -> None:
    exercise = exercises.find(name)
    for seed in SEEDS:
        numbers = exercise.numbers(seed)
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
    for seed in range(100):
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
        lambda a: (),
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
