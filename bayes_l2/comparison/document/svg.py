"""A figure as SVG that stands inside a page."""

import re
from io import StringIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from bayes_l2.drawing import COLOURS, description
from bayes_l2.texts import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REFERENCE = re.compile(r"url\(#([^)]+)\)")
# text and lines take the colours of the page, by day and by night
OF_PAGE = {
    "#000000": "currentColor",
    "#ffffff": "var(--paper)",
    COLOURS["posterior"].lower(): "var(--posterior)",  # too dark by night
}
LINES = "stroke-linejoin: round; stroke-linecap: butt"
LEFT_OUT = ("metadata", "style")
FONTS = re.compile(r"font-family:[^;]*;?")  # those of the page take their place
DECIMALS = re.compile(r"(\d+\.\d{2})\d+")


def svg(figure: "Figure", title: str, name: str) -> str:
    """Return a figure as an SVG element with title and description.

    Parameters
    ----------
    figure : Figure
        A figure that has a description.
    title : str
        Its title.
    name : str
        A name that no other figure of the page has. Each id begins with it.

    Returns
    -------
    str
        The element. Two calls give the same text.
    """
    root = ElementTree.fromstring(_drawn(figure))
    for element in root.iter():
        element.tag = _without_namespace(element.tag)
        attributes = {_without_namespace(k): v for k, v in element.attrib.items()}
        element.attrib.clear()
        element.attrib.update(attributes)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in LEFT_OUT:
                parent.remove(child)
    _rename(root, name)
    for element in root.iter():
        _simplify(element)
    size = root.attrib["viewBox"]
    root.attrib.clear()
    labels = f"{name}-title {name}-description"
    root.attrib |= {"viewBox": size, "role": "img", "aria-labelledby": labels}
    root.attrib["style"] = LINES
    root.insert(0, _words("desc", f"{name}-description", description(figure)))
    root.insert(0, _words("title", f"{name}-title", title))
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r">\s+<", "><", text)


def _drawn(figure: "Figure") -> str:
    import matplotlib as mpl

    drawn = StringIO()
    # the salt makes the names of marks the same in each call
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "bayes_l2"}):
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return drawn.getvalue()


def _without_namespace(name: str) -> str:
    return name.rpartition("}")[2]


def _rename(root: Element, name: str) -> None:
    """Begin each id that is used with a name, and leave out the others."""
    used = {each["href"][1:] for each in _attributes(root) if "href" in each}
    for each in _attributes(root):
        for value in each.values():
            used |= set(REFERENCE.findall(value))
    numbers = {old: f"{name}-{k}" for k, old in enumerate(sorted(used), start=1)}
    for each in _attributes(root):
        if "id" in each:
            old = each.pop("id")
            if old in numbers:
                each["id"] = numbers[old]
        for key, value in each.items():
            if key == "href":
                each[key] = f"#{numbers[value[1:]]}"
            else:
                each[key] = REFERENCE.sub(
                    lambda found: f"url(#{numbers[found.group(1)]})", value
                )


def _attributes(root: Element) -> list[dict[str, str]]:
    return [element.attrib for element in root.iter()]


def _simplify(element: Element) -> None:
    """Shorten the coordinates of an element, and give it the colours of the page."""
    for key in ("d", "x", "y", "transform"):
        if key in element.attrib:
            element.attrib[key] = DECIMALS.sub(r"\1", element.attrib[key])
    style = FONTS.sub("", element.attrib.get("style", ""))
    for colour, of_page in OF_PAGE.items():
        style = style.replace(colour, of_page)
    if style:
        element.attrib["style"] = style


def _words(tag: str, name: str, text: str) -> Element:
    words = Element(tag, {"id": name})
    words.text = printable(text)
    return words
