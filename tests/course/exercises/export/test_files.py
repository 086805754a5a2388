"""The files of the export: signs with a meaning, identifiers, bad input."""

from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bayes_l2 import exercises
from bayes_l2.course.exercises.export.gift import gift
from bayes_l2.course.exercises.export.moodle import moodle
from bayes_l2.course.exercises.export.qti import qti
from bayes_l2.course.exercises.export.question import KnownAnswer, Question
from tests.course.exercises.export import readers

SIGNS = r"""a{b} ~c =d #e :f \g \: </p> <b> & &amp; ]]> "q" 'r' $x$ %0% //s -> ####"""
STRANGE = Question(
    "strange",
    "and/or",
    7,
    f"// {SIGNS} σ²/τ²?",
    KnownAnswer(-2.5e-7, None),
    (KnownAnswer(1e22, f"you {SIGNS}"), KnownAnswer(-0.0, "you gave 0")),
    (f"first {SIGNS}",),
    f"{SIGNS}\n\n    {SIGNS}\n\\n",
)
ENDINGS = {"moodle": ".xml", "gift": ".gift", "qti": ".zip", "prairielearn": ".zip"}


@pytest.mark.parametrize("name", ["moodle", "gift", "qti"])
def test_signs_with_a_meaning_and_extreme_numbers_come_back(name: str) -> None:
    content = {"moodle": moodle, "gift": gift, "qti": qti}[name]({"strange": [STRANGE]})
    question = getattr(readers, name)(content)["strange", 7]
    assert question.text == STRANGE.text
    assert question.derivation == STRANGE.derivation
    assert question.hints == (STRANGE.hints if name == "moodle" else ())
    assert question.grade(-2.501e-7) == (True, "Right.")
    right, feedback = question.grade(1.001e22)
    assert not right
    if name == "qti":
        assert readers.listed_mistakes(feedback)[f"you {SIGNS}"] == 1e22
    else:
        assert question.group == "$course$/bayes_l2/and//or/strange"
        assert feedback == f"Not right: you {SIGNS}."
        assert question.grade(0.0) == (False, "Not right: you gave 0.")


def test_numbers_have_no_exponent_and_all_digits() -> None:
    root = ElementTree.fromstring(moodle({"strange": [STRANGE]}))
    texts = [each.text for each in root.findall("question/answer/text")]
    assert texts == ["-0.00000025", "1" + 22 * "0" + ".0", "0.0", "*"]


def test_a_file_is_the_same_in_every_run_and_each_identifier_stands_once(
    tmp_path: Path,
) -> None:
    found: dict[str, list[bytes]] = {}
    for name, ending in ENDINGS.items():
        for run in (1, 2):
            path = tmp_path / f"{name}{run}{ending}"
            exercises.export(path, ["r-hat", "kalman-filter"], format=name, seeds=3)
            found.setdefault(name, []).append(path.read_bytes())
        assert found[name][0] == found[name][1]
    root = ElementTree.fromstring(found["moodle"][0])
    numbers = [each.text or "" for each in root.iter("idnumber")]
    assert len(numbers) == len(set(numbers)) == 6
    files = readers.members(found["qti"][0])
    quiz = next(text for name, text in files.items() if name.count(".xml") == 1)
    assert quiz == files["imsmanifest.xml"]
    *_, assessment = files.values()
    root = ElementTree.fromstring(assessment)
    tags = ("item", "section")
    idents = Counter(
        each.get("ident", "")
        for tag in tags
        for each in root.iterfind(f".//{{*}}{tag}")
    )
    assert len(idents) == 6 + 2 + 1
    assert set(idents.values()) == {1}
    assert all(ident[0].isalpha() for ident in idents)


def test_given_seeds_and_the_order_of_names(tmp_path: Path) -> None:
    path = tmp_path / "quiz.xml"
    seeds = [1234567, 7]
    assert (
        exercises.export(path, ["r-hat", "aic"][:1], format="moodle", seeds=seeds) == 2
    )
    assert list(readers.moodle(path.read_bytes())) == [("r-hat", 1234567), ("r-hat", 7)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"names": ["r-hit"]}, "unknown exercise 'r-hit'; did you mean r-hat"),
        (
            {"names": ["r-hat", "r-hat"]},
            "each name must be given once, got r-hat twice",
        ),
        ({"names": "r-hat"}, "names must be a list of exercises; got 'r-hat'"),
        ({"names": []}, "names must be a list of exercises; got none"),
        ({"seeds": 0}, "seeds must be a whole number of at least 1, got 0"),
        ({"seeds": -3}, "seeds must be a whole number of at least 1, got -3"),
        ({"seeds": 1001}, "seeds must be at most 1000, got 1001"),
        ({"seeds": []}, "seeds must be 1 to 1000 numbers, got 0"),
        ({"seeds": [1, 1]}, r"each seed must be given once, got \[1, 1\]"),
        ({"seeds": [1, -1]}, "seeds must be a whole number of at least 0, got -1"),
        ({"format": "word"}, "format must be one of moodle, qti, gift"),
        ({"format": "gift"}, "path must end in .txt or .gift for the format gift; got"),
        ({"path": "nowhere/new.xml"}, "path: there is no folder 'nowhere'"),
    ],
)
def test_bad_input_leaves_the_file_as_it_was(
    changes: dict[str, Any],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("quiz.xml").write_text("mine")
    good = {"path": "quiz.xml", "names": ["r-hat"], "format": "moodle", "seeds": 1}
    with pytest.raises(ValueError, match=message):
        exercises.export(**{**good, **changes})
    assert [each.name for each in tmp_path.iterdir()] == ["quiz.xml"]
    assert Path("quiz.xml").read_text() == "mine"
