"""`bayes-l2 ask`: entries, kinds, JSON, the page, exit statuses."""

import json

import pytest

from bayes_l2.course.questions import QUESTIONS, kinds, markdown
from tests.cli.test_compare import run

WORDS = "ridge lambda statsmodels"


def test_the_nearest_questions_are_printed_in_full(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = run(capsys, "ask", *WORDS.split())
    first = QUESTIONS["statsmodels-and-ridge"]
    assert (status, err) == (0, "")
    parts = (first.question, first.snippet, first.prints, first.read_on)
    places = [out.index(each) for each in parts]
    assert places == sorted(places)
    assert out.startswith(first.question)
    assert out.count("Read on: ") == 3
    assert out == run(capsys, "ask", WORDS)[1]
    assert run(capsys, "ask", WORDS, "--number", "5")[1].count("Read on: ") == 5


def test_a_snippet_can_be_copied_and_lines_fit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for columns in ("80", "40"):
        monkeypatch.setenv("COLUMNS", columns)
        out = run(capsys, "ask", "ridge", "--number", str(len(QUESTIONS)))[1]
        for each in QUESTIONS.values():
            assert f"\n{each.snippet}\n" in out
    monkeypatch.setenv("COLUMNS", "80")
    out = run(capsys, "ask", "ridge", "--number", str(len(QUESTIONS)))[1]
    assert max(map(len, out.splitlines())) <= 80
    assert "`" not in out.replace("`summary_of", "")


def test_json_is_one_list_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "ask", "dropout", "--json", "--number", "1")
    (found,) = json.loads(out)
    assert (status, err) == (0, "")
    assert found["name"] == "dropout-and-l2"
    assert found["prints"] == QUESTIONS["dropout-and-l2"].prints
    assert 0.1 < found["similarity"] < 1
    assert set(found) == {
        *("name", "kind", "question", "answer", "snippet", "prints"),
        *("libraries", "read_on", "similarity"),
    }


def test_without_words_the_kinds_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "ask")
    assert (status, err) == (0, "")
    for kind, count in kinds().items():
        assert f"{count:3} {kind}\n" in out
    assert f"{len(QUESTIONS)} questions." in out
    assert json.loads(run(capsys, "ask", "--json")[1]) == kinds()


def test_the_page_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "ask", "--markdown") == (0, markdown(), "")


@pytest.mark.parametrize("words", [("pizza", "mushrooms"), ("",), ("x" * 5000,)])
def test_where_nothing_is_near_one_line_says_so(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    status, out, err = run(capsys, "ask", *words)
    assert (status, out) == (1, "")
    assert err.startswith("bayes-l2: no question is near '")
    assert err.count("\n") == 1
    assert len(err) < 200
    assert run(capsys, "ask", "--json", *words)[:2] == (1, "[]\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ridge", "--number", "0"), "greater than or equal to 1"),
        (("ridge", "--number", "two"), "--number"),
        (("ridge", "--markdown"), "--markdown cannot be used with WORDS or --json"),
        (("--markdown", "--json"), "--markdown cannot be used with WORDS or --json"),
        (("ridge", "--lambda"), "--lambda"),
    ],
)
def test_bad_input_is_one_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    status, out, err = run(capsys, "ask", *words)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
