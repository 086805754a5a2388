"""Grade answers as students write them, one or those of a class."""

from bayes_l2.course.exercises.grading.grades import Grade, grade_file

__all__ = ["Grade", "grade_file"]
__dir__ = __all__.copy
