"""Grade answers as students write them, one or those of a class."""

from bayes_l2.course.exercises.grading.grades import Grade, grade_file
from bayes_l2.course.exercises.grading.remarks import Remark
from bayes_l2.course.exercises.grading.summary import Summary, summaries

__all__ = ["Grade", "Remark", "Summary", "grade_file", "summaries"]
__dir__ = __all__.copy
