"""Naive models of learning systems: each reads an exported file and grades numbers.

They know the formats from their documentation and from the sources of the systems, and
nothing of the package.
"""

import html
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree
from zipfile import ZipFile

Key = tuple[str, int]
Answer = tuple[bool, str]  # right or not, and the feedback
Grader = Callable[[float], Answer]


class Read(NamedTuple):
    """A question as a learning system has it."""

    group: str
    text: str
    grade: Grader
    derivation: str
    hints: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Return the text of a paragraph of HTML."""
    found = re.fullmatch(r"<p>(.*)</p>", text, flags=re.DOTALL)
    assert found
    return html.unescape(found.group(1))


def preformatted(text: str) -> str:
    """Return the lines of the one part of HTML that keeps its lines."""
    found = re.findall(r"<pre>(.*?)</pre>", text, flags=re.DOTALL)
    assert len(found) == 1
    return html.unescape(found[0])


def key_of(name: str) -> Key:
    exercise, seed = name.rsplit(" ", 1)
    return exercise, int(seed)


def first_match(answers: list[tuple[str, float, bool, str]]) -> Grader:
    """Grade as Moodle does: the first answer within its tolerance, or the star.

    Moodle adds 1e-14 to a tolerance, times the answer where that is above 1.
    """

    def grade(number: float) -> Answer:
        for text, tolerance, right, feedback in answers:
            if text == "*":
                return right, feedback
            value = float(text)
            wide = abs(tolerance) + 1e-14 * max(1.0, abs(value))
            if value - wide <= number <= value + wide:
                return right, feedback
        return False, ""

    return grade


def moodle(content: bytes) -> dict[Key, Read]:
    """Read Moodle XML. A question is in the category that stands before it."""
    found, category = {}, ""
    for node in ElementTree.fromstring(content):
        if node.get("type") == "category":
            category = node.findtext("category/text") or ""
            continue
        assert node.get("type") == "numerical"
        answers = [
            (
                each.findtext("text") or "",
                float(each.findtext("tolerance") or "nan"),
                each.get("fraction") == "100",
                plain(each.findtext("feedback/text") or ""),
            )
            for each in node.findall("answer")
        ]
        text = plain(node.findtext("questiontext/text") or "")
        key = key_of(node.findtext("name/text") or "")
        assert key not in found
        general = preformatted(node.findtext("generalfeedback/text") or "")
        hints = tuple(plain(each.text or "") for each in node.iterfind("hint/text"))
        found[key] = Read(category, text, first_match(answers), general, hints)
    return found


def gift(content: bytes) -> dict[Key, Read]:
    """Read GIFT: blocks between empty lines, in which a backslash escapes a sign."""
    found, category = {}, ""
    for block in content.decode().strip().split("\n\n"):
        if block.startswith("$CATEGORY:"):
            category = block.removeprefix("$CATEGORY:").strip()
            continue
        name, text, body, after = _parts(_hidden(block))
        assert after == ""
        body, _, general = body.strip().rpartition("####[html]")
        general = preformatted(_shown(general))
        assert body.startswith("#")
        body, _, other = body[1:].partition("~")
        answers = []
        for each in body.split("=")[1:]:
            weight, number, tolerance, feedback = _groups(
                r"%(\d+)%(.*?):(.*?)#(.*)", each.strip()
            )
            right = weight == "100"
            answers.append((number, float(tolerance), right, _shown(feedback)))
        answers.append(("*", 0.0, False, _shown(other.strip().removeprefix("#"))))
        text = text.strip().removeprefix("[plain]")
        grade = first_match(answers)
        found[key_of(_shown(name))] = Read(category, _shown(text), grade, general)
    return found


def _parts(block: str) -> tuple[str, ...]:
    return _groups(r"::(.*?)::(.*?)\{(.*?)\}(.*)", block)


def _groups(pattern: str, text: str) -> tuple[str, ...]:
    match = re.fullmatch(pattern, text, flags=re.DOTALL)
    assert match, text
    return match.groups()


def _hidden(text: str) -> str:
    """Return a text whose escaped signs stand for none of the format's own."""

    def sign(match: re.Match[str]) -> str:
        escaped = match.group(1)
        return "\n" if escaped == "n" else chr(0xE000 + ord(escaped))

    return re.sub(r"\\(.)", sign, text)


