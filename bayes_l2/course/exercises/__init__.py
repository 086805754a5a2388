"""Exercises that grade themselves.

``check`` says whether an answer is right, or which misconception gives it.
"""

from bayes_l2.course.exercises.assignment import assignment
from bayes_l2.course.exercises.catalogue import (
    EXERCISES,
    check,
    find,
    numbers,
    question,
)
from bayes_l2.course.exercises.exercise import Exercise, Verdict
from bayes_l2.course.exercises.export import export
from bayes_l2.course.exercises.grading import Grade, grade_file

__all__ = [
    "EXERCISES",
    "Exercise",
    "Grade",
    "Verdict",
    "assignment",
    "check",
    "export",
    "find",
    "grade_file",
    "numbers",
    "question",
]
__dir__ = __all__.copy
