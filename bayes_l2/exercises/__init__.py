"""Exercises that grade themselves: ``check`` says whether an answer is right, or which misconception gives it."""

from bayes_l2.exercises.assignment import assignment
from bayes_l2.exercises.catalogue import EXERCISES, check, find, numbers, question
from bayes_l2.exercises.exercise import Exercise, Verdict
from bayes_l2.exercises.grading import Grade, grade_file

__all__ = [
    "EXERCISES",
    "Exercise",
    "Grade",
    "Verdict",
    "assignment",
    "check",
    "find",
    "grade_file",
    "numbers",
    "question",
]
