"""The formulas of the report as MathML, which browsers draw without a script.

A formula is a line of text as ``model.description`` writes it, such as
"||y - a - Xb||² + α ||b||²".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, tostring

TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?|½)|(?P<script>[²³⁻¹]+|')"
    r"|(?P<word>[A-Za-zα-ωΑ-Ω∞]+(?:'s)?\d?)|(?P<norm>\|\|)|(?P<mark>\S)"
)
SCRIPTS = {"²": "2", "³": "3", "⁻¹": "−1", "'": "⊤"}
MARKS = {"-": "−", "~": "∼"}
SUM = "∑"
SIGNS = ("=", "+", ",")  # a minus behind one of these is no difference
CLOSING = {"(": ")", "||": "||", "|": "|"}
BARS = {"||": "‖", "|": "|"}
INVISIBLE_TIMES, APPLY = "\u2062", "\u2061"


@dataclass(frozen=True)
class Token:
    """A part of a formula, and whether a space stands before it."""

    kind: str
    text: str
    is_apart: bool


def mathml(text: str) -> str:
    """Return a formula as a MathML element of its own line.

    Parameters
    ----------
    text : str
        The formula: names of one letter, sums, scripts, quotients and brackets. Longer
        words are functions where a bracket follows, else text.

    Raises
    ------
    ValueError
        If a bracket is not closed, or closes nothing.
    """
    return tostring(_math(text), encoding="unicode")


def names_in(text: str) -> set[str]:
    """Return the names in a formula, without their numbers: m for m0."""
    return {str(each.text) for each in _math(text).iter("mi")}


def _math(text: str) -> Element:
    math = Element("math", {"display": "block"})
    math.append(_row(_Reader(text, _tokens(text)).row(until="")))
    return math


def _tokens(text: str) -> list[Token]:
    found, is_apart = [], False
    for match in TOKEN.finditer(text):
        kind, part = str(match.lastgroup), match.group()
        if kind == "space":
            is_apart = True
            continue
        # the product of a matrix and a vector: Xb
        for piece in part if part == "Xb" else [part]:
            found.append(Token(kind, piece, is_apart))
            is_apart = False
    return found


@dataclass
class _Reader:
    """Reads the tokens of a formula from left to right."""

    text: str
    tokens: Sequence[Token]
    place: int = field(default=0)

    def next(self) -> Token | None:
        """Return the next token without passing it, None at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def row(self, *, until: str) -> list[Element]:
        """Return the elements up to a closing bracket, which is passed."""
        nodes: list[Element] = []
        while (token := self.next()) is not None:
            if until and token.text == until:
                self.place += 1
                return nodes
            if token.text == "/" and nodes:
                self.place += 1
                nodes.append(_over(nodes.pop(), self.divisor()))
            elif token.kind == "mark" and token.text not in CLOSING:
                sign = self.operator()
                if token.text == "-" and nodes and nodes[-1].text in SIGNS:
                    sign.set("form", "prefix")
                nodes.append(sign)
            else:
                node = self.atom()
                if nodes:
                    nodes += _between(nodes[-1], node)
                nodes.append(node)
        if until:
            raise ValueError(f"the formula {self.text!r} lacks its {until!r}")
        return nodes

    def operator(self) -> Element:
        """Return a sign, such as + or a sum with its index."""
        token = self.tokens[self.place]
        if token.text in CLOSING.values():
            raise ValueError(f"{token.text!r} closes nothing in {self.text!r}")
        self.place += 1
        sign = _leaf("mo", MARKS.get(token.text, token.text))
        return self.scripted(sign)

    def divisor(self) -> Element:
        """Return what stands below a line: factors without a space between them."""
        nodes = [self.atom()]
        while (token := self.next()) is not None and not token.is_apart:
            if token.text == "·":
                nodes.append(self.operator())
            elif token.kind not in ("word", "number", "norm") and token.text != "(":
                break
            nodes.append(self.atom())
        return _row(nodes)

    def atom(self) -> Element:
        """Return a name, a number or a bracket, with its scripts."""
        token = self.next()
        if token is None:
            raise ValueError(f"the formula {self.text!r} ends too soon")
        self.place += 1
        if token.text in CLOSING:
            inner = self.row(until=CLOSING[token.text])
            return self.scripted(_bracket(token.text, inner))
        if token.kind == "number":
            half = token.text == "½"
            number = _over(_leaf("mn", "1"), _leaf("mn", "2"))
            return self.scripted(number if half else _leaf("mn", token.text))
        if token.kind == "word":
            return self.scripted(self.word(token.text))
        raise ValueError(f"{token.text!r} is in no place of {self.text!r}")

    def word(self, text: str) -> Element:
        """Return a name, a function of the bracket that follows, or words."""
        if re.fullmatch(r"[a-zA-Z]\d", text):
            return _scripts("msub", _leaf("mi", text[0]), text[1])
        following = self.next()
        if following and following.text == "(" and not following.is_apart:
            self.place += 1
            inner = self.row(until=")")
            call = Element("mrow")
            call.extend([_leaf("mi", text), _leaf("mo", APPLY), _bracket("(", inner)])
            return call
        if text == "Σ":
            return _leaf("mo", SUM)
        if len(text) == 1 or text == "log":
            return _leaf("mi", text)
        words = [text]
        while (token := self.next()) and token.kind == "word" and len(token.text) > 1:
            words.append(token.text)
            self.place += 1
        return _leaf("mtext", " ".join(words))

    def scripted(self, base: Element) -> Element:
        """Return an element with the index and the power that follow it."""
        token = self.next()
        if token is not None and token.text == "_" and not token.is_apart:
            self.place += 2
            tag = "munder" if base.text == SUM else "msub"
            base = _scripts(tag, base, self.tokens[self.place - 1].text)
            token = self.next()
        if token is not None and token.kind == "script":
            self.place += 1
            base = _scripts("msup", base, SCRIPTS[token.text])
        return base


