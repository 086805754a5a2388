"""Questions as a package of QTI 1.2 for Canvas: a quiz that draws from its groups.

Canvas takes every range of a numerical question for a right answer. So the range of
the right answer is the only one. The feedback on any other number is a list of the
known mistakes, with the number that each gives.

References
----------
IMS Global Learning Consortium (2002), "IMS Question & Test Interoperability: ASI XML
binding specification", version 1.2.
"""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bayes_l2.course.exercises.export.packing import packed
from bayes_l2.course.exercises.export.question import (
    Question,
    derivation_in_html,
    identifier,
    mistakes_in_html,
    paragraph,
    plain_number,
)

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
# the schema of each namespace
SCHEMAS = {
    QTI: "http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd",
    PACKAGE: "http://www.imsglobal.org/xsd/imscp_v1p1.xsd",
    CANVAS: "https://canvas.instructure.com/xsd/cccv1p0.xsd",
}
TITLE = "Exercises of bayes_l2"
RESPONSE = "response1"


def qti(sets: Mapping[str, Sequence[Question]]) -> bytes:
    """Return a zip file of QTI: a quiz with a group of questions for each exercise."""
    of = [f"{name}/{each.seed}" for name, several in sets.items() for each in several]
    quiz = _ident("quiz", *of)
    parts = {
        "imsmanifest.xml": _manifest(quiz),
        f"{quiz}/assessment_meta.xml": _meta(quiz, len(sets)),
        f"{quiz}/{quiz}.xml": _assessment(quiz, sets),
    }
    return packed({name: _file(root) for name, root in parts.items()})


def _assessment(quiz: str, sets: Mapping[str, Sequence[Question]]) -> Element:
    root = _root("questestinterop", QTI)
    assessment = SubElement(root, "assessment", ident=quiz, title=TITLE)
    _fields(assessment, {"cc_maxattempts": "1"})
    top = SubElement(assessment, "section", ident="root_section")
    for name, several in sets.items():
        group = SubElement(top, "section", ident=_ident("group", name), title=name)
        selection = SubElement(SubElement(group, "selection_ordering"), "selection")
        SubElement(selection, "selection_number").text = "1"
        extension = SubElement(selection, "selection_extension")
        SubElement(extension, "points_per_item").text = "1"
        for each in several:
            _add(group, each)
    return root


def _add(group: Element, question: Question) -> None:
    of = (question.exercise, question.seed)
    item = SubElement(group, "item", ident=_ident("item", *of), title=question.name)
    fields = {
        "question_type": "numerical_question",
        "points_possible": "1",
        "original_answer_ids": _ident("answer", *of),
        "assessment_question_identifierref": _ident("reference", *of),
    }
    _fields(SubElement(item, "itemmetadata"), fields)
    presentation = SubElement(item, "presentation")
    _material(presentation, paragraph(question.text))
    response = SubElement(
        presentation, "response_str", ident=RESPONSE, rcardinality="Single"
    )
    blank = SubElement(response, "render_fib", fibtype="Decimal")
    SubElement(blank, "response_label", ident="answer1")
    _add_verdicts(SubElement(item, "resprocessing"), question)
    feedback = {
        "correct_fb": paragraph(question.right.feedback) + derivation_in_html(question),
        "general_incorrect_fb": mistakes_in_html(question),
    }
    for ident, text in feedback.items():
        flow = SubElement(SubElement(item, "itemfeedback", ident=ident), "flow_mat")
        _material(flow, text)


def _add_verdicts(node: Element, question: Question) -> None:
    """Add the range of the right answer, and the feedback in each case."""
    score = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE"}
    SubElement(SubElement(node, "outcomes"), "decvar", score, vartype="Decimal")
    right = SubElement(node, "respcondition", {"continue": "No"})
    within = SubElement(right, "conditionvar")
    known = question.right
    low, high = known.value - known.tolerance, known.value + known.tolerance
    SubElement(within, "vargte", respident=RESPONSE).text = plain_number(low)
    SubElement(within, "varlte", respident=RESPONSE).text = plain_number(high)
    SubElement(right, "setvar", action="Set", varname="SCORE").text = "100"
    _show(right, "correct_fb")
    _add_other(node, "general_incorrect_fb")


def _add_other(node: Element, feedback: str) -> None:
    condition = SubElement(node, "respcondition", {"continue": "Yes"})
    SubElement(SubElement(condition, "conditionvar"), "other")
    _show(condition, feedback)


def _show(condition: Element, feedback: str) -> None:
    link = {"feedbacktype": "Response", "linkrefid": feedback}
    SubElement(condition, "displayfeedback", link)


def _material(node: Element, text: str) -> None:
    material = SubElement(node, "material")
    SubElement(material, "mattext", texttype="text/html").text = text


def _fields(node: Element, fields: Mapping[str, str]) -> None:
    data = SubElement(node, "qtimetadata")
    for label, entry in fields.items():
        field = SubElement(data, "qtimetadatafield")
        SubElement(field, "fieldlabel").text = label
        SubElement(field, "fieldentry").text = entry


def _manifest(quiz: str) -> Element:
    root = _root("manifest", PACKAGE, identifier=_ident("manifest", quiz))
    data = SubElement(root, "metadata")
    SubElement(data, "schema").text = "IMS Content"
    SubElement(data, "schemaversion").text = "1.1.3"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    kind = "imsqti_xmlv1p2"
    questions = SubElement(resources, "resource", identifier=quiz, type=kind)
    SubElement(questions, "file", href=f"{quiz}/{quiz}.xml")
    settings = _ident("settings", quiz)
    SubElement(questions, "dependency", identifierref=settings)
    kind = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
    place = f"{quiz}/assessment_meta.xml"
    meta = {"identifier": settings, "type": kind, "href": place}
    SubElement(SubElement(resources, "resource", meta), "file", href=place)
    return root


def _meta(quiz: str, points: int) -> Element:
    """Return the settings of the quiz, which is not published."""
    root = _root("quiz", CANVAS, identifier=quiz)
    settings = {
        "title": TITLE,
        "description": "",
        "quiz_type": "assignment",
        "points_possible": str(points),
        "scoring_policy": "keep_highest",
        "allowed_attempts": "1",
        "show_correct_answers": "true",
        "available": "false",
    }
    for tag, text in settings.items():
        SubElement(root, tag).text = text
    return root


def _root(tag: str, space: str, **attributes: str) -> Element:
    schema = {"xmlns:xsi": XSI, "xsi:schemaLocation": f"{space} {SCHEMAS[space]}"}
    return Element(tag, {"xmlns": space} | schema | attributes)


def _file(root: Element) -> bytes:
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _ident(*words: object) -> str:
    """Return an identifier as XML takes it: it must begin with a letter."""
    return f"q{identifier('qti', *words).replace('-', '')}"
