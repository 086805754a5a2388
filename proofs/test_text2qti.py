"""The QTI of the export has the structure that text2qti writes, and the same ranges.

text2qti writes packages that Canvas imports. It rounds numbers to four decimals.
"""

from importlib import import_module
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zipfile import ZipFile

import pytest

from bayes_l2 import exercises

SEEDS = 2
# values that each writer chooses
OWN = {"ident", "linkrefid", "title"}
OWN_TEXTS = {"mattext", "vargte", "varlte", "fieldentry"}


def text_of_quiz() -> str:
    lines = ["Quiz title: Exercises of bayes_l2", ""]
    for name, exercise in exercises.EXERCISES.items():
        lines += ["GROUP", "pick: 1", "points per question: 1", ""]
        for seed in range(SEEDS):
            right = exercise.answer(**exercise.numbers(seed))
            low, high = sorted([0.995 * right, 1.005 * right])
            lines += [
                f"Title: {name} {seed}",
                f"1. Question {name} {seed}?",
                "+ right",
                "- not right",
                f"= [{low!r}, {high!r}]",
                "",
            ]
        lines += ["END_GROUP", ""]
    return "\n".join(lines)


def trees(content: bytes) -> dict[str, Element]:
    """Return the roots of the files of a package, by the end of their names."""
    with ZipFile(BytesIO(content)) as package:
        names = [name for name in package.namelist() if name.endswith(".xml")]
        roots = {name: ElementTree.fromstring(package.read(name)) for name in names}
    return {
        "manifest": roots.pop("imsmanifest.xml"),
        "meta": roots.pop(next(name for name in roots if name.endswith("_meta.xml"))),
        "assessment": roots.popitem()[1],
    }


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Element]:
    path: Path = tmp_path_factory.mktemp("qti") / "quiz.zip"
    exercises.export(path, format="qti", seeds=SEEDS)
    return trees(path.read_bytes())


@pytest.fixture(scope="module")
def theirs() -> dict[str, Element]:
    config, quiz, qti = (
        import_module(f"text2qti.{each}") for each in ("config", "quiz", "qti")
    )
    made = quiz.Quiz(text_of_quiz(), config=config.Config())
    return trees(qti.QTI(made).zip_bytes())


def shape(node: Element) -> tuple:
    """Return tags, attributes and texts, without those that a writer chooses."""
    tag = node.tag.rpartition("}")[2]
    attributes = {key: value for key, value in node.items() if key not in OWN}
    chosen = OWN.intersection(node.attrib)
    text = "" if tag in OWN_TEXTS else (node.text or "").strip()
    return tag, attributes, chosen, text, [shape(each) for each in node]


def test_the_assessment_has_the_same_structure(
    ours: dict[str, Element], theirs: dict[str, Element]
) -> None:
    assert ours["assessment"].tag == theirs["assessment"].tag  # with the namespace
    assert shape(ours["assessment"]) == shape(theirs["assessment"])


def test_fields_and_feedback_have_the_same_names(
    ours: dict[str, Element], theirs: dict[str, Element]
) -> None:
    def named(root: Element) -> list[list[str | None]]:
        items = root.findall(".//{*}item")
        links = [
            [each.get("linkrefid") for each in item.iterfind(".//{*}displayfeedback")]
            + [each.get("ident") for each in item.iterfind("{*}itemfeedback")]
            + [each.text for each in item.findall(".//{*}fieldentry")[:2]]
            + [item.get("title")]
            for item in items
        ]
        assert len(links) == 46 * SEEDS
        return links

    assert named(ours["assessment"]) == named(theirs["assessment"])


@pytest.mark.parametrize("tag", ["vargte", "varlte"])
def test_ranges_are_the_same_to_four_decimals(
    tag: str, ours: dict[str, Element], theirs: dict[str, Element]
) -> None:
    found, wanted = (
        [
            float(each.text or "nan")
            for each in tree["assessment"].iterfind(f".//{{*}}{tag}")
        ]
        for tree in (ours, theirs)
    )
    assert found == pytest.approx(wanted, rel=1e-12, abs=0.50001e-4)


def test_the_manifest_has_the_same_resources(
    ours: dict[str, Element], theirs: dict[str, Element]
) -> None:
    def resources(root: Element) -> list[tuple]:
        quiz = root.findall(".//{*}resource")[0].get("identifier", "")
        found = root.findall(".//{*}resource")
        return [
            (
                each.get("type"),
                (each.get("href") or "").replace(quiz, "QUIZ"),
                [(child.get("href") or "").replace(quiz, "QUIZ") for child in each],
                [child.tag for child in each],
            )
            for each in found
        ]

    assert ours["manifest"].tag == theirs["manifest"].tag
    assert resources(ours["manifest"]) == resources(theirs["manifest"])


def test_the_settings_of_the_quiz_are_among_theirs(
    ours: dict[str, Element], theirs: dict[str, Element]
) -> None:
    wanted = {each.tag: each.text for each in theirs["meta"]}
    points = "{http://canvas.instructure.com/xsd/cccv1p0}points_possible"
    for each in ours["meta"]:
        assert each.tag in wanted
        if each.tag != points:  # theirs counts each question of a group
            assert (each.text or "") == (wanted[each.tag] or "")
    assert float(ours["meta"].findtext(points) or "nan") == 46
