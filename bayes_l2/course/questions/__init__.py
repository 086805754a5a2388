"""Questions that people ask about L2, with short answers and snippets that are tested.

``search`` returns the questions nearest to some words.
"""

from bayes_l2.course.questions.catalogue import QUESTIONS, find, kinds
from bayes_l2.course.questions.page import markdown
from bayes_l2.course.questions.question import Question
from bayes_l2.course.questions.search import Found, search

__all__ = ["QUESTIONS", "Found", "Question", "find", "kinds", "markdown", "search"]
__dir__ = __all__.copy
