"""A table of text that fits its width, for a terminal and for a notebook."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Literal

from bayes_l2.comparison.text.names import shortened
from bayes_l2.comparison.text.numbers import aligned, aligned_html
from bayes_l2.texts import printable

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table

CSS = {"green": "green", "bold red": "red", "dim": "gray"}
GAP = 2  # spaces between two columns
LONGEST_NAME = 40  # characters of a name in a notebook, which shows all when asked
SHORTEST_NAME = 8  # characters that are left of a name where there is no room for more


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    heading : str
        The heading, of one or more lines.
    texts : sequence of str
        The cells.
    are_numbers : bool
        Whether the cells stand with their decimal points above each other.
    rank : int
        Where there is no room, columns are left out, the highest rank first. A column
        of rank 0 stays.
    narrowest : int
        The least width of cells that go on in the next line, between words; 0 where
        each cell is one line.
    called : str
        The words for the column where it is left out; by default its heading.
    """

    heading: str
    texts: Sequence[str]
    are_numbers: bool = False
    rank: int = 0
    narrowest: int = 0
    called: str = ""

    @property
    def side(self) -> Literal["left", "right"]:
        """The side of the column on which its heading stands."""
        return "right" if self.are_numbers else "left"

    @property
    def name(self) -> str:
        """The words for the column, in one line."""
        return self.called or self.heading.replace("\n", " ")

    @cached_property
    def cells(self) -> list[str]:
        """The cells for a terminal."""
        texts = [printable(text) for text in self.texts]
        if not self.are_numbers:
            return texts
        widest = max(map(len, self.heading.split("\n")))
        return [text.rjust(widest) for text in aligned(texts)]

    @property
    def html(self) -> list[str]:
        """The cells for a notebook."""
        texts = [escape(printable(text)) for text in self.texts]
        return aligned_html(texts) if self.are_numbers else texts

    def shortened(self, width: int) -> "Column":
        """Return the column with texts that lack their middle where they are longer."""
        texts = list(map(printable, self.texts))
        return replace(self, texts=shortened(texts, width))

    @cached_property
    def width(self) -> int:
        """The number of places that the column needs at least."""
        from rich.cells import cell_len

        lines = [*self.heading.split("\n"), *self.cells]
        longest = max(map(cell_len, lines))
        return min(longest, self.narrowest or longest)


@dataclass(frozen=True)
class Grid:
    """A table of text, whose first column names the rows.

    Attributes
    ----------
    columns : sequence of Column
        The columns. A table without headings is a list of facts.
    styles : sequence of str
        The style of the first cell of each row; none by default.
    """

    columns: Sequence[Column]
    styles: Sequence[str] = ()

    @property
    def has_headings(self) -> bool:
        """Whether the table has a line of headings."""
        return any(column.heading for column in self.columns)

    @property
    def width(self) -> int:
        """The number of places that the table needs at least."""
        widths = [column.width for column in self.columns]
        return sum(widths) + GAP * (len(widths) - 1)

    def without(self, column: Column) -> "Grid":
        """Return the table without a column."""
        kept = [each for each in self.columns if each is not column]
        return Grid(kept, self.styles)

    def within(self, width: int) -> "Grid":
        """Return the table with the columns that a width has room for.

        Names longer than half of it are shortened before a column is left out.
        """
        grid, names = self, self.columns[0].width
        excess = names - min(names, width // 2)
        while grid.width - excess > width:
            last = max(grid.columns, key=lambda column: column.rank)
            if not last.rank:
                break
            grid = grid.without(last)
        room = names - max(0, grid.width - width)
        if room >= names:
            return grid
        first = self.columns[0].shortened(max(room, min(names, SHORTEST_NAME)))
        return Grid([first, *grid.columns[1:]], self.styles)

    def __rich_console__(
        self, console: "Console", options: "ConsoleOptions"
    ) -> "RenderResult":
        """Yield the table with the columns that there is room for."""
        yield self.within(options.max_width).as_rich()

    def as_rich(self) -> "Table":
        """Return the table for a terminal, with all its columns."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(
            box=box.SIMPLE_HEAD if self.has_headings else None,
            show_header=self.has_headings,
            show_edge=False,
            pad_edge=False,
            # a box of lines has a place between two columns of its own
            padding=(0, GAP - self.has_headings, 0, 0),
        )
        for column in self.columns:
            table.add_column(
                Text(column.heading, justify=column.side),
                justify="left",  # numbers are padded, and their right ends may be blank
                # without a least width: a number without room ends in …, and is not
                # cut to another number by the end of the line
                no_wrap=not column.narrowest,
                overflow="fold" if column.narrowest else "ellipsis",
            )
        rows = zip(*(column.cells for column in self.columns), strict=True)
        styles = self.styles or [""] * len(self.columns[0].texts)
        for style, (first, *others) in zip(styles, rows, strict=True):
            table.add_row(Text(first, style=style), *map(Text, others))
        return table

    def as_html(self) -> str:
        """Return the table for a notebook."""
        head = ""
        if self.has_headings:
            headings = [escape(column.heading) for column in self.columns]
            head = f"<thead>{self._html_row(headings, is_head=True)}</thead>"
        names, *others = self.columns
        cells = (column.html for column in others)
        rows = zip(_names_as_html(names.texts), *cells, strict=True)
        styles = self.styles or [""] * len(names.texts)
        body = "".join(
            self._html_row(row, colour=CSS.get(style, ""))
            for style, row in zip(styles, rows, strict=True)
        )
        return (
            "<table style='font-variant-numeric:tabular-nums'>"
            f"{head}<tbody>{body}</tbody></table>"
        )

    def _html_row(
        self, texts: Sequence[str], *, is_head: bool = False, colour: str = ""
    ) -> str:
        cells = ""
        for place, (text, column) in enumerate(zip(texts, self.columns, strict=True)):
            kind = "th" if is_head or not place else "td"
            style = f"text-align:{column.side}"
            if is_head:
                style += ";white-space:pre-line"  # a heading has its own line breaks
            elif column.are_numbers or not place:
                style += ";white-space:nowrap"
            if colour and not place:
                style += f";color:{colour}"
            cells += f"<{kind} style='{style}'>{text}</{kind}>"
        return f"<tr>{cells}</tr>"


def _names_as_html(names: Sequence[str]) -> list[str]:
    """Return names in one line each; a long one is whole under the pointer."""
    whole = list(map(printable, names))
    return [
        escape(name) if short == name else _with_title(short, name)
        for name, short in zip(whole, shortened(whole, LONGEST_NAME), strict=True)
    ]


def _with_title(short: str, name: str) -> str:
    return f"<span title='{escape(name)}'>{escape(short)}</span>"
