"""Exercises that grade themselves.

``check`` says whether an answer is right, or which misconception gives it. ``hint``
helps to find the next step, and ``derivation`` gives all steps.
"""

from bayes_l2.course.exercises.assignment import assignment
from bayes_l2.course.exercises.catalogue import (
    EXERCISES,
    check,
    derivation,
    find,
    hint,
    numbers,
    question,
)
from bayes_l2.course.exercises.exercise import Exercise, Verdict
from bayes_l2.course.exercises.export import export
from bayes_l2.course.exercises.grading import (
    Grade,
    Remark,
    Summary,
    grade_file,
    summaries,
)
from bayes_l2.course.exercises.step import Step

__all__ = [
    "EXERCISES",
    "Exercise",
    "Grade",
    "Remark",
    "Step",
    "Summary",
    "Verdict",
    "assignment",
    "check",
    "derivation",
    "export",
    "find",
    "grade_file",
    "hint",
    "numbers",
    "question",
    "summaries",
]
__dir__ = __all__.copy
