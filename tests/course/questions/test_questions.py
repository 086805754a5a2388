"""The records: each snippet prints what is shown, and each link leads somewhere."""

import io
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from bayes_l2.cli.main import main
from bayes_l2.course.questions import QUESTIONS, kinds, markdown
from bayes_l2.course.questions.question import Question
from tests.test_glossary import anchors

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "questions.md"
KINDS = """
    assumes | σ against τ | not yours | intervals | BayesianRidge | parametrisation
    | Which λ | Gaussian processes | Early stopping | random effects | Row by row
    | too big | weight decay | cross-entropy | L1 and L2 | Intercept | ensembles
"""


def printed(each: Question) -> str:
    """Return all that a snippet prints, in a namespace of its own."""
    out = io.StringIO()
    with redirect_stdout(out):
        if each.is_command:
            with pytest.raises(SystemExit) as stop:
                main(shlex.split(each.snippet)[1:])
            assert stop.value.code == 0
        else:
            exec(compile(each.snippet, each.name, "exec"), {"__name__": "__main__"})
    return out.getvalue()


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_snippet_prints_what_is_shown(name: str) -> None:
    each = QUESTIONS[name]
    found = printed(each)
    if each.is_command:
        assert " ".join(each.prints.split()) in " ".join(found.split())
    else:
        assert found.rstrip("\n") == each.prints
    assert re.search(r"\d", each.prints)


def test_records_are_complete_and_short() -> None:
    assert len(QUESTIONS) >= 66
    assert len({each.anchor for each in QUESTIONS.values()}) == len(QUESTIONS)
    for name, each in QUESTIONS.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert each.question.endswith("?")
        assert len(each.question) <= 90, name
        assert 60 <= len(each.answer) <= 250, name
        assert each.answer.endswith("."), name
        assert each.words, name
        assert each.libraries, name
        assert not set("*$<") & set(each.answer), name  # marks of Markdown
        lines = each.snippet.splitlines()
        assert max(map(len, lines)) <= 76, name
        assert len(lines) <= 17, name
    for part in KINDS.split("|"):
        assert any(part.strip() in kind for kind in kinds()), part


def test_every_place_to_read_on_is_there() -> None:
    for name, each in QUESTIONS.items():
        path, _, to = each.read_on.partition("#")
        assert (ROOT / path).is_file(), name
        if to:
            page = (ROOT / path).read_text(encoding="utf-8")
            assert to in anchors(page), name


def test_the_page_is_what_the_records_give() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == markdown()
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors(page)
    index = page.partition("## By library")[2].partition("\n## ")[0]
    assert {each.anchor for each in QUESTIONS.values()} == set(
        re.findall(r"\(#([^)]+)\)", index)
    )
    for library in ("scikit-learn", "statsmodels", "PyTorch", "glmnet", "PyMC"):
        assert f"\n**{library}**: [" in index


def test_a_wrong_number_is_noticed() -> None:
    each = QUESTIONS["fourth-powers"]
    assert printed(each).strip() == each.prints
    assert "0.41" in each.prints
    assert printed(each).strip() != each.prints.replace("0.41", "0.40")
