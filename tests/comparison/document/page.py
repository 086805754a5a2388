"""A page of HTML as a tree, read by the parser of the standard library."""

from html.parser import HTMLParser
from typing import override
from xml.etree.ElementTree import Element, TreeBuilder

VOID = ("meta", "link", "br", "img", "input", "hr")


class Reader(HTMLParser):
    """Builds a tree, and refuses an element that is closed by another's name."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder, self.open = TreeBuilder(), []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {key: value or "" for key, value in attrs})
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {key: value or "" for key, value in attrs})
        self.builder.end(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.builder.end(tag)

    @override
    def handle_data(self, data: str) -> None:
        if self.open:
            self.builder.data(data)


def tree_of(page: str) -> Element:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open
    return reader.builder.close()


def words(element: Element) -> str:
    return "".join(element.itertext())


def table_of(page: Element, caption: str) -> list[list[Element]]:
    """Return the cells of each row of the table with a caption, headings first."""
    found = [
        table
        for table in page.iter("table")
        if words(next(table.iter("caption"))).startswith(caption)
    ]
    (table,) = found
    return [list(row) for row in table.iter("tr")]


def number(cell: Element) -> float | None:
    """Return the number of a cell with all of its digits, None without one."""
    data = next(cell.iter("data"), None)
    return None if data is None else float(data.attrib["value"])
