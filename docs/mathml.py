"""Write formulas as MathML, which browsers draw without scripts or the network.

docutils translates each formula. A formula with an unknown command fails the build.
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

APPLY = "\u2061"  # the invisible operator of function application


def mathml(tex: str, *, block: bool) -> str:
    """Return a formula as an HTML element, or raise MathError."""
    # docutils does not know \dots, and reads the 12 of \frac12 as a numerator
    tex = re.sub(r"\\dots\b", r"\\ldots", tex)
    tex = re.sub(r"frac(\d)(\d)", r"frac{\1}{\2}", tex)
    formula = tex2mathml(tex, as_block=block).replace("&ApplyFunction;", APPLY)
    # HTML needs no namespace
    root = ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", formula))
    for element in root.iter():
        if element.tag == "msub" and element[0].tag == "munder":
            element.tag = "munder"  # the label of a brace stands below it
        if element.text in ("‖", "|") and "minsize" not in element.attrib:
            # without these attributes a norm is as high as its line
            element.attrib |= {"stretchy": "false", "lspace": "0", "rspace": "0"}
        if element.text == "'":
            element.text = "′"
        for operator, argument in pairwise(element):
            if operator.text == APPLY and argument.tag not in ("mo", "mrow"):
                operator.set("rspace", "0.1667em")  # a space in log p, none in log(p)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<div class="formula">{text}</div>' if block else text


def visit(translator: Any, node: nodes.Element) -> None:
    """Write a formula, or log a warning."""
    is_block = isinstance(node, nodes.math_block)
    try:
        translator.body.append(mathml(node.astext(), block=is_block))
    except MathError as error:
        logging.getLogger(__name__).warning(
            "formula %r: %s", node.astext(), error, location=node
        )
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the renderer ``mathml``."""
    app.add_html_math_renderer("mathml", (visit, None), (visit, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
