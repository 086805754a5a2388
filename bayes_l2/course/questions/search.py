"""The questions nearest to some words, by TF-IDF and the cosine of the angle.

A question is a vector of the words and of the pieces of words in its text. A piece is
three to five characters within a word: it finds plurals, misspellings and the other
spelling of "standardise", which whole words miss. Each counts as often as it stands in
the text, on a scale of logarithms, and for more where few questions have it.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bayes_l2 import validation
from bayes_l2.course.questions.catalogue import QUESTIONS
from bayes_l2.course.questions.question import Question
from bayes_l2.texts import shown

if TYPE_CHECKING:
    from sklearn.pipeline import FeatureUnion

NEAR = 0.1  # the least cosine: nonsense has less, and a question of its own has more
LONGEST = 2000  # characters that are read


class Found(NamedTuple):
    """A question that was found.

    Attributes
    ----------
    question : Question
        The question.
    similarity : float
        The cosine of the angle between its text and the words, from 0 to 1.
    """

    question: Question
    similarity: float


def search(words: str, *, number: int = 3) -> list[Found]:
    r"""Return the questions nearest to some words, the nearest first.

    The similarity is :math:`u^\top v / (\lVert u \rVert \lVert v \rVert)` of the TF-IDF
    vectors u of the words and v of a question's text. Equal similarities are in the
    order of the page.

    Parameters
    ----------
    words : str
        Words of a question, in any order.
    number : int, default 3
        The most questions to return.

    Returns
    -------
    list of Found
        Empty if no question is near.

    Raises
    ------
    ValueError
        If the words are no text, or the number is not a positive integer.

    Examples
    --------
    >>> from bayes_l2.course.questions.search import search
    >>> search("standard errors of a ridge fit", number=1)[0].question.name
    'ridge-standard-errors'
    >>> search("pizza with mushrooms")
    []
    """
    if not isinstance(words, str):
        raise ValueError(f"words must be a text, got {shown(words)}")
    number = validation.natural_number(number, "number", at_least=1)
    vectors, texts = _index()
    similarities = (texts @ vectors.transform([words[:LONGEST]]).T).toarray()[:, 0]
    order = np.argsort(-similarities, kind="stable")[:number]
    questions = list(QUESTIONS.values())
    near = [index for index in order if similarities[index] >= NEAR]
    return [Found(questions[index], float(similarities[index])) for index in near]


def text(question: Question) -> str:
    """Return the text by which a question is found."""
    parts = (question.question, question.answer, *question.libraries)
    return " ".join(parts).replace("`", "")


@cache
def _index() -> tuple["FeatureUnion", Any]:
    """Return the vectoriser, and the vectors of all questions as rows."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

    common = {"sublinear_tf": True, "strip_accents": "unicode"}
    whole = TfidfVectorizer(stop_words="english", **common)
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **common)
    vectors = FeatureUnion([("words", whole), ("pieces", pieces)])
    texts = [text(each) for each in QUESTIONS.values()]
    return vectors, vectors.fit_transform(texts)