def _between(left: Element, right: Element) -> list[Element]:
    """Return a space beside words, or the sign of a product, which is not seen."""
    if "mtext" in (left.tag, right.tag):
        return [Element("mspace", {"width": "0.3em"})]
    if "mo" in (left.tag, right.tag) or left.tag == "munder":
        return []
    return [_leaf("mo", APPLY if left.text == "log" else INVISIBLE_TIMES)]


def _leaf(tag: str, text: str) -> Element:
    leaf = Element(tag)
    leaf.text = text
    return leaf


def _row(nodes: Sequence[Element]) -> Element:
    if len(nodes) == 1:
        return nodes[0]
    row = Element("mrow")
    row.extend(nodes)
    return row


def _bracket(opening: str, inner: Sequence[Element]) -> Element:
    bracket = Element("mrow")
    first = SubElement(bracket, "mo", {"stretchy": "false"})
    bracket.append(_row(inner))  # so that a minus that begins it is a sign
    last = SubElement(bracket, "mo", {"stretchy": "false"})
    first.text = BARS.get(opening, opening)
    last.text = BARS.get(opening, CLOSING[opening])
    for bar in (first, last):
        if opening in BARS:
            bar.attrib |= {"lspace": "0", "rspace": "0"}
    return bracket


def _over(above: Element, below: Element) -> Element:
    """Return a quotient, whose divisor needs no round brackets of its own."""
    fraction = Element("mfrac")
    fraction.extend([above, _without_brackets(below)])
    return fraction


def _without_brackets(node: Element) -> Element:
    is_bracket = node.tag == "mrow" and node[0].text == "("
    return node[1] if is_bracket else node


def _scripts(tag: str, base: Element, script: str) -> Element:
    node = Element(tag)
    node.append(base)
    is_number = script.lstrip("−").isdigit()
    node.append(_leaf("mn" if is_number else "mi" if script != "⊤" else "mo", script))
    return node
