"""An exercise: numbers for each student, a question, the right answer, wrong answers.

Two answers x and y are told apart if ``abs(x - y) > APART * max(abs(x), abs(y))``.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2.course.exercises.step import Step
from bayes_l2.texts import LONGEST, shortened, shown

Numbers = dict[str, Any]  # each a float, an integer, or a list of floats

TOLERANCE = 5e-3  # relative: the most that rounding to three digits can cost
APART = 4 * TOLERANCE  # the least relative distance between two known answers
SMALLEST = 1e-3  # a relative tolerance means little for answers nearer 0 than this
ATTEMPTS = 1000


@dataclass(frozen=True)
class Verdict:
    """The checker's verdict on an answer.

    Attributes
    ----------
    exercise : str
        Name of the exercise.
    correct : bool
        Whether the answer is right, to three digits.
    misconception : str or None
        The misconception that gives this number, if there is one.
    message : str
        The verdict in a sentence.
    """

    exercise: str
    correct: bool
    misconception: str | None
    message: str

    def __repr__(self) -> str:
        return shortened(f"Verdict({self.exercise}: {self.message})", LONGEST)


@dataclass(frozen=True)
class Exercise:
    """A question about numbers that differ from student to student.

    Attributes
    ----------
    name : str
        Lower-case words with hyphens.
    chapter : str
        The part of the course that the exercise belongs to.
    prompt : str
        The question, with the names of the numbers in braces.
    draw : callable
        Draws the numbers with a ``numpy.random.Generator``.
    answer : callable
        Computes the right answer. It takes the numbers by name.
    misconceptions : callable
        Computes the wrong answers. It takes the numbers by name, and returns a
        mapping from a mistake, in words that begin with "you", to its number.
    derive : callable
        Derives the right answer. It takes the numbers by name, and returns the steps.
        The value of the last step is the right answer.
    """

    name: str
    chapter: str
    prompt: str
    draw: Callable[[np.random.Generator], Numbers]
    answer: Callable[..., float]
    misconceptions: Callable[..., Mapping[str, float | np.floating]]
    derive: Callable[..., tuple[Step, ...]]

    def __repr__(self) -> str:
        return f"Exercise({self.name}, on {self.chapter}: {shown(self.prompt)})"

    def numbers(self, seed: int) -> Numbers:
        """Return a student's numbers. They tell all known answers apart."""
        for attempt in range(ATTEMPTS):
            rng = np.random.default_rng([zlib.crc32(self.name.encode()), seed, attempt])
            numbers = self.draw(rng)
            right = self.answer(**numbers)
            values = np.array([right, *self.misconceptions(**numbers).values()])
            values.sort()
            sizes = np.abs(values)
            apart = np.diff(values) > APART * np.maximum(sizes[1:], sizes[:-1])
            if abs(right) > SMALLEST and apart.all():
                return numbers
        raise ArithmeticError(
            f"exercise {self.name!r} has no numbers that tell its answers apart "
            f"for seed {seed}"
        )

    def question(self, seed: int) -> str:
        """Return the prompt with a student's numbers in it."""
        numbers = self.numbers(seed)
        texts = {name: _text(value) for name, value in numbers.items()}
        return f"{self.prompt.format(**texts)} Three digits are enough."

    @property
    def hints(self) -> tuple[str, ...]:
        """Return two hints for each step: an idea and a formula, without numbers."""
        return tuple(hint for step in self.derivation(seed=0) for hint in step.hints)

    def derivation(self, seed: int) -> tuple[Step, ...]:
        """Return the steps to the right answer with a student's numbers."""
        return self.derive(**self.numbers(seed))

    def check(self, answer: float, seed: int) -> Verdict:
        """Return whether an answer is right, and if not, why."""
        numbers = self.numbers(seed)
        right = self.answer(**numbers)
        if abs(answer - right) <= TOLERANCE * abs(right):
            return Verdict(self.name, True, None, "right")
        for words, value in self.misconceptions(**numbers).items():
            if abs(answer - value) <= TOLERANCE * abs(value):
                return Verdict(self.name, False, words, f"not right: {words}")
        share = abs(answer - right) / abs(right)
        far = share > 10
        off = f"off by {'more than 1000' if far else f'{100 * share:.3g}'} %"
        size = "large" if answer > right else "small"
        return Verdict(self.name, False, None, f"not right: {off}, too {size}")


def between(
    rng: np.random.Generator, low: float, high: float, digits: int = 1
) -> float:
    """Return a random number between two bounds, rounded."""
    return round(float(rng.uniform(low, high)), digits)


def several(
    rng: np.random.Generator, count: int, low: float, high: float, digits: int = 1
) -> list[float]:
    """Return several random numbers between two bounds, each rounded."""
    return [between(rng, low, high, digits) for _ in range(count)]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{each:g}" for each in value)
    return f"{value:g}"
