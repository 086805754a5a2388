"""Search: what people type finds what they expect, and nothing else is claimed."""

from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bayes_l2.course.questions import QUESTIONS, find, kinds, search
from bayes_l2.course.questions.search import NEAR, text
from tests.course.questions.queries import ELSEWHERE, PLAIN, SEARCHES

QUERIES = SEARCHES | PLAIN


def hits(words: str) -> bool:
    names = {each.question.name for each in search(words)}
    return bool(names & set(QUERIES[words]))


def test_162_of_163_queries_find_their_question_in_the_first_three() -> None:
    assert len(QUERIES) == 163
    assert sum(hits(words) for words in QUERIES) >= 162
    for expected in QUERIES.values():
        for name in expected:
            assert find(name).name == name


def test_pieces_of_words_find_what_whole_words_do_not() -> None:
    vectoriser: Any = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    vectors = vectoriser.fit_transform([text(each) for each in QUESTIONS.values()])
    names = list(QUESTIONS)
    found = 0
    for words, expected in QUERIES.items():
        cosines = (vectors @ vectoriser.transform([words]).T).toarray()[:, 0]
        first = np.argsort(-cosines, kind="stable")[:3]
        found += bool({names[each] for each in first} & set(expected))
    assert 150 <= found <= 157


def test_most_words_on_other_topics_find_nothing() -> None:
    near = [words for words in ELSEWHERE if search(words)]
    assert len(ELSEWHERE) == 56
    assert len(near) <= 11
    for words in ("", "   ", "xyzzy plugh", "?!", "the of and to", "比萨", "\x00"):
        assert search(words) == []


def test_a_question_finds_itself_and_similarities_fall() -> None:
    for each in list(QUESTIONS.values())[::5]:
        found = search(each.question, number=4)
        assert each in [near for near, _ in found[:2]]
        similarities = [similarity for _, similarity in found]
        assert len(found) == 4
        assert similarities == sorted(similarities, reverse=True)
        assert NEAR <= similarities[0] <= 1 + 1e-12


def test_order_and_letters_of_the_words_do_not_matter() -> None:
    one, other = search("early STOPPING ridge"), search("ridge stopping early")
    assert [each.question.name for each in one] == [
        each.question.name for each in other
    ]
    assert search("σ τ")[0] == search("sigma tau")[0]
    for known in ("ridge", "prior", "L2", "MAP", "lasso", "alpha", "glmnet", "σ"):
        assert len(search(known)) == 3
    assert len(search("ridge", number=1000)) == len(QUESTIONS)
    often = search("early stopping ridge " * 10_000)
    assert [each.question.name for each in often] == [
        each.question.name for each in one
    ]


@pytest.mark.parametrize("number", [0, -1, 2.5, True, "3", float("nan")])
def test_a_bad_number_is_refused(number: object) -> None:
    with pytest.raises(
        ValueError, match=r"^number must be a whole number of at least 1"
    ):
        search("ridge", number=number)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("words", [None, 3, ["ridge"], b"ridge"])
def test_words_must_be_a_text(words: object) -> None:
    with pytest.raises(ValueError, match=r"^words must be a text, got"):
        search(words)  # pyright: ignore[reportArgumentType]


def test_an_unknown_name_is_refused_with_a_near_one() -> None:
    with pytest.raises(ValueError, match="did you mean early-stopping-is-ridge"):
        find("early-stoping-is-ridge")
    with pytest.raises(ValueError, match="unknown question 3"):
        find(3)  # pyright: ignore[reportArgumentType]
    assert sum(kinds().values()) == len(QUESTIONS)
