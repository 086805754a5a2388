"""Tables of measurements, in Markdown and between the marks of a page."""

from collections.abc import Iterable, Sequence
from pathlib import Path

START, END = "<!-- measured -->\n", "<!-- end -->\n"


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * len(header)]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def titled(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown below its title."""
    return f"### {title}\n\n{markdown(header, rows)}"


def put(page: Path, text: str, start: str = START, end: str = END) -> None:
    """Write a text between two marks of a page."""
    whole = page.read_text(encoding="utf-8")
    before, after = whole.split(start)[0], whole.split(end)[1]
    new = f"{before}{start}\n{text.strip()}\n\n{end}{after}"
    page.write_text(new, encoding="utf-8")
