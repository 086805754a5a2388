"""What else can be said of an answer that is not right, each as a fact.

It may be right in percent, or except for a percent sign. It may be right for seed 0,
the seed of examples, or for the numbers of another student. Two students may have the
same right answer by chance. So the chance of such a match is stated beside it. It is
the share of classes of other seeds in which the same number is right for somebody. A
match that is not rarer than one in ten says nothing, and is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from bayes_l2.course.exercises.catalogue import EXERCISES
from bayes_l2.course.exercises.exercise import TOLERANCE, Verdict
from bayes_l2.texts import listed

EXAMPLE_SEED = 0
N_OTHERS = 1000  # seeds that say how often a number is right by chance
LARGEST_CHANCE = 0.1  # of a match that is worth a word
FIRST_OTHER = 10**12  # no student number is so long


IN_PERCENT = "right in percent"
PERCENT_SIGN = "right except for a percent sign"
SEED_0 = "right for the numbers of seed 0"
ANOTHER_STUDENT = "right for the numbers of another student"
ANOTHER_NUMBER = "another number"
KINDS = (IN_PERCENT, PERCENT_SIGN, SEED_0, ANOTHER_STUDENT, ANOTHER_NUMBER)


@dataclass(frozen=True)
class Graded:
    """The answers of a student as numbers, and their verdicts, by exercise."""

    student: str
    seed: int | None
    verdicts: dict[str, Verdict]
    numbers: dict[str, float]


@dataclass(frozen=True)
class Remark:
    """A fact on an answer that is not right.

    Attributes
    ----------
    kind : str
        One of ``KINDS``, such as "right in percent".
    words : str
        The fact in a sentence. A match with another seed has its chance beside it.
    """

    kind: str
    words: str


def remark_on(verdict: Verdict, answer: float, seed: int) -> Remark | None:
    """Return a fact on an answer without a known misconception, or None."""
    if not _is_unknown(verdict):
        return None
    name = verdict.exercise
    if abs(answer) <= 100 and _is_right(name, answer / 100, seed):
        share = f"{answer / 100:g}"
        words = f"right if it is meant in percent: write {answer:g} % or {share}"
        return Remark(IN_PERCENT, words)
    if _is_right(name, 100 * answer, seed):
        words = f"right without the percent sign: write {100 * answer:g}"
        return Remark(PERCENT_SIGN, words)
    if seed != EXAMPLE_SEED and _is_right(name, answer, EXAMPLE_SEED):
        chance = _rounded(_chance(name, answer, 1))
        words = f"right for seed 0, not for seed {seed}; chance of such a match: "
        return Remark(SEED_0, f"{words}{chance}")
    return None


def remarks_on(graded: Sequence[Graded]) -> list[dict[str, Remark]]:
    """Return the facts on each student's answers by exercise."""
    return [
        {
            name: fact
            for name, verdict in each.verdicts.items()
            if (fact := _fact(each, verdict, graded)) is not None
        }
        for each in graded
    ]


def _fact(own: Graded, verdict: Verdict, graded: Sequence[Graded]) -> Remark | None:
    name = verdict.exercise
    if not _is_unknown(verdict) or own.seed is None:
        return None
    answer = own.numbers[name]
    alone = remark_on(verdict, answer, own.seed)
    if alone is not None:
        return alone
    seeds = {each.seed for each in graded if each.seed is not None} - {own.seed}
    same = {seed for seed in seeds if _is_right(name, answer, seed)}
    if not same:
        return None
    others = [each.student for each in graded if each.seed in same]
    chance = _chance(name, answer, len(seeds))
    if chance > LARGEST_CHANCE:
        return None
    words = f"right for the numbers of {listed(others)}; chance of such a match: "
    return Remark(ANOTHER_STUDENT, f"{words}{_rounded(chance)}")


def _is_unknown(verdict: Verdict) -> bool:
    return not verdict.correct and verdict.misconception is None


def _is_right(name: str, answer: float, seed: int) -> bool:
    right = _right(name, seed)
    return abs(answer - right) <= TOLERANCE * abs(right)


@lru_cache(maxsize=2**16)
def _right(name: str, seed: int) -> float:
    exercise = EXERCISES[name]
    return float(exercise.answer(**exercise.numbers(seed)))


@cache
def _other_answers(name: str) -> np.ndarray:
    """Return the right answers for seeds that no student has."""
    seeds = range(FIRST_OTHER, FIRST_OTHER + N_OTHERS)
    return np.array([_right(name, seed) for seed in seeds])


def _chance(name: str, answer: float, n_others: int) -> float:
    """Return the probability that a number is right for one of so many other seeds.

    It is 1 - (1 - p)^m for m seeds, where p is the share of seeds with this answer.
    This match counts as one of them, so that p is not 0.
    """
    right = _other_answers(name)
    matches = np.sum(np.abs(answer - right) <= TOLERANCE * np.abs(right))
    share = (matches + 1) / (N_OTHERS + 1)
    return float(1 - (1 - share) ** n_others)


def _rounded(chance: float) -> str:
    return f"{100 * chance:.0f} %" if chance >= 0.0095 else f"{100 * chance:.1f} %"
