"""What an exercise is: numbers of one's own, a question, the right answer, and the wrong ones that people give."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Numbers = dict[str, Any]  # of each name a float, an integer, or a list of floats
Formula = Callable[..., float]

TOLERANCE = 5e-3  # of the right answer: what rounding to three digits can cost
APART = 4 * TOLERANCE  # the least distance between two answers that have names
SMALLEST = 1e-3  # answers nearer 0 than this are hard to judge by their size
ATTEMPTS = 1000


@dataclass(frozen=True)
class Verdict:
    """What the checker says of an answer.

    Attributes
    ----------
    exercise : str
        Name of the exercise.
    correct : bool
        Whether the answer is right, to three digits.
    misconception : str or None
        The misconception that gives exactly this number.
    message : str
        The same in a sentence.
    """

    exercise: str
    correct: bool
    misconception: str | None
    message: str


@dataclass(frozen=True)
class Exercise:
    """A question about numbers that differ from student to student.

    Attributes
    ----------
    name : str
        Lower-case words with hyphens.
    chapter : str
        The part of the course that it belongs to.
    prompt : str
        The question, with the names of the numbers in braces.
    draw : callable
        Makes the numbers from a ``numpy.random.Generator``.
    answer : callable
        The right answer, of the numbers by name.
    misconceptions : mapping of str to callable
        What people do instead, as "you ...", each with the number that it gives.
    """

    name: str
    chapter: str
    prompt: str
    draw: Callable[[np.random.Generator], Numbers]
    answer: Formula
    misconceptions: Mapping[str, Formula]

    def numbers(self, seed: int) -> Numbers:
        """Return a student's numbers: such that no two of the answers that have names are near each other."""
        for attempt in range(ATTEMPTS):
            rng = np.random.default_rng([zlib.crc32(self.name.encode()), seed, attempt])
            numbers = self.draw(rng)
            right = self.answer(**numbers)
            values = np.sort(
                [right, *(wrong(**numbers) for wrong in self.misconceptions.values())]
            )
            if (
                abs(right) > SMALLEST
                and (
                    np.diff(values)
                    > APART * np.maximum(np.abs(values[1:]), np.abs(values[:-1]))
                ).all()
            ):
                return numbers
        raise ArithmeticError(
            f"exercise {self.name!r} has no numbers that tell its answers apart for seed {seed}"
        )

    def question(self, seed: int) -> str:
        """Return the prompt with a student's numbers in it."""
        texts = {
            name: ", ".join(f"{each:g}" for each in value)
            if isinstance(value, list)
            else f"{value:g}"
            for name, value in self.numbers(seed).items()
        }
        return f"{self.prompt.format(**texts)} (Three digits are enough.)"

    def check(self, answer: float, seed: int) -> Verdict:
        """Return whether an answer is right, or what went wrong."""
        numbers = self.numbers(seed)
        right = self.answer(**numbers)
        margin = TOLERANCE * abs(right)
        if abs(answer - right) <= margin:
            return Verdict(self.name, True, None, "right")
        for words, wrong in self.misconceptions.items():
            value = wrong(**numbers)
            if abs(answer - value) <= TOLERANCE * abs(value):
                return Verdict(self.name, False, words, f"not right: {words}")
        off = f"off by {100 * abs(answer - right) / abs(right):.3g} %"
        return Verdict(
            self.name,
            False,
            None,
            f"not right: {off}, too {'large' if answer > right else 'small'}",
        )


def between(
    rng: np.random.Generator, low: float, high: float, digits: int = 1
) -> float:
    """Return a number that is printed whole, at random between two."""
    return round(float(rng.uniform(low, high)), digits)


def several(
    rng: np.random.Generator, count: int, low: float, high: float, digits: int = 1
) -> list[float]:
    """Return several such numbers."""
    return [between(rng, low, high, digits) for _ in range(count)]
