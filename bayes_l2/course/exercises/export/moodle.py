"""Questions as Moodle XML.

Moodle compares a student's number with the answers in their order, and the first that
is within its tolerance decides on grade and feedback. A tolerance is an absolute
difference there. Where a quiz allows several tries, Moodle shows a hint after each
wrong one. It shows the derivation at the end.
https://docs.moodle.org/en/Moodle_XML_format describes the format.
"""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bayes_l2.course.exercises.export.question import (
    KnownAnswer,
    Question,
    derivation_in_html,
    identifier,
    paragraph,
    plain_number,
)


def moodle(sets: Mapping[str, Sequence[Question]]) -> bytes:
    """Return a file of Moodle XML: a category for each exercise, with its questions."""
    quiz = Element("quiz")
    for several in sets.values():
        category = SubElement(quiz, "question", type="category")
        _text(SubElement(category, "category"), category_path(several[0]))
        for each in several:
            _add(quiz, each)
    indent(quiz, " ")
    return tostring(quiz, encoding="utf-8", xml_declaration=True) + b"\n"


def category_path(question: Question) -> str:
    """Return the path of an exercise's category; a slash in a name is doubled."""
    names = ("bayes_l2", question.chapter, question.exercise)
    return "/".join(["$course$", *(each.replace("/", "//") for each in names)])


def _add(quiz: Element, question: Question) -> None:
    node = SubElement(quiz, "question", type="numerical")
    _text(SubElement(node, "name"), question.name)
    _html(SubElement(node, "questiontext"), paragraph(question.text))
    _html(SubElement(node, "generalfeedback"), derivation_in_html(question))
    SubElement(node, "defaultgrade").text = "1"
    SubElement(node, "penalty").text = "0.1"  # of each try after a hint
    SubElement(node, "idnumber").text = identifier(
        "moodle", question.exercise, question.seed
    )
    _add_answer(node, question.right, fraction="100")
    for each in question.mistakes:
        _add_answer(node, each, fraction="0")
    other = SubElement(node, "answer", fraction="0", format="moodle_auto_format")
    _text(other, "*")  # any other number
    _html(SubElement(other, "feedback"), paragraph(question.other))
    SubElement(other, "tolerance").text = "0"
    for hint in question.hints:
        _html(SubElement(node, "hint"), paragraph(hint))


def _add_answer(node: Element, known: KnownAnswer, *, fraction: str) -> None:
    answer = SubElement(node, "answer", fraction=fraction, format="moodle_auto_format")
    _text(answer, plain_number(known.value))
    _html(SubElement(answer, "feedback"), paragraph(known.feedback))
    SubElement(answer, "tolerance").text = plain_number(known.tolerance)


def _text(node: Element, text: str) -> None:
    SubElement(node, "text").text = text


def _html(node: Element, text: str) -> None:
    node.set("format", "html")
    _text(node, text)
