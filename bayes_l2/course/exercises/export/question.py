"""A question of an exercise with the numbers of a seed, and all its known answers."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import numpy as np

from bayes_l2.course.exercises.catalogue import find
from bayes_l2.course.exercises.exercise import TOLERANCE
from bayes_l2.course.exercises.step import written
from bayes_l2.texts import number_in_words

SPACE = UUID("2d6a1f0e-6d0e-5c43-9f0a-3b1f5a7c9e20")  # of all identifiers of the export


@dataclass(frozen=True)
class KnownAnswer:
    """The right answer to a question, or the number that a mistake gives.

    Attributes
    ----------
    value : float
        The number. It stands for all numbers within ``tolerance`` of it.
    mistake : str or None
        The mistake, in words that begin with "you"; None for the right answer.
    """

    value: float
    mistake: str | None

    @property
    def tolerance(self) -> float:
        """Return the largest absolute difference that still counts as this number."""
        return TOLERANCE * abs(self.value)

    @property
    def feedback(self) -> str:
        """Return the sentence that a student reads."""
        return f"Not right: {self.mistake}." if self.mistake else "Right."


@dataclass(frozen=True)
class Question:
    """A question with the numbers of a seed.

    Attributes
    ----------
    exercise, chapter : str
        Names of the exercise and of its chapter.
    seed : int
        The seed of the numbers.
    text : str
        The question.
    right : KnownAnswer
        The right answer.
    mistakes : tuple of KnownAnswer
        The numbers that mistakes give. No number stands for two known answers.
    hints : tuple of str
        Hints, which hold no numbers.
    derivation : str
        The derivation of the right answer with these numbers, in lines.
    """

    exercise: str
    chapter: str
    seed: int
    text: str
    right: KnownAnswer
    mistakes: tuple[KnownAnswer, ...]
    hints: tuple[str, ...]
    derivation: str

    @property
    def name(self) -> str:
        """Return the name of the exercise with the seed."""
        return f"{self.exercise} {self.seed}"

    @property
    def read_on(self) -> str:
        """Return the sentence that says where the question is explained."""
        return f'The chapter "{self.chapter}" of bayes_l2 explains this question.'

    @property
    def other(self) -> str:
        """Return the sentence on a number that is no known answer."""
        return "Not right, and no known mistake gives this number."


def questions(name: str, seeds: Sequence[int]) -> list[Question]:
    """Return the questions of an exercise, one for each seed."""
    exercise = find(name)
    hints, found = exercise.hints, []
    for seed in seeds:
        numbers = exercise.numbers(seed)
        right = KnownAnswer(float(exercise.answer(**numbers)), None)
        mistakes = exercise.misconceptions(**numbers)
        known = tuple(
            KnownAnswer(float(each), words) for words, each in mistakes.items()
        )
        text, steps = exercise.question(seed), written(exercise.derivation(seed))
        found.append(
            Question(name, exercise.chapter, seed, text, right, known, hints, steps)
        )
    return found


def identifier(*words: object) -> str:
    """Return an identifier that is the same in every run, by version 5 of UUID."""
    return str(uuid5(SPACE, "/".join(map(str, words))))


def plain_number(value: float) -> str:
    """Return all digits of a number, without an exponent."""
    return np.format_float_positional(value + 0.0, trim="0")


def paragraph(text: str) -> str:
    """Return a text as a paragraph of HTML."""
    return f"<p>{_escaped(text)}</p>"


def derivation_in_html(question: Question) -> str:
    """Return the derivation as HTML, in its lines."""
    return f"{paragraph(question.read_on)}<pre>{_escaped(question.derivation)}</pre>"


def mistakes_in_html(question: Question) -> str:
    """Return the known mistakes with their numbers, as HTML."""
    lines = [
        f"<li>{number_in_words(each.value)}: {_escaped(each.mistake or '')}</li>"
        for each in question.mistakes
    ]
    opening = "Not right. Compare your number with those of known mistakes:"
    return f"{paragraph(opening)}<ul>{''.join(lines)}</ul>"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
