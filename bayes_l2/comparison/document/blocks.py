"""The parts of a document, which each format writes in its own way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Tone = Literal["", "pass", "fail", "warning", "quiet"]


class Value(NamedTuple):
    """A number as it is shown, and all of its digits where it is finite."""

    text: str
    number: float | None


class Noted(NamedTuple):
    """A line of a cell, and smaller words below it."""

    text: str
    below: str


class Formula(NamedTuple):
    """A formula as text, and words that belong to it."""

    text: str
    words: str = ""


Cell = str | Value | Noted


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; its tone says whether something passed, failed or is a warning."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]
    tone: Tone = ""


@dataclass(frozen=True)
class Facts:
    """Pairs of a heading and a fact."""

    pairs: Sequence[tuple[str, str | Value | Formula]]


@dataclass(frozen=True)
class Code:
    """Lines to be typed."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table whose first column names the rows.

    Attributes
    ----------
    caption : str
        Its title.
    headings : sequence of str
        A heading for each column.
    rows : sequence of sequence of Cell
        The cells.
    tones : sequence of Tone
        A tone for each row, or none at all.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    tones: Sequence[Tone] = ()


@dataclass(frozen=True)
class Picture:
    """A figure with its description, and its numbers as a table."""

    title: str
    figure: "Figure"
    table: Table


@dataclass(frozen=True)
class Scene:
    """A page that stands inside of the document, and moves.

    Attributes
    ----------
    title : str
        Its title.
    page : str
        The page as HTML; it needs no other file.
    instead : str
        A sentence for a document on paper or without pages.
    """

    title: str
    page: str
    instead: str


Block = Paragraph | Bullets | Facts | Code | Table | Picture | Scene


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """A title and its sections."""

    title: str
    sections: Sequence[Section]
