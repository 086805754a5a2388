"""Formulas as MathML, which browsers draw by themselves, so that the site needs neither scripts nor the network.

docutils translates them, and refuses what it does not know: a mistyped formula fails the build.
"""

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging

APPLY = "\u2061"  # function application, which is not drawn


def mathml(tex: str, *, block: bool) -> str:
    """Return a formula as an HTML element, or raise MathError."""
    tex = re.sub(
        r"\\dots\b", r"\\ldots", tex
    )  # the one common command that docutils does not know
    tex = re.sub(
        r"frac(\d)(\d)", r"frac{\1}{\2}", tex
    )  # it reads the 12 of \frac12 as a numerator
    formula = tex2mathml(tex, as_block=block).replace("&ApplyFunction;", APPLY)
    root = ElementTree.fromstring(
        re.sub(r' xmlns="[^"]*"', "", formula)
    )  # HTML needs no namespace
    for element in root.iter():
        if element.tag == "msub" and element[0].tag == "munder":
            element.tag = "munder"  # what a brace is called goes below it
        if element.text in ("‖", "|") and "minsize" not in element.attrib:
            element.attrib |= {
                "stretchy": "false",
                "lspace": "0",
                "rspace": "0",
            }  # else a norm is as high as its line
        if element.text == "'":
            element.text = "′"
        for operator, argument in pairwise(element):
            if operator.text == APPLY and argument.tag not in ("mo", "mrow"):
                operator.set("rspace", "0.1667em")  # log p, but log(p)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<div class="formula">{text}</div>' if block else text


def visit(translator: Any, node: nodes.Element) -> None:
    """Write a formula, or warn."""
    try:
        translator.body.append(
            mathml(node.astext(), block=isinstance(node, nodes.math_block))
        )
    except MathError as error:
        logging.getLogger(__name__).warning(
            "formula %r: %s", node.astext(), error, location=node
        )
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer the renderer ``mathml``."""
    app.add_html_math_renderer("mathml", (visit, None), (visit, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