def _shown(text: str) -> str:
    return "".join(chr(ord(c) - 0xE000) if ord(c) >= 0xE000 else c for c in text)


def local(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def members(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def qti(content: bytes) -> dict[Key, Read]:
    """Read QTI 1.2 as Canvas does: every range of a numerical question is right."""
    files = members(content)
    manifest = ElementTree.fromstring(files["imsmanifest.xml"])
    places = {each.get("href") for each in manifest.iterfind(".//{*}file")}
    assert places | {"imsmanifest.xml"} == set(files)
    quiz = next(
        each.find("{*}file")
        for each in manifest.iterfind(".//{*}resource")
        if each.get("type") == "imsqti_xmlv1p2"
    )
    assert quiz is not None
    root = ElementTree.fromstring(files[quiz.get("href", "")])
    found = {}
    for group in root.iterfind(".//{*}section"):
        for item in group.iterfind("{*}item"):
            text = item.findtext("{*}presentation/{*}material/{*}mattext")
            key = key_of(item.get("title", ""))
            feedback = {
                each.get("ident", ""): each.findtext(".//{*}mattext") or ""
                for each in item.iterfind("{*}itemfeedback")
            }
            found[key] = Read(
                group.get("title", ""),
                plain(text or ""),
                _canvas(item, feedback),
                preformatted(feedback["correct_fb"]),
            )
    return found


def _canvas(item: ElementTree.Element, feedback: dict[str, str]) -> Grader:
    ranges = [
        (float(low.text or "nan"), float(high.text or "nan"))
        for condition in item.iterfind(".//{*}respcondition")
        if (low := condition.find("{*}conditionvar/{*}vargte")) is not None
        and (high := condition.find("{*}conditionvar/{*}varlte")) is not None
    ]

    def grade(number: float) -> Answer:
        if any(low <= number <= high for low, high in ranges):
            return True, plain(feedback["correct_fb"].split("</p>")[0] + "</p>")
        return False, feedback["general_incorrect_fb"]

    return grade


def listed_mistakes(feedback: str) -> dict[str, float]:
    """Return the mistakes of a feedback in HTML, each with its number."""
    found = re.findall(r"<li>(\S+): (.*?)</li>", feedback)
    return {html.unescape(words): float(number) for number, words in found}


def prairielearn(content: bytes, folder: Path) -> dict[Key, Read]:
    """Run the server of each question, beside the field for numbers."""
    files = members(content)
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text)
    found = {}
    for info in sorted(folder.rglob("info.json")):
        server: dict[str, Any] = {}
        exec((info.parent / "server.py").read_text(encoding="utf-8"), server)
        page = (info.parent / "question.html").read_text(encoding="utf-8")
        for variant in range(5):
            data: dict[str, Any] = {"options": {"question_path": str(info.parent)}}
            data |= {"variant_seed": str(variant), "params": {}, "correct_answers": {}}
            server["generate"](data)
            key = info.parent.name, data["params"]["seed"]
            grade = _field(page, server["grade"], data)
            params = data["params"]
            found[key] = Read(key[0], params["text"], grade, params["derivation"])
    return found


def _field(page: str, grade_of: Callable[[Any], None], data: dict[str, Any]) -> Grader:
    right = data["correct_answers"]["answer"]
    allowed = [re.search(rf'{each}="([^"]+)"', page) for each in ("rtol", "atol")]
    assert all(allowed)
    rtol, atol = (float(each.group(1)) for each in allowed if each)

    def grade(number: float) -> Answer:
        data["submitted_answers"], data["feedback"] = {"answer": number}, {}
        grade_of(data)
        is_right = abs(number - right) <= atol + rtol * abs(right)
        return is_right, data["feedback"]["answer"]

    return grade
