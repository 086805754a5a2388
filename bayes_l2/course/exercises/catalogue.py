"""All exercises by name, and the check of an answer."""

from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.course.exercises.chapters import (
    classes,
    conjugacy,
    disguises,
    limits,
    losses,
    networks,
    noise,
    penalties,
    ridge,
    sampling,
    units,
    without_penalty,
)
from bayes_l2.course.exercises.exercise import Exercise, Numbers, Verdict
from bayes_l2.course.exercises.step import written
from bayes_l2.kinds import is_real, plain
from bayes_l2.texts import Catalogue, shown

_CHAPTERS = (
    losses,
    ridge,
    conjugacy,
    sampling,
    penalties,
    noise,
    units,
    classes,
    networks,
    limits,
    disguises,
    without_penalty,
)
EXERCISES = Catalogue(
    {each.name: each for chapter in _CHAPTERS for each in chapter.EXERCISES},
    of="exercises",
)


def find(name: str) -> Exercise:
    """Return the exercise of this name; an unknown name is a ValueError."""
    return EXERCISES.find(name, way_out="`bayes-l2 exercises list` lists all")


def numbers(name: str, *, seed: int) -> Numbers:
    """Return the numbers of an exercise for a seed, such as a student number."""
    return find(name).numbers(_seed(seed))


def question(name: str, *, seed: int) -> str:
    """Return the question of an exercise with the numbers of a seed."""
    return find(name).question(_seed(seed))


def hint(name: str, number: int = 1) -> str:
    """Return a hint to an exercise. It holds no numbers of a student.

    Each step of an exercise has two hints. The first is the idea of the step, and the
    second its formula.

    Parameters
    ----------
    name : str
        Name of the exercise: one of ``EXERCISES``.
    number : int
        Number of the hint, from 1 to twice the number of steps.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there is no such exercise or no such hint.

    Examples
    --------
    >>> from bayes_l2 import exercises
    >>> print(exercises.hint("prior-of-C", 2))
    Let τ be the prior sd. Then τ = √C.
    """
    hints = find(name).hints
    place = validation.natural_number(number, "number")
    if place > len(hints):
        raise ValueError(
            f"number must be at most {len(hints)}, which is the number of hints to "
            f"{shown(name)}, got {shown(number)}"
        )
    return hints[place - 1]


def derivation(name: str, *, seed: int) -> str:
    """Return the derivation of the right answer, with the numbers of a seed.

    Each step says why its formula holds. The numbers are printed with five digits, and
    the last one is the right answer.

    Parameters
    ----------
    name : str
        Name of the exercise: one of ``EXERCISES``.
    seed : int
        The seed of the numbers, such as a student number.

    Returns
    -------
    str
        Lines of at most 79 characters.

    Raises
    ------
    ValueError
        If there is no such exercise, or the seed is not a whole number of at least 0.

    Examples
    --------
    >>> from bayes_l2 import exercises
    >>> print(exercises.derivation("prior-of-C", seed=7))
    Let τ be the prior sd. Divide the objective by C. This does not move the
    minimum:
        cross-entropy + ||b||² / (2C)
    The negative log density of Normal(0, τ²) is, up to a constant, ||b||² / (2τ²).
    So τ² is C.
        τ = √C
          = √16.7 ≈ 4.0866
    <BLANKLINE>
    The answer is 4.0866.
    """
    return written(find(name).derivation(_seed(seed)))


def check(name: str, answer: Any, *, seed: int) -> Verdict:
    """Return whether an answer is right, and if not, why.

    A wrong answer gets the misconception that gives this number, or its error.

    Parameters
    ----------
    name : str
        Name of the exercise: one of ``EXERCISES``.
    answer : float
        The answer, to at least three digits. It is right within a relative error of
        0.5 %.
    seed : int
        The seed of the numbers, such as a student number.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If there is no such exercise, or the answer is not a finite number.
    """
    exercise = find(name)
    is_one = isinstance(answer, np.ndarray) and answer.size == 1
    value = plain(answer.reshape(()) if is_one else answer)
    if not is_real(value):
        kinds = {
            list: "a list",
            tuple: "a tuple",
            dict: "an object",
            np.ndarray: "an array",
        }
        kind = kinds.get(type(answer), shown(answer))
        raise ValueError(f"answer to {shown(name)} must be one number, got {kind}")
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not np.isfinite(number):
        raise ValueError(f"answer to {shown(name)} must be finite, got {number}")
    return exercise.check(number, _seed(seed))


def _seed(seed: int) -> int:
    return validation.natural_number(seed, "seed", at_least=0)
