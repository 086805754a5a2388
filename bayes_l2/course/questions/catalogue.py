"""All questions by name, in the order of the page."""

from bayes_l2.course.questions.chapters import (
    bayesian_ridge,
    equivalents,
    implicit,
    intervals,
    libraries,
    modes,
    networks,
    penalties,
    scale,
    shrinkage,
    squares,
    units,
    which,
)
from bayes_l2.course.questions.question import Question
from bayes_l2.texts import Catalogue

_CHAPTERS = (
    squares,
    penalties,
    units,
    libraries,
    shrinkage,
    intervals,
    bayesian_ridge,
    modes,
    which,
    equivalents,
    implicit,
    networks,
    scale,
)
QUESTIONS = Catalogue(
    {each.name: each for chapter in _CHAPTERS for each in chapter.QUESTIONS},
    of="questions",
)


def find(name: str) -> Question:
    """Return the question of this name; an unknown name is a ValueError."""
    return QUESTIONS.find(
        name, way_out="`bayes-l2 ask WORDS` finds questions by their words"
    )


def kinds() -> dict[str, int]:
    """Return the kinds of questions in the order of the page, and how many each has."""
    names = [each.kind for each in QUESTIONS.values()]
    return {name: names.count(name) for name in dict.fromkeys(names)}
