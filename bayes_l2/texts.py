"""Values and names as they stand in messages: on one line, short and printable."""

from collections.abc import Iterable
from unicodedata import category

WIDTH = 60  # characters of a value or of a list of names


def printable(text: str) -> str:
    r"""Return a text with escapes such as ``\x1b`` for what no terminal shows.

    Control characters change what a terminal does, and marks of direction the order in
    which it shows other characters.
    """
    if text.isprintable():
        return text
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isprintable() or category(character) == "Zs":  # a space of some width
        return character
    return character.encode("unicode_escape").decode("ascii")


def shown(value: object) -> str:
    """Return a value as it stands in a message: on one line, at most 60 characters."""
    try:
        text = repr(value)
    except Exception:  # the value's own code, or a number of too many digits
        text = f"a value of type {type(value).__name__}"
    return shortened(" ".join(text.split()))


def shortened(text: str) -> str:
    """Return a printable text with at most 60 characters."""
    text = printable(text)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."


def end_of(path: object) -> str:
    """Return a printable path, or its last 120 characters, which hold its name."""
    text = printable(str(path))
    return text if len(text) <= 120 else f"...{text[-117:]}"


def listed(names: Iterable[object]) -> str:
    """Return names between commas, as many as 60 characters hold."""
    names = [printable(str(name)) for name in names]
    text = ", ".join(names)
    if len(text) <= WIDTH:
        return text
    kept = names[:1]
    while len(", ".join(names[: len(kept) + 1])) <= WIDTH - 16:
        kept.append(names[len(kept)])
    rest = len(names) - len(kept)
    return ", ".join(map(shortened, kept)) + (f" and {rest} more" if rest else "")
