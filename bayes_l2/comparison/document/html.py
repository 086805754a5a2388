"""A document as one page of HTML that asks for no other file.

``element`` and ``joined`` escape text; the writer of XML does in formulas and figures.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html import escape
from itertools import count
from typing import Any

from bayes_l2.comparison.document import blocks
from bayes_l2.comparison.document.blocks import (
    Cell,
    Document,
    Formula,
    Noted,
    Section,
    Value,
)
from bayes_l2.comparison.document.mathml import mathml
from bayes_l2.comparison.document.style import STYLE
from bayes_l2.comparison.document.svg import svg
from bayes_l2.drawing import description
from bayes_l2.texts import printable

SHORT = 15  # rows of a table that stays on one page of paper
# the browser asks nobody for anything; an icon of its own would be asked for
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
VOID = ("meta", "link", "br")


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str) -> Markup:
    """Return an element of HTML.

    Parameters
    ----------
    name : str
        Its name.
    *children : str
        Its content: markup stays as it is, and other text is escaped.
    **attributes : str
        Its attributes; ``_`` in a name stands for ``-``, and a last one is left out.
    """
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(printable(value))}"'
        for key, value in attributes.items()
    )
    if name in VOID:
        return Markup(f"<{name}{words}>")
    return Markup(f"<{name}{words}>{joined(*children)}</{name}>")


def joined(*children: str) -> Markup:
    """Return markup and texts one after the other; texts are escaped."""
    return Markup("".join(map(_as_markup, children)))


def _as_markup(child: str) -> str:
    return child if isinstance(child, Markup) else escape(printable(child))


def html(document: Document) -> str:
    """Return a document as a page."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy(document)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href="data:,"),
        element("title", document.title),
        element("style", Markup(STYLE)),
    )
    numbers = count(1)
    sections = [_section(each, numbers) for each in document.sections]
    main = element("main", element("h1", document.title), *sections)
    page = element("html", head, element("body", main), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def policy(document: Document) -> str:
    """Return what a browser allows the page: of scripts, those of its scenes alone."""
    scripts = [
        script
        for section in document.sections
        for block in section.blocks
        if isinstance(block, blocks.Scene)
        for script in SCRIPT.findall(block.page)
    ]
    hashes = [b64encode(sha256(each.encode()).digest()).decode() for each in scripts]
    allowed = [f"'sha256-{each}'" for each in dict.fromkeys(hashes)]
    return " ".join([f"{POLICY}; script-src", *allowed]) if allowed else POLICY


def _section(section: Section, numbers: Any) -> Markup:
    return element(
        "section",
        element("h2", section.heading),
        *(WRITERS[type(block)](block, numbers) for block in section.blocks),
    )


def _paragraph(block: blocks.Paragraph, _: Any) -> Markup:
    return element("p", block.text, class_=block.tone)


def _bullets(block: blocks.Bullets, _: Any) -> Markup:
    items = [element("li", item) for item in block.items]
    return element("ul", *items, class_=block.tone)


def _facts(block: blocks.Facts, _: Any) -> Markup:
    if not any(heading for heading, _ in block.pairs):
        return joined(*(_fact(fact) for _, fact in block.pairs))
    pairs = [
        element("div", element("dt", heading), element("dd", _fact(fact)))
        for heading, fact in block.pairs
    ]
    return element("dl", *pairs)


def _fact(fact: str | Value | Formula) -> str:
    if isinstance(fact, Formula):
        formula = element("div", Markup(mathml(fact.text)), class_="formula")
        return joined(formula, fact.words)
    return _number(fact) if isinstance(fact, Value) else fact


def _number(value: Value) -> str:
    if value.number is None:
        return value.text
    return element("data", value.text, value=repr(float(value.number)))


def _code(block: blocks.Code, _: Any) -> Markup:
    lines = [joined(line) for line in block.text.split("\n")]
    return element("pre", element("code", Markup("\n".join(lines))))


def _table(block: blocks.Table, _: Any) -> Markup:
    tones = block.tones or [""] * len(block.rows)
    body = [
        element("tr", *map(_cell, row, range(len(row))), class_=tone)
        for row, tone in zip(block.rows, tones, strict=True)
    ]
    first = block.rows[0] if block.rows else ("",) * len(block.headings)
    kinds = ["number" if isinstance(cell, Value) else "" for cell in first]
    heads = [
        element("th", heading, scope="col", class_=kind)
        for heading, kind in zip(block.headings, kinds, strict=True)
    ]
    table = element(
        "table",
        element("caption", block.caption),
        element("thead", element("tr", *heads)),
        element("tbody", *body),
    )
    # a wide one is scrolled by itself, by keyboard too
    kind = "wide short" if len(block.rows) <= SHORT else "wide"
    label = {"role": "region", "aria_label": block.caption, "tabindex": "0"}
    return element("div", table, class_=kind, **label)


def _cell(cell: Cell, place: int) -> Markup:
    if not place:
        return element("th", str(cell), scope="row", dir="auto")
    if isinstance(cell, Value):
        return element("td", _number(cell), class_="number")
    if isinstance(cell, Noted):
        return element("td", cell.text, element("small", cell.below))
    return element("td", cell)


def _picture(block: blocks.Picture, numbers: Any) -> Markup:
    name = f"figure-{next(numbers)}"
    drawn = Markup(svg(block.figure, block.title, name))
    caption = element(
        "figcaption",
        element("strong", f"{block.title}."),
        " ",
        description(block.figure),
    )
    table = element(
        "details",
        element("summary", "Numbers of this figure"),
        _table(block.table, numbers),
    )
    frame = element("div", drawn, class_="drawing")
    return element("figure", frame, caption, table)


def _scene(block: blocks.Scene, _: Any) -> Markup:
    # a page in a page: in an attribute only these two characters end a text
    page = block.page.replace("&", "&amp;").replace('"', "&quot;")
    title = escape(printable(block.title))
    frame = f'<iframe sandbox="allow-scripts" title="{title}" srcdoc="{page}"></iframe>'
    instead = element("p", block.instead, class_="instead")
    return element("div", Markup(frame), instead, class_="scene")


WRITERS: dict[type, Callable[[Any, Any], Markup]] = {
    blocks.Paragraph: _paragraph,
    blocks.Bullets: _bullets,
    blocks.Facts: _facts,
    blocks.Code: _code,
    blocks.Table: _table,
    blocks.Picture: _picture,
    blocks.Scene: _scene,
}
