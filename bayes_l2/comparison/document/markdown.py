"""A document as Markdown, for a reader without a browser."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from bayes_l2.comparison.document import blocks
from bayes_l2.comparison.document.blocks import Cell, Document, Formula, Noted, Value
from bayes_l2.drawing import description
from bayes_l2.texts import printable

# what begins a mark, a link, an element, an entity or a formula
SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$&])")
STRONG = ("pass", "fail")


def markdown(document: Document) -> str:
    """Return a document as text in Markdown, with figures in words and numbers."""
    parts = [f"# {_text(document.title)}"]
    for section in document.sections:
        parts.append(f"## {_text(section.heading)}")
        parts += [WRITERS[type(block)](block) for block in section.blocks]
    return "\n\n".join(filter(None, parts)) + "\n"


def _text(text: str) -> str:
    return SPECIAL.sub(r"\\\1", printable(text))


def _code(text: str) -> str:
    """Return a text between as many marks of code as none inside has."""
    text = printable(text)
    longest = max(map(len, re.findall("`+", text)), default=0)
    marks = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{marks}{space}{text}{space}{marks}"


def _paragraph(block: blocks.Paragraph) -> str:
    text = _text(block.text)
    return f"**{text}**" if block.tone in STRONG else text


def _bullets(block: blocks.Bullets) -> str:
    return "\n".join(f"- {_text(item)}" for item in block.items)


def _facts(block: blocks.Facts) -> str:
    lines = []
    for heading, fact in block.pairs:
        name = f"{_text(heading)}: " if heading else ""
        lines.append(f"- {name}{_fact(fact)}")
    return "\n".join(lines)


def _fact(fact: str | Value | Formula) -> str:
    if isinstance(fact, Formula):
        words = f" ({_text(fact.words)})" if fact.words else ""
        return _code(fact.text) + words
    return _text(fact.text if isinstance(fact, Value) else fact)


def _fenced(block: blocks.Code) -> str:
    lines = [printable(line) for line in block.text.split("\n")]
    longest = max(map(len, re.findall("`+", block.text)), default=0)
    marks = "`" * max(3, longest + 1)
    return "\n".join([marks, *lines, marks])


def _table(block: blocks.Table) -> str:
    rule = ["---"] + ["---"] * (len(block.headings) - 1)
    lines = [_line(list(map(_text, block.headings))), _line(rule)]
    lines += [_line([_cell(cell) for cell in row]) for row in block.rows]
    return "\n".join([f"{_text(block.caption)}:", "", *lines])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    if isinstance(cell, Noted):
        return f"{_text(cell.text)}. {_text(cell.below)}"
    return _text(cell.text if isinstance(cell, Value) else cell)


def _picture(block: blocks.Picture) -> str:
    words = _text(description(block.figure))
    return f"### {_text(block.title)}\n\n{words}\n\n{_table(block.table)}"


def _scene(block: blocks.Scene) -> str:
    return _text(block.instead)


WRITERS: dict[type, Callable[[Any], str]] = {
    blocks.Paragraph: _paragraph,
    blocks.Bullets: _bullets,
    blocks.Facts: _facts,
    blocks.Code: _fenced,
    blocks.Table: _table,
    blocks.Picture: _picture,
    blocks.Scene: _scene,
}
