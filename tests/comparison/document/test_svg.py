"""A figure as SVG inside a page: names of its own, words, colours of the page."""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from bayes_l2.comparison.document.svg import svg
from bayes_l2.drawing import COLOURS, describe, new_figure


def drawn() -> str:
    figure = new_figure(2, 2)
    axis = figure.subplots()
    axis.plot([0, 1, 2], [0, 1.23456, 2], "o-", color=COLOURS["posterior"])
    axis.set_title("x < y")
    return svg(describe(figure, "A line & three marks."), "A <title>", "figure-7")


@pytest.fixture(scope="module")
def text() -> str:
    return drawn()


@pytest.fixture(scope="module")
def root(text: str) -> Element:
    return ElementTree.fromstring(text)


def test_a_figure_is_a_picture_with_a_title_and_a_description(root: Element) -> None:
    labels = "figure-7-title figure-7-description"
    names = {"viewBox", "role", "aria-labelledby", "style"}
    assert set(root.attrib) == names
    assert (root.attrib["role"], root.attrib["aria-labelledby"]) == ("img", labels)
    assert [root[0].tag, root[1].tag] == ["title", "desc"]
    assert [each.attrib["id"] for each in root[:2]] == labels.split()
    assert [each.text for each in root[:2]] == ["A <title>", "A line & three marks."]
    assert "x < y" in [each.text for each in root.iter("text")]


def test_it_has_no_names_of_other_pages_and_no_style_of_its_own(root: Element) -> None:
    kinds = {each.tag for each in root.iter()}
    assert {"path", "use", "clipPath", "text", "g"} <= kinds
    assert not kinds & {"metadata", "style"}
    keys = {key for each in root.iter() for key in each.attrib}
    assert not any(character in name for name in kinds | keys for character in "{}:")


def test_its_names_are_its_own_and_each_is_used(root: Element) -> None:
    """A mark is drawn by its name, and a line is cut at the frame of its axes."""
    ids = [each.attrib["id"] for each in root.iter() if "id" in each.attrib][2:]
    assert sorted(ids) == sorted(f"figure-7-{k}" for k in range(1, len(ids) + 1))
    values = [value for each in root.iter() for value in each.attrib.values()]
    cut = {name for each in values for name in re.findall(r"url\(#([^)]+)\)", each)}
    marks = {each.attrib["href"] for each in root.iter("use")}
    assert {f"#{name}" for name in set(ids) - cut} == marks
    assert len(cut) >= 1
    assert len(marks) >= 2
    assert cut <= set(ids)


def test_numbers_have_two_decimals_and_colours_are_those_of_the_page(
    root: Element, text: str
) -> None:
    places = [each.attrib.get(key, "") for each in root.iter() for key in ("d", "x")]
    decimals = [len(each) for each in re.findall(r"\.(\d+)", " ".join(places))]
    assert max(decimals) == 2
    styles = " ".join(each.attrib.get("style", "") for each in root.iter())
    assert {"var(--posterior)", "var(--paper)", "currentColor"} <= set(
        re.findall(r"var\(--\w+\)|currentColor", styles)
    )
    for colour in ("#000000", "#ffffff", COLOURS["posterior"].lower(), "font-family"):
        assert colour not in styles
    assert not re.search(r">\s+<", text)


def test_the_same_figure_is_the_same_text(text: str) -> None:
    assert drawn() == text
    assert text.startswith("<svg viewBox=")
