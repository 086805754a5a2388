"""Exercises as questions of learning systems: Moodle, Canvas, GIFT, PrairieLearn."""

from bayes_l2.course.exercises.export.files import FORMATS, export

__all__ = ["FORMATS", "export"]
__dir__ = __all__.copy
