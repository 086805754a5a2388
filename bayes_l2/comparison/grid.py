"""A table of text, for a terminal and for a notebook."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bayes_l2.texts import printable

if TYPE_CHECKING:
    from rich.table import Table

CSS = {"green": "green", "bold red": "red", "dim": "gray"}


@dataclass(frozen=True)
class Grid:
    """A table of text, whose first column names the rows.

    Attributes
    ----------
    rows : sequence of sequence of str
        The cells.
    headings : sequence of str
        The headings of the columns; none for a list of facts.
    right : collection of str
        Headings of the columns that are aligned to the right.
    styles : sequence of str
        The style of the first cell of each row; none by default.
    """

    rows: Sequence[Sequence[str]]
    headings: Sequence[str] = ()
    right: Collection[str] = ()
    styles: Sequence[str] = ()

    @property
    def _sides(self) -> list[str]:
        if not self.headings:
            return ["left"] * len(self.rows[0])
        return ["right" if each in self.right else "left" for each in self.headings]

    @property
    def _styled_rows(self) -> list[tuple[str, Sequence[str]]]:
        styles = self.styles or [""] * len(self.rows)
        return list(zip(styles, self.rows, strict=True))

    def as_rich(self) -> "Table":
        """Return the table for a terminal."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        if self.headings:
            padding = (0, 1, 0, 0)
            table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=padding)
        else:
            table = Table.grid(padding=(0, 2))
        headings = self.headings or [""] * len(self._sides)
        for heading, side in zip(headings, self._sides, strict=True):
            justify = "right" if side == "right" else "left"
            table.add_column(heading, justify=justify, overflow="fold")
        for style, (first, *others) in self._styled_rows:
            first, *others = map(printable, (first, *others))
            table.add_row(Text(first, style=style), *map(Text, others))
        return table

    def as_html(self) -> str:
        """Return the table for a notebook."""
        head = ""
        if self.headings:
            head = f"<thead>{self._html_row('th', self.headings)}</thead>"
        body = "".join(
            self._html_row("td", list(map(printable, row)), CSS.get(style, ""))
            for style, row in self._styled_rows
        )
        return f"<table>{head}<tbody>{body}</tbody></table>"

    def _html_row(self, tag: str, texts: Sequence[str], colour: str = "") -> str:
        cells = ""
        for place, (text, side) in enumerate(zip(texts, self._sides, strict=True)):
            kind = tag if place else "th"
            style = f"text-align:{side}"
            if colour and not place:
                style += f";color:{colour}"
            cells += f"<{kind} style='{style}'>{escape(text)}</{kind}>"
        return f"<tr>{cells}</tr>"
