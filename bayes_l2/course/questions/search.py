"""The questions nearest to some words, by TF-IDF and the cosine of the angle.

A question is a vector of the words in its text, and of the pieces of its words: three
or four characters within a word or at its ends. Pieces find plurals, misspellings and
the other spelling of "standardise". All of the 163 queries of the tests have the
question that is expected among the first three; by whole words alone it is 155.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bayes_l2 import validation
from bayes_l2.course.questions.catalogue import QUESTIONS
from bayes_l2.course.questions.question import Question
from bayes_l2.texts import shown

if TYPE_CHECKING:
    from sklearn.pipeline import FeatureUnion

# all of the 163 queries of the tests are nearer, and 11 of 56 on other topics
NEAR = 0.17
COMPARES = re.compile(r"\b(vs|versus)\b")  # says nothing of the two things
GREEK = str.maketrans({"α": "alpha", "λ": "lambda", "σ": "sigma", "τ": "tau"})


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

    The similarity is :math:`u^\top v / (\lVert u \rVert \lVert v \rVert)` of two
    vectors, u of the words and v of a question's text. Entry j of a vector is
    :math:`(1 + \log f_j) (1 + \log \frac{1 + N}{1 + n_j})` for a word or piece that
    stands :math:`f_j > 0` times in the text, and in :math:`n_j` of N questions. Words
    and pieces are each scaled to length 1 first. Equal similarities are in the order
    of the page.

    Parameters
    ----------
    words : str
        Words of a question, in any order.
    number : int, default 3
        The most questions to return.

    Returns
    -------
    list of Found
        As many as asked for, or all. Empty if none is near: no similarity is at
        least 0.17, and not every word stands in some question.

    Raises
    ------
    ValueError
        If the words are no text, or the number is not a positive integer.

    Examples
    --------
    >>> from bayes_l2.course.questions import search
    >>> search("ridge lambda statsmodels", number=1)[0].question.name
    'statsmodels-and-ridge'
    >>> search("pizza with mushrooms")
    []
    """
    if not isinstance(words, str):
        raise ValueError(f"words must be a text, got {shown(words)}")
    number = validation.natural_number(number, "number", at_least=1)
    vectoriser, vectors = _index()
    asked = vectoriser.transform([words])
    length = np.sqrt(asked.multiply(asked).sum()) or 1.0
    similarities = (vectors @ asked.T).toarray()[:, 0] / length
    if similarities.max() < NEAR and not _all_known(vectoriser, words):
        return []
    order = np.argsort(-similarities, kind="stable")[:number]
    questions = list(QUESTIONS.values())
    return [Found(questions[index], float(similarities[index])) for index in order]


def text(question: Question) -> str:
    """Return the text by which a question is found.

    The question and its other words stand there twice, so that they count for more
    than the answer.
    """
    asked = [question.question, question.words]
    return " ".join([*asked, *asked, question.answer, *question.libraries])


def _plain(text: str) -> str:
    """Return a text in small letters, with names of Greek ones, without "vs"."""
    return COMPARES.sub(" ", text.lower()).translate(GREEK)


def _all_known(vectoriser: "FeatureUnion", text: str) -> bool:
    """Return whether every word of a text, beside "the" and its like, is in some entry.

    A single word that many questions have, such as "ridge", is near to none.
    """
    vectors_of_words = vectoriser["words"]
    words = vectors_of_words.build_analyzer()(text)
    return bool(words) and all(word in vectors_of_words.vocabulary_ for word in words)


@cache
def _index() -> tuple["FeatureUnion", Any]:
    """Return the vectoriser, and the vectors of all questions as rows."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion
    from sklearn.preprocessing import normalize

    common = {"preprocessor": _plain, "sublinear_tf": True}
    words = TfidfVectorizer(stop_words="english", **common)
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), **common)
    vectoriser = FeatureUnion([("words", words), ("pieces", pieces)])
    vectors = vectoriser.fit_transform([text(each) for each in QUESTIONS.values()])
    return vectoriser, normalize(vectors)
